//! A project as a folder of text, by the program itself: out, into another store, out again, and what is missing there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use access::{Grantee, ProjectRole};
use model::change::Change;
use serde_json::{Value, json};
use server::start::open_store;
use server::store::AuditSearch;
use server::world::SystemDice;
use tokio::time::{Instant, sleep};

use crate::exports::take_model;
use crate::ports::free_port;
use crate::program::{Serving, changed, environment, finish, told};
use crate::projects::{bank, change};
use crate::samples::{external, put_object_type};
use crate::secrets::{assert_absent, first_manager};
use crate::uploads::{accept_with, accepted, send};
use crate::world::{Browser, ParseId as _, World, run, settings};

const SECRET: &str = "planted-secret-of-the-ledger";
const VARIABLE: &str = "CLEW_SOURCE_BANK__PASSWORD";
const VARIABLE_SECRET: &str = "planted-secret-of-a-variable";
/// How long a running server may take to see what was done beside it; it looks four times a second.
const AT_MOST: Duration = Duration::from_secs(10);

/// Every file below a folder, with its content.
fn tree(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            files.extend(tree(&path).into_iter().map(|(below, text)| (path.join(below), text)));
        } else {
            files.insert(path.clone(), std::fs::read_to_string(&path).expect("text"));
        }
    }
    files.into_iter().map(|(path, text)| (path.strip_prefix(folder).unwrap_or(&path).to_owned(), text)).collect()
}

/// Runs `clew project`; gives its exit code, what it printed, and its complaint.
pub(crate) fn project(store: &Path, arguments: &[&str], further: &[(&str, &str)]) -> (i32, String, String) {
    let base = environment(store, 1);
    let output = finish(&[&["project"], arguments].concat(), &changed(&base, further));
    let (code, complaint) = told(&output);
    (code, String::from_utf8_lossy(&output.stdout).into_owned(), complaint)
}

/// A store with a project that has a source of every kind, secrets, a model of its own, and names with odd letters.
async fn filled() -> World {
    let world = World::start_with(&[(VARIABLE, VARIABLE_SECRET)]).await;
    let mut own = bank(&world).await;
    world.put_project(&crate::world::project("bank", &own.person().await)).await;
    let mut from_variable = external("archive");
    from_variable.secrets_from.insert("password".to_owned(), VARIABLE.to_owned());
    let mut by_certificate = external("sealed");
    by_certificate.settings.insert("client_certificate".to_owned(), "-----BEGIN\n\"odd\"\n".to_owned());
    for (source, secrets) in
        [(external("ledger"), json!({ "password": SECRET })), (from_variable, json!({})), (by_certificate, json!({}))]
    {
        let base = own.revision("bank").await;
        let request = json!({ "project": "bank", "base": base, "source": source, "secrets": secrets });
        let saved = own.call("save_source", &request).await;
        assert_eq!(saved.verdict(), "200", "{}", saved.text());
    }
    assert_eq!(accepted(&mut own, "people", "name,number\nÅse \"x\",1\n".as_bytes()).await.verdict(), "200");
    take_model(&mut own, "people").await;
    let description = "Two lines,\n\"\"\"quoted\"\"\" \\ and a tab\t… 你好";
    let changes = [
        Change::Describe { name: "Bank – \"Ærlig\"".to_owned(), description: description.to_owned() },
        put_object_type("account", "ledger"),
        Change::PutGrant(access::Grant { to: Grantee::Email("ada@example.org".to_owned()), role: ProjectRole::Read }),
    ];
    let done = change(&mut own, "everyone", &changes).await;
    assert_eq!(done.verdict(), "200", "{}", done.text());
    world
}

/// Call, person and project of what the command line did to a store, oldest first.
async fn noted(store: &Path) -> Vec<(String, String, String)> {
    let settings = settings(&store.join("clew.db"), 1, &[]);
    let store = open_store(&settings, Arc::new(SystemDice)).expect("the store");
    let found =
        store.search_audit(AuditSearch { limit: 50, ..AuditSearch::default() }).await.expect("the audit log").found;
    store.close().await.expect("closed");
    found.into_iter().rev().map(|entry| (entry.call, entry.person, entry.project)).collect()
}

