//! Where a page ended: the values of its order in the last row, and a mark of the question that they belong to.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::query::{Answer, Cursor, Query};
use serde::{Deserialize, Serialize};
use wire::Fault;

use super::sql::{LONGEST_VALUE, Place};
use crate::hash::sha256;

/// The longest cursor, in bytes.
const LONGEST: usize = 64 * 1024;

#[derive(Serialize, Deserialize)]
struct Mark {
    /// The question, shortened.
    question: [u8; 8],
    values: Vec<Option<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    row: Option<String>,
}

/// The cursor behind a row; none when its values are too long to be asked with.
pub(super) fn write(query: &Query, place: Place) -> Option<Cursor> {
    let Place { values, row } = place;
    if values.iter().flatten().any(|value| value.len() > LONGEST_VALUE) {
        return None;
    }
    // Numbers and texts alone: this cannot fail.
    let place = serde_json::to_vec(&Mark { question: mark(query), values, row }).unwrap_or_default();
    Some(Cursor(URL_SAFE_NO_PAD.encode(place))).filter(|Cursor(text)| text.len() <= LONGEST)
}

/// The row behind which the page begins, if the question names one.
///
/// # Errors
/// `Invalid` when the cursor belongs to another question.
pub(super) fn read(query: &Query) -> Result<Option<Place>, Fault> {
    let Answer::Rows(rows) = &query.answer else { return Ok(None) };
    let Some(Cursor(text)) = &rows.after else { return Ok(None) };
    let place = (text.len() <= LONGEST).then(|| URL_SAFE_NO_PAD.decode(text).ok()).flatten();
    let place: Option<Mark> = place.and_then(|place| serde_json::from_slice(&place).ok());
    match place {
        Some(Mark { question, values, row }) if question == mark(query) => Ok(Some(Place { values, row })),
        _ => Err(Fault::invalid("This page belongs to another question.", "Ask again from the first page.")),
    }
}

/// The question without its page: what may differ is where it begins and how many rows it asks for.
fn mark(query: &Query) -> [u8; 8] {
    let mut query = query.clone();
    if let Answer::Rows(rows) = &mut query.answer {
        rows.after = None;
        rows.limit = 0;
    }
    let digest = sha256(&serde_json::to_vec(&query).unwrap_or_default());
    digest.first_chunk().copied().unwrap_or_default()
}
