//! The PostgreSQL of the specification, and how a script comes into it.

use std::fs;
use std::path::Path;
use std::process::Command;

#[path = "../fixtures/postgres.rs"]
mod fixture;

pub(crate) use fixture::{CAREFUL, CERTAIN, GUARDED, Postgres, make_certificates};
use fixture::{binaries, command, run};

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
