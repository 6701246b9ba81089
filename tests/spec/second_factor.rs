//! The second step at sign-in: a telephone that shows codes, recovery codes, and what happens when both are lost. The codes
//! are computed here, from what the page shows.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::SignedDuration;
use serde_json::{Value, json};
use server::world::{Clock as _, SystemClock};
use sha1::Sha1;

use crate::program::Place;
use crate::secrets::{assert_absent, set_up_link};
use crate::sign_in::is_signed_in;
use crate::world::{Browser, PASSWORD, Reply, World, path_of, run};

/// A telephone with an authenticator application.
#[derive(Clone)]
pub(crate) struct Telephone(Vec<u8>);

impl Telephone {
    /// Reads the secret that a page shows to be typed.
    pub(crate) fn of(page: &Reply) -> Self {
        let text = page.text();
        let shown = between(&text, "<code>", "</code>").replace(' ', "");
        let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
        for letter in shown.chars() {
            let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).expect("base32");
            held = (held << 5) | u32::try_from(value).expect("five bits");
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                bytes.push(u8::try_from((held >> bits) & 255).expect("a byte"));
            }
        }
        assert_eq!(bytes.len(), 20, "160 bits: {shown}");
        Self(bytes)
    }

    /// What it shows so many steps of thirty seconds from now (RFC 6238).
    pub(crate) fn code(&self, world: &World, steps: i64) -> String {
        self.code_at(world.clock.now().as_second() + 30 * steps)
    }

    fn code_at(&self, seconds: i64) -> String {
        let step = u64::try_from(seconds / 30).expect("after 1970");
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).expect("a key");
        mac.update(&step.to_be_bytes());
        let mark = mac.finalize().into_bytes();
        let start = usize::from(mark[19] & 15);
        let number = u32::from_be_bytes(mark[start..start + 4].try_into().expect("four")) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before}: {text}")).1;
    rest.split_once(after).expect("an end").0
}

/// What the next form of a page carries.
pub(crate) fn step(page: &Reply) -> String {
    between(&page.text(), "name=\"step\" value=\"", "\"").to_owned()
}

/// The answer to name and password; the browser has left for the issuer.
async fn password(browser: &mut Browser, name: &str) -> Reply {
    let page = browser.leave_for_issuer("/sign-in").await;
    browser.enter_password(&page, name, PASSWORD).await
}

async fn enter_code(browser: &mut Browser, step: &str, code: &str) -> Reply {
    browser.post_form("/issuer/code", &[("step", step), ("code", code)]).await
}

/// Goes back to Clew from the issuer's last answer.
async fn arrive(browser: &mut Browser, answer: &Reply) -> bool {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let back = path_of(answer.header("location"));
    browser.get(&back).await;
    is_signed_in(browser).await
}

fn recovery_codes(page: &Reply) -> Vec<String> {
    let text = page.text();
    let codes = text.split("<li><code>").skip(1).map(|rest| rest.split_once('<').expect("an end").0.to_owned());
    let codes: Vec<String> = codes.collect();
    assert_eq!(codes.len(), 10, "{text}");
    codes
}

/// Signs somebody in who has no telephone yet, all the way; gives the browser, the telephone and the recovery codes.
pub(crate) async fn enrolled(world: &World, name: &str) -> (Browser, Telephone, Vec<String>) {
    let mut browser = world.browser();
    let shown = password(&mut browser, name).await;
    assert!(shown.text().contains("Set up the second step"), "{} {}", shown.status, shown.text());
    let telephone = Telephone::of(&shown);
    let fields = [("step", &*step(&shown)), ("code", &*telephone.code(world, 0))];
    let kept = browser.post_form("/issuer/code/confirm", &fields).await;
    let codes = recovery_codes(&kept);
    let on = browser.post_form("/issuer/code/go-on", &[("step", &step(&kept))]).await;
    assert!(arrive(&mut browser, &on).await);
    world.clock.pass(SignedDuration::from_secs(30));
    (browser, telephone, codes)
}

pub(crate) async fn world_of(whom: &str) -> World {
    World::start_with(&[("CLEW_LOCAL_SECOND_FACTOR", whom)]).await
}

/// Everything that the audit log has, as text.
async fn written(world: &World) -> String {
    let entries = world.audit(200).await;
    entries
        .iter()
        .map(|entry| format!("{} {} {}\n", entry.person, entry.call, String::from_utf8_lossy(&entry.details)))
        .collect()
}

