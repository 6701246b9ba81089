//! What the embedded issuer keeps to whatever is tried: its one address, codes and tokens, counters, passwords, keys, and the
//! set-up of the first instance manager.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::Value;
use server::sign_in::issuer::NewPerson;
use server::store::{RecordKey, RecordKind, Write};

use crate::program::{changed, environment, finish};
use crate::sign_in::is_signed_in;
use crate::world::{PASSWORD, Reply, World, path_of, run};

/// An authorization request of a client of our own, and what proves that it is ours.
struct Client {
    verifier: String,
    redirect: String,
}

impl Client {
    fn of(world: &World) -> Self {
        Self { verifier: "v".repeat(64), redirect: format!("{}/sign-in/callback", world.origin()) }
    }

    fn page(&self, redirect: &str) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(server::hash::sha256(self.verifier.as_bytes()));
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("client_id", "clew"), ("redirect_uri", redirect), ("response_type", "code")])
            .extend_pairs([("scope", "openid"), ("code_challenge", &challenge), ("code_challenge_method", "S256")])
            .finish();
        format!("/issuer/authorize?{query}")
    }

    async fn code(&self, world: &World) -> String {
        let answer = world.browser().enter_password(&self.page(&self.redirect), "ada", PASSWORD).await;
        let back = url::Url::parse(answer.header("location")).expect("an address");
        back.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned()
    }

    async fn trade(&self, world: &World, code: &str) -> Reply {
        let fields = [("grant_type", "authorization_code"), ("client_id", "clew"), ("code", code)];
        let fields = [&fields[..], &[("code_verifier", &self.verifier), ("redirect_uri", &self.redirect)]].concat();
        world.browser().post_form("/issuer/token", &fields).await
    }

    /// A refresh token.
    async fn token(&self, world: &World) -> String {
        let code = self.code(world).await;
        text(&self.trade(world, &code).await, "refresh_token")
    }
}

async fn refresh(world: &World, token: &str) -> Reply {
    let fields = [("grant_type", "refresh_token"), ("client_id", "clew"), ("refresh_token", token)];
    world.browser().post_form("/issuer/token", &fields).await
}

fn text(reply: &Reply, name: &str) -> String {
    reply.json()[name].as_str().unwrap_or_else(|| panic!("{name}: {}", reply.text())).to_owned()
}

/// Hosts that look like the one of the tests.
const HOSTS: [&str; 22] = [
    "127.0.0.1",
    "[::1]",
    "0.0.0.0",
    "127.1",
    "2130706433",
    "0x7f000001",
    "LOCALHOST",
    "localhost.",
    "local%68ost",
    "localhost.evil.example",
    "evil.example",
    "xn--localhost-9za",
    "ｌocalhost",
    "user@localhost",
    ":@localhost",
    "localhost@evil.example",
    "localhost%40evil.example",
    "localhost\\@evil.example",
    "localhost%00.evil.example",
    "evil.example#localhost",
    "evil.example?localhost",
    "localhost%2eevil.example",
];

/// Paths that look like the one to return to.
const PATHS: [&str; 21] = [
    "",
    "/",
    "/sign-in",
    "/sign-in/",
    "/sign-in/callback/",
    "/sign-in/callback?",
    "/sign-in/callback?x=1",
    "/sign-in/callback#",
    "/sign-in/callback#x",
    "/sign-in//callback",
    "//sign-in/callback",
    "/./sign-in/callback",
    "/x/../sign-in/callback",
    "/sign-in/callback/..",
    "/sign-in/callback/../..//evil.example",
    "/sign-in/Callback",
    "/sign-in/callback%20",
    "/sign-in/callback%00",
    "/sign-in%2fcallback",
    "/sign-in/callback;x",
    "/sign-in\\callback",
];

