//! Who did what, when, and how it ended: written down before it happens, chained so that nothing can be taken away.
//!
//! ```text
//! let begun = audit.begin(Entry { person, call, project, details }).await?;   // durable: now the source may be asked
//! ...
//! audit.end(begun, Ending { outcome: Outcome::Done, rows, bytes, millis, note: None, reason: None, changed: None }).await?; // durable: now answer
//! ```
//!
//! If an entry cannot be written, the call does not happen (`audit_unavailable`); if its end cannot be written, the
//! answer is not completed. A call whose end is never written becomes `Unknown` at the next start. The request's values
//! are kept, sealed; rows that a source answered are never kept. Time, person, call, project and outcome stand in clear,
//! for search.
//!
//! Absent on purpose: a way to change or remove an entry, and a switch to turn it off: a program without it is another program (`without-audit`), which says so when it starts
//! and cannot hold the page.

pub(crate) mod clock;
mod refusals;
pub mod sinks;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use access::PersonId;
use serde::Serialize;
use serde_json::json;
use tokio::time::Instant;
use wire::Code;
use wire::audit::ChangedState;

use crate::settings::SinkPolicy;
use crate::store::{
    Anchor, AuditFound, AuditPage, AuditSearch, AuditSpan, Cause, NewAudit, Outcome, Phase, RecordKey, RecordKind,
    Store, StoreError, Verdict, Write,
};
use crate::world::Clock;
pub(crate) use clock::ClockBack;
use refusals::Refusals;
pub(crate) use refusals::network;
use sinks::Copies;

/// The person of everything that the command line does.
pub const CLI: &str = "cli";
/// The person of what the server does by itself.
pub const SERVER: &str = "server";
/// Whoever opens a one-time link: nobody is signed in then.
pub const LINK_HOLDER: &str = "link";
/// The call under which a clock that was put back is written down.
pub const CLOCK_BACK: &str = "clock_back";
/// Whoever has proved to the embedded issuer to be the person whom the entry names.
pub const ONESELF: &str = "oneself";
/// The call under which refusals are counted that have no entry of their own: of people who are not signed in, of other pages,
/// and of what a person sent that cannot be read or is one too many.
pub const REFUSED: &str = "refused";

/// Whether what is only read is not written down: of a program that was built to be measured beside the one that ships.
pub(crate) const IS_LEFT_OUT: bool = cfg!(feature = "without-audit");

#[cfg(all(feature = "without-audit", feature = "embedded-ui"))]
compile_error!("`without-audit` is for the bench alone: a program with the page writes everything down");
/// How long the answer of a store that takes nothing holds: whoever asks more often costs nothing more.
const TRY_EVERY: Duration = Duration::from_secs(1);

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
    /// What became of the configuration.
    #[serde(rename = "state", skip_serializing_if = "Option::is_none")]
    pub changed: Option<ChangedState>,
}

/// A sink at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkNow {
    pub name: &'static str,
    pub policy: SinkPolicy,
    /// How many entries it has not taken yet.
    pub behind: u64,
    /// Why its last try failed, if it did.
    pub trouble: Option<String>,
}

/// The audit log.
pub struct Audit {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    refusals: Refusals,
    /// The sinks of a running server.
    copies: Option<Copies>,
    /// The times of entries.
    times: clock::Times,
    /// Whether the last entry could not be written.
    is_refused: AtomicBool,
    /// The newest try after that, and why it failed.
    tried: tokio::sync::Mutex<Option<(Instant, StoreError)>>,
    /// Held while somebody goes through the whole chain: one at a time leaves the store to the others.
    verifying: Arc<tokio::sync::Mutex<()>>,
    /// How long the newest entry took to be written, in microseconds.
    lag_micros: AtomicU64,
}

