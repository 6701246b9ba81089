//! From JSON to flat records: nested objects by dotted names, lists as their JSON; and the kinds that fit what is there.

use std::collections::HashMap;

use model::kind::Kind;
use serde_json::{Map, Value};

use super::exact;
use super::fetch::{no_json, too_large};
use super::tables::{Column, MOST_COLUMNS};
use super::walk::{self, Shape};
use crate::connectors::Failure;
use crate::intake::kinds;

/// Objects within objects up to this depth have columns of their own; deeper ones are JSON.
const DEEPEST: usize = 6;
/// The longest name of a column that is found.
const LONGEST_NAME: usize = 120;

/// The most memory of one record, in bytes, as [`walk::weight`] counts.
const MOST_WEIGHT: u64 = 24 << 20;

/// Gives every record of an answer to `each`, as it is written, one after the other. One object is one record; nothing
/// where there is nothing that can be records.
pub(super) fn each(
    page: &str,
    place: &str,
    mut each: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<Option<()>, Failure> {
    let Some(found) = walk::at(page, place) else { return Ok(None) };
    match walk::shape(found) {
        Shape::List => walk::entries(found, each).map(Some),
        Shape::Object => each(found).map(Some),
        Shape::Null => Ok(Some(())),
        Shape::Single => Ok(None),
    }
}

/// Builds a record, where it does not take too much memory. Numbers that would lose digits are texts in it.
pub(super) fn built(record: &str) -> Result<Value, Failure> {
    if walk::weight(record) > MOST_WEIGHT {
        return Err(too_large("one record has too many values"));
    }
    serde_json::from_str(&exact::kept(record))
        .map_err(|error| no_json(&format!("a record, line {}, column {}", error.line(), error.column())))
}

/// Calls `each` for every cell of a record: its dotted name and its value, which is no object unless it lies too deep.
/// A record that is no object has one cell, `value`.
pub(super) fn cells<'a>(record: &'a Value, each: &mut impl FnMut(&str, &'a Value)) {
    match record {
        Value::Object(fields) => inside(fields, "", 1, each),
        value => each("value", value),
    }
}

fn inside<'a>(fields: &'a Map<String, Value>, before: &str, depth: usize, each: &mut impl FnMut(&str, &'a Value)) {
    for (name, value) in fields {
        let name = if before.is_empty() { name.clone() } else { format!("{before}.{name}") };
        match value {
            Value::Object(inner) if depth < DEEPEST && !inner.is_empty() => inside(inner, &name, depth + 1, each),
            value => each(&name, value),
        }
    }
}

/// A value as text; nothing for null.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        other => Some(other.to_string()),
    }
}

/// What the cells of a column could be.
struct Candidate {
    name: String,
    kinds: Vec<Kind>,
    values: u64,
}

/// Finds columns and their kinds in records.
#[derive(Default)]
pub(super) struct Finding {
    columns: Vec<Candidate>,
    /// Where each name stands among them, in small letters.
    places: HashMap<String, usize>,
    /// Names that were left out, because there are too many or they are too long.
    pub(super) left_out: u64,
}

impl Finding {
    /// Looks at one record.
    pub(super) fn see(&mut self, record: &Value) {
        cells(record, &mut |name, value| self.see_cell(name, value));
    }

    fn see_cell(&mut self, name: &str, value: &Value) {
        let small = name.to_ascii_lowercase();
        let place = match self.places.get(&small) {
            Some(place) => *place,
            None if self.columns.len() >= MOST_COLUMNS
                || name.is_empty()
                || name.len() > LONGEST_NAME
                || name.contains(char::is_control) =>
            {
                self.left_out += 1;
                return;
            }
            None => {
                self.columns.push(Candidate { name: name.to_owned(), kinds: kinds::GUESSES.to_vec(), values: 0 });
                self.places.insert(small, self.columns.len() - 1);
                self.columns.len() - 1
            }
        };
        let Some(column) = self.columns.get_mut(place).filter(|_| !value.is_null()) else { return };
        column.values += 1;
        column.kinds.retain(|kind| fits(*kind, value));
    }

    /// The columns, each with the narrowest kind that fits all of its values.
    pub(super) fn columns(&self) -> Vec<Column> {
        let kind =
            |column: &Candidate| column.kinds.first().copied().filter(|_| column.values > 0).unwrap_or(Kind::Text);
        let column = |column: &Candidate| Column { name: column.name.clone(), kind: kind(column), digits: None };
        self.columns.iter().map(column).collect()
    }
}

/// Whether a value is of a kind without losing anything. A number in quotes stays text: it may be a name.
fn fits(kind: Kind, value: &Value) -> bool {
    match (kind, value) {
        (Kind::Bool, Value::Bool(_)) => true,
        (Kind::Integer, Value::Number(number)) => number.is_i64(),
        // A whole number beyond what a binary number holds is none.
        (Kind::Float, Value::Number(number)) => number.is_f64() || exact::float(&number.to_string()).is_some(),
        (Kind::Date | Kind::Instant | Kind::LocalTime, Value::String(text)) => {
            // Moments are written in many ways that mean the same.
            kinds::round_trips(kind, text) || (kind == Kind::Instant && kinds::instant(text).is_some())
        }
        _ => false,
    }
}
