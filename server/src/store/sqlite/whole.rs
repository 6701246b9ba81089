//! The whole store on SQLite: out of one read transaction, into one write.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::open::SCHEMA;
use super::writer::Writing;
use super::{SqliteStore, audit_log, audit_start, sums};
use crate::store::StoreError;
use crate::store::records::{Answer, RecordKind};
use crate::store::whole::{Give, Row, Take, Tally, Whole};

impl Whole for SqliteStore {
    fn dump(&self, mut take: Take) -> Answer<'_, ()> {
        self.read(move |connection, _| {
            let moment = connection.unchecked_transaction()?;
            take(head(&moment)?)?;
            records(&moment, &mut take)?;
            chunks(&moment, &mut take)?;
            audit(&moment, &mut take)
        })
    }

    fn fill(&self, mut give: Give) -> Answer<'_, ()> {
        self.write(move |writing| {
            check_empty(writing.connection)?;
            while let Some(row) = give()? {
                put(writing, &row)?;
            }
            let open = "INSERT INTO audit_open (seq) SELECT seq FROM audit AS a
                        WHERE phase = 1 AND NOT EXISTS (SELECT 1 FROM audit AS e WHERE e.begun = a.seq)";
            writing.connection.execute(open, [])?;
            Ok(())
        })
    }

    fn verify_rows(&self) -> Answer<'_, Vec<String>> {
        let keys = self.keys.get();
        self.read(move |connection, _| sums::verify(connection, &keys))
    }

    fn tally(&self) -> Answer<'_, Tally> {
        self.read(|connection, _| {
            let mut tally = Tally { schema: Some(SCHEMA), ..Tally::default() };
            let count = "SELECT kind, count(*) FROM record GROUP BY kind
                         UNION ALL SELECT 'file pieces', count(*) FROM upload_chunk
                         UNION ALL SELECT 'audit entries', count(*) FROM audit
                         UNION ALL SELECT 'sessions', count(*) FROM session";
            let mut statement = connection.prepare(count)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                tally.counts.insert(row.get(0)?, row.get(1)?);
            }
            let pages: u64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
            let page: u64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
            tally.bytes = Some(pages.saturating_mul(page));
            Ok(tally)
        })
    }
}

fn meta<T: rusqlite::types::FromSql>(connection: &Connection, name: &'static str) -> Result<T, StoreError> {
    let value = connection.query_row("SELECT value FROM meta WHERE name = ?", [name], |row| row.get(0)).optional()?;
    value.ok_or_else(|| StoreError::Integrity { table: "meta", row: name.into() })
}

fn head(connection: &Connection) -> Result<Row, StoreError> {
    Ok(Row::Head {
        revision: meta(connection, "revision")?,
        tick: meta(connection, "tick")?,
        audit_head: meta(connection, "audit_head")?,
        audit_start: audit_start::bytes(connection)?.unwrap_or_default(),
    })
}

fn records(connection: &Connection, take: &mut Take) -> Result<(), StoreError> {
    let mut statement =
        connection.prepare("SELECT kind, project, id, revision, body FROM record ORDER BY kind, project, id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let kind: String = row.get(0)?;
        // A kind that this program does not know is taken along; the check speaks of it.
        if RecordKind::parse(&kind).is_none_or(Row::is_lasting) {
            let (project, id, revision, body) = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
            take(Row::Record { kind, project, id, revision, body })?;
        }
    }
    Ok(())
}

fn chunks(connection: &Connection, take: &mut Take) -> Result<(), StoreError> {
    let sql = "SELECT upload, idx, (SELECT count(*) FROM upload_chunk AS c WHERE c.upload = u.upload), body
               FROM upload_chunk AS u ORDER BY upload, idx";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (upload, index, count, body) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        take(Row::Chunk { upload, index, count, body })?;
    }
    Ok(())
}

fn audit(connection: &Connection, take: &mut Take) -> Result<(), StoreError> {
    let sql = "SELECT seq, at, phase, begun, person, call, project, outcome, body, chain FROM audit ORDER BY seq";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        take(audit_log::read(row)?.whole())?;
    }
    Ok(())
}

fn check_empty(connection: &Connection) -> Result<(), StoreError> {
    let sql =
        "SELECT (SELECT count(*) FROM record) + (SELECT count(*) FROM audit) + (SELECT count(*) FROM upload_chunk)
               + (SELECT count(*) FROM session)";
    let rows: u64 = connection.query_row(sql, [], |row| row.get(0))?;
    if rows == 0 { Ok(()) } else { Err(StoreError::NotEmpty { rows }) }
}

fn put(writing: &Writing<'_>, row: &Row) -> Result<(), StoreError> {
    let connection = writing.connection;
    match row {
        Row::Head { revision, tick, audit_head, audit_start } => {
            let end = writing.chain.head(audit_head);
            writing.set_head(end.ok_or(StoreError::Integrity { table: "meta", row: "audit_head".into() })?)?;
            if !audit_start.is_empty() {
                audit_start::put(connection, audit_start)?;
            }
            for (name, value) in [("revision", revision), ("tick", tick)] {
                connection.execute("UPDATE meta SET value = ? WHERE name = ?", params![value, name])?;
            }
        }
        Row::Record { kind, project, id, revision, body } => {
            let sql = "INSERT INTO record (kind, project, id, revision, body) VALUES (?, ?, ?, ?, ?)";
            connection.prepare_cached(sql)?.execute(params![kind, project, id, revision, body])?;
            writing.record_changed(None, Some(writing.marks.record(kind, project, id, *revision, body)))?;
        }
        Row::Chunk { upload, index, body, .. } => {
            let sql = "INSERT INTO upload_chunk (upload, idx, body) VALUES (?, ?, ?)";
            connection.prepare_cached(sql)?.execute(params![upload, index, body])?;
        }
        Row::Audit { .. } => {
            if let Some((entry, mark)) = row.entry() {
                audit_log::insert(connection, &entry, mark)?;
            }
        }
    }
    Ok(())
}
