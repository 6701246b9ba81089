//! Requests as bytes: whatever two parsers could read differently is refused and ends the connection, so that nothing behind
//! it is ever taken for a request.

use std::time::Duration;

use serde_json::Value;
use server::body::Pace;
use server::web::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::world::{World, run};

/// How long anything may take to come about.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends bytes, and gives the status of every answer until the server ends the connection.
async fn answers(port: u16, bytes: &[u8]) -> Vec<u16> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a server");
    // One that refuses early may close before everything is sent.
    drop(stream.write_all(bytes).await);
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    assert!(ended.is_ok(), "the connection is ended: {}", String::from_utf8_lossy(bytes));
    let text = String::from_utf8_lossy(&answer).into_owned();
    let parts = text.split("HTTP/1.1 ").skip(1);
    parts.filter_map(|part| part.get(..3)?.parse().ok()).collect()
}

/// Limits under which what never comes is given up soon.
fn short() -> Limits {
    let pace = Pace { whole: Duration::from_secs(2), window: Duration::from_millis(500), window_bytes: 1 };
    Limits { headers: Duration::from_millis(700), call: pace, file: pace, ..Limits::default() }
}

/// A request of a page that is signed in nowhere, with further lines of its head and a body.
pub(crate) fn post(port: u16, lines: &[&str], body: &str) -> Vec<u8> {
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    let head = "content-type: application/json\r\nclew-wire: 1\r\nsec-fetch-site: same-origin\r\n";
    format!("POST /api/call/who_am_i HTTP/1.1\r\nhost: localhost:{port}\r\n{head}{lines}\r\n{body}").into_bytes()
}

/// Health, asked for with these lines instead of a proper head; a line end is written by whoever asks.
fn get(target: &str, lines: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\n{lines}\r\n").into_bytes()
}

const CHUNKED: &str = "transfer-encoding: chunked";

/// A proper request, which must not be answered behind one that is none.
fn behind(port: u16) -> String {
    format!("GET /healthz HTTP/1.1\r\nhost: localhost:{port}\r\n\r\n")
}

