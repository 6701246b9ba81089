//! A proxy in front: whatever somebody sends through it, nobody else is given an answer that is not one's own.
//!
//! haproxy keeps connections to Clew and sends the requests of many over each. If the two ever disagreed about where a request
//! ends, the rest of it would be taken for the beginning of somebody else's. So hostile requests and plain ones go through it
//! side by side, and each plain one must have its own answer. Where haproxy is not installed, nothing runs.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use server::body::Pace;
use server::web::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::floods::{DATA, END_HEADERS, END_STREAM, HEADERS, block, frame};
use crate::ports::free_port;
use crate::program::not_run;
use crate::raw_requests::{badly_framed, post};
use crate::world::{Reply, World, read_reply, run};

/// How long anything may take to come about.
const PATIENCE: Duration = Duration::from_secs(60);
/// Hostile requests that are under way at once.
const AT_ONCE: usize = 4;
/// Plain ones beside each of these rounds.
const PLAIN: usize = 8;
/// Nobody asks for it but what is hidden in another request, and nothing else is answered as it is: with 303.
const HIDDEN: &str = "/sign-in";

/// A proxy that is ended with the test.
struct Haproxy {
    child: Child,
    /// Where it speaks HTTP/1, and where HTTP/2.
    ports: [u16; 2],
    _folder: tempfile::TempDir,
}

impl Haproxy {
    #[expect(clippy::disallowed_methods, reason = "the tests start other programs; the server starts nothing")]
    async fn start(program: &str, clew: u16) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let ports = [free_port(), free_port()];
        let [one, two] = ports;
        let text = format!(
            "global\n  maxconn 200\ndefaults\n  mode http\n  timeout connect 5s\n  timeout client 2s\n  timeout server 5s\n  \
             timeout http-request 1s\n  timeout http-keep-alive 300ms\n  http-reuse always\n  option forwardfor\n  \
             default_backend clew\nfrontend one\n  bind 127.0.0.1:{one}\nfrontend two\n  bind 127.0.0.1:{two} proto h2\n\
             backend clew\n  server clew 127.0.0.1:{clew}\n"
        );
        let file = folder.path().join("haproxy.cfg");
        std::fs::write(&file, text).expect("a file");
        let mut command = if Path::new("/usr/bin/setpriv").exists() {
            let mut command = Command::new("/usr/bin/setpriv");
            command.args(["--pdeathsig", "KILL", "--", program]);
            command
        } else {
            Command::new(program)
        };
        command.arg("-db").arg("-f").arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let haproxy = Self { child: command.spawn().expect("haproxy starts"), ports, _folder: folder };
        let listens = async {
            while TcpStream::connect(("127.0.0.1", one)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, listens).await.expect("haproxy listens");
        haproxy
    }
}

impl Drop for Haproxy {
    fn drop(&mut self) {
        drop(self.child.kill().and_then(|()| self.child.wait()));
    }
}

fn program() -> Option<&'static str> {
    let found = ["/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/usr/bin/haproxy"];
    let found = found.into_iter().find(|path| Path::new(path).is_file());
    if found.is_none() {
        not_run("through a proxy", "haproxy is not installed; `cargo verify` installs it where it can");
    }
    found
}

/// Sends bytes and takes whatever comes until the other side ends.
async fn sent(port: u16, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a proxy");
    drop(stream.write_all(bytes).await);
    let mut answer = Vec::new();
    let ended = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    assert!(ended.is_ok(), "the connection is ended: {}", String::from_utf8_lossy(bytes));
    answer
}

/// What plain requests are answered with: a path, and the status and body that are its own.
const OWN: [(&str, u16, &str); 3] = [
    ("/healthz", 200, "ok\n"),
    ("/readyz", 200, "ready\n"),
    ("/issuer/jwks-of-nobody", 404, "There is nothing at this address."),
];

