//! Who is signed in, from start to sign-out: one token in memory, and its next one in the keychain.

use std::sync::{Mutex, PoisonError};

use reqwest::header::HeaderMap;
use wire::desktop::{Granted, ROTATE_PATH};
use wire::{Code, SecretText};

use crate::connection::Connection;
use crate::keychain::{Absent, Keychain};
use crate::trouble::{Trouble, signed_out, unreachable};

/// A session with one server.
pub struct Session {
    connection: Connection,
    keychain: Keychain,
    token: Mutex<Option<SecretText>>,
    /// Why the keychain keeps nothing, once that is known.
    absent: Mutex<Option<Absent>>,
}

impl Session {
    /// A session that nobody has signed in for yet.
    pub fn new(connection: Connection, keychain: Keychain) -> Self {
        Self { connection, keychain, token: Mutex::default(), absent: Mutex::default() }
    }

    /// The way to its server.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The token, if somebody is signed in.
    pub fn token(&self) -> Option<SecretText> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the person should know of the keychain.
    pub fn keychain_note(&self) -> Option<String> {
        self.absent.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(Absent::sentence)
    }

    /// Goes on with the session that the keychain knows, under a new token; false where it knows none that lives. To be
    /// called before anything else is sent: the token of before ends with the first use of the new one.
    ///
    /// # Errors
    /// [`Trouble`] when the server cannot be asked; what is kept stays.
    pub async fn resume(&self) -> Result<bool, Trouble> {
        let Some(token) = self.note(self.keychain.read(self.connection.address())).flatten() else { return Ok(false) };
        match self.connection.post(ROTATE_PATH, HeaderMap::new(), "", Some(&token)).await {
            Ok(answer) => {
                let granted: Granted = answer.json().await.map_err(|_| {
                    unreachable("The server's answer to the sign-in cannot be read.", "Sign in again.")
                })?;
                self.begin(granted);
                Ok(true)
            }
            Err(trouble) if trouble.code == Code::SignedOut => {
                self.forget();
                Ok(false)
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// Somebody has signed in.
    pub fn begin(&self, granted: Granted) {
        self.note(self.keychain.keep(self.connection.address(), &granted.token));
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(granted.token);
    }

    /// Nobody is signed in any more; nothing is kept.
    pub fn forget(&self) {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.note(self.keychain.forget(self.connection.address()));
    }

    /// The token, or what is said to whoever needs one.
    ///
    /// # Errors
    /// [`Trouble`] `SignedOut`.
    pub fn needed(&self) -> Result<SecretText, Trouble> {
        self.token().ok_or_else(|| signed_out("Nobody is signed in.", "Sign in; your work is kept."))
    }

    fn note<T>(&self, answer: Result<T, Absent>) -> Option<T> {
        let (answer, absent) = match answer {
            Ok(answer) => (Some(answer), None),
            Err(absent) => (None, Some(absent)),
        };
        *self.absent.lock().unwrap_or_else(PoisonError::into_inner) = absent;
        answer
    }
}
