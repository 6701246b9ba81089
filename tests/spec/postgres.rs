//! The PostgreSQL of the specification, and how a script comes into it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

#[path = "../fixtures/postgres.rs"]
mod fixture;

pub(crate) use fixture::{CAREFUL, CERTAIN, GUARDED, Postgres, make_certificates};
use fixture::{binaries, command, is_ready, run};

use crate::ports::free_port;

impl Postgres {
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

/// Makes the account that a certificate names; two chapters of one database do.
pub(crate) fn certain_account() -> String {
    let made = format!("create role {CERTAIN} login");
    format!("do $$ begin {made}; exception when duplicate_object or unique_violation then null; end $$;")
}

/// A PostgreSQL that a chapter has for itself, to be ended by force and started again. It goes with the thread that made
/// it.
pub(crate) struct OwnPostgres {
    pub(crate) port: u16,
    folder: tempfile::TempDir,
    child: Option<Child>,
}

impl OwnPostgres {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777))
            .expect("the database's account may write");
        let mut initdb = command(&binaries().join("initdb"));
        initdb.args(["--no-sync", "--locale=C.UTF-8", "--encoding=UTF8", "-A", "trust", "-U", "postgres", "-D"]);
        initdb.arg(folder.path().join("data"));
        run(initdb);
        let port = free_port();
        let mut own = Self { port, folder, child: None };
        own.start_again();
        own
    }

    /// Ends it by force, as a power cut does.
    pub(crate) fn kill(&mut self) {
        let mut child = self.child.take().expect("a running server");
        child.kill().and_then(|()| child.wait()).expect("it is ended");
    }

    /// Starts it where it was; what the one before left may keep it from it for a moment.
    pub(crate) fn start_again(&mut self) {
        let bin = binaries();
        for _ in 0..50 {
            let mut server = command(&bin.join("postgres"));
            server.arg("-D").arg(self.folder.path().join("data")).arg("-k").arg(self.folder.path());
            server.args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
            let log = fs::File::create(self.folder.path().join("log")).expect("a log");
            let mut child = server.stdout(Stdio::null()).stderr(log).spawn().expect("a server");
            if is_ready(&bin, &mut child, self.port) {
                self.child = Some(child);
                return;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        panic!("no database: {}", fs::read_to_string(self.folder.path().join("log")).unwrap_or_default());
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
    }
}
