//! More objects than one question takes: all of them, or, with what is left out said, the first.

use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use graph::exchange::graphml::{self, Mixed};
use graph::exchange::{Drawing, DrawnNode};
use ui::look::Theme;
use ui::work::{Command, ObjectRef};

use crate::work_case::{Bank, Case, id};

const PEOPLE: usize = 1_200;

/// The bank with these people, too.
fn with_people(keys: &[String]) -> Bank {
    let mut bank = Bank::default();
    for key in keys {
        let cells = [("id", key.as_str()), ("name", key.as_str())];
        let row = cells.map(|(name, text)| (name.to_owned(), text.to_owned())).into_iter().collect();
        bank.rows.get_mut("person").unwrap().push(row);
    }
    bank
}

fn keys(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("q-{number}")).collect()
}

#[test]
fn a_file_of_five_thousand_objects_says_how_far_it_is_can_be_stopped_and_is_one_step() {
    let keys = keys(5_000);
    let node = |(number, key): (usize, &String)| DrawnNode {
        object_type: "person".to_owned(),
        key: vec![key.clone()],
        place: Some([(number % 100) as f32 * 120.0, (number / 100) as f32 * 120.0]),
        ..DrawnNode::default()
    };
    let drawing = Drawing { nodes: keys.iter().enumerate().map(node).collect(), ..Drawing::default() };
    let file = graphml::write(&drawing, Mixed::OnEdges).into_bytes();
    let mut case = Case::new(with_people(&keys), "/p/bank", vec2(1280.0, 720.0), Theme::Light);
    case.server.borrow_mut().chooses = Some(("people.graphml".to_owned(), file.clone()));
    case.server.borrow_mut().holds = Some("run_query");
    case.run(Command::Import);
    case.harness.run_steps(20);
    let bar = case.harness.get_by_role_and_label(Role::ProgressIndicator, "Importing people.graphml");
    assert_eq!(bar.accesskit_node().data().numeric_value(), Some(0.0), "nothing was answered yet");
    case.shot("import_under_way");
    case.harness.get_by_label("Cancel").click();
    case.harness.run_steps(4);
    case.server.borrow_mut().release();
    case.settle();
    assert!(case.on_graph() == (0, 0) && case.app().model().work.going.is_empty(), "{:?}", case.texts());

    case.server.borrow_mut().chooses = Some(("people.graphml".to_owned(), file));
    case.run(Command::Import);
    assert_eq!(case.on_graph(), (5_000, 0));
    assert!(case.has("people.graphml was imported: 5,000 objects, 0 links"), "{:?}", case.texts());
    assert!(case.has("Step 1 of 1") && case.app().model().work.going.is_empty());
    case.shot("imported_thousands");
    case.run(Command::Undo);
    assert_eq!(case.on_graph(), (0, 0));
}

#[test]
fn more_than_a_thousand_objects_are_put_on_the_graph_and_what_does_not_fit_is_said() {
    let keys = keys(PEOPLE);
    let mut case = Case::new(with_people(&keys), "/p/bank", vec2(1280.0, 720.0), Theme::Dark);
    let people = keys.into_iter().map(|key| ObjectRef { object_type: id("person"), key: vec![key] });
    case.run(Command::Put(people.collect()));
    assert_eq!(case.on_graph().0, PEOPLE);
    assert!(case.has("Step 1 of 1"), "all of them are one step: {:?}", case.texts());
    assert!(case.has("1,200 objects selected") && case.has("and 1,000 more"), "of two hundred names");

    case.press(Modifiers::NONE, Key::E);
    assert!(case.has("Expand the first 1,000 of 1,200 objects"), "{:?}", case.texts());
    assert_eq!(case.requests("count_links").pop().unwrap()["keys"].as_array().unwrap().len(), 1_000);
}
