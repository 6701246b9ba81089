//! Codes that work once, refresh tokens that rotate, and signed ID tokens.
//!
//! A code lives 60 seconds and is bound to redirect address and PKCE challenge; it is removed in the same
//! compare-and-swap that uses it. A refresh token is replaced at each use. The one that was just replaced gives the same
//! successor again for ten seconds; after that, and for every older one, a second use ends its whole family, because one
//! of the two users must have stolen it. Only hashes of codes and tokens are names in the store.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm};
use openidconnect::{
    AccessToken, AdditionalClaims, Audience, EndUserEmail, EndUserName, EndUserUsername, IdToken, IdTokenClaims,
    IssuerUrl, Nonce, StandardClaims, SubjectIdentifier,
};
use serde::{Deserialize, Serialize};

use super::people::LocalPerson;
use super::{CLIENT, Issuer};
use crate::hash::sha256_hex;
use crate::store::{Record, RecordKey, RecordKind, Store, StoreError, When, Write};
use crate::world::{Clock, Dice, random};

/// How long a code works, in seconds.
const CODE_SECS: i64 = 60;
/// How long an ID token and an access token work, in seconds.
pub(super) const TOKEN_SECS: i64 = 300;
/// Of what is over, so much is removed at once.
const MOST_REMOVED: usize = 1_000;
/// How long a token that was replaced gives the same successor again, in seconds.
const GRACE_SECS: i64 = 10;
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
}

impl Holder {
    pub(super) fn of(person: LocalPerson, signed_in: i64) -> Self {
        let LocalPerson { subject, name, email, roles, .. } = person;
        Self { subject, name, email, roles, signed_in }
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
}

/// The refresh tokens that follow from one sign-in: only the last one works.
#[derive(Clone, Serialize, Deserialize)]
struct Family {
    holder: Holder,
    /// The hash of the token that works now.
    current: String,
    ends: i64,
    /// The one before it.
    #[serde(default)]
    before: Option<Before>,
}

/// A token that was just replaced: whoever brings it within some seconds did not get the answer, or asked twice at the
/// same moment, and gets the same successor again.
#[derive(Clone, Serialize, Deserialize)]
struct Before {
    hash: String,
    next: String,
    until: i64,
}

impl Family {
    /// The successor that this token was traded for a moment ago.
    fn traded(&self, hash: &str, now: i64) -> Option<&str> {
        let before = self.before.as_ref().filter(|before| before.hash == hash && now <= before.until);
        before.map(|before| before.next.as_str())
    }
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
        };
        self.store.keep(vec![Write::put(key("code", &code), json(&body))], Vec::new()).await?;
        Ok(code)
    }

    /// Takes a code back, once.
    pub(super) async fn take_code(&self, code: &str) -> Result<Option<Code>, StoreError> {
        let Some(record) = self.store.get(key("code", code)).await? else { return Ok(None) };
        let once = Write::delete_when(record.key.clone(), When::At(record.revision));
        match self.store.keep(vec![once], Vec::new()).await {
            Ok(_) => {}
            Err(StoreError::RowConflict { .. }) => return Ok(None),
            Err(error) => return Err(error),
        }
        let code: Option<Code> = record.body.plain().and_then(|body| serde_json::from_slice(body).ok());
        Ok(code.filter(|code| code.ends >= self.now()))
    }

    /// Gives the first refresh token of a new family.
    pub(super) async fn give_refresh(&self, holder: Holder) -> Result<String, StoreError> {
        let id = self.draw();
        let token = format!("{id}.{}", self.draw());
        let current = sha256_hex(token.as_bytes());
        let family = Family { holder, current, ends: self.now() + FAMILY_SECS, before: None };
        let mut writes = self.over().await?;
        writes.push(Write::put(key("family", &id), json(&family)));
        self.store.keep(writes, Vec::new()).await?;
        Ok(token)
    }

    /// Whom a refresh token was given to. One that was replaced before ends its family.
    pub(super) async fn holder(&self, token: &str) -> Result<Option<Holder>, StoreError> {
        Ok(self.family(token).await?.map(|(_, family)| family.holder))
    }

    /// Trades a refresh token for the next one, which is for `holder`.
    pub(super) async fn rotate(&self, token: &str, holder: Holder) -> Result<Option<String>, StoreError> {
        let Some((record, family)) = self.family(token).await? else { return Ok(None) };
        let hash = sha256_hex(token.as_bytes());
        if let Some(next) = family.traded(&hash, self.now()) {
            return Ok(Some(next.to_owned()));
        }
        let id = token.split_once('.').map_or("", |(id, _)| id);
        let next = format!("{id}.{}", self.draw());
        let before = Some(Before { hash, next: next.clone(), until: self.now() + GRACE_SECS });
        let family = Family { holder, current: sha256_hex(next.as_bytes()), before, ..family };
        let once = Write::put_when(record.key.clone(), json(&family), When::At(record.revision));
        match self.store.keep(vec![once], Vec::new()).await {
            Ok(_) => Ok(Some(next)),
            // Somebody traded it in this moment: what that gave is there now.
            Err(StoreError::RowConflict { .. }) => {
                let traded = self.family(token).await?;
                let hash = sha256_hex(token.as_bytes());
                Ok(traded.and_then(|(_, family)| family.traded(&hash, self.now()).map(str::to_owned)))
            }
            Err(error) => Err(error),
        }
    }

    async fn family(&self, token: &str) -> Result<Option<(Record, Family)>, StoreError> {
        let Some((id, _)) = token.split_once('.') else { return Ok(None) };
        let Some(record) = self.store.get(key("family", id)).await? else { return Ok(None) };
        let Some(family) = record.body.plain().and_then(|body| serde_json::from_slice::<Family>(body).ok()) else {
            return Ok(None);
        };
        let hash = sha256_hex(token.as_bytes());
        if family.current != hash && family.traded(&hash, self.now()).is_none() {
            self.store.keep(vec![Write::delete(record.key)], Vec::new()).await?;
            return Ok(None);
        }
        Ok((family.ends >= self.now()).then_some((record, family)))
    }

    /// Ends the family of a refresh token.
    pub(super) async fn end_family(&self, token: &str) -> Result<(), StoreError> {
        let Some((id, _)) = token.split_once('.') else { return Ok(()) };
        self.store.keep(vec![Write::delete(key("family", id))], Vec::new()).await?;
        Ok(())
    }

    /// Removes every code and family of a person, or of everybody; links that set a password stay.
    pub(super) async fn end_of(&self, subject: Option<&str>) -> Result<(), StoreError> {
        let holder = |record: &Record| {
            let body: serde_json::Value = serde_json::from_slice(record.body.plain()?).ok()?;
            Some(body.get("holder")?.get("subject")?.as_str()?.to_owned())
        };
        let records = self.store.list(RecordKind::IssuerGrant, None).await?;
        let theirs = records
            .into_iter()
            .filter(|record| holder(record).is_some_and(|held| subject.is_none_or(|subject| held == subject)));
        let keys: Vec<RecordKey> = theirs.map(|record| record.key).collect();
        for some in keys.chunks(MOST_REMOVED) {
            self.store.keep(some.iter().cloned().map(Write::delete).collect(), Vec::new()).await?;
        }
        Ok(())
    }

    /// Removes codes, families and links whose time is over, so that their number has an end.
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

