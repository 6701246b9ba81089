//! Streaming: a great answer to a slow reader, whose rows all come and for whom the server keeps nothing.

use std::io::Write as _;
use std::time::Duration;

use arrow_ipc::reader::StreamDecoder;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wire::frame::{Decoder, Frame};

use crate::postgres::Postgres;
use crate::program::{Place, Serving};
use crate::secrets::first_manager;
use crate::world::{Browser, PAGE_HEADERS, read_reply, run};

const ROWS: u64 = 200_000;
/// The most that the server may grow by while it sends them: less than half of the answer, so that a server which keeps
/// it, or a copy of half of it, is found out.
const MOST_GROWTH_KIB: u64 = 32 * 1024;
const LEAST_ANSWER_BYTES: usize = 2 * 32 * 1024 * 1024;
/// What the reader takes before it stops for a while.
const FIRST_BYTES: usize = 1 << 20;
/// How long it stops.
const STALL: Duration = Duration::from_secs(3);
/// How much it takes at a time afterwards, and how long it rests after each.
const BURST: (usize, Duration) = (2 << 20, Duration::from_millis(100));

/// The shape of a bank's transfers: eight columns of five kinds, with long notes.
const SCRIPT: &str = r"
create database streaming;
\c streaming
create table transfers (id bigint primary key, sender text not null, receiver text not null,
  amount numeric(14, 2) not null, currency text not null, booked timestamptz not null, flagged boolean not null, note text);
insert into transfers select i, 'NO' || lpad((i * 7919 % 32768)::text, 11, '0'), 'NO' || lpad((i * 104729 % 32768)::text, 11, '0'),
  ((i * 31 % 1048576) / 100.0)::numeric(14, 2), (array['NOK', 'EUR', 'USD'])[1 + i % 3],
  timestamptz '2020-01-01 00:00:00+00' + i * interval '1 second', i % 128 = 0, repeat('invoice ' || i || ' ', 24)
  from generate_series(1::bigint, 200000) as i;
analyze transfers;
";

#[test]
fn two_hundred_thousand_rows_come_to_a_slow_reader_and_the_server_keeps_none_of_them() {
    run(async {
        let place = Place::new().await;
        let serving = place.serve(&[]).await;
        let mut browser = first_manager(&serving, place.port).await;
        let kind = make_project(&mut browser, place.folder.path()).await;

        // The first question opens the source and is not what is measured.
        let (rows, _) = rows_of(&read_slowly(&browser, &question(&kind, 1), &serving).await.0);
        assert_eq!(rows, 1);
        serving.peak_kib();
        let before = serving.peak_kib();
        let (answer, while_stalled) = read_slowly(&browser, &question(&kind, ROWS), &serving).await;
        let peak = serving.peak_kib().max(while_stalled);
        let (rows, ends_with_done) = rows_of(&answer);
        assert_eq!((rows, ends_with_done), (ROWS, true));
        assert!(answer.len() > LEAST_ANSWER_BYTES, "an answer that is seen when it is kept: {} bytes", answer.len());
        let said = format!("streaming: {} MB sent, grown by {} KiB", answer.len() >> 20, peak.saturating_sub(before));
        // Not by a macro: what a passing test prints is hidden.
        drop(writeln!(std::io::stderr(), "{said}"));
        assert!(peak < before + MOST_GROWTH_KIB, "it grew from {before} KiB to {peak} KiB");
        drop(serving.end());
    });
}

/// A project over a PostgreSQL with a table of transfers; gives their object type.
async fn make_project(browser: &mut Browser, folder: &std::path::Path) -> String {
    let script = folder.join("script.sql");
    std::fs::write(&script, SCRIPT).expect("a script");
    Postgres::shared().run_script(&script);
    let settings = json!({
        "host": "127.0.0.1",
        "port": Postgres::shared().port.to_string(),
        "database": "streaming",
        "user": "postgres",
        "tls": "off",
    });
    let source = json!({ "id": "bank", "name": "Bank", "kind": "postgresql", "settings": settings });
    call(browser, "create_project", &json!({ "id": "bank", "name": "Bank" })).await;
    let base = browser.revision("bank").await;
    // The superuser is taken on purpose.
    let save = json!({ "project": "bank", "base": base, "source": source, "typed_name": "Bank" });
    call(browser, "save_source", &save).await;
    let suggested = call(browser, "suggest_model", &json!({ "project": "bank", "source": "bank" })).await;
    let base = browser.revision("bank").await;
    let change = json!({ "project": "bank", "scope": "everyone", "base": base, "changes": suggested["changes"] });
    call(browser, "change_project", &change).await;
    let project = call(browser, "read_project", &json!({ "project": "bank" })).await;
    let types = project["project"]["object_types"].as_object().expect("object types");
    types.keys().next().expect("the transfers").clone()
}

async fn call(browser: &mut Browser, name: &str, request: &Value) -> Value {
    let reply = browser.call(name, request).await;
    assert_eq!(reply.verdict(), "200", "{name}: {}", reply.text());
    reply.json()
}

fn question(kind: &str, limit: u64) -> Value {
    let query = json!({ "from": { "objects": kind }, "answer": { "rows": { "limit": limit } } });
    json!({ "project": "bank", "query": query })
}

/// The answer as a reader gets it who stops for a while and then takes his time; with the server's peak while it was
/// stopped, in KiB.
async fn read_slowly(browser: &Browser, request: &Value, serving: &Serving) -> (Vec<u8>, u64) {
    let request = browser.written("POST", "/api/stream/run_query", &PAGE_HEADERS, request.to_string().as_bytes());
    let mut stream = TcpStream::connect(("127.0.0.1", browser.port)).await.expect("a server");
    stream.write_all(&request).await.expect("sent");
    let mut answer = Vec::new();
    let mut more = take(&mut stream, &mut answer, FIRST_BYTES).await;
    let mut peak_kib = 0;
    if more {
        tokio::time::sleep(STALL).await;
        peak_kib = serving.peak_kib();
    }
    while more {
        tokio::time::sleep(BURST.1).await;
        more = take(&mut stream, &mut answer, BURST.0).await;
    }
    let reply = read_reply(&answer).expect("an answer");
    assert_eq!(reply.status, 200, "{}", reply.text());
    (reply.body, peak_kib)
}

/// Takes so many bytes; says whether there may be more.
async fn take(stream: &mut TcpStream, answer: &mut Vec<u8>, bytes: usize) -> bool {
    let (mut piece, wanted) = (vec![0; 64 * 1024], answer.len() + bytes);
    while answer.len() < wanted {
        let read = tokio::time::timeout(Duration::from_secs(60), stream.read(&mut piece)).await;
        match read.expect("the server did not go on for a minute").expect("a whole answer") {
            0 => return false,
            read => answer.extend_from_slice(&piece[..read]),
        }
    }
    true
}

/// How many rows a body holds, and whether it ends with `Done`.
pub(crate) fn rows_of(body: &[u8]) -> (u64, bool) {
    let (mut frames, mut arrow) = (Decoder::new(), StreamDecoder::new());
    let (mut rows, mut done) = (0, false);
    frames.push(body);
    while let Some(frame) = frames.next_frame().expect("a frame") {
        match frame {
            Frame::Arrow(_, bytes) => {
                let mut bytes = bytes.into();
                while let Some(batch) = arrow.decode(&mut bytes).expect("an Arrow stream") {
                    rows += batch.num_rows() as u64;
                }
            }
            Frame::Done => done = true,
            Frame::Failed(fault) => panic!("{fault:?}"),
            _ => {}
        }
    }
    (rows, done)
}
