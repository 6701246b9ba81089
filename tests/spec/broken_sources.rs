//! Sources that are down, go down, or hold what nobody expects: one clear sentence each, and everything else goes on.

use std::collections::BTreeMap;
use std::path::Path;

use access::PersonId;
use arrow_ipc::reader::StreamDecoder;
use model::completeness::{Cause, Extent};
use model::project::Project;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wire::frame::{Close, Decoder, Frame};
use wire::{Code, Fault};

use crate::ports::free_port;
use crate::postgres::Postgres;
use crate::world::{Browser, PAGE_HEADERS, World, grant, read_reply, run};

const BANK: &str = "
CREATE TABLE people (id INTEGER, name TEXT);
INSERT INTO people VALUES (1, 'Ada'), (1, 'Ada again'), (2, 'Bo'), (NULL, 'Nobody'), (NULL, 'Nobody else'), (3, 'Ada Bo');
CREATE TABLE same (id INTEGER PRIMARY KEY, value TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000) INSERT INTO same SELECT i, 'x' FROM n;
";

/// A database that goes on for as long as one reads.
const ENDLESS: &str = "
create database endless;
\\c endless
create view rows as select i as id, repeat('x', 500) as name from generate_series(1, 900000) as i;
";

/// An answer, read to its end.
#[derive(Default)]
pub(crate) struct Answer {
    pub(crate) rows: BTreeMap<u16, u64>,
    pub(crate) closed: BTreeMap<u16, Close>,
    pub(crate) done: bool,
    failed: Option<Fault>,
}

pub(crate) fn read(body: &[u8]) -> Answer {
    let (mut frames, mut arrow) = (Decoder::new(), BTreeMap::<u16, StreamDecoder>::new());
    let mut answer = Answer::default();
    frames.push(body);
    while let Some(frame) = frames.next_frame().expect("a frame") {
        match frame {
            Frame::Arrow(part, bytes) => {
                let mut bytes = bytes.into();
                let decoder = arrow.entry(part).or_default();
                while let Some(batch) = decoder.decode(&mut bytes).expect("an Arrow stream") {
                    *answer.rows.entry(part).or_default() += batch.num_rows() as u64;
                }
            }
            Frame::Close(part, close) => drop(answer.closed.insert(part, close)),
            Frame::Done => answer.done = true,
            Frame::Failed(fault) => answer.failed = Some(fault),
            Frame::Head(_) | Frame::Open(..) | Frame::Progress(..) | Frame::Heartbeat => {}
        }
    }
    answer
}

async fn ask(browser: &mut Browser, stream: &str, request: &Value) -> Answer {
    let reply = browser.post_json(&format!("/api/stream/{stream}"), request).await;
    assert_eq!(reply.verdict(), "200", "{request}: {}", reply.text());
    read(&reply.body)
}

fn rows(kind: &str, limit: u64, after: Option<&str>) -> Value {
    let mut rows = json!({ "limit": limit });
    if let Some(after) = after {
        rows["after"] = json!(after);
    }
    json!({ "project": "case", "query": { "from": { "objects": kind }, "answer": { "rows": rows } } })
}

fn object_type(id: &str, source: &str, table: &str) -> Value {
    let property = |id: &str, kind: &str| json!({ "id": id, "name": id, "column": id, "kind": kind, "searchable": kind == "text" });
    let second = if id == "same" { "value" } else { "name" };
    json!({
        "id": id, "name": id, "plural": id, "icon": "dot", "colour": 0, "source": source, "table": { "name": table },
        "key": ["id"], "title": format!("{{{second}}}"), "properties": [property("id", "integer"), property(second, "text")],
    })
}

fn external(id: &str, port: u16) -> Value {
    let settings = json!({ "host": "127.0.0.1", "port": port.to_string(), "database": "endless", "user": "postgres", "tls": "off" });
    json!({ "id": id, "name": id, "kind": "postgresql", "settings": settings })
}

