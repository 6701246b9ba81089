//! Sessions as people see them: which there are, under names that open nothing, and ending them by hand.

use access::PersonId;
use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use wire::Fault;

use super::session::{SessionBody, Sessions};
use crate::gate::client_address;
use crate::hash::{hex, sha256};
use crate::store::{Session, SessionHash, StoreError};

/// The most that is kept of what a browser calls itself, in characters.
const MOST_AGENT: usize = 200;

/// A session that lives.
pub struct Known {
    /// Names it in the store.
    pub hash: SessionHash,
    /// Whose it is.
    pub person: String,
    /// When it began.
    pub created: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen: Timestamp,
    /// When it ends in any case.
    pub ends: Timestamp,
    /// What it keeps.
    pub body: SessionBody,
}

impl Known {
    /// A session of the store; none where nothing can be made of what it keeps.
    pub(super) fn of(session: Session) -> Option<Self> {
        let Session { hash, person, created, last_seen, ends, body } = session;
        let body = serde_json::from_slice(&body).ok()?;
        Some(Self { hash, person, created, last_seen, ends, body })
    }

    /// What it is called outside of the server: a hash of what is itself a hash of the cookie, cut in half.
    pub fn name(&self) -> String {
        let whole = sha256(&[b"the name of a session ".as_slice(), &self.hash].concat());
        hex(whole.get(..16).unwrap_or_default())
    }
}

impl Sessions {
    /// The sessions of a person, or of everybody, that live; newest first.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn known(&self, person: Option<&PersonId>) -> Result<Vec<Known>, StoreError> {
        let now = self.clock.now();
        let all = self.store.sessions(person.map(ToString::to_string)).await?;
        let living = all.into_iter().filter(|session| self.is_alive(session, now)).filter_map(Known::of);
        // What was never used is one with the session whose place it is to take.
        Ok(living.filter(|known| known.body.takes_over.is_none()).collect())
    }

    /// One session of a person, by the name that it has outside.
    ///
    /// # Errors
    /// [`Fault`] `NotFound` when the person has no such session.
    pub async fn named(&self, person: &PersonId, name: &str) -> Result<Known, Fault> {
        let all = self.known(Some(person)).await?;
        all.into_iter().find(|session| session.name() == name).ok_or_else(Fault::not_found)
    }

    /// Whether a session is still kept.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn is_there(&self, session: SessionHash) -> Result<bool, StoreError> {
        Ok(self.store.session(session).await?.is_some())
    }

    /// Ends all sessions of a person, or of everybody; gives their number.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub async fn end_all(&self, person: Option<&PersonId>) -> Result<u64, StoreError> {
        self.store.end_sessions(person.map(ToString::to_string)).await
    }
}

/// Where a session begins: the address, and what the browser calls itself.
pub(super) fn origin(headers: &HeaderMap) -> (Option<String>, Option<String>) {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let agent = agent.map(|agent| agent.chars().filter(|letter| !letter.is_control()).take(MOST_AGENT).collect());
    (client_address(headers).map(|address| address.to_string()), agent)
}
