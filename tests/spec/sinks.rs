//! Copies of the audit log: what they hold and never hold, what proves them, and what happens while a sink is away.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use server::metrics;
use tokio::net::TcpListener;

use crate::postgres::Postgres;
use crate::program::{Place, changed, environment, finish, told};
use crate::samples::external;
use crate::sinks_received::{Got, framed, take};
use crate::world::{Browser, World, run, within};

/// Waits until something is so.
pub(crate) async fn until(what: &str, is_so: impl AsyncFnMut() -> bool) {
    within(Duration::from_secs(30), what, is_so).await;
}

pub(crate) fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
}

pub(crate) fn numbers(lines: &[Value]) -> Vec<u64> {
    lines.iter().map(|line| line["number"].as_u64().expect("a number")).collect()
}

/// Verifies a copy against the store in `folder`; gives exit code and what is said.
pub(crate) fn verify(folder: &Path, file: &Path, further: &[&str]) -> (i32, String) {
    let file = file.to_str().expect("plain characters");
    let arguments: Vec<&str> = ["audit", "verify", "--from", file].into_iter().chain(further.iter().copied()).collect();
    let output = finish(&arguments, &changed(&environment(folder, 1), &[]));
    let (code, said) = told(&output);
    (code, format!("{said}{}", String::from_utf8_lossy(&output.stdout)))
}

/// The number of the newest entry of a world.
pub(crate) async fn end(world: &World) -> u64 {
    world.server.audit.anchor().await.expect("the log").seq
}

/// A request that is written down, with its beginning and its end.
pub(crate) async fn asked(browser: &mut Browser) -> String {
    browser.call("environment", &json!({})).await.verdict()
}

#[test]
fn a_file_gets_every_entry_in_its_order_and_is_its_owners_alone() {
    run(async {
        let place = Place::new().await;
        let logs = place.folder.path().join("logs");
        std::fs::create_dir(&logs).expect("a folder");
        let file = logs.join("audit.jsonl");
        std::fs::write(&file, "").expect("a file");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("open to everybody");
        let serving = place.serve(&[("CLEW_AUDIT_FILE", file.to_str().expect("plain"))]).await;
        let person = ["person", "add", "ada", "--role", "Task.Read"];
        let beside = finish(&person, &changed(&environment(&place.store, 1), &[]));
        assert!(beside.status.success(), "{beside:?}");
        until("what a command wrote beside the server", async || {
            lines(&file).iter().any(|line| line["call"] == "person add")
        })
        .await;
        let said = serving.end();
        let copied = lines(&file);
        let first = copied.first().expect("an entry");
        assert_eq!(numbers(&copied), (1..=copied.len() as u64).collect::<Vec<_>>());
        assert_eq!((&first["clew_audit"], &first["phase"]), (&json!(1), &json!("note")));
        let calls: Vec<&str> = copied.iter().filter_map(|line| line["call"].as_str()).collect();
        assert!(calls.contains(&"start") && calls.last() == Some(&"stop"), "{calls:?}");
        let mode = std::fs::metadata(&file).expect("a file").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);

        let (code, told) = verify(&place.store, &file, &[]);
        assert!(code == 0 && told.contains("each proven") && told.contains("those of the store"), "{code} {told}");
        let (code, told) = verify(Path::new("/nonexistent"), &file, &["--alone"]);
        assert!(code == 0 && told.contains("not compared with a store"), "{code} {told}");

        let absent = logs.join("absent/audit.jsonl");
        for (file, expected) in [(&file, "has what is written"), (&absent, "It takes nothing")] {
            let settings = [("CLEW_AUDIT_FILE", file.to_str().expect("plain"))];
            let doctor = finish(&["doctor"], &changed(&environment(&place.store, 1), &settings));
            let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
            let line = said.lines().find(|line| line.contains("audit sink file")).expect("a line about it");
            assert!(line.contains(expected), "{line}");
        }

        // The end of the log that the output tells is one that the command takes, as a whole line.
        let anchors: Vec<&str> = said.lines().filter(|line| line.starts_with("clew audit anchor ")).collect();
        assert!(anchors.len() >= 2, "at the start and at the end: {said}");
        for anchor in anchors {
            let output = finish(&["audit", "verify", "--anchor", anchor], &changed(&environment(&place.store, 1), &[]));
            assert!(output.status.success(), "{anchor}: {output:?}");
        }
    });
}

