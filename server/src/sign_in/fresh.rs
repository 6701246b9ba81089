//! Whoever's sessions were ended by hand proves anew to the issuer who it is: an issuer that still remembers the person
//! would otherwise let somebody in again without a question.
//!
//! What is kept is a moment, for one person or for everybody. Somebody who comes back from the issuer and gave the
//! password before that moment, or without a word about when, is sent there once more with `prompt=login` and
//! `max_age=0` (OpenID Connect Core 1.0, section 3.1.2.1), and then let in only if the issuer says that the password was
//! given since: it must, where it was asked like that (section 2).

use std::sync::Arc;

use access::PersonId;

use super::flow::Flow;
use crate::store::{RecordKey, RecordKind, Store, StoreError, Write};
use crate::world::Clock;

/// How far the issuer's clock may be behind ours, in seconds.
const SKEW_SECS: i64 = 60;

/// From when on whom must have given the password.
pub struct Fresh {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    /// Whether an issuer that never says when the password was given is believed to have asked for it.
    without_auth_time: bool,
}

/// What becomes of somebody who comes back from the issuer.
#[derive(Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Comes in.
    Enough,
    /// Goes to the issuer once more, which is to ask for the password.
    AskAgain,
    /// The issuer was to ask for the password and did not.
    NotAsked,
    /// The issuer was to ask for the password and does not say when it did.
    Unsaid,
}

impl Fresh {
    /// What is kept in `store`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, without_auth_time: false }
    }

    /// The same, where an issuer that never says when the password was given is believed to have asked for it.
    pub fn without_auth_time(self, without_auth_time: bool) -> Self {
        Self { without_auth_time, ..self }
    }

    /// From now on a person, or everybody, must give the password anew.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub async fn demand(&self, person: Option<&PersonId>) -> Result<(), StoreError> {
        let now = self.clock.now().as_second();
        let body = serde_json::to_vec(&now).unwrap_or_default();
        self.store.keep(vec![Write::put(key(person), body)], Vec::new()).await?;
        Ok(())
    }

    /// Judges a way back: when the password was given, in seconds since 1970, as the issuer says it.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn judge(&self, person: &PersonId, flow: &Flow, auth_time: Option<i64>) -> Result<Freshness, StoreError> {
        let Some(since) = self.since_when(person).await? else { return Ok(Freshness::Enough) };
        Ok(match auth_time {
            Some(given) if given > since => Freshness::Enough,
            _ if !flow.fresh => Freshness::AskAgain,
            Some(given) if given < flow.begun - SKEW_SECS => Freshness::NotAsked,
            // What asks for the password goes through the browser, which may leave it out: only a moment that is signed
            // says that it was asked for, unless the settings say that this issuer never tells.
            None if !self.without_auth_time => Freshness::Unsaid,
            Some(_) | None if flow.begun >= since => Freshness::Enough,
            Some(_) | None => Freshness::AskAgain,
        })
    }

    /// Whether somebody who came in at `given`, in seconds since 1970, was asked for the password anew since.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn is_demanded_since(&self, person: &PersonId, given: i64) -> Result<bool, StoreError> {
        Ok(self.since_when(person).await?.is_some_and(|since| since >= given))
    }

    async fn since_when(&self, person: &PersonId) -> Result<Option<i64>, StoreError> {
        Ok(self.since(Some(person)).await?.max(self.since(None).await?))
    }

    async fn since(&self, person: Option<&PersonId>) -> Result<Option<i64>, StoreError> {
        let record = self.store.get(key(person)).await?;
        Ok(record.and_then(|record| serde_json::from_slice(record.body.plain()?).ok()))
    }
}

/// A colon is in no person's name, so nobody's preferences lie there.
fn key(person: Option<&PersonId>) -> RecordKey {
    let person = person.map_or("", PersonId::as_str);
    RecordKey::new(RecordKind::Remembered, "", format!("password-since:{person}"))
}
