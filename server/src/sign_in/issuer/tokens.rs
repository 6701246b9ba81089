//! Codes that work once, and refresh tokens that rotate.
//!
//! A code lives 60 seconds and is bound to redirect address and PKCE challenge. It is traded in one compare-and-swap, and
//! whoever comes with it once more ends what it gave: one of the two must have stolen it.
//!
//! A refresh token is replaced at each use; using one a second time ends its whole family, for the same reason. In the ten
//! seconds after its use it gives the same next one once more, for an answer that was lost on its way, or for two requests
//! at the same moment. The next token is derived from the one before and a salt that only the store has: the store holds
//! no token, and whoever has an old one cannot derive anything. Only hashes of codes and tokens are names in the store.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::people::LocalPerson;
use crate::hash::{sha256, sha256_hex};
use crate::store::{Record, RecordKey, RecordKind, Store, StoreError, When, Write};
use crate::world::{Clock, Dice, random};

/// How long a code works, in seconds.
const CODE_SECS: i64 = 60;
/// How long a code that was traded is remembered, in seconds: as long as the sign-in that it belongs to may take.
const TRADED_SECS: i64 = 600;
/// How long after its use a refresh token gives the same next one, in seconds.
const GRACE_SECS: i64 = 10;
/// How long an ID token and an access token work, in seconds.
pub(super) const TOKEN_SECS: i64 = 300;
/// Of what is over, so much is removed at once.
const MOST_REMOVED: usize = 1_000;
/// How long a family of refresh tokens works, in seconds.
const FAMILY_SECS: i64 = 30 * 24 * 3600;

/// Whom something was given to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Holder {
    pub(super) subject: String,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) roles: Vec<String>,
    /// When the password was entered, in seconds since 1970.
    pub(super) signed_in: i64,
    /// Whether a code was entered too.
    #[serde(default)]
    pub(super) second: bool,
}

impl Holder {
    pub(super) fn of(person: LocalPerson, signed_in: i64, second: bool) -> Self {
        let LocalPerson { subject, name, email, roles, .. } = person;
        Self { subject, name, email, roles, signed_in, second }
    }
}

/// A code, and what must fit when it comes back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Code {
    pub(super) holder: Holder,
    pub(super) redirect: String,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
    ends: i64,
    /// The family that it gave, once it was traded.
    #[serde(default)]
    traded_for: Option<String>,
}

/// A code as it was read.
pub(super) struct FoundCode {
    pub(super) code: Code,
    key: RecordKey,
    revision: u64,
}

/// The refresh tokens that follow from one sign-in: only the last one works.
#[derive(Clone, Serialize, Deserialize)]
struct Family {
    holder: Holder,
    /// The hash of the token that works now.
    current: String,
    ends: i64,
    /// The one that it took the place of.
    #[serde(default)]
    before: Option<Before>,
}

/// A refresh token that was replaced.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Before {
    /// Its hash.
    token: String,
    /// What the next one was derived with.
    salt: String,
    /// When it was replaced.
    at: i64,
}

impl Family {
    /// The token that took the place of this one a moment ago.
    fn same_next(&self, token: &str, now: i64) -> Option<String> {
        let before = self.before.as_ref()?;
        let next = next_token(token, &before.salt)?;
        let is_it = before.token == sha256_hex(token.as_bytes()) && self.current == sha256_hex(next.as_bytes());
        (is_it && now - before.at <= GRACE_SECS).then_some(next)
    }
}

/// A refresh token that counts.
enum Held {
    /// It works now.
    Current(Record, Family),
    /// It was replaced a moment ago, by this one.
    Replaced(Family, String),
}

/// Codes and refresh tokens.
pub(super) struct Grants {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
}

impl Grants {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> Self {
        Self { store, clock, dice }
    }