#[test]
fn a_project_goes_out_into_an_empty_store_and_out_again_byte_by_byte_without_its_secrets() {
    run(async {
        let (world, folder) = (filled().await, tempfile::tempdir().expect("a folder"));
        let place = |name: &str| folder.path().join(name).display().to_string();
        let (first, second, store) = (place("first"), place("second"), folder.path().join("store"));
        let (code, printed, complaint) = project(world.folder.path(), &["export", "bank", &first], &[]);
        assert_eq!((code, complaint.as_str()), (0, ""));
        let text = tree(Path::new(&first));
        assert_eq!(printed, format!("{} files were written to {first}\n", text.len()));
        assert_absent(Path::new(&first), &[SECRET, VARIABLE_SECRET]);
        assert!(text[Path::new("sources/archive.toml")].contains(VARIABLE), "a variable is named: {text:#?}");

        let (code, printed, complaint) = project(&store, &["import", &first], &[]);
        assert_eq!((code, complaint.as_str()), (0, ""));
        let expected = "Project \"bank\" was imported.\nStill missing:\n  \
            archive: set CLEW_SOURCE_BANK__PASSWORD where the server runs (Password)\n  \
            ledger: enter \"Password\" in the source's settings\n  \
            people: upload the file again; files are not part of the text\n  \
            sealed: enter \"Client key\" in the source's settings\n";
        assert_eq!(printed, expected);
        assert_eq!(project(&store, &["export", "bank", &second], &[]).0, 0);
        assert_eq!(tree(Path::new(&second)), text);
        let (_, again, _) = project(&store, &["import", &second], &[(VARIABLE, VARIABLE_SECRET)]);
        assert_eq!(
            again,
            expected.replace("  archive: set CLEW_SOURCE_BANK__PASSWORD where the server runs (Password)\n", "")
        );

        let by_cli = |call: &str| (call.to_owned(), "cli".to_owned(), "bank".to_owned());
        let calls = ["project import", "project export", "project import"];
        assert_eq!(noted(&store).await, calls.map(by_cli));
        let here = world.audit(1).await.remove(0);
        assert_eq!((here.call, here.person, here.project), by_cli("project export"));
    });
}

/// Writes a file of a project's folder anew.
pub(crate) fn rewrite(folder: &str, file: &str, change: impl FnOnce(String) -> String) {
    let path = Path::new(folder).join(file);
    let text = std::fs::read_to_string(&path).expect("a file");
    std::fs::write(path, change(text)).expect("written");
}

#[test]
fn a_folder_that_names_no_own_or_cannot_be_read_is_refused_with_a_remedy_and_changes_nothing() {
    run(async {
        let (world, folder) = (filled().await, tempfile::tempdir().expect("a folder"));
        let (text, store) = (folder.path().join("text").display().to_string(), folder.path().join("store"));
        assert_eq!(project(world.folder.path(), &["export", "bank", &text], &[]).0, 0);
        rewrite(&text, "access.toml", |_| "grants = []\n".to_owned());
        let (code, printed, complaint) = project(&store, &["import", &text], &[]);
        assert_eq!((code, printed.as_str(), complaint.lines().count()), (1, "", 1), "{complaint}");
        assert!(complaint.contains("nobody who owns the project") && complaint.contains("--own"), "{complaint}");

        // A role may be written like a person's id: only who has signed in is a person.
        let table = [
            ("ada@example.org", "email = \"ada@example.org\""),
            ("Task.Manage", "role = \"Task.Manage\""),
            ("analysts", "role = \"analysts\""),
        ];
        for (number, (own, written)) in table.into_iter().enumerate() {
            let out = folder.path().join(format!("out-{number}")).display().to_string();
            let (code, _, complaint) = project(&store, &["import", &text, "--own", own], &[]);
            assert_eq!(code, 0, "{own}: {complaint}");
            assert_eq!(project(&store, &["export", "bank", &out], &[]).0, 0);
            let access = std::fs::read_to_string(Path::new(&out).join("access.toml")).expect("a file");
            assert!(access.contains(written) && access.contains("own"), "{own}: {access}");
        }
        let person = world.server.keeper.current();
        let grants = person.project(&"bank".parse_id()).map(|kept| kept.project.grants.clone());
        let person = grants.into_iter().flatten().find_map(|grant| match grant.to {
            Grantee::Person(person) => Some(person.to_string()),
            Grantee::Role(_) | Grantee::Email(_) => None,
        });
        let person = person.expect("whoever made the project");
        assert_eq!(project(world.folder.path(), &["import", &text, "--own", &person], &[]).0, 0);
        let out = folder.path().join("out-of-a-person").display().to_string();
        assert_eq!(project(world.folder.path(), &["export", "bank", &out], &[]).0, 0);
        let access = std::fs::read_to_string(Path::new(&out).join("access.toml")).expect("a file");
        assert!(access.contains(&format!("person = \"{person}\"")), "{access}");
        let before = noted(&store).await;
        for (file, wrong) in
            [("project.toml", "name = "), ("project.toml", "surprise = 1\n"), ("sources/ledger.toml", "id = 7\n")]
        {
            let kept = std::fs::read_to_string(Path::new(&text).join(file)).expect("a file");
            rewrite(&text, file, |good| format!("{wrong}{good}"));
            let (code, _, complaint) = project(&store, &["import", &text, "--own", "Task.Manage"], &[]);
            assert_eq!((code, complaint.lines().count()), (1, 1), "{file}, {wrong}: {complaint}");
            assert!(complaint.contains(file), "the file is named: {complaint}");
            rewrite(&text, file, |_| kept);
        }
        let absent = folder.path().join("nowhere").display().to_string();
        let (code, _, complaint) = project(&store, &["import", &absent], &[]);
        assert_eq!((code, complaint.contains("cannot be read")), (1, true), "{complaint}");
        let (code, _, complaint) = project(&store, &["export", "ghost", &absent], &[]);
        assert_eq!((code, complaint.contains("there is no project \"ghost\"")), (1, true), "{complaint}");
        assert_eq!(noted(&store).await, before, "nothing was done, so nothing is written down");
    });
}

