//! Object types that come from a query: who writes one, who reads its text, what it answers; and what the account of a
//! source may do beside reading.

use std::path::Path;

use access::ProjectRole;
use model::change::Change;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::postgres::Postgres;
use crate::projects::{bank, change, member, read};
use crate::samples::object_type;
use crate::world::{Browser, ParseId as _, Reply, World, run};

const LARGE: &str =
    "select number, sum(amount) as total -- planted-query\nfrom payments group by number having sum(amount) > 10";

const ROWS: &str = "create table payments (id integer primary key, number text, amount integer);
    insert into payments values (1, 'A1', 7), (2, 'A1', 8), (3, 'B1', 2), (4, 'C1', 40);";

/// The project `bank` with a SQLite source `ledger`.
async fn ledger() -> (World, Browser, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = rusqlite::Connection::open(folder.path().join("ledger.sqlite")).expect("a file");
    file.execute_batch(ROWS).expect("a script");
    let world = World::start_with(&[("CLEW_SQLITE_DIR", &folder.path().display().to_string())]).await;
    let mut own = bank(&world).await;
    let source = json!({ "id": "ledger", "name": "Ledger", "kind": "sqlite", "settings": { "file": "ledger.sqlite" } });
    assert_eq!(save(&mut own, &source, "").await.verdict(), "200");
    (world, own, folder)
}

async fn save(browser: &mut Browser, source: &Value, typed_name: &str) -> Reply {
    let base = browser.revision("bank").await;
    let request = json!({ "project": "bank", "base": base, "source": source, "typed_name": typed_name });
    browser.call("save_source", &request).await
}

/// An object type over a query on `ledger`.
fn from_query(id: &str, text: &str) -> Change {
    let mut kind = object_type(id, "ledger");
    kind.origin = model::Origin::Query(text.to_owned());
    Change::PutObjectType(Box::new(kind))
}

fn renamed(id: &str) -> Change {
    let mut kind = object_type(id, "ledger");
    kind.name = "Renamed".to_owned();
    kind.origin = model::Origin::Table(model::project::Table { schema: None, name: "payments".to_owned() });
    Change::PutObjectType(Box::new(kind))
}

async fn count(browser: &mut Browser, kind: &str) -> Reply {
    let query = json!({ "from": { "objects": kind }, "answer": "count" });
    browser.post_json("/api/stream/run_query", &json!({ "project": "bank", "query": query })).await
}

/// What the audit log holds of a call, as text.
async fn written_down(world: &World, call: &str) -> String {
    let entries = world.audit(200).await.into_iter().filter(|entry| entry.call == call);
    entries.map(|entry| String::from_utf8_lossy(&entry.details).into_owned()).collect()
}

async fn check(browser: &mut Browser, source: &str, text: &str) -> Value {
    let reply = browser.call("check_query", &json!({ "project": "bank", "source": source, "text": text })).await;
    assert_eq!(reply.verdict(), "200", "{}", reply.text());
    reply.json()
}

#[test]
fn only_an_instance_manager_writes_changes_or_removes_a_query() {
    run(async {
        let (world, mut own, _folder) = ledger().await;
        let mut manage = member(&world, &mut own, "manage", &["Task.Read"], ProjectRole::Manage).await;
        let mut reader = member(&world, &mut own, "reader", &["Task.Read"], ProjectRole::Read).await;
        for (name, scope) in [("manage", "everyone"), ("manage", "mine"), ("reader", "mine")] {
            let browser = if name == "manage" { &mut manage } else { &mut reader };
            let refused = change(browser, scope, &[from_query("large", LARGE)]).await;
            assert_eq!(refused.verdict(), "403 forbidden", "{}", refused.text());
        }
        assert_eq!(change(&mut own, "everyone", &[from_query("large", LARGE)]).await.verdict(), "200");
        let changes =
            [from_query("large", "select 1 as number"), renamed("large"), Change::RemoveObjectType("large".parse_id())];
        for (name, browser) in [("manage", &mut manage), ("reader", &mut reader)] {
            for changed in &changes {
                let scope = if name == "manage" { "everyone" } else { "mine" };
                let refused = change(browser, scope, std::slice::from_ref(changed)).await;
                assert_eq!(refused.verdict(), "403 forbidden", "{name} {changed:?}: {}", refused.text());
            }
        }
        let check = json!({ "project": "bank", "source": "ledger", "text": LARGE });
        assert_eq!(manage.call("check_query", &check).await.verdict(), "403 forbidden");
        assert_eq!(
            change(&mut own, "mine", &[from_query("small", "select number from payments")]).await.verdict(),
            "200"
        );
        assert_eq!(change(&mut own, "everyone", &changes[2..]).await.verdict(), "200");
    });
}

