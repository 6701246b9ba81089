//! The relying party: asks an issuer who somebody is, and believes only what is signed and fits.
//!
//! What is checked, in order: the issuer's discovery document names the issuer byte for byte; the code came with our
//! state, and from that issuer where it says so, which it must where the document promises it; the token endpoint accepts
//! our PKCE verifier; the ID token fits (see [`super::id_token`]); the subject is neither empty nor too long. Roles come
//! from the configured claim of that token (see [`super::roles`]).
//!
//! A token that no key fits is looked at once more with the keys that the issuer has now (see [`super::discovery`]).
//!
//! Absent on purpose: `userinfo` (nothing in it is signed), e-mail as an identity, symmetric algorithms, and any
//! default role.

use std::sync::Arc;
use std::time::Duration;

use access::AppRole;
use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreErrorResponseType, CoreTokenResponse,
};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardErrorResponse, TokenResponse,
};
use serde_json::Value;
use tokio::time::timeout;
use url::Url;
use wire::Fault;

use super::discovery::{Discovery, Found, unreachable_issuer};
use super::email;
use super::flow::Flow;
use super::id_token::{self, Client, Expected, Misfit, not_believed, payload};
use super::issuer::Issuer;
use super::logout_token::{self, Left, NotLeft};
use super::refusal::{Reason, Refusal};
use super::revocation;
use super::roles::Roles;
use super::session::Tokens;
use super::transport::{Asking, HttpRequest, Transport, Unreachable};
use crate::people::Claimed;
use crate::settings::{Oidc, Secret, Settings};
use crate::world::Clock;

/// How long somebody who signs out waits for the issuer to say where.
const FOR_ADDRESS: Duration = Duration::from_secs(2);

/// Asks one issuer.
pub struct RelyingParty {
    pub(super) issuer: String,
    /// What the issuer is called where people are remembered.
    remembered_as: String,
    pub(super) client_id: String,
    pub(super) client_secret: Option<Secret>,
    pub(super) redirect: String,
    pub(super) after_sign_out: String,
    pub(super) scopes: Vec<String>,
    pub(super) roles: Roles,
    /// Domains whose addresses the issuer vouches for without saying so.
    pub(super) trusted_domains: Vec<String>,
    pub(super) transport: Asking,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) discovery: Discovery,
}

/// What the issuer answers when it is asked again.
pub struct Renewed {
    /// Its next tokens.
    pub tokens: Tokens,
    /// The roles of the configured claim; none at all where the answer carries no ID token.
    pub roles: Option<Vec<AppRole>>,
}

/// Why roles are not fresh.
#[derive(Debug)]
pub enum NotRenewed {
    /// The issuer no longer vouches for the person, or vouches for somebody else.
    Refused,
    /// The issuer did not answer, or cannot at the moment.
    Silent,
    /// The issuer answered, and what it says of the person cannot be believed.
    Unproved {
        /// What the issuer is asked with next: the old refresh token may be used up.
        next: Tokens,
    },
}

