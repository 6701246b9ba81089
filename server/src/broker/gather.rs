//! Few rows of one statement, kept: what the steps between sources need.

use futures::StreamExt;
use model::SourceId;
use wire::Fault;

use super::sources::fault;
use super::sql::Rendered;
use super::{Asking, cells};
use crate::connectors::Ability;

/// The most values, or keys, in one statement.
pub(super) const VALUES_AT_ONCE: usize = 500;
/// Statements for one step between sources that run at the same time.
pub(super) const STATEMENTS_AT_ONCE: usize = 2;

/// Rows of one statement, as canonical text; few enough to be kept.
pub(super) struct Found {
    pub(super) rows: Vec<Vec<Option<String>>>,
    /// Whether there are more than were asked for.
    pub(super) more: bool,
    /// Whether the source ignores accents where it ignores case.
    pub(super) folds_accents: bool,
}

/// Runs one statement and keeps its rows, up to its limit.
///
/// # Errors
/// What the source said.
pub(super) async fn rows(
    asking: &Asking,
    source: &SourceId,
    make: &(dyn Fn(Ability) -> Result<Rendered, Fault> + Sync),
) -> Result<Found, Fault> {
    let seat = asking.seat(source).await?;
    let ability = seat.ability();
    let Rendered { statement, shape, .. } = make(ability)?;
    let mut answer = seat.run(statement).await?;
    let mut found = Found { rows: Vec::new(), more: false, folds_accents: ability.folds_accents };
    while let Some(batch) = answer.batches.next().await {
        let batch = batch.map_err(|failure| {
            seat.note(&failure);
            fault(&failure)
        })?;
        let batch = batch.rows;
        for row in 0..batch.num_rows() {
            if found.rows.len() as u64 == shape.limit {
                found.more = true;
                return Ok(found);
            }
            found.rows.push(cells::row(&batch, row));
        }
    }
    Ok(found)
}
