//! One cell: null, a value of its column's kind, or unreadable.

use super::kinds::{self, Stored};
use super::layout::Column;

/// What a cell holds.
pub(super) enum Cell<'a> {
    Null,
    Value(Stored<'a>),
    Unreadable,
}

/// Reads a cell as its column says. `digits`: of the fraction of a second, for the whole column.
pub(super) fn read_cell<'a>(column: &Column, text: &'a str, trim: bool, digits: u8) -> Cell<'a> {
    match meant(column, text, trim) {
        None => Cell::Null,
        Some(text) => kinds::read(column.kind, text, column.reading, digits).map_or(Cell::Unreadable, Cell::Value),
    }
}

/// The text that counts; nothing for null. A null word with spaces counts before trimming as well.
pub(super) fn meant<'a>(column: &Column, text: &'a str, trim: bool) -> Option<&'a str> {
    let kept = if trim { text.trim() } else { text };
    let is_null = |word: &String| word == text || word == kept;
    (!column.null_words.iter().any(is_null)).then_some(kept)
}
