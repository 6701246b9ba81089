//! The changelog of the environment: which settings appeared, vanished or changed from one start to the next.
//!
//! Names only. A value is known by its keyed hash, which nobody can make or try without the key of the store, and the
//! record lies sealed in the store. When the key is rolled, the hashes are of another key: names are compared, values are
//! not.
//!
//! Several servers on one store are compared each with its own start before: a server is known by its machine and the
//! addresses that it listens on. One that was not there before is compared with the newest start of its machine, or else of
//! any.
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
use crate::store::{Outcome, RecordKey, RecordKind, Store, StoreError, When, Write};

/// The call under which a start is written down.
pub const STARTED: &str = "start";
/// The call under which an orderly end is written down.
pub const STOPPED: &str = "stop";
/// Starts with changes that are kept.
const MOST_CHANGES: usize = 500;
/// Servers whose newest start is kept; those of containers have a new name each time.
const MOST_SERVERS: usize = 32;
/// Tries against other servers that start at the same moment.
const MOST_TRIES: u32 = 20;
/// Letters of a machine's name that are kept.
const LONGEST_MACHINE: usize = 64;

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
    /// The newest start of any server, which is all that earlier versions keep.
    #[serde(flatten)]
    newest: Start,
    /// The newest start of each server, by its name.
    #[serde(default)]
    servers: BTreeMap<String, Start>,
    /// Oldest first.
    changes: Vec<Change>,
}

/// The settings of one start.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Start {
    /// The id of the key that the hashes are under.
    key: String,
    /// Keyed hashes by name.
    names: BTreeMap<String, String>,
    /// When, as 2026-11-20T10:00:00Z; empty of a start that an earlier version kept.
    #[serde(default)]
    at: String,
}

/// Writes down that the server starts, with what differs from its start before.
///
/// # Errors
/// [`StoreError`] when the store cannot be read or written.
pub async fn note_start(store: &dyn Store, settings: &Settings, now: Timestamp) -> Result<Change, StoreError> {
    let machine = machine();
    let addresses: Vec<String> = settings.listen.iter().map(ToString::to_string).collect();
    let server = format!("{machine} {}", addresses.join(","));
    let start = Start { key: store.key_id().to_string(), names: hashed(store, &settings.given), at: now.to_string() };
    let mut tries = 0;
    loop {
        tries += 1;
        let (mut kept, when) = read(store).await?;
        let change = kept.begin(&machine, &server, start.clone());
        let body = serde_json::to_vec(&kept).unwrap_or_default();
        let entry = started(&change).into_note(now, Outcome::Done);
        match store.keep(vec![Write::put_when(record(), body, when)], vec![entry]).await {
            Ok(_) => return Ok(change),
            // Another server started at this moment.
            Err(StoreError::RowConflict { .. }) if tries < MOST_TRIES => {}
            Err(error) => return Err(error),
        }
    }
}

impl Kept {
    /// Takes note of a start; gives what differs.
    fn begin(&mut self, machine: &str, server: &str, start: Start) -> Change {
        let before = self.before(machine, server);
        let is_comparable = before.key == start.key;
        let change = Change {
            at: start.at.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            appeared: start.names.keys().filter(|name| !before.names.contains_key(*name)).cloned().collect(),
            vanished: before.names.keys().filter(|name| !start.names.contains_key(*name)).cloned().collect(),
            changed: start
                .names
                .iter()
                .filter(|(name, hash)| is_comparable && before.names.get(*name).is_some_and(|before| before != *hash))
                .map(|(name, _)| name.clone())
                .collect(),
        };
        if !(change.appeared.is_empty() && change.vanished.is_empty() && change.changed.is_empty()) {
            self.changes.push(change.clone());
        }
        self.changes.drain(..self.changes.len().saturating_sub(MOST_CHANGES));
        self.servers.insert(server.to_owned(), start.clone());
        self.newest = start;
        while self.servers.len() > MOST_SERVERS {
            let oldest = self.servers.iter().min_by(|(_, a), (_, b)| a.at.cmp(&b.at)).map(|(name, _)| name.clone());
            self.servers.remove(&oldest.unwrap_or_default());
        }
        change
    }

    /// What a start is compared with.
    fn before(&self, machine: &str, server: &str) -> Start {
        if let Some(own) = self.servers.get(server) {
            return own.clone();
        }
        let of_machine = self.servers.iter().filter(|(name, _)| name.split(' ').next() == Some(machine));
        let newest = of_machine.map(|(_, start)| start).max_by(|a, b| a.at.cmp(&b.at));
        newest.unwrap_or(&self.newest).clone()
    }
}

/// The name of this machine, or of its container, as the kernel has it.
fn machine() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().replace(' ', "-");
    name.chars().take(LONGEST_MACHINE).collect()
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
    let mut changes = read(store).await?.0.changes;
    changes.reverse();
    Ok(changes)
}

async fn read(store: &dyn Store) -> Result<(Kept, When), StoreError> {
    let Some(record) = store.get(record()).await? else { return Ok((Kept::default(), When::Absent)) };
    let kept = record.body.plain().and_then(|body| serde_json::from_slice(body).ok());
    Ok((kept.unwrap_or_default(), When::At(record.revision)))
}

fn hashed(store: &dyn Store, given: &[GivenName]) -> BTreeMap<String, String> {
    let keyed = Keyed::new(&store.derive("environment names"));
    let hash = |given: &GivenName| hex(&keyed.mark(&[given.name.as_bytes(), given.value.expose().as_bytes()]));
    given.iter().map(|given| (given.name.clone(), hash(given))).collect()
}

fn record() -> RecordKey {
    RecordKey::new(RecordKind::Environment, "", "names")
}
