//! Sources: what may be saved of one, whose variables and files it may use, and what goes with it.

use access::ProjectRole;
use model::change::Change;
use model::project::{Limits, Source};
use serde_json::{Value, json};

use crate::postgres::{CERTAIN, Postgres, certain_account};
use crate::projects::{bank, change, member, read};
use crate::samples::{external, object_type, put_object_type};
use crate::uploads::accepted;
use crate::world::{Browser, ParseId as _, World, project, run};

fn put(source: &Source) -> [Change; 1] {
    [Change::PutSource(Box::new(source.clone()))]
}

async fn source(browser: &mut Browser, id: &str) -> Source {
    serde_json::from_value(read(browser).await["project"]["sources"][id].clone()).expect("a source")
}

#[test]
fn nobody_takes_a_source_of_everyone_for_oneself() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut manager = member(&world, &mut own, "manager", &["Task.Manage"], ProjectRole::Manage).await;
        assert_eq!(accepted(&mut own, "people", b"a,b\n1,2\n").await.verdict(), "200");
        let mut taken = source(&mut manager, "people").await;
        for person in [manager.person().await, own.person().await] {
            taken.private_to = Some(person);
            let refused = change(&mut manager, "everyone", &put(&taken)).await;
            assert_eq!(refused.verdict(), "422 invalid", "{}", refused.text());
        }
        assert!(read(&mut own).await["project"]["sources"].get("people").is_some());
    });
}

#[test]
fn limits_have_limits() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let usual = Limits::default();
        let table = [
            (Limits { seconds: u64::MAX, ..usual }, "seconds"),
            (Limits { seconds: 0, ..usual }, "seconds"),
            (Limits { rows: u64::MAX, ..usual }, "rows"),
            (Limits { rows: 0, ..usual }, "rows"),
            (Limits { megabytes: u64::MAX, ..usual }, "megabytes"),
            (Limits { at_once: u32::MAX, ..usual }, "questions at once"),
            (Limits { at_once: 0, ..usual }, "questions at once"),
        ];
        for (limits, named) in table {
            let refused = change(&mut own, "everyone", &put(&Source { limits, ..external("ledger") })).await;
            assert_eq!(refused.verdict(), "422 invalid", "{limits:?}");
            assert!(refused.text().contains(named), "{limits:?}: {}", refused.text());
        }
        let most = Source { limits: Limits::MOST, ..external("ledger") };
        assert_eq!(change(&mut own, "everyone", &put(&most)).await.verdict(), "200");

        // One that was kept before there were limits is asked within them.
        let mut bank = project("bank", &own.person().await);
        let mut old = Source { limits: Limits { seconds: u64::MAX, at_once: u32::MAX, ..usual }, ..external("old") };
        old.name = "Old".to_owned();
        bank.sources.insert("old".parse_id(), old);
        world.put_project(&bank).await;
        let asked = own.call("read_catalogue", &json!({ "project": "bank", "source": "old" })).await;
        assert_eq!(asked.verdict(), "502 source_failed", "{}", asked.text());
    });
}

