//! The sign-in: the system's browser asks who somebody is, and brings a code back to a port of this machine (RFC 8252).
//!
//! The port is one that the system gives, on an address and not a name; one request with the right state is answered, others are
//! refused; after five minutes nobody listens any more. The code is of use to nobody but this program, which alone knows the
//! verifier (RFC 7636).

use std::convert::Infallible;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use reqwest::header::HeaderMap;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use wire::SecretText;
use wire::desktop::{Asked, BACK_PATH, Granted, Loopback, PATH, TRADE_PATH, Trade};

use crate::connection::Connection;
use crate::trouble::{Trouble, signed_out, unreachable};

/// How long somebody may take in the browser.
const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// How long a request to the port may take to come.
const HEAD: Duration = Duration::from_secs(10);
/// The most connections to the port that are looked at: whoever opens more is not the browser.
const MOST_CONNECTIONS: usize = 100;

/// A sign-in that has begun: the browser is to open its address.
pub struct SignIn {
    asked: Asked,
    verifier: SecretText,
    listener: TcpListener,
}

impl SignIn {
    /// Begins to listen.
    ///
    /// # Errors
    /// [`Trouble`] where this machine gives no port of its own.
    pub async fn begin() -> Result<Self, Trouble> {
        let (listener, host) = listen().await?;
        let port = listener.local_addr().map_err(|error| no_port(&error))?.port();
        let (verifier, state) = (draw()?, draw()?);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        Ok(Self { asked: Asked { host, port, challenge, state }, verifier: SecretText::new(verifier), listener })
    }

    /// What the browser is to open.
    pub fn address(&self, connection: &Connection) -> String {
        connection.address().to(&format!("{PATH}?{}", self.asked.query()))
    }

    /// What page and program both show.
    pub fn number(&self) -> String {
        self.asked.number()
    }

    /// Waits for the browser, and trades what it brings. Dropping this ends the sign-in.
    ///
    /// # Errors
    /// [`Trouble`] when nobody came, or the server refuses.
    pub async fn finish(self, connection: &Connection) -> Result<Granted, Trouble> {
        let code = tokio::time::timeout(PATIENCE, wait(self.listener, &self.asked)).await;
        let code = code.map_err(|_| signed_out("Nobody signed in within five minutes.", "Sign in again."))?;
        let trade = serde_json::to_vec(&Trade { code, verifier: self.verifier }).unwrap_or_default();
        let json = HeaderMap::from_iter([(CONTENT_TYPE, reqwest::header::HeaderValue::from_static("application/json"))]);
        let answer = connection.post(TRADE_PATH, json, trade, None).await?;
        answer.json().await.map_err(|_| unreachable("The server's answer to the sign-in cannot be read.", "Sign in again."))
    }
}

async fn listen() -> Result<(TcpListener, Loopback), Trouble> {
    if let Ok(listener) = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await {
        return Ok((listener, Loopback::V4));
    }
    let listener = TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, 0))).await;
    Ok((listener.map_err(|error| no_port(&error))?, Loopback::V6))
}

fn no_port(error: &std::io::Error) -> Trouble {
    unreachable(
        format!("This program cannot listen for the browser on this computer: {error}."),
        "Allow it connections within this computer (127.0.0.1) in the firewall, or ask your administrator to.",
    )
}

/// 256 random bits.
fn draw() -> Result<String, Trouble> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| unreachable(format!("This computer gives no random numbers: {error}."), "Restart it."))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Takes connections until one of them brings the code.
async fn wait(listener: TcpListener, asked: &Asked) -> SecretText {
    let (found, mut code) = oneshot::channel();
    let door = Arc::new(Door { asked: asked.clone(), found: Mutex::new(Some(found)) });
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            Ok(code) = &mut code => {
                // The browser gets its page before the port closes.
                let rest = async { while connections.join_next().await.is_some() {} };
                drop(tokio::time::timeout(Duration::from_secs(1), rest).await);
                return code;
            }
            taken = listener.accept(), if connections.len() < MOST_CONNECTIONS => {
                if let Ok((stream, _)) = taken {
                    connections.spawn(talk(stream, door.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

struct Door {
    asked: Asked,
    found: Mutex<Option<oneshot::Sender<SecretText>>>,
}

async fn talk(stream: TcpStream, door: Arc<Door>) {
    let service = service_fn(move |request| {
        let answer = door.answer(&request);
        async move { Ok::<_, Infallible>(answer) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).keep_alive(false).max_buf_size(16 << 10);
    let served = tokio::time::timeout(HEAD, http.serve_connection(TokioIo::new(stream), service)).await;
    if let Ok(Err(error)) = served {
        tracing::debug!(%error, "a connection to the sign-in's port broke off");
    }
}

impl Door {
    /// One request with the right state is answered with a page; everything else is refused.
    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let own = format!("{}:{}", self.asked.host.as_str(), self.asked.port);
        if host != Some(own.as_str()) || request.method() != Method::GET || request.uri().path() != BACK_PATH {
            return page(StatusCode::NOT_FOUND, "Nothing is here", "This is the Clew program's own address.");
        }
        let query = request.uri().query().unwrap_or_default();
        let (state, code) = (parameter(query, "state"), parameter(query, "code"));
        let state = state.unwrap_or_default();
        let Some(code) = code.filter(|_| bool::from(state.as_bytes().ct_eq(self.asked.state.as_bytes()))) else {
            return page(StatusCode::NOT_FOUND, "Another sign-in", "The program waits for another sign-in. Begin again there.");
        };
        match self.found.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(found) => {
                // Whoever waited may have left in this very moment.
                drop(found.send(SecretText::new(code)));
                page(StatusCode::OK, "You are signed in", "Go on in the Clew program. You can close this page.")
            }
            None => page(StatusCode::NOT_FOUND, "Done before", "This sign-in has ended. You can close this page."),
        }
    }
}

/// A parameter that is there once.
fn parameter(query: &str, name: &str) -> Option<String> {
    let mut found = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    match (found.next(), found.next()) {
        (Some((_, value)), None) => Some(value.into_owned()),
        _ => None,
    }
}

fn page(status: StatusCode, title: &str, text: &str) -> Response<Full<Bytes>> {
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Clew: {title}</title>\
         <style>:root{{color-scheme:dark light}}body{{margin:0;min-height:100vh;display:grid;place-items:center;\
         font:14px/1.5 system-ui,sans-serif}}h1{{font-size:20px}}</style><main><h1>{title}</h1><p>{text}</p></main></html>"
    );
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = status;
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ];
    for (name, value) in headers {
        answer.headers_mut().insert(name, hyper::header::HeaderValue::from_static(value));
    }
    answer
}
