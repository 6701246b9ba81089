//! The end of the process, and what must not end it: signals, a panic, a clock that steps, files that run out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use server::sign_in::transport::{HttpRequest, HttpResponse, Transport, Unreachable};
use server::web::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wire::frame::{Decoder, Frame};

use crate::postgres::Postgres;
use crate::program::{Place, Serving, changed, clew, environment, finish, not_run};
use crate::secrets::first_manager;
use crate::world::{Browser, PAGE_HEADERS, World, grant, project_of_views, read_reply, run, with_request, within};

/// How long anything may take to come about.
const PATIENCE: Duration = Duration::from_secs(60);

const SCRIPT: &str = "
create database ending;
\\c ending
create view asleep as select i as id, 'x' || pg_sleep(600)::text as name from generate_series(1, 3) as i;
";

fn question() -> Value {
    let query = json!({ "from": { "objects": "asleep" }, "answer": { "rows": { "limit": 10 } } });
    json!({ "project": "bank", "query": query })
}

/// How many queries the database is busy with.
async fn running(watcher: &tokio_postgres::Client) -> i64 {
    let text = "select count(*) from pg_stat_activity where datname = 'ending' and state = 'active'";
    watcher.query_one(text, &[]).await.expect("a count").get(0)
}

async fn until(what: &str, holds: impl AsyncFnMut() -> bool) {
    within(PATIENCE, what, holds).await;
}

/// The last frame of an answer, as it came over HTTP.
fn last_frame(answer: &[u8]) -> Option<Frame> {
    let mut decoder = Decoder::new();
    decoder.push(&read_reply(answer)?.body);
    let mut last = None;
    while let Ok(Some(frame)) = decoder.next_frame() {
        last = Some(frame);
    }
    last
}

#[test]
fn an_answer_that_outlives_the_wait_is_told_to_end_and_its_query_and_its_entry_end_with_it() {
    run(async {
        let (postgres, folder) = (Postgres::shared(), tempfile::tempdir().expect("a folder"));
        let script = folder.path().join("script.sql");
        std::fs::write(&script, SCRIPT).expect("a script");
        postgres.run_script(&script);
        let limits = Limits { drain: Duration::from_millis(500), ..Limits::default() };
        let mut world = World::start_limited(limits, &[]).await;
        let mut own = world.signed_in("own", &["Task.Manage"]).await;
        world
            .put_project(&project_of_views(
                "ending",
                postgres.port,
                &[grant(&own.person().await, access::ProjectRole::Own)],
                &["asleep"],
            ))
            .await;
        let mut config = tokio_postgres::Config::new();
        config.host("127.0.0.1").port(postgres.port).user("postgres").dbname("postgres");
        let (watcher, connection) = config.connect(tokio_postgres::NoTls).await.expect("a connection");
        tokio::spawn(connection);

        let request = own.written("POST", "/api/stream/run_query", &PAGE_HEADERS, question().to_string().as_bytes());
        let mut stream = TcpStream::connect(("127.0.0.1", world.port)).await.expect("a server");
        stream.write_all(&request).await.expect("sent");
        until("the query", async || running(&watcher).await == 1).await;

        world.stop.send_replace(true);
        let mut answer = Vec::new();
        tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it ends").expect("read");
        match last_frame(&answer) {
            Some(Frame::Failed(fault)) => assert!(fault.sentence.contains("is being stopped"), "{fault:?}"),
            other => panic!("the answer ends with a sentence: {other:?}"),
        }
        tokio::time::timeout(PATIENCE, &mut world.answering).await.expect("it ends").expect("no panic");
        until("the end of the query", async || running(&watcher).await == 0).await;
        let entry = world.audit(20).await.into_iter().find(|entry| entry.call == "run_query").expect("an entry");
        assert_eq!(entry.outcome.as_str(), "failed", "its end is written down before the process ends");
        assert!(TcpStream::connect(("127.0.0.1", world.port)).await.is_err(), "and nobody listens any more");
    });
}

