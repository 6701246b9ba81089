//! A window that is no page: what takes long is done on threads, and comes when it is done.

use std::thread;
use std::time::Duration;

use egui::{Key, Modifiers};
use ui::work::{Command, Shape};

use crate::exchange;
use crate::measures::{choose, put_accounts};
use crate::work_case::{Bank, Case};

/// Draws frames until something is so.
fn until(case: &mut Case, is_so: impl Fn(&Case) -> bool) {
    for _ in 0..1_000 {
        case.settle();
        if is_so(case) {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("it never came: {:?}", case.texts());
}

fn is_at_rest(case: &Case) -> bool {
    let work = &case.app().model().work;
    !work.board.arranging.is_running() && work.going.is_empty()
}

#[test]
fn on_threads_the_graph_is_laid_out_measured_searched_and_written_as_at_once() {
    let at_once = put_accounts(Case::open());
    let mut case = put_accounts(Case::with_threads(Bank::default()));
    until(&mut case, is_at_rest);
    assert_eq!(case.on_graph(), at_once.on_graph());
    let places = |case: &Case| -> Vec<graph::Place> {
        let graph = &case.app().model().work.board.graph;
        graph.shown().map(|(id, _)| graph.place(id)).collect()
    };
    let apart = places(&case);
    assert!(apart.iter().enumerate().all(|(at, place)| !apart[..at].contains(place)), "each has a place: {apart:?}");

    case.press(Modifiers::NONE, Key::R);
    case.press(Modifiers::NONE, Key::Enter);
    until(&mut case, |case| case.has("2 rings."));

    // It may be written before the first look, or later.
    let mut saved = exchange::export(&mut case, &["GraphML"]);
    if saved.1.is_empty() {
        until(&mut case, |case| !case.saved.borrow().is_empty());
        saved = case.saved.borrow_mut().pop().unwrap();
    }
    let (name, bytes) = saved;
    assert!(name.ends_with(".graphml") && bytes.starts_with(b"<?xml"), "{name}");

    case.click("Measures");
    choose(&mut case, "Betweenness");
    until(&mut case, |case| case.has_part("go-betweens are high") && case.has_part("exact"));
}

#[test]
fn what_is_wanted_no_more_is_not_heard_of() {
    let mut case = put_accounts(Case::with_threads(Bank::default()));
    until(&mut case, is_at_rest);
    // No frame between them, so that the first one cannot be heard of before the second begins.
    for shape in [Shape::Layers, Shape::Rows] {
        case.harness.state_mut().as_mut().unwrap().run(ui::app::Command::Work(Command::LayOut(shape)));
    }
    until(&mut case, is_at_rest);
    assert_eq!(case.app().model().work.board.arranging.wholes(), 1, "only the last one is taken");
}