    fn draw(&self) -> String {
        URL_SAFE_NO_PAD.encode(random::<32>(self.dice.as_ref()))
    }

    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    /// Gives a code.
    pub(super) async fn give_code(
        &self,
        holder: Holder,
        redirect: &str,
        challenge: &str,
        nonce: Option<String>,
    ) -> Result<String, StoreError> {
        let code = self.draw();
        let body = Code {
            holder,
            redirect: redirect.to_owned(),
            challenge: challenge.to_owned(),
            nonce,
            ends: self.now() + CODE_SECS,
            traded_for: None,
        };
        self.store.keep(vec![Write::put(key("code", &code), json(&body))], Vec::new()).await?;
        Ok(code)
    }

    /// A code that came back. One that was traded before ends what it gave.
    pub(super) async fn code(&self, code: &str) -> Result<Option<FoundCode>, StoreError> {
        let Some(record) = self.store.get(key("code", code)).await? else { return Ok(None) };
        let code = record.body.plain().and_then(|body| serde_json::from_slice::<Code>(body).ok());
        let Some(code) = code else { return Ok(None) };
        if let Some(family) = &code.traded_for {
            self.end(family).await?;
            return Ok(None);
        }
        let found = FoundCode { code, key: record.key, revision: record.revision };
        Ok(Some(found).filter(|found| found.code.ends >= self.now()))
    }

    /// Whoever came with the code could not prove to be the one who asked for it: nobody else tries.
    pub(super) async fn burn(&self, found: FoundCode) -> Result<(), StoreError> {
        let burnt = Write::delete_when(found.key.clone(), When::At(found.revision));
        self.once(burnt, Vec::new(), found.key).await?;
        Ok(())
    }

    /// Trades a code for the first refresh token of a new family, once.
    pub(super) async fn trade(&self, found: FoundCode) -> Result<Option<String>, StoreError> {
        let FoundCode { code, key: place, revision } = found;
        let (id, now) = (self.draw(), self.now());
        let token = format!("{id}.{}", self.draw());
        let current = sha256_hex(token.as_bytes());
        let family = Family { holder: code.holder.clone(), current, ends: now + FAMILY_SECS, before: None };
        let traded = Code { traded_for: Some(id.clone()), ends: now + TRADED_SECS, ..code };
        let mut writes = self.over().await?;
        writes.push(Write::put(key("family", &id), json(&family)));
        let once = Write::put_when(place.clone(), json(&traded), When::At(revision));
        Ok(self.once(once, writes, place).await?.then_some(token))
    }

    /// Uses a code. Where somebody else was first in this very moment, what that one got ends.
    async fn once(&self, use_up: Write, mut beside: Vec<Write>, place: RecordKey) -> Result<bool, StoreError> {
        beside.push(use_up);
        match self.store.keep(beside, Vec::new()).await {
            Ok(_) => return Ok(true),
            Err(StoreError::RowConflict { .. }) => {}
            Err(error) => return Err(error),
        }
        let record = self.store.get(place).await?;
        let code = record.and_then(|record| serde_json::from_slice::<Code>(record.body.plain()?).ok());
        if let Some(family) = code.and_then(|code| code.traded_for) {
            self.end(&family).await?;
        }
        Ok(false)
    }

    /// Ends a family.
    async fn end(&self, family: &str) -> Result<(), StoreError> {
        self.store.keep(vec![Write::delete(key("family", family))], Vec::new()).await?;
        Ok(())
    }

    /// Whom a refresh token was given to. One that was replaced before ends its family.
    pub(super) async fn holder(&self, token: &str) -> Result<Option<Holder>, StoreError> {
        Ok(self.held(token).await?.map(|held| match held {
            Held::Current(_, family) | Held::Replaced(family, _) => family.holder,
        }))
    }

