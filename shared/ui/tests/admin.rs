//! The administration: who gets which pages, and one's own sessions for everybody.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may end")]

mod support;

use access::AppRole;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use support::{Screen, bank};
use ui::look::Theme;
use wire::local::{AddPerson, DisablePerson, OneTimeLink, ResetSecondFactor};
use wire::people::{
    EndAllSessions, EndMyOtherSessions, EndMySession, EndSession, EndSessionsOf, Ended, Local, MySessions, People,
    PersonLine, SessionLine, SessionsOf,
};
use wire::project::Kept;
use wire::session::{Me, WhoAmI};
use wire::{Code, Fault};

const SIZE: (f32, f32) = (1280.0, 720.0);

/// Somebody with these roles of the instance and no project.
fn somebody(roles: &[&str]) -> Me {
    let mut me = bank::reader();
    me.caller.roles = roles.iter().map(|role| AppRole::new(*role).unwrap()).collect();
    me.projects.clear();
    me
}

fn open(path: &str, me: &Me) -> Screen {
    Screen::open(path, me, SIZE, Theme::Dark)
}

fn tabs(screen: &Screen) -> Vec<String> {
    let tabs = screen.harness.get_all_by_role(Role::Tab);
    tabs.map(|tab| tab.accesskit_node().label().unwrap_or_default()).collect()
}

#[test]
fn an_auditor_without_a_project_reaches_the_administration_from_the_list_of_projects() {
    let mut screen = open("/", &somebody(&["Task.Audit"]));
    screen.click("Administration");
    assert_eq!(screen.server.address(), "/admin/audit");
    assert_eq!(tabs(&screen), ["My sessions", "Audit"]);
}

#[test]
fn an_instance_manager_sees_people_and_no_audit() {
    let mut screen = open("/", &bank::owner());
    screen.click("Administration");
    assert_eq!(screen.server.address(), "/admin/people");
    assert_eq!(tabs(&screen), ["My sessions", "People", "Sign-in", "Health", "Store", "Key", "Environment"]);
}

#[test]
fn whoever_may_do_nothing_there_has_no_way_to_it_but_to_the_own_sessions() {
    let mut screen = open("/", &somebody(&["Task.Read"]));
    assert!(!screen.shows("Administration"));
    screen.click_first("Astrid Lund");
    screen.click("My sessions");
    assert_eq!(screen.server.address(), "/admin/sessions");
    assert_eq!(tabs(&screen), ["My sessions"]);
    for page in ["people", "sign-in", "health", "store", "key", "environment", "audit"] {
        let screen = open(&format!("/admin/{page}"), &somebody(&["Task.Read"]));
        assert!(screen.shows("Nothing found"), "{page}");
    }
}

#[test]
fn the_rail_of_a_project_leads_to_the_administration_below_the_configuration() {
    let mut screen = Screen::open_config("project", &bank::owner(), &bank::visible(bank::project()), Theme::Dark);
    screen.harness.get_by_role_and_label(Role::Button, "Administration").click();
    screen.run();
    assert_eq!(screen.server.address(), "/admin/people");
    let reader = Screen::open_config("project", &bank::reader(), &bank::visible(bank::project()), Theme::Dark);
    assert!(!reader.shows("Administration"));
}

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const EDGE: &str = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0";

fn session(name: &str, agent: &str, is_this: bool) -> SessionLine {
    SessionLine {
        name: name.to_owned(),
        created: 1_763_632_800,
        last_seen: 1_763_636_400,
        ends: 1_763_676_000,
        is_this,
        address: Some("10.1.2.3".to_owned()),
        agent: Some(agent.to_owned()),
    }
}

fn person(id: Option<&str>, name: &str, sessions: u64) -> PersonLine {
    PersonLine {
        person: id.map(|id| id.to_owned().try_into().unwrap()),
        name: name.to_owned(),
        email: Some(format!("{}@bank.example", name.to_lowercase())),
        roles: vec![AppRole::new("Task.Read").unwrap()],
        sessions,
        last_seen: id.map(|_| 1_763_636_400),
        local: id.is_none().then_some(Local {
            name: name.to_owned(),
            disabled: true,
            has_password: false,
            second_factor: true,
        }),
    }
}

fn both() -> Vec<SessionLine> {
    vec![session("one", FIREFOX, true), session("two", EDGE, false)]
}

#[test]
fn one_sees_and_ends_own_sessions() {
    let mut screen = open("/admin/sessions", &somebody(&["Task.Read"]));
    screen.server.answer::<MySessions>(&both());
    screen.run();
    for text in ["Firefox, Linux", "Edge, Windows", "This one", "10.1.2.3", "2025-11-20 10:00"] {
        assert!(screen.shows(text), "{text}");
    }
    screen.shot("my_sessions");
    screen.click("End Edge, Windows");
    assert_eq!(screen.server.answer::<EndMySession>(&Ended { sessions: 1 }).session, "two");
    screen.run();
    screen.server.answer::<MySessions>(&both()[..1].to_vec());
    screen.run();
    assert!(screen.shows("1 session was ended.") && screen.shows("You are signed in nowhere else."));
    assert!(!screen.shows("End all others") && !screen.shows("Edge, Windows"));
}

