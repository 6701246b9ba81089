//! Configuration from nothing: a project, a database by its form, a file, a source that is hidden, access for a colleague.

use std::path::Path;
use std::sync::Once;

use serde_json::{Value, json};
use thirtyfour::Key;

use super::page::Page;
use super::pictures::WIDE;
use super::transcript;
use crate::postgres::{CAREFUL, Postgres};
use crate::world::{PASSWORD, World};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/spec/browser/harbour.sql");
/// As the script has it.
pub(super) const DATABASE_PASSWORD: &str = "one of forty keys";
/// The project's configuration, and its page of who has access.
const CONFIGURATION: &str = "/p/harbour-fraud/config/sources";
const ACCESS: &str = "/p/harbour-fraud/config/access";
const SUGGESTED: &str = "Everything that could be suggested is in the project already.";
/// The file: semicolons, a date, a number that keeps its zeros, and a cell that a spreadsheet would run.
const WITNESSES: &str = "witness_no;name;heard;phone\n\
    0041;Solveig Tangen;2026-02-03;00 47 55\n\
    0042;=1+41;2026-02-04;+47 99\n\
    0043;Åse Bøe;2026-02-05;\n";

#[test]
fn a_project_is_configured_from_nothing_and_shared() {
    transcript(async {
        let folder = tempfile::tempdir().expect("a folder");
        payroll(folder.path());
        let world = World::start_with(&[("CLEW_SQLITE_DIR", &folder.path().display().to_string())]).await;
        world.add_person("mona", &["Task.Manage", "Bank.Lead"]).await;
        world.add_person("rolf", &["Task.Read"]).await;
        let page = Page::start(world.origin(), &[]).await;
        page.size(WIDE).await;
        page.sign_in("/", "mona", PASSWORD).await;
        create_project(&page).await;
        connect_database(&page).await;
        browse(&page).await;
        accept_model(&page, &["Person", "Company"]).await;
        bring_in_file(&page, folder.path()).await;
        link_for_oneself(&page).await;
        connect_hidden(&page).await;
        give_access(&page).await;
        page.end().await;
        a_colleague_sees_what_is_shared(&world).await;
        audited(&world).await;
    });
}

/// The PostgreSQL with the case's database in it, made once.
pub(super) fn harbour() -> &'static Postgres {
    static MADE: Once = Once::new();
    let postgres = Postgres::shared();
    MADE.call_once(|| postgres.run_script(Path::new(SCRIPT)));
    postgres
}

/// A database that only the leader may see.
fn payroll(folder: &Path) {
    let made = rusqlite::Connection::open(folder.join("payroll.sqlite")).expect("a database");
    let script = "CREATE TABLE salary (salary_id INTEGER PRIMARY KEY, name TEXT NOT NULL, amount INTEGER);
        INSERT INTO salary VALUES (1, 'Ada Kvalheim', 990000), (2, 'Bjørn Østby', 1250000);";
    made.execute_batch(script).expect("filled");
}

async fn create_project(page: &Page) {
    page.find_text("There is no project yet.").await;
    page.picture("configure-1-nothing").await;
    page.click("button", "New project…").await;
    page.fill("Name", "Harbour fraud").await;
    page.fill("Description", "Who owns what at the harbour").await;
    page.picture("configure-2-project").await;
    page.click("button", "Create").await;
    page.at(CONFIGURATION).await;
    page.find_text("There is no source yet.").await;
    page.picture("configure-3-no-source").await;
}

async fn connect_database(page: &Page) {
    let postgres = harbour();
    page.click("button", "Add source…").await;
    page.click("button", "PostgreSQL").await;
    page.click("button", "Test the connection").await;
    page.find_text("Fill in what is marked.").await;
    page.fill("Name", "Case database").await;
    page.fill("Host", "127.0.0.1").await;
    page.fill("Port (optional)", &postgres.port.to_string()).await;
    page.fill("Database", "harbour").await;
    page.fill("User", CAREFUL).await;
    page.fill_secret("Password", "a wrong one").await;
    page.choose("combobox", "Encryption", "Not encrypted (anybody on the way may read)").await;
    page.click("button", "Test the connection").await;
    page.find_text("The source cannot be used yet").await;
    page.find_text("The database refused the account.").await;
    page.find_text("Correct the user and the password.").await;
    page.two_pictures("configure-4-wrong-password").await;
    page.fill_secret("Password", DATABASE_PASSWORD).await;
    page.click("button", "Test the connection").await;
    page.find_text("The source can be used").await;
    page.picture("configure-5-tested").await;
    page.click("button", "Save for everyone").await;
    page.find("radio", "Contents").await;
}

async fn browse(page: &Page) {
    page.click("radio", "Contents").await;
    page.click("treeitem", "person").await;
    page.find_text("primary key").await;
    page.click("button", "Sample rows").await;
    page.find("cell", "Юлия Морозова").await;
    page.two_pictures("configure-6-contents").await;
}

/// Takes what the source suggests, after a look at it.
async fn accept_model(page: &Page, types: &[&str]) {
    page.click("radio", "Suggested model").await;
    page.click("button", "Suggest a model").await;
    for name in types {
        let ticked = page.find("checkbox", &format!("Object type {name}")).await;
        assert_eq!(ticked.attribute("aria-checked"), Some("true"), "{ticked}");
    }
    page.picture("configure-7-model").await;
    page.click("button", "Save for everyone").await;
    page.find_text(SUGGESTED).await;
}

