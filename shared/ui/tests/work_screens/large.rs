//! More objects than one question takes: all of them, or, with what is left out said, the first.

use egui::{Key, Modifiers, vec2};
use ui::look::Theme;
use ui::work::{Command, ObjectRef};

use crate::work_case::{Bank, Case, id};

const PEOPLE: usize = 1_200;

#[test]
fn more_than_a_thousand_objects_are_put_on_the_graph_and_what_does_not_fit_is_said() {
    let mut bank = Bank::default();
    let keys: Vec<String> = (0..PEOPLE).map(|number| format!("q-{number}")).collect();
    for key in &keys {
        let cells = [("id", key.as_str()), ("name", key.as_str())];
        let row = cells.map(|(name, text)| (name.to_owned(), text.to_owned())).into_iter().collect();
        bank.rows.get_mut("person").unwrap().push(row);
    }
    let mut case = Case::new(bank, "/p/bank", vec2(1280.0, 720.0), Theme::Dark);
    let people = keys.into_iter().map(|key| ObjectRef { object_type: id("person"), key: vec![key] });
    case.run(Command::Put(people.collect()));
    assert_eq!(case.on_graph().0, PEOPLE);
    assert!(case.has("Step 1 of 1"), "all of them are one step: {:?}", case.texts());
    assert!(case.has("1,200 objects selected") && case.has("and 1,000 more"), "of two hundred names");

    case.press(Modifiers::NONE, Key::E);
    assert!(case.has("Expand the first 1,000 of 1,200 objects"), "{:?}", case.texts());
    assert_eq!(case.requests("count_links").pop().unwrap()["keys"].as_array().unwrap().len(), 1_000);
}
