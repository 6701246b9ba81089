//! The graph as a file, and a file as a graph: announced, marked, and asked of the sources again.

use access::ProjectRole;
use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use graph::exchange::graphml::Assumed;
use graph::exchange::{Drawing, graphml, json as clew_json};
use model::query::Direction;
use serde_json::json;
use ui::look::Theme;
use ui::work::{Command, Expand, ObjectRef};
use wire::{Code, Fault};

use crate::work_case::{Bank, Case, id};

const STAMP: &str = "Astrid Lund, 30 Sep 2026 10:42, Harbour Bank";

fn object(kind: &str, key: &str) -> ObjectRef {
    ObjectRef { object_type: id(kind), key: vec![key.to_owned()] }
}

/// A company with its two directors.
fn with_directors(size: egui::Vec2) -> Case {
    let mut case = Case::new(Bank::default(), "/p/bank", size, Theme::Dark);
    let company = object("company", "918224553");
    case.run(Command::Put(vec![company.clone()]));
    let order = wire::data::ExpandOrder::Count;
    let direction = Direction::Backward;
    case.run(Command::Expand(Expand { objects: vec![company], link: id("directs"), direction, order, limit: 25 }));
    assert_eq!(case.on_graph(), (3, 2));
    case.run(Command::Select(Vec::new()));
    case
}

fn choose(case: &mut Case, option: &str) {
    case.harness.get_by_role_and_label(Role::RadioButton, option).click();
    case.settle();
}

/// Opens the dialog with its key, chooses, and exports.
pub(crate) fn export(case: &mut Case, options: &[&str]) -> (String, Vec<u8>) {
    case.press(Modifiers::NONE, Key::X);
    assert!(case.has("Export the graph"), "{:?}", case.texts());
    options.iter().for_each(|option| choose(case, option));
    save(case);
    case.harness.run_steps(20);
    case.settle();
    case.saved.borrow_mut().pop().unwrap_or_default()
}

