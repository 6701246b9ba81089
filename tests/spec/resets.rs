//! `clew reset`: each scope takes what it says and nothing else, after a backup and the typed name, and is written down.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};
use server::store::AuditSearch;

use crate::program::{Place, changed, environment, finish, told};
use crate::projects::{change, member};
use crate::samples::put_object_type;
use crate::secrets::first_manager;
use crate::uploads::{accepted, bank};
use crate::world::{World, project, run};

fn on(folder: &Path, arguments: &[&str]) -> Output {
    finish(arguments, &changed(&environment(folder, 1), &[]))
}

fn good(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What the newest entry of a reset says.
async fn noted(world: &World) -> Value {
    let search = AuditSearch { call: Some("reset".to_owned()), limit: 1, ..AuditSearch::default() };
    let found = world.server.audit.search(search).await.expect("the log");
    serde_json::from_slice(&found.first().expect("an entry").details).expect("JSON")
}

#[test]
fn nothing_goes_that_was_not_confirmed_by_its_name() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let folder = world.folder.path();
        for (arguments, code, expected) in [
            (&["reset", "project", "bank"][..], 2, "confirm it with `--yes-i-mean bank`"),
            (&["reset", "project", "bank", "--yes-i-mean", "yes"], 2, "says `yes` and not `bank`"),
            (&["reset", "project", "other", "--yes-i-mean", "other"], 1, "there is nothing of `other`"),
            (&["reset", "sessions"], 2, "confirm it with `--yes-i-mean sessions`"),
            (&["reset", "everything", "--yes-i-mean", "everything"], 75, "in use by another server"),
            (&["reset", "people", "--yes-i-mean", "people"], 75, "in use by another server"),
            (&["reset", "uploads", "--yes-i-mean", "uploads"], 75, "in use by another server"),
            (&["reset", "configuration", "--yes-i-mean", "configuration"], 75, "in use by another server"),
            (&["reset", "audit", "--yes-i-mean", "audit"], 75, "in use by another server"),
            (&["reset", "house"], 2, "unrecognized subcommand"),
        ] {
            let (found, said) = told(&on(folder, arguments));
            assert!(found == code && said.contains(expected), "{arguments:?}: {found} {said}");
        }
        assert_eq!(own.call("read_project", &json!({ "project": "bank" })).await.verdict(), "200");
    });
}

#[test]
fn sessions_own_changes_and_a_project_go_beside_a_running_server() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        assert_eq!(accepted(&mut own, "people", b"name,zip\nAda,0150\n").await.verdict(), "200");
        let mut eve = member(&world, &mut own, "eve", &["Task.Read"], access::ProjectRole::Read).await;
        let shared = change(&mut own, "everyone", &[put_object_type("account", "people")]).await;
        assert_eq!(shared.verdict(), "200", "{}", shared.text());
        let mine = change(&mut eve, "mine", &[put_object_type("mine", "people")]).await;
        assert_eq!(mine.verdict(), "200", "{}", mine.text());
        let folder = world.folder.path();
        let has_mine = async |eve: &mut crate::world::Browser| {
            eve.call("read_project", &json!({ "project": "bank" })).await.text().contains("\"mine\"")
        };
        assert!(has_mine(&mut eve).await);
        let said = good(&on(folder, &["reset", "own-changes", "eve", "--yes-i-mean", "eve"]));
        assert!(said.contains("The backup before it is ") && said.contains("1 records and 0 sessions"), "{said}");
        world.server.keeper.refresh().await.expect("read");
        assert!(!has_mine(&mut eve).await, "it is gone");
        let details = noted(&world).await;
        assert_eq!((&details["scope"], &details["of"]), (&json!("own-changes"), &json!("eve")));
        let backup = details["backup"].as_str().expect("a file").to_owned();
        good(&on(folder, &["backup", "--verify", &backup]));

        good(&on(folder, &["reset", "sessions", "--yes-i-mean", "sessions", "--no-backup"]));
        assert_eq!(eve.call("who_am_i", &json!({})).await.verdict(), "401 signed_out");
        assert_eq!(noted(&world).await["backup"], Value::Null);

        assert_eq!(own.sign_in("own", crate::world::PASSWORD).await.status, 303);
        world.put_project(&project("other", &own.person().await)).await;
        let named = folder.join("named");
        let named = named.to_str().expect("plain");
        good(&on(folder, &["reset", "project", "bank", "--yes-i-mean", "bank", "--backup", named]));
        good(&on(folder, &["backup", "--verify", named]));
        world.server.keeper.refresh().await.expect("read");
        assert_eq!(own.call("read_project", &json!({ "project": "bank" })).await.verdict(), "404 not_found");
        assert_eq!(own.call("read_project", &json!({ "project": "other" })).await.verdict(), "200", "and nothing else");
        assert_eq!(world.server.store.uploads().await, Ok(Vec::new()), "the file's pieces are gone too");
        good(&on(folder, &["store", "verify"]));
    });
}

