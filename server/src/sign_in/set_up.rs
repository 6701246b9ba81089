//! What the settings say of signing in, whether the issuer answers as it must, and what some claims would give.
//!
//! The trial asks what a sign-in asks, over the same way to the issuer, and signs nobody in.

use access::InstanceRole;
use jiff::Timestamp;
use openidconnect::HttpResponse;
use serde_json::Value;
use url::Url;
use wire::set_up::{ClaimsTried, RoleMeaning, SignInNow};

use super::discovery::Document;
use super::relying_party::RelyingParty;
use super::transport::HttpRequest;
use super::{Said, SignIn, id_token};
use crate::doctor::Finding;
use crate::settings::names;

/// A clock that differs by more than this makes tokens look as if they were of another time.
const SKEW_SECS: i64 = 60;
/// A clock that differs by this much should be looked at.
const LITTLE_SKEW_SECS: i64 = 15;

impl SignIn {
    /// What the settings say.
    pub(crate) fn described(&self) -> SignInNow {
        let party = &self.party;
        let meaning =
            |(value, role): &(String, access::AppRole)| RoleMeaning { value: value.clone(), role: role.clone() };
        SignInNow {
            embedded: self.is_embedded(),
            issuer: party.issuer.clone(),
            client_id: party.client_id.clone(),
            has_secret: party.client_secret.is_some(),
            has_certificate: false,
            has_authorities: false,
            scopes: party.scopes.clone(),
            roles_claim: party.roles.ways.iter().map(|way| way.join(".")).collect::<Vec<_>>().join(", "),
            roles_map: party.roles.map.iter().map(meaning).collect(),
            redirect: party.redirect.clone(),
            after_sign_out: party.after_sign_out.clone(),
            back_channel: (!self.is_embedded()).then(|| party.back_channel()),
        }
    }

    /// The issuer's name and what it says of itself at this moment; none for the embedded one.
    pub(crate) async fn asked_issuer(&self) -> Option<(&str, Result<Said, String>)> {
        if self.is_embedded() {
            return None;
        }
        let answer = self.party.discovery.ask().await;
        Some((&self.party.issuer, answer.map(|document| Said::of(&document))))
    }

    /// Asks the issuer what people need to sign in there.
    pub(crate) async fn tried(&self) -> Vec<Finding> {
        let party = &self.party;
        let document = match party.discovery.ask().await {
            Ok(document) => document,
            Err(cause) => {
                let remedy = format!("See {}, and whether this machine reaches it.", names::OIDC_ISSUER);
                return vec![Finding::bad("discovery", format!("{} cannot be used: {cause}.", party.issuer), remedy)];
            }
        };
        let discovery = Finding::ok("discovery", format!("{} answers under its name.", party.issuer));
        vec![
            discovery,
            keys(party, &document),
            clock(party).await,
            redirect(party, &document, self.is_embedded()).await,
        ]
    }

    /// What Clew would make of some claims.
    pub(crate) fn judged(&self, claims: &Value) -> ClaimsTried {
        let explained = self.party.roles.explained(claims);
        let mut roles: Vec<access::AppRole> = explained.values.iter().flat_map(|value| value.roles.clone()).collect();
        roles.sort();
        roles.dedup();
        let lets_in = [InstanceRole::Read, InstanceRole::Manage, InstanceRole::Audit].map(InstanceRole::app_role);
        ClaimsTried {
            found: explained.found,
            enters: roles.iter().any(|role| lets_in.contains(&role.as_str())),
            values: explained.values,
            left_out: explained.left_out,
            roles,
            remarks: remarks(&self.party, claims).iter().map(Finding::told).collect(),
        }
    }
}

/// The content of an ID token that was believed before.
pub(crate) fn content(id_token: &str) -> Option<Value> {
    id_token::payload(id_token)
}

fn keys(party: &RelyingParty, document: &Document) -> Finding {
    let (check, issuer) = ("keys", &party.issuer);
    let said = Said::of(document);
    if said.keys == 0 {
        let remedy = "Make a signing key at the issuer.";
        return Finding::bad(check, format!("{issuer} publishes no key, so that nobody can be believed."), remedy);
    }
    if !said.signs_as_we_read {
        let remedy = "Choose one of these for this client at the issuer.";
        return Finding::bad(check, format!("{issuer} signs by none of RS256, PS256, ES256 and EdDSA."), remedy);
    }
    Finding::ok(check, format!("{issuer} publishes {} keys, and signs in a way that is believed here.", said.keys))
}