#[test]
fn everybody_asks_it_and_only_who_may_look_into_the_source_reads_its_text() {
    run(async {
        let (world, mut own, _folder) = ledger().await;
        let mut manage = member(&world, &mut own, "manage", &["Task.Read"], ProjectRole::Manage).await;
        let mut reader = member(&world, &mut own, "reader", &["Task.Read"], ProjectRole::Read).await;
        assert_eq!(change(&mut own, "everyone", &[from_query("large", LARGE)]).await.verdict(), "200");
        for (browser, shown) in [(&mut own, true), (&mut manage, true), (&mut reader, false)] {
            let answer = count(browser, "large").await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert!(answer.text().contains("\"complete") || !answer.text().contains("failed"), "{}", answer.text());
            let told = browser.call("read_project", &json!({ "project": "bank" })).await;
            assert_eq!(told.text().contains("planted-query"), shown, "{}", told.text());
            assert!(told.json()["project"]["object_types"]["large"]["query"].is_string());
        }
        assert!(written_down(&world, "change_project").await.contains("planted-query"), "the query is written down");
    });
}

#[test]
fn an_own_query_counts_only_as_long_as_its_person_is_an_instance_manager() {
    run(async {
        let (world, mut own, _folder) = ledger().await;
        let small = from_query("small", "select number from payments");
        assert_eq!(change(&mut own, "mine", std::slice::from_ref(&small)).await.verdict(), "200");
        assert!(read(&mut own).await["project"]["object_types"].get("small").is_some());
        // The same list of changes in the hands of somebody who is none.
        let kept = world.server.keeper.current();
        let project = kept.project(&"bank".parse_id()).expect("a project");
        let (_, misfits) = model::change::effective(&project.project, &[small], false);
        assert_eq!(misfits, [(0, model::change::Misfit::TakesQueryRight)]);
    });
}

#[test]
fn what_does_more_than_read_is_refused_with_its_place_whichever_way_it_comes() {
    run(async {
        let (_world, mut own, _folder) = ledger().await;
        let table = [
            ("select 1 as number;", 1, 19),
            ("select number,\n  load_extension('x')\nfrom payments", 2, 3),
            ("with gone as (select 1)\ndelete from payments", 1, 1),
            ("select nubmer from payments", 1, 8),
            ("select number, number from payments", 0, 0),
        ];
        for (text, line, column) in table {
            let wrong = check(&mut own, "ledger", text).await;
            assert!(wrong["columns"].as_array().expect("columns").is_empty());
            assert_eq!(
                (&wrong["wrong"]["line"], &wrong["wrong"]["column"]),
                (&json!(line), &json!(column)),
                "{text}: {wrong}"
            );
            assert_ne!(wrong["wrong"]["fault"]["remedy"], "", "{text}");
        }
        let said = check(&mut own, "ledger", "select nubmer from payments").await;
        assert_eq!(said["wrong"]["said"], "no such column: nubmer");
        for (text, _, _) in &table[..3] {
            let refused = change(&mut own, "everyone", &[from_query("large", text)]).await;
            assert_eq!(refused.verdict(), "422 invalid", "{text}");
            assert!(refused.text().contains("The query cannot be used. Line"), "{}", refused.text());
        }
        let of_file = check(&mut own, "files", "select number from rows").await;
        assert!(of_file["wrong"]["fault"]["sentence"].as_str().expect("text").contains("not a file"), "{of_file}");
        let fine = check(&mut own, "ledger", LARGE).await;
        let columns: Vec<(&str, &str)> = fine["columns"]
            .as_array()
            .expect("columns")
            .iter()
            .map(|column| (column["name"].as_str().expect("a name"), column["kind"].as_str().expect("a kind")))
            .collect();
        assert_eq!(columns, [("number", "text"), ("total", "integer")], "{fine}");
    });
}

