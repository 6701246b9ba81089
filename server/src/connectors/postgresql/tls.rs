//! The encrypted connection to a database: which certificates are believed, and who Clew is to it.
//!
//! The default believes the certificate authorities of the system and of the instance, or those in the form instead. `unverified` is a choice
//! that the person made in the form and that stays visible there; it encrypts, but anybody may answer. A certificate of
//! Clew's own is shown when the database asks for one.
//!
//! Absent on purpose: a way from an encrypted connection to a clear one.

use std::sync::Arc;

use tokio_postgres_rustls::MakeRustlsConnect;

use super::settings::{Encryption, Settings};
use crate::connectors::form::{AUTHORITY, CLIENT_CERTIFICATE, CLIENT_KEY, wrong};
use crate::connectors::{Failure, FailureKind};
use crate::tls::{Believe, Own, Unfit, client};
use crate::unverified::AnyCertificate;

/// How a connection is made; the same for a statement and for its cancelling.
#[derive(Clone)]
pub(super) enum Tls {
    Clear,
    Encrypted(Box<MakeRustlsConnect>),
}

impl Tls {
    pub(super) fn new(settings: &Settings, instance: &str) -> Result<Self, Failure> {
        let believe = match settings.encryption {
            Encryption::Off => return Ok(Self::Clear),
            Encryption::Verified => Believe::of(&settings.ca, instance),
            Encryption::Unverified => Believe::Verifier(Arc::new(AnyCertificate::new())),
        };
        let own = settings.own.as_ref().map(|own| Own { certificate: &own.certificate, key: own.key.reveal() });
        let config = client(believe, own).map_err(unfit)?;
        Ok(Self::Encrypted(Box::new(MakeRustlsConnect::new(config))))
    }
}

/// Names the field, and what to enter there.
fn unfit(unfit: Unfit) -> Failure {
    const LINES: &str = "Paste certificates in PEM: lines from BEGIN to END CERTIFICATE.";
    match unfit {
        Unfit::Authorities => wrong(AUTHORITY, LINES),
        Unfit::Certificate => wrong(CLIENT_CERTIFICATE, LINES),
        Unfit::Key => wrong(CLIENT_KEY, "Paste the key in PEM: lines from BEGIN to END PRIVATE KEY."),
        Unfit::Locked => {
            wrong(CLIENT_KEY, "The key has a password of its own; take it off with `openssl pkey -in key.pem`.")
        }
        Unfit::Pair => wrong(CLIENT_KEY, "It does not belong to the client certificate; paste the one that does."),
        Unfit::System => Failure::new(
            FailureKind::Unreachable,
            "No encrypted connection can be prepared on this server.",
            "Install the system's certificate authorities, or enter one in the form.",
            &unfit,
        ),
    }
}
