//! The kinds of value a setting may have beyond text: sizes, networks, addresses, the place of the store.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use super::Secret;
use super::table::names;

use super::PostgreSqlPlace;
use crate::connectors::StoreDatabase;

use access::InstanceRole;

/// A network: an address and how many of its leading bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    address: IpAddr,
    bits: u8,
}

impl Cidr {
    /// Reads `10.0.0.0/8`, `fd00::/8`, or one address.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Self { address, bits })
    }

    /// Whether the network holds `other`. An IPv4 address written as IPv6 (`::ffff:a.b.c.d`) counts as IPv4.
    pub fn contains(&self, other: IpAddr) -> bool {
        match (self.address, other.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => {
                let shift = 32 - u32::from(self.bits);
                (u32::from(net) ^ u32::from(ip)).checked_shr(shift).unwrap_or(0) == 0
            }
            (IpAddr::V6(net), IpAddr::V6(ip)) => {
                let shift = 128 - u32::from(self.bits);
                (u128::from(net) ^ u128::from(ip)).checked_shr(shift).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// Where the store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorePlace {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A database on PostgreSQL.
    PostgreSql(Box<PostgreSqlPlace>),
}

impl StorePlace {
    /// The file that it is, if it is one.
    pub fn file(&self) -> Option<PathBuf> {
        match self {
            Self::Sqlite(path) => Some(path.clone()),
            Self::PostgreSql(_) => None,
        }
    }

    /// The database that it is in, if it is in one; nothing of an account.
    pub fn database(&self) -> Option<StoreDatabase> {
        match self {
            Self::Sqlite(_) => None,
            Self::PostgreSql(place) => Some(StoreDatabase {
                hosts: place.hosts.clone(),
                database: place.database.clone(),
                schema: place.schema.clone(),
            }),
        }
    }
}

/// As people are told; nothing of an account.
impl fmt::Display for StorePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::PostgreSql(place) => place.fmt(f),
        }
    }
}

/// Where the listener's certificate and its key are.
#[derive(Debug, Clone)]
pub enum CertificatePlace {
    /// Two files in PEM.
    Pem {
        /// The certificate, and those between it and its authority.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// One file with both, under a password.
    Pkcs12 {
        /// The file.
        file: PathBuf,
        /// Its password; may be empty.
        password: Secret,
    },
}

impl CertificatePlace {
    /// The file with the certificate, and the setting that names it.
    pub fn certificate(&self) -> (&'static str, &Path) {
        match self {
            Self::Pem { certificate, .. } => (names::TLS_CERTIFICATE, certificate),
            Self::Pkcs12 { file, .. } => (names::TLS_PKCS12, file),
        }
    }

    /// The file with the key, and the setting that names it.
    pub fn key(&self) -> (&'static str, &Path) {
        match self {
            Self::Pem { key, .. } => (names::TLS_KEY, key),
            Self::Pkcs12 { file, .. } => (names::TLS_PKCS12, file),
        }
    }
}

/// How new content of the store is sealed. What was sealed by another method stays readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EncryptionMethod {
    /// AES-256 in Galois/Counter Mode (NIST SP 800-38D).
    #[default]
    Aes256Gcm,
    /// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha): for processors without AES of their own.
    XChaCha20Poly1305,
}

impl EncryptionMethod {
    /// As the setting writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aes256Gcm => "aes-256-gcm",
            Self::XChaCha20Poly1305 => "xchacha20-poly1305",
        }
    }
}

/// Of which people of the embedded issuer a second step at sign-in is demanded. Whoever has one is asked in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SecondFactorFor {
    /// Of those who may change the instance or read what everybody did.
    #[default]
    Managers,
    /// Of everybody.
    Everybody,
    /// Of nobody.
    Nobody,
}

impl SecondFactorFor {
    /// Whether it is demanded of somebody with these app roles.
    pub fn demands_of<'a>(self, mut roles: impl Iterator<Item = &'a str>) -> bool {
        match self {
            Self::Managers => {
                let high = [InstanceRole::Manage.app_role(), InstanceRole::Audit.app_role()];
                roles.any(|role| high.contains(&role))
            }
            Self::Everybody => true,
            Self::Nobody => false,
        }
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    /// One line for people.
    Text,
    /// One JSON object per line.
    Json,
}

/// What is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl LogLevel {
    /// Its name, as in the setting.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// A size in bytes: `134217728`, `128 MB`, `1GB`; 1 KB is 1,024 bytes.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim().to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "KB" | "K" => 1 << 10,
        "MB" | "M" => 1 << 20,
        "GB" | "G" => 1 << 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// Parts between commas, trimmed, without empty ones.
pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// Addresses with ports, at least one and at most 16.
pub(super) fn addresses(text: &str) -> Option<Vec<SocketAddr>> {
    let found: Vec<SocketAddr> = list(text).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    (1..=16).contains(&found.len()).then_some(found)
}
