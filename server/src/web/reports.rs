//! What browsers report of the content policy: that something on a page of ours was refused, which is a mistake or an attack.
//!
//! Both forms are read: a list of reports (`application/reports+json`) and one alone (`application/csp-report`). Whoever
//! reports need not be signed in, so there are limits, and the log gets nothing that the sender can make up: the directive by
//! its name, what was refused by its kind or its origin, and the page as the access line has it. A text that is refused on a
//! page may be of an investigation; the samples that some browsers send are left where they are.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, post};
use serde_json::Value;
use url::Url;
use wire::{Code, Fault};

use super::shape::refuse_as;
use crate::Server;
use crate::access_line::without_values;
use crate::body::read_whole;
use crate::gate::{client_address, refuse};
use crate::sign_in::limits::PerMinute;

/// Where reports go; the policy names it.
pub(super) const PATH: &str = "/csp-report";
/// Reports of one address and of all in a minute: a page that is broken for everybody need not be told more often.
const OF_ADDRESS: u32 = 10;
const IN_ALL: u32 = 100;
/// The most that one request may hold, in bytes and in reports that are looked at.
const MOST_BYTES: usize = 16 * 1024;
const MOST_REPORTS: usize = 10;

/// The route, with its limit.
pub(super) fn route() -> MethodRouter<Arc<Server>> {
    let limit = Arc::new(PerMinute::new(OF_ADDRESS, IN_ALL));
    post(move |State(server): State<Arc<Server>>, headers: HeaderMap, body: Body| async move {
        hear(&server, &limit, &headers, body).await
    })
}

async fn hear(server: &Server, limit: &PerMinute, headers: &HeaderMap, body: Body) -> Response {
    // A page of somebody else's makes its visitors report nothing here.
    if headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin") {
        let fault = Fault::new(Code::Forbidden, "Reports come from pages of Clew alone.", "Open Clew itself.");
        return refuse(&fault);
    }
    if let Err(seconds) = limit.count(client_address(headers), server.clock.monotonic()) {
        let fault = Fault::new(Code::Busy, "Too many reports come from your address.", "Nothing has to be done.");
        let wait = [(header::RETRY_AFTER, seconds.to_string())];
        return (wait, refuse_as(StatusCode::TOO_MANY_REQUESTS, &fault)).into_response();
    }
    let body = match read_whole(body, MOST_BYTES).await {
        Ok(body) => body,
        Err(fault) => return refuse(&fault),
    };
    for report in reports(&body) {
        tracing::warn!(
            directive = report.directive,
            blocked = report.blocked,
            page = report.page,
            "a browser refused something on a page of Clew"
        );
    }
    StatusCode::NO_CONTENT.into_response()
}

/// What is told of one refusal.
#[derive(Debug, PartialEq, Eq)]
struct Report {
    /// The part of the policy.
    directive: String,
    /// `inline`, `eval` and the like, or scheme and host.
    blocked: String,
    /// The path of the page, without values.
    page: String,
}

fn reports(body: &[u8]) -> Vec<Report> {
    let told: Value = serde_json::from_slice(body).unwrap_or_default();
    match &told {
        Value::Array(all) => all.iter().take(MOST_REPORTS).filter_map(|one| report(one.get("body")?)).collect(),
        Value::Object(one) => one.get("csp-report").and_then(report).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// One report; none where it names no directive.
fn report(told: &Value) -> Option<Report> {
    let text = |names: [&str; 2]| names.iter().find_map(|name| told.get(name)?.as_str()).unwrap_or_default();
    let directive = text(["effectiveDirective", "effective-directive"]);
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    if !(3..=40).contains(&directive.len()) || !is_name(directive) {
        return None;
    }
    let blocked = blocked(text(["blockedURL", "blocked-uri"]));
    let page = Url::parse(text(["documentURL", "document-uri"])).map(|url| without_values(url.path()));
    Some(Report { directive: directive.to_owned(), blocked, page: page.unwrap_or_default() })
}

/// Words that stand for what has no address (CSP3, 5.2).
const KINDS: [&str; 6] = ["inline", "eval", "wasm-eval", "trusted-types-policy", "trusted-types-sink", "self"];

/// A kind as it is; of an address no more than its origin, because its path may hold anything.
fn blocked(text: &str) -> String {
    if let Some(kind) = KINDS.iter().find(|kind| **kind == text) {
        return (*kind).to_owned();
    }
    match Url::parse(text).map(|url| url.origin()) {
        Ok(origin) if origin.is_tuple() => origin.ascii_serialization().chars().take(100).collect(),
        _ => "something else".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(directive: &str, blocked: &str, page: &str) -> Report {
        Report { directive: directive.to_owned(), blocked: blocked.to_owned(), page: page.to_owned() }
    }

    #[test]
    fn both_forms_of_a_report_are_read_and_nothing_personal_is_kept_of_them() {
        let many = r#"[
            {"type": "csp-violation", "body": {"effectiveDirective": "script-src-elem", "blockedURL": "https://evil.example/a?x=Ola",
             "documentURL": "https://clew.example/p/bank/o/person/31129956715", "sample": "Ola Nordmann"}},
            {"type": "csp-violation", "body": {"effectiveDirective": "require-trusted-types-for", "blockedURL": "trusted-types-sink",
             "documentURL": "https://clew.example/"}}]"#;
        let expected = [
            told("script-src-elem", "https://evil.example", "/p/bank/…"),
            told("require-trusted-types-for", "trusted-types-sink", "/"),
        ];
        assert_eq!(reports(many.as_bytes()), expected);
        let one = r#"{"csp-report": {"effective-directive": "style-src", "blocked-uri": "inline", "document-uri": "https://c.example/31129956715"}}"#;
        assert_eq!(reports(one.as_bytes()), [told("style-src", "inline", "/…")]);
    }

    #[test]
    fn what_a_sender_makes_up_does_not_come_into_the_log() {
        for body in
            ["", "{", "null", "[1]", "[[]]", "{\"csp-report\":7}", "[{\"body\":{\"effectiveDirective\":\"a\\nb\"}}]"]
        {
            assert_eq!(reports(body.as_bytes()), [], "{body}");
        }
        let odd =
            r#"[{"body": {"effectiveDirective": "script-src", "blockedURL": "Ola\nNordmann", "documentURL": "x"}}]"#;
        assert_eq!(reports(odd.as_bytes()), [told("script-src", "something else", "")]);
        let data =
            r#"[{"body": {"effectiveDirective": "img-src", "blockedURL": "data:text/plain,Ola", "documentURL": "x"}}]"#;
        assert_eq!(reports(data.as_bytes()), [told("img-src", "something else", "")]);
        let one = r#"{"body": {"effectiveDirective": "script-src", "blockedURL": "eval"}}"#;
        assert_eq!(reports(format!("[{}]", [one; 500].join(",")).as_bytes()).len(), MOST_REPORTS);
    }
}
