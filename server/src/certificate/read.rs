//! From the files that the settings name to a certificate with its key, or to a sentence that says what is wrong.
//!
//! Which certificate is shown is found by the key and not by the order in the file: the one that the key belongs to, then
//! whoever issued it, then whoever issued that. Of several that fit, the one that ends last.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use p12_keystore::Pkcs12Archive;
use p12_keystore::error::Error as P12Error;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::sign::{CertifiedKey, SigningKey};
use zeroize::Zeroizing;

use crate::hash::sha256;
use crate::settings::{CertificatePlace, SettingFault, names};
use crate::tls;

/// Neither a certificate nor a key is longer.
const FILE_LIMIT_BYTES: u64 = 512 << 10;
/// Certificates of one file that are looked at.
const MOST_CERTIFICATES: usize = 64;

/// What lies in the files now.
pub(super) struct Files<'a> {
    place: &'a CertificatePlace,
    certificate: Zeroizing<Vec<u8>>,
    /// Empty where one file holds both.
    key: Zeroizing<Vec<u8>>,
}

/// A certificate that can be shown.
#[derive(Debug)]
pub struct Pair {
    /// The certificate, those above it, and what signs for them.
    pub(super) certified: CertifiedKey,
    /// From when on it holds.
    pub(super) from: Timestamp,
    /// When it ends.
    pub(super) until: Timestamp,
}

impl Pair {
    /// Whether it is for this host.
    pub fn is_for(&self, host: &str) -> bool {
        let name = ServerName::try_from(host.trim_matches(['[', ']']));
        let parsed = self.certified.end_entity_cert().and_then(rustls::server::ParsedCertificate::try_from);
        match (name, parsed) {
            (Ok(name), Ok(parsed)) => rustls::client::verify_server_name(&parsed, &name).is_ok(),
            _ => false,
        }
    }

    /// When it ends.
    pub fn until(&self) -> Timestamp {
        self.until
    }
}

impl<'a> Files<'a> {
    /// Reads the files.
    pub(super) fn read(place: &'a CertificatePlace) -> Result<Self, SettingFault> {
        let (name, path) = place.certificate();
        let certificate = bytes(name, path)?;
        let key = match place {
            CertificatePlace::Pem { key, .. } => bytes(names::TLS_KEY, key)?,
            CertificatePlace::Pkcs12 { .. } => Zeroizing::default(),
        };
        Ok(Self { place, certificate, key })
    }

    /// A mark of the content: another one means that something was changed.
    pub(super) fn mark(&self) -> [u8; 32] {
        sha256(&[sha256(&self.certificate), sha256(&self.key)].concat())
    }

    /// The certificate and its key.
    pub(super) fn open(&self) -> Result<Pair, SettingFault> {
        match self.place {
            CertificatePlace::Pem { certificate, key } => {
                let chain = text(names::TLS_CERTIFICATE, certificate, &self.certificate)?;
                let chain = tls::certificates(chain).ok_or_else(|| {
                    let remedy = "give lines from BEGIN to END CERTIFICATE, Clew's own first";
                    fault(names::TLS_CERTIFICATE, certificate, "which holds no certificate in PEM", remedy)
                })?;
                pair(self.place, chain, vec![pem_key(key, &self.key)?])
            }
            CertificatePlace::Pkcs12 { file, password } => {
                let archive = Pkcs12Archive::from_pkcs12(&self.certificate, password.expose())
                    .map_err(|error| not_opened(file, &error))?;
                let chain = archive.certs.iter().map(|bag| CertificateDer::from(bag.cert.as_der().to_vec())).collect();
                let keys = archive.keys.iter().map(|bag| PrivatePkcs8KeyDer::from(bag.key.as_der().to_vec()).into());
                pair(self.place, chain, keys.collect())
            }
        }
    }
}

fn fault(name: &str, path: &Path, what: &str, remedy: impl Into<String>) -> SettingFault {
    SettingFault::new(name, format!("names {}, {what}", path.display()), remedy)
}

fn bytes(name: &str, path: &Path) -> Result<Zeroizing<Vec<u8>>, SettingFault> {
    let mut found = Zeroizing::new(Vec::new());
    let read = File::open(path).and_then(|file| file.take(FILE_LIMIT_BYTES + 1).read_to_end(&mut found));
    read.map_err(|error| {
        let what = format!("which cannot be read ({error})");
        fault(name, path, &what, "name a file that this process may read")
    })?;
    if found.len() as u64 > FILE_LIMIT_BYTES {
        return Err(fault(name, path, "which is longer than 512 KB", "name the file of one certificate or key"));
    }
    Ok(found)
}

fn text<'a>(name: &str, path: &Path, bytes: &'a [u8]) -> Result<&'a str, SettingFault> {
    std::str::from_utf8(bytes).map_err(|_| {
        let remedy = format!("give it in PEM, or a PKCS12 file with {}", names::TLS_PKCS12);
        fault(name, path, "which is no text", remedy)
    })
}

