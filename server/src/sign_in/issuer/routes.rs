//! The endpoints of the embedded issuer (OpenID Connect Core 1.0, Discovery 1.0, RFC 7636, RFC 9207).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use super::people::NotSet;
use super::signing::CONTEXTS;
use super::steps::Goal;
use super::tokens::{Holder, TOKEN_SECS};
use super::{CLIENT, Issuer, pages, step_routes};
use crate::hash::sha256;
use crate::store::StoreError;

/// The greatest form, in bytes.
const MOST_FORM_BYTES: usize = 16 * 1024;

/// The endpoints, without the path of the issuer.
pub fn routes(issuer: &Arc<Issuer>) -> Router {
    let inside = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/keys", get(keys))
        .route("/authorize", get(ask).post(sign_in))
        .route("/token", post(token))
        .route("/sign-out", get(sign_out))
        .route("/password", get(ask_password).post(set_password))
        .merge(step_routes::routes())
        .layer(DefaultBodyLimit::max(MOST_FORM_BYTES));
    // The relying party names the whole path, the listener nests the routes below it: both are answered.
    Router::new().merge(inside.clone()).nest(super::PATH, inside).with_state(issuer.clone())
}

async fn discovery(State(issuer): State<Arc<Issuer>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", issuer.url);
    Json(json!({
        "issuer": issuer.url,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"),
        "end_session_endpoint": at("/sign-out"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
        "token_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "claims_supported": [
            "sub", "name", "preferred_username", "email", "email_verified", "roles", "auth_time", "amr", "acr",
        ],
        "acr_values_supported": CONTEXTS,
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn keys(State(issuer): State<Arc<Issuer>>) -> Response {
    match issuer.keys.published().await {
        Ok(keys) => Json(json!({ "keys": keys })).into_response(),
        Err(error) => {
            tracing::error!(%error, "the embedded issuer's keys cannot be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// What an authorization request asks for, after it was checked.
pub(super) struct Asked {
    state: Option<String>,
    nonce: Option<String>,
    challenge: String,
}

/// Checks an authorization request. A client or address that does not fit is never redirected to.
pub(super) fn check(issuer: &Issuer, query: &str) -> Result<Asked, &'static str> {
    if one(query, "client_id")?.as_deref() != Some(CLIENT) {
        return Err("The client is not known here.");
    }
    if one(query, "redirect_uri")?.as_deref() != Some(issuer.redirect.as_str()) {
        return Err("The address to return to is not the one that is known here.");
    }
    if one(query, "response_type")?.as_deref() != Some("code") {
        return Err("Only the authorization code flow is offered.");
    }
    if one(query, "code_challenge_method")?.as_deref() != Some("S256") {
        return Err("PKCE with S256 is needed.");
    }
    let scope = one(query, "scope")?.unwrap_or_default();
    if !scope.split(' ').any(|scope| scope == "openid") {
        return Err("The scope openid is needed.");
    }
    let challenge = one(query, "code_challenge")?.filter(|challenge| challenge.len() == 43);
    let challenge = challenge.ok_or("The PKCE challenge is missing or malformed.")?;
    Ok(Asked { state: one(query, "state")?, nonce: one(query, "nonce")?, challenge })
}

/// A parameter that is there at most once.
pub(super) fn one(query: &str, name: &str) -> Result<Option<String>, &'static str> {
    let mut found = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    match (found.next(), found.next()) {
        (_, Some(_)) => Err("A parameter is there twice."),
        (first, None) => Ok(first.map(|(_, value)| value.into_owned())),
    }
}

async fn ask(State(issuer): State<Arc<Issuer>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    match check(&issuer, &query) {
        Ok(_) => html(StatusCode::OK, pages::sign_in(&query, "", None)),
        Err(why) => refused(why),
    }
}

async fn sign_in(State(issuer): State<Arc<Issuer>>, headers: HeaderMap, form: Bytes) -> Response {
    if !is_own_form(&issuer, &headers) {
        return refused("The form was not sent from this page.");
    }
    let form = String::from_utf8_lossy(&form).into_owned();
    let field = |name: &str| one(&form, name).ok().flatten().unwrap_or_default();
    let request = field("request");
    if let Err(why) = check(&issuer, &request) {
        return refused(why);
    }
    let (name, password) = (field("name"), field("password"));
    let goal = Goal::SignIn { request: request.clone() };
    let again = |wrong: &str| pages::sign_in(&request, &name, Some(wrong));
    step_routes::enter(&issuer, &headers, (&name, password), goal, again).await
}

/// Back to Clew, with a code for what was asked.
pub(super) async fn back_with_code(issuer: &Issuer, holder: Holder, request: &str) -> Response {
    let asked = match check(issuer, request) {
        Ok(asked) => asked,
        Err(why) => return refused(why),
    };
    let given = issuer.grants.give_code(holder, &issuer.redirect, &asked.challenge, asked.nonce).await;
    let Ok(code) = given else { return unavailable() };
    let Ok(mut address) = url::Url::parse(&issuer.redirect) else { return unavailable() };
    address.query_pairs_mut().append_pair("code", &code).append_pair("iss", &issuer.url);
    if let Some(state) = asked.state {
        address.query_pairs_mut().append_pair("state", &state);
    }
    see_other(address.as_str())
}

async fn token(State(issuer): State<Arc<Issuer>>, form: Bytes) -> Response {
    let form = String::from_utf8_lossy(&form).into_owned();
    match trade(&issuer, &form).await {
        Ok(answer) => ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response(),
        Err((status, error)) => {
            (status, [(header::CACHE_CONTROL, "no-store")], Json(json!({ "error": error }))).into_response()
        }
    }
}

type TokenError = (StatusCode, &'static str);

const INVALID_GRANT: TokenError = (StatusCode::BAD_REQUEST, "invalid_grant");
const INVALID_REQUEST: TokenError = (StatusCode::BAD_REQUEST, "invalid_request");

fn server_error(_: StoreError) -> TokenError {
    (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable")
}

async fn trade(issuer: &Issuer, form: &str) -> Result<Value, TokenError> {
    let field = |name: &str| one(form, name).map_err(|_| INVALID_REQUEST);
    if field("client_id")?.as_deref() != Some(CLIENT) {
        return Err((StatusCode::UNAUTHORIZED, "invalid_client"));
    }
    match field("grant_type")?.as_deref() {
        Some("authorization_code") => {
            let (code, verifier) = (field("code")?.ok_or(INVALID_REQUEST)?, field("code_verifier")?);
            let found = issuer.grants.code(&code).await.map_err(server_error)?.ok_or(INVALID_GRANT)?;
            let challenge = URL_SAFE_NO_PAD.encode(sha256(verifier.unwrap_or_default().as_bytes()));
            let fits = bool::from(challenge.as_bytes().ct_eq(found.code.challenge.as_bytes()));
            if !fits || field("redirect_uri")?.as_deref() != Some(found.code.redirect.as_str()) {
                issuer.grants.burn(found).await.map_err(server_error)?;
                return Err(INVALID_GRANT);
            }
            let (holder, nonce) = (found.code.holder.clone(), found.code.nonce.clone());
            let refresh = issuer.grants.trade(found).await.map_err(server_error)?.ok_or(INVALID_GRANT)?;
            answer(issuer, &holder, nonce, &refresh).await
        }
        Some("refresh_token") => {
            let token = field("refresh_token")?.ok_or(INVALID_REQUEST)?;
            let before = issuer.grants.holder(&token).await.map_err(server_error)?.ok_or(INVALID_GRANT)?;
            // Roles and name as they are now, not as they were at the sign-in.
            let person = issuer.people.known(&before.name, &before.subject).await.map_err(server_error)?;
            let person = person.ok_or(INVALID_GRANT)?;
            // Who has become a manager since signing in with the password alone signs in again.
            if issuer.demands_second_factor(&person) && !before.second {
                return Err(INVALID_GRANT);
            }
            let holder = Holder::of(person, before.signed_in, before.second);
            let rotated = issuer.grants.rotate(&token, &holder).await.map_err(server_error)?;
            let refresh = rotated.ok_or(INVALID_GRANT)?;
            answer(issuer, &holder, None, &refresh).await
        }
        _ => Err((StatusCode::BAD_REQUEST, "unsupported_grant_type")),
    }
}

async fn answer(issuer: &Issuer, holder: &Holder, nonce: Option<String>, refresh: &str) -> Result<Value, TokenError> {
    // Nothing here is opened by an access token; it is a hash of the refresh token, so that it needs no record.
    let access = URL_SAFE_NO_PAD.encode(sha256(format!("access {refresh}").as_bytes()));
    let id_token = issuer.id_token(holder, nonce, &access).await.map_err(|error| {
        tracing::error!(%error, "an ID token could not be signed");
        (StatusCode::INTERNAL_SERVER_ERROR, "server_error")
    })?;
    Ok(json!({
        "access_token": access, "token_type": "Bearer", "expires_in": TOKEN_SECS,
        "refresh_token": refresh, "id_token": id_token, "scope": "openid profile email",
    }))
}

async fn sign_out(State(issuer): State<Arc<Issuer>>, RawQuery(query): RawQuery) -> Response {
    let back = one(&query.unwrap_or_default(), "post_logout_redirect_uri").ok().flatten();
    if back.as_deref() == Some(issuer.after_sign_out.as_str()) {
        return see_other(&issuer.after_sign_out);
    }
    html(StatusCode::OK, pages::plain("Signed out", &["You are signed out."], Some(("/", "Sign in again"))))
}

async fn ask_password(State(issuer): State<Arc<Issuer>>, RawQuery(query): RawQuery) -> Response {
    let link = one(&query.unwrap_or_default(), "link").ok().flatten().unwrap_or_default();
    match issuer.people.link_is_for(&link).await {
        Ok(name) => html(StatusCode::OK, pages::set_password(&link, &name, None)),
        Err(why) => no_link(why),
    }
}

async fn set_password(State(issuer): State<Arc<Issuer>>, headers: HeaderMap, form: Bytes) -> Response {
    if !is_own_form(&issuer, &headers) {
        return refused("The form was not sent from this page.");
    }
    let form = String::from_utf8_lossy(&form).into_owned();
    let field = |name: &str| one(&form, name).ok().flatten().unwrap_or_default();
    let (link, password) = (field("link"), field("password"));
    let name = match issuer.people.link_is_for(&link).await {
        Ok(name) => name,
        Err(why) => return no_link(why),
    };
    let again = |text: &str| html(StatusCode::UNPROCESSABLE_ENTITY, pages::set_password(&link, &name, Some(text)));
    if password != field("again") {
        return again("The two passwords are not the same.");
    }
    match issuer.people.set_password(&link, password).await {
        Ok(()) => {
            let text = format!("The password of {name} is set.");
            html(StatusCode::OK, pages::plain("Done", &[&text], Some(("/sign-in", "Sign in"))))
        }
        Err(NotSet::Weak(weak)) => again(weak.sentence()),
        Err(NotSet::Busy) => again(BUSY),
        Err(why) => no_link(why),
    }
}

/// What is said when too many passwords wait.
pub(super) const BUSY: &str = "Many passwords are being set at this moment. Wait a second, then try again.";

fn no_link(why: NotSet) -> Response {
    if why == NotSet::Unavailable {
        return unavailable();
    }
    let text = "This address was used already or is older than a day. Ask your administrator for a new one.";
    html(StatusCode::GONE, pages::plain("This address no longer works", &[text], None))
}

/// Marks an answer, so that the server around the issuer does what follows from it.
#[derive(Debug, Clone)]
pub enum Marked {
    /// A try with a password that was not let in.
    WrongPassword,
    /// A try with a code that was not let in.
    WrongCode,
    /// The person whom the issuer calls so has another password.
    PasswordChanged(String),
}

pub(super) fn marked(mut response: Response, mark: Marked) -> Response {
    response.extensions_mut().insert(mark);
    response
}

/// A form comes from our own page, as far as the browser says. One that does not say where from names its origin as
/// `null` here, because our pages send no referrer.
pub(super) fn is_own_form(issuer: &Issuer, headers: &HeaderMap) -> bool {
    let is_own = |origin: &[u8]| origin == issuer.origin.as_bytes() || origin == b"null";
    match headers.get("sec-fetch-site") {
        Some(site) => site.as_bytes() == b"same-origin",
        None => headers.get(header::ORIGIN).is_none_or(|origin| is_own(origin.as_bytes())),
    }
}

pub(super) fn refused(why: &str) -> Response {
    html(StatusCode::BAD_REQUEST, pages::plain("This sign-in cannot go on", &[why], Some(("/", "Begin again"))))
}

pub(super) fn unavailable() -> Response {
    let text = "The sign-in service cannot be used at the moment. Try again in a minute.";
    html(StatusCode::SERVICE_UNAVAILABLE, pages::plain("Not available", &[text], None))
}

/// A page that nothing keeps: some of them show what is shown once.
pub(super) fn html(status: StatusCode, page: String) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, page).into_response()
}

fn see_other(address: &str) -> Response {
    match HeaderValue::from_str(address) {
        Ok(address) => (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response(),
        Err(_) => unavailable(),
    }
}