/// One plain request; fails when its answer is somebody else's.
async fn plain(port: u16, clew: u16, number: usize) {
    let (path, status, said) = OWN[number % OWN.len()];
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost:{clew}\r\nconnection: close\r\n\r\n");
    let answer = sent(port, request.as_bytes()).await;
    let reply: Reply = read_reply(&answer).expect("an answer");
    assert!(reply.status == status && reply.text().contains(said), "{path}: {} {}", reply.status, reply.text());
}

/// Hostile requests beside plain ones; gives the status of every answer to a hostile one.
async fn beside(hostile: &[(String, Vec<u8>)], to: u16, haproxy: &Haproxy, clew: u16) -> Vec<(String, Vec<u8>)> {
    let mut came = Vec::new();
    for round in hostile.chunks(AT_ONCE) {
        let hostile = round.iter().map(async |(what, bytes)| (what.clone(), sent(to, bytes).await));
        let others = (0..PLAIN).map(|number| plain(haproxy.ports[0], clew, number));
        let (answers, _) = tokio::join!(futures::future::join_all(hostile), futures::future::join_all(others));
        came.extend(answers);
        for number in 0..PLAIN {
            plain(haproxy.ports[0], clew, number).await;
        }
    }
    came
}

/// A request that is hidden where another one may have ended.
fn hidden(clew: u16) -> String {
    format!("GET {HIDDEN} HTTP/1.1\r\nhost: localhost:{clew}\r\nx: ")
}

/// What a proxy may pass on although it can be read in two ways.
fn disguised(clew: u16) -> Vec<(String, Vec<u8>)> {
    let with = |what: &str, lines: &[&str], body: &str| (what.to_owned(), post(clew, lines, body));
    let hidden = hidden(clew);
    let behind = format!("0\r\n\r\n{hidden}");
    let length = format!("content-length: {}", behind.len());
    let short = format!("content-length: {}", hidden.len());
    let name = format!("content-length0{}:", "a".repeat(256));
    let mut all = vec![
        with("chunks, and a length behind them", &["transfer-encoding: chunked", &length], &behind),
        with("a length, and chunks behind a tab", &[&length, "transfer-encoding:\tchunked"], &behind),
        with("a length, and chunks in capitals", &[&length, "TRANSFER-ENCODING: CHUNKED"], &behind),
        with(
            "a length, and chunks twice",
            &[&length, "transfer-encoding: identity", "transfer-encoding: chunked"],
            &behind,
        ),
        with("a length, and chunks with an underscore", &[&length, "transfer_encoding: chunked"], &behind),
        with("a length, and chunks of a list", &[&length, "transfer-encoding: gzip, chunked"], &behind),
        with("a name that runs over", &[&name, &short], &hidden),
        with("a length of zero, and another", &["content-length: 0", &short], &hidden),
        with(
            "a wish to change the protocol",
            &["connection: upgrade", "upgrade: h2c", "http2-settings: AAMAAABkAAQAAP__"],
            &hidden,
        ),
        with("a wish to be told to go on", &["expect: 100-continue", &short], &hidden),
        with("a line of the connection that is the length", &["connection: close, content-length", &short], &hidden),
        with(
            "a chunk's note with a line feed",
            &["transfer-encoding: chunked"],
            &format!("2;a\nb\r\n{{}}\r\n{behind}"),
        ),
        with(
            "a trailer that is a length",
            &["transfer-encoding: chunked"],
            &format!("2\r\n{{}}\r\n0\r\ncontent-length: 9\r\n\r\n{hidden}"),
        ),
    ];
    let get = format!("GET /healthz HTTP/1.1\r\nhost: localhost:{clew}\r\n{short}\r\n\r\n{hidden}");
    all.push(("a body where none belongs".to_owned(), get.into_bytes()));
    let old = format!(
        "POST /healthz HTTP/1.0\r\nhost: localhost:{clew}\r\nconnection: keep-alive\r\n{length}\r\n\r\n{behind}"
    );
    all.push(("an old version".to_owned(), old.into_bytes()));
    let absolute =
        format!("GET http://localhost:{clew}/healthz HTTP/1.1\r\nhost: localhost:{clew}\r\n{short}\r\n\r\n{hidden}");
    all.push(("a whole address".to_owned(), absolute.into_bytes()));
    all
}

