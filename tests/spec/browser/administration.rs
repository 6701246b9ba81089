//! The administration in the browser: every room by its address, files out of it, a session ended, the key rolled.

use std::time::Duration;

use super::page::{DEADLINE, Page};
use super::pictures::Colours;
use super::transcript;
use crate::world::{PASSWORD, World};

/// A second key, to be rolled to.
const NEW: &str = "sgTCu5tlTdBVcQ2S0q5fHYrNkZc1TtCWTPVpz1VHJ6o=";

/// The rooms of an instance manager: the address, the tab, and what stands there.
const ROOMS: [(&str, &str, &str); 7] = [
    ("sessions", "My sessions", "Where you are signed in."),
    ("people", "People", "Choose a person to see the sessions."),
    ("sign-in", "Sign-in", "How people sign in"),
    ("health", "Health", "What could keep Clew from working"),
    ("store", "Store", "Is it as it was written?"),
    ("key", "Key", "Ready to be rolled"),
    ("environment", "Environment", "Settings by name"),
];

#[test]
fn the_administration_is_walked_through_and_the_key_is_rolled() {
    transcript(async {
        let world = World::start_with(&[("CONFIG_B64_ENCRYPTION_KEY_ROLLING", NEW)]).await;
        world.add_person("manager", &["Task.Manage"]).await;
        world.add_person("auditor", &["Task.Audit"]).await;
        let page = Page::start(world.origin(), &[]).await;
        page.sign_in("/admin/people", "manager", PASSWORD).await;
        page.find_text("Choose a person to see the sessions.").await;
        every_room(&page).await;
        try_sign_in(&page).await;
        check_again(&world, &page).await;
        back_and_forward(&page).await;
        backup(&page).await;
        let auditor = Page::start(world.origin(), &[]).await;
        export(&auditor).await;
        search_the_log(&auditor).await;
        end_session(&page, &auditor).await;
        auditor.end().await;
        roll(&page).await;
        page.end().await;
        let calls: Vec<String> = world.audit(100).await.into_iter().map(|entry| entry.call).collect();
        for call in [
            "try_issuer",
            "try_claims",
            "verify_audit",
            "look_at_health",
            "back_up",
            "export_audit",
            "end_session",
            "roll_key",
        ] {
            assert!(calls.iter().any(|known| known == call), "{call} is in the audit log: {calls:?}");
        }
    });
}

/// Pictures in both colours.
async fn both(page: &Page, name: &str) {
    for (colours, colour) in [(Colours::Light, "light"), (Colours::Dark, "dark")] {
        page.colours(colours).await;
        page.still().await;
        page.picture(&format!("administration-{name}-{colour}")).await;
    }
}

async fn every_room(page: &Page) {
    for (path, tab, text) in ROOMS {
        page.open(&format!("/admin/{path}")).await;
        page.find_text(text).await;
        let tab = page.find("tab", tab).await;
        assert!(tab.is_selected(), "{path}: its tab is the selected one");
        both(page, path).await;
    }
    page.open("/admin/audit").await;
    page.find_text("Nothing found").await;
}

/// The issuer is tried, and what a sign-in would give is judged.
async fn try_sign_in(page: &Page) {
    page.open("/admin/sign-in").await;
    page.act("button", "Try the issuer").await;
    page.find_text("answers under its name").await;
    page.find_text("sends people back to").await;
    page.act("button", "Use my own sign-in").await;
    page.find_text("This person gets in, with Task.Manage.").await;
    page.act_value("textbox", "Content of an ID token, as JSON", "{ \"sub\": \"ada\" }").await;
    page.act("button", "Which roles?").await;
    page.gone_text("This person gets in, with Task.Manage.").await;
    both(page, "sign-in-tried").await;
}

/// Whoever asks again is looked for again, whatever was found a moment ago.
async fn check_again(world: &World, page: &Page) {
    page.open("/admin/health").await;
    page.find_text("Checked 2026-11-20").await;
    let looked = async || world.audit(200).await.iter().filter(|entry| entry.call == "look_at_health").count();
    let before = looked().await;
    page.act("button", "Check again").await;
    let again = async {
        while looked().await <= before {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(DEADLINE, again).await.expect("it is looked again");
    page.find_text("Checked 2026-11-20").await;
}

/// The log is searched over all time, and its chain is checked.
async fn search_the_log(page: &Page) {
    page.open("/admin/audit").await;
    page.click("radio", "All time").await;
    page.find_text("entries").await;
    page.find_text("look_at_health").await;
    page.click("button", "Verify").await;
    page.find_text("each as it was written, none missing.").await;
}

async fn back_and_forward(page: &Page) {
    page.open("/admin/people").await;
    page.click("tab", "Health").await;
    page.at("/admin/health").await;
    page.find("button", "Check again").await;
    page.click("tab", "Store").await;
    page.at("/admin/store").await;
    page.back().await;
    page.at("/admin/health").await;
    page.find_text("What could keep Clew from working").await;
    page.back().await;
    page.at("/admin/people").await;
    page.forward().await;
    page.forward().await;
    page.at("/admin/store").await;
    page.find_text("Is it as it was written?").await;
}

/// On the store's page.
async fn backup(page: &Page) {
    page.act("button", "Check now").await;
    page.find_text("each as it was written. Checked").await;
    page.act("button", "Download a backup").await;
    let backup = page.saved("clew-backup").await;
    assert!(backup.starts_with(b"clew-bak"), "{} bytes", backup.len());
    page.find_text("is saved").await;
}

/// An auditor has the audit log and the own sessions, and takes entries along.
async fn export(auditor: &Page) {
    auditor.sign_in("/admin/audit", "auditor", PASSWORD).await;
    // The clock of the server is not that of the browser, which asks for the last days.
    auditor.click("radio", "All time").await;
    auditor.find_text("entries").await;
    let seen = auditor.look().await;
    let tabs: Vec<&str> = seen.iter().filter(|seen| seen.role == "tab").map(|seen| seen.name.as_str()).collect();
    assert_eq!(tabs, ["My sessions", "Audit"]);
    both(auditor, "audit").await;
    auditor.click("button", "Export").await;
    auditor.click("menuitem", "CSV, for spreadsheets").await;
    let rows = String::from_utf8(auditor.saved("csv").await).expect("text");
    assert!(rows.contains("back_up"), "{rows}");
}

/// The manager ends the auditor's session; the auditor's next click finds nobody signed in.
async fn end_session(page: &Page, auditor: &Page) {
    page.open("/admin/people").await;
    page.click_beginning("listitem", "auditor").await;
    page.click_beginning("button", "End Chrome").await;
    page.find_text("1 session was ended.").await;
    auditor.click("button", "Verify").await;
    let told = tokio::time::timeout(Duration::from_secs(1), auditor.find("button", "Sign in again")).await;
    assert!(told.is_ok(), "the other window is told within a second");
    auditor.picture("administration-ended").await;
    auditor.forget_complaints().await;
}

async fn roll(page: &Page) {
    page.open("/admin/key").await;
    page.act("button", "Roll the key…").await;
    page.find("dialog", "Roll the key of the store?").await;
    page.picture("administration-key-confirm").await;
    page.fill("Type ROLL to confirm", "ROLL").await;
    page.click("button", "Roll it now").await;
    page.find_text("Rolled; a restart is due").await;
    both(page, "key-done").await;
    page.click("tab", "Store").await;
    page.find_text("clew.db.before-roll-").await;
    let verify = page.beginning("button", "Verify clew.db.before-roll-").await;
    page.act("button", &verify).await;
    page.find_text("is whole").await;
}
