//! HTTP/2, frame by frame: whoever sends without end is closed, and nobody else notices.

use std::time::Duration;

use server::web::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::world::{World, run};

/// How long anything may take to come about.
const PATIENCE: Duration = Duration::from_secs(60);
/// More than anybody sends who works.
const FLOOD: u32 = 100_000;

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
pub(crate) const ACK: u8 = 1;
pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short payload").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Header fields as literals that nobody keeps (RFC 7541, 6.2.2), each shorter than 127 bytes or written with the longer form.
pub(crate) fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let text = |text: &str| {
        let length = text.len();
        let mut bytes = match length {
            0..127 => vec![u8::try_from(length).expect("a length")],
            _ => {
                let (mut rest, mut bytes) = (length - 127, vec![127]);
                while rest >= 128 {
                    bytes.push(u8::try_from(rest % 128).expect("seven bits") | 128);
                    rest /= 128;
                }
                bytes.push(u8::try_from(rest).expect("seven bits"));
                bytes
            }
        };
        bytes.extend_from_slice(text.as_bytes());
        bytes
    };
    fields.iter().flat_map(|(name, value)| [vec![0], text(name), text(value)].concat()).collect()
}

pub(crate) fn request(port: u16, method: &str, path: &str, further: &[(&str, &str)]) -> Vec<u8> {
    let host = format!("localhost:{port}");
    let own = [(":method", method), (":path", path), (":scheme", "http"), (":authority", host.as_str())];
    block(&[&own[..], further].concat())
}

/// One frame of the server's.
#[derive(Debug)]
pub(crate) struct Came {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

pub(crate) struct Connection {
    stream: TcpStream,
    came: Vec<u8>,
}

impl Connection {
    async fn open(port: u16) -> Self {
        Self::open_with(port, b"").await
    }

    /// A connection that asks for these settings.
    pub(crate) async fn open_with(port: u16, settings: &[u8]) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a server");
        let begin = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(SETTINGS, 0, 0, settings)].concat();
        stream.write_all(&begin).await.expect("sent");
        Self { stream, came: Vec::new() }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("sent");
    }

    /// The same where the server may have closed it.
    pub(crate) async fn try_send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// The next frame; none at the end of the connection.
    pub(crate) async fn next(&mut self) -> Option<Came> {
        loop {
            if let [high, middle, low, kind, flags, a, b, c, d, rest @ ..] = self.came.as_slice() {
                let length = usize::from(*high) << 16 | usize::from(*middle) << 8 | usize::from(*low);
                if rest.len() >= length {
                    let stream = u32::from_be_bytes([*a, *b, *c, *d]);
                    let came = Came { kind: *kind, flags: *flags, stream, payload: rest[..length].to_vec() };
                    self.came.drain(..9 + length);
                    return Some(came);
                }
            }
            let read = tokio::time::timeout(PATIENCE, self.stream.read_buf(&mut self.came)).await.expect("no wait");
            if !matches!(read, Ok(1..)) {
                return None;
            }
        }
    }

    /// The first frame of a kind on a stream.
    async fn until(&mut self, kind: u8, stream: u32) -> Came {
        loop {
            let came = self.next().await.expect("the connection is open");
            assert_ne!(came.kind, GOAWAY, "{came:?}");
            if (came.kind, came.stream) == (kind, stream) && (kind != PING || came.flags & ACK == ACK) {
                return came;
            }
        }
    }
}

/// Whether a request of its own connection is answered well: `:status: 200` is the eighth field of the table.
async fn is_answered(port: u16) -> bool {
    let mut connection = Connection::open(port).await;
    connection.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &request(port, "GET", "/healthz", &[]))).await;
    connection.until(HEADERS, 1).await.payload.first() == Some(&0x88)
}

