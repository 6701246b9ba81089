//! The workspace, found by label as people hear it, in front of a server that answers with real frames.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may end")]

mod exchange;
mod expanding;
mod finding;
mod formats;
mod groups;
mod keeping;
mod keys;
mod languages;
mod large;
mod links;
mod lists;
mod looks;
mod measures;
mod notes;
mod object_page;
mod outline;
mod page;
mod refreshing;
mod restoring;
mod rings;
mod searching;
mod selecting;
mod shapes;
mod tables;
mod taking_back;
mod threads;
mod timed_ways;
mod waiting;
mod ways;
mod wholeness;
mod withheld;
#[path = "../work_case/mod.rs"]
mod work_case;

use egui::Key;
use egui_kittest::kittest::Queryable;
use serde_json::json;
use work_case::{Bank, Case};

#[test]
fn a_short_text_asks_for_more_and_asks_nobody() {
    let mut case = Case::open();
    case.search("n");
    assert!(case.has("Type at least two characters"));
    assert!(case.requests("search").is_empty());
}

#[test]
fn search_then_open_then_expand_then_undo() {
    let mut case = Case::open();
    case.search("nordfjord");
    assert_eq!(case.requests("search")[0]["text"], "nordfjord");
    assert!(case.has("Nordfjord Shipping AS"), "the hit is listed");
    case.harness.key_press(Key::Enter);
    case.settle();
    assert_eq!(case.on_graph(), (1, 0));
    assert!(case.has("Company · 918224553"), "the side shows it");
    assert!(case.has("14 Mar 2019") && case.has("NOK 48,200,000.00"), "values by their kind");
    assert!(case.has_part("fetched 10:42"));

    case.harness.key_press(Key::E);
    case.settle();
    assert!(case.has("Expand Nordfjord Shipping AS"));
    assert_eq!(case.requests("count_links").len(), 1, "counted once, for the side and the menu");
    case.harness.get_by_role_and_label(egui::accesskit::Role::MenuItem, "directed by").click();
    case.settle();
    assert_eq!(case.on_graph(), (3, 2), "two directors and their links");
    let asked = &case.requests("expand")[0];
    assert_eq!(
        (&asked["link"], &asked["direction"], &asked["limit"]),
        (&json!("directs"), &json!("backward"), &json!(25))
    );
    assert!(case.has("Step 2 of 2"));

    case.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Z);
    case.settle();
    assert_eq!(case.on_graph(), (1, 0));
    assert!(case.has("Step 1 of 2"));
    case.harness.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, Key::Z);
    case.settle();
    assert_eq!(case.on_graph(), (3, 2));
    assert_eq!(case.requests("expand").len(), 1, "undo and redo ask nobody");
}

#[test]
fn a_source_that_nobody_asked_yet_says_that() {
    let case = Case::open();
    assert!(case.has("Core banking: not asked") && case.has("Sanctions: not asked"), "{:?}", case.texts());
}

#[test]
fn a_source_that_fails_says_so_beside_the_hits_of_the_others() {
    let bank = Bank { failing: Some("sanctions".to_owned()), ..Bank::default() };
    let mut case = Case::new(bank, "/p/bank", egui::vec2(1280.0, 720.0), ui::look::Theme::Dark);
    case.search("ingrid");
    assert!(case.has("Ingrid Moe"));
    assert!(case.has("Sanctions: failed"));
    assert!(case.has("Core banking: answered"), "a state is said in words: {:?}", case.texts());
    assert!(case.has_part("Tell whoever runs it."));
    case.search("zzz");
    assert!(case.has_part("Did not answer: Sanctioned people."));
}

#[test]
fn parallel_transfers_are_one_line_and_their_rows_open_as_a_table() {
    let mut case = Case::open();
    case.search("1503.61.00417");
    case.harness.key_press(Key::Enter);
    case.settle();
    case.harness.key_press(Key::E);
    case.settle();
    case.harness.get_by_role_and_label(egui::accesskit::Role::MenuItem, "received from").click();
    case.settle();
    let (objects, links) = case.on_graph();
    assert_eq!(objects, 5, "the account and four that paid to it");
    assert!(links >= 6, "also the transfers among them: {links}");
    let link = case.app().model().work.board.graph.shown_links().next().unwrap().0;
    case.run(ui::work::Command::SelectLink(link));
    case.click("Show the rows");
    let query = case.requests("run_query").pop().unwrap();
    assert!(query["query"]["from"]["links_of"].is_object(), "{query}");
    assert!(case.has_part("exact"));
}

