//! What is limited at signing in: wrong passwords, sign-ins that are begun, and sessions at once.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use server::sign_in::session::SessionBody;
use server::sign_in::{SessionRules, Sessions};
use server::world::{Clock as _, SystemDice};

use crate::sign_in::is_signed_in;
use crate::world::{PASSWORD, ParseId as _, World, run};

#[test]
fn a_wrong_password_says_no_more_than_that_and_after_five_one_waits() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut browser = world.browser();
        let page = browser.leave_for_issuer("/sign-in").await;
        let unknown = browser.enter_password(&page, "nobody", "wrong password").await;
        assert_eq!(unknown.status, 401);
        for _ in 0..4 {
            let wrong = browser.enter_password(&page, "ada", "wrong password").await;
            assert_eq!(wrong.status, 401);
            let same = |text: &str| text.replace("ada", "nobody");
            assert_eq!(same(&wrong.text()), unknown.text(), "name or password: which of the two is not said");
        }
        // The fifth try is judged, and from then on each one waits twice as long as the one before.
        for seconds in [2, 4, 8] {
            assert_eq!(browser.enter_password(&page, "ada", "wrong password").await.status, 401);
            let waiting = browser.enter_password(&page, "ada", PASSWORD).await;
            assert_eq!(waiting.status, 429, "even with the right password");
            assert!(waiting.text().contains(&format!("Wait {seconds} seconds")), "{}", waiting.text());
            world.clock.pass(SignedDuration::from_secs(seconds));
        }
        assert_eq!(browser.enter_password(&page, "ada", PASSWORD).await.status, 303, "nobody is locked out for ever");
        assert_eq!(
            browser.enter_password(&page, "ada", "wrong password").await.status,
            401,
            "and the count begins anew"
        );
    });
}

#[test]
fn a_name_that_nobody_has_waits_like_one_that_somebody_has() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut browser = world.browser();
        let page = browser.leave_for_issuer("/sign-in").await;
        let mut transcripts = Vec::new();
        for name in ["ada", "nobody"] {
            let mut transcript = Vec::new();
            for _ in 0..8 {
                transcript.push(browser.enter_password(&page, name, "wrong password").await.status);
            }
            transcripts.push(transcript);
        }
        assert_eq!(transcripts[0], [401, 401, 401, 401, 401, 429, 429, 429]);
        assert_eq!(transcripts[0], transcripts[1]);
    });
}

#[test]
fn tries_at_the_same_moment_do_not_slip_past_the_counter() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let page = world.browser().leave_for_issuer("/sign-in").await;
        let tries = (0..40).map(|_| {
            let (mut browser, page) = (world.browser(), page.clone());
            tokio::spawn(async move { browser.enter_password(&page, "ada", "wrong password").await.status })
        });
        let tries: Vec<_> = tries.collect();
        let mut judged = 0;
        for one in tries {
            match one.await.expect("no panic") {
                401 => judged += 1,
                other => assert_eq!(other, 429),
            }
        }
        assert!((1..=5).contains(&judged), "{judged} of 40 were judged");
    });
}

#[test]
fn wrong_passwords_from_one_address_wait_whatever_the_names_and_are_counted_in_the_audit_log() {
    run(async {
        let world = World::start_with(&[("CLEW_BEHIND_PROXY", "127.0.0.0/8")]).await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut browser = world.browser();
        let page = browser.leave_for_issuer("/sign-in").await;
        let (_, request) = page.split_once('?').expect("a query");
        let from = async |address: &str, name: &str, password: &str| {
            let form = [("request", request), ("name", name), ("password", password)];
            let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            let headers = [("sec-fetch-site", "same-origin"), ("x-forwarded-for", address)];
            world.browser().send("POST", "/issuer/authorize", &headers, form.as_bytes()).await.status
        };
        for number in 0..20 {
            let name = if number % 2 == 0 { format!("nobody-{number}") } else { format!("planted-{number}") };
            assert_eq!(from("198.51.100.7", &name, "planted password").await, 401, "{number}");
        }
        assert_eq!(from("198.51.100.7", "ada", PASSWORD).await, 429, "even with the right password");
        assert_eq!(from("203.0.113.9", "ada", PASSWORD).await, 303, "everybody else goes on");
        world.server.audit.flush_refusals(true).await.expect("written");
        let entries = world.audit(5).await;
        let details: Value = serde_json::from_slice(&entries[0].details).expect("JSON");
        assert_eq!(details, json!({ "address": "198.51.100.7", "count": 21, "calls": ["wrong_password"] }));
        world.clock.pass(SignedDuration::from_secs(60));
        assert_eq!(from("198.51.100.7", "ada", PASSWORD).await, 303, "a minute later the address may try again");
    });
}

#[test]
fn an_address_that_begins_sign_ins_without_end_waits() {
    run(async {
        let world = World::start().await;
        for _ in 0..60 {
            assert_eq!(world.browser().get("/sign-in").await.status, 303);
        }
        let refused = world.browser().get("/sign-in").await;
        assert_eq!(refused.status, 429);
        assert!(refused.text().contains("Wait 60 seconds"), "{}", refused.text());
        world.clock.pass(SignedDuration::from_secs(60));
        assert_eq!(world.browser().get("/sign-in").await.status, 303);
    });
}

#[test]
fn the_eleventh_session_of_a_person_ends_the_oldest() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut other = world.signed_in("bob", &["Task.Read"]).await;
        let mut browsers = Vec::new();
        for _ in 0..11 {
            let mut browser = world.browser();
            assert_eq!(browser.sign_in("ada", PASSWORD).await.status, 303);
            world.clock.pass(SignedDuration::from_secs(1));
            browsers.push(browser);
        }
        for (number, browser) in browsers.iter_mut().enumerate() {
            assert_eq!(is_signed_in(browser).await, number > 0, "{number}");
        }
        let told = browsers[0].call("who_am_i", &json!({})).await;
        assert_eq!(told.verdict(), "401 signed_out");
        assert!(told.text().contains("too many places"), "whoever sits there is told why: {}", told.text());
        let nobody = world.browser().call("who_am_i", &json!({})).await;
        assert!(!nobody.text().contains("too many places"), "{}", nobody.text());
        assert!(is_signed_in(&mut other).await, "nobody else is touched");
    });
}

#[test]
fn beyond_the_limit_of_all_sessions_the_oldest_of_anybody_ends() {
    run(async {
        let world = World::start().await;
        let store = world.server.store.clone();
        let hour = std::time::Duration::from_secs(3_600);
        let rules = SessionRules { idle: hour, absolute: hour, secure: false, of_person: 10, in_all: 2 };
        let sessions = Sessions::new(store.clone(), world.clock.clone(), Arc::new(SystemDice), rules);
        for person in ["first", "second", "third"] {
            sessions.open(&person.parse_id(), &SessionBody::default(), world.clock.now()).await.expect("a session");
            world.clock.pass(SignedDuration::from_secs(1));
        }
        let left: Vec<String> =
            store.sessions(None).await.expect("sessions").into_iter().map(|session| session.person).collect();
        assert_eq!(left, ["third", "second"]);
    });
}
