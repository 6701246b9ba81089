//! Clew and independent, certified implementations of OpenID Connect: a provider that signs people in here, and a client
//! of the embedded issuer.

use jiff::SignedDuration;
use serde_json::{Value, json};
use server::world::{Clock as _, SystemClock};

use crate::node::{self, Node};
use crate::world::{Browser, PASSWORD, World, path_of, run};

const PROVIDER: &str = include_str!("../oidc/provider.mjs");
const CLIENT: &str = include_str!("../oidc/client.mjs");

/// The certified provider (npm's oidc-provider).
struct Provider {
    node: Node,
}

impl Provider {
    fn start() -> Self {
        Self { node: Node::start(PROVIDER) }
    }

    fn origin(&self) -> String {
        format!("http://localhost:{}", self.node.port)
    }

    /// A browser that the provider does not know.
    fn browser(&self) -> Browser {
        Browser { port: self.node.port, cookies: Default::default() }
    }

    async fn set(&self, changes: &Value) {
        assert_eq!(self.browser().post_json("/test/set", changes).await.status, 200);
    }

    /// A Clew whose people sign in here, by the machine's clock, because the provider knows no other.
    async fn clew(&self) -> World {
        let issuer = self.origin();
        let world = World::start_with(&[
            ("CLEW_OIDC_ISSUER", issuer.as_str()),
            ("CLEW_OIDC_CLIENT_ID", "clew"),
            ("CLEW_OIDC_CLIENT_SECRET", "between clew and the provider, 32+"),
            ("CLEW_OIDC_ROLES_CLAIM", "realm.roles"),
        ])
        .await;
        set_to_now(&world);
        let origin = world.origin();
        self.set(&json!({ "redirects": [format!("{origin}/sign-in/callback")], "after": format!("{origin}/") })).await;
        world
    }

    /// Goes on from an address of the provider as a browser would, and fills in its forms, until it leads back to
    /// `world`; gives the address there and the number of forms.
    async fn walk(&self, there: &mut Browser, world: &World, address: &str, name: &str) -> (String, usize) {
        let base = url::Url::parse(&self.origin()).expect("an address");
        let mut reply = there.get(&path_of(address)).await;
        let mut forms = 0;
        for _ in 0..20 {
            let location = reply.header("location").to_owned();
            if location.is_empty() {
                forms += 1;
                reply = fill_in(there, &base, &reply.text(), name).await;
                continue;
            }
            let next = base.join(&location).expect("an address");
            if next.as_str().starts_with(&world.origin()) {
                return (path_of(next.as_str()), forms);
            }
            reply = there.get(&path_of(next.as_str())).await;
        }
        panic!("the provider leads nowhere: {} {}", reply.status, reply.text());
    }

    /// Signs in with a browser that may be known to the provider; gives the browser at Clew, the address that it came
    /// back to, and the number of forms on the way.
    async fn signed_in(&self, there: &mut Browser, world: &World, name: &str) -> (Browser, String, usize) {
        let mut here = world.browser();
        let left = here.get("/sign-in?return=/p/bank").await;
        assert_eq!(left.status, 303, "{}", left.text());
        let (back, forms) = self.walk(there, world, left.header("location"), name).await;
        let arrived = here.get(&back).await;
        assert_eq!((arrived.status, arrived.header("location")), (303, "/p/bank"), "{}", arrived.text());
        (here, back, forms)
    }
}

/// Sends the one form of a page, with a name and any password where it asks for them.
async fn fill_in(there: &mut Browser, base: &url::Url, page: &str, name: &str) -> crate::world::Reply {
    let between = |before: &str| Some(page.split_once(before)?.1.split_once('"')?.0);
    let action = between("action=\"").unwrap_or_else(|| panic!("no form: {page}"));
    let action = base.join(action).expect("an address");
    let hidden = |field: &str| between(&format!("name=\"{field}\" value=\"")).unwrap_or_default();
    let (prompt, xsrf) = (hidden("prompt"), hidden("xsrf"));
    let fields = [("prompt", prompt), ("xsrf", xsrf), ("login", name), ("password", "any"), ("logout", "yes")];
    there.post_form(&path_of(action.as_str()), &fields).await
}

fn set_to_now(world: &World) {
    world.clock.pass(SystemClock::new().now().duration_since(world.clock.now()));
}

