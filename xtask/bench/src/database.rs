//! The source: a PostgreSQL with one table, its own copy of itself as the thing to beat, and its own checksums.

use std::io::{Read as _, Write as _};
use std::process::Stdio;
use std::time::Instant;

use tokio_postgres::{Client, NoTls};

use crate::postgres::Postgres;
use crate::{Outcome, process};

/// The table that is streamed and looked up in.
pub(crate) const TABLE: &str = "transfers";
/// Its rows.
pub(crate) const ROWS: u64 = 1_000_000;
/// The table of ten times the size, to see that memory does not grow with it.
pub(crate) const GREAT_TABLE: &str = "great_transfers";
/// Its rows.
pub(crate) const GREAT_ROWS: u64 = 10_000_000;
/// A view of [`TABLE`] whose first row does not come.
pub(crate) const SLEEPING_VIEW: &str = "sleeping";

/// A number per column, as `checks.sql` computes them.
pub(crate) type Checks = Vec<i128>;

/// A running PostgreSQL with the table.
pub(crate) struct Database {
    server: &'static Postgres,
    /// The process that the others descend from.
    process: u32,
}

impl Database {
    /// Makes a server with [`TABLE`].
    pub(crate) async fn start() -> Outcome<Self> {
        let server = Postgres::shared();
        let mut database = Self { server, process: 0 };
        database.fill(TABLE, ROWS)?;
        database.run(include_str!("sleeping.sql"), &[&format!("table={TABLE}"), &format!("view={SLEEPING_VIEW}")])?;
        let own = database.connect().await?.query_one("select pg_backend_pid()", &[]).await?.get::<_, i32>(0);
        database.process = process::parent(u32::try_from(own)?)?;
        Ok(database)
    }

    /// Makes another table of the same shape.
    pub(crate) fn fill(&self, table: &str, rows: u64) -> Outcome {
        println!("filling a table with {rows} rows …");
        let rows = format!("rows={rows}");
        self.run(include_str!("transfers.sql"), &[&format!("table={table}"), &rows]).map(drop)
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.port
    }

    /// Processor time of the whole server so far, in seconds.
    pub(crate) fn cpu_secs(&self) -> Outcome<f64> {
        process::family_cpu_secs(self.process)
    }

    /// A connection without Clew between.
    pub(crate) async fn connect(&self) -> Outcome<Client> {
        let address = format!("host=127.0.0.1 port={} user=postgres dbname=postgres", self.server.port);
        let (client, connection) = tokio_postgres::connect(&address, NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Sums of a table, by the database itself.
    pub(crate) fn checks(&self, table: &str) -> Outcome<Checks> {
        let told = self.run(include_str!("checks.sql"), &[&format!("table={table}")])?;
        Ok(told.trim().split('|').map(str::parse).collect::<Result<_, _>>()?)
    }

    /// `\copy` of [`TABLE`] to a pipe that is emptied.
    pub(crate) fn copy(&self) -> Outcome<Copied> {
        let mut psql = self.server.psql();
        psql.args(["-c", &format!("\\copy {TABLE} to stdout")]);
        let start = Instant::now();
        let mut child = psql.stdout(Stdio::piped()).spawn()?;
        let mut output = child.stdout.take().ok_or("psql without output")?;
        let (mut buffer, mut bytes, mut own_bytes) = (vec![0; 1 << 16], 0, 0);
        loop {
            match output.read(&mut buffer)? {
                0 => break,
                read => bytes += read as u64,
            }
            // A program that has ended has no memory any more; near its end is near enough.
            own_bytes = process::peak_bytes(child.id()).unwrap_or(own_bytes);
        }
        // What it used stays readable until it is waited for.
        let own_cpu_secs = process::cpu_secs(child.id())?;
        let status = child.wait()?;
        let copied = Copied { wall_secs: start.elapsed().as_secs_f64(), bytes, own_cpu_secs, own_bytes };
        if status.success() { Ok(copied) } else { Err("psql failed".into()) }
    }

    /// Runs a script and gives what it prints.
    fn run(&self, script: &'static str, variables: &[&str]) -> Outcome<String> {
        let mut psql = self.server.psql();
        psql.args(["--tuples-only", "--no-align", "-f", "-"]);
        for variable in variables {
            psql.args(["-v", variable]);
        }
        let mut child = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut input = child.stdin.take().ok_or("psql without input")?;
        input.write_all(script.as_bytes())?;
        drop(input);
        let told = child.wait_with_output()?;
        if told.status.success() { Ok(String::from_utf8(told.stdout)?) } else { Err("psql failed".into()) }
    }
}

/// One run of `\copy`.
pub(crate) struct Copied {
    pub(crate) wall_secs: f64,
    pub(crate) bytes: u64,
    /// Processor time and memory of psql itself.
    pub(crate) own_cpu_secs: f64,
    pub(crate) own_bytes: u64,
}
