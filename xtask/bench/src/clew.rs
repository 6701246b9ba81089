//! The program as it ships, with the demo's store in a folder that is gone at the end.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Outcome;
use crate::database::{Database, GREAT_TABLE, SLEEPING_VIEW, TABLE};
use crate::person::Person;
use crate::ports::free_port;

/// The project that looks at the database.
pub(crate) const PROJECT: &str = "bench";
/// Making the demo's data takes seconds; nothing here takes minutes.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running `clew demo`.
pub(crate) struct Clew {
    program: PathBuf,
    folder: TempDir,
    port: u16,
    child: Child,
    /// From its start to the first good answer of `/readyz`.
    pub(crate) ready_secs: f64,
}

impl Clew {
    /// Makes a demo of its own and starts it.
    pub(crate) async fn start(program: &Path) -> Outcome<Self> {
        println!("making the demo's data …");
        let folder = tempfile::tempdir()?;
        let port = free_port();
        let (child, ready_secs) = start(program, folder.path(), port).await?;
        Ok(Self { program: program.to_owned(), folder, port, child, ready_secs })
    }

    /// Ends it and starts it again on what it left behind.
    pub(crate) async fn again(mut self) -> Outcome<Self> {
        self.end()?;
        (self.child, self.ready_secs) = start(&self.program, self.folder.path(), self.port).await?;
        Ok(self)
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// A person of the demo with the right to do everything, signed in.
    pub(crate) async fn person(&self) -> Outcome<Person> {
        let (name, password) = self.sign_in_of("astrid")?;
        Person::sign_in(&self.origin(), &name, &password).await
    }

    /// The same, with a project over the database.
    pub(crate) async fn person_with(&self, database: &Database) -> Outcome<Person> {
        let person = self.person().await?;
        person.call("create_project", &json!({ "id": PROJECT, "name": "Bench" })).await?;
        // The account is the superuser of a server that is gone with the bench: its name is typed for that.
        let (base, source) = (person.revision().await?, source(database.port()));
        let request = json!({ "project": PROJECT, "base": base, "source": source, "typed_name": "Bank" });
        person.call("save_source", &request).await?;
        let changes = [TABLE, GREAT_TABLE, SLEEPING_VIEW].map(|table| json!({ "put_object_type": object_type(table) }));
        let base = person.revision().await?;
        let change = json!({ "project": PROJECT, "scope": "everyone", "base": base, "changes": changes });
        person.call("change_project", &change).await?;
        Ok(person)
    }

    /// Name and password of somebody of the demo.
    pub(crate) fn sign_in_of(&self, name: &str) -> Outcome<(String, String)> {
        let told: Value = serde_json::from_slice(&std::fs::read(self.folder.path().join("demo.json"))?)?;
        let people = told.get("people").and_then(Value::as_array).into_iter().flatten();
        let text = |person: &Value, field: &str| person.get(field).and_then(Value::as_str).map(str::to_owned);
        let mut passwords = people.filter_map(|person| Some((text(person, "name")?, text(person, "password")?)));
        passwords.find(|(known, _)| known == name).ok_or_else(|| format!("the demo has no {name}").into())
    }

    fn end(&mut self) -> Outcome {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Clew {
    fn drop(&mut self) {
        drop(self.end());
    }
}

/// Starts the program and waits for `/readyz`; gives the seconds that it took.
async fn start(program: &Path, folder: &Path, port: u16) -> Outcome<(Child, f64)> {
    let start = Instant::now();
    let mut command = Command::new(program);
    // Settings of the tests, which the bench reads as well; the program refuses what is no setting of its own.
    for name in ["CLEW_CHROMIUM", "CLEW_ARTIFACTS", "CLEW_REAL_DATA", "CLEW_SSLYZE"] {
        command.env_remove(name);
    }
    let mut child = command
        .arg("demo")
        .env("CLEW_DATA", folder)
        .env("CLEW_LISTEN", format!("127.0.0.1:{port}"))
        .env("CLEW_PUBLIC_URL", format!("http://localhost:{port}"))
        // A bench asks faster than any person, and as many people from one address.
        .env("CLEW_CALLS_PER_SECOND", "100000")
        .env("CLEW_BEHIND_PROXY", "127.0.0.0/8")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    let client = reqwest::Client::new();
    let ready = format!("http://127.0.0.1:{port}/readyz");
    while start.elapsed() < PATIENCE {
        if client
            .get(&ready)
            .header("host", format!("localhost:{port}"))
            .send()
            .await
            .is_ok_and(|told| told.status().is_success())
        {
            return Ok((child, start.elapsed().as_secs_f64()));
        }
        if let Some(status) = child.try_wait()? {
            return Err(format!("{} ended: {status}", program.display()).into());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    child.kill()?;
    Err("the program does not become ready".into())
}

/// Ceilings above everything that is measured.
fn source(port: u16) -> Value {
    json!({
        "id": "bank", "name": "Bank", "kind": "postgresql",
        "settings": {
            "host": "127.0.0.1", "port": port.to_string(), "database": "postgres", "user": "postgres", "tls": "off",
        },
        "limits": { "rows": 20_000_000, "megabytes": 8_192, "seconds": 600, "at_once": 64 },
    })
}

fn object_type(table: &str) -> Value {
    let property = |name: &str, kind: &str| json!({ "id": name, "name": name, "column": name, "kind": kind });
    json!({
        "id": table, "name": table, "plural": table, "icon": "payments", "colour": 0, "source": "bank",
        "table": { "schema": "public", "name": table }, "key": ["id"], "title": "{id}",
        "properties": [
            property("id", "integer"), property("from_account", "text"), property("to_account", "text"),
            property("amount", "decimal"), property("currency", "text"), property("booked_at", "instant"),
            property("flagged", "bool"), property("note", "text"),
        ],
    })
}
