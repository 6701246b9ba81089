//! What only PostgreSQL has.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use model::kind::Kind;
use tokio::time::{Instant, sleep};
use wire::secret::SecretText;

use super::fixture::{ask, load_postgresql, statement};
use super::postgres::{CERTAIN, server};
use crate::connectors::postgresql::PostgreSql;
use crate::connectors::{Bound, Bounds, Connection, Connector as _, FailureKind, StoreDatabase, Target};

async fn open() -> Arc<dyn Connection> {
    load_postgresql().await;
    PostgreSql.open(server().target("postgres")).await.expect("a database")
}

#[tokio::test]
async fn types_of_its_own_come_as_text() {
    let table = [
        ("'6b1f0c5e-0000-4000-8000-00000000000a'::uuid", Some("6b1f0c5e-0000-4000-8000-00000000000a")),
        ("'{\"a\": 1}'::jsonb", Some("{\"a\": 1}")),
        ("'{\"a\":1}'::json", Some("{\"a\":1}")),
        ("'10.0.0.1/24'::inet", Some("10.0.0.1/24")),
        ("interval '1 day 2 hours'", Some("P1DT2H")),
        ("array['a', 'b,c', null]", Some("{a,\"b,c\",NULL}")),
        ("int4range(1, 5)", Some("[1,5)")),
        ("'ab'::char(4)", Some("ab  ")),
        ("time '12:30'", Some("12:30:00")),
        ("row(1, 'a')", Some("(1,a)")),
        ("null::point", None),
        ("1.50::numeric", Some("1.50")),
        ("true", Some("true")),
        ("'\\x00ff'::bytea", Some("00ff")),
        ("timestamptz '2026-09-30 12:00:00+02'", Some("2026-09-30T10:00:00Z")),
    ];
    let open = open().await;
    for (expression, expected) in table {
        let came = ask(&*open, statement(&format!("select {expression}"), &[], &[Kind::Text])).await.expect("a row");
        assert_eq!(came.rows, [[expected.map(str::to_owned)]], "{expression}");
    }
}

#[tokio::test]
async fn what_cannot_be_said_is_unreadable() {
    let table = [
        ("'infinity'::date", Kind::Date),
        ("'-infinity'::timestamptz", Kind::Instant),
        ("'NaN'::numeric", Kind::Decimal),
        ("1e40::numeric", Kind::Decimal),
        ("1.00000000000001::numeric", Kind::Decimal),
        ("9223372036854775808::numeric", Kind::Integer),
        ("2::int", Kind::Bool),
        ("repeat('x', 9000000)", Kind::Text),
    ];
    let open = open().await;
    for (expression, kind) in table {
        let text = format!("select {expression}");
        let came = ask(&*open, statement(&text, &[], &[kind])).await.expect("a row");
        assert_eq!((came.rows, came.unreadable), (vec![vec![None]], vec![(0, 1)]), "{expression}");
    }
}

#[tokio::test]
async fn a_prepared_statement_survives_another_one_of_the_same_text_and_many_others() {
    let open = open().await;
    for number in 0..200 {
        let text = format!("select $1::text || '{}'", number % 70);
        let came = ask(&*open, statement(&text, &[Bound::One(Kind::Text, "a".to_owned())], &[Kind::Text])).await;
        assert_eq!(came.expect("a row").rows, [[Some(format!("a{}", number % 70))]]);
    }
}

/// How many statements with this text the database is busy with.
async fn running(watcher: &tokio_postgres::Client, text: &str) -> i64 {
    let query = "select count(*) from pg_stat_activity \
        where state = 'active' and pid <> pg_backend_pid() and position($1 in query) > 0";
    watcher.query_one(query, &[&text]).await.expect("a count").get(0)
}