#[test]
fn an_export_into_an_earlier_one_leaves_nothing_there_that_the_project_has_no_more_and_no_other_folder_is_touched() {
    run(async {
        let (world, folder) = (filled().await, tempfile::tempdir().expect("a folder"));
        let (text, other) = (folder.path().join("text"), folder.path().join("other"));
        let export = |to: &Path| project(world.folder.path(), &["export", "bank", &to.display().to_string()], &[]);
        std::fs::create_dir_all(text.join(".git")).expect("a folder");
        assert_eq!(export(&text).0, 0, "hidden files are no content");
        let first = tree(&text);
        let account = std::fs::read_to_string(text.join("object_types/account.toml")).expect("a file");
        for (file, content) in [("object_types/gone.toml", account.as_str()), ("README.md", "Ours.")] {
            std::fs::write(text.join(file), content).expect("written");
        }
        let (code, printed, complaint) = export(&text);
        assert_eq!((code, complaint.as_str()), (0, ""));
        assert!(printed.contains("1 files of an earlier export were removed"), "{printed}");
        let mut again = tree(&text);
        assert_eq!(again.remove(Path::new("README.md")).as_deref(), Some("Ours."), "what no export wrote stays");
        assert_eq!(again, first);

        std::fs::create_dir(&other).expect("a folder");
        for (file, content, what) in [
            ("notes.txt", "Ours.".to_owned(), "something else"),
            ("project.toml", "id = \"police\"\nname = \"Police\"\n".to_owned(), "the project \"police\""),
        ] {
            std::fs::write(other.join(file), content).expect("written");
            let before = tree(&other);
            let (code, _, complaint) = export(&other);
            assert_eq!((code, complaint.contains(&format!("holds {what}; name a new"))), (1, true), "{complaint}");
            assert_eq!(tree(&other), before, "{what}");
        }
    });
}

#[test]
fn what_the_command_line_did_is_written_down_with_its_content() {
    run(async {
        let (world, folder) = (filled().await, tempfile::tempdir().expect("a folder"));
        let text = folder.path().join("text").display().to_string();
        assert_eq!(project(world.folder.path(), &["export", "bank", &text], &[]).0, 0);
        let content = |entries: Vec<server::store::AuditFound>| -> Value {
            serde_json::from_slice(&entries[0].details).expect("details in JSON")
        };
        let exported = content(world.audit(1).await);
        assert_eq!(exported["folder"], json!(text));
        rewrite(&text, "object_types/account.toml", |text| text.replacen("name = ", "name = \"X\" # ", 1));
        std::fs::remove_file(Path::new(&text).join("sources/sealed.toml")).expect("removed");
        let (code, _, complaint) = project(world.folder.path(), &["import", &text, "--own", "analysts"], &[]);
        assert_eq!(code, 0, "{complaint}");
        let imported = content(world.audit(1).await);
        assert_eq!((&imported["folder"], &imported["own"]), (&json!(text), &json!("analysts")));
        let changed = &imported["changed"];
        assert_eq!(changed["object_types"], json!({ "count": 1, "ids": ["account"] }));
        assert_eq!(changed["sources"], json!({ "count": 1, "ids": ["sealed"] }));
        assert_eq!(changed["link_types"], json!({ "count": 0, "ids": [] }));
        assert_eq!((&changed["grants"], &changed["name"]), (&json!(true), &json!(false)));
    });
}

