//! "View as": an instance manager sees the configuration of a project as somebody else would, never more than before, and
//! never anybody's data.

use access::{Action, Caller, Decision, Need, Policy, ProjectRole};
use model::project::Source;
use serde_json::{Value, json};

use crate::projects::{bank, change, member};
use crate::samples::{file, object_type, put_object_type};
use crate::world::{Browser, ParseId as _, Reply, World, role, run};

async fn view(browser: &mut Browser, viewer: Value) -> Reply {
    browser.call("view_as", &json!({ "project": "bank", "viewer": viewer })).await
}

fn roles(app: &[&str], project: Option<&str>) -> Value {
    json!({ "roles": { "app": app, "project": project } })
}

/// The project `bank` with a source for everyone and one for whoever has `Bank.Secret`; its Own has that role.
async fn put_secret(world: &World) {
    let current = world.server.keeper.current();
    let mut project = (*current.project(&"bank".parse_id()).expect("a project").project).clone();
    let secret = Source { required_role: Some(role("Bank.Secret")), name: "canary".to_owned(), ..file("canary") };
    project.sources.insert(secret.id.clone(), secret);
    for (id, source) in [("person", "files"), ("canary-type", "canary")] {
        project.object_types.insert(id.parse_id(), object_type(id, source));
    }
    world.put_project(&project).await;
}

/// What the one that is looked as may do, by the policy that comes along.
fn may(seen: &Value, action: Action) -> bool {
    let caller: Caller = serde_json::from_value(seen["caller"].clone()).expect("a caller");
    let policy: Policy = serde_json::from_value(seen["policy"].clone()).expect("a policy");
    policy.decide(&caller, &Need::project(action, &"bank".parse_id())) == Decision::Allow
}

#[test]
fn a_manager_sees_what_is_there_for_a_role_and_what_is_greyed_out() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        put_secret(&world).await;
        let seen = view(&mut own, roles(&["Task.Read"], Some("read"))).await;
        assert_eq!(seen.verdict(), "200", "{}", seen.text());
        let seen = seen.json();
        assert!(seen["project"]["project"]["object_types"].get("person").is_some());
        assert!(!seen.to_string().contains("canary"), "the source does not exist for them: {seen}");
        assert_eq!(seen["project"]["project"]["grants"], json!([]), "nor who has access");
        let expected = [(Action::ReadData, true), (Action::SaveConfiguration, false), (Action::GiveAccess, false)];
        for (action, expected) in expected {
            assert_eq!(may(&seen, action), expected, "{action:?}");
        }

        let with_role = view(&mut own, roles(&["Task.Read", "Bank.Secret"], Some("own"))).await.json();
        assert!(with_role["project"]["project"]["object_types"].get("canary-type").is_some());
        assert!(may(&with_role, Action::GiveAccess) && !may(&with_role, Action::ManageExternalSources));
        for nobody in
            [roles(&["Bank.Secret"], Some("own")), roles(&["Task.Read"], None), roles(&["Task.Audit"], Some("own"))]
        {
            let seen = view(&mut own, nobody.clone()).await.json();
            assert_eq!(seen["project"], Value::Null, "the project does not exist for {nobody}");
        }
        let many: Vec<String> = (0..51).map(|number| format!("Role.{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(view(&mut own, roles(&many, None)).await.verdict(), "422 invalid");
    });
}

#[test]
fn looking_as_a_person_shows_neither_own_changes_nor_more_than_the_manager_may_see() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        put_secret(&world).await;
        let mut ada = member(&world, &mut own, "ada", &["Task.Read", "Bank.Secret"], ProjectRole::Read).await;
        let mine = change(&mut ada, "mine", &[put_object_type("adas-own", "files")]).await;
        assert_eq!(mine.verdict(), "200", "{}", mine.text());
        let person = json!({ "person": ada.person().await });
        let seen = view(&mut own, person.clone()).await.json();
        assert!(seen["project"]["project"]["object_types"].get("canary-type").is_some(), "ada has the role: {seen}");
        assert!(!seen.to_string().contains("adas-own"), "what a person does for oneself is nobody else's");
        assert_eq!((&seen["project"]["own"], &seen["project"]["files"]), (&json!([]), &json!([])));

        let mut blind = member(&world, &mut own, "blind", &["Task.Manage"], ProjectRole::Manage).await;
        let seen = view(&mut blind, person).await;
        assert_eq!(seen.verdict(), "200", "{}", seen.text());
        assert!(!seen.text().contains("canary"), "who lacks the role does not see it through ada: {}", seen.text());
        let with_role = view(&mut blind, roles(&["Task.Read", "Bank.Secret"], Some("own"))).await;
        assert!(!with_role.text().contains("canary"), "{}", with_role.text());
        assert_eq!(
            with_role.json()["project"]["project"]["grants"],
            json!([]),
            "nor the grants that blind may not see"
        );
        assert_eq!(view(&mut blind, json!({ "person": "0f0f" })).await.verdict(), "404 not_found");
    });
}

#[test]
fn it_takes_an_instance_manager_with_the_project_and_is_written_down_with_whom() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut plain = member(&world, &mut own, "plain", &["Task.Read"], ProjectRole::Own).await;
        let reader = || roles(&["Task.Read"], Some("read"));
        assert_eq!(
            view(&mut plain, reader()).await.verdict(),
            "403 forbidden",
            "a project's Own is no instance manager"
        );
        let mut stranger = world.signed_in("stranger", &["Task.Manage"]).await;
        assert_eq!(view(&mut stranger, reader()).await.verdict(), "404 not_found", "no role in the project");
        assert_eq!(view(&mut own, reader()).await.verdict(), "200");
        let entry = world.audit(1).await.remove(0);
        let details: Value = serde_json::from_slice(&entry.details).expect("JSON");
        assert_eq!((entry.call.as_str(), entry.outcome.as_str()), ("view_as", "done"));
        assert_eq!(details["request"]["viewer"], reader());
    });
}
