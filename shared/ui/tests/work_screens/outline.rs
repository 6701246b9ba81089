//! The graph as a list at the side.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use ui::work::Command;

use super::work_case::Case;

/// The lines of the list, from top to bottom.
fn lines(case: &Case) -> Vec<String> {
    case.harness
        .query_all_by_role(Role::TreeItem)
        .map(|line| line.accesskit_node().label().unwrap_or_default())
        .collect()
}

fn line(case: &mut Case, name: &str) {
    case.harness.get_all_by_role_and_label(Role::TreeItem, name).next().unwrap().click();
    case.harness.run();
}

fn some() -> Case {
    let mut case = Case::open();
    case.open_first("nordfjord");
    case.open_first("ingrid");
    case.settle();
    case
}

#[test]
fn objects_stand_by_type_and_name_and_choosing_one_selects_it_and_keeps_the_list() {
    let mut case = some();
    assert!(lines(&case).is_empty(), "the details are shown first");
    case.click("Outline");
    let all = lines(&case);
    let shown = case.app().model().work.board.graph.shown().count();
    assert_eq!(all.len(), shown, "{all:?}");
    let name = all[0].clone();
    line(&mut case, &name);
    let board = &case.app().model().work.board;
    let selected: Vec<String> =
        board.selected.iter().filter_map(|id| Some(board.graph.node(*id)?.label.clone())).collect();
    assert_eq!(selected.len(), 1);
    assert!(name.contains(&selected[0]), "{name} {selected:?}");
    assert_eq!(lines(&case), all, "the list stays");
    case.shot("outline");
}

#[test]
fn a_hidden_object_is_not_in_the_list() {
    let mut case = some();
    case.click("Outline");
    let all = lines(&case).len();
    let first = case.app().model().work.board.graph.shown().next().map(|(id, _)| id).unwrap();
    case.run(Command::Hide(vec![first]));
    case.settle();
    assert_eq!(lines(&case).len(), all - 1);
}

#[test]
fn under_an_object_stand_the_kinds_of_its_links_with_counts_and_under_these_its_neighbours() {
    let mut case = Case::open();
    case.open_first("1503.61.00417");
    case.press(egui::Modifiers::NONE, Key::E);
    case.harness.get_by_role_and_label(Role::MenuItem, "received from").focus();
    case.harness.run_ok();
    case.press(egui::Modifiers::NONE, Key::Enter);
    case.settle();
    case.click("Outline");
    let folded = lines(&case);
    let account = folded.iter().find(|name| name.contains("1503.61.00417")).unwrap().clone();
    case.harness.get_all_by_role_and_label(Role::TreeItem, &account).next().unwrap().focus();
    case.harness.run_ok();
    case.press(egui::Modifiers::NONE, Key::ArrowRight);
    let unfolded = lines(&case);
    let links: Vec<&String> = unfolded.iter().filter(|name| !folded.contains(name)).collect();
    let [links] = links[..] else { panic!("one kind of links: {unfolded:?}") };
    assert!(links.contains("received from"), "{links}");
    line(&mut case, &links.clone());
    let all = lines(&case);
    assert_eq!(all.len(), unfolded.len() + folded.len() - 1, "all others paid to it: {all:?}");
    case.shot("outline-unfolded");
    case.harness.get_all_by_role_and_label(Role::TreeItem, &account).next().unwrap().focus();
    case.harness.run_ok();
    case.press(egui::Modifiers::NONE, Key::ArrowLeft);
    assert_eq!(lines(&case), folded);
}
