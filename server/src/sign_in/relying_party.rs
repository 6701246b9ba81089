//! The relying party: asks an issuer who somebody is, and believes only what is signed and fits.
//!
//! What is checked, in order: the issuer's discovery document names the issuer byte for byte; the code came with our
//! state, and from that issuer where it says so; the token endpoint accepts our PKCE verifier; the ID token is signed
//! with an asymmetric algorithm by a key of the issuer's set; issuer, audience, authorised party, expiry, issue time
//! (60 seconds of skew) and nonce fit; the access token fits `at_hash`; the subject is not empty. Roles come from the
//! configured claim of that token. A claim that is absent or malformed gives no roles.
//!
//! Absent on purpose: `userinfo` (nothing in it is signed), e-mail as an identity, symmetric algorithms, and any
//! default role.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use access::AppRole;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreErrorResponseType, CoreJwsSigningAlgorithm, CoreResponseType,
    CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IssuerUrl, Nonce, NonceVerifier, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    ProviderMetadataWithLogout, RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardErrorResponse,
    TokenResponse,
};
use serde_json::Value;
use url::Url;
use wire::{Code, Fault};

use super::flow::Flow;
use super::issuer::Issuer;
use super::session::Tokens;
use super::transport::{Asking, Transport, Unreachable};
use crate::people::Claimed;
use crate::settings::{Oidc, Secret, Settings};
use crate::world::Clock;

/// How long the issuer's discovery document and keys are kept.
const METADATA_LIFETIME: Duration = Duration::from_secs(600);
/// How far the issuer's clock may be ahead of ours.
const SKEW_SECS: i64 = 60;
/// The most roles that are taken from a token.
const MOST_ROLES: usize = 500;

/// Asks one issuer.
pub struct RelyingParty {
    issuer: String,
    /// What the issuer is called where people are remembered.
    remembered_as: String,
    client_id: String,
    client_secret: Option<Secret>,
    redirect: String,
    after_sign_out: String,
    scopes: Vec<String>,
    roles_claim: Vec<String>,
    transport: Asking,
    clock: Arc<dyn Clock>,
    metadata: Mutex<Option<(Duration, ProviderMetadataWithLogout)>>,
}

/// What the issuer answers when it is asked again.
pub struct Renewed {
    /// Its next tokens.
    pub tokens: Tokens,
    /// The roles of the configured claim; none at all where the answer carries no ID token.
    pub roles: Option<Vec<AppRole>>,
}

/// Why roles are not fresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRenewed {
    /// The issuer no longer vouches for the person, or its answer does not fit.
    Refused,
    /// The issuer did not answer, or cannot at the moment.
    Silent,
}

/// What the issuer vouches for.
pub struct Believed {
    /// Who it is.
    pub claimed: Claimed,
    /// The roles of the configured claim.
    pub roles: Vec<AppRole>,
    /// The issuer's tokens.
    pub tokens: Tokens,
}

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

