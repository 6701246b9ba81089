//! Selecting several objects and moving them without a mouse: by keyboard, and through assistive technology.

use egui::accesskit::{Action, ActionRequest, Role};
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use model::query::Direction;
use ui::work::{Command, Expand, ObjectRef};

use crate::work_case::{Case, id};

const JONAS: &str = "Person Jonas Eide, 1 link";
const MARIT: &str = "Person Marit Solberg, 1 link";

fn object(kind: &str, key: &str) -> ObjectRef {
    ObjectRef { object_type: id(kind), key: vec![key.to_owned()] }
}

/// A company between its two directors, from left to right.
fn in_a_row() -> Case {
    let mut case = Case::open();
    let company = object("company", "918224553");
    case.run(Command::Put(vec![company.clone()]));
    case.run(Command::Expand(Expand {
        objects: vec![company.clone()],
        link: id("directs"),
        direction: Direction::Backward,
        order: wire::data::ExpandOrder::Count,
        limit: 25,
    }));
    let board = &case.app().model().work.board;
    let row = [(object("person", "p-1002"), 0.0), (company, 200.0), (object("person", "p-1003"), 400.0)];
    let places = row.iter().map(|(object, x)| (board.shown(object).unwrap(), [*x, 0.0])).collect();
    case.run(Command::Move(places));
    case.run(Command::Select(Vec::new()));
    case
}

fn act(case: &mut Case, label: &str, action: Action) {
    let (target_node, target_tree) = case.harness.get_by_role_and_label(Role::Button, label).accesskit_node().locate();
    let request = ActionRequest { action, target_tree, target_node, data: None };
    case.harness.event(Event::AccessKitActionRequest(request));
    case.settle();
}

fn selected(case: &Case) -> usize {
    case.app().model().work.board.selected.len()
}

#[test]
fn the_shortest_way_between_two_is_found_by_keyboard_alone() {
    let mut case = in_a_row();
    act(&mut case, JONAS, Action::Click);
    case.press(Modifiers::NONE, Key::ArrowRight);
    case.press(Modifiers::NONE, Key::ArrowRight);
    case.press(Modifiers::COMMAND, Key::Space);
    assert!(case.has("2 objects selected"), "{:?}", case.texts());
    case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    case.harness.get_by_role_and_label(Role::TextInput, "Commands").type_text("Shortest");
    case.settle();
    case.press(Modifiers::NONE, Key::Enter);
    assert!(case.has("The shortest way has 2 links; it is selected."), "{:?}", case.texts());
}

#[test]
fn the_shortest_way_between_two_is_found_through_assistive_technology_alone() {
    let mut case = in_a_row();
    act(&mut case, JONAS, Action::Click);
    act(&mut case, MARIT, Action::ShowContextMenu);
    assert_eq!(selected(&case), 1, "its menu selects nothing");
    case.harness.get_by_role_and_label(Role::MenuItem, "Add to the selection").click_accesskit();
    case.settle();
    act(&mut case, "Shortest way", Action::Click);
    assert!(case.has("The shortest way has 2 links; it is selected."), "{:?}", case.texts());
    act(&mut case, MARIT, Action::ShowContextMenu);
    case.harness.get_by_role_and_label(Role::MenuItem, "Take out of the selection").click_accesskit();
    case.settle();
    assert_eq!(selected(&case), 2);
}

#[test]
fn what_is_pushed_with_the_arrows_is_one_step_that_can_be_taken_back() {
    let mut case = in_a_row();
    act(&mut case, JONAS, Action::Click);
    let node = *case.app().model().work.board.selected.first().unwrap();
    let place = |case: &Case| case.app().model().work.board.graph.place(node);
    let steps = |case: &Case| case.app().model().work.board.history.position().0;
    let (before, taken) = (place(&case), steps(&case));
    case.harness.event(Event::ModifiersChanged(Modifiers::COMMAND));
    for _ in 0..3 {
        let (pressed, repeat, modifiers) = (true, false, Modifiers::COMMAND);
        case.harness.event(Event::Key { key: Key::ArrowDown, pressed, repeat, modifiers, physical_key: None });
    }
    case.harness.event(Event::ModifiersChanged(Modifiers::NONE));
    case.settle();
    assert_eq!(steps(&case), taken + 1);
    assert!(place(&case)[1] > before[1] + 20.0 && place(&case)[0] == before[0], "{:?}", place(&case));
    case.run(Command::Undo);
    assert_eq!(place(&case), before);
}

#[test]
fn neighbours_are_selected_as_well_by_a_key_and_what_the_last_step_added_by_name() {
    let mut case = in_a_row();
    let selected = |case: &Case| case.app().model().work.board.selected.len();
    let one = case.app().model().work.board.shown(&object("person", "p-1002")).unwrap();
    case.run(Command::Select(vec![one]));
    case.press(Modifiers::NONE, Key::N);
    assert_eq!(selected(&case), 2, "the company of the director");
    case.press(Modifiers::NONE, Key::N);
    assert_eq!(selected(&case), 3, "and the other director");
    case.run(Command::Undo);
    case.run(Command::SelectAdded);
    assert_eq!(selected(&case), 2, "both directors came with the last step");
}
