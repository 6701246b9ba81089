//! `clew doctor`, by the program itself: what is right, what is wrong and what to do, and that no secret is said.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use server::start::open_store;
use server::store::{AuditFound, AuditSearch, NewAudit, Outcome, Phase};
use server::world::{Clock as _, SystemClock, SystemDice};

use crate::ports::free_port;
use crate::program::{Place, changed, environment, finish, told};
use crate::signing_issuer::SigningIssuer;
use crate::world::{KEY, run, settings};

const OTHER_KEY: &str = "sgTCu5tlTdBVcQ2S0q5fHYrNkZc1TtCWTPVpz1VHJ6o=";
const VARIABLE: &str = "CLEW_SOURCE_BANK__PASSWORD";
const SECRET: &str = "planted-secret-of-the-ledger";

/// A place with a store that is nobody else's.
async fn place() -> Place {
    let place = Place::new().await;
    set_mode(&place.store, 0o700);
    let base = environment(&place.store, place.port);
    let made = finish(&["person", "add", "ada", "--role", "Task.Manage"], &changed(&base, &[]));
    assert!(made.status.success(), "{made:?}");
    place
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a mode");
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

/// Exit code and what is said, secrets never among it.
fn doctor(place: &Place, arguments: &[&str], changes: &[(&str, &str)]) -> (i32, String) {
    let base = environment(&place.store, place.port);
    let output = finish(&[&["doctor"], arguments].concat(), &changed(&base, changes));
    let (code, complaint) = told(&output);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    for secret in [KEY, OTHER_KEY, SECRET] {
        assert!(!said.contains(secret) && !complaint.contains(secret), "{said} {complaint}");
    }
    assert_eq!(complaint.is_empty(), code == 0, "{complaint}");
    (code, said)
}

/// The one line about something, which is as bad as `state`.
fn line<'a>(said: &'a str, state: &str, check: &str) -> &'a str {
    let start = format!("{state:<5} {check} ");
    let mut found = said.lines().filter(|line| line.starts_with(&start));
    let line = found.next().unwrap_or_else(|| panic!("no line {start:?} in\n{said}"));
    assert_eq!(found.next(), None, "one line per check");
    line
}

