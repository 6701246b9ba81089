//! One server for one store: a lock on a file beside it, which the system gives back when the process ends, however it
//! ends. Commands take none, because they work beside a running server; only those that fill a store or roll its key do.
//!
//! A store on PostgreSQL is for several servers, and has locks of its own (`postgresql/locks.rs`).
//!
//! It is a file of its own, because closing any handle of the database's own file would give back SQLite's locks.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::StoreError;
use crate::settings::StorePlace;

/// Held for as long as a server uses its store.
#[derive(Debug)]
pub struct Alone(#[expect(dead_code, reason = "what counts is that it is open")] File);

impl Alone {
    /// Takes the lock of a store.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another server holds it, `CannotWrite` when the file cannot be made.
    pub fn with(store: &Path) -> Result<Self, StoreError> {
        let path = beside(store);
        let shown = || store.display().to_string();
        let opened = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
        let file = opened.map_err(|error| StoreError::CannotWrite { file: shown(), cause: error.to_string() })?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse { file: shown() }),
            Err(TryLockError::Error(error)) => Err(StoreError::CannotWrite { file: shown(), cause: error.to_string() }),
        }
    }
}

impl Alone {
    /// Takes the lock of a store on a file; of one in a database, [`super::Store::claim`] takes it.
    ///
    /// # Errors
    /// The same.
    pub fn with_place(place: &StorePlace) -> Result<Option<Self>, StoreError> {
        match place {
            StorePlace::Sqlite(path) => Self::with(path).map(Some),
            StorePlace::PostgreSql(_) => Ok(None),
        }
    }

    /// Whether a server holds the lock of a store; nothing is made to find out.
    pub fn is_held(store: &Path) -> bool {
        let file = OpenOptions::new().write(true).open(beside(store));
        file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

fn beside(store: &Path) -> PathBuf {
    let mut path: OsString = store.as_os_str().to_owned();
    path.push(".lock");
    path.into()
}
