//! Backups that a server makes by itself: when, how many stay, and what is never removed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;
use server::backups::{Schedule, newest, once};
use server::start::keyring;
use server::store::backup;
use server::world::SystemDice;

use crate::program::{Place, changed, environment, finish};
use crate::world::{PASSWORD, World, run, settings};

const DAY: Duration = Duration::from_secs(86_400);

fn backups(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    found.sort();
    found
}

#[test]
fn a_backup_is_made_once_a_day_and_the_oldest_goes_when_a_newer_one_is_whole() {
    run(async {
        let world = World::start().await;
        world.add_person("ada", &["Task.Manage"]).await;
        let folder = tempfile::tempdir().expect("a folder");
        let schedule = Schedule { folder: folder.path().to_owned(), every: DAY, keep: 2 };
        let keys =
            keyring(&settings(world.folder.path(), world.port, &[]), std::sync::Arc::new(SystemDice)).expect("keys");
        let look = async || once(&world.server, &keys, &schedule).await.expect("a look");
        fs::write(folder.path().join("clew-20200101T000000Z-key-aa.backup"), b"something else").expect("a file");

        let first = look().await.expect("a backup");
        assert_eq!(look().await, None, "one a day");
        world.clock.pass(SignedDuration::from_hours(23));
        assert_eq!(look().await, None);
        world.clock.pass(SignedDuration::from_hours(1));
        let second = look().await.expect("the next");
        world.clock.pass(SignedDuration::from_hours(24));
        let third = look().await.expect("one more");
        let foreign = folder.path().join("clew-20200101T000000Z-key-aa.backup");
        assert_eq!(backups(folder.path()), [foreign, second.clone(), third.clone()], "{} is gone", first.display());

        let vault = keys.of(world.server.store.key_id());
        for made in [&second, &third] {
            let checked = backup::check(made, vault.clone(), Vec::new()).expect("a backup");
            assert_eq!(checked.faults_total, 0);
            assert!(checked.counts["audit entries"] > 0);
        }
        let noted =
            world.audit(10).await.into_iter().filter(|entry| entry.call == "backup" && entry.person == "server");
        assert_eq!(noted.count(), 3, "each is written down");
    });
}

#[test]
fn a_folder_that_cannot_be_written_costs_no_older_backup_and_no_answer() {
    run(async {
        let world = World::start().await;
        let folder = tempfile::tempdir().expect("a folder");
        let gone = Schedule { folder: folder.path().join("not there"), every: DAY, keep: 1 };
        let keys =
            keyring(&settings(world.folder.path(), world.port, &[]), std::sync::Arc::new(SystemDice)).expect("keys");
        let error = once(&world.server, &keys, &gone).await.expect_err("no folder").to_string();
        assert!(error.contains("not there") && error.contains("cannot be written"), "{error}");
        assert_eq!(world.browser().get("/readyz").await.status, 200);
    });
}

#[test]
fn the_server_makes_one_when_it_starts_and_the_doctor_says_how_old_the_newest_is() {
    run(async {
        let place = Place::new().await;
        let folder = tempfile::tempdir().expect("a folder");
        let named = folder.path().to_str().expect("a name").to_owned();
        let setting = [("CLEW_BACKUP_DIR", named.as_str())];
        let serving = place.serve(&setting).await;
        for _ in 0..200 {
            if newest(folder.path()).is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(newest(folder.path()).is_some(), "{:?}", backups(folder.path()));
        drop(serving);
        let said = crate::program::finish(
            &["doctor"],
            &crate::program::changed(&crate::program::environment(&place.store, place.port), &setting),
        );
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        assert!(said.lines().any(|line| line.starts_with("ok    backups")), "{said}");
        let absent = [("CLEW_BACKUP_DIR", "/absent")];
        let said = crate::program::finish(
            &["doctor"],
            &crate::program::changed(&crate::program::environment(&place.store, place.port), &absent),
        );
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        assert!(said.lines().any(|line| line.starts_with("bad   backups")), "{said}");
    });
}

#[test]
fn the_store_page_lists_those_of_the_schedule_and_of_a_reset_with_what_each_was_made_for() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::start_with(&[("CLEW_BACKUP_DIR", folder.path().to_str().expect("plain"))]).await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let schedule = Schedule { folder: folder.path().to_owned(), every: DAY, keep: 2 };
        let keys =
            keyring(&settings(world.folder.path(), world.port, &[]), std::sync::Arc::new(SystemDice)).expect("keys");
        once(&world.server, &keys, &schedule).await.expect("a look").expect("a backup");
        fs::write(folder.path().join("notes.backup"), b"something else").expect("a file");
        world.add_person("ada", &["Task.Read"]).await;
        let base = environment(world.folder.path(), 1);
        let reset = finish(&["reset", "sessions", "--yes-i-mean", "sessions"], &changed(&base, &[]));
        assert!(reset.status.success(), "{reset:?}");
        assert_eq!(manager.sign_in("manager", PASSWORD).await.status, 303);
        let state = manager.call("store_state", &json!({})).await.json();
        let listed = state["backups"].as_array().expect("a list");
        let places: Vec<(&str, &str)> = listed
            .iter()
            .map(|file| (file["made_for"].as_str().expect("a word"), file["folder"].as_str().expect("a folder")))
            .collect();
        let [store, backups] = [world.folder.path(), folder.path()].map(|path| path.to_str().expect("plain"));
        let mut sorted = places.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [("reset", store), ("schedule", backups)], "{state}");
        for file in listed {
            let name = file["name"].as_str().expect("a name");
            let checked = manager.call("verify_backup", &json!({ "name": name })).await.json();
            assert_eq!(checked["faults"], json!(0), "{checked}");
            let there = tempfile::tempdir().expect("a folder");
            let path = format!("{}/{name}", file["folder"].as_str().expect("a folder"));
            let restored = finish(&["restore", &path], &changed(&environment(there.path(), 1), &[]));
            assert!(restored.status.success(), "as the page says it: {restored:?}");
        }
    });
}
