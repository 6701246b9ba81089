//! Configuring a project: for everyone, for oneself, and what a person who may not see everything is told.

use access::{Grantee, ProjectRole};
use model::change::Change;
use model::project::{Join, LinkType, Matching, PropertyPair, Source};
use model::style::MOST_RULES;
use serde_json::{Value, json};
use server::store::{RecordKey, RecordKind, Write};
use wire::project::{
    LONGEST_KEPT_NOTE, MOST_KEPT_GROUPS, MOST_KEPT_LINKS, MOST_KEPT_NOTES, MOST_KEPT_OBJECTS, MOST_KEPT_SEARCHES,
};

use crate::samples::{external, file, object_type, put_object_type};
use crate::world::{Browser, ParseId as _, Reply, World, grant, project, role, run};

/// Sends changes at the revision that the person sees.
pub(crate) async fn change(browser: &mut Browser, scope: &str, changes: &[Change]) -> Reply {
    let base = browser.revision("bank").await;
    change_at(browser, scope, base, changes).await
}

async fn change_at(browser: &mut Browser, scope: &str, base: u64, changes: &[Change]) -> Reply {
    let request = json!({ "project": "bank", "scope": scope, "base": base, "changes": changes });
    browser.call("change_project", &request).await
}

pub(crate) async fn read(browser: &mut Browser) -> Value {
    browser.call("read_project", &json!({ "project": "bank" })).await.json()
}

/// A world with the project `bank`, its Own (an instance manager), and a file in it.
pub(crate) async fn bank(world: &World) -> Browser {
    let mut own = world.signed_in("own", &["Task.Manage", "Bank.Secret"]).await;
    let mut bank = project("bank", &own.person().await);
    bank.sources.insert("files".parse_id(), file("files"));
    world.put_project(&bank).await;
    own
}

/// Signs somebody in and gives a role in `bank`.
pub(crate) async fn member(world: &World, own: &mut Browser, name: &str, roles: &[&str], held: ProjectRole) -> Browser {
    let mut browser = world.signed_in(name, roles).await;
    let given = change(own, "everyone", &[Change::PutGrant(grant(&browser.person().await, held))]).await;
    assert_eq!(given.verdict(), "200", "{}", given.text());
    browser
}

#[test]
fn whoever_creates_a_project_owns_it_and_sees_it_in_the_list() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let request = json!({ "id": "bank", "name": "Bank", "description": "A case." });
        assert_eq!(manager.call("create_project", &request).await.verdict(), "200");
        assert_eq!(manager.call("create_project", &request).await.verdict(), "409 conflict");
        let me = manager.call("who_am_i", &json!({})).await.json();
        assert_eq!(me["projects"][0]["name"], "Bank");
        let read = read(&mut manager).await;
        assert_eq!(read["project"]["grants"][0]["role"], "own");
        assert_eq!(read["grantees"][0][1], "manager");
        let nameless = manager.call("create_project", &json!({ "id": "other", "name": " " })).await;
        assert_eq!(nameless.verdict(), "422 invalid");
        let bad = manager.call("create_project", &json!({ "id": "../x", "name": "X" })).await;
        assert_eq!(bad.verdict(), "400 malformed");
        let mut reader = world.signed_in("reader", &["Task.Read"]).await;
        let refused = reader.call("create_project", &json!({ "id": "mine", "name": "Mine" })).await;
        assert_eq!(refused.verdict(), "403 forbidden");
        assert!(refused.json()["sentence"].as_str().expect("text").contains("Task.Manage"), "the right is named");
    });
}

#[test]
fn further_roles_may_create_projects_when_it_says_so() {
    run(async {
        let world = World::start_with(&[("CLEW_PROJECT_CREATORS", "Bank.Lead")]).await;
        let mut lead = world.signed_in("lead", &["Task.Read", "Bank.Lead"]).await;
        assert_eq!(lead.call("create_project", &json!({ "id": "a", "name": "A" })).await.verdict(), "200");
        let mut reader = world.signed_in("reader", &["Task.Read"]).await;
        let refused = reader.call("create_project", &json!({ "id": "b", "name": "B" })).await;
        assert_eq!(refused.verdict(), "403 forbidden");
    });
}

