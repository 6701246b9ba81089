//! Certificates for connections that Clew opens: whom it believes, and who it is to the other side.
//!
//! ```text
//! authorities    PEM: those of one place are trusted instead of the system's, those of the instance beside them
//! certificate    PEM: Clew's own, then those between it and its authority
//! key            PEM: the key of that certificate, without a password of its own
//! ```
//!
//! Verification is full by default, and TLS is 1.2 or 1.3. A text that was pasted into one line is read as well: people
//! paste keys into fields that keep no line ends.
//!
//! Absent on purpose: a way to switch verification off (whoever offers that choice has a verifier of one's own, and shows
//! it), and any fall back to a clear connection.

use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};
use zeroize::Zeroizing;

use crate::settings::Secret;

/// What cannot be used. Carries nothing of what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// No certificates, or none that can be an authority.
    #[error("holds no certificate in PEM; give lines from BEGIN to END CERTIFICATE")]
    Authorities,
    /// No certificate.
    #[error("holds no certificate in PEM; give lines from BEGIN to END CERTIFICATE, Clew's own first")]
    Certificate,
    /// No key.
    #[error("holds no key in PEM; give lines from BEGIN to END PRIVATE KEY")]
    Key,
    /// A key with a password.
    #[error("holds a key that has a password of its own; take it off with `openssl pkey -in key.pem`")]
    Locked,
    /// Certificate and key are not of one pair.
    #[error(
        "holds a key that does not belong to the certificate; give the key that the certificate was asked for with"
    )]
    Pair,
    /// The machine has no authorities of its own.
    #[error("needs the system's certificate authorities, and there are none; install them or give some")]
    System,
}

/// Whom to believe.
pub enum Believe<'a> {
    /// The authorities of a PEM text, and nobody else.
    Authorities(&'a str),
    /// The system's, and those of a PEM text, which may be empty.
    SystemAnd(&'a str),
    /// Whatever this verifier says.
    Verifier(Arc<dyn ServerCertVerifier>),
}

impl<'a> Believe<'a> {
    /// The authorities that are named for one place; where none are, the system's and those of the instance.
    pub fn of(named: &'a str, instance: &'a str) -> Self {
        if named.trim().is_empty() { Self::SystemAnd(instance) } else { Self::Authorities(named) }
    }
}

/// Whom to believe at a place that a setting names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authorities {
    /// PEM: those that are named for this place alone; may be empty.
    pub named: String,
    /// PEM: those of the instance; may be empty.
    pub instance: Arc<str>,
}

impl Authorities {
    /// The same, to be connected with.
    pub fn believe(&self) -> Believe<'_> {
        Believe::of(&self.named, &self.instance)
    }
}

/// Clew's own certificate and its key, both in PEM.
#[derive(Clone, Copy)]
pub struct Own<'a> {
    /// The certificate, then those between it and its authority.
    pub certificate: &'a str,
    /// The key.
    pub key: &'a str,
}

impl<'a> Own<'a> {
    /// Of a pair of the settings.
    pub fn of((certificate, key): &'a (String, Secret)) -> Self {
        Self { certificate, key: key.expose() }
    }
}

/// The one driver of TLS.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// How connections are made that believe `believe`, and show `own` where the other side asks.
///
/// # Errors
/// [`Unfit`] says what cannot be used.
pub fn client(believe: Believe<'_>, own: Option<Own<'_>>) -> Result<ClientConfig, Unfit> {
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    // The driver has both versions; a machine on which it had not could make no connection at all.
    let builder = builder.map_err(|_| Unfit::System)?;
    let builder = match believe {
        Believe::Authorities(pem) => builder.with_root_certificates(with(RootCertStore::empty(), pem)?),
        Believe::SystemAnd(pem) => builder.with_root_certificates(system_and(pem)?),
        Believe::Verifier(verifier) => builder.dangerous().with_custom_certificate_verifier(verifier),
    };
    match own {
        Some(own) => with_own(builder, own),
        None => Ok(builder.with_no_client_auth()),
    }
}

fn system_and(pem: &str) -> Result<RootCertStore, Unfit> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let store = if pem.trim().is_empty() { store } else { with(store, pem)? };
    if store.is_empty() { Err(Unfit::System) } else { Ok(store) }
}

fn with(mut store: RootCertStore, pem: &str) -> Result<RootCertStore, Unfit> {
    for certificate in certificates(pem).ok_or(Unfit::Authorities)? {
        store.add(certificate).map_err(|_| Unfit::Authorities)?;
    }
    Ok(store)
}

fn with_own(builder: ConfigBuilder<ClientConfig, WantsClientCert>, own: Own<'_>) -> Result<ClientConfig, Unfit> {
    let chain = certificates(own.certificate).ok_or(Unfit::Certificate)?;
    let text = straightened(own.key);
    if text.contains("ENCRYPTED") {
        return Err(Unfit::Locked);
    }
    let key = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| Unfit::Key)?;
    builder.with_client_auth_cert(chain, key).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => Unfit::Pair,
        rustls::Error::General(_) => Unfit::Key,
        _ => Unfit::Certificate,
    })
}

/// At least one certificate, each readable.
pub(crate) fn certificates(pem: &str) -> Option<Vec<CertificateDer<'static>>> {
    let text = straightened(pem);
    let found: Vec<_> = CertificateDer::pem_slice_iter(text.as_bytes()).collect::<Result<_, _>>().ok()?;
    (!found.is_empty()).then_some(found)
}

/// PEM with its line ends where they belong, whatever became of them on the way (spaces, `\n` as two characters).
pub(crate) fn straightened(pem: &str) -> Zeroizing<String> {
    if pem.trim().lines().count() > 1 {
        return Zeroizing::new(pem.to_owned());
    }
    let mut text = Zeroizing::new(String::with_capacity(pem.len() + 64));
    for (number, part) in pem.split("-----").enumerate() {
        if number % 2 == 1 {
            text.push_str(&format!("\n-----{part}-----\n"));
        } else {
            let part = Zeroizing::new(part.replace("\\n", " ").replace("\\r", " "));
            text.extend(part.chars().filter(|c| !c.is_whitespace()));
        }
    }
    text
}
