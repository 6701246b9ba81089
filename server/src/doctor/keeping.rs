//! The key, the store, the end of the audit log, and the clock as the store has seen it.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use super::Finding;
use crate::audit::{Audit, CLI, ClockBack, Entry, clock};
use crate::settings::{Settings, StorePlace, names};
use crate::start::open_store;
use crate::store::{self, Outcome, Store, StoreError, Verdict};
use crate::world::{Clock, Dice};

/// How many entries at the end of the audit log are looked at; all of them is `clew audit verify`.
const ENTRIES: u64 = 10_000;

/// Opens the store and looks into it; gives it back where it can be used.
pub(super) async fn examine(
    settings: &Settings,
    fix: bool,
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
) -> (Vec<Finding>, Option<Arc<dyn Store>>) {
    if let Err(fault) = settings.key() {
        return (vec![Finding::bad_as_said("key", &fault)], None);
    }
    if let Some(finding) = not_to_be_opened(&settings.store) {
        return (vec![finding], None);
    }
    let store = match open_store(settings, dice) {
        Ok(store) => store,
        Err(crate::StartFault::Store(error @ StoreError::WrongKey { .. })) => {
            return (vec![Finding::bad_as_said("key", &error)], None);
        }
        Err(error) => return (vec![Finding::bad_as_said("store", &error)], None),
    };
    let mut findings = vec![
        Finding::ok("key", format!("It is the key of the store; its id is {}.", store.key_id())),
        of_rows(&*store, format!("{} opens, and its structure is whole.", settings.store)).await,
    ];
    findings.push(of_log(&*store).await);
    findings.push(of_clock(&*store, clock.now()).await);
    // Before any source is asked.
    let entry = Entry {
        person: CLI.to_owned(),
        call: "doctor".to_owned(),
        project: String::new(),
        details: json!({ "fix": fix }),
    };
    if let Err(unavailable) = Audit::new(store.clone(), clock).note(entry, Outcome::Done).await {
        findings.push(Finding::bad_as_said("audit log", &unavailable.0));
        return (findings, None);
    }
    (findings, Some(store))
}

/// A store that is not there, or that opening would change.
fn not_to_be_opened(place: &StorePlace) -> Option<Finding> {
    match store::is_there(place) {
        Ok(true) => {}
        Ok(false) => {
            let said = format!("There is no store at {place} yet.");
            let remedy =
                format!("`clew serve` makes one; if there should be one, see {} and {}.", names::STORE, names::DATA);
            return Some(Finding::warn("store", said, remedy));
        }
        Err(error) => return Some(Finding::bad_as_said("store", &error)),
    }
    if store::is_older(place).is_ok_and(|is_older| is_older) {
        let said = format!("{place} is of an older version; it was left as it is, and nothing in it was looked at.");
        let remedy = "Make a backup with the program of that version; `clew serve` brings it up to date.";
        return Some(Finding::warn("store", said, remedy));
    }
    None
}

/// Whether the records and sessions are those that were written; `fine` where they are.
pub(super) async fn of_rows(store: &dyn Store, fine: String) -> Finding {
    match store.verify_rows().await {
        Ok(faults) if faults.is_empty() => Finding::ok("store", fine),
        Ok(faults) => {
            let remedy = "Keep the store as it is, and restore a backup into another place.";
            Finding::bad("store", format!("{}.", faults.join("; ")), remedy)
        }
        Err(error) => Finding::bad_as_said("store", &error),
    }
}

pub(super) async fn of_log(store: &dyn Store) -> Finding {
    let check = "audit log";
    match store.verify_audit_end(ENTRIES).await {
        Ok(Verdict::Whole { entries }) => {
            let looked_at = entries.min(ENTRIES);
            Finding::ok(check, format!("{entries} entries; the last {looked_at} are as they were written."))
        }
        Ok(Verdict::Broken { seq, why }) => {
            let remedy = "Keep the file as it is, run `clew audit verify`, and compare with a backup.";
            Finding::bad(check, format!("Entry {seq}: {why}."), remedy)
        }
        Err(error) => Finding::bad_as_said(check, &error),
    }
}

pub(super) async fn of_clock(store: &dyn Store, now: Timestamp) -> Finding {
    let check = "clock";
    let highest = async { clock::highest(store, clock::newest(store).await?, now).await };
    let highest = match highest.await {
        Ok(highest) => highest,
        Err(error) => return Finding::bad_as_said(check, &error),
    };
    if let Some(back) = highest.and_then(|highest| ClockBack::of(now, highest)) {
        return Finding::bad(check, back.to_string(), ClockBack::REMEDY);
    }
    Finding::ok(check, format!("It says {now:.0}, and nothing in the store is newer."))
}
