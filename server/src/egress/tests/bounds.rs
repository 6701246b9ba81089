//! What an answer may be: how long, how much, how packed, and where it may lead.

use std::io::Write as _;
use std::time::Duration;

use axum::http::header::{AUTHORIZATION, HeaderValue};
use flate2::Compression;
use flate2::write::GzEncoder;
use rustls::pki_types::pem::PemObject as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::time::Instant;
use url::Url;

use super::server::{Canned, answer, certificates, fetcher, head};
use super::*;
use crate::egress::http::{Answer, Ask, Bounds, Unfetched};

const SHORT: Bounds = Bounds {
    connect: Duration::from_secs(2),
    first_byte: Duration::from_millis(300),
    total: Duration::from_millis(900),
    ..Bounds::SOURCE
};

fn address(port: u16) -> Url {
    Url::parse(&format!("http://127.0.0.1:{port}/x?q=1#part")).expect("an address")
}

async fn fetched(bytes: Vec<u8>, bounds: Bounds) -> Result<Answer, Unfetched> {
    let server = Canned::start(move |_| bytes.clone()).await;
    fetcher(&open_here(), bounds).send(Ask::get(address(server.port))).await
}

fn packed(length: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..length >> 20 {
        encoder.write_all(&zeros).expect("memory");
    }
    encoder.write_all(&zeros[..length & ((1 << 20) - 1)]).expect("memory");
    encoder.finish().expect("memory")
}

#[tokio::test]
async fn an_answer_comes_whole_and_the_request_has_nothing_but_what_it_was_given() {
    let server = Canned::start(|_| answer("200 OK", "x-own: 1\r\nset-cookie: a=b\r\n", b"{}")).await;
    let web = fetcher(&open_here(), Bounds::SOURCE);
    for _ in 0..2 {
        let came = web.send(Ask::get(address(server.port))).await.expect("an answer");
        assert_eq!((came.status.as_u16(), came.body.as_slice()), (200, b"{}".as_slice()));
    }
    let expected = format!("GET /x?q=1 HTTP/1.1\r\nhost: 127.0.0.1:{}\r\naccept-encoding: gzip\r\n\r\n", server.port);
    assert_eq!(server.heads(), [expected.clone(), expected], "no cookie comes back, no part of the page is sent");
}

#[tokio::test]
async fn what_is_packed_is_unpacked_and_a_bomb_is_cut_off_early() {
    let good = packed(900_000);
    let came = fetched(answer("200 OK", "content-encoding: gzip\r\n", &good), Bounds::SOURCE).await.expect("an answer");
    assert_eq!(came.body.len(), 900_000);
    let bomb = packed(1 << 30);
    assert!(bomb.len() < 2 << 20, "{}", bomb.len());
    let before = resident();
    let begun = Instant::now();
    let cut = fetched(answer("200 OK", "content-encoding: gzip\r\n", &bomb), Bounds::SOURCE).await;
    assert!(matches!(cut, Err(Unfetched::TooLarge("its body, unpacked"))), "{cut:?}");
    let grown = resident().saturating_sub(before);
    println!("a gigabyte in {} KiB: {} KiB more, {:?}", bomb.len() >> 10, grown >> 10, begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(5));
    let odd = fetched(answer("200 OK", "content-encoding: br\r\n", b"x"), Bounds::SOURCE).await;
    assert!(matches!(odd, Err(Unfetched::Broken(_))), "{odd:?}");
    let torn = fetched(answer("200 OK", "content-encoding: gzip\r\n", &good[..good.len() / 2]), Bounds::SOURCE).await;
    assert!(matches!(torn, Err(Unfetched::Broken(_))), "{torn:?}");
}

/// The greatest memory of this process so far, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) << 10
}

#[tokio::test]
async fn too_much_of_anything_is_refused() {
    let small = Bounds { wire: 1000, unpacked: 2000, ..Bounds::SOURCE };
    assert!(fetched(answer("200 OK", "", &[b'x'; 1000]), small).await.is_ok());
    let announced = fetched(answer("200 OK", "", &[b'x'; 1001]), small).await;
    assert!(matches!(announced, Err(Unfetched::TooLarge("its body"))), "{announced:?}");
    let endless = [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &[b'x'; 100_000]].concat();
    let cut = fetched(endless, small).await;
    assert!(matches!(cut, Err(Unfetched::TooLarge("its body"))), "{cut:?}");
    let unpacked = fetched(answer("200 OK", "content-encoding: gzip\r\n", &packed(2001)), small).await;
    assert!(matches!(unpacked, Err(Unfetched::TooLarge("its body, unpacked"))), "{unpacked:?}");
    let header = |length: usize| format!("x-long: {}\r\n", "h".repeat(length));
    assert!(fetched(answer("200 OK", &header(60_000), b""), Bounds::SOURCE).await.is_ok());
    let long = fetched(answer("200 OK", &header(70_000), b""), Bounds::SOURCE).await;
    assert!(matches!(long, Err(Unfetched::TooLarge("its headers"))), "{long:?}");
    let many = fetched(answer("200 OK", &"x-a: 1\r\n".repeat(300), b""), Bounds::SOURCE).await;
    assert!(many.is_err(), "{many:?}");
    let rubbish = fetched(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), Bounds::SOURCE).await;
    assert!(matches!(rubbish, Err(Unfetched::Broken(_))), "{rubbish:?}");
    let torn = fetched(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc".to_vec(), Bounds::SOURCE).await;
    assert!(matches!(torn, Err(Unfetched::Broken(_))), "{torn:?}");
}

/// A server that says `first` and then one byte after the other, each after a while.
async fn dripping(first: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                head(&mut stream).await;
                drop(stream.write_all(first).await);
                if first.is_empty() {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                }
                while stream.write_all(b" ").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            });
        }
    });
    port
}