#[test]
fn sort_and_filter_are_pushed_down_and_counted() {
    let mut case = Case::open();
    case.run(ui::work::Command::OpenTable(
        ui::work::About::Links("transfer".to_owned().try_into().unwrap()),
        ui::work::Wishes::default(),
    ));
    assert!(case.has("Showing 214 of 214 · exact"));
    case.click("Amount");
    let last = rows_asked(&case);
    assert_eq!(last["answer"]["rows"]["sort"], json!([{ "field": { "own": "amount" }, "descending": false }]));
    case.click("Amount");
    assert_eq!(rows_asked(&case)["answer"]["rows"]["sort"][0]["descending"], true);

    case.click("+ Filter");
    case.harness.get_by_role_and_label(egui::accesskit::Role::MenuItem, "Amount").click();
    case.settle();
    case.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "From").type_text("50,000");
    case.settle();
    case.click("Apply");
    let filter = &rows_asked(&case)["filter"];
    assert_eq!(
        *filter,
        json!({ "all": [{ "is": { "field": { "own": "amount" }, "test": { "at_least": "50000" } } }] })
    );
    assert!(case.has("Amount ≥ 50,000"), "the filter is a chip");
    assert!(case.has_part("· exact"));
    case.click("Remove Amount ≥ 50,000");
    assert_eq!(rows_asked(&case)["filter"], json!({ "all": [] }));
}

/// The last question that asked for rows.
fn rows_asked(case: &Case) -> serde_json::Value {
    let mut asked = case.requests("run_query").into_iter().map(|ask| ask["query"].clone());
    asked.rfind(|query| query["answer"]["rows"].is_object()).unwrap()
}

#[test]
fn graph_and_table_share_the_selection() {
    let mut case = Case::open();
    case.search("ingrid moe");
    case.harness.key_press(Key::Enter);
    case.settle();
    case.run(ui::work::Command::OpenTable(
        ui::work::About::Objects("person".to_owned().try_into().unwrap()),
        ui::work::Wishes::default(),
    ));
    let node = case.app().model().work.board.graph.shown().next().unwrap().0;
    case.run(ui::work::Command::Select(vec![node]));
    assert!(case.has_part("1 selected"), "the row is selected with the object");
    case.run(ui::work::Command::Select(Vec::new()));
    let row = case.harness.get_all_by_label_contains("Row 1").next().unwrap();
    row.click();
    case.settle();
    assert!(case.app().model().work.board.selected.contains(&node), "the object is selected with the row");
}

#[test]
fn the_work_is_kept_and_put_together_again() {
    let mut case = Case::open();
    case.search("nordfjord");
    case.harness.key_press(Key::Enter);
    case.settle();
    case.harness.run_steps(40);
    let kept = case.requests("keep_work").pop().expect("it was kept");
    assert_eq!(kept["work"]["searches"], json!(["nordfjord"]));
    assert_eq!(kept["work"]["objects"][0]["key"], json!(["918224553"]));

    let kept: wire::project::Work = serde_json::from_value(kept["work"].clone()).unwrap();
    let case = Case::new(Bank { kept, ..Bank::default() }, "/p/bank", egui::vec2(1280.0, 720.0), ui::look::Theme::Dark);
    assert_eq!(case.on_graph(), (1, 0));
    assert!(!case.has_part("Step"), "it is where one begins, not a step");
}

#[test]
fn a_picture_is_announced_before_it_is_saved() {
    let mut case = Case::open();
    case.search("nordfjord");
    case.harness.key_press(Key::Enter);
    case.settle();
    case.run(ui::work::Command::AnnouncePicture);
    let announced = &case.requests("announce_picture")[0];
    assert_eq!(announced["objects"], 1);
    assert_eq!((&announced["object_types"], &announced["cut"]), (&json!(["company"]), &json!(0)));
    assert_eq!((&announced["format"], &announced["scope"]), (&json!("png"), &json!("shown")));
    let saved = case.saved.borrow();
    assert_eq!(saved[0].0, "bank-graph.png");
    assert_eq!(&saved[0].1[1..4], b"PNG");
}

#[test]
fn a_deep_link_opens_the_object() {
    let case =
        Case::new(Bank::default(), "/p/bank/o/company/918224553", egui::vec2(1280.0, 720.0), ui::look::Theme::Dark);
    assert!(case.has("Nordfjord Shipping AS"));
    assert!(case.has("Put on the graph"));
}

#[test]
fn a_settled_workspace_asks_for_no_frames() {
    let mut case = Case::open();
    case.search("nordfjord");
    case.harness.key_press(Key::Enter);
    case.settle();
    case.harness.run_steps(60);
    let output = case.harness.output();
    let delay = output.viewport_output.values().map(|viewport| viewport.repaint_delay).min().unwrap();
    assert!(delay.as_secs() > 1, "{delay:?}");
}