#[test]
fn a_change_for_everyone_is_seen_by_everyone_and_one_for_oneself_by_oneself() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut reader = member(&world, &mut own, "reader", &["Task.Read"], ProjectRole::Read).await;
        let shared = change(&mut own, "everyone", &[put_object_type("person", "files")]).await;
        assert_eq!(shared.verdict(), "200", "{}", shared.text());
        assert!(read(&mut reader).await["project"]["object_types"].get("person").is_some());

        let refused = change(&mut reader, "everyone", &[put_object_type("car", "files")]).await;
        assert_eq!(refused.verdict(), "403 forbidden");
        let mine = change(&mut reader, "mine", &[put_object_type("car", "files")]).await;
        assert_eq!(mine.verdict(), "200", "{}", mine.text());
        let seen = read(&mut reader).await;
        assert!(seen["project"]["object_types"].get("car").is_some());
        assert_eq!(seen["own"].as_array().map(Vec::len), Some(1));
        let others = read(&mut own).await;
        assert!(others["project"]["object_types"].get("car").is_none());
        assert_eq!(others["own"], json!([]));

        let base = seen["revision"].clone();
        let forget = json!({ "project": "bank", "scope": "mine", "base": base, "changes": [], "forget": [0] });
        assert_eq!(reader.call("change_project", &forget).await.verdict(), "200");
        assert!(read(&mut reader).await["project"]["object_types"].get("car").is_none());
    });
}

#[test]
fn an_own_change_that_no_longer_fits_is_shown_and_not_dropped() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut reader = member(&world, &mut own, "reader", &["Task.Read"], ProjectRole::Read).await;
        change(&mut own, "everyone", &[put_object_type("person", "files")]).await;
        let link = LinkType {
            id: "knows".parse_id(),
            name: "knows".to_owned(),
            reverse: "is known by".to_owned(),
            plural: "acquaintances".to_owned(),
            from: "person".parse_id(),
            to: "person".parse_id(),
            directed: true,
            join: Join::Properties {
                pairs: vec![PropertyPair { from: "number".parse_id(), to: "number".parse_id() }],
                matching: Matching::Exact,
            },
            key: Vec::new(),
            properties: Vec::new(),
            time: None,
            amount: None,
            currency: None,
        };
        let mine = change(&mut reader, "mine", &[Change::PutLinkType(Box::new(link))]).await;
        assert_eq!(mine.verdict(), "200", "{}", mine.text());
        assert!(read(&mut reader).await["project"]["link_types"].get("knows").is_some());
        let removed = change(&mut own, "everyone", &[Change::RemoveObjectType("person".parse_id())]).await;
        assert_eq!(removed.verdict(), "200", "somebody's own change holds nobody else back: {}", removed.text());
        let seen = read(&mut reader).await;
        assert!(seen["project"]["link_types"].get("knows").is_none());
        assert_eq!(seen["own"].as_array().map(Vec::len), Some(1), "it is kept");
        assert_eq!(seen["misfits"][0][0], json!(0), "and shown");
        change(&mut own, "everyone", &[put_object_type("person", "files")]).await;
        let seen = read(&mut reader).await;
        assert!(seen["project"]["link_types"].get("knows").is_some(), "it fits again");
        assert_eq!(seen["misfits"], json!([]));
    });
}

#[test]
fn a_change_over_a_state_that_somebody_else_changed_is_a_conflict() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut other = member(&world, &mut own, "other", &["Task.Manage"], ProjectRole::Manage).await;
        let seen = other.revision("bank").await;
        assert_eq!(change(&mut own, "everyone", &[put_object_type("person", "files")]).await.verdict(), "200");
        let late = change_at(&mut other, "everyone", seen, &[put_object_type("person", "files")]).await;
        assert_eq!(late.verdict(), "409 conflict");
        let source = json!({ "project": "bank", "base": seen, "source": external("ledger"), "secrets": {} });
        assert_eq!(other.call("save_source", &source).await.verdict(), "409 conflict");
        let mine = change_at(&mut other, "mine", seen, &[put_object_type("car", "files")]).await;
        assert_eq!(mine.verdict(), "200", "an own change is a patch over whatever the others save");

        // What happens in another project, and what people do for themselves, is no conflict.
        let seen = own.revision("bank").await;
        let created = other.call("create_project", &json!({ "id": "elsewhere", "name": "Elsewhere" })).await;
        assert_eq!(created.verdict(), "200");
        assert_eq!(change(&mut other, "mine", &[put_object_type("ship", "files")]).await.verdict(), "200");
        let fine = change_at(&mut own, "everyone", seen, &[put_object_type("plane", "files")]).await;
        assert_eq!(fine.verdict(), "200", "{}", fine.text());
        let future = change_at(&mut own, "everyone", u64::MAX, &[put_object_type("train", "files")]).await;
        assert_eq!(future.verdict(), "409 conflict", "a revision that never was");
    });
}

