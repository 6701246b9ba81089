//! Several servers on one PostgreSQL: each sees what the others do, and none of them is missed when it goes.
//!
//! The aim is a second. A test may not measure, so each of them waits ten at the most and says how long it was.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use access::{PersonId, ProjectRole};
use model::project::Project;
use serde_json::{Value, json};
use server::settings::MasterKey;
use server::store::{CHUNK_BYTES, RecordKey, RecordKind, Vault, Write, put_image};
use server::world::{SystemDice, random};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};
use wire::frame::{Decoder, Frame};

use crate::kills::{moment, rounds};
use crate::postgres::{OwnPostgres, Postgres};
use crate::program::{Place, Serving, changed, clew, environment, finish, told};
use crate::secrets::first_manager;
use crate::world::{Browser, KEY, PAGE_HEADERS, Reply, World, exchange, grant, read_reply, run, settings, within};

const MAIN: &str = "CONFIG_B64_ENCRYPTION_KEY";
const ROLLING: &str = "CONFIG_B64_ENCRYPTION_KEY_ROLLING";
const NEW: &str = "sgTCu5tlTdBVcQ2S0q5fHYrNkZc1TtCWTPVpz1VHJ6o=";
pub(crate) const STORE: &str = "JDBC_CONNECTION_STRING";
/// Ten times the aim.
const AT_MOST: Duration = Duration::from_secs(10);

/// A place for a store that nobody has used.
pub(crate) fn fresh(port: u16) -> String {
    static STORES: AtomicU32 = AtomicU32::new(0);
    let number = STORES.fetch_add(1, Ordering::Relaxed);
    format!("jdbc:postgresql://127.0.0.1:{port}/postgres?user=postgres&currentSchema=replicas_{number}")
}

/// Waits for what must come soon, and says how long it took.
async fn soon(what: &str, is_there: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    within(AT_MOST, what, is_there).await;
    // Not by a macro: what a passing test prints is hidden.
    drop(writeln!(std::io::stderr(), "replicas: {what} after {} ms", began.elapsed().as_millis()));
}

/// Two programs on one store, and an instance manager at each of them.
struct Two {
    store: String,
    places: [Place; 2],
    serving: [Option<Serving>; 2],
    managers: [Browser; 2],
}

impl Two {
    async fn start(store: String, keys: [&[(&str, &str)]; 2]) -> Self {
        let places = [Place::new().await, Place::new().await];
        // People come by one address, whichever server answers.
        let address = format!("http://localhost:{}", places[0].port);
        let changes =
            keys.map(|keys| [&[(STORE, store.as_str()), ("CLEW_PUBLIC_URL", address.as_str())], keys].concat());
        let one = places[0].serve(&changes[0]).await;
        let manager = first_manager(&one, places[0].port).await;
        let other = places[1].serve(&changes[1]).await;
        let beside = Browser { port: places[1].port, cookies: manager.cookies.clone() };
        Self { store, places, serving: [Some(one), Some(other)], managers: [manager, beside] }
    }

    /// A command on the store.
    fn command(&self, arguments: &[&str], keys: &[(&str, &str)]) -> (i32, String, String) {
        command(self.places[0].folder.path(), &self.store, arguments, keys)
    }

    fn assert_whole_log(&self, keys: &[(&str, &str)]) {
        let (code, said, failed) = self.command(&["audit", "verify"], keys);
        assert!(code == 0 && said.contains("each as it was written, none missing"), "{said} {failed}");
    }
}

/// A command on a store: its exit code, what it says, and what it complains of.
fn command(folder: &Path, store: &str, arguments: &[&str], keys: &[(&str, &str)]) -> (i32, String, String) {
    let base = environment(folder, 1);
    let output = finish(arguments, &changed(&base, &[&[(STORE, store)], keys].concat()));
    let (code, failed) = told(&output);
    (code, String::from_utf8_lossy(&output.stdout).into_owned(), failed)
}