#[tokio::test]
async fn every_stage_has_its_deadline() {
    for (first, least) in [(b"".as_slice(), 300), (b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), 900)] {
        let port = dripping(first).await;
        let begun = Instant::now();
        let slow = fetcher(&open_here(), SHORT).send(Ask::get(address(port))).await;
        assert!(matches!(slow, Err(Unfetched::Slow)), "{slow:?}");
        let took = begun.elapsed();
        assert!(took >= Duration::from_millis(least) && took < Duration::from_secs(5), "{took:?}");
    }
}

#[tokio::test]
async fn redirects_are_followed_only_when_asked_for_and_credentials_stay_where_they_belong() {
    let end = Canned::start(|_| answer("200 OK", "", b"end")).await;
    let port = end.port;
    let start = Canned::start(move |head| {
        let path = head.split_whitespace().nth(1).unwrap_or_default();
        let to = match path {
            "/same" => "/end".to_owned(),
            "/other" => format!("http://127.0.0.1:{port}/"),
            "/userinfo" => format!("http://a:b@127.0.0.1:{port}/"),
            "/scheme" => "file:///etc/passwd".to_owned(),
            "/end" => return answer("200 OK", "", b"end"),
            loops => format!("{loops}x"),
        };
        answer("307 Temporary Redirect", &format!("location: {to}\r\n"), b"")
    })
    .await;
    let web = fetcher(&open_here(), Bounds::SOURCE);
    let ask = |path: &str, redirects| {
        let credential = Some((AUTHORIZATION, HeaderValue::from_static("Bearer secret")));
        let url = address(start.port).join(path).expect("an address");
        web.send(Ask { redirects, credential, ..Ask::get(url) })
    };
    assert_eq!(ask("/same", 0).await.expect("an answer").status, 307, "not by itself");
    assert_eq!(ask("/same", 3).await.expect("an answer").body, b"end");
    assert!(start.heads().iter().all(|head| head.contains("authorization: Bearer secret")), "{:?}", start.heads());
    assert_eq!(ask("/other", 3).await.expect("an answer").body, b"end");
    assert!(end.heads().iter().all(|head| !head.contains("secret")), "{:?}", end.heads());
    assert!(matches!(ask("/loop", 3).await, Err(Unfetched::Redirected)));
    assert_eq!(start.heads().iter().filter(|head| head.contains("/loop")).count(), 4, "three times and no more");
    for path in ["/userinfo", "/scheme"] {
        assert!(matches!(ask(path, 3).await, Err(Unfetched::Barred(Barred::Form))), "{path}");
    }
    for address in ["ftp://127.0.0.1/", "http://a@127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1:80/"] {
        let refused = web.send(Ask::get(Url::parse(address).expect("an address"))).await;
        assert!(matches!(refused, Err(Unfetched::Barred(Barred::Form))), "{address}: {refused:?}");
    }
    assert_eq!(end.came(), 1);
}

/// A server with the certificate of [`certificates`] that gives one answer.
async fn encrypted(said: &'static [u8]) -> u16 {
    let chain = rustls::pki_types::CertificateDer::pem_file_iter(certificates().join("server.pem")).expect("a file");
    let chain = chain.collect::<Result<Vec<_>, _>>().expect("certificates");
    let key = rustls::pki_types::PrivateKeyDer::from_pem_file(certificates().join("server.key.pem")).expect("a key");
    let config = rustls::ServerConfig::builder_with_provider(crate::tls::provider())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a pair");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            tokio::time::sleep(Duration::from_millis(20)).await;
            drop(stream.write_all(said).await);
            drop(stream.shutdown().await);
        }
    });
    port
}

#[tokio::test]
async fn an_encrypted_address_is_believed_by_its_certificate_and_never_leads_to_a_clear_one() {
    let web = fetcher(&open_here(), Bounds::SOURCE);
    let port = encrypted(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n").await;
    let at = |host: &str| Url::parse(&format!("https://{host}:{port}/")).expect("an address");
    assert_eq!(web.send(Ask::get(at("localhost"))).await.expect("an answer").status, 302);
    let down = web.send(Ask { redirects: 3, ..Ask::get(at("localhost")) }).await;
    assert!(matches!(down, Err(Unfetched::Redirected)), "{down:?}");
    let another = web.send(Ask::get(at("127.0.0.1"))).await;
    assert!(matches!(another, Err(Unfetched::Untrusted(_))), "the certificate is for localhost: {another:?}");
    let clear = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = clear.local_addr().expect("an address").port();
    let heard = tokio::spawn(async move {
        let (mut stream, _) = clear.accept().await.expect("a connection");
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.expect("written");
        let mut heard = Vec::new();
        drop(stream.read_to_end(&mut heard).await);
        (heard, clear)
    });
    let stripped = web.send(Ask::get(Url::parse(&format!("https://localhost:{port}/")).expect("an address"))).await;
    assert!(matches!(stripped, Err(Unfetched::Untrusted(_))), "{stripped:?}");
    let (heard, _clear) = heard.await.expect("no panic");
    assert_eq!(heard.first(), Some(&0x16), "a TLS handshake, and no request");
    assert!(!heard.windows(3).any(|three| three == b"GET"));
}

#[test]
fn the_depth_of_json_is_counted_outside_of_its_texts() {
    let table = [("", 0), ("1", 0), ("[]", 1), ("{\"a\":[1,{}]}", 3), (r#""[[[[""#, 0), (r#"["\"[[[", []]"#, 2)];
    for (text, expected) in table {
        assert_eq!(deepest(text.as_bytes()), expected, "{text}");
    }
    assert_eq!(deepest("[".repeat(100_000).as_bytes()), 100_000);
}