#[test]
fn sixty_addresses_that_look_like_the_one_it_returns_to_are_never_returned_to() {
    run(async {
        let world = World::start().await;
        let client = Client::of(&world);
        let good = client.redirect.clone();
        assert_eq!(world.browser().get(&client.page(&good)).await.status, 200);
        let (port, path) = (world.port, "/sign-in/callback");
        let mut tried: Vec<String> = HOSTS.iter().map(|host| format!("http://{host}:{port}{path}")).collect();
        tried.extend(["", ":1", ":80", ":0", ":99999"].map(|other| format!("http://localhost{other}{path}")));
        tried.push(format!("http://127.0.0.1:80@evil.example:{port}{path}"));
        let schemes = ["https", "HTTP", "ftp", "javascript", "data", "file", "clew", "http:http"];
        tried.extend(schemes.map(|scheme| format!("{scheme}://localhost:{port}{path}")));
        tried.extend(PATHS.map(|path| format!("http://localhost:{port}{path}")));
        let more = [
            format!(" {good}"),
            format!("{good} "),
            format!("{good}\t"),
            format!("{good}\r\n"),
            "//evil.example".to_owned(),
        ];
        tried.extend(more);
        tried.extend(["javascript:alert(1)", "*", "http://*", "null", "about:blank"].map(str::to_owned));
        assert!(tried.len() >= 60, "{}", tried.len());
        for address in tried {
            let page = client.page(&address);
            let refused = world.browser().get(&page).await;
            assert_eq!((refused.status, refused.header("location")), (400, ""), "{address}");
            let refused = world.browser().enter_password(&page, "ada", PASSWORD).await;
            assert_eq!((refused.status, refused.header("location")), (400, ""), "{address}");
        }
    });
}

#[test]
fn a_code_that_comes_twice_ends_what_it_gave_also_at_the_same_moment() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let client = Client::of(&world);
        let code = client.code(&world).await;
        assert_eq!(URL_SAFE_NO_PAD.decode(&code).expect("base64").len(), 32, "256 bits");
        let first = client.trade(&world, &code).await;
        let token = text(&first, "refresh_token");
        let token = text(&refresh(&world, &token).await, "refresh_token");
        assert_eq!(client.trade(&world, &code).await.status, 400);
        assert_eq!(refresh(&world, &token).await.status, 400, "one of the two has stolen it");

        let code = client.code(&world).await;
        let both = futures::future::join_all((0..6).map(|_| client.trade(&world, &code))).await;
        let given: Vec<&Reply> = both.iter().filter(|reply| reply.status == 200).collect();
        assert_eq!(given.len(), 1, "once");
        assert_eq!(refresh(&world, &text(given[0], "refresh_token")).await.status, 400, "and nobody keeps it");

        let late = client.code(&world).await;
        world.clock.pass(SignedDuration::from_secs(60));
        let last = client.code(&world).await;
        assert_eq!(client.trade(&world, &late).await.status, 200, "a minute");
        world.clock.pass(SignedDuration::from_secs(61));
        assert_eq!(client.trade(&world, &last).await.status, 400);
    });
}

#[test]
fn a_refresh_token_gives_the_same_next_one_for_ten_seconds_and_then_ends_its_family() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let client = Client::of(&world);
        let first = client.token(&world).await;
        let second = text(&refresh(&world, &first).await, "refresh_token");
        assert_ne!(first, second, "it rotates");
        world.clock.pass(SignedDuration::from_secs(10));
        let again = refresh(&world, &first).await;
        assert_eq!(text(&again, "refresh_token"), second, "an answer that was lost is given once more");
        let third = text(&refresh(&world, &second).await, "refresh_token");
        assert_eq!(text(&refresh(&world, &second).await, "refresh_token"), third);
        assert_eq!(refresh(&world, &first).await.status, 400, "what came before that was replaced twice");
        assert_eq!(refresh(&world, &third).await.status, 400, "so the whole family ends");

        let first = client.token(&world).await;
        let second = text(&refresh(&world, &first).await, "refresh_token");
        world.clock.pass(SignedDuration::from_secs(11));
        assert_eq!(refresh(&world, &first).await.status, 400, "after ten seconds it is the thief or the owner");
        assert_eq!(refresh(&world, &second).await.status, 400);

        let first = client.token(&world).await;
        let together = futures::future::join_all((0..8).map(|_| refresh(&world, &first))).await;
        let next: Vec<String> = together.iter().map(|reply| text(reply, "refresh_token")).collect();
        assert!(next.iter().all(|token| *token == next[0]), "requests at the same moment get the same one: {next:?}");
        assert_eq!(refresh(&world, &next[0]).await.status, 200);
        let forged = format!("{}.{}", first.split_once('.').expect("two parts").0, "A".repeat(43));
        assert_eq!(refresh(&world, &forged).await.status, 400);
    });
}

