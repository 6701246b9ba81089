//! Ways and rings in the order of time: rows behind links are asked for where they matter, and what is not known is said.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use model::query::Direction;
use serde_json::json;
use ui::work::{Command, Limits, Wanted, Ways};

use super::measures::{expand, object};
use super::ways::{account, select};
use super::work_case::{Bank, Case};

const A: &str = "1503.61.00417";
const B: &str = "4202.10.99318";
const C: &str = "6011.90.22117";
const DAY: i64 = 86_400_000_000;

/// A bank with these transfers alone: from, to, day of March 2024, amount.
fn paid(rows: &[(&str, &str, u32, &str)]) -> Bank {
    let mut bank = Bank::default();
    let row = |(from, to, day, amount): &(&str, &str, u32, &str)| {
        let cells = [("from", *from), ("to", *to), ("amount", *amount), ("currency", "NOK"), ("text", "loan")];
        let mut row: std::collections::BTreeMap<String, String> =
            cells.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        row.insert("booked".to_owned(), format!("2024-03-{day:02}T10:00:00"));
        row
    };
    bank.links.insert("transfer".to_owned(), rows.iter().map(row).collect());
    bank
}

fn open(bank: Bank) -> Case {
    let mut case = Case::new(bank, "/p/bank", egui::vec2(1280.0, 720.0), ui::look::Theme::Dark);
    case.run(Command::Put(vec![account(A)]));
    for (of, direction) in [(A, Direction::Forward), (A, Direction::Backward), (B, Direction::Forward)] {
        expand(&mut case, account(of), "transfer", direction);
    }
    case.run(Command::Select(Vec::new()));
    case
}

fn timed(ways: Ways) -> Wanted {
    Wanted::new(ways, true)
}

fn ring(most_gap: Option<i64>) -> Wanted {
    Wanted { most_gap, ..timed(Ways::Rings { most_steps: 5, in_time: true }) }
}

/// How often the rows of links were asked for.
fn asked_for_rows(case: &Case) -> usize {
    case.requests("run_query").iter().filter(|asked| asked["query"]["from"]["links_of"].is_object()).count()
}

/// The days of the first way that was found.
fn days(case: &Case) -> Vec<String> {
    let way = case.app().model().work.board.found().ways.first().cloned().unwrap_or_default();
    let day = |at: i64| jiff::Timestamp::from_microsecond(at).unwrap().strftime("%d").to_string();
    way.steps.iter().map(|step| day(step.row.as_ref().unwrap().at)).collect()
}

#[test]
fn a_way_takes_one_row_of_each_link_and_says_when_and_how_much_it_was() {
    let rows = [(A, B, 20, "900.00"), (A, B, 2, "500.00"), (B, C, 1, "90.00"), (B, C, 5, "480.00"), (B, C, 6, "7.00")];
    let mut case = open(paid(&rows));
    select(&mut case, &[account(A), account(C)]);
    case.click("Other ways");
    case.click("Way in the order of time");
    assert_eq!(days(&case), ["02", "05"], "{:?}", case.texts());
    assert_eq!(asked_for_rows(&case), 1, "of both links at once");
    let asked = case.requests("run_query").pop().unwrap();
    let fields = &asked["query"]["answer"]["rows"]["fields"];
    assert_eq!(*fields, json!([{ "own": "booked" }, { "own": "amount" }]));
    assert!(case.has_part("A way in the order of time has 2 links"), "{:?}", case.texts());
    assert!(case.has_part("NOK 500") && case.has_part("NOK 480"), "{:?}", case.texts());
    case.shot("timed-way");
}

#[test]
fn spans_that_overlap_are_no_way_where_no_two_rows_follow_each_other() {
    // From 1 to 20 and from 2 to 19, but never one after the other within a day.
    let rows = [(A, B, 1, "1.00"), (A, B, 20, "1.00"), (B, C, 5, "1.00"), (B, C, 19, "1.00")];
    let mut case = open(paid(&rows));
    select(&mut case, &[account(A), account(C)]);
    case.run(Command::FindWays(Wanted { most_gap: Some(DAY), ..timed(Ways::InTime) }));
    assert!(case.has_part("No way between them follows the order of time."), "{:?}", case.texts());
    case.run(Command::FindWays(Wanted { most_gap: Some(4 * DAY), ..timed(Ways::InTime) }));
    assert_eq!(days(&case), ["01", "05"]);
}

#[test]
fn links_that_were_over_before_are_not_asked_about() {
    let rows = [(A, B, 20, "1.00"), (A, B, 25, "1.00"), (B, C, 1, "1.00"), (B, C, 5, "1.00")];
    let mut case = open(paid(&rows));
    select(&mut case, &[account(A), account(C)]);
    case.run(Command::FindWays(timed(Ways::InTime)));
    assert_eq!(asked_for_rows(&case), 0, "the first and last times say enough");
    assert!(case.has_part("No way between them"), "{:?}", case.texts());
}

#[test]
fn single_rows_are_known_without_asking() {
    let rows = [(A, B, 2, "1.00"), (B, C, 5, "1.00"), (C, A, 6, "1.00")];
    let mut case = open(paid(&rows));
    case.run(Command::FindWays(ring(None)));
    assert_eq!(days(&case), ["02", "05", "06"]);
    assert_eq!(asked_for_rows(&case), 0);
}