#[test]
fn two_windows_of_one_person_do_not_lose_each_others_own_changes() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let seen = own.revision("bank").await;
        let first = change_at(&mut own, "mine", seen, &[put_object_type("car", "files")]).await;
        assert_eq!(first.verdict(), "200");
        let forget = json!({ "project": "bank", "scope": "mine", "base": seen, "changes": [], "forget": [0] });
        let late = own.call("change_project", &forget).await;
        assert_eq!(late.verdict(), "409 conflict", "the place in a list that was not seen");
        assert_eq!(read(&mut own).await["own"].as_array().map(Vec::len), Some(1));
    });
}

#[test]
fn all_of_the_changes_are_made_or_none() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let changes = [put_object_type("person", "files"), put_object_type("car", "no-such-source")];
        for scope in ["everyone", "mine"] {
            let refused = change(&mut own, scope, &changes).await;
            assert_eq!(refused.verdict(), "422 invalid");
            let seen = read(&mut own).await;
            assert_eq!(seen["project"]["object_types"], json!({}));
            assert_eq!(seen["own"], json!([]));
        }
        let mut nameless = object_type("person", "files");
        nameless.title = "{no_such_property}".to_owned();
        let refused = change(&mut own, "everyone", &[Change::PutObjectType(Box::new(nameless))]).await;
        assert_eq!(refused.verdict(), "422 invalid");
        assert!(refused.text().contains("no_such_property"), "it says what to correct: {}", refused.text());
    });
}

#[test]
fn the_last_own_stays_and_nobody_raises_an_own_grant() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let person = own.person().await;
        let lower = [Change::PutGrant(grant(&person, ProjectRole::Read))];
        let leave = [Change::RemoveGrant(Grantee::Person(person.clone()))];
        assert_eq!(change(&mut own, "everyone", &lower).await.verdict(), "422 invalid");
        assert_eq!(change(&mut own, "everyone", &leave).await.verdict(), "422 invalid");

        let mut manager = member(&world, &mut own, "manager", &["Task.Manage"], ProjectRole::Manage).await;
        let raise = [Change::PutGrant(grant(&manager.person().await, ProjectRole::Own))];
        assert_eq!(change(&mut manager, "everyone", &raise).await.verdict(), "403 forbidden");
        assert_eq!(change(&mut manager, "mine", &raise).await.verdict(), "403 forbidden");
        assert_eq!(change(&mut own, "mine", &raise).await.verdict(), "422 invalid", "access is shared by its nature");
        assert_eq!(change(&mut own, "everyone", &raise).await.verdict(), "200");
        assert_eq!(change(&mut own, "everyone", &leave).await.verdict(), "200", "not the last any more");
        assert_eq!(own.call("read_project", &json!({ "project": "bank" })).await.verdict(), "404 not_found");
        assert_eq!(read(&mut manager).await["project"]["grants"].as_array().map(Vec::len), Some(1));
    });
}

