//! Copies of the audit log at a receiver of syslog and in a database, as those receive them.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::net::{TcpListener, UdpSocket};
use tokio_rustls::TlsAcceptor;

use crate::postgres::{Postgres, make_certificates};
use crate::sinks::{asked, end, numbers, until, verify};
use crate::world::{World, run};

/// What a receiver of syslog got.
pub(crate) type Got = Arc<Mutex<Vec<u8>>>;

pub(crate) async fn take(mut stream: impl AsyncRead + Unpin, got: Got) {
    let mut bytes = [0; 4_096];
    while let Ok(read @ 1..) = stream.read(&mut bytes).await {
        got.lock().expect("no panic before").extend_from_slice(&bytes[..read]);
    }
}

/// The messages of an octet-counted stream.
pub(crate) fn framed(got: &Got) -> Vec<String> {
    let bytes = got.lock().expect("no panic before").clone();
    let (mut rest, mut messages) = (bytes.as_slice(), Vec::new());
    while let Some(space) = rest.iter().position(|byte| *byte == b' ') {
        let length: usize = std::str::from_utf8(&rest[..space]).expect("digits").parse().expect("a length");
        let Some(message) = rest.get(space + 1..space + 1 + length) else { break };
        messages.push(String::from_utf8(message.to_vec()).expect("UTF-8"));
        rest = &rest[space + 1 + length..];
    }
    messages
}

/// Checks a message of RFC 5424; gives the JSON in it.
fn checked(message: &str) -> Value {
    let (head, text) = message.split_once(" - \u{feff}").expect("no structured data, then the mark of UTF-8");
    let parts: Vec<&str> = head.split(' ').collect();
    let [priority, at, host, program, process, call] = parts[..] else { panic!("{head}") };
    assert!(["<110>1", "<109>1", "<108>1"].contains(&priority), "{head}");
    let line: Value = serde_json::from_str(text).expect("JSON");
    assert_eq!((host, program, line["at"].as_str()), ("localhost", "clew", Some(at)));
    assert!(process.parse::<u32>().is_ok() && call.len() <= 32, "{head}");
    line
}

pub(crate) fn acceptor(folder: &Path) -> TlsAcceptor {
    let pem = |name: &str| std::fs::read(folder.join(format!("{name}.pem"))).expect("a certificate");
    let certificate = CertificateDer::from_pem_slice(&pem("server")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(&pem("server.key")).expect("a key");
    let builder = rustls::ServerConfig::builder_with_provider(server::tls::provider());
    let builder = builder.with_safe_default_protocol_versions().expect("versions").with_no_client_auth();
    TlsAcceptor::from(Arc::new(builder.with_single_cert(vec![certificate], key).expect("a pair")))
}

#[test]
fn syslog_over_tls_gets_every_entry_counted_and_after_a_broken_connection_goes_on() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        make_certificates(folder.path());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let got = Got::default();
        let (acceptor, kept) = (acceptor(folder.path()), got.clone());
        let (cut, mut cuts) = tokio::sync::mpsc::channel::<()>(1);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(stream) = acceptor.accept(stream).await {
                    tokio::select! {
                        () = take(stream, kept.clone()) => {}
                        _ = cuts.recv() => {}
                    }
                }
            }
        });
        let (to, ca) = (format!("tls://localhost:{port}"), folder.path().join("server.pem"));
        let ca = ca.to_str().expect("plain");
        let world = World::start_with(&[("CLEW_AUDIT_SYSLOG", &to), ("CLEW_AUDIT_SYSLOG_CA_FILE", ca)]).await;
        let mut ada = world.signed_in("ada", &["Task.Manage"]).await;
        assert_eq!(asked(&mut ada).await, "200");
        let first = end(&world).await;
        let last = |got: &Got| framed(got).iter().map(|message| checked(message)["number"].as_u64()).max().flatten();
        until("the first entries", async || last(&got) == Some(first)).await;
        let lines: Vec<Value> = framed(&got).iter().map(|message| checked(message)).collect();
        assert_eq!(numbers(&lines), (1..=first).collect::<Vec<_>>());

        cut.send(()).await.expect("the connection is cut");
        for _ in 0..5 {
            assert_eq!(asked(&mut ada).await, "200");
        }
        let second = end(&world).await;
        until("the others", async || last(&got) >= Some(second)).await;
        let mut lines: Vec<u64> =
            framed(&got).iter().filter_map(|message| checked(message)["number"].as_u64()).collect();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines, (1..=second).collect::<Vec<_>>(), "some twice, none missing");
        let file = folder.path().join("received.log");
        std::fs::write(&file, framed(&got).join("\n")).expect("written");
        let (code, said) = verify(world.folder.path(), &file, &[]);
        assert!(code == 0, "what a receiver kept is verified with its heads: {code} {said}");
    });
}

/// Takes whatever comes over TLS, with the certificate in `folder`; where it listens, and what it has got.
async fn receiver(folder: &Path) -> (String, Got) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (acceptor, got) = (acceptor(folder), Got::default());
    let kept = got.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                take(stream, kept.clone()).await;
            }
        }
    });
    (format!("tls://localhost:{port}"), got)
}

#[test]
fn syslog_over_tls_is_believed_by_an_authority_of_the_instance() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        make_certificates(folder.path());
        let (to, got) = receiver(folder.path()).await;
        let ca = folder.path().join("server.pem");
        let ca = ca.to_str().expect("plain");
        let world = World::start_with(&[("CLEW_AUDIT_SYSLOG", &to), ("CLEW_CA_FILE", ca)]).await;
        world.signed_in("ada", &["Task.Read"]).await;
        until("an entry comes", async || !framed(&got).is_empty()).await;
    });
}

