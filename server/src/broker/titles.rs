//! What objects are called, read for an order by name: their title, in small letters.

use std::collections::HashMap;

use futures::{FutureExt, StreamExt, TryStreamExt};
use model::PropertyId;
use model::project::{Matching, ObjectType, title, title_fields};
use model::query::Key;
use wire::Fault;

use super::Asking;
use super::gather::{STATEMENTS_AT_ONCE, VALUES_AT_ONCE, rows};
use super::sql::{self, Lookup};

/// Key to title. An object that its source does not have, or whose title is empty, is not among them.
///
/// # Errors
/// What the source said.
pub(super) async fn titles(asking: &Asking, kind: &ObjectType, keys: &[Key]) -> Result<HashMap<Key, String>, Fault> {
    let named = title_fields(&kind.title);
    let wanted: Vec<PropertyId> = kind
        .properties
        .iter()
        .map(|property| &property.id)
        .filter(|id| named.contains(&id.as_str()))
        .cloned()
        .collect();
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let _note = asking.told.note(format!("Reading names of {}.", kind.plural));
    let chunks = keys.chunks(VALUES_AT_ONCE);
    let statements: Vec<_> = chunks.map(|some| some_titles(asking, kind, &wanted, some).boxed()).collect();
    futures::stream::iter(statements)
        .buffered(STATEMENTS_AT_ONCE)
        .try_fold(HashMap::new(), |mut all, some| async move {
            all.extend(some);
            Ok(all)
        })
        .await
}

async fn some_titles(
    asking: &Asking,
    kind: &ObjectType,
    wanted: &[PropertyId],
    keys: &[Key],
) -> Result<Vec<(Key, String)>, Fault> {
    let ask = Lookup {
        kind,
        by: &kind.key,
        values: keys,
        matched: Matching::Exact,
        wanted,
        has_empty: true,
        // A key that comes twice has one name all the same.
        limit: 2 * keys.len() as u64,
    };
    let found = rows(asking, &kind.source, &|ability| sql::lookup(&asking.project, ability, &ask)).await?;
    let one = |mut row: Vec<Option<String>>| {
        let cells = row.split_off(kind.key.len().min(row.len()));
        let cell = |field: &str| cells.get(wanted.iter().position(|id| id.as_str() == field)?)?.clone();
        let title = title(&kind.title, cell).to_lowercase();
        Some((row.into_iter().collect::<Option<Key>>()?, title)).filter(|(_, title)| !title.is_empty())
    };
    Ok(found.rows.into_iter().filter_map(one).collect())
}