#[test]
fn an_external_source_takes_an_instance_manager_whichever_way_it_comes() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut plain = member(&world, &mut own, "plain", &["Task.Read"], ProjectRole::Own).await;
        let put = |source: Source| [Change::PutSource(Box::new(source))];
        let refused = change(&mut plain, "everyone", &put(external("ledger"))).await;
        assert_eq!(refused.verdict(), "403 forbidden");
        assert!(refused.text().contains("Task.Manage"), "{}", refused.text());
        assert_eq!(change(&mut plain, "mine", &put(external("ledger"))).await.verdict(), "403 forbidden");
        let saved = json!({ "project": "bank", "base": 1, "source": external("ledger"), "secrets": {} });
        assert_eq!(plain.call("save_source", &saved).await.verdict(), "403 forbidden");
        let tested = json!({ "project": "bank", "source": external("ledger"), "secrets": {} });
        assert_eq!(plain.call("test_source", &tested).await.verdict(), "403 forbidden");

        // An upload's id does not make a database an internal source, nor a file an external one.
        let disguised = Source { upload: file("x").upload, ..external("ledger") };
        for scope in ["everyone", "mine"] {
            let person = (scope == "mine").then_some(plain.person().await);
            let disguised = Source { private_to: person, ..disguised.clone() };
            let refused = change(&mut plain, scope, &put(disguised)).await;
            assert!([403, 422].contains(&refused.status), "{scope}: {}", refused.verdict());
        }
        assert_eq!(read(&mut own).await["project"]["sources"].as_object().map(serde_json::Map::len), Some(1));
    });
}

/// Saves a source with secrets; gives whether its password is set afterwards.
async fn save(browser: &mut Browser, source: &Source, secrets: Value) -> (String, bool) {
    let base = browser.revision("bank").await;
    let request = json!({ "project": "bank", "base": base, "source": source, "secrets": secrets });
    let saved = browser.call("save_source", &request).await.verdict();
    let read = read(browser).await;
    let states = read["secrets"].as_array().expect("a list");
    (saved, states.iter().any(|state| state["field"] == "password" && state["set"] == json!(true)))
}

#[test]
fn a_secret_stays_with_the_address_that_it_was_entered_for() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut ledger = external("ledger");
        let secret = || json!({ "password": "not-a-real-password" });
        let ok = "200".to_owned();
        assert_eq!(save(&mut own, &ledger, json!({})).await, (ok.clone(), false));
        assert_eq!(save(&mut own, &ledger, secret()).await, (ok.clone(), true));
        ledger.name = "Another name".to_owned();
        assert_eq!(save(&mut own, &ledger, json!({})).await, (ok.clone(), true), "kept");
        for (field, value) in [("host", "evil.example"), ("port", "10"), ("tls", "disable")] {
            ledger.settings.insert(field.to_owned(), value.to_owned());
            assert_eq!(save(&mut own, &ledger, json!({})).await, (ok.clone(), false), "{field}: cleared");
            ledger.settings.insert(field.to_owned(), format!("{value}1"));
            let entered = save(&mut own, &ledger, secret()).await;
            assert_eq!(entered, (ok.clone(), true), "{field}: entered for the new address");
        }
        ledger.settings.insert("host".to_owned(), "elsewhere.example".to_owned());
        let moved = change(&mut own, "everyone", &[Change::PutSource(Box::new(ledger.clone()))]).await;
        assert_eq!(moved.verdict(), "200", "{}", moved.text());
        assert!(!read(&mut own).await["secrets"].to_string().contains("\"set\":true"), "whichever way it comes");
        assert_eq!(save(&mut own, &ledger, secret()).await, (ok, true));
        change(&mut own, "everyone", &[Change::RemoveSource("ledger".parse_id())]).await;
        change(&mut own, "everyone", &[Change::PutSource(Box::new(ledger))]).await;
        assert!(!read(&mut own).await["secrets"].to_string().contains("\"set\":true"), "gone with the source");
    });
}

#[test]
fn a_file_of_somebody_else_cannot_be_made_a_source_by_its_id() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut reader = member(&world, &mut own, "reader", &["Task.Read"], ProjectRole::Manage).await;
        let sent = own.upload(&json!({ "project": "bank", "name": "a.csv" }), b"a,b\n1,2\n").await;
        let upload = sent.json()["upload"].clone();
        let steal = |private_to| Source {
            upload: serde_json::from_value(upload.clone()).expect("an id"),
            private_to,
            ..file("stolen")
        };
        let person = reader.person().await;
        let preview = json!({ "project": "bank", "upload": upload, "layout": sent.json()["layout"] });
        assert_eq!(reader.call("preview_file", &preview).await.verdict(), "404 not_found");
        for (scope, private_to) in [("everyone", None), ("mine", Some(person))] {
            let refused = change(&mut reader, scope, &[Change::PutSource(Box::new(steal(private_to)))]).await;
            assert_eq!(refused.verdict(), "422 invalid", "{scope}");
        }
    });
}

