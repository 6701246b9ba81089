//! Taking back what an expansion brought, collapsing, and what lies within some steps.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use model::query::Direction;
use ui::work::{Command, Expand, ObjectRef};

use crate::work_case::{Bank, Case, id};

fn object(kind: &str, key: &str) -> ObjectRef {
    ObjectRef { object_type: id(kind), key: vec![key.to_owned()] }
}

fn nordfjord() -> ObjectRef {
    object("company", "918224553")
}

fn expand(case: &mut Case, of: &ObjectRef, link: &str, direction: Direction) {
    case.run(Command::Expand(Expand {
        objects: vec![of.clone()],
        link: id(link),
        direction,
        order: wire::data::ExpandOrder::Count,
        limit: 25,
    }));
}

fn select(case: &mut Case, object: &ObjectRef) {
    let node = case.app().model().work.board.shown(object).unwrap();
    case.run(Command::Select(vec![node]));
}

fn is_on(case: &Case, object: &ObjectRef) -> bool {
    case.app().model().work.board.shown(object).is_some()
}

/// A company with its two directors, of whom one owns it, too.
fn expanded() -> Case {
    let mut case = Case::open();
    case.run(Command::Put(vec![nordfjord()]));
    expand(&mut case, &nordfjord(), "directs", Direction::Backward);
    assert_eq!(case.on_graph(), (3, 2));
    select(&mut case, &nordfjord());
    case
}

/// The line may lie below what is seen of the panel.
fn take_back(case: &mut Case, line: &str) {
    case.harness.get_by_label(line).click_accesskit();
    case.settle();
}

#[test]
fn an_expansion_is_taken_back_from_the_side_panel_and_undo_brings_it_again() {
    let mut case = expanded();
    case.shot("expansions");
    take_back(&mut case, "Take back “directed by”");
    assert_eq!(case.on_graph(), (1, 0));
    assert!(case.has("2 objects and 2 links taken back"), "{:?}", case.texts());
    assert!(!case.has("Take back “directed by”"), "it is no longer there to be taken back");
    case.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(case.on_graph(), (3, 2));
    assert!(case.has("Take back “directed by”"), "{:?}", case.texts());
    case.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(case.on_graph(), (1, 0));
    assert!(!case.has("Take back “directed by”"), "the expansion itself is undone");
}

#[test]
fn what_another_expansion_brought_too_stays_until_that_is_taken_back() {
    let mut case = expanded();
    expand(&mut case, &nordfjord(), "owns", Direction::Backward);
    assert_eq!(case.on_graph(), (3, 3), "one of the directors owns it, too");
    take_back(&mut case, "Take back “directed by”");
    assert_eq!(case.on_graph(), (2, 1));
    assert!(is_on(&case, &object("person", "p-1002")));
    take_back(&mut case, "Take back “owned by”");
    assert_eq!(case.on_graph(), (1, 0));
}

#[test]
fn who_was_expanded_further_who_is_pinned_and_who_was_put_by_hand_stays() {
    let mut case = expanded();
    let (jonas, marit) = (object("person", "p-1002"), object("person", "p-1003"));
    expand(&mut case, &marit, "holds", Direction::Forward);
    case.run(Command::Put(vec![jonas.clone()]));
    select(&mut case, &nordfjord());
    take_back(&mut case, "Take back “directed by”");
    assert!(is_on(&case, &jonas) && is_on(&case, &marit), "{:?}", case.on_graph());
    assert_eq!(case.app().model().work.board.graph.shown_links().count(), 1, "the account of the one");

    let mut case = expanded();
    let node = case.app().model().work.board.shown(&jonas).unwrap();
    case.run(Command::Pin(vec![node]));
    take_back(&mut case, "Take back “directed by”");
    assert!(is_on(&case, &jonas) && !is_on(&case, &marit));
}

#[test]
fn what_was_on_the_graph_before_is_not_taken_away() {
    let mut case = Case::open();
    case.run(Command::Put(vec![nordfjord(), object("person", "p-1003")]));
    expand(&mut case, &nordfjord(), "directs", Direction::Backward);
    select(&mut case, &nordfjord());
    take_back(&mut case, "Take back “directed by”");
    assert_eq!(case.on_graph(), (2, 0), "the link goes, and who was put there by hand stays");
}