async fn wait_for(watcher: &tokio_postgres::Client, text: &str, wanted: i64, limit: Duration) {
    let began = Instant::now();
    while running(watcher, text).await != wanted {
        assert!(began.elapsed() < limit, "{text}: not {wanted} within {limit:?}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Each state is shown running first; the statement must be gone from the database within a second.
async fn is_gone_after_leaving(target: Target, mark: &str) {
    load_postgresql().await;
    let open = PostgreSql.open(target).await.expect("a database");
    let watcher = server().client("postgres").await;
    let many = format!("select repeat('{mark}', 100) from generate_series(1, 20000000)");
    for (state, text, batches) in [
        ("before the first row", format!("select pg_sleep(60)::text || '{mark}'"), 0),
        ("in the middle", many.clone(), 3),
        ("stalled", many, 1),
    ] {
        let bounds = Bounds { timeout: Duration::from_secs(60), ..Bounds::default() };
        let reading = Arc::clone(&open);
        let run = statement(&text, &[], &[Kind::Text]);
        let reader = tokio::spawn(async move {
            let mut answer = reading.run(run, bounds).await.expect("an answer");
            let endless = state == "in the middle";
            let mut left = batches;
            while endless || left > 0 || batches == 0 {
                answer.batches.next().await.expect("a batch").expect("rows");
                left -= i32::from(left > 0);
            }
            std::future::pending::<()>().await;
        });
        wait_for(&watcher, mark, 1, Duration::from_secs(5)).await;
        sleep(Duration::from_millis(200)).await;
        assert_eq!(running(&watcher, mark).await, 1, "{state}");
        reader.abort();
        wait_for(&watcher, mark, 0, Duration::from_secs(1)).await;
    }
}

#[tokio::test]
async fn a_statement_that_was_left_is_gone_from_the_database() {
    is_gone_after_leaving(server().target("postgres"), "in clear").await;
}

#[tokio::test]
async fn a_statement_that_was_left_is_gone_over_tls_too() {
    let ca = server().pem("server");
    is_gone_after_leaving(server().target_as("postgres", "postgres", &[("host", "localhost"), ("ca", &ca)]), "sealed")
        .await;
}

#[tokio::test]
async fn a_certificate_is_believed_only_for_its_name_and_authority() {
    let ca = server().pem("server");
    for (answers, expected) in [
        (vec![("host", "localhost"), ("ca", ca.as_str())], None),
        (vec![("host", "127.0.0.1"), ("ca", ca.as_str())], Some(FailureKind::Unreachable)),
        (vec![("host", "localhost")], Some(FailureKind::Unreachable)),
        (vec![("host", "127.0.0.1"), ("tls", "unverified")], None),
        (vec![("host", "localhost"), ("ca", "nonsense")], Some(FailureKind::Setting)),
    ] {
        let opened = PostgreSql.open(server().target_as("postgres", "postgres", &answers)).await;
        assert_eq!(opened.err().map(|failure| failure.kind), expected, "{answers:?}");
    }
}

#[tokio::test]
async fn an_authority_of_the_instance_is_believed_where_the_source_names_none() {
    let (folder, other) = (tempfile::tempdir().unwrap(), server().pem("authority"));
    let file = folder.path().join("ca.pem").display().to_string();
    std::fs::write(&file, server().pem("server")).unwrap();
    let egress = crate::egress::tests::with(&[("CLEW_EGRESS_ALLOW", "localhost:*"), ("CLEW_CA_FILE", &file)]);
    for (ca, expected) in [("", None), (other.as_str(), Some(FailureKind::Unreachable))] {
        let target = server().target_as("postgres", "postgres", &[("host", "localhost"), ("ca", ca)]);
        let opened = PostgreSql.open(Target { egress: egress.clone(), ..target }).await;
        assert_eq!(opened.err().map(|failure| failure.kind), expected, "named for the source: {ca:?}");
    }
}

/// What is refused, and a word of the sentence that says so.
type Refusal = (FailureKind, &'static str);

#[tokio::test]
async fn an_account_that_is_known_by_its_certificate_is_let_in_with_it_and_not_without() {
    use FailureKind::{Refused, Setting};
    let make = format!("create role {CERTAIN} login");
    server().client("postgres").await.batch_execute(&make).await.expect("an account");
    let pem = |name: &str| server().pem(name);
    let (ca, certificate, key) = (pem("server"), pem("client"), pem("client.key"));
    let in_one_line = key.replace('\n', " ");
    let escaped = key.replace('\n', "\\n");
    let locked = key.replace("PRIVATE", "ENCRYPTED PRIVATE");
    let other = pem("server.key");
    let table: [(&str, &str, &str, &str, Option<Refusal>); 13] = [
        (CERTAIN, "verify", &certificate, &key, None),
        (CERTAIN, "verify", &certificate, &in_one_line, None),
        (CERTAIN, "verify", &certificate.replace('\n', " "), &escaped, None),
        (CERTAIN, "unverified", &certificate, &key, None),
        (CERTAIN, "verify", "", "", Some((Refused, "client certificate"))),
        (CERTAIN, "off", "", "", Some((Refused, "client certificate"))),
        ("nobody", "verify", &ca, &other, Some((Refused, "client certificate"))),
        (CERTAIN, "off", &certificate, &key, Some((Setting, "Client certificate"))),
        (CERTAIN, "verify", &certificate, "", Some((Setting, "Client key"))),
        (CERTAIN, "verify", "", &key, Some((Setting, "Client certificate"))),
        (CERTAIN, "verify", "nonsense", &key, Some((Setting, "Client certificate"))),
        (CERTAIN, "verify", &certificate, &locked, Some((Setting, "password of its own"))),
        (CERTAIN, "verify", &certificate, &other, Some((Setting, "does not belong"))),
    ];
    for (user, tls, certificate, key, expected) in table {
        let answers = [("host", "localhost"), ("ca", &ca), ("tls", tls), ("client_certificate", certificate)];
        let mut target = server().target_as(user, "postgres", &answers);
        target.secrets = [("client_key".to_owned(), SecretText::new(key.to_owned()))].into();
        let failure = PostgreSql.open(target).await.err();
        assert_eq!(failure.as_ref().map(|failure| failure.kind), expected.map(|(kind, _)| kind), "{failure:?}");
        if let (Some(failure), Some((_, words))) = (failure, expected) {
            assert!(format!("{} {}", failure.sentence, failure.remedy).contains(words), "{failure:?}");
            assert!(!failure.cause.contains("BEGIN"), "{failure:?}");
        }
    }
}

#[tokio::test]
async fn a_server_without_tls_is_never_spoken_to_in_clear() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port().to_string();
    let stripping = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a client");
        let mut asked = [0; 8];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut asked).await.expect("a request for TLS");
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"N").await.expect("no TLS");
        let mut rest = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest).await.unwrap_or_default();
        rest
    });
    let answers = [("host", "127.0.0.1"), ("port", port.as_str()), ("tls", "unverified")];
    let opened = PostgreSql.open(server().target_as("postgres", "postgres", &answers)).await;
    assert_eq!(opened.err().map(|failure| failure.kind), Some(FailureKind::Unreachable));
    assert_eq!(stripping.await.expect("an end"), b"", "not even the name of the user");
}

