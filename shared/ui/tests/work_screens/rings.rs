//! Rings: found anywhere or through what is selected, within limits, listed and shown; by mouse and keyboard.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use ui::work::{Command, Limits, Wanted, Ways};

use super::measures::accounts;
use super::ways::{account, select};
use super::work_case::Case;

/// The numbers of the objects of each ring that was found, without the one that it comes back to.
fn rings(case: &Case) -> Vec<Vec<String>> {
    let board = &case.app().model().work.board;
    let name = |id: &graph::NodeId| board.graph.node(*id).unwrap().label.clone();
    board.found().ways.iter().map(|way| way.nodes.iter().skip(1).map(name).collect()).collect()
}

fn choose(case: &mut Case, list: &str, name: &str) {
    case.harness.get_by_role_and_label(Role::ComboBox, list).click();
    case.settle();
    case.harness.get_by_role_and_label(Role::MenuItem, name).click_accesskit();
    case.settle();
}

fn press(case: &mut Case, button: &str) {
    case.harness.get_by_role_and_label(Role::Button, button).click_accesskit();
    case.settle();
}

#[test]
fn money_that_comes_back_is_found_by_keyboard_and_each_ring_is_shown() {
    let mut case = accounts();
    case.press(Modifiers::NONE, Key::R);
    assert!(case.has_part("money that goes round") && case.has("Anywhere on the graph"), "{:?}", case.texts());
    case.press(Modifiers::NONE, Key::Enter);
    assert!(case.has("2 rings."), "{:?}", case.texts());
    let lengths: Vec<usize> = rings(&case).iter().map(Vec::len).collect();
    assert_eq!(lengths, [4, 5], "the shorter first");
    assert!(case.has("Ring of 4 links"), "the first is shown");
    case.shot("rings");
    choose(&mut case, "Longest ring", "8 links");
    press(&mut case, "Find");
    assert_eq!(rings(&case).iter().map(Vec::len).collect::<Vec<_>>(), [4, 5, 6]);
    let last = rings(&case)[2].clone();
    let line = case.texts().into_iter().find(|text| last.iter().all(|name| text.contains(name))).expect("it is listed");
    case.harness.get_by_label(&line).click_accesskit();
    case.settle();
    let board = &case.app().model().work.board;
    let way = board.way().expect("it is shown");
    assert!(way.is_ring() && way.steps.len() == 6);
    assert_eq!(board.selected.len(), 6, "its objects are selected");
    for (pair, step) in way.nodes.windows(2).zip(&way.steps) {
        assert!(step.links.iter().all(|id| board.graph.link(*id).is_some_and(|link| link.from == pair[0])));
    }
}

#[test]
fn the_palette_opens_the_form_and_the_details_show_the_ring_too() {
    let mut case = accounts();
    case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    case.harness.get_by_role_and_label(Role::TextInput, "Commands").type_text("find rings");
    case.settle();
    case.press(Modifiers::NONE, Key::Enter);
    case.press(Modifiers::NONE, Key::Enter);
    case.click("Details");
    assert!(case.has("Ring of 4 links") && case.has("2 rings."), "{:?}", case.texts());
    case.shot("ring-details");
}

#[test]
fn rings_lead_through_what_is_selected_and_are_looked_for_again_through_the_same() {
    let mut case = accounts();
    select(&mut case, &[account("9710.22.55103")]);
    case.run(Command::FindWays(Wanted::rings()));
    assert_eq!(rings(&case).len(), 1, "the ring of four does not pass it");
    assert!(rings(&case)[0].contains(&"9710.22.55103".to_owned()));
    case.press(Modifiers::NONE, Key::R);
    assert!(case.has("Through 9710.22.55103"), "while its ring is selected: {:?}", case.texts());
    select(&mut case, &[account("3000.12.87765")]);
    case.run(Command::FindWays(Wanted::rings()));
    assert!(case.has_part("No ring of at most 5 links was found. Allow longer ones, or expand more."));
    assert!(case.app().model().work.board.found().ways.is_empty());
}

