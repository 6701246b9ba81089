//! The audit log on the screen: an auditor looks for entries, opens one, checks the chain and takes entries out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may end")]

mod support;

use access::AppRole;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use serde_json::json;
use support::{Screen, bank};
use ui::look::Theme;
use wire::audit::{
    AuditEntries, AuditEntry, AuditFilters, AuditFormat, AuditOutcome, AuditVerdict, ExportAudit, SearchAudit,
    VerifyAudit,
};
use wire::session::{Language, Me};
use wire::{Code, Fault};

const SIZE: (f32, f32) = (1280.0, 720.0);

fn auditor() -> Me {
    let mut me = bank::reader();
    me.caller.roles = [AppRole::new("Task.Audit").unwrap()].into();
    me.projects.clear();
    me
}

fn entry(number: u64) -> AuditEntry {
    AuditEntry {
        number,
        at: "2026-11-20T10:00:00Z".to_owned(),
        ended: Some("2026-11-20T10:00:02.5Z".to_owned()),
        person: "0f0f".to_owned(),
        name: Some("Ada Berg".to_owned()),
        session: Some("5e55".to_owned()),
        project: "bank".to_owned(),
        call: "search".to_owned(),
        target: None,
        outcome: AuditOutcome::Done,
        reason: None,
        rows: Some(12),
        bytes: Some(900),
        millis: Some(2_500),
        question: Some("7f7f".to_owned()),
        request: json!({ "project": "bank", "text": "Meyer", "object_types": ["person", "company"] }),
        changed: None,
        mark: "c0ffee".to_owned(),
    }
}

fn refused() -> AuditEntry {
    AuditEntry {
        call: "create_project".to_owned(),
        outcome: AuditOutcome::Denied,
        reason: Some("it needs the role Task.Manage".to_owned()),
        request: json!({ "id": "mine" }),
        ..entry(41)
    }
}

fn page(entries: Vec<AuditEntry>, next: Option<u64>) -> AuditEntries {
    AuditEntries { entries, next }
}

/// The page with two entries on it.
fn opened() -> Screen {
    let mut screen = Screen::open("/admin/audit", &auditor(), SIZE, Theme::Dark);
    screen.server.answer::<SearchAudit>(&page(vec![entry(42), refused()], None));
    screen.run();
    screen
}

/// Chooses the first entry, which gives the keyboard to all of them.
fn choose_first(screen: &mut Screen) {
    screen.harness.get_by_role_and_label(Role::Row, "Row 1").click();
    screen.run();
}

fn press(screen: &mut Screen, key: egui::Key) {
    screen.harness.key_press(key);
    screen.run();
}

#[test]
fn an_auditor_without_a_project_is_led_from_the_list_of_projects_to_the_entries_of_the_last_days() {
    let mut screen = Screen::open("/", &auditor(), SIZE, Theme::Dark);
    assert!(screen.shows("You audit this instance"));
    screen.click("Open the audit log");
    assert_eq!(screen.server.address(), "/admin/audit");
    let asked = screen.server.answer::<SearchAudit>(&page(vec![entry(42), refused()], None));
    let week = AuditFilters { from: Some("2026-11-14T00:00:00Z".to_owned()), ..AuditFilters::default() };
    assert_eq!((asked.filters, asked.before), (week, None));
    screen.run();
    for text in ["2 entries", "Ada Berg", "create_project", "it needs the role Task.Manage", "2026-11-20 10:00:00"] {
        assert!(screen.shows(text), "{text}");
    }
    screen.shot("audit");
}

#[test]
fn every_filter_narrows_what_is_asked_for() {
    let mut screen = opened();
    screen.click("Today");
    let asked = screen.server.answer::<SearchAudit>(&page(vec![entry(42)], None));
    assert_eq!(asked.filters.from.as_deref(), Some("2026-11-20T00:00:00Z"));
    screen.run();
    screen.fill("Person: name, e-mail or id", " ada@bank.example ");
    screen.fill("Call", "search");
    screen.fill("Project", "bank");
    screen.click("From–to");
    assert!(screen.server.waiting().is_empty(), "nothing is asked before a time is typed");
    screen.fill("From (UTC)", "2026-11-19 08:00");
    screen.fill("To (UTC)", "soon");
    assert!(screen.shows("Type day and time"));
    screen.click("Search");
    assert!(screen.server.waiting().is_empty(), "not with a time that is none");
    screen.fill("To (UTC)", "2026-11-19");
    screen.click("Search");
    let asked = screen.server.answer::<SearchAudit>(&page(vec![], None)).filters;
    let text = |text: &str| Some(text.to_owned());
    let expected = AuditFilters {
        from: text("2026-11-19T08:00:00Z"),
        until: text("2026-11-20T00:00:00Z"),
        person: text("ada@bank.example"),
        call: text("search"),
        project: text("bank"),
        outcome: None,
    };
    assert_eq!(asked, expected);
    screen.run();
    screen.harness.get_by_role_and_label(Role::ComboBox, "Outcome").click();
    screen.run();
    screen.click("Refused as unknown");
    let asked = screen.server.answer::<SearchAudit>(&page(vec![], None)).filters;
    assert_eq!(asked, AuditFilters { outcome: Some(AuditOutcome::Hidden), ..expected });
    screen.run();
    assert!(screen.shows("No entry fits"));
    screen.click("Clear filters");
    let asked = screen.server.answer::<SearchAudit>(&page(vec![entry(42)], None)).filters;
    assert_eq!(asked, AuditFilters::default());
}

