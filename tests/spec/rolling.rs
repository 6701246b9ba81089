//! Rolling the key of the store: each start before and after, what is refused meanwhile, and the roll ended by force.

use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use model::change::Change;
use model::project::Project;
use serde_json::{Value, json};
use server::handlers::project::put_project;
use server::settings::{MasterKey, StorePlace};
use server::store::{self, CHUNK_BYTES, Keyring, RecordKey, RecordKind, Store, Vault, Write, put_image};
use server::upkeep;
use server::world::{SystemDice, random};

use crate::kills::{asked, moment};
use crate::program::{Place, changed, clew, environment, finish, signal, told};
use crate::projects::{change, read};
use crate::samples::{external, file, put_object_type, samples};
use crate::secrets::first_manager;
use crate::world::{Browser, KEY, PASSWORD, ParseId as _, World, project, run};

const MAIN: &str = "CONFIG_B64_ENCRYPTION_KEY";
const ROLLING: &str = "CONFIG_B64_ENCRYPTION_KEY_ROLLING";
const NEW: &str = "sgTCu5tlTdBVcQ2S0q5fHYrNkZc1TtCWTPVpz1VHJ6o=";
const THIRD: &str = "uH0mFv1k3cS9oQz7bY2dXe5Rj8wLtN6pAaGiKqUsVfM=";

/// A command on the store in `folder` with these keys; an empty one is not given.
fn on(folder: &Path, arguments: &[&str], main: &str, rolling: &str) -> Output {
    finish(arguments, &changed(&environment(folder, 1), &[(MAIN, main), (ROLLING, rolling)]))
}

/// What a command says that must go well.
fn good(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn keyring(key: &str) -> Keyring {
    Vault::new(MasterKey::from_base64(key).expect("a key"), Arc::new(SystemDice)).into()
}

fn open(folder: &Path, key: &str) -> Arc<dyn Store> {
    store::open(&StorePlace::Sqlite(folder.join("clew.db")), keyring(key)).expect("a store")
}

#[test]
fn the_command_rolls_says_the_next_step_and_does_it_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    good(&on(&data, &["person", "add", "ada", "--role", "Task.Manage"], KEY, ""));
    let end = |key: &str| {
        let said = good(&on(&data, &["audit", "verify"], key, ""));
        said.lines().find_map(|line| line.strip_prefix("Its end is ")).expect("the end of the log").to_owned()
    };
    let early = end(KEY);
    good(&on(&data, &["audit", "verify", "--anchor", &early], KEY, ""));
    let (code, said) = told(&on(&data, &["roll-key"], KEY, ""));
    assert!(code == 2 && said.contains(ROLLING), "{code} {said}");
    let (code, said) = told(&on(&data, &["roll-key"], KEY, "c2hvcnQ="));
    assert!(code == 2 && said.contains(ROLLING) && said.contains("5 bytes"), "{code} {said}");
    let (code, said) = told(&on(&data, &["roll-key"], THIRD, NEW));
    assert!(code == 4 && said.contains("under key id"), "{code} {said}");
    let absent = folder.path().join("absent");
    let (code, said) = told(&on(&absent, &["roll-key"], KEY, NEW));
    assert!(code == 2 && said.contains("there is no store") && !absent.exists(), "{code} {said}");

    let said = good(&on(&data, &["roll-key"], KEY, NEW));
    for part in
        ["rows are sealed under", "The backup before it is", "under the old key", "set CONFIG_B64_ENCRYPTION_KEY to"]
    {
        assert!(said.contains(part), "{said}");
    }
    let backup = said.lines().find_map(|line| line.strip_prefix("The backup before it is ")).expect("a backup");
    let backup = backup.split(';').next().expect("a name").to_owned();
    good(&on(&data, &["backup", "--verify", &backup], KEY, ""));
    let noted = said.split("ended at ").nth(1).and_then(|rest| rest.split(' ').next()).expect("an end").to_owned();

    let again = good(&on(&data, &["roll-key"], KEY, NEW));
    assert!(again.contains("already") && again.contains("Next: set"), "{again}");
    good(&on(&data, &["store", "verify"], NEW, ""));
    good(&on(&data, &["store", "verify"], KEY, NEW));
    let (code, said) = told(&on(&data, &["store", "verify"], KEY, ""));
    assert!(code == 4 && said.contains("unset CONFIG_B64_ENCRYPTION_KEY_ROLLING"), "{code} {said}");
    good(&on(&data, &["person", "roles", "ada", "--role", "Task.Read"], NEW, ""));

    let said = good(&on(&data, &["audit", "verify", "--anchor", &noted, "--anchor", &end(NEW)], NEW, ""));
    assert!(said.contains("was the end of the log before a roll"), "{said}");
    let (code, said) = told(&on(&data, &["audit", "verify", "--anchor", &early], NEW, ""));
    assert!(code == 1 && said.contains("the key was rolled since"), "{code} {said}");
}

