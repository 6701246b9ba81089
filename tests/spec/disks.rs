//! What becomes of a store whose disk fails: full, read-only, forbidden, damaged, or one that does not flush. Real
//! processes on real disks; what needs root, or a program that is not there, is said in one line and left out.

use std::os::unix::fs::{FileExt as _, PermissionsExt as _, chown};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::kills::asked;
use crate::program::{Place, Serving, changed, clew, environment, finish, not_run, told};
use crate::secrets::first_manager;
use crate::sinks::until;
use crate::world::{Browser, run};

/// An account that is not root.
const NOBODY: u32 = 65_534;

#[expect(clippy::disallowed_methods, reason = "the tests make disks; the server starts no program")]
fn system(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    let done = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    done.is_ok_and(|status| status.success())
}

/// A small disk of its own; it goes with this.
struct Disk(std::path::PathBuf);

impl Disk {
    /// Mounts it at `folder`; nothing where that is not allowed.
    fn new(folder: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(folder).expect("a folder");
        let at = folder.to_str().expect("plain");
        let mounted = system("mount", &["-t", "tmpfs", "-o", &format!("size={size},mode=700"), "none", at]);
        if !mounted {
            not_run("a fault of the disk", "a disk of its own cannot be mounted here; run this as root");
        }
        mounted.then(|| Self(folder.to_owned()))
    }

    fn read_only(&self) -> bool {
        system("mount", &["-o", "remount,ro", self.0.to_str().expect("plain")])
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        system("umount", &["-l", self.0.to_str().expect("plain")]);
    }
}

async fn ready(browser: &mut Browser) -> (u16, String) {
    let reply = browser.get("/readyz").await;
    (reply.status, reply.text())
}

fn named(id: &str) -> serde_json::Value {
    json!({ "id": id, "name": id })
}

/// Fills what is free.
fn fill(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("ballast");
    let file = std::fs::File::create(&path).expect("a file");
    let (mut at, mut size) = (0, 65_536);
    while size > 0 {
        match file.write_all_at(&vec![1; size], at) {
            Ok(()) => at += size as u64,
            Err(_) => size /= 2,
        }
    }
    path
}

#[test]
fn a_full_disk_refuses_with_a_reason_turns_readiness_red_loses_nothing_and_heals() {
    run(async {
        let place = Place::new().await;
        let disk = place.store.join("disk");
        let Some(_disk) = Disk::new(&disk, "3m") else { return };
        let data = [("CLEW_DATA", disk.to_str().expect("plain"))];
        let serving = place.serve(&data).await;
        let mut admin = first_manager(&serving, place.port).await;
        assert_eq!(asked(&mut admin, "create_project", &named("before")).await, Some(200));
        let ballast = fill(&disk);
        let mut kept = vec!["before".to_owned()];
        let mut refused = None;
        for number in 0..400 {
            let reply = admin.call("create_project", &named(&format!("p{number}"))).await;
            if reply.status == 200 {
                kept.push(format!("p{number}"));
            } else {
                refused = Some(reply);
                break;
            }
        }
        let refused = refused.expect("the disk is full");
        assert_eq!(refused.verdict(), "503 audit_unavailable", "{}", refused.text());
        assert_eq!(ready(&mut admin).await, (503, "not ready: store_full\n".to_owned()));
        assert!(serving.said().contains("the disk of the store is full; make space"), "{}", serving.said());
        let health = admin.get("/healthz").await;
        assert_eq!(health.status, 200, "the process lives");

        std::fs::remove_file(ballast).expect("space again");
        until("it is ready again", async || ready(&mut admin.clone()).await == (200, "ready\n".to_owned())).await;
        assert_eq!(asked(&mut admin, "create_project", &named("after")).await, Some(200));
        kept.push("after".to_owned());
        for id in &kept {
            assert_eq!(admin.call("read_project", &json!({ "project": id })).await.verdict(), "200", "{id}");
        }
        serving.end();
        let verified = finish(&["store", "verify"], &changed(&environment(&disk, 1), &[]));
        assert!(verified.status.success(), "{verified:?}");
    });
}

