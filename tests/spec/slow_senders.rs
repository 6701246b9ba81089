//! Those who send slowly, or never come to an end: nobody keeps a place on the server by it.

use std::time::Duration;

use serde_json::json;
use server::body::Pace;
use server::web::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::program::Place;
use crate::secrets::first_manager;
use crate::world::{Browser, PAGE_HEADERS, Reply, World, project, read_reply, run, with_request};

/// What whoever waits for the server waits at the very most.
const PATIENCE: Duration = Duration::from_secs(60);

/// Limits that a test can wait for.
fn short() -> Limits {
    let pace = Pace { whole: Duration::from_secs(2), window: Duration::from_millis(500), window_bytes: 1 };
    Limits {
        opening: Duration::from_millis(300),
        headers: Duration::from_millis(600),
        call: pace,
        file: Pace { whole: Duration::from_secs(3600), window_bytes: 50_000, ..pace },
        ..Limits::default()
    }
}

async fn connect(port: u16) -> TcpStream {
    TcpStream::connect(("127.0.0.1", port)).await.expect("a server")
}

/// Sends `begin`, then one byte after the other (or nothing) until the server ends the connection; gives what it said.
async fn trickle(port: u16, begin: &[u8], drops: bool) -> Vec<u8> {
    let mut stream = connect(port).await;
    stream.write_all(begin).await.expect("sent");
    let (mut read, mut write) = stream.into_split();
    let dripping = tokio::spawn(async move {
        while drops && write.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Held open, so that it is the server that ends it.
        std::future::pending::<()>().await;
    });
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, read.read_to_end(&mut answer)).await;
    dripping.abort();
    assert!(ended.is_ok(), "the server waits: {}", String::from_utf8_lossy(begin));
    answer
}

/// A request whose body is said to be longer than what is sent of it, on a connection that could go on.
fn unfinished(browser: &Browser, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let length = ("content-length", "60000");
    let whole = browser.written("GET", path, &[headers, &[length]].concat(), b"");
    let head = String::from_utf8(whole).expect("text").replacen("GET", "POST", 1).replace("connection: close\r\n", "");
    [head.as_bytes(), body].concat()
}

#[test]
fn a_body_that_trickles_or_stops_is_answered_with_408_on_every_kind_of_route() {
    run(async {
        let world = World::start_limited(short(), &[]).await;
        let mut own = world.signed_in("own", &["Task.Manage"]).await;
        world.put_project(&project("bank", &own.person().await)).await;
        let upload = with_request("/api/upload/upload_file", &json!({ "project": "bank", "name": "people.csv" }));
        let form = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        let table: [(&str, &[(&str, &str)]); 5] = [
            ("/api/call/who_am_i", &PAGE_HEADERS),
            ("/api/stream/run_query", &PAGE_HEADERS),
            (&upload, &PAGE_HEADERS),
            ("/issuer/authorize", &form),
            ("/issuer/token", &form),
        ];
        for (path, headers) in table {
            for drops in [false, true] {
                let reply = read_reply(&trickle(world.port, &unfinished(&own, path, headers, b"{"), drops).await);
                let reply = reply.unwrap_or_else(|| panic!("{path}: no answer"));
                assert_eq!(reply.verdict(), "408 too_slow", "{path}, {drops}: {}", reply.text());
                assert!(reply.json()["remedy"].as_str().is_some_and(|remedy| remedy.contains("network")), "{path}");
                assert_eq!(reply.header("connection"), "close", "{path}");
            }
        }
        let begun = world.audit(20).await.into_iter().filter(|entry| entry.call == "upload_file");
        let ends: Vec<String> = begun.map(|entry| entry.outcome.as_str().to_owned()).collect();
        assert_eq!(ends, ["failed", "failed"], "both files are written down");
        assert_eq!(world.server.store.uploads().await, Ok(Vec::new()), "and nothing is left of them");
        let whole = own.upload(&json!({ "project": "bank", "name": "people.csv" }), b"a,b\n1,2\n").await;
        assert_eq!(whole.verdict(), "200", "one that comes is taken: {}", whole.text());
    });
}

#[test]
fn somebody_who_is_not_signed_in_is_refused_before_the_body_is_waited_for() {
    run(async {
        let world = World::start().await;
        let upload = with_request("/api/upload/upload_file", &json!({ "project": "bank", "name": "people.csv" }));
        for path in ["/api/call/who_am_i", upload.as_str()] {
            let request = unfinished(&world.browser(), path, &PAGE_HEADERS, b"{");
            let reply = read_reply(&trickle(world.port, &request, false).await).expect("an answer");
            assert_eq!(reply.verdict(), "401 signed_out", "{path}");
        }
    });
}

