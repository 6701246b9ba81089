//! Signing in, as transcripts: out to the issuer, the password, back with a code, a session, and its end.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::{Value, json};
use server::sign_in::issuer::NewPerson;

use crate::world::{Browser, PASSWORD, World, path_of, run};

/// The parameters of an address, by name.
fn parameters(address: &str) -> std::collections::BTreeMap<String, String> {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Changes the way back.
type Change = fn(String) -> String;

/// Signs in as far as the way back; gives its path.
async fn way_back(browser: &mut Browser, name: &str, from: &str) -> String {
    let page = browser.leave_for_issuer(from).await;
    let answered = browser.enter_password(&page, name, PASSWORD).await;
    assert_eq!(answered.status, 303, "{}", answered.text());
    path_of(answered.header("location"))
}

pub(crate) async fn is_signed_in(browser: &mut Browser) -> bool {
    match browser.call("who_am_i", &json!({})).await.verdict().as_str() {
        "200" => true,
        "401 signed_out" => false,
        other => panic!("{other}"),
    }
}

#[test]
fn the_issuer_describes_itself_as_the_standard_says() {
    run(async {
        let world = World::start().await;
        let mut browser = world.browser();
        let document = browser.get("/issuer/.well-known/openid-configuration").await.json();
        let at = |path: &str| json!(format!("{}/issuer{path}", world.origin()));
        assert_eq!(document["issuer"], at(""));
        assert_eq!(document["authorization_endpoint"], at("/authorize"));
        assert_eq!(document["token_endpoint"], at("/token"));
        assert_eq!(document["jwks_uri"], at("/keys"));
        assert_eq!(document["response_types_supported"], json!(["code"]));
        assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
        let keys = browser.get("/issuer/keys").await.json();
        let key = &keys["keys"][0];
        assert_eq!((&key["kty"], &key["crv"]), (&json!("OKP"), &json!("Ed25519")));
        assert!(key.get("d").is_none(), "the public half only");
    });
}

#[test]
fn a_person_leaves_for_the_issuer_and_comes_back_with_a_session() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read", "Bank.Analyst"]).await;
        let mut browser = world.browser();
        assert!(!is_signed_in(&mut browser).await);
        let page = browser.leave_for_issuer("/sign-in?return=/p/bank").await;
        let asked = parameters(&page);
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["code_challenge"].len(), 43, "a SHA-256");
        assert!(asked["state"].len() >= 43 && asked["nonce"].len() >= 43, "256 bits each");
        assert_eq!(asked["redirect_uri"], format!("{}/sign-in/callback", world.origin()));
        let flow = browser.cookies.get("clew_flow").expect("a cookie").clone();
        assert!(!page.contains(&flow), "what binds the browser is not in the address");

        let answered = browser.enter_password(&page, "ada", PASSWORD).await;
        let back = path_of(answered.header("location"));
        assert_eq!(parameters(&back)["iss"], format!("{}/issuer", world.origin()));
        let arrived = browser.get(&back).await;
        assert_eq!((arrived.status, arrived.header("location")), (303, "/p/bank"));
        let cookies: Vec<&str> = arrived.cookies().collect();
        let session = cookies.iter().find(|cookie| cookie.starts_with("clew_sid=")).expect("a session");
        for attribute in ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=43200"] {
            assert!(session.contains(attribute), "{session}");
        }
        assert!(!session.contains("Domain") && session.len() < 4_096);
        assert!(cookies.iter().any(|cookie| cookie.starts_with("clew_flow=;")), "the flow's cookie is taken back");

        let me = browser.call("who_am_i", &json!({})).await.json();
        assert_eq!(me["name"], "ada");
        assert_eq!(me["caller"]["roles"], json!(["Bank.Analyst", "Task.Read"]));
        assert_eq!(me["embedded_issuer"], json!(true));
        let entry = world.audit(1).await.remove(0);
        assert_eq!((entry.call.as_str(), entry.outcome.as_str()), ("sign_in", "done"));
    });
}

#[test]
fn behind_https_the_cookies_are_secure_and_bound_to_the_host() {
    run(async {
        let world = World::start_with(&[("CLEW_PUBLIC_URL", "https://clew.example.org")]).await;
        let left = world.browser().send("GET", "/sign-in", &[("host", "clew.example.org")], b"").await;
        let cookie = left.cookies().next().expect("a cookie").to_owned();
        assert!(cookie.starts_with("__Host-clew_flow=") && cookie.ends_with("; Secure"), "{cookie}");
        assert!(left.header("strict-transport-security").contains("max-age=31536000"));
    });
}

