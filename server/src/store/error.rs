//! What can go wrong with the store: a code for programs, a sentence with its remedy for people, the cause for the log.

use std::fmt;

use super::vault::KeyId;
use crate::settings::names::{DATA, ENCRYPTION_KEY, ENCRYPTION_KEY_ROLLING, STORE};

/// Exit code: the key is not the one under which the store is sealed.
pub const EXIT_KEY: u8 = 4;
/// Exit code: the store failed.
pub const EXIT_STORAGE_FAILED: u8 = 71;
/// Exit code: another server uses the store.
pub const EXIT_IN_USE: u8 = 75;
/// Exit code: the store cannot be written.
pub const EXIT_CANNOT_WRITE: u8 = 73;

/// Why the store could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else committed first.
    #[error(
        "the configuration is at revision {actual}, not {expected}: somebody else saved first; load it and try again"
    )]
    Conflict { expected: u64, actual: u64 },
    /// A row is not as the write wanted it (`When`).
    #[error("{row} was changed or is gone; load it and try again")]
    RowConflict { row: String },
    /// The store is sealed under another key.
    #[error(
        "{rows} records are under key id {stored}, you gave {given}; start with the key that belongs to this store"
    )]
    WrongKey { stored: KeyId, given: KeyId, rows: u64 },
    /// The key was rolled, and what was given is the one from before.
    #[error(
        "the key of this store was rolled from the id {given} to the id {stored}; set {ENCRYPTION_KEY} to the new key, which \
         was in {ENCRYPTION_KEY_ROLLING}, and unset {ENCRYPTION_KEY_ROLLING}"
    )]
    RollDone { stored: KeyId, given: KeyId },
    /// The key that should be rolled to is the one that the store was rolled away from.
    #[error(
        "{ENCRYPTION_KEY_ROLLING} is the key with the id {given}, which this store was rolled away from; unset it, or set it \
         to a new key"
    )]
    RolledAway { given: KeyId },
    /// The store is under the key that it should be rolled to, and was never rolled to it from the other one.
    #[error(
        "the store is under the key with the id {stored}, which is in {ENCRYPTION_KEY_ROLLING}; set {ENCRYPTION_KEY} to it, \
         and {ENCRYPTION_KEY_ROLLING} to the new key or to nothing"
    )]
    KeysSwapped { stored: KeyId },
    /// The configuration stays as it is until the key is rolled.
    #[error(
        "the encryption key is about to be rolled, and until then the configuration stays as it is; finish it with \
         `clew roll-key`, or unset {ENCRYPTION_KEY_ROLLING} and start again"
    )]
    Rolling,
    /// A roll is under way.
    #[error("the encryption key is being rolled at this moment; wait until that is done")]
    RollRuns,
    /// There is no key to roll to.
    #[error("there is no new key; set {ENCRYPTION_KEY_ROLLING} to one, made with `openssl rand -base64 32`")]
    NoNewKey,
    /// A roll met something that is not as it was written.
    #[error("{found}, so the key was not rolled and nothing was changed; run `clew store verify`, restore a backup")]
    RollStopped { found: String },
    /// Not enough space for a roll.
    #[error(
        "rolling the key needs about {needs_mb} MB beside the store for a backup and the log, and {has_mb} MB are free; \
         make space, nothing was changed"
    )]
    NoRoom { needs_mb: u64, has_mb: u64 },
    /// A sealed text did not open: it was changed, moved, or brought back from an older time.
    #[error("the stored {table} {row} is not as it was written; restore a backup")]
    Integrity { table: &'static str, row: String },
    /// What is asked for is not there, such as a chunk of an upload that was removed meanwhile.
    #[error("{row} is not in the store; load the list again")]
    Missing { row: String },
    /// The file is something else than a store of Clew.
    #[error("{file} is {found}, not a store of Clew, and was left untouched; name another file")]
    Foreign { file: String, found: String },
    /// A newer program wrote the file.
    #[error(
        "{file} has schema {found}, this program knows {known}, and it was left untouched; start the newer program"
    )]
    Newer { file: String, found: u32, known: u32 },
    /// The file is shorter than it should be or its structure is broken.
    #[error("{file} is damaged ({found}); restore a backup")]
    Damaged { file: String, found: String },
    /// The disk is full; the store works again when there is space.
    #[error("the disk of the store is full; make space, nothing that was saved is lost")]
    Full,
    /// No right to write, or a disk mounted read-only.
    #[error("{file} cannot be written ({cause}); give this process the right to, or name another place")]
    CannotWrite { file: String, cause: String },
    /// A database of one file on a disk of a network.
    #[error(
        "{file} would lie on {kind}, a disk of the network, where SQLite loses what was saved; name a local disk with \
         {DATA}, or a PostgreSQL with {STORE}"
    )]
    NetworkDisk { file: String, kind: &'static str },
    /// A value beyond its limit.
    #[error("{what} is {found} bytes long, the limit is {limit}; make it smaller")]
    TooLarge { what: &'static str, found: usize, limit: usize },
    /// Something is in a store that should be filled.
    #[error("the store has {rows} rows already and was left untouched; name a place where there is none yet")]
    NotEmpty { rows: u64 },
    /// A file that is no good backup, or that could not become one; `found` says what to do.
    #[error("{file} {found}")]
    Backup { file: String, found: String },
    /// A backup that was made under another key.
    #[error("{file} needs the key with the id {needs}, you gave {given}; start with the key that it was made under")]
    BackupKey { file: String, needs: KeyId, given: KeyId },
    /// Another server uses the store.
    #[error("{file} is in use by another server; end that one first, or give this one a store of its own")]
    InUse { file: String },
    /// The database of the store cannot be reached, or sends us away.
    #[error(
        "the database of the store cannot be used ({cause}); nothing that was saved is lost, and it is tried again"
    )]
    Away { cause: String },
    /// The connection broke in the moment of saving, and came not back in time to look.
    #[error(
        "the connection to the database of the store broke while this was being saved, and it is not known whether it \
         was; look before you try again"
    )]
    Uncertain,
    /// A sink of the audit log that must have every entry did not take one in time.
    #[error("the audit sink `{sink}` takes no entries ({why}); repair it, or set its policy to `may` and start again")]
    NoSink { sink: &'static str, why: String },
    /// Another process held the file too long.
    #[error("the store is busy with another process; try again")]
    Busy,
    /// An earlier failure means that nothing more may be written until a restart.
    #[error("the store takes no more writes since it failed ({cause}); see the log, then restart")]
    Refusing { cause: String },
    /// An input or output error, or the store is closed.
    #[error("the store failed ({0}); see the log")]
    Failed(Cause),
    /// Something that no caller should meet: a mistake of the program.
    #[error("the store could not do this ({0}); see the log")]
    Unexpected(Cause),
    /// A mistake of the program that asked.
    #[error("the store was asked for something it does not do: {0}")]
    Misuse(&'static str),
}

/// What the database or the system said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause(pub String);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StoreError {
    /// A store in which these faults were found, by whatever names them.
    pub fn found(faults: &[String], total: u64) -> Self {
        /// The rest is in the log.
        const NAMED: usize = 3;
        let mut found = faults.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
        if total > NAMED as u64 {
            found.push_str(&format!("; and {} more", total - NAMED as u64));
        }
        Self::Damaged { file: THE_STORE.to_owned(), found }
    }

    /// The stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Conflict { .. } | Self::RowConflict { .. } => "conflict",
            Self::WrongKey { .. } | Self::RollDone { .. } | Self::RolledAway { .. } | Self::KeysSwapped { .. } => {
                "wrong_key"
            }
            Self::Rolling => "key_rolling",
            Self::RollRuns => "roll_runs",
            Self::NoNewKey => "no_new_key",
            Self::RollStopped { .. } => "store_integrity",
            Self::Integrity { .. } => "store_integrity",
            Self::Missing { .. } => "not_found",
            Self::Foreign { .. } => "store_foreign",
            Self::Newer { .. } => "store_newer",
            Self::Damaged { .. } => "store_damaged",
            Self::NotEmpty { .. } => "store_not_empty",
            Self::Backup { .. } => "backup",
            Self::BackupKey { .. } => "wrong_key",
            Self::Full | Self::NoRoom { .. } => "store_full",
            Self::CannotWrite { .. } | Self::NetworkDisk { .. } => "store_read_only",
            Self::TooLarge { .. } => "too_large",
            Self::InUse { .. } => "store_in_use",
            Self::NoSink { .. } => "audit_sink_failed",
            Self::Busy => "store_busy",
            Self::Away { .. } => "store_away",
            Self::Uncertain => "store_uncertain",
            Self::Refusing { .. } | Self::Failed(_) => "store_failed",
            Self::Unexpected(_) | Self::Misuse(_) => "internal",
        }
    }

    /// The code with which a command ends that cannot go on.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::WrongKey { .. }
            | Self::BackupKey { .. }
            | Self::RollDone { .. }
            | Self::RolledAway { .. }
            | Self::KeysSwapped { .. } => EXIT_KEY,
            Self::InUse { .. } | Self::Rolling | Self::RollRuns => EXIT_IN_USE,
            Self::NoNewKey => crate::settings::EXIT_SETTING,
            Self::Full | Self::NoRoom { .. } | Self::CannotWrite { .. } | Self::NetworkDisk { .. } => EXIT_CANNOT_WRITE,
            _ => EXIT_STORAGE_FAILED,
        }
    }

    /// Whether the store itself can no longer be trusted with writes.
    pub(super) fn is_lasting(&self) -> bool {
        matches!(self, Self::Integrity { .. } | Self::Damaged { .. } | Self::Failed(_))
    }
}

