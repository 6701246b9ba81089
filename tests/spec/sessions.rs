//! Sessions seen and ended by hand: everybody's own, and a person's or all of them by an instance manager.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use serde_json::{Value, json};
use server::hash::{hex, sha256};

use crate::sign_in::is_signed_in;
use crate::signing_issuer::{Draft, SigningIssuer};
use crate::world::{Browser, PASSWORD, Reply, World, run};

async fn mine(browser: &mut Browser) -> Vec<Value> {
    let answered = browser.call("my_sessions", &json!({})).await;
    assert_eq!(answered.verdict(), "200", "{}", answered.text());
    answered.json().as_array().expect("a list").clone()
}

fn name(session: &Value) -> String {
    session["name"].as_str().expect("a name").to_owned()
}

/// The sessions of a list that are not the one that asks.
fn others(sessions: &[Value]) -> Vec<&Value> {
    sessions.iter().filter(|session| session["is_this"] == false).collect()
}

async fn again(world: &World, name: &str) -> Browser {
    let mut browser = world.browser();
    let arrived = browser.sign_in(name, PASSWORD).await;
    assert_eq!((arrived.status, arrived.header("location")), (303, "/"), "{}", arrived.text());
    browser
}

/// The newest entry of a call says that it was done by this person.
async fn assert_written(world: &World, call: &str, by: &str) {
    let entries = world.audit(50).await;
    let entry = entries.iter().find(|entry| entry.call == call && entry.outcome.as_str() == "done");
    assert_eq!(entry.unwrap_or_else(|| panic!("{call} is not written down")).person, by, "{call}");
}

#[test]
fn a_person_sees_and_ends_own_sessions_and_nobody_elses() {
    run(async {
        let world = World::start().await;
        let mut here = world.signed_in("ada", &["Task.Read"]).await;
        world.clock.pass(SignedDuration::from_mins(1));
        let mut there = again(&world, "ada").await;
        let mut bob = world.signed_in("bob", &["Task.Audit"]).await;

        let sessions = mine(&mut here).await;
        assert_eq!(sessions.len(), 2, "{sessions:?}");
        assert_eq!(sessions[0]["created"].as_i64(), sessions[1]["created"].as_i64().map(|at| at + 60), "newest first");
        assert_eq!((&sessions[0]["is_this"], &sessions[1]["is_this"]), (&json!(false), &json!(true)));
        assert_eq!(sessions[0]["address"], "127.0.0.1");
        assert_eq!(sessions[0]["ends"].as_i64(), sessions[0]["created"].as_i64().map(|at| at + 12 * 3600));

        let other = json!({ "session": name(&sessions[0]) });
        assert_eq!(bob.call("end_my_session", &other).await.verdict(), "404 not_found", "somebody else's");
        assert!(is_signed_in(&mut there).await);
        let ended = here.call("end_my_session", &other).await;
        assert_eq!((ended.verdict().as_str(), ended.json()), ("200", json!({ "sessions": 1 })));
        assert!(!is_signed_in(&mut there).await, "at once");
        assert!(is_signed_in(&mut here).await);
        assert_eq!(here.call("end_my_session", &other).await.verdict(), "404 not_found", "it has ended");
        assert_written(&world, "end_my_session", here.person().await.as_str()).await;

        let (mut second, mut third) = (again(&world, "ada").await, again(&world, "ada").await);
        let ended = here.call("end_my_other_sessions", &json!({})).await;
        assert_eq!(ended.json(), json!({ "sessions": 2 }));
        assert!(!is_signed_in(&mut second).await && !is_signed_in(&mut third).await);
        assert!(is_signed_in(&mut here).await && is_signed_in(&mut bob).await);
        let this = json!({ "session": name(&mine(&mut here).await[0]) });
        assert_eq!(here.call("end_my_session", &this).await.verdict(), "200", "also the one that asks");
        assert!(!is_signed_in(&mut here).await);
    });
}

#[test]
fn what_the_browser_called_itself_is_kept_and_bounded() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut browser = world.browser();
        let page = browser.leave_for_issuer("/sign-in").await;
        let answered = browser.enter_password(&page, "ada", PASSWORD).await;
        let back = crate::world::path_of(answered.header("location"));
        let agent = format!("Lynx {}", "x".repeat(1_000));
        assert_eq!(browser.send("GET", &back, &[("user-agent", &agent)], b"").await.status, 303);
        let sessions = mine(&mut browser).await;
        let kept = sessions[0]["agent"].as_str().expect("text");
        assert!(kept.starts_with("Lynx x") && kept.len() == 200, "{kept}");
    });
}