#[test]
fn a_database_that_asks_for_a_certificate_gets_the_one_of_the_form_with_the_key_of_the_environment() {
    run(async {
        let (postgres, folder) = (Postgres::shared(), tempfile::tempdir().expect("a folder"));
        let (script, key) = (folder.path().join("script.sql"), postgres.pem("client.key"));
        std::fs::write(&script, certain_account()).expect("a script");
        postgres.run_script(&script);
        let world = World::start_with(&[("CLEW_SOURCE_BANK__KEY", &key)]).await;
        let mut own = bank(&world).await;
        let answers = [
            ("host", "localhost".to_owned()),
            ("port", postgres.port.to_string()),
            ("database", "postgres".to_owned()),
            ("user", CERTAIN.to_owned()),
            ("ca", postgres.pem("server")),
            ("client_certificate", postgres.pem("client")),
        ];
        let mut ledger = external("ledger");
        ledger.settings = answers.map(|(name, value)| (name.to_owned(), value)).into();
        ledger.secrets_from.insert("client_key".to_owned(), "CLEW_SOURCE_BANK__KEY".to_owned());
        let test = json!({ "project": "bank", "source": ledger, "secrets": {} });
        let early = own.call("test_source", &test).await;
        assert_eq!(early.json()["ok"], true, "it is tried before it is saved: {}", early.text());
        assert_eq!(change(&mut own, "everyone", &put(&ledger)).await.verdict(), "200");
        let ask = json!({ "project": "bank", "source": "ledger" });
        let catalogue = own.call("read_catalogue", &ask).await;
        assert_eq!(catalogue.verdict(), "200", "{}", catalogue.text());
        let tested = own.call("test_source", &test).await;
        assert_eq!(tested.json()["ok"], true, "{}", tested.text());
        assert!(tested.text().contains("certificate checked"), "{}", tested.text());

        // Typed in instead, and wrong: the field is named, and the key is repeated nowhere.
        let wrong = json!({ "project": "bank", "source": ledger, "secrets": { "client_key": "planted" } });
        let typed = own.call("test_source", &wrong).await.text();
        assert!(typed.contains("Client key") && typed.contains("BEGIN to END PRIVATE KEY"), "{typed}");
        for said in [typed, tested.text(), read(&mut own).await.to_string()] {
            assert!(!said.contains("planted") && !said.contains("PRIVATE KEY-----"), "{said}");
        }
    });
}

#[test]
fn a_secret_of_the_environment_is_used_by_the_project_that_its_name_begins_with() {
    run(async {
        let secrets = [("CLEW_SOURCE_BANK__PASSWORD", "planted"), ("CLEW_SOURCE_BANK_2__PASSWORD", "planted")];
        let world = World::start_with(&secrets).await;
        let mut own = bank(&world).await;
        let from = |variable: &str| {
            let mut source = external("ledger");
            source.secrets_from.insert("password".to_owned(), variable.to_owned());
            source
        };
        let foreign = [
            "CLEW_SOURCE_BANK_2__PASSWORD",
            "CLEW_SOURCE_OTHER__PASSWORD",
            "CLEW_SOURCE_BANK__",
            "CLEW_SOURCE_BANK___PASSWORD",
            "CLEW_SOURCE_BANK__X__PASSWORD",
            "CONFIG_B64_ENCRYPTION_KEY",
        ];
        for variable in foreign {
            let refused = change(&mut own, "everyone", &put(&from(variable))).await;
            assert_eq!(refused.verdict(), "422 invalid", "{variable}");
            assert!(refused.text().contains("CLEW_SOURCE_BANK__PASSWORD"), "the rule is said: {}", refused.text());
            let base = own.revision("bank").await;
            let request = json!({ "project": "bank", "base": base, "source": from(variable), "secrets": {} });
            assert_eq!(own.call("save_source", &request).await.verdict(), "422 invalid", "{variable}");
            let tested = json!({ "project": "bank", "source": from(variable), "secrets": {} });
            assert_eq!(own.call("test_source", &tested).await.verdict(), "422 invalid", "{variable}, not saved");
        }
        assert_eq!(change(&mut own, "everyone", &put(&from("CLEW_SOURCE_BANK__PASSWORD"))).await.verdict(), "200");
        let tested = json!({ "project": "bank", "source": from("CLEW_SOURCE_BANK_2__PASSWORD"), "secrets": {} });
        assert_eq!(own.call("test_source", &tested).await.verdict(), "422 invalid", "not even to try it");

        // One that was kept before this rule opens nothing.
        let mut old = project("bank", &own.person().await);
        old.sources.insert("ledger".parse_id(), from("CLEW_SOURCE_BANK_2__PASSWORD"));
        world.put_project(&old).await;
        let asked = own.call("read_catalogue", &json!({ "project": "bank", "source": "ledger" })).await;
        assert_eq!(asked.verdict(), "422 invalid", "{}", asked.text());
        assert!(!read(&mut own).await["secrets"].to_string().contains("\"set\":true"));

        assert_eq!(own.call("create_project", &json!({ "id": "bank-2", "name": "B" })).await.verdict(), "200");
        let alike = own.call("create_project", &json!({ "id": "bank_2", "name": "B" })).await;
        assert_eq!(alike.verdict(), "409 conflict", "its variables would have the names of another project's");
    });
}

