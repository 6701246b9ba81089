//! Sessions: what proves, request by request, who somebody is.
//!
//! A session is 256 random bits in one cookie, or in a desktop program's `Authorization` header (see [`super::desktop`]); the
//! store knows only their SHA-256, so who reads the store cannot sign in. A session ends when it has been idle too long, at its absolute end, by sign-out, by hand, for newer ones when
//! there are too many, or when the issuer no longer vouches for the person (see [`super::renewal`]). The cookie is
//! `__Host-clew_sid` (Secure) when the public address is https, and `clew_sid` on http at localhost; which of the two
//! is decided by `CLEW_PUBLIC_URL` alone, never by the request.
//!
//! Absent on purpose: any other way to be signed in. No header names a person, and no cookie carries a claim. A browser's
//! session opens nothing as a header, and a desktop's nothing as a cookie.

use std::sync::Arc;
use std::time::Duration;

use access::{AppRole, Caller, Grantee, PersonId};
use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use wire::{Code, Fault};
use zeroize::Zeroizing;

use super::cookie::Cookie;
use super::displaced::Displaced;
use super::known::Known;
use crate::hash::{from_hex, hex, sha256};
use crate::store::{Session, SessionHash, Store, StoreError};
use crate::world::{Clock, Dice, random};

/// How old roles may be before the issuer is asked again, beside the requests that go on with them, in seconds.
const ASK_SECS: i64 = 4 * 60;
/// How old roles may be before a request waits for what the issuer says, in seconds.
const FRESH_SECS: i64 = 5 * 60;
/// How long roles are used beyond that while the issuer cannot be reached, in seconds.
const GRACE_SECS: i64 = 15 * 60;
/// How long roles are used when the issuer gave no refresh token, in seconds.
const ONCE_SECS: i64 = 60 * 60;
/// How long an issuer that did not answer is left alone, in seconds.
const RETRY_SECS: i64 = 30;
/// How long whoever asks the issuer has for it before somebody else may, in seconds: more than all that is asked takes
/// together (see [`super::transport`]).
const LEASE_SECS: i64 = 60;
/// How often the time of the last request is written.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The person and roles.
    pub caller: Caller,
    /// The person's name for people.
    pub name: String,
    /// The person's e-mail, for display.
    pub email: Option<String>,
    /// Names the session in the store.
    pub session: SessionHash,
    /// How long the roles are believed.
    pub(super) belief: Belief,
}

impl SignedIn {
    /// A short name of the session for logs: nobody can sign in with it.
    pub fn session_name(&self) -> String {
        session_name(&self.session)
    }

    /// Whether a grant to somebody, named in person or by address, is one to this person.
    pub(crate) fn is_named_by(&self, to: &Grantee) -> bool {
        match to {
            Grantee::Person(person) => *person == self.caller.person,
            Grantee::Email(email) => self.email.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(email.trim())),
            Grantee::Role(_) => false,
        }
    }
}

/// A short name of a session for logs, of what the store knows it by.
pub fn session_name(session: &SessionHash) -> String {
    hex(session.get(..8).unwrap_or_default())
}

/// How long the roles of a session are believed.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Belief {
    /// From when on the issuer is asked again, in seconds since 1970; never, where there is nothing to ask with.
    ask_after: Option<i64>,
    /// Until when nobody waits for the issuer, in seconds since 1970.
    #[serde(default)]
    fresh_until: i64,
    /// Until when the roles hold without an answer, in seconds since 1970.
    ends: i64,
    /// Whether the issuer did not answer when it was last asked.
    #[serde(default)]
    is_silent: bool,
    /// Whether somebody is asking it, until it may be asked again.
    #[serde(default)]
    is_asked: bool,
}

impl Belief {
    /// Roles that the issuer named at `now`, where it can be asked again.
    pub(super) fn renewable(now: Timestamp) -> Self {
        let now = now.as_second();
        let (ask_after, fresh_until) = (Some(now + ASK_SECS), now + FRESH_SECS);
        Self { ask_after, fresh_until, ends: fresh_until + GRACE_SECS, ..Self::default() }
    }

    /// Roles that the issuer named at `now`, where it gave nothing to ask with.
    pub(super) fn once(now: Timestamp) -> Self {
        let ends = now.as_second() + ONCE_SECS;
        Self { fresh_until: ends, ends, ..Self::default() }
    }

