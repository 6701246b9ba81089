//! A PostgreSQL of its own for the tests of this program: made at first use, shared by all tests, killed with them.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use wire::secret::SecretText;

use crate::connectors::Target;

const INSTALL: &str = "apt-get install --no-install-recommends postgresql-15 openssl util-linux";

/// The running server.
pub(crate) struct Server {
    pub(crate) port: u16,
    /// The certificate of the server, in PEM; it is its own authority and names `localhost`.
    pub(crate) certificate: String,
}

/// The one server of this program.
pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let (send, receive) = mpsc::channel();
        // The kill at the parent's death goes by thread, and the thread of a test ends with it: this one never does.
        thread::spawn(move || {
            send.send(start()).expect("a test waits");
            loop {
                thread::park();
            }
        });
        let (server, _child) = receive.recv().expect("a server");
        server
    })
}

impl Server {
    /// Where a database of it is, in clear and as its superuser.
    pub(crate) fn target(&self, database: &str) -> Target {
        self.target_as("postgres", database, &[("host", "127.0.0.1"), ("tls", "off")])
    }

    /// Where a database of it is, with more answers to the form.
    pub(crate) fn target_as(&self, user: &str, database: &str, more: &[(&str, &str)]) -> Target {
        let port = self.port.to_string();
        let answers = [("port", port.as_str()), ("database", database), ("user", user)];
        let settings = answers.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Target {
            settings: settings.collect(),
            secrets: [("password".to_owned(), SecretText::new("secret".to_owned()))].into(),
            image: None,
            sqlite_dir: None,
            store_file: None,
            at_once: 4,
        }
    }

    /// A client that may do everything.
    pub(crate) async fn client(&self, database: &str) -> tokio_postgres::Client {
        let mut config = tokio_postgres::Config::new();
        config.host("127.0.0.1").port(self.port).user("postgres").dbname(database);
        let (client, connection) = config.connect(tokio_postgres::NoTls).await.expect("a connection");
        tokio::spawn(connection);
        client
    }
}

fn binaries() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").map(|found| found.flatten().map(|entry| entry.path()));
    let mut found: Vec<_> = versions.map(Iterator::collect).unwrap_or_default();
    found.sort();
    let newest = found.into_iter().map(|version: PathBuf| version.join("bin")).rfind(|bin| bin.join("initdb").exists());
    newest.unwrap_or_else(|| panic!("PostgreSQL is not installed. Run: {INSTALL}"))
}

/// A program of PostgreSQL, which refuses to run as root.
#[expect(clippy::disallowed_methods, reason = "only tests start a database")]
fn command(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    let root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if root {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.args(["--pdeathsig", "KILL"]).arg(program).stdin(Stdio::null());
    command
}

fn run(mut command: Command) {
    let done = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}. Run: {INSTALL}"));
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// A folder for this process; those of processes that are gone are removed.
fn folder() -> PathBuf {
    let (own, prefix) = (std::process::id().to_string(), "clew-test-postgres-");
    for entry in fs::read_dir(std::env::temp_dir()).expect("a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(process) = name.strip_prefix(prefix)
            && (process == own || !Path::new("/proc").join(process).exists())
        {
            fs::remove_dir_all(entry.path()).unwrap_or_default();
        }
    }
    let folder = std::env::temp_dir().join(format!("{prefix}{own}"));
    fs::create_dir(&folder).expect("a folder");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).expect("everybody may write");
    folder
}

fn start() -> (Server, Child) {
    let (bin, folder) = (binaries(), folder());
    let data = folder.join("data");
    let mut initdb = command(&bin.join("initdb"));
    initdb.args(["--no-sync", "--locale=C.UTF-8", "--encoding=UTF8", "-A", "trust", "-U", "postgres", "-D"]).arg(&data);
    run(initdb);
    let certificate = make_certificate(&folder);
    // Somebody may take the port between looking and listening; then another one is tried.
    for _ in 0..5 {
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr()).expect("a port").port();
        let mut server = command(&bin.join("postgres"));
        server.arg("-D").arg(&data).arg("-k").arg(&folder).args(["-p", &port.to_string()]).args(SETTINGS);
        for name in ["cert", "key"] {
            server.arg("-c").arg(format!("ssl_{name}_file={}/{name}.pem", folder.display()));
        }
        let log = fs::File::create(folder.join("log")).expect("a log");
        let mut child = server.stdout(Stdio::null()).stderr(log).spawn().expect("a server");
        if is_ready(&bin, &mut child, port) {
            return (Server { port, certificate }, child);
        }
    }
    panic!("no server: {}", fs::read_to_string(folder.join("log")).unwrap_or_default());
}

const SETTINGS: [&str; 10] = [
    "-c",
    "listen_addresses=127.0.0.1",
    "-c",
    "fsync=off",
    "-c",
    "ssl=on",
    "-c",
    "max_connections=100",
    "-c",
    "autovacuum=off",
];

fn is_ready(bin: &Path, child: &mut Child, port: u16) -> bool {
    for _ in 0..200 {
        if child.try_wait().expect("a state").is_some() {
            return false;
        }
        // It listens before it lets anybody in.
        let mut ask = command(&bin.join("pg_isready"));
        ask.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
        if ask.status().is_ok_and(|status| status.success()) {
            return true;
        }
        thread::sleep(Duration::from_millis(50));
    }
    false
}

#[expect(clippy::disallowed_methods, reason = "only tests make a certificate")]
fn make_certificate(folder: &Path) -> String {
    let (key, certificate) = (folder.join("key.pem"), folder.join("cert.pem"));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]);
    openssl.args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]);
    openssl.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    run({
        openssl.arg("-keyout").arg(&key).arg("-out").arg(&certificate);
        openssl
    });
    // The server wants a key that nobody else may read, and it is another user.
    if let Ok(owner) = fs::metadata(folder.join("data")) {
        let uid = std::os::unix::fs::MetadataExt::uid(&owner);
        std::os::unix::fs::chown(&key, Some(uid), None).expect("the key's owner");
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("the key's rights");
    }
    fs::read_to_string(certificate).expect("a certificate")
}
