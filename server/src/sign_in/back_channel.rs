//! `/sign-in/back-channel`: the issuer says that somebody has left, and the sessions end at once (OpenID Connect
//! Back-Channel Logout 1.0).
//!
//! No person asks here, so nothing of a session or a cookie is read; the word is the issuer's signature
//! (see [`super::logout_token`]). What does not fit is answered with the one error that the standard knows, counted in
//! the audit log by address, and its cause stands in the server's log. Where the issuer's keys cannot be read, or the
//! sessions cannot be ended, it is told to come again (503).
//!
//! A token is believed once it has ended what it names, and then no more. That is remembered in memory, by each server for itself: who repeats one within its two
//! minutes at another server ends what has begun since then, and nothing else.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use wire::Fault;

use super::known::Known;
use super::limits::PerMinute;
use super::logout_token::{Left, OLDEST_SECS, SKEW_SECS};
use crate::Server;
use crate::audit;
use crate::gate;
use crate::store::{Outcome, StoreError};

/// The greatest form, in bytes.
pub(super) const MOST_FORM_BYTES: usize = 16 * 1024;
/// Words of an issuer that one address may bring in a minute: an issuer that ends everybody's day sends many.
const OF_ADDRESS: u32 = 600;
/// Words that all may bring in a minute.
const IN_ALL: u32 = 1200;
/// Tokens that are remembered.
const MOST_TOKENS: usize = 4096;

/// What was heard of late.
pub(super) struct Heard {
    asked: PerMinute,
    /// Names of tokens, and until when they are remembered.
    tokens: Mutex<BTreeMap<String, Duration>>,
}

impl Default for Heard {
    fn default() -> Self {
        Self { asked: PerMinute::new(OF_ADDRESS, IN_ALL), tokens: Mutex::default() }
    }
}

impl Heard {
    /// Whether a token comes for the first time, and could be remembered.
    fn is_new(&self, token: &str, now: Duration) -> bool {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|_, until| *until > now);
        tokens.len() < MOST_TOKENS && !tokens.contains_key(token)
    }

    /// Remembers a token whose sessions have ended, for as long as it could be believed.
    fn remember(&self, token: String, now: Duration) {
        let until = now + Duration::from_secs((OLDEST_SECS + SKEW_SECS).unsigned_abs());
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).insert(token, until);
    }
}

/// What became of an issuer's word.
enum Ending {
    Believed,
    NotBelieved,
    TooMany(u64),
}

/// An issuer's word that somebody has left.
pub(super) async fn hear(State(server): State<Arc<Server>>, headers: HeaderMap, form: Bytes) -> Response {
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    match believe(&server, &headers, &form).await {
        Ok(Ending::Believed) => (StatusCode::OK, no_store).into_response(),
        Ok(Ending::NotBelieved) => {
            gate::count_refusal(&server, &headers, "back_channel_logout");
            (StatusCode::BAD_REQUEST, no_store, Json(json!({ "error": "invalid_request" }))).into_response()
        }
        Ok(Ending::TooMany(seconds)) => {
            let wait = [(header::RETRY_AFTER, seconds.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, no_store, wait, Json(json!({ "error": "too_many_requests" })))
                .into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a logout token could not be acted on; the issuer is told to come again");
            (StatusCode::SERVICE_UNAVAILABLE, no_store, Json(json!({ "error": "server_error" }))).into_response()
        }
    }
}

async fn believe(server: &Server, headers: &HeaderMap, form: &[u8]) -> Result<Ending, Fault> {
    let now = server.clock.monotonic();
    if let Err(seconds) = server.sign_in.heard.asked.count(gate::client_address(headers), now) {
        return Ok(Ending::TooMany(seconds));
    }
    let mut tokens = url::form_urlencoded::parse(form).filter(|(name, _)| name == "logout_token");
    let (Some((_, token)), None) = (tokens.next(), tokens.next()) else { return Ok(Ending::NotBelieved) };
    let Some(left) = server.sign_in.party.left(&token).await? else { return Ok(Ending::NotBelieved) };
    if !server.sign_in.heard.is_new(&left.token, now) {
        tracing::warn!("a logout token came twice");
        return Ok(Ending::NotBelieved);
    }
    end(server, &left).await?;
    // Not before: an issuer that was told to come again brings the same token.
    server.sign_in.heard.remember(left.token, now);
    Ok(Ending::Believed)
}

/// Ends the sessions that `left` names, after it was written down.
async fn end(server: &Server, left: &Left) -> Result<(), StoreError> {
    let everybody = server.people.everybody().await?;
    let issuer = server.sign_in.party.remembered_as();
    let is_meant = |person: &&crate::people::Person| {
        person.issuer == issuer && left.subject.as_ref().is_none_or(|subject| person.subject == *subject)
    };
    let people: BTreeMap<String, &crate::people::Person> =
        everybody.iter().filter(is_meant).map(|person| (person.id.to_string(), person)).collect();
    let known = match (people.len(), people.values().next()) {
        (0, _) => return Ok(()),
        (1, Some(person)) => server.sessions.known(Some(&person.id)).await?,
        _ => server.sessions.known(None).await?,
    };
    let ending: Vec<Known> = known
        .into_iter()
        .filter(|session| people.contains_key(&session.person) && is_of(session, left.session.as_deref()))
        .collect();
    for session in ending {
        let details = json!({ "session": session.name() });
        let entry = audit::Entry {
            person: session.person.clone(),
            call: "back_channel_logout".to_owned(),
            project: String::new(),
            details,
        };
        server.audit.note(entry, Outcome::Done).await.map_err(|unavailable| unavailable.0)?;
        server.sessions.end(session.hash).await?;
        server.sign_in.revoke(session.body.tokens).await?;
    }
    Ok(())
}

/// Whether a session of ours came from this session at the issuer; any did, where the issuer names none.
fn is_of(session: &Known, at_issuer: Option<&str>) -> bool {
    at_issuer.is_none_or(|at_issuer| session.body.at_issuer.as_deref() == Some(at_issuer))
}
