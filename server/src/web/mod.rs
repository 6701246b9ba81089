//! What answers on the listener: the table of requests, the page, sign-in and health; and the headers of every answer.

mod assets;
mod health;
mod idle;
mod limits;
mod listen;
mod opened;
mod reading;
mod reports;
mod shape;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use futures::FutureExt as _;
use tokio::sync::Semaphore;
use wire::{Code, Fault};

use crate::access_line::{Line, Sender};
use crate::body::{Pace, Paced, TooSlow};
use crate::gate::{CLIENT_ADDRESS, client_address, refuse};
use crate::hash::hex;
use crate::sign_in::limits::PerMinute;
use crate::world::random;
use crate::{Server, api, sign_in};
use shape::{refusal, refuse_as};

pub use assets::has_page;
pub(crate) use idle::Running;
pub use limits::Limits;
pub(crate) use listen::SPEAK_TLS;
pub use listen::{Listening, Peer, serve, serve_metrics};
pub(crate) use reading::PIECE_BYTES;

/// Nothing but our own files; WebAssembly may be compiled, text may not be run. `blob:` pictures are exports. No text becomes
/// markup or the address of a script but by the one policy of `boot.js`, which knows the worker's address alone. What a browser
/// refuses it reports, by the newer way or by the older one.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    manifest-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; \
    require-trusted-types-for 'script'; trusted-types clew-worker; report-to csp; report-uri /csp-report";

/// Nothing of what a browser can do beyond a page; what is copied to the clipboard is what the person chose.
const PERMISSIONS_POLICY: &str = "accelerometer=(), autoplay=(), bluetooth=(), camera=(), display-capture=(), \
    encrypted-media=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), \
    payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";

/// Headers of every answer.
const HEADERS: [(&str, &str); 9] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("reporting-endpoints", "csp=\"/csp-report\""),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("permissions-policy", PERMISSIONS_POLICY),
];

/// Everything that the server answers.
fn router(server: Arc<Server>, limits: &Limits) -> Router {
    let guarded = Guarded {
        server: server.clone(),
        call: limits.call,
        file: limits.file,
        waiting: Arc::new(Semaphore::new(limits.waiting)),
        signing_in: Arc::new(PerMinute::new(SIGNING_IN_OF_ADDRESS, SIGNING_IN_IN_ALL)),
        bringing: Arc::new(PerMinute::new(BRINGING_OF_ADDRESS, BRINGING_IN_ALL)),
    };
    Router::new()
        .merge(api::routes())
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route(reports::PATH, reports::route())
        .merge(sign_in::routes(&server))
        .fallback(assets::page)
        .layer(middleware::from_fn_with_state(guarded, guard))
        .with_state(server)
}

/// What the guard of every request needs.
#[derive(Clone)]
struct Guarded {
    server: Arc<Server>,
    call: Pace,
    file: Pace,
    /// A place for each request whose answer has not begun.
    waiting: Arc<Semaphore>,
    /// Requests of whoever is about to sign in.
    signing_in: Arc<PerMinute>,
    /// Requests of whoever brings a file in.
    bringing: Arc<PerMinute>,
}

/// Requests to the routes of sign-in from one address in a minute, and from all; what costs more has its own limits there.
const SIGNING_IN_OF_ADDRESS: u32 = 600;
const SIGNING_IN_IN_ALL: u32 = 20_000;
/// The same where files come in; a house with many people behind one address has room, and a person has limits of the own.
const BRINGING_OF_ADDRESS: u32 = 600;
const BRINGING_IN_ALL: u32 = 6_000;

