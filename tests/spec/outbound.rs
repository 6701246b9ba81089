//! What leaves the server: sources and issuers are reached under the rules, and secrets go where they were saved for.

use std::sync::{Arc, Mutex};

use model::project::Source;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::ports::free_port;
use crate::postgres::Postgres;
use crate::projects::{bank, read};
use crate::samples::external;
use crate::world::{Browser, World, run};

/// What is said to a listener, connection by connection.
type Heard = Arc<Mutex<Vec<Vec<u8>>>>;

/// A database that asks for the password in clear, and knows nobody.
async fn listening_database() -> (u16, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let heard = Heard::default();
    let kept = heard.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut said = vec![0; 4_096];
            let first = stream.read(&mut said).await.unwrap_or_default();
            // AuthenticationCleartextPassword.
            drop(stream.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 3]).await);
            let second = stream.read(&mut said[first..]).await.unwrap_or_default();
            said.truncate(first + second);
            kept.lock().expect("no panic").push(said);
        }
    });
    (port, heard)
}

fn holds(heard: &Heard, secret: &str) -> bool {
    let heard = heard.lock().expect("no panic");
    heard.iter().any(|said| said.windows(secret.len()).any(|part| part == secret.as_bytes()))
}

fn at(port: u16) -> Source {
    let mut source = external("ledger");
    source.settings.insert("port".to_owned(), port.to_string());
    source.settings.insert("tls".to_owned(), "off".to_owned());
    source
}

async fn test(own: &mut Browser, source: &Source, secrets: Value) -> Value {
    let request = json!({ "project": "bank", "source": source, "secrets": secrets });
    own.call("test_source", &request).await.json()
}

async fn save(own: &mut Browser, source: &Source, secrets: Value) {
    let base = own.revision("bank").await;
    let request = json!({ "project": "bank", "base": base, "source": source, "secrets": secrets });
    let saved = own.call("save_source", &request).await;
    assert_eq!(saved.verdict(), "200", "{}", saved.text());
}

#[test]
fn this_machine_is_no_source_until_the_settings_open_it_and_a_refusal_tells_nothing_of_its_ports() {
    run(async {
        let (port, heard) = listening_database().await;
        let shut = free_port();
        let world = World::start_with(&[("CLEW_EGRESS_ALLOW", "")]).await;
        let mut own = bank(&world).await;
        let mut said = Vec::new();
        for port in [port, shut, world.port] {
            for host in ["127.0.0.1", "localhost", "2130706433", "::ffff:127.0.0.1"] {
                let mut source = at(port);
                source.settings.insert("host".to_owned(), host.to_owned());
                let report = test(&mut own, &source, json!({ "password": "planted" })).await;
                said.push(report["steps"][1]["fault"].clone());
            }
        }
        let clew = said.split_off(8);
        assert!(said.iter().all(|fault| *fault == said[0]), "{said:?}");
        let remedy = said[0]["remedy"].as_str().expect("a remedy");
        assert!(remedy.contains("CLEW_EGRESS_ALLOW"), "{remedy}");
        assert!(
            clew.iter().all(|fault| fault["remedy"].as_str().is_some_and(|said| said.contains("never"))),
            "{clew:?}"
        );
        assert!(heard.lock().expect("no panic").is_empty());
        save(&mut own, &at(port), json!({})).await;
        let asked = own.call("read_catalogue", &json!({ "project": "bank", "source": "ledger" })).await;
        assert_eq!(asked.verdict(), "502 source_failed");
        assert_eq!(asked.json()["sentence"], said[0]["sentence"]);

        // Opened, the same source is reached.
        let postgres = Postgres::shared().port;
        let allow = format!("127.0.0.1:{postgres}");
        let world = World::start_with(&[("CLEW_EGRESS_ALLOW", &allow)]).await;
        let mut own = bank(&world).await;
        let mut open = at(postgres);
        open.settings
            .extend([("database", "postgres"), ("user", "postgres")].map(|(n, v)| (n.to_owned(), v.to_owned())));
        assert_eq!(test(&mut own, &open, json!({})).await["ok"], true);
        let only = [("CLEW_EGRESS_ALLOW", ""), ("CLEW_EGRESS_ONLY", "db.example.org")];
        let world = World::start_with(&only).await;
        let mut own = bank(&world).await;
        let mut elsewhere = at(5432);
        elsewhere.settings.insert("host".to_owned(), "192.0.2.1".to_owned());
        let refused = test(&mut own, &elsewhere, json!({})).await;
        let remedy = refused["steps"][1]["fault"]["remedy"].as_str().expect("a remedy").to_owned();
        assert!(remedy.contains("CLEW_EGRESS_ONLY"), "{remedy}");
    });
}

