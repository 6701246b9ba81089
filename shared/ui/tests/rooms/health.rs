//! Health: numbers, findings, sources, and how seldom it asks.

use egui_kittest::kittest::Queryable as _;
use wire::health::{
    FailureKind, Figures, HealthSeen, LookAtHealth, OtherSources, ReadFigures, SourceFailure, SourceHealth, State,
};

use super::{AT, answer, finding, is_disabled, next_picture, open, shots, wait_for};
use wire::health::Finding;

fn seen(at: i64) -> HealthSeen {
    let ok = |check, said| finding(check, State::Ok, said, "");
    let disk = finding(
        "disk",
        State::Warn,
        "612 MB are free where the store is.",
        "Make room; nothing that was saved is lost when a disk is full.",
    );
    let findings = vec![
        ok("settings", "Every setting could be read when this server started."),
        ok("key", "It is the key of the store; its id is 00aa11bb22cc33dd."),
        ok("store", "It reads and writes."),
        disk,
        ok("audit log", "48211 entries; the last 10000 are as they were written."),
        ok("clock", "It says 2026-11-20T09:30:00Z, and nothing in the store is newer."),
        ok("listener", "This server answers on 127.0.0.1:14445."),
        finding(
            "issuer",
            State::Bad,
            "https://login.bank.example cannot be used: connection refused.",
            "See CLEW_OIDC_ISSUER, and whether this machine reaches it.",
        ),
    ];
    let source = |id: &str, name: &str, finding: Finding, failures| SourceHealth {
        project: "bank".to_owned().try_into().unwrap(),
        source: id.to_owned().try_into().unwrap(),
        name: name.to_owned(),
        kind: "postgresql".to_owned(),
        finding,
        running: 2,
        waiting: 1,
        at_once: 4,
        failures,
    };
    let failed = vec![
        SourceFailure { at: AT, kind: FailureKind::Unreachable },
        SourceFailure { at: AT - 60, kind: FailureKind::Slow },
    ];
    let away = finding(
        "source bank/core",
        State::Bad,
        "Reach 10.4.0.12 on port 5432: Nobody answers there.",
        "See whether it runs, and whether a firewall lies between.",
    );
    HealthSeen {
        at,
        findings,
        sources: vec![
            source("register", "Company register", ok("source bank/register", "It can be read."), Vec::new()),
            source("core", "Core banking", away, failed),
        ],
        others: OtherSources { ok: 3, warn: 0, bad: 1 },
    }
}

fn figures() -> Figures {
    Figures {
        at: AT,
        since: AT - 86_400,
        sessions: 12,
        running: 3,
        waiting: 1,
        requests: 184_220,
        failed: 12,
        refused: 40,
        nine_of_ten_millis: Some(50),
        rows: 9_120_441,
        memory_bytes: Some(72 << 20),
        processor_millis: 312_000,
        audit_entries: 48_211,
        audit_lag_micros: 2_400,
    }
}

#[test]
fn health_shows_the_worst_first_with_word_and_remedy_and_what_is_hidden_only_by_number() {
    let mut screen = open("health");
    answer::<ReadFigures>(&mut screen, &figures());
    assert!(!answer::<LookAtHealth>(&mut screen, &seen(AT)).again, "what was found before is enough");
    for text in [
        "12",
        "requests running",
        "Bad",
        "Look at it",
        "Good",
        "CLEW_OIDC_ISSUER",
        "Core banking",
        "2 of 4 running, 1 waiting",
    ] {
        assert!(screen.shows(text), "{text}");
    }
    assert!(screen.shows("Lately failed: not reached (2026-11-20 09:30 UTC), too slow"));
    assert!(screen.shows("4 sources of projects that you have no access to: 3 good · 0 to look at · 1 bad."));
    let top = |label: &str| screen.harness.get_all_by_label(label).next().unwrap().rect().top();
    assert!(top("Issuer") < top("Disk") && top("Disk") < top("Listener"), "the worst first");
    assert!(top("Core banking") < top("Company register"));
    screen.click("Check again");
    assert!(is_disabled(&screen, "Check again") && screen.shows("Core banking"), "what was found stays meanwhile");
    assert!(answer::<LookAtHealth>(&mut screen, &seen(AT + 3_600)).again);
    assert!(screen.shows("Checked 2026-11-20 10:30 UTC."));
}

#[test]
fn a_check_that_takes_long_is_stopped_and_begun_again() {
    let mut screen = open("health");
    for _ in 0..12 {
        screen.harness.step();
    }
    assert!(screen.shows("Checking store, issuer and every source"));
    screen.click("Cancel");
    assert_eq!(screen.server.stopped(), ["look_at_health"]);
    assert!(screen.shows("The check was stopped."));
    screen.click("Check again");
    assert!(screen.server.waiting().iter().filter(|name| **name == "look_at_health").count() == 2);
}

#[test]
fn the_numbers_are_asked_for_every_five_seconds_and_only_on_their_page() {
    let mut screen = open("health");
    answer::<ReadFigures>(&mut screen, &figures());
    answer::<LookAtHealth>(&mut screen, &seen(AT));
    assert!(!screen.server.waiting().contains(&"read_figures"));
    wait_for(&mut screen, "read_figures");
    answer::<ReadFigures>(&mut screen, &Figures { sessions: 77, ..figures() });
    assert!(screen.shows("77"));
    screen.click("People");
    for _ in 0..60 {
        screen.harness.step();
    }
    assert!(!screen.server.waiting().contains(&"read_figures"), "not from another page");
}

#[test]
fn health_at_rest_draws_no_frame_before_the_numbers_are_due() {
    let mut screen = open("health");
    answer::<ReadFigures>(&mut screen, &figures());
    answer::<LookAtHealth>(&mut screen, &seen(AT));
    let delay = next_picture(&mut screen);
    assert!(delay > std::time::Duration::from_secs(1), "the next picture in {delay:?}");
}

#[test]
fn health_in_pictures() {
    shots("health", "health", |screen| {
        answer::<ReadFigures>(screen, &figures());
        answer::<LookAtHealth>(screen, &seen(AT));
    });
    shots("health_empty", "health", |screen| {
        answer::<ReadFigures>(screen, &Figures { nine_of_ten_millis: None, memory_bytes: None, ..Figures::default() });
        answer::<LookAtHealth>(
            screen,
            &HealthSeen { sources: Vec::new(), others: OtherSources::default(), ..seen(AT) },
        );
        assert!(screen.shows("No project shares a source yet.") || screen.shows("Ingen prosjekter deler"));
    });
}
