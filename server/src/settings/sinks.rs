//! Where copies of the audit log go: a file, a receiver of syslog, a database. Only the environment says so, so that
//! nobody who administers Clew from a screen can move them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use url::Url;

use super::parse::{Source, own_certificate};
use super::table::names;
use super::{Secret, SettingFault, postgresql};
use crate::tls::{self, Authorities, Believe, Own, Unfit};

/// Whether an answer waits for a sink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SinkPolicy {
    /// Nothing is answered that it has not taken.
    Must,
    /// It follows as it can.
    May,
}

/// What of a request a sink gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SinkValues {
    /// Its shape, every value a `?`.
    Shape,
    /// Its shape, every value a keyed hash.
    Hash,
    /// Values as they were typed.
    Full,
}

/// What every sink has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SinkRules {
    pub policy: SinkPolicy,
    pub values: SinkValues,
}

/// JSON lines.
#[derive(Debug, Clone)]
pub struct FileSink {
    pub place: FilePlace,
    pub rules: SinkRules,
}

/// Where JSON lines go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilePlace {
    StandardOutput,
    /// An absolute path.
    File(PathBuf),
}

/// How a receiver of syslog is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyslogWay {
    /// RFC 5425.
    Tls,
    /// RFC 6587, counted like TLS.
    Tcp,
    /// RFC 5426.
    Udp,
}

/// A receiver of syslog.
#[derive(Debug, Clone)]
pub struct SyslogSink {
    pub way: SyslogWay,
    pub host: String,
    pub port: u16,
    /// Certificates in PEM that are trusted instead of the system's; may be empty.
    pub authorities: Authorities,
    /// This server's own certificate in PEM, and its key.
    pub own: Option<(String, Secret)>,
    pub rules: SinkRules,
}

/// A database.
#[derive(Debug, Clone)]
pub struct SqlSink {
    pub host: String,
    pub port: u16,
    pub database: String,
    pub user: String,
    pub password: Option<Secret>,
    pub encrypted: bool,
    /// Certificates in PEM that are trusted instead of the system's; may be empty.
    pub authorities: Authorities,
    /// This server's own certificate in PEM, and its key.
    pub own: Option<(String, Secret)>,
    /// One or two names of small letters, digits and underscores, with a dot between.
    pub table: String,
    pub rules: SinkRules,
}

/// All of them; each may be absent.
#[derive(Debug, Clone, Default)]
pub struct Sinks {
    pub file: Option<FileSink>,
    pub syslog: Option<SyslogSink>,
    pub sql: Option<SqlSink>,
}

impl Sinks {
    /// Refuses a file within a folder from which Clew reads what others may have put there.
    pub(super) fn outside(self, folders: &[PathBuf]) -> Result<Self, SettingFault> {
        let Some(FileSink { place: FilePlace::File(path), .. }) = &self.file else { return Ok(self) };
        let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let parent = real(path.parent().unwrap_or(path));
        match folders.iter().find(|folder| parent.starts_with(real(folder))) {
            None => Ok(self),
            Some(folder) => {
                let fault =
                    format!("names a file within {}, which Clew keeps or reads other things in", folder.display());
                Err(SettingFault::new(names::AUDIT_FILE, fault, "name a folder of its own, such as /var/log/clew"))
            }
        }
    }
}

pub(super) fn read(source: &Source<'_>, instance: &Arc<str>) -> Result<Sinks, SettingFault> {
    Ok(Sinks { file: file(source)?, syslog: syslog(source, instance)?, sql: sql(source, instance)? })
}

fn rules(source: &Source<'_>, policy: &'static str, values: &'static str) -> Result<SinkRules, SettingFault> {
    let read_policy = |text: &str| match text {
        "must" => Some(SinkPolicy::Must),
        "may" => Some(SinkPolicy::May),
        _ => None,
    };
    let read_values = |text: &str| match text {
        "shape" => Some(SinkValues::Shape),
        "hash" => Some(SinkValues::Hash),
        "full" => Some(SinkValues::Full),
        _ => None,
    };
    Ok(SinkRules {
        policy: source.parsed(policy, read_policy, "write `must` or `may`")?,
        values: source.parsed(values, read_values, "write `shape`, `hash` or `full`")?,
    })
}

