//! Ctrl+F on the graph.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use crate::work_case::Case;

fn find(case: &mut Case, text: &str) {
    case.press(Modifiers::COMMAND, Key::F);
    let field = case.harness.get_by_role_and_label(egui::accesskit::Role::SearchInput, "Find on the graph");
    field.type_text(text);
    case.settle();
}

fn selected(case: &Case) -> String {
    let board = &case.app().model().work.board;
    let one = *board.selected.first().unwrap();
    board.graph.node(one).unwrap().label.clone()
}

#[test]
fn enter_goes_from_one_to_the_next_and_escape_closes() {
    let mut case = Case::open();
    for text in ["nordfjord", "vestlandet", "ingrid"] {
        case.open_first(text);
    }
    find(&mut case, "AS");
    assert!(case.has("2 found"), "{:?}", case.texts());
    assert_eq!(case.requests("search").len(), 3, "no source is asked");
    case.press(Modifiers::NONE, Key::Enter);
    assert!(case.has("1 of 2"));
    let first = selected(&case);
    case.press(Modifiers::NONE, Key::Enter);
    assert!(case.has("2 of 2"));
    assert_ne!(selected(&case), first);
    case.press(Modifiers::SHIFT, Key::Enter);
    assert_eq!(selected(&case), first, "shift goes back");
    case.press(Modifiers::NONE, Key::Escape);
    assert!(!case.has("1 of 2"));
    assert_eq!(selected(&case), first, "what was found stays selected");
}

#[test]
fn a_key_is_found_and_what_is_not_there_is_said() {
    let mut case = Case::open();
    case.open_first("nordfjord");
    find(&mut case, "918224553");
    assert!(case.has("1 found"));
    case.press(Modifiers::NONE, Key::Escape);
    find(&mut case, "zzz");
    assert!(case.has("Nothing found"));
    case.press(Modifiers::NONE, Key::Enter);
}
