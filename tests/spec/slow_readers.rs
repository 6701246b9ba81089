//! Those who ask and do not read, or read so slowly that they never come to an end: nobody keeps a place on the server by it.

use std::time::Duration;

use serde_json::{Value, json};
use server::web::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::floods::{ACK, Connection, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, frame, request};
use crate::postgres::Postgres;
use crate::streaming::rows_of;
use crate::world::{Browser, PAGE_HEADERS, World, grant, project_of_views, read_reply, run};

/// What whoever waits for the server waits at the very most.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the servers here wait for somebody who does not read.
const READING: Duration = Duration::from_secs(3);
/// The least buffer that the system gives: it is full at once.
const SMALL: u32 = 4_096;
/// Ten megabytes of rows, and a question that takes longer than anybody is waited for.
const ROWS: u64 = 20_000;
const SCRIPT: &str = "
create database reading;
\\c reading
create view rows as select i as id, repeat('x', 500) as name from generate_series(1, 20000) as i;
create view late as select i as id, 'x' || pg_sleep(6)::text as name from generate_series(1, 1) as i;
";

const WINDOW_UPDATE: u8 = 8;

/// A server with a project over the database `reading`, and somebody who may ask it.
async fn world(limits: Limits) -> (World, Browser) {
    let (postgres, folder) = (Postgres::shared(), tempfile::tempdir().expect("a folder"));
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let script = folder.path().join("script.sql");
        std::fs::write(&script, SCRIPT).expect("a script");
        postgres.run_script(&script);
    });
    let world = World::start_limited(limits, &[]).await;
    let mut own = world.signed_in("own", &["Task.Manage"]).await;
    let grants = [grant(&own.person().await, access::ProjectRole::Own)];
    world.put_project(&project_of_views("reading", postgres.port, &grants, &["rows", "late"])).await;
    (world, own)
}

fn limits() -> Limits {
    Limits { reading: READING, ..Limits::default() }
}

fn question(kind: &str) -> Value {
    let query = json!({ "from": { "objects": kind }, "answer": { "rows": { "limit": ROWS } } });
    json!({ "project": "bank", "query": query })
}

/// Asks for all rows through a buffer of so many bytes; the answer is not read yet.
async fn ask(browser: &Browser, buffer: u32) -> TcpStream {
    let body = question("rows").to_string();
    let asked = browser.written("POST", "/api/stream/run_query", &PAGE_HEADERS, body.as_bytes());
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(buffer).expect("a buffer");
    let mut stream = socket.connect(([127, 0, 0, 1], browser.port).into()).await.expect("a server");
    stream.write_all(&asked).await.expect("sent");
    stream
}

/// The status with which one more connection is answered.
async fn one_more(port: u16) -> u16 {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a server");
    let asked = format!("GET /healthz HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n\r\n");
    // One that is turned away may be so before it has asked.
    drop(stream.write_all(asked.as_bytes()).await);
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    read_reply(&answer).map_or(0, |reply| reply.status)
}

#[test]
fn whoever_does_not_read_an_answer_or_reads_a_byte_now_and_then_gives_up_the_place() {
    run(async {
        // Silent connections hold their places, so that it is the reader's that is given up.
        let limits = Limits { of_address: 4, opening: PATIENCE * 10, ..limits() };
        let (world, own) = world(limits).await;
        for trickles in [false, true] {
            let mut silent = Vec::new();
            let stream = ask(&own, SMALL).await;
            let (mut read, write) = stream.into_split();
            let reading = tokio::spawn(async move {
                let _write = write;
                while !trickles || read.read(&mut [0]).await.is_ok_and(|read| read == 1) {
                    sleep(Duration::from_millis(if trickles { 50 } else { 1_000 })).await;
                }
            });
            while one_more(world.port).await == 200 {
                silent.push(TcpStream::connect(("127.0.0.1", world.port)).await.expect("a server"));
            }
            assert!(silent.len() >= 2, "the places are taken, one of them by the reader");
            let given_up = async { while one_more(world.port).await != 200 {} };
            timeout(PATIENCE, given_up).await.unwrap_or_else(|_| panic!("the place is kept; trickles: {trickles}"));
            reading.abort();
            drop(silent);
            while one_more(world.port).await != 200 {}
        }
        let ended = timeout(PATIENCE, crate::written::ended(&world, "run_query")).await.expect("an end in the log");
        assert_eq!(ended.outcome.as_str(), "stopped");
    });
}

#[test]
fn whoever_reads_a_megabyte_a_second_gets_all_of_it() {
    run(async {
        let (_world, own) = world(limits()).await;
        let mut stream = ask(&own, 64 * 1024).await;
        let (mut answer, mut piece, began) = (Vec::new(), vec![0; 100_000], Instant::now());
        loop {
            let read = timeout(PATIENCE, stream.read(&mut piece)).await.expect("it goes on").expect("a whole answer");
            if read == 0 {
                break;
            }
            answer.extend_from_slice(&piece[..read]);
            sleep_until(began + Duration::from_micros(answer.len() as u64)).await;
        }
        assert!(began.elapsed() > READING * 2, "longer than anybody is waited for");
        assert_eq!(rows_of(&read_reply(&answer).expect("an answer").body), (ROWS, true));
    });
}

