//! What every request is held to: its size, its depth, its address; how often a person may ask; and how many wait at once.

use std::time::Duration;

use serde_json::json;
use server::api::{Shape, table};
use server::web::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::world::{Browser, PAGE_HEADERS, Reply, World, read_reply, run, with_request};

/// How long anything may take to come about.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn every_request_of_the_table_has_a_limit_for_its_size_its_depth_its_address_and_its_head() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage", "Task.Audit", "Task.Read"]).await;
        let deep = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        let (long, longer) = ("a".repeat(8_000), "a".repeat(8_300));
        let heads: Vec<(String, String)> = (0..3).map(|number| (format!("x-{number}"), "a".repeat(6_000))).collect();
        let many: Vec<(String, String)> = (0..101).map(|number| (format!("x-{number}"), "a".to_owned())).collect();
        for entry in table() {
            let (path, what) = (entry.path(), entry.name);
            let in_address = |request: &str| {
                let pairs = [("wire", "1"), ("request", request)];
                let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
                format!("{path}?{query}")
            };
            if entry.shape == Shape::Upload {
                let reply = manager.send("POST", &in_address(&deep(65)), &PAGE_HEADERS, b"").await;
                assert_eq!(reply.verdict(), "400 malformed", "{what}");
                assert!(reply.text().contains("nested too deeply"), "{what}: {}", reply.text());
            } else {
                assert!(entry.most_bytes <= 4 << 20, "{what}: {} bytes", entry.most_bytes);
                let reply = manager.send("POST", &path, &PAGE_HEADERS, &vec![b' '; entry.most_bytes + 1]).await;
                assert_eq!(reply.verdict(), "413 too_large", "{what}");
                for (depth, expected) in [(64, false), (65, true), (60_000, true)] {
                    let reply = manager.send("POST", &path, &PAGE_HEADERS, deep(depth).as_bytes()).await;
                    let is_too_deep = reply.text().contains("nested too deeply");
                    let said = (reply.verdict(), is_too_deep);
                    let large = entry.most_bytes < 2 * depth;
                    assert!(large || said == ("400 malformed".to_owned(), expected), "{what}, {depth} deep: {said:?}");
                }
            }
            let reply = manager.send("POST", &format!("{path}?x={longer}"), &PAGE_HEADERS, b"{}").await;
            assert_eq!(reply.verdict(), "414 too_large", "{what}");
            let reply = manager.send("POST", &format!("{path}?x={long}"), &PAGE_HEADERS, b"{").await;
            assert_eq!(reply.status, 400, "{what}: a shorter one is read");
            for (lines, verdict) in [(&heads, "431 too_large"), (&many, "431")] {
                let lines = lines.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                let headers: Vec<(&str, &str)> = PAGE_HEADERS.into_iter().chain(lines).collect();
                let reply = manager.send("POST", &path, &headers, b"{}").await;
                assert_eq!(reply.verdict(), verdict, "{what}: {}", reply.text());
            }
        }
        assert_eq!(manager.call("who_am_i", &json!({})).await.status, 200);
    });
}

#[test]
fn whoever_is_not_signed_in_makes_the_server_read_no_body_on_any_route() {
    run(async {
        let world = World::start().await;
        for entry in table() {
            let mut path = entry.path();
            if entry.shape == Shape::Upload {
                path = with_request(&path, &json!({}));
            }
            let headers = [&PAGE_HEADERS[..], &[("content-length", "60000")]].concat();
            let head = String::from_utf8(world.browser().written("GET", &path, &headers, b"")).expect("text");
            let mut stream = TcpStream::connect(("127.0.0.1", world.port)).await.expect("a server");
            stream.write_all(head.replacen("GET", "POST", 1).as_bytes()).await.expect("sent");
            let mut answer = Vec::new();
            tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("no wait").expect("read");
            assert_eq!(read_reply(&answer).expect("an answer").verdict(), "401 signed_out", "{}", entry.name);
        }
    });
}