/// Begins a file and does not end it.
async fn begin_file(browser: &Browser) -> TcpStream {
    let path = with_request("/api/upload/upload_file", &json!({ "project": "bank", "name": "people.csv" }));
    let headers = [&PAGE_HEADERS[..], &[("content-length", "60000")]].concat();
    let head =
        String::from_utf8(browser.written("GET", &path, &headers, b"")).expect("text").replacen("GET", "POST", 1);
    let mut stream = TcpStream::connect(("127.0.0.1", browser.port)).await.expect("a server");
    stream.write_all(format!("{head}a,b\n1,2\n").as_bytes()).await.expect("sent");
    stream
}

/// The outcomes of a call in the audit log of a server that has ended.
fn outcomes(place: &Place, call: &str) -> Vec<String> {
    let file = place.folder.path().join("audit.jsonl").display().to_string();
    let base = environment(&place.store, place.port);
    let exported = finish(&["audit", "export", &file, "--call", call], &changed(&base, &[]));
    assert!(exported.status.success(), "{exported:?}");
    let text = std::fs::read_to_string(&file).expect("a file");
    let entries = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    entries.filter_map(|entry| entry["outcome"].as_str().map(str::to_owned)).collect()
}

#[test]
fn the_first_signal_lets_work_go_on_and_the_second_ends_it_at_once_and_in_order() {
    run(async {
        let place = Place::new().await;
        let serving = place.serve(&[]).await;
        let mut browser = first_manager(&serving, place.port).await;
        let made = browser.call("create_project", &json!({ "id": "bank", "name": "Bank" })).await;
        assert_eq!(made.verdict(), "200", "{}", made.text());
        let mut file = begin_file(&browser).await;
        let idle = TcpStream::connect(("127.0.0.1", place.port)).await.expect("a server");
        tokio::time::sleep(Duration::from_millis(300)).await;

        serving.signal("TERM");
        until("no new connections", async || TcpStream::connect(("127.0.0.1", place.port)).await.is_err()).await;
        tokio::time::sleep(Duration::from_millis(700)).await;
        let process = format!("/proc/{}", serving.process());
        assert!(std::path::Path::new(&process).exists(), "the file may still come: {}", serving.said());
        file.write_all(b"3,4\n").await.expect("it is still taken");

        serving.signal("TERM");
        let (code, said) = tokio::time::timeout(Duration::from_secs(15), serving.ended()).await.expect("at once");
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("stopping now"), "{said}");
        drop((file, idle));
        let ends = outcomes(&place, "upload_file");
        assert!(
            matches!(ends.as_slice(), [end] if end == "failed" || end == "stopped"),
            "its end is written: {ends:?}"
        );
        let verified = finish(&["audit", "verify"], &changed(&environment(&place.store, place.port), &[]));
        assert!(verified.status.success(), "{verified:?}");
    });
}

/// An issuer elsewhere whose library panics, once it is told to.
struct Panicking(Arc<AtomicBool>);

impl Transport for Panicking {
    fn send(&self, _: HttpRequest) -> BoxFuture<'static, Result<HttpResponse, Unreachable>> {
        let panics = self.0.load(Ordering::Acquire);
        async move {
            assert!(!panics, "planted: a library panics");
            Err(Unreachable("planted: the line is cut".to_owned()))
        }
        .boxed()
    }
}

#[test]
fn a_handler_that_panics_is_answered_with_a_number_and_ends_nothing_else() {
    run(async {
        let further = [("CLEW_OIDC_ISSUER", "https://issuer.example"), ("CLEW_OIDC_CLIENT_ID", "clew")];
        let panics = Arc::new(AtomicBool::new(false));
        let issuer = Arc::new(Panicking(panics.clone()));
        let change = |outside: server::start::Outside| server::start::Outside { issuer: Some(issuer), ..outside };
        let world = World::start_among(Limits::default(), &further, change).await;
        assert_eq!(world.browser().get("/sign-in").await.status, 502, "an issuer that is away is told as such");
        panics.store(true, Ordering::Release);
        for _ in 0..3 {
            let broken = world.browser().get("/sign-in").await;
            assert_eq!(broken.verdict(), "500 internal", "{}", broken.text());
            let number = broken.header("clew-request");
            assert!(number.len() == 16 && broken.text().contains(number), "{}", broken.text());
            assert!(!broken.text().contains("planted"), "{}", broken.text());
            assert_eq!(broken.header("x-content-type-options"), "nosniff", "as every answer");
            assert_eq!(world.browser().get("/readyz").await.status, 200);
        }
        panics.store(false, Ordering::Release);
        assert_eq!(world.browser().get("/sign-in").await.status, 502, "and it goes on as before");
    });
}

