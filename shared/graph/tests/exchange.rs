//! Graphs as files: what is written is read back the same, what others write is read, and nothing hostile gets through.
#![expect(clippy::expect_used, reason = "what does not hold fails the test, as it should")]

mod common;

use common::golden;
use graph::exchange::graphml::{Assumed, Mixed, Note};
use graph::exchange::{Drawing, DrawnLink, DrawnNode, Fault, LIMIT_TEXT, graphml, json};
use graph::{Amount, Flags, Graph, History, NewLink, NewNode, NodeKey, Step};

const ASSUMED: Assumed<'_> = Assumed { object_type: "thing", link_type: "linked" };

fn key(name: &str) -> NodeKey {
    NodeKey { object_type: "account".into(), key: vec![name.into()] }
}

fn new_link(from: &str, to: &str) -> NewLink {
    NewLink {
        link_type: "transfer".into(),
        from: key(from),
        to: key(to),
        directed: true,
        label: String::new(),
        count: 2,
        sum: Amount::parse("1250.00"),
        first_micros: Some(1_709_194_500_000_000),
        last_micros: Some(1_717_200_000_000_001),
    }
}

/// Five objects, one of them hidden and one pinned; a link whose sum leaves a row out, and one without direction.
fn case() -> Graph {
    let mut graph = Graph::default();
    let accounts = ["NO93", "NO11", "NO42"].map(|name| NewNode {
        key: key(name),
        label: format!("Konto {name}"),
        sub_label: if name == "NO11" { "Bærum & Ås <\"filial\">".into() } else { String::new() },
    });
    let person = NodeKey { object_type: "person".into(), key: vec!["0101".into(), String::new(), " Ø ".into()] };
    let nameless = NewNode { key: key(""), label: String::new(), sub_label: String::new() };
    let person_node = NewNode { key: person.clone(), label: "Åse\nØdegård".into(), sub_label: String::new() };
    let unsummed = NewLink { sum: None, count: 1, ..new_link("NO93", "NO11") };
    let owns = NewLink {
        link_type: "owns".into(),
        from: person,
        directed: false,
        label: "eier".into(),
        count: 1,
        sum: None,
        first_micros: None,
        last_micros: Some(-1),
        ..new_link("NO93", "NO42")
    };
    let nodes = accounts.into_iter().chain([person_node, nameless]).collect();
    let links = vec![new_link("NO93", "NO11"), unsummed, owns, new_link("NO42", "NO42")];
    Step::Add { nodes, links }.apply(&mut graph).expect("a graph");
    let id = |name: &str| graph.find(&key(name)).expect("a node");
    let (one, two, three) = (id("NO93"), id("NO11"), id("NO42"));
    Step::Move(vec![(one, [120.5, -64.0]), (two, [0.1, 1e9])]).apply(&mut graph).expect("moved");
    Step::Pin(vec![one]).apply(&mut graph).expect("pinned");
    Step::Hide(vec![three]).apply(&mut graph).expect("hidden");
    graph
}

/// Everything that can be seen of a graph.
fn seen(graph: &Graph) -> String {
    let nodes: Vec<_> = graph.nodes().map(|(id, node)| (id, node.clone(), graph.flags(id), graph.place(id))).collect();
    format!("{nodes:#?} {:#?}", graph.links().collect::<Vec<_>>())
}

#[test]
fn a_drawing_becomes_the_graph_that_it_was_taken_from_in_one_step_that_undo_takes_back() {
    let (case, mut graph, mut history) = (case(), Graph::default(), History::default());
    let drawing = Drawing::of(&case);
    history.run(&mut graph, "Import", drawing.clone().into_step().expect("a step")).expect("imported");
    assert_eq!(seen(&graph), seen(&case));
    assert_eq!(Drawing::of(&graph), drawing);
    assert_eq!(history.undo(&mut graph), Ok(Some("Import".to_owned())));
    assert_eq!((graph.nodes().count(), graph.links().count()), (0, 0));
    history.redo(&mut graph).expect("done again");
    assert_eq!(seen(&graph), seen(&case));
}

#[test]
fn what_is_on_the_graph_already_stays_where_a_person_put_it() {
    let (case, mut graph) = (case(), Graph::default());
    let old = NewNode { key: key("NO93"), label: "Old".into(), sub_label: String::new() };
    Step::Add { nodes: vec![old], links: Vec::new() }.apply(&mut graph).expect("a graph");
    let id = graph.find(&key("NO93")).expect("there");
    Step::Move(vec![(id, [7.0, 8.0])]).apply(&mut graph).expect("moved");
    let before = seen(&graph);
    let back = Drawing::of(&case).into_step().expect("a step").apply(&mut graph).expect("imported");
    assert_eq!(graph.place(id), [7.0, 8.0]);
    assert_eq!(graph.flags(id), Flags { placed: true, pinned: false, hidden: false });
    assert_eq!(graph.node(id).expect("there").label, "Konto NO93");
    back.apply(&mut graph).expect("taken back");
    assert_eq!(seen(&graph), before);
}

