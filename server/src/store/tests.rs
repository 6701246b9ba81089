//! The store from outside: what is kept, what is refused, and what somebody finds who can read or write its files.

mod attacks;
mod audit_search;
mod opening;
mod records;
mod rolling;
mod sealing;
mod speed;
mod whole;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::settings::MasterKey;
use crate::world::SystemDice;

pub(super) const KEY: [u8; 32] = *b"\x01clew-test-key-number-one-32-b.\x02";
pub(super) const OTHER_KEY: [u8; 32] = *b"\x03clew-test-key-number-two-32-b.\x04";

pub(super) fn vault(key: [u8; 32]) -> Vault {
    Vault::new(MasterKey::from_random(key), Arc::new(SystemDice))
}

pub(super) fn open_at(path: &Path) -> SqliteStore {
    SqliteStore::open(path, vault(KEY)).unwrap()
}

/// A new store in a folder that goes with the test.
pub(super) struct Bed {
    pub(super) folder: tempfile::TempDir,
    pub(super) store: SqliteStore,
}

impl Bed {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open_at(&folder.path().join("data/clew.db"));
        Self { folder, store }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("data/clew.db")
    }

    /// The file as somebody with a SQLite shell sees it.
    pub(super) fn shell(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.path()).unwrap();
        connection.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
        connection.execute_batch(sql).unwrap();
    }

    /// Closes and opens again.
    pub(super) async fn again(self) -> Self {
        self.store.close().await.unwrap();
        let store = open_at(&self.path());
        Self { folder: self.folder, store }
    }
}

pub(super) fn project(id: &str) -> RecordKey {
    RecordKey::new(RecordKind::Project, id, id)
}

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(super) fn note(call: &str) -> NewAudit {
    entry(call, Phase::Note, Outcome::Done)
}

pub(super) fn entry(call: &str, phase: Phase, outcome: Outcome) -> NewAudit {
    NewAudit {
        at: at(1_000),
        phase,
        person: "ann".into(),
        call: call.into(),
        project: "p1".into(),
        outcome,
        details: format!("details of {call}").into_bytes(),
    }
}

/// A body's text.
pub(super) fn text(record: &Record) -> &str {
    std::str::from_utf8(record.body.plain().unwrap()).unwrap()
}