/// Requests with something odd in their frame, each with what it is.
pub(crate) fn badly_framed(port: u16) -> Vec<(&'static str, Vec<u8>)> {
    let with = |lines: &[&str], body: &str| post(port, lines, &format!("{body}{}", behind(port)));
    let long = "a".repeat(20_000);
    vec![
        ("length and chunks", with(&["content-length: 2", CHUNKED], "0\r\n\r\n")),
        ("chunks and length", with(&[CHUNKED, "content-length: 5"], "0\r\n\r\n")),
        ("two lengths", with(&["content-length: 2", "content-length: 3"], "{}")),
        ("two lengths in a line", with(&["content-length: 2, 3"], "{}")),
        ("a length with a sign", with(&["content-length: +2"], "{}")),
        ("a length below nothing", with(&["content-length: -1"], "{}")),
        ("a length that overflows", with(&["content-length: 99999999999999999999"], "{}")),
        ("a length in hexadecimal", with(&["content-length: 0x2"], "{}")),
        ("a length that is empty", with(&["content-length: "], "{}")),
        ("a length of words", with(&["content-length: two"], "{}")),
        ("chunks of another name", with(&["transfer-encoding: xchunked"], "0\r\n\r\n")),
        ("chunks and not", with(&["transfer-encoding: chunked, identity"], "0\r\n\r\n")),
        ("chunks in quotes", with(&["transfer-encoding: \"chunked\""], "0\r\n\r\n")),
        ("chunks behind a tab", with(&["transfer-encoding: \x0bchunked"], "0\r\n\r\n")),
        ("chunks with a space before the colon", with(&["transfer-encoding : chunked"], "0\r\n\r\n")),
        ("a length with a space before the colon", with(&["content-length : 2"], "{}")),
        ("a folded line", with(&["x-folded: a\r\n b", "content-length: 2"], "{}")),
        ("a folded line of a tab", with(&["x-folded: a\r\n\tcontent-length: 9", "content-length: 2"], "{}")),
        ("a line end within a value", with(&["x-odd: a\rb", "content-length: 2"], "{}")),
        ("nothing within a value", with(&["x-odd: a\0b", "content-length: 2"], "{}")),
        ("a name with a space", with(&["x odd: a", "content-length: 2"], "{}")),
        ("a name with a sign", with(&["x(odd): a", "content-length: 2"], "{}")),
        ("an empty name", with(&[": a", "content-length: 2"], "{}")),
        ("a line without a colon", with(&["nothing here", "content-length: 2"], "{}")),
        ("a first line that begins with a space", with(&[" x: a", "content-length: 2"], "{}")),
        ("a chunk's size that overflows", with(&[CHUNKED], "fffffffffffffffff\r\n{}\r\n0\r\n\r\n")),
        ("a chunk's size below nothing", with(&[CHUNKED], "-2\r\n{}\r\n0\r\n\r\n")),
        ("a chunk's size of words", with(&[CHUNKED], "two\r\n{}\r\n0\r\n\r\n")),
        ("a chunk that is longer than it says", with(&[CHUNKED], "1\r\n{}\r\n0\r\n\r\n")),
        ("a chunk's note that does not end", with(&[CHUNKED], &format!("2;{long}{long}\r\n{{}}\r\n0\r\n\r\n"))),
        ("no version", format!("GET /healthz\r\nhost: localhost:{port}\r\n\r\n").into_bytes()),
        ("another version", format!("GET /healthz HTTP/1.2\r\nhost: localhost:{port}\r\n\r\n").into_bytes()),
        ("version 3", format!("GET /healthz HTTP/3\r\nhost: localhost:{port}\r\n\r\n").into_bytes()),
        ("a version in small letters", format!("GET /healthz http/1.1\r\nhost: localhost:{port}\r\n\r\n").into_bytes()),
        ("two spaces", format!("GET  /healthz HTTP/1.1\r\nhost: localhost:{port}\r\n\r\n").into_bytes()),
        ("a tab for a space", format!("GET\t/healthz HTTP/1.1\r\nhost: localhost:{port}\r\n\r\n").into_bytes()),
        ("an empty method", format!(" /healthz HTTP/1.1\r\nhost: localhost:{port}\r\n\r\n").into_bytes()),
        ("an odd method", format!("G(T /healthz HTTP/1.1\r\nhost: localhost:{port}\r\n\r\n").into_bytes()),
        ("no target", format!("GET HTTP/1.1\r\nhost: localhost:{port}\r\n\r\n").into_bytes()),
        ("a target without a slash", get("healthz", &format!("host: localhost:{port}\r\n"))),
        ("a target of two words", get("/healthz /other", &format!("host: localhost:{port}\r\n"))),
        ("a target with a sign of no text", get("/health\x01z", &format!("host: localhost:{port}\r\n"))),
        ("a handshake", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()),
        ("something else", b"EHLO localhost\r\nMAIL FROM:<a@b>\r\n\r\n".to_vec()),
    ]
}

#[test]
fn framing_that_two_parsers_could_read_differently_is_refused_and_ends_the_connection() {
    run(async {
        let world = World::start_limited(short(), &[]).await;
        let port = world.port;
        for (what, bytes) in &badly_framed(port) {
            let statuses = answers(port, bytes).await;
            assert!(statuses.len() <= 1, "{what}: nothing behind it is answered: {statuses:?}");
            // Those that are signed in nowhere are refused before their body is looked at.
            assert!(statuses.iter().all(|status| *status >= 400), "{what}: {statuses:?}");
        }
        for control in [
            post(port, &["content-length: 2", "connection: close"], "{}"),
            post(port, &[CHUNKED, "connection: close"], "2\r\n{}\r\n0\r\n\r\n"),
        ] {
            assert_eq!(answers(port, &control).await, [401], "and proper framing is read");
        }
        let twice = [post(port, &["content-length: 2"], "{}"), behind(port).into_bytes()].concat();
        assert_eq!(answers(port, &twice).await, [401, 200], "two proper requests are two");
    });
}