/// A world whose log has some entries, and its copy.
async fn copied() -> (World, PathBuf, tempfile::TempDir) {
    let logs = tempfile::tempdir().expect("a folder");
    let file = logs.path().join("audit.jsonl");
    let world = World::start_with(&[("CLEW_AUDIT_FILE", file.to_str().expect("plain"))]).await;
    let mut ada = world.signed_in("ada", &["Task.Manage"]).await;
    for _ in 0..5 {
        assert_eq!(asked(&mut ada).await, "200");
    }
    let end = end(&world).await;
    until("the last entry", async || numbers(&lines(&file)).last() == Some(&end)).await;
    (world, file, logs)
}

#[test]
fn every_attack_on_a_copy_is_seen_with_and_without_the_store() {
    run(async {
        let (world, file, logs) = copied().await;
        let text = std::fs::read_to_string(&file).expect("a copy");
        let whole: Vec<String> = text.lines().map(str::to_owned).collect();
        let forged = whole[3].replace("\"person\":\"", "\"person\":\"eve");
        let renumbered = whole[3].replacen("\"number\":4", "\"number\":5", 1);
        assert!(forged != whole[3] && renumbered != whole[3]);
        let attack = |change: &dyn Fn(&mut Vec<String>)| {
            let mut lines = whole.clone();
            change(&mut lines);
            lines
        };
        let table: [(&str, Vec<String>, &str); 7] = [
            ("changed", attack(&|lines| lines[3].clone_from(&forged)), "entry 4 is not as it was written"),
            ("renumbered", attack(&|lines| lines[4].clone_from(&renumbered)), "entry 5 is not as it was written"),
            ("removed", attack(&|lines| drop(lines.remove(3))), "entry 4 is missing"),
            ("exchanged", attack(&|lines| lines.swap(3, 4)), "entry 4 is missing"),
            ("added", attack(&|lines| lines.insert(4, forged.clone())), "entry 4 is not as it was written"),
            ("torn", attack(&|lines| lines[3].truncate(90)), "it is no entry of a copy"),
            ("nothing", Vec::new(), "holds no entry"),
        ];
        let other = logs.path().join("attacked.jsonl");
        for (about, lines, expected) in table {
            std::fs::write(&other, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).expect("written");
            for further in [&[][..], &["--alone"]] {
                let (code, said) = verify(world.folder.path(), &other, further);
                assert!(code == 71 && said.contains(expected), "{about} {further:?}: {code} {said}");
            }
        }
        let twice = attack(&|lines| lines.insert(5, whole[2].clone()));
        std::fs::write(&other, twice.join("\n")).expect("written");
        let (code, said) = verify(world.folder.path(), &other, &[]);
        assert!(code == 0 && said.contains("1 lines came twice"), "{code} {said}");
        let part = attack(&|lines| drop(lines.drain(..2)));
        std::fs::write(&other, part.join("\n")).expect("written");
        let (code, said) = verify(world.folder.path(), &other, &[]);
        assert!(code == 0 && said.contains("from number 3"), "a rotated part stands by itself: {code} {said}");
        std::fs::write(&other, text).expect("written");
        assert_eq!(verify(world.folder.path(), &other, &[]).0, 0, "without an attack it is whole");
    });
}

#[test]
fn a_copy_of_another_history_of_the_same_key_is_told_from_the_store() {
    run(async {
        let (_, file, logs) = copied().await;
        let (other, own, _own_logs) = copied().await;
        assert_eq!(verify(other.folder.path(), &own, &[]).0, 0);
        let (code, said) = verify(other.folder.path(), &file, &[]);
        assert!(code == 71 && said.contains("is another one in the store"), "{code} {said}");
        assert_eq!(verify(logs.path(), &file, &["--alone"]).0, 0, "by itself it is good");
    });
}