    /// The same roles, when the issuer did not answer at `now`.
    pub(super) fn unanswered(self, now: Timestamp) -> Self {
        Self { ask_after: Some(now.as_second() + RETRY_SECS), is_silent: true, is_asked: false, ..self }
    }

    /// The same roles, while whoever saw this asks the issuer and nobody else does.
    pub(super) fn leased(self, now: Timestamp) -> Self {
        Self { ask_after: Some(now.as_second() + LEASE_SECS), is_asked: true, ..self }
    }

    /// Roles that nobody may use, and nothing to ask with.
    pub(super) fn over() -> Self {
        Self::default()
    }

    /// Whether the issuer is to be asked.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.ask_after.is_some_and(|after| after <= now.as_second())
    }

    /// Whether somebody is asking the issuer.
    pub(super) fn is_leased(&self, now: Timestamp) -> bool {
        self.is_asked && !self.is_due(now)
    }

    /// Whether a request waits for the issuer's answer. One that was silent is not waited for while the roles hold.
    pub(super) fn must_wait(&self, now: Timestamp) -> bool {
        let is_old = self.fresh_until <= now.as_second() && !self.is_silent;
        self.is_renewable() && (is_old || !self.holds(now))
    }

    /// Whether the roles may be used.
    pub(super) fn holds(&self, now: Timestamp) -> bool {
        now.as_second() < self.ends
    }

    /// Whether the issuer can be asked at all.
    pub(super) fn is_renewable(&self) -> bool {
        self.ask_after.is_some()
    }
}

/// What a session keeps, sealed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SessionBody {
    /// The person's name for people.
    pub name: String,
    /// The person's e-mail, for display.
    pub email: Option<String>,
    /// Roles as the provider gave them.
    pub roles: Vec<AppRole>,
    /// The provider's tokens, for refresh and sign-out.
    #[serde(default)]
    pub tokens: Option<Tokens>,
    /// The address that the session began from.
    #[serde(default)]
    pub address: Option<String>,
    /// What the browser called itself when it began.
    #[serde(default)]
    pub agent: Option<String>,
    /// What the issuer calls its own session, where it said so at the sign-in: a later token need not say it again.
    #[serde(default)]
    pub at_issuer: Option<String>,
    /// How long the roles are believed; set when the session is opened.
    #[serde(default)]
    pub belief: Belief,
    /// Whether it is a desktop program's: sent as a header and not as a cookie.
    #[serde(default)]
    pub is_desktop: bool,
    /// The session that this one takes the place of, in hexadecimal, until it is first used.
    #[serde(default)]
    pub takes_over: Option<String>,
}

/// What a session keeps, as it was read.
pub(super) struct Kept {
    pub(super) body: SessionBody,
    bytes: Zeroizing<Vec<u8>>,
}

/// A session that was opened.
pub struct Opened {
    /// What proves it.
    pub id: Zeroizing<String>,
    /// When it ends in any case.
    pub ends: Timestamp,
    /// Older ones that ended for it.
    pub ended: Vec<Known>,
}

impl SessionBody {
    /// What the issuer is asked for fresh roles with, if it gave that.
    pub(super) fn refresh_token(&self) -> Option<&str> {
        self.tokens.as_ref()?.refresh_token.as_deref()
    }
}

/// The provider's tokens.
#[derive(Clone, Serialize, Deserialize)]
pub struct Tokens {
    /// Names the person when signing out at the provider.
    pub id_token: String,
    /// Asks for fresh roles.
    pub refresh_token: Option<String>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(•••)")
    }
}

/// How long sessions live, and how their cookie looks.
#[derive(Debug, Clone)]
pub struct SessionRules {
    /// Ends a session that saw no request for so long.
    pub idle: Duration,
    /// Ends every session after so long.
    pub absolute: Duration,
    /// Whether the public address is https.
    pub secure: bool,
    /// Sessions of one person at once; the oldest ends for a further one.
    pub of_person: u32,
    /// Sessions at once in all.
    pub in_all: u32,
}

/// Opens, finds and ends sessions.
pub struct Sessions {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
    cookie: Cookie,
    rules: SessionRules,
    displaced: Displaced,
}