#[test]
fn what_joins_everything_is_left_out_and_taken_in_again() {
    let mut case = accounts();
    select(&mut case, &[account("9710.22.55103")]);
    case.press(Modifiers::NONE, Key::R);
    choose(&mut case, "Longest ring", "8 links");
    press(&mut case, "What to leave out");
    press(&mut case, "Leave out the selected");
    assert!(case.has("Take “9710.22.55103” in again"), "{:?}", case.texts());
    assert!(case.has("Anywhere on the graph"), "not through what is left out: {:?}", case.texts());
    press(&mut case, "Find");
    assert_eq!(rings(&case).iter().map(Vec::len).collect::<Vec<_>>(), [4], "{:?}", case.texts());
    case.shot("rings-left-out");
    case.harness.get_by_label("Take “9710.22.55103” in again").click_accesskit();
    case.settle();
    press(&mut case, "Find");
    assert_eq!(rings(&case).len(), 3);
}

#[test]
fn links_of_little_money_and_of_other_types_are_not_passed() {
    let mut case = accounts();
    let rings_of = |case: &mut Case, limits: Limits| {
        case.run(Command::Select(Vec::new()));
        case.run(Command::FindWays(Wanted { limits, ..Wanted::rings() }));
        rings(case).len()
    };
    let amount = |text: &str| Limits { least_amount: graph::Amount::parse(text), ..Limits::default() };
    assert_eq!(rings_of(&mut case, amount("1000")), 2);
    // From 3 to 2 there are 12 rows, from 3 to 0 six.
    assert_eq!(rings_of(&mut case, Limits { least_rows: 7, ..Limits::default() }), 1);
    assert_eq!(rings_of(&mut case, amount("1000000000")), 0);
    let transfer = super::work_case::id("transfer");
    assert_eq!(rings_of(&mut case, Limits { without_links: [transfer].into(), ..Limits::default() }), 0);
    let account = super::work_case::id("account");
    assert_eq!(rings_of(&mut case, Limits { without_types: [account].into(), ..Limits::default() }), 0);
}

#[test]
fn a_field_that_is_no_number_says_what_to_write_and_nothing_is_looked_for() {
    let mut case = accounts();
    case.press(Modifiers::NONE, Key::R);
    press(&mut case, "What to leave out");
    let field = |case: &mut Case, name: &str, text: &str| {
        case.harness.get_by_role_and_label(Role::TextInput, name).focus();
        case.harness.run_ok();
        case.harness.get_by_role_and_label(Role::TextInput, name).type_text(text);
        case.settle();
    };
    field(&mut case, "Least amount", "much");
    field(&mut case, "Least rows behind a link", "2.5");
    assert!(case.has_part("such as 50,000, or leave it empty") && case.has_part("such as 3, or leave it empty"));
    press(&mut case, "Find");
    assert!(case.app().model().work.board.found().wanted.is_none());
    case.shot("rings-wrong");
    press(&mut case, "What to leave out");
    assert!(!case.has("Least amount"), "out of the way");
    choose(&mut case, "What to find", "Shortest way");
    assert!(case.has("Select two objects to find the way between them."), "{:?}", case.texts());
}

#[test]
fn rings_that_were_found_before_the_graph_changed_say_so() {
    let mut case = accounts();
    case.press(Modifiers::NONE, Key::R);
    case.press(Modifiers::NONE, Key::Enter);
    let gone = case.app().model().work.board.shown(&account("3000.12.87765")).unwrap();
    case.run(Command::Hide(vec![gone]));
    assert!(case.has("The graph has changed since."), "{:?}", case.texts());
    case.run(Command::Select(Vec::new()));
    assert_eq!(rings(&case).len(), 2, "the list stays when something else is selected");
    assert!(case.app().model().work.board.way().is_none());
}

#[test]
fn against_directions_there_and_back_over_the_same_link_is_no_ring() {
    let mut case = accounts();
    let node = case.app().model().work.board.shown(&account("1503.61.00417")).unwrap();
    case.run(Command::Select(vec![node]));
    let any = Wanted::new(Ways::Rings { most_steps: 8, in_time: false }, false);
    case.run(Command::FindWays(any));
    let board = &case.app().model().work.board;
    assert!(board.found().ways.iter().all(|way| way.nodes.contains(&node)));
    assert!(board.found().ways.iter().all(|way| way.steps.len() > 2));
}

#[test]
fn the_menu_of_an_object_finds_the_rings_through_it() {
    let mut case = accounts();
    let node = case.texts().into_iter().find(|text| text.starts_with("Account 9710.22.55103, ")).expect("a node");
    case.harness.get_by_label(&node).click_secondary();
    case.settle();
    case.click("Find rings through it");
    assert_eq!(rings(&case).iter().map(Vec::len).collect::<Vec<_>>(), [5], "{:?}", case.texts());
    assert!(case.has("Ring of 5 links"), "at the side: {:?}", case.texts());
}