fn key(what: &str, secret: &str) -> RecordKey {
    RecordKey::new(RecordKind::IssuerGrant, "", format!("{what}-{}", sha256_hex(secret.as_bytes())))
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

/// The claim that carries app roles.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Roles {
    roles: Vec<String>,
}

impl AdditionalClaims for Roles {}

type SignedToken = IdToken<Roles, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

impl Issuer {
    /// A signed ID token for `holder`, bound to `access_token`.
    pub(super) fn id_token(
        &self,
        holder: &Holder,
        nonce: Option<String>,
        access_token: &str,
    ) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
        let moment = |seconds: i64| chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default();
        let now = self.clock.now().as_second();
        let mut name = openidconnect::LocalizedClaim::new();
        name.insert(None, EndUserName::new(holder.name.clone()));
        let claims = StandardClaims::new(SubjectIdentifier::new(holder.subject.clone()))
            .set_name(Some(name))
            .set_preferred_username(Some(EndUserUsername::new(holder.name.clone())))
            .set_email(holder.email.clone().map(EndUserEmail::new))
            .set_email_verified(holder.email.as_ref().map(|_| true));
        let claims = IdTokenClaims::new(
            IssuerUrl::new(self.url.clone())?,
            vec![Audience::new(CLIENT.to_owned())],
            moment(now + TOKEN_SECS),
            moment(now),
            claims,
            Roles { roles: holder.roles.clone() },
        )
        .set_nonce(nonce.map(Nonce::new))
        .set_auth_time(Some(moment(holder.signed_in)));
        let access_token = AccessToken::new(access_token.to_owned());
        let algorithm = CoreJwsSigningAlgorithm::EdDsa;
        let token = SignedToken::new(claims, &self.key, algorithm, Some(&access_token), None)?;
        Ok(token.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::settings::{MasterKey, StorePlace};
    use crate::store::{self, Vault};
    use crate::world::SystemDice;

    struct HeldClock(AtomicI64);

    impl Clock for HeldClock {
        fn now(&self) -> jiff::Timestamp {
            jiff::Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
        }

        fn monotonic(&self) -> Duration {
            Duration::ZERO
        }
    }

    fn holder() -> Holder {
        Holder { subject: "s".into(), name: "ada".into(), email: None, roles: Vec::new(), signed_in: 0 }
    }

    #[tokio::test]
    async fn a_token_that_was_just_replaced_gives_the_same_successor_and_later_ends_its_family() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::new(MasterKey::from_random([5; 32]), Arc::new(SystemDice));
        let store = store::open(&StorePlace::Sqlite(folder.path().join("clew.db")), vault).unwrap();
        let clock = Arc::new(HeldClock(AtomicI64::new(1_000)));
        let grants = Grants::new(store, clock.clone(), Arc::new(SystemDice));
        let first = grants.give_refresh(holder()).await.unwrap();
        let rotate = async |token: &str| grants.rotate(token, holder()).await.unwrap();
        let at_once = futures::future::join_all((0..8).map(|_| rotate(&first))).await;
        let second = at_once[0].clone().unwrap();
        assert!(at_once.iter().all(|token| token.as_ref() == Some(&second)), "whoever asks twice gets the same");
        clock.0.store(1_010, Ordering::Relaxed);
        assert_eq!(rotate(&first).await, Some(second.clone()));
        let third = rotate(&second).await.unwrap();
        assert_ne!(third, second);

        clock.0.store(1_021, Ordering::Relaxed);
        assert_eq!(rotate(&second).await, None, "that is too late");
        assert_eq!(rotate(&third).await, None, "and so the family is over");

        let first = grants.give_refresh(holder()).await.unwrap();
        let second = rotate(&first).await.unwrap();
        let third = rotate(&second).await.unwrap();
        assert_eq!(rotate(&first).await, None, "one before the last is too old at any time");
        assert_eq!(rotate(&third).await, None);
    }
}