#[test]
fn what_is_hidden_can_be_left_out_with_its_links() {
    let shown = Drawing::of(&case()).shown();
    let labels: Vec<&str> = shown.nodes.iter().map(|node| node.label.as_str()).collect();
    assert_eq!(labels, ["Konto NO93", "Konto NO11", "Åse\nØdegård", ""]);
    assert_eq!(shown.links.iter().map(|link| (link.from, link.to)).collect::<Vec<_>>(), [(0, 1)]);
}

#[test]
fn what_is_written_stays_as_it_was() {
    let drawing = Drawing::of(&case());
    golden("case.json", &json::write(&drawing));
    golden("case.graphml", &graphml::write(&drawing, Mixed::OnEdges));
    golden("case-as-attribute.graphml", &graphml::write(&drawing, Mixed::AsAttribute));
}

#[test]
fn who_took_it_out_and_what_is_missing_stands_in_both_formats() {
    let note = "Harbour Bank · 5 objects from <Core> & \"Tax\" · 2 expansions not complete\nsaved by Åse";
    let drawing = Drawing { note: note.into(), cut_expansions: 2, ..Drawing::of(&case()) };
    let (as_json, as_graphml) = (json::write(&drawing), graphml::write(&drawing, Mixed::OnEdges));
    assert!(as_json.contains("\"cut_expansions\":2"), "{as_json}");
    let named = "attr.name=\"note\" attr.type=\"string\"";
    assert!(
        as_graphml.contains(named) && as_graphml.contains("<data key=\"g_cut_expansions\">2</data>"),
        "{as_graphml}"
    );
    assert_eq!(json::read(as_json.as_bytes()), Ok(drawing.clone()));
    let import = graphml::read(as_graphml.as_bytes(), &ASSUMED).expect("read");
    assert_eq!((import.drawing, import.notes), (drawing, Vec::new()));
    let long = Drawing { note: "a".repeat(LIMIT_TEXT + 1), ..Drawing::default() };
    assert!(json::read(json::write(&long).as_bytes()).is_err());
    assert!(graphml::read(graphml::write(&long, Mixed::OnEdges).as_bytes(), &ASSUMED).is_err());
}

#[test]
fn of_a_graph_only_what_is_wanted_is_taken_with_the_links_between() {
    let graph = case();
    let wanted = [key("NO93"), key("NO11")].map(|key| graph.find(&key).expect("a node"));
    let drawing = Drawing::of_nodes(&graph, |id| wanted.contains(&id));
    assert_eq!(drawing.nodes.len(), 2);
    assert_eq!(drawing.links.iter().map(|link| (link.from, link.to)).collect::<Vec<_>>(), [(0, 1)]);
}

#[test]
fn both_formats_read_what_they_wrote() {
    let drawing = Drawing::of(&case());
    assert_eq!(json::read(json::write(&drawing).as_bytes()), Ok(drawing.clone()));
    for mixed in [Mixed::OnEdges, Mixed::AsAttribute] {
        let import = graphml::read(graphml::write(&drawing, mixed).as_bytes(), &ASSUMED).expect("read");
        assert_eq!((import.drawing, import.notes), (drawing.clone(), Vec::new()));
    }
}

#[test]
fn the_examples_of_the_documentation_are_read() {
    let example = |source: &str, language: &str| {
        let lines = source.lines().skip_while(|line| *line != format!("//! ```{language}")).skip(1);
        let lines = lines.take_while(|line| *line != "//! ```").map(|line| line.trim_start_matches("//! "));
        lines.collect::<Vec<_>>().join("\n")
    };
    let drawing = json::read(example(include_str!("../src/exchange/json.rs"), "json").as_bytes()).expect("read");
    assert_eq!((drawing.nodes.len(), drawing.links.len()), (2, 1));
    assert_eq!(drawing.nodes[0].place, Some([120.5, -64.0]));
    let text = example(include_str!("../src/exchange/graphml/mod.rs"), "xml");
    let import = graphml::read(text.as_bytes(), &ASSUMED).expect("read");
    assert_eq!(import.drawing.nodes[0].key, ["NO9386011117947"]);
}