#[test]
fn what_follows_from_one_sign_in_ends_after_thirty_days_however_often_it_is_used() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut token = Client::of(&world).token(&world).await;
        for day in 0..30 {
            world.clock.pass(SignedDuration::from_hours(24));
            let given = refresh(&world, &token).await;
            assert_eq!(given.status, 200, "day {day}: {}", given.text());
            token = text(&given, "refresh_token");
        }
        world.clock.pass(SignedDuration::from_secs(1));
        assert_eq!(refresh(&world, &token).await.status, 400);
    });
}

#[test]
fn of_two_hundred_tries_at_the_same_moment_at_most_five_are_hashed_and_a_name_that_nobody_has_costs_as_much() {
    run(async {
        let world = World::start_with(&[("CLEW_BEHIND_PROXY", "127.0.0.0/8")]).await;
        world.add_person("ada", &["Task.Read"]).await;
        let people = &world.server.sign_in.issuer().expect("the embedded issuer").people;
        let page = world.browser().leave_for_issuer("/sign-in").await;
        let (_, request) = page.split_once('?').expect("a query");
        let mut hashed = Vec::new();
        for name in ["ada", "nobody"] {
            let before = people.hashes_computed();
            let tries: Vec<_> = (0..200)
                .map(|number| {
                    let form = [("request", request), ("name", name), ("password", "wrong password")];
                    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
                    let (mut browser, from) = (world.browser(), format!("198.51.100.{number}"));
                    tokio::spawn(async move {
                        let headers = [("sec-fetch-site", "same-origin"), ("x-forwarded-for", from.as_str())];
                        browser.send("POST", "/issuer/authorize", &headers, form.as_bytes()).await.status
                    })
                })
                .collect();
            let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
            for one in tries {
                *statuses.entry(one.await.expect("no panic")).or_default() += 1;
            }
            let judged = statuses.get(&401).copied().unwrap_or_default();
            assert!((1..=5).contains(&judged) && statuses[&429] == 200 - judged, "{name}: {statuses:?}");
            hashed.push(people.hashes_computed() - before);
            assert_eq!(usize::try_from(hashed[hashed.len() - 1]).expect("few"), judged, "one hash for each: {name}");
        }
        assert!(hashed.iter().all(|hashes| *hashes <= 5), "{hashed:?}");
    });
}

#[test]
fn a_wait_that_a_stranger_brings_about_never_lasts_longer_than_a_quarter_of_an_hour() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let mut browser = world.browser();
        let page = browser.leave_for_issuer("/sign-in").await;
        let mut longest = 0;
        for _ in 0..17 {
            let mut waiting = browser.enter_password(&page, "ada", "wrong password").await;
            if waiting.status == 429 {
                let said = waiting.text();
                let seconds = said.split_once("Wait ").expect("a wait").1.split_once(' ').expect("an end").0;
                let seconds: i64 = seconds.parse().expect("seconds");
                longest = longest.max(seconds);
                world.clock.pass(SignedDuration::from_secs(seconds));
                waiting = browser.enter_password(&page, "ada", "wrong password").await;
            }
            assert_eq!(waiting.status, 401);
        }
        assert_eq!(longest, 900);
        world.clock.pass(SignedDuration::from_secs(900));
        assert_eq!(browser.enter_password(&page, "ada", PASSWORD).await.status, 303);
    });
}

/// Sets the password of a new person; gives the status.
async fn set(world: &World, name: &str, password: &str) -> u16 {
    let issuer = world.server.sign_in.issuer().expect("the embedded issuer");
    let person = NewPerson { name: name.to_owned(), email: None, roles: vec!["Task.Read".to_owned()] };
    let link = issuer.add_person(person).await.expect("a link");
    let token = link.split_once("link=").expect("a link").1;
    let fields = [("link", token), ("password", password), ("again", password)];
    world.browser().post_form("/issuer/password", &fields).await.status
}

