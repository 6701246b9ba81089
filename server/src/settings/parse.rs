//! From what was given to typed values, one function per group of settings.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use access::AppRole;
use url::Url;

use super::kinds::{self, CertificatePlace, Cidr, EncryptionMethod, LogForm, LogLevel, SecondFactorFor, StorePlace};
use super::outbound::{self, Outbound, Proxies, Proxy};
use super::table::{self, names};
use super::{
    Given, MasterKey, Oidc, SOURCE_PREFIX, Secret, SettingFault, Settings, names_given, postgresql, secret_file, sinks,
    text_file,
};
use crate::backups::Schedule;
use crate::tls::{Authorities, Believe};

pub(super) fn settings(given: &Given) -> Result<Settings, SettingFault> {
    refuse_unknown(given)?;
    let source = Source { given };
    let data = PathBuf::from(source.text(names::DATA));
    // First, so that a file that holds nothing is not taken for that of a place.
    let instance: Arc<str> = match source.file(names::CA_FILE)? {
        Some(pem) => sinks::trusted(names::CA_FILE, Believe::Authorities(&pem)).map(|()| pem.into())?,
        None => Arc::default(),
    };
    Ok(Settings {
        encryption_key: encryption_key(&source, names::ENCRYPTION_KEY)?,
        encryption_key_rolling: encryption_key(&source, names::ENCRYPTION_KEY_ROLLING)?,
        store: store(&source, &data, &instance)?,
        listen: source.parsed(names::LISTEN, kinds::addresses, "write addresses as `127.0.0.1:14445`, with commas")?,
        backups: backups(&source)?,
        public_url: source.optional(names::PUBLIC_URL, origin, "write `https://host` or `https://host:port`")?,
        oidc: oidc(&source, &instance)?,
        roles_claims: source.parsed(
            names::OIDC_ROLES_CLAIM,
            claims,
            "write names with dots between them, and a comma between two claims",
        )?,
        local_second_factor: source.parsed(
            names::LOCAL_SECOND_FACTOR,
            second_factor_for,
            "write `managers`, `everybody` or `nobody`",
        )?,
        project_creators: kinds::list(source.text(names::PROJECT_CREATORS)).map(str::to_owned).collect(),
        sqlite_dir: source.optional(names::SQLITE_DIR, absolute, "write an absolute path")?,
        upload_person_bytes: source.parsed(names::UPLOAD_OF_PERSON, kinds::bytes, "write a size such as `2 GB`")?,
        upload_all_bytes: source.parsed(names::UPLOAD_IN_ALL, kinds::bytes, "write a size such as `20 GB`")?,
        upload_memory_bytes: source.parsed(names::UPLOAD_MEMORY, kinds::bytes, "write a size such as `128 MB`")?,
        behind_proxy: source.parsed(names::BEHIND_PROXY, networks, "write networks as `10.0.0.0/8`, with commas")?,
        outbound: outbound(&source, &instance)?,
        tls: tls(&source)?,
        calls_per_second: source.parsed(names::CALLS_PER_SECOND, calls, "write 1 to 100000")?,
        session_idle: source.parsed(names::SESSION_IDLE_MINUTES, |t| span(t, 1440, 60), "write 1 to 1440")?,
        session_length: source.parsed(names::SESSION_HOURS, |t| span(t, 168, 3600), "write 1 to 168")?,
        metrics_listen: source.optional(
            names::METRICS_LISTEN,
            loopback,
            "write a loopback address as `127.0.0.1:14446`",
        )?,
        given: names_given::of(given),
        sinks: sinks::read(&source, &instance)?.outside(&kept_apart(&source, &data))?,
        log: source.parsed(names::LOG, log_form, "write `text` or `json`")?,
        encryption_method: source.parsed(
            names::ENCRYPTION_METHOD,
            encryption_method,
            "write `aes-256-gcm` or `xchacha20-poly1305`",
        )?,
        log_level: source.parsed(names::LOG_LEVEL, log_level, "write `error`, `warn`, `info`, `debug` or `trace`")?,
        source_secrets: source_secrets(given)?,
        clear_text_anywhere: false,
        data,
    })
}

/// Looks values up: flag, then environment, then default; empty text counts as not given.
pub(super) struct Source<'a> {
    given: &'a Given,
}

