//! Accounts at sources: looked at before a source is asked for the first time and once a day, and one that reaches beyond
//! its database is asked nothing until somebody typed the source's name.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio_postgres::NoTls;

use crate::postgres::OwnPostgres;
use crate::project_text::{project, rewrite};
use crate::projects::{bank, read as read_project};
use crate::samples::external;
use crate::world::{Browser, PASSWORD, ParseId as _, Reply, World, run};

const ASKS: &str = "Clew asks source \\\"Ledger\\\" nothing, because its account reaches beyond the database.";

fn ledger(port: u16, user: &str) -> Value {
    let settings =
        json!({ "host": "127.0.0.1", "port": port.to_string(), "database": "postgres", "user": user, "tls": "off" });
    json!({ "id": "ledger", "name": "Ledger", "kind": "postgresql", "settings": settings })
}

async fn save(own: &mut Browser, source: &Value, typed_name: &str) -> Reply {
    let base = own.revision("bank").await;
    let request = json!({ "project": "bank", "base": base, "source": source, "typed_name": typed_name });
    own.call("save_source", &request).await
}

async fn ask(own: &mut Browser) -> Reply {
    let table = json!({ "schema": "public", "name": "payment" });
    let request = json!({ "project": "bank", "source": "ledger", "table": table, "limit": 10 });
    own.post_json("/api/stream/sample_table", &request).await
}

async fn catalogue(own: &mut Browser) -> Reply {
    own.call("read_catalogue", &json!({ "project": "bank", "source": "ledger" })).await
}

/// What is known of the account of `ledger`.
async fn known(own: &mut Browser) -> Value {
    let told = read_project(own).await;
    told["rights"].as_array().and_then(|all| all.first()).map_or(Value::Null, |pair| pair[1].clone())
}

async fn execute(port: u16, statements: &str) {
    let mut config = tokio_postgres::Config::new();
    config.host("127.0.0.1").port(port).user("postgres").dbname("postgres");
    let (client, connection) = config.connect(NoTls).await.expect("a connection");
    let connection = tokio::spawn(connection);
    client.batch_execute(statements).await.expect("done");
    connection.abort();
}

/// A database with one table, and an account that only reads it.
async fn prepared() -> OwnPostgres {
    let postgres = OwnPostgres::start();
    let made = "create table payment (id int primary key); insert into payment values (1);
        create role quiet login; grant select on payment to quiet;";
    execute(postgres.port, made).await;
    postgres
}

/// Entries of the audit log that say that an account was found to be another one.
async fn noted(world: &World) -> Vec<String> {
    let entries = world.audit(200).await.into_iter().filter(|entry| entry.call == "probe_rights");
    entries.map(|entry| format!("{} {}", entry.person, String::from_utf8_lossy(&entry.details))).collect()
}

#[test]
fn a_source_that_was_away_when_it_was_saved_is_looked_at_before_it_is_asked_for_the_first_time() {
    run(async {
        let mut postgres = prepared().await;
        let world = World::start().await;
        let mut own = bank(&world).await;
        postgres.kill();
        let saved = save(&mut own, &ledger(postgres.port, "postgres"), "").await;
        assert_eq!(saved.verdict(), "200", "nobody can look at it now: {}", saved.text());
        assert_eq!(known(&mut own).await, Value::Null, "and it says that nobody has");
        postgres.start_again();
        for _ in 0..2 {
            let asked = ask(&mut own).await;
            assert!(asked.text().contains(ASKS), "{}", asked.text());
            assert!(asked.text().contains("types its name"), "{}", asked.text());
        }
        assert_eq!(catalogue(&mut own).await.verdict(), "502 source_failed");
        let found = known(&mut own).await;
        assert_eq!((&found["superuser"], &found["taken"]), (&json!(true), &json!(false)), "{found}");
        let noted = noted(&world).await;
        assert!(noted.len() == 1 && noted[0].starts_with("server ") && noted[0].contains("ledger"), "{noted:?}");

        // Whoever types its name takes it, and another account needs no name.
        assert_eq!(save(&mut own, &ledger(postgres.port, "postgres"), "").await.verdict(), "409 conflict");
        assert_eq!(save(&mut own, &ledger(postgres.port, "postgres"), "Ledger").await.verdict(), "200");
        let asked = ask(&mut own).await;
        assert!(asked.status == 200 && !asked.text().contains(ASKS), "{}", asked.text());
        assert_eq!(catalogue(&mut own).await.verdict(), "200");
        assert_eq!(save(&mut own, &ledger(postgres.port, "quiet"), "").await.verdict(), "200");
        assert_eq!(catalogue(&mut own).await.verdict(), "200");
    });
}

