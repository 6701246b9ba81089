//! Files that are wrong, broken or hostile: each is refused with a sentence, none brings the program down or to a halt.
#![expect(clippy::expect_used, reason = "what does not hold fails the test, as it should")]

use graph::exchange::graphml::{Assumed, Import, Mixed, Note};
use graph::exchange::{Drawing, DrawnLink, DrawnNode, Fault, LIMIT_BYTES, LIMIT_NODES, LIMIT_TEXT, graphml, json};
use proptest::prelude::*;

const ASSUMED: Assumed<'_> = Assumed { object_type: "thing", link_type: "linked" };

fn read(text: &str) -> Result<Import, Fault> {
    graphml::read(text.as_bytes(), &ASSUMED)
}

/// The sentence that refuses the file.
fn refused(text: &str) -> String {
    read(text).expect_err("refused").to_string()
}

/// A file with these declarations and these elements in its graph, from line 2 and line 4 on.
fn file(keys: &str, elements: &str) -> String {
    format!("<graphml>\n{keys}\n<graph edgedefault=\"directed\">\n{elements}\n</graph></graphml>")
}

#[test]
fn wrong_graphml_is_refused_with_its_line_and_a_remedy() {
    let data = |name: &str, value: &str| format!("<node id=\"a\"><data key=\"{name}\">{value}</data></node>");
    let link = |name: &str, value: &str| {
        let data = format!("<data key=\"{name}\">{value}</data>");
        file("", &format!("<node id=\"a\"/>\n<edge source=\"a\" target=\"a\">{data}</edge>"))
    };
    let long = "x".repeat(LIMIT_TEXT + 1);
    let table = [
        (
            file("", "<node id=\"a\"/>\n<node id=\"a\"/>"),
            "line 5: node \"a\" is the same node as the one of line 4; take one",
        ),
        (
            file("", "<edge source=\"a\" target=\"b\"/>"),
            "the link of line 4 names the node \"a\", which the file does not have",
        ),
        (file("", "<node id=\"a\"/><edge source=\"a\"/>"), "line 4: an edge has no target; mend it there"),
        (file("", "<node/>"), "line 4: a node has no id"),
        (file("<key/>", ""), "line 2: an attribute has no id"),
        (file("", &data("x", "NaN")), "line 4: x is \"NaN\", which is no number that can be used; correct it there"),
        (file("", &data("y", "-inf")), "line 4: y is \"-inf\""),
        (file("", &data("x", "1e39")), "line 4: x is \"1e39\""),
        (file("", &data("hidden", "perhaps")), "line 4: hidden is \"perhaps\" instead of true or false"),
        (file("", &data("label", &long)), "line 4: label is longer than 64 KiB; shorten it there"),
        (file("", &format!("<node id=\"{long}\"/>")), "line 4: an attribute is longer than 64 KiB"),
        (link("count", "-1"), "line 5: count is \"-1\""),
        (link("count", "1.5"), "line 5: count is \"1.5\""),
        (link("weight", "nan"), "line 5: weight is \"nan\""),
        (link("sum", "1e300"), "line 5: sum is \"1e300\""),
        (link("first_micros", "yesterday"), "line 5: first_micros is \"yesterday\""),
        (file("", "<node id=\"a\">"), "line 5: ill-formed document: expected `</node>`, but `</graph>` was found"),
        ("<graphml>\n<graph>\n<node".to_owned(), "line 3: syntax error: tag not closed"),
        ("<graphml><graph>".to_owned(), "the file ends before its last element does"),
        ("<gexf/>".to_owned(), "the file is no GraphML; save it in that form"),
        ("no XML at all".to_owned(), "the file is no GraphML"),
        (String::new(), "the file is no GraphML"),
        (
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><graphml>ø</graphml>".to_owned(),
            "written in ISO-8859-1; save it",
        ),
        (file("", "<node id=\"a\" id=\"b\"/>"), "line 4: "),
        (file("", "<node id=\"&evil;\"/>"), "line 4: "),
        (
            file("", &data("label", "&evil;")),
            "line 4: &evil; stands for a text that XML does not know; write the text itself",
        ),
        (file("", &data("label", "&#xFFFFFFF;")), "line 4: "),
    ];
    for (text, expected) in table {
        let told = refused(&text);
        assert!(told.contains(expected), "{told} | {expected}");
    }
}

