//! The rows of the audit log as the store keeps them; `crate::audit` says when they are written.

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::chain::{self, Anchor, Verdict};
use super::prune::{PruneNote, Pruned};
use super::records::{Answer, limit};
use super::vault::{KeyId, Place, Sealed, Vault};
use super::{StoreError, time, whole};

/// The details of an entry are at most this long.
pub const DETAILS_LIMIT_BYTES: usize = 2 << 20;
/// A search gives at most this many entries.
pub const SEARCH_LIMIT: u32 = 1000;
/// A search reads at most this much of details, whatever its limit; then it says that there are more.
pub const SEARCH_BYTES: usize = 4 << 20;

/// Which part of a call an entry tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// A call begins; it stays open until its end is written.
    Begin,
    /// The call that began with entry `begun` has ended.
    End { begun: u64 },
    /// Something that happened at one moment.
    Note,
}

impl Phase {
    pub(super) fn number(self) -> i64 {
        match self {
            Self::Begin => 1,
            Self::End { .. } => 2,
            Self::Note => 3,
        }
    }

    /// The phase of a stored number.
    pub(super) fn of(number: i64, begun: Option<u64>) -> Option<Self> {
        match (number, begun) {
            (1, None) => Some(Self::Begin),
            (2, Some(begun)) => Some(Self::End { begun }),
            (3, None) => Some(Self::Note),
            _ => None,
        }
    }

    pub(super) fn begun(self) -> Option<u64> {
        match self {
            Self::End { begun } => Some(begun),
            Self::Begin | Self::Note => None,
        }
    }
}

macro_rules! outcomes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal;)*) => {
        /// How it went. The text form stands in the store and never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Outcome { $($(#[$doc])* $variant,)* }

        impl Outcome {
            pub const ALL: &[Outcome] = &[$(Self::$variant,)*];

            /// The stable name in the store.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

outcomes! {
    /// It has begun and not ended yet.
    Begun = "begun";
    Done = "done";
    Failed = "failed";
    /// The person or the connection stopped it.
    Stopped = "stopped";
    /// Refused, and the person was told so.
    Denied = "denied";
    /// Refused, and answered like something that does not exist.
    Hidden = "hidden";
    /// The server ended before the end was known.
    Unknown = "unknown";
}

impl Outcome {
    /// The outcome of a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|outcome| outcome.as_str() == text)
    }
}

/// An entry to be written. Person, call and project of an `End` are those of its begin and may be empty.
#[derive(Debug, Clone)]
pub struct NewAudit {
    pub at: Timestamp,
    pub phase: Phase,
    pub person: String,
    pub call: String,
    pub project: String,
    pub outcome: Outcome,
    /// Sealed by the store.
    pub details: Vec<u8>,
}

impl NewAudit {
    pub(super) fn check(&self) -> Result<(), StoreError> {
        limit("an audit entry's person", self.person.len(), 1024)?;
        limit("an audit entry's call", self.call.len(), 256)?;
        limit("an audit entry's project", self.project.len(), 256)?;
        limit("an audit entry's details", self.details.len(), DETAILS_LIMIT_BYTES)
    }
}

/// Where an entry's details belong.
pub(super) fn place(seq: u64, project: &str) -> Place {
    Place { table: "audit", row: seq.to_string(), column: "body", project: project.to_owned(), revision: 0 }
}

/// What is looked for; an absent field does not narrow.
#[derive(Debug, Clone, Default)]
pub struct AuditSearch {
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    pub person: Option<String>,
    pub call: Option<String>,
    pub project: Option<String>,
    /// The final outcome; `Begun` finds what is still open.
    pub outcome: Option<Outcome>,
    /// Only entries with a smaller number: the next page.
    pub before: Option<u64>,
    /// Only entries with this number or a greater one: what [`AuditLog::audit_span`] found for `from`, so that the last
    /// page need not look through everything before.
    pub least: Option<u64>,
    /// At most this many, and never more than [`SEARCH_LIMIT`].
    pub limit: u32,
}

/// How a found call ended.
#[derive(Debug)]
pub struct AuditEnd {
    pub seq: u64,
    pub at: Timestamp,
    pub details: Zeroizing<Vec<u8>>,
}

/// A begin with its end, or a note.
#[derive(Debug)]
pub struct AuditFound {
    pub seq: u64,
    pub at: Timestamp,
    pub person: String,
    pub call: String,
    pub project: String,
    /// The end's outcome once there is one.
    pub outcome: Outcome,
    pub details: Zeroizing<Vec<u8>>,
    /// The entry's mark in the chain.
    pub mark: [u8; 32],
    pub end: Option<AuditEnd>,
}

/// Some of what was looked for, newest first.
#[derive(Debug, Default)]
pub struct AuditPage {
    pub found: Vec<AuditFound>,
    /// Whether there may be more before the last one.
    pub more: bool,
}

/// The numbers between which every entry of a time lies; both belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditSpan {
    pub least: u64,
    pub most: u64,
}

