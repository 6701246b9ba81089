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
    /// The newest entry of the audit log, and the reason that it gives.
    noted: Option<String>,
    reason: String,
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
    let newest = world.audit(1).await.into_iter().next();
    let details = newest.as_ref().and_then(|entry| serde_json::from_slice::<Value>(&entry.details).ok());
    let reason = details.map_or_else(String::new, |details| details["reason"].as_str().unwrap_or_default().to_owned());
    let noted = newest.map(|entry| entry.call);
    let me = browser.call("who_am_i", &json!({})).await;
    let who = if me.status == 200 { me.json()["name"].to_string() } else { me.verdict() };
    let cookies = browser.cookies.into_keys().collect();
    Ended { name, status: reply.status, said: reply.text(), came_back, cookies, who, noted, reason, took }
}

/// What is wrong with how it ended, if anything is.
fn complaint(ended: &Ended) -> Option<String> {
    let Ended { name, status, said, came_back, cookies, who, noted, reason, took } = ended;
    let is_good = name.starts_with("good") || name == NEVER_ASKED;
    let refused = matches!(status, 400 | 403 | 502) && who == "401 signed_out" && !cookies.contains(&"clew_sid".into());
    let is_clear = said.contains("Sign in again") && !said.contains("evil.example");
    let is_told = noted.as_deref() == Some("refused") && reason_of(name) == Some(reason);
    let is_cleared = !came_back || (cookies.is_empty() && is_told);
    let is_right = match is_good {
        true => *status == 303 && who == "\"Alice\"",
        false => refused && is_clear && is_cleared,
    };
    // Ten seconds for the provider, and ten times that for a busy machine.
    let fits = is_right && *took < Duration::from_secs(100);
    (!fits).then(|| format!("{name}: {status}, {who}, {cookies:?}, {noted:?} {reason:?}, {took:?}: {said}"))
}

/// The word that the audit log has for it.
fn reason_of(name: &str) -> Option<&'static str> {
    REASONS.iter().find(|(_, names)| names.contains(&name)).map(|(reason, _)| *reason)
}

/// What is wrong of whom, in the audit log's words; those who are found out before anybody comes back are not there.
const REASONS: [(&str, &[&str]); 15] = [
    ("issuer", &["iss_wrong", "iss_trailing_slash", "iss_case", "cb_iss_wrong", "cb_iss_missing_though_advertised"]),
    ("audience", &["aud_wrong", "aud_missing", "aud_array_no_azp", "azp_wrong", "aud_prefix"]),
    ("expired", &["exp_past"]),
    ("early", &["nbf_future"]),
    ("nonce", &["nonce_wrong", "nonce_missing"]),
    ("subject", &["sub_empty"]),
    ("algorithm", &["alg_none", "alg_hs256_pubkey", "alg_hs256_secret"]),
    (
        "signature",
        &[
            "sig_rogue_key",
            "sig_rogue_embedded_jwk",
            "sig_rogue_jku",
            "sig_stripped",
            "sig_flipped",
            "payload_tampered",
            "kid_unknown",
            "kid_injection",
            "http_jwks_empty",
        ],
    ),
    (
        "token",
        &[
            "iss_missing",
            "exp_missing",
            "exp_string",
            "exp_nan_huge",
            "iat_missing",
            "sub_missing",
            "sub_number",
            "alg_None_case",
            "crit_unknown",
            "id_token_missing",
            "http_token_html",
            "http_token_redirect",
        ],
    ),
    ("access_token", &["token_type_mac"]),
    ("state", &["cb_state_wrong", "cb_state_missing"]),
    ("denied", &["cb_error"]),
    ("malformed", &["cb_dup_code"]),
    ("code", &["http_token_500"]),
    (
        "unreachable",
        &[
            "http_token_1mb_header",
            "http_token_gzip_bomb",
            "http_token_hang",
            "deep_json",
            "http_jwks_500",
            "http_jwks_huge",
        ],
    ),
];

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