#[test]
fn a_document_type_is_refused_before_anything_in_it_counts() {
    let laughs: String = (1..12).map(|n| format!("<!ENTITY l{n} \"&l{p};&l{p};&l{p};&l{p};\">", p = n - 1)).collect();
    let declared = [
        format!("<!DOCTYPE graphml [<!ENTITY l0 \"ha\">{laughs}]>"),
        "<!DOCTYPE graphml [<!ENTITY own SYSTEM \"file:///etc/passwd\">]>".to_owned(),
        "<!DOCTYPE graphml SYSTEM \"http://example.org/graphml.dtd\">".to_owned(),
        "<!doctype graphml>".to_owned(),
    ];
    for declared in declared {
        let text = format!("<?xml version=\"1.0\"?>\n{declared}\n{}", file("", "<node id=\"a\"/>"));
        assert_eq!(read(&text), Err(Fault::DocumentType { line: 2 }), "{text}");
    }
}

#[test]
fn a_small_file_cannot_make_a_large_graph() {
    let deep = format!("<graphml>{}", "<graph><node id=\"a\">".repeat(100_000));
    assert!(matches!(read(&deep), Err(Fault::DuplicateNode { .. } | Fault::TooDeep { .. })));
    let deep = format!("<graphml>{}", "<x>".repeat(100_000));
    assert_eq!(read(&deep), Err(Fault::TooDeep { line: 1, limit: 128 }));
    let wide: String = (0..100_000).map(|n| format!(" a{n}=\"\"")).collect();
    let told = refused(&file("", &format!("<node{wide}/>")));
    assert_eq!(told, "line 4: more than 64 attributes; save the graph with fewer");
    let keys: String = (0..20_000).map(|n| format!("<key id=\"k{n}\" for=\"all\"/>")).collect();
    assert_eq!(refused(&file(&keys, "")), "line 2: more than 10000 attributes; save the graph with fewer");
    // A default of 64 KiB for each of many nodes.
    let default = "x".repeat(LIMIT_TEXT);
    let key = format!("<key id=\"l\" for=\"node\" attr.name=\"label\"><default>{default}</default></key>");
    let nodes: String = (0..10_000).map(|n| format!("<node id=\"{n}\"/>")).collect();
    assert_eq!(read(&file(&key, &nodes)), Err(Fault::TooLong));
    let nodes: String = (0..=LIMIT_NODES).map(|n| format!("<node id=\"{n}\"/>")).collect();
    assert_eq!(read(&file("", &nodes)), Err(Fault::TooManyNodes));
    let node = |n: usize| format!("<node id=\"{n}\"><data key=\"type\">{n}</data></node>");
    assert_eq!(read(&file("", &(0..=1000).map(node).collect::<String>())), Err(Fault::TooManyTypes));
    let nodes = "{\"type\":\"\",\"key\":[\"\"]},".repeat(LIMIT_NODES + 1);
    let text = format!("{{\"format\":\"clew graph\",\"version\":1,\"nodes\":[{nodes}null]}}");
    assert!(json::read(text.as_bytes()).expect_err("refused").to_string().contains("more than 1000000 elements"));
    let text = format!("{{\"format\":\"clew graph\",\"version\":1,\"x\":{}", "[".repeat(1_000_000));
    assert!(json::read(text.as_bytes()).expect_err("refused").to_string().contains("EOF while parsing a list"));
    let long = vec![b' '; LIMIT_BYTES + 1];
    assert_eq!(json::read(&long), Err(Fault::TooLong));
    assert_eq!(graphml::read(&long, &ASSUMED), Err(Fault::TooLong));
}

#[test]
fn what_xml_cannot_hold_is_written_as_a_sign_for_it() {
    let node = DrawnNode { object_type: "t".into(), key: vec!["a\u{1}\u{0}b".into()], ..DrawnNode::default() };
    let drawing = Drawing { nodes: vec![node], ..Drawing::default() };
    let import = read(&graphml::write(&drawing, Mixed::OnEdges)).expect("read");
    assert_eq!(import.drawing.nodes.first().map(|node| node.key.join("")), Some("a\u{fffd}\u{fffd}b".to_owned()));
    assert_eq!(json::read(json::write(&drawing).as_bytes()), Ok(drawing));
}

