//! The project's own page, the About screen, and what stays when the session ends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may end")]

mod support;

use access::Grantee;
use egui_kittest::kittest::{NodeT, Queryable};
use model::change::Change;
use support::{Screen, bank};
use ui::look::Theme;
use wire::owner::{NameOwner, ProjectName, ProjectsWithoutOwner};
use wire::project::{ChangeProject, ReadProject, Saved, Scope};
use wire::session::{Me, WhoAmI};
use wire::source::SourceKinds;
use wire::{Code, Fault};

fn open(page: &str, me: &Me) -> Screen {
    Screen::open_config(page, me, &bank::visible(bank::project()), Theme::Dark)
}

fn signed_out() -> Fault {
    Fault::new(Code::SignedOut, "Your session has ended.", "Sign in again.")
}

#[test]
fn the_name_and_purpose_of_a_project_are_changed_for_everyone() {
    let mut screen = open("project", &bank::owner());
    screen.fill("Name", "");
    assert!(screen.harness.get_by_label("Save for everyone").accesskit_node().is_disabled());
    screen.fill("Name", "Bank, second case ");
    screen.fill("Description", "Who paid whom.");
    screen.click("Save for everyone");
    let asked: ChangeProject = screen.server.answer::<ChangeProject>(&Saved { revision: 8 });
    let described = Change::Describe { name: "Bank, second case".to_owned(), description: "Who paid whom.".to_owned() };
    assert_eq!((asked.scope, asked.changes), (Scope::Everyone, vec![described]));
    let mut project = bank::project();
    (project.name, project.description) = ("Bank, second case".to_owned(), "Who paid whom.".to_owned());
    screen.run();
    screen.server.answer::<WhoAmI>(&bank::owner());
    screen.server.answer::<ReadProject>(&bank::visible(project));
    screen.run();
    assert!(screen.harness.get_by_label("Save for everyone").accesskit_node().is_disabled(), "nothing is changed now");
    let screen = open("project", &bank::reader());
    assert!(screen.harness.get_by_label("Save for everyone").accesskit_node().is_disabled());
}

#[test]
fn who_changes_something_while_the_key_is_rolled_is_told_that_the_configuration_is_closed_and_until_when() {
    let mut screen = open("project", &bank::owner());
    assert!(!screen.shows("The configuration is closed"));
    screen.fill("Name", "Bank, second case");
    screen.click("Save for everyone");
    let remedy = "Try again when the administrator has finished it; reading and searching go on.";
    screen.server.refuse::<ChangeProject>(Fault::new(
        Code::KeyRolling,
        "The encryption key is about to be rolled.",
        remedy,
    ));
    screen.run();
    assert!(screen.shows("The configuration is closed while the store gets another key."));
    assert!(screen.shows_value("Bank, second case"), "what was typed stays");
    screen.shot("configuration_closed");
    screen.click("Save for everyone");
    screen.server.answer::<ChangeProject>(&Saved { revision: 8 });
    screen.run();
    assert!(!screen.shows("The configuration is closed"));
}

#[test]
fn a_half_typed_form_is_still_there_after_the_session_ended_and_somebody_signed_in_again() {
    let mut screen = open("object-types", &bank::owner());
    screen.click("People");
    screen.fill("Name", "Customer");
    screen.click("Save for everyone");
    screen.server.refuse::<ChangeProject>(signed_out());
    screen.run();
    assert!(screen.shows("Nothing on the screen is lost"));
    // Escape asks whether somebody signed in meanwhile; nobody did.
    screen.harness.key_press(egui::Key::Escape);
    screen.run();
    screen.server.refuse::<WhoAmI>(signed_out());
    screen.server.refuse::<ReadProject>(signed_out());
    screen.run();
    assert!(screen.shows("Nothing on the screen is lost"));
    screen.harness.key_press(egui::Key::Escape);
    screen.run();
    screen.server.answer::<WhoAmI>(&bank::owner());
    screen.run();
    screen.server.answer::<ReadProject>(&bank::visible(bank::project()));
    screen.run();
    assert!(!screen.shows("Nothing on the screen is lost"));
    // What was refused is asked for again, once.
    let asked: ChangeProject = screen.server.answer::<ChangeProject>(&Saved { revision: 8 });
    assert!(matches!(&asked.changes[..], [Change::PutObjectType(kind)] if kind.name == "Customer"));
}

#[test]
fn what_one_person_asked_for_is_not_sent_in_the_name_of_another() {
    let mut screen = open("object-types", &bank::owner());
    screen.click("People");
    screen.fill("Name", "Customer");
    screen.click("Save for everyone");
    screen.server.refuse::<ChangeProject>(signed_out());
    screen.run();
    screen.harness.key_press(egui::Key::Escape);
    screen.run();
    let mut other = bank::owner();
    other.caller.person = "jonas".to_owned().try_into().unwrap();
    screen.server.answer::<WhoAmI>(&other);
    screen.run();
    assert!(!screen.server.waiting().contains(&"change_project"), "{:?}", screen.server.waiting());
}

