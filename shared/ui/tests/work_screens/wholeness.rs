//! How complete the graph and an object are, in words, where they are shown.

use egui::vec2;
use egui_kittest::kittest::{NodeT, Queryable};
use model::query::Direction;
use serde_json::Value;
use ui::look::Theme;
use ui::work::{Command, Expand, ObjectRef};
use wire::{Code, Fault};

use crate::work_case::{Bank, Case};

fn object(kind: &str, key: &str) -> ObjectRef {
    ObjectRef { object_type: kind.to_owned().try_into().unwrap(), key: vec![key.to_owned()] }
}

fn expand(case: &mut Case, of: &ObjectRef, link: &str, direction: Direction, limit: u64) {
    case.run(Command::Expand(Expand {
        objects: vec![of.clone()],
        link: link.to_owned().try_into().unwrap(),
        direction,
        order: wire::data::ExpandOrder::Count,
        limit,
    }));
}

/// What is said beside a row.
fn described(case: &Case, role: egui::accesskit::Role, label: &str) -> String {
    let row = case.harness.get_by_role_and_label(role, label);
    row.accesskit_node().data().description().unwrap_or_default().to_owned()
}

fn with(bank: Bank) -> Case {
    Case::new(bank, "/p/bank", vec2(1280.0, 720.0), Theme::Dark)
}

#[test]
fn an_expansion_that_was_cut_says_so_at_the_object_the_link_and_below() {
    let mut case = Case::open();
    let company = object("company", "918224553");
    case.run(Command::Put(vec![company.clone()]));
    case.run(Command::SelectObjects(vec![company.clone()]));
    let badge = |case: &Case| case.app().model().work.counts_of(&[object("company", "918224553")]).is_some();
    assert!(badge(&case), "its links were counted");
    expand(&mut case, &company, "directs", Direction::Backward, 1);
    assert_eq!(case.on_graph(), (2, 1));
    assert!(case.has("1 expansion is not whole"), "{:?}", case.texts());
    assert!(case.has("directed by: Showing 1 of 2 · capped"), "{:?}", case.texts());
    assert!(case.has("Cut at the limit of 1 row"));
    let link = case.app().model().work.board.graph.shown_links().next().unwrap().0;
    case.run(Command::SelectLink(link));
    assert!(case.has("directed by: Showing 1 of 2 · capped"), "at the link, too");
    case.run(Command::Undo);
    assert!(!case.has_part("not whole"), "an undone step says nothing");
}

#[test]
fn a_whole_expansion_needs_no_word() {
    let mut case = Case::open();
    let company = object("company", "918224553");
    case.run(Command::Put(vec![company.clone()]));
    expand(&mut case, &company, "directs", Direction::Backward, 25);
    assert_eq!(case.on_graph(), (3, 2));
    assert!(!case.has_part("not whole"));
}

#[test]
fn links_among_what_is_there_that_could_not_be_looked_for_are_said_to_be_missing() {
    let mut case = Case::open();
    let refuses = |name: &str, body: &Value| {
        let is_second = name == "expand" && body["only"].as_array().is_some_and(|only| !only.is_empty());
        is_second.then(|| Fault::new(Code::SourceFailed, "The source did not answer.", "Ask again."))
    };
    case.server.borrow_mut().refuses = Some(Box::new(refuses));
    let account = object("account", "1503.61.00417");
    case.run(Command::Put(vec![account.clone()]));
    expand(&mut case, &account, "transfer", Direction::Backward, 25);
    assert!(case.on_graph().1 > 0, "what was asked for stands");
    let told = "Links among what is on the graph could not be looked for: The source did not answer.";
    assert!(case.has(told), "{:?}", case.texts());
    assert!(case.has("1 expansion is not whole"));
    case.run(Command::SelectObjects(vec![account]));
    assert!(case.has("Links among the objects on the graph were not looked for"), "{:?}", case.texts());
}

#[test]
fn a_count_that_took_too_long_is_no_number() {
    let mut case = with(Bank { uncounted: true, ..Bank::default() });
    let company = object("company", "918224553");
    case.run(Command::Put(vec![company.clone()]));
    case.run(Command::SelectObjects(vec![company]));
    assert_eq!(described(&case, egui::accesskit::Role::ListItem, "directed by"), "not counted");
    case.press(egui::Modifiers::NONE, egui::Key::E);
    assert_eq!(described(&case, egui::accesskit::Role::MenuItem, "directed by"), "not counted", "and in the menu");
}

#[test]
fn rows_with_one_key_are_one_object_that_says_so() {
    let mut bank = Bank::default();
    let mut other = bank.rows["person"][0].clone();
    other.insert("name".to_owned(), "Ingrid Moe Hansen".to_owned());
    bank.rows.get_mut("person").unwrap().push(other);
    let mut case = with(bank);
    // The search finds one of the two rows; opening it asks for all of its key.
    case.open_first("ingrid moe hansen");
    assert!(case.has("duplicate key (2)"), "{:?}", case.texts());
    assert!(case.has("Ingrid Moe"), "the first row is shown");
    assert_eq!(case.on_graph(), (1, 0));
    case.run(Command::OpenObject(object("person", "p-1002")));
    assert!(!case.has_part("duplicate key"));
}

#[test]
fn a_file_that_could_not_be_fetched_is_said_in_the_page() {
    let mut case = Case::open();
    case.run(Command::OpenTable(
        ui::work::About::Objects("person".to_owned().try_into().unwrap()),
        ui::work::Wishes::default(),
    ));
    let refuses = |name: &str, _: &Value| {
        (name == "export_rows")
            .then(|| Fault::new(Code::AuditUnavailable, "The audit cannot be written.", "Try later."))
    };
    case.server.borrow_mut().refuses = Some(Box::new(refuses));
    let id = case.app().model().work.tables.tabs[0].id;
    case.run(Command::ExportTable(id));
    assert!(case.has_part("The audit cannot be written."), "{:?}", case.texts());
}

#[test]
fn a_search_says_how_many_there_are_not_how_many_it_shows() {
    let mut bank = Bank::default();
    let entry = |n: u32| [("entry", format!("OFAC-{n}")), ("name", format!("ALEKSANDROV, Viktor {n}"))];
    let row = |n| entry(n).map(|(name, text)| (name.to_owned(), text)).into();
    bank.rows.insert("listed".to_owned(), (1..=412).map(row).collect());
    let mut case = with(bank);
    case.search("aleksandrov");
    assert!(case.has("412 found"), "{:?}", case.texts());
    let group = &case.app().model().work.search.groups;
    assert_eq!(group.iter().map(|group| group.hits.len()).max(), Some(20));
}
