//! One value of every reply of the administration's calls.

use serde_json::{Value, json};
use wire::audit::{AuditEntries, AuditEntry, AuditOutcome, AuditVerdict};
use wire::environment::{EnvironmentChange, EnvironmentName, EnvironmentNow, EnvironmentOrigin};
use wire::health::{FailureKind, Figures, HealthSeen, OtherSources, SourceFailure, SourceHealth, State};
use wire::keeping::{BackupChecked, BackupLine, CheckNow, KindCount, MadeFor, StoreNow};
use wire::key::{KeyNow, RollNow};
use wire::set_up::{ClaimFound, ClaimValue, ClaimsTried, RoleMeaning, SignInNow};

use crate::wire_format::same;
use crate::world::{ParseId as _, role};

/// All of them, by the names of their calls.
pub(crate) fn replies_of_the_administration() -> Vec<(String, Value)> {
    [replies_about_the_store(), replies_about_health(), replies_about_sign_in()].concat()
}

fn replies_about_the_store() -> Vec<(String, Value)> {
    let backup = BackupLine {
        name: "clew.db.before-roll-20261120T100000Z".to_owned(),
        folder: Some("/opt/clew/data".to_owned()),
        made_for: MadeFor::Roll,
        bytes: 4_096,
        made: Some(1_795_168_800),
        key: Some("00aa11bb22cc33dd".to_owned()),
        opens: true,
    };
    let now = StoreNow {
        kind: "SQLite".to_owned(),
        place: "/opt/clew/data/clew.db".to_owned(),
        bytes: Some(8_192),
        free_bytes: Some(1 << 30),
        schema: Some(2),
        method: "aes-256-gcm".to_owned(),
        key: "44ee55ff66007711".to_owned(),
        counts: vec![KindCount { kind: "project".to_owned(), rows: 2 }],
        check: CheckNow::Never,
        folder: Some("/opt/clew/data".to_owned()),
        backups: vec![backup],
    };
    let checks = [
        ("running", CheckNow::Running { began: 1_795_168_800, rows: 64 }),
        ("whole", CheckNow::Whole { at: 1_795_168_800, rows: 900 }),
        ("broken", CheckNow::Broken { at: 1_795_168_800, rows: 900, faults: 1 }),
    ];
    let checked = BackupChecked { name: now.backups[0].name.clone(), rows: 900, faults: 0 };
    let mut all = vec![("store_state".to_owned(), same(&now)), ("verify_backup".to_owned(), same(&checked))];
    all.extend(checks.map(|(about, check)| (format!("check_store ({about})"), same(&check))));
    all
}

fn finding(check: &str, state: State) -> wire::health::Finding {
    let text = |text: &str| text.to_owned();
    wire::health::Finding { check: text(check), state, said: text("What was found."), remedy: text("What to do.") }
}

fn replies_about_health() -> Vec<(String, Value)> {
    let source = SourceHealth {
        project: "bank".parse_id(),
        source: "ledger".parse_id(),
        name: "Ledger".to_owned(),
        kind: "postgresql".to_owned(),
        finding: finding("source bank/ledger", State::Bad),
        running: 1,
        waiting: 2,
        at_once: 4,
        failures: vec![SourceFailure { at: 1_795_168_800, kind: FailureKind::Unreachable }],
    };
    let seen = HealthSeen {
        at: 1_795_168_800,
        findings: vec![finding("store", State::Ok), finding("disk", State::Warn)],
        sources: vec![source],
        others: OtherSources { ok: 3, warn: 0, bad: 1 },
    };
    let figures = Figures {
        at: 1_795_168_800,
        since: 1_795_160_000,
        sessions: 12,
        nine_of_ten_millis: Some(50),
        memory_bytes: Some(64 << 20),
        ..Figures::default()
    };
    vec![("look_at_health".to_owned(), same(&seen)), ("read_figures".to_owned(), same(&figures))]
}