#[test]
fn a_file_that_is_rotated_is_opened_anew_and_sighup_ends_nothing() {
    run(async {
        let place = Place::new().await;
        let file = place.folder.path().join("audit.jsonl");
        let serving = place.serve(&[("CLEW_AUDIT_FILE", file.to_str().expect("plain"))]).await;
        until("the start", async || !lines(&file).is_empty()).await;
        let first = place.folder.path().join("audit.jsonl.1");
        std::fs::rename(&file, &first).expect("rotated");
        crate::program::signal("HUP", serving.process());
        let person = ["person", "add", "ada", "--role", "Task.Read"];
        assert!(finish(&person, &changed(&environment(&place.store, 1), &[])).status.success());
        until("a new file", async || !lines(&file).is_empty()).await;
        serving.end();
        let both = [std::fs::read(&first).expect("a file"), std::fs::read(&file).expect("a file")].concat();
        let whole = place.folder.path().join("both.jsonl");
        std::fs::write(&whole, both).expect("written");
        let (code, said) = verify(&place.store, &whole, &[]);
        assert!(code == 0 && said.contains("from number 1 "), "{code} {said}");
    });
}

#[test]
fn a_sink_that_may_be_behind_hinders_nobody_and_goes_on_without_a_gap() {
    run(async {
        let logs = tempfile::tempdir().expect("a folder");
        let file = logs.path().join("later/audit.jsonl");
        let world = World::start_with(&[("CLEW_AUDIT_FILE", file.to_str().expect("plain"))]).await;
        let mut ada = world.signed_in("ada", &["Task.Manage"]).await;
        for _ in 0..20 {
            assert_eq!(asked(&mut ada).await, "200");
        }
        until("readiness says so", async || world.browser().get("/readyz").await.text().contains("is behind")).await;
        let ready = world.browser().get("/readyz").await;
        let told = "ready\nwarning: a copy of the audit log is behind\n";
        assert_eq!((ready.status, ready.text().as_str()), (200, told), "to anybody neither names nor numbers");
        let page = metrics::page(&world.server).await.expect("numbers");
        let end = end(&world).await;
        assert!(page.contains(&format!("clew_audit_sink_behind{{sink=\"file\"}} {end}")), "{page}");
        assert!(page.contains("clew_audit_sink_healthy{sink=\"file\"} 0"), "{page}");
        std::fs::create_dir(logs.path().join("later")).expect("a folder");
        until("the last entry", async || numbers(&lines(&file)).last() >= Some(&end)).await;
        let copied = numbers(&lines(&file));
        assert_eq!(copied, (1..=copied.len() as u64).collect::<Vec<_>>());
        until("readiness is as before", async || world.browser().get("/readyz").await.text() == "ready\n").await;
        assert_eq!(verify(world.folder.path(), &file, &[]).0, 0);
    });
}

#[test]
fn without_a_sink_that_must_have_it_nothing_is_answered_and_after_five_seconds_that_is_said() {
    run(async {
        let logs = tempfile::tempdir().expect("a folder");
        let folder = logs.path().join("there");
        std::fs::create_dir(&folder).expect("a folder");
        let file = folder.join("audit.jsonl");
        let settings = [("CLEW_AUDIT_FILE", file.to_str().expect("plain")), ("CLEW_AUDIT_FILE_POLICY", "must")];
        let world = World::start_with(&settings).await;
        let mut ada = world.signed_in("ada", &["Task.Manage"]).await;
        assert_eq!(asked(&mut ada).await, "200");
        let end = end(&world).await;
        assert_eq!(numbers(&lines(&file)).last(), Some(&end), "it has what was answered");

        std::fs::rename(&folder, logs.path().join("away")).expect("gone");
        let began = tokio::time::Instant::now();
        assert_eq!(asked(&mut ada).await, "503 audit_unavailable");
        let waited = began.elapsed();
        assert!(waited >= Duration::from_secs(5) && waited < Duration::from_secs(50), "{waited:?}");
        let ready = world.browser().get("/readyz").await;
        assert_eq!((ready.status, ready.text().as_str()), (503, "not ready: audit_sink_failed\n"));
        let failed = world.audit(10).await.into_iter().find(|entry| entry.call == "environment").expect("an entry");
        assert_eq!(failed.outcome.as_str(), "failed", "what was not done is not left open");

        std::fs::rename(logs.path().join("away"), &folder).expect("back");
        until("it is ready again", async || world.browser().get("/readyz").await.status == 200).await;
        assert_eq!(asked(&mut ada).await, "200");
        assert_eq!(verify(world.folder.path(), &file, &[]).0, 0, "nothing is missing of the time between");
    });
}

