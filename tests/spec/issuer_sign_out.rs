//! Who leaves here leaves at the issuer, and who leaves at the issuer leaves here.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::signing_issuer::{CLIENT_SECRET, Draft, FIRST, SECOND, Sign, SigningIssuer};
use crate::world::{Browser, Reply, World, run};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A logout token that is right in everything.
pub(crate) fn leaving(issuer: &SigningIssuer, world: &World, subject: &str, name: &str) -> Draft {
    let mut draft = issuer.draft(&world.clock, subject, "");
    for claim in ["nonce", "at_hash", "name", "roles"] {
        draft.without(claim);
    }
    draft.header["typ"] = json!("logout+jwt");
    draft.claim("events", json!({ EVENT: {} }));
    draft.claim("jti", name);
    draft
}

pub(crate) async fn tell(world: &World, token: &str) -> Reply {
    world.browser().post_form("/sign-in/back-channel", &[("logout_token", token)]).await
}

pub(crate) async fn is_in(browser: &mut Browser) -> bool {
    browser.call("who_am_i", &json!({})).await.status == 200
}

/// Signs `subject` in with a session at the issuer of this name.
async fn in_session(issuer: &SigningIssuer, world: &World, subject: &str, session: &str) -> Browser {
    issuer.signed_in(world, subject, |draft| draft.claim("sid", session)).await
}

#[test]
fn whoever_leaves_at_the_issuer_is_out_at_once_with_that_session_or_with_all() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut desk = in_session(&issuer, &world, "ada", "s1").await;
        let mut laptop = in_session(&issuer, &world, "ada", "s2").await;
        let mut bob = in_session(&issuer, &world, "bob", "s3").await;

        let mut one = leaving(&issuer, &world, "ada", "t1");
        one.claim("sid", "s1");
        let told = tell(&world, &one.signed()).await;
        assert_eq!((told.status, told.header("cache-control")), (200, "no-store"));
        assert_eq!((is_in(&mut desk).await, is_in(&mut laptop).await, is_in(&mut bob).await), (false, true, true));

        assert_eq!(tell(&world, &leaving(&issuer, &world, "ada", "t2").signed()).await.status, 200);
        assert_eq!((is_in(&mut laptop).await, is_in(&mut bob).await), (false, true));

        let mut by_session = leaving(&issuer, &world, "nobody", "t3");
        by_session.without("sub");
        by_session.claim("sid", "s3");
        assert_eq!(tell(&world, &by_session.signed()).await.status, 200);
        assert!(!is_in(&mut bob).await, "a session has a name without its person");

        let written = world.audit(20).await;
        let ended = written.iter().filter(|entry| entry.call == "back_channel_logout").count();
        assert_eq!(ended, 3, "each ended session is written down");
    });
}

#[test]
fn a_session_of_a_person_is_not_ended_by_the_name_of_somebody_elses() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut ada = in_session(&issuer, &world, "ada", "s1").await;
        let mut token = leaving(&issuer, &world, "bob", "t1");
        token.claim("sid", "s1");
        assert_eq!(tell(&world, &token.signed()).await.status, 200, "nobody of that name is signed in");
        assert!(is_in(&mut ada).await);
    });
}

#[test]
fn a_session_has_the_issuers_name_for_it_also_after_a_renewal_that_does_not_say_it_again() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut desk = in_session(&issuer, &world, "ada", "s1").await;
        let mut laptop = in_session(&issuer, &world, "ada", "s2").await;
        world.clock.pass(SignedDuration::from_mins(5));
        let mut renewed = issuer.draft(&world.clock, "ada", "");
        renewed.without("nonce");
        issuer.gives(&renewed);
        assert!(is_in(&mut desk).await && is_in(&mut laptop).await);
        let mut one = leaving(&issuer, &world, "ada", "t1");
        one.claim("sid", "s1");
        assert_eq!(tell(&world, &one.signed()).await.status, 200);
        assert_eq!((is_in(&mut desk).await, is_in(&mut laptop).await), (false, true));
    });
}

#[test]
fn an_issuer_whose_keys_cannot_be_read_is_told_to_come_again_and_is_believed_then() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut ada = issuer.signed_in(&world, "ada", |_| {}).await;
        // What was read of the issuer is kept for ten minutes.
        world.clock.pass(SignedDuration::from_mins(11));
        let token = leaving(&issuer, &world, "ada", "t1").signed();
        issuer.publish_text(503, "<html>Maintenance</html>");
        let told = tell(&world, &token).await;
        assert_eq!((told.status, told.json()), (503, json!({ "error": "server_error" })));
        assert_eq!(world.server.sessions.known(None).await.expect("sessions").len(), 1, "nothing has ended");
        issuer.publish(&[FIRST]);
        assert_eq!(tell(&world, &token).await.status, 200, "the same word, later");
        assert!(!is_in(&mut ada).await);
        assert_eq!(tell(&world, &token).await.status, 400, "and believed once");
    });
}