/// Asks on a stream of a connection, as the page does.
async fn ask_on(connection: &mut Connection, browser: &Browser, stream: u32, kind: &str) {
    let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let cookie = cookies.join("; ");
    let further = [&PAGE_HEADERS[..], &[("cookie", cookie.as_str())]].concat();
    let head = request(browser.port, "POST", "/api/stream/run_query", &further);
    connection.send(&frame(HEADERS, END_HEADERS, stream, &head)).await;
    connection.send(&frame(DATA, END_STREAM, stream, question(kind).to_string().as_bytes())).await;
}

/// Nothing may come on any stream until it is let through.
const SHUT: [u8; 6] = [0, 4, 0, 0, 0, 0];

/// Takes what comes until the server ends the connection, answers pings, and lets so many bytes through each time; gives what
/// came on a stream, and whether the connection was taken leave of.
async fn until_closed(connection: &mut Connection, let_through: Option<(u32, u32)>) -> (Vec<u8>, bool) {
    let (mut came_on, mut is_told) = (Vec::new(), false);
    let all = async {
        loop {
            let came = match timeout(Duration::from_millis(50), connection.next()).await {
                Ok(Some(came)) => Some(came),
                Ok(None) => return,
                Err(_) => None,
            };
            if let Some((stream, bytes)) = let_through {
                sleep(Duration::from_millis(20)).await;
                // It may be closed by now.
                drop(connection.try_send(&frame(WINDOW_UPDATE, 0, stream, &bytes.to_be_bytes())).await);
            }
            let Some(came) = came else { continue };
            match came.kind {
                GOAWAY => is_told = true,
                PING if came.flags & ACK == 0 => {
                    drop(connection.try_send(&frame(PING, ACK, 0, &came.payload)).await);
                }
                DATA if let_through.is_some_and(|(stream, _)| stream == came.stream) => came_on.extend(came.payload),
                _ => {}
            }
        }
    };
    timeout(PATIENCE, all).await.expect("the server closes the connection");
    (came_on, is_told)
}

#[test]
fn over_http_2_a_window_that_stays_shut_or_opens_by_a_byte_holds_no_connection() {
    run(async {
        let (world, own) = world(limits()).await;
        for let_through in [None, Some((1, 1))] {
            let mut connection = Connection::open_with(world.port, &SHUT).await;
            ask_on(&mut connection, &own, 1, "rows").await;
            let (came, is_told) = until_closed(&mut connection, let_through).await;
            assert!(is_told && came.len() < 10_000, "{} bytes came", came.len());
        }
    });
}

#[test]
fn over_http_2_a_small_answer_that_nobody_lets_through_holds_no_connection() {
    run(async {
        let world = World::start_limited(Limits { idle: Duration::from_secs(1), ..limits() }, &[]).await;
        let mut connection = Connection::open_with(world.port, &SHUT).await;
        let head = request(world.port, "GET", "/healthz", &[]);
        connection.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &head)).await;
        assert!(until_closed(&mut connection, None).await.1, "it is told before");
    });
}

#[test]
fn an_answer_beside_one_that_nobody_reads_comes_to_its_end() {
    run(async {
        let (world, own) = world(limits()).await;
        let mut connection = Connection::open_with(world.port, &SHUT).await;
        ask_on(&mut connection, &own, 1, "rows").await;
        ask_on(&mut connection, &own, 3, "late").await;
        let began = Instant::now();
        let (came, is_told) = until_closed(&mut connection, Some((3, 10_000))).await;
        assert!(began.elapsed() > READING, "the other one had been given up");
        assert_eq!((rows_of(&came), is_told), ((1, true), true));
    });
}

#[test]
fn over_http_2_a_slow_reader_gets_all_of_it() {
    run(async {
        let (world, own) = world(limits()).await;
        let mut connection = Connection::open_with(world.port, b"").await;
        ask_on(&mut connection, &own, 1, "rows").await;
        let (mut answer, began) = (Vec::new(), Instant::now());
        loop {
            let came = connection.next().await.expect("it goes on");
            if came.kind != DATA || came.stream != 1 {
                continue;
            }
            let bytes = u32::try_from(came.payload.len()).expect("a frame");
            answer.extend(came.payload);
            if came.flags & END_STREAM == END_STREAM {
                break;
            }
            sleep_until(began + Duration::from_micros(answer.len() as u64)).await;
            if bytes > 0 {
                let update = [
                    frame(WINDOW_UPDATE, 0, 0, &bytes.to_be_bytes()),
                    frame(WINDOW_UPDATE, 0, 1, &bytes.to_be_bytes()),
                ];
                connection.send(&update.concat()).await;
            }
        }
        assert!(began.elapsed() > READING * 2, "longer than anybody is waited for");
        assert_eq!(rows_of(&answer), (ROWS, true));
    });
}