async fn create(browser: &mut Browser, id: &str) -> Reply {
    browser.call("create_project", &json!({ "id": id, "name": id, "description": "" })).await
}

async fn has(browser: &mut Browser, id: &str) -> bool {
    browser.call("read_project", &json!({ "project": id })).await.status == 200
}

async fn is_ready(port: u16) -> bool {
    let asked = format!("GET /readyz HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n\r\n");
    exchange(port, asked.as_bytes()).await.status == 200
}

#[test]
fn what_one_server_changes_the_other_shows_within_a_second() {
    run(async {
        let two = Two::start(fresh(Postgres::shared().port), [&[], &[]]).await;
        let [mut one, mut other] = two.managers.clone();
        assert!(!has(&mut other, "bank").await);
        assert_eq!(create(&mut one, "bank").await.verdict(), "200");
        soon("a project is seen", async || has(&mut other, "bank").await).await;
        let base = other.revision("bank").await;
        let rename = json!({ "project": "bank", "scope": "everyone", "base": base,
            "changes": [{ "describe": { "name": "Renamed", "description": "" } }] });
        let renamed = other.call("change_project", &rename).await;
        assert_eq!(renamed.verdict(), "200", "{}", renamed.text());
        let late = one.call("change_project", &rename).await;
        assert_eq!(late.verdict(), "409 conflict", "who is late is told, and nothing is lost: {}", late.text());
        soon("a new name is seen", async || {
            let read = one.call("read_project", &json!({ "project": "bank" })).await;
            read.text().contains("Renamed")
        })
        .await;
    });
}

#[test]
fn two_servers_that_make_a_store_at_the_same_moment_make_one() {
    run(async {
        for _ in 0..3 {
            let store = fresh(Postgres::shared().port);
            let both = [(), ()].map(|()| {
                let store = store.clone();
                tokio::spawn(async move { world(&store).await })
            });
            let [one, other] = both;
            let (one, other) = (one.await.expect("a server"), other.await.expect("a server"));
            one.add_person("ada", &["Task.Read"]).await;
            for world in [&one, &other] {
                let mut browser = world.browser();
                assert_eq!(browser.sign_in("ada", crate::world::PASSWORD).await.status, 303, "one key signs for both");
            }
            let verdict = other.server.audit.verify(vec![]).await.expect("the log");
            assert!(matches!(verdict, server::store::Verdict::Whole { .. }), "{verdict:?}");
        }
    });
}

const SCRIPT: &str = "
create database replicas;
\\c replicas
create view asleep as select i as id, 'x' || pg_sleep(600)::text as name from generate_series(1, 3) as i;
";

/// A project with a table that gives its rows very slowly.
fn slow_project(own: &PersonId, port: u16) -> Project {
    let settings = json!({
        "host": "127.0.0.1", "port": port.to_string(), "database": "replicas", "user": "postgres", "tls": "off"
    });
    let property = |id: &str, kind: &str| json!({ "id": id, "name": id, "column": id, "kind": kind });
    let asleep = json!({
        "id": "asleep", "name": "asleep", "plural": "asleep", "icon": "dot", "colour": 0, "source": "slow",
        "table": { "name": "asleep" }, "key": ["id"], "title": "{name}",
        "properties": [property("id", "integer"), property("name", "text")],
    });
    let project = json!({
        "id": "bank", "name": "Bank", "grants": [grant(own, ProjectRole::Own)],
        "sources": { "slow": { "id": "slow", "name": "Slow", "kind": "postgresql", "settings": settings } },
        "object_types": { "asleep": asleep }, "link_types": {},
    });
    serde_json::from_value(project).expect("a project")
}

/// A second server of the same store in this program, which follows what others change.
async fn world(store: &str) -> World {
    let world = World::start_with(&[(STORE, store)]).await;
    let keeper = world.server.keeper.clone();
    tokio::spawn(async move { keeper.follow().await });
    world
}