#[test]
fn a_code_works_once_and_only_in_the_browser_that_began() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut browser = world.browser();
        let back = way_back(&mut browser, "ada", "/sign-in").await;
        let mut other = world.browser();
        let foreign = other.get(&back).await;
        assert_eq!(foreign.status, 403, "no cookie of this flow");
        let own_flow = other.leave_for_issuer("/sign-in").await;
        assert!(own_flow.contains("state="));
        assert_eq!(other.get(&back).await.status, 403, "a cookie of another flow");
        assert!(!is_signed_in(&mut other).await);

        let flow = browser.cookies.clone();
        assert_eq!(browser.get(&back).await.status, 303);
        let mut again = world.browser();
        again.cookies = flow;
        assert_eq!(again.get(&back).await.status, 403, "a flow is used up");
        assert!(!again.cookies.contains_key("clew_sid"));
    });
}

#[test]
fn an_answer_that_does_not_fit_the_question_opens_nothing() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let table: [(&str, Change, u16); 9] = [
            ("another state", |back| back.replace("state=", "state=x"), 403),
            ("no state", |back| back.replace("state=", "stat="), 403),
            ("another code", |back| back.replace("code=", "code=x"), 403),
            ("no code", |back| back.replace("code=", "cod="), 400),
            ("two codes", |back| format!("{back}&code=x"), 400),
            ("two states", |back| format!("{back}&state=x"), 400),
            ("another issuer", |back| back.replace("iss=", "iss=x"), 403),
            ("two issuers", |back| format!("{back}&iss=x"), 400),
            ("an error", |back| format!("{back}&error=access_denied&error_description=%3Cb%3Eplanted%3C/b%3E"), 403),
        ];
        for (what, change, expected) in table {
            let mut browser = world.browser();
            let back = way_back(&mut browser, "ada", "/sign-in").await;
            let arrived = browser.get(&change(back)).await;
            assert_eq!(arrived.status, expected, "{what}: {}", arrived.text());
            assert!(browser.cookies.is_empty(), "{what}: no session, and the flow's cookie is gone");
            assert!(!arrived.text().contains("planted"), "{what}");
            assert!(arrived.text().contains("Sign in again"), "{what}: the page says what to do");
        }
    });
}

#[test]
fn a_sign_in_that_takes_longer_than_ten_minutes_begins_again() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut browser = world.browser();
        let page = browser.leave_for_issuer("/sign-in").await;
        world.clock.pass(SignedDuration::from_secs(601));
        let answered = browser.enter_password(&page, "ada", PASSWORD).await;
        let arrived = browser.get(&path_of(answered.header("location"))).await;
        assert_eq!(arrived.status, 403);
        let mut slow = world.browser();
        let back = way_back(&mut slow, "ada", "/sign-in").await;
        world.clock.pass(SignedDuration::from_secs(61));
        assert_eq!(slow.get(&back).await.status, 403, "a code works for a minute");
    });
}

#[test]
fn the_issuer_redirects_to_its_one_address_and_takes_one_kind_of_request() {
    run(async {
        let world = World::start().await;
        let mut browser = world.browser();
        let page = browser.leave_for_issuer("/sign-in").await;
        let good = parameters(&page);
        let changed = |name: &str, value: &str| {
            let mut asked = good.clone();
            asked.insert(name.to_owned(), value.to_owned());
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish();
            format!("/issuer/authorize?{query}")
        };
        assert_eq!(browser.get(&changed("client_id", "clew")).await.status, 200);
        let origin = world.origin();
        let redirects = [
            "https://evil.example/sign-in/callback".to_owned(),
            format!("{origin}/sign-in/callback/"),
            format!("{origin}/sign-in/callback?x=1"),
            format!("{origin}/sign-in/../sign-in/callback"),
            format!("{origin}@evil.example/sign-in/callback"),
            format!("{}/sign-in/callback", origin.replace("localhost", "LOCALHOST")),
            format!("{}/sign-in/callback", origin.replace("localhost", "127.0.0.1")),
            String::new(),
        ];
        let wrong = redirects.iter().map(|address| changed("redirect_uri", address)).chain([
            changed("client_id", "other"),
            changed("response_type", "token"),
            changed("response_type", "code id_token"),
            changed("code_challenge_method", "plain"),
            changed("code_challenge", "short"),
            changed("scope", "profile"),
            format!("{page}&redirect_uri=https://evil.example"),
            format!("{page}&client_id=clew"),
        ]);
        for address in wrong {
            let refused = browser.get(&address).await;
            assert_eq!((refused.status, refused.header("location")), (400, ""), "{address}");
        }
    });
}