/// People in a file, rows in a database, and more people where nobody answers.
fn project(own: &PersonId, database: u16, down: u16, seconds: u64) -> Project {
    let link = json!({
        "id": "alike", "name": "is like", "reverse": "is like", "plural": "likenesses", "from": "same", "to": "same",
        "directed": false, "join": { "by": "properties", "pairs": [{ "from": "value", "to": "value" }] },
    });
    let file = json!({ "id": "bank", "name": "Bank", "kind": "sqlite", "settings": { "file": "bank.sqlite" },
        "limits": { "seconds": seconds } });
    let project = json!({
        "id": "case", "name": "Case", "grants": [grant(own, access::ProjectRole::Own)],
        "sources": { "bank": file, "endless": external("endless", database), "down": external("down", down) },
        "object_types": {
            "person": object_type("person", "bank", "people"),
            "same": object_type("same", "bank", "same"),
            "row": object_type("row", "endless", "rows"),
            "stranger": object_type("stranger", "down", "people"),
        },
        "link_types": { "alike": link },
    });
    serde_json::from_value(project).expect("a project")
}

async fn case(database: u16) -> (World, Browser, tempfile::TempDir) {
    case_with(database, 60).await
}

/// The same, whose file may be read for so many seconds at a time.
async fn case_with(database: u16, seconds: u64) -> (World, Browser, tempfile::TempDir) {
    let files = tempfile::tempdir().expect("a folder");
    let file = rusqlite::Connection::open(files.path().join("bank.sqlite")).expect("a file");
    file.execute_batch(BANK).expect("a script");
    let (world, browser) = over(files.path(), database, seconds).await;
    (world, browser, files)
}

/// The same over files that are there.
async fn over(files: &Path, database: u16, seconds: u64) -> (World, Browser) {
    let world = World::start_with(&[("CLEW_SQLITE_DIR", &files.display().to_string())]).await;
    let mut browser = world.signed_in("own", &["Task.Manage"]).await;
    let own = browser.person().await;
    let down = free_port();
    world.put_project(&project(&own, database, down, seconds)).await;
    (world, browser)
}

fn assert_is_clear(fault: &Fault, code: Code) {
    assert_eq!(fault.code, code, "{fault:?}");
    assert!(!fault.sentence.is_empty() && !fault.remedy.is_empty(), "{fault:?}");
}

#[test]
fn a_source_that_is_down_fails_alone_and_says_what_to_do() {
    run(async {
        let (_world, mut browser, _files) = case(1).await;
        let failed = ask(&mut browser, "run_query", &rows("stranger", 5, None)).await;
        assert!(!failed.done && failed.rows.is_empty());
        assert_is_clear(&failed.failed.expect("a fault"), Code::SourceFailed);

        let search = json!({ "project": "case", "text": "ada", "object_types": ["person", "stranger"], "limit": 9 });
        let found = ask(&mut browser, "search", &search).await;
        assert!(found.done && found.failed.is_none(), "the search as a whole goes well");
        assert_eq!((found.rows.get(&0), found.closed[&0].fault.as_ref()), (Some(&3), None));
        let down = &found.closed[&1];
        assert_is_clear(down.fault.as_ref().expect("a fault"), Code::SourceFailed);
        assert_eq!(down.completeness.extent, Extent::Partial);
        let again = ask(&mut browser, "run_query", &rows("person", 5, None)).await;
        assert!(again.done, "and the others are not harmed");
    });
}

#[test]
fn a_source_that_goes_down_in_mid_stream_fails_the_answer_and_is_asked_again_next_time() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        make_endless(folder.path());
        let postgres = Postgres::shared();
        let (_world, mut browser, _files) = case(postgres.port).await;
        let request = rows("row", 900_000, None).to_string();
        let request = browser.written("POST", "/api/stream/run_query", &PAGE_HEADERS, request.as_bytes());
        let mut stream = TcpStream::connect(("127.0.0.1", browser.port)).await.expect("a server");
        stream.write_all(&request).await.expect("sent");
        // The reader takes a little and stops: the database is then blocked in sending.
        let mut answer = vec![0; 64 * 1024];
        stream.read_exact(&mut answer).await.expect("the first rows");
        assert!(end_sessions(postgres.port).await > 0, "it was running");
        stream.read_to_end(&mut answer).await.expect("the rest");
        let broken = read(&read_reply(&answer).expect("an answer").body);
        assert!(!broken.done, "a part is never called the whole");
        assert!(broken.rows[&0] > 0, "what came before stays");
        assert_is_clear(&broken.failed.expect("a fault"), Code::SourceFailed);
        let again = ask(&mut browser, "run_query", &rows("row", 5, None)).await;
        assert_eq!((again.done, again.rows[&0]), (true, 5));
    });
}

