//! The page: embedded when the program is built with it, compressed beforehand, looked up by exact name.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::Server;
use crate::gate::refuse;
use wire::{Code, Fault};

/// One embedded file.
struct Asset {
    /// Its path, without the first slash.
    path: &'static str,
    /// What it is.
    content_type: &'static str,
    /// Whether its name has a hash, so that it never changes.
    lasting: bool,
    /// Its entity tag.
    tag: &'static str,
    /// As it is.
    raw: &'static [u8],
    /// Compressed with brotli.
    brotli: &'static [u8],
    /// Compressed with gzip.
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// A year: names carry a hash of the content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Gives an asset by its exact name; every other address of the app gives the page itself, so that links work.
pub(super) async fn page(State(_server): State<Arc<Server>>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    // What answers there is in the table of routes, or is not served at all.
    if path.starts_with("api/") {
        return refuse(&unknown_request());
    }
    if path.starts_with("issuer/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let asset = match find(path) {
        Some(asset) => Some(asset),
        None if path.starts_with("assets/") => None,
        None => find("index.html"),
    };
    match asset {
        Some(asset) => send(asset, &headers),
        None if !has_page() => without_page(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A page of another version asks for what this server has not yet, or has no more.
fn unknown_request() -> Fault {
    Fault::new(
        Code::NotFound,
        "This server does not know this request.",
        "Reload the page: it may be of another version than the server.",
    )
}

/// Whether the page is built into this program.
pub fn has_page() -> bool {
    !ASSETS.is_empty()
}

fn find(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

fn send(asset: &'static Asset, headers: &HeaderMap) -> Response {
    let form = Form::accepted(asset, headers);
    let tag = form.tag(asset);
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if is_known { StatusCode::NOT_MODIFIED.into_response() } else { whole(asset, form) };
    // Those of the whole answer: a browser takes them over for what it has kept (RFC 9110, section 15.4.5).
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(if asset.lasting { FOR_EVER } else { "no-cache" }));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// One of the forms in which an asset is there.
struct Form {
    bytes: &'static [u8],
    encoding: Option<&'static str>,
}

impl Form {
    /// The smallest that the browser understands.
    fn accepted(asset: &'static Asset, headers: &HeaderMap) -> Self {
        let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let accepts = |name: &str| accepted.split(',').any(|part| part.trim().split(';').next() == Some(name));
        let forms = [("br", asset.brotli), ("gzip", asset.gzip)];
        let found = forms.into_iter().find(|(name, bytes)| accepts(name) && !bytes.is_empty());
        found.map_or(Self { bytes: asset.raw, encoding: None }, |(name, bytes)| Self { bytes, encoding: Some(name) })
    }

    /// The entity tag: each form has its own, because the bytes differ (RFC 9110, section 8.8.3.3).
    fn tag(&self, asset: &Asset) -> String {
        match self.encoding {
            Some(encoding) => format!("\"{}-{encoding}\"", asset.tag.trim_matches('"')),
            None => asset.tag.to_owned(),
        }
    }
}

fn whole(asset: &'static Asset, Form { bytes, encoding }: Form) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// The program was built without the page.
fn without_page() -> Response {
    let text = "This clew was built without its page. Run `cargo demo`, or build the page with `cargo xtask web` and the \
                program with `--features embedded-ui`.\n";
    (StatusCode::NOT_FOUND, text).into_response()
}