#[test]
fn a_source_that_a_person_may_not_know_is_absent_from_every_answer() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut reader = member(&world, &mut own, "reader", &["Task.Read"], ProjectRole::Manage).await;
        let mut secret = file("canary-source");
        (secret.name, secret.required_role) = ("canary name".to_owned(), Some(role("Bank.Secret")));
        let mut kind = object_type("canary-type", "canary-source");
        kind.name = "canary kind".to_owned();
        let base = read(&mut own).await["project"].clone();
        let mut bank: model::Project = serde_json::from_value(base).expect("a project");
        bank.sources.insert("canary-source".parse_id(), secret.clone());
        bank.object_types.insert("canary-type".parse_id(), kind);
        bank.object_types.insert("person".parse_id(), object_type("person", "files"));
        let end = json!([{ "column": "number", "property": "number" }]);
        let link = json!({ "id": "canary-link", "name": "canary", "reverse": "canary", "plural": "canaries",
            "from": "person", "to": "person", "directed": true, "join": { "by": "table", "source": "canary-source",
            "table": { "name": "rows" }, "from": end, "to": end } });
        bank.link_types.insert("canary-link".parse_id(), serde_json::from_value(link).expect("a link type"));
        world.put_project(&bank).await;

        assert!(read(&mut own).await.to_string().contains("canary"), "who holds the role sees it");
        let card = |me: Value| me["projects"][0]["sources"].clone();
        assert_eq!(card(own.call("who_am_i", &json!({})).await.json()), json!(2));
        let me = reader.call("who_am_i", &json!({})).await;
        assert_eq!(card(me.json()), json!(1));
        let asked = ["canary-source", "absent-source"].map(|source| json!({ "project": "bank", "source": source }));
        let mut told = vec![me.text(), read(&mut reader).await.to_string()];
        for call in ["read_catalogue", "suggest_model"] {
            let hidden = reader.call(call, &asked[0]).await;
            let absent = reader.call(call, &asked[1]).await;
            assert_eq!(hidden.verdict(), "404 not_found");
            assert_eq!(hidden.body, absent.body, "{call}: hidden and absent answer alike");
        }
        let probes = [
            Change::RemoveSource("canary-source".parse_id()),
            Change::RemoveObjectType("canary-type".parse_id()),
            put_object_type("ship", "canary-source"),
        ];
        for probe in probes {
            let hidden = change(&mut reader, "everyone", std::slice::from_ref(&probe)).await;
            let text = serde_json::to_string(&probe).expect("JSON").replace("canary-", "absent-");
            let absent: Change = serde_json::from_str(&text).expect("a change");
            let absent = change(&mut reader, "everyone", &[absent]).await;
            assert_eq!(hidden.status, absent.status);
            assert_eq!(hidden.text().replace("canary-", "absent-"), absent.text());
        }
        // What a visible part needs is named; what only a hidden one needs stays, without a word of that one.
        let needed = change(&mut reader, "everyone", &[Change::RemoveSource("files".parse_id())]).await;
        assert_eq!(needed.verdict(), "422 invalid");
        assert_eq!(needed.json()["remedy"], "Change or remove that first.");
        assert_eq!(needed.json()["sentence"], "\"files\" is still needed by person.");
        let removed = change(&mut reader, "everyone", &[Change::RemoveObjectType("person".parse_id())]).await;
        assert_eq!(removed.verdict(), "409 conflict");
        assert_eq!(removed.json()["sentence"], "This cannot be removed here.");
        told.push(removed.text());
        // Taking its id is refused without saying why; what is under it stays as it is.
        let taken = change(&mut reader, "everyone", &[put_object_type("canary-type", "files")]).await;
        assert_eq!(taken.verdict(), "409 conflict");
        told.push(taken.text());
        assert!(told.iter().all(|text| !text.contains("canary")), "{told:?}");
        let changed = change(&mut reader, "everyone", &[put_object_type("ship", "files")]).await;
        assert_eq!(changed.verdict(), "200", "{}", changed.text());
        assert!(read(&mut own).await.to_string().contains("canary kind"), "what one does not see one does not delete");
    });
}