#[test]
fn a_body_in_pieces_is_taken_as_one() {
    run(async {
        let world = World::start().await;
        let reader = world.signed_in("reader", &["Task.Read"]).await;
        let request = reader.written("POST", "/api/call/who_am_i", &PAGE_HEADERS, b"{        }");
        let mut stream = connect(world.port).await;
        for piece in request.chunks(3) {
            stream.write_all(piece).await.expect("sent");
            stream.flush().await.expect("sent");
        }
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an answer");
        assert_eq!(read_reply(&answer).expect("an answer").verdict(), "200");
    });
}

#[test]
fn a_connection_that_does_not_come_to_a_request_is_closed() {
    run(async {
        let world = World::start_limited(short(), &[]).await;
        let begun = format!("GET /healthz HTTP/1.1\r\nhost: localhost:{}\r\n", world.port);
        let answered = format!("{begun}\r\n");
        let table: [(&str, &[u8], bool); 7] = [
            ("nothing at all", b"", false),
            ("the beginning of either protocol", b"P", false),
            ("half the preface of HTTP/2", b"PRI * HTTP/2.0\r\n", false),
            ("half a line", b"GET /heal", false),
            ("headers without an end", begun.as_bytes(), false),
            ("a header that trickles", [begun.as_bytes(), b"x-slow: "].concat().leak(), true),
            ("an answer, and then nothing", answered.as_bytes(), false),
        ];
        for (what, begin, drops) in table {
            let said = trickle(world.port, begin, drops).await;
            let status = read_reply(&said).map(|reply| reply.status);
            assert_eq!(status, (what.starts_with("an answer")).then_some(200), "{what}");
        }
    });
}

async fn health(world: &World, stream: &mut TcpStream) -> Option<Reply> {
    let request = format!("GET /healthz HTTP/1.1\r\nhost: localhost:{}\r\n\r\n", world.port);
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = vec![0; 4_096];
    let came = stream.read(&mut answer).await.ok()?;
    read_reply(&answer[..came])
}