#[test]
fn ends_may_come_before_their_nodes_and_defaults_fill_in() {
    let keys = "<key id=\"d\" for=\"edge\" attr.name=\"directed\"><default>false</default></key>\
                <key id=\"t\" for=\"all\" attr.name=\"type\"><default>person</default></key>";
    let elements = "<edge source=\"a\" target=\"b\"/><edge source=\"b\" target=\"a\"><data key=\"d\">1</data></edge>\
                    <node id=\"a\"/><node id=\"b\"><data key=\"t\">company</data><locator/></node>";
    let Import { drawing, notes } = read(&format!("\u{feff}{}", file(keys, elements))).expect("read");
    let types: Vec<&str> = drawing.nodes.iter().map(|node| node.object_type.as_str()).collect();
    let links: Vec<_> =
        drawing.links.iter().map(|link| (link.from, link.to, link.directed, link.link_type.as_str())).collect();
    assert_eq!(types, ["person", "company"]);
    assert_eq!(links, [(0, 1, false, "person"), (1, 0, true, "person")]);
    assert_eq!(notes, Vec::<Note>::new());
}

#[test]
fn attributes_of_another_kind_than_ours_are_left_out() {
    let key = |name: &str, kind: &str, domain: &str| {
        format!("<key id=\"{name}\" for=\"{domain}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>")
    };
    let keys = [key("x", "string", "node"), key("weight", "string", "edge"), key("hidden", "int", "node")].concat();
    let elements = "<node id=\"a\"><data key=\"x\">far left</data><data key=\"hidden\">1</data></node>\
                    <edge source=\"a\" target=\"a\"><data key=\"weight\">heavy</data></edge>";
    let Import { drawing, notes } = read(&file(&keys, elements)).expect("read");
    assert_eq!(drawing.nodes.first().map(|node| (node.place, node.hidden)), Some((None, true)));
    assert_eq!(notes, [Note::LeftOut(vec!["weight".to_owned(), "x".to_owned()])]);
}

#[test]
fn what_yed_live_draws_is_read_too() {
    let keys =
        "<key id=\"g\" for=\"node\" attr.name=\"NodeGeometry\"/><key id=\"l\" for=\"node\" attr.name=\"NodeLabels\"/>";
    let elements = "<node id=\"a\"><data key=\"g\"><y:RectD X=\"-10\" Y=\"4\" Width=\"20\" Height=\"2.5\"/></data>\
                    <data key=\"l\"><x:List><y:Label><y:Label.Text><![CDATA[Åse & co]]></y:Label.Text></y:Label></x:List></data></node>";
    let drawing = read(&file(keys, elements)).expect("read").drawing;
    assert_eq!(
        drawing.nodes.first().map(|node| (node.place, node.label.as_str())),
        Some((Some([0.0, 5.25]), "Åse & co"))
    );
}

fn text() -> impl Strategy<Value = String> {
    // What XML can hold.
    "[ -\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}\n\t\r]{0,12}"
}

fn node() -> impl Strategy<Value = DrawnNode> {
    let place = proptest::option::of(
        [any::<f32>(), any::<f32>()].prop_filter("finite", |place| place.iter().all(|number| number.is_finite())),
    );
    let key = proptest::collection::vec(text(), 1..4);
    let texts = (text().prop_filter("a type", |text| !text.is_empty()), key, text(), text());
    (texts, place, any::<(bool, bool)>()).prop_map(|(texts, place, (pinned, hidden))| {
        let (object_type, key, label, sub_label) = texts;
        DrawnNode { object_type, key, label, sub_label, place, pinned, hidden }
    })
}

fn sum() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("-?[0-9]{1,18}(\\.[0-9]{1,18})?")
}

fn link() -> impl Strategy<Value = DrawnLink> {
    let texts = (text().prop_filter("a type", |text| !text.is_empty()), text());
    let numbers = (any::<u32>(), any::<u32>(), any::<u64>(), any::<u64>(), sum());
    let times = any::<(Option<i64>, Option<i64>)>();
    (texts, numbers, times, any::<bool>()).prop_map(|(texts, numbers, times, directed)| {
        let ((link_type, label), (from, to, count, unsummed, sum)) = (texts, numbers);
        let (first_micros, last_micros) = times;
        let unsummed = unsummed.min(count);
        DrawnLink { link_type, from, to, directed, label, count, sum, unsummed, first_micros, last_micros }
    })
}