/// Refuses what no page of ours sends, gives the request a number and its body a pace, writes the log line, and sets
/// the headers.
async fn guard(State(guarded): State<Guarded>, request: Request, next: Next) -> Response {
    let Guarded { server, call, file, .. } = &guarded;
    let number = hex(&random::<8>(server.dice.as_ref()));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let slow = Arc::new(AtomicBool::new(false));
    let pace = if path.starts_with(FILES) { *file } else { *call };
    let mut request = request.map(|body| Body::new(Paced::new(body, pace, slow.clone())));
    let address = server.client_address(request.extensions().get::<Peer>(), request.headers());
    match HeaderValue::from_str(&address) {
        Ok(address) => request.headers_mut().insert(CLIENT_ADDRESS, address),
        Err(_) => request.headers_mut().remove(CLIENT_ADDRESS),
    };
    let from = Sender::new(&address, request.headers());
    let running = request.extensions().get::<Running>().cloned();
    let line = Line::new(server.clock.clone(), number.clone(), method, &path, from, running);
    let mut response = match refusal(server, &request) {
        Some(refused) => refused,
        None => line.around(answer(&guarded, &path, &number, request, next)).await,
    };
    response = worded(response);
    // Whoever read the body may have taken its end for something else.
    if slow.load(Ordering::Acquire) {
        response = refuse(&TooSlow::fault());
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    set_headers(server, &path, response.headers_mut());
    if let Ok(number) = HeaderValue::from_str(&number) {
        response.headers_mut().insert("clew-request", number);
    }
    let status = response.status();
    response.map(|body| line.follow(status, body))
}

/// Answers a request, if there is room for it. A handler that panics is answered like any other fault: its number leads to
/// what the log says of it.
async fn answer(guarded: &Guarded, path: &str, number: &str, request: Request, next: Next) -> Response {
    let is_health = matches!(path, "/healthz" | "/readyz");
    let place = if is_health { None } else { guarded.waiting.try_acquire().ok() };
    if !is_health && place.is_none() {
        return refuse_as(StatusCode::SERVICE_UNAVAILABLE, &overloaded());
    }
    let limit = match path {
        _ if path.starts_with("/sign-in") || path.starts_with("/issuer/") => Some((&guarded.signing_in, "to sign in")),
        _ if path.starts_with(FILES) => Some((&guarded.bringing, "with files")),
        _ => None,
    };
    if let Some((limit, what)) = limit {
        let address = client_address(request.headers());
        if limit.count(address, guarded.server.clock.monotonic()).is_err() {
            return refuse(&too_many_from_address(what));
        }
    }
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answered.unwrap_or_else(|_| {
        tracing::error!(request = number, "a handler panicked");
        let sentence = format!("Something went wrong inside the server (number {number} in its log).");
        refuse(&Fault::new(Code::Internal, sentence, "Try again; if it stays so, tell your administrator the number."))
    })
}

fn overloaded() -> Fault {
    Fault::new(Code::Busy, "The server has more to do than it can.", "Try again in some seconds.")
}

fn too_many_from_address(what: &str) -> Fault {
    let sentence = format!("Too many requests {what} come from your address.");
    Fault::new(Code::Busy, sentence, "Wait a minute, then try again.")
}

/// An answer that says nothing of why it is none gets words, in the form of every fault.
fn worded(response: Response) -> Response {
    let fault = match response.status() {
        _ if response.headers().contains_key(header::CONTENT_TYPE) => return response,
        StatusCode::NOT_FOUND => {
            Fault::new(Code::NotFound, "There is nothing at this address.", "Check it, or begin at the first page.")
        }
        StatusCode::METHOD_NOT_ALLOWED => Fault::new(
            Code::Malformed,
            "This address does not take requests of this method.",
            "Open it in a browser, or see how the page asks.",
        ),
        _ => return response,
    };
    let (mut parts, _) = response.into_parts();
    let (told, body) = refuse(&fault).into_parts();
    // Its length is another one now; which methods are taken stays said.
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.extend(told.headers);
    Response::from_parts(parts, body)
}

/// Where files come in.
const FILES: &str = "/api/upload/";

fn set_headers(server: &Server, path: &str, headers: &mut axum::http::HeaderMap) {
    for (name, value) in HEADERS {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    if server.is_secure() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    if !headers.contains_key(header::CACHE_CONTROL) || path.starts_with("/api/") {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
