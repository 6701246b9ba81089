//! Where a store on PostgreSQL is: `jdbc:postgresql://host[:port][,host2]/database?user=...` and
//! `postgresql://user:password@host[:port]/database?...`, as the JDBC driver and libpq write them.
//!
//! | parameter | |
//! |---|---|
//! | `user`, `password` | the account; better is the password in a setting of its own |
//! | `sslmode` | `verify-full` (`verify-ca` is taken for it), `require`, or on this machine `disable` |
//! | `sslrootcert` | a file with certificates in PEM that are trusted instead of the system's |
//! | `sslcert`, `sslkey` | files in PEM: the certificate of Clew's own, and its key |
//! | `currentSchema` | the schema of the store; `clew` where none is named |
//! | `host` | only in the native form: the folder of a Unix socket, such as `/var/run/postgresql` |
//!
//! Beyond this machine the connection is encrypted, and the certificate is checked against the host's name, unless
//! `require` says that anybody may answer.
//!
//! Absent on purpose: `allow` and `prefer`, which fall back to clear text, and any fault that repeats what was given.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use url::form_urlencoded;

use super::table::names;
use super::{Secret, SettingFault, secret_file, text_file};
use crate::tls::Authorities;

/// The port where none is named.
const PORT: u16 = 5432;
/// The most servers of one database.
const MOST_HOSTS: usize = 8;
/// The schema where none is named.
const SCHEMA: &str = "clew";
/// The longest name of a schema that PostgreSQL keeps whole, in bytes.
const NAME_LIMIT_BYTES: usize = 63;

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreEncryption {
    /// Encrypted, and the certificate is checked against the host's name.
    Verified,
    /// Encrypted, but anybody may answer.
    Unverified,
    /// In clear, which never leaves this machine.
    Off,
}

/// A database on PostgreSQL and how it is reached.
#[derive(Debug, Clone)]
pub struct PostgreSqlPlace {
    /// Names or addresses with their ports, tried in their order; a folder (with `/` in front) is that of a Unix socket.
    pub hosts: Vec<(String, u16)>,
    /// The name of the database.
    pub database: String,
    /// The account.
    pub user: String,
    /// The account's password.
    pub password: Option<Secret>,
    /// The schema of the store's tables.
    pub schema: String,
    /// How the connection is encrypted.
    pub encryption: StoreEncryption,
    /// Certificates in PEM that are trusted instead of the system's; may be empty.
    pub authorities: Authorities,
    /// Clew's own certificate in PEM, and its key.
    pub own: Option<(String, Secret)>,
    /// The folder for what cannot lie beside the store: the backups before the key is rolled, something is forgotten, or the store is brought up to date.
    pub folder: PathBuf,
}

/// Compares where and how, never secrets.
impl PartialEq for PostgreSqlPlace {
    fn eq(&self, other: &Self) -> bool {
        let parts = |place: &Self| {
            let Self { hosts, database, user, schema, encryption, authorities, folder, .. } = place.clone();
            (hosts, database, user, schema, encryption, authorities, folder)
        };
        parts(self) == parts(other)
    }
}

impl Eq for PostgreSqlPlace {}

/// Host, port and database: nothing of the account.
impl PostgreSqlPlace {
    /// How the names of the store's backups begin, and where they lie.
    pub fn backup_stem(&self) -> PathBuf {
        let name: String = self.database.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        self.folder.join(format!("postgresql-{name}"))
    }
}

impl fmt::Display for PostgreSqlPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = |(host, port): &(String, u16)| match host {
            host if host.contains(':') => format!("[{host}]:{port}"),
            host => format!("{host}:{port}"),
        };
        let hosts: Vec<String> = self.hosts.iter().map(host).collect();
        write!(f, "postgresql://{}/{}", hosts.join(","), self.database)
    }
}

/// What is wrong; the fault never repeats the text, which may hold a password.
fn fault(fault: &str, remedy: &str) -> SettingFault {
    SettingFault::new(names::STORE, fault, remedy)
}

const SHAPE: &str = "write `jdbc:postgresql://host:5432/database?user=clew`";

