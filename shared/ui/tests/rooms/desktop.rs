//! The desktop program: which server, and signing in by way of the system's browser.

use egui_kittest::kittest::Queryable;
use ui::app::ShellSettings;
use ui::client::SigningIn;
use ui::look::Theme;
use wire::project::ReadProject;
use wire::session::{SignOut, SignedOut, WhoAmI};
use wire::{Code, Fault};

use super::SIZE;
use super::support::{Screen, bank};

fn at(server: &str) -> ShellSettings {
    ShellSettings { server: Some(server.to_owned()), ..ShellSettings::default() }
}

fn nobody() -> Fault {
    Fault::new(Code::SignedOut, "Nobody is signed in.", "Sign in.")
}

fn unreachable() -> Fault {
    Fault::new(
        Code::SourceFailed,
        "The server clew.bank.example cannot be reached.",
        "Look whether the address is right.",
    )
}

/// The program with a server, before anybody has signed in.
fn ready() -> Screen {
    let mut screen = Screen::in_desktop("/", at("https://clew.bank.example"), SIZE, Theme::Dark);
    screen.server.refuse::<WhoAmI>(nobody());
    screen.run();
    screen
}

#[test]
fn the_first_start_asks_for_the_server_and_says_what_is_wrong_with_an_address() {
    let mut screen = Screen::in_desktop("/", ShellSettings::default(), SIZE, Theme::Dark);
    screen.server.refuse::<WhoAmI>(nobody());
    screen.run();
    assert!(screen.shows("Which server does your organisation use?"));
    screen.shot("desktop-server-dark");
    screen.harness.get_by_label("Server's address").type_text("clew.bank.example");
    screen.run();
    screen.click("Connect");
    assert!(screen.shows("Connecting…"));
    assert_eq!(screen.server.connected(Err(unreachable())), "clew.bank.example");
    screen.run();
    assert!(screen.shows("cannot be reached") && screen.shows_value("clew.bank.example"), "what was typed stays");
    screen.harness.key_press(egui::Key::Enter);
    screen.run();
    screen.click("Connect");
    screen.server.connected(Ok(at("https://clew.bank.example")));
    screen.run();
    screen.server.refuse::<WhoAmI>(nobody());
    screen.run();
    assert!(screen.shows("Sign in to see your projects") && screen.shows("https://clew.bank.example"));
}

#[test]
fn signing_in_goes_on_in_the_browser_with_a_number_to_compare() {
    let mut screen = ready();
    screen.click("Sign in");
    screen.server.signing_in(SigningIn::Began { number: "482 190".to_owned() });
    screen.run();
    assert!(screen.shows("482 190") && screen.shows("Go on in your browser"));
    screen.shot("desktop-number-dark");
    screen.server.signing_in(SigningIn::Ended(Ok(at("https://clew.bank.example"))));
    screen.run();
    screen.server.answer::<WhoAmI>(&bank::reader());
    screen.run();
    assert!(!screen.shows("482 190") && screen.shows("Bank"));
}

#[test]
fn a_sign_in_can_be_given_up_and_one_that_failed_begun_again() {
    let mut screen = ready();
    screen.click("Sign in");
    screen.server.signing_in(SigningIn::Began { number: "482 190".to_owned() });
    screen.run();
    screen.click("Cancel");
    assert_eq!(screen.server.stopped(), ["sign_in_outside"]);
    assert!(screen.shows("Sign in to see your projects"));
    screen.click("Sign in");
    screen.server.signing_in(SigningIn::Ended(Err(Fault::new(
        Code::SignedOut,
        "Nobody signed in within five minutes.",
        "Sign in again.",
    ))));
    screen.run();
    assert!(screen.shows("Nobody signed in within five minutes."));
    screen.click("Sign in again");
    screen.server.signing_in(SigningIn::Began { number: "017 553".to_owned() });
    screen.run();
    assert!(screen.shows("017 553"));
}

#[test]
fn another_server_is_offered_unless_the_organisation_has_set_it() {
    let mut screen = ready();
    screen.click("Another server");
    assert!(screen.shows("Which server does your organisation use?"));
    screen.click("Cancel");
    assert!(screen.shows("Sign in to see your projects"));
    let locked =
        ShellSettings { is_locked: true, note: Some("No keychain is here.".to_owned()), ..at("https://clew.x") };
    let mut screen = Screen::in_desktop("/", locked, SIZE, Theme::Light);
    screen.server.refuse::<WhoAmI>(nobody());
    screen.run();
    assert!(!screen.shows("Another server") && screen.shows("No keychain is here."));
    screen.shot("desktop-locked-light");
}

#[test]
fn a_session_that_ends_is_begun_again_over_the_work() {
    let mut screen = Screen::in_desktop("/p/bank/config/sources", at("https://clew.bank.example"), SIZE, Theme::Dark);
    screen.server.answer::<WhoAmI>(&bank::reader());
    screen.run();
    screen.server.refuse::<ReadProject>(nobody());
    screen.run();
    screen.click("Sign in again");
    screen.server.signing_in(SigningIn::Began { number: "482 190".to_owned() });
    screen.run();
    assert!(screen.shows("482 190"));
    screen.shot("desktop-again-dark");
    screen.click("Cancel");
    assert!(screen.shows("Your session has ended"), "the notice stays");
    screen.click("Sign in again");
    screen.server.signing_in(SigningIn::Ended(Ok(at("https://clew.bank.example"))));
    screen.run();
    screen.server.answer::<WhoAmI>(&bank::reader());
    screen.run();
    assert!(!screen.shows("Your session has ended"));
    assert!(screen.server.waiting().contains(&"read_project"), "what was refused is asked again");
}

#[test]
fn signing_out_leads_to_the_first_screen_and_leaves_the_browser_alone() {
    let mut screen = Screen::in_desktop("/", at("https://clew.bank.example"), SIZE, Theme::Dark);
    screen.server.answer::<WhoAmI>(&bank::reader());
    screen.run();
    screen.harness.get_by_role_and_label(egui::Role::Button, &bank::reader().name).click();
    screen.run();
    screen.click_first("Sign out");
    screen.server.answer::<SignOut>(&SignedOut { provider: Some("https://login.bank.example/out".to_owned()) });
    screen.run();
    screen.server.refuse::<WhoAmI>(nobody());
    screen.run();
    assert!(screen.shows("Sign in to see your projects") && screen.server.opened_beside().is_empty());
}
