//! The sums of the rows on SQLite: as they are stored, and counted anew.

use rusqlite::Connection;

use super::audit_log::stored_head;
use super::open::put_key_check;
use super::writer::meta;
use crate::store::StoreError;
use crate::store::chain::Anchor;
use crate::store::keyring::Keys;
use crate::store::sessions::{SessionHash, place};
use crate::store::sums::{Marks, Sums};
use crate::store::vault::{Place, Vault};
use crate::store::whole::unopened;

/// Where the log ends, as it stands in the file.
fn end(connection: &Connection, keys: &Keys) -> Result<Anchor, StoreError> {
    let head = stored_head(connection, keys)?.map(|(_, head)| head);
    head.ok_or_else(|| StoreError::Integrity { table: "meta", row: "audit_head".into() })
}

/// The sums as they were written beside `end`.
pub(super) fn stored(connection: &Connection, vault: &Vault, end: &Anchor) -> Result<Sums, StoreError> {
    Sums::opened(vault, end, meta(connection, "sums")?)
}

/// Writes the sums, whatever was there.
pub(super) fn put(connection: &Connection, vault: &Vault, end: &Anchor, sums: &Sums) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO meta (name, value) VALUES ('sums', ?)";
    connection.execute(sql, [sums.sealed(vault, end).bytes()])?;
    Ok(())
}

/// Gives a store of an earlier program its sums: from here on they are missed where they are not.
pub(super) fn begin(connection: &Connection, keys: &Keys) -> Result<(), StoreError> {
    let transaction = connection.unchecked_transaction()?;
    let mut sums = Sums::default();
    records(&transaction, &keys.marks, &mut sums)?;
    sessions(&transaction, &keys.marks, &mut sums, |_, _| {})?;
    put(&transaction, &keys.vault, &end(&transaction, keys)?, &sums)?;
    put_key_check(&transaction, &keys.vault)?;
    transaction.commit()?;
    tracing::info!("the rows of the store have sums from now on");
    Ok(())
}

/// Counts anew, opens every session, and compares; a sentence for each fault.
pub(super) fn verify(connection: &Connection, keys: &Keys) -> Result<Vec<String>, StoreError> {
    let moment = connection.unchecked_transaction()?;
    let Some(head) = meta(&moment, "audit_head")? else { return Ok(vec![lost()]) };
    let Some((_, end)) = keys.head(&head) else { return Ok(vec![lost()]) };
    let written = meta(&moment, "sums")?;
    let Ok(written) = Sums::opened(&keys.vault, &end, written) else { return Ok(vec![lost()]) };
    let (marks, mut counted, mut faults) = (keys.marks_beside(&head), Sums::default(), Vec::new());
    records(&moment, marks, &mut counted)?;
    sessions(&moment, marks, &mut counted, |place, body| faults.extend(unopened(&keys.vault, place, body)))?;
    faults.extend(written.faults(&counted));
    Ok(faults)
}

fn lost() -> String {
    crate::store::sums::changed().to_string()
}

fn records(connection: &Connection, marks: &Marks, sums: &mut Sums) -> Result<(), StoreError> {
    let mut statement = connection.prepare("SELECT kind, project, id, revision, substr(body, 1, 26) FROM record")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, project, id): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let body: Vec<u8> = row.get(4)?;
        sums.records.add(marks.record(&kind, &project, &id, row.get(3)?, &body));
    }
    Ok(())
}

fn sessions(
    connection: &Connection,
    marks: &Marks,
    sums: &mut Sums,
    mut each: impl FnMut(Place, Vec<u8>),
) -> Result<(), StoreError> {
    let mut statement = connection.prepare("SELECT hash, person, created, last_seen, ends, body FROM session")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (hash, person): (SessionHash, String) = (row.get(0)?, row.get(1)?);
        let times = [row.get(2)?, row.get(3)?, row.get(4)?];
        let body: Vec<u8> = row.get(5)?;
        sums.sessions.add(marks.session(&hash, &person, times, &body));
        each(place(&hash, &person, times[0], times[2]), body);
    }
    Ok(())
}
