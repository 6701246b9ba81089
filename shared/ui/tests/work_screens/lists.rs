//! A list that is pasted into the search box.

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::json;
use ui::look::Theme;

use crate::work_case::{Bank, Case};

/// Pastes into the search box and waits for the answer.
fn paste(case: &mut Case, text: &str) {
    case.press(Modifiers::COMMAND, Key::K);
    case.harness.event(Event::Paste(text.to_owned()));
    case.settle();
}

fn copied(case: &Case) -> Option<String> {
    case.harness.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

fn in_box(case: &Case) -> String {
    let field = case.harness.get_by_role(Role::SearchInput);
    field.accesskit_node().value().unwrap_or_default()
}

#[test]
fn lines_are_looked_for_together_and_each_hit_says_what_it_answers() {
    let mut case = Case::open();
    paste(&mut case, "918224553\r\ningrid moe\n\n  Nobody \nINGRID MOE\nBergen\n");
    let asked = case.requests("search");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0]["texts"], json!(["918224553", "ingrid moe", "Nobody", "Bergen"]));
    assert_eq!((&asked[0]["text"], &asked[0]["limit"]), (&json!(""), &json!(1_000)));
    assert_eq!(in_box(&case), "4 values");
    assert!(case.has_part("3 of 4 values found"), "{:?}", case.texts());
    assert!(case.has("Nordfjord Shipping AS") && case.has("Ingrid Moe"));
    let hers = case.harness.get_by_role_and_label(Role::ListItem, "Ingrid Moe").accesskit_node();
    assert_eq!(hers.data().description(), Some("ingrid moe, Bergen"), "both are hers");
    assert!(case.has("Not found: Nobody"), "{:?}", case.texts());
    assert!(!case.has_part("Show as table"), "a table asks for one text");
    assert!(case.has("Core banking: answered"));
}

#[test]
fn a_list_that_is_pasted_while_the_box_is_only_being_called_is_taken_too() {
    let mut case = Case::open();
    let (key, pressed, repeat, modifiers) = (Key::K, true, false, Modifiers::COMMAND);
    let call = Event::Key { key, pressed, repeat, modifiers, physical_key: None };
    case.harness.input_mut().events.extend([call, Event::Paste("918224553\nNobody".to_owned())]);
    case.settle();
    assert_eq!(in_box(&case), "2 values");
    assert!(case.has_part("1 of 2 values found"), "{:?}", case.texts());
}

#[test]
fn one_line_is_a_text_and_one_line_of_cells_is_a_list() {
    let mut case = Case::open();
    paste(&mut case, "nordfjord\n");
    case.harness.run_steps(20);
    case.settle();
    assert_eq!(case.requests("search")[0]["text"], "nordfjord");
    let mut case = Case::open();
    paste(&mut case, "918224553\t921447018");
    assert_eq!(case.requests("search")[0]["texts"], json!(["918224553", "921447018"]));
}

#[test]
fn what_was_found_goes_on_the_graph_and_what_was_not_is_copied() {
    let mut case = Case::open();
    paste(&mut case, "918224553\n921447018\nzzz 1\nzzz 2");
    case.harness.get_by_label("Copy what was not found").click();
    let copied = (0..4).find_map(|_| {
        case.harness.run_steps(1);
        copied(&case)
    });
    assert_eq!(copied.as_deref(), Some("zzz 1\nzzz 2"));
    case.click("Put all 2 on the graph");
    assert_eq!(case.on_graph(), (2, 0));
    case.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(case.on_graph(), (0, 0), "in one step");
}

#[test]
fn a_list_takes_the_keyboard_alone() {
    let mut case = Case::open();
    paste(&mut case, "918224553\n921447018");
    case.press(Modifiers::NONE, Key::ArrowDown);
    case.press(Modifiers::NONE, Key::Enter);
    assert_eq!(case.on_graph(), (1, 0), "the second hit");
    case.press(Modifiers::COMMAND, Key::Z);
    case.press(Modifiers::COMMAND, Key::K);
    case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Enter);
    assert_eq!(case.on_graph(), (2, 0));
    case.press(Modifiers::COMMAND, Key::Z);
    case.press(Modifiers::COMMAND, Key::K);
    case.press(Modifiers::NONE, Key::Tab);
    case.press(Modifiers::NONE, Key::Enter);
    assert_eq!(case.on_graph(), (2, 0), "by its button");
}

#[test]
fn clearing_or_typing_takes_the_place_of_a_list() {
    let mut case = Case::open();
    paste(&mut case, "918224553\n921447018");
    case.press(Modifiers::NONE, Key::Backspace);
    assert_eq!(in_box(&case), "");
    assert!(!case.has("Nordfjord Shipping AS"), "{:?}", case.texts());
    paste(&mut case, "918224553\n921447018");
    case.harness.get_by_role(Role::SearchInput).type_text("ingrid");
    case.harness.run_steps(20);
    case.settle();
    assert_eq!(in_box(&case), "ingrid");
    assert_eq!(case.requests("search").pop().unwrap()["text"], "ingrid");
    assert!(case.has("Ingrid Moe"));
    paste(&mut case, "918224553\n921447018");
    case.click("Clear");
    assert_eq!(in_box(&case), "");
}

#[test]
fn more_than_a_thousand_values_are_not_cut_in_silence() {
    let mut case = Case::open();
    let text: String = (1..=1_204).map(|n| format!("no {n}\n")).collect();
    paste(&mut case, &text);
    assert!(case.requests("search").is_empty());
    assert!(case.has("1,204 values were pasted, and at most 1,000 are looked for at once."), "{:?}", case.texts());
    case.click("Look for the first 1,000");
    assert_eq!(case.requests("search")[0]["texts"].as_array().unwrap().len(), 1_000);
    assert!(case.has("These are the first 1,000 of 1,204 values."));
    assert!(case.has_part("no 12 and 988 more"), "{:?}", case.texts());
}

#[test]
fn while_a_source_is_silent_nothing_is_said_to_be_nowhere() {
    let bank = Bank { failing: Some("sanctions".to_owned()), ..Bank::default() };
    let mut case = Case::new(bank, "/p/bank", vec2(1280.0, 720.0), Theme::Dark);
    paste(&mut case, "918224553\nOFAC-33120");
    assert!(case.has("Sanctions: failed"));
    assert!(case.has("Not found in what has answered: OFAC-33120"), "{:?}", case.texts());
}
