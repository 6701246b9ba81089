//! The one token that outlives the program, in the system's keychain: Credential Manager, Keychain or Secret Service.
//!
//! A keychain may be locked and wait for somebody, for ever; so it is asked by a thread of its own, which nobody waits for longer
//! than five seconds. Without one the session lives as long as the program, and the person is told.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use keyring::Entry;
use wire::SecretText;

use crate::address::ServerAddress;

/// How long the keychain may take.
const PATIENCE: Duration = Duration::from_secs(5);
const SERVICE: &str = "org.clew.desktop";

/// Why nothing is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absent {
    /// There is none, or it refuses.
    None(String),
    /// It did not answer: it is probably locked.
    Silent,
    /// The policy wants none.
    Unwanted,
}

impl Absent {
    /// What the person is told.
    pub fn sentence(&self) -> String {
        let what = match self {
            Self::None(why) => format!("This computer's keychain cannot be used ({why})"),
            Self::Silent => "This computer's keychain does not answer; it may be locked".to_owned(),
            Self::Unwanted => "Your organisation keeps no sign-in on this computer".to_owned(),
        };
        format!("{what}, so you sign in again each time you start the program.")
    }
}

/// Where tokens are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keychain {
    System,
    Unwanted,
}

impl Keychain {
    /// The token that is kept for a server, if there is one.
    ///
    /// # Errors
    /// [`Absent`] where nothing can be kept.
    pub fn read(self, server: &ServerAddress) -> Result<Option<SecretText>, Absent> {
        self.ask(server, |entry| match entry.get_password() {
            Ok(token) => Ok(Some(SecretText::new(token))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    /// Keeps a token for a server.
    ///
    /// # Errors
    /// [`Absent`] where nothing can be kept.
    pub fn keep(self, server: &ServerAddress, token: &SecretText) -> Result<(), Absent> {
        let token = token.clone();
        self.ask(server, move |entry| entry.set_password(token.reveal()))
    }

    /// Forgets the token of a server.
    ///
    /// # Errors
    /// [`Absent`] where nothing can be kept, so nothing was.
    pub fn forget(self, server: &ServerAddress) -> Result<(), Absent> {
        self.ask(server, |entry| match entry.delete_credential() {
            Err(keyring::Error::NoEntry) => Ok(()),
            deleted => deleted,
        })
    }

    /// Asks on a thread of its own, because the libraries behind may wait for ever, and do not get along with an asynchronous
    /// runtime.
    fn ask<T: Send + 'static>(
        self,
        server: &ServerAddress,
        ask: impl FnOnce(&Entry) -> keyring::Result<T> + Send + 'static,
    ) -> Result<T, Absent> {
        if self == Self::Unwanted {
            return Err(Absent::Unwanted);
        }
        let (tell, told) = mpsc::channel();
        let account = server.to_string();
        let thread = thread::Builder::new().name("keychain".to_owned()).spawn(move || {
            let answer = Entry::new(SERVICE, &account).and_then(|entry| ask(&entry));
            // Nobody may be waiting any more.
            drop(tell.send(answer));
        });
        thread.map_err(|error| Absent::None(error.to_string()))?;
        match told.recv_timeout(PATIENCE) {
            Ok(answer) => answer.map_err(|error| Absent::None(error.to_string())),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(Absent::Silent),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(Absent::None("it broke off".to_owned())),
        }
    }
}