/// Sends frames one after the other until the server closes; gives how many it took, or none when it took all.
async fn flood(port: u16, first: &[u8], piece: impl Fn(u32) -> Vec<u8>) -> Option<u32> {
    let mut connection = Connection::open(port).await;
    connection.send(first).await;
    let (mut read, mut write) = connection.stream.into_split();
    // What comes back is read, so that it is not a full buffer that ends it.
    let reading = tokio::spawn(async move {
        let mut bytes = vec![0; 64 * 1024];
        while matches!(read.read(&mut bytes).await, Ok(1..)) {}
    });
    for number in 0..FLOOD {
        let sent = tokio::time::timeout(PATIENCE, write.write_all(&piece(number))).await.expect("it is read or closed");
        if sent.is_err() || reading.is_finished() {
            return Some(number);
        }
    }
    // The last of it may still lie in buffers when the server has made up its mind.
    let ended = tokio::time::timeout(Duration::from_secs(5), reading).await;
    ended.is_ok().then_some(FLOOD)
}

#[test]
fn a_flood_of_any_kind_is_closed_and_nobody_else_notices() {
    run(async {
        let world = World::start().await;
        let port = world.port;
        assert!(is_answered(port).await, "a request as it should be");
        let get = request(port, "GET", "/healthz", &[]);
        let post = frame(HEADERS, END_HEADERS, 1, &request(port, "POST", "/api/call/who_am_i", &[]));
        let open = frame(HEADERS, 0, 1, &get);
        let large = block(&[("x-a", "b")]).repeat(500);
        type Piece<'a> = Box<dyn Fn(u32) -> Vec<u8> + 'a>;
        let floods: [(&str, &[u8], Piece<'_>); 7] = [
            ("pings", b"", Box::new(|_| frame(PING, 0, 0, b"12345678"))),
            ("settings", b"", Box::new(|_| frame(SETTINGS, 0, 0, b"\x00\x04\x00\x00\xff\xff"))),
            ("priorities", b"", Box::new(|_| frame(2, 0, 1, b"\x00\x00\x00\x00\x10"))),
            ("unknown frames", b"", Box::new(|_| frame(99, 0, 0, b"x"))),
            ("data without data", &post, Box::new(|_| frame(DATA, 0, 1, b""))),
            ("headers that go on", &open, Box::new(|_| frame(CONTINUATION, 0, 1, &large))),
            (
                "requests that are taken back",
                b"",
                Box::new(|number| {
                    let stream = 2 * number + 1;
                    let ask = frame(HEADERS, END_HEADERS | END_STREAM, stream, &get);
                    [ask, frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())].concat()
                }),
            ),
        ];
        for (what, first, piece) in floods {
            let closed = flood(port, first, piece).await;
            assert!(closed.is_some(), "{what}: {FLOOD} of them were taken");
            assert!(is_answered(port).await, "{what}: nobody else notices");
        }
    });
}

#[test]
fn a_few_pings_are_answered_each() {
    run(async {
        let world = World::start().await;
        let mut connection = Connection::open(world.port).await;
        for number in 0..100_u64 {
            connection.send(&frame(PING, 0, 0, &number.to_be_bytes())).await;
            assert_eq!(connection.until(PING, 0).await.payload, number.to_be_bytes());
        }
    });
}

