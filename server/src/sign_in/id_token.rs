//! ID tokens: what must fit before one word of a token is believed (OpenID Connect Core 1.0, section 3.1.3.7).
//!
//! | what | must be |
//! |---|---|
//! | signature | of an asymmetric algorithm, by a key of the issuer's set; what the token itself says of keys is not read |
//! | `iss` | the issuer, byte for byte |
//! | `aud`, `azp` | ours; ours as the authorised party too, where it is for several or names one |
//! | `exp`, `iat`, `nbf` | still, already and already; 60 seconds of skew for the last two |
//! | `nonce` | the one that this browser's sign-in began with |
//! | `at_hash` | that of the access token, where it is there |
//! | `token_type` of the answer | `Bearer` (section 3.1.3.3) |
//!
//! The library verifies signature, issuer, audience, expiry and nonce; party, beginning and access token are judged
//! here. A token that was signed with the client's secret is refused as well: who else knows it is not known.
//!
//! Absent on purpose: encrypted tokens, and any answer to the browser that says which of these it was.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use openidconnect::core::{
    CoreClient, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreTokenResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, ClaimsVerificationError, EndpointMaybeSet, EndpointNotSet, EndpointSet, Nonce, NonceVerifier,
    OAuth2TokenResponse, SignatureVerificationError, TokenResponse,
};
use serde_json::Value;
use wire::{Code, Fault};

use super::refusal::{Reason, Refusal};

/// How far the issuer's clock may be ahead of ours.
const SKEW_SECS: i64 = 60;
/// What is said of a token whose `iat` is further ahead.
const OF_THE_FUTURE: &str = "it was issued in the future";

/// Algorithms whose keys only the issuer has.
pub(super) const ASYMMETRIC: [CoreJwsSigningAlgorithm; 4] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// The library's client, with the issuer's addresses and keys.
pub(super) type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Why a token is not believed.
pub(super) enum Misfit {
    /// No key that is known verifies it; a newer one may.
    Key(ClaimsVerificationError),
    /// Something that no other key would mend.
    Other(Refusal),
}

/// What a token is held against.
pub(super) struct Expected<'a> {
    /// Knows the issuer and its keys.
    pub(super) client: &'a Client,
    /// Our name at the issuer.
    pub(super) client_id: &'a str,
    /// What the sign-in began with; without one any is right, because a renewal sends none.
    pub(super) nonce: Option<&'a Nonce>,
    pub(super) now: Timestamp,
}

/// Checks the ID token of an answer; gives its claims as JSON, because the library's own types know no roles.
///
/// # Errors
/// [`Misfit`]; what exactly did not fit goes to the log, at the latest with [`Misfit::into_refusal`].
pub(super) fn check(answer: &CoreTokenResponse, expected: &Expected<'_>) -> Result<Value, Misfit> {
    let id_token = answer.id_token().ok_or_else(|| not_believed(Reason::Token, &"there is no ID token"))?;
    if *answer.token_type() != CoreTokenType::Bearer {
        return Err(not_believed(Reason::AccessToken, &"the access token is of another kind than Bearer").into());
    }
    let now_secs = expected.now.as_second();
    let verifier = expected
        .client
        .id_token_verifier()
        .set_allowed_algs(ASYMMETRIC)
        // Who else a token may be for is judged below: the library does not look at the authorised party.
        .set_other_audience_verifier_fn(|_| true)
        .set_time_fn(move || chrono::DateTime::from_timestamp(now_secs, 0).unwrap_or_default())
        .set_issue_time_verifier_fn(move |issued| {
            let ahead = issued.timestamp() - now_secs;
            if ahead <= SKEW_SECS { Ok(()) } else { Err(OF_THE_FUTURE.to_owned()) }
        });
    let fits = |said: Option<&Nonce>| expected.nonce.map_or(Ok(()), |sent| sent.verify(said));
    let claims = id_token.claims(&verifier, fits)?;
    check_party(claims, expected.client_id)?;
    check_access_token(answer, claims, &verifier)?;
    let payload = payload(&id_token.to_string());
    let payload = payload.ok_or_else(|| not_believed(Reason::Token, &"its claims cannot be read"))?;
    check_beginning(&payload, now_secs)?;
    Ok(payload)
}

/// A token for several is for us only where it says so, and one for another party never is.
fn check_party(claims: &CoreIdTokenClaims, client_id: &str) -> Result<(), Refusal> {
    let cause = match claims.authorized_party() {
        Some(party) if party.as_str() != client_id => "it was given to another party",
        None if claims.audiences().len() > 1 => "it is for several and names no party",
        _ => return Ok(()),
    };
    Err(not_believed(Reason::Audience, &cause))
}