#[test]
fn all_other_sessions_end_by_one_button_and_a_refusal_is_told_in_its_place() {
    let mut screen = open("/admin/sessions", &somebody(&["Task.Read"]));
    let fault = || Fault::new(Code::StoreUnavailable, "The sessions cannot be read.", "Wait a little.");
    screen.server.refuse::<MySessions>(fault());
    screen.run();
    assert!(screen.shows("The sessions cannot be read."));
    screen.click("Try again");
    screen.server.answer::<MySessions>(&both());
    screen.run();
    screen.click("End all others");
    screen.server.refuse::<EndMyOtherSessions>(fault());
    screen.run();
    screen.server.answer::<MySessions>(&both());
    screen.run();
    assert!(screen.shows("The sessions cannot be read.") && screen.shows("Wait a little."));
    assert!(screen.shows("Edge, Windows"), "and nothing has ended");
}

fn people() -> Vec<PersonLine> {
    vec![person(Some("ada"), "Ada", 2), person(Some("bob"), "Bob", 0), person(None, "Zoe", 0)]
}

fn open_people(me: &Me, theme: Theme) -> Screen {
    let mut screen = Screen::open("/admin/people", me, SIZE, theme);
    screen.server.answer::<People>(&people());
    screen.run();
    screen
}

/// The line of the list that begins with this name.
fn choose(screen: &mut Screen, name: &str) {
    let is_it =
        |node: &egui_kittest::Node<'_>| node.accesskit_node().label().is_some_and(|label| label.starts_with(name));
    screen.harness.get_all_by_role(Role::ListItem).find(is_it).expect(name).click();
    screen.run();
}

#[test]
fn a_manager_finds_a_person_and_ends_one_session_or_all_of_them() {
    let mut manager = bank::owner();
    manager.caller.person = "carl".to_owned().try_into().unwrap();
    let hers = vec![session("one", FIREFOX, false), session("two", EDGE, false)];
    let mut screen = open_people(&manager, Theme::Light);
    screen.harness.get_by_role_and_label(Role::SearchInput, "Find a person…").focus();
    screen.run();
    screen.harness.get_by_role_and_label(Role::SearchInput, "Find a person…").type_text("ada@");
    screen.run();
    assert!(!screen.shows("Bob"), "the others are not in the list");
    choose(&mut screen, "Ada");
    let asked: SessionsOf = screen.server.answer::<SessionsOf>(&hers);
    assert_eq!(asked.person.as_str(), "ada");
    screen.run();
    for text in ["ada@bank.example", "Task.Read", "Firefox, Linux", "2025-11-20 11:00 UTC"] {
        assert!(screen.shows(text), "{text}");
    }
    screen.shot("people_light");
    screen.click("End Edge, Windows");
    let asked: EndSession = screen.server.answer::<EndSession>(&Ended { sessions: 1 });
    assert_eq!((asked.person.as_str(), asked.session.as_str()), ("ada", "two"));
    screen.run();
    screen.server.answer::<People>(&people());
    screen.server.answer::<SessionsOf>(&hers[..1].to_vec());
    screen.run();
    assert!(screen.shows("1 session was ended.") && !screen.shows("Edge, Windows"));

    screen.click("End all sessions");
    assert!(screen.shows("End all sessions of Ada?") && !screen.shows("Your own session ends too"));
    screen.harness.key_press(egui::Key::Escape);
    screen.run();
    assert!(!screen.server.waiting().contains(&"end_sessions_of"), "Escape ends nothing");
    screen.click("End all sessions");
    screen.harness.get_all_by_label("End all sessions").last().unwrap().click();
    screen.run();
    let asked: EndSessionsOf = screen.server.answer::<EndSessionsOf>(&Ended { sessions: 1 });
    assert_eq!(asked.person.as_str(), "ada");
}

#[test]
fn somebody_without_a_session_and_somebody_who_never_came_are_told_apart() {
    let mut screen = open_people(&bank::owner(), Theme::Dark);
    assert!(screen.shows("Choose a person to see the sessions."));
    choose(&mut screen, "Bob");
    screen.server.answer::<SessionsOf>(&Vec::new());
    screen.run();
    assert!(screen.shows("This person is signed in nowhere."));
    choose(&mut screen, "Zoe");
    assert!(screen.shows("never signed in") && screen.shows("disabled") && screen.shows("no password yet"));
    assert!(!screen.server.waiting().contains(&"sessions_of"));
}

#[test]
fn everybodys_sessions_end_once_the_word_is_typed_and_the_own_one_is_mentioned() {
    let mut screen = open_people(&bank::owner(), Theme::Dark);
    screen.click("End everybody's sessions");
    assert!(screen.shows("Your own session ends too: you will have to sign in again."));
    assert!(screen.harness.get_by_label("End them now").accesskit_node().is_disabled());
    screen.fill("Type END to confirm", "END");
    screen.shot("end_everybody");
    screen.click("End them now");
    screen.server.answer::<EndAllSessions>(&Ended { sessions: 3 });
    screen.run();
    screen.server.refuse::<People>(Fault::new(Code::SignedOut, "Your session has ended.", "Sign in again."));
    screen.run();
    assert!(screen.shows("Nothing on the screen is lost"), "and the page asks for signing in");
    assert!(!screen.shows("too many places"));
}