#[test]
fn whoever_is_signed_out_everywhere_is_so_on_each_server_and_a_running_answer_ends() {
    run(async {
        let (postgres, folder) = (Postgres::shared(), tempfile::tempdir().expect("a folder"));
        let script = folder.path().join("script.sql");
        std::fs::write(&script, SCRIPT).expect("a script");
        postgres.run_script(&script);
        let store = fresh(postgres.port);
        let (one, other) = (world(&store).await, world(&store).await);
        let mut manager = one.signed_in("manager", &["Task.Manage"]).await;
        let ada = one.signed_in("ada", &["Task.Manage"]).await;
        let mut beside = Browser { port: other.port, cookies: ada.cookies.clone() };
        one.put_project(&slow_project(&beside.person().await, postgres.port)).await;
        soon("the project is seen", async || has(&mut beside, "bank").await).await;

        let query = json!({ "from": { "objects": "asleep" }, "answer": { "rows": { "limit": 10 } } });
        let request = json!({ "project": "bank", "query": query }).to_string();
        let request = beside.written("POST", "/api/stream/run_query", &PAGE_HEADERS, request.as_bytes());
        let mut stream = TcpStream::connect(("127.0.0.1", other.port)).await.expect("a server");
        stream.write_all(&request).await.expect("sent");
        let mut first = vec![0; 64];
        stream.read_exact(&mut first).await.expect("the answer has begun");
        let person = beside.person().await;
        let ended = manager.call("end_sessions_of", &json!({ "person": person })).await;
        assert_eq!(ended.verdict(), "200", "{}", ended.text());
        let began = Instant::now();
        let mut rest = Vec::new();
        let read = tokio::time::timeout(AT_MOST, stream.read_to_end(&mut rest)).await;
        assert!(read.is_ok(), "it goes on");
        drop(writeln!(std::io::stderr(), "replicas: a running answer ended after {} ms", began.elapsed().as_millis()));
        let reply = read_reply(&[first, rest].concat()).expect("an answer");
        assert_eq!(last_fault(&reply.body), "signed_out");
        assert_eq!(beside.call("who_am_i", &json!({})).await.verdict(), "401 signed_out");
        assert_eq!(manager.call("who_am_i", &json!({})).await.verdict(), "200", "who was not meant is still there");
    });
}

/// How a person is called among those who may do something in a project.
async fn called(browser: &mut Browser, person: &PersonId) -> String {
    let read = browser.call("read_project", &json!({ "project": "bank" })).await.json();
    let grantees = read["grantees"].as_array().expect("grantees").clone();
    let named = grantees.iter().find(|pair| pair.to_string().contains(&person.to_string()));
    named.and_then(|pair| pair[1].as_str()).unwrap_or_default().to_owned()
}

#[test]
fn a_person_whom_one_server_let_in_has_a_name_at_the_other() {
    run(async {
        let store = fresh(Postgres::shared().port);
        let (one, other) = (world(&store).await, world(&store).await);
        let mut manager = one.signed_in("manager", &["Task.Manage"]).await;
        let mut beside = Browser { port: other.port, cookies: manager.cookies.clone() };
        let own = manager.person().await;
        let mut bank = crate::world::project("bank", &own);
        one.put_project(&bank).await;
        soon("the project is seen", async || has(&mut beside, "bank").await).await;
        assert_eq!(called(&mut beside, &own).await, "manager");

        let bob = one.signed_in("bob", &["Task.Read"]).await.person().await;
        bank.grants.push(grant(&bob, ProjectRole::Read));
        one.put_project(&bank).await;
        other.clock.pass(jiff::SignedDuration::from_secs(1));
        soon("who is new has a name", async || called(&mut beside, &bob).await == "bob").await;
    });
}

