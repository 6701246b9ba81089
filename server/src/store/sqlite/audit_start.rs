//! Where the audit log on SQLite begins: its entries in their order, and what goes when it is pruned.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::audit_log::{append, read};
use super::audit_search::{BLOCK, WHAT, first_since};
use super::writer::Writing;
use crate::store::StoreError;
use crate::store::audit_log::{AuditRows, SEARCH_BYTES, SEARCH_LIMIT, not_ours};
use crate::store::chain::{Anchor, Chain};
use crate::store::error::Cause;
use crate::store::prune::{PruneNote, Pruned, entry};
use crate::store::vault::Vault;

/// The entry behind which the log begins: that of the empty log, unless it was pruned. `None` when the mark of a prune
/// was changed.
pub(super) fn stored(connection: &Connection, chain: &Chain) -> Result<Option<Anchor>, StoreError> {
    Ok(match bytes(connection)? {
        Some(bytes) => chain.start(&bytes),
        None => Some(chain.genesis()),
    })
}

/// The same as it stands in the file; nothing in a log that was never pruned.
pub(super) fn bytes(connection: &Connection) -> Result<Option<Vec<u8>>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE name = 'audit_start'")?;
    Ok(statement.query_row([], |row| row.get(0)).optional()?)
}

/// Writes where the log begins.
pub(super) fn put(connection: &Connection, bytes: &[u8]) -> Result<(), StoreError> {
    connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('audit_start', ?)", [bytes])?;
    Ok(())
}

pub(super) fn changed() -> StoreError {
    StoreError::Integrity { table: "meta", row: "audit_start".into() }
}

/// Entries behind `after`, or behind `start` where those before it are gone.
pub(super) fn rows(
    connection: &Connection,
    vault: &Vault,
    start: Anchor,
    after: u64,
    limit: u32,
) -> Result<AuditRows, StoreError> {
    // Nobody has read what is not there yet.
    let newest = "SELECT coalesce(max(seq), 0) FROM audit";
    let newest: u64 = connection.prepare_cached(newest)?.query_row([], |row| row.get(0))?;
    let after = after.min(newest);
    let before = if after <= start.seq { start } else { Anchor { seq: after, mark: mark(connection, after)? } };
    let sql = "SELECT seq, at, phase, begun, person, call, project, outcome, body, chain FROM audit WHERE seq > ?
        ORDER BY seq LIMIT ?";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query(params![before.seq, limit.min(SEARCH_LIMIT)])?;
    let (mut rows, mut read_bytes) = (Vec::new(), 0);
    while let Some(row) = found.next()? {
        let row = read(row)?.opened(vault)?;
        read_bytes += row.details.len();
        rows.push(row);
        if read_bytes > SEARCH_BYTES {
            break;
        }
    }
    Ok(AuditRows { before, rows })
}

fn mark(connection: &Connection, seq: u64) -> Result<[u8; 32], StoreError> {
    let mut statement = connection.prepare_cached("SELECT chain FROM audit WHERE seq = ?")?;
    let mark: Option<Vec<u8>> = statement.query_row([seq], |row| row.get(0)).optional()?;
    mark.and_then(|mark| mark.try_into().ok()).ok_or_else(|| not_ours(seq))
}

/// Removes what is before a moment, as far as nothing of it is open.
pub(super) fn prune(writing: &Writing<'_>, note: &PruneNote) -> Result<Pruned, StoreError> {
    let connection = writing.connection;
    let start = stored(connection, writing.chain)?.ok_or_else(changed)?;
    let kept = first_since(connection, note.before.as_microsecond())?.unwrap_or(writing.head()?.seq + 1);
    let open: Option<u64> = connection.query_row("SELECT min(seq) FROM audit_open", [], |row| row.get(0))?;
    let open = open.unwrap_or(u64::MAX);
    let last = (kept.min(open) - 1).min(note.most);
    if last <= start.seq {
        return Ok(Pruned { removed: 0, start });
    }
    let pruned = Pruned { removed: last - start.seq, start: Anchor { seq: last, mark: mark(connection, last)? } };
    forget(connection, last)?;
    let removed = connection.execute("DELETE FROM audit WHERE seq <= ?", [last])?;
    if removed as u64 != pruned.removed {
        return Err(StoreError::Unexpected(Cause(format!("{removed} entries in the place of {}", pruned.removed))));
    }
    put(connection, &writing.chain.start_bytes(&pruned.start))?;
    append(writing, &[entry(note, &pruned)])?;
    Ok(pruned)
}

/// Takes away what is told of the entries up to `last`, while they are still there.
fn forget(connection: &Connection, last: u64) -> Result<(), StoreError> {
    for (what, column) in WHAT {
        let told = format!(
            "DELETE FROM audit_told WHERE (what, value, seq) IN
             (SELECT {what}, {column}, seq FROM audit WHERE seq <= ? AND phase <> 2)"
        );
        connection.execute(&told, [last])?;
    }
    connection.execute("DELETE FROM audit_block WHERE block <= ?", [last / BLOCK])?;
    Ok(())
}
