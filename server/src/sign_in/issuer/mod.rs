//! The embedded issuer: a real OpenID Connect provider for evaluation and sealed sites, with people of its own.
//!
//! It knows one client, this server, and one flow, the authorization code with PKCE S256. Discovery, keys, codes,
//! tokens and sign-out answer under `CLEW_PUBLIC_URL` + `/issuer`, and the relying party talks to it as it would to any
//! other issuer, only without a network in between.
//!
//! | file | what is in it |
//! |---|---|
//! | [`people`] | local people: passwords and one-time links |
//! | [`passwords`] | which passwords are refused |
//! | `tries` | how many tries are let through |
//! | [`tokens`] | codes that work once, refresh tokens that rotate, signed ID tokens |
//! | [`routes`] | the endpoints |
//! | [`pages`] | the few pages, without script |
//!
//! Absent on purpose: self-registration, reset by e-mail, other clients, other flows, the implicit grant, a session of
//! its own (every sign-in asks for the password), and any use when an external issuer is configured.

pub mod pages;
pub mod passwords;
pub mod people;
mod routes;
pub mod tokens;
mod tries;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openidconnect::JsonWebKeyId;
use openidconnect::core::CoreEdDsaPrivateSigningKey;
use url::Url;
use zeroize::Zeroizing;

use crate::StartFault;
use crate::audit::CLI;
use crate::hash::{hex, sha256};
use crate::store::{Body, RecordKey, RecordKind, Store, StoreError, When, Write};
use crate::world::{Clock, Dice, random};

pub use people::{LocalPeople, NewPerson};
pub use routes::{WrongPassword, routes};
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
    key: CoreEdDsaPrivateSigningKey,
    /// Local people.
    pub people: LocalPeople,
    grants: Grants,
    clock: Arc<dyn Clock>,
}

impl Issuer {
    /// Opens the issuer of a store; makes its signing key if there is none.
    ///
    /// # Errors
    /// [`StartFault`] when the key cannot be read or kept.
    pub async fn open(
        public_url: &Url,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        dice: Arc<dyn Dice>,
    ) -> Result<Self, StartFault> {
        let base = public_url.as_str().trim_end_matches('/');
        let seed = signing_seed(store.as_ref(), dice.as_ref()).await?;
        let key = signing_key(&seed).map_err(|sentence| StartFault::Other { sentence, code: 71 })?;
        Ok(Self {
            url: format!("{base}{PATH}"),
            origin: public_url.origin().ascii_serialization(),
            redirect: format!("{base}/sign-in/callback"),
            after_sign_out: format!("{base}/"),
            key,
            people: LocalPeople::new(store.clone(), clock.clone(), dice.clone(), base),
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

    /// Forgets every code and refresh token of a person, or of everybody.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub async fn end_grants(&self, subject: Option<&str>) -> Result<(), StoreError> {
        self.grants.end_of(subject).await
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

async fn signing_seed(store: &dyn Store, dice: &dyn Dice) -> Result<Zeroizing<[u8; 32]>, StartFault> {
    let key = RecordKey::new(RecordKind::IssuerKey, "", "current");
    if let Some(record) = store.get(key.clone()).await? {
        let opened = match &record.body {
            Body::Sealed(sealed) => store.open(sealed)?,
            Body::Open(bytes) => bytes.clone(),
        };
        return <[u8; 32]>::try_from(opened.as_slice()).map(Zeroizing::new).map_err(|_| StartFault::Other {
            sentence: "the embedded issuer's key is damaged; restore a backup".to_owned(),
            code: 71,
        });
    }
    let seed = Zeroizing::new(random::<32>(dice));
    match store.keep(vec![Write::put_when(key, seed.to_vec(), When::Absent)], Vec::new()).await {
        Ok(_) => Ok(seed),
        // Another server of the same store was first; its key is everybody's.
        Err(StoreError::RowConflict { .. }) => Box::pin(signing_seed(store, dice)).await,
        Err(error) => Err(error.into()),
    }
}

/// An Ed25519 key from its 32 bytes: the library reads PKCS #8 (RFC 8410), whose frame around the bytes is constant.
fn signing_key(seed: &[u8; 32]) -> Result<CoreEdDsaPrivateSigningKey, String> {
    const FRAME: [u8; 16] =
        [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    let der = Zeroizing::new([FRAME.as_slice(), seed.as_slice()].concat());
    let text = Zeroizing::new(STANDARD.encode(der.as_slice()));
    let pem = Zeroizing::new(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", text.as_str()));
    let name = hex(sha256(seed).get(..8).unwrap_or_default());
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(name)))
}