#[test]
fn a_token_is_given_for_the_right_verifier_once_and_a_stolen_refresh_ends_the_family() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let verifier = "v".repeat(64);
        let challenge = URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes()));
        let redirect = format!("{}/sign-in/callback", world.origin());
        let mut browser = world.browser();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("client_id", "clew"), ("redirect_uri", &redirect), ("response_type", "code")])
            .extend_pairs([("scope", "openid"), ("state", "s"), ("nonce", "n")])
            .extend_pairs([("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")])
            .finish();
        let page = format!("/issuer/authorize?{query}");
        let mut codes = Vec::new();
        for _ in 0..3 {
            let answered = browser.enter_password(&page, "ada", PASSWORD).await;
            codes.push(parameters(answered.header("location"))["code"].clone());
        }
        let trade = async |code: &str, verifier: &str, redirect: &str| {
            let fields = [
                ("grant_type", "authorization_code"),
                ("client_id", "clew"),
                ("code", code),
                ("code_verifier", verifier),
                ("redirect_uri", redirect),
            ];
            world.browser().post_form("/issuer/token", &fields).await
        };
        assert_eq!(trade(&codes[0], "wrong", &redirect).await.json()["error"], "invalid_grant");
        assert_eq!(trade(&codes[0], &verifier, &redirect).await.status, 400, "a code has one try");
        let given = trade(&codes[1], &verifier, &redirect).await;
        assert_eq!(given.status, 200, "{}", given.text());
        let given = given.json()["refresh_token"].clone();
        assert_eq!(trade(&codes[1], &verifier, &redirect).await.status, 400, "a code works once");

        let refresh = async |token: &Value| {
            let token = token.as_str().expect("a token");
            let fields = [("grant_type", "refresh_token"), ("client_id", "clew"), ("refresh_token", token)];
            world.browser().post_form("/issuer/token", &fields).await
        };
        assert_eq!(refresh(&given).await.status, 400, "and what it gave ends when it comes twice");
        let first = trade(&codes[2], &verifier, &redirect).await.json()["refresh_token"].clone();
        let second = refresh(&first).await.json()["refresh_token"].clone();
        assert_ne!(first, second, "it rotates");
        assert_eq!(refresh(&first).await.json()["refresh_token"], second, "whoever did not get the answer asks again");
        world.clock.pass(SignedDuration::from_secs(11));
        assert_eq!(refresh(&first).await.status, 400, "the thief or the owner: one of them used it before");
        assert_eq!(refresh(&second).await.status, 400, "so the whole family ends");
    });
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    server::hash::sha256(bytes)
}

#[test]
fn the_password_form_of_another_page_is_refused() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut browser = world.browser();
        let page = browser.leave_for_issuer("/sign-in").await;
        let (_, request) = page.split_once('?').expect("a query");
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("request", request), ("name", "ada"), ("password", PASSWORD)])
            .finish();
        for site in ["cross-site", "same-site", "none"] {
            let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", site)];
            let reply = browser.send("POST", "/issuer/authorize", &headers, form.as_bytes()).await;
            assert_eq!(reply.status, 400, "{site}");
        }
        // A browser too old to say which site it comes from names at least the origin.
        let own = world.origin();
        for (origin, expected) in [("https://evil.example", 400), (own.as_str(), 303)] {
            let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", origin)];
            let reply = browser.send("POST", "/issuer/authorize", &headers, form.as_bytes()).await;
            assert_eq!(reply.status, expected, "{origin}");
        }
        let large = browser.post_form("/issuer/authorize", &[("password", &"a".repeat(20_000))]).await;
        assert_eq!(large.status, 413);
    });
}