#[test]
fn money_that_goes_round_in_time_is_told_from_money_that_only_seems_to() {
    let round = [(A, B, 2, "100.00"), (A, B, 9, "100.00"), (B, C, 3, "99.00"), (C, A, 4, "98.00"), (C, A, 1, "5.00")];
    let mut case = open(paid(&round));
    case.run(Command::FindWays(ring(Some(2 * DAY))));
    assert_eq!(days(&case), ["02", "03", "04"], "{:?}", case.texts());
    case.click("Ways");
    case.shot("timed-ring");
    let never = [(A, B, 4, "100.00"), (A, B, 9, "100.00"), (B, C, 3, "99.00"), (C, A, 1, "98.00"), (C, A, 2, "5.00")];
    let mut case = open(paid(&never));
    case.run(Command::FindWays(ring(None)));
    assert!(case.has_part("No ring of at most 5 links"), "{:?}", case.texts());
}

#[test]
fn in_the_order_of_time_each_row_must_reach_the_least_amount() {
    // Together the rows from B to C are large; the one that fits in time is small.
    let rows = [(A, B, 2, "500.00"), (B, C, 1, "900.00"), (B, C, 5, "10.00")];
    let mut case = open(paid(&rows));
    select(&mut case, &[account(A), account(C)]);
    let limits = Limits { least_amount: graph::Amount::parse("400"), ..Limits::default() };
    case.run(Command::FindWays(Wanted { limits, ..timed(Ways::InTime) }));
    assert!(case.app().model().work.board.found().ways.is_empty(), "{:?}", case.texts());
    case.run(Command::FindWays(timed(Ways::InTime)));
    assert_eq!(days(&case), ["02", "05"]);
}

#[test]
fn types_without_a_time_are_named_as_left_out() {
    let mut case = open(paid(&[(A, B, 2, "1.00"), (B, C, 5, "1.00")]));
    expand(&mut case, account(A), "has-account", Direction::Backward);
    select(&mut case, &[account(A), account(C)]);
    case.run(Command::FindWays(timed(Ways::InTime)));
    let said = "Left out, because the project names no time for them: holds account.";
    assert!(case.has_part(said), "{:?}", case.texts());
    case.click("Ways");
    assert!(case.has(said), "it stands with what was found");
}

#[test]
fn rows_that_a_source_did_not_give_are_told_with_what_was_found_and_with_what_was_not() {
    let rows = [(A, B, 2, "1.00"), (A, B, 3, "1.00"), (B, C, 5, "1.00"), (B, C, 1, "1.00")];
    let mut case = open(Bank { most_rows: 2, ..paid(&rows) });
    select(&mut case, &[account(A), account(C)]);
    case.run(Command::FindWays(Wanted { most_gap: Some(DAY), ..timed(Ways::InTime) }));
    assert!(
        case.has_part("No way between them") && case.has_part("Only 2 rows were looked at, so there may be others.")
    );
}

#[test]
fn asking_for_rows_can_be_seen_and_stopped() {
    let rows = [(A, B, 2, "1.00"), (A, B, 3, "1.00"), (B, C, 5, "1.00"), (B, C, 6, "1.00")];
    let mut case = open(paid(&rows));
    select(&mut case, &[account(A), account(C)]);
    case.server.borrow_mut().holds = Some("run_query");
    case.run(Command::FindWays(timed(Ways::InTime)));
    case.harness.run_steps(40);
    assert!(case.has_part("Looking for ways"), "{:?}", case.texts());
    case.click("Cancel");
    assert!(!case.has_part("Looking for ways"));
    assert_eq!(case.server.borrow().stopped, 1);
    case.server.borrow_mut().release();
    case.settle();
    assert!(case.app().model().work.board.found().wanted.is_none(), "what came after is not heard");
}

#[test]
fn a_source_that_fails_says_why_and_nothing_is_taken_for_no_way() {
    let rows = [(A, B, 2, "1.00"), (A, B, 3, "1.00"), (B, C, 5, "1.00")];
    let mut case = open(paid(&rows));
    select(&mut case, &[account(A), account(C)]);
    case.server.borrow_mut().fails = Some("run_query");
    case.run(Command::FindWays(timed(Ways::InTime)));
    assert!(case.has_part("The source did not answer.") && !case.has_part("No way between them"));
    assert!(case.app().model().work.going.is_empty());
}

#[test]
fn the_form_asks_for_days_and_takes_them_in_the_language_of_the_person() {
    let rows = [(A, B, 2, "1.00"), (A, B, 3, "1.00"), (B, C, 4, "1.00")];
    let bank = Bank { language: "nb".to_owned(), ..paid(&rows) };
    let mut case = open(bank);
    select(&mut case, &[account(A), account(C)]);
    case.click("Veier");
    case.harness.get_by_role_and_label(Role::ComboBox, "Hva som skal finnes").click();
    case.settle();
    case.harness.get_by_role_and_label(Role::MenuItem, "Vei i tidens rekkefølge").click_accesskit();
    case.settle();
    let days_field = |case: &mut Case, text: &str| {
        case.harness.get_by_role_and_label(Role::TextInput, "Flest dager mellom to lenker").focus();
        case.harness.run_ok();
        case.harness.get_by_role_and_label(Role::TextInput, "Flest dager mellom to lenker").type_text(text);
        case.settle();
    };
    days_field(&mut case, "1,5x");
    assert!(case.has_part("Skriv et antall dager"), "{:?}", case.texts());
    case.press(egui::Modifiers::NONE, egui::Key::Backspace);
    case.harness.get_by_role_and_label(Role::Button, "Finn").click_accesskit();
    case.settle();
    let wanted = case.app().model().work.board.found().wanted.clone().unwrap();
    assert_eq!(wanted.most_gap, Some(DAY + DAY / 2), "1,5 days");
    assert_eq!(days(&case), ["03", "04"]);
    case.shot("timed-norwegian");
}

#[test]
fn a_single_object_is_asked_for_its_other_end() {
    let mut case = open(paid(&[(A, B, 2, "1.00")]));
    select(&mut case, &[object("account", A)]);
    case.run(Command::FindWays(timed(Ways::InTime)));
    assert!(case.has("Select two objects to find the way between them."));
}