/// What makes a right token wrong.
type Spoil = fn(&mut Draft);

const SPOILED: [(&str, Spoil); 22] = [
    ("no signature", |draft| draft.sign = Sign::Nothing),
    ("none", |draft| {
        draft.header["alg"] = json!("none");
        draft.sign = Sign::Nothing;
    }),
    ("the client's secret", |draft| {
        draft.header["alg"] = json!("HS256");
        draft.sign = Sign::Secret(CLIENT_SECRET.as_bytes().to_vec());
    }),
    ("the public key as a secret", |draft| {
        draft.header["alg"] = json!("HS256");
        draft.sign = Sign::Secret(FIRST.point());
    }),
    ("a key that is not published", |draft| draft.sign = Sign::With(SECOND)),
    ("a key of its own", |draft| {
        draft.header["jwk"] = SECOND.jwk();
        draft.sign = Sign::With(SECOND);
    }),
    ("something critical", |draft| draft.header["crit"] = json!(["exp"])),
    ("an access token", |draft| draft.header["typ"] = json!("at+jwt")),
    ("another issuer", |draft| draft.claim("iss", "http://localhost:1")),
    ("no issuer", |draft| draft.without("iss")),
    ("another audience", |draft| draft.claim("aud", "somebody")),
    ("no audience", |draft| draft.without("aud")),
    ("too old", |draft| draft.at("iat", -121)),
    ("of the future", |draft| draft.at("iat", 61)),
    ("no time", |draft| draft.without("iat")),
    ("over", |draft| draft.at("exp", 0)),
    ("an ID token", |draft| draft.claim("nonce", "a nonce")),
    ("another event", |draft| draft.claim("events", json!({ "http://schemas.openid.net/event/other": {} }))),
    ("no event", |draft| draft.without("events")),
    ("an event that is none", |draft| draft.claim("events", json!({ EVENT: true }))),
    ("nobody", |draft| draft.without("sub")),
    ("no name of its own", |draft| draft.without("jti")),
];

#[test]
fn a_logout_token_that_is_wrong_in_one_thing_ends_nothing() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut ada = issuer.signed_in(&world, "ada", |_| {}).await;
        for (what, spoil) in SPOILED {
            let mut token = leaving(&issuer, &world, "ada", what);
            spoil(&mut token);
            let told = tell(&world, &token.signed()).await;
            assert_eq!((told.status, told.json()), (400, json!({ "error": "invalid_request" })), "{what}");
            assert!(is_in(&mut ada).await, "{what}");
        }
        let right = leaving(&issuer, &world, "ada", "right").signed();
        for (what, form) in [("cut", &right[..right.len() - 4]), ("no token", ""), ("rubbish", "a.b.c")] {
            assert_eq!(tell(&world, form).await.status, 400, "{what}");
        }
        let twice = [("logout_token", right.as_str()), ("logout_token", right.as_str())];
        assert_eq!(world.browser().post_form("/sign-in/back-channel", &twice).await.status, 400);
        assert!(is_in(&mut ada).await);

        assert_eq!(tell(&world, &right).await.status, 200, "the same, right in everything");
        assert!(!is_in(&mut ada).await);
        let mut again = issuer.signed_in(&world, "ada", |_| {}).await;
        assert_eq!(tell(&world, &right).await.status, 400, "and believed once");
        assert!(is_in(&mut again).await);
    });
}

#[test]
fn a_logout_token_may_be_signed_with_the_next_key_and_have_several_audiences_and_an_older_kind() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut ada = issuer.signed_in(&world, "ada", |_| {}).await;
        issuer.publish(&[FIRST, SECOND]);
        let mut token = leaving(&issuer, &world, "ada", "t1");
        token.header = json!({ "alg": "ES256", "typ": "JWT", "kid": SECOND.name });
        token.sign = Sign::With(SECOND);
        token.claim("aud", json!(["somebody", "clew"]));
        token.without("exp");
        assert_eq!(tell(&world, &token.signed()).await.status, 200);
        assert!(!is_in(&mut ada).await);
    });
}

#[test]
fn where_people_sign_in_here_nobody_is_heard() {
    run(async {
        let world = World::start().await;
        let told = world.browser().post_form("/sign-in/back-channel", &[("logout_token", "a.b.c")]).await;
        assert_eq!(told.status, 405, "{}", told.text());
    });
}

