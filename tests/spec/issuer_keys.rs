//! An issuer changes its key, is away, or talks nonsense: nobody is signed out for it, and nobody is let in by it.

use jiff::SignedDuration;
use serde_json::json;

use crate::renewals::answered;
use crate::signing_issuer::{Draft, FIRST, Key, SECOND, Sign, SigningIssuer};
use crate::world::run;

/// Changes a token.
type Change = Box<dyn Fn(&mut Draft)>;

/// Signs with another key, and says so.
fn by(key: Key) -> impl Fn(&mut Draft) {
    move |draft| {
        draft.header["kid"] = json!(key.name);
        draft.sign = Sign::With(key);
    }
}

#[test]
fn an_issuer_that_changes_its_key_keeps_nobody_out() {
    run(async {
        // Under a new name, under the old one, and without any.
        let same = Key { name: FIRST.name, ..SECOND };
        let nameless = |draft: &mut Draft| {
            draft.header = json!({ "alg": "ES256" });
            draft.sign = Sign::With(SECOND);
        };
        let table: [(&str, Key, Change); 3] = [
            ("a new name", SECOND, Box::new(by(SECOND))),
            ("the old name", same, Box::new(by(same))),
            ("no name", SECOND, Box::new(nameless)),
        ];
        for (what, key, change) in table {
            let issuer = SigningIssuer::start().await;
            let world = issuer.clew(&[]).await;
            let mut ada = issuer.signed_in(&world, "ada", |_| {}).await;
            assert_eq!(issuer.asked("/keys"), 1, "{what}");
            issuer.publish(&[key]);
            issuer.signed_in(&world, "bob", &change).await;
            assert_eq!(issuer.asked("/keys"), 2, "{what}: asked once more");
            issuer.signed_in(&world, "eve", &change).await;
            assert_eq!(issuer.asked("/keys"), 2, "{what}: and no more");
            let (_, arrived) = issuer.sign_in(&world, "mallory", |_| {}).await;
            assert_eq!(arrived.status, 403, "{what}: what the issuer withdrew signs nobody in");

            world.clock.pass(SignedDuration::from_mins(5));
            let mut next = issuer.again(&world, "ada", &["Task.Audit"]);
            change(&mut next);
            issuer.gives(&next);
            assert_eq!(ada.roles().await, json!(["Task.Audit"]), "{what}: who is at work stays so");
        }
    });
}

#[test]
fn a_key_that_changes_between_sign_in_and_renewal_ends_no_session() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut ada = issuer.signed_in(&world, "ada", |_| {}).await;
        issuer.publish(&[SECOND]);
        world.clock.pass(SignedDuration::from_mins(5));
        let mut next = issuer.again(&world, "ada", &["Task.Manage"]);
        by(SECOND)(&mut next);
        issuer.gives(&next);
        assert_eq!(ada.roles().await, json!(["Task.Manage"]));
        assert_eq!(issuer.asked("/keys"), 2);
    });
}

#[test]
fn a_key_that_the_issuer_withdrew_is_believed_ten_minutes_at_most() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        issuer.signed_in(&world, "ada", |_| {}).await;
        issuer.publish(&[SECOND]);
        world.clock.pass(SignedDuration::from_secs(599));
        issuer.signed_in(&world, "bob", |_| {}).await;
        world.clock.pass(SignedDuration::from_secs(1));
        assert_eq!(
            issuer.sign_in(&world, "eve", |_| {}).await.1.status,
            403,
            "whoever stole it has no use of it any more"
        );
    });
}

#[test]
fn everybody_at_work_when_a_key_changes_gets_it_from_one_question() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut browsers = Vec::new();
        for _ in 0..8 {
            browsers.push(issuer.signed_in(&world, "ada", |_| {}).await);
        }
        issuer.publish(&[SECOND]);
        world.clock.pass(SignedDuration::from_mins(5));
        let mut next = issuer.again(&world, "ada", &["Task.Manage"]);
        by(SECOND)(&mut next);
        issuer.gives(&next);
        let asked = browsers.into_iter().map(|mut browser| tokio::spawn(async move { browser.roles().await }));
        for one in asked.collect::<Vec<_>>() {
            assert_eq!(one.await.expect("no panic"), json!(["Task.Manage"]), "whoever waited uses what was answered");
        }
        assert_eq!(issuer.asked("/keys"), 2);
    });
}

#[test]
fn tokens_of_unknown_keys_make_clew_ask_the_issuer_once_in_thirty_seconds() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let forged = by(Key { name: "unknown", seed: 9 });
        for (round, expected) in [(1, 2), (2, 3)] {
            for _ in 0..10 {
                let (_, arrived) = issuer.sign_in(&world, "mallory", &forged).await;
                assert_eq!(arrived.status, 403);
            }
            assert_eq!(issuer.asked("/keys"), expected, "round {round}");
            world.clock.pass(SignedDuration::from_secs(29));
            issuer.sign_in(&world, "mallory", &forged).await;
            assert_eq!(issuer.asked("/keys"), expected, "round {round}, a second too early");
            world.clock.pass(SignedDuration::from_secs(1));
        }
        issuer.signed_in(&world, "ada", |_| {}).await;
    });
}

