//! Issuers: signing in at one that lies elsewhere, its exact name, and roles that follow what it says now.

use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use serde_json::json;
use server::sign_in::issuer::NewPerson;
use server::sign_in::session::SessionBody;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::postgres::make_certificates;
use crate::world::{Browser, PASSWORD, ParseId as _, World, path_of, role, run};

/// A Clew whose people sign in at the embedded issuer of another one. A proxy in front of both would send `/issuer` to
/// the second and everything else to the first, so both have the address of the second, and the browser here does what
/// that proxy would do.
struct Two {
    here: World,
    elsewhere: World,
}

impl Two {
    async fn start() -> Self {
        let elsewhere = World::start().await;
        let (origin, issuer) = (elsewhere.origin(), format!("{}/issuer", elsewhere.origin()));
        let further =
            [("CLEW_PUBLIC_URL", origin.as_str()), ("CLEW_OIDC_ISSUER", &issuer), ("CLEW_OIDC_CLIENT_ID", "clew")];
        let here = World::start_with(&further).await;
        assert!(here.server.sign_in.issuer().is_none(), "it has no issuer of its own");
        Self { here, elsewhere }
    }

    fn pass(&self, time: SignedDuration) {
        self.here.clock.pass(time);
        self.elsewhere.clock.pass(time);
    }

    async fn signed_in(&self, name: &str, roles: &[&str]) -> Browser {
        self.elsewhere.add_person(name, roles).await;
        let mut browser = self.here.browser();
        let page = browser.leave_for_issuer("/sign-in?return=/p/bank").await;
        browser.port = self.elsewhere.port;
        let answered = browser.enter_password(&page, name, PASSWORD).await;
        assert_eq!(answered.status, 303, "{}", answered.text());
        browser.port = self.here.port;
        let arrived = browser.get(&path_of(answered.header("location"))).await;
        assert_eq!((arrived.status, arrived.header("location")), (303, "/p/bank"), "{}", arrived.text());
        browser
    }
}

async fn verdict(browser: &mut Browser) -> String {
    browser.call("who_am_i", &json!({})).await.verdict()
}

#[test]
fn people_sign_in_at_an_issuer_elsewhere_and_have_the_roles_that_it_names() {
    run(async {
        let two = Two::start().await;
        let mut ada = two.signed_in("ada", &["Task.Manage", "Bank.Analyst"]).await;
        let me = ada.call("who_am_i", &json!({})).await.json();
        assert_eq!((&me["name"], &me["embedded_issuer"]), (&json!("ada"), &json!(false)));
        assert_eq!(me["caller"]["roles"], json!(["Bank.Analyst", "Task.Manage"]));
        assert_eq!(ada.get("/issuer/keys").await.status, 404, "what is configured elsewhere is not served here");

        let issuer = two.elsewhere.server.sign_in.issuer().expect("the embedded issuer");
        issuer.people.set_roles(server::audit::CLI, "ada", vec!["Task.Read".to_owned()]).await.expect("a change");
        two.pass(SignedDuration::from_mins(6));
        assert_eq!(ada.roles().await, json!(["Task.Read"]));
    });
}

#[test]
fn an_issuer_that_is_away_is_waited_for_and_then_no_right_is_believed() {
    run(async {
        let Two { here, elsewhere } = Two::start().await;
        let two = Two { here, elsewhere };
        let mut ada = two.signed_in("ada", &["Task.Read"]).await;
        let Two { here, elsewhere } = two;
        end(elsewhere).await;
        for minutes in [6, 6, 7] {
            here.clock.pass(SignedDuration::from_mins(minutes));
            assert_eq!(verdict(&mut ada).await, "200", "the issuer may be back soon");
        }
        here.clock.pass(SignedDuration::from_mins(2));
        assert_eq!(verdict(&mut ada).await, "502 source_failed", "twenty minutes without an answer");
        assert!(ada.cookies.contains_key("clew_sid"), "the session waits: nobody has to sign in again");
        assert_eq!(ada.call("create_project", &json!({ "id": "a", "name": "A" })).await.verdict(), "502 source_failed");
    });
}

/// Ends a world and waits until it has closed its connections.
async fn end(world: World) {
    let port = world.port;
    let mut open = TcpStream::connect(("127.0.0.1", port)).await.expect("a server");
    let request = format!("GET /healthz HTTP/1.1\r\nhost: localhost:{port}\r\n\r\n");
    open.write_all(request.as_bytes()).await.expect("sent");
    assert!(open.read(&mut [0; 1_024]).await.expect("an answer") > 0);
    drop(world);
    let mut rest = Vec::new();
    open.read_to_end(&mut rest).await.expect("the end");
}

