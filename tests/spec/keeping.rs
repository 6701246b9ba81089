//! Keeping the store: backups while the server runs, putting them back, and the proof that nothing was changed.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use crate::program::{Place, changed, clew, environment, finish, told};
use crate::world::run;

const OTHER_KEY: &str = "sgTCu5tlTdBVcQ2S0q5fHYrNkZc1TtCWTPVpz1VHJ6o=";

/// A command on the store in `folder`.
fn on(folder: &Path, arguments: &[&str], changes: &[(&str, &str)]) -> Output {
    finish(arguments, &changed(&environment(folder, 1), changes))
}

/// What a command says that must go well.
fn good(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a name of plain characters")
}

/// The line with which the audit log's end can be told again.
fn anchor(said: &str) -> String {
    let line = said.lines().find_map(|line| line.strip_prefix("Its end is ")).expect("the end of the log");
    line.to_owned()
}

#[test]
fn a_backup_is_made_beside_a_running_server_and_comes_back_in_another_place() {
    run(async {
        let place = Place::new().await;
        good(&on(&place.store, &["person", "add", "ada", "--role", "Task.Manage"], &[]));
        let serving = place.serve(&[]).await;
        let file = place.folder.path().join("backup");
        let said = good(&on(&place.store, &["backup", text(&file)], &[]));
        assert!(said.contains("local_person") && said.contains("audit entries"), "{said}");
        assert!(said.contains("key with the id"), "{said}");
        drop(serving);

        let said = good(&on(&place.store, &["backup", "--verify", text(&file)], &[]));
        assert!(said.contains("is whole"), "{said}");
        let (code, said) =
            told(&on(&place.store, &["backup", "--verify", text(&file)], &[("CONFIG_B64_ENCRYPTION_KEY", OTHER_KEY)]));
        assert!(code == 4 && said.contains("needs the key with the id"), "{code} {said}");
        let (code, said) = told(&on(&place.store, &["backup", text(&file)], &[]));
        assert!(code == 71 && said.contains("is there already"), "{code} {said}");

        let there = place.folder.path().join("restored");
        let said = good(&on(&there, &["restore", text(&file)], &[]));
        assert!(said.contains("people sign in again"), "{said}");
        good(&on(&there, &["person", "roles", "ada", "--role", "Task.Read"], &[]));
        good(&on(&there, &["store", "verify"], &[]));
        good(&on(&there, &["audit", "verify"], &[]));
        let (code, said) = told(&on(&there, &["restore", text(&file)], &[]));
        assert!(code == 71 && said.contains("left untouched"), "{code} {said}");
    });
}

#[test]
fn a_server_keeps_its_store_from_being_filled_under_it() {
    run(async {
        let place = Place::new().await;
        good(&on(&place.store, &["person", "add", "ada", "--role", "Task.Manage"], &[]));
        let file = place.folder.path().join("backup");
        good(&on(&place.store, &["backup", text(&file)], &[]));
        let other = Place::new().await;
        let serving = other.serve(&[]).await;
        let (code, said) = told(&on(&other.store, &["restore", text(&file)], &[]));
        assert!(code == 75 && said.contains("in use by another server"), "{code} {said}");
        drop(serving);
    });
}

#[test]
fn a_file_that_is_no_backup_makes_no_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, data) = (folder.path().join("notes.txt"), folder.path().join("data"));
    std::fs::write(&file, "not a backup").expect("a file");
    for (name, said) in [("notes.txt", "is no backup of Clew"), ("absent", "cannot be read")] {
        let (code, line) = told(&on(&data, &["restore", text(&folder.path().join(name))], &[]));
        assert!(code == 71 && line.contains(said) && line.lines().count() == 1, "{code} {line}");
        assert!(!data.exists(), "nothing is made");
    }
}

#[test]
fn where_there_is_no_store_none_is_made_to_be_looked_at() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, file) = (folder.path().join("data"), folder.path().join("backup"));
    for command in [&["backup", text(&file)][..], &["store", "verify"], &["audit", "verify"]] {
        let (code, said) = told(&on(&data, command, &[]));
        assert!(code == 2 && said.contains("there is no store"), "{command:?}: {code} {said}");
        assert!(!data.exists() && !file.exists(), "{command:?}");
    }
}