#[test]
fn a_sink_gets_the_shape_of_what_was_typed_unless_it_is_told_otherwise() {
    run(async {
        let logs = tempfile::tempdir().expect("a folder");
        for (values, expected) in [("shape", false), ("hash", false), ("full", true)] {
            let file = logs.path().join(values);
            let settings = [("CLEW_AUDIT_FILE", file.to_str().expect("plain")), ("CLEW_AUDIT_FILE_VALUES", values)];
            let world = World::start_with(&settings).await;
            let mut own = crate::projects::bank(&world).await;
            own.post_json("/api/stream/search", &json!({ "project": "bank", "text": "Planted Meyer", "limit": 9 }))
                .await;
            let end = end(&world).await;
            until("the last entry", async || numbers(&lines(&file)).last() >= Some(&end)).await;
            let text = std::fs::read_to_string(&file).expect("a copy");
            assert_eq!(text.contains("Planted Meyer"), expected, "{values}: {text}");
            let search = lines(&file).into_iter().find(|line| line["call"] == "search").expect("the search");
            assert_eq!(search["details"]["request"]["project"], "bank");
            assert_eq!(verify(world.folder.path(), &file, &[]).0, 0, "{values}");
        }
    });
}

/// What is given on top of what serves, and what is said.
type Said<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

#[test]
fn where_copies_go_is_the_environments_alone_and_what_cannot_be_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("a folder");
    let inside = data.join("audit.jsonl");
    let inside = inside.to_str().expect("plain");
    let table: [Said<'_>; 10] = [
        (&[("CLEW_AUDIT_FILE", inside)], &["CLEW_AUDIT_FILE", "Clew keeps or reads"]),
        (&[("CLEW_AUDIT_FILE", "audit.jsonl")], &["CLEW_AUDIT_FILE", "absolute path"]),
        (&[("CLEW_AUDIT_FILE", "/var/log/../audit.jsonl")], &["CLEW_AUDIT_FILE", "absolute path"]),
        (&[("CLEW_AUDIT_FILE_POLICY", "all")], &["CLEW_AUDIT_FILE_POLICY", "`must` or `may`"]),
        (&[("CLEW_AUDIT_SYSLOG", "https://log.example")], &["CLEW_AUDIT_SYSLOG", "tls://host:6514"]),
        (
            &[("CLEW_AUDIT_SYSLOG", "udp://log.example"), ("CLEW_AUDIT_SYSLOG_POLICY", "must")],
            &["CLEW_AUDIT_SYSLOG_POLICY", "nothing tells whether an entry arrived"],
        ),
        (
            &[("CLEW_AUDIT_SQL", "postgresql://clew:planted@db.example/audit")],
            &["holds a password", "CLEW_AUDIT_SQL_PASSWORD"],
        ),
        (&[("CLEW_AUDIT_SQL", "postgresql://clew@db.example/audit?sslmode=disable")], &["clear text"]),
        (&[("CLEW_AUDIT_SQL_TABLE", "audit; drop table x")], &["CLEW_AUDIT_SQL_TABLE"]),
        (&[("CLEW_AUDIT_FILES", "/x")], &["did you mean CLEW_AUDIT_FILE"]),
    ];
    for (changes, parts) in table {
        let (code, said) = told(&finish(&["serve"], &changed(&environment(&data, 1), changes)));
        assert_eq!(code, 2, "{changes:?}: {said}");
        assert!(parts.iter().all(|part| said.contains(part)) && !said.contains("planted"), "{changes:?}: {said}");
    }
    let (_, said) = told(&finish(&["serve", "--audit-file", "/x"], &changed(&environment(&data, 1), &[])));
    assert!(said.contains("unexpected argument"), "{said}");
}

