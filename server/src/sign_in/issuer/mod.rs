//! The embedded issuer: a real OpenID Connect provider for evaluation and sealed sites, with people of its own.
//!
//! It knows one client, this server, and one flow, the authorization code with PKCE S256. Discovery, keys, codes,
//! tokens and sign-out answer under `CLEW_PUBLIC_URL` + `/issuer`, and the relying party talks to it as it would to any
//! other issuer, only without a network in between.
//!
//! | file | what is in it |
//! |---|---|
//! | [`people`] | local people, and one-time links that set a password |
//! | [`proving`] | how somebody proves to be one of them: password, then code |
//! | [`passwords`], `hashing` | which passwords are refused; how they are hashed, and how many at once |
//! | `second`, `totp` | the second step: a telephone that shows codes, and recovery codes |
//! | `steps` | a sign-in that takes more than one page, kept on the server |
//! | `tries` | how many tries are let through |
//! | [`tokens`] | codes that work once, refresh tokens that rotate |
//! | `signing` | signing keys that change by themselves, and ID tokens |
//! | [`routes`], `step_routes` | the endpoints, and the pages after the password |
//! | [`pages`], `step_pages`, `qr` | the few pages, without script |
//!
//! Absent on purpose: self-registration, reset by e-mail, other clients, other flows, the implicit grant, a session of
//! its own (every sign-in asks for the password), and any use when an external issuer is configured.

mod hashing;
pub mod pages;
pub mod passwords;
pub mod people;
pub mod proving;
mod qr;
mod routes;
mod second;
mod signing;
mod step_pages;
mod step_routes;
mod steps;
pub mod tokens;
mod totp;
mod tries;

use std::sync::Arc;

use url::Url;

use crate::StartFault;
use crate::audit::CLI;
use crate::settings::SecondFactorFor;
use crate::store::{Store, StoreError};
use crate::world::{Clock, Dice};

pub use people::{LocalPeople, LocalPerson, NewPerson};
pub use routes::{Marked, routes};
use signing::{Keys, NoKey};
use steps::Steps;
use tokens::Grants;

/// Where it answers, under the public address.
pub const PATH: &str = "/issuer";
/// What it is called where people are remembered; its address may change, its people stay.
pub const REMEMBERED_AS: &str = "embedded";
/// The one client.
const CLIENT: &str = "clew";

/// The embedded issuer.
pub struct Issuer {
    url: String,
    origin: String,
    redirect: String,
    after_sign_out: String,
    /// What telephones call this server.
    instance: String,
    second_factor: SecondFactorFor,
    keys: Keys,
    /// Local people.
    pub people: LocalPeople,
    grants: Grants,
    steps: Steps,
    clock: Arc<dyn Clock>,
}

impl Issuer {
    /// Opens the issuer of a store, which demands a second step of some people; makes its signing key if there is none.
    ///
    /// # Errors
    /// [`StartFault`] when the key cannot be read or kept.
    pub async fn open(
        public_url: &Url,
        second_factor: SecondFactorFor,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        dice: Arc<dyn Dice>,
    ) -> Result<Self, StartFault> {
        let base = public_url.as_str().trim_end_matches('/');
        let keys = Keys::new(store.clone(), clock.clone(), dice.clone());
        // Here, so that a damaged one ends the start and not the first sign-in.
        keys.signing().await.map_err(|fault| match fault {
            NoKey::Store(error) => error.into(),
            damaged => StartFault::Other { sentence: damaged.to_string(), code: 71 },
        })?;
        Ok(Self {
            url: format!("{base}{PATH}"),
            origin: public_url.origin().ascii_serialization(),
            redirect: format!("{base}/sign-in/callback"),
            after_sign_out: format!("{base}/"),
            instance: format!("Clew {}", public_url.host_str().unwrap_or_default()),
            second_factor,
            keys,
            people: LocalPeople::new(store.clone(), clock.clone(), dice.clone(), base),
            steps: Steps::new(store.clone(), clock.clone(), dice.clone()),
            grants: Grants::new(store, clock.clone(), dice),
            clock,
        })
    }

    /// Its own name.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The name of its one client.
    pub fn client_id(&self) -> &'static str {
        CLIENT
    }

    /// Adds a person from the command line; gives the one-time address that sets the password.
    ///
    /// # Errors
    /// [`StartFault`] when the name is taken or cannot be used, or the store cannot be written.
    pub async fn add_person(&self, person: NewPerson) -> Result<String, StartFault> {
        if let Some(sentence) = people::unfit_name(&person.name) {
            return Err(StartFault::Other { sentence, code: 1 });
        }
        let name = person.name.clone();
        match self.people.add(CLI, person).await {
            Ok(link) => Ok(link),
            Err(StoreError::RowConflict { .. }) => Err(StartFault::Other {
                sentence: format!("there is a person \"{name}\" already; choose another name"),
                code: 1,
            }),
            Err(error) => Err(error.into()),
        }
    }

    /// Forgets the refresh token that a session holds, and all that follow from it.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub async fn end_family(&self, token: &str) -> Result<(), StoreError> {
        self.grants.end_family(token).await
    }

    /// Forgets every code, sign-in under way and refresh token of a person, or of everybody, but what follows from one
    /// token.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub async fn end_grants(&self, subject: Option<&str>, but: Option<&str>) -> Result<(), StoreError> {
        self.grants.end_of(subject, but).await
    }

    /// Whether a person may not sign in with the password alone.
    fn demands_second_factor(&self, person: &LocalPerson) -> bool {
        self.second_factor.demands_of(person.roles.iter().map(String::as_str))
    }

    /// The one-time address that makes the first instance manager; none when there is somebody already.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub async fn set_up_link(&self) -> Result<Option<String>, StoreError> {
        if self.people.is_anybody_there().await? {
            return Ok(None);
        }
        let roles = vec!["Task.Read".to_owned(), "Task.Manage".to_owned()];
        let link = self.people.add_first(NewPerson { name: "admin".to_owned(), email: None, roles }).await?;
        Ok(Some(link))
    }
}
