//! Renewal: a session's roles are those that the issuer names now, not those of the morning.
//!
//! Four minutes after the issuer last named them, the next request of the session has it asked again, with the refresh
//! token of the sign-in. Requests go on with the roles of before until they are five minutes old, and then wait:
//!
//! | the issuer | the session |
//! |---|---|
//! | names roles | has these roles from the next request on |
//! | refuses, or names somebody else | ends |
//! | cannot be reached, or answers what nobody can believe | goes on with its roles for fifteen minutes, asks every thirty \
//! |                   | seconds and waits for nothing, then answers nothing until the issuer is back; no work is lost \
//! |                   | and nobody has to sign in again |
//! | gave no refresh token | ends an hour after the sign-in |
//!
//! A refresh token may work once, and an issuer may end what comes from one that is used twice. So whoever asks first
//! takes the question for itself, in the store, where every server sees it: of all requests at all servers one asks, and
//! the others go on with what is kept, or wait for it. An answer is kept only where nobody has kept a newer token since.
//!
//! It is asked in a task of its own, because whoever sent the request may go away between the issuer's answer and the
//! moment when the next token is kept. What changed is written down.

use std::sync::Arc;
use std::time::Duration;

use access::AppRole;
use axum::http::HeaderMap;
use jiff::Timestamp;
use tokio::time::sleep;
use wire::{Code, Fault};

use super::SignedIn;
use super::relying_party::{NotRenewed, Renewed};
use super::session::{Belief, SessionBody, Tokens, session_name, signed_out};
use crate::Server;
use crate::audit::Entry;
use crate::store::{Outcome, SessionHash};

/// How often whoever waits for another's answer looks for it.
const LOOK: Duration = Duration::from_millis(50);
/// How often it is looked: twenty seconds, as long as an issuer's answer may take.
const LOOKS: usize = 400;
/// How often an answer is tried to be kept that somebody came in between of.
const TRIES: usize = 5;

