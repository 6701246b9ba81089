//! Real data on the product's own paths: brought in, modelled and asked, and every answer compared with a recorded one.
//!
//! `CLEW_REAL_DATA=<dir> cargo test -p specification real` runs it. What passes is listed in `golden/real.txt`; a line
//! of it may only move to `pass`.

mod accounts;
mod asking;
mod crimes;
mod files;
mod music;
mod sanctions;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use self::asking::{Asking, PROJECT, Table};
use crate::golden::golden;
use crate::world::{World, run};

/// What became of a question.
enum Outcome {
    /// It was asked, and this is the answer.
    Answer(Table),
    /// It cannot be put as questions, and why.
    Inexpressible(String),
}

impl From<Table> for Outcome {
    fn from(table: Table) -> Self {
        Self::Answer(table)
    }
}

type Outcomes = Vec<(&'static str, Outcome)>;

/// A question as it was recorded.
#[derive(Deserialize)]
struct Recorded {
    id: String,
    answer: Vec<Vec<Value>>,
}

#[expect(clippy::disallowed_methods, reason = "a test is told by the environment where real data lie")]
fn folder() -> Option<PathBuf> {
    std::env::var_os("CLEW_REAL_DATA").map(PathBuf::from)
}

#[test]
fn real_data_are_brought_in_and_questions_about_them_get_the_recorded_answers() {
    let Some(folder) = folder() else {
        say("real data: 0 questions asked, not run: CLEW_REAL_DATA is not set");
        return;
    };
    run(async {
        let world = World::start().await;
        let mut asking = Asking { browser: world.signed_in("own", &["Task.Manage"]).await };
        asking.call("create_project", &json!({ "id": PROJECT, "name": "Real data" })).await;
        let mut outcomes = accounts::ask(&mut asking, &folder).await;
        outcomes.extend(sanctions::ask(&mut asking, &folder).await);
        outcomes.extend(music::ask(&mut asking, &folder).await);
        outcomes.extend(crimes::ask(&mut asking, &folder).await);
        let (passed, text) = compared(&recorded(&folder), outcomes);
        say(&format!("real data: {passed} questions asked and answered as recorded, of {}", text.lines().count()));
        assert_no_step_back(&text);
        golden("real.txt", &text);
    });
}

/// Not by a macro: what a passing test prints is hidden.
fn say(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}

/// The recorded answers of every data set.
fn recorded(folder: &Path) -> BTreeMap<String, Table> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("the folder of real data").flatten() {
        let Ok(text) = std::fs::read_to_string(entry.path().join("questions.json")) else { continue };
        let questions: Vec<Recorded> = serde_json::from_str(&text).expect("questions");
        let rows = |answer: Vec<Vec<Value>>| answer.iter().map(|row| row.iter().map(cell).collect()).collect();
        found.extend(questions.into_iter().map(|question| (question.id, rows(question.answer))));
    }
    found
}

fn cell(value: &Value) -> String {
    value.as_str().map_or_else(|| plain(&value.to_string()), plain)
}

/// A number without zeros at its end; other text as it is.
fn plain(text: &str) -> String {
    let is_decimal = text.contains('.') && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    if is_decimal { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
}

/// One line per recorded question, and how many pass.
fn compared(recorded: &BTreeMap<String, Table>, outcomes: Outcomes) -> (usize, String) {
    let (mut outcomes, mut passed, mut text) = (BTreeMap::from_iter(outcomes), 0, String::new());
    for (id, expected) in recorded {
        let line = match outcomes.remove(id.as_str()) {
            None => "not asked".to_owned(),
            Some(Outcome::Inexpressible(why)) => format!("inexpressible ({why})"),
            Some(Outcome::Answer(rows)) => {
                let rows: Table = rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect();
                assert_eq!(rows, *expected, "{id} has another answer (left) than the recorded one (right)");
                passed += 1;
                "pass".to_owned()
            }
        };
        text.push_str(&format!("{id} {line}\n"));
    }
    (passed, text)
}

/// What passed once may not become inexpressible, not even by writing the golden file anew.
fn assert_no_step_back(text: &str) {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/spec/golden/real.txt");
    for line in std::fs::read_to_string(golden).unwrap_or_default().lines().filter(|line| line.ends_with(" pass")) {
        assert!(text.lines().any(|now| now == line), "a question that passed is not answered any more: {line}");
    }
}
