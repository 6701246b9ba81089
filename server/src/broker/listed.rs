//! Search for whole values: a pasted list. One statement per object type, about its key and its searchable properties.
//!
//! Which values are equal is said in [`model::sought`]. A property takes part with those values that it can have; a type
//! whose properties can have none of them is not asked.

use model::completeness::Completeness;
use model::project::ObjectType;
use model::sought;
use wire::Fault;
use wire::data::{LONGEST_SEARCH, MOST_SEARCHED_VALUES};
use wire::frame::{Close, Counted};

use super::pour::{Sink, pour};
use super::search::Hits;
use super::sql::Ground;
use super::{Asking, sql};

/// The values without what stands around them.
///
/// # Errors
/// `Invalid` when there are too many, or one is empty or too long.
pub(super) fn check(texts: &[String]) -> Result<Vec<String>, Fault> {
    if texts.len() > MOST_SEARCHED_VALUES {
        return Err(Fault::invalid(
            format!("At most {MOST_SEARCHED_VALUES} values are looked for at once."),
            "Look for them in several steps.",
        ));
    }
    let values: Vec<String> = texts.iter().map(|text| text.trim().to_owned()).collect();
    let fits = |text: &String| (1..=LONGEST_SEARCH).contains(&text.chars().count());
    if values.iter().all(fits) {
        return Ok(values);
    }
    Err(Fault::invalid(
        format!("Each value must have 1 to {LONGEST_SEARCH} characters."),
        "Leave out the empty and the long ones.",
    ))
}

/// Whether one of the values could be in a property that is compared.
pub(super) fn may_be_in(kind: &ObjectType, values: &[String]) -> bool {
    sought::properties(kind).any(|property| values.iter().any(|text| sought::value(property.kind, text).is_some()))
}

/// Asks for the rows that answer the values; sends as many as there is room for, and counts the rest.
pub(super) async fn hits(
    asking: &Asking,
    kind: &ObjectType,
    values: &[String],
    limit: u64,
    sink: &mut Sink,
) -> Result<Close, Fault> {
    let seat = asking.seat(&kind.source).await?;
    let facts = seat.facts_of(&kind.origin).await?;
    let ground = Ground { ability: seat.ability(), most_rows: seat.limits.rows, facts: Some(&facts), answered: &[] };
    let Some(rendered) = sql::listed(&asking.project, kind, values, ground, limit)? else {
        let none = Some(Counted { number: 0, more: false });
        return Ok(Close { completeness: Completeness::exact(), found: none, ..Close::default() });
    };
    let poured = pour(&seat, rendered, sink).await?;
    Ok(Hits { completeness: poured.completeness, number: sink.rows() + poured.beyond }.close())
}