/// Who sent these headers, with roles that the issuer vouches for.
///
/// # Errors
/// [`Fault`] `SignedOut` without a living session; `SourceFailed` when the issuer has been silent for too long.
pub async fn signed_in(server: &Arc<Server>, headers: &HeaderMap) -> Result<SignedIn, Fault> {
    let mut who = server.sessions.find(headers).await?;
    let now = server.clock.now();
    let asking = who.belief.is_due(now).then(|| ask_beside(server, &who));
    if who.belief.must_wait(now) {
        if let Some(asking) = asking {
            asking.await.map_err(|error| broke_off(&error))??;
        }
        who = while_asked(server, headers, |belief, now| belief.must_wait(now) && belief.is_leased(now)).await?;
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

/// The same, once nobody asks the issuer about them.
///
/// # Errors
/// As [`signed_in`].
pub(super) async fn settled(server: &Arc<Server>, headers: &HeaderMap) -> Result<SignedIn, Fault> {
    signed_in(server, headers).await?;
    while_asked(server, headers, Belief::is_leased).await
}

/// Asks the issuer beside what the request does.
fn ask_beside(server: &Arc<Server>, who: &SignedIn) -> tokio::task::JoinHandle<Result<(), Fault>> {
    let (server, session, person) = (server.clone(), who.session, who.caller.person.to_string());
    tokio::spawn(async move {
        let asked = renew(&server, session, person).await;
        asked.inspect_err(|fault| tracing::warn!(%fault, "a session's roles could not be renewed"))
    })
}

/// The session, once whoever asks the issuer has its answer and nothing `waits` for it any more; as it is, where that takes too
/// long.
async fn while_asked(
    server: &Server,
    headers: &HeaderMap,
    waits: impl Fn(&Belief, Timestamp) -> bool,
) -> Result<SignedIn, Fault> {
    let mut who = server.sessions.find(headers).await?;
    for _ in 0..LOOKS {
        if !waits(&who.belief, server.clock.now()) {
            break;
        }
        sleep(LOOK).await;
        who = server.sessions.find(headers).await?;
    }
    Ok(who)
}

/// Asks the issuer, unless somebody else does or has just done so.
async fn renew(server: &Server, session: SessionHash, person: String) -> Result<(), Fault> {
    let Some(tokens) = take_turn(server, session).await? else { return Ok(()) };
    let answer = server.sign_in.party.renew(&tokens).await;
    let now = server.clock.now();
    match answer {
        Ok(renewed) => {
            let (next, take) = (renewed.tokens.clone(), |body: &mut SessionBody| body.take(&renewed, now));
            let Some((before, after)) = keep(server, session, &tokens, take).await? else {
                // What the session holds is newer, or it has ended: nobody will ever ask with this.
                return give_back(server, session, next).await;
            };
            if before != after.roles {
                note(server, entry(session, person, &after.roles), Outcome::Done).await?;
            }
        }
        Err(NotRenewed::Silent) => {
            keep(server, session, &tokens, |body| body.belief = body.belief.unanswered(now)).await?;
        }
        Err(NotRenewed::Unproved { next }) => {
            // The answer may have used up the token before it, and a used one ends the session at the issuer.
            let unproved = |body: &mut SessionBody| {
                body.tokens = Some(next.clone());
                body.belief = body.belief.unanswered(now);
            };
            if keep(server, session, &tokens, unproved).await?.is_none() {
                give_back(server, session, next).await?;
            }
        }
        Err(NotRenewed::Refused) => {
            // A token that is no more the session's may be refused: whoever has put another in its place knows better.
            let over = |body: &mut SessionBody| (body.tokens, body.belief) = (None, Belief::over());
            let Some((roles, _)) = keep(server, session, &tokens, over).await? else { return Ok(()) };
            server.sessions.end(session).await?;
            let refused = entry(session, person, &roles).because("the sign-in service ended the session");
            note(server, refused, Outcome::Denied).await?;
        }
    }
    Ok(())
}

/// What the issuer is to be asked with, if nobody else asks it: one of all requests at all servers gets it.
async fn take_turn(server: &Server, session: SessionHash) -> Result<Option<Tokens>, Fault> {
    let kept = server.sessions.kept(session).await?;
    let now = server.clock.now();
    let Some(tokens) = kept.body.tokens.clone().filter(|_| kept.body.belief.is_due(now)) else { return Ok(None) };
    let mine = SessionBody { belief: kept.body.belief.leased(now), ..kept.body.clone() };
    Ok(server.sessions.change(session, kept, &mine).await?.then_some(tokens))
}

/// Keeps what came of asking with these tokens, where the session still has them; gives the roles of before, and what is
/// kept now.
async fn keep(
    server: &Server,
    session: SessionHash,
    asked: &Tokens,
    change: impl Fn(&mut SessionBody),
) -> Result<Option<(Vec<AppRole>, SessionBody)>, Fault> {
    for _ in 0..TRIES {
        let kept = match server.sessions.kept(session).await {
            Err(fault) if fault.code == Code::SignedOut => return Ok(None),
            kept => kept?,
        };
        if kept.body.refresh_token() != asked.refresh_token.as_deref() {
            return Ok(None);
        }
        let mut body = kept.body.clone();
        change(&mut body);
        let before = kept.body.roles.clone();
        if server.sessions.change(session, kept, &body).await? {
            return Ok(Some((before, body)));
        }
    }
    Ok(None)
}

/// Gives tokens back that came too late for their session; one that goes on with them keeps them.
async fn give_back(server: &Server, session: SessionHash, late: Tokens) -> Result<(), Fault> {
    let kept = server.sessions.tokens(session).await?;
    if kept.is_none() {
        server.sign_in.revoke([late]).await?;
    }
    Ok(())
}

impl SessionBody {
    /// Takes over what the issuer answered. One that names no roles when it is asked again is not asked any more.
    fn take(&mut self, renewed: &Renewed, now: Timestamp) {
        let is_renewable = renewed.tokens.refresh_token.is_some() && renewed.roles.is_some();
        self.tokens = Some(renewed.tokens.clone());
        if let Some(roles) = &renewed.roles {
            self.roles.clone_from(roles);
        }
        self.belief = if is_renewable { Belief::renewable(now) } else { Belief::once(now) };
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