#[test]
fn an_entry_is_opened_by_the_keyboard_with_its_whole_request_and_leads_to_others_like_it() {
    let mut screen = opened();
    choose_first(&mut screen);
    for text in ["Meyer", "object_types", "company", "Session", "5e55", "Chain mark", "c0ffee", "7f7f", "2.5 s"] {
        assert!(screen.shows(text), "{text}");
    }
    screen.shot("audit-entry");
    press(&mut screen, egui::Key::ArrowDown);
    assert!(screen.shows("mine") && !screen.shows("Meyer"), "the side follows");
    screen.click("This person");
    let asked = screen.server.answer::<SearchAudit>(&page(vec![entry(42)], None));
    assert_eq!(asked.filters.person.as_deref(), Some("0f0f"));
    screen.run();
    assert!(screen.shows_value("0f0f") && !screen.shows("mine"), "another search closes the entry");
    choose_first(&mut screen);
    screen.click("Close");
    assert!(!screen.shows("Meyer"));
}

#[test]
fn older_entries_come_when_the_end_is_near_and_a_page_that_fails_leaves_the_others() {
    let mut screen = Screen::open("/admin/audit", &auditor(), SIZE, Theme::Dark);
    screen.server.answer::<SearchAudit>(&page((201..=400).rev().map(entry).collect(), Some(201)));
    screen.run();
    assert!(screen.shows("200 entries, and older ones"));
    assert!(screen.server.waiting().is_empty(), "not while the end is far");
    choose_first(&mut screen);
    press(&mut screen, egui::Key::End);
    screen.run();
    let down = Fault::new(Code::StoreUnavailable, "The store is away.", "Try again.");
    let asked = screen.server.refuse::<SearchAudit>(down);
    assert_eq!(asked.before, Some(201));
    screen.run();
    assert!(screen.shows("The store is away.") && screen.shows("200 entries"));
    assert!(screen.server.waiting().is_empty(), "not asked again by itself");
    screen.click("Try again");
    screen.server.answer::<SearchAudit>(&page(vec![entry(200)], None));
    screen.run();
    assert!(screen.shows("201 entries") && !screen.shows("older"));
}

#[test]
fn a_search_that_fails_says_so_and_is_tried_again() {
    let mut screen = Screen::open("/admin/audit", &auditor(), SIZE, Theme::Dark);
    screen.server.refuse::<SearchAudit>(Fault::new(Code::StoreUnavailable, "The store is away.", "Try again later."));
    screen.run();
    assert!(screen.shows("The store is away."));
    screen.click("Try again");
    screen.server.answer::<SearchAudit>(&page(vec![entry(42)], None));
    screen.run();
    assert!(screen.shows("1 entry") && !screen.shows("The store is away."));
}

#[test]
fn the_chain_is_verified_and_its_end_is_there_to_be_copied() {
    let mut screen = opened();
    screen.click("Verify");
    let asked =
        screen.server.answer::<VerifyAudit>(&AuditVerdict::Whole { entries: 4_711, end: "4711:0f3a".to_owned() });
    assert!(asked.anchors.is_empty());
    screen.run();
    assert!(screen.shows("4,711 entries, each as it was written, none missing.") && screen.shows("4711:0f3a"));
    screen.click("Copy the end");
    screen.shot("audit-verified");
    screen.fill("Ends that were kept, to compare with", "17:aa, 18:bb");
    screen.click("Verify again");
    let why = "it differs from the anchor that was kept".to_owned();
    let asked = screen.server.answer::<VerifyAudit>(&AuditVerdict::Broken { entry: 17, why });
    assert_eq!(asked.anchors, ["17:aa", "18:bb"]);
    screen.run();
    assert!(screen.shows("Entry 17: it differs from the anchor that was kept."));
    assert!(!screen.shows("4711:0f3a"));
}

#[test]
fn what_was_looked_for_is_exported_in_either_format() {
    for (line, format) in
        [("CSV, for spreadsheets", AuditFormat::Csv), ("JSON lines, for programs", AuditFormat::JsonLines)]
    {
        let mut screen = opened();
        screen.click("Export");
        screen.click(line);
        let (name, request) = screen.server.downloads().remove(0);
        let request: ExportAudit = serde_json::from_str(&request).unwrap();
        assert_eq!((name.as_str(), request.format), ("export_audit", format));
        assert_eq!(request.filters.from.as_deref(), Some("2026-11-14T00:00:00Z"), "what is shown is taken out");
        assert!(screen.shows("Exporting"));
    }
}

#[test]
fn the_page_speaks_norwegian() {
    let mut me = auditor();
    me.preferences.language = Some(Language::Norwegian);
    let mut screen = Screen::open("/admin/audit", &me, SIZE, Theme::Light);
    screen.server.answer::<SearchAudit>(&page(vec![entry(42), refused()], None));
    screen.run();
    for text in ["2 oppføringer", "Avvist", "Kontroller", "7 dager", "Utfall"] {
        assert!(screen.shows(text), "{text}");
    }
    assert!(screen.shows_value("Alle utfall"));
    screen.click("Kontroller");
    let why = "it is missing".to_owned();
    screen.server.answer::<VerifyAudit>(&AuditVerdict::Broken { entry: 17, why });
    screen.run();
    assert!(screen.shows("Oppføring 17: den mangler."));
    screen.shot("audit-norwegian");
}

#[test]
fn everything_has_its_place_on_a_small_screen() {
    let mut screen = opened();
    choose_first(&mut screen);
    let outside: Vec<String> = ["Search", "Verify", "Export", "Outcome", "This call"]
        .into_iter()
        .filter(|label| {
            let mut nodes = screen.harness.get_all_by_label(label);
            !nodes.any(|node| node.rect().right() <= SIZE.0 && node.rect().bottom() <= SIZE.1)
        })
        .map(str::to_owned)
        .collect();
    assert!(outside.is_empty(), "{outside:?}");
}
