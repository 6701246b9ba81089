//! The one table of settings: parsing, `--help` and `docs/settings.md` all come from it.

/// One setting: a row of the table.
#[derive(Debug)]
pub struct Setting {
    /// The name of the environment variable.
    pub name: &'static str,
    /// The name of the flag, without `--`; empty: no flag (a secret on a command line is seen by every local user).
    pub flag: &'static str,
    /// What holds when nothing is given; empty: nothing.
    pub default: &'static str,
    /// Whether the value is a secret; a secret may also come from the file that `NAME_FILE` names.
    pub secret: bool,
    /// What it does, in one sentence.
    pub help: &'static str,
}

/// Names that begin so are credentials of sources; the project's id follows (`CLEW_SOURCE_BANK__PASSWORD`).
pub const SOURCE_PREFIX: &str = "CLEW_SOURCE_";

macro_rules! settings {
    ($($constant:ident = $name:literal, flag $flag:literal, default $default:literal, $kind:ident, $help:literal;)*) => {
        /// The names, so that no text is spelled twice.
        pub mod names {
            $(#[doc = $help] pub const $constant: &str = $name;)*
        }

        /// Every setting there is, in the order of the documentation.
        pub const TABLE: &[Setting] = &[$(Setting {
            name: names::$constant,
            flag: $flag,
            default: $default,
            secret: settings!(@secret $kind),
            help: $help,
        },)*];
    };
    (@secret secret) => { true };
    (@secret plain) => { false };
}

settings! {
    ENCRYPTION_KEY = "CONFIG_B64_ENCRYPTION_KEY", flag "", default "", secret,
        "The key of the store: base64 of 32 random bytes (`openssl rand -base64 32`). Required by `serve`.";
    ENCRYPTION_KEY_ROLLING = "CONFIG_B64_ENCRYPTION_KEY_ROLLING", flag "", default "", secret,
        "The new key of the store, while the key is rolled: `clew roll-key` seals everything anew under it. Until then changes \
         of the configuration are refused; afterwards it takes the place of `CONFIG_B64_ENCRYPTION_KEY` and is unset here.";
    ENCRYPTION_METHOD = "CLEW_ENCRYPTION_METHOD", flag "encryption-method", default "aes-256-gcm", plain,
        "How new content of the store is sealed: `aes-256-gcm` or `xchacha20-poly1305`. What is sealed by the other one stays \
         readable.";
    STORE = "JDBC_CONNECTION_STRING", flag "store", default "jdbc:sqlite:CLEW_DATA/clew.db", plain,
        "Where the store is: `jdbc:sqlite:/path`, `sqlite:/path` or a plain path; or \
         `jdbc:postgresql://host:5432/database?user=clew`, as docs/postgresql-store.md tells.";
    STORE_PASSWORD = "CLEW_STORE_PASSWORD", flag "", default "", secret,
        "The password of the store's account on PostgreSQL, when `JDBC_CONNECTION_STRING` names one.";
    LISTEN = "CLEW_LISTEN", flag "listen", default "127.0.0.1:14445, [::1]:14445", plain,
        "The addresses to listen on, separated by commas.";
    PUBLIC_URL = "CLEW_PUBLIC_URL", flag "public-url", default "", plain,
        "The address that people type, such as `https://clew.example.org`. Required by `serve`.";
    DATA = "CLEW_DATA", flag "data", default "/opt/clew/data", plain,
        "The folder for the store, when `JDBC_CONNECTION_STRING` names no other place.";
    BACKUP_DIR = "CLEW_BACKUP_DIR", flag "backup-dir", default "", plain,
        "A folder where `serve` makes sealed backups by itself. Keep its files apart from the key, and on another disk than the \
         store's. Without it none are made but those before a key is rolled or a store is brought up to date.";
    BACKUP_EVERY_HOURS = "CLEW_BACKUP_EVERY_HOURS", flag "backup-every-hours", default "24", plain,
        "Hours from one of these backups to the next (1 to 744).";
    BACKUP_KEEP = "CLEW_BACKUP_KEEP", flag "backup-keep", default "14", plain,
        "How many of these backups are kept (1 to 1000); the oldest goes when a newer one is found whole.";
    OIDC_ISSUER = "CLEW_OIDC_ISSUER", flag "oidc-issuer", default "", plain,
        "The OpenID Connect issuer that signs people in. Without it the embedded issuer does.";
    OIDC_CLIENT_ID = "CLEW_OIDC_CLIENT_ID", flag "oidc-client-id", default "", plain,
        "The name under which the issuer knows this server. Required with `CLEW_OIDC_ISSUER`.";
    OIDC_CLIENT_SECRET = "CLEW_OIDC_CLIENT_SECRET", flag "", default "", secret,
        "The password of this server at the issuer.";
    OIDC_CA_FILE = "CLEW_OIDC_CA_FILE", flag "oidc-ca-file", default "", plain,
        "A file with certificates in PEM that are trusted for the issuer instead of the system's.";
    OIDC_CLIENT_CERTIFICATE_FILE = "CLEW_OIDC_CLIENT_CERTIFICATE_FILE", flag "oidc-client-certificate-file", default "",
        plain, "A file with this server's certificate in PEM, for an issuer that asks for one.";
    OIDC_CLIENT_KEY = "CLEW_OIDC_CLIENT_KEY", flag "", default "", secret,
        "The key of `CLEW_OIDC_CLIENT_CERTIFICATE_FILE`, in PEM and without a password of its own.";
    OIDC_SCOPES = "CLEW_OIDC_SCOPES", flag "oidc-scopes", default "profile email", plain,
        "What is asked of the issuer beside `openid`, separated by spaces. Some give a refresh token only for \
         `offline_access`; without one a session ends after an hour.";
    OIDC_ROLES_CLAIM = "CLEW_OIDC_ROLES_CLAIM", flag "oidc-roles-claim", default "roles", plain,
        "The claims that carry a person's roles, separated by commas, and what each gives adds up; dots lead into nested \
         objects (`realm_access.roles,resource_access.clew.roles`).";
    OIDC_EMAIL_TRUSTED_DOMAINS = "CLEW_OIDC_EMAIL_TRUSTED_DOMAINS", flag "oidc-email-trusted-domains", default "", plain,
        "Domains, separated by commas, whose e-mail addresses this issuer vouches for without a claim that says so; grants to \
         such addresses then find their person. Only for an issuer where nobody can give oneself an address. \
         See [sign-in.md](sign-in.md).";
    OIDC_AUTH_TIME = "CLEW_OIDC_AUTH_TIME", flag "oidc-auth-time", default "required", plain,
        "Whether the issuer must say when it asked for the password, where somebody's sessions were ended by hand: `required`, \
         or `never-sent` for an issuer that cannot. A person could then come back without giving the password.";
    OIDC_ROLES_MAP = "CLEW_OIDC_ROLES_MAP", flag "oidc-roles-map", default "", plain,
        "What values of that claim stand for, such as `6f1d0c=Task.Manage,/clew/readers=Task.Read`; the role follows the \
         last `=`, and a comma in a value is written `\\,`. A value that is named twice gives both roles; one that is not named stays what it is.";
    LOCAL_SECOND_FACTOR = "CLEW_LOCAL_SECOND_FACTOR", flag "local-second-factor", default "managers", plain,
        "Of which people of the embedded issuer a code from a telephone is demanded beside the password: `managers` (instance \
         managers and auditors), `everybody` or `nobody`. Whoever has set one up is asked for it in any case.";
    PROJECT_CREATORS = "CLEW_PROJECT_CREATORS", flag "project-creators", default "", plain,
        "Further roles, separated by commas, whose holders may create projects besides instance managers.";
    SQLITE_DIR = "CLEW_SQLITE_DIR", flag "sqlite-dir", default "", plain,
        "The folder whose SQLite files may be sources. Without it there are no SQLite sources.";
    UPLOAD_MEMORY = "CLEW_UPLOAD_MEMORY", flag "upload-memory", default "128 MB", plain,
        "Memory for uploaded files that are open or being read; the ones unused longest are closed first, and what finds no \
         room waits. A larger file comes in alone. 1 MB is 1,048,576 bytes.";
    UPLOAD_OF_PERSON = "CLEW_UPLOAD_OF_PERSON", flag "upload-of-person", default "2 GB", plain,
        "Bytes of uploaded files that one person may keep in the store, together; the next one is refused.";
    UPLOAD_IN_ALL = "CLEW_UPLOAD_IN_ALL", flag "upload-in-all", default "20 GB", plain,
        "The same for all people. Where the store is a file, an upload is refused too when less than a tenth of its disk \
         would stay free, or less than 5 GB of a large one.";
    BEHIND_PROXY = "CLEW_BEHIND_PROXY", flag "behind-proxy", default "", plain,
        "Networks (CIDR, separated by commas) of the TLS proxies in front; only their `X-Forwarded-*` is believed. \
         Needed to listen on more than loopback without a certificate.";
    EGRESS_ALLOW = "CLEW_EGRESS_ALLOW", flag "egress-allow", default "", plain,
        "What sources may reach although it is refused by default: this machine, and web addresses at other ports than 80, \
         443 and 8000 to 9999. Each with its port, separated by commas: `127.0.0.1:8080, db.local:5432, localhost:*`. \
         See [outbound.md](outbound.md).";
    EGRESS_ONLY = "CLEW_EGRESS_ONLY", flag "egress-only", default "", plain,
        "When it is set, nothing else is reached: names, `*.example.org`, addresses and networks, with or without a port, \
         separated by commas: `db.example.org:5432, 10.0.0.0/8`. The issuer, and what `CLEW_EGRESS_ALLOW` names, need not be \
         in it.";
    CA_FILE = "CLEW_CA_FILE", flag "ca-file", default "", plain,
        "A file with certificates in PEM of authorities of your own, trusted beside the system's for every encrypted connection \
         that Clew opens; where authorities are named for one place, those alone are trusted there. The system's are those of \
         the machine, or what `SSL_CERT_FILE` and `SSL_CERT_DIR` name.";
    HTTPS_PROXY = "HTTPS_PROXY", flag "", default "", secret,
        "The proxy on the way to `https:` addresses: `http://host:port`, or with a name and a password before the host. \
         Databases are reached without it, and so is this machine.";
    HTTP_PROXY = "HTTP_PROXY", flag "", default "", secret,
        "The same for `http:` addresses.";
    NO_PROXY = "NO_PROXY", flag "no-proxy", default "", plain,
        "What is reached without a proxy: names (with everything below them), addresses and networks, separated by commas, or \
         `*`.";
    TLS_CERTIFICATE = "CLEW_TLS_CERTIFICATE", flag "tls-certificate", default "", plain,
        "A file with the listener's certificate in PEM, its own first and then those between it and its authority; people then \
         reach Clew by https. Read again when it changes. Needs `CLEW_TLS_KEY`.";
    TLS_KEY = "CLEW_TLS_KEY", flag "tls-key", default "", plain,
        "A file with the key of `CLEW_TLS_CERTIFICATE` in PEM, without a password of its own.";
    TLS_PKCS12 = "CLEW_TLS_PKCS12", flag "tls-pkcs12", default "", plain,
        "A PKCS12 file (`.p12`, `.pfx`) with the listener's certificate and its key, instead of the two PEM files.";
    TLS_PKCS12_PASSWORD = "CLEW_TLS_PKCS12_PASSWORD", flag "", default "", secret,
        "The password of `CLEW_TLS_PKCS12`.";
    CALLS_PER_SECOND = "CLEW_CALLS_PER_SECOND", flag "calls-per-second", default "60", plain,
        "Requests that one person may send in a second, and twice as many after a rest (1 to 100000). The page needs a tenth of \
         it; programs that ask faster are told to wait.";
    SESSION_IDLE_MINUTES = "CLEW_SESSION_IDLE_MINUTES", flag "session-idle-minutes", default "30", plain,
        "Minutes without a request after which a session ends (1 to 1440).";
    SESSION_HOURS = "CLEW_SESSION_HOURS", flag "session-hours", default "12", plain,
        "Hours after which a session ends in any case (1 to 168).";
    METRICS_LISTEN = "CLEW_METRICS_LISTEN", flag "metrics-listen", default "", plain,
        "A loopback address such as `127.0.0.1:14446` where numbers for Prometheus are told at `/metrics`, without a sign-in. \
         Without it nothing is told.";
    AUDIT_FILE = "CLEW_AUDIT_FILE", flag "", default "", plain,
        "A file that gets a copy of every audit entry, one JSON object per line: an absolute path outside of the folders of \
         store and sources, or `-` for standard output. It is made readable by its owner alone, and opened anew after a \
         rotation or SIGHUP.";
    AUDIT_FILE_POLICY = "CLEW_AUDIT_FILE_POLICY", flag "", default "may", plain,
        "`must`: nothing is answered that this sink has not taken, and after 5 seconds it is refused. `may`: the sink follows \
         as it can, and goes on where it was after an outage.";
    AUDIT_FILE_VALUES = "CLEW_AUDIT_FILE_VALUES", flag "", default "shape", plain,
        "What of a request the sink gets: `shape` (every value is `?`), `hash` (every value is a keyed hash, so that equal ones \
         are seen to be equal) or `full` (values as they were typed).";
    AUDIT_SYSLOG = "CLEW_AUDIT_SYSLOG", flag "", default "", plain,
        "A receiver of syslog (RFC 5424) that gets a copy of every audit entry: `tls://host:6514`, `tcp://host:601` or \
         `udp://host:514`. Only `tls` keeps it from being overheard.";
    AUDIT_SYSLOG_CA_FILE = "CLEW_AUDIT_SYSLOG_CA_FILE", flag "", default "", plain,
        "A file with certificates in PEM that are trusted for that receiver instead of the system's.";
    AUDIT_SYSLOG_CLIENT_CERTIFICATE_FILE = "CLEW_AUDIT_SYSLOG_CLIENT_CERTIFICATE_FILE", flag "", default "", plain,
        "A file with this server's certificate in PEM, for a receiver that asks for one.";
    AUDIT_SYSLOG_CLIENT_KEY = "CLEW_AUDIT_SYSLOG_CLIENT_KEY", flag "", default "", secret,
        "The key of `CLEW_AUDIT_SYSLOG_CLIENT_CERTIFICATE_FILE`, in PEM and without a password of its own.";
    AUDIT_SYSLOG_POLICY = "CLEW_AUDIT_SYSLOG_POLICY", flag "", default "may", plain,
        "`must` or `may`, as for the file; with `udp` only `may`, because nothing tells whether an entry arrived.";
    AUDIT_SYSLOG_VALUES = "CLEW_AUDIT_SYSLOG_VALUES", flag "", default "shape", plain,
        "`shape`, `hash` or `full`, as for the file.";
    AUDIT_SQL = "CLEW_AUDIT_SQL", flag "", default "", plain,
        "A PostgreSQL database that gets a copy of every audit entry: `postgresql://user@host:5432/database`, encrypted and \
         its certificate checked; `?sslmode=disable` at the end only for loopback.";
    AUDIT_SQL_PASSWORD = "CLEW_AUDIT_SQL_PASSWORD", flag "", default "", secret,
        "The password of that database's user.";
    AUDIT_SQL_CA_FILE = "CLEW_AUDIT_SQL_CA_FILE", flag "", default "", plain,
        "A file with certificates in PEM that are trusted for that database instead of the system's.";
    AUDIT_SQL_CLIENT_CERTIFICATE_FILE = "CLEW_AUDIT_SQL_CLIENT_CERTIFICATE_FILE", flag "", default "", plain,
        "A file with this server's certificate in PEM, for a database that asks for one.";
    AUDIT_SQL_CLIENT_KEY = "CLEW_AUDIT_SQL_CLIENT_KEY", flag "", default "", secret,
        "The key of `CLEW_AUDIT_SQL_CLIENT_CERTIFICATE_FILE`, in PEM and without a password of its own.";
    AUDIT_JDBC = "INTERNAL_AUDIT_LOG_JDBC_CONNECTION_STRING", flag "", default "", plain,
        "The same as `CLEW_AUDIT_SQL`, under a name known from the trade: `jdbc:postgresql://host:5432/database?user=clew`.";
    AUDIT_JDBC_USERNAME = "INTERNAL_AUDIT_LOG_JDBC_USERNAME", flag "", default "", plain,
        "The user of that database, where the address names none.";
    AUDIT_JDBC_PASSWORD = "INTERNAL_AUDIT_LOG_JDBC_PASSWORD", flag "", default "", secret,
        "The same as `CLEW_AUDIT_SQL_PASSWORD`.";
    AUDIT_SQL_TABLE = "CLEW_AUDIT_SQL_TABLE", flag "", default "clew_audit", plain,
        "Its table, made if there is none; a schema may stand in front, as in `audit.clew`.";
    AUDIT_SQL_POLICY = "CLEW_AUDIT_SQL_POLICY", flag "", default "may", plain,
        "`must` or `may`, as for the file.";
    AUDIT_SQL_VALUES = "CLEW_AUDIT_SQL_VALUES", flag "", default "shape", plain,
        "`shape`, `hash` or `full`, as for the file.";
    LOG = "CLEW_LOG", flag "log", default "text", plain,
        "The form of the log: `text` or `json`.";
    LOG_LEVEL = "CLEW_LOG_LEVEL", flag "log-level", default "info", plain,
        "What is logged: `error`, `warn`, `info`, `debug` or `trace`.";
}

/// The row of a name.
pub(super) fn find(name: &str) -> Option<&'static Setting> {
    TABLE.iter().find(|setting| setting.name == name)
}