impl Audit {
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            refusals: Refusals::default(),
            copies: None,
            times: clock::Times::default(),
            is_refused: AtomicBool::new(false),
            tried: tokio::sync::Mutex::default(),
            verifying: Arc::default(),
            lag_micros: AtomicU64::new(0),
        }
    }

    /// The same, with sinks that take a copy of every entry.
    #[must_use]
    pub fn with_copies(self, copies: Copies) -> Self {
        Self { copies: Some(copies), ..self }
    }

    /// The sinks; none but in a running server.
    pub fn copies(&self) -> Option<&Copies> {
        self.copies.as_ref()
    }

    /// How far every sink is.
    ///
    /// # Errors
    /// [`StoreError`] when the end of the log cannot be read.
    pub async fn sinks(&self) -> Result<Vec<SinkNow>, StoreError> {
        let states = self.copies.as_ref().map(Copies::states).unwrap_or_default();
        if states.is_empty() {
            return Ok(Vec::new());
        }
        let end = self.store.audit_anchor().await?.seq;
        let now = |(name, policy, state): (_, _, sinks::State)| {
            let behind = end.saturating_sub(state.taken);
            SinkNow { name, policy, behind, trouble: state.trouble }
        };
        Ok(states.into_iter().map(now).collect())
    }

    /// The policies of the sinks whose last try failed. Nothing is asked of the store for it: anybody may want to know.
    pub fn troubled_sinks(&self) -> Vec<SinkPolicy> {
        let states = self.copies.as_ref().map(Copies::states).unwrap_or_default();
        states.into_iter().filter(|(_, _, state)| state.trouble.is_some()).map(|(_, policy, _)| policy).collect()
    }

    /// Writes down that a call begins. Durable when it returns, also in every sink that must have it.
    pub async fn begin(&self, entry: Entry) -> Result<Begun, Unavailable> {
        let seq = self.append(entry.into_row(self.clock.now(), Phase::Begin, Outcome::Begun)).await?;
        match self.copied(seq).await {
            Ok(()) => Ok(Begun { seq }),
            Err(unavailable) => {
                // It is not done, and the log says so; a sink that comes back gets both.
                let ending = Ending {
                    outcome: Outcome::Failed,
                    rows: 0,
                    bytes: 0,
                    millis: 0,
                    note: Some(Unavailable::CODE.to_owned()),
                    reason: None,
                    changed: None,
                };
                self.append(self.ended(seq, &ending)).await?;
                Err(unavailable)
            }
        }
    }

    /// Writes down how a call ended. Durable when it returns.
    pub async fn end(&self, begun: Begun, ending: Ending) -> Result<(), Unavailable> {
        let seq = self.append(self.ended(begun.seq, &ending)).await?;
        self.copied(seq).await
    }

    fn ended(&self, begun: u64, ending: &Ending) -> NewAudit {
        let entry =
            Entry { person: String::new(), call: String::new(), project: String::new(), details: json!(ending) };
        entry.into_row(self.clock.now(), Phase::End { begun }, ending.outcome)
    }

    /// Writes down something that happened at one moment: a refusal of a person, a sign-in, a start. Gives its number.
    pub async fn note(&self, entry: Entry, outcome: Outcome) -> Result<u64, Unavailable> {
        let seq = self.append(entry.into_note(self.clock.now(), outcome)).await?;
        self.copied(seq).await?;
        Ok(seq)
    }

    /// Counts a refusal of somebody who is not signed in; writes nothing yet.
    pub fn refused(&self, address: IpAddr, call: &str) {
        self.refused_because(address, call, None);
    }

    /// The same, with one word of a fixed list for what was wrong.
    pub fn refused_because(&self, address: IpAddr, call: &str, reason: Option<&'static str>) {
        self.refusals.count_address(address, call, reason, self.clock.now());
    }

    /// Counts a request of a person that was refused before it was known what it asks for: one that cannot be read, or
    /// one too many. Writes nothing yet: whoever sends without end must not fill the log.
    pub(crate) fn refused_person(&self, person: &PersonId, call: &str, code: Code) {
        self.refusals.count_person(person, call, code, self.clock.now());
    }

    /// Writes what was refused in minutes that are over, one entry per address or person and minute; with `all`, the
    /// current minute too. To be called every minute and at the end.
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
        let newest = clock::newest(&*self.store).await.map_err(Unavailable)?;
        let highest = clock::highest(&*self.store, newest, self.clock.now()).await.map_err(Unavailable)?;
        self.times.know(newest, highest);
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

    /// How long the newest entry took to be written; nothing before there was one.
    pub fn lag(&self) -> Duration {
        Duration::from_micros(self.lag_micros.load(Ordering::Relaxed))
    }

    /// Writes a row; before it, if the clock was put back, that it was.
    async fn append(&self, row: NewAudit) -> Result<u64, Unavailable> {
        let mut rows: Vec<NewAudit> = self.step_back(row.at).into_iter().collect();
        rows.push(row);
        let began = self.clock.monotonic();
        let written = self.store.append_audit(rows).await;
        let took = self.clock.monotonic().saturating_sub(began).as_micros();
        self.lag_micros.store(u64::try_from(took).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.is_refused.store(written.is_err(), Ordering::Release);
        Ok(written.map_err(Unavailable)?.last().copied().unwrap_or_default())
    }

    /// Whether entries can be written. After one that could not it is tried again, at most once in a second, with something
    /// that is no entry, so that a disk that has room again is known as such although nobody is sent here.
    ///
    /// # Errors
    /// [`StoreError`]: why the store takes nothing.
    pub async fn is_writable(&self) -> Result<(), StoreError> {
        if !self.is_refused.load(Ordering::Acquire) {
            return Ok(());
        }
        let mut tried = self.tried.lock().await;
        if !self.is_refused.load(Ordering::Acquire) {
            // Somebody else's try went through meanwhile.
            return Ok(());
        }
        if let Some((at, refused)) = &*tried
            && at.elapsed() < TRY_EVERY
        {
            return Err(refused.clone());
        }
        let key = RecordKey::new(RecordKind::Environment, "", "writable");
        let now = self.clock.now().to_string();
        if let Err(error) = self.store.keep(vec![Write::put(key, now)], Vec::new()).await {
            *tried = Some((Instant::now(), error.clone()));
            return Err(error);
        }
        *tried = None;
        self.is_refused.store(false, Ordering::Release);
        Ok(())
    }

    /// The entry of a clock that is further back than entries that are written already.
    fn step_back(&self, at: jiff::Timestamp) -> Option<NewAudit> {
        let from = self.times.take(at, self.clock.monotonic())?;
        let seconds = from.duration_since(at).as_secs();
        let details = json!({ "from": from.to_string(), "to": at.to_string(), "seconds": seconds });
        let entry = Entry { person: SERVER.to_owned(), call: CLOCK_BACK.to_owned(), project: String::new(), details };
        Some(entry.into_note(at, Outcome::Done))
    }

    /// Whether the clock is further back than entries that are written already.
    pub(crate) fn clock_back(&self) -> Option<ClockBack> {
        self.times.behind(self.clock.now(), self.clock.monotonic())
    }

    /// Waits until every sink that must have entry `seq` has it.
    async fn copied(&self, seq: u64) -> Result<(), Unavailable> {
        match &self.copies {
            Some(copies) => copies.taken(seq).await.map_err(Unavailable),
            None => Ok(()),
        }
    }
}
