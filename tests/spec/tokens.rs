//! ID tokens: what an issuer signs is believed where everything fits, and refused where one thing does not.
//!
//! Every row changes one thing of a token that is right, so nothing but the check of that thing can refuse it.

use serde_json::{Value, json};

use crate::sign_in::is_signed_in;
use crate::signing_issuer::{CLIENT_SECRET, Draft, FIRST, Key, SECOND, Sign, SigningIssuer};
use crate::world::run;

/// What is changed, and how.
type Row = (&'static str, fn(&mut Draft));

const RIGHT: &[Row] = &[
    ("nothing", |_| {}),
    ("for several, and ours as the authorised party", |draft| {
        draft.claim("aud", json!(["other", "clew"]));
        draft.claim("azp", "clew");
    }),
    ("for us alone, as a list", |draft| draft.claim("aud", json!(["clew"]))),
    ("a second before its end", |draft| draft.at("exp", 1)),
    ("from a clock that is a minute fast", |draft| {
        draft.at("nbf", 60);
        draft.at("iat", 60);
    }),
    ("no hash of the access token", |draft| draft.without("at_hash")),
    ("no name of the key, where there is one", |draft| draft.header = json!({ "alg": "ES256" })),
];

const WRONG_CLAIMS: &[Row] = &[
    ("another issuer", |draft| draft.claim("iss", "https://id.example.org")),
    ("the issuer with a slash", |draft| {
        let issuer = format!("{}/", draft.claims["iss"].as_str().expect("a text"));
        draft.claim("iss", issuer);
    }),
    ("no issuer", |draft| draft.without("iss")),
    ("another audience", |draft| draft.claim("aud", "other")),
    ("nobody as the audience", |draft| draft.claim("aud", json!([]))),
    ("several audiences and no party", |draft| draft.claim("aud", json!(["clew", "other"]))),
    ("several audiences and another party", |draft| {
        draft.claim("aud", json!(["clew", "other"]));
        draft.claim("azp", "other");
    }),
    ("several audiences without us, and us as the party", |draft| {
        draft.claim("aud", json!(["other", "third"]));
        draft.claim("azp", "clew");
    }),
    ("our audience and another party", |draft| draft.claim("azp", "other")),
    ("expired", |draft| draft.at("exp", 0)),
    ("no end", |draft| draft.without("exp")),
    ("issued beyond the skew", |draft| draft.at("iat", 61)),
    ("no time of issue", |draft| draft.without("iat")),
    ("valid from beyond the skew", |draft| draft.at("nbf", 61)),
    ("valid from no time", |draft| draft.claim("nbf", "today")),
    ("another nonce", |draft| draft.claim("nonce", "another")),
    ("no nonce", |draft| draft.without("nonce")),
    ("the hash of another access token", |draft| draft.access_token.push('x')),
    ("an empty subject", |draft| draft.claim("sub", "")),
    ("a subject that is too long", |draft| draft.claim("sub", "a".repeat(256))),
];

const WRONG_SIGNATURES: &[Row] = &[
    ("no algorithm and no signature", |draft| {
        draft.header["alg"] = json!("none");
        draft.sign = Sign::Nothing;
    }),
    ("no algorithm, and a signature", |draft| draft.header["alg"] = json!("none")),
    ("no signature", |draft| draft.sign = Sign::Nothing),
    ("the public key as a secret", |draft| {
        draft.header["alg"] = json!("HS256");
        draft.sign = Sign::Secret(FIRST.point());
    }),
    ("our own password as a secret", |draft| {
        draft.header["alg"] = json!("HS256");
        draft.sign = Sign::Secret(CLIENT_SECRET.as_bytes().to_vec());
    }),
    ("another algorithm than that of the key", |draft| draft.header["alg"] = json!("RS256")),
    ("a key that nobody knows", |draft| draft.header["kid"] = json!("unknown")),
    ("another key under the name of the issuer's", |draft| draft.sign = Sign::With(SECOND)),
    ("another key that the token brings along", |draft| {
        draft.header["jwk"] = Key { name: FIRST.name, ..SECOND }.jwk();
        draft.sign = Sign::With(SECOND);
    }),
    ("something critical that nobody knows", |draft| {
        draft.header["crit"] = json!(["x"]);
        draft.header["x"] = json!(1);
    }),
];

#[test]
fn a_token_that_is_right_in_everything_is_believed() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        for (what, change) in RIGHT {
            let mut browser = issuer.signed_in(&world, "ada", change).await;
            let me = browser.call("who_am_i", &json!({})).await.json();
            assert_eq!((&me["name"], &me["caller"]["roles"]), (&json!("ada"), &json!(["Task.Read"])), "{what}");
        }
    });
}

#[test]
fn a_token_that_is_wrong_in_one_thing_opens_nothing() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let mut opened = Vec::new();
        let claims = WRONG_CLAIMS.iter().map(|row| (row, true));
        let signatures = WRONG_SIGNATURES.iter().map(|row| (row, false));
        for ((what, change), hashed) in claims.chain(signatures) {
            let (mut browser, arrived) = issuer
                .sign_in(&world, "ada", |draft| {
                    change(draft);
                    // The hash is looked at with the token's key, which would be a second reason to refuse it.
                    if !hashed {
                        draft.without("at_hash");
                    }
                })
                .await;
            if arrived.status != 403 || !browser.cookies.is_empty() || is_signed_in(&mut browser).await {
                opened.push((what, arrived.status));
                continue;
            }
            assert!(arrived.text().contains("The sign-in could not be confirmed."), "{what}: {}", arrived.text());
        }
        assert!(opened.is_empty(), "{opened:#?}");
        let found = world.audit(100).await;
        assert!(found.iter().all(|entry| entry.outcome.as_str() != "done"), "nobody came in");
    });
}

#[test]
fn an_answer_without_a_token_opens_nothing() {
    run(async {
        let issuer = SigningIssuer::start().await;
        let world = issuer.clew(&[]).await;
        let token: Value = json!({ "access_token": "a", "token_type": "Bearer" });
        let changes: [(&str, u16, String); 4] = [
            ("no ID token", 200, token.to_string()),
            ("no JSON", 200, "<html>Welcome</html>".to_owned()),
            ("a refusal", 400, json!({ "error": "invalid_grant" }).to_string()),
            ("a failure", 500, "<html>Sorry</html>".to_owned()),
        ];
        for (what, status, body) in changes {
            let mut browser = world.browser();
            let left = browser.get("/sign-in").await;
            let address = url::Url::parse(left.header("location")).expect("an address");
            let (_, state) = address.query_pairs().find(|(name, _)| name == "state").expect("a state");
            issuer.answers(status, &body);
            let arrived = browser.get(&format!("/sign-in/callback?code=c&state={state}")).await;
            assert_eq!(arrived.status, 403, "{what}: {}", arrived.text());
            assert!(browser.cookies.is_empty(), "{what}");
        }
    });
}
