//! The audit log on SQLite.

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};
use zeroize::Zeroizing;

use super::writer::Writing;
use super::{SqliteStore, time};
use crate::store::StoreError;
use crate::store::audit_log::{
    AuditEnd, AuditFound, AuditLog, AuditSearch, NewAudit, Outcome, Phase, SEARCH_LIMIT, place,
};
use crate::store::chain::{self, Anchor, Chain, Check, Verdict};
use crate::store::error::Cause;
use crate::store::keyring::Keys;
use crate::store::records::Answer;
use crate::store::vault::{Sealed, Vault};

impl AuditLog for SqliteStore {
    fn append_audit(&self, entries: Vec<NewAudit>) -> Answer<'_, Vec<u64>> {
        self.write(move |writing| append(writing, &entries))
    }

    fn settle_audit(&self, at: Timestamp) -> Answer<'_, u64> {
        self.write(move |writing| {
            let mut statement = writing.connection.prepare("SELECT seq FROM audit_open ORDER BY seq")?;
            let open: Vec<u64> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            let ends: Vec<NewAudit> = open.iter().map(|begun| unknown_end(*begun, at)).collect();
            append(writing, &ends).map(|seqs| seqs.len() as u64)
        })
    }

    fn search_audit(&self, search: AuditSearch) -> Answer<'_, Vec<AuditFound>> {
        self.read(move |connection, vault| find(connection, vault, &search))
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
            verify(&transaction, &keys, anchors)
        })
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
    insert(writing.connection, &row, &next)?;
    writing.set_head(next);
    Ok(seq)
}

fn insert(connection: &Connection, row: &chain::Row<'_>, next: &Anchor) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO audit (seq, at, phase, begun, person, call, project, outcome, body, chain)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    let chain::Row { seq, at_us, phase, begun, person, call, project, outcome, body } = row;
    statement.execute(params![seq, at_us, phase, begun, person, call, project, outcome, body, next.mark])?;
    Ok(())
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

fn verify(connection: &Connection, keys: &Keys, anchors: Vec<Anchor>) -> Result<Verdict, StoreError> {
    let (chain, head) = stored_head(connection, keys)?.unzip();
    let mut check = Check::new(chain.unwrap_or(&keys.chain).clone(), anchors);
    let sql = "SELECT seq, at, phase, begun, person, call, project, outcome, body, chain FROM audit ORDER BY seq";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        // What cannot even be read as an entry was not written by us.
        let checked = Entry::read(row).map_err(|_| check.broken());
        if let Err(verdict) = checked.and_then(|entry| check.row(&entry.row(&entry.body), &entry.mark)) {
            return Ok(verdict);
        }
    }
    Ok(check.finish(head))
}

/// An entry as it stands in the file.
pub(super) struct Entry {
    pub(super) seq: u64,
    at_us: i64,
    phase: i64,
    begun: Option<u64>,
    person: String,
    call: String,
    pub(super) project: String,
    outcome: String,
    pub(super) body: Vec<u8>,
    pub(super) mark: Vec<u8>,
}

impl Entry {
    /// Of the columns in the order of the table.
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
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

    /// What the chain covers, with `body` for its details.
    pub(super) fn row<'a>(&'a self, body: &'a [u8]) -> chain::Row<'a> {
        let Self { seq, at_us, phase, begun, person, call, project, outcome, .. } = self;
        chain::Row { seq: *seq, at_us: *at_us, phase: *phase, begun: *begun, person, call, project, outcome, body }
    }
}

const FOUND: &str = "SELECT a.seq, a.at, a.person, a.call, a.project, coalesce(e.outcome, a.outcome), a.body,
        e.seq, e.at, e.project, e.body
    FROM audit a LEFT JOIN audit e ON e.begun = a.seq
    WHERE a.phase <> 2";

fn find(connection: &Connection, vault: &Vault, search: &AuditSearch) -> Result<Vec<AuditFound>, StoreError> {
    let mut sql = FOUND.to_owned();
    let mut values: Vec<Value> = Vec::new();
    let mut narrow = |clause: &str, value: Option<Value>| {
        if let Some(value) = value {
            sql.push_str(clause);
            values.push(value);
        }
    };
    let moment = |at: Option<Timestamp>| at.map(|at| Value::from(at.as_microsecond()));
    narrow(" AND a.at >= ?", moment(search.from));
    narrow(" AND a.at < ?", moment(search.until));
    narrow(" AND a.person = ?", search.person.clone().map(Value::from));
    narrow(" AND a.call = ?", search.call.clone().map(Value::from));
    narrow(" AND a.project = ?", search.project.clone().map(Value::from));
    let outcome = search.outcome.map(|outcome| Value::from(outcome.as_str().to_owned()));
    narrow(" AND coalesce(e.outcome, a.outcome) = ?", outcome);
    narrow(" AND a.seq < ?", search.before.map(|seq| Value::from(seq.cast_signed())));
    sql.push_str(&format!(" ORDER BY a.seq DESC LIMIT {}", search.limit.min(SEARCH_LIMIT)));
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row, vault)?);
    }
    Ok(found)
}

fn read(row: &Row<'_>, vault: &Vault) -> Result<AuditFound, StoreError> {
    let (seq, project): (u64, String) = (row.get(0)?, row.get(4)?);
    let outcome: String = row.get(5)?;
    let end = match row.get::<_, Option<u64>>(7)? {
        None => None,
        Some(seq) => {
            let project: String = row.get(9)?;
            let details = details(vault, seq, &project, row.get(10)?)?;
            Some(AuditEnd { seq, at: time(row.get(8)?)?, details })
        }
    };
    Ok(AuditFound {
        seq,
        at: time(row.get(1)?)?,
        person: row.get(2)?,
        call: row.get(3)?,
        details: details(vault, seq, &project, row.get(6)?)?,
        outcome: Outcome::parse(&outcome)
            .ok_or_else(|| StoreError::Unexpected(Cause(format!("unknown outcome {outcome}"))))?,
        project,
        end,
    })
}

fn details(vault: &Vault, seq: u64, project: &str, body: Vec<u8>) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    vault.open(&Sealed::from_stored(body, place(seq, project)))
}
