//! Records on SQLite.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::SqliteStore;
use super::audit_log::append;
use super::writer::Writing;
use crate::store::records::{
    Answer, Body, Loaded, Record, RecordKey, RecordKind, Records, WRITES_LIMIT, When, Write, limit,
};
use crate::store::sums::{Mark, Marks};
use crate::store::vault::{Sealed, Vault};
use crate::store::{NewAudit, StoreError};

impl Records for SqliteStore {
    fn revision(&self) -> Answer<'_, u64> {
        self.read(|connection, _| counter(connection, "revision"))
    }

    fn load(&self) -> Answer<'_, Loaded> {
        self.read(|connection, vault| {
            let transaction = connection.unchecked_transaction()?;
            let revision = counter(&transaction, "revision")?;
            let mut records = Vec::new();
            for kind in RecordKind::ALL.iter().filter(|kind| kind.in_snapshot()) {
                select(&transaction, vault, *kind, None, &mut records)?;
            }
            Ok(Loaded { revision, records })
        })
    }

    fn commit(&self, expected: u64, writes: Vec<Write>, audit: Vec<NewAudit>) -> Answer<'_, u64> {
        if self.roll.borrow().keeps_configuration() {
            return Box::pin(std::future::ready(Err(StoreError::Rolling)));
        }
        self.write(move |writing| {
            check(&writes)?;
            let actual = counter(writing.connection, "revision")?;
            if actual != expected {
                return Err(StoreError::Conflict { expected, actual });
            }
            let revision = bump(writing.connection, "revision")?;
            let tick = bump(writing.connection, "tick")?;
            for write in &writes {
                apply(writing, write, if write.key().kind.in_snapshot() { revision } else { tick })?;
            }
            append(writing, &audit)?;
            Ok(revision)
        })
    }

    fn keep(&self, writes: Vec<Write>, audit: Vec<NewAudit>) -> Answer<'_, u64> {
        self.write(move |writing| {
            check(&writes)?;
            if writes.iter().any(|write| write.key().kind.in_snapshot()) {
                return Err(StoreError::Misuse("a record of the configuration must be committed, not kept"));
            }
            let tick = bump(writing.connection, "tick")?;
            for write in &writes {
                apply(writing, write, tick)?;
            }
            append(writing, &audit)?;
            Ok(tick)
        })
    }

    fn get(&self, key: RecordKey) -> Answer<'_, Option<Record>> {
        self.read(move |connection, vault| {
            let mut statement = connection.prepare_cached(
                "SELECT id, project, revision, body FROM record WHERE kind = ? AND project = ? AND id = ?",
            )?;
            let found =
                statement.query_row(params![key.kind.as_str(), key.project, key.id], |row| stored(row, key.kind));
            found.optional()?.map(|stored| stored.open(vault)).transpose()
        })
    }

    fn list(&self, kind: RecordKind, project: Option<String>) -> Answer<'_, Vec<Record>> {
        self.read(move |connection, vault| {
            let mut records = Vec::new();
            select(connection, vault, kind, project.as_deref(), &mut records)?;
            Ok(records)
        })
    }
}

fn check(writes: &[Write]) -> Result<(), StoreError> {
    limit("the number of writes in a commit", writes.len(), WRITES_LIMIT)?;
    writes.iter().try_for_each(Write::check)
}

fn counter(connection: &Connection, name: &str) -> Result<u64, StoreError> {
    Ok(connection.prepare_cached("SELECT value FROM meta WHERE name = ?")?.query_row([name], |row| row.get(0))?)
}

fn bump(connection: &Connection, name: &str) -> Result<u64, StoreError> {
    let sql = "UPDATE meta SET value = value + 1 WHERE name = ? RETURNING value";
    Ok(connection.prepare_cached(sql)?.query_row([name], |row| row.get(0))?)
}

fn apply(writing: &Writing<'_>, write: &Write, revision: u64) -> Result<(), StoreError> {
    let key = write.key();
    let stood = stood(writing, key)?;
    let (at, before) = stood.unzip();
    match write {
        Write::Put { body, when, .. } => {
            expect(at, key, *when)?;
            let sealed = writing.vault.seal(key.place(revision), body);
            let mut statement = writing.connection.prepare_cached(
                "INSERT INTO record (kind, project, id, revision, body) VALUES (?, ?, ?, ?, ?)
                 ON CONFLICT DO UPDATE SET revision = excluded.revision, body = excluded.body",
            )?;
            statement.execute(params![key.kind.as_str(), key.project, key.id, revision, sealed.bytes()])?;
            writing.record_changed(before, Some(mark(writing.marks, key, revision, sealed.bytes())))
        }
        Write::Delete { when, .. } => {
            expect(at, key, *when)?;
            let sql = "DELETE FROM record WHERE kind = ? AND project = ? AND id = ?";
            writing.connection.prepare_cached(sql)?.execute(params![key.kind.as_str(), key.project, key.id])?;
            writing.record_changed(before, None)
        }
    }
}

/// The revision and the mark of what stands there.
fn stood(writing: &Writing<'_>, key: &RecordKey) -> Result<Option<(u64, Mark)>, StoreError> {
    let sql = "SELECT revision, substr(body, 1, 26) FROM record WHERE kind = ? AND project = ? AND id = ?";
    let mut statement = writing.connection.prepare_cached(sql)?;
    let values = params![key.kind.as_str(), key.project, key.id];
    let found = statement.query_row(values, |row| Ok((row.get::<_, u64>(0)?, row.get::<_, Vec<u8>>(1)?)));
    Ok(found.optional()?.map(|(revision, body)| (revision, mark(writing.marks, key, revision, &body))))
}

fn mark(marks: &Marks, key: &RecordKey, revision: u64, body: &[u8]) -> Mark {
    marks.record(key.kind.as_str(), &key.project, &key.id, revision, body)
}

fn expect(found: Option<u64>, key: &RecordKey, when: When) -> Result<(), StoreError> {
    let holds = match when {
        When::Always => true,
        When::Absent => found.is_none(),
        When::At(revision) => found == Some(revision),
    };
    if holds { Ok(()) } else { Err(StoreError::RowConflict { row: key.to_string() }) }
}

/// A row as it stands in the file.
struct Stored {
    key: RecordKey,
    revision: u64,
    body: Vec<u8>,
}

fn stored(row: &Row<'_>, kind: RecordKind) -> rusqlite::Result<Stored> {
    let (id, project): (String, String) = (row.get(0)?, row.get(1)?);
    Ok(Stored { key: RecordKey { kind, project, id }, revision: row.get(2)?, body: row.get(3)? })
}

impl Stored {
    fn open(self, vault: &Arc<Vault>) -> Result<Record, StoreError> {
        let sealed = Sealed::from_stored(self.body, self.key.place(self.revision));
        let body = if self.key.kind.stays_sealed() { Body::Sealed(sealed) } else { Body::Open(vault.open(&sealed)?) };
        Ok(Record { key: self.key, revision: self.revision, body })
    }
}

fn select(
    connection: &Connection,
    vault: &Arc<Vault>,
    kind: RecordKind,
    project: Option<&str>,
    into: &mut Vec<Record>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, project, revision, body FROM record
         WHERE kind = ?1 AND (?2 IS NULL OR project = ?2) ORDER BY project, id",
    )?;
    let mut rows = statement.query(params![kind.as_str(), project])?;
    while let Some(row) = rows.next()? {
        into.push(stored(row, kind)?.open(vault)?);
    }
    Ok(())
}
