//! Where copies of the audit log go: a file, a receiver of syslog, a database. Only the environment says so, so that
//! nobody who administers Clew from a screen can move them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use url::Url;

use super::parse::Source;
use super::table::names;
use super::{Secret, SettingFault, is_this_machine};
use crate::tls::{self, Authorities, Believe};

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
        "full" => Some(SinkValues::Full),
        _ => None,
    };
    Ok(SinkRules {
        policy: source.parsed(policy, read_policy, "write `must` or `may`")?,
        values: source.parsed(values, read_values, "write `shape` or `full`")?,
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
    let remedy = "write `tls://host:6514`, `tcp://host:601` or `udp://host:514`";
    let Some((way, host, port)) = source.optional(names::AUDIT_SYSLOG, receiver, remedy)? else { return Ok(None) };
    if way == SyslogWay::Udp && rules.policy == SinkPolicy::Must {
        let fault = "is `must`, and with udp nothing tells whether an entry arrived";
        return Err(SettingFault::new(names::AUDIT_SYSLOG_POLICY, fault, "use `tls://`, or set `may`"));
    }
    if way == SyslogWay::Tls {
        trusted(names::AUDIT_SYSLOG_CA_FILE, authorities.believe())?;
    }
    Ok(Some(SyslogSink { way, host, port, authorities, rules }))
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

fn sql(source: &Source<'_>, instance: &Arc<str>) -> Result<Option<SqlSink>, SettingFault> {
    let rules = rules(source, names::AUDIT_SQL_POLICY, names::AUDIT_SQL_VALUES)?;
    let named = source.file(names::AUDIT_SQL_CA_FILE)?.unwrap_or_default();
    let authorities = Authorities { named, instance: instance.clone() };
    let password = source.secret(names::AUDIT_SQL_PASSWORD)?;
    let table =
        source.parsed(names::AUDIT_SQL_TABLE, table, "write small letters, digits and `_`, with one dot at most")?;
    let text = source.text(names::AUDIT_SQL);
    if text.is_empty() {
        return Ok(None);
    }
    // The text itself may hold a password, so it is not repeated.
    let wrong = |fault: &str, remedy: &str| SettingFault::new(names::AUDIT_SQL, fault, remedy);
    let url = Url::parse(text.strip_prefix("jdbc:").unwrap_or(text)).ok();
    let url = url.filter(|url| matches!(url.scheme(), "postgresql" | "postgres"));
    let form = || wrong("names no database that is known", "write `postgresql://user@host:5432/database`");
    let url = url.ok_or_else(form)?;
    if url.password().is_some() {
        return Err(wrong("holds a password", &format!("put it into {}", names::AUDIT_SQL_PASSWORD)));
    }
    let database = url.path().trim_start_matches('/').to_owned();
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    if database.is_empty() || database.contains('/') || host.is_empty() || url.username().is_empty() {
        return Err(form());
    }
    let encrypted = match url.query() {
        None | Some("sslmode=verify-full") => true,
        Some("sslmode=disable") if is_this_machine(&url) || host.parse().is_ok_and(is_loopback) => false,
        Some("sslmode=disable") => return Err(wrong("would send the audit log in clear text", "take `sslmode` away")),
        Some(_) => return Err(form()),
    };
    if encrypted {
        trusted(names::AUDIT_SQL_CA_FILE, authorities.believe())?;
    }
    let (user, port) = (url.username().to_owned(), url.port().unwrap_or(5432));
    Ok(Some(SqlSink { host, port, database, user, password, encrypted, authorities, table, rules }))
}

fn is_loopback(address: std::net::IpAddr) -> bool {
    address.to_canonical().is_loopback()
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
    let said = tls::client(believe, None).map(|_| ());
    said.map_err(|unfit| {
        let said = unfit.to_string();
        let (fault, remedy) = said.split_once("; ").unwrap_or((&said, "give another one"));
        SettingFault::new(name, fault, remedy)
    })
}
