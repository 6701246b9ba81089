//! The store as a whole, for instance managers: where it is, whether it is as it was written, and backups of it.
//!
//! No answer holds a key, a credential, or the name of anything that is in the store: whoever keeps it need not know what
//! is in it. Times are seconds since 1970.

use access::{Action, Need};
use serde::{Deserialize, Serialize};

use crate::{Call, Download, request};

/// How the store is. Not written down: it is asked again and again while a check runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreState {}

request!(StoreState, "store_state", Quiet, |_call| vec![Need::instance(Action::KeepStore)]);

impl Call for StoreState {
    type Reply = StoreNow;
}

/// Opens everything in the store and looks whether it is as it was written. Whoever goes away stops it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckStore {}

request!(CheckStore, "check_store", Read, |_call| vec![Need::instance(Action::KeepStore)]);

impl Call for CheckStore {
    type Reply = CheckNow;
}

/// The whole store as one sealed file, of one moment, which was read again before its first byte is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackUp {}

request!(BackUp, "back_up", Read, |_call| vec![Need::instance(Action::KeepStore)]);

impl Download for BackUp {}

/// Looks whether a backup that lies on the server is whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyBackup {
    /// Its name in the list of backups.
    pub name: String,
}

request!(VerifyBackup, "verify_backup", Read, |_call| vec![Need::instance(Action::KeepStore)]);

impl Call for VerifyBackup {
    type Reply = BackupChecked;
}

/// The store at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreNow {
    /// The kind of database, as people call it.
    pub kind: String,
    /// Where it is, without credentials.
    pub place: String,
    /// How large it is, where that is known.
    pub bytes: Option<u64>,
    /// How much room is left there, where that is known.
    pub free_bytes: Option<u64>,
    /// The number of its structure, where that is known.
    pub schema: Option<u32>,
    /// How new content is sealed, as the setting names it.
    pub method: String,
    /// The id of the key that it is under, 16 hexadecimal digits.
    pub key: String,
    /// How many rows there are of each kind.
    pub counts: Vec<KindCount>,
    /// What the newest check found.
    pub check: CheckNow,
    /// The folder of those beside the store; none where the store keeps none beside itself.
    pub folder: Option<String>,
    /// Backups beside the store and those that the server makes by itself, newest first.
    pub backups: Vec<BackupLine>,
}

/// How many rows there are of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindCount {
    /// The kind's name in the store, or `file pieces`, `audit entries`.
    pub kind: String,
    /// How many.
    pub rows: u64,
}

/// What a check of everything found, as far as it has come since the server started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckNow {
    /// None was made.
    Never,
    /// One is under way.
    Running {
        /// When it began.
        began: i64,
        /// Rows that were looked at.
        rows: u64,
    },
    /// Everything is as it was written.
    Whole {
        /// When it ended.
        at: i64,
        /// Rows that were looked at.
        rows: u64,
    },
    /// Something is not.
    Broken {
        /// When it ended.
        at: i64,
        /// Rows that were looked at.
        rows: u64,
        /// How many of them are not as they were written; the server's log names them.
        faults: u64,
    },
}

/// What a backup was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MadeFor {
    /// A roll of the key.
    Roll,
    /// A reset.
    Reset,
    /// A newer structure of the store.
    Schema,
    /// Safety: the server makes one every so many hours.
    Schedule,
    /// Something that its name does not tell.
    #[default]
    Other,
}

/// A backup on the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupLine {
    /// The file's name.
    pub name: String,
    /// The folder that it lies in; none where that is the one beside the store.
    #[serde(default)]
    pub folder: Option<String>,
    /// What it was made for.
    #[serde(default)]
    pub made_for: MadeFor,
    /// How large it is.
    pub bytes: u64,
    /// When it was made; none where the file is no backup that this program knows.
    pub made: Option<i64>,
    /// The id of the key that it needs.
    pub key: Option<String>,
    /// Whether a key that the server has opens it.
    pub opens: bool,
}

/// What a check of a backup found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupChecked {
    /// The file's name.
    pub name: String,
    /// Rows that were looked at.
    pub rows: u64,
    /// How many of them are not as they were written.
    pub faults: u64,
}