/// Requests of HTTP/2 that would be two, or of another length, once they are written down as HTTP/1.
fn written_down(clew: u16) -> Vec<(String, Vec<u8>)> {
    let host = format!("localhost:{clew}");
    let hidden = hidden(clew);
    let line = format!("a\r\n\r\n{hidden}");
    let path = format!("/healthz HTTP/1.1\r\nhost: {host}\r\n\r\n{hidden}");
    let method = format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\n\r\nGET");
    type Field<'t> = (&'t str, &'t str);
    let table: [(&str, &str, &str, &[Field<'_>]); 8] = [
        ("lines in a value", "POST", "/api/call/who_am_i", &[("x-odd", &line)]),
        ("lines in a name", "POST", "/api/call/who_am_i", &[("x-odd: a\r\nx-other", "a")]),
        ("lines in the path", "GET", &path, &[]),
        ("lines in the method", &method, "/healthz", &[]),
        ("chunks", "POST", "/api/call/who_am_i", &[("transfer-encoding", "chunked")]),
        ("too short a length", "POST", "/api/call/who_am_i", &[("content-length", "0")]),
        ("two lengths", "POST", "/api/call/who_am_i", &[("content-length", "0"), ("content-length", "9")]),
        ("a colon in a name", "POST", "/api/call/who_am_i", &[("content-length: 0\r\nx", "a")]),
    ];
    let begin = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(4, 0, 0, b"")].concat();
    let one = |(what, method, path, further): (&str, &str, &str, &[Field<'_>])| {
        let own = [(":method", method), (":path", path), (":scheme", "http"), (":authority", host.as_str())];
        let head = block(&[&own[..], further].concat());
        let body = frame(DATA, END_STREAM, 1, hidden.as_bytes());
        (format!("HTTP/2: {what}"), [begin.clone(), frame(HEADERS, END_HEADERS, 1, &head), body].concat())
    };
    table.into_iter().map(one).collect()
}

#[test]
fn whatever_comes_through_a_proxy_nobody_is_given_the_answer_of_somebody_else() {
    let Some(program) = program() else { return };
    run(async {
        let pace = Pace { whole: Duration::from_secs(2), window: Duration::from_millis(500), window_bytes: 1 };
        let limits = Limits { headers: Duration::from_secs(5), call: pace, file: pace, ..Limits::default() };
        let world = World::start_limited(limits, &[("CLEW_BEHIND_PROXY", "127.0.0.0/8")]).await;
        let clew = world.port;
        let haproxy = Haproxy::start(program, clew).await;
        let proper = sent(haproxy.ports[0], &post(clew, &["content-length: 2", "connection: close"], "{}")).await;
        assert_eq!(read_reply(&proper).expect("an answer").verdict(), "401 signed_out", "proper ones go through");
        let bad = badly_framed(clew).into_iter().map(|(what, bytes)| (what.to_owned(), bytes));
        let hostile: Vec<(String, Vec<u8>)> = bad.chain(disguised(clew)).collect();
        for (what, answer) in beside(&hostile, haproxy.ports[0], &haproxy, clew).await {
            let text = String::from_utf8_lossy(&answer).into_owned();
            // haproxy itself takes two requests behind each other for two, and Clew must agree; the hidden one is none.
            assert!(!text.contains("HTTP/1.1 303"), "{what}: {text}");
        }
        beside(&written_down(clew), haproxy.ports[1], &haproxy, clew).await;
    });
}

#[test]
fn an_answer_of_somebody_else_would_be_noticed() {
    let Some(program) = program() else { return };
    run(async {
        // What the chapter looks for is seen when it happens: a server that says more than it was asked.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut head = [0; 4_096];
                    while matches!(stream.read(&mut head).await, Ok(1..)) {
                        drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nother\n").await);
                    }
                });
            }
        });
        let haproxy = Haproxy::start(program, port).await;
        let other = tokio::spawn(async move { plain(haproxy.ports[0], port, 0).await }).await;
        assert!(other.is_err(), "an answer that is somebody else's is noticed");
    });
}
