//! A small issuer of our own that signs whatever a chapter wants: right tokens, and tokens that are wrong in one way.
//!
//! It has no page: a chapter reads nonce and state from the address that Clew sends the browser to, says what the issuer
//! shall answer, and goes back with a code that nobody looks at.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{KeyInit as _, Mac as _};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::world::{Browser, HeldClock, Reply, World};
use server::world::Clock as _;

/// The password of Clew at the issuer.
pub(crate) const CLIENT_SECRET: &str = "between clew and the issuer";

/// A key for signing: a name, and a number from which the key follows.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) seed: u8,
}

/// The key that is published at the beginning.
pub(crate) const FIRST: Key = Key { name: "first", seed: 1 };
/// The key that comes after it.
pub(crate) const SECOND: Key = Key { name: "second", seed: 2 };

impl Key {
    fn signing(self) -> SigningKey {
        SigningKey::from_slice(&[self.seed; 32]).expect("a scalar of the curve")
    }

    /// The public half, as an uncompressed point.
    pub(crate) fn point(self) -> Vec<u8> {
        self.signing().verifying_key().to_sec1_point(false).as_bytes().to_vec()
    }

    /// The public half, as the issuer publishes it.
    pub(crate) fn jwk(self) -> Value {
        let point = self.point();
        let half = |range: std::ops::Range<usize>| URL_SAFE_NO_PAD.encode(&point[range]);
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": self.name, "x": half(1..33), "y": half(33..65) })
    }
}

/// What a token is signed with.
pub(crate) enum Sign {
    With(Key),
    /// HMAC-SHA256 with a secret.
    Secret(Vec<u8>),
    /// An empty signature.
    Nothing,
}

/// An answer of the token endpoint before it is signed.
pub(crate) struct Draft {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) sign: Sign,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

impl Draft {
    /// Sets a claim.
    pub(crate) fn claim(&mut self, name: &str, value: impl Into<Value>) {
        self.claims[name] = value.into();
    }

    /// Takes a claim away.
    pub(crate) fn without(&mut self, name: &str) {
        self.claims.as_object_mut().expect("an object").remove(name).expect("a claim");
    }

    /// Moves a claim that is a time.
    pub(crate) fn at(&mut self, name: &str, secs_from_now: i64) {
        let now = self.claims["iat"].as_i64().expect("a time");
        self.claim(name, now + secs_from_now);
    }

    /// The token, signed.
    pub(crate) fn signed(&self) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&self.header), part(&self.claims));
        let signature = match &self.sign {
            Sign::With(key) => {
                let signature: Signature = key.signing().sign(text.as_bytes());
                signature.to_bytes().to_vec()
            }
            Sign::Secret(secret) => {
                let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret).expect("any length");
                mac.update(text.as_bytes());
                mac.finalize().into_bytes().to_vec()
            }
            Sign::Nothing => Vec::new(),
        };
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn answer(&self) -> Value {
        json!({
            "access_token": self.access_token, "token_type": "Bearer", "expires_in": 300,
            "refresh_token": self.refresh_token, "id_token": self.signed(),
        })
    }
}

/// What the issuer says, and what it was asked.
#[derive(Default)]
struct Said {
    document: String,
    /// Status and body of `/keys`.
    keys: (u16, String),
    /// Status and body of `/token`.
    token: (u16, String),
    asked: BTreeMap<String, usize>,
    /// The last form that came to `/token`.
    form: String,
    /// Every form that came to `/revoke`, each with the head that it came with.
    revoked: Vec<(String, String)>,
    /// Paths whose requests wait until they are let go.
    held: BTreeSet<String>,
    /// What is given for a refresh token that works once, if they do.
    rotating: Option<Rotating>,
}

/// Refresh tokens that work once, as providers that look out for thieves give them.
struct Rotating {
    /// The answer; its refresh token is the next one that works.
    draft: Draft,
    /// How many were given.
    given: usize,
    /// Whether one came twice: then none works any more.
    is_over: bool,
}