#[test]
fn whom_the_command_line_disables_or_resets_is_out_at_every_server_at_once() {
    run(async {
        let store = fresh(Postgres::shared().port);
        let (one, other) = (world(&store).await, world(&store).await);
        let mut manager = one.signed_in("manager", &["Task.Manage"]).await;
        for (name, what) in [("bob", "disable"), ("eve", "reset")] {
            let bob = one.signed_in(name, &["Task.Read"]).await;
            let mut both = [one.port, other.port].map(|port| Browser { port, cookies: bob.cookies.clone() });
            for browser in &mut both {
                assert_eq!(browser.call("who_am_i", &json!({})).await.verdict(), "200", "{what}");
            }
            let known = one.server.sessions.known(Some(&both[0].person().await)).await.expect("sessions");
            let held = known[0].body.tokens.clone().and_then(|tokens| tokens.refresh_token).expect("a token");
            let folder = one.folder.path().to_owned();
            let (place, arguments) = (store.clone(), ["person", what, name].map(str::to_owned));
            let done = tokio::task::spawn_blocking(move || {
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                command(&folder, &place, &arguments, &[(MAIN, KEY)])
            });
            let (code, said, failed) = done.await.expect("no panic");
            assert!(code == 0 && said.contains("signed out everywhere"), "{what}: {said} {failed}");
            for browser in &mut both {
                assert_eq!(browser.call("who_am_i", &json!({})).await.verdict(), "401 signed_out", "{what}");
            }
            let fields = [("client_id", "clew"), ("grant_type", "refresh_token"), ("refresh_token", held.as_str())];
            assert_eq!(one.browser().post_form("/issuer/token", &fields).await.status, 400, "{what}");
        }
        assert_eq!(manager.call("who_am_i", &json!({})).await.verdict(), "200", "nobody else");
    });
}

/// The code with which a streamed answer ends.
fn last_fault(body: &[u8]) -> String {
    let mut frames = Decoder::new();
    frames.push(body);
    let mut code = "nothing".to_owned();
    while let Some(frame) = frames.next_frame().expect("a frame") {
        if let Frame::Failed(fault) = frame {
            code = json!(fault)["code"].as_str().unwrap_or_default().to_owned();
        }
    }
    code
}

#[test]
fn two_hundred_changes_at_once_by_two_servers_are_all_kept_and_make_one_whole_log() {
    run(async {
        let mut two = Two::start(fresh(Postgres::shared().port), [&[], &[]]).await;
        let changing = (0..200_u64).map(|number| {
            let mut browser = two.managers[usize::from(number % 2 == 1)].clone();
            tokio::spawn(async move {
                // Each is told when it was late, and tries again, as people do.
                for tries in 1..1_000 {
                    let answered = create(&mut browser, &format!("p{number}")).await;
                    match answered.verdict().as_str() {
                        "200" => return tries,
                        // Not all at the same moment again.
                        "409 conflict" => sleep(Duration::from_millis(20 + number)).await,
                        verdict => panic!("{verdict}: {}", answered.text()),
                    }
                }
                panic!("it is never let through");
            })
        });
        let changing: Vec<_> = changing.collect();
        let mut tries = 0;
        for change in changing {
            tries += change.await.expect("a change");
        }
        drop(writeln!(std::io::stderr(), "replicas: 200 changes with {tries} tries"));
        for browser in &mut two.managers {
            for number in 0..200 {
                within(AT_MOST, "it is there", async || has(browser, &format!("p{number}")).await).await;
            }
        }
        two.assert_whole_log(&[]);
    });
}