/// Makes roles in the PostgreSQL of this program, and a database where each may do something else.
fn make_accounts(folder: &Path) {
    let script = folder.join("accounts.sql");
    let text = "create role probed_reader login; create role probed_writer login; create role probed_files login;
        create role probed_reads login; create role probed_runs login;
        grant pg_read_server_files to probed_reads; grant pg_execute_server_program to probed_runs;
        grant pg_write_server_files to probed_files;
        create database probed;
        \\c probed
        create table one (n int); create table two (n int); create table three (n int);
        grant select on all tables in schema public to probed_reader, probed_writer;
        grant insert on one to probed_writer; grant update (n) on two to probed_writer;\n";
    std::fs::write(&script, text).expect("a script");
    Postgres::shared().run_script(&script);
}

fn database(user: &str) -> Value {
    let port = Postgres::shared().port.to_string();
    let settings = json!({ "host": "127.0.0.1", "port": port, "database": "probed", "user": user, "tls": "off" });
    json!({ "id": "probed", "name": "Probed", "kind": "postgresql", "settings": settings })
}

async fn rights(browser: &mut Browser) -> Value {
    let told = read(browser).await;
    let known = told["rights"].as_array().expect("rights").iter().find(|pair| pair[0] == "probed").cloned();
    known.map_or(Value::Null, |pair| pair[1].clone())
}

#[test]
fn what_an_account_may_do_is_looked_at_kept_and_told_and_too_much_is_refused_without_the_sources_name() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        make_accounts(folder.path());
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut reader = member(&world, &mut own, "reader", &["Task.Read"], ProjectRole::Read).await;
        for user in ["postgres", "probed_files", "probed_reads", "probed_runs"] {
            for typed in ["", "probed", "Probed "] {
                let refused = save(&mut own, &database(user), typed).await;
                assert_eq!(refused.verdict(), "409 conflict", "{user} {typed:?}");
                assert_eq!(refused.json()["remedy"], wire::source::TYPE_THE_NAME);
            }
            let source: model::Source = serde_json::from_value(database(user)).expect("a source");
            let other_way = change(&mut own, "everyone", &[Change::PutSource(Box::new(source))]).await;
            assert_eq!(other_way.verdict(), "409 conflict", "{user}: {}", other_way.text());
            let taken = save(&mut own, &database(user), "Probed").await;
            assert_eq!(taken.verdict(), "200", "{user}: {}", taken.text());
            let found = rights(&mut own).await;
            assert_eq!((&found["superuser"], &found["taken"]), (&json!(user == "postgres"), &json!(true)), "{found}");
        }
        let written = written_down(&world, "save_source").await;
        assert!(written.contains("\"typed_name\":\"Probed\""), "who typed the name is written down: {written}");

        assert_eq!(save(&mut own, &database("probed_writer"), "").await.verdict(), "200");
        let found = rights(&mut own).await;
        assert_eq!((&found["account"], &found["writable"]), (&json!("probed_writer"), &json!(2)), "{found}");
        assert_eq!(found["tables"], json!(["public.one", "public.two"]));
        assert!(found["remedy"].to_string().contains("GRANT SELECT ON ALL TABLES IN SCHEMA"), "{found}");
        assert_eq!(rights(&mut reader).await, Value::Null, "not for who may not look into the source");

        assert_eq!(save(&mut own, &database("probed_reader"), "").await.verdict(), "200");
        assert_eq!(rights(&mut own).await["writable"], 0);
        let granted = folder.path().join("granted.sql");
        std::fs::write(&granted, "\\c probed\ngrant delete on three to probed_reader;\n").expect("a script");
        Postgres::shared().run_script(&granted);
        let probed = own.call("probe_rights", &json!({ "project": "bank", "source": "probed" })).await;
        assert_eq!(probed.json()["writable"], 1, "{}", probed.text());
        assert_eq!(rights(&mut own).await["tables"], json!(["public.three"]));
        let gone = change(&mut own, "everyone", &[Change::RemoveSource("probed".parse_id())]).await;
        assert_eq!(gone.verdict(), "200", "{}", gone.text());
        let kept = world.server.keeper.current();
        assert!(
            kept.project(&"bank".parse_id()).expect("a project").rights.is_empty(),
            "it is forgotten with the source"
        );
        let tested = own.call("test_source", &json!({ "project": "bank", "source": database("postgres") })).await;
        assert_eq!(tested.json()["rights"]["superuser"], true, "{}", tested.text());
    });
}
