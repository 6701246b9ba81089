//! What answers on the listener: the table of requests, the page, sign-in and health; and the headers of every answer.

mod assets;
mod health;
mod limits;
mod listen;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use wire::{Code, Fault};

use crate::access_line::{Line, Sender};
use crate::body::{Pace, Paced, TooSlow};
use crate::gate::{CLIENT_ADDRESS, refuse};
use crate::hash::hex;
use crate::world::random;
use crate::{Server, api, sign_in};

pub use assets::has_page;
pub use limits::Limits;
pub use listen::{Listening, Peer, serve, serve_metrics};

/// Nothing but our own files; WebAssembly may be compiled, text may not be run. `blob:` pictures are exports.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    manifest-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/// Headers of every answer.
const HEADERS: [(&str, &str); 8] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
];

/// Everything that the server answers.
fn router(server: Arc<Server>, limits: &Limits) -> Router {
    let guarded = Guarded { server: server.clone(), call: limits.call, file: limits.file };
    Router::new()
        .merge(api::routes())
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
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
}

/// Refuses what no page of ours sends, gives the request a number and its body a pace, writes the log line, and sets
/// the headers.
async fn guard(State(Guarded { server, call, file }): State<Guarded>, request: Request, next: Next) -> Response {
    let number = hex(&random::<8>(server.dice.as_ref()));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let slow = Arc::new(AtomicBool::new(false));
    let pace = if path.starts_with(FILES) { file } else { call };
    let mut request = request.map(|body| Body::new(Paced::new(body, pace, slow.clone())));
    let address = server.client_address(request.extensions().get::<Peer>(), request.headers());
    match HeaderValue::from_str(&address) {
        Ok(address) => request.headers_mut().insert(CLIENT_ADDRESS, address),
        Err(_) => request.headers_mut().remove(CLIENT_ADDRESS),
    };
    let from = Sender::new(&address, request.headers());
    let line = Line::new(server.clock.clone(), number.clone(), method, &path, from);
    let mut response = match refusal(&server, &request) {
        Some(refused) => refused,
        None => line.around(next.run(request)).await,
    };
    response = worded(response);
    // Whoever read the body may have taken its end for something else.
    if slow.load(Ordering::Acquire) {
        response = refuse(&TooSlow::fault());
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    set_headers(&server, &path, response.headers_mut());
    if let Ok(number) = HeaderValue::from_str(&number) {
        response.headers_mut().insert("clew-request", number);
    }
    let status = response.status();
    response.map(|body| line.follow(status, body))
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

fn refusal(server: &Server, request: &Request) -> Option<Response> {
    if !is_canonical(request.uri().path()) {
        return Some(refuse(&Fault::not_found()));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::POST) {
        return Some(StatusCode::METHOD_NOT_ALLOWED.into_response());
    }
    let hosts: Vec<&HeaderValue> = request.headers().get_all(header::HOST).iter().collect();
    let host = match (hosts.as_slice(), request.uri().authority()) {
        ([host], _) => host.to_str().unwrap_or_default(),
        ([], Some(authority)) => authority.as_str(),
        _ => "",
    };
    if server.knows_host(host) {
        return None;
    }
    let fault = Fault::new(
        Code::NotFound,
        "This server is not known under this name.",
        "Open it at the address that CLEW_PUBLIC_URL names.",
    );
    Some((StatusCode::MISDIRECTED_REQUEST, refuse(&fault).into_body()).into_response())
}

/// Where files come in.
const FILES: &str = "/api/upload/";
/// The pages of projects. Whatever follows gives the same page, so a key may hold a `/`, written as `%2F`.
const PAGES: &str = "/p/";

/// A path that every parser reads the same way: no empty or dotted part, no hidden separator, nothing but text.
fn is_canonical(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let hidden = lower.contains("%2f") && !path.starts_with(PAGES);
    let odd = ["//", "%5c", "\\", ";"];
    let Some(text) = unescaped(path) else { return false };
    !hidden
        && !odd.iter().any(|part| lower.contains(part))
        && !text.split('/').any(|part| part == "." || part == "..")
        && !text.chars().any(char::is_control)
}

/// The text that a path stands for; none where an escape is broken or what it stands for is not UTF-8.
fn unescaped(path: &str) -> Option<String> {
    let mut parts = path.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).filter(|(digits, _)| !digits.starts_with('+'))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

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

#[cfg(test)]
mod tests {
    use super::is_canonical;

    #[test]
    fn a_path_is_read_one_way_only() {
        for good in [
            "/",
            "/api/call/who_am_i",
            "/p/bank/o/person/1%20a",
            "/p/bank/o/person/%C3%85se%25..x",
            "/p/bank/o/case/12%2F34%2f5",
        ] {
            assert!(is_canonical(good), "{good}");
        }
        for bad in ["//api", "/a/../b", "/a/./b", "/a%2Fb", "/a%5cb", "/a%00", "/a;b", "/a\\b", "/a/.."] {
            assert!(!is_canonical(bad), "{bad}");
        }
        for bad in ["/p/..%2fapi", "/p/a%2f..%2F..%2fapi", "/p/%2e%2e%2fa", "/p%2fbank", "/api/p/a%2fb"] {
            assert!(!is_canonical(bad), "{bad}");
        }
        for bad in ["/%2e%2e/a", "/a/%2E", "/%c0%ae", "/%ff", "/a%0d%0ab", "/a%", "/a%0", "/a%+1", "/a%zz"] {
            assert!(!is_canonical(bad), "{bad}");
        }
    }
}
