//! The program behind its window: which server, whose session, and the way to the system's browser.

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Response;
use reqwest::header::HeaderMap;
use ui::app::ShellSettings;
use wire::{Code, Fault};

use crate::address::ServerAddress;
use crate::connection::Connection;
use crate::keychain::Keychain;
use crate::policy::Policy;
use crate::remembered::{Place, Remembered};
use crate::session::Session;
use crate::sign_in::SignIn;
use crate::trouble::{Trouble, signed_out, unreachable, wrong_setting};

/// What is said while no server is known.
const NO_SERVER: &str = "No server is set for this program.";

/// How the program was started.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The server of the command line.
    pub server: Option<ServerAddress>,
    /// What IT sets.
    pub policy: Policy,
    /// Where the person's own settings are remembered; nowhere, where there is no such folder.
    pub place: Option<Place>,
}

/// The program.
pub struct Program {
    policy: Policy,
    place: Option<Place>,
    is_locked: bool,
    keychain: Keychain,
    session: Mutex<Option<Arc<Session>>>,
    /// Opens an address in the system's browser.
    browser: Box<dyn Fn(&str) -> std::io::Result<()> + Send + Sync>,
}

impl Program {
    /// Starts with what the policy sets, then the command line, then what was remembered.
    ///
    /// # Errors
    /// [`Trouble`] when the connection cannot be made as it is set.
    pub fn new(given: Given) -> Result<Self, Trouble> {
        let Given { server, policy, place } = given;
        let is_locked = policy.server.is_some();
        let remembered = place.as_ref().map(Place::read).unwrap_or_default();
        let server = policy.server.clone().or(server).or(remembered.server);
        let keychain = if policy.keychain == Some(false) { Keychain::Unwanted } else { Keychain::System };
        let session = match server {
            Some(server) => Some(Arc::new(Session::new(Connection::new(server, &policy)?, keychain))),
            None => None,
        };
        let browser = Box::new(|address: &str| open::that_detached(address));
        Ok(Self { policy, place, is_locked, keychain, session: Mutex::new(session), browser })
    }

    /// Opens addresses in another way than by the system's browser.
    #[must_use]
    pub fn with_browser(mut self, open: impl Fn(&str) -> std::io::Result<()> + Send + Sync + 'static) -> Self {
        self.browser = Box::new(open);
        self
    }

    /// What the screens show of it.
    pub fn settings(&self) -> ShellSettings {
        let session = self.session();
        ShellSettings {
            server: session.as_ref().map(|session| session.connection().address().to_string()),
            is_locked: self.is_locked,
            note: session.and_then(|session| session.keychain_note()),
        }
    }

    /// Goes on with a session that the keychain knows; to be called before anything is sent.
    ///
    /// # Errors
    /// [`Trouble`] when the server cannot be asked.
    pub async fn resume(&self) -> Result<bool, Trouble> {
        match self.session() {
            Some(session) => session.resume().await,
            None => Ok(false),
        }
    }

    /// Takes another server, if one answers there.
    ///
    /// # Errors
    /// [`Trouble`] says what is wrong with the address, or what does not answer.
    pub async fn connect(&self, address: &str) -> Result<ShellSettings, Trouble> {
        if self.is_locked {
            return Err(wrong_setting("Your organisation has set the server.", "Ask your administrator for another one."));
        }
        let address = ServerAddress::parse(address)?;
        let connection = Connection::new(address.clone(), &self.policy)?;
        connection.look().await?;
        if let Some(before) = self.session() {
            before.forget();
        }
        let session = Arc::new(Session::new(connection, self.keychain));
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
        if let Some(place) = &self.place
            && let Err(trouble) = place.write(&Remembered { server: Some(address) })
        {
            tracing::warn!(%trouble, "the server could not be remembered");
        }
        self.resume().await?;
        Ok(self.settings())
    }

    /// Signs in by way of the system's browser; `began` is called with the number that its page shows.
    ///
    /// # Errors
    /// [`Trouble`] when nobody signed in.
    pub async fn sign_in<F: Future<Output = ()>>(&self, began: impl FnOnce(String) -> F) -> Result<ShellSettings, Trouble> {
        let session = self.needed()?;
        let signing_in = SignIn::begin().await?;
        began(signing_in.number()).await;
        let address = signing_in.address(session.connection());
        (self.browser)(&address).map_err(|error| {
            let sentence = format!("The browser could not be opened: {error}.");
            unreachable(sentence, format!("Open this address in a browser on this computer: {address}"))
        })?;
        let granted = signing_in.finish(session.connection()).await?;
        session.begin(granted);
        Ok(self.settings())
    }

    /// Sends a request in the name of whoever is signed in.
    ///
    /// # Errors
    /// [`Trouble`], from the server or about the way there.
    pub async fn send(&self, path: &str, headers: HeaderMap, body: Vec<u8>) -> Result<Response, Trouble> {
        let session = self.needed()?;
        let token = session.needed()?;
        let answer = session.connection().post(path, headers, body, Some(&token)).await;
        let has_ended = matches!(&answer, Err(fault) if fault.code == Code::SignedOut);
        let is_over = has_ended || (answer.is_ok() && path == "/api/call/sign_out");
        // Somebody may have signed in anew meanwhile: then that session stays.
        if is_over && session.token().is_some_and(|now| now == token) {
            session.forget();
        }
        answer
    }

    /// Opens a path of the server, or an address of another site, in the system's browser.
    pub fn open_in_browser(&self, address: &str) {
        let address = if address.starts_with('/') { self.link_to(address) } else { address.to_owned() };
        let is_page = ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme));
        if !is_page {
            tracing::warn!("an address that is no page was not opened");
        } else if let Err(error) = (self.browser)(&address) {
            tracing::warn!(%error, "the browser could not be opened");
        }
    }

    /// The address of a path, for people to paste elsewhere.
    pub fn link_to(&self, path: &str) -> String {
        self.session().map_or_else(|| path.to_owned(), |session| session.connection().address().to(path))
    }

    fn session(&self) -> Option<Arc<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn needed(&self) -> Result<Arc<Session>, Fault> {
        self.session().ok_or_else(|| signed_out(NO_SERVER, "Enter its address."))
    }
}
