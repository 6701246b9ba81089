//! A PostgreSQL of the specification's own: made when a chapter asks for it, and killed with the program.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

const INSTALL: &str = "apt-get install --no-install-recommends postgresql-15 util-linux";
const PREFIX: &str = "clew-spec-postgres-";

/// The account that is asked for its password; everybody else on this machine is let in.
pub(crate) const CAREFUL: &str = "careful";

/// A running server; everybody on this machine is its superuser `postgres`.
pub(crate) struct Postgres {
    pub(crate) port: u16,
}

impl Postgres {
    /// The one server of this program.
    pub(crate) fn shared() -> &'static Self {
        static SERVER: OnceLock<Postgres> = OnceLock::new();
        SERVER.get_or_init(|| {
            let (send, receive) = mpsc::channel();
            // The kill at the parent's death goes by thread, and a test's thread ends with it: this one never does.
            thread::spawn(move || {
                send.send(start()).expect("a chapter waits");
                loop {
                    thread::park();
                }
            });
            let (port, _child) = receive.recv().expect("a server");
            Self { port }
        })
    }

    /// psql as the superuser, which stops at the first error.
    pub(crate) fn psql(&self) -> Command {
        let mut psql = command(&binaries().join("psql"));
        psql.args(["--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", "postgres"]);
        psql.args(["-p", &self.port.to_string(), "-d", "postgres"]);
        psql
    }

    /// Runs a script as `psql -f` does, and stops at the first error in it.
    pub(crate) fn run_script(&self, script: &Path) {
        let mut psql = self.psql();
        psql.args(["-f", "-"]).stdin(fs::File::open(script).expect("a script"));
        run(psql);
    }
}

/// Where the newest PostgreSQL's programs are.
fn binaries() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    found.sort();
    let newest = found.into_iter().rfind(|bin| bin.join("initdb").exists());
    newest.unwrap_or_else(|| panic!("PostgreSQL is not installed. Run: {INSTALL}"))
}

/// A program of PostgreSQL, which refuses to run as root and ends with this one.
#[expect(clippy::disallowed_methods, reason = "only tests start a database")]
fn command(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.args(["--pdeathsig", "KILL"]).arg(program).stdin(Stdio::null());
    command
}

fn run(mut command: Command) {
    let done = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}. Run: {INSTALL}"));
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// A folder of this process; those of processes that are gone are removed.
fn folder() -> PathBuf {
    let own = std::process::id().to_string();
    for entry in fs::read_dir(std::env::temp_dir()).expect("a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let left_over = |process: &str| process == own || !Path::new("/proc").join(process).exists();
        if name.strip_prefix(PREFIX).is_some_and(left_over) {
            fs::remove_dir_all(entry.path()).unwrap_or_default();
        }
    }
    let folder = std::env::temp_dir().join(format!("{PREFIX}{own}"));
    fs::create_dir(&folder).expect("a folder");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).expect("the database's account may write");
    folder
}

fn start() -> (u16, Child) {
    let (bin, folder) = (binaries(), folder());
    let data = folder.join("data");
    let mut initdb = command(&bin.join("initdb"));
    initdb.args(["--no-sync", "--locale=C.UTF-8", "--encoding=UTF8", "-A", "trust", "-U", "postgres", "-D"]).arg(&data);
    run(initdb);
    ask_for_password(&data.join("pg_hba.conf"));
    // Somebody may take the port between looking and listening; then another one is tried.
    for _ in 0..5 {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let mut server = command(&bin.join("postgres"));
        server.arg("-D").arg(&data).arg("-k").arg(&folder).args(["-p", &port.to_string()]);
        server.args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "autovacuum=off"]);
        let log = fs::File::create(folder.join("log")).expect("a log");
        let mut child = server.stdout(Stdio::null()).stderr(log).spawn().expect("a server");
        if is_ready(&bin, &mut child, port) {
            return (port, child);
        }
    }
    panic!("no database: {}", fs::read_to_string(folder.join("log")).unwrap_or_default());
}

/// The first line that fits decides.
fn ask_for_password(rules: &Path) {
    let others = fs::read_to_string(rules).expect("the rules of initdb");
    fs::write(rules, format!("host all {CAREFUL} all scram-sha-256\n{others}")).expect("written");
}

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