/// Compares the clock with that of the issuer's answer.
async fn clock(party: &RelyingParty) -> Finding {
    let check = "clock";
    let unknown = || Finding::ok(check, "The issuer does not say what time it is.");
    let address = format!("{}/.well-known/openid-configuration", party.issuer.trim_end_matches('/'));
    let Ok(answer) = get(party, &address).await else { return unknown() };
    let date = answer.headers().get("date").and_then(|date| date.to_str().ok());
    let Some(theirs) = date.and_then(http_date) else { return unknown() };
    let ahead = theirs.as_second() - party.clock.now().as_second();
    let (seconds, way) = (ahead.abs(), if ahead < 0 { "behind" } else { "ahead of" });
    let said = format!("The issuer's clock is {seconds} seconds {way} this server's.");
    let remedy = "Set both clocks by a time server.";
    match seconds {
        SKEW_SECS.. => Finding::bad(check, format!("{said} Tokens look as if they were of another time."), remedy),
        LITTLE_SKEW_SECS.. => Finding::warn(check, said, remedy),
        _ => Finding::ok(check, "The issuer's clock and this server's agree."),
    }
}

fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|moment| moment.timestamp())
}

/// Asks for a sign-in without a page: an issuer that knows the address sends the answer there, and shows an error of its
/// own where it does not.
async fn redirect(party: &RelyingParty, document: &Document, is_embedded: bool) -> Finding {
    let (check, address) = ("redirect address", &party.redirect);
    let remedy = format!("Register {address} at the issuer for the client {}, letter for letter.", party.client_id);
    let asked = sign_in_without_page(party, document.authorization_endpoint().url());
    let answer = match get(party, asked.as_str()).await {
        Ok(answer) => answer,
        Err(cause) => {
            return Finding::warn(check, format!("The page for signing in does not answer: {cause}."), remedy);
        }
    };
    let location = answer.headers().get("location").and_then(|location| location.to_str().ok()).unwrap_or_default();
    match answer.status().as_u16() {
        300..=399 if location.starts_with(address.as_str()) => {
            Finding::ok(check, format!("The issuer sends people back to {address}."))
        }
        // Our own shows its page only where it knows the address.
        200 if is_embedded => Finding::ok(check, format!("The issuer sends people back to {address}.")),
        400..=499 => {
            let status = answer.status();
            Finding::bad(check, format!("The issuer refuses to send people back to {address} ({status})."), remedy)
        }
        500.. => Finding::warn(check, format!("The page for signing in fails ({}).", answer.status()), remedy),
        _ => Finding::warn(check, format!("The issuer does not say whether it knows {address}."), remedy),
    }
}

fn sign_in_without_page(party: &RelyingParty, endpoint: &Url) -> Url {
    let mut address = endpoint.clone();
    address
        .query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &party.client_id)
        .append_pair("redirect_uri", &party.redirect)
        .append_pair("scope", "openid")
        .append_pair("prompt", "none")
        .append_pair("state", "trial")
        .append_pair("nonce", "trial")
        // The challenge of RFC 7636, appendix B: nobody trades what comes of this.
        .append_pair("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
        .append_pair("code_challenge_method", "S256");
    address
}

async fn get(party: &RelyingParty, address: &str) -> Result<HttpResponse, String> {
    let request: HttpRequest = axum::http::Request::get(address).body(Vec::new()).map_err(|error| error.to_string())?;
    party.transport.0.send(request).await.map_err(|error| error.to_string())
}

/// What else of the claims would keep somebody out.
fn remarks(party: &RelyingParty, claims: &Value) -> Vec<Finding> {
    let mut remarks = Vec::new();
    match claims.get("iss").and_then(Value::as_str) {
        Some(issuer) if issuer != party.issuer => {
            let said = format!("The issuer is {issuer}, and {} is set.", party.issuer);
            let remedy = format!("Set {} to the issuer letter for letter.", names::OIDC_ISSUER);
            remarks.push(Finding::bad("iss", said, remedy));
        }
        _ => {}
    }
    let is_ours = |audience: &Value| audience.as_str() == Some(party.client_id.as_str());
    let fits = match claims.get("aud") {
        Some(Value::Array(list)) => list.iter().any(is_ours),
        Some(one) => is_ours(one),
        None => true,
    };
    if !fits {
        let said = format!("The token is for another client than {}.", party.client_id);
        remarks.push(Finding::bad("aud", said, "Take the ID token of this client, and not an access token."));
    }
    if claims.get("sub").and_then(Value::as_str).is_none_or(str::is_empty) {
        remarks.push(Finding::bad(
            "sub",
            "The claims name nobody.",
            "Take an ID token: it always says who it is about.",
        ));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_http_is_read() {
        let read = http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(read.to_string(), "1994-11-06T08:49:37Z");
        assert!(http_date("yesterday").is_none());
    }
}
