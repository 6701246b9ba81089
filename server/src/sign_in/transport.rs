//! How an issuer is reached: over the network with limits, or in the process; or as whoever starts the server says.
//!
//! Over the network: no redirects, 3 seconds to connect, 10 in all, at most 1 MiB of answer. The certificate is
//! verified against the system's authorities, or those of `CLEW_OIDC_CA_FILE`.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use http_body_util::{BodyExt, Limited};
use openidconnect::AsyncHttpClient;
pub use openidconnect::{HttpRequest, HttpResponse};
use tower::ServiceExt;

/// The greatest answer of an issuer, in bytes.
const MOST_BYTES: usize = 1024 * 1024;

/// A way to an issuer.
pub trait Transport: Send + Sync {
    /// Sends one request.
    ///
    /// # Errors
    /// [`Unreachable`] when there is no answer within the limits.
    fn send(&self, request: HttpRequest) -> BoxFuture<'static, Result<HttpResponse, Unreachable>>;
}

/// A way to an issuer as the library asks for it.
#[derive(Clone)]
pub(super) struct Asking(pub(super) Arc<dyn Transport>);

impl AsyncHttpClient<'_> for Asking {
    type Error = Unreachable;
    type Future = Answering;

    fn call(&self, request: HttpRequest) -> Answering {
        Answering(self.0.send(request))
    }
}

/// An answer under way. A type of its own: the compiler loses sight of what a boxed future may be sent between.
pub(super) struct Answering(BoxFuture<'static, Result<HttpResponse, Unreachable>>);

impl Future for Answering {
    type Output = Result<HttpResponse, Unreachable>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

/// Why an issuer gave no answer. Carries no part of the answer.
#[derive(Debug)]
pub struct Unreachable(pub String);

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreachable {}

/// The way to an issuer elsewhere.
pub struct Network(reqwest::Client);

impl Network {
    /// A way over the network, with the certificates of `tls`.
    ///
    /// # Errors
    /// A sentence, when no client can be made.
    #[expect(clippy::disallowed_methods, reason = "the one guarded client for issuers is made here")]
    pub fn new(tls: rustls::ClientConfig) -> Result<Self, String> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(10))
            .build();
        client.map(Self).map_err(|error| format!("the client for the issuer cannot be made: {error}"))
    }
}

impl Transport for Network {
    fn send(&self, request: HttpRequest) -> BoxFuture<'static, Result<HttpResponse, Unreachable>> {
        over_network(self.0.clone(), request).boxed()
    }
}

/// The way to the embedded issuer.
pub struct InProcess(Router);

impl InProcess {
    /// A way to what answers on these routes.
    pub fn new(routes: Router) -> Self {
        Self(routes)
    }
}

impl Transport for InProcess {
    fn send(&self, request: HttpRequest) -> BoxFuture<'static, Result<HttpResponse, Unreachable>> {
        in_process(self.0.clone(), request).boxed()
    }
}

/// An error with what lies below it: a library's own sentence often says no more than that something failed.
pub(super) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        let text = cause.to_string();
        if !said.ends_with(&text) {
            said = format!("{said}: {text}");
        }
        below = cause.source();
    }
    said
}

async fn over_network(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
    let failed = |error: reqwest::Error| Unreachable(with_causes(&error.without_url()));
    let request = reqwest::Request::try_from(request).map_err(failed)?;
    let answer = client.execute(request).await.map_err(failed)?;
    let mut response = axum::http::Response::builder().status(answer.status());
    if let Some(headers) = response.headers_mut() {
        headers.clone_from(answer.headers());
    }
    let mut bytes = Vec::new();
    let mut body = answer.bytes_stream();
    while let Some(piece) = body.next().await {
        bytes.extend_from_slice(&piece.map_err(failed)?);
        if bytes.len() > MOST_BYTES {
            return Err(Unreachable("the issuer's answer is larger than 1 MiB".to_owned()));
        }
    }
    response.body(bytes).map_err(|error| Unreachable(error.to_string()))
}

async fn in_process(routes: Router, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
    let Ok(answer) = routes.oneshot(request.map(Body::from)).await;
    let (parts, body) = answer.into_parts();
    let bytes = Limited::new(body, MOST_BYTES).collect().await.map_err(|error| Unreachable(error.to_string()))?;
    Ok(HttpResponse::from_parts(parts, bytes.to_bytes().to_vec()))
}
