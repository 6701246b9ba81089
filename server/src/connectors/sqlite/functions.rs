//! The functions and collations that SQLite lacks.
//!
//! | name | what it does |
//! |---|---|
//! | `clew_fold(text)` | folds case and accents (see `fold`); null stays null |
//! | `clew_lower(text)` | small letters, in every script; null stays null |
//! | `clew_sum(x)` | the exact sum of integers and decimals, given as numbers or text; null without any |
//! | `collate clew_decimal` | orders texts by the numbers that they are; other texts come after all numbers |
//! | `collate clew_time` | orders texts by the times that they are, however written; other texts come after |

use std::cmp::Ordering;

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error};

use super::fold::fold;
use crate::connectors::cell::{Cell, Decimal};
use crate::connectors::time_text;

/// In the message of a sum that cannot be had.
pub(super) const TOO_MANY_DIGITS: &str = "clew: more than 38 digits";

/// Makes all of them known to a connection.
pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("clew_fold", 1, flags, |context| Ok(folded(&cell_of(context.get_raw(0)))))?;
    connection.create_scalar_function("clew_lower", 1, flags, |context| Ok(lowered(&cell_of(context.get_raw(0)))))?;
    connection.create_aggregate_function("clew_sum", 1, flags, Sum)?;
    connection.create_collation("clew_decimal", |one, other| ordered(Decimal::parse, by_value, one, other))?;
    connection.create_collation("clew_time", |one, other| ordered(time_text::read_instant, Ord::cmp, one, other))
}

/// A value of SQLite.
pub(super) fn cell_of(value: ValueRef<'_>) -> Cell<'_> {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(value) => Cell::Integer(value),
        ValueRef::Real(value) => Cell::Float(value),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).map_or(Cell::Unreadable, Cell::Text),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes),
    }
}

fn folded(cell: &Cell<'_>) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(fold(text).into_owned()),
        other => other.canonical().map(|text| fold(&text).into_owned()),
    }
}

fn lowered(cell: &Cell<'_>) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(text.to_lowercase()),
        other => other.canonical().map(|text| text.to_lowercase()),
    }
}

fn ordered<T>(
    read: impl Fn(&str) -> Option<T>,
    compare: impl Fn(&T, &T) -> Ordering,
    one: &str,
    other: &str,
) -> Ordering {
    match (read(one), read(other)) {
        (Some(one), Some(other)) => compare(&one, &other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => one.cmp(other),
    }
}

fn by_value(one: &Decimal, other: &Decimal) -> Ordering {
    one.parts().cmp(&other.parts())
}

/// The exact sum.
struct Sum;

impl Aggregate<Option<Decimal>, Option<Value>> for Sum {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Option<Decimal>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, sum: &mut Option<Decimal>) -> rusqlite::Result<()> {
        // What is no number is null and counts for nothing.
        if let Some(value) = cell_of(context.get_raw(0)).as_decimal() {
            let before = sum.unwrap_or(Decimal { mantissa: 0, scale: 0 });
            *sum = Some(before.plus(value).ok_or_else(|| Error::UserFunctionError(TOO_MANY_DIGITS.into()))?);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, sum: Option<Option<Decimal>>) -> rusqlite::Result<Option<Value>> {
        Ok(sum.flatten().map(|sum| match i64::try_from(sum.mantissa) {
            Ok(whole) if sum.scale == 0 => Value::Integer(whole),
            _ => Value::Text(sum.text()),
        }))
    }
}
