//! The desktop program's sign-in, as transcripts: the browser asks who somebody is, the program trades a code for a token and
//! each token for the next.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::{Value, json};
use server::hash::sha256;
use wire::desktop::{Asked, Loopback, PATH, ROTATE_PATH, TRADE_PATH};

use crate::sign_in::is_signed_in;
use crate::world::{Browser, PASSWORD, Reply, World, path_of, run};

/// The program: it has no cookies, and what it sends is from no page.
pub(crate) struct Program {
    browser: Browser,
    verifier: String,
}

impl Program {
    pub(crate) fn new(world: &World) -> Self {
        Self { browser: world.browser(), verifier: "v".repeat(43) }
    }

    fn asked(&self) -> Asked {
        let challenge = URL_SAFE_NO_PAD.encode(sha256(self.verifier.as_bytes()));
        Asked { host: Loopback::V4, port: 51_000, challenge, state: "state-of-the-program-22".to_owned() }
    }

    async fn post(&mut self, path: &str, token: Option<&str>, body: &Value) -> Reply {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("content-type", "application/json"), ("clew-wire", "1")];
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        self.browser.send("POST", path, &headers, body.to_string().as_bytes()).await
    }

    async fn trade(&mut self, code: &str) -> Reply {
        let trade = json!({ "code": code, "verifier": self.verifier });
        self.post(TRADE_PATH, None, &trade).await
    }

    pub(crate) async fn rotate(&mut self, token: &str) -> Reply {
        self.post(ROTATE_PATH, Some(token), &json!({})).await
    }

    async fn who(&mut self, token: &str) -> Reply {
        self.post("/api/call/who_am_i", Some(token), &json!({})).await
    }

    /// Signs in, all the way; gives the token.
    pub(crate) async fn sign_in(&mut self, world: &World, name: &str) -> String {
        let code = code(&page(&mut world.browser(), &self.asked(), name).await);
        token(&self.trade(&code).await)
    }
}

fn token(granted: &Reply) -> String {
    assert_eq!(granted.status, 200, "{}", granted.text());
    granted.json()["token"].as_str().expect("a token").to_owned()
}

/// Signs in in the browser, as far as the page that asks whether the program may go on.
async fn page(browser: &mut Browser, asked: &Asked, name: &str) -> String {
    let issuer = browser.leave_for_issuer(&format!("{PATH}?{}", asked.query())).await;
    let answered = browser.enter_password(&issuer, name, PASSWORD).await;
    let arrived = browser.get(&path_of(answered.header("location"))).await;
    assert_eq!(arrived.status, 200, "{}", arrived.text());
    arrived.text()
}

/// Where the page's button leads.
fn back(page: &str) -> String {
    let (_, behind) = page.split_once("class=\"button\" href=\"").expect("a button");
    behind.split('"').next().expect("an address").replace("&amp;", "&")
}

fn code(page: &str) -> String {
    let back = url::Url::parse(&back(page)).expect("an address");
    back.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned()
}

#[test]
fn the_browser_signs_in_and_the_program_has_the_session() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read", "Bank.Analyst"]).await;
        let (mut program, mut browser) = (Program::new(&world), world.browser());
        let asked = program.asked();
        let page = page(&mut browser, &asked, "ada").await;
        assert!(page.contains("You are ada") && page.contains(&asked.number()), "{page}");
        let back = back(&page);
        assert!(
            back.starts_with("http://127.0.0.1:51000/cb?code=") && back.ends_with(&format!("&state={}", asked.state))
        );
        assert!(!is_signed_in(&mut browser).await, "the browser got no session");

        let granted = program.trade(&code(&page)).await;
        let token = token(&granted);
        assert_eq!(granted.json()["name"], "ada");
        assert_eq!(granted.cookies().count(), 0);
        let me = program.who(&token).await;
        assert_eq!(me.json()["caller"]["roles"], json!(["Bank.Analyst", "Task.Read"]), "{}", me.text());
        let calls: Vec<String> = world.audit(10).await.into_iter().map(|entry| entry.call).collect();
        assert!(calls.starts_with(&["sign_in_desktop".to_owned(), "sign_in".to_owned()]), "{calls:?}");
    });
}

#[test]
fn a_code_works_once_for_five_minutes_and_for_whoever_knows_the_verifier() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut program = Program::new(&world);
        let asked = program.asked();
        let again = code(&page(&mut world.browser(), &asked, "ada").await);
        assert_eq!(program.trade(&again).await.status, 200);
        assert_eq!(program.trade(&again).await.verdict(), "401 signed_out", "a second time");

        let late = code(&page(&mut world.browser(), &asked, "ada").await);
        world.clock.pass(SignedDuration::from_secs(301));
        assert_eq!(program.trade(&late).await.verdict(), "401 signed_out", "too late");

        let stolen = code(&page(&mut world.browser(), &asked, "ada").await);
        let mut thief = Program { verifier: "w".repeat(43), ..Program::new(&world) };
        assert_eq!(thief.trade(&stolen).await.verdict(), "401 signed_out", "another verifier");
        assert_eq!(program.trade(&stolen).await.verdict(), "401 signed_out", "it was tried, so it is used up");
        assert_eq!(program.trade("made-up").await.verdict(), "401 signed_out");
    });
}