impl Source<'_> {
    pub(super) fn text(&self, name: &'static str) -> &str {
        let row = table::find(name);
        let flag = row.and_then(|row| self.given.flags.get(row.flag));
        let value = flag.or_else(|| self.given.environment.get(name)).map(|text| text.trim());
        value.filter(|text| !text.is_empty()).unwrap_or(row.map_or("", |row| row.default))
    }

    fn is_flag(&self, name: &'static str) -> bool {
        table::find(name).is_some_and(|row| self.given.flags.contains_key(row.flag))
    }

    pub(super) fn parsed<T>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        remedy: &str,
    ) -> Result<T, SettingFault> {
        let text = self.text(name);
        parse(text).ok_or_else(|| SettingFault::new(name, format!("is `{}`", shortened(text)), remedy))
    }

    pub(super) fn optional<T>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        remedy: &str,
    ) -> Result<Option<T>, SettingFault> {
        if self.text(name).is_empty() { Ok(None) } else { self.parsed(name, parse, remedy).map(Some) }
    }

    /// The text of the file that a setting names.
    pub(super) fn file(&self, name: &'static str) -> Result<Option<String>, SettingFault> {
        let path = self.text(name);
        let read = || text_file(name, Path::new(path), "a file with certificates in PEM");
        if path.is_empty() { Ok(None) } else { read().map(Some) }
    }

    /// A secret from its variable or from the file that `NAME_FILE` names; both at once is a mistake.
    pub(super) fn secret(&self, name: &'static str) -> Result<Option<Secret>, SettingFault> {
        let file_name = format!("{name}_FILE");
        let direct = self.given.environment.get(name).filter(|text| !text.is_empty());
        match (direct, self.given.environment.get(&file_name).filter(|path| !path.is_empty())) {
            (Some(_), Some(_)) => Err(SettingFault::new(&file_name, format!("and {name} are both set"), "unset one")),
            (Some(text), None) => Ok(Some(Secret::new(text.clone()))),
            (None, Some(path)) => secret_file(&file_name, Path::new(path)).map(Some),
            (None, None) => Ok(None),
        }
    }
}

fn refuse_unknown(given: &Given) -> Result<(), SettingFault> {
    let ours = given.environment.keys().filter(|name| name.starts_with("CLEW_"));
    for name in ours.filter(|name| !name.starts_with(SOURCE_PREFIX)) {
        let known = table::find(name).is_some();
        let base = name.strip_suffix("_FILE").and_then(table::find);
        match base {
            _ if known => {}
            Some(row) if row.secret => {}
            Some(row) => {
                let remedy = format!("set {} itself: only secrets come from files", row.name);
                return Err(SettingFault::new(name, "is not a setting", remedy));
            }
            None => {
                let remedy = format!("did you mean {}? All names are in docs/settings.md", table::nearest(name));
                return Err(SettingFault::new(name, "is not a setting", remedy));
            }
        }
    }
    Ok(())
}

fn encryption_key(source: &Source<'_>, name: &'static str) -> Result<Option<MasterKey>, SettingFault> {
    let Some(text) = source.secret(name)? else { return Ok(None) };
    MasterKey::from_base64(text.expose())
        .map(Some)
        .map_err(|fault| SettingFault::new(name, fault.to_string(), "make one with `openssl rand -base64 32`"))
}

/// Where and how often a running server makes backups, if anywhere.
fn backups(source: &Source<'_>) -> Result<Option<Schedule>, SettingFault> {
    let every = source.parsed(names::BACKUP_EVERY_HOURS, |text| span(text, 744, 3600), "write 1 to 744")?;
    let number = |text: &str| text.parse().ok().filter(|number| (1..=1000).contains(number));
    let keep = source.parsed(names::BACKUP_KEEP, number, "write 1 to 1000")?;
    let folder = source.optional(names::BACKUP_DIR, absolute, "write an absolute path")?;
    Ok(folder.map(|folder| Schedule { folder, every, keep }))
}