/// Reads a text without `jdbc:`; `is_jdbc` tells whether it stood there.
///
/// # Errors
/// [`SettingFault`] names what is wrong in it, and never the text.
pub(super) fn read(
    text: &str,
    is_jdbc: bool,
    password: Option<Secret>,
    folder: &Path,
) -> Result<PostgreSqlPlace, SettingFault> {
    let rest = text.split_once("://").map(|(_, rest)| rest).ok_or_else(|| fault("names no host", SHAPE))?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').ok_or_else(|| fault("names no database", SHAPE))?;
    let (account, hosts) =
        authority.rsplit_once('@').map_or((None, authority), |(account, hosts)| (Some(account), hosts));
    let (user, in_address) = match account {
        Some(_) if is_jdbc => {
            return Err(fault("holds an account before the host", "name it behind the question mark: `?user=clew`"));
        }
        Some(account) => account.split_once(':').map_or((Some(account), None), |(user, word)| (Some(user), Some(word))),
        None => (None, None),
    };
    let mut given = Parameters { user: user.map(decoded), password: in_address.map(decoded), ..Parameters::default() };
    given.read(query, is_jdbc)?;
    let hosts = given.host.as_deref().map_or_else(|| hosts_of(hosts), |host| Ok(vec![(host.to_owned(), PORT)]))?;
    let database = decoded(database);
    let user = given.user.take().unwrap_or_default();
    if database.is_empty() || database.contains('/') {
        return Err(fault("names no database", SHAPE));
    }
    if user.is_empty() {
        return Err(fault("names no user", "name one behind the question mark: `?user=clew`"));
    }
    let schema = given.schema.take().unwrap_or_else(|| SCHEMA.to_owned());
    if schema.is_empty() || schema.len() > NAME_LIMIT_BYTES || schema.starts_with("pg_") || schema.contains(['\0', ','])
    {
        return Err(fault("names a schema that cannot be", "name one such as `currentSchema=clew`"));
    }
    let encryption = given.encryption(&hosts)?;
    Ok(PostgreSqlPlace {
        password: one_password(password, given.password.take().map(Secret::new))?,
        own: given.own()?,
        authorities: Authorities { named: given.authorities()?, ..Authorities::default() },
        hosts,
        database,
        user,
        schema,
        encryption,
        folder: folder.to_owned(),
    })
}

fn one_password(own: Option<Secret>, in_address: Option<Secret>) -> Result<Option<Secret>, SettingFault> {
    match (own, in_address) {
        (Some(_), Some(_)) => {
            let said = format!("is set, and {} holds a password too", names::STORE);
            Err(SettingFault::new(names::STORE_PASSWORD, said, "keep one of them"))
        }
        (own, in_address) => Ok(own.or(in_address)),
    }
}

/// What stands behind the question mark.
#[derive(Default)]
struct Parameters {
    user: Option<String>,
    password: Option<String>,
    host: Option<String>,
    schema: Option<String>,
    mode: Option<String>,
    authorities: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

impl Parameters {
    fn read(&mut self, query: &str, is_jdbc: bool) -> Result<(), SettingFault> {
        // The JDBC driver takes a plus for a space, libpq does not.
        let query = if is_jdbc { query.to_owned() } else { query.replace('+', "%2B") };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                "user" => &mut self.user,
                "password" => &mut self.password,
                "host" if !is_jdbc => &mut self.host,
                "currentSchema" => &mut self.schema,
                "sslmode" => &mut self.mode,
                "sslrootcert" => &mut self.authorities,
                "sslcert" => &mut self.certificate,
                "sslkey" => &mut self.key,
                "ssl" if value == "true" => continue,
                // What is done in any case: only a server that takes writes is of use.
                "targetServerType" if value == "primary" => continue,
                "target_session_attrs" if value == "read-write" => continue,
                _ => return Err(unknown(&name)),
            };
            if place.is_some() {
                return Err(fault(&format!("names {} twice", known(&name)), "keep one of them"));
            }
            *place = Some(value.into_owned());
        }
        Ok(())
    }

    fn encryption(&self, hosts: &[(String, u16)]) -> Result<StoreEncryption, SettingFault> {
        let is_here = hosts.iter().all(|(host, _)| is_this_machine(host));
        match self.mode.as_deref() {
            None if is_here && self.authorities.is_none() => Ok(StoreEncryption::Off),
            None | Some("verify-full" | "verify-ca") => Ok(StoreEncryption::Verified),
            // An authority is named to be checked.
            Some("require") if self.authorities.is_some() => Ok(StoreEncryption::Verified),
            Some("require") => Ok(StoreEncryption::Unverified),
            Some("disable") if is_here => Ok(StoreEncryption::Off),
            Some("disable") => Err(fault(
                "says `sslmode=disable`, which would send the store's password and content in clear beyond this machine",
                "use `sslmode=verify-full`, with `sslrootcert` for an authority of your own",
            )),
            Some("allow" | "prefer") => Err(fault(
                "names an `sslmode` that falls back to clear text",
                "use `sslmode=verify-full`, or `require` where nobody can check the certificate",
            )),
            Some(_) => Err(fault("names an `sslmode` that is not known", "use `sslmode=verify-full`")),
        }
    }

    fn authorities(&self) -> Result<String, SettingFault> {
        match self.authorities.as_deref().filter(|path| !path.is_empty()) {
            // libpq's word for what holds without it.
            None | Some("system") => Ok(String::new()),
            Some(path) => text_file(names::STORE, Path::new(path), "a file with certificates in PEM"),
        }
    }

    fn own(&self) -> Result<Option<(String, Secret)>, SettingFault> {
        let file = |path: &str| text_file(names::STORE, Path::new(path), "a file with a certificate in PEM");
        match (self.certificate.as_deref(), self.key.as_deref()) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => {
                Ok(Some((file(certificate)?, secret_file(names::STORE, Path::new(key))?)))
            }
            _ => Err(fault("names one of `sslcert` and `sslkey`", "name both or neither")),
        }
    }
}