#[test]
fn only_an_own_sets_the_role_that_a_source_requires() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut manager = member(&world, &mut own, "manager", &["Task.Manage"], ProjectRole::Manage).await;
        let uploaded = crate::uploads::accepted(&mut own, "mine", b"a,b\n1,2\n").await;
        assert_eq!(uploaded.verdict(), "200", "{}", uploaded.text());
        let mut source: Source =
            serde_json::from_value(read(&mut own).await["project"]["sources"]["mine"].clone()).expect("a source");
        source.required_role = Some(role("Bank.Secret"));
        let put = [Change::PutSource(Box::new(source))];
        assert_eq!(change(&mut manager, "everyone", &put).await.verdict(), "403 forbidden");
        let set = change(&mut own, "everyone", &put).await;
        assert_eq!(set.verdict(), "200", "{}", set.text());
        assert!(read(&mut manager).await["project"]["sources"].get("mine").is_none());
    });
}

#[test]
fn grants_are_shown_to_whoever_may_give_them_and_to_nobody_else() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut reader = member(&world, &mut own, "reader", &["Task.Read"], ProjectRole::Manage).await;
        let person = own.person().await;
        assert_eq!(read(&mut own).await["project"]["grants"].as_array().map(Vec::len), Some(2));
        let seen = read(&mut reader).await;
        assert_eq!(seen["project"]["grants"], json!([]));
        assert!(!seen.to_string().contains(person.as_str()));
        let me = reader.call("who_am_i", &json!({})).await;
        assert!(!me.text().contains(person.as_str()), "only the own grant is told");
    });
}

#[test]
fn the_place_where_one_was_working_is_kept_for_oneself() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut reader = member(&world, &mut own, "reader", &["Task.Read"], ProjectRole::Read).await;
        let work = json!({ "searches": ["ada"], "objects": [], "links": [] });
        assert_eq!(reader.call("keep_work", &json!({ "project": "bank", "work": work })).await.verdict(), "200");
        let asked = json!({ "project": "bank" });
        assert_eq!(reader.call("read_work", &asked).await.json(), work);
        assert_eq!(own.call("read_work", &asked).await.json()["searches"], json!([]), "nobody else's");
        let large = json!({ "project": "bank", "work": { "searches": ["a".repeat(4_300_000)] } });
        assert_eq!(reader.call("keep_work", &large).await.verdict(), "413 too_large");
    });
}

#[test]
fn the_largest_investigation_that_is_kept_fits_into_a_request() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let key = "a key of some forty letters, as they are";
        let object =
            |n: usize| json!({ "object_type": "account", "key": [format!("{key} {n}")], "x": -1234.567, "y": 0.1 });
        let objects: Vec<Value> = (0..MOST_KEPT_OBJECTS).map(object).collect();
        let link = |n: usize| json!({ "link": "transfer", "from": n % MOST_KEPT_OBJECTS, "to": 0 });
        let links: Vec<Value> = (0..MOST_KEPT_LINKS).map(link).collect();
        let work = json!({ "searches": [], "objects": objects, "links": links });
        assert_eq!(own.call("keep_work", &json!({ "project": "bank", "work": work })).await.verdict(), "200");
        let kept = own.call("read_work", &json!({ "project": "bank" })).await.json();
        assert_eq!(kept["links"].as_array().map(Vec::len), Some(MOST_KEPT_LINKS));
    });
}