fn store(source: &Source<'_>, data: &Path, instance: &Arc<str>) -> Result<StorePlace, SettingFault> {
    let text = source.text(names::STORE);
    let native = text.strip_prefix("jdbc:").unwrap_or(text);
    let password = source.secret(names::STORE_PASSWORD)?;
    if ["postgresql:", "postgres:"].iter().any(|scheme| native.starts_with(scheme)) {
        let is_apart = password.is_some();
        let mut place = postgresql::read(native, native != text, password, data)?;
        place.authorities.instance = instance.clone();
        if place.password.is_some() && !is_apart && source.is_flag(names::STORE) {
            let fault = "holds a password on the command line, which every local user can read";
            let remedy = format!("set {}, or the file that {0}_FILE names", names::STORE_PASSWORD);
            return Err(SettingFault::new(names::STORE, fault, remedy));
        }
        return Ok(StorePlace::PostgreSql(Box::new(place)));
    }
    if password.is_some() {
        let fault = format!("is set, and {} names no PostgreSQL", names::STORE);
        return Err(SettingFault::new(names::STORE_PASSWORD, fault, "unset it, or name the database"));
    }
    if table::find(names::STORE).is_some_and(|row| row.default == text) {
        return Ok(StorePlace::Sqlite(data.join("clew.db")));
    }
    let path = native.strip_prefix("sqlite:").unwrap_or(native);
    // A driver that is not known here must not become the name of a file.
    let path = if native != text && path == native { "" } else { path };
    let path = path.strip_prefix("//").filter(|rest| rest.starts_with('/')).unwrap_or(path);
    let is_path = !path.is_empty() && !path.contains(['?', '\0']) && !path.starts_with("jdbc:") && path != ":memory:";
    let is_scheme = path.split_once("://").is_some();
    if is_path && !is_scheme {
        Ok(StorePlace::Sqlite(PathBuf::from(path)))
    } else {
        // The text itself may hold a password, so it is not repeated.
        Err(SettingFault::new(
            names::STORE,
            "names no store that is known",
            "use a file: `jdbc:sqlite:/path`, or `jdbc:postgresql://host/database`",
        ))
    }
}

/// Folders in which no sink of the audit log may write: the store lies there, or what others put there.
fn kept_apart(source: &Source<'_>, data: &Path) -> Vec<PathBuf> {
    let sources = source.text(names::SQLITE_DIR);
    let store = source.text(names::STORE).rsplit("sqlite:").next().unwrap_or_default();
    let store = Path::new(store).parent().filter(|folder| folder.is_absolute() && folder.parent().is_some());
    let folders = [Some(data), Some(Path::new(sources)).filter(|folder| folder.is_absolute()), store];
    folders.into_iter().flatten().map(Path::to_owned).collect()
}

fn oidc(source: &Source<'_>, instance: &Arc<str>) -> Result<Option<Oidc>, SettingFault> {
    let client_secret = source.secret(names::OIDC_CLIENT_SECRET)?;
    let client_id = source.text(names::OIDC_CLIENT_ID).to_owned();
    let scopes = source.text(names::OIDC_SCOPES).split_whitespace().map(str::to_owned).collect();
    let remedy = "write `value=role` with commas between, such as `6f1d0c=Task.Manage,/clew/readers=Task.Read`";
    let roles_map = source.optional(names::OIDC_ROLES_MAP, roles_map, remedy)?;
    let remedy = "write domains with commas between, such as `example.org, example.com`";
    let domains = source.optional(names::OIDC_EMAIL_TRUSTED_DOMAINS, email_domains, remedy)?;
    let auth_time = source.parsed(names::OIDC_AUTH_TIME, never_sent, "write `required` or `never-sent`")?;
    let authorities = source.file(names::OIDC_CA_FILE)?;
    let own = own_certificate(source, names::OIDC_CLIENT_CERTIFICATE_FILE, names::OIDC_CLIENT_KEY)?;
    let alone = |name: &str| {
        let remedy = format!("set {} too, or unset this one to use the embedded issuer", names::OIDC_ISSUER);
        Err(SettingFault::new(name, format!("is set without {}", names::OIDC_ISSUER), remedy))
    };
    match source.optional(names::OIDC_ISSUER, issuer, "write the issuer's https address")? {
        Some(_) if client_id.is_empty() => {
            let fault = format!("is missing, and {} is set", names::OIDC_ISSUER);
            Err(SettingFault::new(names::OIDC_CLIENT_ID, fault, "set it to the client's name at the issuer"))
        }
        Some(issuer) => {
            let authorities = Authorities { named: authorities.unwrap_or_default(), instance: instance.clone() };
            let roles_map = roles_map.unwrap_or_default();
            let (email_trusted_domains, without_auth_time) = (domains.unwrap_or_default(), auth_time);
            let oidc = Oidc {
                issuer,
                client_id,
                client_secret,
                scopes,
                roles_map,
                email_trusted_domains,
                without_auth_time,
                authorities,
                own,
            };
            // Here, so that every command says it and not only the one that asks the issuer.
            oidc.tls()?;
            Ok(Some(oidc))
        }
        None if client_secret.is_some() => alone(names::OIDC_CLIENT_SECRET),
        None if !client_id.is_empty() => alone(names::OIDC_CLIENT_ID),
        None if roles_map.is_some() => alone(names::OIDC_ROLES_MAP),
        None if domains.is_some() => alone(names::OIDC_EMAIL_TRUSTED_DOMAINS),
        None if auth_time => alone(names::OIDC_AUTH_TIME),
        None if authorities.is_some() => alone(names::OIDC_CA_FILE),
        None if own.is_some() => alone(names::OIDC_CLIENT_CERTIFICATE_FILE),
        None => Ok(None),
    }
}