/// What the issuer vouches for.
pub struct Believed {
    /// Who it is.
    pub claimed: Claimed,
    /// The roles of the configured claim.
    pub roles: Vec<AppRole>,
    /// The issuer's tokens.
    pub tokens: Tokens,
    /// When the password was given, in seconds since 1970, where the issuer says it.
    pub auth_time: Option<i64>,
    /// What the issuer calls its own session, where it says it.
    pub at_issuer: Option<String>,
}

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
            roles: Roles { ways: settings.roles_claims.clone(), map: oidc.roles_map.clone() },
            trusted_domains: oidc.email_trusted_domains.clone(),
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
        let transport = Asking(transport);
        Self {
            remembered_as: issuer.clone(),
            issuer: issuer.clone(),
            client_id: String::new(),
            client_secret: None,
            redirect: format!("{base}/sign-in/callback"),
            after_sign_out: format!("{base}/"),
            scopes: ["profile", "email"].map(str::to_owned).into(),
            roles: Roles { ways: vec![vec!["roles".to_owned()]], map: Vec::new() },
            trusted_domains: Vec::new(),
            discovery: Discovery::new(issuer, transport.clone(), clock.clone()),
            transport,
            clock,
        }
    }

    /// The issuer, as it names itself.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Where the issuer says that somebody has left.
    pub(super) fn back_channel(&self) -> String {
        format!("{}sign-in/back-channel", self.after_sign_out)
    }

    /// Whether the issuer names itself in every way back, as it says.
    ///
    /// # Errors
    /// [`Fault`] when the issuer cannot be reached or is not the one that was configured.
    pub async fn names_itself(&self) -> Result<bool, Fault> {
        let found = self.discovery.read().await?;
        Ok(found.document.additional_metadata().authorization_response_iss_parameter_supported.unwrap_or_default())
    }

    /// Where the browser goes to sign in.
    ///
    /// # Errors
    /// [`Fault`] when the issuer cannot be reached or is not the one that was configured.
    pub async fn sign_in_address(&self, flow: &Flow) -> Result<Url, Fault> {
        let client = self.client(&self.discovery.read().await?)?;
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
        if flow.fresh {
            request = request.add_prompt(CoreAuthPrompt::Login).set_max_age(std::time::Duration::ZERO);
        }
        Ok(request.url().0)
    }

    /// Trades a code for what the issuer vouches for.
    ///
    /// # Errors
    /// [`Refusal`] with a neutral sentence and one word; what exactly did not fit goes to the log.
    pub async fn believe(&self, flow: &Flow, code: String) -> Result<Believed, Refusal> {
        let away = |fault| Reason::Unreachable.with(fault);
        let found = self.discovery.read().await.map_err(away)?;
        let client = self.client(&found).map_err(away)?;
        let exchange = client.exchange_code(AuthorizationCode::new(code));
        let exchange = exchange.map_err(|error| not_believed(Reason::Unreachable, &error))?;
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(flow.verifier.clone()));
        let answer = exchange.request_async(&self.transport).await.map_err(|error| not_traded(&error))?;
        let payload = self.verify(&found, &answer, Some(&Nonce::new(flow.nonce.clone()))).await?;
        self.roles.refuse_overage(&payload).map_err(|fault| Reason::Overage.with(fault))?;
        let id_token = answer.id_token().map(ToString::to_string).unwrap_or_default();
        let refresh_token = answer.refresh_token().map(|token| token.secret().clone());
        if refresh_token.is_none() {
            let remedy =
                "the session ends after an hour; see whether the issuer gives one for a scope of CLEW_OIDC_SCOPES";
            tracing::warn!(remedy, "the issuer gave no refresh token");
        }
        Ok(Believed {
            claimed: self.claimed(&payload)?,
            roles: self.roles.of(&payload),
            auth_time: payload.get("auth_time").and_then(Value::as_i64),
            at_issuer: name_of_session(&payload),
            tokens: Tokens { id_token, refresh_token },
        })
    }

    /// Asks again who the holder of `tokens` is (OpenID Connect Core 1.0, section 12).
    ///
    /// # Errors
    /// [`NotRenewed`]; what exactly did not fit goes to the log.
    pub async fn renew(&self, tokens: &Tokens) -> Result<Renewed, NotRenewed> {
        let refresh = tokens.refresh_token.clone().ok_or(NotRenewed::Refused)?;
        let found = self.discovery.read().await.map_err(|_| NotRenewed::Silent)?;
        let client = self.client(&found).map_err(|_| NotRenewed::Silent)?;
        let refresh = RefreshToken::new(refresh);
        let exchange = client.exchange_refresh_token(&refresh).map_err(|error| silent(&error))?;
        let answer = exchange.request_async(&self.transport).await.map_err(|error| not_renewed(&error))?;
        // An issuer that gives no new refresh token lets the old one be used again.
        let refresh_token = Some(answer.refresh_token().unwrap_or(&refresh).secret().clone());
        let next = Tokens { id_token: tokens.id_token.clone(), refresh_token };
        let Some(id_token) = answer.id_token().map(ToString::to_string) else {
            return Ok(Renewed { tokens: next, roles: None });
        };
        let Ok(now) = self.verify(&found, &answer, None).await else { return Err(NotRenewed::Unproved { next }) };
        let before = payload(&tokens.id_token).unwrap_or_default();
        if now.get("sub") != before.get("sub") {
            tracing::warn!("the issuer answered for somebody else");
            return Err(NotRenewed::Refused);
        }
        // What was left out is no role: the session then says which role is missing, and the log why.
        if self.roles.refuse_overage(&now).is_err() {
            tracing::warn!("the roles of a session cannot be told any more");
        }
        let roles = Some(self.roles.of(&now));
        Ok(Renewed { tokens: Tokens { id_token, ..next }, roles })
    }

    /// Where the browser goes to sign out at the issuer too. An issuer that does not say so within two seconds is known by
    /// what it said before.
    pub async fn sign_out_address(&self, tokens: &Tokens) -> Option<String> {
        let read = timeout(FOR_ADDRESS, self.discovery.read()).await;
        let found = read.ok().and_then(Result::ok).or_else(|| self.discovery.kept())?;
        let mut address = found.document.additional_metadata().end_session_endpoint.as_ref()?.url().clone();
        address
            .query_pairs_mut()
            .append_pair("id_token_hint", &tokens.id_token)
            .append_pair("client_id", &self.client_id)
            .append_pair("post_logout_redirect_uri", &self.after_sign_out);
        Some(address.into())
    }

    /// Where tokens are given back, if the issuer has such a place.
    pub(super) async fn revocation_address(&self) -> Option<Url> {
        let found = self.discovery.read().await.ok()?;
        Some(found.document.additional_metadata().revocation_endpoint.as_ref()?.url().clone())
    }

    /// The request that gives a refresh token back.
    pub(super) fn revoking(&self, place: &Url, token: &str) -> Option<HttpRequest> {
        revocation::request(place, token, &self.client_id, self.client_secret.as_ref())
    }

    /// Sends a request whose answer is only whether it went well.
    pub(super) async fn sends(&self, request: HttpRequest) -> bool {
        self.transport.0.send(request).await.is_ok_and(|answer| answer.status().is_success())
    }

    /// What the issuer is called where people are remembered.
    pub(super) fn remembered_as(&self) -> &str {
        &self.remembered_as
    }

    /// Whom a logout token says to have left; nobody where it is not believed. The cause goes to the log.
    ///
    /// # Errors
    /// [`Fault`] when the issuer's keys cannot be read.
    pub(super) async fn left(&self, token: &str) -> Result<Option<Left>, Fault> {
        let found = self.discovery.read().await?;
        let read = |found: &Found| {
            let keys = found.document.jwks().keys();
            logout_token::read(token, keys, &self.issuer, &self.client_id, self.clock.now())
        };
        let left = match read(&found) {
            Err(NotLeft::Key) => match self.discovery.after(&found).await? {
                Some(newer) => read(&newer),
                None => Err(NotLeft::Key),
            },
            left => left,
        };
        Ok(left.map_err(|cause| tracing::warn!(?cause, "a logout token is not believed")).ok())
    }

    /// Checks the ID token, with the issuer's newer keys where the known ones do not fit; gives its claims as JSON.
    async fn verify(&self, found: &Found, answer: &CoreTokenResponse, nonce: Option<&Nonce>) -> Result<Value, Refusal> {
        match self.check(found, answer, nonce) {
            Err(Misfit::Key(error)) => {
                let newer = self.discovery.after(found).await.map_err(|fault| Reason::Unreachable.with(fault))?;
                let again = newer.map_or(Err(Misfit::Key(error)), |newer| self.check(&newer, answer, nonce));
                again.map_err(Misfit::into_refusal)
            }
            checked => checked.map_err(Misfit::into_refusal),
        }
    }

    fn check(&self, found: &Found, answer: &CoreTokenResponse, nonce: Option<&Nonce>) -> Result<Value, Misfit> {
        let client = self.client(found).map_err(|fault| Reason::Unreachable.with(fault))?;
        let now = self.clock.now();
        id_token::check(answer, &Expected { client: &client, client_id: &self.client_id, nonce, now })
    }

    fn claimed(&self, payload: &Value) -> Result<Claimed, Refusal> {
        let text = |name: &str| payload.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let subject = text("sub").filter(|subject| subject.len() <= 255);
        let subject = subject.ok_or_else(|| not_believed(Reason::Subject, &"the subject is empty or too long"))?;
        let name = text("name").or_else(|| text("preferred_username")).or_else(|| text("email")).unwrap_or(subject);
        Ok(Claimed {
            issuer: self.remembered_as.clone(),
            subject: subject.to_owned(),
            name: name.chars().take(120).collect(),
            email: text("email").map(str::to_owned),
            email_verified: email::is_verified(payload, &self.trusted_domains),
        })
    }

    fn client(&self, found: &Found) -> Result<Client, Fault> {
        let redirect = RedirectUrl::new(self.redirect.clone()).map_err(|error| unreachable_issuer(&error))?;
        let secret = self.client_secret.as_ref().map(|secret| ClientSecret::new(secret.expose().to_owned()));
        let id = ClientId::new(self.client_id.clone());
        Ok(CoreClient::from_provider_metadata(found.document.clone(), id, secret).set_redirect_uri(redirect))
    }
}