/// Whether the server is ready; it is not while its clock is behind what was written down, and says what to do.
async fn assert_is_ready(world: &World, expected: bool) {
    let reply = world.browser().get("/readyz").await;
    let now = world.server.clock.now();
    if expected {
        assert_eq!((reply.status, reply.text().as_str()), (200, "ready\n"), "{now}");
        return;
    }
    assert_eq!(reply.status, 503, "{now}: {}", reply.text());
    assert!(reply.text().starts_with("not ready: clock_back\n"), "{}", reply.text());
    assert!(reply.text().contains("Set the clock"), "{}", reply.text());
}

#[test]
fn a_clock_that_was_put_back_turns_readiness_red_until_time_passes_what_was_written_and_nobody_is_kept_from_working() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        assert_is_ready(&world, true).await;
        world.clock.pass(SignedDuration::from_mins(-10));
        assert_is_ready(&world, false).await;
        // Whatever is asked now is written down under the time that holds, and the server still knows.
        let seen = manager.call("look_at_health", &json!({ "again": true })).await;
        assert_eq!(seen.verdict(), "200", "{}", seen.text());
        let findings = seen.json()["findings"].clone();
        let clock = findings.as_array().expect("findings").iter().find(|finding| finding["check"] == "clock");
        let clock = clock.expect("the clock is looked at");
        assert_eq!(clock["state"], "bad", "{clock}");
        assert!(clock["said"].as_str().is_some_and(|said| said.contains("600 seconds before an entry")), "{clock}");
        assert!(clock["remedy"].as_str().is_some_and(|remedy| remedy.starts_with("Set the clock")), "{clock}");
        assert_is_ready(&world, false).await;
        let steps = world.audit(50).await.into_iter().filter(|entry| entry.call == "clock_back").count();
        assert_eq!(steps, 1, "one step is one entry");
        world.clock.pass(SignedDuration::from_mins(10));
        assert_is_ready(&world, true).await;
    });
}

#[test]
fn a_clock_that_is_set_anywhere_breaks_nothing() {
    run(async {
        let world = World::start().await;
        let mut reader = world.signed_in("reader", &["Task.Read"]).await;
        let start = world.server.clock.now();
        let mut highest = start;
        let moments = [
            "2026-11-20T10:10:00Z",
            "2026-11-20T09:50:00Z",
            "2026-11-21T10:00:00Z",
            "2026-11-19T10:00:00Z",
            "1970-01-01T00:00:00Z",
            "2038-01-19T03:14:08Z",
            "2100-02-28T23:59:59Z",
        ];
        for moment in moments {
            let then: Timestamp = moment.parse().expect("a moment");
            let step = then.duration_since(world.server.clock.now());
            world.clock.pass(step);
            let who = reader.call("who_am_i", &json!({})).await.status;
            assert!([200, 401].contains(&who), "{moment}: {who}");
            for path in ["/healthz", "/", "/sign-in"] {
                let reply = world.browser().get(path).await;
                assert!(reply.status < 500, "{moment}: {path}: {} {}", reply.status, reply.text());
            }
            assert_is_ready(&world, then >= highest).await;
            highest = highest.max(then);
            let mut anew = world.browser();
            world.add_person(&format!("at-{}", then.as_second().unsigned_abs()), &["Task.Read"]).await;
            let name = format!("at-{}", then.as_second().unsigned_abs());
            let arrived = anew.sign_in(&name, crate::world::PASSWORD).await;
            assert_eq!(arrived.status, 303, "{moment}: somebody signs in: {}", arrived.text());
            assert_eq!(anew.call("who_am_i", &json!({})).await.status, 200, "{moment}");
            let back: SignedDuration = start.duration_since(world.server.clock.now());
            world.clock.pass(back);
        }
        let mut after = world.browser();
        assert_eq!(after.sign_in("reader", crate::world::PASSWORD).await.status, 303);
        assert_eq!(after.call("who_am_i", &json!({})).await.status, 200, "afterwards all is as before");
        server::upkeep::once(&world.server).await.expect("upkeep");
        let verdict = world.server.store.verify_audit(Vec::new()).await.expect("a verdict");
        assert!(matches!(verdict, server::store::Verdict::Whole { .. }), "{verdict:?}");
    });
}

