//! Projects that nobody owns, and own changes over what a person may no longer know.

use access::{Grant, Grantee, ProjectRole};
use model::change::Change;
use model::project::{Join, LinkType, Matching, PropertyPair, Source};
use serde_json::{Value, json};

use crate::projects::{bank, change, member, read};
use crate::samples::{file, object_type, put_object_type};
use crate::world::{Browser, ParseId as _, World, project, role, run};

async fn ownerless(browser: &mut Browser) -> Value {
    let answered = browser.call("projects_without_owner", &json!({})).await;
    assert_eq!(answered.verdict(), "200", "{}", answered.text());
    answered.json()
}

#[test]
fn an_instance_manager_names_an_owner_where_there_is_none() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage", "Bank.Lead"]).await;
        let mut eve = world.signed_in("eve", &["Task.Read"]).await;
        let mut lost = project("lost", &"somebody".parse_id());
        lost.grants = vec![Grant { to: Grantee::Email("mistyped@exmaple.org".to_owned()), role: ProjectRole::Own }];
        world.put_project(&lost).await;
        world.put_project(&project("owned", &"somebody".parse_id())).await;

        assert_eq!(ownerless(&mut manager).await, json!([{ "id": "lost", "name": "Project lost" }]));
        let asked = json!({ "project": "lost" });
        assert_eq!(manager.call("read_project", &asked).await.verdict(), "404 not_found", "id and name, no more");
        assert_eq!(eve.call("projects_without_owner", &json!({})).await.verdict(), "403 forbidden");

        let name = |project: &str, to: Grantee| json!({ "project": project, "to": to });
        let eves = Grantee::Person(eve.person().await);
        let oneself = [
            Grantee::Person(manager.person().await),
            Grantee::Role(role("Bank.Lead")),
            Grantee::Email("Manager@example.org".to_owned()),
        ];
        for to in oneself {
            assert_eq!(manager.call("name_owner", &name("lost", to)).await.verdict(), "403 forbidden");
        }
        for project in ["owned", "absent"] {
            let refused = manager.call("name_owner", &name(project, eves.clone())).await;
            assert_eq!(refused.verdict(), "404 not_found", "{project}");
        }
        assert_eq!(eve.call("name_owner", &name("lost", eves.clone())).await.verdict(), "403 forbidden");
        let named = manager.call("name_owner", &name("lost", eves)).await;
        assert_eq!(named.verdict(), "200", "{}", named.text());
        assert_eq!(eve.call("read_project", &asked).await.verdict(), "200");
        assert_eq!(ownerless(&mut manager).await, json!([]));
        let entry = world.audit(50).await.into_iter().find(|entry| entry.call == "name_owner");
        let details: Value = serde_json::from_slice(&entry.expect("an entry").details).expect("JSON");
        assert_eq!(details["request"]["project"], "lost");
        assert!(
            world.audit(50).await.iter().any(|entry| entry.call == "name_owner" && entry.outcome.as_str() == "done")
        );
    });
}

#[test]
fn an_address_that_nobody_came_with_is_no_owner_to_leave_a_project_to() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let to = Grantee::Email("mistyped@exmaple.org".to_owned());
        let invite = [Change::PutGrant(Grant { to, role: ProjectRole::Own })];
        assert_eq!(change(&mut own, "everyone", &invite).await.verdict(), "200");
        let leave = [Change::RemoveGrant(Grantee::Person(own.person().await))];
        assert_eq!(change(&mut own, "everyone", &leave).await.verdict(), "422 invalid");
    });
}