#[test]
fn a_password_counts_to_its_last_letter_and_as_it_was_typed() {
    run(async {
        let world = World::start().await;
        let long: String = (0..64).map(|number| format!("{number:02}-heron ")).collect();
        assert!(long.len() > 500);
        for (name, password) in
            [("long", long.as_str()), ("accent", "caf\u{e9} am Abend, Regen"), ("plain", "no capital, no digit")]
        {
            assert_eq!(set(&world, name, password).await, 200, "{name}");
            assert_eq!(world.browser().sign_in(name, password).await.status, 303, "{name}");
        }
        let other = [
            ("long", long.get(..long.len() - 2).expect("shorter").to_owned()),
            ("accent", "cafe\u{301} am Abend, Regen".to_owned()),
            ("plain", "No capital, no digit".to_owned()),
            ("plain", " no capital, no digit".to_owned()),
        ];
        for (name, password) in other {
            assert_eq!(world.browser().sign_in(name, &password).await.status, 401, "{name}: {password:?}");
        }
    });
}

#[test]
fn the_signing_key_changes_by_itself_and_two_are_published_around_the_change() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let client = Client::of(&world);
        let published = async || -> Vec<String> {
            let keys = world.browser().get("/issuer/keys").await.json();
            keys["keys"]
                .as_array()
                .expect("keys")
                .iter()
                .map(|key| key["kid"].as_str().expect("a name").to_owned())
                .collect()
        };
        let signs = async || -> String {
            let code = client.code(&world).await;
            let token = text(&client.trade(&world, &code).await, "id_token");
            let head = URL_SAFE_NO_PAD.decode(token.split('.').next().expect("a head")).expect("base64");
            let head: Value = serde_json::from_slice(&head).expect("JSON");
            assert_eq!(head["alg"], "EdDSA");
            head["kid"].as_str().expect("a name").to_owned()
        };
        assert_eq!(world.browser().sign_in("ada", PASSWORD).await.status, 303, "Clew knows the first key");
        let first = signs().await;
        assert_eq!(published().await, std::slice::from_ref(&first));
        let days = |days: i64| world.clock.pass(SignedDuration::from_hours(24 * days));
        days(88);
        assert_eq!(published().await, std::slice::from_ref(&first), "for three months there is one");
        days(1);
        let both = published().await;
        assert_eq!((both.len(), &both[0]), (2, &first), "the next one is told a day before");
        assert_eq!(signs().await, first);
        days(1);
        assert_eq!(signs().await, both[1]);
        assert_eq!(published().await, both, "and the one before for a day more");
        assert_eq!(world.browser().sign_in("ada", PASSWORD).await.status, 303, "people notice nothing");
        world.clock.pass(SignedDuration::from_hours(24) + SignedDuration::from_secs(1));
        assert_eq!(published().await, both[1..]);
        days(300);
        assert_eq!(world.browser().sign_in("ada", PASSWORD).await.status, 303, "also after a year without a server");
    });
}

#[test]
fn the_one_key_of_an_older_version_goes_on_to_sign_until_the_next_one_was_told_for_a_day() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let key = RecordKey::new(RecordKind::IssuerKey, "", "current");
        world.server.store.keep(vec![Write::put(key, vec![7; 32])], Vec::new()).await.expect("kept");
        let keys = world.browser().get("/issuer/keys").await.json();
        let old = server::hash::sha256_hex(&[7; 32])[..16].to_owned();
        assert_eq!((keys["keys"].as_array().map(Vec::len), &keys["keys"][0]["kid"]), (Some(2), &Value::from(old)));
        for _ in 0..3 {
            assert_eq!(world.browser().sign_in("ada", PASSWORD).await.status, 303);
            world.clock.pass(SignedDuration::from_hours(24));
        }
        let keys = world.browser().get("/issuer/keys").await.json();
        assert_eq!(keys["keys"].as_array().map(Vec::len), Some(1), "{keys}");
    });
}

#[test]
fn no_link_code_or_token_lies_in_the_store_and_nobody_registers_or_resets_oneself() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Read"]).await;
        let issuer = world.server.sign_in.issuer().expect("the embedded issuer");
        let person = NewPerson { name: "bob".to_owned(), email: None, roles: Vec::new() };
        let link = issuer.add_person(person).await.expect("a link");
        let link = link.split_once("link=").expect("a link").1.to_owned();
        assert_eq!(URL_SAFE_NO_PAD.decode(&link).expect("base64").len(), 32, "256 bits");
        let client = Client::of(&world);
        let (code, token) = (client.code(&world).await, client.token(&world).await);
        let next = text(&refresh(&world, &token).await, "refresh_token");
        let records = world.server.store.list(RecordKind::IssuerGrant, None).await.expect("records");
        assert!(records.len() >= 3);
        for record in records {
            let kept = format!("{}{}", record.key, String::from_utf8_lossy(record.body.plain().expect("opened")));
            for secret in [&link, &code, &token, &next] {
                assert!(!kept.contains(secret.as_str()), "{kept}");
            }
        }
        for path in ["register", "sign-up", "forgot", "reset", "password/reset", "recover", "clients"] {
            for method in ["GET", "POST"] {
                let headers = [("sec-fetch-site", "same-origin")];
                let answer = world.browser().send(method, &format!("/issuer/{path}"), &headers, b"").await;
                assert_eq!(answer.status, 404, "{method} {path}");
            }
        }
    });
}