/// An issuer at the root of a host that calls itself `name`; it is there for whoever looks it up.
async fn root_issuer(name: impl Fn(u16) -> String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let origin = format!("http://localhost:{port}");
    let document = json!({
        "issuer": name(port), "authorization_endpoint": format!("{origin}/authorize"), "jwks_uri": format!("{origin}/keys"),
        "token_endpoint": format!("{origin}/token"), "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
    });
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4_096];
            let read = stream.read(&mut head).await.unwrap_or_default();
            let keys = head[..read].starts_with(b"GET /keys ");
            let body = if keys { json!({ "keys": [] }).to_string() } else { document.to_string() };
            let length = body.len();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
            drop(stream.write_all(format!("{head}\r\ncontent-length: {length}\r\n\r\n{body}").as_bytes()).await);
        }
    });
    port
}

#[test]
fn an_issuer_is_called_exactly_as_it_was_typed() {
    run(async {
        let table = [("", "", 303), ("/", "/", 303), ("", "/", 502), ("/", "", 502)];
        for (typed, named, expected) in table {
            let port = root_issuer(|port| format!("http://localhost:{port}{named}")).await;
            let issuer = format!("http://localhost:{port}{typed}");
            let world = World::start_with(&[("CLEW_OIDC_ISSUER", &issuer), ("CLEW_OIDC_CLIENT_ID", "clew")]).await;
            let left = world.browser().get("/sign-in").await;
            assert_eq!(left.status, expected, "typed with {typed:?}, calls itself with {named:?}: {}", left.text());
        }
    });
}

/// A TLS listener that asks for a certificate of the tests' authority, in front of what answers in clear on `behind`.
async fn encrypted(listener: TcpListener, folder: &Path, behind: u16) {
    let chain = |name: &str| -> Vec<CertificateDer<'static>> {
        let found = CertificateDer::pem_file_iter(folder.join(name)).expect("certificates");
        found.collect::<Result<_, _>>().expect("certificates")
    };
    let mut authorities = rustls::RootCertStore::empty();
    chain("authority.pem").into_iter().for_each(|authority| authorities.add(authority).expect("an authority"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(authorities.into(), provider.clone()).build();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_client_cert_verifier(verifier.expect("a verifier"))
        .with_single_cert(
            chain("server.pem"),
            PrivateKeyDer::from_pem_file(folder.join("server.key.pem")).expect("a key"),
        )
        .expect("a pair");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    while let Ok((stream, _)) = listener.accept().await {
        // Whoever shows no certificate is not let in.
        let Ok(mut inside) = acceptor.accept(stream).await else { continue };
        let mut plain = TcpStream::connect(("127.0.0.1", behind)).await.expect("the issuer");
        drop(tokio::io::copy_bidirectional(&mut inside, &mut plain).await);
    }
}

/// Name and value.
type Setting<'t> = (&'t str, &'t str);

#[test]
fn an_issuer_may_have_an_authority_of_its_own_and_ask_for_a_certificate() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        make_certificates(folder.path());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("https://localhost:{}", listener.local_addr().expect("an address").port());
        let named = issuer.clone();
        let behind = root_issuer(move |_| named.clone()).await;
        let place = folder.path().to_owned();
        tokio::spawn(async move { encrypted(listener, &place, behind).await });
        let file = |name: &str| folder.path().join(name).display().to_string();
        let (ca, certificate, key) = (file("server.pem"), file("client.pem"), file("client.key.pem"));
        let (instance, pinned) = ([("CLEW_CA_FILE", ca.as_str())], file("authority.pem"));
        let ca = [("CLEW_OIDC_CA_FILE", ca.as_str())];
        let own =
            [("CLEW_OIDC_CLIENT_CERTIFICATE_FILE", certificate.as_str()), ("CLEW_OIDC_CLIENT_KEY_FILE", key.as_str())];
        let both = [&ca[..], &own].concat();
        let by_instance = [&instance[..], &own].concat();
        let other = [("CLEW_OIDC_CA_FILE", pinned.as_str())];
        let pinned = [&instance[..], &other, &own].concat();
        let table: [(&str, &[Setting<'_>], u16); 6] = [
            ("with both", &both, 303),
            ("with an authority of the instance", &by_instance, 303),
            ("where the issuer has another one", &pinned, 502),
            ("without a certificate of its own", &ca, 502),
            ("without the issuer's authority", &own, 502),
            ("without either", &[], 502),
        ];
        for (what, settings, expected) in table {
            let issuer = [("CLEW_OIDC_ISSUER", issuer.as_str()), ("CLEW_OIDC_CLIENT_ID", "clew")];
            let world = World::start_with(&[&issuer[..], settings].concat()).await;
            let left = world.browser().get("/sign-in").await;
            assert_eq!(left.status, expected, "{what}: {}", left.text());
        }
    });
}

