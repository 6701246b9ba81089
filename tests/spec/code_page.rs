//! The page that asks for a code, and those behind it: hostile input, and pages in another order than they were given.

use jiff::SignedDuration;

use crate::second_factor::{Telephone, enrolled, step, world_of};
use crate::sign_in::is_signed_in;
use crate::world::{Browser, PASSWORD, World, path_of, run};

/// What is sent, made of the step and the right code.
type Row = (&'static str, fn(&str, &str) -> String, u16);

const ROWS: &[Row] = &[
    ("no step", |_, code| format!("code={code}"), 400),
    ("an empty step", |_, code| format!("step=&code={code}"), 400),
    ("a forged step", |step, code| format!("step={}&code={code}", "A".repeat(step.len())), 400),
    ("a step in other letters", |step, code| format!("step={}&code={code}", step.to_lowercase()), 400),
    ("two steps", |step, code| format!("step={step}&step={step}&code={code}"), 400),
    ("a step with more behind it", |step, code| format!("step={step}%00&code={code}"), 400),
    ("no code", |step, _| format!("step={step}"), 401),
    ("an empty code", |step, _| format!("step={step}&code="), 401),
    ("nothing but spaces", |step, _| format!("step={step}&code=++++++"), 401),
    ("two codes", |step, code| format!("step={step}&code={code}&code={code}"), 401),
    ("five digits", |step, code| format!("step={step}&code={}", &code[..5]), 401),
    ("seven digits", |step, code| format!("step={step}&code={code}0"), 401),
    ("a sign before it", |step, code| format!("step={step}&code=%2B{}", &code[1..]), 401),
    ("wide digits", |step, code| format!("step={step}&code={}", elsewhere(code, '０')), 401),
    ("Arabic digits", |step, code| format!("step={step}&code={}", elsewhere(code, '٠')), 401),
    ("a zero byte behind it", |step, code| format!("step={step}&code={code}%00"), 401),
    ("a line end behind it", |step, code| format!("step={step}&code={code}%0D%0A"), 401),
    ("bytes that are no text", |step, _| format!("step={step}&code=%FF%FE%FD%FC%FB%FA"), 401),
    ("another way to write a number", |step, _| format!("step={step}&code=0x1e5f"), 401),
    ("a statement", |step, _| format!("step={step}&code=%27%20or%201%3D1%20--"), 401),
    ("a pattern", |step, _| format!("step={step}&code=______"), 401),
    ("markup", |step, _| format!("step={step}&code=%3Cscript%3Eplanted%3C%2Fscript%3E"), 401),
    ("the password", |step, _| format!("step={step}&code={}", PASSWORD.replace(' ', "+")), 401),
    ("a recovery code that nobody has", |step, _| format!("step={step}&code={}", "A".repeat(16)), 401),
    ("ten thousand digits", |step, _| format!("step={step}&code={}", "1".repeat(10_000)), 401),
    ("more than a form holds", |step, _| format!("step={step}&code={}", "1".repeat(20_000)), 413),
    ("no form", |step, code| format!("{{\"step\":\"{step}\",\"code\":\"{code}\"}}"), 400),
];

/// The same digits in another script.
fn elsewhere(code: &str, zero: char) -> String {
    let digit = |digit: u32| char::from_u32(u32::from(zero) + digit).expect("a digit");
    code.chars().map(|c| digit(c.to_digit(10).expect("a digit"))).collect()
}

async fn asked(browser: &mut Browser, name: &str) -> String {
    let page = browser.leave_for_issuer("/sign-in").await;
    let asked = browser.enter_password(&page, name, PASSWORD).await;
    assert!(asked.text().contains("Enter the code"), "{}", asked.text());
    step(&asked)
}

/// The right code with the same step: what was refused before was refused for what was changed.
async fn lets_in(world: &World, browser: &mut Browser, telephone: &Telephone, step: &str) {
    let fields = [("step", step), ("code", &*telephone.code(world, 0))];
    let on = browser.post_form("/issuer/code", &fields).await;
    assert_eq!(on.status, 303, "{}", on.text());
    browser.get(&path_of(on.header("location"))).await;
    assert!(is_signed_in(browser).await);
}

#[test]
fn hostile_codes_let_nobody_in_and_a_right_one_after_them_does() {
    run(async {
        let world = world_of("managers").await;
        world.add_person("ada", &["Task.Manage"]).await;
        let (_, telephone, _) = enrolled(&world, "ada").await;
        assert!(ROWS.len() >= 22);
        for (what, form, expected) in ROWS {
            world.clock.pass(SignedDuration::from_secs(60));
            let mut browser = world.browser();
            let step = asked(&mut browser, "ada").await;
            let form = form(&step, &telephone.code(&world, 0));
            let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
            let answer = browser.send("POST", "/issuer/code", &headers, form.as_bytes()).await;
            assert_eq!((answer.status, answer.header("location")), (*expected, ""), "{what}: {}", answer.text());
            assert!(!answer.text().contains("planted") && !is_signed_in(&mut browser).await, "{what}");
            lets_in(&world, &mut browser, &telephone, &step).await;
        }
    });
}

#[test]
fn a_code_that_another_page_sends_is_refused() {
    run(async {
        let world = world_of("managers").await;
        world.add_person("ada", &["Task.Manage"]).await;
        let (_, telephone, _) = enrolled(&world, "ada").await;
        let mut browser = world.browser();
        let step = asked(&mut browser, "ada").await;
        let form = format!("step={step}&code={}", telephone.code(&world, 0));
        let elsewhere = [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
            ("origin", "https://evil.example"),
        ];
        for (name, value) in elsewhere {
            for page in ["code", "code/confirm", "code/go-on", "password/new", "password/change", "second-step"] {
                let headers = [("content-type", "application/x-www-form-urlencoded"), (name, value)];
                let answer = browser.send("POST", &format!("/issuer/{page}"), &headers, form.as_bytes()).await;
                assert_eq!(answer.status, 400, "{page} from {value}: {}", answer.text());
                assert!(answer.text().contains("not sent from this page"), "{}", answer.text());
            }
        }
        assert_eq!(browser.get(&format!("/issuer/code?{form}")).await.status, 405);
        lets_in(&world, &mut browser, &telephone, &step).await;
    });
}

#[test]
fn no_page_is_reached_before_the_one_that_leads_to_it() {
    run(async {
        let world = world_of("managers").await;
        world.add_person("ada", &["Task.Manage"]).await;
        world.add_person("bob", &["Task.Manage"]).await;
        let (_, telephone, _) = enrolled(&world, "ada").await;
        let mut browser = world.browser();
        let owes_code = asked(&mut browser, "ada").await;
        let page = browser.leave_for_issuer("/sign-in").await;
        let owes_telephone = step(&browser.enter_password(&page, "bob", PASSWORD).await);
        let pages: [(&str, &[(&str, &str)]); 4] = [
            ("code/confirm", &[]),
            ("code/go-on", &[]),
            ("code/go-on", &[("then", "another")]),
            ("password/new", &[("password", "another long password"), ("again", "another long password")]),
        ];
        for (page, further) in pages {
            let code = telephone.code(&world, 0);
            let fields = [&[("step", owes_code.as_str()), ("code", &code)], further].concat();
            let answer = browser.post_form(&format!("/issuer/{page}"), &fields).await;
            assert_eq!(answer.status, 400, "{page} {further:?}: {}", answer.text());
            if page != "code/confirm" {
                let fields = [&[("step", owes_telephone.as_str())], further].concat();
                let answer = browser.post_form(&format!("/issuer/{page}"), &fields).await;
                assert_eq!(answer.status, 400, "{page} {further:?} without a telephone: {}", answer.text());
            }
        }
        let fields = [("step", owes_telephone.as_str()), ("code", "000000")];
        assert_eq!(browser.post_form("/issuer/code", &fields).await.status, 400, "there is no code to ask for yet");

        // One who came to sign in changes no password on the way, whatever is proved.
        let mut way = world.browser();
        let (_, _, recovery) = enrolled(&world, "bob").await;
        let bobs = asked(&mut way, "bob").await;
        let used = way.post_form("/issuer/code", &[("step", &bobs), ("code", &recovery[0])]).await;
        let fields =
            [("step", &*step(&used)), ("password", "another long password"), ("again", "another long password")];
        assert_eq!(way.post_form("/issuer/password/new", &fields).await.status, 400);

        let mut browser = world.browser();
        let owes_code = asked(&mut browser, "ada").await;
        lets_in(&world, &mut browser, &telephone, &owes_code).await;
        let code = telephone.code(&world, 1);
        let fields = [("step", owes_code.as_str()), ("code", &code)];
        assert_eq!(browser.post_form("/issuer/code", &fields).await.status, 400, "a step that has led in is used up");
    });
}

#[test]
fn a_step_ends_after_ten_minutes_with_the_password_and_with_whatever_else_it_rests_on() {
    run(async {
        let world = world_of("managers").await;
        world.add_person("ada", &["Task.Manage"]).await;
        let (_, telephone, _) = enrolled(&world, "ada").await;
        let people = &world.server.sign_in.issuer().expect("the embedded issuer").people;
        let send = async |step: &str| {
            let code = telephone.code(&world, 0);
            world.browser().post_form("/issuer/code", &[("step", step), ("code", &code)]).await.status
        };
        let first = asked(&mut world.browser(), "ada").await;
        world.clock.pass(SignedDuration::from_secs(600));
        let second = asked(&mut world.browser(), "ada").await;
        world.clock.pass(SignedDuration::from_secs(1));
        assert_eq!(send(&first).await, 400, "after ten minutes");

        for _ in 0..5 {
            asked(&mut world.browser(), "ada").await;
        }
        assert_eq!(send(&second).await, 400, "a sixth one makes an end of the oldest");

        let waits = asked(&mut world.browser(), "ada").await;
        people.set_disabled("test", "ada", true).await.expect("disabled");
        assert_eq!(send(&waits).await, 400, "disabled meanwhile");
        people.set_disabled("test", "ada", false).await.expect("let in again");
        people.set_roles("test", "ada", vec!["Task.Read".to_owned()]).await.expect("other roles");
        assert_eq!(send(&waits).await, 303, "and a step that outlived both leads in");

        world.clock.pass(SignedDuration::from_secs(60));
        let waits = asked(&mut world.browser(), "ada").await;
        people.reset_second_factor("test", "ada").await.expect("reset");
        assert_eq!(send(&waits).await, 400, "there is no telephone any more");
        let link = people.reset("test", "ada").await.expect("a link");
        assert_eq!(send(&waits).await, 400, "the password is gone");
        let token = link.split_once("link=").expect("a link").1;
        let fields = [("link", token), ("password", PASSWORD), ("again", PASSWORD)];
        assert_eq!(world.browser().post_form("/issuer/password", &fields).await.status, 200);
        assert_eq!(send(&waits).await, 400, "the same word is another password");
    });
}

#[test]
fn of_two_windows_that_set_up_a_telephone_the_first_one_counts() {
    run(async {
        let world = world_of("managers").await;
        world.add_person("ada", &["Task.Manage"]).await;
        let mut browser = world.browser();
        let page = browser.leave_for_issuer("/sign-in").await;
        let late = browser.enter_password(&page, "ada", PASSWORD).await;
        let (_, telephone, _) = enrolled(&world, "ada").await;
        let code = Telephone::of(&late).code(&world, 0);
        let answer = browser.post_form("/issuer/code/confirm", &[("step", &*step(&late)), ("code", &code)]).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        let waits = asked(&mut browser, "ada").await;
        lets_in(&world, &mut browser, &telephone, &waits).await;
    });
}