    /// Trades a refresh token for the next one, which is for `holder`.
    pub(super) async fn rotate(&self, token: &str, holder: &Holder) -> Result<Option<String>, StoreError> {
        // Once more where somebody else came with the same token at the same moment.
        for _ in 0..2 {
            let (record, family) = match self.held(token).await? {
                None => return Ok(None),
                Some(Held::Replaced(_, next)) => return Ok(Some(next)),
                Some(Held::Current(record, family)) => (record, family),
            };
            let salt = self.draw();
            let Some(next) = next_token(token, &salt) else { return Ok(None) };
            let before = Some(Before { token: sha256_hex(token.as_bytes()), salt, at: self.now() });
            let family = Family { holder: holder.clone(), current: sha256_hex(next.as_bytes()), before, ..family };
            let once = Write::put_when(record.key.clone(), json(&family), When::At(record.revision));
            match self.store.keep(vec![once], Vec::new()).await {
                Ok(_) => return Ok(Some(next)),
                Err(StoreError::RowConflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    async fn held(&self, token: &str) -> Result<Option<Held>, StoreError> {
        let Some((id, _)) = token.split_once('.') else { return Ok(None) };
        let Some(record) = self.store.get(key("family", id)).await? else { return Ok(None) };
        let Some(family) = record.body.plain().and_then(|body| serde_json::from_slice::<Family>(body).ok()) else {
            return Ok(None);
        };
        let now = self.now();
        if family.ends < now {
            return Ok(None);
        }
        if family.current == sha256_hex(token.as_bytes()) {
            return Ok(Some(Held::Current(record, family)));
        }
        if let Some(next) = family.same_next(token, now) {
            return Ok(Some(Held::Replaced(family, next)));
        }
        self.store.keep(vec![Write::delete(record.key)], Vec::new()).await?;
        Ok(None)
    }

    /// Ends the family of a refresh token.
    pub(super) async fn end_family(&self, token: &str) -> Result<(), StoreError> {
        let Some((id, _)) = token.split_once('.') else { return Ok(()) };
        self.end(id).await
    }

    /// Removes every code, step and family of a person, or of everybody, but the family of one token; links that set a
    /// password stay.
    pub(super) async fn end_of(&self, subject: Option<&str>, but: Option<&str>) -> Result<(), StoreError> {
        let stays = but.and_then(|token| token.split_once('.')).map(|(id, _)| key("family", id));
        let holder = |record: &Record| {
            let body: serde_json::Value = serde_json::from_slice(record.body.plain()?).ok()?;
            Some(body.get("holder")?.get("subject")?.as_str()?.to_owned())
        };
        let records = self.store.list(RecordKind::IssuerGrant, None).await?;
        let theirs = records
            .into_iter()
            .filter(|record| holder(record).is_some_and(|held| subject.is_none_or(|subject| held == subject)))
            .filter(|record| stays.as_ref() != Some(&record.key));
        let keys: Vec<RecordKey> = theirs.map(|record| record.key).collect();
        for some in keys.chunks(MOST_REMOVED) {
            self.store.keep(some.iter().cloned().map(Write::delete).collect(), Vec::new()).await?;
        }
        Ok(())
    }

    /// Removes codes, steps, families and links whose time is over, so that their number has an end.
    async fn over(&self) -> Result<Vec<Write>, StoreError> {
        let ends = |record: &Record| {
            let body: serde_json::Value = serde_json::from_slice(record.body.plain()?).ok()?;
            body.get("ends")?.as_i64()
        };
        let now = self.now();
        let records = self.store.list(RecordKind::IssuerGrant, None).await?;
        let over = records.into_iter().filter(|record| ends(record).is_none_or(|ends| ends < now));
        Ok(over.take(MOST_REMOVED).map(|record| Write::delete(record.key)).collect())
    }
}

/// The token that follows on another one.
fn next_token(token: &str, salt: &str) -> Option<String> {
    let (id, _) = token.split_once('.')?;
    Some(format!("{id}.{}", URL_SAFE_NO_PAD.encode(sha256(format!("next {salt} {token}").as_bytes()))))
}

fn key(what: &str, secret: &str) -> RecordKey {
    RecordKey::new(RecordKind::IssuerGrant, "", format!("{what}-{}", sha256_hex(secret.as_bytes())))
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