#[test]
fn when_one_server_is_killed_the_other_goes_on() {
    run(async {
        let mut two = Two::start(fresh(Postgres::shared().port), [&[], &[]]).await;
        let [mut one, mut other] = two.managers.clone();
        assert_eq!(create(&mut one, "before").await.verdict(), "200");
        soon("the project is seen", async || has(&mut other, "before").await).await;
        drop(two.serving[0].take());
        assert_eq!(other.call("who_am_i", &json!({})).await.verdict(), "200", "who was signed in there is here");
        assert_eq!(create(&mut other, "behind").await.verdict(), "200");
        assert!(is_ready(two.places[1].port).await);
        two.assert_whole_log(&[]);
        let (code, _, failed) = two.command(&["roll-key"], &[(ROLLING, NEW)]);
        assert!(code == 75 && failed.contains("in use by another server"), "{code} {failed}");
        for scope in ["people", "uploads", "configuration", "everything", "audit"] {
            let (code, _, failed) = two.command(&["reset", scope, "--yes-i-mean", scope], &[]);
            assert!(code == 75 && failed.contains("in use by another server"), "{scope}: {code} {failed}");
        }
        assert!(has(&mut other, "behind").await, "nothing was forgotten");
        drop(two.serving[1].take());
        let (code, said, failed) = two.command(&["reset", "uploads", "--yes-i-mean", "uploads"], &[]);
        assert!(code == 1 && failed.contains("there is nothing of `uploads`"), "alone it may: {said} {failed}");
        let (code, said, failed) = two.command(&["roll-key"], &[(ROLLING, NEW)]);
        assert_eq!(code, 0, "{said} {failed}");
        two.assert_whole_log(&[(MAIN, NEW)]);
    });
}

#[test]
fn when_the_database_is_started_again_both_servers_are_there_again_with_all_that_was_acknowledged() {
    run(async {
        let mut postgres = OwnPostgres::start();
        let two = Two::start(fresh(postgres.port), [&[], &[]]).await;
        let [mut one, mut other] = two.managers.clone();
        assert_eq!(create(&mut one, "before").await.verdict(), "200");
        postgres.kill();
        for (place, browser) in two.places.iter().zip([&mut one, &mut other]) {
            soon("a server is not ready", async || !is_ready(place.port).await).await;
            let refused = create(browser, "lost").await;
            assert_eq!(refused.status, 503, "{}", refused.text());
        }
        postgres.start_again();
        for place in &two.places {
            soon("a server is ready again", async || is_ready(place.port).await).await;
        }
        // The database may have fallen before the other server had heard of it.
        soon("what was saved is seen", async || has(&mut other, "before").await).await;
        assert!(!has(&mut other, "lost").await);
        for (browser, id) in [(&mut one, "of-one"), (&mut other, "of-other")] {
            soon("a change goes through", async || create(browser, id).await.status == 200).await;
        }
        soon("it is seen", async || has(&mut one, "of-other").await).await;
        two.assert_whole_log(&[]);
        for serving in two.serving.iter().flatten() {
            assert!(serving.said().contains("the store's database is back"), "{}", serving.said());
        }
    });
}

#[test]
fn when_one_server_rolls_the_key_the_other_writes_nothing_more_and_says_that_it_must_be_started_again() {
    run(async {
        let mut two = Two::start(fresh(Postgres::shared().port), [&[(ROLLING, NEW)], &[]]).await;
        let [mut one, mut other] = two.managers.clone();
        assert_eq!(create(&mut one, "early").await.verdict(), "423 key_rolling", "it is prepared");
        let rolled = one.call("roll_key", &json!({})).await;
        assert_eq!(rolled.verdict(), "200", "{}", rolled.text());
        soon("the other is not ready", async || !is_ready(two.places[1].port).await).await;
        let refused = create(&mut other, "late").await;
        assert_eq!(refused.verdict(), "503 store_unavailable", "{}", refused.text());
        assert!(refused.text().contains("must be started again with the new key"), "{}", refused.text());
        let said = two.serving[1].as_ref().expect("it runs").said();
        assert!(said.contains("start it again with the new key"), "{said}");
        assert_eq!(create(&mut one, "new").await.verdict(), "200", "the one goes on under the new key");

        drop(two.serving[1].take());
        let base = environment(&two.places[1].store, two.places[1].port);
        let (code, failed) = told(&finish(&["serve"], &changed(&base, &[(STORE, &two.store)])));
        assert!(code == 4 && failed.contains("was rolled from"), "{code} {failed}");
        let changes = [(STORE, two.store.as_str()), (MAIN, NEW)];
        let again = two.places[1].serve(&changes).await;
        assert!(has(&mut other, "new").await, "who was signed in still is");
        assert_eq!(create(&mut other, "late").await.verdict(), "200");
        two.assert_whole_log(&[(MAIN, NEW)]);
        drop(again);
    });
}