impl RelyingParty {
    /// A relying party of the issuer that the settings name.
    pub fn of_settings(
        oidc: &Oidc,
        settings: &Settings,
        public_url: &Url,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            client_id: oidc.client_id.clone(),
            client_secret: oidc.client_secret.clone(),
            scopes: oidc.scopes.clone(),
            roles_claim: settings.roles_claim.clone(),
            ..Self::plain(oidc.issuer.clone(), public_url, transport, clock)
        }
    }

    /// A relying party of the embedded issuer.
    pub fn of_embedded(
        issuer: &Issuer,
        public_url: &Url,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            client_id: issuer.client_id().to_owned(),
            // People outlive the address that this server happens to have.
            remembered_as: super::issuer::REMEMBERED_AS.to_owned(),
            ..Self::plain(issuer.url().to_owned(), public_url, transport, clock)
        }
    }

    fn plain(issuer: String, public_url: &Url, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        let base = public_url.as_str().trim_end_matches('/');
        Self {
            remembered_as: issuer.clone(),
            issuer,
            client_id: String::new(),
            client_secret: None,
            redirect: format!("{base}/sign-in/callback"),
            after_sign_out: format!("{base}/"),
            scopes: ["profile", "email"].map(str::to_owned).into(),
            roles_claim: vec!["roles".to_owned()],
            transport: Asking(transport),
            clock,
            metadata: Mutex::new(None),
        }
    }

    /// The issuer, as it names itself.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Where the browser goes to sign in.
    ///
    /// # Errors
    /// [`Fault`] when the issuer cannot be reached or is not the one that was configured.
    pub async fn sign_in_address(&self, flow: &Flow) -> Result<Url, Fault> {
        let client = self.client().await?;
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(flow.verifier.clone()));
        let (state, nonce) = (flow.state.clone(), flow.nonce.clone());
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .set_pkce_challenge(challenge);
        for scope in &self.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        Ok(request.url().0)
    }

    /// Trades a code for what the issuer vouches for.
    ///
    /// # Errors
    /// [`Fault`] with a neutral sentence; what exactly did not fit goes to the log.
    pub async fn believe(&self, flow: &Flow, code: String) -> Result<Believed, Fault> {
        let client = self.client().await?;
        let exchange = client.exchange_code(AuthorizationCode::new(code)).map_err(|error| not_believed(&error))?;
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(flow.verifier.clone()));
        let answer = exchange.request_async(&self.transport).await.map_err(|error| not_believed(&error))?;
        let payload = self.verify(&client, &answer, &Nonce::new(flow.nonce.clone()))?;
        let id_token = answer.id_token().map(ToString::to_string).unwrap_or_default();
        let refresh_token = answer.refresh_token().map(|token| token.secret().clone());
        if refresh_token.is_none() {
            let remedy =
                "the session ends after an hour; see whether the issuer gives one for a scope of CLEW_OIDC_SCOPES";
            tracing::warn!(remedy, "the issuer gave no refresh token");
        }
        Ok(Believed {
            claimed: self.claimed(&payload)?,
            roles: roles(&payload, &self.roles_claim),
            tokens: Tokens { id_token, refresh_token },
        })
    }

    /// Asks again who the holder of `tokens` is (OpenID Connect Core 1.0, section 12).
    ///
    /// # Errors
    /// [`NotRenewed`]; what exactly did not fit goes to the log.
    pub async fn renew(&self, tokens: &Tokens) -> Result<Renewed, NotRenewed> {
        let refresh = tokens.refresh_token.clone().ok_or(NotRenewed::Refused)?;
        let client = self.client().await.map_err(|_| NotRenewed::Silent)?;
        let refresh = RefreshToken::new(refresh);
        let exchange = client.exchange_refresh_token(&refresh).map_err(|error| silent(&error))?;
        let answer = exchange.request_async(&self.transport).await.map_err(|error| not_renewed(&error))?;
        // An issuer that gives no new refresh token lets the old one be used again.
        let refresh_token = answer.refresh_token().unwrap_or(&refresh).secret().clone();
        let Some(id_token) = answer.id_token().map(ToString::to_string) else {
            let tokens = Tokens { id_token: tokens.id_token.clone(), refresh_token: Some(refresh_token) };
            return Ok(Renewed { tokens, roles: None });
        };
        let any_nonce = |_: Option<&Nonce>| Ok(());
        let now = self.verify(&client, &answer, any_nonce).map_err(|_| NotRenewed::Refused)?;
        let before = payload(&tokens.id_token).unwrap_or_default();
        if now.get("sub") != before.get("sub") {
            tracing::warn!("the issuer answered for somebody else");
            return Err(NotRenewed::Refused);
        }
        let roles = Some(roles(&now, &self.roles_claim));
        Ok(Renewed { tokens: Tokens { id_token, refresh_token: Some(refresh_token) }, roles })
    }

    /// Where the browser goes to sign out at the issuer too.
    pub async fn sign_out_address(&self, tokens: &Tokens) -> Option<String> {
        let metadata = self.metadata().await.ok()?;
        let mut address = metadata.additional_metadata().end_session_endpoint.as_ref()?.url().clone();
        address
            .query_pairs_mut()
            .append_pair("id_token_hint", &tokens.id_token)
            .append_pair("client_id", &self.client_id)
            .append_pair("post_logout_redirect_uri", &self.after_sign_out);
        Some(address.into())
    }

    /// Checks the ID token; gives its claims as JSON.
    fn verify(&self, client: &Client, answer: &CoreTokenResponse, nonce: impl NonceVerifier) -> Result<Value, Fault> {
        let id_token = answer.id_token().ok_or_else(|| not_believed(&"there is no ID token"))?;
        let now = self.clock.now();
        let today = move || chrono::DateTime::from_timestamp(now.as_second(), 0).unwrap_or_default();
        let verifier =
            client.id_token_verifier().set_allowed_algs(ASYMMETRIC).set_time_fn(today).set_issue_time_verifier_fn(
                move |issued| {
                    let ahead = issued.timestamp() - now.as_second();
                    if ahead <= SKEW_SECS { Ok(()) } else { Err("it was issued in the future".to_owned()) }
                },
            );
        let claims = id_token.claims(&verifier, nonce).map_err(|error| not_believed(&error))?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = id_token.signing_alg().map_err(|error| not_believed(&error))?;
            let key = id_token.signing_key(&verifier).map_err(|error| not_believed(&error))?;
            let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key)
                .map_err(|error| not_believed(&error))?;
            if actual != *expected {
                return Err(not_believed(&"the access token is not the one that was signed for"));
            }
        }
        payload(&id_token.to_string()).ok_or_else(|| not_believed(&"its claims cannot be read"))
    }

    fn claimed(&self, payload: &Value) -> Result<Claimed, Fault> {
        let text = |name: &str| payload.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let subject = text("sub").filter(|subject| subject.len() <= 255);
        let subject = subject.ok_or_else(|| not_believed(&"the subject is empty or too long"))?;
        let name = text("name").or_else(|| text("preferred_username")).or_else(|| text("email")).unwrap_or(subject);
        Ok(Claimed {
            issuer: self.remembered_as.clone(),
            subject: subject.to_owned(),
            name: name.chars().take(120).collect(),
            email: text("email").map(str::to_owned),
            email_verified: payload.get("email_verified").and_then(Value::as_bool).unwrap_or(false),
        })
    }

    async fn client(&self) -> Result<Client, Fault> {
        let metadata = self.metadata().await?;
        let redirect = RedirectUrl::new(self.redirect.clone()).map_err(|error| unreachable_issuer(&error))?;
        let secret = self.client_secret.as_ref().map(|secret| ClientSecret::new(secret.expose().to_owned()));
        let client = CoreClient::from_provider_metadata(metadata, ClientId::new(self.client_id.clone()), secret);
        Ok(client.set_redirect_uri(redirect))
    }

    async fn metadata(&self) -> Result<ProviderMetadataWithLogout, Fault> {
        let now = self.clock.monotonic();
        let kept = self.metadata.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((fetched, metadata)) = kept
            && now.saturating_sub(fetched) < METADATA_LIFETIME
        {
            return Ok(metadata);
        }
        let issuer = IssuerUrl::new(self.issuer.clone()).map_err(|error| unreachable_issuer(&error))?;
        let discovered = ProviderMetadataWithLogout::discover_async(issuer, &self.transport).await;
        let metadata = discovered.map_err(|error| unreachable_issuer(&error))?;
        if !metadata.response_types_supported().iter().any(|kind| kind.contains(&CoreResponseType::Code)) {
            return Err(unreachable_issuer(&"it does not offer the authorization code flow"));
        }
        *self.metadata.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, metadata.clone()));
        Ok(metadata)
    }
}

