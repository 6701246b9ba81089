//! Codes that work once, refresh tokens that rotate, and signed ID tokens.
//!
//! A code lives 60 seconds and is bound to redirect address and PKCE challenge; it is removed in the same
//! compare-and-swap that uses it. A refresh token is replaced at each use; using one a second time ends its whole
//! family, because one of the two users must have stolen it. Only hashes of codes and tokens are names in the store.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm};
use openidconnect::{
    AccessToken, AdditionalClaims, Audience, EndUserEmail, EndUserName, EndUserUsername, IdToken, IdTokenClaims,
    IssuerUrl, Nonce, StandardClaims, SubjectIdentifier,
};
use serde::{Deserialize, Serialize};

use super::{CLIENT, Issuer};
use crate::gate::hex;
use crate::store::vault::sha256;
use crate::store::{RecordKey, RecordKind, Store, StoreError, When, Write};
use crate::world::{Clock, Dice, random};

/// How long a code works, in seconds.
const CODE_SECS: i64 = 60;
/// How long an ID token and an access token work, in seconds.
pub(super) const TOKEN_SECS: i64 = 300;
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

/// A code, and what must fit when it comes back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Code {
    pub(super) holder: Holder,
    pub(super) redirect: String,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
    ends: i64,
}

/// A refresh token of a family.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Refresh {
    holder: Holder,
    family: String,
    ends: i64,
    used: bool,
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
        let (family, token) = (self.draw(), self.draw());
        let ends = self.now() + FAMILY_SECS;
        let body = Refresh { holder, family: family.clone(), ends, used: false };
        let writes = vec![
            Write::put(key("refresh", &token), json(&body)),
            Write::put(key("family", &family), Vec::from(b"open")),
        ];
        self.store.keep(writes, Vec::new()).await?;
        Ok(token)
    }

    /// Trades a refresh token for the next one; a used one ends the family.
    pub(super) async fn rotate(&self, token: &str) -> Result<Option<(Holder, String)>, StoreError> {
        let Some(record) = self.store.get(key("refresh", token)).await? else { return Ok(None) };
        let Some(mut refresh) = record.body.plain().and_then(|body| serde_json::from_slice::<Refresh>(body).ok())
        else {
            return Ok(None);
        };
        let family = key("family", &refresh.family);
        if refresh.used {
            self.store.keep(vec![Write::delete(family)], Vec::new()).await?;
            return Ok(None);
        }
        if refresh.ends < self.now() || self.store.get(family).await?.is_none() {
            return Ok(None);
        }
        let next = self.draw();
        let following = Refresh { used: false, ..refresh.clone() };
        refresh.used = true;
        let writes = vec![
            Write::put_when(record.key.clone(), json(&refresh), When::At(record.revision)),
            Write::put(key("refresh", &next), json(&following)),
        ];
        match self.store.keep(writes, Vec::new()).await {
            Ok(_) => Ok(Some((refresh.holder, next))),
            Err(StoreError::RowConflict { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn key(what: &str, secret: &str) -> RecordKey {
    RecordKey::new(RecordKind::IssuerGrant, "", format!("{what}-{}", hex(&sha256(secret.as_bytes()))))
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