#[test]
fn syslog_that_shows_a_certificate_of_nobody_gets_nothing() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        make_certificates(folder.path());
        let (to, got) = receiver(folder.path()).await;
        let ca = folder.path().join("authority.pem");
        let ca = ca.to_str().expect("plain");
        let world = World::start_with(&[("CLEW_AUDIT_SYSLOG", &to), ("CLEW_AUDIT_SYSLOG_CA_FILE", ca)]).await;
        world.signed_in("ada", &["Task.Read"]).await;
        until("readiness says so", async || world.browser().get("/readyz").await.text().contains("is behind")).await;
        assert!(got.lock().expect("no panic before").is_empty());
    });
}

#[test]
fn syslog_goes_by_tcp_and_udp_too() {
    run(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let to = format!("tcp://127.0.0.1:{}", listener.local_addr().expect("an address").port());
        let got = Got::default();
        let kept = got.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                take(stream, kept.clone()).await;
            }
        });
        let world = World::start_with(&[("CLEW_AUDIT_SYSLOG", &to)]).await;
        world.signed_in("ada", &["Task.Read"]).await;
        let end_of_tcp = end(&world).await;
        until("all of them", async || framed(&got).len() as u64 >= end_of_tcp).await;
        framed(&got).iter().for_each(|message| drop(checked(message)));

        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let to = format!("udp://127.0.0.1:{}", socket.local_addr().expect("an address").port());
        let world = World::start_with(&[("CLEW_AUDIT_SYSLOG", &to)]).await;
        world.signed_in("ada", &["Task.Read"]).await;
        let end = end(&world).await;
        let mut bytes = vec![0; 65_536];
        for number in 1..=end {
            let wait = tokio::time::timeout(Duration::from_secs(20), socket.recv(&mut bytes)).await;
            let read = wait.expect("a datagram").expect("received");
            let line = checked(std::str::from_utf8(&bytes[..read]).expect("UTF-8"));
            assert_eq!(line["number"], json!(number), "one entry in one datagram");
        }
    });
}

#[test]
fn a_database_gets_every_entry_into_a_table_that_only_grows() {
    run(async {
        let postgres = Postgres::shared();
        let folder = tempfile::tempdir().expect("a folder");
        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, postgres.pem("server")).expect("written");
        let to = format!("postgresql://postgres@localhost:{}/postgres", postgres.port);
        let settings = [
            ("CLEW_AUDIT_SQL", to.as_str()),
            ("CLEW_AUDIT_SQL_CA_FILE", ca.to_str().expect("plain")),
            ("CLEW_AUDIT_SQL_TABLE", "audit_of_sinks"),
            ("CLEW_AUDIT_SQL_POLICY", "must"),
        ];
        let world = World::start_with(&settings).await;
        let mut ada = world.signed_in("ada", &["Task.Manage"]).await;
        assert_eq!(asked(&mut ada).await, "200");
        let end = end(&world).await;
        let ask = |sql: &str| {
            let output = postgres.psql().args(["-At", "-c", sql]).output().expect("psql");
            (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
        };
        let counted = ask("select count(*), min(number), max(number) from audit_of_sinks").1;
        assert_eq!(counted.trim(), format!("{end}|1|{end}"), "what is answered is there");
        let row = ask("select outcome, phase, begun is not null from audit_of_sinks where number = 2").1;
        assert!(!row.trim().is_empty());
        for sql in ["update audit_of_sinks set person = 'eve'", "delete from audit_of_sinks", "truncate audit_of_sinks"]
        {
            let (done, said) = ask(sql);
            assert!(!done && said.contains("the audit log only grows"), "{sql}: {said}");
        }
        let file = folder.path().join("copy.jsonl");
        std::fs::write(&file, ask("select line from audit_of_sinks order by number").1).expect("written");
        let (code, said) = verify(world.folder.path(), &file, &[]);
        assert!(code == 0 && said.contains("from number 1"), "{code} {said}");

        // A table that its owner made, for an account that may insert and nothing else.
        let given = "create role inserts login; create table given_audit (like audit_of_sinks including all);
                     grant insert on given_audit to inserts";
        assert!(ask(given).0);
        let to = format!("postgresql://inserts@localhost:{}/postgres", postgres.port);
        let mut settings = settings;
        (settings[0].1, settings[2].1) = (to.as_str(), "given_audit");
        let world = World::start_with(&settings).await;
        let mut bob = world.signed_in("bob", &["Task.Manage"]).await;
        assert_eq!(asked(&mut bob).await, "200");
        assert_eq!(ask("select count(*) >= 3 from given_audit").1.trim(), "t");
    });
}

#[test]
fn a_database_that_comes_late_gets_what_it_missed() {
    run(async {
        let postgres = Postgres::shared();
        let psql = |sql: &str| {
            let output = postgres.psql().args(["-At", "-c", sql]).output().expect("psql");
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        let to = format!("postgresql://postgres@127.0.0.1:{}/late?sslmode=disable", postgres.port);
        let world = World::start_with(&[("CLEW_AUDIT_SQL", &to)]).await;
        let mut ada = world.signed_in("ada", &["Task.Manage"]).await;
        until("readiness says so", async || world.browser().get("/readyz").await.text().contains("is behind")).await;
        assert_eq!(asked(&mut ada).await, "200");
        psql("create database late");
        until("it is there", async || world.browser().get("/readyz").await.text() == "ready\n").await;
        let count = || {
            let output = postgres.psql().args(["-d", "late", "-At", "-c", "select count(*) from clew_audit"]).output();
            String::from_utf8_lossy(&output.expect("psql").stdout).trim().parse::<u64>().unwrap_or(0)
        };
        let end = end(&world).await;
        until("all of them", async || count() >= end).await;
    });
}