impl Rotating {
    fn answer(&mut self, form: &str) -> (u16, String) {
        let came = field_of(form, "refresh_token");
        self.is_over |= came != self.draft.refresh_token;
        if self.is_over {
            return (400, r#"{"error":"invalid_grant"}"#.to_owned());
        }
        self.given += 1;
        self.draft.refresh_token = format!("rotated {}", self.given);
        (200, self.draft.answer().to_string())
    }
}

fn field_of(form: &str, name: &str) -> String {
    let found = url::form_urlencoded::parse(form.as_bytes()).find(|(key, _)| key == name);
    found.map_or_else(String::new, |(_, value)| value.into_owned())
}

/// An issuer that is away when it is dropped.
pub(crate) struct SigningIssuer {
    said: Arc<Mutex<Said>>,
    /// Grows when what is held is let go.
    gone: watch::Sender<u32>,
    pub(crate) origin: String,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for SigningIssuer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SigningIssuer {
    /// An issuer with its first key.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
        let document = json!({
            "issuer": origin, "authorization_endpoint": format!("{origin}/authorize"),
            "jwks_uri": format!("{origin}/keys"), "token_endpoint": format!("{origin}/token"),
            "revocation_endpoint": format!("{origin}/revoke"), "end_session_endpoint": format!("{origin}/leave"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        });
        let said = Arc::new(Mutex::new(Said { document: document.to_string(), ..Said::default() }));
        let (answering, gone) = (said.clone(), watch::Sender::new(0));
        let letting_go = gone.subscribe();
        let task = tokio::spawn(async move {
            // They end with the issuer.
            let mut answers = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (answering, letting_go) = (answering.clone(), letting_go.clone());
                answers.spawn(async move { drop(answer(stream, &answering, letting_go).await) });
            }
        });
        let issuer = Self { said, gone, origin, task };
        issuer.publish(&[FIRST]);
        issuer
    }

    /// A Clew whose people sign in here, with further settings.
    pub(crate) async fn clew(&self, further: &[(&str, &str)]) -> World {
        World::start_with(&[&self.settings()[..], further].concat()).await
    }

    /// What such a Clew is told of this issuer.
    pub(crate) fn settings(&self) -> [(&'static str, &str); 3] {
        [
            ("CLEW_OIDC_ISSUER", self.origin.as_str()),
            ("CLEW_OIDC_CLIENT_ID", "clew"),
            ("CLEW_OIDC_CLIENT_SECRET", CLIENT_SECRET),
        ]
    }

    fn said(&self) -> std::sync::MutexGuard<'_, Said> {
        self.said.lock().expect("no panic before")
    }

    /// Publishes these keys and no other.
    pub(crate) fn publish(&self, keys: &[Key]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
        self.publish_text(200, &json!({ "keys": keys }).to_string());
    }

    /// Answers so to whoever asks for keys.
    pub(crate) fn publish_text(&self, status: u16, body: &str) {
        self.said().keys = (status, body.to_owned());
    }

    /// Answers with this token to whoever asks for one.
    pub(crate) fn gives(&self, draft: &Draft) {
        self.answers(200, &draft.answer().to_string());
    }

    /// Answers so to whoever asks for a token.
    pub(crate) fn answers(&self, status: u16, body: &str) {
        self.said().token = (status, body.to_owned());
    }

    /// From now on refresh tokens work once, the one of `draft` first; who comes with another one ends all of them.
    pub(crate) fn rotates(&self, draft: Draft) {
        self.said().rotating = Some(Rotating { draft, given: 0, is_over: false });
    }

    /// What is given for them is of this moment.
    pub(crate) fn rotating_from_now(&self, clock: &HeldClock) {
        let now = clock.now().as_second();
        let mut said = self.said();
        let rotating = said.rotating.as_mut().expect("they work once");
        rotating.draft.claim("iat", now);
        rotating.draft.claim("exp", now + 300);
    }

    /// From now on requests to a path wait, or do not; who waits already waits on.
    pub(crate) fn holds(&self, path: &str, holds: bool) {
        let mut said = self.said();
        if holds {
            said.held.insert(path.to_owned());
        } else {
            said.held.remove(path);
        }
    }

    /// Answers those that wait, as everybody is answered now.
    pub(crate) fn lets_go(&self) {
        self.gone.send_modify(|gone| *gone += 1);
    }