#[test]
fn only_an_instance_manager_sees_people_and_ends_the_sessions_of_others() {
    run(async {
        let world = World::start().await;
        let mut ada = world.signed_in("ada", &["Task.Read"]).await;
        let person = ada.person().await;
        let session = name(&mine(&mut ada).await[0]);
        let calls = [
            ("people", json!({})),
            ("sessions_of", json!({ "person": person })),
            ("end_session", json!({ "person": person, "session": session })),
            ("end_sessions_of", json!({ "person": person })),
            ("end_all_sessions", json!({})),
        ];
        for (who, roles) in [("reader", "Task.Read"), ("auditor", "Task.Audit")] {
            let mut browser = world.signed_in(who, &[roles]).await;
            for (call, request) in &calls {
                let refused = browser.call(call, request).await;
                assert_eq!(refused.verdict(), "403 forbidden", "{who}: {call}");
                assert!(refused.text().contains("Task.Manage"), "the missing right is named: {}", refused.text());
            }
        }
        for (call, request) in &calls {
            assert_eq!(world.browser().call(call, request).await.verdict(), "401 signed_out", "{call}");
        }
        assert!(is_signed_in(&mut ada).await);
    });
}

#[test]
fn an_instance_manager_sees_everybody_with_roles_sessions_and_what_the_issuer_says() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let mut ada = world.signed_in("ada", &["Task.Read", "Bank.Analyst"]).await;
        again(&world, "ada").await;
        world.add_person("Zoe", &["Task.Read"]).await;
        let issuer = world.server.sign_in.issuer().expect("the embedded issuer");
        issuer.people.set_disabled(server::audit::CLI, "Zoe", true).await.expect("a change");

        let people = manager.call("people", &json!({})).await.json();
        let names: Vec<&str> =
            people.as_array().expect("a list").iter().filter_map(|line| line["name"].as_str()).collect();
        assert_eq!(names, ["ada", "manager", "Zoe"]);
        let line = &people[0];
        assert_eq!(line["person"], json!(ada.person().await));
        assert_eq!((&line["sessions"], &line["email"]), (&json!(2), &json!("ada@example.org")));
        assert_eq!(line["roles"], json!(["Task.Read", "Bank.Analyst"]));
        assert_eq!(
            line["local"],
            json!({ "name": "ada", "disabled": false, "has_password": true, "second_factor": false })
        );
        assert!(line["last_seen"].as_i64() > Some(0));
        let zoe = &people[2];
        assert_eq!((&zoe["person"], &zoe["sessions"], &zoe["last_seen"]), (&Value::Null, &json!(0), &Value::Null));
        assert_eq!(zoe["local"]["disabled"], true);

        let theirs = manager.call("sessions_of", &json!({ "person": ada.person().await })).await.json();
        assert_eq!(theirs.as_array().map(Vec::len), Some(2));
        assert!(theirs[0]["is_this"] == false && theirs[1]["is_this"] == false, "not the manager's");
        ada.call("end_my_other_sessions", &json!({})).await;
        ada.call("sign_out", &json!({})).await;
        let line = manager.call("people", &json!({})).await.json()[0].clone();
        assert_eq!(
            (&line["sessions"], &line["roles"]),
            (&json!(0), &json!(["Task.Read", "Bank.Analyst"])),
            "as last seen"
        );
        assert!(line["last_seen"].as_i64() > Some(0));
        for call in ["sessions_of", "end_sessions_of"] {
            let nobody = manager.call(call, &json!({ "person": "nobody" })).await;
            assert_eq!(nobody.verdict(), "404 not_found", "{call}");
        }
    });
}

/// The refresh token of a person's newest session.
async fn refresh_token(world: &World, browser: &mut Browser) -> String {
    let known = world.server.sessions.known(Some(&browser.person().await)).await.expect("sessions");
    known[0].body.tokens.as_ref().and_then(|tokens| tokens.refresh_token.clone()).expect("a token")
}

async fn refresh(world: &World, token: &str) -> Reply {
    let fields = [("client_id", "clew"), ("grant_type", "refresh_token"), ("refresh_token", token)];
    world.browser().post_form("/issuer/token", &fields).await
}