#[test]
fn a_manager_sets_up_a_telephone_after_the_password_and_its_code_is_asked_for_from_then_on() {
    run(async {
        let world = world_of("managers").await;
        world.add_person("ada", &["Task.Manage", "Task.Read"]).await;
        let mut browser = world.browser();
        let shown = password(&mut browser, "ada").await;
        let text = shown.text();
        assert_eq!((shown.status, shown.header("location"), shown.header("cache-control")), (200, "", "no-store"));
        assert!(text.contains("href=\"otpauth://totp/Clew%20localhost:ada?secret="), "{text}");
        let picture = between(&text, "src=\"data:image/svg+xml;base64,", "\"");
        let picture = String::from_utf8(STANDARD.decode(picture).expect("base64")).expect("text");
        assert!(picture.starts_with("<svg ") && picture.contains("M4 4h1v1h-1z"), "its first square: {picture}");
        assert!(shown.header("content-security-policy").contains("img-src 'self' data:"));
        assert!(!text.contains("<script") && !text.contains(" style=") && !text.contains("onclick"));
        let telephone = Telephone::of(&shown);
        let confirm = async |browser: &mut Browser, step: &str, code: &str| {
            browser.post_form("/issuer/code/confirm", &[("step", step), ("code", code)]).await
        };
        let wrong = confirm(&mut browser, &step(&shown), "000000").await;
        assert_eq!((wrong.status, Telephone::of(&wrong).0), (401, telephone.0.clone()), "the same secret once more");
        let code = telephone.code(&world, 0);
        let kept = confirm(&mut browser, &step(&shown), &code).await;
        assert_eq!(kept.status, 200, "{}", kept.text());
        let codes = recovery_codes(&kept);
        assert!(!browser.cookies.contains_key("clew_sid"), "not signed in yet");
        let on = browser.post_form("/issuer/code/go-on", &[("step", &step(&kept))]).await;
        assert!(arrive(&mut browser, &on).await);

        let mut other = world.browser();
        let asked = password(&mut other, "ada").await;
        assert!(asked.status == 200 && asked.text().contains("Enter the code"), "{}", asked.text());
        let refused = enter_code(&mut other, &step(&asked), &code).await;
        assert_eq!(refused.status, 401, "a code works once");
        world.clock.pass(SignedDuration::from_secs(30));
        let typed = telephone.code(&world, 0);
        let typed = format!(" {} {} ", &typed[..3], &typed[3..]);
        let on = enter_code(&mut other, &step(&asked), &typed).await;
        assert!(arrive(&mut other, &on).await, "however it is grouped");

        let log = written(&world).await;
        let entry = log.lines().find(|line| line.starts_with("oneself set_second_factor")).expect("written down");
        assert!(entry.contains("\"name\":\"ada\"") && entry.contains("\"second_factor\":true"), "{entry}");
        let secret = between(&text, "<code>", "</code>").replace(' ', "");
        assert!(!log.contains(&secret) && codes.iter().all(|code| !log.contains(code)), "no secret is written down");
    });
}

#[test]
fn the_setting_says_of_whom_a_second_step_is_demanded_and_who_has_one_is_asked_in_any_case() {
    run(async {
        let table: [(&str, &[&str], bool); 8] = [
            ("managers", &["Task.Manage"], true),
            ("managers", &["Task.Read", "Task.Audit"], true),
            ("managers", &["Task.Read", "Bank.Task.Manage"], false),
            ("managers", &[], false),
            ("everybody", &["Task.Read"], true),
            ("everybody", &[], true),
            ("nobody", &["Task.Manage", "Task.Audit"], false),
            ("nobody", &["Task.Read"], false),
        ];
        for (whom, roles, demanded) in table {
            let world = world_of(whom).await;
            world.add_person("ada", roles).await;
            let answer = password(&mut world.browser(), "ada").await;
            assert_eq!(answer.status == 200, demanded, "{whom} {roles:?}: {}", answer.text());
        }
        let world = world_of("nobody").await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut browser = world.browser();
        assert!(browser.get("/issuer/second-step?name=ada").await.text().contains("value=\"ada\""));
        let fields = [("name", "ada"), ("password", PASSWORD)];
        let shown = browser.post_form("/issuer/second-step", &fields).await;
        let telephone = Telephone::of(&shown);
        let fields = [("step", &*step(&shown)), ("code", &*telephone.code(&world, 0))];
        let kept = browser.post_form("/issuer/code/confirm", &fields).await;
        assert!(kept.text().contains("href=\"/\"") && recovery_codes(&kept).len() == 10, "{}", kept.text());
        let asked = password(&mut browser, "ada").await;
        assert!(asked.text().contains("Enter the code"), "whoever wants one has one: {}", asked.text());
    });
}

