//! Sealed records: what they are called, how they are written and read. The configuration is made of them.

use std::fmt;

use futures::future::BoxFuture;
use zeroize::Zeroizing;

use super::StoreError;
use super::audit_log::NewAudit;
use super::vault::{Place, Sealed};

/// What a store's call gives.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// A record's body is at most this long, in plain bytes.
pub const BODY_LIMIT_BYTES: usize = 16 << 20;
/// A part of a key is at most this long.
pub(super) const KEY_PART_LIMIT_BYTES: usize = 256;
/// One commit has at most this many writes.
pub const WRITES_LIMIT: usize = 10_000;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $home:ident, $body:ident;)*) => {
        /// What a record is. The text form stands in the store and never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RecordKind { $($(#[$doc])* $variant,)* }

        impl RecordKind {
            pub const ALL: &[RecordKind] = &[$(Self::$variant,)*];

            /// The stable name in the store.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Whether the kind belongs to the configuration: loaded with it, and a change bumps its revision.
            pub fn in_snapshot(self) -> bool {
                match self { $(Self::$variant => kinds!(@$home),)* }
            }

            /// Whether a record stays sealed when it is read, to be opened at the moment of use.
            pub fn stays_sealed(self) -> bool {
                match self { $(Self::$variant => kinds!(@$body),)* }
            }
        }
    };
    (@snapshot) => { true };
    (@apart) => { false };
    (@sealed) => { true };
    (@opened) => { false };
}

kinds! {
    /// Settings of the whole instance.
    Instance = "instance", snapshot, opened;
    /// A project with its object types and link types.
    Project = "project", snapshot, opened;
    /// A source, without its credentials.
    Source = "source", snapshot, opened;
    /// The credentials of a source.
    Credential = "credential", snapshot, sealed;
    /// What the account at a source may do beside reading.
    Rights = "rights", snapshot, opened;
    /// Who may do what in a project.
    Grant = "grant", snapshot, opened;
    /// What an uploaded file is; its content lies in chunks.
    Upload = "upload", snapshot, opened;
    /// One person's ordered changes over the shared revision.
    Personal = "personal", snapshot, opened;
    /// A person who has signed in.
    Person = "person", apart, opened;
    /// A person of the embedded issuer.
    LocalPerson = "local_person", apart, opened;
    /// The embedded issuer's signing key.
    IssuerKey = "issuer_key", apart, sealed;
    /// A code, refresh token or password link of the embedded issuer.
    IssuerGrant = "issuer_grant", apart, opened;
    /// The state of a sign-in under way.
    SignIn = "sign_in", apart, opened;
    /// A code that a desktop program can trade for a session.
    DesktopCode = "desktop_code", apart, opened;
    /// One unsaved investigation per person and project.
    Draft = "draft", apart, opened;
    /// A saved investigation.
    Investigation = "investigation", apart, opened;
    /// Small things that one person's screens remember, such as the last searches.
    Remembered = "remembered", apart, opened;
    /// How far a sink of the audit log has come.
    AuditSink = "audit_sink", apart, opened;
    /// Which settings were given at former starts: names, and keyed hashes of values.
    Environment = "environment", apart, opened;
}

impl RecordKind {
    /// The kind of a stored name; `None` for a name that this program does not know.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

/// The name of a record. `project` is empty where there is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey {
    pub kind: RecordKind,
    pub project: String,
    pub id: String,
}

impl RecordKey {
    pub fn new(kind: RecordKind, project: impl Into<String>, id: impl Into<String>) -> Self {
        Self { kind, project: project.into(), id: id.into() }
    }

    /// Where this record's body belongs at `revision`.
    pub(super) fn place(&self, revision: u64) -> Place {
        place(self.kind.as_str(), &self.project, &self.id, revision)
    }

    pub(super) fn check(&self) -> Result<(), StoreError> {
        let longest = self.project.len().max(self.id.len());
        limit("a part of a record's key", longest, KEY_PART_LIMIT_BYTES)
    }
}

/// Where the body of a record belongs; also of a kind that this program does not know.
pub(super) fn place(kind: &str, project: &str, id: &str, revision: u64) -> Place {
    let (row, project) = (format!("{kind}/{id}"), project.to_owned());
    Place { table: "record", row, column: "body", project, revision }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.kind.as_str(), self.project, self.id)
    }
}

