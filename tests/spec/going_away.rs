//! A client that goes away: its query is gone from the database, in whatever state it was, and its end is in the log.
//!
//! The aim is a second. A test may not measure, so each of them waits ten at the most and says how long it was.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use access::ProjectRole;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_postgres::Client;

use crate::postgres::Postgres;
use crate::world::{Browser, PAGE_HEADERS, World, grant, project_of_views, run};
use crate::written::ended;

/// Ten times the aim.
const AT_MOST: Duration = Duration::from_secs(10);
/// How long a state may take to come about.
const PATIENCE: Duration = Duration::from_secs(60);
/// What one who reads has got before it is said to be reading.
const MID_STREAM_BYTES: u64 = 1 << 20;
/// How often in a row the database must be found waiting for the reader.
const LOOKS: u32 = 20;

const SCRIPT: &str = "
create database leaving;
\\c leaving
create view asleep as select i as id, 'x' || pg_sleep(600)::text as name from generate_series(1, 3) as i;
create view rows as select i as id, repeat('x', 500) as name from generate_series(1, 900000) as i;
";

fn question(kind: &str) -> Value {
    let query = json!({ "from": { "objects": kind }, "answer": { "rows": { "limit": 900_000 } } });
    json!({ "project": "bank", "query": query })
}

/// Somebody who looks at what the database is busy with.
async fn watcher(port: u16) -> Client {
    let mut config = tokio_postgres::Config::new();
    config.host("127.0.0.1").port(port).user("postgres").dbname("postgres");
    let (client, connection) = config.connect(tokio_postgres::NoTls).await.expect("a connection");
    tokio::spawn(connection);
    client
}

/// How many queries run in the database, and how many of them wait for this.
async fn running(watcher: &Client, waits_for: &str) -> (i64, i64) {
    let text = "select count(*), count(*) filter (where wait_event = $1) from pg_stat_activity \
                where datname = 'leaving' and state = 'active'";
    let row = watcher.query_one(text, &[&waits_for]).await.expect("a count");
    (row.get(0), row.get(1))
}

/// Waits until the one query has waited for this in so many looks one after the other.
async fn until_waiting(watcher: &Client, waits_for: &str, looks: u32) {
    let (began, mut seen) = (Instant::now(), 0);
    while seen < looks {
        assert!(began.elapsed() < PATIENCE, "the query does not come to wait for {waits_for}");
        seen = if running(watcher, waits_for).await == (1, 1) { seen + 1 } else { 0 };
        sleep(Duration::from_millis(20)).await;
    }
}

/// Asks, as the page does; the answer is not read yet.
async fn ask(browser: &Browser, kind: &str) -> TcpStream {
    let request = question(kind).to_string();
    let request = browser.written("POST", "/api/stream/run_query", &PAGE_HEADERS, request.as_bytes());
    let mut stream = TcpStream::connect(("127.0.0.1", browser.port)).await.expect("a server");
    stream.write_all(&request).await.expect("sent");
    stream
}

/// Closes the connection by `leave`, and waits until the query is gone; says how long it took.
async fn gone_after(watcher: &Client, state: &str, leave: impl Future<Output = ()>) {
    assert_eq!(running(watcher, "").await.0, 1, "{state}: it runs");
    let began = Instant::now();
    leave.await;
    while running(watcher, "").await.0 > 0 {
        assert!(began.elapsed() < AT_MOST, "{state}: the query still runs after {AT_MOST:?}");
        sleep(Duration::from_millis(5)).await;
    }
    let took = began.elapsed();
    // Not by a macro: what a passing test prints is hidden.
    drop(writeln!(std::io::stderr(), "going away {state}: the query was gone after {} ms", took.as_millis()));
}

/// The newest question has its end in the log, as stopped.
async fn assert_stopped(world: &World, state: &str) {
    let end = timeout(AT_MOST, ended(world, "run_query")).await;
    assert_eq!(end.unwrap_or_else(|_| panic!("{state}: no end in the log")).outcome.as_str(), "stopped", "{state}");
}

async fn reading(mut stream: TcpStream, read: Arc<AtomicU64>) {
    let mut piece = vec![0; 64 * 1024];
    while let Ok(bytes @ 1..) = stream.read(&mut piece).await {
        read.fetch_add(bytes as u64, Ordering::AcqRel);
    }
}

#[test]
fn the_query_of_a_client_that_goes_away_is_gone_before_the_first_row_in_mid_stream_and_when_nobody_reads() {
    run(async {
        let (postgres, folder) = (Postgres::shared(), tempfile::tempdir().expect("a folder"));
        let script = folder.path().join("script.sql");
        std::fs::write(&script, SCRIPT).expect("a script");
        postgres.run_script(&script);
        let world = World::start().await;
        let mut own = world.signed_in("own", &["Task.Manage"]).await;
        let grants = [grant(&own.person().await, ProjectRole::Own)];
        world.put_project(&project_of_views("leaving", postgres.port, &grants, &["asleep", "rows"])).await;
        let watcher = watcher(postgres.port).await;

        let stream = ask(&own, "asleep").await;
        until_waiting(&watcher, "PgSleep", 2).await;
        gone_after(&watcher, "before the first row", async { drop(stream) }).await;
        assert_stopped(&world, "before the first row").await;

        let read = Arc::new(AtomicU64::new(0));
        let reader = tokio::spawn(reading(ask(&own, "rows").await, read.clone()));
        let began = Instant::now();
        while read.load(Ordering::Acquire) < MID_STREAM_BYTES {
            assert!(began.elapsed() < PATIENCE && !reader.is_finished(), "no rows come");
            sleep(Duration::from_millis(5)).await;
        }
        let stop = async {
            reader.abort();
            assert!(reader.await.is_err_and(|ended| ended.is_cancelled()), "it was still reading");
        };
        gone_after(&watcher, "in mid-stream", stop).await;
        assert_stopped(&world, "in mid-stream").await;

        let mut stream = ask(&own, "rows").await;
        stream.read_exact(&mut vec![0; 64 * 1024]).await.expect("the first rows");
        // Every buffer on the way is full: the database itself waits until somebody reads.
        until_waiting(&watcher, "ClientWrite", LOOKS).await;
        gone_after(&watcher, "blocked on a stalled reader", async { drop(stream) }).await;
        assert_stopped(&world, "blocked on a stalled reader").await;

        let mut elsewhere = world.browser();
        assert_eq!(elsewhere.sign_in("own", crate::world::PASSWORD).await.status, 303);
        let mut stream = ask(&own, "asleep").await;
        until_waiting(&watcher, "PgSleep", 2).await;
        let end = async {
            let ended = elsewhere.call("end_my_other_sessions", &json!({})).await;
            assert_eq!(ended.json(), json!({ "sessions": 1 }));
        };
        gone_after(&watcher, "when its session is ended", end).await;
        let mut answer = Vec::new();
        timeout(AT_MOST, stream.read_to_end(&mut answer)).await.expect("the answer ends").expect("read");
        assert!(String::from_utf8_lossy(&answer).contains("signed_out"), "and the page is told to sign in");
        let mut own = elsewhere;

        let whole = json!({ "project": "bank", "query": { "from": { "objects": "rows" }, "answer": "count" } });
        assert_eq!(
            own.post_json("/api/stream/run_query", &whole).await.verdict(),
            "200",
            "and the source is as good as ever"
        );
    });
}
