//! The audit log on SQLite.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::writer::Writing;
use super::{SqliteStore, audit_search, audit_start};
use crate::store::StoreError;
use crate::store::audit_log::{
    AuditLog, AuditPage, AuditRows, AuditSearch, AuditSpan, Entry, NewAudit, Outcome, Phase, place,
};
use crate::store::chain::{self, Anchor, Chain, Check, NO_START, Verdict};
use crate::store::keyring::Keys;
use crate::store::prune::{PruneNote, Pruned};
use crate::store::records::Answer;

impl AuditLog for SqliteStore {
    fn append_audit(&self, entries: Vec<NewAudit>) -> Answer<'_, Vec<u64>> {
        match <[NewAudit; 1]>::try_from(entries) {
            Ok([entry]) => self.writer.write_at_once(move |writing| append_one(writing, &entry).map(|seq| vec![seq])),
            Err(entries) => self.write(move |writing| append(writing, &entries)),
        }
    }

    fn settle_audit(&self, at: Timestamp) -> Answer<'_, u64> {
        self.write(move |writing| {
            let mut statement = writing.connection.prepare("SELECT seq FROM audit_open ORDER BY seq")?;
            let open: Vec<u64> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            let ends: Vec<NewAudit> = open.iter().map(|begun| unknown_end(*begun, at)).collect();
            append(writing, &ends).map(|seqs| seqs.len() as u64)
        })
    }

    fn search_audit(&self, search: AuditSearch) -> Answer<'_, AuditPage> {
        self.read(move |connection, vault| audit_search::find(connection, vault, &search))
    }

    fn audit_span(&self, from: Option<Timestamp>, until: Option<Timestamp>) -> Answer<'_, AuditSpan> {
        self.read(move |connection, _| audit_search::span(connection, from, until))
    }

    fn audit_anchor(&self) -> Answer<'_, Anchor> {
        let keys = self.keys.get();
        self.read(move |connection, _| {
            let head = stored_head(connection, &keys)?.map(|(_, head)| head);
            head.ok_or_else(|| StoreError::Integrity { table: "meta", row: "audit_head".into() })
        })
    }

    fn verify_audit(&self, anchors: Vec<Anchor>) -> Answer<'_, Verdict> {
        let keys = self.keys.get();
        self.read(move |connection, _| {
            let transaction = connection.unchecked_transaction()?;
            let chain = own_chain(&transaction, &keys)?.clone();
            let Some(start) = audit_start::stored(&transaction, &chain)? else { return Ok(NO_START) };
            match Check::from(chain, start, anchors) {
                Ok(check) => verify(&transaction, &keys, check),
                Err(verdict) => Ok(verdict),
            }
        })
    }

    fn verify_audit_end(&self, entries: u64) -> Answer<'_, Verdict> {
        let keys = self.keys.get();
        self.read(move |connection, _| {
            let transaction = connection.unchecked_transaction()?;
            let chain = own_chain(&transaction, &keys)?;
            let newest: u64 = transaction.query_row("SELECT coalesce(max(seq), 0) FROM audit", [], |row| row.get(0))?;
            let before = newest.saturating_sub(entries);
            let mark = "SELECT chain FROM audit WHERE seq = ?";
            let mark: Option<Vec<u8>> = transaction.query_row(mark, [before], |row| row.get(0)).optional()?;
            let Some(start) = audit_start::stored(&transaction, chain)? else { return Ok(NO_START) };
            let reached = match (before, mark.and_then(|mark| mark.try_into().ok())) {
                (before, _) if before <= start.seq => start,
                (seq, Some(mark)) => Anchor { seq, mark },
                (seq, None) => return Ok(Verdict::Broken { seq, why: "it is missing" }),
            };
            verify(&transaction, &keys, Check::after(chain.clone(), reached))
        })
    }

    fn audit_rows(&self, after: u64, limit: u32) -> Answer<'_, AuditRows> {
        let keys = self.keys.get();
        self.read(move |connection, vault| {
            let transaction = connection.unchecked_transaction()?;
            let chain = own_chain(&transaction, &keys)?;
            let start = audit_start::stored(&transaction, chain)?.ok_or_else(audit_start::changed)?;
            audit_start::rows(&transaction, vault, start, after, limit)
        })
    }

    fn prune_audit(&self, note: PruneNote) -> Answer<'_, Pruned> {
        self.write(move |writing| audit_start::prune(writing, &note))
    }
}

