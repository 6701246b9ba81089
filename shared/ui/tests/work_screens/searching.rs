//! The search box: the arrows, the last searches, and texts that are too long.

use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use ui::look::Theme;

use crate::work_case::{Bank, Case};

#[test]
fn the_highlighted_hit_stays_the_same_while_others_arrive() {
    let mut case = Case::open();
    {
        let mut server = case.server.borrow_mut();
        // Accounts have answered, companies have not.
        (server.holds, server.parts) = (Some("search"), 1);
    }
    case.search("nordfjord");
    case.press(Modifiers::NONE, Key::ArrowDown);
    case.server.borrow_mut().release();
    case.settle();
    assert!(case.has("Companies"), "a better hit has come: {:?}", case.texts());
    case.press(Modifiers::NONE, Key::Enter);
    let open = case.app().model().work.details.open.clone().unwrap();
    assert_eq!(open.key, ["1503.61.00417"]);
}

#[test]
fn a_text_that_is_too_long_is_told_so() {
    let mut case = Case::open();
    case.search(&"x".repeat(201));
    assert!(case.has("Type at most 200 characters"), "{:?}", case.texts());
    assert!(!case.has("Type at least two characters") && case.requests("search").is_empty());
}

/// The lines under "Last searches".
fn listed(case: &mut Case) -> Vec<String> {
    case.press(Modifiers::COMMAND, Key::K);
    case.harness.get_by_role(Role::SearchInput).focus();
    case.press(Modifiers::COMMAND, Key::A);
    case.press(Modifiers::NONE, Key::Backspace);
    assert!(case.has("Last searches"), "{:?}", case.texts());
    let lines = case.harness.query_all_by_role(Role::ListItem);
    lines.filter_map(|line| line.accesskit_node().label()).collect()
}

const NEWEST_FIRST: [&str; 10] =
    ["marit", "nora", "viktor", "haugen", "jonas", "ingrid", "blue strait", "fjellheim", "sunnfjord", "vestlandet"];

#[test]
fn the_last_ten_searches_are_listed_once_each_and_are_there_after_a_reload() {
    let mut case = Case::open();
    let searched = ["nordfjord"].into_iter().chain(NEWEST_FIRST.into_iter().rev());
    // One of them twice: it moves to the top.
    for text in ["marit"].into_iter().chain(searched) {
        case.open_first(text);
    }
    assert_eq!(case.app().model().work.searches, NEWEST_FIRST);
    case.harness.run_steps(40);
    let kept = case.requests("keep_work").pop().unwrap()["work"].clone();

    let bank = Bank { kept: serde_json::from_value(kept).unwrap(), ..Bank::default() };
    let mut case = Case::new(bank, "/p/bank", vec2(1600.0, 900.0), Theme::Dark);
    let listed = listed(&mut case);
    assert!(listed.windows(10).any(|lines| lines == NEWEST_FIRST), "{listed:?}");
    for _ in 0..3 {
        case.press(Modifiers::NONE, Key::ArrowDown);
    }
    case.press(Modifiers::NONE, Key::ArrowUp);
    case.press(Modifiers::NONE, Key::Enter);
    assert_eq!(case.requests("search").pop().unwrap()["text"], "nora");
    assert!(case.has("Nora Lie"), "{:?}", case.texts());
    case.press(Modifiers::NONE, Key::Enter);
    assert_eq!(case.app().model().work.searches[0], "nora", "it was searched again");
}

#[test]
fn a_search_whose_hits_became_a_table_is_among_the_last() {
    let mut case = Case::open();
    case.search("ingrid");
    case.click("Show as table: People");
    assert_eq!(case.app().model().work.searches, ["ingrid"]);
}
