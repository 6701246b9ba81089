//! Where the audit log on PostgreSQL begins: its entries in their order, and what goes when it is pruned.

use std::pin::pin;

use futures::TryStreamExt as _;

use super::audit_log::{COLUMNS, append, read};
use super::connect::Session;
use super::failure;
use super::open::{count, get, mark, put_mark};
use super::writer::Writing;
use crate::store::StoreError;
use crate::store::audit_log::{AuditRows, SEARCH_BYTES, SEARCH_LIMIT, not_ours};
use crate::store::chain::{Anchor, Chain};
use crate::store::error::Cause;
use crate::store::prune::{PruneNote, Pruned, entry};
use crate::store::vault::Vault;

/// The mark of a prune.
const MARK: &str = "audit_start";

/// The entry behind which the log begins: that of the empty log, unless it was pruned. `None` when the mark of a prune
/// was changed.
pub(super) async fn stored(session: &Session, chain: &Chain) -> Result<Option<Anchor>, StoreError> {
    Ok(match bytes(session).await? {
        Some(bytes) => chain.start(&bytes),
        None => Some(chain.genesis()),
    })
}

/// The same as it stands in the database; nothing in a log that was never pruned.
pub(super) async fn bytes(session: &Session) -> Result<Option<Vec<u8>>, StoreError> {
    mark(session, MARK).await
}

/// Writes where the log begins.
pub(super) async fn put(session: &Session, bytes: &[u8]) -> Result<(), StoreError> {
    put_mark(session, MARK, bytes).await
}

pub(super) fn changed() -> StoreError {
    StoreError::Integrity { table: "meta", row: MARK.into() }
}

/// Entries behind `after`, or behind `start` where those before it are gone.
pub(super) async fn rows(
    session: &Session,
    vault: &Vault,
    start: Anchor,
    after: u64,
    limit: u32,
) -> Result<AuditRows, StoreError> {
    // Nobody has read what is not there yet.
    let newest = count(&session.query_one("SELECT coalesce(max(seq), 0) FROM audit", &[]).await?, 0)?;
    let after = after.min(newest);
    let before = if after <= start.seq { start } else { Anchor { seq: after, mark: mark_of(session, after).await? } };
    let sql = format!("SELECT {COLUMNS} FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2");
    let mut found =
        pin!(session.stream(&sql, &[&before.seq.cast_signed(), &i64::from(limit.min(SEARCH_LIMIT))]).await?);
    let (mut rows, mut read_bytes) = (Vec::new(), 0);
    while let Some(row) = found.try_next().await.map_err(|error| failure::of(&error))? {
        let row = read(&row)?.opened(vault)?;
        read_bytes += row.details.len();
        rows.push(row);
        if read_bytes > SEARCH_BYTES {
            break;
        }
    }
    Ok(AuditRows { before, rows })
}

async fn mark_of(session: &Session, seq: u64) -> Result<[u8; 32], StoreError> {
    let row = session.query_opt("SELECT chain FROM audit WHERE seq = $1", &[&seq.cast_signed()]).await?;
    let mark: Option<Vec<u8>> = row.map(|row| get(&row, 0)).transpose()?;
    mark.and_then(|mark| mark.try_into().ok()).ok_or_else(|| not_ours(seq))
}

/// Removes what is before a moment, as far as nothing of it is open.
pub(super) async fn prune(writing: &mut Writing, note: &PruneNote) -> Result<Pruned, StoreError> {
    // What waits to be written belongs to the log, too.
    writing.flush().await?;
    let start = stored(&writing.session, &writing.keys.chain).await?.ok_or_else(changed)?;
    let kept = "SELECT min(seq) FROM audit WHERE at >= $1";
    let kept = number(writing, kept, note.before.as_microsecond()).await?.unwrap_or(writing.head().seq + 1);
    let open = number(writing, "SELECT min(seq) FROM audit_open WHERE seq > $1", 0).await?.unwrap_or(u64::MAX);
    let last = (kept.min(open) - 1).min(note.most);
    if last <= start.seq {
        return Ok(Pruned { removed: 0, start });
    }
    let mark = mark_of(&writing.session, last).await?;
    let pruned = Pruned { removed: last - start.seq, start: Anchor { seq: last, mark } };
    let removed = writing.execute("DELETE FROM audit WHERE seq <= $1", &[&last.cast_signed()]).await?;
    if removed != pruned.removed {
        return Err(StoreError::Unexpected(Cause(format!("{removed} entries in the place of {}", pruned.removed))));
    }
    put(&writing.session, &writing.keys.chain.start_bytes(&pruned.start)).await?;
    append(writing, &[entry(note, &pruned)]).await?;
    Ok(pruned)
}

async fn number(writing: &mut Writing, sql: &str, value: i64) -> Result<Option<u64>, StoreError> {
    let row = writing.query_opt(sql, &[&value]).await?;
    let number: Option<i64> = row.map(|row| get(&row, 0)).transpose()?.flatten();
    Ok(number.map(i64::cast_unsigned))
}
