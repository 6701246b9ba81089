//! Queries that an instance manager writes: what of SQL may be in them.
//!
//! A query is one `SELECT` (or `WITH`, `VALUES`, `TABLE`) that reads. It passes two judges, one after the other:
//!
//! | judge | what it refuses |
//! |---|---|
//! | [`words`] | writing that two readers could understand differently: nested comments, `U&"..."`, `$$`, escapes, control characters, placeholders |
//! | [`tree`] | everything but reading, wherever it stands in the tree of the dialect's parser; and what the parser cannot read |
//!
//! and no name in it, quoted or not, as a call or behind a point, is one of [`names`]: functions that write, wait, reach
//! files or the network, change the session, or run text as SQL.
//!
//! ```ignore
//! statements::check(Dialect::PostgreSql, "select id, name from people")?;
//! assert!(statements::check(Dialect::PostgreSql, "select ('/etc/passwd'::text).pg_read_file").is_err());
//! ```
//!
//! This is the second fence. The first is the account's own rights, the third what the connectors do around every
//! statement. Functions that a database's own people made are not known here: only the account's rights and the
//! read-only transaction hold them (docs/read-only.md).
//!
//! Absent on purpose: a way round for anybody; rewriting a query. What is checked is what is sent, byte by byte.

mod names;
mod tree;
mod words;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use self::words::Place;
use crate::connectors;

/// The longest query, in bytes.
pub use model::origin::LONGEST_QUERY;

/// The most words, numbers, texts and signs of a query.
const MOST_TOKENS: usize = 8_000;
/// The parser's tree of a long sum is as deep as the sum is long.
const STACK_BYTES: usize = 128 * 1024 * 1024;
/// The most queries that are remembered as checked.
const MOST_REMEMBERED: usize = 1_000;

/// The languages that queries are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// PostgreSQL.
    PostgreSql,
    /// SQLite.
    Sqlite,
    /// MariaDB and MySQL.
    MariaDb,
}

/// Why a query is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {sentence} {remedy}")]
pub struct Refusal {
    /// The line, counted from 1.
    pub line: u64,
    /// The character in the line, counted from 1.
    pub column: u64,
    /// What cannot be taken, and why.
    pub sentence: String,
    /// What to do.
    pub remedy: String,
}

impl Refusal {
    fn at(place: Place, sentence: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { line: place.line, column: place.column, sentence: sentence.into(), remedy: remedy.into() }
    }
}

impl From<connectors::Dialect> for Dialect {
    fn from(dialect: connectors::Dialect) -> Self {
        match dialect {
            connectors::Dialect::PostgreSql => Self::PostgreSql,
            connectors::Dialect::Sqlite => Self::Sqlite,
        }
    }
}

/// Checks a query.
///
/// # Errors
/// [`Refusal`] when it is more than one statement that reads, or cannot be read with certainty.
pub fn check(dialect: Dialect, text: &str) -> Result<(), Refusal> {
    if text.len() > LONGEST_QUERY {
        let sentence = format!("It is longer than {} KiB.", LONGEST_QUERY / 1024);
        return Err(Refusal::at(Place::START, sentence, "Make a view of it in the source."));
    }
    let tokens = words::read(dialect, text)?;
    if tokens.is_empty() {
        return Err(Refusal::at(Place::START, "There is nothing in it.", "Write a SELECT."));
    }
    if let Some(beyond) = tokens.get(MOST_TOKENS) {
        let sentence = format!("It has more than {MOST_TOKENS} words and signs.");
        return Err(Refusal::at(beyond.place, sentence, "Make a view of it in the source."));
    }
    names::check(dialect, &tokens)?;
    on_a_deep_stack(dialect, text)
}

/// A parser that ends in the middle has not read the query.
fn on_a_deep_stack(dialect: Dialect, text: &str) -> Result<(), Refusal> {
    let unread = || {
        let remedy = "Write it more simply, or make a view of it in the source.";
        Refusal::at(Place::START, "It cannot be read with certainty.", remedy)
    };
    let own = text.to_owned();
    let thread = std::thread::Builder::new().name("statement".to_owned()).stack_size(STACK_BYTES);
    let reading = thread.spawn(move || tree::check(dialect, &own)).map_err(|_| unread())?;
    reading.join().unwrap_or_else(|_| Err(unread()))
}

/// The same, for a query that is used again and again.
///
/// # Errors
/// As [`check`].
pub fn check_once(dialect: Dialect, text: &str) -> Result<(), Refusal> {
    static CHECKED: LazyLock<Mutex<HashSet<(Dialect, String)>>> = LazyLock::new(Mutex::default);
    let known = (dialect, text.to_owned());
    if CHECKED.lock().unwrap_or_else(PoisonError::into_inner).contains(&known) {
        return Ok(());
    }
    check(dialect, text)?;
    let mut checked = CHECKED.lock().unwrap_or_else(PoisonError::into_inner);
    if checked.len() >= MOST_REMEMBERED {
        checked.clear();
    }
    checked.insert(known);
    Ok(())
}