fn replies_about_sign_in() -> Vec<(String, Value)> {
    let now = SignInNow {
        embedded: false,
        issuer: "https://issuer.example.org".to_owned(),
        client_id: "clew".to_owned(),
        has_secret: true,
        has_certificate: false,
        has_authorities: false,
        scopes: vec!["profile".to_owned()],
        roles_claim: "groups".to_owned(),
        roles_map: vec![RoleMeaning { value: "6f1d0c".to_owned(), role: role("Task.Manage") }],
        redirect: "https://clew.example.org/sign-in/callback".to_owned(),
        after_sign_out: "https://clew.example.org/".to_owned(),
        back_channel: Some("https://clew.example.org/sign-in/back-channel".to_owned()),
    };
    let values = vec![ClaimValue { value: "6f1d0c".to_owned(), mapped: true, roles: vec![role("Task.Manage")] }];
    let tried = ClaimsTried {
        found: ClaimFound::List,
        values,
        left_out: 0,
        roles: vec![role("Task.Manage")],
        enters: true,
        remarks: vec![finding("iss", State::Bad)],
    };
    vec![
        ("sign_in_settings".to_owned(), same(&now)),
        ("try_issuer".to_owned(), same(&vec![finding("discovery", State::Ok)])),
        ("try_claims".to_owned(), same(&tried)),
    ]
}

pub(crate) fn replies_about_keys() -> Vec<(String, Value)> {
    let (key, other) = (|| "00aa11bb22cc33dd".to_owned(), || "44ee55ff66007711".to_owned());
    let states = [
        ("unwanted", RollNow::Unwanted),
        ("prepared", RollNow::Prepared { to: other() }),
        ("running", RollNow::Running { to: other(), done: 256, rows: 1_000 }),
        ("done", RollNow::Done { from: other() }),
    ];
    let roll = |(about, roll)| (format!("key_state, roll_key ({about})"), same(&KeyNow { key: key(), roll }));
    states.map(roll).into_iter().chain([("environment".to_owned(), same(&environment()))]).collect()
}

fn environment() -> EnvironmentNow {
    let name = |name: &str, origin, secret| EnvironmentName { name: name.to_owned(), origin, secret };
    let change = EnvironmentChange {
        at: "2026-11-20T10:00:00Z".to_owned(),
        version: "0.1.0".to_owned(),
        appeared: vec!["CLEW_SOURCE_BANK__PASSWORD".to_owned()],
        vanished: Vec::new(),
        changed: vec!["CLEW_LISTEN".to_owned()],
    };
    let names = vec![
        name("CLEW_LISTEN", EnvironmentOrigin::Flag, false),
        name("CLEW_LOG", EnvironmentOrigin::Default, false),
        name("CLEW_SOURCE_BANK__PASSWORD", EnvironmentOrigin::Environment, true),
        name("CONFIG_B64_ENCRYPTION_KEY", EnvironmentOrigin::File, true),
    ];
    EnvironmentNow { names, changes: vec![change] }
}

pub(crate) fn replies_about_the_audit() -> Vec<(String, Value)> {
    let entry = AuditEntry {
        number: 4_710,
        at: "2026-11-20T10:00:00Z".to_owned(),
        ended: Some("2026-11-20T10:00:00.012Z".to_owned()),
        person: "0f".repeat(16),
        name: Some("Ada".to_owned()),
        session: Some("0f0f0f0f0f0f0f0f".to_owned()),
        project: "bank".to_owned(),
        call: "run_query".to_owned(),
        target: Some("account".to_owned()),
        outcome: AuditOutcome::Failed,
        reason: Some("SourceFailed".to_owned()),
        rows: Some(10),
        bytes: Some(900),
        millis: Some(12),
        question: Some("7f".to_owned()),
        request: json!({ "project": "bank" }),
        changed: Some(wire::audit::ChangedState { revision: 12, before: Some("0f".repeat(32)), after: None }),
        mark: "0f0f0f0f0f0f0f0f".to_owned(),
    };
    let whole = AuditVerdict::Whole { entries: 4_711, end: "4711:0f".to_owned() };
    let broken = AuditVerdict::Broken { entry: 17, why: "it is missing".to_owned() };
    vec![
        ("search_audit".to_owned(), same(&AuditEntries { entries: vec![entry], next: Some(4_710) })),
        ("verify_audit".to_owned(), same(&whole)),
        ("verify_audit (broken)".to_owned(), same(&broken)),
        ("outcomes".to_owned(), same(&AuditOutcome::ALL.to_vec())),
    ]
}