#[test]
fn a_saved_password_goes_to_the_host_that_it_was_saved_for_and_to_no_other() {
    run(async {
        let ((right, heard), (wrong, stolen)) = (listening_database().await, listening_database().await);
        let world = World::start().await;
        let mut own = bank(&world).await;
        let ask = json!({ "project": "bank", "source": "ledger" });
        save(&mut own, &at(right), json!({ "password": "planted" })).await;
        own.call("read_catalogue", &ask).await;
        assert!(holds(&heard, "planted"), "it is sent where it belongs");
        // Tried elsewhere, saved elsewhere, and moved by a change.
        test(&mut own, &at(wrong), json!({})).await;
        save(&mut own, &at(wrong), json!({})).await;
        assert_eq!(read(&mut own).await["secrets"][0]["set"], false, "and it says so");
        own.call("read_catalogue", &ask).await;
        save(&mut own, &at(right), json!({ "password": "planted" })).await;
        let changes = json!([{ "put_source": at(wrong) }]);
        let base = own.revision("bank").await;
        let change = json!({ "project": "bank", "scope": "everyone", "base": base, "changes": changes });
        assert_eq!(own.call("change_project", &change).await.verdict(), "200");
        own.call("read_catalogue", &ask).await;
        assert!(!stolen.lock().expect("no panic").is_empty() && !holds(&stolen, "planted"), "{stolen:?}");
        // Moved back, it is still gone.
        save(&mut own, &at(right), json!({})).await;
        assert_eq!(read(&mut own).await["secrets"][0]["set"], false);
        // Entered again, it is sent there.
        save(&mut own, &at(wrong), json!({ "password": "planted" })).await;
        own.call("read_catalogue", &ask).await;
        assert!(holds(&stolen, "planted"));
    });
}

/// An issuer whose keys are at another place.
async fn issuer_with_keys_at(keys: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let origin = format!("http://localhost:{port}");
    let document = json!({
        "issuer": origin, "authorization_endpoint": format!("{origin}/authorize"),
        "jwks_uri": format!("http://127.0.0.1:{keys}/keys"), "token_endpoint": format!("{origin}/token"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let read = stream.read(&mut [0; 4_096]).await;
            let body = document.to_string();
            let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            drop((read, stream.write_all(format!("{head}{body}").as_bytes()).await));
        }
    });
    port
}

#[test]
fn an_issuer_is_reached_where_its_setting_says_and_leads_nowhere_that_is_shut() {
    run(async {
        let keys = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = keys.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(0));
        let counted = heard.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = keys.accept().await {
                *counted.lock().expect("no panic") += 1;
                let read = stream.read(&mut [0; 4_096]).await;
                let said = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 11\r\n\r\n{\"keys\":[]}";
                drop((read, stream.write_all(said).await));
            }
        });
        let issuer = format!("http://localhost:{}", issuer_with_keys_at(at).await);
        let allow = format!("127.0.0.1:{at}");
        for (allow, expected, came) in [("", 502, 0), (allow.as_str(), 303, 1)] {
            let settings =
                [("CLEW_OIDC_ISSUER", issuer.as_str()), ("CLEW_OIDC_CLIENT_ID", "clew"), ("CLEW_EGRESS_ALLOW", allow)];
            let world = World::start_with(&settings).await;
            let left = world.browser().get("/sign-in").await;
            assert_eq!((left.status, *heard.lock().expect("no panic")), (expected, came), "{allow}: {}", left.text());
        }
    });
}