#[test]
fn an_address_has_so_many_connections_and_a_trusted_proxy_has_more() {
    run(async {
        for (proxies, refused) in [("", true), ("127.0.0.0/8", false)] {
            let limits = Limits { of_address: 3, ..Limits::default() };
            let world = World::start_limited(limits, &[("CLEW_BEHIND_PROXY", proxies)]).await;
            let mut held = Vec::new();
            for _ in 0..3 {
                let mut stream = connect(world.port).await;
                assert_eq!(health(&world, &mut stream).await.map(|reply| reply.status), Some(200));
                held.push(stream);
            }
            let mut answer = Vec::new();
            let mut one_more = connect(world.port).await;
            if !refused {
                assert_eq!(health(&world, &mut one_more).await.map(|reply| reply.status), Some(200));
                continue;
            }
            one_more.read_to_end(&mut answer).await.expect("an answer without a question");
            let reply = read_reply(&answer).expect("an answer");
            assert_eq!(reply.verdict(), "429 busy");
            assert!(reply.text().contains("CLEW_BEHIND_PROXY"), "{}", reply.text());
            held.pop();
            // The server sees the end of the connection a moment later.
            let again = async {
                while health(&world, &mut connect(world.port).await).await.map(|reply| reply.status) != Some(200) {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(PATIENCE, again).await.expect("room for another one");
        }
    });
}

/// Begins a file and stops before its end; the connection is open as long as what is given.
async fn begin_file(browser: &Browser, bytes: usize) -> TcpStream {
    let path = with_request("/api/upload/upload_file", &json!({ "project": "bank", "name": "people.csv" }));
    let length = (bytes + 1).to_string();
    let whole = browser.written("GET", &path, &[&PAGE_HEADERS[..], &[("content-length", &length)]].concat(), b"");
    let head = String::from_utf8(whole).expect("text").replacen("GET", "POST", 1);
    let mut stream = connect(browser.port).await;
    stream.write_all(head.as_bytes()).await.expect("sent");
    let line = b"name,zip\n".repeat(100_000);
    let mut left = bytes;
    while left > 0 {
        let piece = left.min(line.len());
        stream.write_all(&line[..piece]).await.expect("sent");
        left -= piece;
    }
    stream
}

#[test]
fn a_person_brings_in_so_many_files_at_once_and_the_next_is_told_to_wait() {
    run(async {
        let world = World::start().await;
        let mut own = world.signed_in("own", &["Task.Manage"]).await;
        let mut other = world.signed_in("other", &["Task.Manage"]).await;
        let mut bank = project("bank", &own.person().await);
        bank.grants.push(crate::world::grant(&other.person().await, access::ProjectRole::Own));
        world.put_project(&bank).await;
        let request = json!({ "project": "bank", "name": "people.csv" });
        let mut coming = Vec::new();
        for begun in 1..=4 {
            coming.push(begin_file(&own, 20).await);
            while world.audit(20).await.iter().filter(|entry| entry.call == "upload_file").count() < begun {
                tokio::task::yield_now().await;
            }
        }
        // Written down a moment before it takes its place.
        let fifth = async {
            loop {
                let fifth = own.upload(&request, b"a,b\n1,2\n").await;
                if fifth.status != 200 {
                    return fifth;
                }
            }
        };
        let fifth = tokio::time::timeout(PATIENCE, fifth).await.expect("a refusal");
        assert_eq!(fifth.verdict(), "429 busy", "{}", fifth.text());
        assert!(fifth.text().contains("4 files already") && fifth.text().contains("Wait"), "{}", fifth.text());
        assert_eq!(
            other.upload(&request, b"a,b\n1,2\n").await.verdict(),
            "200",
            "somebody else has places of one's own"
        );
        coming.pop();
        let again = async { while own.upload(&request, b"a,b\n1,2\n").await.status != 200 {} };
        tokio::time::timeout(PATIENCE, again).await.expect("a place, when one has gone");
    });
}

#[test]
fn a_file_without_a_length_or_longer_than_said_is_refused() {
    run(async {
        let world = World::start().await;
        let mut own = world.signed_in("own", &["Task.Manage"]).await;
        world.put_project(&project("bank", &own.person().await)).await;
        let path = with_request("/api/upload/upload_file", &json!({ "project": "bank", "name": "people.csv" }));
        let chunked = [&PAGE_HEADERS[..], &[("transfer-encoding", "chunked")]].concat();
        let head =
            String::from_utf8(own.written("GET", &path, &chunked, b"")).expect("text").replacen("GET", "POST", 1);
        let request = format!("{head}8\r\na,b\n1,2\n\r\n0\r\n\r\n");
        let reply = crate::world::exchange(world.port, request.as_bytes()).await;
        assert_eq!(reply.verdict(), "400 malformed");
        assert!(reply.text().contains("Content-Length"), "{}", reply.text());
        let most = (wire::upload::MOST_FILE_BYTES + 1).to_string();
        let large = [&PAGE_HEADERS[..], &[("content-length", &most)]].concat();
        let head = String::from_utf8(own.written("GET", &path, &large, b"")).expect("text").replacen("GET", "POST", 1);
        let reply = crate::world::exchange(world.port, head.as_bytes()).await;
        assert_eq!(reply.verdict(), "413 too_large", "before a byte of it has come");
    });
}

/// The bytes of one file, and what the server may grow by while four of them come.
const FILE_BYTES: usize = 24 << 20;
const MOST_GROWTH_KIB: u64 = 40 * 1024;

#[test]
fn files_that_come_in_at_once_are_not_held_in_memory() {
    run(async {
        let place = Place::new().await;
        let serving = place.serve(&[]).await;
        let mut browser = first_manager(&serving, place.port).await;
        let made = browser.call("create_project", &json!({ "id": "bank", "name": "Bank" })).await;
        assert_eq!(made.verdict(), "200", "{}", made.text());
        let small = browser.upload(&json!({ "project": "bank", "name": "small.csv" }), b"a,b\n1,2\n").await;
        assert_eq!(small.verdict(), "200", "{}", small.text());
        serving.peak_kib();
        let before = serving.peak_kib();
        let coming: Vec<_> = (0..4)
            .map(|_| {
                let browser = browser.clone();
                tokio::spawn(async move { begin_file(&browser, FILE_BYTES).await })
            })
            .collect();
        let mut held = Vec::new();
        for file in coming {
            held.push(file.await.expect("all of it is taken, but for the last byte"));
        }
        let peak = serving.peak_kib();
        assert!(peak < before + MOST_GROWTH_KIB, "it grew from {before} KiB to {peak} KiB");
        drop(held);
        drop(serving.end());
    });
}