#[test]
fn an_instance_manager_ends_one_session_or_all_of_a_person_with_what_they_hold_at_the_issuer() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let mut ada = world.signed_in("ada", &["Task.Read"]).await;
        let first = refresh_token(&world, &mut ada).await;
        let mut second = again(&world, "ada").await;
        let (person, by) = (ada.person().await, manager.person().await);
        let sessions = manager.call("sessions_of", &json!({ "person": person })).await.json();
        let this = mine(&mut ada).await.into_iter().find(|session| session["is_this"] == true).expect("its own");
        assert!(sessions.to_string().contains(&name(&this)), "the manager knows it by the same name");

        let foreign = json!({ "person": by, "session": name(&this) });
        assert_eq!(manager.call("end_session", &foreign).await.verdict(), "404 not_found", "not that person's");
        let ended = manager.call("end_session", &json!({ "person": person, "session": name(&this) })).await;
        assert_eq!(ended.json(), json!({ "sessions": 1 }));
        assert!(!is_signed_in(&mut ada).await && is_signed_in(&mut second).await);
        assert_eq!(refresh(&world, &first).await.status, 400, "its refresh token is gone");
        world.clock.pass(SignedDuration::from_secs(1));
        assert_written(&world, "end_session", by.as_str()).await;

        let token = refresh_token(&world, &mut second).await;
        let mut third = again(&world, "ada").await;
        let ended = manager.call("end_sessions_of", &json!({ "person": person })).await;
        assert_eq!(ended.json(), json!({ "sessions": 2 }));
        assert!(!is_signed_in(&mut second).await && !is_signed_in(&mut third).await);
        assert_eq!(refresh(&world, &token).await.status, 400);
        assert!(is_signed_in(&mut manager).await, "nobody else's");
        let managers = refresh_token(&world, &mut manager).await;
        assert_eq!(refresh(&world, &managers).await.status, 200, "nor what it holds");
        assert_written(&world, "end_sessions_of", by.as_str()).await;
    });
}

#[test]
fn all_sessions_end_at_once_with_that_of_the_manager_who_ends_them() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let mut ada = world.signed_in("ada", &["Task.Read"]).await;
        let (by, token) = (manager.person().await, refresh_token(&world, &mut ada).await);
        let ended = manager.call("end_all_sessions", &json!({})).await;
        assert_eq!((ended.verdict().as_str(), ended.json()), ("200", json!({ "sessions": 2 })));
        assert!(!is_signed_in(&mut manager).await && !is_signed_in(&mut ada).await);
        assert_eq!(refresh(&world, &token).await.status, 400);
        assert_written(&world, "end_all_sessions", by.as_str()).await;
        world.clock.pass(SignedDuration::from_secs(1));
        again(&world, "ada").await;
    });
}

#[test]
fn whoevers_sessions_were_ended_gives_the_password_to_the_issuer_anew() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let mut ada = world.signed_in("ada", &["Task.Read"]).await;
        world.add_person("bob", &["Task.Read"]).await;
        let person = ada.person().await;
        // One session or all of them: the browser that lost it is remembered at the issuer.
        let session = name(&mine(&mut ada).await[0]);
        let one = manager.call("end_session", &json!({ "person": person, "session": session })).await;
        assert_eq!(one.verdict(), "200", "{}", one.text());
        let mut browser = world.browser();
        assert!(browser.sign_in("ada", PASSWORD).await.header("location").contains("fresh=1"), "after one");
        world.clock.pass(SignedDuration::from_secs(1));
        again(&world, "ada").await;
        manager.call("end_sessions_of", &json!({ "person": person })).await;

        // The clock stands still: the password is not older than the end, and not younger either.
        let mut browser = world.browser();
        let arrived = browser.sign_in("ada", PASSWORD).await;
        let once_more = arrived.header("location").to_owned();
        assert_eq!((arrived.status, once_more.as_str()), (303, "/sign-in?fresh=1&return=%2F"));
        assert!(!is_signed_in(&mut browser).await);
        let page = browser.leave_for_issuer(&once_more).await;
        assert!(page.contains("prompt=login") && page.contains("max_age=0"), "{page}");
        let answered = browser.enter_password(&page, "ada", PASSWORD).await;
        let back = crate::world::path_of(answered.header("location"));
        assert_eq!(browser.get(&back).await.header("location"), "/");
        assert!(is_signed_in(&mut browser).await);
        again(&world, "bob").await;

        manager.call("end_all_sessions", &json!({})).await;
        let mut bob = world.browser();
        assert!(bob.sign_in("bob", PASSWORD).await.header("location").contains("fresh=1"), "everybody");
        world.clock.pass(SignedDuration::from_secs(1));
        again(&world, "bob").await;
    });
}