#[test]
fn a_file_is_refused_before_it_would_leave_less_than_a_tenth_of_the_disk_and_everybody_is_answered() {
    run(async {
        let place = Place::new().await;
        let disk = place.store.join("disk");
        let Some(_disk) = Disk::new(&disk, "40m") else { return };
        let serving = place.serve(&[("CLEW_DATA", disk.to_str().expect("plain"))]).await;
        let mut admin = first_manager(&serving, place.port).await;
        assert_eq!(asked(&mut admin, "create_project", &json!({ "id": "bank", "name": "Bank" })).await, Some(200));
        let small = b"name\nAda\n";
        assert_eq!(crate::uploads::send(&mut admin, small).await.verdict(), "200");
        let ballast = disk.join("ballast");
        std::fs::write(&ballast, vec![1; 35 << 20]).expect("room for it");
        let refused = crate::uploads::send(&mut admin, &[&small[..], &b"Eve\n".repeat(1 << 20)].concat()).await;
        assert_eq!(refused.verdict(), "503 store_unavailable", "{}", refused.text());
        assert!(refused.text().contains("almost full"), "{}", refused.text());
        assert!(refused.text().contains("make room"), "{}", refused.text());
        assert_eq!(ready(&mut admin).await, (200, "ready\n".to_owned()));
        assert_eq!(asked(&mut admin, "create_project", &json!({ "id": "more", "name": "More" })).await, Some(200));
        std::fs::remove_file(ballast).expect("space again");
        assert_eq!(crate::uploads::send(&mut admin, small).await.verdict(), "200");
        serving.end();
    });
}

#[test]
fn a_disk_that_is_read_only_ends_the_start_with_code_73_and_the_reason() {
    run(async {
        let place = Place::new().await;
        let disk = place.store.join("disk");
        let Some(mounted) = Disk::new(&disk, "3m") else { return };
        let base = environment(&disk, 1);
        let person = finish(&["person", "add", "ada", "--role", "Task.Read"], &changed(&base, &[]));
        assert!(person.status.success(), "{person:?}");
        assert!(mounted.read_only(), "it is read-only from here on");
        let (code, said) = told(&finish(&["serve"], &changed(&base, &[])));
        assert_eq!((code, said.lines().count()), (73, 1), "{said}");
        assert!(said.contains("cannot be written") && said.contains("give this process the right to"), "{said}");
    });
}

#[test]
fn a_store_that_the_account_may_not_open_ends_the_start_with_code_73() {
    run(async {
        let place = Place::new().await;
        let base = environment(&place.store, place.port);
        let person = finish(&["person", "add", "ada", "--role", "Task.Read"], &changed(&base, &[]));
        assert!(person.status.success(), "{person:?}");
        if chown(&place.store, Some(NOBODY), None).is_err() {
            not_run("a fault of the disk", "only root can start a program as another account");
            return;
        }
        // The folder is the account's own; the file in it is root's alone.
        std::fs::set_permissions(place.folder.path(), std::fs::Permissions::from_mode(0o755)).expect("a way there");
        let program = clew(&["serve"], &[]).get_program().to_str().expect("plain").to_owned();
        #[expect(clippy::disallowed_methods, reason = "the tests start the program; the server starts none")]
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", &program, "serve"]);
        let output = command.env_clear().envs(changed(&base, &[])).output().expect("it starts");
        let (code, said) = told(&output);
        if said.contains("setpriv") {
            not_run("a fault of the disk", "another account cannot start the program where it lies");
            return;
        }
        assert!(code == 73 && said.contains("cannot be written"), "{code} {said}");
    });
}

#[test]
fn a_page_that_is_damaged_ends_the_start_with_code_71_and_is_found_by_the_commands() {
    run(async {
        let place = Place::new().await;
        let serving = place.serve(&[]).await;
        let mut admin = first_manager(&serving, place.port).await;
        for number in 0..60 {
            let create = json!({ "id": format!("p{number}"), "name": "x".repeat(90) });
            assert_eq!(admin.call("create_project", &create).await.verdict(), "200");
        }
        serving.end();
        let path = place.store.join("clew.db");
        let whole = std::fs::read(&path).expect("a store");
        let base = environment(&place.store, place.port);
        let (mut refused, mut found, mut harmless, mut started) = (0, 0, 0, Vec::new());
        for page in 1..whole.len() / 4_096 {
            let mut damaged = whole.clone();
            damaged[page * 4_096..page * 4_096 + 200].fill(0x5a);
            std::fs::write(&path, &damaged).expect("written");
            let (code, said) = told(&finish(&["store", "verify"], &changed(&base, &[])));
            match code {
                0 => harmless += 1,
                71 if said.contains("restore a backup") => found += 1,
                _ => panic!("page {page}: {code} {said}"),
            }
            if page % 8 == 1 {
                let (code, said) = told(&finish(&["audit", "verify"], &changed(&base, &[])));
                assert!(code == 0 || (code == 71 && !said.is_empty()), "page {page}: {code} {said}");
                refused += u32::from(code == 71);
            }
            if page % 4 == 1 && code_of_start(&place).await != code {
                started.push(page);
            }
        }
        std::fs::write(&path, &whole).expect("put back");
        println!(
            "{found} of {} damaged pages were found, {harmless} are unused or of an index that agrees",
            found + harmless
        );
        assert!(found > 5 * harmless && refused > 0, "{found} {harmless} {refused}");
        assert_eq!(started, Vec::<usize>::new(), "a start sees what the command sees");
        place.serve(&[]).await.end();
    });
}