#[test]
fn a_line_end_without_a_return_hides_no_second_request() {
    run(async {
        let world = World::start_limited(short(), &[]).await;
        let port = world.port;
        // RFC 9112, 2.2 lets a server take a lone line feed for a line end, and the library does. What matters: where the
        // head ends is where it would end with both signs, and the length of the body is the same.
        let one = format!("GET /healthz HTTP/1.1\nhost: localhost:{port}\nconnection: close\n\n");
        assert_eq!(answers(port, one.as_bytes()).await, [200]);
        let foreign = format!("GET /healthz HTTP/1.1\nhost: localhost:{port}\nhost: evil.example\n\n");
        assert_eq!(answers(port, foreign.as_bytes()).await, [421]);
        let both = format!(
            "POST /api/call/who_am_i HTTP/1.1\nhost: localhost:{port}\ncontent-length: 2\ntransfer-encoding: chunked\n\n{{}}"
        );
        let statuses = answers(port, both.as_bytes()).await;
        assert!(statuses.len() <= 1 && statuses.iter().all(|status| *status >= 400), "{statuses:?}");
    });
}

#[test]
fn every_place_that_names_a_host_names_one_of_ours() {
    run(async {
        let world = World::start_limited(short(), &[]).await;
        let port = world.port;
        let own = format!("localhost:{port}");
        let close = "connection: close\r\n";
        let refused: Vec<(String, String)> = vec![
            ("/healthz".to_owned(), close.to_owned()),
            ("/healthz".to_owned(), format!("host: evil.example\r\n{close}")),
            ("/healthz".to_owned(), format!("host: {own}\r\nhost: evil.example\r\n{close}")),
            ("/healthz".to_owned(), format!("host: {own}\r\nhost: {own}\r\n{close}")),
            ("/healthz".to_owned(), format!("host: {own}, evil.example\r\n{close}")),
            ("/healthz".to_owned(), format!("host: {own}@evil.example\r\n{close}")),
            ("/healthz".to_owned(), format!("host: evil.example#{own}\r\n{close}")),
            ("/healthz".to_owned(), format!("host: localhost\r\n{close}")),
            ("/healthz".to_owned(), format!("host: localhost:1\r\n{close}")),
            ("/healthz".to_owned(), format!("host:\r\n{close}")),
            ("http://evil.example/healthz".to_owned(), format!("host: {own}\r\n{close}")),
            (format!("http://{own}/healthz"), format!("host: evil.example\r\n{close}")),
            (format!("http://{own}@evil.example/healthz"), format!("host: {own}\r\n{close}")),
            ("/".to_owned(), format!("host: rebound.example:{port}\r\n{close}")),
            ("/api/call/who_am_i".to_owned(), format!("host: rebound.example:{port}\r\n{close}")),
        ];
        for (target, lines) in refused {
            let statuses = answers(port, &get(&target, &lines)).await;
            assert!(matches!(statuses.as_slice(), [421 | 400]), "{target} {lines:?}: {statuses:?}");
        }
        for (target, lines) in [("/healthz".to_owned(), &own), (format!("http://{own}/healthz"), &own)] {
            assert_eq!(answers(port, &get(&target, &format!("host: {lines}\r\n{close}"))).await, [200], "{target}");
        }
        let old = format!("GET /healthz HTTP/1.0\r\nhost: {own}\r\n\r\n");
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a server");
        stream.write_all(old.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an answer");
        assert!(answer.starts_with(b"HTTP/1.0 200 "), "an old client is answered and let go");
    });
}

/// The address under which the audit log counts a request with these headers.
async fn counted(proxies: &str, forwarded: &[&str], further: &[(&str, &str)]) -> (String, Vec<u8>) {
    let world = World::start_with(&[("CLEW_BEHIND_PROXY", proxies)]).await;
    let lines = forwarded.iter().map(|line| ("x-forwarded-for", *line));
    let headers: Vec<(&str, &str)> =
        crate::world::PAGE_HEADERS.into_iter().chain(lines).chain(further.iter().copied()).collect();
    world.browser().send("POST", "/api/call/who_am_i", &headers, b"{}").await;
    world.server.audit.flush_refusals(true).await.expect("written");
    let details: Value = serde_json::from_slice(&world.audit(1).await[0].details).expect("JSON");
    let left = world.browser().send("GET", "/sign-in", further, b"").await;
    let location = left.header("location").replace(&world.port.to_string(), "PORT");
    let place = location.split('?').next().unwrap_or_default().as_bytes().to_vec();
    (details["address"].as_str().unwrap_or_default().to_owned(), place)
}

#[test]
fn a_forwarded_address_is_the_last_that_no_trusted_proxy_has_and_nothing_else_is_believed() {
    run(async {
        let trusted = "127.0.0.0/8, 10.0.0.0/8, 2001:db8::/32";
        let table: [(&str, &[&str], &str); 15] = [
            ("", &["198.51.100.7"], "127.0.0.1"),
            ("10.0.0.0/8", &["198.51.100.7"], "127.0.0.1"),
            (trusted, &[], "127.0.0.1"),
            (trusted, &["198.51.100.7"], "198.51.100.7"),
            (trusted, &["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
            (trusted, &["203.0.113.9", "198.51.100.7"], "198.51.100.7"),
            (trusted, &["203.0.113.9, 198.51.100.7, 10.1.2.3"], "198.51.100.7"),
            (trusted, &["198.51.100.7, 2001:db8::5", "10.1.2.3"], "198.51.100.7"),
            (trusted, &["198.51.100.7:4711"], "198.51.100.7"),
            (trusted, &["[2001:db9::7]:4711"], "2001:db9::"),
            (trusted, &["::ffff:198.51.100.7"], "198.51.100.7"),
            // What a client put there lies before what nobody can read, and is not believed for it.
            (trusted, &["203.0.113.9, unknown"], "127.0.0.1"),
            (trusted, &["203.0.113.9, _hidden, 10.1.2.3"], "127.0.0.1"),
            (trusted, &["203.0.113.9,"], "127.0.0.1"),
            (trusted, &["10.1.2.3"], "127.0.0.1"),
        ];
        for (proxies, forwarded, expected) in table {
            assert_eq!(counted(proxies, forwarded, &[]).await.0, expected, "{proxies:?}, {forwarded:?}");
        }
        let others = [
            ("forwarded", "for=203.0.113.9;host=evil.example;proto=https"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-port", "1"),
            ("x-forwarded-prefix", "/evil"),
            ("x-forwarded-uri", "/api/call/people"),
            ("x-original-url", "/api/call/people"),
            ("x-rewrite-url", "/api/call/people"),
            ("x-real-ip", "203.0.113.9"),
            ("x-client-ip", "203.0.113.9"),
            ("true-client-ip", "203.0.113.9"),
            ("clew-client-address", "203.0.113.9"),
            ("x-http-method-override", "DELETE"),
        ];
        let plain = counted(trusted, &["198.51.100.7"], &[]).await;
        assert_eq!(String::from_utf8_lossy(&plain.1), "http://localhost:PORT/issuer/authorize");
        assert_eq!(counted(trusted, &["198.51.100.7"], &others).await, plain, "not even from a trusted proxy");
    });
}

#[test]
fn nobody_is_signed_in_by_a_header() {
    run(async {
        let world = World::start_with(&[("CLEW_BEHIND_PROXY", "127.0.0.0/8")]).await;
        world.add_person("ada", &["Task.Manage"]).await;
        let names = [
            "x-webauth-user",
            "x-remote-user",
            "remote-user",
            "x-forwarded-user",
            "x-forwarded-email",
            "x-auth-request-user",
            "x-auth-request-email",
            "x-forwarded-preferred-username",
            "x-user",
            "x-ms-client-principal",
            "x-ms-client-principal-name",
            "x-amzn-oidc-data",
            "cf-access-authenticated-user-email",
            "x-goog-authenticated-user-email",
            "ssl-client-cert",
            "x-ssl-client-s-dn",
            "x-clew-person",
            "clew-person",
            "proxy-authorization",
        ];
        for name in names {
            for value in ["ada", "ada@example.org"] {
                let headers = [&crate::world::PAGE_HEADERS[..], &[(name, value)]].concat();
                let reply = world.browser().send("POST", "/api/call/who_am_i", &headers, b"{}").await;
                assert_eq!(reply.verdict(), "401 signed_out", "{name}: {value}");
            }
        }
        for value in ["Basic YWRhOmNvcnJlY3QgaG9yc2UgYmF0dGVyeSBzdGFwbGU=", "Bearer ada", "Negotiate YWRh"] {
            let headers = [&crate::world::PAGE_HEADERS[..], &[("authorization", value)]].concat();
            let reply = world.browser().send("POST", "/api/call/who_am_i", &headers, b"{}").await;
            assert_eq!(reply.verdict(), "401 signed_out", "{value}");
        }
    });
}
