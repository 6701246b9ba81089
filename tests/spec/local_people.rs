//! People of the embedded issuer, from the command line beside a running server: names, and who is let in no longer.

use jiff::SignedDuration;
use serde_json::json;

use crate::program::{changed, environment, finish, told};
use crate::world::{Browser, PASSWORD, World, path_of, run};

/// Runs a command on the store of a running world; gives its exit code and everything that it said.
fn clew(world: &World, arguments: &[&str]) -> (i32, String) {
    let settings = environment(world.folder.path(), world.port);
    let output = finish(arguments, &changed(&settings, &[]));
    let (code, complaint) = told(&output);
    (code, format!("{}{complaint}", String::from_utf8_lossy(&output.stdout)))
}

async fn verdict(browser: &mut Browser) -> String {
    browser.call("who_am_i", &json!({})).await.verdict()
}

#[test]
fn a_name_that_nobody_could_sign_in_with_is_refused_and_long_names_are_told_apart() {
    run(async {
        let world = World::start().await;
        let (longest, alike) = ("x".repeat(64), "x".repeat(65));
        let table: [(&str, &str, &[&str]); 6] = [
            ("", "Task.Read", &["cannot be empty", "give one"]),
            ("  \t ", "Task.Read", &["cannot be empty", "give one"]),
            ("a\u{7}b", "Task.Read", &["control characters", "leave them out"]),
            (&alike, "Task.Read", &["at most 64 characters, not 65", "give a shorter one"]),
            ("ada", "", &["role"]),
            ("ada", "Task\nRead", &["role"]),
        ];
        for (name, role, parts) in table {
            let (code, said) = clew(&world, &["person", "add", name, "--role", role]);
            assert_eq!((code, said.lines().count()), (1, 1), "{name:?}: {said}");
            assert!(parts.iter().all(|part| said.contains(part)), "{name:?}: {said}");
        }
        let (code, said) = clew(&world, &["person", "add", &longest, "--role", "Task.Read"]);
        assert_eq!(code, 0, "{said}");
        for other in [format!("{longest}y"), format!("{longest}yy")] {
            let (code, said) = clew(&world, &["person", "roles", &other, "--role", "Task.Manage"]);
            assert_eq!((code, said.lines().count()), (1, 1), "{said}");
            assert!(said.contains("there is no person"), "{said}");
        }
        let (code, said) = clew(&world, &["person", "add", &longest.to_uppercase(), "--role", "Task.Read"]);
        assert_eq!(code, 0, "one who has not set a password gets another link: {said}");
    });
}

#[test]
fn a_person_who_is_disabled_is_out_at_once_and_can_be_let_in_again() {
    run(async {
        let world = World::start().await;
        let mut ada = world.signed_in("ada", &["Task.Read"]).await;
        let (code, said) = clew(&world, &["person", "disable", "ada"]);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("ada cannot sign in any more"), "{said}");
        assert_eq!(verdict(&mut ada).await, "401 signed_out");
        let again = world.browser().sign_in("ada", PASSWORD).await;
        assert_eq!(again.status, 401, "the right password is no longer enough");
        assert!(again.text().contains("name or the password is wrong"), "and nobody is told why");

        let (code, said) = clew(&world, &["person", "enable", "ada"]);
        assert_eq!(code, 0, "{said}");
        assert_eq!(world.browser().sign_in("ada", PASSWORD).await.status, 303);
        let (code, said) = clew(&world, &["person", "disable", "bob"]);
        assert_eq!((code, said.lines().count()), (1, 1), "{said}");
        assert!(said.contains("there is no person \"bob\"") && said.contains("clew person add"), "{said}");
        let calls: Vec<String> = world.audit(20).await.into_iter().map(|entry| entry.call).collect();
        for call in ["person disable", "person enable"] {
            assert!(calls.iter().any(|written| written == call), "{call}: {calls:?}");
        }
    });
}

