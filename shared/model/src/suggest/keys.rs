//! Which columns name the rows of a table, and how that is known.

use super::names::{self, words};
use crate::catalogue::{CatalogueTable, Column};

/// Words at the end of the name of a column that names rows, and say nothing of what they name.
const GENERAL: [&str; 12] =
    ["id", "key", "no", "nr", "num", "number", "nummer", "code", "uuid", "guid", "ref", "reference"];
/// The same for words that say it.
const PARTICULAR: [&str; 5] = ["iban", "vin", "imei", "isin", "lei"];
/// The same, written in one word with what they name: `orgnr`, `kontonummer`.
const ENDINGS: [&str; 2] = ["nr", "nummer"];

/// The key of a table.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) columns: Vec<String>,
    /// How that is known, for people.
    pub(super) reason: String,
}

/// The key of a table. Of a file, lines are told apart by their number: it is the last resort, because a newer file has
/// other rows on the same lines.
pub(super) fn key_of(table: &CatalogueTable, is_file: bool) -> Option<Key> {
    if is_file {
        return file_key(table).or_else(|| line_key(table));
    }
    declared(table).or_else(|| named(table))
}

/// The primary key, or else the first unique set of columns that are never null.
fn declared(table: &CatalogueTable) -> Option<Key> {
    let filled = |name: &String| column(table, name).is_some_and(|column| !column.nullable);
    let known = |names: &&Vec<String>| !names.is_empty() && names.iter().all(|name| column(table, name).is_some());
    let unique = table.unique.iter().filter(|names| names.iter().all(filled));
    let columns = std::iter::once(&table.primary_key).chain(unique).find(known)?.clone();
    let reason = format!("The table {} has the key {}.", table.table.name, columns.join(", "));
    Some(Key { columns, reason })
}

/// A column that is called `id`, or like the table itself with an `id` behind it, although nothing is declared.
fn named(table: &CatalogueTable) -> Option<Key> {
    let mut own = words(&names::singular(&table.table.name));
    own.push("id".to_owned());
    let is_own = |column: &&Column| matches!(words(&column.name), name if name == ["id"] || name == own);
    let column = table.columns.iter().find(is_own)?;
    let reason = format!(
        "The table {} declares no key, and its column {} is called like one. Rows with the same one count as one object.",
        table.table.name, column.name
    );
    Some(Key { columns: vec![column.name.clone()], reason })
}

/// A column whose cells are all filled and all different, and which is called like an id.
fn file_key(table: &CatalogueTable) -> Option<Key> {
    let unique = |column: &&Column| !column.nullable && table.unique.iter().any(|set| *set == [column.name.as_str()]);
    let candidates = || table.columns.iter().filter(unique).filter(|column| is_naming(&column.name));
    let column = candidates().find(|column| words(&column.name) == ["id"]).or_else(|| candidates().next())?;
    let reason = format!("In every row {} is filled, and no two rows have the same one.", column.name);
    Some(Key { columns: vec![column.name.clone()], reason })
}

fn line_key(table: &CatalogueTable) -> Option<Key> {
    let columns = declared(table)?.columns;
    let reason = "No column of the file is called like an id, filled in every row and different in all of them. So a row \
                  is known by its line: when a newer file replaces this one, the same line is the same object, whatever \
                  stands in it. Choose another key if there is one."
        .to_owned();
    Some(Key { columns, reason })
}

/// Whether a column is called like one that names rows.
pub fn is_naming(column: &str) -> bool {
    let ends = |word: &String| {
        let known = GENERAL.iter().chain(&PARTICULAR).any(|known| known == word);
        known || ENDINGS.iter().any(|ending| word.ends_with(ending))
    };
    words(column).last().is_some_and(ends)
}

/// Whether these words name rows and do not say of what.
pub(super) fn is_general(words: &[String]) -> bool {
    matches!(words, [word] if GENERAL.contains(&word.as_str()))
}

fn column<'a>(table: &'a CatalogueTable, name: &str) -> Option<&'a Column> {
    table.columns.iter().find(|column| column.name == *name)
}