/// What must hold for a write to happen; if it does not, the whole commit fails with `RowConflict`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Always,
    /// There is no such record.
    Absent,
    /// The record is still at this revision: compare and swap, so that a code or token works once.
    At(u64),
}

/// One change to one record. The body is given in plain and sealed by the store.
pub enum Write {
    Put { key: RecordKey, body: Zeroizing<Vec<u8>>, when: When },
    Delete { key: RecordKey, when: When },
}

impl Write {
    /// Writes `body`, whatever was there.
    pub fn put(key: RecordKey, body: impl Into<Vec<u8>>) -> Self {
        Self::put_when(key, body, When::Always)
    }

    /// Writes `body` if `when` holds.
    pub fn put_when(key: RecordKey, body: impl Into<Vec<u8>>, when: When) -> Self {
        Self::Put { key, body: Zeroizing::new(body.into()), when }
    }

    /// Removes the record, if there is one.
    pub fn delete(key: RecordKey) -> Self {
        Self::Delete { key, when: When::Always }
    }

    /// Removes the record if `when` holds.
    pub fn delete_when(key: RecordKey, when: When) -> Self {
        Self::Delete { key, when }
    }

    /// The record that this is about.
    pub fn key(&self) -> &RecordKey {
        match self {
            Self::Put { key, .. } | Self::Delete { key, .. } => key,
        }
    }

    pub(super) fn check(&self) -> Result<(), StoreError> {
        self.key().check()?;
        match self {
            Self::Put { body, .. } => limit("a record", body.len(), BODY_LIMIT_BYTES),
            Self::Delete { .. } => Ok(()),
        }
    }
}

/// A body as it was read: opened, or still sealed for kinds that stay so.
pub enum Body {
    Open(Zeroizing<Vec<u8>>),
    Sealed(Sealed),
}

impl Body {
    /// The plain bytes; `None` if the kind stays sealed.
    pub fn plain(&self) -> Option<&[u8]> {
        match self {
            Self::Open(bytes) => Some(bytes),
            Self::Sealed(_) => None,
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(bytes) => write!(f, "Open({} bytes)", bytes.len()),
            Self::Sealed(sealed) => sealed.fmt(f),
        }
    }
}

/// A record as it was read. For a kind of the configuration `revision` is the configuration's revision at which it was
/// written; for others it is a number that grows with every write.
#[derive(Debug)]
pub struct Record {
    pub key: RecordKey,
    pub revision: u64,
    pub body: Body,
}

/// The configuration: every record of a snapshot kind, ordered by kind, project and id, all of one revision.
#[derive(Debug)]
pub struct Loaded {
    pub revision: u64,
    pub records: Vec<Record>,
}

/// Records on a store.
pub trait Records {
    /// The configuration's revision; cheap, to be asked several times a second.
    fn revision(&self) -> Answer<'_, u64>;

    /// Everything of the configuration, consistent in itself.
    fn load(&self) -> Answer<'_, Loaded>;

    /// Writes records and audit entries in one transaction if the configuration is still at `expected`; gives the new
    /// revision. Durable when it returns.
    fn commit(&self, expected: u64, writes: Vec<Write>, audit: Vec<NewAudit>) -> Answer<'_, u64>;

    /// Writes records that are apart from the configuration, with audit entries, in one transaction; gives the revision
    /// that these records now have. Durable when it returns.
    fn keep(&self, writes: Vec<Write>, audit: Vec<NewAudit>) -> Answer<'_, u64>;

    /// One record.
    fn get(&self, key: RecordKey) -> Answer<'_, Option<Record>>;

    /// The records of a kind, of one project or of all, ordered by project and id.
    fn list(&self, kind: RecordKind, project: Option<String>) -> Answer<'_, Vec<Record>>;
}

/// Refuses what is longer than its limit.
pub(super) fn limit(what: &'static str, found: usize, limit: usize) -> Result<(), StoreError> {
    if found > limit { Err(StoreError::TooLarge { what, found, limit }) } else { Ok(()) }
}
