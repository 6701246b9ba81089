//! The form of a PostgreSQL source, and its answers as known fields.

use std::collections::BTreeMap;

use tokio_postgres::config::SslMode;
use wire::form::{About, FormField, Input};
use wire::secret::SecretText;

use crate::connectors::form::{CLIENT_CERTIFICATE, answer, encryption_fields, field, only_known, own_pair, wrong};
use crate::connectors::{Failure, Place, Target};

/// The port of a database that the form does not name.
const PORT: u16 = 5_432;

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    /// Encrypted, and the certificate is checked.
    Verified,
    /// Encrypted, but anybody may answer.
    Unverified,
    /// In clear.
    Off,
}

/// The answers.
pub(super) struct Settings {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    /// Certificates in PEM that are trusted instead of the system's; may be empty.
    pub(super) ca: String,
    /// Who Clew is to the database, when it asks for a certificate.
    pub(super) own: Option<OwnCertificate>,
    pub(super) database: String,
    user: String,
    password: Option<SecretText>,
}

/// A certificate of Clew's own and its key, both in PEM.
pub(super) struct OwnCertificate {
    pub(super) certificate: String,
    pub(super) key: SecretText,
}

pub(super) fn about() -> About {
    About {
        kind: "postgresql".to_owned(),
        name: "PostgreSQL".to_owned(),
        help: "A PostgreSQL database, version 11 or later. Use an account that may only read.".to_owned(),
        internal: false,
        accounts: true,
        fields: fields(),
    }
}

fn required(field: FormField) -> FormField {
    FormField { required: true, ..field }
}

fn fields() -> Vec<FormField> {
    let port = Input::Number { least: 1, most: 65_535 };
    let choice = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    let encryptions = Input::Choice(vec![
        choice("verify", "Encrypted, certificate checked"),
        choice("unverified", "Encrypted, certificate not checked (anybody may answer)"),
        choice("off", "Not encrypted (anybody on the way may read)"),
    ]);
    let own = [
        required(field("host", "Host", "The server's name or address, such as db.example.org.", Input::Text)),
        FormField { default: PORT.to_string(), ..field("port", "Port", "A number from 1 to 65535.", port) },
        required(field("database", "Database", "The name of the database.", Input::Text)),
        required(field("user", "User", "The account; one that may only read.", Input::Text)),
        field("password", "Password", "The account's password.", Input::Secret),
        FormField {
            default: "verify".to_owned(),
            ..field("tls", "Encryption", "Choose one of the three.", encryptions)
        },
    ];
    own.into_iter().chain(encryption_fields("the database")).collect()
}

/// Host and port, where both can be read.
pub(super) fn place(settings: &BTreeMap<String, String>) -> Option<Place> {
    let given = |name: &str| settings.get(name).map_or("", |text| text.trim());
    let port = if given("port").is_empty() { Ok(PORT) } else { given("port").parse() };
    let host = given("host");
    (!host.is_empty()).then(|| Some(Place::Database(host.to_owned(), port.ok()?)))?
}

/// An account signs in with a certificate and its key, or else with a password.
pub(super) fn needs_secret(settings: &BTreeMap<String, String>, field: &str) -> bool {
    let has_certificate = settings.get("client_certificate").is_some_and(|text| !text.trim().is_empty());
    (field == "client_key") == has_certificate
}

/// Both of them or neither, and only where something is encrypted.
fn own(
    certificate: String,
    key: Option<&SecretText>,
    encryption: Encryption,
) -> Result<Option<OwnCertificate>, Failure> {
    let Some((certificate, key)) = own_pair(certificate, key)? else { return Ok(None) };
    if encryption == Encryption::Off {
        return Err(wrong(CLIENT_CERTIFICATE, "It works on an encrypted connection only; leave it empty, or encrypt."));
    }
    Ok(Some(OwnCertificate { certificate, key }))
}

impl Settings {
    /// Reads and checks the answers.
    pub(super) fn read(target: &Target) -> Result<Self, Failure> {
        let fields = fields();
        only_known(target, &fields)?;
        let text = |name: &str| match fields.iter().find(|field| field.name == name) {
            Some(field) => answer(target, field),
            None => Ok(String::new()),
        };
        let host = text("host")?;
        // A slash would make it a path to a Unix socket.
        if host.contains(['/', '\\', ',']) || host.contains(char::is_whitespace) {
            return Err(wrong("Host", "Enter one name or address, without spaces and slashes."));
        }
        let encryption = match text("tls")?.as_str() {
            "off" => Encryption::Off,
            "unverified" => Encryption::Unverified,
            _ => Encryption::Verified,
        };
        Ok(Self {
            host,
            port: text("port")?.parse().map_err(|_| wrong("Port", "Enter a number from 1 to 65535."))?,
            encryption,
            ca: text("ca")?,
            own: own(text("client_certificate")?, target.secrets.get("client_key"), encryption)?,
            database: text("database")?,
            user: text("user")?,
            password: target.secrets.get("password").cloned(),
        })
    }

    /// What the driver is told: these fields and nothing else. The connection itself is the way out's.
    pub(super) fn config(&self) -> tokio_postgres::Config {
        let mut config = tokio_postgres::Config::new();
        config.host(&self.host).port(self.port).dbname(&self.database).user(&self.user);
        if let Some(password) = &self.password {
            config.password(password.reveal());
        }
        config.ssl_mode(if self.encryption == Encryption::Off { SslMode::Disable } else { SslMode::Require });
        config.application_name("clew");
        config
    }
}