#[test]
fn json_of_later_minor_changes_is_read_and_of_a_later_version_refused() {
    let read = |text: &str| json::read(text.as_bytes()).map_err(|fault| fault.to_string());
    let later =
        r#"{"made_by":{"x":[1]},"format":"clew graph","version":1,"nodes":[{"type":"t","key":["k"],"icon":9}]}"#;
    assert_eq!(read(later).expect("read").nodes[0].key, ["k"]);
    let short = r#"{"format":"clew graph","version":1,"nodes":[{"type":"t","key":["k"]}],"links":[{"type":"l","from":0,"to":0}]}"#;
    let link = &read(short).expect("read").links[0];
    assert_eq!((link.directed, link.count, &link.sum), (true, 1, &None));
    let table = [
        (
            r#"{"format":"clew graph","version":2,"nodes":7}"#,
            "version 2, and only versions up to 1 are read; update Clew",
        ),
        (r#"{"format":"other","version":1}"#, "no graph of Clew (JSON); save it in that form"),
        (r#"{"nodes":[],"links":[]}"#, "no graph of Clew (JSON)"),
        ("[1, 2]", "no graph of Clew (JSON)"),
        ("{\n  \"format\": oops", "line 2, column 13: expected value; mend it there"),
        ("", "line 1, column 0: EOF while parsing a value"),
    ];
    for (text, expected) in table {
        let told = read(text).expect_err(text);
        assert!(told.contains(expected), "{text}: {told}");
    }
}

/// A JSON file with these nodes and links.
fn json_with(nodes: &str, links: &str) -> String {
    format!("{{\"format\":\"clew graph\",\"version\":1,\n\"nodes\":[{nodes}],\n\"links\":[{links}]}}")
}

#[test]
fn json_that_cannot_be_drawn_is_told_by_the_number_of_its_node_or_link() {
    let node = r#"{"type":"t","key":["k"]}"#;
    let link = |more: &str| format!(r#"{{"type":"l","from":0,"to":0{more}}}"#);
    let long = "x".repeat(LIMIT_TEXT + 1);
    let many = format!(r#"{{"type":"t","key":[{}]}}"#, vec!["\"\""; 65].join(","));
    let table = [
        (
            json_with(&format!("{node},{node}"), ""),
            "node 2 (t k) is the same node as node 1 (t k); take one of them out",
        ),
        (
            json_with(node, r#"{"type":"l","from":0,"to":1}"#),
            "link 1 names the node \"1\", which the file does not have",
        ),
        (json_with(r#"{"type":"t","key":[]}"#, ""), "has a key of 0 parts; give it between 1 and 64"),
        (json_with(&many, ""), "line 2, column 223: a list has more than 64 elements"),
        (json_with(r#"{"type":"t","key":["k"],"place":[1,1e39]}"#, ""), "line 2, column 48: number out of range"),
        (json_with(r#"{"type":"t","key":["k"],"place":[1,1e999]}"#, ""), "line 2, column 49: number out of range"),
        (json_with(r#"{"type":"t","key":["k"],"place":[1,NaN]}"#, ""), "line 2, column 45: expected value"),
        (json_with(r#"{"type":"t"}"#, ""), "line 2, column 21: missing field `key`"),
        (json_with(node, &link(r#","sum":"1e5""#)), "link 1: sum is \"1e5\", which is no number that can be used"),
        (json_with(node, &link(r#","count":1,"sum":"1","unsummed":2"#)), "link 1: unsummed is \"2\""),
        (json_with(node, &link(r#","count":-1"#)), "invalid value: integer `-1`, expected u64"),
        (json_with(&format!(r#"{{"type":"t","key":["k"],"label":"{long}"}}"#), ""), "label is longer than 64 KiB"),
    ];
    for (text, expected) in table {
        let told = json::read(text.as_bytes()).expect_err("refused").to_string();
        assert!(told.contains(expected), "{told}");
    }
    assert_eq!(json::read(b"{\"format\": \"\xff"), Err(Fault::NotText { byte: 12 }));
    let mut drawing = Drawing::of(&case());
    drawing.nodes[1].place = Some([0.0, f32::NAN]);
    let told = drawing.into_step().expect_err("refused").to_string();
    assert_eq!(
        told,
        "node 2 (account NO11): place is \"NaN\", which is no number that can be used; correct it there, or take it out"
    );
}

fn shown(drawing: &Drawing) -> String {
    let node = |node: &DrawnNode| {
        let place = node.place.map_or(String::new(), |[x, y]| format!(" at {x} {y}"));
        format!(
            "{} {:?} {:?}{place}{}",
            node.object_type,
            node.key,
            node.label,
            if node.hidden { " hidden" } else { "" }
        )
    };
    let link = |link: &DrawnLink| {
        let arrow = if link.directed { "->" } else { "--" };
        let sum = link.sum.as_deref().unwrap_or("no sum");
        format!("{} {arrow} {} {} {:?} {} {sum}", link.from, link.to, link.link_type, link.label, link.count)
    };
    let lines = drawing.nodes.iter().map(node).chain(drawing.links.iter().map(link));
    lines.map(|line| line + "\n").collect()
}

fn reference(name: &str) -> graphml::Import {
    let text = match name {
        "networkx" => include_str!("reference/exchange/networkx.graphml"),
        "igraph" => include_str!("reference/exchange/igraph.graphml"),
        "networkx-back" => include_str!("reference/exchange/networkx-back.graphml"),
        "igraph-back" => include_str!("reference/exchange/igraph-back.graphml"),
        "gephi" => include_str!("reference/exchange/gephi.graphml"),
        _ => include_str!("reference/exchange/yed.graphml"),
    };
    graphml::read(text.as_bytes(), &ASSUMED).expect("read")
}

#[test]
fn what_networkx_writes_is_read() {
    let import = reference("networkx");
    assert_eq!(
        shown(&import.drawing),
        "person [\"a\"] \"Åse Ødegård\" at 1.5 -2\n\
         company [\"b\"] \"Fjord & Sønn <AS>\"\n\
         thing [\"7\"] \"7\"\n\
         0 -> 1 linked \"\" 3 1250.5\n\
         0 -> 1 linked \"\" 1 0.0001\n\
         1 -> 2 linked \"rent\\nand heat\" 1 no sum\n"
    );
    assert_eq!(import.notes, [Note::LeftOut(vec!["age".to_owned()])]);
}

#[test]
fn what_igraph_writes_is_read() {
    let import = reference("igraph");
    assert_eq!(
        shown(&import.drawing),
        "thing [\"n0\"] \"Åse\" at 0 0\n\
         thing [\"n1\"] \"Bjørn\" at 10 1000 hidden\n\
         thing [\"n2\"] \"Øyvind\" at -5.5 2.25\n\
         0 -- 1 linked \"\" 1 1\n\
         1 -- 2 linked \"\" 1 2.5\n\
         2 -- 2 linked \"\" 1 0.0000001\n"
    );
    assert_eq!(import.notes, []);
}

#[test]
fn what_gephi_writes_is_read() {
    let import = reference("gephi");
    assert_eq!(
        shown(&import.drawing),
        "thing [\"1\"] \"Åse\" at -300.5 42\n\
         thing [\"2\"] \"Bjørn\" at 340 -1\n\
         0 -> 1 linked \"pays\" 1 2.0\n\
         1 -- 1 linked \"\" 1 1.0\n"
    );
    assert_eq!(import.notes, [Note::LeftOut(vec!["r".to_owned(), "size".to_owned()])]);
}

#[test]
fn what_yed_writes_is_read_flat_with_what_it_drew_and_what_is_missing_is_told() {
    let import = reference("yed");
    assert_eq!(
        shown(&import.drawing),
        "thing [\"n0\"] \"Åse & sønn\" at 130 65\n\
         thing [\"n1\"] \"Companies\" at 100 250\n\
         thing [\"n1::n0\"] \"Fjord AS\" at 25 225\n\
         0 -> 2 linked \"owns 60 %\" 1 no sum\n"
    );
    let told: Vec<String> = import.notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "Groups taken apart: 1. All nodes now stand in one graph.",
            "Ports left out: 1. Their links end at the nodes themselves.",
            "Hyperedges left out: 1. Only links between two nodes can be drawn.",
            "Attributes left out: url.",
        ]
    );
}

/// Others keep sums and times as floats, igraph with fifteen digits.
fn rounded(mut drawing: Drawing) -> Drawing {
    for link in &mut drawing.links {
        let sum = link.sum.take().and_then(|sum| Amount::parse(&sum));
        link.sum = sum.map(|sum| sum.to_f64().to_string());
        [&mut link.first_micros, &mut link.last_micros].into_iter().flatten().for_each(|micros| *micros /= 10);
    }
    drawing
}

#[test]
fn what_we_write_comes_back_whole_from_networkx_and_igraph() {
    let ours = rounded(Drawing::of(&case()));
    let [networkx, igraph] = ["networkx-back", "igraph-back"].map(reference);
    assert_eq!(rounded(networkx.drawing), ours);
    assert_eq!(networkx.notes, []);
    assert_eq!(rounded(igraph.drawing), ours);
    assert_eq!(igraph.notes, [Note::LeftOut(vec!["id".to_owned()])]);
}
