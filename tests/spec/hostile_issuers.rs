//! A hostile provider: 54 ways to be wrong, each an issuer of its own, and 5 ways to be right.

use std::time::Duration;

use futures::StreamExt as _;
use serde_json::{Value, json};
use server::world::{Clock as _, SystemClock};

use crate::node::Node;
use crate::world::{Browser, World, path_of, run};

const HOSTILE: &str = include_str!("../oidc/hostile.mjs");

/// Wrong only in what Clew never asks for.
const NEVER_ASKED: &str = "userinfo_sub_mismatch";

/// How a sign-in at one of the issuers ended.
struct Ended {
    name: String,
    /// The last answer of Clew, and what it says.
    status: u16,
    said: String,
    /// Whether the browser came back from the provider.
    came_back: bool,
    /// The cookies that Clew left in the browser.
    cookies: Vec<String>,
    /// Who the server takes the browser for.
    who: String,
    /// The newest entry of the audit log.
    noted: Option<String>,
    took: Duration,
}

async fn sign_in(port: u16, name: String) -> Ended {
    let issuer = format!("http://localhost:{port}/{name}");
    let secret = "s".repeat(43);
    let world = World::start_with(&[
        ("CLEW_OIDC_ISSUER", issuer.as_str()),
        ("CLEW_OIDC_CLIENT_ID", "clew"),
        ("CLEW_OIDC_CLIENT_SECRET", &secret),
    ])
    .await;
    let clock = SystemClock::new();
    // The provider knows the machine's clock alone.
    world.clock.pass(clock.now().duration_since(world.clock.now()));
    let mut browser = world.browser();
    let begun = clock.monotonic();
    let mut reply = browser.get("/sign-in").await;
    let came_back = reply.status == 303;
    if came_back {
        let mut there = Browser { port, cookies: Default::default() };
        let back = there.get(&path_of(reply.header("location"))).await;
        reply = browser.get(&path_of(back.header("location"))).await;
    }
    let took = clock.monotonic() - begun;
    world.server.audit.flush_refusals(true).await.expect("written");
    let noted = world.audit(1).await.first().map(|entry| entry.call.clone());
    let me = browser.call("who_am_i", &json!({})).await;
    let who = if me.status == 200 { me.json()["name"].to_string() } else { me.verdict() };
    let cookies = browser.cookies.into_keys().collect();
    Ended { name, status: reply.status, said: reply.text(), came_back, cookies, who, noted, took }
}

/// What is wrong with how it ended, if anything is.
fn complaint(ended: &Ended) -> Option<String> {
    let Ended { name, status, said, came_back, cookies, who, noted, took } = ended;
    let is_good = name.starts_with("good") || name == NEVER_ASKED;
    let refused = matches!(status, 400 | 403 | 502) && who == "401 signed_out" && !cookies.contains(&"clew_sid".into());
    let is_clear = said.contains("Sign in again") && !said.contains("evil.example");
    let is_cleared = !came_back || (cookies.is_empty() && noted.as_deref() == Some("refused"));
    let is_right = match is_good {
        true => *status == 303 && who == "\"Alice\"",
        false => refused && is_clear && is_cleared,
    };
    // Ten seconds for the provider, and ten times that for a busy machine.
    let fits = is_right && *took < Duration::from_secs(100);
    (!fits).then(|| format!("{name}: {status}, {who}, {cookies:?}, {noted:?}, {took:?}: {said}"))
}

#[test]
fn nothing_wrong_that_a_provider_says_signs_anybody_in() {
    run(async {
        let node = Node::start(HOSTILE);
        let mut there = Browser { port: node.port, cookies: Default::default() };
        let names: Vec<String> = serde_json::from_value(there.get("/mutations").await.json()).expect("names");
        assert_eq!((names.len(), names.iter().filter(|name| name.starts_with("good")).count()), (59, 5));
        let tried = futures::stream::iter(names).map(|name| sign_in(node.port, name)).buffer_unordered(6);
        let complaints: Vec<String> = tried.filter_map(|ended| async move { complaint(&ended) }).collect().await;
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
        let asked = there.get(&format!("/asked/{NEVER_ASKED}")).await.json();
        assert_eq!((&asked["token"], &asked["userinfo"]), (&json!(1), &Value::Null), "nothing in userinfo is signed");
    });
}
