//! Logout tokens: what must fit before an issuer's word that somebody has left is believed (OpenID Connect Back-Channel
//! Logout 1.0, section 2.6).
//!
//! | what | must be |
//! |---|---|
//! | signature | of an asymmetric algorithm, by a key of the issuer's set |
//! | `iss`, `aud` | the issuer, and us |
//! | `iat`, `exp` | at most two minutes old, not ahead; still, where it is there |
//! | `events` | that of a logout |
//! | `nonce` | absent: an ID token is no logout token |
//! | `sub`, `sid` | one of them at least |
//! | `jti` | there; each is believed once |
//!
//! The library knows no logout tokens; it verifies the signature, the rest is read here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey, JsonWebKeyUse};
use serde_json::Value;

use super::id_token::ASYMMETRIC;

/// How old a logout token may be.
pub(super) const OLDEST_SECS: i64 = 120;
/// How far the issuer's clock may be ahead of ours.
pub(super) const SKEW_SECS: i64 = 60;
/// The event that a logout is.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// The longest name of a person, a session or a token.
const MOST_NAME_BYTES: usize = 255;

/// Whom an issuer says to have left.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Left {
    /// The person, as the issuer knows it.
    pub(super) subject: Option<String>,
    /// The session at the issuer.
    pub(super) session: Option<String>,
    /// The name of the token.
    pub(super) token: String,
}

/// Why a token is not believed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotLeft {
    /// No key that is known verifies it; a newer one may.
    Key,
    /// Something that no other key would mend.
    Other(&'static str),
}

/// Whom `token` says to have left, by one of `keys`, for `client_id`, at `now`.
///
/// # Errors
/// [`NotLeft`]; whoever sent it learns nothing of it.
pub(super) fn read(
    token: &str,
    keys: &[CoreJsonWebKey],
    issuer: &str,
    client_id: &str,
    now: Timestamp,
) -> Result<Left, NotLeft> {
    let mut parts = token.splitn(4, '.');
    let (Some(head), Some(claims), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(NotLeft::Other("it has not three parts"));
    };
    let (header, payload) = (json(head)?, json(claims)?);
    let left = fits(&payload, issuer, client_id, now.as_second()).map_err(NotLeft::Other)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| NotLeft::Other("its signature is not base64"))?;
    let signed = token.get(..head.len() + 1 + claims.len()).unwrap_or_default();
    verify(&header, signed, &signature, keys)?;
    Ok(left)
}

fn json(part: &str) -> Result<Value, NotLeft> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| NotLeft::Other("it is not base64"))?;
    serde_json::from_slice(&bytes).map_err(|_| NotLeft::Other("it is not JSON"))
}

fn verify(header: &Value, signed: &str, signature: &[u8], keys: &[CoreJsonWebKey]) -> Result<(), NotLeft> {
    let algorithm = serde_json::from_value::<CoreJwsSigningAlgorithm>(header["alg"].clone());
    let algorithm = algorithm.ok().filter(|algorithm| ASYMMETRIC.contains(algorithm));
    let algorithm = algorithm.ok_or(NotLeft::Other("it is signed by no algorithm that is believed here"))?;
    if header.get("crit").is_some() {
        return Err(NotLeft::Other("it asks for something that is not known here"));
    }
    // Older issuers name the kind of every token alike (section 2.4 recommends its own).
    let kind = header["typ"].as_str().unwrap_or("logout+jwt");
    if !["logout+jwt", "application/logout+jwt", "jwt"].contains(&kind.to_ascii_lowercase().as_str()) {
        return Err(NotLeft::Other("it is a token of another kind"));
    }
    let named = header.get("kid").and_then(Value::as_str);
    let is_meant = |key: &&CoreJsonWebKey| {
        let signs = key.key_use().is_none_or(JsonWebKeyUse::allows_signature);
        signs && named.is_none_or(|named| key.key_id().is_none_or(|id| id.as_str() == named))
    };
    let verifies = |key: &CoreJsonWebKey| key.verify_signature(&algorithm, signed.as_bytes(), signature).is_ok();
    if keys.iter().filter(is_meant).any(verifies) { Ok(()) } else { Err(NotLeft::Key) }
}

fn fits(payload: &Value, issuer: &str, client_id: &str, now_secs: i64) -> Result<Left, &'static str> {
    if payload["iss"].as_str() != Some(issuer) {
        return Err("it is of another issuer");
    }
    let audience = &payload["aud"];
    let is_ours = audience.as_str() == Some(client_id)
        || audience.as_array().is_some_and(|several| several.iter().any(|one| one.as_str() == Some(client_id)));
    if !is_ours {
        return Err("it is for somebody else");
    }
    let issued = payload["iat"].as_i64().ok_or("it does not say when it was made")?;
    if issued < now_secs - OLDEST_SECS || issued > now_secs + SKEW_SECS {
        return Err("it was not made just now");
    }
    if payload.get("exp").is_some_and(|end| end.as_i64().is_none_or(|end| end <= now_secs)) {
        return Err("its time is over");
    }
    if payload.get("nonce").is_some() {
        return Err("it is an ID token");
    }
    if !payload.get("events").and_then(|events| events.get(EVENT)).is_some_and(Value::is_object) {
        return Err("it tells of no logout");
    }
    let name = |claim: &'static str| match payload.get(claim) {
        None => Ok(None),
        Some(Value::String(name)) if !name.is_empty() && name.len() <= MOST_NAME_BYTES => Ok(Some(name.clone())),
        Some(_) => Err("a name in it is none"),
    };
    let left =
        Left { subject: name("sub")?, session: name("sid")?, token: name("jti")?.ok_or("it has no name of its own")? };
    if left.subject.is_none() && left.session.is_none() {
        return Err("it names nobody");
    }
    Ok(left)
}