/// The name of a parameter, where it looks like one: what does not may be a piece of a password.
fn known(name: &str) -> String {
    let is_plain = name.len() <= 32 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_plain { format!("the parameter `{name}`") } else { "a parameter".to_owned() }
}

fn unknown(name: &str) -> SettingFault {
    fault(
        &format!("has {} that is not known or has another value than the one possible", known(name)),
        "leave it out; docs/postgresql-store.md has those that are known",
    )
}

/// Hosts with their ports; an IPv6 address stands in brackets.
fn hosts_of(text: &str) -> Result<Vec<(String, u16)>, SettingFault> {
    let hosts: Option<Vec<_>> = text.split(',').map(host_of).collect();
    let hosts = hosts.filter(|hosts| hosts.len() <= MOST_HOSTS);
    hosts.ok_or_else(|| fault("names a host or port that cannot be", SHAPE))
}

fn host_of(text: &str) -> Option<(String, u16)> {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, "")) => (address, None),
        Some((address, port)) => (address, Some(port.strip_prefix(':')?)),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let host = decoded(host);
    let port = port.map_or(Some(PORT), |port| port.parse().ok().filter(|port| *port > 0))?;
    let is_name = !host.is_empty() && !host.contains(['\\', '@']) && !host.contains(char::is_whitespace);
    let is_place = is_name && (host.starts_with('/') || !host.contains('/'));
    is_place.then_some((host, port))
}