#[test]
fn a_connection_has_a_hundred_streams_and_sixteen_kilobytes_of_headers() {
    run(async {
        let world = World::start().await;
        let port = world.port;
        let mut connection = Connection::open(port).await;
        let settings = connection.until(SETTINGS, 0).await.payload;
        let said = |id: u16| {
            let found = settings.chunks(6).find(|pair| pair[..2] == id.to_be_bytes());
            found.map(|pair| u32::from_be_bytes([pair[2], pair[3], pair[4], pair[5]]))
        };
        assert_eq!((said(3), said(6)), (Some(100), Some(16 * 1024)), "it says so");
        // The body of each is waited for, so none of them ends by itself.
        let page = [("content-type", "application/json"), ("clew-wire", "1"), ("sec-fetch-site", "same-origin")];
        let form = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        let ask = request(port, "POST", "/issuer/token", &form);
        for number in 0..120_u32 {
            connection.send(&frame(HEADERS, END_HEADERS, 2 * number + 1, &ask)).await;
        }
        let refused = connection.until(RST_STREAM, 201).await;
        assert_eq!(refused.payload, 7_u32.to_be_bytes(), "the hundred and first is refused, to be sent again");

        let long = "a".repeat(17 * 1024);
        let mut connection = Connection::open(port).await;
        let many = request(port, "GET", "/healthz", &[("x-long", &long)]);
        let (head, rest) = many.split_at(16_000);
        connection.send(&frame(HEADERS, END_STREAM, 1, head)).await;
        connection.send(&frame(CONTINUATION, END_HEADERS, 1, rest)).await;
        let answer = loop {
            match connection.next().await {
                Some(came) if came.stream == 1 || came.kind == GOAWAY => break Some(came),
                Some(_) => {}
                None => break None,
            }
        };
        assert!(
            answer.is_none_or(|came| came.kind != HEADERS || came.payload.first() != Some(&0x88)),
            "not answered as if"
        );
        let few = request(port, "POST", "/api/call/who_am_i", &page);
        let mut connection = Connection::open(port).await;
        connection.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &few)).await;
        assert_eq!(connection.until(HEADERS, 1).await.stream, 1, "and proper ones are answered");
    });
}

#[test]
fn headers_that_belong_to_the_connection_are_refused() {
    run(async {
        let world = World::start().await;
        let port = world.port;
        let odd: [&[(&str, &str)]; 8] = [
            &[("connection", "close")],
            &[("keep-alive", "1")],
            &[("proxy-connection", "keep-alive")],
            &[("transfer-encoding", "chunked")],
            &[("upgrade", "h2c")],
            &[("te", "gzip")],
            &[("X-Capital", "a")],
            &[("x-odd", "a\r\nhost: evil.example")],
        ];
        for further in odd {
            let mut connection = Connection::open(port).await;
            let ask = request(port, "GET", "/healthz", further);
            connection.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &ask)).await;
            let refused = loop {
                let Some(came) = connection.next().await else { break true };
                match came.kind {
                    RST_STREAM | GOAWAY => break true,
                    HEADERS if came.stream == 1 => break came.payload.first() != Some(&0x88),
                    _ => {}
                }
            };
            assert!(refused, "{further:?}");
        }
        let both = block(&[
            (":method", "GET"),
            (":path", "/healthz"),
            (":scheme", "http"),
            (":authority", &format!("localhost:{port}")),
            ("host", "evil.example"),
        ]);
        let mut connection = Connection::open(port).await;
        connection.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &both)).await;
        let answered = connection.until(HEADERS, 1).await;
        assert_ne!(answered.payload.first(), Some(&0x88), "two hosts that differ");
        assert!(is_answered(port).await);
    });
}

#[test]
fn a_connection_that_asks_nothing_is_closed_in_order_and_one_that_waits_for_an_answer_is_not() {
    run(async {
        let limits = Limits { idle: Duration::from_millis(500), ..Limits::default() };
        let world = World::start_limited(limits, &[]).await;
        let port = world.port;
        let form = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        let mut waiting = Connection::open(port).await;
        waiting.send(&frame(HEADERS, END_HEADERS, 1, &request(port, "POST", "/issuer/token", &form))).await;
        let mut idle = Connection::open(port).await;
        idle.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &request(port, "GET", "/healthz", &[]))).await;
        idle.until(HEADERS, 1).await;
        let mut is_told = false;
        // It pings now and then, which is no request.
        while let Some(came) = idle.next().await {
            is_told |= came.kind == GOAWAY;
            if !is_told {
                drop(idle.stream.write_all(&frame(PING, 0, 0, b"12345678")).await);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        assert!(is_told, "it is told before it is closed");
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        waiting.send(&frame(DATA, END_STREAM, 1, b"grant_type=refresh_token")).await;
        assert_eq!(waiting.until(HEADERS, 1).await.stream, 1, "its answer comes nevertheless");
    });
}