#[test]
fn after_signing_in_one_lands_on_a_page_of_ours_whatever_was_asked_for() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let table = [
            ("/p/bank/o/person/1%20a?x=1", "/p/bank/o/person/1%20a?x=1"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("javascript:alert(1)", "/"),
            ("\\\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            (" //evil.example", "/"),
            ("/a\r\nset-cookie: x=1", "/"),
            ("evil.example", "/"),
            ("", "/"),
        ];
        for (asked, expected) in table {
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("return", asked).finish();
            let mut browser = world.browser();
            let back = way_back(&mut browser, "ada", &format!("/sign-in?{query}")).await;
            assert_eq!(browser.get(&back).await.header("location"), expected, "{asked:?}");
        }
    });
}

#[test]
fn a_session_ends_when_it_is_idle_and_at_its_end_whatever_is_done() {
    run(async {
        let world = World::start().await;
        let mut idle = world.signed_in("idle", &["Task.Read"]).await;
        let mut busy = world.signed_in("busy", &["Task.Read"]).await;
        world.clock.pass(SignedDuration::from_mins(29));
        assert!(is_signed_in(&mut idle).await && is_signed_in(&mut busy).await);
        world.clock.pass(SignedDuration::from_mins(31));
        assert!(!is_signed_in(&mut idle).await, "half an hour without a request");
        world.clock.pass(SignedDuration::from_mins(-31));
        assert!(!is_signed_in(&mut idle).await, "a session that has ended does not come back");

        // 29 minutes and 46 quarters of an hour: one minute less than 12 hours.
        for quarter in 0..46 {
            assert!(is_signed_in(&mut busy).await, "quarter {quarter}");
            world.clock.pass(SignedDuration::from_mins(15));
        }
        assert!(is_signed_in(&mut busy).await, "11 hours and 59 minutes");
        world.clock.pass(SignedDuration::from_mins(2));
        assert!(!is_signed_in(&mut busy).await, "12 hours after signing in");
    });
}

#[test]
fn signing_out_ends_the_session_on_the_server() {
    run(async {
        let world = World::start().await;
        let mut browser = world.signed_in("ada", &["Task.Read"]).await;
        let copy = browser.cookies.clone();
        let out = browser.call("sign_out", &json!({})).await;
        assert_eq!((out.status, out.header("clear-site-data")), (200, "\"cache\", \"storage\""));
        let taken: Vec<&str> = out.cookies().filter(|cookie| cookie.starts_with("clew_sid=;")).collect();
        assert!(taken.len() == 1 && taken[0].contains("Max-Age=0"), "{taken:?}");
        let provider = out.json()["provider"].as_str().expect("a page").to_owned();
        assert!(provider.starts_with(&format!("{}/issuer/sign-out?", world.origin())));
        browser.cookies = copy;
        assert!(!is_signed_in(&mut browser).await, "a copied cookie is worth nothing");
        let left = browser.get(&path_of(&provider)).await;
        assert_eq!((left.status, left.header("location")), (303, format!("{}/", world.origin()).as_str()));
        let elsewhere = browser.get("/issuer/sign-out?post_logout_redirect_uri=https://evil.example/").await;
        assert_eq!(elsewhere.header("location"), "");
    });
}

#[test]
fn a_new_sign_in_gives_a_new_session_and_ends_the_old_one_of_this_browser() {
    run(async {
        let world = World::start().await;
        let mut browser = world.signed_in("ada", &["Task.Read"]).await;
        let old = browser.cookies.clone();
        assert_eq!(browser.sign_in("ada", PASSWORD).await.status, 303);
        assert_ne!(browser.cookies, old);
        assert!(is_signed_in(&mut browser).await);
        browser.cookies = old;
        assert!(!is_signed_in(&mut browser).await);
    });
}

#[test]
fn a_forged_cookie_is_nobody() {
    run(async {
        let world = World::start().await;
        let good = world.signed_in("ada", &["Task.Read"]).await.cookies["clew_sid"].clone();
        let mut last = good.clone();
        let flipped = if last.pop() == Some('A') { "E" } else { "A" };
        let forged = [
            String::new(),
            "x".to_owned(),
            "A".repeat(43),
            format!("{last}{flipped}"),
            format!("{good}="),
            good.to_lowercase(),
            "../../etc/passwd".to_owned(),
            "%00".to_owned(),
            "a".repeat(8_000),
        ];
        for cookie in forged {
            let mut browser = world.browser();
            browser.cookies.insert("clew_sid".to_owned(), cookie.clone());
            assert!(!is_signed_in(&mut browser).await, "{cookie}");
        }
        let mut twice = world.browser();
        twice.cookies.insert("clew_sid".to_owned(), format!("{good}; clew_sid={good}"));
        assert!(!is_signed_in(&mut twice).await, "no browser sends a cookie twice");
        let mut other_name = world.browser();
        other_name.cookies.insert("__Host-clew_sid".to_owned(), good);
        assert!(!is_signed_in(&mut other_name).await, "which cookie counts is decided by the public address");
    });
}

