//! What the administration's screens ask of a running server beside the store: its settings, checks that take long, and
//! one backup at a time.
//!
//! The settings are kept without the keys of the store; these are in the keyring, which opens backups.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use model::{ProjectId, SourceId};
use tokio::sync::{Mutex as AsyncMutex, Semaphore};
use wire::keeping::CheckNow;

use crate::doctor::Finding;
use crate::settings::{Settings, StorePlace};
use crate::store::Keyring;
use crate::store::backup_files::{self, Beside};

/// What the screens need.
pub struct Console {
    /// Everything but the keys of the store.
    pub(crate) settings: Settings,
    /// The keys of the store.
    pub(crate) keyring: Keyring,
    /// When the server started.
    pub(crate) since: Timestamp,
    /// The newest check of the store.
    pub(crate) check: CheckState,
    /// What the doctor found, and when; held while it looks.
    pub(crate) looked: AsyncMutex<Option<Arc<Looked>>>,
    /// A backup takes as much room as the store: one at a time.
    pub(crate) backups: Arc<Semaphore>,
}

/// A disk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Disk {
    pub(crate) free_bytes: u64,
    pub(crate) all_bytes: u64,
}

/// What the doctor found at one moment.
pub(crate) struct Looked {
    pub(crate) at: Timestamp,
    pub(crate) findings: Vec<Finding>,
    pub(crate) sources: Vec<LookedSource>,
}

/// What it found of one source.
pub(crate) struct LookedSource {
    pub(crate) project: ProjectId,
    pub(crate) source: SourceId,
    pub(crate) finding: Finding,
}

/// The newest check of the store; clones are the same one.
#[derive(Clone)]
pub(crate) struct CheckState(Arc<Mutex<CheckNow>>);

impl CheckState {
    /// How it stands.
    pub(crate) fn now(&self) -> CheckNow {
        self.lock().clone()
    }

    /// Begins one, unless one runs; what was known before comes back when it is dropped without an end.
    pub(crate) fn begin(&self, at: Timestamp) -> Option<Checking> {
        let mut state = self.lock();
        if matches!(*state, CheckNow::Running { .. }) {
            return None;
        }
        let before = std::mem::replace(&mut *state, CheckNow::Running { began: at.as_second(), rows: 0 });
        Some(Checking { state: self.clone(), before })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, CheckNow> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A check under way.
pub(crate) struct Checking {
    state: CheckState,
    before: CheckNow,
}

impl Checking {
    /// So many rows were looked at.
    pub(crate) fn progress(&self, looked_at: u64) {
        if let CheckNow::Running { rows, .. } = &mut *self.state.lock() {
            *rows = looked_at;
        }
    }

    /// It has ended.
    pub(crate) fn end(mut self, found: CheckNow) -> CheckNow {
        self.before = found.clone();
        found
    }
}

impl Drop for Checking {
    fn drop(&mut self) {
        *self.state.lock() = self.before.clone();
    }
}

impl Console {
    /// Nothing is looked at yet.
    pub(crate) fn new(settings: &Settings, keyring: Keyring, since: Timestamp) -> Self {
        let settings = Settings { encryption_key: None, encryption_key_rolling: None, ..settings.clone() };
        Self {
            settings,
            keyring,
            since,
            check: CheckState(Arc::new(Mutex::new(CheckNow::Never))),
            looked: AsyncMutex::default(),
            backups: Arc::new(Semaphore::new(1)),
        }
    }

    /// The backups on the server, newest first.
    pub(crate) fn backup_files(&self) -> Vec<Beside> {
        backup_files::all(
            &self.settings.backup_stem(),
            self.settings.backups.as_ref().map(|schedule| schedule.folder.as_path()),
        )
    }

    /// Room left where the store is, in bytes, where the store is a file here.
    pub(crate) fn free_bytes(&self) -> Option<u64> {
        Some(self.disk()?.free_bytes)
    }

    /// The disk of the store, where the store is a file here.
    pub(crate) fn disk(&self) -> Option<Disk> {
        let folder = match &self.settings.store {
            StorePlace::Sqlite(_) => self.work_folder(),
            StorePlace::PostgreSql(_) => return None,
        };
        let disk = rustix::fs::statvfs(&folder).ok()?;
        let [free_bytes, all_bytes] = [disk.f_bavail, disk.f_blocks].map(|blocks| blocks.saturating_mul(disk.f_frsize));
        Some(Disk { free_bytes, all_bytes })
    }

    /// The kind of the store's database, and where it is, without credentials.
    pub(crate) fn store_place(&self) -> (&'static str, String) {
        match &self.settings.store {
            StorePlace::Sqlite(path) => ("SQLite", path.display().to_string()),
            StorePlace::PostgreSql(place) => ("PostgreSQL", place.to_string()),
        }
    }

    /// Where backups lie, and files that are made only to be sent.
    pub(crate) fn work_folder(&self) -> PathBuf {
        let stem = self.settings.backup_stem();
        let folder = stem.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(&self.settings.data).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_check_runs_at_a_time_and_one_that_is_let_go_leaves_what_was_known_before() {
        let state = CheckState(Arc::new(Mutex::new(CheckNow::Never)));
        let now = Timestamp::from_second(1_000).unwrap();
        let first = state.begin(now).unwrap();
        assert!(state.begin(now).is_none(), "not a second one");
        first.progress(64);
        assert_eq!(state.now(), CheckNow::Running { began: 1_000, rows: 64 });
        drop(first);
        assert_eq!(state.now(), CheckNow::Never, "nobody waited for it");
        let whole = CheckNow::Whole { at: 1_010, rows: 900 };
        assert_eq!(state.begin(now).unwrap().end(whole.clone()), whole);
        assert_eq!(state.now(), whole);
        drop(state.begin(now).unwrap());
        assert_eq!(state.now(), whole, "the newest result stays");
    }
}