#[test]
fn a_file_that_is_cut_short_torn_or_no_database_says_so_and_who_can_mend_it() {
    run(async {
        let (_world, mut browser, files) = case(1).await;
        let path = files.path().join("bank.sqlite");
        let whole = std::fs::read(&path).expect("the file");
        let pages = whole.len() / 4_096;
        assert!(pages > 20, "there is something to cut");
        let mut torn = whole.clone();
        torn[4_096 * 2..].fill(0xaa);
        let damaged =
            (Code::SourceFailed, "The file is damaged or cannot be read.", "Ask the operator to look at the file.");
        let foreign = (Code::SourceFailed, "The file is no SQLite file.", "Choose another file.");
        let table: [(&str, &[u8], _); 6] = [
            ("half a file", &whole[..4_096 * (pages / 2)], damaged),
            ("a torn end", &whole[..whole.len() - 100], damaged),
            ("a page", &whole[..4_096], damaged),
            ("torn pages", &torn, damaged),
            ("a header", &whole[..100], damaged),
            ("text", b"this is no database at all, but a text of some length", foreign),
        ];
        for (what, bytes, (code, sentence, remedy)) in table {
            // Another file in its place, as whoever copies one there does it.
            std::fs::write(files.path().join("new"), bytes).expect("a file");
            std::fs::rename(files.path().join("new"), &path).expect("in its place");
            let (_world, mut browser) = over(files.path(), 1, 60).await;
            let answer = ask(&mut browser, "run_query", &rows("same", 30_000, None)).await;
            assert!(!answer.done, "{what}: a part is never called the whole");
            let fault = answer.failed.unwrap_or_else(|| panic!("{what}: no fault"));
            assert_eq!(
                (fault.code, fault.sentence.as_str(), fault.remedy.as_str()),
                (code, sentence, remedy),
                "{what}"
            );
            // Where only rows are torn, the tables can still be named.
            let expected = if what == "torn pages" { "200" } else { "502 source_failed" };
            let catalogue = browser.call("read_catalogue", &json!({ "project": "case", "source": "bank" })).await;
            assert_eq!(catalogue.verdict(), expected, "{what}: {}", catalogue.text());
        }
        std::fs::write(files.path().join("new"), &whole).expect("a file");
        std::fs::rename(files.path().join("new"), &path).expect("in its place");
        let again = ask(&mut browser, "run_query", &rows("same", 30_000, None)).await;
        assert_eq!((again.done, again.rows[&0]), (true, 25_000), "one that is whole is read");
    });
}

fn make_endless(folder: &Path) {
    let script = folder.join("script.sql");
    std::fs::write(&script, ENDLESS).expect("a script");
    Postgres::shared().run_script(&script);
}

/// Ends every session of the endless database, as its operator may; says how many there were.
async fn end_sessions(port: u16) -> i64 {
    let mut config = tokio_postgres::Config::new();
    config.host("127.0.0.1").port(port).user("postgres").dbname("postgres");
    let (client, connection) = config.connect(tokio_postgres::NoTls).await.expect("a connection");
    tokio::spawn(connection);
    let ended = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = 'endless'";
    client.query_one(ended, &[]).await.expect("an answer").get(0)
}

#[test]
fn a_link_that_matches_everything_is_cut_and_says_so() {
    run(async {
        let keys = |most: u32| (1..=most).map(|id| vec![id.to_string()]).collect::<Vec<_>>();
        let expand = |most| {
            let keys = keys(most);
            json!({ "project": "case", "link": "alike", "direction": "forward", "keys": keys, "order": "count", "limit": 50 })
        };
        let (_world, mut browser, _files) = case(1).await;
        let expanded = ask(&mut browser, "expand", &expand(1)).await;
        assert!(expanded.done && expanded.failed.is_none());
        assert_eq!(expanded.closed[&0].completeness.causes, [Cause::RowLimit(50)]);
        assert_eq!((expanded.rows[&0], expanded.rows[&1]), (50, 50));
        let count = json!({ "project": "case", "object_type": "same", "keys": keys(1_000) });
        let counted = ask(&mut browser, "count_links", &count).await;
        let counts: Vec<_> = counted.closed.values().flat_map(|close| &close.counts).collect();
        assert!(counted.done && counts.iter().all(|count| count.links.more && count.links.number <= 1_000));
        // Twenty-five million links: the time of one question ends before they do.
        let (_world, mut browser, _files) = case_with(1, 1).await;
        let slow = ask(&mut browser, "expand", &expand(1_000)).await;
        assert!(!slow.done);
        assert_is_clear(&slow.failed.expect("a fault"), Code::SourceSlow);
    });
}

