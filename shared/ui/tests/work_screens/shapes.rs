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

fn x_of(case: &Case, name: &str) -> f32 {
    places(case).into_iter().find(|(known, _)| known == name).map(|(_, at)| at[0]).unwrap()
}

#[test]
fn along_a_time_the_earlier_lies_to_the_left_with_the_days_above_until_it_is_moved() {
    let mut case = super::measures::accounts();
    case.click("Ways to lay out");
    case.click("By time: Opened");
    let order = ["8101.33.70052", "9710.22.55103", "1207.05.44210", "4202.10.99318", "3000.12.87765"];
    let shown: Vec<f32> = order
        .iter()
        .filter(|name| places(&case).iter().any(|(known, _)| known == *name))
        .map(|name| x_of(&case, name))
        .collect();
    assert!(shown.len() >= 4 && shown.is_sorted(), "{shown:?} {:?}", places(&case));
    assert_eq!(case.app().model().work.board.history.undo_title(), Some("Lay out by time"));
    case.shot("by-time");
    case.click("Ways to lay out");
    case.click("By time: first link");
    case.shot("by-first-link");
    case.run(Command::LayOutAgain);
    assert_eq!(case.app().model().work.board.arranging.axis(), Some(&ui::work::Axis::FirstLink), "the same once more");
}

#[test]
fn without_a_time_or_a_place_on_earth_that_is_said_and_nothing_moves() {
    let mut case = Case::open();
    case.run(Command::Put(vec![super::measures::object("place", "Strandgata 4, 6900 Florø")]));
    let before = places(&case);
    for (shape, said) in [
        (Shape::Time, "Nothing on the graph has a day or a moment"),
        (Shape::Map, "Nothing on the graph has a latitude"),
    ] {
        case.run(Command::LayOut(shape));
        assert!(case.has_part(said), "{:?}", case.texts());
    }
    assert_eq!(places(&case), before);
}