#[test]
fn an_ended_and_a_forged_session_are_told_to_sign_in_and_that_nothing_is_lost() {
    run(async {
        let world = World::start().await;
        let good = world.signed_in("ada", &["Task.Read"]).await;
        let forged = |cookie: &str| {
            let mut browser = good.clone();
            browser.cookies.insert("clew_sid".to_owned(), cookie.to_owned());
            browser
        };
        let mut left = world.signed_in("bob", &["Task.Read"]).await;
        assert_eq!(left.clone().call("sign_out", &json!({})).await.status, 200);
        let query = json!({ "project": "bank", "query": { "from": { "objects": "a" }, "answer": "count" } });
        let mut told = vec![
            ("nobody", world.browser().call("who_am_i", &json!({})).await),
            ("forged", forged(&"A".repeat(43)).call("who_am_i", &json!({})).await),
            ("no cookie of ours", forged("../../etc/passwd").post_json("/api/stream/run_query", &query).await),
            ("signed out", left.call("who_am_i", &json!({})).await),
        ];
        world.clock.pass(SignedDuration::from_hours(13));
        told.push(("ended", good.clone().call("who_am_i", &json!({})).await));
        told.push(("ended, with a file", good.clone().post_json("/api/download/export_rows", &query).await));
        told.push((
            "ended, with an upload",
            good.clone().upload(&json!({ "project": "bank", "name": "a.csv" }), b"a\n1\n").await,
        ));
        for (what, reply) in told {
            assert_eq!(reply.verdict(), "401 signed_out", "{what}: {}", reply.text());
            let fault = reply.json();
            assert_eq!(fault["sentence"], "Nobody is signed in, or the session has ended.", "{what}");
            assert_eq!(fault["remedy"], "Sign in again; your work is kept.", "{what}");
        }
    });
}

#[test]
fn a_link_that_sets_a_password_works_once_and_no_other_link_of_the_person_does() {
    run(async {
        let world = World::start().await;
        let issuer = world.server.sign_in.issuer().expect("the embedded issuer");
        let person = || NewPerson { name: "ada".to_owned(), email: None, roles: vec!["Task.Read".to_owned()] };
        let first = path_of(&issuer.add_person(person()).await.expect("a link"));
        let second = path_of(&issuer.add_person(person()).await.expect("a link"));
        let mut browser = world.browser();
        assert!(browser.get(&second).await.text().contains("For ada."));
        assert_eq!(browser.get(&first).await.status, 410, "the newest one counts");
        let set = async |link: &str, password: &str, again: &str| {
            let link = parameters(link)["link"].clone();
            let fields = [("link", link.as_str()), ("password", password), ("again", again)];
            world.browser().post_form("/issuer/password", &fields).await
        };
        for (weak, said) in [
            ("short", "at least 12 characters"),
            ("password2026", "guessed early"),
            ("ada-ada-ada-ada", "guessed early"),
        ] {
            let refused = set(&second, weak, weak).await;
            assert_eq!(refused.status, 422, "{weak}");
            assert!(refused.text().contains(said), "{weak}: {}", refused.text());
        }
        assert_eq!(set(&second, PASSWORD, "something else 123").await.status, 422);
        assert_eq!(set(&second, PASSWORD, PASSWORD).await.status, 200);
        assert_eq!(set(&second, "another password", "another password").await.status, 410, "once");
        assert_eq!(set(&first, "another password", "another password").await.status, 410, "an older link is dead too");
        assert_eq!(browser.get(&first).await.status, 410);
        assert_eq!(browser.get("/issuer/password?link=forged").await.status, 410);
        assert_eq!(browser.sign_in("ada", PASSWORD).await.status, 303);
        assert!(issuer.add_person(person()).await.is_err(), "a name is taken once it can sign in");
    });
}

