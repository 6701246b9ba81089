//! A server that has more to do than it can: what only reads is asked again, and the person is told; a change is not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may end")]

mod support;

use support::{Screen, bank};
use ui::look::Theme;
use wire::audit::{AuditEntries, SearchAudit};
use wire::people::{EndMyOtherSessions, MySessions, SessionLine};
use wire::project::ReadProject;
use wire::session::{Language, Me, Preferences};
use wire::{Code, Fault};

const SIZE: (f32, f32) = (1280.0, 720.0);

fn busy() -> Fault {
    Fault::new(Code::Busy, "The server has more to do than it can.", "Try again in some seconds.")
}

fn auditor() -> Me {
    let mut me = bank::reader();
    me.caller.roles = [access::AppRole::new("Task.Audit").unwrap()].into();
    me
}

fn nothing() -> AuditEntries {
    AuditEntries { entries: Vec::new(), next: None }
}

#[test]
fn what_only_reads_is_asked_again_after_a_while_and_the_person_is_told_once() {
    let mut screen = Screen::open("/admin/audit", &auditor(), SIZE, Theme::Dark);
    let first = screen.server.refuse::<SearchAudit>(busy());
    screen.run();
    assert!(screen.shows("The server is busy. It is asked again in some seconds."));
    assert!(!screen.shows("has more to do than it can"), "nothing has failed yet");
    assert!(!screen.server.waiting().contains(&"search_audit"), "not at once");
    assert_eq!(screen.server.pass(), [2_000]);
    screen.run();
    let again = screen.server.answer::<SearchAudit>(&nothing());
    assert_eq!(serde_json::to_value(&again).unwrap(), serde_json::to_value(&first).unwrap(), "the same question");
    screen.run();
    assert!(screen.server.pass().is_empty(), "it was answered");
}

#[test]
fn a_server_that_stays_busy_is_told_after_four_further_tries() {
    let mut screen = Screen::open("/admin/audit", &auditor(), SIZE, Theme::Dark);
    for wait in [2_000, 4_000, 8_000, 16_000] {
        screen.server.refuse::<SearchAudit>(busy());
        screen.run();
        assert_eq!(screen.server.pass(), [wait]);
        screen.run();
    }
    screen.server.refuse::<SearchAudit>(busy());
    screen.run();
    assert!(screen.server.pass().is_empty());
    assert!(screen.shows("has more to do than it can"), "then it is said");
}

#[test]
fn it_is_said_in_norwegian_too() {
    let mut me = auditor();
    me.preferences = Preferences { language: Some(Language::Norwegian), ..me.preferences };
    let mut screen = Screen::open("/admin/audit", &me, SIZE, Theme::Dark);
    screen.server.refuse::<SearchAudit>(busy());
    screen.run();
    assert!(screen.shows("Tjeneren er opptatt. Den blir spurt igjen om noen sekunder."));
}

#[test]
fn a_change_is_not_made_again_by_itself() {
    let mut screen = Screen::open("/admin/sessions", &bank::reader(), SIZE, Theme::Dark);
    let line = |name: &str, is_this: bool| SessionLine {
        name: name.to_owned(),
        created: 1_763_632_800,
        last_seen: 1_763_636_400,
        ends: 1_763_676_000,
        is_this,
        address: Some("10.1.2.3".to_owned()),
        agent: None,
    };
    screen.server.answer::<MySessions>(&vec![line("one", true), line("two", false)]);
    screen.run();
    screen.click("End all others");
    screen.server.refuse::<EndMyOtherSessions>(busy());
    screen.run();
    assert!(screen.server.pass().is_empty(), "nobody waits to do it later");
    assert!(!screen.server.waiting().contains(&"end_my_other_sessions"));
    assert!(screen.shows("has more to do than it can"));
}

#[test]
fn opening_a_page_takes_a_tenth_of_what_a_person_may_ask_at_once() {
    // `CLEW_CALLS_PER_SECOND` is 60, and twice as many after a rest.
    const A_TENTH: usize = 12;
    for path in ["/", "/admin/sessions", "/admin/audit", "/p/bank", "/p/bank/o/customer/1"] {
        let mut screen = Screen::open(path, &bank::owner(), SIZE, Theme::Dark);
        if screen.server.waiting().contains(&"read_project") {
            screen.server.answer::<ReadProject>(&bank::visible(bank::project()));
            screen.run();
        }
        let asked = screen.server.asked();
        assert!((1..=A_TENTH).contains(&asked), "{path}: {asked} requests");
    }
    let project = bank::visible(bank::project());
    for page in ["sources", "object-types", "link-types", "access", "project"] {
        let screen = Screen::open_config(page, &bank::owner(), &project, Theme::Dark);
        assert!(screen.server.asked() <= A_TENTH, "{page}: {} requests", screen.server.asked());
    }
}