#[test]
fn a_role_that_nobody_holds_is_no_owner_to_leave_a_project_to_and_one_that_somebody_holds_is() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let person = own.person().await;
        let to = Grantee::Role(role("Bank.Laed"));
        let share = [Change::PutGrant(Grant { to, role: ProjectRole::Own })];
        assert_eq!(change(&mut own, "everyone", &share).await.verdict(), "200", "one shares with whom one likes");
        let leave = [Change::RemoveGrant(Grantee::Person(person.clone()))];
        let lower = [Change::PutGrant(Grant { to: Grantee::Person(person.clone()), role: ProjectRole::Read })];
        for step in [&leave, &lower] {
            let refused = change(&mut own, "everyone", step).await;
            assert_eq!(refused.verdict(), "422 invalid", "{}", refused.text());
            assert!(refused.text().contains("last Own"), "{}", refused.text());
        }
        let stay = [Change::PutGrant(Grant { to: Grantee::Person(person), role: ProjectRole::Own })];
        assert_eq!(change(&mut own, "everyone", &stay).await.verdict(), "200", "one's own stays");
        let mut lead = world.signed_in("lead", &["Task.Read", "Bank.Laed"]).await;
        assert_eq!(change(&mut own, "everyone", &leave).await.verdict(), "200", "somebody holds it now");
        assert_eq!(lead.call("read_project", &json!({ "project": "bank" })).await.verdict(), "200");
    });
}

#[test]
fn a_project_of_somebody_who_was_shut_out_or_of_a_role_that_nobody_holds_has_no_owner() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let mut ada = world.signed_in("ada", &["Task.Read"]).await;
        let mut eve = world.signed_in("eve", &["Task.Read"]).await;
        world.put_project(&project("adas", &ada.person().await)).await;
        let mut roles = project("roles", &"somebody".parse_id());
        roles.grants = vec![Grant { to: Grantee::Role(role("Bank.Lead")), role: ProjectRole::Own }];
        world.put_project(&roles).await;
        let named = |id: &str| json!({ "id": id, "name": format!("Project {id}") });
        assert_eq!(ownerless(&mut manager).await, json!([named("roles")]));

        let disable = |disabled: bool| json!({ "name": "ada", "disabled": disabled });
        assert_eq!(manager.call("disable_person", &disable(true)).await.verdict(), "200");
        assert_eq!(ownerless(&mut manager).await, json!([named("adas"), named("roles")]));
        assert_eq!(manager.call("disable_person", &disable(false)).await.verdict(), "200");
        assert_eq!(ownerless(&mut manager).await, json!([named("roles")]), "back again");
        assert_eq!(manager.call("disable_person", &disable(true)).await.verdict(), "200");

        let person = eve.person().await;
        for id in ["adas", "roles"] {
            let to = Grantee::Person(person.clone());
            let said = manager.call("name_owner", &json!({ "project": id, "to": to })).await;
            assert_eq!(said.verdict(), "200", "{id}: {}", said.text());
            assert_eq!(eve.call("read_project", &json!({ "project": id })).await.verdict(), "200", "{id}");
        }
        assert_eq!(ownerless(&mut manager).await, json!([]));
        world.signed_in("lead", &["Task.Read", "Bank.Lead"]).await;
        let only_role = Grant { to: Grantee::Role(role("Bank.Lead")), role: ProjectRole::Own };
        roles.grants = vec![only_role];
        world.put_project(&roles).await;
        assert_eq!(ownerless(&mut manager).await, json!([]), "somebody holds the role");
    });
}

