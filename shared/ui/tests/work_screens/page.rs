//! What the page takes from the browser and the server at its start, and when they change.

use egui::accesskit::Role;
use egui::vec2;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::Value;
use ui::app::Command as AppCommand;
use ui::look::{Appearance, Theme};
use ui::work::{Command, ObjectRef};
use wire::{Code, Fault};

use crate::work_case::{Bank, Case};

#[test]
fn the_page_speaks_the_language_of_the_browser() {
    for (tag, search) in [("nb-NO", "Søk"), ("en-GB", "Search"), ("de", "Search")] {
        let bank = Bank { language: tag.to_owned(), ..Bank::default() };
        let case = Case::new(bank, "/p/bank", vec2(1280.0, 720.0), Theme::Dark);
        assert!(case.has(search), "{tag}: {:?}", case.texts());
    }
}

#[test]
fn what_a_person_chose_is_kept_with_the_person_and_there_again_after_a_reload() {
    let mut case = Case::open();
    case.tell(AppCommand::SetLanguage(ui::words::Language::Norwegian));
    let appearance = Appearance { theme: Theme::Light, reduced_motion: true, without_card: false };
    case.tell(AppCommand::SetAppearance(appearance));
    let kept = case.requests("keep_preferences").pop().unwrap()["preferences"].clone();
    let expected = serde_json::json!({ "language": "norwegian", "colours": "light", "reduced_motion": null });
    assert_eq!(kept, expected, "what was not chosen stays as the system says");

    let preferences = serde_json::from_value(kept).unwrap();
    let case = Case::new(Bank { preferences, ..Bank::default() }, "/p/bank", vec2(1280.0, 720.0), Theme::Dark);
    assert!(case.has("Søk"));
    assert_eq!(case.app().model().appearance, appearance);
}

/// The left edge of the side panel.
fn edge(case: &Case) -> egui::Pos2 {
    case.harness.get_by_label("Resize the side panel").rect().center()
}

#[test]
fn how_much_room_the_panels_take_is_there_again_after_a_reload() {
    let mut case = Case::open();
    assert!(case.requests("keep_preferences").is_empty(), "nothing was changed");
    let (before, to) = (edge(&case), edge(&case) - vec2(90.0, 0.0));
    let button = |pos, pressed| egui::Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    for event in [
        egui::Event::PointerMoved(before),
        button(before, true),
        egui::Event::PointerMoved(before - vec2(40.0, 0.0)),
        egui::Event::PointerMoved(to),
        button(to, false),
    ] {
        case.harness.event(event);
        case.harness.step();
    }
    case.settle();
    let kept = case.requests("keep_preferences").pop().expect("it is kept")["preferences"].clone();
    let points = kept["panels"]["side_points"].as_u64().unwrap();
    assert!(kept["panels"]["side_open"] == true && points.abs_diff(462) <= 2, "{kept}");
    assert_eq!(case.requests("keep_preferences").len(), 1, "once, when it has come to rest");

    let preferences = serde_json::from_value(kept).unwrap();
    let mut case = Case::new(Bank { preferences, ..Bank::default() }, "/p/bank", vec2(1280.0, 720.0), Theme::Dark);
    assert!((edge(&case).x - to.x).abs() <= 2.0, "{:?} and {to:?}", edge(&case));
    case.press(egui::Modifiers::NONE, egui::Key::Space);
    let kept = case.requests("keep_preferences").pop().expect("it is kept")["preferences"].clone();
    assert_eq!(kept["panels"]["side_open"], false);
    let preferences = serde_json::from_value(kept).unwrap();
    let case = Case::new(Bank { preferences, ..Bank::default() }, "/p/bank", vec2(1280.0, 720.0), Theme::Dark);
    assert!(!case.has("Nothing is selected"), "it stays closed");
}

#[test]
fn a_page_of_another_version_gets_a_sentence_and_a_button() {
    let mut case = Case::open();
    let refuses = |name: &str, _: &Value| {
        let fault = || Fault::new(Code::OtherVersion, "The page and the server are of different versions.", "reload");
        (name == "count_links").then(fault)
    };
    case.server.borrow_mut().refuses = Some(Box::new(refuses));
    let object_type = "company".to_owned().try_into().unwrap();
    case.run(Command::OpenObject(ObjectRef { object_type, key: vec!["918224553".to_owned()] }));
    assert!(case.has("A newer version is ready."), "{:?}", case.texts());
    assert!(case.has_part("The server was updated since this page was loaded."));
    assert!(!case.texts().iter().any(|text| text.ends_with(" reload")), "no bare word: {:?}", case.texts());
    case.click("Not now");
    assert!(!case.has("A newer version is ready."));
}

#[test]
fn the_access_page_says_where_people_come_from() {
    let case = Case::new(Bank::default(), "/p/bank/config/access", vec2(1280.0, 720.0), Theme::Dark);
    let is_embedded = case.app().model().me.value().unwrap().embedded_issuer;
    let sentence = if is_embedded { "Clew's own list" } else { "the organisation's sign-in service" };
    assert!(case.has_part(sentence), "{:?}", case.texts());
}

#[test]
fn the_page_of_an_object_has_its_contents_beside_it_and_where_it_is_narrow_in_a_menu() {
    let open = |width: f32| {
        let size = vec2(width, 400.0);
        let mut case = Case::new(Bank::default(), "/p/bank/o/company/918224553", size, Theme::Dark);
        case.settle();
        case
    };
    let line = |case: &Case| case.harness.get_by_role_and_label(Role::ListItem, "directed by").rect();
    let in_view = |case: &Case| line(case).top() > 48.0 && line(case).bottom() < 374.0;
    let mut case = open(1280.0);
    case.harness.get_by_role_and_label(Role::Navigation, "Contents");
    case.harness.get_by_role_and_label(Role::Link, "Properties");
    let link = case.harness.get_by_role_and_label(Role::Link, "directed by");
    assert_eq!(link.accesskit_node().description().as_deref(), Some("2"), "with its count");
    assert!(!in_view(&case), "it takes scrolling to see it");
    case.harness.get_by_role_and_label(Role::Link, "directed by").focus();
    case.press(egui::Modifiers::NONE, egui::Key::Enter);
    assert!(in_view(&case), "it is in view");
    assert_eq!(case.app().model().work.details.sections[0].rows.len(), 2, "and open");
    let top = line(&case).top();
    case.harness.get_by_role_and_label(Role::Link, "Properties").click();
    case.settle();
    assert!(line(&case).top() > top + 50.0, "back at the properties");
    case.harness.get_by_role_and_label(Role::Link, "directed by").click();
    case.settle();
    assert!(in_view(&case) && case.app().model().work.details.sections.len() == 1, "it stays open");

    let mut case = open(1100.0);
    assert!(case.harness.query_by_role_and_label(Role::Navigation, "Contents").is_none());
    case.click("Contents");
    case.harness.get_by_role_and_label(Role::MenuItem, "directed by").click();
    case.settle();
    assert!(in_view(&case) && case.app().model().work.details.sections.len() == 1);
}
