//! Somebody changes the own password at the embedded issuer, and everything else that the old one opened ends.

use jiff::SignedDuration;
use serde_json::json;

use crate::second_factor::{enrolled, step, world_of};
use crate::sign_in::is_signed_in;
use crate::world::{Browser, PASSWORD, Reply, World, run};

const NEXT: &str = "another long password";

pub(crate) async fn enter(browser: &mut Browser, name: &str, password: &str) -> Reply {
    browser.post_form("/issuer/password/change", &[("name", name), ("password", password)]).await
}

pub(crate) async fn set(browser: &mut Browser, step: &str, password: &str, again: &str) -> Reply {
    let fields = [("step", step), ("password", password), ("again", again)];
    browser.post_form("/issuer/password/new", &fields).await
}

#[test]
fn the_own_password_is_changed_with_the_old_one_and_every_other_session_ends() {
    run(async {
        let world = World::start().await;
        let mut here = world.signed_in("ada", &["Task.Read"]).await;
        let mut bob = world.signed_in("bob", &["Task.Read"]).await;
        let mut there = world.browser();
        assert_eq!(there.sign_in("ada", PASSWORD).await.status, 303);
        let page = here.get("/issuer/password/change?name=a%22%3E%3Cb%3E").await;
        assert!(page.status == 200 && page.text().contains("value=\"a&quot;&gt;&lt;b&gt;\""), "{}", page.text());
        assert_eq!(enter(&mut here, "ada", "wrong password").await.status, 401);
        let asked = enter(&mut here, "ada", PASSWORD).await;
        assert!(asked.text().contains("New password"), "{}", asked.text());
        let step = step(&asked);
        for (password, again, said) in [
            ("short", "short", "at least 12 characters"),
            ("password2026", "password2026", "guessed early"),
            ("ada-ada-ada-ada", "ada-ada-ada-ada", "guessed early"),
            (NEXT, "something else entirely", "not the same"),
        ] {
            let refused = set(&mut here, &step, password, again).await;
            assert!(refused.status == 422 && refused.text().contains(said), "{password}: {}", refused.text());
        }
        assert_eq!(set(&mut here, &step, NEXT, NEXT).await.status, 200);
        assert_eq!(set(&mut here, &step, PASSWORD, PASSWORD).await.status, 400, "once");

        assert!(is_signed_in(&mut here).await && is_signed_in(&mut bob).await);
        assert!(!is_signed_in(&mut there).await, "whoever knew the old password is out");
        world.clock.pass(SignedDuration::from_mins(6));
        assert!(is_signed_in(&mut here).await, "and what this session asks the issuer with still works");
        assert_eq!(world.browser().sign_in("ada", PASSWORD).await.status, 401);
        let mut again = world.browser();
        assert_eq!(again.sign_in("ada", NEXT).await.status, 303);
        assert_eq!(again.person().await, here.person().await, "it is the same person");

        let entries = world.audit(50).await;
        let entry = entries.iter().find(|entry| entry.call == "change_password").expect("written down");
        let details = String::from_utf8_lossy(&entry.details);
        assert!(entry.person == "oneself" && details.contains("\"name\":\"ada\""), "{details}");
        let told = |text: &str| entries.iter().any(|entry| String::from_utf8_lossy(&entry.details).contains(text));
        assert!(!told(NEXT) && !told(PASSWORD), "no password is written down");
    });
}

#[test]
fn where_nobody_is_signed_in_or_somebody_else_every_session_of_the_person_ends() {
    run(async {
        let world = World::start().await;
        for signed_in_as in ["nobody", "bob"] {
            let name = format!("ada-for-{signed_in_as}");
            let mut there = world.signed_in(&name, &["Task.Read"]).await;
            let mut here = match signed_in_as {
                "bob" => world.signed_in("bob", &["Task.Read"]).await,
                _ => world.browser(),
            };
            let asked = enter(&mut here, &name, PASSWORD).await;
            assert_eq!(set(&mut here, &step(&asked), NEXT, NEXT).await.status, 200);
            assert!(!is_signed_in(&mut there).await, "{signed_in_as}");
            assert_eq!(is_signed_in(&mut here).await, signed_in_as == "bob");
        }
    });
}

#[test]
fn who_has_a_second_step_changes_the_password_with_both() {
    run(async {
        let world = world_of("managers").await;
        world.add_person("ada", &["Task.Manage"]).await;
        let (mut here, telephone, codes) = enrolled(&world, "ada").await;
        let asked = enter(&mut here, "ada", PASSWORD).await;
        assert!(asked.text().contains("Enter the code"), "{}", asked.text());
        assert_eq!(set(&mut here, &step(&asked), NEXT, NEXT).await.status, 400, "not with the password alone");
        let code = telephone.code(&world, 0);
        let next = here.post_form("/issuer/code", &[("step", &*step(&asked)), ("code", &code)]).await;
        assert!(next.text().contains("New password"), "{}", next.text());
        assert_eq!(set(&mut here, &step(&next), NEXT, NEXT).await.status, 200);

        let mut other = world.browser();
        let page = other.leave_for_issuer("/sign-in").await;
        assert_eq!(other.enter_password(&page, "ada", PASSWORD).await.status, 401);
        let asked = other.enter_password(&page, "ada", NEXT).await;
        assert!(asked.text().contains("Enter the code"), "the telephone stays: {}", asked.text());
        let used = other.post_form("/issuer/code", &[("step", &*step(&asked)), ("code", &*codes[0])]).await;
        assert_eq!(used.status, 200);
    });
}

#[test]
fn wrong_old_passwords_wait_like_those_at_the_sign_in_and_together_with_them() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut browser = world.browser();
        let page = browser.leave_for_issuer("/sign-in").await;
        for number in 0..5 {
            let status = match number % 2 {
                0 => enter(&mut browser, "ada", "wrong password").await.status,
                _ => browser.enter_password(&page, "ada", "wrong password").await.status,
            };
            assert_eq!(status, 401, "{number}");
        }
        assert_eq!(enter(&mut browser, "ada", PASSWORD).await.status, 429);
        assert_eq!(browser.enter_password(&page, "ada", PASSWORD).await.status, 429);
        world.clock.pass(SignedDuration::from_secs(2));
        assert_eq!(enter(&mut browser, "ada", PASSWORD).await.status, 200);
        assert_eq!(browser.call("who_am_i", &json!({})).await.status, 401, "nobody is signed in by it");
    });
}