#[test]
fn taking_back_has_a_key_and_lines_in_menu_and_palette() {
    let mut case = expanded();
    case.press(Modifiers::SHIFT, Key::E);
    assert_eq!(case.on_graph(), (1, 0));
    case.press(Modifiers::COMMAND, Key::Z);
    select(&mut case, &nordfjord());
    case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    case.harness.get_by_role_and_label(Role::TextInput, "Commands").type_text("take back");
    case.settle();
    case.press(Modifiers::NONE, Key::Enter);
    assert_eq!(case.on_graph(), (1, 0));
    case.press(Modifiers::COMMAND, Key::Z);
    case.harness.get_by_label("Company Nordfjord Shipping AS, 2 links").click_secondary();
    case.settle();
    case.shot("node_menu");
    case.harness.get_by_role_and_label(Role::MenuItem, "Take back “directed by”").click();
    case.settle();
    assert_eq!(case.on_graph(), (1, 0), "{:?}", case.texts());
}

#[test]
fn collapsing_takes_away_what_hangs_on_an_object_alone() {
    let mut case = expanded();
    expand(&mut case, &object("person", "p-1003"), "holds", Direction::Forward);
    let (objects, _) = case.on_graph();
    assert!(objects > 3);
    select(&mut case, &nordfjord());
    case.press(Modifiers::NONE, Key::C);
    assert_eq!(case.on_graph().0, objects - 1, "the director with an account stays");
    assert!(!is_on(&case, &object("person", "p-1002")));
    assert!(case.has("1 object that hung on it alone is taken away."), "{:?}", case.texts());
    case.press(Modifiers::NONE, Key::C);
    assert!(case.has("Nothing hangs on this alone."), "{:?}", case.texts());
    case.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(case.on_graph().0, objects);
}

#[test]
fn what_lies_within_two_steps_is_selected_isolated_and_shown_again() {
    let mut case = expanded();
    let marit = object("person", "p-1003");
    expand(&mut case, &marit, "holds", Direction::Forward);
    let all = case.on_graph().0;
    let account = object("account", "8101.33.70052");
    select(&mut case, &account);
    let within = |case: &Case| case.app().model().work.board.selected.len();
    let command = |case: &mut Case, name: &str| {
        case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
        case.harness.get_by_role_and_label(Role::TextInput, "Commands").type_text(name);
        case.settle();
        case.press(Modifiers::NONE, Key::Enter);
    };
    command(&mut case, "Select within 2");
    assert_eq!(within(&case), 3, "the account, who holds it, and the company");
    select(&mut case, &account);
    command(&mut case, "Select within 3");
    assert_eq!(within(&case), all);
    select(&mut case, &account);
    command(&mut case, "Isolate with what lies within 1 step");
    assert_eq!(case.on_graph().0, 2);
    select(&mut case, &marit);
    command(&mut case, "Show hidden neighbours");
    assert_eq!(case.on_graph().0, 3, "the company is back, and what lies behind it is not");
}

#[test]
fn an_expansion_can_be_taken_back_in_a_later_session_too() {
    let mut case = expanded();
    case.harness.run_steps(40);
    let kept = case.requests("keep_work").pop().expect("it was kept");
    let kept: wire::project::Work = serde_json::from_value(kept["work"].clone()).unwrap();
    assert_eq!((kept.expansions[0].objects.len(), kept.expansions[0].links.len()), (2, 2));
    let bank = Bank { kept, ..Bank::default() };
    let mut case = Case::new(bank, "/p/bank", egui::vec2(1280.0, 720.0), ui::look::Theme::Dark);
    assert_eq!(case.on_graph(), (3, 2));
    select(&mut case, &nordfjord());
    expand(&mut case, &nordfjord(), "owns", Direction::Backward);
    select(&mut case, &nordfjord());
    take_back(&mut case, "Take back “directed by”");
    assert_eq!(case.on_graph(), (2, 1), "who owns it was brought by the other expansion, too");
    take_back(&mut case, "Take back “owned by”");
    assert_eq!(case.on_graph(), (1, 0));
    case.run(Command::Undo);
    case.run(Command::Undo);
    assert_eq!(case.on_graph(), (3, 3));
    assert!(case.has("Take back “directed by”"), "{:?}", case.texts());
}
