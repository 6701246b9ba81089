//! The language of SQLite, with the functions that its connector registers.
//!
//! A column of SQLite may hold anything, so exact comparison needs a form: decimals as text under the collation
//! `clew_decimal`, points in time as text under `clew_time`, text under `BINARY`.

use model::kind::Kind;

use super::language::{Language, Rows, all, tuple};
use crate::connectors::Dialect;

/// SQLite.
pub(super) struct Sqlite;

impl Language for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn longest_name(&self) -> usize {
        1_024
    }

    fn placeholder(&self, number: usize, _kind: Kind) -> String {
        format!("?{number}")
    }

    fn text_placeholder(&self, number: usize) -> String {
        format!("?{number}")
    }

    fn same(&self, value: &str, kind: Kind) -> String {
        match kind {
            Kind::Text => format!("{value} COLLATE BINARY"),
            Kind::Decimal => format!("CAST({value} AS TEXT) COLLATE clew_decimal"),
            Kind::Date | Kind::Instant | Kind::LocalTime => format!("CAST({value} AS TEXT) COLLATE clew_time"),
            _ => value.to_owned(),
        }
    }

    fn ordered(&self, value: &str, kind: Kind) -> String {
        self.same(value, kind)
    }

    fn as_text(&self, value: &str) -> String {
        format!("CAST({value} AS TEXT)")
    }

    fn among(&self, value: &str, kind: Kind, number: usize) -> String {
        let item = match kind {
            Kind::Decimal => "CAST(value AS TEXT)",
            Kind::Bytes => "unhex(value)",
            _ => "value",
        };
        format!("{} IN (SELECT {item} FROM json_each(?{number}))", self.same(value, kind))
    }

    fn among_folded(&self, value: &str, number: usize) -> String {
        let value = self.folded(&self.as_text(value));
        format!("{value} IN (SELECT clew_fold(value) FROM json_each(?{number}))")
    }

    fn among_lowered(&self, value: &str, number: usize) -> String {
        format!("clew_lower({}) IN (SELECT clew_lower(value) FROM json_each(?{number}))", self.as_text(value))
    }

    fn tuple_among(&self, values: &[String], rows: &[String]) -> String {
        format!("{} IN (VALUES {})", tuple(values), rows.join(", "))
    }

    fn folded(&self, text: &str) -> String {
        format!("clew_fold({text})")
    }

    fn contains(&self, text: &str, placeholder: &str, at_start: bool) -> String {
        let found = if at_start { "= 1" } else { "> 0" };
        format!("instr({}, {}) {found}", self.folded(&self.as_text(text)), self.folded(placeholder))
    }

    fn pattern(&self, text: &str, _at_start: bool) -> String {
        text.to_owned()
    }

    /// `IN` and `NOT IN`, because SQLite reads the subquery once and keeps it sorted, whatever indexes there are;
    /// an `EXISTS` without an index would read the whole inner table for each outer row.
    fn exists(&self, outer: &[String], inner: &[String], rows: &Rows, present: bool) -> String {
        let mut conditions = rows.conditions.clone();
        conditions.extend(inner.iter().map(|inner| format!("{inner} IS NOT NULL")));
        let found = format!("(SELECT {} FROM {} WHERE {})", inner.join(", "), rows.from, all(&conditions));
        if present {
            return format!("{} IN {found}", tuple(outer));
        }
        let empty: Vec<String> = outer.iter().map(|outer| format!("{outer} IS NULL")).collect();
        format!("({} OR {} NOT IN {found})", empty.join(" OR "), tuple(outer))
    }

    fn sum(&self, value: &str, kind: Kind) -> String {
        if kind == Kind::Decimal { format!("clew_sum({value})") } else { format!("sum({value})") }
    }

    fn average(&self, value: &str) -> String {
        format!("avg({value})")
    }

    fn extreme(&self, function: &str, value: &str, kind: Kind) -> String {
        format!("{function}({})", self.same(value, kind))
    }
}