/// Answers that say nothing of the person: the issuer is to be asked again later.
const FOR_A_WHILE: [&str; 4] = ["temporarily_unavailable", "server_error", "slow_down", "too_many_requests"];

type TokenFault = RequestTokenError<Unreachable, StandardErrorResponse<CoreErrorResponseType>>;

/// A refusal ends a session; anything that may pass, or that IT has to mend, does not.
fn not_renewed(error: &TokenFault) -> NotRenewed {
    let RequestTokenError::ServerResponse(answer) = error else { return silent(error) };
    match answer.error() {
        CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => silent(error),
        CoreErrorResponseType::Extension(name) if FOR_A_WHILE.contains(&name.as_str()) => silent(error),
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

/// An issuer that is away refuses nobody.
fn not_traded(error: &TokenFault) -> Refusal {
    match error {
        RequestTokenError::Request(cause) => Reason::Unreachable.with(unreachable_issuer(cause)),
        RequestTokenError::ServerResponse(_) => not_believed(Reason::Code, error),
        _ => not_believed(Reason::Token, error),
    }
}

/// The longest name of a session at the issuer that is kept, in bytes.
const MOST_SESSION_BYTES: usize = 255;

/// What the issuer calls its own session (OpenID Connect Front-Channel Logout 1.0, section 3).
fn name_of_session(payload: &Value) -> Option<String> {
    let name = payload.get("sid").and_then(Value::as_str);
    name.filter(|name| name.len() <= MOST_SESSION_BYTES).map(str::to_owned)
}