#[test]
#[expect(clippy::disallowed_methods, reason = "prlimit starts the program with fewer files")]
fn a_server_that_runs_out_of_files_waits_and_recovers() {
    run(async {
        let place = Place::new().await;
        let base = environment(&place.store, place.port);
        let settings = changed(&base, &[]);
        let program = clew(&["serve"], &settings);
        let mut command = std::process::Command::new("prlimit");
        command
            .arg("--nofile=64:64")
            .arg(program.get_program())
            .arg("serve")
            .env_clear()
            .envs(settings.iter().copied());
        command.env("PATH", "/usr/bin:/bin").stdin(std::process::Stdio::null());
        let serving = Serving::start_by(command, place.folder.path(), place.port).await;
        let mut held = Vec::new();
        for _ in 0..200 {
            held.push(TcpStream::connect(("127.0.0.1", place.port)).await.expect("the system takes it"));
        }
        until("a word in the log", async || serving.said().contains("a connection could not be accepted")).await;
        let before = std::fs::read_to_string(format!("/proc/{}/stat", serving.process())).expect("a process");
        assert!(!before.contains(") Z "), "it lives");
        drop(held);
        let ready = format!("GET /readyz HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\n\r\n", place.port);
        assert_eq!(crate::world::exchange(place.port, ready.as_bytes()).await.status, 200, "served again");
        let lines = serving.said().lines().filter(|line| line.contains("could not be accepted")).count();
        assert!(lines < 2_000, "it does not run in circles: {lines} lines");
        serving.end();
    });
}

/// What makes a program believe in another time, where it is installed.
fn other_time() -> Option<std::path::PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let mut libraries = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    libraries.find(|library| library.is_file())
}

#[test]
fn a_program_whose_machine_has_another_year_serves() {
    let Some(library) = other_time() else {
        not_run("another year", "faketime is not installed; `cargo verify` installs it where it can");
        return;
    };
    run(async {
        let place = Place::new().await;
        let base = environment(&place.store, place.port);
        // Forward over the end of 32 bits, then back by decades on the same store.
        for (number, time) in ["2044-02-29 23:59:50", "2026-11-20 10:00:00"].into_iter().enumerate() {
            let mut command = clew(&["serve"], &changed(&base, &[]));
            command.env("LD_PRELOAD", &library).env("FAKETIME", format!("@{time}")).env("TZ", "UTC");
            // A clock that is wrong runs as fast as any other.
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
            let serving = Serving::listening_by(command, place.folder.path(), place.port).await;
            let mut browser = Browser { port: place.port, cookies: std::collections::BTreeMap::new() };
            let ready = browser.get("/readyz").await;
            assert_eq!(
                (ready.status, ready.text().contains("clock_back")),
                [(200, false), (503, true)][number],
                "{time}"
            );
            if number == 0 {
                let mut manager = first_manager(&serving, place.port).await;
                assert_eq!(manager.call("who_am_i", &json!({})).await.status, 200);
            }
            assert_eq!(browser.get("/sign-in").await.status, 303, "{time}");
            let said = serving.end();
            assert!(said.contains(time.split('-').next().unwrap_or_default()), "it believes in {time}: {said}");
        }
        let verified = finish(&["audit", "verify"], &changed(&base, &[]));
        assert!(verified.status.success(), "{verified:?}");
    });
}
