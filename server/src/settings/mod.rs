//! The only reader of environment and files of settings.
//!
//! Everything comes from one table (`table.rs`): what is known, its default, its flag, its help. `Given` holds what
//! the process was told; `Settings::read` makes typed values of it or says in one line what is wrong and what to do.

mod kinds;
mod names_given;
mod outbound;
mod parse;
mod postgresql;
mod secret;
mod sinks;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use access::AppRole;
use url::Url;

use crate::backups::Schedule;
use crate::tls::{self, Authorities, Own, Unfit};

pub use kinds::{CertificatePlace, Cidr, EncryptionMethod, LogForm, LogLevel, SecondFactorFor, StorePlace};
pub use names_given::{GivenName, Origin};
pub use outbound::{Named, Outbound, Proxies, Proxy};
pub use postgresql::{PostgreSqlPlace, StoreEncryption};
pub use secret::{KeyFault, MasterKey, Secret};
pub use sinks::{FilePlace, FileSink, SinkPolicy, SinkRules, SinkValues, Sinks, SqlSink, SyslogSink, SyslogWay};
pub use table::{SOURCE_PREFIX, Setting, TABLE, markdown, names};

/// Exit code of a missing or malformed setting.
pub const EXIT_SETTING: u8 = 2;
/// Exit code of a certificate that cannot be shown.
pub const EXIT_CERTIFICATE: u8 = 78;

/// A file that a setting names is at most this long; a system's bundle of authorities fits.
const FILE_LIMIT_BYTES: u64 = 512 << 10;

/// What ends the start: which setting, what is wrong with it, what to do. Never holds the value of a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {fault}; {remedy}")]
pub struct SettingFault {
    /// The variable as it was given.
    pub name: String,
    /// What is wrong, to be read behind the name.
    pub fault: String,
    /// What to do.
    pub remedy: String,
}

impl SettingFault {
    pub(crate) fn new(name: &str, fault: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { name: name.to_owned(), fault: fault.into(), remedy: remedy.into() }
    }
}

/// What the process was told: environment variables, then flags (by name without `--`), which win.
#[derive(Default)]
pub struct Given {
    pub environment: BTreeMap<String, String>,
    pub flags: BTreeMap<String, String>,
}

impl Given {
    /// The real environment: the one place in the server that reads it. Variables that are not ours are left alone.
    #[expect(clippy::disallowed_methods, reason = "`settings` is the one reader of the environment")]
    pub fn from_process() -> Result<Self, SettingFault> {
        let mut environment = BTreeMap::new();
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            let small = is_small(&name);
            let name = if small { name.to_ascii_uppercase() } else { name };
            if !is_ours(&name) {
                continue;
            }
            let value = value
                .into_string()
                .map_err(|_| SettingFault::new(&name, "is not valid UTF-8", "write it with plain characters"))?;
            // Of a proxy's two spellings the one in capitals wins, whichever comes first.
            if !(small && environment.contains_key(&name)) {
                environment.insert(name, value);
            }
        }
        Ok(Self { environment, flags: BTreeMap::new() })
    }

    /// Adds the flags that clap found; the arguments must be those of [`arguments`].
    #[must_use]
    pub fn with_flags(mut self, matches: &clap::ArgMatches) -> Self {
        for setting in TABLE.iter().filter(|setting| !setting.flag.is_empty()) {
            if let Ok(Some(value)) = matches.try_get_one::<String>(setting.flag) {
                self.flags.insert(setting.flag.to_owned(), value.clone());
            }
        }
        self
    }
}

/// The settings as arguments of the command line, each naming its variable and default in its help.
pub fn arguments() -> impl Iterator<Item = clap::Arg> {
    TABLE.iter().filter(|setting| !setting.flag.is_empty()).map(|setting| {
        let default =
            if setting.default.is_empty() { String::new() } else { format!(" [default: {}]", setting.default) };
        clap::Arg::new(setting.flag)
            .long(setting.flag)
            .value_name("VALUE")
            .global(true)
            .help(format!("{} [{}]{default}", setting.help, setting.name))
    })
}

