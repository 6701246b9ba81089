//! Copies of the audit log where more is in play than one server: a file for each of two servers, certificates of one's own.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::postgres::{CERTAIN, Postgres, certain_account, make_certificates};
use crate::program::{changed, environment, finish, told};
use crate::replicas::fresh;
use crate::sinks::{asked, end, lines, numbers, until};
use crate::sinks_received::{Got, framed, take};
use crate::world::{World, run};

async fn world(store: &str, file: &Path) -> World {
    let file = file.to_str().expect("plain");
    World::start_with(&[("JDBC_CONNECTION_STRING", store), ("CLEW_AUDIT_FILE", file)]).await
}

async fn has_all(world: &World, file: &Path) {
    let end = end(world).await;
    until("the last entry", async || numbers(&lines(file)).last() >= Some(&end)).await;
    let copied = numbers(&lines(file));
    assert_eq!(copied, (1..=copied.len() as u64).collect::<Vec<_>>(), "each once, none missing");
}

async fn leave(world: World) {
    world.stop.send_replace(true);
    world.answering.await.expect("it ends in order");
    world.server.audit.copies().expect("sinks").finish().await;
    world.server.store.close().await.expect("closed");
}

#[test]
fn of_two_servers_each_has_the_whole_log_in_its_own_file_also_what_was_written_while_it_was_away() {
    run(async {
        let (store, logs) = (fresh(Postgres::shared().port), tempfile::tempdir().expect("a folder"));
        let [of_one, of_other] = ["one.jsonl", "other.jsonl"].map(|name| logs.path().join(name));
        let one = world(&store, &of_one).await;
        let mut ada = one.signed_in("ada", &["Task.Manage"]).await;
        assert_eq!(asked(&mut ada).await, "200");
        has_all(&one, &of_one).await;
        let before = numbers(&lines(&of_one)).len();
        leave(one).await;

        let other = world(&store, &of_other).await;
        let mut bob = other.signed_in("bob", &["Task.Manage"]).await;
        for _ in 0..10 {
            assert_eq!(asked(&mut bob).await, "200");
        }
        has_all(&other, &of_other).await;
        assert_eq!(numbers(&lines(&of_one)).len(), before, "one is away");

        let again = world(&store, &of_one).await;
        has_all(&again, &of_one).await;
        has_all(&again, &of_other).await;
        assert!(numbers(&lines(&of_one)).len() > before + 20);
        leave(again).await;
        leave(other).await;
    });
}

/// Lets in whoever shows a certificate of the tests' authority.
fn careful(folder: &Path) -> TlsAcceptor {
    let pem = |name: &str| CertificateDer::from_pem_file(folder.join(name)).expect("a certificate");
    let mut authorities = rustls::RootCertStore::empty();
    authorities.add(pem("authority.pem")).expect("an authority");
    let provider = server::tls::provider();
    let verifier = WebPkiClientVerifier::builder_with_provider(authorities.into(), provider.clone()).build();
    let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.expect("versions").with_client_cert_verifier(verifier.expect("a verifier"));
    let key = PrivateKeyDer::from_pem_file(folder.join("server.key.pem")).expect("a key");
    TlsAcceptor::from(Arc::new(builder.with_single_cert(vec![pem("server.pem")], key).expect("a pair")))
}

#[test]
fn a_receiver_of_syslog_that_asks_for_a_certificate_is_shown_one() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        make_certificates(folder.path());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let to = format!("tls://localhost:{}", listener.local_addr().expect("an address").port());
        let (got, acceptor) = (Got::default(), careful(folder.path()));
        let kept = got.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(stream) = acceptor.accept(stream).await {
                    tokio::spawn(take(stream, kept.clone()));
                }
            }
        });
        let file = |name: &str| folder.path().join(name).display().to_string();
        let (ca, certificate, key) = (file("server.pem"), file("client.pem"), file("client.key.pem"));
        let to = [("CLEW_AUDIT_SYSLOG", to.as_str()), ("CLEW_AUDIT_SYSLOG_CA_FILE", ca.as_str())];
        let without = World::start_with(&to).await;
        let mut ada = without.signed_in("ada", &["Task.Manage"]).await;
        // With TLS 1.3 a receiver refuses after the first words.
        until("readiness says so", async || {
            assert_eq!(asked(&mut ada).await, "200");
            without.browser().get("/readyz").await.text().contains("is behind")
        })
        .await;
        assert!(framed(&got).is_empty(), "nobody without a certificate");
        let own = [
            ("CLEW_AUDIT_SYSLOG_CLIENT_CERTIFICATE_FILE", certificate.as_str()),
            ("CLEW_AUDIT_SYSLOG_CLIENT_KEY_FILE", key.as_str()),
        ];
        let with = World::start_with(&[to, own].concat()).await;
        with.signed_in("ada", &["Task.Read"]).await;
        let end = end(&with).await;
        until("all entries", async || framed(&got).len() as u64 >= end).await;
    });
}

