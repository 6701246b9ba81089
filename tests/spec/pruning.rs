//! Pruning the audit log: what is old goes for good, what is left still holds, and every attack on it is still seen.

use std::path::Path;
use std::process::Output;

use jiff::Timestamp;
use serde_json::{Value, json};
use server::audit::Entry;
use server::store::{AuditSearch, Outcome, Verdict};

use crate::program::{changed, environment, finish, told};
use crate::world::{World, run};

const NEW: &str = "sgTCu5tlTdBVcQ2S0q5fHYrNkZc1TtCWTPVpz1VHJ6o=";

fn on(folder: &Path, arguments: &[&str]) -> Output {
    finish(arguments, &changed(&environment(folder, 1), &[]))
}

fn good(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The end of the log, as a check gives it.
fn end(folder: &Path) -> String {
    let said = good(&on(folder, &["audit", "verify"]));
    said.lines().find_map(|line| line.strip_prefix("Its end is ")).expect("an end").to_owned()
}

const PRUNE: [&str; 6] = ["audit", "prune", "--before", "2021-01-01", "--yes-i-mean", "2021-01-01"];

/// A world with 30 entries of 2020, and further ones of later; gives the ends after 10 and 30 entries.
async fn old(further: &[(&str, &str)]) -> (World, [String; 2]) {
    let world = World::start_with(further).await;
    let entry = |n: i64| {
        let entry =
            Entry { person: "ada".into(), call: "search".into(), project: "p".into(), details: json!({ "n": n }) };
        entry.into_note(Timestamp::from_second(1_577_836_800 + n).expect("a moment"), Outcome::Done)
    };
    let mut ends = Vec::new();
    for span in [0..10, 10..30] {
        world.server.store.append_audit(span.map(entry).collect()).await.expect("written");
        ends.push(world.server.audit.anchor().await.expect("an end").to_string());
    }
    world.signed_in("ada", &["Task.Read"]).await;
    let [ten, thirty] = ends.try_into().expect("two ends");
    (world, [ten, thirty])
}

#[test]
fn what_is_old_goes_only_when_it_is_confirmed_and_the_rest_still_holds() {
    run(async {
        let (world, [ten, thirty]) = old(&[]).await;
        let folder = world.folder.path();
        let before = end(folder);
        for (arguments, expected) in [
            (&PRUNE[..4], "confirm it with `--yes-i-mean 2021-01-01`"),
            (&["audit", "prune", "--before", "2021-01-01", "--yes-i-mean", "2022-01-01"], "nothing was done"),
            (&["audit", "prune", "--before", "soon"], "write it as 2025-01-01"),
            (&["audit", "prune", "--before", "2921-01-01"], "is not over yet"),
        ] {
            let (code, said) = told(&on(folder, arguments));
            assert!(code == 2 && said.contains(expected), "{arguments:?}: {code} {said}");
        }
        good(&on(folder, &["audit", "verify", "--anchor", &ten, "--anchor", &before]));
        let said = good(&on(folder, &PRUNE));
        assert!(said.contains("30 entries are removed") && said.contains(&thirty), "{said}");

        assert!(matches!(world.server.audit.verify(vec![]).await, Ok(Verdict::Whole { .. })), "the running server too");
        let said = good(&on(folder, &["audit", "verify", "--anchor", &thirty, "--anchor", &before]));
        assert!(said.contains("Those up to number 30 were pruned."), "{said}");
        let (code, said) = told(&on(folder, &["audit", "verify", "--anchor", &ten]));
        assert!(code == 1 && said.contains("the entries up to number 30 were pruned"), "{code} {said}");
        let forged = thirty.replace(':', ":0").get(..thirty.len()).expect("as long").to_owned();
        let (code, said) = told(&on(folder, &["audit", "verify", "--anchor", &forged]));
        assert!(code == 71 && said.contains("entry 30"), "{code} {said}");

        let search = AuditSearch { limit: 100, ..AuditSearch::default() };
        let found = world.server.audit.search(search).await.expect("the log");
        assert!(found.iter().all(|entry| entry.seq > 30));
        let pruned = found.iter().find(|entry| entry.call == "audit prune").expect("it is an entry itself");
        let details: Value = serde_json::from_slice(&pruned.details).expect("JSON");
        assert_eq!((&details["removed"], details["start"].as_str()), (&json!(30), Some(thirty.as_str())));
        let (code, said) = told(&on(folder, &PRUNE));
        assert!(code == 1 && said.contains("there is none"), "{code} {said}");
        good(&on(folder, &["store", "verify"]));
    });
}

#[test]
fn every_attack_on_a_pruned_log_is_seen() {
    run(async {
        let (world, _) = old(&[]).await;
        good(&on(world.folder.path(), &PRUNE));
        world.server.store.close().await.expect("closed");
        let kept = world.folder.path().join("clew.db");
        for (sql, expected) in [
            ("DELETE FROM meta WHERE name = 'audit_start'", 1),
            ("UPDATE meta SET value = zeroblob(72) WHERE name = 'audit_start'", 1),
            ("DELETE FROM audit WHERE seq = 31", 31),
            ("UPDATE audit SET person = 'eve' WHERE seq = 31", 31),
            ("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)", 0),
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            let copy = folder.path().join("clew.db");
            std::fs::copy(&kept, &copy).expect("a copy");
            let shell = rusqlite::Connection::open(&copy).expect("a database");
            let newest: u64 = shell.query_row("SELECT max(seq) FROM audit", [], |row| row.get(0)).expect("a number");
            assert_eq!(shell.execute(sql, []).expect("a change"), 1, "{sql}");
            drop(shell);
            let (code, said) = told(&on(folder.path(), &["audit", "verify"]));
            let expected = if expected == 0 { newest } else { expected };
            assert!(code == 71 && said.contains(&format!("entry {expected} ")), "{sql}: {code} {said}");
        }
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::copy(&kept, folder.path().join("clew.db")).expect("a copy");
        good(&on(folder.path(), &["audit", "verify"]));
    });
}

#[test]
fn a_pruned_log_is_backed_up_put_back_and_rolled_to_another_key() {
    run(async {
        let (world, _) = old(&[]).await;
        let folder = world.folder.path();
        good(&on(folder, &PRUNE));
        let backup = folder.join("backup");
        let backup = backup.to_str().expect("plain");
        good(&on(folder, &["backup", backup]));
        let other = tempfile::tempdir().expect("a folder");
        good(&on(other.path(), &["restore", backup]));
        let said = good(&on(other.path(), &["audit", "verify"]));
        assert!(said.contains("Those up to number 30 were pruned."), "{said}");
        let keys = [("CONFIG_B64_ENCRYPTION_KEY_ROLLING", NEW)];
        good(&finish(&["roll-key"], &changed(&environment(other.path(), 1), &keys)));
        let keys = [("CONFIG_B64_ENCRYPTION_KEY", NEW)];
        let said = good(&finish(&["audit", "verify"], &changed(&environment(other.path(), 1), &keys)));
        assert!(said.contains("Those up to number 30 were pruned."), "{said}");
        good(&finish(&["store", "verify"], &changed(&environment(other.path(), 1), &keys)));
    });
}

#[test]
fn what_a_sink_has_not_taken_yet_is_not_pruned() {
    run(async {
        let file = tempfile::tempdir().expect("a folder");
        let file = file.path().join("absent/audit.jsonl");
        let settings = [("CLEW_AUDIT_FILE", file.to_str().expect("plain"))];
        let (world, _) = old(&settings).await;
        for shell in [&settings[..], &[]] {
            let (code, said) = told(&finish(&PRUNE, &changed(&environment(world.folder.path(), 1), shell)));
            assert!(
                code == 1 && said.contains("a sink has not taken it yet: file has entries up to 0"),
                "{code} {said}"
            );
        }
        let unknown = [&PRUNE[..], &["--without-sink", "syslog"]].concat();
        let (code, said) = told(&on(world.folder.path(), &unknown));
        assert!(code == 2 && said.contains("there is no sink `syslog`; the store knows file"), "{code} {said}");
        good(&on(world.folder.path(), &[&PRUNE[..], &["--without-sink", "file"]].concat()));
    });
}

#[test]
fn what_the_servers_sink_has_taken_in_part_stays_for_it_whoever_prunes() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("audit.jsonl");
        let settings = [("CLEW_AUDIT_FILE", file.to_str().expect("plain"))];
        let (world, _) = old(&settings).await;
        let taken = || std::fs::read_to_string(&file).unwrap_or_default().lines().count() > 30;
        crate::sinks::until("the copy", async || taken()).await;
        // From here on it takes nothing.
        std::fs::rename(&file, folder.path().join("before.jsonl")).expect("moved");
        std::fs::create_dir(&file).expect("something else in its place");
        let told_of = async || world.browser().get("/readyz").await.text().contains("is behind");
        world.signed_in("bob", &["Task.Read"]).await;
        crate::sinks::until("readiness says so", told_of).await;
        let until_now = ["audit", "prune", "--before", "2026-11-20T10:00:01Z", "--yes-i-mean", "2026-11-20T10:00:01Z"];
        let mut pruned = finish(&until_now, &changed(&environment(world.folder.path(), 1), &[]));
        for _ in 0..20 {
            if !pruned.status.success() {
                break;
            }
            pruned = finish(&until_now, &changed(&environment(world.folder.path(), 1), &[]));
        }
        let (code, said) = told(&pruned);
        assert!(code == 1 && said.contains("a sink has not taken it yet: file/"), "{code} {said}");

        std::fs::remove_dir(&file).expect("away");
        let end = crate::sinks::end(&world).await;
        let last = format!("\"number\":{end},");
        let came = async || std::fs::read_to_string(&file).unwrap_or_default().contains(&last);
        crate::sinks::until("what was missed", came).await;
        let both = [folder.path().join("before.jsonl"), file.clone()].map(|part| std::fs::read(part).expect("a file"));
        let whole = folder.path().join("both.jsonl");
        std::fs::write(&whole, both.concat()).expect("written");
        let (code, said) = crate::sinks::verify(world.folder.path(), &whole, &["--alone"]);
        assert!(code == 0 && said.contains("from number 1 "), "no gap: {code} {said}");
    });
}
