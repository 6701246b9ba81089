//! The store on one SQLite file: one thread writes, a few connections read.

mod audit_log;
mod audit_search;
mod audit_start;
mod disk;
mod file;
mod open;
mod readers;
mod records;
mod roll;
mod sessions;
mod sums;
mod uploads;
mod whole;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::watch;
use zeroize::Zeroizing;

use super::error::Cause;
use super::keyring::{InUse, Keyring, Roll};
use super::records::Answer;
use super::roll::{RollNote, RolledStore};
use super::vault::{KeyId, Sealed, Vault};
use super::{Health, Store, StoreError};
use readers::Readers;
use writer::{Bench, Writer, Writing, note_failure};

/// The store on SQLite.
pub struct SqliteStore {
    path: PathBuf,
    keys: InUse,
    roll: watch::Sender<Roll>,
    writer: Writer,
    readers: Readers,
    health: watch::Sender<Health>,
}

impl SqliteStore {
    /// Opens the file, or makes it with its folder. Nothing is changed if the file is not a store, is newer than this
    /// program, is damaged, or is sealed under another key.
    pub fn open(path: &Path, keyring: impl Into<Keyring>) -> Result<Self, StoreError> {
        let (connection, keys, checked) = open::writer(path, &keyring.into())?;
        let health = watch::Sender::new(Health::Fine);
        if !checked {
            check_in_background(path.to_owned(), health.clone())?;
        }
        let roll = watch::Sender::new(keys.roll);
        let keys = InUse::new(keys);
        let writer = Writer::start(Bench { connection, keys: keys.clone(), health: health.clone() })?;
        let readers = Readers::new(path.to_owned(), health.clone());
        Ok(Self { path: path.to_owned(), keys, roll, writer, readers, health })
    }

    /// Whether opening the file would bring it to a newer schema. Looks without changing anything.
    pub fn is_older(path: &Path) -> bool {
        file::schema(path).is_some_and(|schema| schema < open::SCHEMA)
    }

    fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        self.writer.write(job)
    }

    fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection, &Arc<Vault>) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        let vault = self.keys.get().vault;
        self.readers.read(move |connection| job(connection, &vault))
    }
}

impl Store for SqliteStore {
    fn open(&self, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.keys.get().vault.open(sealed).inspect_err(|error| note_failure(&self.health, error))
    }

    fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        self.keys.get().vault.derive(purpose)
    }

    fn key_id(&self) -> KeyId {
        self.keys.get().vault.key_id()
    }

    fn roll(&self) -> watch::Receiver<Roll> {
        self.roll.subscribe()
    }

    fn roll_key(&self, note: RollNote) -> Answer<'_, RolledStore> {
        self.roll_to_next(note)
    }

    fn health(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }

    fn refuse(&self, because: StoreError) {
        note_failure(&self.health, &because);
    }

    fn close(&self) -> Answer<'_, ()> {
        Box::pin(async {
            self.readers.close().await;
            self.writer.close().await;
            Ok(())
        })
    }
}

/// A large file is checked while it already serves; damage ends the writes.
fn check_in_background(path: PathBuf, health: watch::Sender<Health>) -> Result<(), StoreError> {
    let work = move || {
        let name = path.display().to_string();
        let checked = open::reader(&path).and_then(|connection| open::quick_check(&connection));
        if let Err(error) = checked {
            note_failure(&health, &error.of_file(&name));
        }
    };
    let spawned = std::thread::Builder::new().name("store check".into()).spawn(work);
    spawned.map(|_| ()).map_err(|error| StoreError::Failed(Cause(error.to_string())))
}