#[test]
fn a_database_that_asks_for_a_certificate_is_shown_one() {
    run(async {
        let postgres = Postgres::shared();
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["server", "client", "client.key"] {
            std::fs::write(folder.path().join(name), postgres.pem(name)).expect("written");
        }
        let psql = |sql: &str| {
            let output = postgres.psql().args(["-At", "-c", sql]).output().expect("psql");
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        psql(&certain_account());
        psql(&format!("create schema sinks_apart authorization {CERTAIN}"));
        let file = |name: &str| folder.path().join(name).display().to_string();
        let (ca, certificate, key) = (file("server"), file("client"), file("client.key"));
        // By the names that are known from the trade.
        let to = format!("jdbc:postgresql://localhost:{}/postgres", postgres.port);
        let to = [
            ("INTERNAL_AUDIT_LOG_JDBC_CONNECTION_STRING", to.as_str()),
            ("INTERNAL_AUDIT_LOG_JDBC_USERNAME", CERTAIN),
            ("CLEW_AUDIT_SQL_CA_FILE", ca.as_str()),
            ("CLEW_AUDIT_SQL_TABLE", "sinks_apart.audit"),
        ];
        let own = [
            ("CLEW_AUDIT_SQL_CLIENT_CERTIFICATE_FILE", certificate.as_str()),
            ("CLEW_AUDIT_SQL_CLIENT_KEY_FILE", key.as_str()),
        ];
        let doctor = |settings: &[(&str, &str)], data: &Path| {
            let output = finish(&["doctor"], &changed(&environment(data, 1), settings));
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let world = World::start_with(&[&to[..], &own].concat()).await;
        world.signed_in("ada", &["Task.Read"]).await;
        let end = end(&world).await.to_string();
        until("the last", async || psql(&format!("select max(number) >= {end} from sinks_apart.audit")) == "t").await;
        let said = doctor(&to, world.folder.path());
        assert!(said.lines().any(|line| line.starts_with("bad ") && line.contains("audit sink sql")), "{said}");
        let said = doctor(&[&to[..], &own].concat(), world.folder.path());
        assert!(said.lines().any(|line| line.starts_with("ok ") && line.contains("audit sink sql")), "{said}");
    });
}

#[test]
fn what_a_certificate_or_an_address_of_a_sink_lacks_is_said_with_its_setting() {
    let folder = tempfile::tempdir().expect("a folder");
    make_certificates(folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (certificate, other) = (file("client.pem"), file("server.key.pem"));
    let syslog = ("CLEW_AUDIT_SYSLOG", "tls://localhost:6514");
    let jdbc = "INTERNAL_AUDIT_LOG_JDBC_CONNECTION_STRING";
    let named = ("CLEW_AUDIT_SYSLOG_CLIENT_CERTIFICATE_FILE", certificate.as_str());
    let table: [(&[(&str, &str)], &str); 5] = [
        (&[syslog, named], "CLEW_AUDIT_SYSLOG_CLIENT_KEY is missing"),
        (&[syslog, named, ("CLEW_AUDIT_SYSLOG_CLIENT_KEY_FILE", &other)], "does not belong to the certificate"),
        (&[(jdbc, "jdbc:postgresql://db/audit?user=a&password=planted")], "holds a password"),
        (&[(jdbc, "jdbc:postgresql://db/audit")], "names no database that is known"),
        (&[(jdbc, "jdbc:postgresql://db/audit?user=a"), ("CLEW_AUDIT_SQL", "postgresql://a@db/audit")], "are both set"),
    ];
    for (changes, part) in table {
        let (code, said) = told(&finish(&["serve"], &changed(&environment(folder.path(), 1), changes)));
        assert!(code == 2 && said.contains(part) && !said.contains("planted"), "{changes:?}: {code} {said}");
    }
}