#[test]
fn an_older_store_that_was_put_in_place_of_a_newer_one_is_told_by_the_kept_end_of_the_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, file) = (folder.path().join("data"), folder.path().join("backup"));
    good(&on(&data, &["person", "add", "ada", "--role", "Task.Manage"], &[]));
    good(&on(&data, &["backup", text(&file)], &[]));
    good(&on(&data, &["person", "add", "bob", "--role", "Task.Read"], &[]));
    let end = anchor(&good(&on(&data, &["audit", "verify"], &[])));
    good(&on(&data, &["audit", "verify", "--anchor", &end], &[]));

    std::fs::rename(&data, folder.path().join("away")).expect("moved");
    good(&on(&data, &["restore", text(&file)], &[]));
    good(&on(&data, &["audit", "verify"], &[]));
    let (code, said) = told(&on(&data, &["audit", "verify", "--anchor", &end], &[]));
    assert!(code == 71 && said.contains("of the audit log: it"), "{code} {said}");
    let (code, said) = told(&on(&data, &["audit", "verify", "--anchor", "17"], &[]));
    assert!(code == 2 && said.contains("--anchor"), "{code} {said}");
}

#[test]
fn a_backup_that_is_killed_is_absent_or_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    good(&on(&data, &["person", "add", "ada", "--role", "Task.Manage"], &[]));
    let base = environment(&data, 1);
    for turn in 0..20 {
        let file = folder.path().join(format!("backup {turn}"));
        let mut backup = clew(&["backup", text(&file)], &changed(&base, &[]));
        let mut child = backup.stdout(std::process::Stdio::null()).spawn().expect("the program starts");
        std::thread::sleep(Duration::from_millis(2 * turn));
        child.kill().and_then(|()| child.wait()).expect("it is ended");
        if file.exists() {
            good(&on(&data, &["backup", "--verify", text(&file)], &[]));
        }
    }
    let file = folder.path().join("last");
    good(&on(&data, &["backup", text(&file)], &[]));
    good(&on(&data, &["store", "verify"], &[]));
}

#[test]
fn entries_of_the_audit_log_are_exported_to_a_new_file_of_one_object_per_line() {
    use serde_json::Value;
    let folder = tempfile::tempdir().expect("a folder");
    let (data, file) = (folder.path().join("data"), folder.path().join("audit.jsonl"));
    for name in ["ada", "bob"] {
        good(&on(&data, &["person", "add", name, "--role", "Task.Read"], &[]));
    }
    good(&on(&data, &["person", "disable", "bob"], &[]));
    let said = good(&on(&data, &["audit", "export", text(&file), "--call", "person add", "--person", "cli"], &[]));
    assert!(said.contains("2 entries"), "{said}");
    let written = std::fs::read_to_string(&file).expect("a file");
    let lines: Vec<Value> = written.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((&lines[0]["exported_by"], &lines[0]["filters"]["call"]), (&"cli".into(), &"person add".into()));
    let names: Vec<&Value> = lines[1..3].iter().map(|line| &line["request"]["name"]).collect();
    assert_eq!(names, ["bob", "ada"], "newest first");
    assert_eq!(lines[3], serde_json::json!({ "entries": 2, "left_before": null }));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600);
    }

    let all = folder.path().join("all.jsonl");
    good(&on(&data, &["audit", "export", text(&all), "--until", "2000-01-01T00:00:00Z"], &[]));
    assert_eq!(std::fs::read_to_string(&all).expect("a file").lines().count(), 2, "head and foot");
    good(&on(&data, &["audit", "export", text(&folder.path().join("more.jsonl")), "--call", "audit export"], &[]));
    let more = std::fs::read_to_string(folder.path().join("more.jsonl")).expect("a file");
    assert_eq!(more.lines().count(), 2 + 3, "every export is written down, this one among them");

    let (code, said) = told(&on(&data, &["audit", "export", text(&file)], &[]));
    assert!(code == 73 && said.contains("is there already"), "{code} {said}");
    let other = text(&folder.path().join("other")).to_owned();
    for (name, value) in [("--outcome", "good"), ("--before", "x")] {
        let (code, said) = told(&on(&data, &["audit", "export", &other, name, value], &[]));
        assert!(code == 2 && said.contains(name), "{code} {said}");
    }
    let (code, said) = told(&on(&data, &["audit", "export", &other, "--from", "yesterday"], &[]));
    assert!(code == 1 && said.contains("2026-11-20T10:00:00Z"), "{code} {said}");
    assert!(!Path::new(&other).exists(), "nothing is made");
}
