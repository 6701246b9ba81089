//! Whether the server lives, whether it can work, and the numbers for whoever watches it, on a listener of their own.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

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
fn ready(server: &Server) -> String {
    let warnings = server.certificates.iter().flat_map(|certificates| certificates.warnings());
    warnings.fold("ready\n".to_owned(), |text, warning| format!("{text}warning: {warning}\n"))
}

/// Can work: the store reads and writes.
pub(super) async fn readyz(State(server): State<Arc<Server>>) -> Response {
    let health = server.store.health().borrow().clone();
    match health {
        Health::Fine => ready(&server).into_response(),
        Health::Away(error) | Health::Refusing(error) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {}\n", error.code())).into_response()
        }
    }
}
