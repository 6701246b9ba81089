//! Whether the server lives, and whether it can work.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::Server;
use crate::store::Health;

/// Lives: the process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Can work: the store reads and writes.
pub(super) async fn readyz(State(server): State<Arc<Server>>) -> Response {
    let health = server.store.health().borrow().clone();
    match health {
        Health::Fine => "ready\n".into_response(),
        Health::Refusing(error) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {}\n", error.code())).into_response()
        }
    }
}
