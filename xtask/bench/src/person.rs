//! Somebody who is signed in, and speaks to the program as the page does.

use std::time::Duration;

use reqwest::header::{COOKIE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};
use serde_json::{Value, json};
use url::Url;

use crate::Outcome;
use crate::clew::PROJECT;

/// The password of everybody whom the bench adds.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// What became of a request that may be one too many.
pub(crate) enum Offered {
    /// It was answered, to its end.
    Answered,
    /// There is too much to do.
    Later { is_told_when: bool },
    /// Anything else.
    Other(String),
}

/// A signed-in person.
#[derive(Clone)]
pub(crate) struct Person {
    client: Client,
    origin: String,
    cookies: Vec<(String, String)>,
}

impl Person {
    /// Goes all the way through the issuer's page.
    pub(crate) async fn sign_in(origin: &str, name: &str, password: &str) -> Outcome<Self> {
        Self::sign_in_from(origin, name, password, "127.0.0.1").await
    }

    /// The same from another address, as a proxy in front of Clew would say.
    pub(crate) async fn sign_in_from(origin: &str, name: &str, password: &str, address: &str) -> Outcome<Self> {
        let told = [(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_str(address)?)];
        // The server closes connections that are idle for 15 s, and nothing looks at them while psql is waited for: one that
        // may be closed is not used again.
        let client = Client::builder().redirect(Policy::none()).pool_idle_timeout(Duration::from_secs(10));
        let client = client.default_headers(HeaderMap::from_iter(told)).build()?;
        let mut person = Self { client, origin: origin.to_owned(), cookies: Vec::new() };
        let left = person.get(&format!("{origin}/sign-in")).await?;
        if !left.status().is_redirection() {
            return Err(format!("/sign-in: {}", left.status()).into());
        }
        let issuer = location(&left)?;
        let request = Url::parse(&issuer)?.query().unwrap_or_default().to_owned();
        person.get(&issuer).await?;
        let form = [("request", request.as_str()), ("name", name), ("password", password)];
        let answer = person.client.post(format!("{origin}/issuer/authorize")).header(COOKIE, person.cookie());
        let back = person.keep_cookies(answer.form(&form).send().await?);
        let back = Url::parse(origin)?.join(&location(&back)?)?;
        let arrived = person.get(back.as_str()).await?;
        if !arrived.status().is_redirection() {
            return Err(format!("the way back: {} {}", arrived.status(), arrived.text().await?).into());
        }
        person.call("who_am_i", &json!({})).await?;
        Ok(person)
    }

    /// The same person with a connection of one's own, over HTTP/2.
    pub(crate) fn over_http_2(&self) -> Outcome<Self> {
        self.by(Client::builder().http2_prior_knowledge())
    }

    /// The same person with connections of one's own.
    pub(crate) fn alone(&self) -> Outcome<Self> {
        self.by(Client::builder())
    }

    fn by(&self, client: ClientBuilder) -> Outcome<Self> {
        let client = client.redirect(Policy::none()).build()?;
        Ok(Self { client, origin: self.origin.clone(), cookies: self.cookies.clone() })
    }

    /// A question that may be refused because there is too much to do.
    pub(crate) async fn offer(&self, request: &Value) -> Offered {
        let answer = match self.post("/api/stream/run_query", request).await {
            Ok(answer) => answer,
            Err(error) => return Offered::Other(error.to_string()),
        };
        let (status, is_told_when) = (answer.status(), answer.headers().contains_key(RETRY_AFTER));
        match (status.as_u16(), answer.bytes().await) {
            (200, Ok(_)) => Offered::Answered,
            (429 | 503, Ok(_)) => Offered::Later { is_told_when },
            (_, Ok(_)) => Offered::Other(status.to_string()),
            (_, Err(error)) => Offered::Other(error.to_string()),
        }
    }

    /// A call that must go well.
    pub(crate) async fn call(&self, name: &str, request: &Value) -> Outcome<Value> {
        let answer = self.post(&format!("/api/call/{name}"), request).await?;
        let (status, text) = (answer.status(), answer.text().await?);
        if status.is_success() {
            Ok(serde_json::from_str(&text)?)
        } else {
            Err(format!("{name}: {status} {text}").into())
        }
    }

    /// The answer to a question of the project, as it begins.
    pub(crate) async fn ask(&self, query: &Value) -> Outcome<Response> {
        self.ask_in(PROJECT, query).await
    }

    /// The answer to a question of any project, as it begins.
    pub(crate) async fn ask_in(&self, project: &str, query: &Value) -> Outcome<Response> {
        let answer = self.post("/api/stream/run_query", &json!({ "project": project, "query": query })).await?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        Err(format!("run_query: {} {}", answer.status(), answer.text().await?).into())
    }

    /// Sets the password of whoever a one-time link is for.
    pub(crate) async fn set_password(&self, link: &str) -> Outcome {
        let token = Url::parse(link)?;
        let token =
            token.query_pairs().find(|(name, _)| name == "link").ok_or("a link without a token")?.1.into_owned();
        let form = [("link", token.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
        let post = self.client.post(format!("{}/issuer/password", self.origin)).header("sec-fetch-site", "same-origin");
        let answer = post.form(&form).send().await?;
        if answer.status().is_success() { Ok(()) } else { Err(format!("a password: {}", answer.status()).into()) }
    }

    /// Whether the server says that it lives.
    pub(crate) async fn health(&self) -> Outcome {
        let answer = self.client.get(format!("{}/healthz", self.origin)).send().await?;
        if answer.status().is_success() { Ok(()) } else { Err(format!("health: {}", answer.status()).into()) }
    }

    /// The revision of the project.
    pub(crate) async fn revision(&self) -> Outcome<u64> {
        self.revision_of(PROJECT).await
    }

    /// The revision of any project.
    pub(crate) async fn revision_of(&self, project: &str) -> Outcome<u64> {
        let read = self.call("read_project", &json!({ "project": project })).await?;
        read.get("revision").and_then(Value::as_u64).ok_or_else(|| "a project without a revision".into())
    }

    async fn get(&mut self, address: &str) -> Outcome<Response> {
        let answer = self.client.get(address).header(COOKIE, self.cookie()).send().await?;
        Ok(self.keep_cookies(answer))
    }

    async fn post(&self, path: &str, request: &Value) -> Outcome<Response> {
        let post = self.client.post(format!("{}{path}", self.origin)).header(COOKIE, self.cookie());
        Ok(post.header("clew-wire", "1").header("sec-fetch-site", "same-origin").json(request).send().await?)
    }

    fn cookie(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn keep_cookies(&mut self, answer: Response) -> Response {
        for cookie in answer.headers().get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok()) {
            let pair = cookie.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }
}

fn location(answer: &Response) -> Outcome<String> {
    let found = answer.headers().get(LOCATION).and_then(|address| address.to_str().ok());
    found.map(str::to_owned).ok_or_else(|| format!("{} leads nowhere: {}", answer.url().path(), answer.status()).into())
}
