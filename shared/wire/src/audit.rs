//! The audit log, for auditors: searching it, taking it out as a file, and the proof that it is as it was written.
//!
//! Times are text, RFC 3339 in UTC, as `2026-11-20T10:00:00Z`.

use access::{Action, Need};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Call, Download, request};

/// The most entries of one answer.
pub const MOST_ENTRIES: u32 = 1_000;
/// The most entries of one file.
pub const MOST_EXPORTED_ENTRIES: u64 = 500_000;
/// The most former ends of the log that a check compares with.
pub const MOST_ANCHORS: usize = 100;
/// The longest text of a filter, in bytes.
pub const LONGEST_FILTER: usize = 256;

/// What is looked for; an absent field does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditFilters {
    /// From this moment on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Before this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The person's id, name or e-mail, as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The call's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The project's id; empty means: of no project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<AuditOutcome>,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// It has begun and not ended yet.
    Begun,
    /// It was done.
    Done,
    /// It could not be done.
    Failed,
    /// The person or the connection stopped it.
    Stopped,
    /// Refused, and the person was told so.
    Denied,
    /// Refused, and answered like something that does not exist.
    Hidden,
    /// The server ended before the end was known.
    Unknown,
}

impl AuditOutcome {
    /// Every outcome.
    pub const ALL: [Self; 7] =
        [Self::Done, Self::Failed, Self::Stopped, Self::Denied, Self::Hidden, Self::Begun, Self::Unknown];
}

/// Looks for entries of the audit log, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchAudit {
    /// What is looked for.
    #[serde(default)]
    pub filters: AuditFilters,
    /// Only entries with a smaller number: the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// At most this many; never more than [`MOST_ENTRIES`].
    pub limit: u32,
}

request!(SearchAudit, "search_audit", Read, |_call| vec![Need::instance(Action::ReadAudit)]);

impl Call for SearchAudit {
    type Reply = AuditEntries;
}

/// Some entries, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntries {
    /// The entries. There may be fewer than asked for, although more follow: long requests fill an answer early.
    pub entries: Vec<AuditEntry>,
    /// What to ask for next, with `before`; none at the end.
    pub next: Option<u64>,
}

/// One call with its end, or something that happened at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its number in the log.
    pub number: u64,
    /// When it began.
    pub at: String,
    /// When it ended, if that was another moment.
    #[serde(default)]
    pub ended: Option<String>,
    /// The person's id; `cli` for the command line, `server` for what the server does by itself, empty for people who are
    /// not signed in.
    pub person: String,
    /// The person's name, where there is one.
    #[serde(default)]
    pub name: Option<String>,
    /// The session, shortened; nobody can sign in with it.
    #[serde(default)]
    pub session: Option<String>,
    /// The project's id, or empty.
    pub project: String,
    /// The call's name.
    pub call: String,
    /// What it was about: a source, an object type, a file.
    #[serde(default)]
    pub target: Option<String>,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// Why it was refused, or did not go well.
    #[serde(default)]
    pub reason: Option<String>,
    /// Rows given to the person.
    #[serde(default)]
    pub rows: Option<u64>,
    /// Bytes given to the person.
    #[serde(default)]
    pub bytes: Option<u64>,
    /// From begin to end.
    #[serde(default)]
    pub millis: Option<u64>,
    /// The number of the question, as the server's log and exported files name it.
    #[serde(default)]
    pub question: Option<String>,
    /// The request with its values as they were typed, or what else is known of it; never a secret.
    pub request: Value,
    /// What became of the configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<ChangedState>,
    /// The beginning of the entry's mark in the chain, in hexadecimal.
    pub mark: String,
}

/// What a change made of the configuration: digests (SHA-256, hexadecimal) of what is kept, so that two states can be compared
/// without being in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedState {
    /// The revision that it made.
    pub revision: u64,
    /// What was kept before; nothing where there was nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What is kept now; nothing where there is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Looks whether an entry of the audit log is missing, changed, or out of its order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyAudit {
    /// Former ends of the log that were kept elsewhere, as this call or `clew audit verify` gave them.
    #[serde(default)]
    pub anchors: Vec<String>,
}

request!(VerifyAudit, "verify_audit", Read, |_call| vec![Need::instance(Action::ReadAudit)]);

impl Call for VerifyAudit {
    type Reply = AuditVerdict;
}

/// What a check of the whole log found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditVerdict {
    /// Every entry is as it was written, and none is missing.
    Whole {
        /// How many there are; a begin and its end are two.
        entries: u64,
        /// Where the log ends, to be kept where who keeps the store cannot change it.
        end: String,
    },
    /// An entry is not as it was written.
    Broken {
        /// The first one; what is before it is as it was written.
        entry: u64,
        /// What is wrong with it.
        why: String,
    },
}

/// Entries of the audit log as a file, newest first, with a head that says who, when, and what was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportAudit {
    /// What is looked for.
    #[serde(default)]
    pub filters: AuditFilters,
    /// Only entries with a smaller number: what a former file left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// How the file is written.
    pub format: AuditFormat,
}

request!(ExportAudit, "export_audit", Read, |_call| vec![Need::instance(Action::ReadAudit)]);

impl Download for ExportAudit {}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditFormat {
    /// A table for spreadsheets.
    Csv,
    /// One JSON object per line.
    JsonLines,
}