#[test]
fn a_file_that_is_a_link_or_no_file_gets_nothing() {
    run(async {
        let logs = tempfile::tempdir().expect("a folder");
        let victim = logs.path().join("victim");
        std::fs::write(&victim, "precious").expect("a file");
        let link = logs.path().join("link.jsonl");
        std::os::unix::fs::symlink(&victim, &link).expect("a link");
        let folder = logs.path().join("folder.jsonl");
        std::fs::create_dir(&folder).expect("a folder");
        for place in [&link, &folder] {
            let world = World::start_with(&[("CLEW_AUDIT_FILE", place.to_str().expect("plain"))]).await;
            world.signed_in("ada", &["Task.Read"]).await;
            until("readiness says so", async || world.browser().get("/readyz").await.text().contains("behind")).await;
        }
        assert_eq!(std::fs::read_to_string(&victim).expect("a file"), "precious");
    });
}

/// Secrets of every kind, brought to a server in every way, `of_each` per way; gives them all.
async fn plant(world: &World, own: &mut Browser, of_each: usize) -> Vec<String> {
    let mut planted = Vec::new();
    let mut canary = |kind: &str, number: usize| {
        let text = format!("canary-{kind}-{number}-9f");
        planted.push(text.clone());
        text
    };
    for n in 0..of_each {
        let secrets = json!({ "password": canary("password", n) });
        own.call("test_source", &json!({ "project": "bank", "source": external("ledger"), "secrets": secrets })).await;
        let secrets = json!({ "password": canary("kept-password", n) });
        let save = json!({
            "project": "bank", "base": own.revision("bank").await, "source": external("ledger"), "secrets": secrets,
        });
        assert_eq!(own.call("save_source", &save).await.verdict(), "200");
        own.call("read_project", &json!({ "project": "bank", "token": canary("wrong-place", n) })).await;
        let cell = format!("name,zip\n{},1\n", canary("cell", n));
        own.upload(&json!({ "project": "bank", "name": "people.csv" }), cell.as_bytes()).await;
        let mut stranger = world.browser();
        stranger.cookies.insert("clew_sid".to_owned(), canary("cookie", n));
        stranger.call("who_am_i", &json!({})).await;
        let back = format!("/sign-in/callback?code={}&state={}", canary("code", n), canary("state", n));
        stranger.get(&back).await;
        if n < 4 {
            let page = stranger.leave_for_issuer("/sign-in").await;
            stranger.enter_password(&page, &format!("nobody-{n}"), &canary("typed-password", n)).await;
        }
        let search = json!({ "project": "bank", "text": canary("typed", n), "limit": 9 });
        own.post_json("/api/stream/search", &search).await;
    }
    planted
}

#[test]
fn of_two_hundred_planted_secrets_and_words_none_is_in_any_sink() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("audit.jsonl");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let syslog = format!("tcp://127.0.0.1:{}", listener.local_addr().expect("an address").port());
        let got = Got::default();
        let kept = got.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                take(stream, kept.clone()).await;
            }
        });
        let postgres = Postgres::shared();
        let sql = format!("postgresql://postgres@127.0.0.1:{}/postgres?sslmode=disable", postgres.port);
        let settings = [
            ("CLEW_AUDIT_FILE", file.to_str().expect("plain")),
            ("CLEW_AUDIT_SYSLOG", syslog.as_str()),
            ("CLEW_AUDIT_SQL", sql.as_str()),
            ("CLEW_AUDIT_SQL_TABLE", "audit_of_canaries"),
        ];
        let world = World::start_with(&settings).await;
        let mut own = crate::projects::bank(&world).await;
        let mut planted = plant(&world, &mut own, 25).await;
        assert!(planted.len() >= 200, "{}", planted.len());
        planted.extend(own.cookies.values().cloned());
        planted.extend([crate::world::PASSWORD.to_owned(), crate::world::KEY.to_owned()]);
        world.server.audit.flush_refusals(true).await.expect("written");

        let end = end(&world).await;
        let rows = || {
            let ask = ["-At", "-c", "select line from audit_of_canaries order by number"];
            let output = postgres.psql().args(ask).output().expect("psql");
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        until("every sink has it", async || {
            let of_file = numbers(&lines(&file)).last() >= Some(&end);
            of_file && framed(&got).len() as u64 >= end && rows().lines().count() as u64 >= end
        })
        .await;
        let sinks = [
            ("file", std::fs::read_to_string(&file).expect("a copy")),
            ("syslog", framed(&got).join("\n")),
            ("sql", rows()),
        ];
        for (sink, text) in sinks {
            let hits: Vec<&String> = planted.iter().filter(|planted| text.contains(planted.as_str())).collect();
            assert!(hits.is_empty(), "{sink}: {hits:?}");
            // The same search finds what should be there.
            for word in ["save_source", "test_source", "\"bank\"", "127.0.0.1", "wrong_password"] {
                assert!(text.contains(word), "{sink}: {word}");
            }
        }
    });
}