/// What is expected of one run: a change of settings, the check that goes badly, and words of its line.
type Wrong<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a [&'a str]);

fn goes_badly(place: &Place, (changes, check, words): Wrong<'_>) {
    let (code, said) = doctor(place, &[], changes);
    let line = line(&said, "bad", check);
    assert!(words.iter().all(|word| line.contains(word)), "{words:?}: {line}");
    assert_eq!((code, said.lines().filter(|line| line.starts_with("bad ")).count()), (1, 1), "{said}");
}

async fn newest_entry(place: &Place) -> AuditFound {
    let settings = settings(&place.store.join("clew.db"), place.port, &[]);
    let store = open_store(&settings, Arc::new(SystemDice)).expect("a store");
    let found = store.search_audit(AuditSearch { limit: 1, ..AuditSearch::default() }).await.expect("the log");
    store.close().await.expect("closed");
    found.found.into_iter().next().expect("an entry")
}

#[test]
fn a_good_instance_is_called_so_while_it_serves_and_while_it_does_not() {
    run(async {
        let place = place().await;
        let (code, said) = doctor(&place, &[], &[]);
        assert_eq!((code, said.contains("bad ")), (0, false), "{said}");
        for check in ["settings", "key", "store", "files", "data folder", "audit log", "clock", "issuer"] {
            line(&said, "ok", check);
        }
        assert!(line(&said, "ok", "listener").contains("is free"), "{said}");
        let entry = newest_entry(&place).await;
        assert_eq!((entry.person.as_str(), entry.call.as_str()), ("cli", "doctor"));

        let serving = place.serve(&[]).await;
        let (code, said) = doctor(&place, &["--json"], &[]);
        let said: Value = serde_json::from_str(&said).expect("JSON");
        assert_eq!((code, &said["ok"]), (0, &json!(true)), "{said}");
        let findings = said["findings"].as_array().expect("findings");
        let listener = findings.iter().find(|finding| finding["check"] == "listener").expect("a listener");
        assert_eq!(listener["state"], "ok");
        assert!(listener["said"].as_str().expect("a sentence").contains("This store's server"), "{listener}");
        drop(serving);
    });
}

#[test]
fn each_thing_that_is_wrong_has_one_line_with_what_to_do() {
    run(async {
        let place = place().await;
        goes_badly(&place, (&[("CLEW_LISTEN", "nowhere")], "settings", &["CLEW_LISTEN", "write addresses"]));
        goes_badly(
            &place,
            (&[("CONFIG_B64_ENCRYPTION_KEY", OTHER_KEY)], "key", &["under key id", "start with the key"]),
        );
        let absent = place.folder.path().join("absent").display().to_string();
        goes_badly(&place, (&[("CLEW_SQLITE_DIR", &absent)], "SQLite folder", &["CLEW_SQLITE_DIR", "may read"]));
        let taken = tokio::net::TcpListener::bind(("127.0.0.1", place.port)).await.expect("a port");
        goes_badly(&place, (&[], "listener", &["Another program", "CLEW_LISTEN"]));
        drop(taken);
        let file = place.store.join("clew.db");
        let mut bytes = std::fs::read(&file).expect("the store");
        bytes[60..64].fill(0);
        std::fs::write(&file, &bytes).expect("written");
        let (code, said) = doctor(&place, &[], &[]);
        assert_eq!(code, 0, "{said}");
        assert!(line(&said, "warn", "store").contains("of an older version"), "{said}");
        assert_eq!(std::fs::read(&file).expect("the store"), bytes, "whoever only looks brings nothing up to date");

        let nowhere = Place::new().await;
        let (code, said) = doctor(&nowhere, &[], &[]);
        assert_eq!(code, 0, "what is not there yet is made by the first start: {said}");
        assert!(line(&said, "warn", "store").contains("There is no store"), "{said}");
        assert!(!nowhere.store.join("clew.db").exists(), "and not by looking");
    });
}

#[test]
fn an_issuer_is_asked_and_what_is_wrong_with_it_is_said() {
    run(async {
        let place = place().await;
        let away = format!("http://localhost:{}", free_port());
        let client = ("CLEW_OIDC_CLIENT_ID", "clew");
        goes_badly(&place, (&[("CLEW_OIDC_ISSUER", &away), client], "issuer", &[&away, "refused", "CLEW_OIDC_ISSUER"]));
        let issuer = SigningIssuer::start().await;
        let (code, said) = doctor(&place, &[], &[("CLEW_OIDC_ISSUER", &issuer.origin), client]);
        assert_eq!(code, 0, "{said}");
        assert!(line(&said, "ok", "issuer").contains("1 keys"), "{said}");
        let other = format!("{}/", issuer.origin);
        goes_badly(&place, (&[("CLEW_OIDC_ISSUER", &other), client], "issuer", &["unexpected issuer"]));
        issuer.publish(&[]);
        goes_badly(&place, (&[("CLEW_OIDC_ISSUER", &issuer.origin), client], "issuer", &["no key"]));
        issuer.publish_text(503, "<html>Maintenance</html>");
        goes_badly(&place, (&[("CLEW_OIDC_ISSUER", &issuer.origin), client], "issuer", &["503"]));
    });
}

#[test]
fn rights_of_others_are_named_first_and_taken_away_when_that_is_asked_for() {
    run(async {
        let place = place().await;
        let lock = place.store.join("clew.db.lock");
        std::fs::write(&lock, "").expect("a file");
        set_mode(&lock, 0o644);
        set_mode(&place.store, 0o777);
        let (code, said) = doctor(&place, &[], &[]);
        assert_eq!((code, mode(&place.store), mode(&lock)), (1, 0o777, 0o644), "nothing is changed yet: {said}");
        let folder = line(&said, "bad", "data folder");
        assert!(folder.contains("Others may write") && folder.contains("`clew doctor --fix` sets its mode to 700"));
        assert!(line(&said, "bad", "files").contains("clew.db.lock"), "{said}");

        let (code, said) = doctor(&place, &["--fix"], &[]);
        assert_eq!((code, mode(&place.store), mode(&lock)), (0, 0o700, 0o600), "{said}");
        assert!(line(&said, "ok", "data folder").contains("Its mode is 700 now"), "{said}");
        assert_eq!(doctor(&place, &[], &[]).0, 0);

        // A folder that may hold other things stays as it is.
        set_mode(&place.store, 0o777);
        let elsewhere = format!("jdbc:sqlite:{}", place.store.join("other.db").display());
        let (_, said) = doctor(&place, &["--fix"], &[("JDBC_CONNECTION_STRING", &elsewhere)]);
        assert!(line(&said, "warn", "data folder").contains("a folder of its own"), "{said}");
        assert_eq!(mode(&place.store), 0o777);
    });
}

/// A project with a database that is away and one that is there.
fn import_project(place: &Place, sqlite: &Path) {
    let folder = place.folder.path().join("project");
    let sources = folder.join("sources");
    std::fs::create_dir_all(&sources).expect("a folder");
    let write = |path: std::path::PathBuf, text: &str| std::fs::write(path, text).expect("a file");
    write(folder.join("project.toml"), "id = \"bank\"\nname = \"Bank\"\ndescription = \"\"\n");
    write(folder.join("access.toml"), "grants = []\n");
    let ledger = "id = \"ledger\"\nname = \"Ledger\"\nkind = \"postgresql\"\n\n[settings]\nhost = \"127.0.0.1\"\n\
                  port = \"1\"\ndatabase = \"bank\"\nuser = \"reader\"\ntls = \"off\"\n\n[secrets_from]\n\
                  password = \"CLEW_SOURCE_BANK__PASSWORD\"\n";
    write(sources.join("ledger.toml"), ledger);
    let lists = "id = \"lists\"\nname = \"Lists\"\nkind = \"sqlite\"\n\n[settings]\nfile = \"lists.sqlite\"\n";
    write(sources.join("lists.toml"), lists);
    std::fs::create_dir_all(sqlite).expect("a folder");
    let database = rusqlite::Connection::open(sqlite.join("lists.sqlite")).expect("a database");
    database.execute_batch("create table listed (name text)").expect("a table");
    let base = environment(&place.store, place.port);
    let folder = folder.display().to_string();
    let imported = finish(&["project", "import", &folder, "--own", "Task.Manage"], &changed(&base, &[]));
    assert!(imported.status.success(), "{imported:?}");
}

#[test]
fn every_source_is_tried_and_a_dead_one_is_named_with_what_to_do() {
    run(async {
        let place = place().await;
        let folder = place.folder.path().join("sqlite");
        import_project(&place, &folder);
        let folder = folder.display().to_string();
        let changes = [("CLEW_SQLITE_DIR", folder.as_str()), (VARIABLE, SECRET)];
        goes_badly(&place, (&changes, "source bank/ledger", &["127.0.0.1:1"]));
        let (_, said) = doctor(&place, &[], &changes);
        assert!(line(&said, "ok", "source bank/lists").contains("1 table"), "{said}");
        let without = [changes[0]];
        goes_badly(&place, (&without, "source bank/ledger", &[VARIABLE, "not set", "where the server runs"]));
    });
}

#[test]
fn a_changed_end_of_the_audit_log_and_a_clock_that_went_backwards_are_seen() {
    run(async {
        let place = place().await;
        let file = place.store.join("clew.db");
        let settings = settings(&file, place.port, &[]);
        let store = open_store(&settings, Arc::new(SystemDice)).expect("a store");
        let ahead = SystemClock::new().now().checked_add(jiff::SignedDuration::from_hours(1)).expect("a moment");
        let entry = NewAudit {
            at: ahead,
            phase: Phase::Note,
            person: "ada".to_owned(),
            call: "sign_in".to_owned(),
            project: String::new(),
            outcome: Outcome::Done,
            details: b"{}".to_vec(),
        };
        let number = store.append_audit(vec![entry]).await.expect("written")[0];
        store.close().await.expect("closed");
        goes_badly(&place, (&[], "clock", &["before an entry", "Set the clock"]));

        let raw = rusqlite::Connection::open(&file).expect("the file");
        let changed = raw.execute("update audit set person = 'eve' where seq = ?", [number]).expect("changed");
        assert_eq!(changed, 1);
        drop(raw);
        goes_badly(&place, (&[], "audit log", &["is not as it was written", "clew audit verify"]));
    });
}

#[test]
fn what_is_stored_is_listed_kind_by_kind() {
    run(async {
        let place = Place::new().await;
        let environment = environment(&place.store, place.port);
        let with = changed(&environment, &[]);
        assert!(finish(&["person", "add", "ada", "--role", "Task.Manage"], &with).status.success());
        let listed = finish(&["doctor", "stored"], &with);
        assert!(listed.status.success(), "{listed:?}");
        let said = String::from_utf8_lossy(&listed.stdout).into_owned();
        for line in [
            "         1  people of the embedded issuer",
            "         0  sessions",
            "         0  projects",
            "Nothing else is kept",
        ] {
            assert!(said.lines().any(|found| found.starts_with(line)), "{line}: {said}");
        }
    });
}
