//! How an issuer is reached: over the network with limits, or in the process; or as whoever starts the server says.
//!
//! Over the network: no redirects, 3 seconds to connect, 10 in all, at most 1 MiB of answer (unpacked), 64 KiB of headers,
//! JSON nested at most 32 deep. The certificate is verified against the system's authorities, or those of
//! `CLEW_OIDC_CA_FILE`. The issuer itself is reached wherever its setting says; other addresses that it names are not,
//! unless the rules for connections to the outside let everybody there.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use futures::FutureExt;
use futures::future::BoxFuture;
use http_body_util::{BodyExt, Limited};
use openidconnect::AsyncHttpClient;
pub use openidconnect::{HttpRequest, HttpResponse};
use tower::ServiceExt;
use url::Url;

use crate::egress::http::{Ask, Bounds, Client};
use crate::egress::{Egress, deepest};

/// The greatest answer of an issuer, in bytes.
const MOST_BYTES: usize = Bounds::ISSUER.unpacked;
/// The deepest nesting of its JSON.
const DEEPEST: usize = 32;

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
pub struct Network(Arc<Client>);

impl Network {
    /// A way over the network to `issuer`, with the certificates of `tls`.
    pub fn new(issuer: &str, tls: rustls::ClientConfig, egress: &Egress) -> Self {
        let named = Url::parse(issuer).ok();
        let place = named.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)));
        let egress = place.map_or_else(|| egress.clone(), |(host, port)| egress.naming(host, port));
        Self(Arc::new(Client::new(egress, tls, Bounds::ISSUER)))
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

async fn over_network(client: Arc<Client>, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
    let failed = |error: &dyn std::error::Error| Unreachable(with_causes(error));
    let (parts, body) = request.into_parts();
    let url = Url::parse(&parts.uri.to_string()).map_err(|error| failed(&error))?;
    let ask = Ask { method: parts.method, headers: parts.headers, body: body.into(), ..Ask::get(url) };
    let answer = client.send(ask).await.map_err(|error| failed(&error))?;
    if deepest(&answer.body) > DEEPEST {
        return Err(Unreachable(format!("the issuer's answer is nested deeper than {DEEPEST} times")));
    }
    let mut response = axum::http::Response::builder().status(answer.status);
    if let Some(headers) = response.headers_mut() {
        *headers = answer.headers;
    }
    response.body(answer.body).map_err(|error| failed(&error))
}

async fn in_process(routes: Router, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
    let Ok(answer) = routes.oneshot(request.map(Body::from)).await;
    let (parts, body) = answer.into_parts();
    let bytes = Limited::new(body, MOST_BYTES).collect().await.map_err(|error| Unreachable(error.to_string()))?;
    Ok(HttpResponse::from_parts(parts, bytes.to_bytes().to_vec()))
}