#[test]
fn what_somebody_typed_never_makes_a_second_line() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("audit.jsonl");
        let settings = [("CLEW_AUDIT_FILE", file.to_str().expect("plain")), ("CLEW_AUDIT_FILE_VALUES", "full")];
        let world = World::start_with(&settings).await;
        let mut own = crate::projects::bank(&world).await;
        let text = "Meyer\r\n{\"clew_audit\":1,\"number\":9}\u{1b}[31m\u{2028}";
        own.post_json("/api/stream/search", &json!({ "project": "bank", "text": text, "limit": 9 })).await;
        let end = end(&world).await;
        until("the last entry", async || numbers(&lines(&file)).last() >= Some(&end)).await;
        let copied = lines(&file);
        assert!(copied.iter().any(|line| line["details"]["request"]["text"] == text), "as it was typed");
        assert_eq!(numbers(&copied), (1..=copied.len() as u64).collect::<Vec<_>>());
        let bytes = std::fs::read(&file).expect("a copy");
        assert!(!bytes.iter().any(|byte| *byte < 0x20 && *byte != b'\n'), "no control character");
        assert_eq!(verify(world.folder.path(), &file, &[]).0, 0);
    });
}

#[test]
fn a_roll_of_the_key_is_in_the_copy_and_what_is_before_it_is_told_apart() {
    run(async {
        const NEW: &str = "sgTCu5tlTdBVcQ2S0q5fHYrNkZc1TtCWTPVpz1VHJ6o=";
        let logs = tempfile::tempdir().expect("a folder");
        let file = logs.path().join("audit.jsonl");
        let file_name = file.to_str().expect("plain");
        let world =
            World::start_with(&[("CLEW_AUDIT_FILE", file_name), ("CONFIG_B64_ENCRYPTION_KEY_ROLLING", NEW)]).await;
        let mut ada = world.signed_in("ada", &["Task.Manage"]).await;
        assert_eq!(asked(&mut ada).await, "200");
        let before = end(&world).await;
        until("what is before", async || numbers(&lines(&file)).last() == Some(&before)).await;
        let rolled = ada.call("roll_key", &json!({})).await;
        assert_eq!(rolled.verdict(), "200", "{}", rolled.text());
        assert_eq!(asked(&mut ada).await, "200");
        let end = end(&world).await;
        until("what is behind", async || numbers(&lines(&file)).last() == Some(&end)).await;
        let by = |key: &str, further: &[&str]| {
            let arguments: Vec<&str> =
                ["audit", "verify", "--from", file_name].into_iter().chain(further.iter().copied()).collect();
            let keys = [("CONFIG_B64_ENCRYPTION_KEY", key)];
            let output = finish(&arguments, &changed(&environment(world.folder.path(), 1), &keys));
            (told(&output), String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let ((code, fault), said) = by(NEW, &[]);
        assert!(code == 0 && said.contains("are under another key, from before a roll"), "{code} {fault} {said}");
        let ((code, fault), said) = by(crate::world::KEY, &["--alone"]);
        assert!(code == 0 && said.contains("are under another key"), "{code} {fault} {said}");

        // What is before the roll cannot be changed either: the old key proves it.
        let text = std::fs::read_to_string(&file).expect("a copy");
        std::fs::write(&file, text.replacen("\"person\":\"", "\"person\":\"eve", 1)).expect("written");
        assert_eq!(by(crate::world::KEY, &["--alone"]).0.0, 71);
    });
}
