//! Renewal of a session's roles: one question of all requests at all servers, in the background as long as the roles
//! hold, and nobody who waits for an issuer that does not answer.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::postgres::Postgres;
use crate::replicas::{STORE, fresh};
use crate::signing_issuer::SigningIssuer;
use crate::world::{Browser, World, run, within};

/// Far less than the ten seconds that an issuer has, and far more than an answer without it takes.
const AT_ONCE: Duration = Duration::from_secs(5);

/// The same, which must not wait for the issuer.
async fn roles_at_once(browser: &mut Browser) -> Value {
    timeout(AT_ONCE, browser.roles()).await.expect("nobody waits for the issuer")
}

/// Asks from many browsers with one session at the same moment.
fn ask(browser: &Browser, times: usize) -> Vec<JoinHandle<Value>> {
    let one = |_| {
        let mut browser = browser.clone();
        tokio::spawn(async move { browser.roles().await })
    };
    (0..times).map(one).collect()
}

/// Waits for something that nobody waits for in the server.
async fn soon(what: &str, is_so: impl AsyncFnMut() -> bool) {
    within(AT_ONCE, what, is_so).await;
}

/// Asks while the issuer is held, so long that everybody is there before the first is answered: it is asked once.
async fn all_renewed_by_one(issuer: &SigningIssuer, ask: impl FnOnce() -> Vec<JoinHandle<Value>>, round: u32) {
    let before = issuer.asked("/token");
    issuer.holds("/token", true);
    let asked = ask();
    issuer.is_asked("/token", before + 1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    issuer.holds("/token", false);
    issuer.lets_go();
    for one in asked {
        assert_eq!(one.await.expect("no panic"), json!(["Task.Audit"]), "round {round}");
    }
    assert_eq!(issuer.asked("/token"), before + 1, "round {round}");
}

/// The refresh token that the one session of a world keeps.
async fn kept_token(world: &World) -> String {
    let known = world.server.sessions.known(None).await.expect("sessions");
    known[0].body.tokens.as_ref().and_then(|tokens| tokens.refresh_token.clone()).expect("a token")
}

#[test]
fn sixty_four_requests_at_the_moment_of_renewal_ask_an_issuer_whose_tokens_work_once_once() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let ada = issuer.signed_in(&world, "ada", |_| {}).await;
        issuer.rotates(issuer.again(&world, "ada", &["Task.Audit"]));
        for round in 1..=3 {
            world.clock.pass(SignedDuration::from_mins(5));
            issuer.rotating_from_now(&world.clock);
            all_renewed_by_one(&issuer, || ask(&ada, 64), round).await;
        }
    });
}

#[test]
fn two_servers_of_one_database_ask_an_issuer_whose_tokens_work_once_once_and_the_session_lives() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let store = fresh(Postgres::shared().port);
        let (one, other) = (issuer.clew(&[(STORE, &store)]).await, issuer.clew(&[(STORE, &store)]).await);
        let ada = issuer.signed_in(&one, "ada", |_| {}).await;
        let beside = Browser { port: other.port, cookies: ada.cookies.clone() };
        issuer.rotates(issuer.again(&one, "ada", &["Task.Audit"]));
        for round in 1..=3 {
            one.clock.pass(SignedDuration::from_mins(5));
            other.clock.pass(SignedDuration::from_mins(5));
            issuer.rotating_from_now(&one.clock);
            all_renewed_by_one(&issuer, || ask(&ada, 8).into_iter().chain(ask(&beside, 8)).collect(), round).await;
        }
    });
}