/// A parameter of an address.
fn parameter(address: &str, name: &str) -> String {
    let base = url::Url::parse("http://localhost").expect("an address");
    let url = base.join(address).expect("an address");
    let found = url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    found.unwrap_or_default()
}

#[test]
fn people_sign_in_at_a_certified_provider_have_the_roles_of_its_claim_and_sign_out_there_too() {
    run(async {
        let provider = Provider::start();
        let world = provider.clew().await;
        provider.set(&json!({ "roles": { "ada": ["Task.Manage", "Bank.Analyst"] } })).await;
        let left = world.browser().get("/sign-in").await;
        let asked = |name: &str| parameter(left.header("location"), name);
        assert_eq!((asked("code_challenge_method").as_str(), asked("response_type").as_str()), ("S256", "code"));
        assert!(["state", "nonce", "code_challenge"].iter().all(|name| asked(name).len() >= 43), "{left:?}");

        let mut there = provider.browser();
        let (mut ada, _, forms) = provider.signed_in(&mut there, &world, "ada").await;
        assert_eq!(forms, 2, "who it is, and whether Clew may know");
        assert_eq!(ada.roles().await, json!(["Bank.Analyst", "Task.Manage"]));
        let me = ada.call("who_am_i", &json!({})).await.json();
        assert_eq!((&me["name"], &me["email"]), (&json!("ada"), &json!("ada@example.org")));
        let (_, _, forms) = provider.signed_in(&mut there, &world, "ada").await;
        assert_eq!(forms, 0, "the provider knows the browser");

        let goodbye = ada.call("sign_out", &json!({})).await.json();
        let address = goodbye["provider"].as_str().expect("where to sign out at the provider").to_owned();
        assert!(address.starts_with(&format!("{}/session/end?", provider.origin())), "{address}");
        assert_eq!(parameter(&address, "post_logout_redirect_uri"), format!("{}/", world.origin()));
        assert_eq!(parameter(&address, "id_token_hint").split('.').count(), 3, "{address}");
        assert_eq!(provider.walk(&mut there, &world, &address, "ada").await, ("/".to_owned(), 1));
        assert_eq!(ada.roles().await, json!("401 signed_out"));
        let (_, _, forms) = provider.signed_in(&mut there, &world, "ada").await;
        assert!(forms > 0, "the provider asks again who it is");
    });
}

#[test]
fn roles_follow_a_certified_provider_through_rotating_tokens_and_its_refusal_ends_the_session() {
    run(async {
        let provider = Provider::start();
        let world = provider.clew().await;
        provider.set(&json!({ "roles": { "ada": ["Task.Manage"] } })).await;
        let (mut ada, ..) = provider.signed_in(&mut provider.browser(), &world, "ada").await;
        for now in ["Task.Read", "Task.Audit", "Task.Manage"] {
            let before = ada.roles().await;
            provider.set(&json!({ "roles": { "ada": [now] } })).await;
            assert_eq!(ada.roles().await, before, "not asked at every request");
            world.clock.pass(SignedDuration::from_mins(6));
            assert_eq!(ada.roles().await, json!([now]), "every token works once, and the next was kept");
        }
        provider.set(&json!({ "gone": ["ada"] })).await;
        world.clock.pass(SignedDuration::from_mins(6));
        assert_eq!(ada.roles().await, json!("401 signed_out"));
    });
}

#[test]
fn a_certified_provider_that_is_to_ask_for_the_password_does_and_says_when() {
    run(async {
        let provider = Provider::start();
        let world = provider.clew().await;
        provider.set(&json!({ "roles": { "ada": ["Task.Read"], "mia": ["Task.Manage"] } })).await;
        let mut there = provider.browser();
        let (mut ada, ..) = provider.signed_in(&mut there, &world, "ada").await;
        let (mut mia, ..) = provider.signed_in(&mut provider.browser(), &world, "mia").await;
        world.clock.pass(SignedDuration::from_secs(30));
        let person = ada.person().await;
        assert_eq!(mia.call("end_sessions_of", &json!({ "person": person })).await.verdict(), "200");

        let mut here = world.browser();
        let left = here.get("/sign-in?return=/p/bank").await;
        let (back, forms) = provider.walk(&mut there, &world, left.header("location"), "ada").await;
        assert_eq!(forms, 0, "the provider remembers her");
        let again = here.get(&back).await.header("location").to_owned();
        assert!(again.contains("fresh=1"), "{again}");
        let left = here.get(&again).await;
        let (back, forms) = provider.walk(&mut there, &world, left.header("location"), "ada").await;
        assert!(forms > 0, "it asks for the password");
        let arrived = here.get(&back).await;
        assert_eq!((arrived.status, arrived.header("location")), (303, "/p/bank"), "{}", arrived.text());
        assert_eq!(here.roles().await, json!(["Task.Read"]));
    });
}