#[test]
fn an_answer_that_nobody_can_believe_changes_nothing_and_ends_nothing() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut ada = issuer.signed_in(&world, "ada", |_| {}).await;
        world.clock.pass(SignedDuration::from_mins(5));
        let forged = |change: &dyn Fn(&mut Draft)| {
            let mut draft = issuer.again(&world, "ada", &["Task.Manage"]);
            change(&mut draft);
            draft
        };
        let drafts: [(&str, Draft); 4] = [
            ("a key that nobody knows", forged(&by(Key { name: "unknown", seed: 9 }))),
            ("another issuer", forged(&|draft| draft.claim("iss", "https://id.example.org"))),
            ("expired", forged(&|draft| draft.at("exp", -600))),
            ("for another client", forged(&|draft| draft.claim("aud", "other"))),
        ];
        for (what, draft) in drafts {
            world.clock.pass(SignedDuration::from_secs(30));
            let before = issuer.asked("/token");
            issuer.gives(&draft);
            assert_eq!(ada.roles().await, json!(["Task.Read"]), "{what}");
            issuer.is_asked("/token", before + 1).await;
            answered(&world).await;
        }
        let failures = [
            ("a page", 200, "<html>Maintenance</html>"),
            ("a page that fails", 503, "<html>Maintenance</html>"),
            ("a failure", 500, r#"{"error":"server_error"}"#),
            ("too many requests", 429, r#"{"error":"too_many_requests"}"#),
            ("a client that it does not know just now", 401, r#"{"error":"invalid_client"}"#),
        ];
        for (what, status, body) in failures {
            world.clock.pass(SignedDuration::from_secs(30));
            let before = issuer.asked("/token");
            issuer.answers(status, body);
            assert_eq!(ada.roles().await, json!(["Task.Read"]), "{what}");
            issuer.is_asked("/token", before + 1).await;
            answered(&world).await;
        }
        world.clock.pass(SignedDuration::from_secs(30));
        let before = issuer.asked("/token");
        issuer.gives(&issuer.again(&world, "ada", &["Task.Audit"]));
        assert_eq!(ada.roles().await, json!(["Task.Read"]), "nobody waits for an issuer that was silent");
        issuer.is_asked("/token", before + 1).await;
        answered(&world).await;
        assert_eq!(ada.roles().await, json!(["Task.Audit"]), "and when it is well again, it is believed");
    });
}

#[test]
fn keys_that_cannot_be_fetched_are_waited_for_and_no_token_is_used_twice() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut ada = issuer.signed_in(&world, "ada", |_| {}).await;
        assert_eq!(issuer.field("grant_type"), "authorization_code");
        issuer.publish_text(503, "<html>Maintenance</html>");
        world.clock.pass(SignedDuration::from_mins(5));
        let mut next = issuer.again(&world, "ada", &["Task.Manage"]);
        by(SECOND)(&mut next);
        next.refresh_token = "refresh 2".to_owned();
        issuer.gives(&next);
        assert_eq!(ada.roles().await, json!(["Task.Read"]), "not believed without its key");
        assert_eq!(issuer.field("refresh_token"), "refresh 1");

        issuer.publish(&[SECOND]);
        world.clock.pass(SignedDuration::from_secs(30));
        let before = issuer.asked("/token");
        ada.roles().await;
        issuer.is_asked("/token", before + 1).await;
        answered(&world).await;
        assert_eq!(ada.roles().await, json!(["Task.Manage"]));
        assert_eq!(issuer.field("refresh_token"), "refresh 2", "the first one is used up");
    });
}

#[test]
fn an_issuer_that_is_never_believed_again_is_not_believed_for_ever() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut ada = issuer.signed_in(&world, "ada", |_| {}).await;
        world.clock.pass(SignedDuration::from_mins(19));
        let mut next = issuer.again(&world, "ada", &["Task.Manage"]);
        by(Key { name: "unknown", seed: 9 })(&mut next);
        issuer.gives(&next);
        assert_eq!(ada.roles().await, json!(["Task.Read"]));
        world.clock.pass(SignedDuration::from_mins(1));
        assert_eq!(ada.roles().await, json!("502 source_failed"), "twenty minutes after it was last believed");
    });
}

#[test]
fn an_issuer_that_refuses_or_names_somebody_else_ends_the_session() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        for what in ["somebody else", "a refusal"] {
            let mut ada = issuer.signed_in(&world, "ada", |_| {}).await;
            world.clock.pass(SignedDuration::from_mins(5));
            let mut other = issuer.again(&world, "eve", &["Task.Read"]);
            other.claim("name", "ada");
            issuer.gives(&other);
            if what == "a refusal" {
                issuer.answers(400, r#"{"error":"invalid_grant"}"#);
            }
            assert_eq!(ada.roles().await, json!("401 signed_out"), "{what}");
            let entry = world.audit(1).await.remove(0);
            assert_eq!((entry.call.as_str(), entry.outcome.as_str()), ("renew_session", "denied"), "{what}");
        }
    });
}