#[test]
fn an_answer_that_comes_when_another_server_has_a_newer_token_changes_and_ends_nothing() {
    run(async {
        for late in ["a refusal", "an older token"] {
            let issuer = SigningIssuer::start().await;
            let store = fresh(Postgres::shared().port);
            let (one, other) = (issuer.clew(&[(STORE, &store)]).await, issuer.clew(&[(STORE, &store)]).await);
            let ada = issuer.signed_in(&one, "ada", |_| {}).await;
            let mut beside = Browser { port: other.port, cookies: ada.cookies.clone() };
            let before = issuer.asked("/token");
            one.clock.pass(SignedDuration::from_mins(4));
            issuer.holds("/token", true);
            assert_eq!(roles_at_once(&mut ada.clone()).await, json!(["Task.Read"]), "{late}");
            issuer.is_asked("/token", before + 1).await;
            issuer.holds("/token", false);

            // The first has had its minute, so the second asks.
            other.clock.pass(SignedDuration::from_mins(6));
            let mut newer = issuer.again(&other, "ada", &["Task.Audit"]);
            newer.refresh_token = "newer".to_owned();
            issuer.gives(&newer);
            assert_eq!(beside.roles().await, json!(["Task.Audit"]), "{late}");
            match late {
                "a refusal" => issuer.answers(400, r#"{"error":"invalid_grant"}"#),
                _ => {
                    let mut older = issuer.again(&one, "ada", &["Task.Manage"]);
                    older.refresh_token = "older".to_owned();
                    issuer.gives(&older);
                }
            }
            issuer.lets_go();
            tokio::time::sleep(Duration::from_millis(500)).await;
            assert_eq!(beside.roles().await, json!(["Task.Audit"]), "{late}");
            assert_eq!(kept_token(&other).await, "newer", "{late}");
        }
    });
}

#[test]
fn from_the_fourth_minute_on_the_issuer_is_asked_beside_and_from_the_fifth_it_is_waited_for() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut ada = issuer.signed_in(&world, "ada", |_| {}).await;
        let before = issuer.asked("/token");
        world.clock.pass(SignedDuration::from_secs(239));
        assert_eq!(ada.roles().await, json!(["Task.Read"]));
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(issuer.asked("/token"), before, "not yet");

        world.clock.pass(SignedDuration::from_secs(11));
        issuer.gives(&issuer.again(&world, "ada", &["Task.Audit"]));
        issuer.holds("/token", true);
        for _ in 0..3 {
            assert_eq!(roles_at_once(&mut ada).await, json!(["Task.Read"]), "these roles still hold");
        }
        issuer.is_asked("/token", before + 1).await;
        // Whoever asks has a minute for it.
        world.clock.pass(SignedDuration::from_secs(50));
        let mut waiting = ask(&ada, 1);
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!waiting[0].is_finished(), "these do not hold any more");
        assert_eq!(issuer.asked("/token"), before + 1, "one question for everybody");
        issuer.lets_go();
        assert_eq!(waiting.remove(0).await.expect("no panic"), json!(["Task.Audit"]));
    });
}

#[test]
fn an_issuer_that_is_silent_again_and_again_makes_nobody_wait() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut ada = issuer.signed_in(&world, "ada", |_| {}).await;
        issuer.holds("/token", true);
        issuer.answers(503, "<html>Maintenance</html>");
        world.clock.pass(SignedDuration::from_mins(4));
        for round in 1..=4 {
            let before = issuer.asked("/token");
            assert_eq!(roles_at_once(&mut ada).await, json!(["Task.Read"]), "round {round}");
            issuer.is_asked("/token", before + 1).await;
            assert_eq!(roles_at_once(&mut ada).await, json!(["Task.Read"]), "round {round}, while it is asked");
            issuer.lets_go();
            answered(&world).await;
            world.clock.pass(SignedDuration::from_secs(120));
        }
        world.clock.pass(SignedDuration::from_mins(10));
        issuer.holds("/token", false);
        issuer.lets_go();
        assert_eq!(ada.roles().await, json!("502 source_failed"), "after fifteen minutes more no right is believed");
    });
}

/// Waits until nobody is asking the issuer for the one session of a world.
pub(crate) async fn answered(world: &World) {
    soon("what came of it is kept", async || {
        let kept = world.server.store.sessions(None).await.expect("sessions");
        let body: Value = serde_json::from_slice(&kept[0].body).expect("JSON");
        body["belief"]["is_asked"] == false
    })
    .await;
}

#[test]
fn a_token_that_comes_after_its_session_has_ended_is_given_back() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut ada = issuer.signed_in(&world, "ada", |_| {}).await;
        let before = issuer.asked("/token");
        world.clock.pass(SignedDuration::from_mins(4));
        let mut late = issuer.again(&world, "ada", &["Task.Read"]);
        late.refresh_token = "late".to_owned();
        issuer.gives(&late);
        issuer.holds("/token", true);
        assert_eq!(roles_at_once(&mut ada).await, json!(["Task.Read"]));
        issuer.is_asked("/token", before + 1).await;
        assert_eq!(ada.call("sign_out", &json!({})).await.status, 200);
        issuer.lets_go();
        soon("it is given back", async || issuer.revoked().iter().any(|(_, form)| form.starts_with("token=late&")))
            .await;
        assert_eq!(ada.roles().await, json!("401 signed_out"));
    });
}