fn save(case: &mut Case) {
    case.click("Save the file");
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn import(case: &mut Case, name: &str, bytes: &[u8]) {
    case.server.borrow_mut().chooses = Some((name.to_owned(), bytes.to_vec()));
    case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    case.harness.get_by_label("Commands").type_text("Import a graph");
    case.harness.run_steps(4);
    case.press(Modifiers::NONE, Key::Enter);
    assert!(case.has_part("what no source has is marked as missing"), "{:?}", case.texts());
    case.click("Choose a file…");
    case.harness.run_steps(20);
    case.settle();
}

fn drawing(case: &Case) -> Drawing {
    Drawing::of(&case.app().model().work.board.graph)
}

#[test]
fn every_format_is_announced_and_carries_who_took_it_out() {
    let mut case = with_directors(vec2(1280.0, 720.0));
    let formats = [("PNG", "png"), ("SVG", "svg"), ("PDF", "pdf"), ("GraphML", "graphml"), ("JSON", "json")];
    for (name, ending) in formats {
        let (file, bytes) = export(&mut case, &[name]);
        assert_eq!(file, format!("bank-graph.{ending}"), "{:?}", case.texts());
        let announced = case.requests("announce_picture").pop().unwrap();
        assert_eq!((&announced["format"], &announced["scope"]), (&json!(ending), &json!("shown")));
        assert_eq!((&announced["objects"], &announced["links"]), (&json!(3), &json!(2)));
        assert_eq!(announced["object_types"], json!(["company", "person"]));
        match name {
            "PNG" => assert_eq!(&bytes[1..4], b"PNG"),
            "PDF" => assert!(bytes.starts_with(b"%PDF-1.7")),
            _ => assert!(text(bytes.clone()).contains(STAMP), "{name}"),
        }
        if let Some(folder) = option_env!("CLEW_SHOTS") {
            std::fs::write(format!("{folder}/export.{ending}"), &bytes).unwrap();
        }
    }
    assert!(case.app().model().work.shot.is_none() && case.app().model().work.going.is_empty());
}

#[test]
fn an_svg_has_every_name_and_the_legend_as_text() {
    let mut case = with_directors(vec2(1280.0, 720.0));
    let svg = text(export(&mut case, &["SVG"]).1);
    for wanted in [">Nordfjord Shipping AS<", ">Companies · 1<", ">People · 2<", ">director of · 2<", ">Harbour Bank<"]
    {
        assert!(svg.contains(wanted), "{wanted} in {svg}");
    }
}

#[test]
fn only_the_selection_or_what_is_in_view_is_taken_out_where_that_is_chosen() {
    let mut case = with_directors(vec2(1280.0, 720.0));
    case.press(Modifiers::NONE, Key::X);
    let selection = case.harness.get_by_role_and_label(Role::RadioButton, "The selection");
    assert_eq!(selection.accesskit_node().description().as_deref(), Some("Nothing is selected"));
    case.press(Modifiers::NONE, Key::Escape);
    assert!(!case.has("Export the graph"));
    let graph = &case.app().model().work.board.graph;
    let nodes = [("company", "918224553"), ("person", "p-1001")].map(|(kind, key)| object(kind, key).node_key());
    let nodes: Vec<_> = nodes.iter().filter_map(|key| graph.find(key)).collect();
    let selected = nodes.len();
    case.run(Command::Select(nodes));
    let (_, bytes) = export(&mut case, &["JSON", "The selection"]);
    assert_eq!(clew_json::read(&bytes).unwrap().nodes.len(), selected);
    let announced = case.requests("announce_picture").pop().unwrap();
    assert_eq!((&announced["scope"], &announced["objects"]), (&json!("selection"), &json!(selected)));

    let first = case.app().model().work.board.graph.shown().next().unwrap().0;
    case.run(Command::Move(vec![(first, [90_000.0, 0.0])]));
    let (_, bytes) = export(&mut case, &["JSON", "What is in view"]);
    assert_eq!(clew_json::read(&bytes).unwrap().nodes.len(), 2, "one lies far outside");
    assert_eq!(case.requests("announce_picture").pop().unwrap()["scope"], json!("view"));
    let (_, png) = export(&mut case, &["PNG", "1×"]);
    assert_eq!(&png[1..4], b"PNG");
    let pane = u32::from_be_bytes(png[16..20].try_into().unwrap());
    assert!(pane < 1_280, "as wide as the pane, not as a picture of all: {pane}");
}

#[test]
fn a_picture_that_would_be_too_large_is_refused_with_the_largest_that_is_not() {
    let mut case = with_directors(vec2(2_700.0, 1_500.0));
    case.press(Modifiers::NONE, Key::X);
    choose(&mut case, "What is in view");
    choose(&mut case, "8×");
    assert!(case.has_part("at most 16,384 on a side"), "{:?}", case.texts());
    assert!(case.has_part("Choose 6× or less"), "{:?}", case.texts());
    case.shot("export_too_large");
    save(&mut case);
    assert!(case.requests("announce_picture").is_empty());
    choose(&mut case, "6×");
    assert!(!case.has_part("at most 16,384") && case.has_part("pixels"), "{:?}", case.texts());
    // Vectors have no such limit.
    choose(&mut case, "8×");
    choose(&mut case, "SVG");
    save(&mut case);
    assert_eq!(case.saved.borrow().len(), 1);
}

#[test]
fn a_large_picture_is_painted_while_the_screen_goes_on() {
    let mut case = with_directors(vec2(1280.0, 720.0));
    case.press(Modifiers::NONE, Key::X);
    choose(&mut case, "4×");
    case.shot("export_dialog");
    case.harness.get_by_label("Save the file").click();
    case.harness.run_steps(4);
    let going = case.app().model().work.going.clone();
    assert_eq!((going.len(), case.saved.borrow().len()), (1, 0), "under way");
    assert!(going[0].bytes.is_some_and(|bytes| bytes > 0), "and says how far it is");
    case.run(Command::StopGoing(going[0].number));
    case.harness.run_steps(30);
    assert!(case.saved.borrow().is_empty() && case.app().model().work.shot.is_none(), "stopped");
}

#[test]
fn nothing_is_saved_where_the_server_refuses_or_the_person_may_not() {
    let mut case = with_directors(vec2(1280.0, 720.0));
    let refused = Fault::new(Code::Forbidden, "You may not export.", "Ask an Own.");
    case.server.borrow_mut().refuses =
        Some(Box::new(move |name, _| (name == "announce_picture").then(|| refused.clone())));
    case.press(Modifiers::NONE, Key::X);
    choose(&mut case, "GraphML");
    case.harness.get_by_label("Save the file").click();
    case.harness.run_steps(3);
    assert!(case.saved.borrow().is_empty());
    assert!(case.has_part("You may not export."), "{:?}", case.texts());

    let mut case =
        Case::new(Bank { role: ProjectRole::Read, ..Bank::default() }, "/p/bank", vec2(1280.0, 720.0), Theme::Dark);
    case.run(Command::Put(vec![object("company", "918224553")]));
    let may = case.app().model().may(&access::Need::project(access::Action::Export, &id("bank"))).is_ok();
    case.press(Modifiers::NONE, Key::X);
    assert_eq!(case.has("Export the graph"), may, "the dialog opens for those alone who may");
}

#[test]
fn what_was_exported_comes_back_as_it_was_in_one_step() {
    for format in ["JSON", "GraphML"] {
        let mut case = with_directors(vec2(1280.0, 720.0));
        let first = case.app().model().work.board.graph.shown().next().unwrap().0;
        case.run(Command::Move(vec![(first, [321.5, -88.25])]));
        case.run(Command::Pin(vec![first]));
        let before = drawing(&case);
        let (name, bytes) = export(&mut case, &[format]);
        let written = match format {
            "JSON" => clew_json::read(&bytes).unwrap(),
            _ => graphml::read(&bytes, &Assumed { object_type: "x", link_type: "y" }).unwrap().drawing,
        };
        assert_eq!(Drawing { note: String::new(), ..written.clone() }, before, "{format}");
        assert_eq!(written.note, STAMP);

        let mut case = Case::open();
        import(&mut case, &name, &bytes);
        assert_eq!(case.on_graph(), (3, 2), "{:?}", case.texts());
        assert_eq!(drawing(&case), before, "{format}");
        assert!(case.has("Step 1 of 1"), "{:?}", case.texts());
        assert_eq!(case.app().model().work.board.history.undo_title(), Some(format!("Import {name}").as_str()));
        assert!(!case.has_part("left out") && !case.has_part("no longer"), "{:?}", case.texts());
        case.shot(&format!("imported_{format}"));
        case.run(Command::Undo);
        assert_eq!(case.on_graph(), (0, 0));
    }
}

fn hand_made() -> String {
    json!({
        "format": "clew graph", "version": 1,
        "nodes": [
            { "type": "company", "key": ["918224553"], "label": "A name that the file invents", "place": [10.0, 20.0] },
            { "type": "person", "key": ["p-9999"], "label": "Nobody knows", "place": [60.0, 20.0] },
            { "type": "payment", "key": ["1"], "label": "hidden from this person" },
            { "type": "spaceship", "key": ["1"], "label": "in no project" },
            { "type": "person", "key": ["p-1001", "too many parts"] },
        ],
        "links": [
            { "type": "directs", "from": 1, "to": 0, "count": 77 },
            { "type": "part-of", "from": 0, "to": 2 },
            { "type": "flies", "from": 0, "to": 0 },
        ],
    })
    .to_string()
}

#[test]
fn nothing_that_a_file_says_of_an_object_is_believed_and_hidden_types_are_left_out_like_unknown_ones() {
    let payments = model::withheld::WithheldObjectType {
        id: id("payment"),
        name: "Payment".to_owned(),
        plural: "Payments".to_owned(),
        icon: "payments".to_owned(),
        fields: Vec::new(),
    };
    let withheld = model::Withheld { object_types: vec![payments], link_types: Vec::new() };
    let bank = Bank { withheld, ..Bank::default() };
    let mut case = Case::new(bank, "/p/bank", vec2(1280.0, 720.0), Theme::Dark);
    import(&mut case, "made.json", hand_made().as_bytes());
    let drawn = drawing(&case);
    let labels: Vec<&str> = drawn.nodes.iter().map(|node| node.label.as_str()).collect();
    assert_eq!(labels, ["Nordfjord Shipping AS", "p-9999"], "names come from the sources, or are keys");
    assert!(drawn.links.is_empty(), "no source has the link");
    assert_eq!(drawn.nodes[0].place, Some([10.0, 20.0]));
    let texts = case.texts();
    let told = |part: &str| texts.iter().any(|text| text.contains(part));
    assert!(told("3 objects were left out") && told(": payment, person, spaceship"), "{texts:?}");
    assert!(told("2 links were left out") && told(": flies, part-of"), "{texts:?}");
    assert!(told("1 link was left out, because no source has it."), "{texts:?}");
    assert!(told("1 object was not found in its source and stands on the graph by its key, marked"), "{texts:?}");
    let asked = case.requests("run_query").iter().map(ToString::to_string).collect::<String>();
    assert!(!asked.contains("payment") && !asked.contains("spaceship"), "what is hidden is not asked for: {asked}");
    assert!(case.has("made.json was imported, but not all of it"));
    case.shot("import_left_out");
}

#[test]
fn what_is_on_the_graph_already_stays_where_it_is() {
    let mut case = with_directors(vec2(1280.0, 720.0));
    let before = drawing(&case);
    import(&mut case, "made.json", hand_made().as_bytes());
    let after = drawing(&case);
    assert_eq!(after.nodes[..3], before.nodes[..]);
    assert_eq!(after.links, before.links, "links are not counted twice");
    assert_eq!(after.nodes.len(), 4);
    case.run(Command::Undo);
    assert_eq!(drawing(&case), before);
}

#[test]
fn a_file_that_is_no_graph_is_refused_with_the_line_and_what_to_do() {
    let cases: [(&str, &[u8], &[&str]); 5] = [
        (
            "broken.json",
            b"{\"format\":\"clew graph\",\n\"version\":1,\n\"nodes\":[{]}",
            &["Line 3", "save the file again"],
        ),
        (
            "evil.graphml",
            b"<?xml version=\"1.0\"?>\n<!DOCTYPE g [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>\n<graphml/>",
            &["Line 2", "DOCTYPE", "take it out"],
        ),
        ("table.csv", b"a;b\n1;2\n", &["The file is no graph as GraphML or as JSON of Clew"]),
        ("latin.json", b"{\"format\":\"\xe5\"}", &["not text in UTF-8 from byte", "save it as UTF-8"]),
        ("empty.graphml", b"<graphml><graph/></graphml>", &["no object that you can see"]),
    ];
    for (name, bytes, parts) in cases {
        let mut case = Case::open();
        import(&mut case, name, bytes);
        let texts = case.texts();
        let told = texts.iter().find(|text| parts.iter().all(|part| text.contains(part)));
        assert!(told.is_some() && texts.contains(&format!("{name} was not imported")), "{name}: {texts:?}");
        assert_eq!(case.on_graph(), (0, 0));
        let work = &case.app().model().work;
        assert!(work.importing.is_none() && work.going.is_empty() && work.board.history.undo_title().is_none());
    }
}

#[test]
fn more_than_can_be_asked_for_is_refused_before_anything_is_asked() {
    let nodes: Vec<_> = (0..=ui::work::MOST_IMPORTED_OBJECTS)
        .map(|number| json!({ "type": "person", "key": [number.to_string()] }))
        .collect();
    let file = json!({ "format": "clew graph", "version": 1, "nodes": nodes, "links": [] }).to_string();
    let mut case = Case::open();
    import(&mut case, "large.json", file.as_bytes());
    assert!(case.has_part("At most 20,000 objects and 40,000 links"), "{:?}", case.texts());
    assert!(case.requests("run_query").is_empty() && case.on_graph() == (0, 0));
}

#[test]
fn an_import_whose_source_fails_or_that_is_stopped_puts_nothing_on_the_graph() {
    let mut case = Case::open();
    case.server.borrow_mut().fails = Some("run_query");
    import(&mut case, "made.json", hand_made().as_bytes());
    assert!(
        case.has("made.json was not imported") && case.has_part("The source did not answer."),
        "{:?}",
        case.texts()
    );
    case.click("Close");
    assert!(!case.has("made.json was not imported"));
    assert_eq!(case.on_graph(), (0, 0));

    let mut case = Case::open();
    case.server.borrow_mut().holds = Some("run_query");
    import(&mut case, "made.json", hand_made().as_bytes());
    let going = case.app().model().work.going.clone();
    assert_eq!(going.iter().map(|going| going.what.as_str()).collect::<Vec<_>>(), ["Importing made.json"]);
    case.run(Command::StopGoing(going[0].number));
    case.server.borrow_mut().release();
    case.settle();
    assert_eq!(case.on_graph(), (0, 0));
    assert!(case.app().model().work.importing.is_none() && case.server.borrow().stopped > 0);
}

#[test]
fn in_norwegian_too() {
    let mut bank = Bank::default();
    bank.preferences.language = Some(wire::session::Language::Norwegian);
    let mut case = Case::new(bank, "/p/bank", vec2(1280.0, 720.0), Theme::Light);
    case.run(Command::Put(vec![object("company", "918224553")]));
    case.press(Modifiers::NONE, Key::X);
    for wanted in ["Eksporter grafen", "Alt som vises", "1 objekt, 0 lenker"] {
        assert!(case.has(wanted), "{wanted}: {:?}", case.texts());
    }
    case.shot("export_dialog_norwegian");
    case.press(Modifiers::NONE, Key::Escape);
    case.server.borrow_mut().chooses = Some(("ødelagt.json".to_owned(), b"{\"format\":\"clew graph\",\n]".to_vec()));
    case.run(Command::Import);
    assert!(case.has("ødelagt.json ble ikke importert") && case.has_part("Linje 2, kolonne 1: "), "{:?}", case.texts());
}