/// Starts `serve` and waits until it has looked through the store: 0 where all is well, else the code with which it ends.
async fn code_of_start(place: &Place) -> i32 {
    let base = environment(&place.store, place.port);
    let file = place.folder.path().join("start.txt");
    let output = std::fs::File::create(&file).expect("a file");
    let both = [output.try_clone().expect("a file"), output].map(Stdio::from);
    let [out, err] = both;
    let mut command = clew(&["serve"], &changed(&base, &[]));
    let mut child = command.stdout(out).stderr(err).spawn().expect("the program starts");
    for _ in 0..600 {
        if let Some(status) = child.try_wait().expect("a status") {
            let said = std::fs::read_to_string(&file).expect("its output");
            assert!(said.contains("restore a backup") || said.contains("not a store of Clew"), "{said}");
            return status.code().unwrap_or(-1);
        }
        if std::fs::read_to_string(&file).expect("its output").contains("every row is as it was written") {
            child.kill().and_then(|()| child.wait()).expect("it is ended");
            return 0;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("it goes on: {}", std::fs::read_to_string(&file).expect("its output"));
}

#[test]
fn a_start_looks_at_every_row_and_at_the_end_of_the_log_and_ends_where_one_is_not_as_it_was_written() {
    run(async {
        let place = Place::new().await;
        let serving = place.serve(&[]).await;
        let mut admin = first_manager(&serving, place.port).await;
        for number in 0..3 {
            let create = json!({ "id": format!("p{number}"), "name": "P" });
            assert_eq!(admin.call("create_project", &create).await.verdict(), "200");
        }
        serving.end();
        let path = place.store.join("clew.db");
        let whole = std::fs::read(&path).expect("a store");
        let table = [
            ("SELECT 1", 0, ""),
            ("UPDATE record SET body = zeroblob(60) WHERE kind = 'local_person'", 71, "record local_person/"),
            ("UPDATE record SET body = zeroblob(60) WHERE kind = 'person'", 71, "record person/"),
            ("DELETE FROM record WHERE kind = 'grant' OR id = 'p1'", 71, "something was removed or put back"),
            ("UPDATE session SET body = zeroblob(60)", 71, "does not open: it is not as it was written"),
            ("UPDATE session SET last_seen = last_seen + 1", 71, "something was put back or exchanged"),
            ("DELETE FROM session", 71, "0 sessions are there and 1 were written"),
            ("UPDATE audit SET person = 'eve' WHERE seq = (SELECT max(seq) - 1 FROM audit)", 71, "of the audit log"),
            ("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)", 71, ""),
        ];
        for (sql, code, said) in table {
            std::fs::write(&path, &whole).expect("put back");
            for end in ["db-wal", "db-shm"] {
                std::fs::remove_file(path.with_extension(end)).unwrap_or(());
            }
            let shell = rusqlite::Connection::open(&path).expect("the file");
            shell.execute_batch(sql).expect("changed");
            drop(shell);
            assert_eq!(code_of_start(&place).await, code, "{sql}");
            let told = std::fs::read_to_string(place.folder.path().join("start.txt")).expect("its output");
            assert!(told.contains(said), "{sql}: {told}");
        }
    });
}

/// A running server, its first manager, and the project `before`.
async fn with_a_project() -> (Place, Serving, Browser) {
    let place = Place::new().await;
    let serving = place.serve(&[]).await;
    let mut admin = first_manager(&serving, place.port).await;
    assert_eq!(asked(&mut admin, "create_project", &named("before")).await, Some(200));
    (place, serving, admin)
}

#[test]
fn a_store_that_another_program_holds_refuses_with_a_reason_turns_readiness_red_and_heals() {
    run(async {
        let (place, serving, mut admin) = with_a_project().await;
        let beside = rusqlite::Connection::open(place.store.join("clew.db")).expect("the file");
        beside.execute_batch("BEGIN EXCLUSIVE").expect("held");
        let refused = admin.call("create_project", &named("lost")).await;
        assert_eq!(refused.verdict(), "503 audit_unavailable", "{}", refused.text());
        assert_eq!(ready(&mut admin).await, (503, "not ready: store_busy\n".to_owned()));
        assert!(serving.said().contains("the store is busy with another process; try again"), "{}", serving.said());
        beside.execute_batch("COMMIT").expect("free");
        until("it is ready again", async || ready(&mut admin.clone()).await == (200, "ready\n".to_owned())).await;
        assert_eq!(asked(&mut admin, "create_project", &named("after")).await, Some(200));
        assert_eq!(admin.call("read_project", &json!({ "project": "lost" })).await.status, 404);
        serving.end();
    });
}

/// Files that nobody may write any more, not even who has them open; it goes with this.
struct Sealed(Vec<std::path::PathBuf>);

impl Sealed {
    fn new(files: Vec<std::path::PathBuf>) -> Option<Self> {
        let all = |mode: &str| files.iter().all(|file| system("chattr", &[mode, file.to_str().expect("plain")]));
        if !all("+i") {
            all("-i");
            not_run(
                "a fault of the disk",
                "files cannot be kept from being written here; run this as root, on a disk that can",
            );
            return None;
        }
        Some(Self(files))
    }
}

impl Drop for Sealed {
    fn drop(&mut self) {
        for file in &self.0 {
            assert!(system("chattr", &["-i", file.to_str().expect("plain")]), "it can be written again");
        }
    }
}

#[test]
fn files_that_may_not_be_written_any_more_end_a_running_server_with_a_reason_and_nothing_is_lost() {
    run(async {
        let (place, serving, mut admin) = with_a_project().await;
        let files = ["clew.db", "clew.db-wal"].map(|name| place.store.join(name)).to_vec();
        let Some(sealed) = Sealed::new(files) else { return };
        let refused = asked(&mut admin, "create_project", &named("lost")).await;
        assert!(matches!(refused, Some(503) | None), "{refused:?}");
        let (code, said) = serving.ended().await;
        assert!(code == 71 && said.contains("the store failed"), "{code} {said}");
        let (code, said) = told(&finish(&["serve"], &changed(&environment(&place.store, place.port), &[])));
        assert!(code == 73 && said.contains("cannot be written"), "{code} {said}");
        drop(sealed);
        let serving = place.serve(&[]).await;
        assert_eq!(admin.call("read_project", &json!({ "project": "before" })).await.verdict(), "200");
        assert_eq!(asked(&mut admin, "create_project", &named("after")).await, Some(200));
        serving.end();
    });
}

#[test]
fn a_disk_that_does_not_flush_ends_the_server_with_code_71_and_loses_nothing_that_was_acknowledged() {
    run(async {
        if !system("strace", &["-e", "trace=none", "true"]) {
            not_run("a fault of the disk", "strace is not here, or may not trace");
            return;
        }
        let place = Place::new().await;
        let serving = place.serve(&[]).await;
        let mut admin = first_manager(&serving, place.port).await;
        serving.end();
        let base = environment(&place.store, place.port);
        let program = clew(&["serve"], &[]).get_program().to_str().expect("plain").to_owned();
        #[expect(clippy::disallowed_methods, reason = "the tests start the program; the server starts none")]
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"]);
        command.args(["-e", "inject=fsync,fdatasync:error=EIO:when=30+", &program, "serve"]);
        command.env_clear().envs(changed(&base, &[])).stdin(Stdio::null());
        let serving = Serving::start_by(command, place.folder.path(), place.port).await;
        let mut acknowledged = Vec::new();
        for number in 0..200 {
            let create = json!({ "id": format!("p{number}"), "name": "P" });
            match asked(&mut admin, "create_project", &create).await {
                Some(200) => acknowledged.push(format!("p{number}")),
                _ => break,
            }
        }
        assert!(!acknowledged.is_empty() && acknowledged.len() < 200, "{}", acknowledged.len());
        let (code, said) = serving.ended().await;
        assert!(code == 71 && said.contains("the store failed"), "{code} {said}");

        let serving = place.serve(&[]).await;
        for id in &acknowledged {
            assert_eq!(admin.call("read_project", &json!({ "project": id })).await.verdict(), "200", "{id}");
        }
        serving.end();
        let verified = finish(&["store", "verify"], &changed(&base, &[]));
        assert!(verified.status.success(), "{verified:?}");
    });
}
