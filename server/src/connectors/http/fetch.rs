//! One page: asked with the credentials, its status judged, its JSON read within bounds.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::de::IgnoredAny;
use url::Url;

use super::address;
use super::settings::{Credential, Settings};
use crate::connectors::reach::{away, barred};
use crate::connectors::{Failure, FailureKind};
use crate::egress::deepest;
use crate::egress::http::{Ask, Unfetched};

/// The deepest nesting of an answer.
const DEEPEST: usize = 128;

/// A page.
pub(super) struct Page {
    pub(super) headers: HeaderMap,
    /// Valid JSON, nothing of it built.
    pub(super) text: String,
}

/// Asks for a page; nothing where there is none at this address (404).
pub(super) async fn page(settings: &Settings, url: &Url) -> Result<Option<Page>, Failure> {
    let mut ask = Ask { redirects: settings.redirects, ..Ask::get(address::with_key(url, &settings.credential)) };
    ask.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    ask.headers.insert(header::USER_AGENT, HeaderValue::from_static("clew"));
    if let Credential::Header(name, value) = &settings.credential {
        ask.credential = Some((name.clone(), value.clone()));
    }
    let answer = settings.client.send(ask).await.map_err(|error| unfetched(&error))?;
    if answer.status == StatusCode::NOT_FOUND {
        return Ok(None);
    }
    if answer.status != StatusCode::OK {
        return Err(of_status(answer.status));
    }
    let (headers, bytes) = (answer.headers, answer.body);
    // A large page takes a while to read.
    let read = tokio::task::spawn_blocking(move || read(bytes));
    let text = read.await.unwrap_or_else(|error| Err(no_json(&error)))?;
    Ok(Some(Page { headers, text }))
}

/// The body as valid JSON.
fn read(bytes: Vec<u8>) -> Result<String, Failure> {
    if deepest(&bytes) > DEEPEST {
        return Err(too_large("it is nested too deep"));
    }
    let text = String::from_utf8(bytes).map_err(|error| no_json(&error.utf8_error()))?;
    // Where it went wrong, and nothing of what stands there.
    serde_json::from_str::<IgnoredAny>(&text)
        .map_err(|error| no_json(&format!("line {}, column {}", error.line(), error.column())))?;
    Ok(text)
}

fn unfetched(error: &Unfetched) -> Failure {
    match error {
        Unfetched::Barred(reason) => barred(*reason),
        Unfetched::Away(cause) => away(cause),
        Unfetched::Untrusted(_) => Failure::new(
            FailureKind::Unreachable,
            "No encrypted connection could be made, or the certificate is not trusted.",
            "Check that the host is the certificate's name, and the certificate authority.",
            error,
        ),
        Unfetched::Slow => {
            let remedy = "Narrow the question, or ask for smaller pages.";
            Failure::new(FailureKind::Slow, "The API did not answer in time.", remedy, error)
        }
        Unfetched::TooLarge(_) => too_large(error),
        Unfetched::Broken(_) => {
            Failure::new(FailureKind::Broken, "The API's answer cannot be read, or broke off.", "Try again.", error)
        }
        Unfetched::Redirected => redirected(),
    }
}

pub(super) fn too_large(cause: &(impl std::fmt::Display + ?Sized)) -> Failure {
    let sentence = "One answer of the API is larger than Clew reads.";
    Failure::new(FailureKind::Other, sentence, "Ask for smaller pages: set the records per page.", cause)
}

pub(super) fn no_json(cause: &(impl std::fmt::Display + ?Sized)) -> Failure {
    let remedy = "Correct the address and the path; Clew reads JSON alone.";
    Failure::new(FailureKind::Mismatch, "The API's answer is not JSON.", remedy, cause)
}

fn redirected() -> Failure {
    let sentence = "The API sends Clew to another address, which is not followed.";
    Failure::new(FailureKind::Setting, sentence, "Enter that address, or let redirects be followed.", "a redirect")
}

fn of_status(status: StatusCode) -> Failure {
    let cause = status.as_str().to_owned();
    let failure = |kind, sentence: &str, remedy: &str| Failure::new(kind, sentence, remedy, &cause);
    match status.as_u16() {
        300..=399 => redirected(),
        401 | 403 => {
            failure(FailureKind::Refused, "The API refused the credentials.", "Correct how Clew signs in there.")
        }
        429 => failure(FailureKind::Busy, "The API asks for fewer questions.", "Try again in a minute."),
        503 => failure(FailureKind::Busy, "The API has no room for questions.", "Try again in a minute."),
        other => Failure::new(
            FailureKind::Other,
            format!("The API answered with the status {other}."),
            "Check the path and its parameters; if they are right, ask who runs the API.",
            &cause,
        ),
    }
}