#[test]
fn the_about_screen_names_version_licence_and_fonts_and_reads_the_notices_when_it_is_opened() {
    let mut screen = open("project", &bank::owner());
    screen.click_first("Astrid Lund");
    screen.run();
    screen.click("About Clew");
    screen.run();
    assert_eq!(screen.server.address(), "/about");
    for text in [env!("CARGO_PKG_VERSION"), "Apache License 2.0", "Noto Sans", "Hack"] {
        assert!(screen.shows(text), "{text}");
    }
    let lines: String = (0..5_000).map(|line| format!("line {line}\n")).collect();
    assert_eq!(screen.server.answer_file(format!("# Libraries\n{lines}").as_bytes()), "notices.txt");
    screen.run();
    assert!(screen.shows("Libraries") && screen.shows("line 3"), "what is in view is drawn");
    assert!(!screen.shows("line 4999"), "and nothing else");
}

#[test]
fn the_font_of_a_script_is_fetched_when_a_text_first_needs_it() {
    let mut project = bank::project();
    project.description = "მარიამ ირაკლი".to_owned();
    let mut screen = Screen::open("/p/bank/config/project", &bank::owner(), (1280.0, 720.0), Theme::Dark);
    screen.server.answer::<ReadProject>(&bank::visible(project));
    screen.server.answer::<SourceKinds>(&bank::kinds());
    screen.run();
    // What is no font is left alone, and asked for once only.
    assert_eq!(screen.server.answer_file(b"<!doctype html>"), "script-georgian.ttf");
    screen.run();
    assert!(!screen.server.waits_for_file());
}

#[test]
fn an_instance_manager_names_an_own_for_a_project_that_nobody_owns() {
    let mut screen = Screen::open("/", &bank::owner(), (1280.0, 720.0), Theme::Dark);
    assert!(!screen.shows("No owner"));
    let fault = Fault::new(Code::StoreUnavailable, "The projects cannot be read.", "Try again.");
    screen.server.refuse::<ProjectsWithoutOwner>(fault);
    screen.run();
    assert!(screen.shows("The projects cannot be read."));
    screen.click("Try again");
    let ownerless =
        || vec![ProjectName { id: "old-cases".to_owned().try_into().unwrap(), name: "Old cases".to_owned() }];
    screen.server.answer::<ProjectsWithoutOwner>(&ownerless());
    screen.run();
    assert!(screen.shows("Projects without an owner") && screen.shows("Old cases") && screen.shows("No owner"));
    assert!(screen.harness.get_by_label("Name the Own").accesskit_node().is_disabled(), "no address yet");
    screen.fill("E-mail of the Own of Old cases", "astrid@bank.example");
    screen.click("Name the Own");
    screen.server.refuse::<NameOwner>(Fault::new(
        Code::Forbidden,
        "Nobody raises an own grant.",
        "Name somebody else.",
    ));
    screen.run();
    assert!(screen.shows("Nobody raises an own grant.") && screen.shows("Name somebody else."));
    screen.fill("E-mail of the Own of Old cases", "bob@bank.example");
    screen.click("Name the Own");
    let asked: NameOwner = screen.server.answer::<NameOwner>(&Saved { revision: 8 });
    assert_eq!(asked.to, Grantee::Email("bob@bank.example".to_owned()));
    screen.run();
    screen.server.answer::<ProjectsWithoutOwner>(&ownerless());
    screen.run();
    assert!(screen.shows("bob@bank.example is named."), "the address counts once somebody comes with it");
    screen.shot("projects_without_owner");
}

#[test]
fn nobody_else_asks_for_projects_without_an_owner_and_where_there_is_none_that_is_said() {
    let screen = Screen::open("/", &bank::reader(), (1280.0, 720.0), Theme::Dark);
    assert!(!screen.server.waiting().contains(&"projects_without_owner"));
    let mut screen = Screen::open("/", &bank::owner(), (1280.0, 720.0), Theme::Dark);
    screen.server.answer::<ProjectsWithoutOwner>(&Vec::new());
    screen.run();
    assert!(screen.shows("Every project has an owner."));
}

#[test]
fn the_name_of_the_project_opens_the_menu_that_it_announces() {
    use egui::accesskit::{HasPopup, Role};
    let mut screen = open("project", &bank::owner());
    let name = screen.harness.get_by_role_and_label(Role::Button, "Harbour Bank");
    assert_eq!(name.accesskit_node().data().has_popup(), Some(HasPopup::Menu));
    name.click();
    screen.run();
    assert!(screen.server.address().ends_with("/config/project") || screen.server.address().is_empty());
    screen.harness.get_by_role_and_label(Role::MenuItem, "Harbour Bank").click();
    screen.run();
    assert_eq!(screen.server.address(), "/p/bank");
    let places = screen.harness.query_all_by_role_and_label(Role::Button, "Configuration");
    assert!(places.into_iter().all(|place| place.accesskit_node().data().has_popup().is_none()));
}