fn unknown_end(begun: u64, at: Timestamp) -> NewAudit {
    NewAudit {
        at,
        phase: Phase::End { begun },
        person: String::new(),
        call: String::new(),
        project: String::new(),
        outcome: Outcome::Unknown,
        details: Vec::new(),
    }
}

/// Appends entries within the transaction at hand; gives their numbers.
pub(super) fn append(writing: &Writing<'_>, entries: &[NewAudit]) -> Result<Vec<u64>, StoreError> {
    entries.iter().map(|entry| append_one(writing, entry)).collect()
}

fn append_one(writing: &Writing<'_>, entry: &NewAudit) -> Result<u64, StoreError> {
    entry.check()?;
    let head = writing.head()?;
    let seq = head.seq + 1;
    let begun = entry.phase.begun();
    let body = writing.vault.seal(place(seq, &entry.project), &entry.details);
    let row = chain::Row {
        seq,
        at_us: entry.at.as_microsecond(),
        phase: entry.phase.number(),
        begun,
        person: &entry.person,
        call: &entry.call,
        project: &entry.project,
        outcome: entry.outcome.as_str(),
        body: body.bytes(),
    };
    let next = writing.chain.next(&head, &row);
    note_open(writing.connection, seq, entry.phase)?;
    insert(writing.connection, &row, &next.mark)?;
    writing.set_head(next)?;
    Ok(seq)
}

/// Writes an entry as it is.
pub(super) fn insert(connection: &Connection, row: &chain::Row<'_>, mark: &[u8]) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO audit (seq, at, phase, begun, person, call, project, outcome, body, chain)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    let chain::Row { seq, at_us, phase, begun, person, call, project, outcome, body } = row;
    statement.execute(params![seq, at_us, phase, begun, person, call, project, outcome, body, mark])?;
    audit_search::tell(connection, *seq)
}

fn note_open(connection: &Connection, seq: u64, phase: Phase) -> Result<(), StoreError> {
    match phase {
        Phase::Note => {}
        Phase::Begin => {
            connection.prepare_cached("INSERT INTO audit_open (seq) VALUES (?)")?.execute([seq])?;
        }
        Phase::End { begun } => {
            let ended = connection.prepare_cached("DELETE FROM audit_open WHERE seq = ?")?.execute([begun])?;
            if ended == 0 {
                return Err(StoreError::Misuse("an audit entry ended that was not open"));
            }
        }
    }
    Ok(())
}

/// The end of the log as it is stored, with the chain that made it.
pub(super) fn stored_head<'a>(
    connection: &Connection,
    keys: &'a Keys,
) -> Result<Option<(&'a Chain, Anchor)>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE name = 'audit_head'")?;
    let bytes: Option<Vec<u8>> = statement.query_row([], |row| row.get(0)).optional()?;
    Ok(bytes.and_then(|bytes| keys.head(&bytes)))
}

/// The chain that made the log: during a roll it may be that of the other key.
fn own_chain<'a>(connection: &Connection, keys: &'a Keys) -> Result<&'a Chain, StoreError> {
    Ok(stored_head(connection, keys)?.map_or(&keys.chain, |(chain, _)| chain))
}

/// Goes on from where `check` stands.
fn verify(connection: &Connection, keys: &Keys, mut check: Check) -> Result<Verdict, StoreError> {
    let head = stored_head(connection, keys)?.map(|(_, head)| head);
    let sql = "SELECT seq, at, phase, begun, person, call, project, outcome, body, chain FROM audit WHERE seq > ?
        ORDER BY seq";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([check.reached()])?;
    while let Some(row) = rows.next()? {
        // What cannot even be read as an entry was not written by us.
        let checked = read(row).map_err(|_| check.broken());
        if let Err(verdict) = checked.and_then(|entry| check.row(&entry.row(&entry.body), &entry.mark)) {
            return Ok(verdict);
        }
    }
    Ok(check.finish(head))
}

/// An entry of the columns in the order of the table.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        seq: row.get(0)?,
        at_us: row.get(1)?,
        phase: row.get(2)?,
        begun: row.get(3)?,
        person: row.get(4)?,
        call: row.get(5)?,
        project: row.get(6)?,
        outcome: row.get(7)?,
        body: row.get(8)?,
        mark: row.get(9)?,
    })
}
