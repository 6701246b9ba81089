//! Types that the person knows by name only: greyed out with the reason, never asked about, and never an error.

use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use model::withheld::{Withheld, WithheldLinkType, WithheldObjectType};
use ui::app::{Command, Route};
use ui::look::Theme;
use wire::session::Language;

use crate::work_case::{Bank, Case, id};

/// The bank, where payments lie in a source whose role the person lacks.
fn bank() -> Bank {
    let payments = WithheldObjectType {
        id: id("payment"),
        name: "Payment".to_owned(),
        plural: "Payments".to_owned(),
        icon: "payments".to_owned(),
        fields: vec!["Amount".to_owned()],
    };
    let part_of = WithheldLinkType {
        id: id("part-of"),
        name: "takes part in".to_owned(),
        reverse: "is made by".to_owned(),
        plural: "parts".to_owned(),
        from: id("account"),
        to: id("payment"),
        fields: Vec::new(),
    };
    Bank { withheld: Withheld { object_types: vec![payments], link_types: vec![part_of] }, ..Bank::default() }
}

fn open(path: &str) -> Case {
    Case::new(bank(), path, vec2(1600.0, 900.0), Theme::Dark)
}

#[test]
fn a_search_names_the_types_that_were_not_searched() {
    let mut case = open("/p/bank");
    case.search("marit");
    assert!(case.has("Payments: not searched, you lack the role that their source requires."), "{:?}", case.texts());
    assert!(case.has("People"), "the others were: {:?}", case.texts());
    case.shot("work_withheld_search");
    case.search("nobody is called so");
    assert!(case.has_part("Payments: not searched") && !case.has_part("Did not answer"), "{:?}", case.texts());
    let searched = case.texts().into_iter().find(|text| text.starts_with("Searched in")).unwrap_or_default();
    assert!(!searched.contains("Payments"), "{searched}");
}

#[test]
fn in_norwegian_too() {
    let mut bank = bank();
    bank.preferences.language = Some(Language::Norwegian);
    let mut case = Case::new(bank, "/p/bank", vec2(1600.0, 900.0), Theme::Dark);
    case.search("marit");
    assert!(case.has("Payments: ikke søkt i, du mangler rollen som kilden deres krever."), "{:?}", case.texts());
}

#[test]
fn they_stand_greyed_out_among_the_tables() {
    let case = open("/p/bank/table");
    let line = case.harness.get_by_role_and_label(Role::ListItem, "Payments");
    assert!(line.accesskit_node().is_disabled());
    let open = case.harness.get_by_role_and_label(Role::ListItem, "People");
    assert!(!open.accesskit_node().is_disabled());
    assert!(case.has("by name only"), "{:?}", case.texts());
}

#[test]
fn their_links_stand_greyed_out_in_the_expand_menu_and_at_the_side() {
    let mut case = open("/p/bank");
    case.open_first("1503.61.00417");
    let is_disabled =
        case.harness.get_by_role_and_label(Role::ListItem, "takes part in").accesskit_node().is_disabled();
    assert!(is_disabled);
    case.press(Modifiers::NONE, Key::E);
    let line = case.harness.get_by_role_and_label(Role::MenuItem, "takes part in").accesskit_node();
    assert_eq!((line.is_disabled(), line.description().as_deref()), (true, Some("by name only")));
    assert!(!case.has_part("went wrong"), "{:?}", case.texts());
    case.shot("work_withheld_links");
}

#[test]
fn a_link_to_one_of_their_objects_says_why_nothing_is_shown() {
    let case = open("/p/bank/o/payment/17");
    assert!(case.has_part("Payments are shown here by name only"), "{:?}", case.texts());
}

#[test]
fn nobody_is_asked_for_one_of_their_objects_once_it_is_known_what_they_are() {
    let mut case = open("/p/bank");
    case.tell(Command::Go(Route::parse("/p/bank/o/payment/17")));
    case.settle();
    assert!(case.has_part("Payments are shown here by name only"), "{:?}", case.texts());
    assert!(case.requests("run_query").is_empty() && case.requests("count_links").is_empty());
}