#[test]
fn more_than_is_kept_is_refused_with_the_limit() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let note = |text: &str| json!({ "kind": "text", "from": [0, 0], "to": [0, 0], "text": text, "colour": 0 });
        let rule = |icon: &str| json!({ "of": { "objects": null }, "says": { "icon": icon } });
        let link = json!({ "link": "owns", "from": 0, "to": 0 });
        let many = [
            ("searches", json!("ada"), MOST_KEPT_SEARCHES, "10 searches"),
            (
                "objects",
                json!({ "object_type": "account", "key": ["1"], "x": 0, "y": 0 }),
                MOST_KEPT_OBJECTS,
                "5000 objects",
            ),
            ("links", link, MOST_KEPT_LINKS, "10000 links"),
            ("rules", rule("star"), MOST_RULES, "50 rules"),
            ("notes", note("seen"), MOST_KEPT_NOTES, "500 notes"),
            ("groups", json!({ "name": "ring", "objects": [] }), MOST_KEPT_GROUPS, "1000 groups"),
        ];
        for (list, part, most, said) in many {
            for (number, verdict) in [(most, "200"), (most + 1, "422 invalid")] {
                let request = json!({ "project": "bank", "work": { list: vec![part.clone(); number] } });
                let answer = own.call("keep_work", &request).await;
                assert_eq!(answer.verdict(), verdict, "{number} {list}");
                assert_eq!(answer.text().contains(said), number > most, "{}", answer.text());
            }
        }
        let long = "x".repeat(LONGEST_KEPT_NOTE + 1);
        for (list, part, said) in [("notes", note(&long), "2000 bytes"), ("rules", rule(&long), "500 bytes")] {
            let answer = own.call("keep_work", &json!({ "project": "bank", "work": { list: [part] } })).await;
            assert_eq!(answer.verdict(), "422 invalid", "{list}");
            assert!(answer.text().contains(said), "{}", answer.text());
        }
    });
}

#[test]
fn what_can_be_read_of_a_kept_investigation_is_read_and_the_rest_counted() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let account = |key: &str| json!({ "object_type": "account", "key": [key], "x": 1.0, "y": 2.0 });
        let work = json!({ "objects": [account("1"), { "id": 2 }, account("3")], "links": [
            { "link": "owns", "from": 0, "to": 1 }, { "link": "owns", "from": 0, "to": 2 },
        ], "rules": [{ "of": "everything" }] });
        let key = RecordKey::new(RecordKind::Draft, "bank", own.person().await.as_str());
        world.server.store.keep(vec![Write::put(key, work.to_string().into_bytes())], Vec::new()).await.expect("kept");
        let read = own.call("read_work", &json!({ "project": "bank" })).await.json();
        assert_eq!(read["objects"].as_array().map(Vec::len), Some(2));
        assert_eq!(read["links"], json!([{ "link": "owns", "from": 0, "to": 1 }]));
        let missing = json!({ "objects": 1, "links": 1, "rules": 1, "notes": 0, "groups": 0, "expansions": 0 });
        assert_eq!(read["missing"], missing);
        assert_eq!(own.call("keep_work", &json!({ "project": "bank", "work": read })).await.verdict(), "200");
        let again = own.call("read_work", &json!({ "project": "bank" })).await.json();
        assert_eq!(again["missing"], Value::Null, "what is kept is whole");
    });
}

#[test]
fn a_place_that_is_no_number_is_kept_and_one_that_is_too_large_is_refused() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let work = |at: Value| {
            let object = json!({ "object_type": "account", "key": ["1"], "x": at, "y": 0.5, "pinned": false });
            let note = json!({ "kind": "text", "from": [at, 0], "to": [0, 0], "text": "seen", "colour": 0 });
            json!({ "project": "bank", "work": { "objects": [object], "notes": [note] } })
        };
        assert_eq!(own.call("keep_work", &work(json!(1e39))).await.verdict(), "400 malformed");
        assert_eq!(own.call("keep_work", &work(Value::Null)).await.verdict(), "200");
        let read = own.call("read_work", &json!({ "project": "bank" })).await.json();
        assert_eq!(read["objects"][0]["x"], Value::Null);
        assert_eq!(own.call("keep_work", &json!({ "project": "bank", "work": read })).await.verdict(), "200");
    });
}

#[test]
fn what_was_kept_and_cannot_be_read_is_a_fault_and_not_an_empty_place() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let key = RecordKey::new(RecordKind::Draft, "bank", own.person().await.as_str());
        let write = Write::put(key, b"{ \"objects\": 7 }".to_vec());
        world.server.store.keep(vec![write], Vec::new()).await.expect("it is kept");
        let answer = own.call("read_work", &json!({ "project": "bank" })).await;
        assert_eq!(answer.verdict(), "500 internal");
        assert!(answer.text().contains("begin anew"), "{}", answer.text());
    });
}
