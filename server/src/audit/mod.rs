//! Who did what, when, and how it ended: written down before it happens, chained so that nothing can be taken away.
//!
//! ```text
//! let begun = audit.begin(Entry { person, call, project, details }).await?;   // durable: now the source may be asked
//! ...
//! audit.end(begun, Ending { outcome: Outcome::Done, rows, bytes, millis, note: None, reason: None }).await?; // durable: now answer
//! ```
//!
//! If an entry cannot be written, the call does not happen (`audit_unavailable`); if its end cannot be written, the
//! answer is not completed. A call whose end is never written becomes `Unknown` at the next start. The request's values
//! are kept, sealed; rows that a source answered are never kept. Time, person, call, project and outcome stand in clear,
//! for search.
//!
//! Absent on purpose: a way to change or remove an entry, and a switch to turn it off.

mod refusals;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;

use serde::Serialize;
use serde_json::json;

use crate::store::{
    Anchor, AuditFound, AuditPage, AuditSearch, AuditSpan, Cause, NewAudit, Outcome, Phase, Store, StoreError, Verdict,
};
use crate::world::Clock;
use refusals::Refusals;
pub(crate) use refusals::network;

/// The person of everything that the command line does.
pub const CLI: &str = "cli";
/// The person of what the server does by itself.
pub const SERVER: &str = "server";
/// Whoever opens a one-time link: nobody is signed in then.
pub const LINK_HOLDER: &str = "link";
/// Whoever has proved to the embedded issuer to be the person whom the entry names.
pub const ONESELF: &str = "oneself";
/// The call under which refusals of people who are not signed in are counted.
pub const REFUSED: &str = "refused";