#[tokio::test]
async fn failures_say_what_to_do() {
    load_postgresql().await;
    let clear = [("host", "127.0.0.1"), ("tls", "off")];
    let with = |more: &[(&'static str, &'static str)]| [&clear[..], more].concat();
    for (user, database, answers, expected) in [
        ("nobody", "postgres", with(&[]), FailureKind::Refused),
        ("postgres", "nowhere", with(&[]), FailureKind::Setting),
        ("postgres", "postgres", with(&[("port", "1")]), FailureKind::Unreachable),
        ("postgres", "postgres", with(&[("port", "70000")]), FailureKind::Setting),
        ("postgres", "postgres", with(&[("host", "/tmp")]), FailureKind::Setting),
        ("postgres", "postgres", with(&[("options", "-c x=y")]), FailureKind::Setting),
        ("postgres", "postgres", with(&[("tls", "prefer")]), FailureKind::Setting),
        ("", "postgres", with(&[]), FailureKind::Setting),
    ] {
        let failure = PostgreSql.open(server().target_as(user, database, &answers)).await.err().expect("a failure");
        assert_eq!(failure.kind, expected, "{answers:?} {failure:?}");
        assert!(failure.remedy.ends_with('.') && !failure.sentence.contains("secret"), "{failure:?}");
    }
    let answers = [("host", "127.0.0.1"), ("tls", "off")];
    let open = PostgreSql.open(server().target_as("outsider", "postgres", &answers)).await.expect("a database");
    let failure = ask(&*open, statement("select 1 from people", &[], &[Kind::Text])).await.expect_err("refused");
    assert_eq!(failure.kind, FailureKind::Refused);
    assert_eq!(open.catalogue().await.expect("a catalogue").tables, []);
}

#[tokio::test]
async fn a_session_that_the_server_ended_is_replaced() {
    let open = open().await;
    let mark = "select 'ended'";
    ask(&*open, statement(mark, &[], &[Kind::Text])).await.expect("a row");
    let watcher = server().client("postgres").await;
    let end = "select count(pg_terminate_backend(pid)) from pg_stat_activity \
        where application_name = 'clew' and state = 'idle' and pid <> pg_backend_pid()";
    watcher.execute(end, &[]).await.expect("ended");
    ask(&*open, statement(mark, &[], &[Kind::Text])).await.expect("a row");
}

