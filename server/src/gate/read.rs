//! What somebody sent, as a request: within its limits, and as strictly as its version is read.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use wire::{Code, Fault, Request};

use crate::body::{is_flat_enough, read_whole};
use crate::versions::Reading;

/// The request of a body.
///
/// # Errors
/// [`Fault`] `Malformed`, `TooLarge` or `TooSlow`.
pub(super) async fn body<R: Request>(headers: &HeaderMap, body: Body, reading: Reading) -> Result<R, Fault> {
    let is_json =
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !is_json {
        return Err(Fault::new(Code::Malformed, "The request is not JSON.", "Send Content-Type: application/json."));
    }
    text(&read_whole(body, R::MOST_BYTES).await?, reading)
}

/// The request of a text.
///
/// # Errors
/// [`Fault`] `Malformed`.
pub(super) fn text<R: Request>(request: &[u8], reading: Reading) -> Result<R, Fault> {
    if !is_flat_enough(request) {
        return Err(Fault::new(Code::Malformed, "The request is nested too deeply.", "Reload the page."));
    }
    reading.read(request).map_err(|error| malformed(&error))
}

/// Names the place and, where it is a field of ours, the field. What was sent is never repeated: it may be a secret in
/// the wrong place.
fn malformed(error: &serde_json::Error) -> Fault {
    let text = error.to_string();
    let what = match text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        Some(field) => format!("\"{field}\" is missing"),
        None if text.starts_with("unknown field") => "a field is not known here".to_owned(),
        None if error.is_data() => "a value is not what it should be".to_owned(),
        None => "it is not JSON".to_owned(),
    };
    // What was read leniently has no place.
    let place = match error.line() {
        0 => String::new(),
        line => format!(" (line {line}, column {})", error.column()),
    };
    Fault::new(Code::Malformed, format!("The request cannot be read: {what}{place}."), "Reload the page.")
}
