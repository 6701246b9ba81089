//! A small issuer of our own that signs whatever a chapter wants: right tokens, and tokens that are wrong in one way.
//!
//! It has no page: a chapter reads nonce and state from the address that Clew sends the browser to, says what the issuer
//! shall answer, and goes back with a code that nobody looks at.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{KeyInit as _, Mac as _};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

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
}

/// An issuer that is away when it is dropped.
pub(crate) struct SigningIssuer {
    said: Arc<Mutex<Said>>,
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
            "revocation_endpoint": format!("{origin}/revoke"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        });
        let said = Arc::new(Mutex::new(Said { document: document.to_string(), ..Said::default() }));
        let answering = said.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                drop(answer(stream, &answering).await);
            }
        });
        let issuer = Self { said, origin, task };
        issuer.publish(&[FIRST]);
        issuer
    }

    /// A Clew whose people sign in here, with further settings.
    pub(crate) async fn clew(&self, further: &[(&str, &str)]) -> World {
        let own = [
            ("CLEW_OIDC_ISSUER", self.origin.as_str()),
            ("CLEW_OIDC_CLIENT_ID", "clew"),
            ("CLEW_OIDC_CLIENT_SECRET", CLIENT_SECRET),
        ];
        World::start_with(&[&own[..], further].concat()).await
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
        let form = self.said().form.clone();
        let found = url::form_urlencoded::parse(form.as_bytes()).find(|(key, _)| key == name);
        found.map_or_else(String::new, |(_, value)| value.into_owned())
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
        let arrived = browser.get(&format!("/sign-in/callback?{back}")).await;
        (browser, arrived)
    }

    /// Signs in as [`Self::sign_in`], and is let in.
    pub(crate) async fn signed_in(&self, world: &World, subject: &str, change: impl FnOnce(&mut Draft)) -> Browser {
        let (browser, arrived) = self.sign_in(world, subject, change).await;
        assert_eq!(arrived.status, 303, "{subject}: {}", arrived.text());
        browser
    }
}

/// Answers one request.
async fn answer(mut stream: TcpStream, said: &Mutex<Said>) -> std::io::Result<()> {
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
    let (status, body) = {
        let mut said = said.lock().expect("no panic before");
        *said.asked.entry(path.clone()).or_default() += 1;
        match path.as_str() {
            "/keys" => said.keys.clone(),
            "/token" => {
                said.form = body;
                said.token.clone()
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