#[test]
fn rows_with_the_same_key_or_none_are_all_paged_through_and_named() {
    run(async {
        let (_world, mut browser, _files) = case(1).await;
        for size in 1..=4 {
            let (mut seen, mut after, mut causes) = (0, None::<String>, Vec::new());
            loop {
                let page = ask(&mut browser, "run_query", &rows("person", size, after.as_deref())).await;
                assert!(page.done);
                seen += page.rows.get(&0).copied().unwrap_or_default();
                causes.extend(page.closed[&0].completeness.causes.clone());
                after = page.closed[&0].next.clone().map(|cursor| cursor.0);
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, 6, "pages of {size}");
            let empty = |cause: &Cause| if let Cause::EmptyKeys(rows) = cause { *rows } else { 0 };
            assert_eq!(causes.iter().map(empty).sum::<u64>(), 2, "pages of {size}");
        }
        let whole = ask(&mut browser, "run_query", &rows("person", 9, None)).await;
        assert_eq!(whole.closed[&0].completeness.causes, [Cause::DuplicateKeys(1), Cause::EmptyKeys(2)]);
    });
}

#[test]
fn a_question_that_cannot_be_answered_is_refused_with_a_remedy_before_any_source_is_asked() {
    run(async {
        let (_world, mut browser, _files) = case(1).await;
        let asked = |from: Value, filter: Value, answer: Value| json!({ "project": "case", "query": { "from": from, "filter": filter, "answer": answer } });
        let strangers = || json!({ "objects": "stranger" });
        let is = |field: Value, test: Value| json!({ "is": { "field": field, "test": test } });
        let all = || json!({ "all": [] });
        let deep = (0..20).fold(all(), |inner, _| json!({ "not": inner }));
        let many = vec!["x"; 10_001];
        let table = [
            (
                asked(json!({ "objects": "ghost" }), all(), json!("count")),
                "There is no object type \"ghost\" here.",
                "Load the project again.",
            ),
            (
                asked(strangers(), is(json!({ "own": "ghost" }), json!("empty")), json!("count")),
                "property \"ghost\" here.",
                "Load the project again.",
            ),
            (
                asked(strangers(), is(json!({ "own": "id" }), json!({ "equals": "many" })), json!("count")),
                "A value in the question is not of kind integer.",
                "Enter a whole number, like 42",
            ),
            (asked(strangers(), deep, json!("count")), "nested more than 16 deep.", "Take some of its brackets away."),
            (
                asked(strangers(), is(json!({ "own": "name" }), json!({ "in": many })), json!("count")),
                "The filter names more than 10000 values.",
                "Name fewer values, or ask in several steps.",
            ),
            (
                asked(strangers(), all(), json!({ "rows": { "limit": 0 } })),
                "The question asks for no rows.",
                "Ask for at least one.",
            ),
            (rows("stranger", 5, Some("AAAA")), "This page belongs to another", "Ask again from the first page."),
            (
                asked(json!({ "links": "ghost" }), all(), json!({ "rows": { "limit": 1 } })),
                "There is no link type \"ghost\" here.",
                "Load the project again.",
            ),
        ];
        for (request, sentence, remedy) in table {
            let reply = browser.post_json("/api/stream/run_query", &request).await;
            assert_eq!(reply.verdict(), "422 invalid", "{sentence}: {}", reply.text());
            for (part, said) in [("sentence", sentence), ("remedy", remedy)] {
                let text = reply.json()[part].as_str().unwrap_or_default().to_owned();
                assert!(text.contains(said), "{part}: {text}");
            }
        }
    });
}
