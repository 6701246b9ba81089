//! A web address of a test: real HTTP, JSON that a test makes up, and everything that was asked of it.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use tokio::net::TcpListener;

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
}

impl Asked {
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// A parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A running one.
#[derive(Clone)]
pub(super) struct Web {
    pub(super) port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Web {
    /// Answers as `answer` says, as long as the runtime of the test lives.
    pub(super) async fn start(answer: impl Fn(&Asked) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let web = Self { port: listener.local_addr().expect("an address").port(), asked: Arc::default() };
        let (known, answer) = (web.asked.clone(), Arc::new(answer));
        let routes = Router::new().fallback(move |request: Request| {
            let text = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            };
            let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned();
            let asked = Asked { target, headers: request.headers().iter().map(text).collect() };
            let answered = answer(&asked);
            known.lock().expect("no panic").push(asked);
            async move { answered }
        });
        tokio::spawn(async move { axum::serve(listener, routes).await });
        web
    }

    /// One that lives as long as the program; gives its port. What is not there is answered with 404.
    pub(super) fn lasting(answer: impl Fn(&Asked) -> Option<String> + Send + Sync + 'static) -> u16 {
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let web = Self::start(move |asked| answer(asked).map_or_else(absent, json)).await;
                send.send(web.port).expect("a test waits");
                std::future::pending::<()>().await;
            });
        });
        receive.recv().expect("a port")
    }

    /// Everything that was asked so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic").clone()
    }

    /// The paths and queries of it.
    pub(super) fn targets(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.target).collect()
    }
}

/// An answer of JSON.
pub(super) fn json(text: impl Into<String>) -> Response {
    Response::builder().header("content-type", "application/json").body(Body::from(text.into())).expect("an answer")
}

/// An answer that there is nothing.
pub(super) fn absent() -> Response {
    status(404)
}

/// An answer with a status alone.
pub(super) fn status(code: u16) -> Response {
    Response::builder().status(code).body(Body::from("{\"error\":\"planted in an error\"}")).expect("an answer")
}
