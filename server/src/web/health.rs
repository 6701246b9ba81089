//! Whether the server lives, whether it can work, and the numbers for whoever watches it, on a listener of their own.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::audit::ClockBack;
use crate::settings::SinkPolicy;
use crate::store::Health;
use crate::{Server, metrics};

/// What the listener of `CLEW_METRICS_LISTEN` answers.
pub(super) fn metrics_router(server: Arc<Server>) -> Router {
    Router::new().route("/metrics", get(numbers)).route("/healthz", get(healthz)).with_state(server)
}

async fn numbers(State(server): State<Arc<Server>>) -> Response {
    match metrics::page(&server).await {
        Ok(text) => ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {}\n", error.code())).into_response(),
    }
}

/// Lives: the process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// What should be looked at although the server works stands below the word.
fn warnings(server: &Server) -> impl Iterator<Item = String> {
    server.certificates.iter().flat_map(|certificates| certificates.warnings())
}

/// Can work: the store reads and writes, every sink that must have the audit log takes it, and the clock was not put back.
/// That a sink which may be behind has trouble is told below the word; which one, and how far, only the log and the
/// listener of numbers say.
pub(super) async fn readyz(State(server): State<Arc<Server>>) -> Response {
    let not_ready = |code: &str| (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {code}\n")).into_response();
    let health = server.store.health().borrow().clone();
    if let Health::Away(error) | Health::Refusing(error) = health {
        return not_ready(error.code());
    }
    if let Err(error) = server.audit.is_writable().await {
        return not_ready(error.code());
    }
    let troubled = server.audit.troubled_sinks();
    if troubled.contains(&SinkPolicy::Must) {
        return not_ready("audit_sink_failed");
    }
    // Last: whatever else there is keeps people from working, and this does not.
    if let Some(back) = server.audit.clock_back() {
        let said = format!("not ready: {}\nthe clock: {back} {}\n", ClockBack::CODE, ClockBack::REMEDY);
        return (StatusCode::SERVICE_UNAVAILABLE, said).into_response();
    }
    let mut text = String::from("ready\n");
    warnings(&server).for_each(|warning| text.push_str(&format!("warning: {warning}\n")));
    if !troubled.is_empty() {
        text.push_str("warning: a copy of the audit log is behind\n");
    }
    text.into_response()
}
