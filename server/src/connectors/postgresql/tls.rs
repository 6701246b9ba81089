//! The encrypted connection to a database: which certificates are believed, and which driver of TLS is used.
//!
//! The default believes the system's certificate authorities, or those in the form instead. `unverified` is a choice
//! that the person made in the form and that stays visible there; it encrypts, but anybody may answer.
//!
//! Absent on purpose: a way from an encrypted connection to a clear one.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::settings::{Encryption, Settings};
use crate::connectors::form::wrong;
use crate::connectors::{Failure, FailureKind};

/// How a connection is made; the same for a statement and for its cancelling.
#[derive(Clone)]
pub(super) enum Tls {
    Clear,
    Encrypted(Box<MakeRustlsConnect>),
}

impl Tls {
    pub(super) fn new(settings: &Settings) -> Result<Self, Failure> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| cannot(&error))?;
        let config = match settings.encryption {
            Encryption::Off => return Ok(Self::Clear),
            Encryption::Verified => builder.with_root_certificates(roots(&settings.ca)?),
            Encryption::Unverified => {
                builder.dangerous().with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
            }
        };
        Ok(Self::Encrypted(Box::new(MakeRustlsConnect::new(config.with_no_client_auth()))))
    }
}

fn cannot(cause: &(impl std::fmt::Display + ?Sized)) -> Failure {
    Failure::new(
        FailureKind::Unreachable,
        "No encrypted connection can be prepared on this server.",
        "Install the system's certificate authorities, or enter one in the form.",
        cause,
    )
}

/// The certificates in `pem`, or the system's when there are none.
fn roots(pem: &str) -> Result<RootCertStore, Failure> {
    let mut store = RootCertStore::empty();
    if pem.trim().is_empty() {
        let found = rustls_native_certs::load_native_certs();
        store.add_parsable_certificates(found.certs);
        let errors = format!("{:?}", found.errors);
        return if store.is_empty() { Err(cannot(&errors)) } else { Ok(store) };
    }
    let unfit = || wrong("Certificate authority", "Paste certificates in PEM: lines from BEGIN to END CERTIFICATE.");
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        store.add(certificate.map_err(|_| unfit())?).map_err(|_| unfit())?;
    }
    if store.is_empty() { Err(unfit()) } else { Ok(store) }
}

/// Believes any certificate, but still wants the other side to have its key.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
