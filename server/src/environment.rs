//! The changelog of the environment: which settings appeared, vanished or changed from one start to the next.
//!
//! Names only. A value is known by its keyed hash, which nobody can make or try without the key of the store, and the
//! record lies sealed in the store. When the key is rolled, the hashes are of another key: names are compared, values are
//! not.
//!
//! Absent on purpose: any value, and any way to get one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audit::{Entry, SERVER};
use crate::hash::hex;
use crate::settings::{GivenName, Settings};
use crate::store::vault::Keyed;
use crate::store::{Outcome, RecordKey, RecordKind, Store, StoreError, Write};

/// The call under which a start is written down.
pub const STARTED: &str = "start";
/// The call under which an orderly end is written down.
pub const STOPPED: &str = "stop";
/// Starts with changes that are kept.
const MOST_CHANGES: usize = 500;

/// What differed at one start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When, as 2026-11-20T10:00:00Z.
    pub at: String,
    /// The version that was started.
    pub version: String,
    pub appeared: Vec<String>,
    pub vanished: Vec<String>,
    pub changed: Vec<String>,
}

/// What is kept.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    /// The id of the key that the hashes are under.
    key: String,
    /// Keyed hashes by name.
    names: BTreeMap<String, String>,
    /// Oldest first.
    changes: Vec<Change>,
}

/// Writes down that the server starts, with what differs from the start before.
///
/// # Errors
/// [`StoreError`] when the store cannot be read or written.
pub async fn note_start(store: &dyn Store, settings: &Settings, now: Timestamp) -> Result<Change, StoreError> {
    let mut kept = read(store).await?;
    let key = store.key_id().to_string();
    let names = hashed(store, &settings.given);
    let is_comparable = kept.key == key;
    let change = Change {
        at: now.to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        appeared: names.keys().filter(|name| !kept.names.contains_key(*name)).cloned().collect(),
        vanished: kept.names.keys().filter(|name| !names.contains_key(*name)).cloned().collect(),
        changed: names
            .iter()
            .filter(|(name, hash)| is_comparable && kept.names.get(*name).is_some_and(|before| before != *hash))
            .map(|(name, _)| name.clone())
            .collect(),
    };
    let is_new = !(change.appeared.is_empty() && change.vanished.is_empty() && change.changed.is_empty());
    if is_new {
        kept.changes.push(change.clone());
    }
    let most = kept.changes.len().saturating_sub(MOST_CHANGES);
    kept.changes.drain(..most);
    (kept.key, kept.names) = (key, names);
    let body = serde_json::to_vec(&kept).unwrap_or_default();
    let entry = started(&change).into_note(now, Outcome::Done);
    store.keep(vec![Write::put(record(), body)], vec![entry]).await?;
    Ok(change)
}

fn started(change: &Change) -> Entry {
    let Change { version, appeared, vanished, changed, .. } = change;
    let environment = json!({ "appeared": appeared, "vanished": vanished, "changed": changed });
    let details = json!({ "version": version, "environment": environment });
    Entry { person: SERVER.to_owned(), call: STARTED.to_owned(), project: String::new(), details }
}

/// The entry of an orderly end.
pub fn stopped(reason: &str) -> Entry {
    let details = json!({ "version": env!("CARGO_PKG_VERSION"), "reason": reason });
    Entry { person: SERVER.to_owned(), call: STOPPED.to_owned(), project: String::new(), details }
}

/// What changed from start to start, newest first.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub async fn changes(store: &dyn Store) -> Result<Vec<Change>, StoreError> {
    let mut changes = read(store).await?.changes;
    changes.reverse();
    Ok(changes)
}

async fn read(store: &dyn Store) -> Result<Kept, StoreError> {
    let record = store.get(record()).await?;
    let kept = record.and_then(|record| serde_json::from_slice(record.body.plain()?).ok());
    Ok(kept.unwrap_or_default())
}

fn hashed(store: &dyn Store, given: &[GivenName]) -> BTreeMap<String, String> {
    let keyed = Keyed::new(&store.derive("environment names"));
    let hash = |given: &GivenName| hex(&keyed.mark(&[given.name.as_bytes(), given.value.expose().as_bytes()]));
    given.iter().map(|given| (given.name.clone(), hash(given))).collect()
}

fn record() -> RecordKey {
    RecordKey::new(RecordKind::Environment, "", "names")
}
