//! A client that goes away: how long its query is still there in the database, in each state that it can be left in.

use std::time::{Duration, Instant};

use reqwest::Response;
use serde_json::{Value, json};
use tokio::time::sleep;
use tokio_postgres::Client;

use crate::Outcome;
use crate::database::{Database, ROWS, SLEEPING_VIEW, TABLE};
use crate::person::Person;
use crate::report::{Report, percentile, spread};
use crate::streaming::all_of;

const RUNS: usize = 7;
/// What has come before somebody is in the middle of an answer.
const MID_STREAM_BYTES: usize = 1 << 20;
/// How long a state may take to come about, and a query to be gone.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often in a row the database is found waiting for the reader before it is said to stand still.
const LOOKS: usize = 20;

/// What the database waits for while a query is in a state.
enum Waits {
    /// For the end of a sleep: no row has come yet.
    Asleep,
    /// For nothing: rows are on their way.
    Nothing,
    /// For somebody who takes the rows.
    Reader,
}

pub(crate) async fn measure(person: &Person, database: &Database, report: &mut Report) -> Outcome {
    let watcher = database.connect().await?;
    let states = [
        ("before the first row", Waits::Asleep),
        ("in mid-stream", Waits::Nothing),
        ("blocked on a stalled reader", Waits::Reader),
    ];
    for (name, waits) in states {
        let mut millis = Vec::new();
        for _ in 0..RUNS {
            let answer = person.ask(&question(&waits)).await?;
            let answer = reach(&watcher, &waits, answer).await?;
            let start = Instant::now();
            drop(answer);
            until(&watcher, "", 1, |running| running == (0, 0)).await?;
            millis.push(start.elapsed().as_secs_f64() * 1e3);
        }
        let most = percentile(&millis, 100);
        let what = format!("a client goes away {name}: the query is gone after");
        report.promise(what, spread(&millis, "ms"), "within 1 s", most <= 1_000.0);
    }
    Ok(())
}

fn question(waits: &Waits) -> Value {
    match waits {
        Waits::Asleep => json!({ "from": { "objects": SLEEPING_VIEW }, "answer": { "rows": { "limit": 10 } } }),
        Waits::Nothing | Waits::Reader => all_of(TABLE, ROWS),
    }
}

/// Brings a running query into its state.
async fn reach(watcher: &Client, waits: &Waits, mut answer: Response) -> Outcome<Response> {
    match waits {
        Waits::Asleep => until(watcher, "PgSleep", 2, |running| running == (1, 1)).await?,
        Waits::Nothing => {
            let mut bytes = 0;
            while bytes < MID_STREAM_BYTES {
                bytes += answer.chunk().await?.ok_or("the answer ended too early")?.len();
            }
            // The rest does not fit into the buffers on the way, so the query cannot have ended.
            until(watcher, "", 1, |running| running.0 == 1).await?;
        }
        Waits::Reader => {
            answer.chunk().await?.ok_or("no answer")?;
            until(watcher, "ClientWrite", LOOKS, |running| running == (1, 1)).await?;
        }
    }
    Ok(answer)
}

/// Waits until what runs has been as wanted in so many looks one after the other.
async fn until(watcher: &Client, waits_for: &str, looks: usize, wanted: impl Fn((i64, i64)) -> bool) -> Outcome {
    let (start, mut seen) = (Instant::now(), 0);
    while seen < looks {
        if start.elapsed() > PATIENCE {
            return Err(format!("{:?} run, which is not what is waited for", running(watcher, waits_for).await?).into());
        }
        seen = if wanted(running(watcher, waits_for).await?) { seen + 1 } else { 0 };
        sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

/// How many other queries run in the database, and how many of them wait for this.
async fn running(watcher: &Client, waits_for: &str) -> Outcome<(i64, i64)> {
    let text = "select count(*), count(*) filter (where wait_event = $1) from pg_stat_activity \
                where backend_type = 'client backend' and state = 'active' and pid <> pg_backend_pid()";
    let row = watcher.query_one(text, &[&waits_for]).await?;
    Ok((row.get(0), row.get(1)))
}
