//! How people sign in: what the settings say, whether the issuer answers, and what some claims would give.

use std::sync::Arc;

use serde_json::Value;
use wire::Fault;
use wire::health::Finding;
use wire::set_up::{ClaimsTried, LONGEST_CLAIMS, SignInNow, SignInSettings, TryClaims, TryIssuer};

use crate::Server;
use crate::gate::Allowed;
use crate::sign_in;

/// What the settings say.
///
/// # Errors
/// None of its own.
pub async fn sign_in_settings(server: Arc<Server>, _call: Allowed<SignInSettings>) -> Result<SignInNow, Fault> {
    let oidc = server.console.settings.oidc.as_ref();
    Ok(SignInNow {
        has_certificate: oidc.is_some_and(|oidc| oidc.own.is_some()),
        has_authorities: oidc.is_some_and(|oidc| !oidc.authorities.named.is_empty()),
        ..server.sign_in.described()
    })
}

/// Asks the issuer what people need to sign in there.
///
/// # Errors
/// None of its own: what does not go well is in the findings.
pub async fn try_issuer(server: Arc<Server>, _call: Allowed<TryIssuer>) -> Result<Vec<Finding>, Fault> {
    Ok(server.sign_in.tried().await.iter().map(crate::doctor::Finding::told).collect())
}

/// Which roles some claims would give.
///
/// # Errors
/// [`Fault`] `Invalid` when what was pasted is no content of a token; `NotFound` when the own sign-in left none.
pub async fn try_claims(server: Arc<Server>, call: Allowed<TryClaims>) -> Result<ClaimsTried, Fault> {
    let claims = match &call.request.claims {
        Some(pasted) => read(pasted)?,
        None => {
            let tokens = server.sessions.tokens(call.who.session).await?;
            tokens.and_then(|tokens| sign_in::content(&tokens.id_token)).ok_or_else(Fault::not_found)?
        }
    };
    Ok(server.sign_in.judged(&claims))
}

fn read(pasted: &str) -> Result<Value, Fault> {
    let remedy = "Paste the decoded content of an ID token, which begins with { and ends with }.";
    if pasted.len() > LONGEST_CLAIMS {
        return Err(Fault::invalid("This is longer than the content of a token.", remedy));
    }
    if pasted.trim_start().starts_with("ey") && pasted.matches('.').count() == 2 {
        let remedy = "Decode the part between the two dots, and paste that: with a whole token somebody could sign in.";
        return Err(Fault::invalid("This is a token itself, and not its content.", remedy));
    }
    match serde_json::from_str::<Value>(pasted) {
        Ok(claims) if claims.is_object() => Ok(claims),
        Ok(_) => Err(Fault::invalid("This is JSON, but not the content of a token.", remedy)),
        Err(error) => {
            let place = format!("line {}, column {}", error.line(), error.column());
            Err(Fault::invalid(format!("This is not JSON ({place})."), remedy))
        }
    }
}