fn pem_key(path: &Path, bytes: &[u8]) -> Result<PrivateKeyDer<'static>, SettingFault> {
    let text = tls::straightened(text(names::TLS_KEY, path, bytes)?);
    if text.contains("ENCRYPTED") {
        let remedy = "take it off with `openssl pkey -in key.pem`, or give a PKCS12 file";
        return Err(fault(names::TLS_KEY, path, "which holds a key that has a password of its own", remedy));
    }
    PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| {
        fault(names::TLS_KEY, path, "which holds no key in PEM", "give lines from BEGIN to END PRIVATE KEY")
    })
}

/// Why a PKCS12 file cannot be opened. The library's own words stay out: they speak of its insides.
fn not_opened(file: &Path, error: &P12Error) -> SettingFault {
    match error {
        P12Error::MacError(_) | P12Error::UnpadError | P12Error::Pkcs5Error(_) => SettingFault::new(
            names::TLS_PKCS12_PASSWORD,
            format!("does not open {}", file.display()),
            "give the password that the file was made with",
        ),
        P12Error::UnsupportedEncryptionScheme | P12Error::UnsupportedMacAlgorithm | P12Error::InvalidParameters => {
            let remedy = "make it again with `openssl pkcs12 -export`, which seals it by AES-256";
            fault(names::TLS_PKCS12, file, "which is sealed by a method that is not known here", remedy)
        }
        _ => {
            let remedy = format!("give a `.p12` or `.pfx` file, or PEM files with {}", names::TLS_CERTIFICATE);
            fault(names::TLS_PKCS12, file, "which is no PKCS12 file that can be read", remedy)
        }
    }
}

/// What of a certificate matters here.
struct Facts {
    subject: Vec<u8>,
    issuer: Vec<u8>,
    key: Vec<u8>,
    from: Timestamp,
    until: Timestamp,
}

fn facts(certificate: &CertificateDer<'_>) -> Option<Facts> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let moment = |time: x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp()).ok();
    Some(Facts {
        subject: parsed.subject().as_raw().to_vec(),
        issuer: parsed.issuer().as_raw().to_vec(),
        key: parsed.public_key().raw.to_vec(),
        from: moment(parsed.validity().not_before)?,
        until: moment(parsed.validity().not_after)?,
    })
}

fn pair(
    place: &CertificatePlace,
    certificates: Vec<CertificateDer<'static>>,
    keys: Vec<PrivateKeyDer<'static>>,
) -> Result<Pair, SettingFault> {
    let (name, path) = place.certificate();
    let (key_name, key_path) = place.key();
    let known: Vec<(CertificateDer<'static>, Facts)> = certificates
        .into_iter()
        .take(MOST_CERTIFICATES)
        .filter_map(|certificate| facts(&certificate).map(|facts| (certificate, facts)))
        .collect();
    if known.is_empty() {
        return Err(fault(name, path, "which holds no certificate", "give the certificate with its key"));
    }
    if keys.is_empty() {
        let remedy = "make it again with its key: `openssl pkcs12 -export -inkey key.pem -in certificate.pem`";
        return Err(fault(key_name, key_path, "which holds no private key", remedy));
    }
    let signing = keys.into_iter().filter_map(|key| tls::provider().key_provider.load_private_key(key).ok());
    let signing: Vec<Arc<dyn SigningKey>> = signing.collect();
    if signing.is_empty() {
        let remedy = "use RSA of at least 2048 bits, ECDSA on P-256, P-384 or P-521, or Ed25519";
        return Err(fault(key_name, key_path, "which holds a key of a kind that cannot be used", remedy));
    }
    let fitting = known.iter().flat_map(|(_, facts)| signing.iter().map(move |key| (facts, key)));
    let fitting = fitting.filter(|(facts, key)| key.public_key().is_some_and(|own| own.as_ref() == facts.key));
    let Some((own, key)) = fitting.max_by_key(|(facts, _)| facts.until) else {
        let remedy = "give the key that the certificate was asked for with";
        return Err(fault(key_name, key_path, "which holds a key that does not belong to the certificate", remedy));
    };
    let (from, until) = (own.from, own.until);
    Ok(Pair { certified: CertifiedKey::new(chain(&known, own), key.clone()), from, until })
}

/// The certificate, then whoever issued it, and so on, each at most once. A root that somebody put in is left in: it does no
/// harm, and what is no root may look like one.
fn chain(known: &[(CertificateDer<'static>, Facts)], own: &Facts) -> Vec<CertificateDer<'static>> {
    let mut chain: Vec<CertificateDer<'static>> = Vec::new();
    let mut next = known.iter().find(|(_, facts)| std::ptr::eq(facts, own));
    while let Some((certificate, facts)) = next {
        chain.push(certificate.clone());
        if facts.issuer == facts.subject {
            break;
        }
        let above = known.iter().filter(|(other, above)| above.subject == facts.issuer && !chain.contains(other));
        next = above.max_by_key(|(_, above)| above.until);
    }
    chain
}