#[test]
fn uploads_people_and_everything_go_while_no_server_runs_and_the_log_stays() {
    run(async {
        let place = Place::new().await;
        let serving = place.serve(&[]).await;
        let mut admin = first_manager(&serving, place.port).await;
        assert_eq!(admin.call("create_project", &json!({ "id": "bank", "name": "Bank" })).await.verdict(), "200");
        let file = accepted(&mut admin, "people", b"name,zip\nAda,0150\n").await;
        assert_eq!(file.verdict(), "200", "{}", file.text());
        serving.end();

        good(&on(&place.store, &["reset", "uploads", "--yes-i-mean", "uploads"]));
        let serving = place.serve(&[]).await;
        let read = admin.call("read_project", &json!({ "project": "bank" })).await;
        assert_eq!(read.verdict(), "200", "the project stays: {}", read.text());
        let sample = json!({ "project": "bank", "source": "people", "table": { "name": "rows" }, "limit": 100 });
        let sampled = admin.post_json("/api/stream/sample_table", &sample).await;
        assert!(!sampled.text().contains("Ada"), "the file does not: {}", sampled.text());
        serving.end();

        let said = good(&on(&place.store, &["reset", "people", "--yes-i-mean", "people"]));
        assert!(said.contains("prints a link"), "{said}");
        let serving = place.serve(&[]).await;
        assert_eq!(admin.call("who_am_i", &json!({})).await.verdict(), "401 signed_out");
        let mut again = first_manager(&serving, place.port).await;
        assert_eq!(again.call("who_am_i", &json!({})).await.verdict(), "200");
        serving.end();

        let before = good(&on(&place.store, &["audit", "verify"]));
        let end = before.lines().find_map(|line| line.strip_prefix("Its end is ")).expect("an end");
        good(&on(&place.store, &["reset", "everything", "--yes-i-mean", "everything"]));
        let said = good(&on(&place.store, &["audit", "verify", "--anchor", end]));
        assert!(said.contains("none missing"), "the log goes on: {said}");
        good(&on(&place.store, &["store", "verify"]));
        let serving = place.serve(&[]).await;
        assert!(serving.said().contains("/issuer/password?link="), "it is as new: {}", serving.said());
        let mut fresh = first_manager(&serving, place.port).await;
        assert_eq!(fresh.call("read_project", &json!({ "project": "bank" })).await.verdict(), "404 not_found");
        serving.end();
    });
}

#[test]
fn the_configuration_goes_and_people_stay() {
    run(async {
        let place = Place::new().await;
        let serving = place.serve(&[]).await;
        let mut admin = first_manager(&serving, place.port).await;
        for id in ["bank", "other"] {
            assert_eq!(admin.call("create_project", &json!({ "id": id, "name": id })).await.verdict(), "200");
        }
        serving.end();
        let said = good(&on(&place.store, &["reset", "configuration", "--yes-i-mean", "configuration"]));
        assert!(said.contains("clew.db.before-reset-"), "{said}");
        let serving = place.serve(&[]).await;
        assert_eq!(admin.call("who_am_i", &json!({})).await.verdict(), "200", "who was signed in is so");
        for id in ["bank", "other"] {
            assert_eq!(admin.call("read_project", &json!({ "project": id })).await.verdict(), "404 not_found", "{id}");
        }
        assert_eq!(admin.call("create_project", &json!({ "id": "bank", "name": "Bank" })).await.verdict(), "200");
        serving.end();
    });
}

#[test]
fn the_audit_log_goes_when_it_is_named_and_the_reset_is_the_first_entry_of_the_new_one() {
    run(async {
        let place = Place::new().await;
        let serving = place.serve(&[]).await;
        first_manager(&serving, place.port).await;
        serving.end();
        let folder = &place.store;
        let end_of =
            |said: &str| said.lines().find_map(|line| line.strip_prefix("Its end is ")).expect("an end").to_owned();
        good(&on(folder, &["audit", "verify"]));
        let old = end_of(&good(&on(folder, &["audit", "verify"])));
        let said = good(&on(folder, &["reset", "audit", "--yes-i-mean", "audit"]));
        let ended = said.lines().find_map(|line| line.split_once("The old log ended at ")).expect("a line").1;
        assert!(said.contains("The new one has one entry") && said.contains("before-reset-"), "{said}");
        assert_eq!(old, ended, "whoever kept the end of the old log sees that they fit");
        let out = place.folder.path().join("log.jsonl");
        good(&on(folder, &["audit", "export", out.to_str().expect("plain")]));
        let log = std::fs::read_to_string(&out).expect("a file");
        let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let entries: Vec<Value> = lines.filter(|line| line["call"].is_string()).collect();
        let calls: Vec<&str> = entries.iter().filter_map(|entry| entry["call"].as_str()).collect();
        assert_eq!(calls, ["audit export", "reset"], "newest first, and nothing of before: {log}");
        assert!(log.contains(ended), "it names the old end: {log}");
        good(&on(folder, &["audit", "verify", "--anchor", ended]));
        good(&on(folder, &["store", "verify"]));
        place.serve(&[]).await.end();
    });
}

#[test]
fn a_damaged_store_is_not_made_smaller_than_it_is() {
    run(async {
        let place = Place::new().await;
        let serving = place.serve(&[]).await;
        let mut admin = first_manager(&serving, place.port).await;
        assert_eq!(admin.call("create_project", &json!({ "id": "bank", "name": "Bank" })).await.verdict(), "200");
        serving.end();
        let file = place.store.join("clew.db");
        let shell = rusqlite::Connection::open(&file).expect("the file");
        let whole: Vec<u8> =
            shell.query_row("SELECT body FROM audit WHERE seq = 2", [], |row| row.get(0)).expect("a body");
        let mut flipped = whole.clone();
        *flipped.last_mut().expect("a byte") ^= 1;
        let put = |body: &[u8]| shell.execute("UPDATE audit SET body = ? WHERE seq = 2", [body]).expect("a change");
        let projects = || -> u64 {
            shell
                .query_row("SELECT count(*) FROM record WHERE kind = 'project'", [], |row| row.get(0))
                .expect("a number")
        };
        let reset = ["reset", "project", "bank", "--yes-i-mean", "bank"];
        put(&flipped);
        let (code, said) = told(&on(&place.store, &reset));
        assert!(code == 71 && said.contains("Nothing was forgotten"), "{code} {said}");
        assert_eq!(projects(), 1);
        put(&whole);
        good(&on(&place.store, &reset));
        assert_eq!(projects(), 0, "one that is whole is");
    });
}