#[test]
fn a_role_that_is_taken_away_is_gone_within_five_minutes() {
    run(async {
        let world = World::start().await;
        let mut ada = world.signed_in("ada", &["Task.Manage"]).await;
        let issuer = world.server.sign_in.issuer().expect("the embedded issuer");
        issuer.people.set_roles(server::audit::CLI, "ada", vec!["Task.Read".to_owned()]).await.expect("a change");
        world.clock.pass(SignedDuration::from_secs(299));
        assert_eq!(ada.roles().await, json!(["Task.Manage"]), "not asked at every request");
        world.clock.pass(SignedDuration::from_secs(1));
        let refused = ada.call("create_project", &json!({ "id": "bank", "name": "Bank" })).await;
        assert_eq!(refused.verdict(), "403 forbidden");
        assert_eq!(ada.roles().await, json!(["Task.Read"]));
        let noted: Vec<_> = world.audit(10).await.into_iter().filter(|entry| entry.call == "renew_session").collect();
        assert_eq!(noted.len(), 1, "what changed is written down, once");
        assert_eq!(noted[0].outcome.as_str(), "done");
    });
}

#[test]
fn a_person_whom_the_issuer_no_longer_knows_is_signed_out() {
    run(async {
        let world = World::start().await;
        let mut ada = world.signed_in("ada", &["Task.Read"]).await;
        // Somebody else has the name now.
        world.add_person("ada", &["Task.Read"]).await;
        world.clock.pass(SignedDuration::from_mins(5));
        assert_eq!(verdict(&mut ada).await, "401 signed_out");
        assert_eq!(verdict(&mut ada).await, "401 signed_out", "and stays so");
        let entry = world.audit(1).await.remove(0);
        assert_eq!((entry.call.as_str(), entry.outcome.as_str()), ("renew_session", "denied"));
    });
}

#[test]
fn requests_at_the_same_moment_ask_the_issuer_once() {
    run(async {
        let world = World::start().await;
        let ada = world.signed_in("ada", &["Task.Read"]).await;
        for _ in 0..3 {
            world.clock.pass(SignedDuration::from_mins(5));
            let asked = (0..32).map(|_| {
                let mut ada = ada.clone();
                tokio::spawn(async move { verdict(&mut ada).await })
            });
            for one in asked.collect::<Vec<_>>() {
                assert_eq!(one.await.expect("no panic"), "200", "a refresh token that is used twice ends its family");
            }
        }
    });
}

#[test]
fn a_session_whose_issuer_gave_no_refresh_token_ends_after_an_hour() {
    run(async {
        let world = World::start().await;
        let body = SessionBody { name: "ada".to_owned(), roles: vec![role("Task.Read")], ..SessionBody::default() };
        let mut ada = world.with_session(&"ada".parse_id(), &body).await;
        for _ in 0..3 {
            assert_eq!(verdict(&mut ada).await, "200");
            world.clock.pass(SignedDuration::from_mins(19));
        }
        assert_eq!(verdict(&mut ada).await, "200", "57 minutes");
        world.clock.pass(SignedDuration::from_mins(3));
        assert_eq!(verdict(&mut ada).await, "401 signed_out");
    });
}

#[test]
fn somebody_who_signed_out_is_not_signed_in_again_by_a_late_answer_of_the_issuer() {
    run(async {
        let world = World::start().await;
        let issuer = world.server.sign_in.issuer().expect("the embedded issuer");
        let person = NewPerson { name: "bob".to_owned(), email: None, roles: Vec::new() };
        assert!(issuer.people.set_roles(server::audit::CLI, "bob", Vec::new()).await.is_err(), "there is no bob yet");
        issuer.people.add_with_password(person, PASSWORD).await.expect("a person");
        let ada = world.signed_in("ada", &["Task.Read"]).await;
        world.clock.pass(SignedDuration::from_mins(5));
        let (mut asking, mut leaving) = (ada.clone(), ada.clone());
        let ask = async { asking.call("who_am_i", &json!({})).await };
        let leave = async { leaving.call("sign_out", &json!({})).await };
        let (_, left) = tokio::join!(ask, leave);
        assert_eq!(left.verdict(), "200");
        assert_eq!(verdict(&mut ada.clone()).await, "401 signed_out");
    });
}
