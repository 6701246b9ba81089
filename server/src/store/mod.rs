//! The store: sealed records, sessions, uploads and the audit log, in a database that is trusted with nothing.
//!
//! `Store` is the one door to it, object-safe, so that another database (or a store that fails on purpose) can stand
//! behind it. Whatever a call writes is durable when the call returns. Only `vault` knows keys.

mod alone;
mod audit_log;
pub mod backup;
pub mod backup_files;
mod chain;
mod error;
mod keyring;
mod postgresql;
mod prune;
mod records;
mod roll;
mod sessions;
mod sqlite;
mod sums;
#[cfg(test)]
mod tests;
mod uploads;
pub mod vault;
mod whole;

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;
use zeroize::Zeroizing;

use crate::settings::StorePlace;

pub use alone::Alone;
pub use audit_log::{
    AuditEnd, AuditFound, AuditLog, AuditPage, AuditRow, AuditRows, AuditSearch, AuditSpan, DETAILS_LIMIT_BYTES,
    NewAudit, Outcome, Phase, SEARCH_BYTES, SEARCH_LIMIT,
};
pub use chain::{Anchor, NoAnchor, Verdict};
pub use error::{Cause, EXIT_CANNOT_WRITE, EXIT_IN_USE, EXIT_KEY, EXIT_STORAGE_FAILED, StoreError};
pub use keyring::{Keyring, Roll};
pub use postgresql::PostgreSqlStore;
pub use prune::{PRUNED_CALL, PruneNote, Pruned};
pub use records::{
    Answer, BODY_LIMIT_BYTES, Body, Loaded, Record, RecordKey, RecordKind, Records, WRITES_LIMIT, When, Write,
};
pub use roll::{RollNote, RolledStore};
pub use sessions::{Session, SessionHash, Sessions};
pub use sqlite::SqliteStore;
pub use uploads::{CHUNK_BYTES, CHUNKS_LIMIT, Uploads, chunk_count, image, put_image};
pub use vault::{KeyId, Sealed, Vault};
pub use whole::{Checked, Give, Row, Take, Tally, Whole, check, check_but_for_old_entries, check_telling};

/// The call under which a roll is written down.
pub const ROLLED_CALL: &str = "roll_key";

/// A stored time; one out of range was not written by us.
fn time(microseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(microseconds).map_err(|error| StoreError::Unexpected(Cause(error.to_string())))
}

/// How the store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It reads and writes.
    Fine,
    /// It cannot be used at this moment: `serve` is not ready, and waits.
    Away(StoreError),
    /// It takes no more writes: `serve` answers 503 to what is open and ends with this error's exit code.
    Refusing(StoreError),
}

/// How somebody uses a store that others may use too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// As a server, beside others.
    Serve,
    /// Alone: no server may use it meanwhile.
    Alone,
}

/// Everything that is kept.
pub trait Store: Records + Sessions + Uploads + AuditLog + Whole + Send + Sync {
    /// Opens what stayed sealed when it was read. Only sign-in's issuer and the broker ask for this.
    fn open(&self, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, StoreError>;

    /// A key for another use, derived from the master key.
    fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]>;

    /// The name of the key in use.
    fn key_id(&self) -> KeyId;

    /// How far the roll to another key is, now and from now on.
    fn roll(&self) -> watch::Receiver<Roll>;

    /// Rolls the store to its new key, after a backup beside it: every row is sealed anew in one transaction, with a note
    /// of it in the audit log. Whatever is written meanwhile waits; what is read does not.
    ///
    /// # Errors
    /// [`StoreError`], and everything is as it was: `NoNewKey`, `RollRuns`, `NoRoom`, `RollStopped`, what the disk says.
    fn roll_key(&self, note: RollNote) -> Answer<'_, RolledStore>;

    /// How the store is, now and from now on.
    fn health(&self) -> watch::Receiver<Health>;

    /// Takes no more writes from now on, because of something that was found in it.
    fn refuse(&self, _because: StoreError) {}

    /// A number that changes when another server may have changed the configuration; one that never does, where nobody
    /// tells.
    fn news(&self) -> watch::Receiver<u64> {
        watch::Sender::new(0).subscribe()
    }

    /// Uses the store so until it is closed or the process ends. A store on a file has [`Alone`] for that.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when others use it in another way.
    fn claim(&self, _claim: Claim) -> Answer<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Writes what is queued, then closes; later calls fail.
    fn close(&self) -> Answer<'_, ()>;
}

/// Opens the store where the settings say, and makes it if there is none. Blocks for some milliseconds, or until the
/// database has answered.
pub fn open(place: &StorePlace, keyring: impl Into<Keyring>) -> Result<Arc<dyn Store>, StoreError> {
    match place {
        StorePlace::Sqlite(path) => Ok(Arc::new(SqliteStore::open(path, keyring)?)),
        StorePlace::PostgreSql(place) => Ok(Arc::new(PostgreSqlStore::open(place, keyring)?)),
    }
}

/// Whether there is a store; none is made to find out.
///
/// # Errors
/// What keeps a database from answering.
pub fn is_there(place: &StorePlace) -> Result<bool, StoreError> {
    match place {
        StorePlace::Sqlite(path) => Ok(path.exists()),
        StorePlace::PostgreSql(place) => PostgreSqlStore::is_there(place),
    }
}

/// Whether opening the store would bring it to a newer schema; nothing is changed to find out.
///
/// # Errors
/// The same.
pub fn is_older(place: &StorePlace) -> Result<bool, StoreError> {
    match place {
        StorePlace::Sqlite(path) => Ok(SqliteStore::is_older(path)),
        StorePlace::PostgreSql(place) => PostgreSqlStore::is_older(place),
    }
}
