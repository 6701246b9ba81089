//! The whole graph laid out in a shape that is chosen.

use ui::work::{Command, Shape};

use super::work_case::Case;

/// The places of what is on the graph, by name.
fn places(case: &Case) -> Vec<(String, graph::Place)> {
    let graph = &case.app().model().work.board.graph;
    graph.shown().map(|(id, node)| (node.label.clone(), graph.place(id))).collect()
}

fn some(case: &mut Case) {
    for text in ["nordfjord", "ingrid"] {
        case.open_first(text);
    }
    case.settle();
}

#[test]
fn a_shape_is_chosen_from_the_menu_is_one_step_and_is_what_laying_out_again_repeats() {
    let mut case = Case::open();
    some(&mut case);
    let before = places(&case);
    let steps = case.app().model().work.board.history.position().0;
    case.click("Ways to lay out");
    case.click("Lay out in rows by name");
    case.settle();
    let board = &case.app().model().work.board;
    assert_eq!(board.history.position().0, steps + 1);
    assert_eq!(board.history.undo_title(), Some("Lay out in rows by name"));
    assert_eq!(board.arranging.shape(), Shape::Rows);
    let mut rows = places(&case);
    assert_ne!(rows, before);
    rows.sort_by(|(_, a), (_, b)| a[1].total_cmp(&b[1]).then(a[0].total_cmp(&b[0])));
    let names: Vec<String> = rows.iter().map(|(name, _)| name.to_lowercase()).collect();
    assert!(names.is_sorted(), "read like a page: {names:?}");
    case.run(Command::LayOutAgain);
    case.settle();
    assert_eq!(case.app().model().work.board.history.undo_title(), Some("Lay out in rows by name"));
    case.run(Command::Undo);
    case.run(Command::Undo);
    assert_eq!(places(&case), before, "taken back");
}

#[test]
fn every_shape_places_everything_and_leaves_what_is_pinned() {
    let mut case = Case::open();
    some(&mut case);
    let pinned = case.app().model().work.board.graph.shown().next().map(|(id, _)| id).unwrap();
    case.run(Command::Pin(vec![pinned]));
    let at = case.app().model().work.board.graph.place(pinned);
    for shape in Shape::ALL {
        case.run(Command::LayOut(shape));
        case.settle();
        let places = places(&case);
        assert!(!case.app().model().work.board.arranging.is_running(), "{shape:?} ends");
        assert!(places.iter().all(|(_, at)| at.iter().all(|number| number.is_finite())), "{shape:?}: {places:?}");
        assert_eq!(case.app().model().work.board.graph.place(pinned), at, "{shape:?} leaves what is pinned");
    }
}