async fn bring_in_file(page: &Page, folder: &Path) {
    let file = folder.join("witnesses.csv");
    std::fs::write(&file, WITNESSES).expect("a file");
    page.expect_file().await;
    page.click("button", "Upload file…").await;
    page.give_file(&file).await;
    page.find("cell", "Solveig Tangen").await;
    let detected = [
        ("Encoding", "UTF-8"),
        ("Delimiter", "semicolon ;"),
        ("Kind of column 1", "text"),
        ("Kind of column 3", "date"),
        ("Kind of column 4", "text"),
    ];
    for (select, value) in detected {
        let shown = page.find("combobox", select).await;
        assert_eq!(shown.attribute("aria-valuetext"), Some(value), "{select}");
    }
    page.two_pictures("configure-8-file").await;
    page.click("button", "Add for everyone").await;
    page.find_text("Witnesses is in: 3 rows").await;
    page.find_text("Nothing was wrong in the file.").await;
    page.picture("configure-9-accepted").await;
    page.click("button", "Suggest a model").await;
    page.click("button", "Save for everyone").await;
    page.find_text(SUGGESTED).await;
}

/// Persons of the database and witnesses of the file who have the same name; nobody else sees this link type.
async fn link_for_oneself(page: &Page) {
    page.click("tab", "Link types").await;
    page.click("button", "New link type…").await;
    page.choose("combobox", "From", "Witness").await;
    page.choose("combobox", "To", "Person").await;
    page.fill("Read forward", "is called like").await;
    page.fill("Read backward", "is called like").await;
    page.fill("Many of them", "namesakes").await;
    page.choose("combobox", "Property of the first object 1", "name").await;
    page.choose("combobox", "Property of the second object 1", "name").await;
    page.click("checkbox", "Ignore upper and lower case when comparing").await;
    page.two_pictures("configure-12-link-type").await;
    page.click("button", "Save for me").await;
    page.find("listitem", "is called like").await;
    page.click("tab", "Sources").await;
}

async fn connect_hidden(page: &Page) {
    page.click("button", "Add source…").await;
    page.click("button", "SQLite").await;
    page.fill("Name", "Payroll").await;
    page.fill("File", "payroll.sqlite").await;
    page.fill("Role that is required", "Bank.Lead").await;
    page.click("button", "Save for everyone").await;
    page.find_text("A first model of this source").await;
    page.still().await;
    page.click("radio", "Set-up").await;
    page.find_text("Bank.Lead").await;
    page.click("radio", "Suggested model").await;
    page.click("button", "Suggest a model").await;
    page.click("button", "Save for everyone").await;
    page.find_text(SUGGESTED).await;
}

async fn give_access(page: &Page) {
    page.click("tab", "Access").await;
    page.at(ACCESS).await;
    page.click("radio", "To a person").await;
    page.fill("E-mail", "rolf@example.org").await;
    let role = page.find("combobox", "Role to give").await;
    assert_eq!(role.attribute("aria-valuetext"), Some("Read"));
    page.click("button", "Give").await;
    page.find("combobox", "Role of rolf@example.org").await;
    page.two_pictures("configure-10-access").await;
}

async fn a_colleague_sees_what_is_shared(world: &World) {
    let page = Page::start(world.origin(), &[]).await;
    page.sign_in("/", "rolf", PASSWORD).await;
    page.click("listitem", "Harbour fraud").await;
    page.chord(Key::Control, "k").await;
    page.type_text("kvalheim").await;
    page.find("listitem", "Ada Kvalheim").await;
    page.find("listitem", "Kvalheim Sjømat AS").await;
    page.picture("configure-11-colleague").await;
    page.press(Key::Enter).await;
    page.find_text("1 object · 0 links").await;
    page.click("button", "Table").await;
    page.find("listitem", "Witnesses").await;
    let told: Vec<String> = page.look().await.iter().map(ToString::to_string).collect();
    let told = told.join("\n").to_lowercase();
    for hidden in ["salar", "payroll", "namesakes"] {
        assert!(!told.contains(hidden), "{hidden} is hidden from rolf: {told}");
    }
    page.open("/p/harbour-fraud/o/salary/1").await;
    page.find_text("This does not exist, or you have no access to it.").await;
    page.forget_complaints().await;
    page.end().await;
}

async fn audited(world: &World) {
    let entries = world.audit(500).await;
    let of = |call: &str| entries.iter().filter(|entry| entry.call == call).count();
    let calls = ["create_project", "test_source", "save_source", "read_catalogue", "sample_table", "suggest_model"];
    for call in calls.into_iter().chain(["upload_file", "accept_file", "change_project", "search"]) {
        assert!(of(call) > 0, "{call} is in the audit log");
    }
    assert_eq!(of("test_source"), 2, "the first one lacked what is marked and was not sent");
    let secrets = entries.iter().map(|entry| String::from_utf8_lossy(&entry.details).into_owned());
    let found: Vec<Value> = secrets.filter(|text| text.contains(DATABASE_PASSWORD)).map(|text| json!(text)).collect();
    assert!(found.is_empty(), "{found:?}");
}