#[test]
fn a_certified_provider_that_changes_its_key_signs_nobody_out() {
    run(async {
        let provider = Provider::start();
        let world = provider.clew().await;
        provider.set(&json!({ "roles": { "ada": ["Task.Read"], "bob": ["Task.Read"] } })).await;
        let (mut ada, ..) = provider.signed_in(&mut provider.browser(), &world, "ada").await;
        provider.set(&json!({ "key": "second" })).await;
        provider.signed_in(&mut provider.browser(), &world, "bob").await;
        world.clock.pass(SignedDuration::from_mins(6));
        assert_eq!(ada.roles().await, json!(["Task.Read"]));
    });
}

#[test]
fn a_replayed_code_and_an_answer_of_another_issuer_sign_nobody_in() {
    run(async {
        let provider = Provider::start();
        let world = provider.clew().await;
        provider.set(&json!({ "roles": { "ada": ["Task.Read"] } })).await;
        let (mut ada, back, _) = provider.signed_in(&mut provider.browser(), &world, "ada").await;
        assert_eq!(ada.get(&back).await.status, 403, "a sign-in is used up");
        assert_eq!(ada.roles().await, json!(["Task.Read"]), "and nobody is signed out for trying");

        let (code, issuer) = (parameter(&back, "code"), parameter(&back, "iss"));
        assert_eq!(issuer, provider.origin(), "the provider names itself on the way back");
        let table = [
            ("a code that was used", Some(issuer.as_str()), "could not be confirmed"),
            ("another issuer", Some("http://localhost:1"), "another sign-in service"),
            ("no issuer, where the provider promised to name itself", None, "another sign-in service"),
        ];
        for (what, issuer, sentence) in table {
            let mut mallory = world.browser();
            let left = mallory.get("/sign-in").await;
            let state = parameter(left.header("location"), "state");
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("code", &code).append_pair("state", &state);
            issuer.into_iter().for_each(|issuer| {
                query.append_pair("iss", issuer);
            });
            let refused = mallory.get(&format!("/sign-in/callback?{}", query.finish())).await;
            assert_eq!((refused.status, refused.text().contains(sentence)), (403, true), "{what}: {}", refused.text());
            assert!(mallory.cookies.is_empty(), "{what}: {:?}", mallory.cookies);
        }
        assert_eq!(ada.roles().await, json!(["Task.Read"]), "and she is signed in as before");
    });
}

#[test]
fn the_embedded_issuer_gives_a_certified_client_what_the_standard_promises_and_no_more() {
    run(async {
        let world = World::start().await;
        set_to_now(&world);
        world.add_person("ada", &["Task.Read", "Task.Manage"]).await;
        let (issuer, redirect) = (format!("{}/issuer", world.origin()), format!("{}/sign-in/callback", world.origin()));
        let settings = [("ISSUER", issuer.as_str()), ("REDIRECT", &redirect), ("NAME", "ada"), ("PASSWORD", PASSWORD)];
        let found = node::told(CLIENT, &settings);
        let expected = json!({
            "issuer_is_exact": true, "pkce_methods": ["S256"], "announces_iss": true, "iss_in_answer": true,
            "name": "ada", "roles": ["Task.Read", "Task.Manage"],
            "code_again": "invalid_grant", "given_before": "invalid_grant",
            "wrong_verifier": "invalid_grant", "code_after_wrong_verifier": "invalid_grant",
            "proved_by": [["pwd"], "1"],
            "refresh_rotates": true, "same_subject": true, "same_for_a_moment": true,
            "used_refresh": "invalid_grant", "family_after_reuse": "invalid_grant",
            "plain": [400, null], "without_pkce": [400, null], "without_method": [400, null],
            "wrong_redirect": [400, null], "longer_redirect": [400, null], "implicit": [400, null],
            "form_from_elsewhere": 400,
        });
        assert_eq!(found, expected);
    });
}