/// One entry as the chain has it, its details opened.
#[derive(Debug)]
pub struct AuditRow {
    pub seq: u64,
    pub at: Timestamp,
    pub phase: Phase,
    pub person: String,
    pub call: String,
    pub project: String,
    pub outcome: String,
    pub details: Zeroizing<Vec<u8>>,
    /// The entry's mark in the chain.
    pub mark: [u8; 32],
    /// The key that mark and seal are under.
    pub key: KeyId,
}

/// An entry as it stands in a store, its details still sealed.
pub(super) struct Entry {
    pub(super) seq: u64,
    pub(super) at_us: i64,
    pub(super) phase: i64,
    pub(super) begun: Option<u64>,
    pub(super) person: String,
    pub(super) call: String,
    pub(super) project: String,
    pub(super) outcome: String,
    pub(super) body: Vec<u8>,
    pub(super) mark: Vec<u8>,
}

impl Entry {
    /// As it is taken out of the store.
    pub(super) fn whole(self) -> whole::Row {
        let Self { seq, at_us, phase, begun, person, call, project, outcome, body, mark } = self;
        whole::Row::Audit { seq, at_us, phase, begun, person, call, project, outcome, body, mark }
    }

    /// What the chain covers, with `body` for its details.
    pub(super) fn row<'a>(&'a self, body: &'a [u8]) -> chain::Row<'a> {
        let Self { seq, at_us, phase, begun, person, call, project, outcome, .. } = self;
        chain::Row { seq: *seq, at_us: *at_us, phase: *phase, begun: *begun, person, call, project, outcome, body }
    }

    /// With its details opened.
    pub(super) fn opened(self, vault: &Vault) -> Result<AuditRow, StoreError> {
        let seq = self.seq;
        let sealed = Sealed::from_stored(self.body, place(seq, &self.project));
        Ok(AuditRow {
            seq,
            at: time(self.at_us)?,
            phase: Phase::of(self.phase, self.begun).ok_or_else(|| not_ours(seq))?,
            details: vault.open(&sealed)?,
            mark: self.mark.try_into().map_err(|_| not_ours(seq))?,
            key: sealed.key_id().unwrap_or_else(|| KeyId::from_bytes([0; 8])),
            person: self.person,
            call: self.call,
            project: self.project,
            outcome: self.outcome,
        })
    }
}

/// An entry that is not as this program writes them.
pub(super) fn not_ours(seq: u64) -> StoreError {
    StoreError::Integrity { table: "audit", row: seq.to_string() }
}

/// Opens the details of an entry.
pub(super) fn details(vault: &Vault, seq: u64, project: &str, body: Vec<u8>) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    vault.open(&Sealed::from_stored(body, place(seq, project)))
}

/// Entries in their order.
#[derive(Debug)]
pub struct AuditRows {
    /// The entry before the first one: its number and mark. Of a pruned log it may be a later one than was asked for.
    pub before: Anchor,
    pub rows: Vec<AuditRow>,
}

/// The audit log on a store.
pub trait AuditLog {
    /// Appends entries in order, in one transaction; gives their numbers. Durable when it returns.
    fn append_audit(&self, entries: Vec<NewAudit>) -> Answer<'_, Vec<u64>>;

    /// Ends every begin that has no end as `Unknown`, other than those of servers that are still there; gives their
    /// number. Only for `serve` at its start.
    fn settle_audit(&self, at: Timestamp) -> Answer<'_, u64>;

    /// The same while this server works, for begins of other servers that are gone meanwhile; none where there can be no
    /// other.
    fn settle_others(&self, _at: Timestamp) -> Answer<'_, u64> {
        Box::pin(std::future::ready(Ok(0)))
    }

    /// Newest first.
    fn search_audit(&self, search: AuditSearch) -> Answer<'_, AuditPage>;

    /// Where the entries from one moment on and before another lie. A clock that was put back makes it wider, never
    /// narrower.
    fn audit_span(&self, from: Option<Timestamp>, until: Option<Timestamp>) -> Answer<'_, AuditSpan>;

    /// The last entry's number and mark, to be kept outside of the store.
    fn audit_anchor(&self) -> Answer<'_, Anchor>;

    /// Goes through the whole log and names the first entry that is not as it was written; `anchors` are former
    /// answers of [`AuditLog::audit_anchor`].
    fn verify_audit(&self, anchors: Vec<Anchor>) -> Answer<'_, Verdict>;

    /// Goes through the last `entries` of the log alone, and believes the mark of the one before them.
    fn verify_audit_end(&self, entries: u64) -> Answer<'_, Verdict>;

    /// The entries behind number `after`, oldest first: at most `limit`, at most [`SEARCH_LIMIT`], and no more once
    /// their details have [`SEARCH_BYTES`].
    fn audit_rows(&self, _after: u64, _limit: u32) -> Answer<'_, AuditRows> {
        Box::pin(async { Err(StoreError::Misuse("entries in their order")) })
    }

    /// Removes the oldest entries, from a moment before on, and writes down that it was done: the mark of the last one
    /// that goes is where the log begins from then on. What is open and what is behind it stays.
    fn prune_audit(&self, _note: PruneNote) -> Answer<'_, Pruned> {
        Box::pin(async { Err(StoreError::Misuse("a prune of the audit log")) })
    }
}