/// The library's sentence and, where it keeps it apart, what is wrong with the signature.
fn cause_of(error: &ClaimsVerificationError) -> String {
    match std::error::Error::source(error) {
        Some(inner) => format!("{error}: {inner}"),
        None => error.to_string(),
    }
}

/// The access token is the one that was signed for, where the ID token says which that is.
fn check_access_token(
    answer: &CoreTokenResponse,
    claims: &CoreIdTokenClaims,
    verifier: &CoreIdTokenVerifier<'_>,
) -> Result<(), Refusal> {
    let (Some(expected), Some(id_token)) = (claims.access_token_hash(), answer.id_token()) else { return Ok(()) };
    let algorithm = id_token.signing_alg().map_err(|error| not_believed(Reason::Algorithm, &error))?;
    let key = id_token.signing_key(verifier).map_err(|error| not_believed(Reason::Signature, &error))?;
    let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key);
    if actual.map_err(|error| not_believed(Reason::Algorithm, &error))? == *expected {
        return Ok(());
    }
    Err(not_believed(Reason::AccessToken, &"the access token is not the one that was signed for"))
}

/// `nbf`, which the library does not know: absent, or a number that is not in the future.
fn check_beginning(payload: &Value, now_secs: i64) -> Result<(), Refusal> {
    let Some(beginning) = payload.get("nbf") else { return Ok(()) };
    match beginning.as_f64() {
        Some(secs) if secs <= (now_secs + SKEW_SECS) as f64 => Ok(()),
        _ => Err(not_believed(Reason::Early, &"it is not yet valid")),
    }
}

/// The claims of a token, as JSON; nothing is verified here.
pub(super) fn payload(text: &str) -> Option<Value> {
    let middle = text.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(middle).ok()?).ok()
}

impl Misfit {
    /// The refusal when there is nothing more to try.
    pub(super) fn into_refusal(self) -> Refusal {
        match self {
            Self::Key(error) => not_believed(Reason::Signature, &cause_of(&error)),
            Self::Other(refusal) => refusal,
        }
    }
}

impl From<Refusal> for Misfit {
    fn from(refusal: Refusal) -> Self {
        Self::Other(refusal)
    }
}

impl From<ClaimsVerificationError> for Misfit {
    fn from(error: ClaimsVerificationError) -> Self {
        use SignatureVerificationError::{AmbiguousKeyId, CryptoError, InvalidKey, NoMatchingKey};
        match &error {
            // A key under a new name, and another key under the same name or under none.
            ClaimsVerificationError::SignatureVerification(
                NoMatchingKey | CryptoError(_) | InvalidKey(_) | AmbiguousKeyId(_),
            ) => Self::Key(error),
            _ => Self::Other(not_believed(reason_of(&error), &cause_of(&error))),
        }
    }
}

/// What did not fit of a token whose key is known, or whose way to sign is none of ours.
fn reason_of(error: &ClaimsVerificationError) -> Reason {
    use ClaimsVerificationError::{
        Expired, InvalidAudience, InvalidIssuer, InvalidNonce, InvalidSubject, SignatureVerification,
    };
    match error {
        Expired(said) if said == OF_THE_FUTURE => Reason::Early,
        Expired(_) => Reason::Expired,
        InvalidAudience(_) => Reason::Audience,
        InvalidIssuer(_) => Reason::Issuer,
        InvalidNonce(_) => Reason::Nonce,
        InvalidSubject(_) => Reason::Subject,
        SignatureVerification(
            SignatureVerificationError::DisallowedAlg(_)
            | SignatureVerificationError::UnsupportedAlg(_)
            | SignatureVerificationError::NoSignature,
        ) => Reason::Algorithm,
        SignatureVerification(_) => Reason::Signature,
        _ => Reason::Token,
    }
}

/// The cause goes to the log, the reason to the audit log, a neutral sentence to the person.
pub(super) fn not_believed(reason: Reason, cause: &dyn std::fmt::Display) -> Refusal {
    tracing::warn!(reason = reason.as_str(), %cause, "what the issuer answered is not believed");
    reason.with(Fault::new(
        Code::Forbidden,
        "The sign-in could not be confirmed.",
        "Try again; if it happens again, tell your administrator, who finds the cause in the server's log.",
    ))
}
