//! A million rows through Clew, against psql's `\copy` of the same table; both from asking to the last byte.

use std::time::Instant;

use futures::TryStreamExt as _;
use serde_json::{Value, json};

use crate::clew::Clew;
use crate::database::{Database, ROWS, TABLE};
use crate::person::Person;
use crate::report::{Report, median, megabytes, spread};
use crate::{Outcome, answer, process};

const RUNS: usize = 7;
const FIRST_ROW_RUNS: usize = 15;

/// One row of each run.
#[derive(Default)]
struct Runs {
    wall: Vec<f64>,
    own_cpu: Vec<f64>,
    database_cpu: Vec<f64>,
}

pub(crate) async fn measure(clew: &Clew, person: &Person, database: &Database, report: &mut Report) -> Outcome {
    let expected = database.checks(TABLE)?;
    let (mut copy, mut stream, mut bytes, mut psql_bytes) = (Runs::default(), Runs::default(), [0; 2], 0);
    // The first of each warms caches and connections, and does not count.
    for run in 0..=RUNS {
        let before = database.cpu_secs()?;
        let copied = database.copy()?;
        let between = (database.cpu_secs()?, process::cpu_secs(clew.process())?);
        let start = Instant::now();
        let read = answer::read(person.ask(&all_of(TABLE, ROWS)).await?, None, u64::MAX).await?;
        let wall = start.elapsed().as_secs_f64();
        let after = (database.cpu_secs()?, process::cpu_secs(clew.process())?);
        if read.checks != expected {
            return Err(format!("Clew's rows sum up to {:?}, the database's to {expected:?}", read.checks).into());
        }
        if run > 0 {
            copy.add(copied.wall_secs, copied.own_cpu_secs, between.0 - before);
            stream.add(wall, after.1 - between.1, after.0 - between.0);
        }
        bytes = [copied.bytes, read.bytes];
        psql_bytes = copied.own_bytes;
    }
    let [text, arrow] = bytes.map(|bytes| bytes as f64 / 1e6);
    report.add(format!("1,000,000 x 8, psql \\copy ({text:.0} MB), wall"), spread(&copy.wall, "s"));
    report.add(format!("1,000,000 x 8, Clew over HTTP ({arrow:.0} MB), wall"), spread(&stream.wall, "s"));
    let ratio = 100.0 * median(&copy.wall) / median(&stream.wall);
    report.promise("throughput of Clew, of \\copy's", format!("{ratio:.0} %"), "at least 80 %", ratio >= 80.0);
    report.add("processor time of psql", spread(&copy.own_cpu, "s"));
    report.add("memory of psql", megabytes(psql_bytes));
    report.add("processor time of PostgreSQL for \\copy", spread(&copy.database_cpu, "s"));
    report.add("processor time of PostgreSQL for Clew", spread(&stream.database_cpu, "s"));
    report.add("processor time of Clew", spread(&stream.own_cpu, "s"));
    report.promise("rows and sums of every column", "equal psql's", "equal", true);
    first_rows(person, database, report).await
}

/// Both on connections that are open already, and read by the same program.
async fn first_rows(person: &Person, database: &Database, report: &mut Report) -> Outcome {
    let client = database.connect().await?;
    let (mut of_source, mut of_clew) = (Vec::new(), Vec::new());
    for _ in 0..FIRST_ROW_RUNS {
        let start = Instant::now();
        let nothing: [&(dyn tokio_postgres::types::ToSql + Sync); 0] = [];
        let mut rows =
            Box::pin(client.query_raw(&format!("select * from {TABLE} order by id limit 100000"), nothing).await?);
        rows.try_next().await?.ok_or("a table without rows")?;
        of_source.push(start.elapsed().as_secs_f64() * 1e3);
        while rows.try_next().await?.is_some() {}
        let start = Instant::now();
        let read = answer::read(person.ask(&all_of(TABLE, 100_000)).await?, None, u64::MAX).await?;
        let first = read.first_row.ok_or("an answer without rows")?;
        of_clew.push((first - start).as_secs_f64() * 1e3);
    }
    report.add("first row, tokio-postgres alone", spread(&of_source, "ms"));
    report.add("first row, Clew over HTTP", spread(&of_clew, "ms"));
    let behind = median(&of_clew) - median(&of_source);
    let shown = format!("{behind:.1} ms");
    report.promise("first row of Clew behind the source's", shown, "at most 30 ms", behind <= 30.0);
    Ok(())
}

/// The question for so many rows of a table with all its columns.
pub(crate) fn all_of(table: &str, rows: u64) -> Value {
    json!({ "from": { "objects": table }, "answer": { "rows": { "limit": rows } } })
}

impl Runs {
    fn add(&mut self, wall: f64, own_cpu: f64, database_cpu: f64) {
        self.wall.push(wall);
        self.own_cpu.push(own_cpu);
        self.database_cpu.push(database_cpu);
    }
}