/// Asks until something else than `verdict` comes; gives how often, and what came.
async fn until_other(browser: &mut Browser, verdict: &str, most: usize) -> (usize, Reply) {
    for asked in 0..most {
        let reply = browser.call("who_am_i", &json!({})).await;
        if reply.verdict() != verdict {
            return (asked, reply);
        }
    }
    panic!("{most} times {verdict}");
}

#[test]
fn a_person_who_asks_without_end_is_told_to_wait_and_nobody_else() {
    run(async {
        let world = World::start_with(&[("CLEW_CALLS_PER_SECOND", "4")]).await;
        let mut greedy = world.signed_in("greedy", &["Task.Read"]).await;
        let person = greedy.person().await;
        let mut other = world.signed_in("other", &["Task.Read"]).await;
        let began = tokio::time::Instant::now();
        let (asked, refused) = until_other(&mut greedy, "200", 1_000).await;
        let most = 8.0 + 4.0 * began.elapsed().as_secs_f64();
        // Who they are was asked already.
        assert!(asked >= 7 && asked as f64 <= most + 1.0, "twice as many at once, then so many a second: {asked}");
        assert_eq!(refused.verdict(), "429 busy");
        assert_eq!(refused.header("retry-after"), "2");
        assert!(refused.text().contains("too many requests") && refused.text().contains("Wait"), "{}", refused.text());
        // Every shape is counted, whatever window it comes from.
        let mut window = greedy.clone();
        for (path, body) in
            [("/api/stream/search", "{}"), ("/api/download/export_rows", "{}"), ("/api/upload/upload_file", "")]
        {
            let refused = async {
                loop {
                    let reply = window.send("POST", path, &PAGE_HEADERS, body.as_bytes()).await;
                    if reply.verdict() == "429 busy" {
                        return;
                    }
                }
            };
            tokio::time::timeout(PATIENCE, refused).await.unwrap_or_else(|_| panic!("{path} is not counted"));
        }
        assert_eq!(other.call("who_am_i", &json!({})).await.status, 200, "everybody has one's own");
        assert_eq!(world.browser().get("/healthz").await.status, 200);
        tokio::time::sleep(Duration::from_millis(600)).await;
        assert_eq!(greedy.call("who_am_i", &json!({})).await.status, 200, "a moment later one may ask again");
        world.server.audit.flush_refusals(true).await.expect("written");
        let entries = world.audit(100).await;
        let of_greedy: Vec<_> = entries.iter().filter(|entry| entry.outcome.as_str() != "done").collect();
        assert_eq!(of_greedy.len(), 1, "one entry for a person and a minute, however much comes: {of_greedy:?}");
        assert_eq!((of_greedy[0].call.as_str(), of_greedy[0].person.as_str()), ("refused", person.as_str()));
        let details: serde_json::Value = serde_json::from_slice(&of_greedy[0].details).expect("JSON");
        assert!(details["count"].as_u64() >= Some(4), "{details}");
        assert!(details["reasons"].as_array().is_some_and(|reasons| reasons.contains(&json!("busy"))), "{details}");
    });
}