#[tokio::test]
async fn a_test_warns_of_an_account_that_may_do_too_much() {
    load_postgresql().await;
    let found = async |user: &str| {
        let answers = [("host", "127.0.0.1"), ("tls", "off")];
        let report = PostgreSql.test(server().target_as(user, "postgres", &answers)).await;
        assert!(report.ok, "{report:?}");
        report.steps.into_iter().map(|step| step.found).collect::<Vec<_>>().join(" ")
    };
    assert!(found("postgres").await.contains("superuser"));
    assert!(!found("reader").await.contains("may only read"));
}

/// A target that knows where the store is.
fn beside_a_store(host: &str, port: u16, database: &str, store_hosts: &[&str]) -> Target {
    let text = port.to_string();
    let answers = [("host", host), ("port", text.as_str()), ("tls", "off")];
    let hosts = store_hosts.iter().map(|host| ((*host).to_owned(), server().port)).collect();
    let store = StoreDatabase { hosts, database: "postgres".to_owned(), schema: "of the store".to_owned() };
    Target { store_database: Some(store), ..server().target_as("postgres", database, &answers) }
}

#[tokio::test]
async fn the_database_that_the_audit_log_is_copied_to_is_no_source_by_whatever_name_it_is_reached() {
    let own = server().port;
    let table = [
        ("127.0.0.1", "postgres", "localhost", own, false),
        ("localhost", "postgres", "127.0.0.1", own, false),
        ("LOCALHOST", "postgres", "localhost", own, false),
        ("127.0.0.2", "postgres", "localhost", own, false),
        ("127.0.0.1", "postgres", "localhost", 1, true),
        ("127.0.0.1", "postgres", "db.invalid", own, true),
        ("127.0.0.1", "template1", "localhost", own, true),
    ];
    for (host, database, copied_to, port, expected) in table {
        let copy = StoreDatabase {
            hosts: vec![(copied_to.to_owned(), port)],
            database: "postgres".to_owned(),
            schema: String::new(),
        };
        let target = || Target {
            store_database: None,
            copy_database: Some(copy.clone()),
            ..beside_a_store(host, own, database, &[])
        };
        let opened = PostgreSql.open(target()).await.err().map(|failure| failure.sentence);
        let refused = "This is the database that Clew's audit log is copied to, which is no source.";
        assert_eq!(opened, (!expected).then(|| refused.to_owned()), "{host} {database} {copied_to}:{port}");
        assert_eq!(PostgreSql.rights(target()).await.is_ok(), expected, "{host} {database} {copied_to}:{port}");
        assert_eq!(PostgreSql.test(target()).await.ok, expected, "{host} {database} {copied_to}:{port}");
    }
}

#[tokio::test]
async fn the_database_of_the_store_is_no_source_by_whatever_name_it_is_reached() {
    let client = server().client("postgres").await;
    for made in
        ["create schema if not exists \"of the store\"", "drop database if exists beside", "create database beside"]
    {
        client.batch_execute(made).await.expect("made");
    }
    let own = server().port;
    let (away, here) = (["db.invalid"], ["localhost"]);
    let table = [
        ("127.0.0.1", "postgres", &here[..], false),
        ("localhost", "postgres", &["127.0.0.1"], false),
        ("127.0.0.2", "postgres", &["/run/postgresql"], false),
        ("LOCALHOST", "postgres", &["db.invalid", "localhost"], false),
        ("127.0.0.1", "beside", &here[..], true),
        ("127.0.0.1", "postgres", &away[..], true),
    ];
    let refused = "This is the database of Clew's own store, which is no source.";
    for (host, database, hosts, expected) in table {
        let target = || beside_a_store(host, own, database, hosts);
        let opened = PostgreSql.open(target()).await.err().map(|failure| failure.sentence);
        assert_eq!(opened, (!expected).then(|| refused.to_owned()), "{host} {database} {hosts:?}");
        let tried = PostgreSql.test(target()).await;
        assert_eq!(tried.ok, expected, "{host} {database} {hosts:?}: {tried:?}");
    }
    // What leads there in a roundabout way is told by what is in it.
    client.batch_execute("create table if not exists \"of the store\".audit_open (seq bigint)").await.expect("made");
    let behind = PostgreSql.open(beside_a_store("127.0.0.1", own, "postgres", &away)).await.err();
    assert_eq!(behind.map(|failure| failure.sentence).as_deref(), Some(refused));
    client.batch_execute("drop schema \"of the store\" cascade").await.expect("dropped");
}