#[test]
fn a_code_is_taken_one_step_early_or_late_each_step_once_and_none_before_one_that_was_taken() {
    run(async {
        let world = world_of("managers").await;
        world.add_person("ada", &["Task.Manage"]).await;
        let (_, telephone, _) = enrolled(&world, "ada").await;
        world.clock.pass(SignedDuration::from_mins(5));
        let table = [(-2, 401), (2, 401), (-1, 303), (-1, 401), (1, 303), (0, 401), (1, 401)];
        for (steps, expected) in table {
            let mut browser = world.browser();
            let asked = password(&mut browser, "ada").await;
            let answer = enter_code(&mut browser, &step(&asked), &telephone.code(&world, steps)).await;
            assert_eq!(answer.status, expected, "{steps}: {}", answer.text());
        }
    });
}

#[test]
fn the_token_says_how_it_was_proved_who_this_is_also_after_a_refresh() {
    run(async {
        let world = world_of("managers").await;
        world.add_person("ada", &["Task.Manage"]).await;
        world.add_person("bob", &["Task.Read"]).await;
        let (mut browser, telephone, _) = enrolled(&world, "ada").await;
        let (verifier, redirect) = ("v".repeat(64), format!("{}/sign-in/callback", world.origin()));
        let challenge = URL_SAFE_NO_PAD.encode(server::hash::sha256(verifier.as_bytes()));
        let request = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("client_id", "clew"), ("redirect_uri", &redirect), ("response_type", "code")])
            .extend_pairs([("scope", "openid"), ("code_challenge", &challenge), ("code_challenge_method", "S256")])
            .finish();
        let page = format!("/issuer/authorize?{request}");
        let asked = browser.enter_password(&page, "ada", PASSWORD).await;
        let ada = enter_code(&mut browser, &step(&asked), &telephone.code(&world, 0)).await;
        let bob = browser.enter_password(&page, "bob", PASSWORD).await;
        for (answer, methods, context) in [(ada, json!(["pwd", "otp"]), "2"), (bob, json!(["pwd"]), "1")] {
            let code = url::Url::parse(answer.header("location")).expect("an address");
            let code = code.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();
            let fields = [("grant_type", "authorization_code"), ("client_id", "clew"), ("code", &code)];
            let fields = [&fields[..], &[("code_verifier", &verifier), ("redirect_uri", &redirect)]].concat();
            let given = browser.post_form("/issuer/token", &fields).await.json();
            let refresh = given["refresh_token"].as_str().expect("a token");
            let fields = [("grant_type", "refresh_token"), ("client_id", "clew"), ("refresh_token", refresh)];
            let again = browser.post_form("/issuer/token", &fields).await.json();
            for given in [given.clone(), again] {
                let token = given["id_token"].as_str().expect("a token").split('.').nth(1).expect("claims").to_owned();
                let claims: Value =
                    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token).expect("base64")).expect("JSON");
                assert_eq!((&claims["amr"], &claims["acr"]), (&methods, &json!(context)));
            }
        }
    });
}

#[test]
fn a_wrong_code_counts_like_a_wrong_password_and_a_right_password_between_forgets_nothing() {
    run(async {
        let world =
            World::start_with(&[("CLEW_LOCAL_SECOND_FACTOR", "managers"), ("CLEW_BEHIND_PROXY", "127.0.0.0/8")]).await;
        world.add_person("ada", &["Task.Manage"]).await;
        let (_, telephone, _) = enrolled(&world, "ada").await;
        let mut browser = world.browser();
        let mut asked = String::new();
        for number in 0..5 {
            asked = step(&password(&mut browser, "ada").await);
            let headers = [("sec-fetch-site", "same-origin"), ("x-forwarded-for", "198.51.100.7")];
            let form = format!("step={asked}&code=00000{number}");
            let wrong = browser.send("POST", "/issuer/code", &headers, form.as_bytes()).await;
            assert_eq!(wrong.status, 401, "{number}: {}", wrong.text());
        }
        let waiting = enter_code(&mut browser, &asked, &telephone.code(&world, 0)).await;
        assert_eq!(waiting.status, 429, "even with the right code");
        assert!(waiting.text().contains("Wait 2 seconds"), "{}", waiting.text());
        assert_eq!(password(&mut world.browser(), "ada").await.status, 429, "and with the password");
        world.clock.pass(SignedDuration::from_secs(2));
        let on = enter_code(&mut browser, &asked, &telephone.code(&world, 0)).await;
        assert!(arrive(&mut browser, &on).await, "nobody is locked out for ever");

        world.server.audit.flush_refusals(true).await.expect("written");
        let log = written(&world).await;
        let counted = log.lines().find(|line| line.contains("198.51.100.7")).expect("counted");
        assert!(counted.contains("\"count\":5") && counted.contains("wrong_code"), "{counted}");
    });
}

