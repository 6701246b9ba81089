//! Gives tokens back to an issuer elsewhere when sessions end (RFC 7009), as far as it has a place for that.
//!
//! The sessions have ended in our store already. Nobody waits for the issuer: each token has two seconds, all together
//! a minute, and an issuer that does not answer stands in the log.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::{StreamExt, stream};
use tokio::time::timeout;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::relying_party::RelyingParty;
use super::transport::HttpRequest;
use crate::settings::Secret;

/// How long the issuer has for one token.
const FOR_ONE: Duration = Duration::from_secs(2);
/// How long it has for all of them.
const FOR_ALL: Duration = Duration::from_secs(60);
/// Tokens on their way at once.
const AT_ONCE: usize = 8;

/// Gives refresh tokens back, beside what the caller goes on with.
pub(super) fn give_back(party: Arc<RelyingParty>, tokens: Vec<String>) {
    if tokens.is_empty() {
        return;
    }
    tokio::spawn(async move {
        let number = tokens.len();
        let given = timeout(FOR_ALL, all(&party, tokens)).await;
        match given {
            Ok(0) => {}
            Ok(kept) => tracing::warn!(kept, number, "the issuer did not take back what ended sessions held"),
            Err(_) => tracing::warn!(number, "the issuer takes too long to take back what ended sessions held"),
        }
    });
}

/// Gives all of them back; the number of those that the issuer did not take.
async fn all(party: &RelyingParty, tokens: Vec<String>) -> usize {
    let Some(place) = party.revocation_address().await else { return 0 };
    let one = |token: String| {
        let request = party.revoking(&place, &token);
        async move { matches!(timeout(FOR_ONE, party.sends(request?)).await, Ok(true)).then_some(()) }
    };
    stream::iter(tokens)
        .map(one)
        .buffer_unordered(AT_ONCE)
        .filter(|taken| std::future::ready(taken.is_none()))
        .count()
        .await
}

/// The request that gives a refresh token back, signed as the token endpoint would have it: by `client_secret_basic`
/// (RFC 6749, section 2.3.1), or with the client's name alone.
pub(super) fn request(place: &Url, token: &str, client_id: &str, secret: Option<&Secret>) -> Option<HttpRequest> {
    let mut form = Serializer::new(String::new());
    form.append_pair("token", token).append_pair("token_type_hint", "refresh_token");
    let mut request = axum::http::Request::builder()
        .method(Method::POST)
        .uri(place.as_str())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json");
    match secret {
        Some(secret) => {
            let escaped = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!("{}:{}", escaped(client_id), escaped(secret.expose()));
            request = request.header(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(pair)));
        }
        None => {
            form.append_pair("client_id", client_id);
        }
    }
    request.body(form.finish().into_bytes()).ok()
}