    /// Waits until a path was asked for so often.
    pub(crate) async fn is_asked(&self, path: &str, times: usize) {
        for _ in 0..2_000 {
            if self.asked(path) >= times {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{path} was asked for {} times and not {times}", self.asked(path));
    }

    /// How often a path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.said().asked.get(path).copied().unwrap_or_default()
    }

    /// The head and the form of everything that was given back.
    pub(crate) fn revoked(&self) -> Vec<(String, String)> {
        self.said().revoked.clone()
    }

    /// A field of the last form that came to `/token`.
    pub(crate) fn field(&self, name: &str) -> String {
        field_of(&self.said().form, name)
    }

    /// What it says when it is asked again who `subject` is.
    pub(crate) fn again(&self, world: &World, subject: &str, roles: &[&str]) -> Draft {
        let mut draft = self.draft(&world.clock, subject, "");
        draft.without("nonce");
        draft.claim("roles", json!(roles));
        draft
    }

    /// A token that is right in everything, for `subject`.
    pub(crate) fn draft(&self, clock: &HeldClock, subject: &str, nonce: &str) -> Draft {
        let now = clock.now().as_second();
        let access_token = "an access token".to_owned();
        let half = &server::hash::sha256(access_token.as_bytes())[..16];
        Draft {
            header: json!({ "alg": "ES256", "typ": "JWT", "kid": FIRST.name }),
            claims: json!({
                "iss": self.origin, "aud": "clew", "sub": subject, "exp": now + 300, "iat": now, "nonce": nonce,
                "at_hash": URL_SAFE_NO_PAD.encode(half), "name": subject, "roles": ["Task.Read"],
            }),
            sign: Sign::With(FIRST),
            access_token,
            refresh_token: "refresh 1".to_owned(),
        }
    }

    /// Signs `subject` in with a right token that `change` may change; gives the last answer.
    pub(crate) async fn sign_in(
        &self,
        world: &World,
        subject: &str,
        change: impl FnOnce(&mut Draft),
    ) -> (Browser, Reply) {
        self.sign_in_from(world, "/sign-in", subject, change).await
    }

    /// The same, where the sign-in begins at another address of Clew's.
    pub(crate) async fn sign_in_from(
        &self,
        world: &World,
        from: &str,
        subject: &str,
        change: impl FnOnce(&mut Draft),
    ) -> (Browser, Reply) {
        let mut browser = world.browser();
        let arrived = self.sign_in_with(&mut browser, world, from, subject, change).await;
        (browser, arrived)
    }

    /// The same, with a browser that has been used.
    pub(crate) async fn sign_in_with(
        &self,
        browser: &mut Browser,
        world: &World,
        from: &str,
        subject: &str,
        change: impl FnOnce(&mut Draft),
    ) -> Reply {
        let left = browser.get(from).await;
        assert_eq!(left.status, 303, "{}", left.text());
        let address = url::Url::parse(left.header("location")).expect("an address");
        let sent: BTreeMap<String, String> = address.query_pairs().into_owned().collect();
        let mut draft = self.draft(&world.clock, subject, &sent["nonce"]);
        change(&mut draft);
        self.gives(&draft);
        let back = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("code", "a code"), ("state", sent["state"].as_str())])
            .finish();
        browser.get(&format!("/sign-in/callback?{back}")).await
    }

    /// Signs in as [`Self::sign_in`], and is let in.
    pub(crate) async fn signed_in(&self, world: &World, subject: &str, change: impl FnOnce(&mut Draft)) -> Browser {
        let (browser, arrived) = self.sign_in(world, subject, change).await;
        assert_eq!(arrived.status, 303, "{subject}: {}", arrived.text());
        browser
    }
}

/// Answers one request.
async fn answer(
    mut stream: TcpStream,
    said: &Mutex<Said>,
    mut letting_go: watch::Receiver<u32>,
) -> std::io::Result<()> {
    let mut request = Vec::new();
    let (head, body) = loop {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
        let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        if request.len() >= end + 4 + length.unwrap_or(0) {
            break (head, String::from_utf8_lossy(&request[end + 4..]).into_owned());
        }
    };
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let is_held = {
        let mut said = said.lock().expect("no panic before");
        letting_go.mark_unchanged();
        *said.asked.entry(path.clone()).or_default() += 1;
        said.held.contains(&path)
    };
    if is_held && letting_go.changed().await.is_err() {
        return Ok(());
    }
    let (status, body) = {
        let mut said = said.lock().expect("no panic before");
        match path.as_str() {
            "/keys" => said.keys.clone(),
            "/token" => {
                said.form = body;
                let form = said.form.clone();
                let is_refresh = field_of(&form, "grant_type") == "refresh_token";
                match said.rotating.as_mut().filter(|_| is_refresh) {
                    Some(rotating) => rotating.answer(&form),
                    None => said.token.clone(),
                }
            }
            "/revoke" => {
                said.revoked.push((head, body));
                (200, String::new())
            }
            _ => (200, said.document.clone()),
        }
    };
    let length = body.len();
    let head = format!("HTTP/1.1 {status} said\r\ncontent-type: application/json\r\nconnection: close");
    stream.write_all(format!("{head}\r\ncontent-length: {length}\r\n\r\n{body}").as_bytes()).await
}