#[test]
fn codes_at_the_same_moment_do_not_slip_past_the_counter_and_one_right_code_lets_one_in() {
    run(async {
        let world = world_of("managers").await;
        world.add_person("ada", &["Task.Manage"]).await;
        let (_, telephone, _) = enrolled(&world, "ada").await;
        let send = async |codes: Vec<String>| {
            let mut tries = Vec::new();
            let asked = step(&password(&mut world.browser(), "ada").await);
            for code in codes {
                let (mut browser, asked) = (world.browser(), asked.clone());
                tries.push(tokio::spawn(async move { enter_code(&mut browser, &asked, &code).await.status }));
            }
            let mut statuses = Vec::new();
            for one in tries {
                statuses.push(one.await.expect("no panic"));
            }
            statuses
        };
        let count = |statuses: &[u16], status: u16| statuses.iter().filter(|found| **found == status).count();
        let same = send(vec![telephone.code(&world, 0); 4]).await;
        assert_eq!(count(&same, 303), 1, "{same:?}");
        world.clock.pass(SignedDuration::from_mins(20));
        let mut codes: Vec<String> = (0..19).map(|number| format!("{number:06}")).collect();
        codes.retain(|code| (-1..=1).all(|steps| telephone.code(&world, steps) != *code));
        let wrong = send(codes).await;
        assert!((1..=5).contains(&count(&wrong, 401)), "{wrong:?}");
        assert_eq!(count(&wrong, 401) + count(&wrong, 429), wrong.len(), "{wrong:?}");
    });
}

#[test]
fn a_recovery_code_lets_in_once_and_sets_up_another_telephone_in_place_of_a_lost_one() {
    run(async {
        let world = world_of("managers").await;
        world.add_person("ada", &["Task.Manage"]).await;
        let (_, lost, codes) = enrolled(&world, "ada").await;
        let mut browser = world.browser();
        let asked = password(&mut browser, "ada").await;
        let used = enter_code(&mut browser, &step(&asked), &codes[0].to_lowercase()).await;
        assert!(used.text().contains("9 recovery codes are left"), "{}", used.text());
        let on = browser.post_form("/issuer/code/go-on", &[("step", &step(&used)), ("then", "on")]).await;
        assert!(arrive(&mut browser, &on).await);
        let asked = password(&mut browser, "ada").await;
        assert_eq!(enter_code(&mut browser, &step(&asked), &codes[0]).await.status, 401, "once");

        let used = enter_code(&mut browser, &step(&asked), &codes[1]).await;
        assert!(used.text().contains("8 recovery codes are left"), "{}", used.text());
        let shown = browser.post_form("/issuer/code/go-on", &[("step", &step(&used)), ("then", "another")]).await;
        let found = Telephone::of(&shown);
        let mut other = world.browser();
        let asked = password(&mut other, "ada").await;
        let on = enter_code(&mut other, &step(&asked), &lost.code(&world, 0)).await;
        assert!(arrive(&mut other, &on).await, "the lost one works until the new one has shown a code");
        let fields = [("step", &*step(&shown)), ("code", &*found.code(&world, 0))];
        let kept = browser.post_form("/issuer/code/confirm", &fields).await;
        let new = recovery_codes(&kept);
        let on = browser.post_form("/issuer/code/go-on", &[("step", &step(&kept))]).await;
        assert!(arrive(&mut browser, &on).await);

        world.clock.pass(SignedDuration::from_secs(60));
        let asked = step(&password(&mut other, "ada").await);
        for (what, code) in [("the lost telephone", lost.code(&world, 0)), ("its recovery code", codes[2].clone())] {
            assert_eq!(enter_code(&mut other, &asked, &code).await.status, 401, "{what}");
        }
        let used = enter_code(&mut other, &asked, &new[0]).await;
        assert_eq!(used.status, 200, "{}", used.text());
        let log = written(&world).await;
        assert_eq!(log.lines().filter(|line| line.starts_with("oneself use_recovery_code")).count(), 3, "{log}");
    });
}

