//! What differs between the languages of sources: how names are quoted, values compared, and lists bound.

use connectors::{Ability, Dialect};
use model::kind::Kind;
use wire::Fault;

use super::postgresql::PostgreSql;
use super::sqlite::Sqlite;
use crate::connectors;

/// One language. Every expression that is handed in is already quoted; what comes back is part of a statement.
pub(super) trait Language: Send + Sync {
    /// Which one it is.
    fn dialect(&self) -> Dialect;

    /// The longest name that the source keeps whole, in bytes.
    fn longest_name(&self) -> usize;

    /// The placeholder of the `number`-th value, counted from 1, made comparable with a column of `kind`.
    fn placeholder(&self, number: usize, kind: Kind) -> String;

    /// The placeholder of a text that is compared with text.
    fn text_placeholder(&self, number: usize) -> String;

    /// The form of a value in which equal values are equal: for `=`, groups and distinct counts.
    fn same(&self, value: &str, kind: Kind) -> String;

    /// The form of a value in which it is ordered: text by code point, decimals exactly.
    fn ordered(&self, value: &str, kind: Kind) -> String;

    /// The value as text.
    fn as_text(&self, value: &str) -> String;

    /// Whether the value is one of the list that is bound to the `number`-th placeholder.
    fn among(&self, value: &str, kind: Kind, number: usize) -> String;

    /// The same, ignoring case, and accents where the source can.
    fn among_folded(&self, value: &str, number: usize) -> String;

    /// The same, ignoring only upper and lower case.
    fn among_lowered(&self, value: &str, number: usize) -> String;

    /// Whether the values together are one of the rows of placeholders.
    fn tuple_among(&self, values: &[String], rows: &[String]) -> String;

    /// Text without case, and without accents where the source can.
    fn folded(&self, text: &str) -> String;

    /// Whether the text contains, or begins with, the text at the placeholder; see [`Language::pattern`].
    fn contains(&self, text: &str, placeholder: &str, at_start: bool) -> String;

    /// What is bound for [`Language::contains`].
    fn pattern(&self, text: &str, at_start: bool) -> String;

    /// Whether a row of `rows` exists (or does not) whose `inner` values equal the `outer` ones.
    fn exists(&self, outer: &[String], inner: &[String], rows: &Rows, present: bool) -> String;

    /// The sum, exact for integers and decimals.
    fn sum(&self, value: &str, kind: Kind) -> String;

    /// The mean as a float.
    fn average(&self, value: &str) -> String;

    /// `min` or `max`.
    fn extreme(&self, function: &str, value: &str, kind: Kind) -> String;
}

/// Rows of a subquery: what stands after `FROM`, and what must hold.
pub(super) struct Rows {
    pub(super) from: String,
    pub(super) conditions: Vec<String>,
}

/// The language that a connection speaks.
pub(super) fn of(ability: Ability) -> Box<dyn Language> {
    match ability.dialect {
        Dialect::PostgreSql => Box::new(PostgreSql { icu: ability.icu, unaccent: ability.folds_accents }),
        Dialect::Sqlite => Box::new(Sqlite),
    }
}

/// A name in double quotes, which both languages understand.
pub(super) fn quote(language: &dyn Language, name: &str) -> Result<String, Fault> {
    let wrong = if name.is_empty() {
        "is empty"
    } else if name.contains('\0') {
        "contains a character that no name can contain"
    } else if name.len() > language.longest_name() {
        "is longer than the source allows"
    } else {
        return Ok(format!("\"{}\"", name.replace('"', "\"\"")));
    };
    Err(Fault::invalid(
        format!("A table or column name in the project {wrong}."),
        "Choose the table or column again in the configuration.",
    ))
}

/// `a AND b`, or `TRUE`.
pub(super) fn all(conditions: &[String]) -> String {
    if conditions.is_empty() { "TRUE".to_owned() } else { conditions.join(" AND ") }
}

/// `(a, b)`, or `a` alone.
pub(super) fn tuple(values: &[String]) -> String {
    match values {
        [one] => one.clone(),
        many => format!("({})", many.join(", ")),
    }
}
