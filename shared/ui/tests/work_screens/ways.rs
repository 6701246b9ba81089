//! Ways between two objects, and what several have in common.

use egui_kittest::kittest::Queryable;
use ui::work::{Command, ObjectRef, Wanted, Ways};

use super::measures::{accounts, object};
use super::work_case::Case;

pub(super) fn select(case: &mut Case, objects: &[ObjectRef]) {
    let board = &case.app().model().work.board;
    let nodes = objects.iter().map(|object| board.shown(object).unwrap()).collect();
    case.run(Command::Select(nodes));
}

pub(super) fn account(number: &str) -> ObjectRef {
    object("account", number)
}

#[test]
fn the_ten_shortest_ways_are_listed_and_another_one_is_shown_when_it_is_chosen() {
    let mut case = accounts();
    select(&mut case, &[account("9710.22.55103"), account("1503.61.00417")]);
    case.click("Other ways");
    case.click("The ten shortest ways");
    let found = case.app().model().work.board.found();
    let count = found.count;
    assert!(count >= 3, "{count}");
    let lengths: Vec<usize> = found.ways.iter().map(|way| way.nodes.len()).collect();
    assert!(lengths.is_sorted() && lengths[0] == 2, "{lengths:?}");
    assert!(case.has("directly"));
    case.shot("ways");
    case.harness.get_all_by_label("1503.44.18820").last().unwrap().click();
    case.settle();
    let board = &case.app().model().work.board;
    assert_eq!(board.way().unwrap().nodes.len(), 3);
    assert_eq!(board.selected.len(), 3);
    assert_eq!(board.found().count, count, "the others are still listed");
}

#[test]
fn along_directions_money_is_followed_one_way_only() {
    let mut case = accounts();
    let ends = [account("3000.12.87765"), account("6011.90.22117")];
    select(&mut case, &ends);
    case.run(Command::FindWays(Wanted::new(Ways::AllShortest, true)));
    let board = &case.app().model().work.board;
    let way = board.way().unwrap();
    for (pair, step) in way.nodes.windows(2).zip(&way.steps) {
        let mut joined = step.links.iter().filter_map(|id| board.graph.link(*id));
        assert!(joined.all(|link| (link.from, link.to) == (pair[0], pair[1])), "{way:?}");
    }
    case.run(Command::Select(Vec::new()));
    assert!(case.app().model().work.board.way().is_none(), "it is left with the selection");
}

#[test]
fn what_two_objects_have_in_common_is_selected_with_them() {
    let mut case = accounts();
    select(&mut case, &[account("1503.44.18820"), account("3000.12.87765")]);
    case.click("Select what they have in common");
    let selected = case.app().model().work.board.selected_objects();
    assert!(selected.contains(&account("1503.61.00417")), "{selected:?}");
    case.run(Command::Select(Vec::new()));
    case.run(Command::SelectCommon);
    assert!(case.has_part("Select two objects or more"), "{:?}", case.texts());
}