/// Domains as they stand behind the `@` of an address; nothing that stands for several.
fn email_domains(text: &str) -> Option<Vec<String>> {
    let is_domain = |domain: &str| {
        let mut labels = domain.split('.');
        domain.contains('.')
            && labels.all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-'))
    };
    let domains: Vec<String> = text.split(',').map(|domain| domain.trim().to_lowercase()).collect();
    domains.iter().all(|domain| is_domain(domain)).then_some(domains)
}

fn never_sent(text: &str) -> Option<bool> {
    match text {
        "required" => Some(false),
        "never-sent" => Some(true),
        _ => None,
    }
}

fn outbound(source: &Source<'_>, instance: &Arc<str>) -> Result<Outbound, SettingFault> {
    let with_ports = "write `host:port` with commas between, such as `127.0.0.1:8080` or `localhost:*`";
    let any = "write hosts, `host:port` and networks with commas between, such as `*.example.org, 10.0.0.0/8:5432`";
    let without = "write names, addresses and networks with commas between, such as `.example.org, 10.0.0.0/8`";
    Ok(Outbound {
        allow: source.parsed(names::EGRESS_ALLOW, outbound::places_with_ports, with_ports)?,
        only: source.parsed(names::EGRESS_ONLY, outbound::places, any)?,
        proxies: Proxies {
            http: proxy(source, names::HTTP_PROXY)?,
            https: proxy(source, names::HTTPS_PROXY)?,
            without: source.parsed(names::NO_PROXY, outbound::without, without)?,
        },
        authorities: instance.clone(),
    })
}

/// A proxy; what was given may hold a password and is not repeated.
fn proxy(source: &Source<'_>, name: &'static str) -> Result<Option<Proxy>, SettingFault> {
    let Some(text) = source.secret(name)? else { return Ok(None) };
    let unusable = || SettingFault::new(name, "is no address of a proxy", "write `http://host:port`");
    outbound::proxy(text.expose().trim()).map(Some).ok_or_else(unusable)
}