/// Starts a server that must not start; gives what it says.
fn refused(folder: &Path, main: &str, rolling: &str) -> String {
    let (code, said) = told(&on(folder, &["serve"], main, rolling));
    assert_eq!(code, 4, "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[test]
fn each_start_before_and_after_the_roll_says_where_one_is() {
    run(async {
        let place = Place::new().await;
        let starts = async |main: &str, rolling: &str| place.serve(&[(MAIN, main), (ROLLING, rolling)]).await.end();
        let quiet = |said: String| assert!(!said.contains(ROLLING) && !said.contains("rolled"), "{said}");
        quiet(starts(KEY, "").await);
        let said = starts(KEY, NEW).await;
        assert!(said.contains("changes of the configuration are refused") && said.contains("clew roll-key"), "{said}");
        assert!(refused(&place.store, NEW, KEY).contains("which is in CONFIG_B64_ENCRYPTION_KEY_ROLLING"));
        assert!(refused(&place.store, THIRD, NEW).contains("under key id"));
        let serving = place.serve(&[(MAIN, KEY), (ROLLING, NEW)]).await;
        let (code, said) = told(&on(&place.store, &["roll-key"], KEY, NEW));
        assert!(code == 75 && said.contains("in use by another server"), "{code} {said}");
        drop(serving);
        good(&on(&place.store, &["roll-key"], KEY, NEW));

        let said = refused(&place.store, KEY, "");
        assert!(said.contains("was rolled from") && said.contains("unset CONFIG_B64_ENCRYPTION_KEY_ROLLING"), "{said}");
        let said = starts(KEY, NEW).await;
        assert!(said.contains("this server uses the new one") && said.contains("next: set"), "{said}");
        quiet(starts(NEW, "").await);
        assert!(starts(NEW, NEW).await.contains("is the key in use; unset it"));
        assert!(refused(&place.store, NEW, KEY).contains("was rolled away from"));
        assert!(refused(&place.store, THIRD, NEW).contains("which is in CONFIG_B64_ENCRYPTION_KEY_ROLLING"));
        assert!(refused(&place.store, THIRD, "").contains("under key id"));
    });
}

async fn state(browser: &mut Browser) -> Value {
    let answered = browser.call("key_state", &json!({})).await;
    assert_eq!(answered.verdict(), "200", "{}", answered.text());
    answered.json()["roll"].clone()
}

#[test]
fn while_a_roll_is_prepared_only_the_configuration_stays_and_the_running_server_rolls_and_goes_on() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        assert_eq!(state(&mut manager).await, "unwanted");
        assert_eq!(manager.call("roll_key", &json!({})).await.verdict(), "404 not_found", "there is no new key");

        let world = World::start_with(&[(ROLLING, NEW)]).await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let mut reader = world.signed_in("reader", &["Task.Read"]).await;
        let create = json!({ "id": "fresh", "name": "Fresh", "description": "" });
        let refused = manager.call("create_project", &create).await;
        assert_eq!(refused.verdict(), "423 key_rolling", "{}", refused.text());
        assert!(refused.json()["remedy"].as_str().is_some_and(|remedy| remedy.contains("reading and searching go on")));
        assert!(state(&mut manager).await.get("prepared").is_some());
        assert_eq!(reader.call("key_state", &json!({})).await.verdict(), "403 forbidden");
        assert_eq!(reader.call("roll_key", &json!({})).await.verdict(), "403 forbidden");
        let kept = manager.call("keep_preferences", &json!({ "preferences": {} })).await;
        assert_eq!(kept.verdict(), "200", "what is one's own goes on: {}", kept.text());

        let rolled = manager.call("roll_key", &json!({})).await;
        assert_eq!(rolled.verdict(), "200", "{}", rolled.text());
        assert!(rolled.json()["roll"].get("done").is_some(), "{}", rolled.text());
        assert_eq!(manager.call("roll_key", &json!({})).await.verdict(), "200", "it is done already");
        let made = manager.call("create_project", &create).await;
        assert_eq!(made.verdict(), "200", "{}", made.text());
        assert_eq!(reader.call("who_am_i", &json!({})).await.verdict(), "200", "who was signed in still is");
        let mut again = world.browser();
        assert_eq!(again.sign_in("reader", PASSWORD).await.status, 303, "who comes now is let in");
        let verdict = world.server.audit.verify(vec![]).await.expect("the log");
        assert!(matches!(verdict, store::Verdict::Whole { .. }), "{verdict:?}");
    });
}