#[test]
fn of_a_hundred_who_open_the_set_up_address_at_once_one_becomes_the_instance_manager() {
    run(async {
        let world = World::start().await;
        let link = world.server.sign_in.set_up_link().await.expect("the store").expect("a link");
        let token = link.split_once("link=").expect("a link").1.to_owned();
        let tries: Vec<_> = (0..100)
            .map(|number| {
                let (mut browser, token) = (world.browser(), token.clone());
                tokio::spawn(async move {
                    let password = format!("{number} blue herons wade here");
                    let fields = [("link", token.as_str()), ("password", &password), ("again", &password)];
                    browser.post_form("/issuer/password", &fields).await.status
                })
            })
            .collect();
        let mut won = Vec::new();
        for (number, one) in tries.into_iter().enumerate() {
            match one.await.expect("no panic") {
                200 => won.push(number),
                // Too many wait for their turn, or somebody was first.
                status => assert!(status == 410 || status == 422, "{status}"),
            }
        }
        assert_eq!(won.len(), 1, "{won:?}");
        for number in [won[0], (won[0] + 1) % 100] {
            let answer = world.browser().sign_in("admin", &format!("{number} blue herons wade here")).await;
            assert_eq!(answer.status == 303, number == won[0]);
        }
        assert_eq!(world.server.sign_in.set_up_link().await.expect("the store"), None);
    });
}

#[test]
fn the_set_up_address_stays_dead_when_the_only_password_is_taken_away_and_after_a_restore() {
    run(async {
        let world = World::start().await;
        let link = world.server.sign_in.set_up_link().await.expect("the store").expect("a link");
        let page = path_of(&link);
        let token = link.split_once("link=").expect("a link").1.to_owned();
        let form = [("link", token.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
        let before = world.folder.path().join("before");
        let after = world.folder.path().join("after");
        let clew = |folder: &std::path::Path, arguments: &[&str]| {
            let output = finish(arguments, &changed(&environment(folder, world.port), &[]));
            assert!(output.status.success(), "{arguments:?}: {output:?}");
        };
        clew(world.folder.path(), &["backup", before.to_str().expect("a name")]);
        assert_eq!(world.browser().post_form("/issuer/password", &form).await.status, 200);
        let mut admin = world.browser();
        assert_eq!(admin.sign_in("admin", PASSWORD).await.status, 303);
        assert!(is_signed_in(&mut admin).await);
        let people = &world.server.sign_in.issuer().expect("the embedded issuer").people;
        people.reset("test", "admin").await.expect("reset");
        assert_eq!(world.server.sign_in.set_up_link().await.expect("the store"), None, "there was somebody once");
        clew(world.folder.path(), &["backup", after.to_str().expect("a name")]);

        for (backup, is_set_up) in [(&before, false), (&after, true)] {
            let place = tempfile::tempdir().expect("a folder");
            clew(place.path(), &["restore", backup.to_str().expect("a name")]);
            let store = place.path().join("clew.db");
            let store = format!("jdbc:sqlite:{}", store.display());
            let restored = World::start_with(&[("JDBC_CONNECTION_STRING", &store)]).await;
            assert_eq!(restored.browser().get(&page).await.status, 410, "the address of before");
            assert_eq!(restored.browser().post_form("/issuer/password", &form).await.status, 410);
            let link = restored.server.sign_in.set_up_link().await.expect("the store");
            assert_eq!(link.is_none(), is_set_up, "{}", backup.display());
            assert_eq!(restored.browser().get(&page).await.status, 410, "also beside a new one");
        }
    });
}