/// The known name with the fewest edits to `wrong`, to be proposed in an error.
pub(super) fn nearest(wrong: &str) -> &'static str {
    TABLE.iter().map(|setting| setting.name).min_by_key(|name| edits(wrong, name)).unwrap_or_default()
}

/// Levenshtein distance over bytes; names are ASCII.
fn edits(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(b.bytes()) {
            let next = (diagonal + usize::from(x != y)).min(*cell + 1).min(left + 1);
            diagonal = std::mem::replace(cell, next);
            left = next;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(a.len())
}

/// The table as Markdown: what `docs/settings.md` holds.
pub fn markdown() -> String {
    let mut text = String::from(HEAD);
    for setting in TABLE {
        let flag = if setting.flag.is_empty() { String::new() } else { format!("`--{}`", setting.flag) };
        let default = if setting.default.is_empty() { String::new() } else { format!("`{}`", setting.default) };
        let secret = if setting.secret { "yes" } else { "" };
        text.push_str(&format!("| `{}` | {flag} | {default} | {secret} | {} |\n", setting.name, setting.help));
    }
    text.push_str(TAIL);
    text
}

const HEAD: &str = "\
# Settings

<!-- Generated from server/src/settings/table.rs; a test compares. -->

Each setting is an environment variable; where a flag is named, the flag wins. A secret has no flag, because a command
line can be read by every local user; instead `NAME_FILE` may name a file that holds it.

| Variable | Flag | Default | Secret | Effect |
|---|---|---|---|---|
";

const TAIL: &str =
    "| `CLEW_SOURCE_*` | | | yes | Credentials of sources, named by the project's configuration: `CLEW_SOURCE_`, \
the project's id in capitals with `_` for `-`, two underscores and a name of your choice, as in \
`CLEW_SOURCE_BANK__PASSWORD`. A project can use no other project's. |

An unknown name that begins with `CLEW_` ends the start, so that a typing error is never silently without effect.

Clew reads no `.env` file by itself: whoever may write into the folder that a program is started in could then name another
store or another proxy. What starts Clew reads one, from a place that is its own: `EnvironmentFile=` of systemd, `--env-file`
and `env_file` of containers, or `set -a; . ./clew.env; set +a` in a shell.

## Exit codes

| Code | Meaning |
|---|---|
| 0 | ended as asked |
| 1 | the command could not do what was asked; the line on standard error says what and why |
| 2 | a setting is missing or malformed, or the command line is not understood |
| 4 | the key is not the one under which the store is sealed |
| 71 | the store failed: damaged, not a store of Clew, newer than this program, or an input/output error |
| 73 | the store cannot be written |
| 75 | another server uses the store, or its key is being rolled |
| 78 | the certificate cannot be shown: its file, its password, its key, or its dates |
";
