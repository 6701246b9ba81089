//! The issuer's signing keys, which change by themselves, and the ID tokens that they sign.
//!
//! A key signs for ninety days. The next one is published a day before it takes over, and the one before stays published
//! for a day, so that whoever keeps the keys for a while can check every token: in these days there are two. The keys lie
//! sealed in one record and are read whenever one is needed; whichever server comes first makes the next key.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openidconnect::core::{
    CoreEdDsaPrivateSigningKey, CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AccessToken, AdditionalClaims, Audience, AuthenticationContextClass, AuthenticationMethodReference, EndUserEmail,
    EndUserName, EndUserUsername, IdToken, IdTokenClaims, IssuerUrl, JsonWebKeyId, Nonce, PrivateSigningKey,
    StandardClaims, SubjectIdentifier,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::tokens::{Holder, TOKEN_SECS};
use super::{CLIENT, Issuer};
use crate::hash::{hex, sha256};
use crate::store::{Body, Record, RecordKey, RecordKind, Store, StoreError, When, Write};
use crate::world::{Clock, Dice, random};

/// How long a key signs, in seconds.
const SIGNS_SECS: i64 = 90 * 24 * 3600;
/// How long before it signs, and after it has signed, a key is published, in seconds.
const PUBLISHED_SECS: i64 = 24 * 3600;
/// How an ID token says that the password alone was asked for, and that a code was too (`acr`).
pub(super) const CONTEXTS: [&str; 2] = ["1", "2"];

/// The signing keys of a store.
pub(super) struct Keys {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoKey {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("the embedded issuer's key is damaged; restore a backup")]
    Damaged,
}

/// A key as it is kept.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    seed: String,
    /// From when on it signs, in seconds since 1970.
    from: i64,
}

impl Keys {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> Self {
        Self { store, clock, dice }
    }

    /// Every key that is published.
    pub(super) async fn published(&self) -> Result<Vec<CoreJsonWebKey>, NoKey> {
        let keys = self.read().await?;
        keys.iter().map(|kept| Ok(signing_key(kept)?.as_verification_key())).collect()
    }

    /// The key that signs now.
    pub(super) async fn signing(&self) -> Result<CoreEdDsaPrivateSigningKey, NoKey> {
        let now = self.clock.now().as_second();
        let keys = self.read().await?;
        // Under a clock that went back to before the first one, the first one.
        let kept = keys.iter().rev().find(|kept| kept.from <= now).or(keys.first());
        signing_key(kept.ok_or(NoKey::Damaged)?)
    }

    /// The keys in their order, after what was due has happened.
    async fn read(&self) -> Result<Vec<Kept>, NoKey> {
        let key = RecordKey::new(RecordKind::IssuerKey, "", "current");
        let record = self.store.get(key.clone()).await?;
        let kept = record.as_ref().map(|record| self.opened(record)).transpose()?.unwrap_or_default();
        let Some(changed) = self.due(&kept) else { return Ok(kept) };
        let when = record.map_or(When::Absent, |record| When::At(record.revision));
        let body = Zeroizing::new(serde_json::to_vec(&changed).unwrap_or_default());
        match self.store.keep(vec![Write::put_when(key.clone(), body.to_vec(), when)], Vec::new()).await {
            Ok(_) => Ok(changed),
            // Another server was first.
            Err(StoreError::RowConflict { .. }) => {
                let record = self.store.get(key).await?.ok_or(NoKey::Damaged)?;
                self.opened(&record)
            }
            // People sign in with the keys that there are, while the store takes no writes.
            Err(error) if !kept.is_empty() => {
                tracing::warn!(%error, "the embedded issuer's next key could not be kept; it is tried again");
                Ok(kept)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn opened(&self, record: &Record) -> Result<Vec<Kept>, NoKey> {
        let opened = match &record.body {
            Body::Sealed(sealed) => self.store.open(sealed)?,
            Body::Open(bytes) => bytes.clone(),
        };
        // Until keys changed by themselves there was one, as its 32 bytes.
        if opened.len() == 32 {
            return Ok(vec![Kept { seed: STANDARD.encode(opened.as_slice()), from: 0 }]);
        }
        let kept: Vec<Kept> = serde_json::from_slice(&opened).map_err(|_| NoKey::Damaged)?;
        if kept.is_empty() { Err(NoKey::Damaged) } else { Ok(kept) }
    }

    /// The keys as they should be now, where that is not how they are.
    fn due(&self, kept: &[Kept]) -> Option<Vec<Kept>> {
        let now = self.clock.now().as_second();
        let draw = |from: i64| Kept { seed: STANDARD.encode(random::<32>(self.dice.as_ref())), from };
        let Some(newest) = kept.last() else { return Some(vec![draw(now)]) };
        if newest.from + SIGNS_SECS <= now + PUBLISHED_SECS {
            return Some([kept, &[draw(now + PUBLISHED_SECS)]].concat());
        }
        let next = kept.get(1)?;
        (next.from + PUBLISHED_SECS < now).then(|| kept.iter().skip(1).cloned().collect())
    }
}

/// An Ed25519 key from its 32 bytes: the library reads PKCS #8 (RFC 8410), whose frame around the bytes is constant.
fn signing_key(kept: &Kept) -> Result<CoreEdDsaPrivateSigningKey, NoKey> {
    const FRAME: [u8; 16] =
        [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    let seed = Zeroizing::new(STANDARD.decode(&kept.seed).map_err(|_| NoKey::Damaged)?);
    let der = Zeroizing::new([FRAME.as_slice(), seed.as_slice()].concat());
    let text = Zeroizing::new(STANDARD.encode(der.as_slice()));
    let pem = Zeroizing::new(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", text.as_str()));
    let name = hex(sha256(&seed).get(..8).unwrap_or_default());
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(name))).map_err(|_| NoKey::Damaged)
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
    pub(super) async fn id_token(
        &self,
        holder: &Holder,
        nonce: Option<String>,
        access_token: &str,
    ) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
        let key = self.keys.signing().await?;
        let moment = |seconds: i64| chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default();
        let now = self.clock.now().as_second();
        let mut name = openidconnect::LocalizedClaim::new();
        name.insert(None, EndUserName::new(holder.name.clone()));
        let claims = StandardClaims::new(SubjectIdentifier::new(holder.subject.clone()))
            .set_name(Some(name))
            .set_preferred_username(Some(EndUserUsername::new(holder.name.clone())))
            .set_email(holder.email.clone().map(EndUserEmail::new))
            .set_email_verified(holder.email.as_ref().map(|_| true));
        // RFC 8176: how it was proved who this is.
        let methods = ["pwd", "otp"].into_iter().take(1 + usize::from(holder.second));
        let methods = methods.map(|method| AuthenticationMethodReference::new(method.to_owned())).collect();
        let [one_step, two_steps] = CONTEXTS;
        let context = if holder.second { two_steps } else { one_step };
        let claims = IdTokenClaims::new(
            IssuerUrl::new(self.url.clone())?,
            vec![Audience::new(CLIENT.to_owned())],
            moment(now + TOKEN_SECS),
            moment(now),
            claims,
            Roles { roles: holder.roles.clone() },
        )
        .set_nonce(nonce.map(Nonce::new))
        .set_auth_time(Some(moment(holder.signed_in)))
        .set_auth_method_refs(Some(methods))
        .set_auth_context_ref(Some(AuthenticationContextClass::new(context.to_owned())));
        let access_token = AccessToken::new(access_token.to_owned());
        let token = SignedToken::new(claims, &key, CoreJwsSigningAlgorithm::EdDsa, Some(&access_token), None)?;
        Ok(token.to_string())
    }
}