/// This server's certificate for another one: both of its parts or neither.
pub(super) fn own_certificate(
    source: &Source<'_>,
    certificate: &'static str,
    key: &'static str,
) -> Result<Option<(String, Secret)>, SettingFault> {
    let missing = |name: &str, other: &str| {
        Err(SettingFault::new(name, format!("is missing, and {other} is set"), "set both or neither"))
    };
    match (source.file(certificate)?, source.secret(key)?) {
        (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
        (Some(_), None) => missing(key, certificate),
        (None, Some(_)) => missing(certificate, key),
        (None, None) => Ok(None),
    }
}

/// Two PEM files, one PKCS12 file, or nothing. What is in them is looked at when they are used, because they change.
fn tls(source: &Source<'_>) -> Result<Option<CertificatePlace>, SettingFault> {
    let path = |name| Some(PathBuf::from(source.text(name))).filter(|path| !path.as_os_str().is_empty());
    let password = source.secret(names::TLS_PKCS12_PASSWORD)?;
    let both = |name: &str, other: &str| {
        Err(SettingFault::new(
            name,
            format!("and {other} are both set"),
            "unset one: the listener shows one certificate",
        ))
    };
    let missing = |name: &str, other: &str| {
        Err(SettingFault::new(name, format!("is missing, and {other} is set"), "set both or neither"))
    };
    match (path(names::TLS_CERTIFICATE), path(names::TLS_KEY), path(names::TLS_PKCS12), password) {
        (None, None, None, None) => Ok(None),
        (None, None, Some(file), password) => {
            let password = password.unwrap_or_else(|| Secret::new(String::new()));
            Ok(Some(CertificatePlace::Pkcs12 { file, password }))
        }
        (Some(_), _, Some(_), _) => both(names::TLS_PKCS12, names::TLS_CERTIFICATE),
        (None, Some(_), Some(_), _) => both(names::TLS_PKCS12, names::TLS_KEY),
        (_, _, None, Some(_)) => missing(names::TLS_PKCS12, names::TLS_PKCS12_PASSWORD),
        (Some(certificate), Some(key), None, None) => Ok(Some(CertificatePlace::Pem { certificate, key })),
        (Some(_), None, None, None) => missing(names::TLS_KEY, names::TLS_CERTIFICATE),
        (None, Some(_), None, None) => missing(names::TLS_CERTIFICATE, names::TLS_KEY),
    }
}

fn source_secrets(given: &Given) -> Result<BTreeMap<String, Secret>, SettingFault> {
    let mut secrets = BTreeMap::new();
    for (name, value) in given.environment.iter().filter(|(name, _)| name.starts_with(SOURCE_PREFIX)) {
        let (name, secret) = match name.strip_suffix("_FILE") {
            Some(base) => (base, secret_file(name, Path::new(value))?),
            None => (name.as_str(), Secret::new(value.clone())),
        };
        if secrets.insert(name.to_owned(), secret).is_some() {
            return Err(SettingFault::new(name, format!("and {name}_FILE are both set"), "unset one"));
        }
    }
    Ok(secrets)
}

/// Scheme, host and port only: people's addresses begin at the root.
fn origin(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let root = url.path() == "/" && url.fragment().is_none() && url.host().is_some();
    (bare && root && matches!(url.scheme(), "http" | "https")).then_some(url)
}

fn issuer(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let safe = url.scheme() == "https" || (url.scheme() == "http" && super::is_this_machine(&url));
    (bare && safe && url.fragment().is_none()).then(|| text.to_owned())
}

fn claims(text: &str) -> Option<Vec<Vec<String>>> {
    let claim = |text: &str| {
        let parts: Vec<String> = text.trim().split('.').map(str::to_owned).collect();
        parts.iter().all(|part| !part.is_empty()).then_some(parts)
    };
    text.split(',').map(claim).collect()
}

/// Pairs of a value and its role; the value of a directory may itself hold a `=`, a role may not. A comma in a value
/// stands behind a backslash, which means nothing elsewhere.
fn roles_map(text: &str) -> Option<Vec<(String, AppRole)>> {
    let pair = |item: &str| {
        let (value, role) = item.rsplit_once('=')?;
        let (value, role) = (value.trim(), AppRole::new(role.trim()).ok()?);
        (!value.is_empty()).then(|| (value.to_owned(), role))
    };
    let mut items: Vec<String> = Vec::new();
    for part in text.split(',') {
        match items.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push(',');
                last.push_str(part);
            }
            _ => items.push(part.to_owned()),
        }
    }
    items.iter().map(|item| pair(item.trim())).collect()
}

fn absolute(text: &str) -> Option<PathBuf> {
    let path = PathBuf::from(text);
    path.is_absolute().then_some(path)
}

/// One address with a port that only this machine reaches.
fn loopback(text: &str) -> Option<SocketAddr> {
    text.parse().ok().filter(|address: &SocketAddr| address.ip().is_loopback())
}

fn networks(text: &str) -> Option<Vec<Cidr>> {
    kinds::list(text).map(Cidr::parse).collect()
}

fn span(text: &str, most: u64, unit_secs: u64) -> Option<Duration> {
    let number: u64 = text.parse().ok()?;
    (1..=most).contains(&number).then(|| Duration::from_secs(number * unit_secs))
}

fn calls(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number| (1..=100_000).contains(number))
}

fn encryption_method(text: &str) -> Option<EncryptionMethod> {
    match text {
        "aes-256-gcm" => Some(EncryptionMethod::Aes256Gcm),
        "xchacha20-poly1305" => Some(EncryptionMethod::XChaCha20Poly1305),
        _ => None,
    }
}

fn second_factor_for(text: &str) -> Option<SecondFactorFor> {
    match text {
        "managers" => Some(SecondFactorFor::Managers),
        "everybody" => Some(SecondFactorFor::Everybody),
        "nobody" => Some(SecondFactorFor::Nobody),
        _ => None,
    }
}

fn log_form(text: &str) -> Option<LogForm> {
    match text {
        "text" => Some(LogForm::Text),
        "json" => Some(LogForm::Json),
        _ => None,
    }
}

fn log_level(text: &str) -> Option<LogLevel> {
    match text {
        "error" => Some(LogLevel::Error),
        "warn" => Some(LogLevel::Warn),
        "info" => Some(LogLevel::Info),
        "debug" => Some(LogLevel::Debug),
        "trace" => Some(LogLevel::Trace),
        _ => None,
    }
}

/// At most 80 characters of what was given, so that an error stays one line.
fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}