/// What stands at the end of `--help`: the settings without a flag.
pub fn help_for_secrets() -> String {
    let mut text = String::from("Only from the environment, and a secret also from the file that NAME_FILE names:\n");
    for setting in TABLE.iter().filter(|setting| setting.flag.is_empty()) {
        text.push_str(&format!("  {}  {}\n", setting.name, setting.help));
    }
    text.push_str("  CLEW_SOURCE_<PROJECT>__*  Credentials of sources, named by a project's configuration.\n");
    text
}

/// The folder in which programs keep data for this user, after the XDG rules; none without a home folder.
#[expect(clippy::disallowed_methods, reason = "`settings` is the one reader of the environment")]
pub fn user_data_folder() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_DATA_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/share")))
}

fn is_ours(name: &str) -> bool {
    name.starts_with("CLEW_") || table::find(name.strip_suffix("_FILE").unwrap_or(name)).is_some()
}

/// The variables of a proxy are written small as well.
fn is_small(name: &str) -> bool {
    ["http_proxy", "https_proxy", "no_proxy"].contains(&name)
}

/// The relying party's own settings; present when an external issuer signs people in.
#[derive(Debug, Clone)]
pub struct Oidc {
    /// As it was typed: an issuer is compared byte for byte, and whether it ends in a slash is part of its name.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// Values of the roles' claim, and the role that each stands for; a value may stand for several.
    pub roles_map: Vec<(String, AppRole)>,
    /// Domains whose e-mail addresses the issuer vouches for without a claim.
    pub email_trusted_domains: Vec<String>,
    /// Whether the issuer never says when it asked for the password.
    pub without_auth_time: bool,
    /// Whom to believe there.
    pub authorities: Authorities,
    /// This server's own certificate in PEM, and its key.
    pub own: Option<(String, Secret)>,
}

impl Oidc {
    /// How the issuer is reached over TLS.
    ///
    /// # Errors
    /// [`SettingFault`] when a certificate or key cannot be used.
    pub fn tls(&self) -> Result<rustls::ClientConfig, SettingFault> {
        let own = self.own.as_ref().map(Own::of);
        tls::client(self.authorities.believe(), own).map_err(|unfit| {
            let name = match unfit {
                Unfit::Authorities => names::OIDC_CA_FILE,
                Unfit::Certificate => names::OIDC_CLIENT_CERTIFICATE_FILE,
                Unfit::Key | Unfit::Locked | Unfit::Pair => names::OIDC_CLIENT_KEY,
                Unfit::System => names::OIDC_ISSUER,
            };
            let said = unfit.to_string();
            let (fault, remedy) = said.split_once("; ").unwrap_or((&said, "give another one"));
            SettingFault::new(name, fault, remedy)
        })
    }
}

/// Every setting, typed. What is required depends on the command: see [`Settings::for_serve`].
#[derive(Debug, Clone)]
pub struct Settings {
    pub encryption_key: Option<MasterKey>,
    /// When a running server makes backups by itself; never, where no folder is named.
    pub backups: Option<Schedule>,
    /// The key that the store is rolled to.
    pub encryption_key_rolling: Option<MasterKey>,
    pub store: StorePlace,
    pub listen: Vec<SocketAddr>,
    pub public_url: Option<Url>,
    pub data: PathBuf,
    /// `None`: the embedded issuer signs people in.
    pub oidc: Option<Oidc>,
    /// The ways through nested objects to the roles: at least one, each of at least one name.
    pub roles_claims: Vec<Vec<String>>,
    /// Of whom the embedded issuer demands a second step.
    pub local_second_factor: SecondFactorFor,
    pub project_creators: Vec<String>,
    pub sqlite_dir: Option<PathBuf>,
    pub upload_memory_bytes: u64,
    /// Of files of one person.
    pub upload_person_bytes: u64,
    /// Of files of all.
    pub upload_all_bytes: u64,
    pub behind_proxy: Vec<Cidr>,
    /// What may be reached from here, and on which way.
    pub outbound: Outbound,
    /// `None`: the listener speaks clear text.
    pub tls: Option<CertificatePlace>,
    /// Requests of one person in a second; twice as many after a rest.
    pub calls_per_second: u32,
    pub session_idle: Duration,
    pub session_length: Duration,
    /// How new content of the store is sealed.
    pub encryption_method: EncryptionMethod,
    /// Where numbers are told; a loopback address.
    pub metrics_listen: Option<SocketAddr>,
    /// Which settings were given, and from where.
    pub given: Vec<GivenName>,
    /// Where copies of the audit log go.
    pub sinks: Sinks,
    pub log: LogForm,
    pub log_level: LogLevel,
    /// Credentials by the full name of their variable (`CLEW_SOURCE_...`).
    pub source_secrets: BTreeMap<String, Secret>,
    /// Whether clear text may leave this machine. No setting says so; only `demo` does.
    pub clear_text_anywhere: bool,
}