#[test]
fn a_link_that_sets_a_password_works_for_a_day() {
    run(async {
        let world = World::start().await;
        let issuer = world.server.sign_in.issuer().expect("the embedded issuer");
        let person = NewPerson { name: "ada".to_owned(), email: None, roles: vec!["Task.Read".to_owned()] };
        let link = path_of(&issuer.add_person(person).await.expect("a link"));
        world.clock.pass(SignedDuration::from_hours(24));
        assert_eq!(world.browser().get(&link).await.status, 200);
        world.clock.pass(SignedDuration::from_secs(1));
        assert_eq!(world.browser().get(&link).await.status, 410);
    });
}

#[test]
fn the_set_up_address_makes_one_instance_manager_and_is_dead_as_soon_as_somebody_can_sign_in() {
    run(async {
        let world = World::start().await;
        let link = || async { world.server.sign_in.set_up_link().await.expect("the store") };
        let (first, second) = (link().await.expect("a link"), link().await.expect("a link"));
        let fields = |link: &str| parameters(link)["link"].clone();
        world.add_person("someone", &["Task.Read"]).await;
        assert_eq!(link().await, None, "somebody can sign in");
        for dead in [first, second] {
            let token = fields(&dead);
            let form = [("link", token.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
            assert_eq!(world.browser().post_form("/issuer/password", &form).await.status, 410);
        }

        let fresh = World::start().await;
        let link = fresh.server.sign_in.set_up_link().await.expect("the store").expect("a link");
        let token = fields(&link);
        let form = [("link", token.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
        let mut browser = fresh.browser();
        assert_eq!(browser.post_form("/issuer/password", &form).await.status, 200);
        assert_eq!(browser.sign_in("admin", PASSWORD).await.status, 303);
        let me = browser.call("who_am_i", &json!({})).await.json();
        assert_eq!(me["caller"]["roles"], json!(["Task.Manage", "Task.Read"]));
    });
}

#[test]
fn whoever_has_no_role_of_clew_is_known_but_not_let_in() {
    run(async {
        let world = World::start().await;
        for roles in [&[][..], &["Bank.Analyst"], &["Task.Orchestrate"], &["task.read"]] {
            let name = format!("person-{}", roles.join("-"));
            world.add_person(&name, roles).await;
            let mut browser = world.browser();
            let arrived = browser.sign_in(&name, PASSWORD).await;
            assert_eq!(arrived.status, 403, "{roles:?}");
            assert!(arrived.text().contains("no role that lets you in"), "{roles:?}");
            assert!(browser.cookies.is_empty(), "{roles:?}");
            assert_eq!(world.audit(1).await[0].outcome.as_str(), "denied");
        }
    });
}

#[test]
fn whoever_signs_in_for_the_first_time_in_two_browsers_at_once_is_one_person() {
    run(async {
        let world = World::start().await;
        for name in ["ada", "bob", "eve", "kim"] {
            world.add_person(name, &["Task.Read"]).await;
            let (mut one, mut other) = (world.browser(), world.browser());
            let (first, second) = tokio::join!(one.sign_in(name, PASSWORD), other.sign_in(name, PASSWORD));
            assert_eq!((first.status, second.status), (303, 303), "{} {}", first.text(), second.text());
            assert_eq!(one.person().await, other.person().await, "{name}");
        }
    });
}

#[test]
fn a_grant_to_an_address_binds_to_the_first_person_who_comes_with_it() {
    run(async {
        let world = World::start().await;
        let mut bank = crate::world::project("bank", &"somebody-else".to_owned().try_into().expect("an id"));
        let to = access::Grantee::Email("ADA@example.org".to_owned());
        bank.grants.push(access::Grant { to, role: access::ProjectRole::Read });
        world.put_project(&bank).await;
        let mut ada = world.signed_in("ada", &["Task.Read"]).await;
        assert_eq!(ada.call("read_project", &json!({ "project": "bank" })).await.status, 200);
        let mut bob = world.signed_in("bob", &["Task.Read"]).await;
        assert_eq!(bob.call("read_project", &json!({ "project": "bank" })).await.status, 404);
        let person = ada.person().await;
        let config = world.server.keeper.current();
        let kept = config.project(&"bank".to_owned().try_into().expect("an id")).expect("a project");
        assert!(kept.project.grants.contains(&crate::world::grant(&person, access::ProjectRole::Read)));
    });
}