/// The audit log could not be written, so the call may not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this cannot be written down in the audit log, so it is not done; try again, or tell who runs this server")]
pub struct Unavailable(#[source] pub StoreError);

impl Unavailable {
    /// The stable code for programs.
    pub const CODE: &str = "audit_unavailable";
}

/// What is written down of a call.
#[derive(Debug, Clone)]
pub struct Entry {
    pub person: String,
    /// The name of the call, from the table of calls.
    pub call: String,
    /// The project's id, or empty.
    pub project: String,
    /// The request with its values; never a secret.
    pub details: serde_json::Value,
}

impl Entry {
    /// The same, refused for a reason that stands among its details.
    pub fn because(mut self, reason: &str) -> Self {
        if let Some(details) = self.details.as_object_mut() {
            details.insert("reason".to_owned(), reason.into());
        }
        self
    }

    /// As a row that is written together with the change that it tells of (`Store::commit`).
    pub fn into_note(self, at: jiff::Timestamp, outcome: Outcome) -> NewAudit {
        self.into_row(at, Phase::Note, outcome)
    }

    fn into_row(self, at: jiff::Timestamp, phase: Phase, outcome: Outcome) -> NewAudit {
        let Self { person, call, project, details } = self;
        NewAudit { at, phase, person, call, project, outcome, details: details.to_string().into_bytes() }
    }
}

/// A call that is written down and not ended yet. It must be ended, whatever happens.
#[derive(Debug)]
#[must_use = "a call that is not ended in the log becomes `Unknown`"]
pub struct Begun {
    seq: u64,
}

impl Begun {
    /// The entry's number.
    pub fn seq(&self) -> u64 {
        self.seq
    }
}

/// How a call ended.
#[derive(Debug, Clone, Serialize)]
pub struct Ending {
    #[serde(skip)]
    pub outcome: Outcome,
    /// Rows given to the person.
    pub rows: u64,
    /// Bytes given to the person.
    pub bytes: u64,
    /// From begin to end.
    pub millis: u64,
    /// The fault's code, or what was cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Why it was refused; in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The audit log.
pub struct Audit {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    refusals: Refusals,
    /// Held while somebody goes through the whole chain: one at a time leaves the store to the others.
    verifying: Arc<tokio::sync::Mutex<()>>,
}

impl Audit {
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, refusals: Refusals::default(), verifying: Arc::default() }
    }

    /// Writes down that a call begins. Durable when it returns.
    pub async fn begin(&self, entry: Entry) -> Result<Begun, Unavailable> {
        let seq = self.append(entry.into_row(self.clock.now(), Phase::Begin, Outcome::Begun)).await?;
        Ok(Begun { seq })
    }

    /// Writes down how a call ended. Durable when it returns.
    pub async fn end(&self, begun: Begun, ending: Ending) -> Result<(), Unavailable> {
        let details = json!(ending);
        let entry = Entry { person: String::new(), call: String::new(), project: String::new(), details };
        let phase = Phase::End { begun: begun.seq };
        self.append(entry.into_row(self.clock.now(), phase, ending.outcome)).await.map(|_| ())
    }

    /// Writes down something that happened at one moment: a refusal of a person, a sign-in, a start. Gives its number.
    pub async fn note(&self, entry: Entry, outcome: Outcome) -> Result<u64, Unavailable> {
        self.append(entry.into_note(self.clock.now(), outcome)).await
    }

    /// Counts a refusal of somebody who is not signed in; writes nothing yet.
    pub fn refused(&self, address: IpAddr, call: &str) {
        self.refusals.count(address, call, self.clock.now());
    }

    /// Writes what was refused in minutes that are over, one entry per address and minute; with `all`, the current
    /// minute too. To be called every minute and at the end.
    pub async fn flush_refusals(&self, all: bool) -> Result<(), Unavailable> {
        let now = self.clock.now();
        let counted = self.refusals.take(now, all);
        if counted.is_empty() {
            return Ok(());
        }
        let entries = counted.iter().map(|counted| counted.to_row()).collect();
        let written = self.store.append_audit(entries).await;
        written.map(|_| ()).map_err(|error| {
            self.refusals.put_back(counted);
            Unavailable(error)
        })
    }

    /// Ends what a former process left open as `Unknown`; gives its number. Only for `serve`, before it listens.
    pub async fn settle_unfinished(&self) -> Result<u64, Unavailable> {
        self.store.settle_audit(self.clock.now()).await.map_err(Unavailable)
    }

    /// Newest first; a begin and its end are one.
    pub async fn search(&self, search: AuditSearch) -> Result<Vec<AuditFound>, StoreError> {
        Ok(self.page(search).await?.found)
    }

    /// The same, with whether there are more.
    pub async fn page(&self, search: AuditSearch) -> Result<AuditPage, StoreError> {
        self.store.search_audit(search).await
    }

    /// Where the entries of a time lie, for going through many pages.
    pub async fn span(
        &self,
        from: Option<jiff::Timestamp>,
        until: Option<jiff::Timestamp>,
    ) -> Result<AuditSpan, StoreError> {
        self.store.audit_span(from, until).await
    }

    /// Goes through the whole chain and names the first entry that is missing or changed.
    pub async fn verify(&self, anchors: Vec<Anchor>) -> Result<Verdict, StoreError> {
        self.store.verify_audit(anchors).await
    }

    /// The same for somebody at a screen: `None` while another check is under way. A check goes on to its end when nobody
    /// waits for it, and until then no other begins.
    pub async fn verify_alone(&self, anchors: Vec<Anchor>) -> Option<Result<Verdict, StoreError>> {
        let alone = self.verifying.clone().try_lock_owned().ok()?;
        let store = self.store.clone();
        let check = tokio::spawn(async move {
            let _alone = alone;
            store.verify_audit(anchors).await
        });
        Some(check.await.unwrap_or_else(|error| Err(StoreError::Unexpected(Cause(error.to_string())))))
    }

    /// The end of the chain, to be kept outside of the store.
    pub async fn anchor(&self) -> Result<Anchor, StoreError> {
        self.store.audit_anchor().await
    }

    async fn append(&self, row: NewAudit) -> Result<u64, Unavailable> {
        let seqs = self.store.append_audit(vec![row]).await.map_err(Unavailable)?;
        Ok(seqs.first().copied().unwrap_or_default())
    }
}