impl Sessions {
    /// Sessions in `store`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>, rules: SessionRules) -> Self {
        let cookie = Cookie::new("clew_sid", rules.secure);
        Self { store, clock, dice, cookie, rules, displaced: Displaced::default() }
    }

    /// How long a session may see no request.
    pub fn idle(&self) -> Duration {
        self.rules.idle
    }

    /// Opens a session whose roles the issuer named at `named`. Beyond the limits the oldest end.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub async fn open(&self, person: &PersonId, body: &SessionBody, named: Timestamp) -> Result<Opened, StoreError> {
        let id = self.draw();
        let now = self.clock.now();
        let belief = if body.refresh_token().is_some() { Belief::renewable(named) } else { Belief::once(named) };
        let body = &SessionBody { belief, ..body.clone() };
        let session = Session {
            hash: sha256(id.as_bytes()),
            person: person.to_string(),
            created: now,
            last_seen: now,
            ends: now.checked_add(self.rules.absolute).unwrap_or(Timestamp::MAX),
            body: Zeroizing::new(serde_json::to_vec(body).unwrap_or_default()),
        };
        let (kept, ends) = (session.hash, session.ends);
        self.store.put_session(session).await?;
        let mut ended = self.store.end_oldest_sessions(Some(person.to_string()), kept, self.rules.of_person).await?;
        self.displaced.note(ended.iter().map(|session| session.hash));
        ended.extend(self.store.end_oldest_sessions(None, kept, self.rules.in_all).await?);
        let ended = ended.into_iter().filter_map(Known::of).collect();
        Ok(Opened { id, ends, ended })
    }

    /// The `Set-Cookie` header that hands a session to the browser.
    pub fn cookie(&self, opened: &Opened) -> HeaderValue {
        self.cookie.give(&opened.id, self.rules.absolute.as_secs())
    }

    fn draw(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(random::<32>(self.dice.as_ref())))
    }

    /// Who sent these headers.
    ///
    /// # Errors
    /// [`Fault`] `SignedOut` without a living session.
    pub async fn find(&self, headers: &HeaderMap) -> Result<SignedIn, Fault> {
        let Shown { hash, is_desktop } = self.shown(headers).ok_or_else(signed_out)?;
        let Some(session) = self.store.session(hash).await.map_err(Fault::from)? else {
            return Err(if self.displaced.has(&hash) { displaced() } else { signed_out() });
        };
        let now = self.clock.now();
        if !self.is_alive(&session, now) {
            self.store.end_session(hash).await.map_err(Fault::from)?;
            return Err(signed_out());
        }
        if now.duration_since(session.last_seen) > TOUCH_EVERY {
            self.store.touch_session(hash, now).await.map_err(Fault::from)?;
        }
        let mut body: SessionBody = serde_json::from_slice(&session.body).map_err(|_| signed_out())?;
        if body.is_desktop != is_desktop {
            return Err(signed_out());
        }
        if body.takes_over.is_some() {
            body = self.take_over(hash).await?;
        }
        let person = PersonId::new(session.person).map_err(|_| signed_out())?;
        let caller = Caller::new(person, body.roles);
        Ok(SignedIn { caller, name: body.name, email: body.email, session: hash, belief: body.belief })
    }

    /// The session that headers show, as a cookie or as a desktop's token; none where they show both.
    fn shown(&self, headers: &HeaderMap) -> Option<Shown> {
        let shown = |id: &str, is_desktop| Shown { hash: sha256(id.as_bytes()), is_desktop };
        match (self.cookie.read(headers), token(headers)) {
            (Some(id), None) => Some(shown(id, false)),
            (None, Some(id)) => Some(shown(id, true)),
            (None, None) | (Some(_), Some(_)) => None,
        }
    }

    /// Makes a desktop's session known by another token, which takes its place once it is used: whoever never gets the
    /// answer goes on with the token of before.
    ///
    /// # Errors
    /// [`Fault`] `SignedOut` where it has ended, or is a browser's.
    pub(super) async fn rotate(&self, headers: &HeaderMap) -> Result<(SignedIn, Opened), Fault> {
        let who = self.find(headers).await?;
        self.end_unused(&who).await?;
        let session = self.store.session(who.session).await?.ok_or_else(signed_out)?;
        let body: SessionBody = serde_json::from_slice(&session.body).map_err(|_| signed_out())?;
        if !body.is_desktop {
            return Err(signed_out());
        }
        let (id, ends) = (self.draw(), session.ends);
        let body = SessionBody { tokens: None, takes_over: Some(hex(&who.session)), ..body };
        let body = Zeroizing::new(serde_json::to_vec(&body).unwrap_or_default());
        self.store.put_session(Session { hash: sha256(id.as_bytes()), body, ..session }).await?;
        Ok((who, Opened { id, ends, ended: Vec::new() }))
    }

    /// Ends what was to take a session's place and was never used.
    async fn end_unused(&self, who: &SignedIn) -> Result<(), StoreError> {
        let name = Some(hex(&who.session));
        for session in self.store.sessions(Some(who.caller.person.to_string())).await? {
            let body = serde_json::from_slice::<SessionBody>(&session.body);
            if body.is_ok_and(|body| body.takes_over == name) {
                self.store.end_session(session.hash).await?;
            }
        }
        Ok(())
    }

    /// Puts a session in the place of the one before, with what that keeps by now; where that has ended, this one ends, too.
    async fn take_over(&self, session: SessionHash) -> Result<SessionBody, Fault> {
        let kept = self.kept(session).await?;
        let Some(before) = kept.body.takes_over.as_deref().and_then(from_hex) else { return Ok(kept.body) };
        let before = SessionHash::try_from(before.as_slice()).map_err(|_| signed_out())?;
        let living = self.store.session(before).await?.filter(|before| self.is_alive(before, self.clock.now()));
        let Some(living) = living else {
            self.store.end_session(session).await?;
            return Err(signed_out());
        };
        let body: SessionBody = serde_json::from_slice(&living.body).map_err(|_| signed_out())?;
        // What the issuer is about to answer goes to the session that asked.
        if body.belief.is_leased(self.clock.now()) {
            return Ok(body);
        }
        // Another request may be first: then it is done.
        if self.change(session, kept, &body).await? {
            self.store.end_session(before).await?;
        }
        Ok(body)
    }

    pub(super) fn is_alive(&self, session: &Session, now: Timestamp) -> bool {
        let idle = SignedDuration::try_from(self.rules.idle).unwrap_or(SignedDuration::MAX);
        now < session.ends && now.duration_since(session.last_seen) < idle
    }

    /// What a session keeps.
    ///
    /// # Errors
    /// [`Fault`] `SignedOut` when it has ended meanwhile.
    pub(super) async fn kept(&self, session: SessionHash) -> Result<Kept, Fault> {
        let bytes = self.store.session(session).await?.ok_or_else(signed_out)?.body;
        let body = serde_json::from_slice(&bytes).map_err(|_| signed_out())?;
        Ok(Kept { body, bytes })
    }

    /// Keeps something else in a session that still keeps what was read; false where somebody else was first, or where it
    /// has ended meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub(super) async fn change(&self, session: SessionHash, kept: Kept, to: &SessionBody) -> Result<bool, StoreError> {
        let bytes = Zeroizing::new(serde_json::to_vec(to).unwrap_or_default());
        self.store.change_session(session, kept.bytes, bytes).await
    }

    /// What the session keeps of the provider's tokens.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn tokens(&self, session: SessionHash) -> Result<Option<Tokens>, StoreError> {
        let found = self.store.session(session).await?;
        let body = found.and_then(|session| serde_json::from_slice::<SessionBody>(&session.body).ok());
        Ok(body.and_then(|body| body.tokens))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub async fn end(&self, session: SessionHash) -> Result<(), StoreError> {
        self.store.end_session(session).await.map(|_| ())
    }

    /// The `Set-Cookie` header that takes a session from the browser.
    pub fn taken_back(&self) -> HeaderValue {
        self.cookie.take_back()
    }
}

/// A session as a request shows it.
struct Shown {
    hash: SessionHash,
    /// Whether it came as a header.
    is_desktop: bool,
}

/// The token of an `Authorization: Bearer` header; none where there are several.
fn token(headers: &HeaderMap) -> Option<&str> {
    let mut found = headers.get_all(header::AUTHORIZATION).iter();
    match (found.next(), found.next()) {
        (Some(value), None) => value.to_str().ok()?.strip_prefix("Bearer "),
        _ => None,
    }
}

/// Said to whoever holds a session that ended for a newer one.
fn displaced() -> Fault {
    Fault::new(Code::SignedOut, Fault::DISPLACED, "Sign in again; your work is kept. Sign out where you no longer are.")
}

pub(crate) fn signed_out() -> Fault {
    Fault::new(Code::SignedOut, "Nobody is signed in, or the session has ended.", "Sign in again; your work is kept.")
}