#[test]
fn beyond_what_can_wait_one_is_told_to_try_again_and_health_is_told_nevertheless() {
    run(async {
        let world = World::start_limited(Limits { waiting: 2, ..Limits::default() }, &[]).await;
        let mut reader = world.signed_in("reader", &["Task.Read"]).await;
        let headers = [&PAGE_HEADERS[..], &[("content-length", "2")]].concat();
        let head = String::from_utf8(reader.written("GET", "/api/call/who_am_i", &headers, b"")).expect("text");
        let head = format!("{}{{", head.replacen("GET", "POST", 1));
        let mut held = Vec::new();
        // One after the other, and nothing else meanwhile: each takes a place and waits for its last byte.
        let refused = async {
            loop {
                let mut stream = TcpStream::connect(("127.0.0.1", world.port)).await.expect("a server");
                stream.write_all(head.as_bytes()).await.expect("sent");
                held.push(stream);
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                let reply = reader.call("who_am_i", &json!({})).await;
                if reply.status != 200 {
                    return reply;
                }
            }
        };
        let refused = tokio::time::timeout(PATIENCE, refused).await.expect("a refusal");
        assert_eq!((refused.verdict().as_str(), refused.header("retry-after")), ("503 busy", "2"));
        assert!(refused.text().contains("more to do than it can"), "{}", refused.text());
        for path in ["/healthz", "/readyz"] {
            assert_eq!(world.browser().get(path).await.status, 200, "{path} is never refused");
        }
        let mut first = held.remove(0);
        first.write_all(b"}").await.expect("sent");
        let mut answer = Vec::new();
        first.read_to_end(&mut answer).await.expect("an answer");
        assert_eq!(read_reply(&answer).expect("an answer").status, 200, "what was begun is answered");
        let again = async { while reader.call("who_am_i", &json!({})).await.status != 200 {} };
        tokio::time::timeout(PATIENCE, again).await.expect("room again");
    });
}

#[test]
fn an_address_that_floods_the_routes_of_signing_in_waits_whichever_of_them_it_takes() {
    run(async {
        let world = World::start_with(&[("CLEW_BEHIND_PROXY", "127.0.0.0/8")]).await;
        let token = async |address: &str| {
            let headers = [("content-type", "application/x-www-form-urlencoded"), ("x-forwarded-for", address)];
            world
                .browser()
                .send("POST", "/issuer/token", &headers, b"grant_type=refresh_token&refresh_token=guess")
                .await
        };
        for number in 0..600 {
            assert_ne!(token("198.51.100.7").await.status, 429, "{number}");
        }
        for path in ["/issuer/token", "/issuer/keys", "/sign-in", "/sign-in/callback?code=a&state=b"] {
            let refused = world.browser().send("GET", path, &[("x-forwarded-for", "198.51.100.7")], b"").await;
            assert_eq!((refused.verdict().as_str(), refused.header("retry-after")), ("429 busy", "2"), "{path}");
        }
        assert_ne!(token("203.0.113.9").await.status, 429, "everybody else goes on");
        world.clock.pass(jiff::SignedDuration::from_secs(60));
        assert_ne!(token("198.51.100.7").await.status, 429, "a minute later the address may go on");
    });
}

#[test]
fn an_address_that_brings_in_files_without_end_waits_whoever_it_is_and_nothing_else_does() {
    run(async {
        let world = World::start().await;
        let mut reader = world.signed_in("reader", &["Task.Read"]).await;
        let path = with_request("/api/upload/upload_file", &json!({ "project": "bank", "name": "people.csv" }));
        for number in 0..600 {
            let browser = if number % 2 == 0 { &mut reader } else { &mut world.browser() };
            let reply = browser.send("POST", &path, &PAGE_HEADERS, b"a\n1\n").await;
            assert!([401, 404].contains(&reply.status), "{number}: {} {}", reply.status, reply.text());
        }
        for browser in [&mut reader, &mut world.browser()] {
            let refused = browser.send("POST", &path, &PAGE_HEADERS, b"a\n1\n").await;
            assert_eq!(refused.verdict(), "429 busy", "{}", refused.text());
            assert_eq!(refused.json()["sentence"], "Too many requests with files come from your address.");
            assert!(refused.text().contains("Wait a minute") && refused.header("retry-after") == "2");
        }
        assert_eq!(reader.call("who_am_i", &json!({})).await.status, 200);
        assert_eq!(world.browser().get("/sign-in").await.status, 303);
        world.clock.pass(jiff::SignedDuration::from_secs(60));
        assert_eq!(
            reader.send("POST", &path, &PAGE_HEADERS, b"a\n1\n").await.status,
            404,
            "a minute later it may again"
        );
    });
}