/// What was given back until now, waited for because nobody waits for it in the server.
async fn given_back(issuer: &SigningIssuer, number: usize) -> Vec<(String, String)> {
    for _ in 0..200 {
        if issuer.revoked().len() >= number {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    issuer.revoked()
}

/// Signs in with this refresh token.
async fn holding(issuer: &SigningIssuer, world: &World, subject: &str, refresh: &str, roles: Value) -> Browser {
    issuer
        .signed_in(world, subject, |draft| {
            draft.refresh_token = refresh.to_owned();
            draft.claim("roles", roles);
        })
        .await
}

#[test]
fn what_a_session_holds_is_given_back_to_the_issuer_however_it_ends() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let reader = json!(["Task.Read"]);
        let mut manager = holding(&issuer, &world, "mia", "of mia", json!(["Task.Read", "Task.Manage"])).await;

        let mut ada = holding(&issuer, &world, "ada", "first", reader.clone()).await;
        assert_eq!(ada.call("sign_out", &json!({})).await.status, 200);
        let given = given_back(&issuer, 1).await;
        let (head, form) = &given[0];
        assert_eq!(form, "token=first&token_type_hint=refresh_token");
        let pair = STANDARD.encode(format!("clew:{}", CLIENT_SECRET.replace(' ', "+")));
        assert!(head.contains(&format!("authorization: basic {}", pair.to_ascii_lowercase())), "{head}");

        let mut told = holding(&issuer, &world, "tom", "told", reader.clone()).await;
        assert_eq!(tell(&world, &leaving(&issuer, &world, "tom", "t1").signed()).await.status, 200);
        assert!(given_back(&issuer, 2).await[1].1.starts_with("token=told&"));
        assert!(!is_in(&mut told).await);

        let mut ada = holding(&issuer, &world, "ada", "second", reader.clone()).await;
        let person = ada.person().await;
        assert_eq!(manager.call("end_sessions_of", &json!({ "person": person })).await.status, 200);
        assert!(given_back(&issuer, 3).await[2].1.starts_with("token=second&"));

        assert_eq!(manager.call("end_all_sessions", &json!({})).await.status, 200);
        assert!(given_back(&issuer, 4).await[3].1.starts_with("token=of+mia&"));
    });
}

#[test]
fn what_a_session_holds_is_given_back_when_another_sign_in_ends_it() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut ada = holding(&issuer, &world, "ada", "first", json!(["Task.Read"])).await;
        let person = ada.person().await;
        let second = |draft: &mut Draft| draft.refresh_token = "second".to_owned();
        assert_eq!(issuer.sign_in_with(&mut ada, &world, "/sign-in", "ada", second).await.status, 303);
        assert!(given_back(&issuer, 1).await[0].1.starts_with("token=first&"), "that of this browser");
        for number in 3..=12 {
            world.clock.pass(SignedDuration::from_secs(1));
            holding(&issuer, &world, "ada", &format!("number {number}"), json!(["Task.Read"])).await;
        }
        assert!(given_back(&issuer, 2).await[1].1.starts_with("token=second&"), "the oldest of eleven");
        assert!(!is_in(&mut ada).await);
        assert_eq!(issuer.revoked().len(), 2);
        let written = world.audit(50).await;
        for call in ["replace_session", "end_oldest_session"] {
            let entries: Vec<_> = written.iter().filter(|entry| entry.call == call).collect();
            assert_eq!(entries.len(), 1, "{call}");
            assert_eq!((entries[0].person.as_str(), entries[0].outcome.as_str()), (person.as_str(), "done"), "{call}");
        }
    });
}

#[test]
fn who_signs_out_is_out_before_the_issuer_answers_and_waits_two_seconds_for_it() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut ada = issuer.signed_in(&world, "ada", |_| {}).await;
        world.clock.pass(SignedDuration::from_mins(8));
        let mut renewed = issuer.draft(&world.clock, "ada", "");
        renewed.without("nonce");
        issuer.gives(&renewed);
        assert!(is_in(&mut ada).await);
        // What was read of the issuer is kept for ten minutes, so it is asked where one signs out.
        world.clock.pass(SignedDuration::from_mins(3));
        let document = "/.well-known/openid-configuration";
        let before = issuer.asked(document);
        issuer.holds(document, true);
        let mut leaving = ada.clone();
        let leaving = tokio::spawn(async move { leaving.call("sign_out", &json!({})).await });
        issuer.is_asked(document, before + 1).await;
        assert!(!is_in(&mut ada).await && !leaving.is_finished(), "out, while the issuer is still asked");
        let left = tokio::time::timeout(Duration::from_secs(8), leaving).await.expect("ten seconds are too long");
        let left = left.expect("no panic");
        assert_eq!(left.status, 200, "{}", left.text());
        let provider = left.json()["provider"].as_str().expect("an address").to_owned();
        assert!(provider.starts_with(&format!("{}/leave?", issuer.origin)), "as it was known before: {provider}");
    });
}

#[test]
fn an_issuer_that_takes_nothing_back_keeps_nobody_in() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut ada = issuer.signed_in(&world, "ada", |_| {}).await;
        drop(issuer);
        world.clock.pass(SignedDuration::from_mins(1));
        let left = ada.call("sign_out", &json!({})).await;
        assert_eq!(left.status, 200, "{}", left.text());
        assert!(!is_in(&mut ada).await);
    });
}