#[test]
fn an_own_through_a_role_does_not_become_one_for_good_by_oneself() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut lead = world.signed_in("lead", &["Task.Read", "Bank.Lead"]).await;
        let person = lead.person().await;
        let share = [Change::PutGrant(Grant { to: Grantee::Role(role("Bank.Lead")), role: ProjectRole::Own })];
        assert_eq!(change(&mut own, "everyone", &share).await.verdict(), "200");
        let oneself = [Grantee::Person(person.clone()), Grantee::Email("Lead@example.org".to_owned())];
        for to in oneself {
            for held in [ProjectRole::Own, ProjectRole::Manage, ProjectRole::Read] {
                let refused =
                    change(&mut lead, "everyone", &[Change::PutGrant(Grant { to: to.clone(), role: held })]).await;
                assert_eq!(refused.verdict(), "403 forbidden", "{to:?} {held:?}: {}", refused.text());
                assert!(refused.text().contains("Nobody raises an own grant."), "{}", refused.text());
                assert!(refused.text().contains("through a role"), "{}", refused.text());
            }
        }
        let entry = world.audit(1).await.remove(0);
        assert_eq!((entry.call.as_str(), entry.outcome.as_str()), ("change_project", "denied"));
        // To others an Own gives what an Own may give, and another one names this person.
        let other = [Change::PutGrant(Grant { to: Grantee::Role(role("Bank.Analyst")), role: ProjectRole::Read })];
        assert_eq!(change(&mut lead, "everyone", &other).await.verdict(), "200");
        let name = [Change::PutGrant(Grant { to: Grantee::Person(person), role: ProjectRole::Own })];
        assert_eq!(change(&mut own, "everyone", &name).await.verdict(), "200");
        assert_eq!(change(&mut lead, "everyone", &name).await.verdict(), "200", "nothing is raised any more");
    });
}

fn link(id: &str, from: &str, to: &str) -> Change {
    let pairs = vec![PropertyPair { from: "number".parse_id(), to: "number".parse_id() }];
    let link = LinkType {
        id: id.parse_id(),
        name: format!("{id} forward"),
        reverse: format!("{id} backward"),
        plural: format!("{id} links"),
        from: from.parse_id(),
        to: to.parse_id(),
        directed: true,
        join: Join::Properties { pairs, matching: Matching::Exact },
        key: Vec::new(),
        properties: Vec::new(),
        time: None,
        amount: None,
        currency: None,
    };
    Change::PutLinkType(Box::new(link))
}

#[test]
fn own_changes_and_why_they_do_not_fit_name_nothing_hidden() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut reader = member(&world, &mut own, "reader", &["Task.Read"], ProjectRole::Read).await;
        let mut shared: model::Project =
            serde_json::from_value(read(&mut own).await["project"].clone()).expect("a project");
        shared.sources.insert("canary".parse_id(), file("canary"));
        for (id, source) in [("person", "files"), ("canary-type", "canary")] {
            shared.object_types.insert(id.parse_id(), object_type(id, source));
        }
        world.put_project(&shared).await;
        let mine = [
            put_object_type("canary-mine", "canary"),
            link("canary-link", "person", "canary-mine"),
            put_object_type("car", "files"),
            Change::RemoveObjectType("person".parse_id()),
        ];
        let saved = change(&mut reader, "mine", &mine[..3]).await;
        assert_eq!(saved.verdict(), "200", "{}", saved.text());

        // The source comes to require a role, and a link type that the reader cannot see comes to need `person`.
        shared
            .sources
            .insert("canary".parse_id(), Source { required_role: Some(role("Bank.Secret")), ..file("canary") });
        link("canary-shared", "person", "canary-type").apply(&mut shared).expect("it fits");
        world.put_project(&shared).await;
        let saved = change(&mut reader, "mine", &mine[3..]).await;
        assert_eq!(saved.verdict(), "200", "{}", saved.text());
        let seen = read(&mut reader).await;
        assert!(!seen.to_string().contains("canary"), "{seen}");
        assert_eq!(seen["own"].as_array().map(Vec::len), Some(2), "those that name nothing hidden");
        assert!(seen["project"]["object_types"].get("car").is_some());

        // What is forgotten is what was shown in that place; what was not shown stays.
        let base = seen["revision"].clone();
        let forget = json!({ "project": "bank", "scope": "mine", "base": base, "changes": [], "forget": [0] });
        assert_eq!(reader.call("change_project", &forget).await.verdict(), "200");
        assert!(read(&mut reader).await["project"]["object_types"].get("car").is_none());
        shared.sources.insert("canary".parse_id(), file("canary"));
        world.put_project(&shared).await;
        assert_eq!(read(&mut reader).await["own"].as_array().map(Vec::len), Some(3), "seen again");
    });
}
