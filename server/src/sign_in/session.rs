//! Sessions: what proves, request by request, who somebody is.
//!
//! A session is 256 random bits in one cookie; the store knows only their SHA-256, so who reads the store cannot sign
//! in. A session ends when it has been idle too long, at its absolute end, by sign-out, by hand, or for
//! newer ones when there are too many. The cookie is `__Host-clew_sid` (Secure) when the public address is https, and `clew_sid` on http at localhost; which of the two
//! is decided by `CLEW_PUBLIC_URL` alone, never by the request.
//!
//! Absent on purpose: any other way to be signed in. No header names a person, and no cookie carries a claim.

use std::sync::Arc;
use std::time::Duration;

use access::{AppRole, Caller, PersonId};
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use wire::{Code, Fault};
use zeroize::Zeroizing;

use super::cookie::Cookie;
use crate::store::{Session, SessionHash, Store, StoreError};
use crate::world::{Clock, Dice, random};

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
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
    cookie: Cookie,
    rules: SessionRules,
}

impl Sessions {
    /// Sessions in `store`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>, rules: SessionRules) -> Self {
        Self { store, clock, dice, cookie: Cookie::new("clew_sid", rules.secure), rules }
    }

    /// How long a session may see no request.
    pub fn idle(&self) -> Duration {
        self.rules.idle
    }

    /// Opens a session; gives the `Set-Cookie` header that hands it to the browser. Beyond the limits the oldest end.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub async fn open(&self, person: &PersonId, body: &SessionBody) -> Result<HeaderValue, StoreError> {
        let id = URL_SAFE_NO_PAD.encode(random::<32>(self.dice.as_ref()));
        let now = self.clock.now();
        let session = Session {
            hash: hash(&id),
            person: person.to_string(),
            created: now,
            last_seen: now,
            ends: now.checked_add(self.rules.absolute).unwrap_or(Timestamp::MAX),
            body: Zeroizing::new(serde_json::to_vec(body).unwrap_or_default()),
        };
        let kept = session.hash;
        self.store.put_session(session).await?;
        self.store.end_oldest_sessions(Some(person.to_string()), kept, self.rules.of_person).await?;
        self.store.end_oldest_sessions(None, kept, self.rules.in_all).await?;
        Ok(self.cookie.give(&id, self.rules.absolute.as_secs()))
    }

    /// Who sent these headers.
    ///
    /// # Errors
    /// [`Fault`] `SignedOut` without a living session.
    pub async fn find(&self, headers: &HeaderMap) -> Result<SignedIn, Fault> {
        let id = self.cookie.read(headers).ok_or_else(signed_out)?;
        let hash = hash(id);
        let session = self.store.session(hash).await.map_err(Fault::from)?.ok_or_else(signed_out)?;
        let now = self.clock.now();
        if !self.is_alive(&session, now) {
            self.store.end_session(hash).await.map_err(Fault::from)?;
            return Err(signed_out());
        }
        if now.duration_since(session.last_seen) > TOUCH_EVERY {
            self.store.touch_session(hash, now).await.map_err(Fault::from)?;
        }
        let body: SessionBody = serde_json::from_slice(&session.body).map_err(|_| signed_out())?;
        let person = PersonId::new(session.person).map_err(|_| signed_out())?;
        Ok(SignedIn { caller: Caller::new(person, body.roles), name: body.name, email: body.email, session: hash })
    }

    fn is_alive(&self, session: &Session, now: Timestamp) -> bool {
        let idle = SignedDuration::try_from(self.rules.idle).unwrap_or(SignedDuration::MAX);
        now < session.ends && now.duration_since(session.last_seen) < idle
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

    /// Ends a session; gives the `Set-Cookie` header that takes it from the browser.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub async fn end(&self, session: SessionHash) -> Result<HeaderValue, StoreError> {
        self.store.end_session(session).await?;
        Ok(self.cookie.take_back())
    }
}

fn signed_out() -> Fault {
    Fault::new(Code::SignedOut, "Nobody is signed in, or the session has ended.", "Sign in again; your work is kept.")
}

fn hash(id: &str) -> SessionHash {
    Sha256::digest(id.as_bytes()).into()
}