#[test]
fn a_source_of_a_file_written_by_hand_takes_its_file_and_a_kind_that_is_not_there_is_refused() {
    run(async {
        let (world, folder) = (filled().await, tempfile::tempdir().expect("a folder"));
        let (text, store) = (folder.path().join("text").display().to_string(), folder.path().join("store"));
        assert_eq!(project(world.folder.path(), &["export", "bank", &text], &[]).0, 0);
        rewrite(&text, "sources/people.toml", |text| {
            text.lines().filter(|line| !line.starts_with("upload")).map(|line| format!("{line}\n")).collect()
        });
        for (wrong, said) in [("mysql", "there is no kind of source \"mysql\"; choose one of "), ("csv", "")] {
            rewrite(&text, "sources/ledger.toml", |text| text.replace("\"postgresql\"", &format!("\"{wrong}\"")));
            let (code, _, complaint) = project(&store, &["import", &text, "--own", "Task.Manage"], &[]);
            assert_eq!((code == 0, complaint.contains(said)), (said.is_empty(), true), "{wrong}: {complaint}");
            rewrite(&text, "sources/ledger.toml", |text| text.replace(&format!("\"{wrong}\""), "\"postgresql\""));
        }
        let port = free_port();
        let serving = Serving::start(folder.path(), port, &changed(&environment(&store, port), &[])).await;
        let mut manager = first_manager(&serving, port).await;
        let preview = send(&mut manager, "name,number\nÅse,1\nBo,2\n".as_bytes()).await.json();
        let fields = json!({ "scope": "everyone", "replaces": true });
        let done = accept_with(&mut manager, "people", &preview, &fields).await;
        assert_eq!((done.verdict().as_str(), &done.json()["rows"]), ("200", &json!(2)), "{}", done.text());
        drop(serving.end());
    });
}

/// Asks until the answer is as wanted; gives it.
async fn seen(browser: &mut Browser, wanted: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let read = browser.call("read_project", &json!({ "project": "bank" })).await;
        if read.status == 200 && wanted(&read.json()) {
            return read.json();
        }
        assert!(began.elapsed() < AT_MOST, "it is not seen: {}", read.text());
        sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn what_is_imported_beside_a_running_server_is_seen_by_whoever_works_there() {
    run(async {
        let (world, folder) = (filled().await, tempfile::tempdir().expect("a folder"));
        let (text, store) = (folder.path().join("text").display().to_string(), folder.path().join("store"));
        assert_eq!(project(world.folder.path(), &["export", "bank", &text], &[]).0, 0);
        std::fs::create_dir(&store).expect("a folder");
        let port = free_port();
        let serving = Serving::start(folder.path(), port, &changed(&environment(&store, port), &[])).await;
        let mut manager = first_manager(&serving, port).await;
        let ask = json!({ "project": "bank" });
        assert_eq!(manager.call("read_project", &ask).await.verdict(), "404 not_found");

        let (code, _, complaint) = project(&store, &["import", &text, "--own", "Task.Manage"], &[]);
        assert_eq!(code, 0, "{complaint}");
        let first = seen(&mut manager, |_| true).await;
        assert_eq!(first["project"]["name"], "Bank – \"Ærlig\"");
        assert!(first["project"]["object_types"].get("account").is_some(), "{first}");

        rewrite(&text, "project.toml", |text| text.replace("Ærlig", "Endret"));
        let (code, _, complaint) = project(&store, &["import", &text, "--own", "Task.Manage"], &[]);
        assert_eq!(code, 0, "{complaint}");
        let second = seen(&mut manager, |read| read["project"]["name"] == "Bank – \"Endret\"").await;
        assert!(second["revision"].as_u64() > first["revision"].as_u64(), "{second}");
        let late = json!({ "project": "bank", "scope": "everyone", "base": first["revision"], "changes": [] });
        assert_eq!(manager.call("change_project", &late).await.verdict(), "409 conflict", "a change on the old one");
        drop(serving.end());
        let imports =
            noted(&store).await.into_iter().filter(|(call, person, _)| call == "project import" && person == "cli");
        assert_eq!(imports.count(), 2);
    });
}