#[test]
fn a_code_ends_with_the_sessions_of_its_person_and_its_roles_are_as_old_as_the_sign_in() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut program = Program::new(&world);
        let ended = code(&page(&mut world.browser(), &program.asked(), "ada").await);
        assert_eq!(manager.call("end_all_sessions", &json!({})).await.status, 200);
        assert_eq!(program.trade(&ended).await.verdict(), "401 signed_out");

        world.clock.pass(SignedDuration::from_secs(1));
        let late = code(&page(&mut world.browser(), &program.asked(), "ada").await);
        let people = &world.server.sign_in.issuer().expect("the embedded issuer").people;
        people.set_roles("manager", "ada", Vec::new()).await.expect("a person");
        world.clock.pass(SignedDuration::from_mins(5));
        let token = token(&program.trade(&late).await);
        assert_ne!(
            program.who(&token).await.status,
            200,
            "the issuer is asked before the roles are older than five minutes"
        );
    });
}

#[test]
fn the_next_token_takes_the_place_of_the_last_one_once_it_is_used() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut program = Program::new(&world);
        let first = program.sign_in(&world, "ada").await;
        let lost = token(&program.rotate(&first).await);
        assert_eq!(program.who(&first).await.status, 200, "the answer may have been lost");
        let second = token(&program.rotate(&first).await);
        assert_eq!(program.who(&lost).await.verdict(), "401 signed_out", "one takes the place, not two");
        let sessions = program.post("/api/call/my_sessions", Some(&first), &json!({})).await.json();
        assert_eq!(sessions.as_array().map(Vec::len), Some(1), "it is one session: {sessions}");

        assert_eq!(program.who(&second).await.status, 200);
        assert_eq!(program.who(&first).await.verdict(), "401 signed_out", "it was replaced");
        assert_eq!(program.rotate(&first).await.verdict(), "401 signed_out");
        let moved = program.post("/api/call/my_sessions", Some(&second), &json!({})).await.json();
        assert_eq!(moved[0]["ends"], sessions[0]["ends"], "a new token lengthens nothing");
    });
}

#[test]
fn a_session_that_is_ended_takes_the_token_that_nobody_has_used_with_it() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut program = Program::new(&world);
        let first = program.sign_in(&world, "ada").await;
        let second = token(&program.rotate(&first).await);
        assert_eq!(program.post("/api/call/sign_out", Some(&first), &json!({})).await.status, 200);
        assert_eq!(program.who(&second).await.verdict(), "401 signed_out");
        assert_eq!(program.who(&first).await.verdict(), "401 signed_out");
    });
}

#[test]
fn a_cookie_is_no_token_and_a_token_no_cookie() {
    run(async {
        let world = World::start().await;
        let mut browser = world.signed_in("ada", &["Task.Read"]).await;
        let mut program = Program::new(&world);
        let token = program.sign_in(&world, "ada").await;
        let cookie = browser.cookies.get("clew_sid").expect("a session").clone();
        assert_eq!(program.who(&cookie).await.verdict(), "401 signed_out");
        assert_eq!(program.rotate(&cookie).await.verdict(), "401 signed_out");
        let mut other = world.browser();
        other.cookies.insert("clew_sid".to_owned(), token.clone());
        assert!(!is_signed_in(&mut other).await);
        program.browser.cookies.insert("clew_sid".to_owned(), cookie);
        assert_eq!(program.who(&token).await.verdict(), "401 signed_out", "both at once are neither");
        assert!(is_signed_in(&mut browser).await);
    });
}

#[test]
fn what_asks_in_a_wrong_way_leads_nowhere() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut program = Program::new(&world);
        let asked = program.asked();
        let good = asked.query();
        let wrong = [
            good.replace("port=51000", "port=80"),
            good.replace("port=51000", "port=70000"),
            good.replace("host=4", "host=evil.example"),
            good.replace(&asked.challenge, "short"),
            good.replace(&asked.state, "a%22%20onclick%3D%22alert(1)"),
            format!("{good}&port=51001"),
            String::new(),
        ];
        for wrong in wrong {
            let refused = world.browser().get(&format!("{PATH}?{wrong}")).await;
            assert_eq!(refused.status, 400, "{wrong}: {}", refused.text());
            assert_eq!(refused.header("location"), "", "{wrong}");
        }
        let code = code(&page(&mut world.browser(), &asked, "ada").await);
        let trade = json!({ "code": code, "verifier": program.verifier });
        let from_page = world.browser().post_json(TRADE_PATH, &trade).await;
        assert_eq!(from_page.verdict(), "403 forbidden", "a page gets no token");
        assert_eq!(program.trade(&code).await.status, 200, "and uses no code up");
    });
}