/// What a running store's errors call it; the file's name is said at the start.
pub(super) const THE_STORE: &str = "the store";

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let cause = error.to_string();
        let file = THE_STORE.to_owned();
        match &error {
            rusqlite::Error::SqliteFailure(code, _) => match code.code {
                Code::DiskFull => Self::Full,
                // The index of the log could not grow: the same full disk, met at another file.
                Code::SystemIoFailure if code.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE => Self::Full,
                Code::SystemIoFailure => Self::Failed(Cause(cause)),
                Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied => Self::CannotWrite { file, cause },
                Code::DatabaseBusy | Code::DatabaseLocked => Self::Busy,
                Code::DatabaseCorrupt | Code::NotADatabase => Self::Damaged { file, found: cause },
                _ => Self::Unexpected(Cause(cause)),
            },
            _ => Self::Unexpected(Cause(cause)),
        }
    }
}

impl StoreError {
    /// The same error with the name of the file in it.
    #[must_use]
    pub(super) fn of_file(mut self, name: &str) -> Self {
        match &mut self {
            Self::Foreign { file, .. } | Self::Damaged { file, .. } | Self::CannotWrite { file, .. }
                if file == THE_STORE =>
            {
                name.clone_into(file);
            }
            // A database is named by its place, which is no secret.
            Self::Away { cause } if !cause.starts_with(name) => *cause = format!("{name}: {cause}"),
            _ => {}
        }
        self
    }
}