/// Whether what is sent there stays on this machine.
pub(super) fn is_this_machine(host: &str) -> bool {
    host.starts_with('/')
        || host == "localhost"
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// Text with percent signs read, and a plus left as it is.
fn decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<PostgreSqlPlace, SettingFault> {
        let native = text.strip_prefix("jdbc:").unwrap_or(text);
        read(native, native != text, None, Path::new("/data"))
    }

    fn password(place: &PostgreSqlPlace) -> &str {
        place.password.as_ref().map(Secret::expose).unwrap_or_default()
    }

    #[test]
    fn both_forms_name_the_same_place() {
        let texts = [
            "jdbc:postgresql://db.example.org:5433/clew?user=ada&password=a%26b%2Bc%20d",
            "postgresql://ada:a%26b%2Bc%20d@db.example.org:5433/clew",
            "postgres://ada:a%26b+c%20d@db.example.org:5433/clew",
            "postgresql://db.example.org:5433/clew?user=ada&password=a%26b+c%20d",
        ];
        for text in texts {
            let place = parsed(text).unwrap();
            assert_eq!(place.to_string(), "postgresql://db.example.org:5433/clew", "{text}");
            assert_eq!((place.user.as_str(), password(&place)), ("ada", "a&b+c d"), "{text}");
            assert_eq!((place.schema.as_str(), place.encryption), ("clew", StoreEncryption::Verified), "{text}");
        }
        let plus = parsed("jdbc:postgresql://h/d?user=u&password=a+b").unwrap();
        assert_eq!(password(&plus), "a b", "as the JDBC driver reads it");
    }

    #[test]
    fn several_hosts_addresses_and_sockets_are_understood() {
        let hosts = |text: &str| parsed(text).unwrap().hosts;
        let owned = |host: &str, port| (host.to_owned(), port);
        assert_eq!(hosts("jdbc:postgresql://a,b:6000/d?user=u"), [owned("a", 5432), owned("b", 6000)]);
        assert_eq!(hosts("postgresql://u@[2001:db8::1]:6000/d"), [owned("2001:db8::1", 6000)]);
        assert_eq!(hosts("postgresql://u@%2Frun%2Fpg/d"), [owned("/run/pg", 5432)]);
        assert_eq!(hosts("postgresql:///d?user=u&host=/run/pg"), [owned("/run/pg", 5432)]);
        let schema = parsed("jdbc:postgresql://a/d?user=u&currentSchema=other").unwrap().schema;
        assert_eq!(schema, "other");
    }

    #[test]
    fn what_leaves_this_machine_is_encrypted_and_checked_unless_somebody_says_otherwise() {
        let authority = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(authority.path(), "PEM").unwrap();
        let root = format!("&sslrootcert={}", authority.path().display());
        let table = [
            ("db.example.org", "", StoreEncryption::Verified),
            ("10.0.0.1", "", StoreEncryption::Verified),
            ("127.0.0.1,10.0.0.1", "", StoreEncryption::Verified),
            ("db", "&sslmode=verify-ca", StoreEncryption::Verified),
            ("db", "&sslmode=require", StoreEncryption::Unverified),
            ("db", &format!("&sslmode=require{root}"), StoreEncryption::Verified),
            ("db", &root, StoreEncryption::Verified),
            ("localhost", "", StoreEncryption::Off),
            ("127.0.0.1", "", StoreEncryption::Off),
            ("[::1]", "&sslmode=disable", StoreEncryption::Off),
            ("127.0.0.1", "&sslmode=verify-full", StoreEncryption::Verified),
        ];
        for (host, more, expected) in table {
            let place = parsed(&format!("jdbc:postgresql://{host}/d?user=u{more}")).unwrap();
            assert_eq!(place.encryption, expected, "{host} {more}");
        }
        for mode in ["disable", "allow", "prefer", "none"] {
            assert!(parsed(&format!("jdbc:postgresql://db/d?user=u&sslmode={mode}")).is_err(), "{mode}");
        }
        assert!(parsed("jdbc:postgresql://localhost/d?user=u&sslmode=prefer").is_err(), "a fall back, also here");
    }

    #[test]
    fn what_cannot_be_used_is_told_without_what_was_given() {
        let table = [
            ("jdbc:postgresql:clew", "names no host"),
            ("jdbc:postgresql://hunter2", "names no database"),
            ("jdbc:postgresql://h/?user=u&password=hunter2", "names no database"),
            ("jdbc:postgresql://h/d?password=hunter2", "names no user"),
            ("jdbc:postgresql://u:hunter2@h/d", "holds an account before the host"),
            ("jdbc:postgresql://h:hunter2/d?user=u", "names a host or port"),
            ("jdbc:postgresql://h:0/d?user=u", "names a host or port"),
            ("jdbc:postgresql://h/d?user=u&socketFactory=hunter2", "`socketFactory`"),
            ("jdbc:postgresql://h/d?user=u&p%40hunter2=1", "has a parameter that is not known"),
            ("jdbc:postgresql://h/d?user=u&password=hunter2&password=hunter2", "`password` twice"),
            ("postgresql://u:hunter2@h/d?password=hunter2", "`password` twice"),
            ("jdbc:postgresql://h/d?user=u&sslcert=/hunter2", "one of `sslcert` and `sslkey`"),
            ("jdbc:postgresql://h/d?user=u&currentSchema=pg_hunter2", "names a schema"),
            ("jdbc:postgresql://h/d?user=u&sslmode=hunter2", "names an `sslmode`"),
        ];
        for (text, part) in table {
            let said = parsed(text).unwrap_err().to_string();
            assert!(said.contains(part), "{text}: {said}");
            assert!(!said.contains("hunter2"), "{said}");
            assert!(said.starts_with("JDBC_CONNECTION_STRING "), "{said}");
        }
        let place = parsed("postgresql://ada:hunter2@h/d").unwrap();
        assert!(!format!("{place:?} {place}").contains("hunter2"));
        let both = read("postgresql://ada:hunter2@h/d", false, Some(Secret::new("x".into())), Path::new("/"));
        assert!(both.unwrap_err().to_string().starts_with("CLEW_STORE_PASSWORD is set, and"));
    }
}