#[test]
fn an_instance_manager_resets_the_second_step_of_another_person_and_nobody_the_own() {
    run(async {
        let world = world_of("managers").await;
        world.add_person("ada", &["Task.Manage"]).await;
        world.add_person("bob", &["Task.Audit"]).await;
        let (mut ada, ..) = enrolled(&world, "ada").await;
        let (mut bob, ..) = enrolled(&world, "bob").await;
        let reset = |name: &str| json!({ "name": name });
        assert_eq!(bob.call("reset_second_factor", &reset("ada")).await.verdict(), "403 forbidden");
        assert_eq!(ada.call("reset_second_factor", &reset("ada")).await.verdict(), "403 forbidden");
        assert_eq!(ada.call("reset_second_factor", &reset("nobody")).await.verdict(), "404 not_found");
        let has = async |ada: &mut Browser| {
            let people = ada.call("people", &json!({})).await.json();
            let people = people.as_array().expect("people").clone();
            let bob = people.into_iter().find(|line| line["name"] == "bob").expect("bob");
            bob["local"]["second_factor"].clone()
        };
        assert_eq!(has(&mut ada).await, json!(true));
        assert_eq!(ada.call("reset_second_factor", &reset("bob")).await.verdict(), "200");
        assert_eq!(has(&mut ada).await, json!(false));
        assert!(!is_signed_in(&mut bob).await, "whoever had the telephone is out");
        let by = ada.person().await;
        let entry = world.audit(50).await.into_iter().find(|entry| entry.call == "person reset-second-factor");
        assert_eq!(entry.expect("written down").person, by.as_str());
        // A password of the same second might have been given before the sessions ended.
        world.clock.pass(SignedDuration::from_secs(1));
        enrolled(&world, "bob").await;

        let settings = crate::program::environment(world.folder.path(), world.port);
        let clew = |name: &str| {
            let output = crate::program::finish(
                &["person", "reset-second-factor", name],
                &crate::program::changed(&settings, &[]),
            );
            (output.status.code(), format!("{output:?}"))
        };
        let (code, said) = clew("ada");
        assert!(code == Some(0) && said.contains("no second step any more"), "{said}");
        let (code, said) = clew("nobody");
        assert!(code == Some(1) && said.contains("there is no person"), "{said}");
        enrolled(&world, "ada").await;
    });
}

#[test]
fn who_becomes_a_manager_while_signed_in_with_the_password_alone_signs_in_again_with_two_steps() {
    run(async {
        let world = world_of("managers").await;
        world.add_person("ada", &["Task.Manage"]).await;
        let (mut ada, ..) = enrolled(&world, "ada").await;
        let mut bob = world.signed_in("bob", &["Task.Read"]).await;
        let promoted = ada.call("set_person_roles", &json!({ "name": "bob", "roles": ["Task.Manage"] })).await;
        assert_eq!(promoted.verdict(), "200");
        world.clock.pass(SignedDuration::from_mins(6));
        assert!(!is_signed_in(&mut bob).await, "no right of a manager by the password alone");
        assert!(is_signed_in(&mut ada).await, "who has proved both goes on");
        enrolled(&world, "bob").await;
    });
}

#[test]
fn no_secret_code_or_recovery_code_of_the_whole_program_is_in_a_file_or_a_line_of_the_log() {
    run(async {
        let place = Place::new().await;
        let further = [("CLEW_LOCAL_SECOND_FACTOR", "managers"), ("CLEW_LOG", "json"), ("CLEW_LOG_LEVEL", "trace")];
        let serving = place.serve(&further).await;
        let mut browser = Browser { port: place.port, cookies: Default::default() };
        let link = set_up_link(&serving.said());
        let form = [("link", link.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
        assert_eq!(browser.post_form("/issuer/password", &form).await.status, 200);
        let shown = password(&mut browser, "admin").await;
        let (telephone, secret) = (Telephone::of(&shown), between(&shown.text(), "<code>", "</code>").replace(' ', ""));
        let code = telephone.code_at(SystemClock::new().now().as_second());
        let enrolling = step(&shown);
        let kept = browser.post_form("/issuer/code/confirm", &[("step", &*enrolling), ("code", &code)]).await;
        let mut planted = recovery_codes(&kept);
        planted.extend(planted.clone().into_iter().map(|code| code.replace('-', "")));
        let on = browser.post_form("/issuer/code/go-on", &[("step", &step(&kept))]).await;
        assert!(arrive(&mut browser, &on).await);
        let asked = password(&mut browser, "admin").await;
        assert_eq!(enter_code(&mut browser, &step(&asked), &planted[0]).await.status, 200);
        planted.extend([secret, enrolling, step(&asked), PASSWORD.to_owned()]);
        let planted: Vec<&str> = planted.iter().map(String::as_str).collect();

        let said = serving.end();
        assert!(said.contains("/issuer/code/confirm"), "the log is there: {said}");
        assert_absent(&place.store, &planted);
        for secret in planted.iter().chain([&format!("\"{code}\"").as_str()]) {
            assert!(!said.contains(secret), "the log holds {secret:?}: {said}");
        }
    });
}