fn file(source: &Source<'_>) -> Result<Option<FileSink>, SettingFault> {
    let rules = rules(source, names::AUDIT_FILE_POLICY, names::AUDIT_FILE_VALUES)?;
    let place = |text: &str| {
        let path = PathBuf::from(text);
        let is_file = path.is_absolute() && path.file_name().is_some() && !text.contains('\0');
        let is_plain = !path.components().any(|part| matches!(part, std::path::Component::ParentDir));
        match text {
            "-" => Some(FilePlace::StandardOutput),
            _ => (is_file && is_plain).then_some(FilePlace::File(path)),
        }
    };
    let place = source.optional(names::AUDIT_FILE, place, "write an absolute path, or `-` for standard output")?;
    Ok(place.map(|place| FileSink { place, rules }))
}

fn syslog(source: &Source<'_>, instance: &Arc<str>) -> Result<Option<SyslogSink>, SettingFault> {
    let rules = rules(source, names::AUDIT_SYSLOG_POLICY, names::AUDIT_SYSLOG_VALUES)?;
    let named = source.file(names::AUDIT_SYSLOG_CA_FILE)?.unwrap_or_default();
    let authorities = Authorities { named, instance: instance.clone() };
    let own = own_certificate(source, names::AUDIT_SYSLOG_CLIENT_CERTIFICATE_FILE, names::AUDIT_SYSLOG_CLIENT_KEY)?;
    let remedy = "write `tls://host:6514`, `tcp://host:601` or `udp://host:514`";
    let Some((way, host, port)) = source.optional(names::AUDIT_SYSLOG, receiver, remedy)? else { return Ok(None) };
    if way == SyslogWay::Udp && rules.policy == SinkPolicy::Must {
        let fault = "is `must`, and with udp nothing tells whether an entry arrived";
        return Err(SettingFault::new(names::AUDIT_SYSLOG_POLICY, fault, "use `tls://`, or set `may`"));
    }
    if way == SyslogWay::Tls {
        usable(SYSLOG_TLS, &authorities, own.as_ref())?;
    }
    Ok(Some(SyslogSink { way, host, port, authorities, own, rules }))
}

fn receiver(text: &str) -> Option<(SyslogWay, String, u16)> {
    let url = Url::parse(text).ok()?;
    let (way, usual) = match url.scheme() {
        "tls" => (SyslogWay::Tls, 6514),
        "tcp" => (SyslogWay::Tcp, 601),
        "udp" => (SyslogWay::Udp, 514),
        _ => return None,
    };
    let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let bare = bare && url.fragment().is_none() && matches!(url.path(), "" | "/");
    let host = url.host_str().filter(|host| bare && !host.is_empty())?;
    Some((way, host.trim_matches(['[', ']']).to_owned(), url.port().unwrap_or(usual)))
}