prop_compose! {
    fn drawing()(nodes in proptest::collection::vec(node(), 0..8), links in proptest::collection::vec(link(), 0..8))
        -> Drawing {
        let mut known = std::collections::HashSet::new();
        let is_new = |node: &DrawnNode| known.insert((node.object_type.clone(), node.key.clone()));
        let nodes: Vec<DrawnNode> = { let mut is_new = is_new; nodes.into_iter().filter(|node| is_new(node)).collect() };
        let len = nodes.len() as u32;
        let links = if len == 0 { Vec::new() } else { links };
        let inside = |link: DrawnLink| DrawnLink { from: link.from % len, to: link.to % len, ..link };
        Drawing { nodes, links: links.into_iter().map(inside).collect(), ..Drawing::default() }
    }
}

/// Pieces of which GraphML and JSON are made, for files that nearly are some.
const PIECES: [&str; 44] = [
    "<graphml>",
    "</graphml>",
    "<graph edgedefault='directed'>",
    "<graph>",
    "</graph>",
    "<node id='a'>",
    "<node id='b'/>",
    "</node>",
    "<edge source='a' target='b'>",
    "<edge source='b' target='a' directed='false'/>",
    "</edge>",
    "<data key='x'>",
    "<data key='label'>",
    "<data key='g'>",
    "</data>",
    "<key id='g' for='all' yfiles.type='nodegraphics'/>",
    "<key id='x' for='node' attr.name='y'>",
    "</key>",
    "<default>",
    "</default>",
    "<y:Geometry x='1' width='NaN'/>",
    "<y:NodeLabel>",
    "</y:NodeLabel>",
    "<hyperedge/>",
    "<port/>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml version='1.0'?>",
    "&amp;",
    "&#0;",
    "&#x10FFFF;",
    "&x;",
    "1.5",
    "\u{feff}",
    "<!DOCTYPE x>",
    "{\"format\":\"clew graph\",\"version\":1,",
    "\"nodes\":[{\"type\":\"t\",\"key\":[\"k\"]}]",
    "\"links\":[{\"type\":\"l\",\"from\":0,\"to\":0}]",
    "}",
    ",",
    "[",
    "\"",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn json_reads_back_what_was_written(drawing in drawing()) {
        prop_assert_eq!(json::read(json::write(&drawing).as_bytes()), Ok(drawing));
    }

    #[test]
    fn graphml_reads_back_what_was_written(drawing in drawing(), as_attribute in any::<bool>()) {
        let mixed = if as_attribute { Mixed::AsAttribute } else { Mixed::OnEdges };
        let import = graphml::read(graphml::write(&drawing, mixed).as_bytes(), &ASSUMED);
        prop_assert_eq!(import, Ok(Import { drawing, notes: Vec::new() }));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        drop(json::read(&bytes));
        drop(graphml::read(&bytes, &ASSUMED));
    }

    #[test]
    fn any_order_of_pieces_is_read_or_refused(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..30)) {
        let text = pieces.concat();
        drop(json::read(text.as_bytes()));
        drop(read(&text));
        drop(read(&format!("<graphml><graph><node id='a'>{text}")));
    }

    #[test]
    fn a_damaged_file_is_read_or_refused(
        drawing in drawing(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()
    ) {
        for text in [json::write(&drawing), graphml::write(&drawing, Mixed::OnEdges)] {
            let mut bytes = text.into_bytes();
            let (at, cut) = (at.index(bytes.len()), cut.index(bytes.len() - 1));
            prop_assert!(json::read(&bytes[..cut]).is_err());
            prop_assert!(graphml::read(&bytes[..cut], &ASSUMED).is_err());
            bytes[at] = byte;
            drop(json::read(&bytes));
            drop(graphml::read(&bytes, &ASSUMED));
            bytes.truncate(cut);
            drop(json::read(&bytes));
            drop(graphml::read(&bytes, &ASSUMED));
        }
    }
}