#[test]
fn an_issuer_that_remembers_the_person_is_to_ask_for_the_password_and_is_not_believed_if_it_does_not() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let earlier = |draft: &mut Draft| draft.at("auth_time", -3_600);
        let mut ada = issuer.signed_in(&world, "ada", earlier).await;
        let mut manager =
            issuer.signed_in(&world, "manager", |draft| draft.claim("roles", json!(["Task.Manage"]))).await;
        let person = ada.person().await;
        assert_eq!(manager.call("end_sessions_of", &json!({ "person": person })).await.verdict(), "200");
        assert!(!is_signed_in(&mut ada).await);
        world.clock.pass(SignedDuration::from_mins(1));

        let again = "/sign-in?fresh=1&return=%2F";
        let (_, arrived) = issuer.sign_in(&world, "ada", earlier).await;
        assert_eq!(arrived.header("location"), again, "the password is older than the end");
        let (_, arrived) = issuer.sign_in(&world, "ada", |_| {}).await;
        assert_eq!(arrived.header("location"), again, "nobody says how old it is");
        let (mut browser, arrived) = issuer.sign_in_from(&world, again, "ada", earlier).await;
        assert_eq!(arrived.status, 403, "it was to ask and did not: {}", arrived.text());
        assert!(!is_signed_in(&mut browser).await);
        let refusal = |entry: &server::store::AuditFound| {
            serde_json::from_slice::<Value>(&entry.details).expect("JSON")["reason"].as_str().map(str::to_owned)
        };
        let entry = world.audit(1).await.remove(0);
        assert_eq!((entry.call.as_str(), entry.outcome.as_str()), ("sign_in", "denied"));
        assert_eq!(refusal(&entry).as_deref(), Some("the issuer did not ask for the password"));

        // What asks for the password goes through the browser, where it can be taken out of the address.
        let (mut browser, arrived) = issuer.sign_in_from(&world, again, "ada", |_| {}).await;
        assert_eq!(arrived.status, 403, "nobody says that it was asked for: {}", arrived.text());
        assert!(arrived.text().contains("auth_time") && arrived.text().contains("CLEW_OIDC_AUTH_TIME"));
        assert!(!is_signed_in(&mut browser).await);
        assert_eq!(refusal(&world.audit(1).await[0]).as_deref(), Some("the issuer sends no auth_time"));

        let since = |draft: &mut Draft| draft.at("auth_time", -1);
        let (mut browser, arrived) = issuer.sign_in_from(&world, again, "ada", since).await;
        assert_eq!((arrived.status, arrived.header("location")), (303, "/"), "{}", arrived.text());
        assert!(is_signed_in(&mut browser).await);
        let (mut bob, _) = issuer.sign_in(&world, "bob", earlier).await;
        assert!(is_signed_in(&mut bob).await, "nobody else is asked");
    });
}

#[test]
fn an_issuer_that_never_says_when_it_asked_for_the_password_is_believed_where_the_settings_say_so() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[("CLEW_OIDC_AUTH_TIME", "never-sent")]).await;
        let mut ada = issuer.signed_in(&world, "ada", |_| {}).await;
        let mut manager =
            issuer.signed_in(&world, "manager", |draft| draft.claim("roles", json!(["Task.Manage"]))).await;
        let person = ada.person().await;
        assert_eq!(manager.call("end_sessions_of", &json!({ "person": person })).await.verdict(), "200");
        let again = "/sign-in?fresh=1&return=%2F";
        assert_eq!(issuer.sign_in(&world, "ada", |_| {}).await.1.header("location"), again);
        let (mut ada, arrived) = issuer.sign_in_from(&world, again, "ada", |_| {}).await;
        assert_eq!(arrived.status, 303, "{}", arrived.text());
        assert!(is_signed_in(&mut ada).await);
    });
}

#[test]
fn no_answer_about_sessions_holds_what_opens_one() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let mut ada = world.signed_in("ada", &["Task.Read"]).await;
        let person = ada.person().await;
        let mut secrets = Vec::new();
        for browser in [&manager, &ada] {
            let cookie = browser.cookies.get("clew_sid").expect("a session").clone();
            let hash = sha256(cookie.as_bytes());
            secrets.extend([hex(&hash), URL_SAFE_NO_PAD.encode(hash), STANDARD.encode(hash), hex(&hash[..16]), cookie]);
        }
        for session in world.server.sessions.known(None).await.expect("sessions") {
            let tokens = session.body.tokens.expect("tokens");
            secrets.extend([tokens.id_token, tokens.refresh_token.expect("a token")]);
        }
        let session = name(&mine(&mut ada).await[0]);
        let replies = [
            ada.call("my_sessions", &json!({})).await,
            manager.call("my_sessions", &json!({})).await,
            manager.call("people", &json!({})).await,
            manager.call("sessions_of", &json!({ "person": person })).await,
            manager.call("end_session", &json!({ "person": person, "session": session })).await,
            manager.call("end_my_session", &json!({ "session": session })).await,
            manager.call("end_sessions_of", &json!({ "person": person })).await,
            manager.call("end_all_sessions", &json!({})).await,
        ];
        for reply in &replies {
            let text = reply.text();
            assert!(!secrets.iter().any(|secret| text.contains(secret.as_str())), "{text}");
        }
        assert_eq!(secrets.len(), 14);
        let mut thief = world.browser();
        thief.cookies.insert("clew_sid".to_owned(), session);
        assert!(!is_signed_in(&mut thief).await, "a name opens nothing");
        assert!(others(&replies[1].json().as_array().expect("a list").clone()).is_empty());
    });
}