/// How many uploads have a record, and how many have content.
async fn uploads(world: &World) -> (usize, usize) {
    let config = world.server.keeper.current();
    let kept = config.project(&"bank".parse_id()).expect("the project");
    (kept.uploads.len(), world.server.store.uploads().await.expect("the store").len())
}

#[test]
fn a_file_goes_with_the_last_source_that_reads_it() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        assert_eq!(accepted(&mut own, "people", b"a,b\n1,2\n").await.verdict(), "200");
        let people = source(&mut own, "people").await;
        assert_eq!(uploads(&world).await, (1, 1));

        let twin = Source { id: "twin".parse_id(), ..people.clone() };
        let person = own.person().await;
        let mine = Source { id: "mine".parse_id(), private_to: Some(person), ..people };
        assert_eq!(change(&mut own, "everyone", &put(&twin)).await.verdict(), "200");
        assert_eq!(change(&mut own, "mine", &put(&mine)).await.verdict(), "200");
        for id in ["people", "twin"] {
            let removed = change(&mut own, "everyone", &[Change::RemoveSource(id.parse_id())]).await;
            assert_eq!(removed.verdict(), "200", "{}", removed.text());
            assert_eq!(uploads(&world).await, (1, 1), "without {id} something still reads it");
        }
        let base = own.revision("bank").await;
        let forget = json!({ "project": "bank", "scope": "mine", "base": base, "changes": [], "forget": [0] });
        assert_eq!(own.call("change_project", &forget).await.verdict(), "200");
        assert_eq!(uploads(&world).await, (0, 0), "nothing reads it any more");
    });
}

async fn accepted_for_oneself(browser: &mut Browser) -> String {
    let sent =
        browser.upload(&json!({ "project": "bank", "name": "people.csv" }), b"number,name\n1,Ada\n2,Bob\n").await;
    assert_eq!(sent.verdict(), "200", "{}", sent.text());
    let preview: Value = sent.json();
    let request = json!({
        "project": "bank", "upload": preview["upload"], "layout": preview["layout"], "source": "mine", "name": "Mine",
        "scope": "mine", "base": browser.revision("bank").await,
    });
    browser.call("accept_file", &request).await.verdict()
}

#[test]
fn a_reader_looks_into_a_file_of_ones_own_and_models_it() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut reader = member(&world, &mut own, "reader", &["Task.Read"], ProjectRole::Read).await;
        assert_eq!(accepted_for_oneself(&mut reader).await, "200");
        let asked = json!({ "project": "bank", "source": "mine" });
        let catalogue = reader.call("read_catalogue", &asked).await;
        assert_eq!(catalogue.verdict(), "200", "{}", catalogue.text());
        let table = catalogue.json()["tables"][0]["table"].clone();
        let suggested = reader.call("suggest_model", &asked).await;
        assert_eq!(suggested.verdict(), "200", "{}", suggested.text());
        let sample = json!({ "project": "bank", "source": "mine", "table": table, "limit": 10 });
        assert_eq!(reader.post_json("/api/stream/sample_table", &sample).await.status, 200);
        let changes: Vec<Change> = serde_json::from_value(suggested.json()["changes"].clone()).expect("changes");
        assert!(!changes.is_empty());
        assert_eq!(change(&mut reader, "mine", &changes).await.verdict(), "200");

        let others = json!({ "project": "bank", "source": "files" });
        assert_eq!(reader.call("read_catalogue", &others).await.verdict(), "403 forbidden", "no other source");
        assert_eq!(own.call("read_catalogue", &asked).await.verdict(), "404 not_found", "and nobody else this one");
        assert_eq!(change(&mut reader, "everyone", &[put_object_type("a", "mine")]).await.verdict(), "403 forbidden");
    });
}