#[test]
fn when_one_server_rolls_the_key_another_with_both_keys_goes_on_under_the_new_one_by_itself() {
    run(async {
        let rolling = [(ROLLING, NEW)];
        let two = Two::start(fresh(Postgres::shared().port), [&rolling, &rolling]).await;
        let [mut one, mut other] = two.managers.clone();
        assert_eq!(create(&mut other, "early").await.verdict(), "423 key_rolling", "it is prepared");
        let asking = tokio::spawn({
            let mut other = other.clone();
            async move {
                for _ in 0..200 {
                    assert_eq!(other.call("who_am_i", &json!({})).await.verdict(), "200");
                    let kept = other.call("keep_preferences", &json!({ "preferences": {} })).await;
                    assert_eq!(kept.verdict(), "200", "what is written down meanwhile waits: {}", kept.text());
                }
            }
        });
        assert_eq!(one.call("roll_key", &json!({})).await.verdict(), "200");
        asking.await.expect("nobody was turned away");
        soon("the other changes under the new key", async || create(&mut other, "behind").await.status == 200).await;
        assert!(is_ready(two.places[1].port).await && is_ready(two.places[0].port).await);
        soon("the one sees it", async || has(&mut one, "behind").await).await;
        two.assert_whole_log(&[(MAIN, NEW)]);
        let (code, said, failed) = two.command(&["store", "verify"], &[(MAIN, NEW)]);
        assert_eq!(code, 0, "{said} {failed}");
    });
}

#[test]
fn a_backup_goes_from_a_file_into_a_database_and_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = |store: &str, arguments: &[&str]| {
        let (code, said, failed) = command(folder.path(), store, arguments, &[(MAIN, KEY)]);
        assert_eq!(code, 0, "{arguments:?}: {said} {failed}");
        said
    };
    let database = fresh(Postgres::shared().port);
    let [first, back] = ["first.db", "back.db"].map(|name| folder.path().join(name).display().to_string());
    let [to, from] = ["to", "from"].map(|name| folder.path().join(name).display().to_string());
    let (code, _, failed) = command(folder.path(), &database, &["backup", &to], &[]);
    assert!(code == 2 && failed.contains("there is no store at postgresql://127.0.0.1"), "{code} {failed}");
    good(&first, &["person", "add", "ada", "--role", "Task.Manage"]);
    good(&first, &["backup", &to]);
    good(&database, &["restore", &to]);
    let counts = |said: &str| -> Vec<Value> {
        said.lines().filter(|line| line.starts_with("  ")).map(|line| json!(line)).collect()
    };
    assert!(counts(&good(&database, &["store", "verify"])).len() > 1);
    good(&database, &["person", "roles", "ada", "--role", "Task.Read"]);
    good(&database, &["audit", "verify"]);
    good(&database, &["backup", &from]);
    good(&back, &["restore", &from]);
    good(&back, &["store", "verify"]);
    good(&back, &["audit", "verify"]);
    let (code, _, failed) = command(folder.path(), &database, &["restore", &from], &[]);
    assert!(code == 71 && failed.contains("left untouched"), "{code} {failed}");
    let said = command(folder.path(), &database, &["doctor"], &[]).1;
    assert!(said.contains("opens, and its structure is whole") && said.contains("are as they were written"), "{said}");
}

/// Which of the two keys the whole store opens under; it must be exactly one.
fn under(folder: &Path, store: &str, keys: [&str; 2]) -> usize {
    let opens = keys.map(|key| command(folder, store, &["store", "verify"], &[(MAIN, key)]));
    let codes = [opens[0].0, opens[1].0];
    assert!(codes == [0, 4] || codes == [4, 0], "{opens:?}");
    usize::from(codes == [4, 0])
}