#[test]
fn whoever_signed_in_too_often_is_told_why_the_session_has_ended() {
    let mut screen = Screen::open("/admin/people", &bank::owner(), SIZE, Theme::Dark);
    screen.server.refuse::<People>(Fault::new(Code::SignedOut, Fault::DISPLACED, "Sign in again."));
    screen.run();
    assert!(screen.shows("so the oldest session, which was this one, has ended"), "and why");
    assert!(screen.shows("Nothing on the screen is lost"));
}

#[test]
fn whoever_comes_back_after_that_is_told_why_in_the_language_of_the_browser() {
    for (language, why) in [(None, "signed in at too many places"), (Some("nb-NO"), "logget inn for mange steder")] {
        let mut screen = Screen::arrive("/admin/people", language, SIZE, Theme::Dark);
        screen.server.refuse::<WhoAmI>(Fault::new(Code::SignedOut, Fault::DISPLACED, "Sign in again."));
        screen.run();
        assert!(screen.shows(why), "{why}");
    }
}

#[test]
fn a_person_of_the_embedded_issuer_is_added_with_a_link_that_is_shown_once() {
    let mut me = bank::owner();
    me.embedded_issuer = true;
    let mut screen = open_people(&me, Theme::Dark);
    assert!(screen.shows("for evaluation and closed sites"), "and it says what it is for");
    screen.click("Add a person…");
    assert!(screen.harness.get_by_label("Create").accesskit_node().is_disabled(), "no name yet");
    screen.fill("Name to sign in with", "eve");
    screen.fill("Roles, with commas between them", "Task.Read, Bank.Analyst");
    screen.click("Create");
    let given = OneTimeLink { link: "https://clew.example.org/issuer/password?link=abc".to_owned() };
    let asked: AddPerson = screen.server.answer::<AddPerson>(&given);
    assert_eq!((asked.name.as_str(), asked.email, asked.roles.len()), ("eve", None, 2));
    screen.run();
    screen.server.answer::<People>(&people());
    screen.run();
    assert!(screen.shows("Address for eve") && screen.shows("link=abc") && screen.shows("never again"));
    screen.shot("one_time_link");
    screen.click("Close");
    assert!(!screen.shows("link=abc"));
    choose(&mut screen, "Zoe");
    screen.click("Let in again");
    let asked: DisablePerson = screen.server.answer::<DisablePerson>(&Kept {});
    assert_eq!((asked.name.as_str(), asked.disabled), ("Zoe", false));
}

#[test]
fn a_lost_telephone_is_reset_after_a_question_that_says_what_is_left() {
    let mut me = bank::owner();
    me.embedded_issuer = true;
    let mut screen = open_people(&me, Theme::Dark);
    choose(&mut screen, "Zoe");
    assert!(screen.shows("two steps"));
    screen.click("Reset the second step");
    assert!(screen.shows("Reset the second step of Zoe?") && screen.shows("the password alone is enough"));
    screen.shot("reset_second_step");
    screen.harness.get_all_by_label("Reset the second step").last().unwrap().click();
    screen.run();
    let asked: ResetSecondFactor = screen.server.answer::<ResetSecondFactor>(&Kept {});
    assert_eq!(asked.name, "Zoe");
    screen.run();
    let mut changed = people();
    changed[2].local.as_mut().unwrap().second_factor = false;
    screen.server.answer::<People>(&changed);
    screen.run();
    assert!(!screen.shows("two steps") && !screen.shows("Reset the second step"));
}

#[test]
fn where_people_are_kept_here_the_menu_of_the_person_leads_to_the_password_and_the_second_step() {
    for is_embedded in [true, false] {
        let mut me = somebody(&["Task.Read"]);
        me.embedded_issuer = is_embedded;
        let mut screen = open("/", &me);
        screen.click_first("Astrid Lund");
        assert_eq!(screen.shows("Change password"), is_embedded);
        assert_eq!(screen.shows("Second step at sign-in"), is_embedded);
        if is_embedded {
            screen.click("Change password");
            screen.click_first("Astrid Lund");
            screen.click("Second step at sign-in");
            let opened = ["password/change", "second-step"].map(|page| format!("/issuer/{page}?name=Astrid%20Lund"));
            assert_eq!(screen.server.opened_beside(), opened, "beside the page, so that nothing on it is lost");
        }
    }
}

#[test]
fn where_people_are_kept_elsewhere_nobody_is_added_here() {
    let mut me = bank::owner();
    me.embedded_issuer = false;
    let screen = open_people(&me, Theme::Dark);
    assert!(!screen.shows("Add a person…") && !screen.shows("for evaluation and closed sites"));
}
