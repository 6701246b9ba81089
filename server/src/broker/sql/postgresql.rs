//! The language of PostgreSQL 11 and later. Values go as text; the server infers their types, or a cast says them.

use model::kind::Kind;

use super::language::{Language, Rows, all, tuple};
use crate::connectors::Dialect;

/// PostgreSQL, with or without ICU and `unaccent`.
pub(super) struct PostgreSql {
    pub(super) icu: bool,
    pub(super) unaccent: bool,
}

/// The cast of a placeholder. Text has none, so that a key of type `uuid` is compared as `uuid` and finds its index.
const fn cast(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Text | Kind::Bytes => None,
        Kind::Integer => Some("bigint"),
        Kind::Decimal => Some("numeric"),
        Kind::Float => Some("float8"),
        Kind::Bool => Some("boolean"),
        Kind::Date => Some("date"),
        Kind::Instant => Some("timestamptz"),
        Kind::LocalTime => Some("timestamp"),
    }
}

impl PostgreSql {
    fn lowered(&self, text: &str) -> String {
        if self.icu { format!("lower({text} COLLATE \"und-x-icu\")") } else { format!("lower({text})") }
    }
}

impl Language for PostgreSql {
    fn dialect(&self) -> Dialect {
        Dialect::PostgreSql
    }

    fn longest_name(&self) -> usize {
        63
    }

    fn placeholder(&self, number: usize, kind: Kind) -> String {
        cast(kind).map_or_else(|| format!("${number}"), |cast| format!("${number}::{cast}"))
    }

    fn text_placeholder(&self, number: usize) -> String {
        format!("${number}::text")
    }

    fn same(&self, value: &str, _kind: Kind) -> String {
        value.to_owned()
    }

    fn ordered(&self, value: &str, kind: Kind) -> String {
        if kind == Kind::Text { format!("{value}::text COLLATE \"C\"") } else { value.to_owned() }
    }

    fn as_text(&self, value: &str) -> String {
        format!("{value}::text")
    }

    fn among(&self, value: &str, kind: Kind, number: usize) -> String {
        match cast(kind) {
            Some(cast) => format!("{value} = ANY(${number}::{cast}[])"),
            None => format!("{value} = ANY(${number})"),
        }
    }

    fn among_folded(&self, value: &str, number: usize) -> String {
        let (value, item) = (self.folded(&self.as_text(value)), self.folded("item"));
        format!("{value} IN (SELECT {item} FROM unnest(${number}::text[]) AS item)")
    }

    fn among_lowered(&self, value: &str, number: usize) -> String {
        let (value, item) = (self.lowered(&self.as_text(value)), self.lowered("item"));
        format!("{value} IN (SELECT {item} FROM unnest(${number}::text[]) AS item)")
    }

    fn tuple_among(&self, values: &[String], rows: &[String]) -> String {
        format!("{} IN ({})", tuple(values), rows.join(", "))
    }

    fn folded(&self, text: &str) -> String {
        let plain = if self.unaccent { format!("unaccent({text})") } else { text.to_owned() };
        self.lowered(&plain)
    }

    fn contains(&self, text: &str, placeholder: &str, _at_start: bool) -> String {
        format!("{} LIKE {} ESCAPE '\\'", self.folded(&self.as_text(text)), self.folded(placeholder))
    }

    fn pattern(&self, text: &str, at_start: bool) -> String {
        let mut pattern = String::with_capacity(text.len() + 2);
        if !at_start {
            pattern.push('%');
        }
        for letter in text.chars() {
            if matches!(letter, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(letter);
        }
        pattern.push('%');
        pattern
    }

    fn exists(&self, outer: &[String], inner: &[String], rows: &Rows, present: bool) -> String {
        let mut conditions = rows.conditions.clone();
        conditions.extend(inner.iter().zip(outer).map(|(inner, outer)| format!("{inner} = {outer}")));
        let not = if present { "" } else { "NOT " };
        format!("{not}EXISTS (SELECT 1 FROM {} WHERE {})", rows.from, all(&conditions))
    }

    fn sum(&self, value: &str, kind: Kind) -> String {
        // The sum of bigint is numeric; back to bigint it is exact or an error, never wrong.
        if kind == Kind::Integer { format!("sum({value})::bigint") } else { format!("sum({value})") }
    }

    fn average(&self, value: &str) -> String {
        format!("avg({value})::float8")
    }

    fn extreme(&self, function: &str, value: &str, kind: Kind) -> String {
        format!("{function}({})", self.ordered(value, kind))
    }
}
