//! Every command can be reached by keyboard.

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable;

use crate::work_case::{Bank, Case};

fn command(case: &mut Case, name: &str) {
    case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    case.harness.get_by_role_and_label(Role::TextInput, "Commands").type_text(name);
    case.settle();
    case.press(Modifiers::NONE, Key::Enter);
}

#[test]
fn the_keys_of_the_design_are_listed() {
    let mut case = Case::open();
    case.press(Modifiers::SHIFT, Key::Questionmark);
    use egui_kittest::kittest::NodeT;
    let rows = case.harness.query_all_by_role(Role::ListItem);
    let listed: Vec<String> =
        rows.filter_map(|row| row.accesskit_node().data().description().map(str::to_owned)).collect();
    for keys in [
        "Ctrl K",
        "Ctrl Shift P",
        "Ctrl Z",
        "Ctrl Shift Z",
        "E",
        "H",
        "P",
        "F",
        "Shift F",
        "Ctrl F",
        "A",
        "I",
        "1",
        "2",
        "Ctrl 1–9",
        "Alt ←",
        "Alt →",
        "Space",
        "Ctrl Space",
        "Ctrl ←↑→↓",
        "Enter",
        "Delete",
        "?",
    ] {
        assert!(listed.iter().any(|known| known == keys), "{keys} is not among {listed:?}");
    }
}

#[test]
fn back_and_forward_have_keys() {
    let mut case = Case::open();
    case.press(Modifiers::ALT, Key::ArrowLeft);
    case.press(Modifiers::ALT, Key::ArrowRight);
    assert_eq!(case.requests("travel"), [-1, 1]);
}

#[test]
fn the_side_stays_closed_on_the_way_through_the_configuration() {
    let mut case = Case::open();
    case.press(Modifiers::NONE, Key::Space);
    assert!(!case.has("Nothing is selected"));
    case.click("Configuration");
    case.harness.get_by_role_and_label(Role::Button, "Graph").click();
    case.settle();
    assert!(case.has("The graph is empty") && !case.has("Nothing is selected"));
}

#[test]
fn the_palette_carries_out_what_has_no_key() {
    let mut case = Case::open();
    command(&mut case, "language: norsk");
    assert!(case.has("Søk"), "{:?}", case.texts());
    case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    case.harness.get_by_role_and_label(Role::TextInput, "Kommandoer").type_text("åpne en tabell");
    case.settle();
    case.press(Modifiers::NONE, Key::Enter);
    assert!(case.harness.query_by_role_and_label(Role::MenuItem, "People").is_some(), "{:?}", case.texts());
}

/// A person who knows the keys types on while a slow frame is drawn: all of this comes in one.
#[test]
fn a_command_that_is_typed_ahead_is_found_and_carried_out() {
    let mut case = Case::open();
    case.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    for (key, letter) in [(Key::N, "n"), (Key::O, "o"), (Key::R, "r"), (Key::S, "s"), (Key::K, "k")] {
        case.harness.key_down(key);
        case.harness.event(Event::Text(letter.to_owned()));
        case.harness.key_up(key);
    }
    case.press(Modifiers::NONE, Key::Enter);
    assert!(case.has("Søk"), "{:?}", case.texts());
    case.harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    case.press(Modifiers::NONE, Key::Escape);
    assert!(!case.harness.ctx.text_edit_focused(), "the search box was called and left");
}

#[test]
fn what_cannot_be_done_now_is_greyed_out_and_stands_last() {
    let mut case = Case::open();
    case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    use egui_kittest::kittest::NodeT;
    let rows: Vec<(String, bool)> = case
        .harness
        .query_all_by_role(Role::ListItem)
        .map(|row| (row.accesskit_node().label().unwrap_or_default(), row.accesskit_node().is_disabled()))
        .collect();
    let undo = rows.iter().find(|(name, _)| name == "Undo").expect("Undo is listed");
    assert!(undo.1, "there is nothing to undo");
    let first_greyed = rows.iter().position(|(_, greyed)| *greyed).unwrap();
    assert!(rows[first_greyed..].iter().all(|(_, greyed)| *greyed), "{rows:?}");
}

#[test]
fn about_is_reached_from_the_palette_and_from_the_menu_of_the_person() {
    let mut case = Case::open();
    command(&mut case, "About Clew");
    assert!(case.has("Version"), "{:?}", case.texts());
    let mut case = Case::open();
    case.click("Astrid Lund");
    case.click("About Clew");
    assert!(case.has("Version"), "{:?}", case.texts());
}

#[test]
fn the_space_key_is_called_as_in_the_language() {
    let bank = Bank { language: "nb".to_owned(), ..Bank::default() };
    let mut case = Case::new(bank, "/p/bank", egui::vec2(1280.0, 720.0), ui::look::Theme::Dark);
    case.press(Modifiers::SHIFT, Key::Questionmark);
    use egui_kittest::kittest::NodeT;
    let rows: Vec<_> = case.harness.query_all_by_role(Role::ListItem).collect();
    let called = |keys: &str| rows.iter().any(|row| row.accesskit_node().data().description() == Some(keys));
    assert!(called("Mellomrom") && !called("Space"));
}

#[test]
fn commands_and_keys_are_there_outside_of_the_workspace_too() {
    for (path, absent) in [("/", "Open the configuration"), ("/p/bank/config/sources", "Lay out again")] {
        let mut case = Case::new(Bank::default(), path, egui::vec2(1280.0, 720.0), ui::look::Theme::Dark);
        case.press(Modifiers::SHIFT, Key::Questionmark);
        assert!(case.has("Keys"), "{path}: {:?}", case.texts());
        case.press(Modifiers::NONE, Key::Escape);
        case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
        assert!(case.has("Colours: Light") && !case.has(absent), "{path}: {:?}", case.texts());
        case.press(Modifiers::NONE, Key::Escape);
        command(&mut case, "Colours: Light");
        assert_eq!(case.app().model().appearance.theme, ui::look::Theme::Light, "{path}");
        case.harness.get_by_role_and_label(Role::Button, "Astrid Lund").click();
        case.settle();
        assert!(case.has("High contrast") && case.has("Norsk") && case.has("Sign out"), "{path}: {:?}", case.texts());
    }
}

#[test]
fn what_is_pinned_is_offered_to_be_let_loose() {
    let mut case = Case::open();
    case.open_first("nordfjord");
    command(&mut case, "Pin");
    case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    assert!(case.has("Unpin") && !case.has("Pin"), "{:?}", case.texts());
}

#[test]
fn the_configuration_has_the_status_bar_at_the_same_place() {
    let case = |path| Case::new(Bank::default(), path, egui::vec2(1280.0, 720.0), ui::look::Theme::Dark);
    let bar = |case: &Case| case.harness.get_by_label("Core banking: not asked").rect();
    assert_eq!(bar(&case("/p/bank")), bar(&case("/p/bank/config/sources")));
}