/// What `serve` cannot do without; made by [`Settings::for_serve`].
#[derive(Debug, Clone, Copy)]
pub struct ForServe<'a> {
    pub encryption_key: &'a MasterKey,
    pub public_url: &'a Url,
}

impl Settings {
    /// Makes typed values, or names the first setting that is wrong.
    pub fn read(given: &Given) -> Result<Self, SettingFault> {
        parse::settings(given)
    }

    /// The key, for commands that open the store.
    pub fn key(&self) -> Result<&MasterKey, SettingFault> {
        self.encryption_key.as_ref().ok_or_else(|| {
            SettingFault::new(names::ENCRYPTION_KEY, "is missing", "make one with `openssl rand -base64 32`")
        })
    }

    /// How the names of the store's backups begin, and where they lie.
    pub fn backup_stem(&self) -> PathBuf {
        match &self.store {
            StorePlace::Sqlite(path) => path.clone(),
            StorePlace::PostgreSql(place) => place.backup_stem(),
        }
    }

    /// What `serve` needs on top: a key, a public address, and no clear text beyond loopback.
    pub fn for_serve(&self) -> Result<ForServe<'_>, SettingFault> {
        let encryption_key = self.key()?;
        let public_url = self.public_url.as_ref().ok_or_else(|| {
            SettingFault::new(
                names::PUBLIC_URL,
                "is missing",
                "set it to the address that people type into the browser",
            )
        })?;
        if let Some(place) = self.tls.as_ref().filter(|_| public_url.scheme() == "http") {
            let fault = format!("is http, and {} is set, so that browsers speak https", place.certificate().0);
            return Err(SettingFault::new(names::PUBLIC_URL, fault, "write it with https"));
        }
        if !self.clear_text_anywhere {
            self.refuse_clear_text(public_url)?;
        }
        Ok(ForServe { encryption_key, public_url })
    }

    /// Whether somebody between this machine and another could overhear what is said.
    pub fn is_clear_text_beyond_this_machine(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| self.refuse_clear_text(url).is_err())
    }

    fn refuse_clear_text(&self, public_url: &Url) -> Result<(), SettingFault> {
        if self.tls.is_some() {
            return Ok(());
        }
        let open = self.listen.iter().find(|address| !address.ip().to_canonical().is_loopback());
        if let (Some(address), true) = (open, self.behind_proxy.is_empty()) {
            let fault = format!("names {address}, which would serve clear text beyond this machine");
            let remedy = format!(
                "give a certificate with {}, name your TLS proxy's network in {}, or listen on loopback",
                names::TLS_CERTIFICATE,
                names::BEHIND_PROXY
            );
            return Err(SettingFault::new(names::LISTEN, fault, remedy));
        }
        if public_url.scheme() == "http" && !is_this_machine(public_url) {
            let fault = "is http on another machine than localhost, where a session could be overheard";
            return Err(SettingFault::new(names::PUBLIC_URL, fault, "use https"));
        }
        Ok(())
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The secret that a file holds, without the line end behind it.
fn secret_file(name: &str, path: &Path) -> Result<Secret, SettingFault> {
    let mut text = text_file(name, path, "a file that holds only the secret")?;
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    Ok(Secret::new(text))
}

/// The text of a file that a setting names, which should be `what`.
fn text_file(name: &str, path: &Path, what: &str) -> Result<String, SettingFault> {
    let unreadable = |cause: std::io::Error| {
        let fault = format!("names {}, which cannot be read ({cause})", path.display());
        SettingFault::new(name, fault, "name a file that this process may read")
    };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(FILE_LIMIT_BYTES + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > FILE_LIMIT_BYTES {
        let fault = format!("names {}, which is longer than 512 KB", path.display());
        return Err(SettingFault::new(name, fault, format!("name {what}")));
    }
    Ok(text)
}
