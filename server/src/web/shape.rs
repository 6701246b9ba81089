//! What no page of ours sends, refused before anything else looks at it: odd paths, long addresses, foreign hosts.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use wire::{Code, Fault};

use crate::Server;
use crate::gate::refuse;

/// The longest address, with its query.
const MOST_ADDRESS_BYTES: usize = 8 * 1024;
/// The most that names and values of all headers may take; how many there may be is the library's limit of a hundred.
const MOST_HEADER_BYTES: usize = 16 * 1024;

/// Why a request is not looked at any further.
pub(super) fn refusal(server: &Server, request: &Request) -> Option<Response> {
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if address > MOST_ADDRESS_BYTES {
        let fault = too_large("address", MOST_ADDRESS_BYTES);
        return Some(refuse_as(StatusCode::URI_TOO_LONG, &fault));
    }
    if header_bytes(request.headers()) > MOST_HEADER_BYTES {
        let fault = too_large("request's head", MOST_HEADER_BYTES);
        return Some(refuse_as(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, &fault));
    }
    if !is_canonical(request.uri().path()) {
        return Some(refuse(&Fault::not_found()));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::POST) {
        return Some(StatusCode::METHOD_NOT_ALLOWED.into_response());
    }
    if is_for_us(server, request) {
        return None;
    }
    let fault = Fault::new(
        Code::NotFound,
        "This server is not known under this name.",
        "Open it at the address that CLEW_PUBLIC_URL names.",
    );
    Some(refuse_as(StatusCode::MISDIRECTED_REQUEST, &fault))
}

fn too_large(what: &str, most: usize) -> Fault {
    Fault::new(Code::TooLarge, format!("The {what} is longer than {most} bytes."), "Begin at the first page.")
}

fn header_bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

/// One host at the most, and each place that names one names a name of ours: two parsers could take different ones.
fn is_for_us(server: &Server, request: &Request) -> bool {
    let hosts: Vec<&HeaderValue> = request.headers().get_all(header::HOST).iter().collect();
    let in_address = request.uri().authority().map(axum::http::uri::Authority::as_str);
    let named = hosts.iter().map(|host| host.to_str().unwrap_or_default()).chain(in_address);
    let named: Vec<&str> = named.collect();
    hosts.len() <= 1 && !named.is_empty() && named.iter().all(|host| server.knows_host(host))
}

/// The answer that carries a fault under another status than its own.
pub(super) fn refuse_as(status: StatusCode, fault: &Fault) -> Response {
    let mut response = refuse(fault);
    *response.status_mut() = status;
    response
}

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
