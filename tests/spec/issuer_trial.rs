//! The trial of an issuer: what an instance manager is told of its keys, its clock, and the redirect address.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::administration::forced;
use crate::signing_issuer::FIRST;
use crate::world::{World, run};

/// An issuer that says what time it is, publishes these keys, and answers whoever wants to sign in with this status.
async fn issuer(date: &'static str, keys: Value, answer: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let origin = format!("http://localhost:{port}");
    let document = json!({
        "issuer": origin, "authorization_endpoint": format!("{origin}/authorize"), "jwks_uri": format!("{origin}/keys"),
        "token_endpoint": format!("{origin}/token"), "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["ES256"],
    });
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4_096];
            let read = stream.read(&mut head).await.unwrap_or_default();
            let line = String::from_utf8_lossy(&head[..read]).into_owned();
            let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
            let (status, body) = match path.split('?').next() {
                Some("/keys") => ("200 OK", json!({ "keys": keys }).to_string()),
                Some("/authorize") => (answer, String::new()),
                _ => ("200 OK", document.to_string()),
            };
            let asked = url::Url::parse(&format!("http://issuer{path}")).expect("an address");
            let back = asked.query_pairs().find(|(name, _)| name == "redirect_uri").map(|(_, back)| back.into_owned());
            let location = back.map(|back| format!("location: {back}?error=login_required\r\n")).unwrap_or_default();
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\ndate: {date}\r\n{location}\
                 content-length: {}\r\n\r\n{body}",
                body.len()
            );
            drop(stream.write_all(head.as_bytes()).await);
        }
    });
    port
}

/// The findings of a trial, each as its check and its state.
async fn tried(date: &'static str, keys: Value, answer: &'static str) -> (Vec<String>, Value) {
    let origin = format!("http://localhost:{}", issuer(date, keys, answer).await);
    let world = World::start_with(&[("CLEW_OIDC_ISSUER", &origin), ("CLEW_OIDC_CLIENT_ID", "clew")]).await;
    let mut manager = forced(&world, &["Task.Manage"]).await;
    let reply = manager.call("try_issuer", &json!({})).await;
    assert_eq!(reply.verdict(), "200", "{}", reply.text());
    let found = reply.json();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let list = found.as_array().expect("findings").iter();
    (list.map(|one| format!("{}: {}", text(&one["check"]), text(&one["state"]))).collect(), found)
}

#[test]
fn an_issuer_is_judged_by_its_keys_its_clock_and_whether_it_knows_the_redirect_address() {
    run(async {
        let keys = || json!([FIRST.jwk()]);
        // It is ten o'clock here.
        let table = [
            ("Fri, 20 Nov 2026 10:00:05 GMT", keys(), "302 Found", ["ok", "ok", "ok"]),
            ("Fri, 20 Nov 2026 09:59:30 GMT", keys(), "200 OK", ["ok", "warn", "warn"]),
            ("Fri, 20 Nov 2026 10:05:00 GMT", keys(), "400 Bad Request", ["ok", "bad", "bad"]),
            ("soon", json!([]), "500 Internal Server Error", ["bad", "ok", "warn"]),
        ];
        for (date, keys, answer, [of_keys, of_clock, of_redirect]) in table {
            let (states, found) = tried(date, keys, answer).await;
            let expected = [
                "discovery: ok".to_owned(),
                format!("keys: {of_keys}"),
                format!("clock: {of_clock}"),
                format!("redirect address: {of_redirect}"),
            ];
            assert_eq!(states, expected, "{found}");
            for finding in found.as_array().expect("findings") {
                let has_remedy = finding["remedy"] != "";
                assert_eq!(has_remedy, finding["state"] != "ok", "what is not well has its remedy: {finding}");
            }
        }
    });
}

#[test]
fn nobody_but_a_manager_makes_the_server_ask_the_issuer() {
    run(async {
        let port = issuer("soon", json!([FIRST.jwk()]), "302 Found").await;
        let origin = format!("http://localhost:{port}");
        let world = World::start_with(&[("CLEW_OIDC_ISSUER", &origin), ("CLEW_OIDC_CLIENT_ID", "clew")]).await;
        for roles in [&["Task.Read"][..], &["Task.Audit"]] {
            let mut other = forced(&world, roles).await;
            assert_eq!(other.call("try_issuer", &json!({})).await.verdict(), "403 forbidden", "{roles:?}");
        }
    });
}