/// Algorithms whose keys only the issuer has.
const ASYMMETRIC: [CoreJwsSigningAlgorithm; 4] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// The claims of a token that was verified, as JSON: the library's own types know no roles.
fn payload(text: &str) -> Option<Value> {
    let middle = text.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(middle).ok()?).ok()
}

/// The roles at the end of the configured way; a list of texts, or one text.
fn roles(payload: &Value, way: &[String]) -> Vec<AppRole> {
    let found = way.iter().try_fold(payload, |inside, name| inside.get(name));
    let texts: Vec<&str> = match found {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(one)) => vec![one],
        _ => Vec::new(),
    };
    texts.into_iter().take(MOST_ROLES).filter_map(|role| AppRole::new(role).ok()).collect()
}

type TokenFault = RequestTokenError<Unreachable, StandardErrorResponse<CoreErrorResponseType>>;

/// A refusal ends a session; anything that may pass, or that IT has to mend, does not.
fn not_renewed(error: &TokenFault) -> NotRenewed {
    let RequestTokenError::ServerResponse(answer) = error else { return silent(error) };
    match answer.error() {
        CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => silent(error),
        CoreErrorResponseType::Extension(name) if name == "temporarily_unavailable" || name == "server_error" => {
            silent(error)
        }
        refusal => {
            tracing::info!(?refusal, "the issuer gives no fresh roles");
            NotRenewed::Refused
        }
    }
}

fn silent(cause: &dyn std::fmt::Display) -> NotRenewed {
    tracing::warn!(%cause, "the issuer cannot be asked for fresh roles");
    NotRenewed::Silent
}

fn unreachable_issuer(cause: &dyn std::fmt::Display) -> Fault {
    tracing::warn!(%cause, "the issuer cannot be used");
    Fault::new(
        Code::SourceFailed,
        "The sign-in service does not answer as it should.",
        "Try again in a minute; if it lasts, tell your administrator, who finds the cause in the server's log.",
    )
}

/// The cause goes to the log, a neutral sentence to the person.
fn not_believed(cause: &dyn std::fmt::Display) -> Fault {
    tracing::warn!(%cause, "a sign-in was refused");
    Fault::new(
        Code::Forbidden,
        "The sign-in could not be confirmed.",
        "Try again; if it happens again, tell your administrator, who finds the cause in the server's log.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_come_from_the_configured_way_and_nowhere_else() {
        let token = serde_json::json!({
            "roles": ["Task.Read", 7, "Task.Audit"],
            "resource_access": { "clew": { "roles": "Task.Manage" } },
            "groups": { "a": 1 },
        });
        let of = |way: &str| {
            let way: Vec<String> = way.split('.').map(str::to_owned).collect();
            roles(&token, &way).iter().map(|role| role.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(of("roles"), ["Task.Read", "Task.Audit"]);
        assert_eq!(of("resource_access.clew.roles"), ["Task.Manage"]);
        assert!(of("groups").is_empty());
        assert!(of("absent.way").is_empty());
    }
}