/// The settings of an encrypted connection: authorities, own certificate, its key.
type TlsNames = [&'static str; 3];

const SYSLOG_TLS: TlsNames =
    [names::AUDIT_SYSLOG_CA_FILE, names::AUDIT_SYSLOG_CLIENT_CERTIFICATE_FILE, names::AUDIT_SYSLOG_CLIENT_KEY];
const SQL_TLS: TlsNames =
    [names::AUDIT_SQL_CA_FILE, names::AUDIT_SQL_CLIENT_CERTIFICATE_FILE, names::AUDIT_SQL_CLIENT_KEY];

fn sql(source: &Source<'_>, instance: &Arc<str>) -> Result<Option<SqlSink>, SettingFault> {
    let rules = rules(source, names::AUDIT_SQL_POLICY, names::AUDIT_SQL_VALUES)?;
    let named = source.file(names::AUDIT_SQL_CA_FILE)?.unwrap_or_default();
    let authorities = Authorities { named, instance: instance.clone() };
    let own = own_certificate(source, names::AUDIT_SQL_CLIENT_CERTIFICATE_FILE, names::AUDIT_SQL_CLIENT_KEY)?;
    let password = either(names::AUDIT_SQL_PASSWORD, names::AUDIT_JDBC_PASSWORD, |name| source.secret(name))?;
    let table =
        source.parsed(names::AUDIT_SQL_TABLE, table, "write small letters, digits and `_`, with one dot at most")?;
    let given = |name| Ok(Some((name, source.text(name))).filter(|(_, text)| !text.is_empty()));
    let Some((name, text)) = either(names::AUDIT_SQL, names::AUDIT_JDBC, given)? else { return Ok(None) };
    let Place { host, port, database, user, encrypted } = place(name, text, source.text(names::AUDIT_JDBC_USERNAME))?;
    if encrypted {
        usable(SQL_TLS, &authorities, own.as_ref())?;
    }
    Ok(Some(SqlSink { host, port, database, user, password, encrypted, authorities, own, table, rules }))
}

/// What one of two settings of the same meaning says.
fn either<T>(
    ours: &'static str,
    known: &'static str,
    read: impl Fn(&'static str) -> Result<Option<T>, SettingFault>,
) -> Result<Option<T>, SettingFault> {
    match (read(ours)?, read(known)?) {
        (Some(_), Some(_)) => Err(SettingFault::new(known, format!("and {ours} are both set"), "unset one")),
        (one, other) => Ok(one.or(other)),
    }
}

/// Where the database is.
struct Place {
    host: String,
    port: u16,
    database: String,
    user: String,
    encrypted: bool,
}

/// Reads an address; the text itself may hold a password, so it is not repeated.
fn place(name: &'static str, text: &str, user_apart: &str) -> Result<Place, SettingFault> {
    let wrong = |fault: &str, remedy: &str| SettingFault::new(name, fault, remedy);
    let form = || wrong("names no database that is known", "write `postgresql://user@host:5432/database`");
    let url = Url::parse(text.strip_prefix("jdbc:").unwrap_or(text)).ok();
    let url = url.filter(|url| matches!(url.scheme(), "postgresql" | "postgres")).ok_or_else(form)?;
    let (mut mode, mut user) = (None, url.username().to_owned());
    for (parameter, value) in url.query_pairs() {
        match &*parameter {
            "sslmode" if mode.is_none() => mode = Some(value.into_owned()),
            "user" if user.is_empty() => user = value.into_owned(),
            "password" => return Err(wrong("holds a password", &put_apart())),
            _ => return Err(form()),
        }
    }
    if url.password().is_some() {
        return Err(wrong("holds a password", &put_apart()));
    }
    if user.is_empty() {
        user = user_apart.to_owned();
    }
    let database = url.path().trim_start_matches('/').to_owned();
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    if database.is_empty() || database.contains('/') || host.is_empty() || user.is_empty() {
        return Err(form());
    }
    let encrypted = match mode.as_deref() {
        None | Some("verify-full") => true,
        Some("disable") if postgresql::is_this_machine(&host) => false,
        Some("disable") => return Err(wrong("would send the audit log in clear text", "take `sslmode` away")),
        Some(_) => return Err(form()),
    };
    Ok(Place { host, port: url.port().unwrap_or(5432), database, user, encrypted })
}

fn put_apart() -> String {
    format!("put it into {}", names::AUDIT_SQL_PASSWORD)
}

/// A name that may stand in a statement as it is.
fn table(text: &str) -> Option<String> {
    let is_name = |name: &str| {
        let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let rest = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        first && rest && name.len() <= 50
    };
    let parts: Vec<&str> = text.split('.').collect();
    (parts.len() <= 2 && parts.into_iter().all(is_name)).then(|| text.to_owned())
}

/// Here, so that every command says it and not only the one that connects.
pub(super) fn trusted(name: &'static str, believe: Believe<'_>) -> Result<(), SettingFault> {
    shown([name; 3], believe, None)
}

fn usable(names: TlsNames, authorities: &Authorities, own: Option<&(String, Secret)>) -> Result<(), SettingFault> {
    shown(names, authorities.believe(), own.map(Own::of))
}

fn shown(names: TlsNames, believe: Believe<'_>, own: Option<Own<'_>>) -> Result<(), SettingFault> {
    tls::client(believe, own).map(|_| ()).map_err(|unfit| {
        let [authorities, certificate, key] = names;
        let name = match unfit {
            Unfit::Authorities | Unfit::System => authorities,
            Unfit::Certificate => certificate,
            Unfit::Key | Unfit::Locked | Unfit::Pair => key,
        };
        let said = unfit.to_string();
        let (fault, remedy) = said.split_once("; ").unwrap_or((&said, "give another one"));
        SettingFault::new(name, fault, remedy)
    })
}
