//! Renewal: a session's roles are those that the issuer names now, not those of the morning.
//!
//! Five minutes after the issuer last named them, the next request of the session asks it again, with the refresh token
//! of the sign-in, and then goes on with what it answers:
//!
//! | the issuer | the session |
//! |---|---|
//! | names roles | has these roles from this request on |
//! | refuses, or names somebody else | ends |
//! | cannot be reached, or answers what nobody can believe | goes on with its roles for fifteen minutes, asks every thirty seconds, then answers nothing \
//! |                   | until the issuer is back; no work is lost and nobody has to sign in again |
//! | gave no refresh token | ends an hour after the sign-in |
//!
//! One request asks for all of the session that come at the same time, because a refresh token works once. It does so
//! in a task of its own, because whoever sent the request may go away between the issuer's answer and the moment when
//! the next token is kept. What changed is written down.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use access::AppRole;
use axum::http::HeaderMap;
use wire::{Code, Fault};

use super::SignedIn;
use super::relying_party::{NotRenewed, Renewed};
use super::session::{Belief, SessionBody, session_name, signed_out};
use crate::Server;
use crate::audit::Entry;
use crate::store::{Outcome, SessionHash};

/// Sessions whose issuer is being asked.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<SessionHash, Arc<tokio::sync::Mutex<()>>>>);

impl Turns {
    fn of(&self, session: SessionHash) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that nobody waits for any more.
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        turns.entry(session).or_default().clone()
    }
}

/// Who sent these headers, with roles that the issuer vouches for.
///
/// # Errors
/// [`Fault`] `SignedOut` without a living session; `SourceFailed` when the issuer has been silent for too long.
pub async fn signed_in(server: &Arc<Server>, headers: &HeaderMap) -> Result<SignedIn, Fault> {
    let mut who = server.sessions.find(headers).await?;
    if who.belief.is_due(server.clock.now()) {
        let (asking, session, person) = (server.clone(), who.session, who.caller.person.to_string());
        let asked = tokio::spawn(async move { renew(&asking, session, person).await }).await;
        asked.map_err(|error| broke_off(&error))??;
        who = server.sessions.find(headers).await?;
    }
    if who.belief.holds(server.clock.now()) {
        return Ok(who);
    }
    if who.belief.is_renewable() {
        return Err(silent_issuer());
    }
    server.sessions.end(who.session).await?;
    Err(signed_out())
}

/// Asks the issuer, unless somebody else has just done so.
async fn renew(server: &Server, session: SessionHash, person: String) -> Result<(), Fault> {
    let turn = server.sign_in.renewals.of(session);
    let _mine = turn.lock().await;
    let mut body = server.sessions.body(session).await?;
    let now = server.clock.now();
    let Some(tokens) = body.tokens.as_ref().filter(|_| body.belief.is_due(now)) else { return Ok(()) };
    match server.sign_in.party.renew(tokens).await {
        Ok(renewed) => {
            let before = body.roles.clone();
            body.take(renewed, Belief::renewable(now), Belief::once(now));
            // The next token is kept before anything else happens.
            server.sessions.keep(session, &body).await?;
            if before != body.roles {
                note(server, entry(session, person, &body.roles), Outcome::Done).await?;
            }
        }
        Err(NotRenewed::Silent) => {
            body.belief = body.belief.unanswered(now);
            server.sessions.keep(session, &body).await?;
        }
        Err(NotRenewed::Unproved { next }) => {
            // The answer may have used up the token before it, and a used one ends the session at the issuer.
            body.tokens = Some(next);
            body.belief = body.belief.unanswered(now);
            server.sessions.keep(session, &body).await?;
        }
        Err(NotRenewed::Refused) => {
            server.sessions.end(session).await?;
            let refused = entry(session, person, &body.roles).because("the sign-in service ended the session");
            note(server, refused, Outcome::Denied).await?;
        }
    }
    Ok(())
}

impl SessionBody {
    /// Takes over what the issuer answered. One that names no roles when it is asked again is not asked any more.
    fn take(&mut self, renewed: Renewed, fresh: Belief, last: Belief) {
        let is_renewable = renewed.tokens.refresh_token.is_some() && renewed.roles.is_some();
        self.tokens = Some(renewed.tokens);
        if let Some(roles) = renewed.roles {
            self.roles = roles;
        }
        self.belief = if is_renewable { fresh } else { last };
    }
}

fn entry(session: SessionHash, person: String, roles: &[AppRole]) -> Entry {
    let details = serde_json::json!({ "roles": roles, "session": session_name(&session) });
    Entry { person, call: "renew_session".to_owned(), project: String::new(), details }
}

async fn note(server: &Server, entry: Entry, outcome: Outcome) -> Result<(), Fault> {
    server.audit.note(entry, outcome).await?;
    Ok(())
}

fn silent_issuer() -> Fault {
    Fault::new(
        Code::SourceFailed,
        "The sign-in service does not answer, so your rights cannot be confirmed.",
        "Try again in a minute; your work is kept. If it lasts, tell your administrator.",
    )
}

fn broke_off(error: &tokio::task::JoinError) -> Fault {
    tracing::error!(%error, "asking the issuer for fresh roles broke off");
    Fault::new(Code::Internal, "Your rights could not be confirmed.", "Try again.")
}