/// A server that is prepared for a roll, with the project `bank` in it, its Own, and a source with a secret.
async fn prepared() -> (World, Browser) {
    let world = World::start_with(&[(ROLLING, NEW)]).await;
    let mut own = world.signed_in("own", &["Task.Manage"]).await;
    let mut bank = project("bank", &own.person().await);
    for source in [file("files"), external("ledger")] {
        bank.sources.insert(source.id.clone(), source);
    }
    let lost = project("lost", &"somebody".parse_id());
    let nobodys = Project { grants: Vec::new(), ..lost };
    let secret = RecordKey::new(RecordKind::Credential, "bank", "ledger");
    let mut writes = vec![Write::put(secret, r#"{"password":"of the ledger"}"#)];
    writes.extend([&bank, &nobodys].map(|project| put_project(project).expect("a project")));
    // By a command that was given the old key alone.
    let beside = open(world.folder.path(), KEY);
    let revision = beside.revision().await.expect("a revision");
    beside.commit(revision, writes, Vec::new()).await.expect("saved");
    beside.close().await.expect("closed");
    world.server.keeper.refresh().await.expect("read");
    (world, own)
}

#[test]
fn every_change_of_the_configuration_is_refused_while_a_roll_is_prepared_and_reading_goes_on() {
    run(async {
        let (world, mut own) = prepared().await;
        let changes = ["create_project", "change_project", "save_source", "accept_file"];
        let mut asked = 0;
        // A query is shown to its source before anything is saved, and this project has no such source.
        let is_asked = |about: &str| !about.starts_with("a query");
        for sample in samples().into_iter().filter(|sample| changes.contains(&sample.call) && is_asked(sample.about)) {
            let mut request = sample.request.clone();
            if request.get("base").is_some() {
                request["base"] = json!(own.revision("bank").await);
            }
            if sample.about.starts_with("removes") {
                request["changes"] = json!([Change::RemoveSource("ledger".parse_id())]);
            }
            let answered = own.call(sample.call, &request).await;
            assert_eq!(answered.verdict(), "423 key_rolling", "{}: {}", sample.title(), answered.text());
            asked += 1;
        }
        assert_eq!(asked, 11, "each sample of a change");
        let owner = json!({ "project": "lost", "to": { "email": "eve@example.org" } });
        assert_eq!(own.call("name_owner", &owner).await.verdict(), "423 key_rolling");
        let upload = json!({ "project": "bank", "name": "people.csv" });
        assert_eq!(own.upload(&upload, b"a,b\n1,2\n").await.verdict(), "423 key_rolling");
        assert_eq!(read(&mut own).await["project"]["name"], "Project bank");
        upkeep::once(&world.server).await.expect("upkeep goes on");

        let data = world.folder.path();
        let out = data.join("out");
        let out = out.to_str().expect("plain characters");
        good(&on(data, &["project", "export", "bank", out], KEY, NEW));
        let import = ["project", "import", out];
        for command in [&import[..], &["person", "add", "bob", "--role", "Task.Read"], &["person", "roles", "own"]] {
            let (code, said) = told(&on(data, command, KEY, NEW));
            assert!(code == 75 && said.contains("clew roll-key"), "{command:?}: {code} {said}");
        }
        good(&on(data, &["person", "disable", "own"], KEY, NEW));
    });
}

#[test]
fn secrets_of_sources_open_before_and_after_the_roll_in_the_running_server() {
    run(async {
        let (world, mut own) = prepared().await;
        let (project, source) = ("bank".parse_id(), "ledger".parse_id());
        let before = world.server.keeper.current();
        let rolled = own.call("roll_key", &json!({})).await;
        assert_eq!(rolled.verdict(), "200", "{}", rolled.text());
        for config in [before, world.server.keeper.current()] {
            let kept = config.project(&project).expect("a project");
            let secrets = world.server.targets.saved_secrets(kept, &source).expect("they open");
            assert_eq!(secrets["password"].reveal(), "of the ledger");
        }
        let kept = own.call("read_project", &json!({ "project": "bank" })).await;
        assert_eq!(kept.verdict(), "200");
        let changed = change(&mut own, "everyone", &[put_object_type("account", "files")]).await;
        assert_eq!(changed.verdict(), "200", "{}", changed.text());
    });
}

/// A store of some hundred rows and an upload, under `key`.
fn fill(folder: &Path, key: &str) {
    run(async {
        let store = open(folder, key);
        let draft = |n: usize| Write::put(RecordKey::new(RecordKind::Draft, "bank", format!("{n}")), vec![7; 900]);
        store.keep((0..400).map(draft).collect(), Vec::new()).await.expect("kept");
        let upload = RecordKey::new(RecordKind::Upload, "bank", "file");
        store.commit(0, vec![Write::put(upload, "a file")], Vec::new()).await.expect("kept");
        put_image(store.as_ref(), "file", vec![3; 3 * CHUNK_BYTES].into()).await.expect("kept");
        store.close().await.expect("closed");
    });
}

fn fresh_key() -> String {
    MasterKey::from_random(random(&SystemDice)).to_base64().expose().to_owned()
}

/// Starts a roll and ends it by force after a while, unless it has ended.
fn cut(folder: &Path, keys: [&str; 2], after: Duration) {
    let base = environment(folder, 1);
    let mut roll = clew(&["roll-key"], &changed(&base, &[(MAIN, keys[0]), (ROLLING, keys[1])]));
    let mut child = roll.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    std::thread::sleep(after);
    child.kill().and_then(|()| child.wait()).expect("it is ended");
}

/// Whether a file of the store holds anything that is under a key, also in what is free.
fn holds(folder: &Path, key: &str) -> bool {
    let id = Vault::new(MasterKey::from_base64(key).expect("a key"), Arc::new(SystemDice)).key_id().to_string();
    let id = server::hash::from_hex(&id).expect("hexadecimal");
    ["clew.db", "clew.db-wal"].iter().any(|name| {
        let bytes = std::fs::read(folder.join(name)).unwrap_or_default();
        bytes.windows(id.len()).any(|window| window == id)
    })
}

/// Which of the two keys the whole store opens under; it must be exactly one.
fn under(folder: &Path, keys: [&str; 2]) -> usize {
    let opens = keys.map(|key| told(&on(folder, &["store", "verify"], key, "")));
    let codes = [opens[0].0, opens[1].0];
    assert!(codes == [0, 4] || codes == [4, 0], "{opens:?}");
    usize::from(codes == [4, 0])
}

#[test]
fn a_roll_that_is_killed_at_any_moment_is_done_or_not_begun_and_can_be_finished() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let mut keys = [KEY.to_owned(), NEW.to_owned()];
    fill(&data, KEY);
    #[expect(clippy::disallowed_methods, reason = "how long a roll takes here")]
    let began = std::time::Instant::now();
    good(&on(&data, &["roll-key"], &keys[0], &keys[1]));
    let span = began.elapsed().mul_f64(1.1);
    let [mut done, mut undone] = [0, 0];
    keys = [keys[1].clone(), fresh_key()];
    for _ in 0..crate::kills::rounds(40) {
        let both = [keys[0].as_str(), keys[1].as_str()];
        cut(&data, both, moment(span));
        match under(&data, both) {
            0 => undone += 1,
            _ => {
                done += 1;
                // Whoever opened it last finished what the roll could not do any more.
                assert!(
                    !holds(&data, both[0]) && holds(&data, both[1]),
                    "nothing is under the old key, not even what is free"
                );
                good(&on(&data, &["roll-key"], both[0], both[1]));
                keys = [keys[1].clone(), fresh_key()];
            }
        }
    }
    println!("{done} rolls were done and {undone} not begun when they were ended; one took {span:?}");
    let both = [keys[0].as_str(), keys[1].as_str()];
    good(&on(&data, &["roll-key"], both[0], both[1]));
    assert_eq!(under(&data, both), 1, "what was interrupted is finished");
    assert!(!holds(&data, both[0]) && holds(&data, both[1]), "nothing is under the old key, not even what is free");
    run(async {
        let store = open(&data, both[1]);
        assert_eq!(store.list(RecordKind::Draft, None).await.expect("drafts").len(), 400, "none is lost");
        assert_eq!(store::image(store.as_ref(), "file", 3).await.expect("a file").len(), 3 * CHUNK_BYTES);
    });
    let parts = std::fs::read_dir(&data).expect("a folder").map(|entry| entry.expect("a file").file_name());
    assert!(parts.into_iter().all(|name| !name.to_string_lossy().ends_with(".part")), "no half of a backup stays");
}

#[test]
fn a_server_that_is_killed_while_it_rolls_by_its_button_has_done_it_or_not_begun() {
    run(async {
        let place = Place::new().await;
        let serving = place.serve(&[]).await;
        let mut manager = first_manager(&serving, place.port).await;
        serving.end();
        let filled = open(&place.store, KEY);
        let draft = |n: usize| Write::put(RecordKey::new(RecordKind::Draft, "bank", format!("{n}")), vec![7; 900]);
        filled.keep((0..400).map(draft).collect(), Vec::new()).await.expect("kept");
        filled.close().await.expect("closed");
        let (mut keys, mut span) = ([KEY.to_owned(), fresh_key()], None);
        let [mut done, mut undone] = [0, 0];
        for _ in 0..=crate::kills::rounds(5) {
            let serving = place.serve(&[(MAIN, &keys[0]), (ROLLING, &keys[1])]).await;
            let mut browser = manager.clone();
            let began = tokio::time::Instant::now();
            let rolling = tokio::spawn(async move { asked(&mut browser, "roll_key", &json!({})).await });
            match span {
                // The first one is let go on, and tells how long it takes.
                None => {
                    assert_eq!(rolling.await.expect("an answer"), Some(200));
                    span = Some(began.elapsed().mul_f64(1.1));
                }
                Some(span) => {
                    tokio::time::sleep(moment(span)).await;
                    signal("KILL", serving.process());
                    rolling.await.expect("an end");
                }
            }
            drop(serving);
            match under(&place.store, [&keys[0], &keys[1]]) {
                0 => undone += 1,
                _ => {
                    done += 1;
                    assert!(!holds(&place.store, &keys[0]), "nothing is under the old key");
                    keys = [keys[1].clone(), fresh_key()];
                }
            }
        }
        println!("{done} rolls were done and {undone} not begun when the server was killed; one took {span:?}");
        let serving = place.serve(&[(MAIN, &keys[0])]).await;
        assert_eq!(asked(&mut manager, "who_am_i", &json!({})).await, Some(200), "who was signed in still is");
        serving.end();
    });
}
