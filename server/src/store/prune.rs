//! Pruning the audit log: its oldest entries go, and the mark of the last one that goes stays, so that the chain still
//! holds; that it was done is an entry of what is left.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::audit_log::{NewAudit, Outcome, Phase};
use super::chain::Anchor;

/// The call under which a prune is written down.
pub const PRUNED_CALL: &str = "audit prune";

/// What goes, and who says so.
#[derive(Debug, Clone)]
pub struct PruneNote {
    /// The moment.
    pub at: Timestamp,
    /// Whose act it is.
    pub person: String,
    /// Under which call it is written down.
    pub call: &'static str,
    /// What is written down of it beside what went.
    pub details: Map<String, Value>,
    /// Entries before this moment go.
    pub before: Timestamp,
    /// No entry with a greater number goes: a copy has not taken it yet.
    pub most: u64,
}

/// What a prune did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pruned {
    /// How many entries went.
    pub removed: u64,
    /// The last one that went: behind it the log begins.
    pub start: Anchor,
}

/// The entry that tells of it.
pub(super) fn entry(note: &PruneNote, pruned: &Pruned) -> NewAudit {
    let mut details = note.details.clone();
    details.insert("removed".to_owned(), pruned.removed.into());
    details.insert("start".to_owned(), pruned.start.to_string().into());
    NewAudit {
        at: note.at,
        phase: Phase::Note,
        person: note.person.clone(),
        call: note.call.to_owned(),
        project: String::new(),
        outcome: Outcome::Done,
        details: Value::Object(details).to_string().into_bytes(),
    }
}
