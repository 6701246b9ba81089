//! Servers on this machine that count who comes, and say what a test wants them to say.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::connectors::tests::postgres::make_certificates;
use crate::egress::Egress;
use crate::egress::http::{Bounds, Client};
use crate::tls::{Believe, client};

/// A server of a test; it ends with the runtime.
#[derive(Clone)]
pub(crate) struct Canned {
    pub(crate) port: u16,
    came: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Canned {
    /// Answers each request with what `answer` makes of its head; the connection is closed after it.
    pub(crate) async fn start(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::at("127.0.0.1:0", answer).await
    }

    pub(crate) async fn at(address: &str, answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(address).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let canned = Self { port, came: Arc::default(), heads: Arc::default() };
        let (known, answer) = (canned.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                known.came.fetch_add(1, Ordering::SeqCst);
                let (known, answer) = (known.clone(), answer.clone());
                tokio::spawn(async move {
                    let head = head(&mut stream).await;
                    known.heads.lock().expect("no panic").push(head.clone());
                    drop(stream.write_all(&answer(&head)).await);
                });
            }
        });
        canned
    }

    /// How many connections came.
    pub(crate) fn came(&self) -> usize {
        self.came.load(Ordering::SeqCst)
    }

    /// The heads of all requests.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("no panic").clone()
    }
}

/// The lines up to the empty one.
pub(crate) async fn head(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => text.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// An answer with a body.
pub(crate) fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// Certificates of this program: `server` for `localhost`, its own authority.
pub(crate) fn certificates() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        make_certificates(folder.path());
        folder
    });
    folder.path()
}

/// A client that believes the `server` of [`certificates`].
pub(crate) fn fetcher(egress: &Egress, bounds: Bounds) -> Client {
    let authority = std::fs::read_to_string(certificates().join("server.pem")).expect("a certificate");
    Client::new(egress.clone(), client(Believe::Authorities(&authority), None).expect("a way"), bounds)
}