#[test]
fn the_limits_of_a_file_of_ones_own_are_raised_by_an_instance_manager_alone() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let reader = member(&world, &mut own, "reader", &["Task.Read"], ProjectRole::Read).await;
        let raised = Limits { rows: 50_000_000, ..Limits::default() };
        let mut people = [reader, own];
        for (who, limits, expected) in [
            (0, raised, "403 forbidden"),
            (0, Limits { seconds: 61, ..Limits::default() }, "403 forbidden"),
            (0, Limits::default(), "200"),
            (1, raised, "200"),
            (1, raised, "200"),
        ] {
            let browser = &mut people[who];
            if source_of(browser).await.is_none() {
                assert_eq!(accepted_for_oneself(browser).await, "200");
            }
            let before = source_of(browser).await.expect("a source");
            let changed = Source { limits, name: "Named anew".to_owned(), ..before };
            let saved = change(browser, "mine", &put(&changed)).await;
            assert_eq!(saved.verdict(), expected, "{limits:?}: {}", saved.text());
        }
    });
}

/// The source of one's own, if it is there.
async fn source_of(browser: &mut Browser) -> Option<Source> {
    serde_json::from_value(read(browser).await["project"]["sources"]["mine"].clone()).ok()
}

#[test]
fn a_type_of_ones_own_reads_no_table_and_no_column_that_the_model_of_everyone_does_not() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut reader = member(&world, &mut own, "reader", &["Task.Read"], ProjectRole::Read).await;
        let mut manager = member(&world, &mut own, "manager", &["Task.Read"], ProjectRole::Manage).await;
        let known = object_type("person", "files");
        let with = |alter: fn(&mut model::ObjectType)| {
            let mut kind = object_type("car", "files");
            alter(&mut kind);
            Change::PutObjectType(Box::new(kind))
        };
        let salary = |kind: &mut model::ObjectType| kind.properties[0].column = "salary".to_owned();
        let table = |kind: &mut model::ObjectType| {
            let salaries = model::project::Table { schema: None, name: "salaries".to_owned() };
            kind.origin = model::Origin::Table(salaries);
        };
        let link = |column: &str| {
            let end = json!([{ "column": column, "property": "number" }]);
            let link = json!({ "id": "knows", "name": "knows", "reverse": "knows", "plural": "know", "from": "person",
                "to": "person", "directed": true, "join": { "by": "table", "source": "files",
                "table": { "name": "rows" }, "from": end, "to": end } });
            Change::PutLinkType(Box::new(serde_json::from_value(link).expect("a link type")))
        };
        let refused = change(&mut reader, "mine", &[with(|_| {})]).await;
        assert_eq!(refused.verdict(), "403 forbidden", "the model has no type of this source yet");
        let shared = change(&mut own, "everyone", &[Change::PutObjectType(Box::new(known))]).await;
        assert_eq!(shared.verdict(), "200", "{}", shared.text());
        for (change_of_own, said) in [
            (with(|_| {}), None),
            (with(salary), Some("The column salary of rows")),
            (with(table), Some("The table salaries")),
            (link("number"), None),
            (link("salary"), Some("The column salary of rows")),
        ] {
            let reply = change(&mut reader, "mine", std::slice::from_ref(&change_of_own)).await;
            let expected = if said.is_some() { "403 forbidden" } else { "200" };
            assert_eq!(reply.verdict(), expected, "{change_of_own:?}: {}", reply.text());
            let fault = reply.json();
            assert!(
                said.is_none_or(|said| fault["sentence"].as_str().is_some_and(|text| text.starts_with(said))),
                "{fault}"
            );
            assert!(said.is_none() || fault["remedy"].as_str().is_some_and(|text| text.contains("Manage")), "{fault}");
            let free = change(&mut manager, "mine", &[change_of_own]).await;
            assert_eq!(free.verdict(), "200", "who may look into the source: {}", free.text());
        }
    });
}
