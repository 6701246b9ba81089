//! The session that ends, the page that is loaded again: nothing is lost.

use egui::vec2;
use egui_kittest::kittest::Queryable;
use model::query::Direction;
use serde_json::json;
use ui::app::{Command as AppCommand, Remote};
use ui::look::Theme;
use ui::work::{Command, Expand, ObjectRef};

use crate::work_case::{Bank, Case};

fn with_directors() -> Case {
    let mut case = Case::open();
    let company =
        ObjectRef { object_type: "company".to_owned().try_into().unwrap(), key: vec!["918224553".to_owned()] };
    case.run(Command::Put(vec![company.clone()]));
    case.run(Command::Expand(Expand {
        objects: vec![company],
        link: "directs".to_owned().try_into().unwrap(),
        direction: Direction::Backward,
        order: wire::data::ExpandOrder::Count,
        limit: 25,
    }));
    case
}

fn kept(case: &mut Case) -> wire::project::Work {
    case.harness.run_steps(40);
    let kept = case.requests("keep_work").pop().unwrap();
    serde_json::from_value(kept["work"].clone()).unwrap()
}

#[test]
fn links_come_back_with_their_objects() {
    let kept = kept(&mut with_directors());
    assert_eq!((kept.objects.len(), kept.links.len()), (3, 2));
    let mut case = Case::new(Bank { kept, ..Bank::default() }, "/p/bank", vec2(1280.0, 720.0), Theme::Dark);
    case.settle();
    assert_eq!(case.on_graph(), (3, 2));
    let asked = &case.requests("expand")[0];
    assert_eq!(asked["only"], json!([["918224553"]]), "only what lies on the graph is asked for");
    assert!(!case.has_part("no longer in"));
}

#[test]
fn what_a_file_lost_when_it_was_brought_in_is_not_asked_for_again_and_again() {
    let kept = kept(&mut with_directors());
    let asked = [0, 3].map(|left_out| {
        let bank = Bank { kept: kept.clone(), left_out, ..Bank::default() };
        let mut case = Case::new(bank, "/p/bank", vec2(1280.0, 720.0), Theme::Dark);
        case.settle();
        assert_eq!(case.on_graph(), (3, 2));
        case.requests("run_query").len()
    });
    assert_eq!(asked[0], asked[1], "an answer in halves would lack the same rows");
}

#[test]
fn a_table_over_a_file_that_lost_rows_says_so() {
    let mut case = Case::new(Bank { left_out: 3, ..Bank::default() }, "/p/bank", vec2(1280.0, 720.0), Theme::Dark);
    let people = "person".to_owned().try_into().unwrap();
    case.run(Command::OpenTable(ui::work::About::Objects(people), ui::work::Wishes::default()));
    assert!(case.has("Showing 7 of 7 · partial"), "{:?}", case.texts());
}

#[test]
fn a_kept_investigation_that_cannot_be_read_now_is_not_written_over() {
    let kept = kept(&mut with_directors());
    let mut case = Case::new(Bank { kept, ..Bank::default() }, "/", vec2(1280.0, 720.0), Theme::Dark);
    case.server.borrow_mut().fails = Some("run_query");
    case.click("Harbour Bank");
    assert!(case.has("The source did not answer."), "{:?}", case.texts());
    case.harness.run_steps(40);
    assert!(case.requests("keep_work").is_empty(), "nothing is kept over it");
    case.server.borrow_mut().fails = None;
    case.click("Try again");
    assert_eq!(case.on_graph(), (3, 2));
}

#[test]
fn the_end_of_a_session_leaves_the_screen_and_shows_no_error_behind_the_notice() {
    let mut case = with_directors();
    case.server.borrow_mut().is_signed_out = true;
    let people = "person".to_owned().try_into().unwrap();
    case.run(Command::OpenTable(ui::work::About::Objects(people), ui::work::Wishes::default()));
    case.tell(AppCommand::AskAgain);
    assert!(case.app().model().session_ended);
    assert!(case.has("Your session has ended. Nothing on the screen is lost."));
    assert!(case.has("Sign in again") && case.has("I have signed in") && !case.has("Cancel"));
    assert!(!case.has_part("Nobody is signed in."), "the notice says it: {:?}", case.texts());
    assert!(matches!(case.app().model().me, Remote::Here(_)));
    assert_eq!(case.on_graph(), (3, 2));
    case.run(Command::Search("ferry".to_owned()));
    case.harness.run_steps(10);
    assert!(case.app().model().work.search.is_running, "it waits for somebody who signs in");
    let output = case.harness.output();
    let delay = output.viewport_output.values().map(|viewport| viewport.repaint_delay).min();
    assert_eq!(delay, Some(std::time::Duration::MAX), "and nothing is drawn to say so");

    case.server.borrow_mut().is_signed_out = false;
    case.click("I have signed in");
    assert!(!case.app().model().session_ended);
    assert!(case.has("Showing 7 of 7 · exact"), "what was refused is asked for anew: {:?}", case.texts());
    assert!(case.harness.query_by_label("Sign in again").is_none());
    assert_eq!(case.on_graph(), (3, 2));
}

#[test]
fn a_search_from_the_configuration_is_carried_out() {
    let mut case = Case::new(Bank::default(), "/p/bank/config/sources", vec2(1280.0, 720.0), Theme::Dark);
    case.search("nordfjord");
    case.harness.key_press(egui::Key::Enter);
    case.settle();
    assert!(case.has("Nordfjord Shipping AS"), "{:?}", case.texts());
    assert_eq!(case.requests("search")[0]["text"], "nordfjord");
    let marked = ["Search", "Graph", "Table"].map(|name| {
        use egui_kittest::kittest::NodeT;
        let buttons = case.harness.query_all_by_role_and_label(egui::accesskit::Role::Button, name);
        buttons.filter(|button| button.accesskit_node().data().aria_current().is_some()).count() == 1
    });
    assert_eq!(marked, [true, false, false], "one item of the rail is marked");
}