#[test]
fn an_account_whose_rights_are_raised_later_is_noticed_within_a_day_and_asked_nothing_any_more() {
    run(async {
        let mut postgres = prepared().await;
        let world = World::start().await;
        let mut own = bank(&world).await;
        assert_eq!(save(&mut own, &ledger(postgres.port, "quiet"), "").await.verdict(), "200");
        assert_eq!(catalogue(&mut own).await.verdict(), "200");
        execute(postgres.port, "alter role quiet superuser").await;
        server::accounts::once(&world.server).await.expect("a round");
        assert_eq!(known(&mut own).await["superuser"], false, "once a day is enough");
        assert_eq!(catalogue(&mut own).await.verdict(), "200");

        world.clock.pass(SignedDuration::from_hours(25));
        server::accounts::once(&world.server).await.expect("a round");
        assert_eq!(own.sign_in("own", PASSWORD).await.status, 303);
        assert_eq!(known(&mut own).await["superuser"], true);
        let refused = catalogue(&mut own).await;
        assert_eq!(refused.verdict(), "502 source_failed", "also on the connection that is open: {}", refused.text());
        assert!(refused.text().contains(ASKS), "{}", refused.text());
        assert!(noted(&world).await.iter().any(|note| note.contains("\"superuser\":true")), "it is written down");

        // Taken all the same, it stays taken the next day, until it may do still more.
        execute(postgres.port, "alter role quiet nosuperuser; grant pg_read_server_files to quiet").await;
        assert_eq!(save(&mut own, &ledger(postgres.port, "quiet"), "Ledger").await.verdict(), "200");
        for (statements, expected) in [("select 1", "200"), ("alter role quiet superuser", "502 source_failed")] {
            execute(postgres.port, statements).await;
            world.clock.pass(SignedDuration::from_hours(25));
            server::accounts::once(&world.server).await.expect("a round");
            assert_eq!(own.sign_in("own", PASSWORD).await.status, 303);
            assert_eq!(catalogue(&mut own).await.verdict(), expected, "{statements}");
        }

        // A source that is away is tried again an hour later, and what was known of it stays.
        postgres.kill();
        world.clock.pass(SignedDuration::from_hours(25));
        server::accounts::once(&world.server).await.expect("a round");
        postgres.start_again();
        execute(postgres.port, "alter role quiet nosuperuser; revoke pg_read_server_files from quiet").await;
        for (minutes, superuser) in [(30, true), (31, false)] {
            world.clock.pass(SignedDuration::from_mins(minutes));
            server::accounts::once(&world.server).await.expect("a round");
            assert_eq!(own.sign_in("own", PASSWORD).await.status, 303);
            assert_eq!(known(&mut own).await["superuser"], superuser, "after {minutes} more minutes");
        }
    });
}

#[test]
fn a_source_that_is_imported_with_other_settings_is_looked_at_anew() {
    run(async {
        let (world, folder) = (World::start().await, tempfile::tempdir().expect("a folder"));
        let mut own = bank(&world).await;
        let mut bank = crate::world::project("bank", &own.person().await);
        bank.sources.insert("ledger".parse_id(), external("ledger"));
        world.put_project(&bank).await;
        let place = folder.path().display().to_string();
        assert_eq!(project(world.folder.path(), &["export", "bank", &place], &[]).0, 0);
        for (user, stays) in [("clew", true), ("postgres", false)] {
            rewrite(&place, "sources/ledger.toml", |text| text.replace("\"clew\"", &format!("\"{user}\"")));
            let (code, _, complaint) = project(world.folder.path(), &["import", &place], &[]);
            assert_eq!((code, complaint.as_str()), (0, ""));
            world.server.keeper.refresh().await.expect("the store");
            assert_eq!(!known(&mut own).await.is_null(), stays, "{user}");
        }
    });
}
