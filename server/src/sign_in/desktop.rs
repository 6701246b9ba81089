//! The desktop program's sign-in: the browser of the system asks who somebody is, and hands the program a code, which it trades
//! for a session of its own.
//!
//! 1. The program listens on a port of this machine and opens [`wire::desktop::PATH`] in the browser.
//! 2. The browser goes to the issuer and comes back, as at every sign-in.
//! 3. A page names the person and shows the number that the program shows, too. Going on is a link to the program, with a code.
//! 4. The program trades the code, with what its challenge is the hash of, for a token. Both work once.
//!
//! The page is there because an issuer may answer without asking: a link that somebody else sent would then sign in that
//! person's program, on a machine that many share.

use std::sync::Arc;

use access::PersonId;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use wire::desktop::{Asked, BACK_PATH, Granted, Loopback, Trade};
use wire::{Code, Fault, SecretText};

use super::issuer::pages;
use super::once::{Begun, Once};
use super::routes::{entry, note_ended, parameter};
use super::session::{Opened, SessionBody, session_name};
use super::{known, renewal};
use crate::Server;
use crate::gate;
use crate::hash::sha256;
use crate::store::{Outcome, RecordKind, Store, StoreError};
use crate::world::{Clock, Dice};

/// How long a code can be traded: as long as somebody may look at the page.
const LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// What a code stands for.
#[derive(Serialize, Deserialize)]
struct Promise {
    challenge: String,
    person: String,
    body: SessionBody,
    /// When it was given, in seconds since 1970.
    given: i64,
}

impl Begun for Promise {
    fn begun(&self) -> i64 {
        self.given
    }
}

/// Codes that nobody has traded yet.
pub(super) struct Codes(Once<Promise>);

impl Codes {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> Self {
        Self(Once::new(RecordKind::DesktopCode, LIFETIME, store, clock, dice))
    }

    /// Makes a code for whoever knows what `asked` holds the hash of.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be kept.
    pub(super) async fn give(&self, asked: &Asked, person: &PersonId, body: SessionBody) -> Result<String, StoreError> {
        let (challenge, person) = (asked.challenge.clone(), person.to_string());
        self.0.keep(&Promise { challenge, person, body, given: self.0.now() }).await
    }

    /// What a code stands for, which is then used up, whether the verifier fits or not.
    async fn take(&self, trade: &Trade) -> Result<Option<Promise>, StoreError> {
        let challenge = URL_SAFE_NO_PAD.encode(sha256(trade.verifier.reveal().as_bytes()));
        let promise = self.0.take(trade.code.reveal()).await?;
        Ok(promise.filter(|promise| promise.challenge.as_bytes().ct_eq(challenge.as_bytes()).into()))
    }
}

/// What the program asks for in the query of [`wire::desktop::PATH`].
///
/// # Errors
/// [`Fault`] `Malformed`, for whoever reads it in the browser.
pub(super) fn asked(query: &str) -> Result<Asked, Fault> {
    let malformed = || {
        let sentence = "The Clew program asked for a sign-in in a way that this server does not understand.";
        Fault::new(Code::Malformed, sentence, "Begin again in the program; if it stays so, update it.")
    };
    let text = |name| parameter(query, name)?.ok_or_else(malformed);
    let host = match text("host")?.as_str() {
        "4" => Loopback::V4,
        "6" => Loopback::V6,
        _ => return Err(malformed()),
    };
    let port = text("port")?.parse().map_err(|_| malformed())?;
    let asked = Asked { host, port, challenge: text("challenge")?, state: text("state")? };
    if asked.is_well_formed() { Ok(asked) } else { Err(malformed()) }
}

/// The page that asks whether the program may have a session, and sends the browser back to it.
pub(super) fn confirm(asked: &Asked, name: &str, code: &str) -> Response {
    let back = format!("http://{}:{}{BACK_PATH}?code={code}&state={}", asked.host.as_str(), asked.port, asked.state);
    let body = pages::confirm_desktop(name, &asked.number(), &back);
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}

/// Answers [`wire::desktop::TRADE_PATH`].
pub(super) async fn trade(State(server): State<Arc<Server>>, headers: HeaderMap, body: Json<Trade>) -> Response {
    answer(begin(&server, &headers, &body).await)
}

/// Answers [`wire::desktop::ROTATE_PATH`].
pub(super) async fn rotate(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    answer(go_on(&server, &headers).await)
}

async fn begin(server: &Server, headers: &HeaderMap, trade: &Trade) -> Result<Granted, Fault> {
    refuse_pages(headers)?;
    let Some(promise) = server.sign_in.codes.take(trade).await? else {
        gate::count_refusal_because(server, headers, "sign_in_desktop", Some("code"));
        let sentence =
            "The code of this sign-in was used already, is older than five minutes, or belongs to another program.";
        return Err(Fault::new(Code::SignedOut, sentence, "Sign in again."));
    };
    let person = PersonId::new(promise.person).map_err(|_| super::session::signed_out())?;
    // Whoever ends all sessions of a person ends what is about to become one, too.
    if server.sign_in.fresh.is_demanded_since(&person, promise.given).await? {
        gate::count_refusal_because(server, headers, "sign_in_desktop", Some("ended"));
        return Err(super::session::signed_out());
    }
    let named = Timestamp::from_second(promise.given).unwrap_or(Timestamp::UNIX_EPOCH);
    let (address, agent) = known::origin(headers);
    let body = SessionBody { address, agent, ..promise.body };
    let opened = server.sessions.open(&person, &body, named).await?;
    let details = serde_json::json!({ "session": session_name(&sha256(opened.id.as_bytes())) });
    server.audit.note(entry(person.as_str(), "sign_in_desktop", details), Outcome::Done).await?;
    let granted = granted(&opened, body.name);
    note_ended(server, opened.ended).await?;
    Ok(granted)
}

async fn go_on(server: &Arc<Server>, headers: &HeaderMap) -> Result<Granted, Fault> {
    refuse_pages(headers)?;
    let found = async {
        renewal::settled(server, headers).await?;
        server.sessions.rotate(headers).await
    };
    let (who, opened) = found.await.inspect_err(|_| gate::count_refusal(server, headers, "rotate_desktop_token"))?;
    let details = serde_json::json!({ "session": who.session_name() });
    let rotated = entry(who.caller.person.as_str(), "rotate_desktop_token", details);
    server.audit.note(rotated, Outcome::Done).await?;
    Ok(granted(&opened, who.name))
}

/// What a browser sends says so: no page has any business here.
fn refuse_pages(headers: &HeaderMap) -> Result<(), Fault> {
    if headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site") {
        return Err(Fault::new(Code::Forbidden, "Only the desktop program gets a token.", "Sign in here as usual."));
    }
    Ok(())
}

fn granted(opened: &Opened, name: String) -> Granted {
    Granted { token: SecretText::new(opened.id.to_string()), name, ends: opened.ends.as_second() }
}

fn answer(granted: Result<Granted, Fault>) -> Response {
    match granted {
        Ok(granted) => Json(granted).into_response(),
        Err(fault) => gate::refuse(&fault),
    }
}