#[test]
fn a_password_that_is_reset_works_no_longer_and_its_link_sets_a_new_one_once() {
    run(async {
        let world = World::start().await;
        let mut ada = world.signed_in("ada", &["Task.Read"]).await;
        let before = ada.person().await;
        let link = |said: &str| path_of(said.lines().last().expect("an address").trim());
        let (code, first) = clew(&world, &["person", "reset", "ada"]);
        assert_eq!(code, 0, "{first}");
        let (code, second) = clew(&world, &["person", "reset", "ADA"]);
        assert_eq!(code, 0, "{second}");
        assert_eq!(world.browser().sign_in("ada", PASSWORD).await.status, 401);
        assert_eq!(verdict(&mut ada).await, "401 signed_out", "whoever knew the old one is out");

        let set = async |said: &str| {
            let page = link(said);
            let token = page.split_once("link=").expect("a link").1.to_owned();
            let fields =
                [("link", token.as_str()), ("password", "another long password"), ("again", "another long password")];
            world.browser().post_form("/issuer/password", &fields).await.status
        };
        assert_eq!(set(&first).await, 410, "the newest link is the only one");
        assert_eq!(clew(&world, &["person", "disable", "ada"]).0, 0);
        assert_eq!(set(&second).await, 410, "not while nobody may sign in with it");
        assert_eq!(clew(&world, &["person", "enable", "ada"]).0, 0);
        assert_eq!(set(&second).await, 200);
        assert_eq!(set(&second).await, 410, "once");
        let mut again = world.browser();
        assert_eq!(again.sign_in("ada", "another long password").await.status, 303);
        assert_eq!(again.person().await, before, "it is the same person");
    });
}

#[test]
fn an_instance_manager_adds_a_person_changes_the_roles_and_lets_somebody_in_no_longer() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let mut reader = world.signed_in("reader", &["Task.Read"]).await;
        let eve = json!({ "name": "eve", "roles": ["Task.Read"] });
        assert_eq!(reader.call("add_person", &eve).await.verdict(), "403 forbidden");
        let added = manager.call("add_person", &eve).await;
        assert_eq!(added.verdict(), "200", "{}", added.text());
        let address = added.json()["link"].as_str().expect("a link").to_owned();
        let token = address.split_once("link=").expect("a link").1.to_owned();
        let fields = [("link", token.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
        assert_eq!(world.browser().post_form("/issuer/password", &fields).await.status, 200);
        let mut new = world.browser();
        assert_eq!(new.sign_in("eve", PASSWORD).await.status, 303);
        assert_eq!(manager.call("add_person", &eve).await.verdict(), "422 invalid", "the name is taken");
        let unfit = json!({ "name": " ", "roles": [] });
        assert_eq!(manager.call("add_person", &unfit).await.verdict(), "422 invalid");

        let roles = |name: &str, role: &str| json!({ "name": name, "roles": [role] });
        assert_eq!(manager.call("set_person_roles", &roles("eve", "Task.Audit")).await.verdict(), "200");
        world.clock.pass(SignedDuration::from_mins(6));
        let me = new.call("who_am_i", &json!({})).await.json();
        assert_eq!(me["caller"]["roles"], json!(["Task.Audit"]));
        let own = manager.call("set_person_roles", &roles("manager", "Task.Audit")).await;
        assert_eq!(own.verdict(), "403 forbidden", "nobody raises the own rights");
        let disable = |name: &str| json!({ "name": name, "disabled": true });
        assert_eq!(manager.call("disable_person", &disable("manager")).await.verdict(), "403 forbidden");
        assert_eq!(manager.call("disable_person", &disable("nobody")).await.verdict(), "404 not_found");
        assert_eq!(manager.call("disable_person", &disable("eve")).await.verdict(), "200");
        assert_eq!(verdict(&mut new).await, "401 signed_out", "at once");
        assert_eq!(world.browser().sign_in("eve", PASSWORD).await.status, 401);

        let reset = manager.call("reset_person", &json!({ "name": "reader" })).await;
        assert!(reset.json()["link"].as_str().is_some_and(|link| link.contains("link=")), "{}", reset.text());
        assert_eq!(verdict(&mut reader).await, "401 signed_out");
        let by = manager.person().await;
        let written = world.audit(100).await;
        for call in ["person add", "person roles", "person disable", "person reset"] {
            let entry = written.iter().find(|entry| entry.call == call).unwrap_or_else(|| panic!("{call}"));
            assert_eq!(entry.person, by.as_str(), "{call}");
        }
        let told = |entry: &server::store::AuditFound| String::from_utf8_lossy(&entry.details).contains(&token);
        assert!(!written.iter().any(told), "no link is written down");
    });
}