/// A store of some hundred rows and an upload.
fn fill(folder: &Path, store: &str) {
    run(async {
        let place = settings(folder, 1, &[(STORE, store)]).store;
        let vault = Vault::new(MasterKey::from_base64(KEY).expect("a key"), Arc::new(SystemDice));
        let store = server::store::open(&place, vault).expect("a store");
        let draft = |n: usize| Write::put(RecordKey::new(RecordKind::Draft, "bank", format!("{n}")), vec![7; 900]);
        store.keep((0..400).map(draft).collect(), Vec::new()).await.expect("kept");
        let upload = RecordKey::new(RecordKind::Upload, "bank", "file");
        store.commit(0, vec![Write::put(upload, "a file")], Vec::new()).await.expect("kept");
        put_image(store.as_ref(), "file", vec![3; 3 * CHUNK_BYTES].into()).await.expect("kept");
        store.close().await.expect("closed");
    });
}

/// Whether a table of the store holds anything that is under a key, also in what is free.
fn holds(store: &str, key: &str) -> bool {
    let id = Vault::new(MasterKey::from_base64(key).expect("a key"), Arc::new(SystemDice)).key_id();
    let schema = store.split("currentSchema=").nth(1).expect("a schema");
    let of_tables = format!("SELECT oid FROM pg_class WHERE relnamespace = '{schema}'::regnamespace");
    let found = format!(
        "CHECKPOINT; SELECT count(*) FROM pg_class
         WHERE (oid IN ({of_tables}) OR oid IN (SELECT reltoastrelid FROM pg_class WHERE oid IN ({of_tables})))
         AND relkind IN ('r', 't') AND position('\\x{id}'::bytea IN pg_read_binary_file(pg_relation_filepath(oid))) > 0"
    );
    let mut psql = Postgres::shared().psql();
    let output = psql.args(["-t", "-A", "-c", &found]).output().expect("psql");
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(output.status.success(), "{output:?}");
    said.lines().last() != Some("0")
}

#[test]
fn a_roll_of_a_database_that_is_killed_at_any_moment_is_done_or_not_begun_and_can_be_finished() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = fresh(Postgres::shared().port);
    fill(folder.path(), &store);
    let fresh_key = || MasterKey::from_random(random(&SystemDice)).to_base64().expose().to_owned();
    let roll = |keys: &[String; 2]| {
        let (code, said, failed) =
            command(folder.path(), &store, &["roll-key"], &[(MAIN, &keys[0]), (ROLLING, &keys[1])]);
        assert_eq!(code, 0, "{said} {failed}");
    };
    let mut keys = [KEY.to_owned(), fresh_key()];
    #[expect(clippy::disallowed_methods, reason = "how long a roll takes here")]
    let began = std::time::Instant::now();
    roll(&keys);
    let span = began.elapsed().mul_f64(1.1);
    assert!(!holds(&store, &keys[0]) && holds(&store, &keys[1]), "the search itself works");
    keys = [keys[1].clone(), fresh_key()];
    let [mut done, mut undone] = [0, 0];
    for _ in 0..rounds(16) {
        let base = environment(folder.path(), 1);
        let changes = [(STORE, store.as_str()), (MAIN, &keys[0]), (ROLLING, &keys[1])];
        let mut rolling = clew(&["roll-key"], &changed(&base, &changes));
        let mut child = rolling.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
        std::thread::sleep(moment(span));
        child.kill().and_then(|()| child.wait()).expect("it is ended");
        match under(folder.path(), &store, [&keys[0], &keys[1]]) {
            0 => undone += 1,
            _ => {
                done += 1;
                roll(&keys);
                assert!(!holds(&store, &keys[0]), "nothing is under the old key, not even what is free");
                keys = [keys[1].clone(), fresh_key()];
            }
        }
    }
    drop(writeln!(std::io::stderr(), "replicas: {done} rolls were done and {undone} not begun when they were killed"));
    roll(&keys);
    assert_eq!(under(folder.path(), &store, [&keys[0], &keys[1]]), 1, "what was interrupted is finished");
    assert!(!holds(&store, &keys[0]) && holds(&store, &keys[1]), "nothing is under the old key");
}
