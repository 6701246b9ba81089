//! From JSON to flat records: nested objects by dotted names, lists as their JSON; and the kinds that fit what is there.

use model::kind::Kind;
use serde_json::{Map, Value};

use super::tables::{Column, MOST_COLUMNS};
use crate::intake::kinds;

/// Objects within objects up to this depth have columns of their own; deeper ones are JSON.
const DEEPEST: usize = 6;
/// The longest name of a column that is found.
const LONGEST_NAME: usize = 120;

/// The records of an answer. One object is one record; `None` where there is nothing that can be records.
pub(super) fn at<'a>(body: &'a Value, place: &str) -> Option<Vec<&'a Value>> {
    match body.pointer(place)? {
        Value::Array(records) => Some(records.iter().collect()),
        Value::Null => Some(Vec::new()),
        record @ Value::Object(_) => Some(vec![record]),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
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
    /// Names that were left out, because there are too many or they are too long.
    pub(super) left_out: u64,
}

impl Finding {
    /// Looks at one record.
    pub(super) fn see(&mut self, record: &Value) {
        cells(record, &mut |name, value| self.see_cell(name, value));
    }

    fn see_cell(&mut self, name: &str, value: &Value) {
        let place = match self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name)) {
            Some(place) => place,
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
        (Kind::Float, Value::Number(_)) => true,
        (Kind::Date | Kind::Instant | Kind::LocalTime, Value::String(text)) => {
            // Moments are written in many ways that mean the same.
            kinds::round_trips(kind, text) || (kind == Kind::Instant && kinds::instant(text).is_some())
        }
        _ => false,
    }
}
