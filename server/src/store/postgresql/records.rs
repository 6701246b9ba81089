//! Records on PostgreSQL.

use tokio_postgres::Row;

use super::audit_log::append;
use super::connect::Session;
use super::open::{count, get};
use super::readers::MOMENT;
use super::writer::Writing;
use super::{Opener, PostgreSqlStore, locks};
use crate::store::records::{
    Answer, Body, Loaded, Record, RecordKey, RecordKind, Records, WRITES_LIMIT, When, Write, limit,
};
use crate::store::sums::Mark;
use crate::store::vault::Sealed;
use crate::store::{NewAudit, StoreError};

impl Records for PostgreSqlStore {
    fn revision(&self) -> Answer<'_, u64> {
        let shared = self.shared.clone();
        self.read(Box::new(move |session, _| {
            Box::pin(async move {
                let sql = "SELECT number, (SELECT value FROM meta WHERE name = 'key_check') FROM meta
                           WHERE name = 'revision'";
                let row = session.query_one(sql, &[]).await?;
                let check: Option<Vec<u8>> = get(&row, 1)?;
                match shared.rolled_away(check.as_deref()) {
                    Some(error) => Err(error),
                    None => count(&row, 0),
                }
            })
        }))
    }

    fn load(&self) -> Answer<'_, Loaded> {
        self.read(Box::new(|session, vault| {
            Box::pin(async move {
                session.batch(MOMENT).await?;
                let revision = counter(session, "revision").await?;
                let mut records = Vec::new();
                for kind in RecordKind::ALL.iter().filter(|kind| kind.in_snapshot()) {
                    select(session, vault, *kind, None, &mut records).await?;
                }
                session.batch("COMMIT").await?;
                Ok(Loaded { revision, records })
            })
        }))
    }

    fn commit(&self, expected: u64, writes: Vec<Write>, audit: Vec<NewAudit>) -> Answer<'_, u64> {
        if self.shared.roll.borrow().keeps_configuration() {
            return Box::pin(std::future::ready(Err(StoreError::Rolling)));
        }
        self.write(Box::new(move |writing| Box::pin(commit(writing, expected, writes, audit))))
    }

    fn keep(&self, writes: Vec<Write>, audit: Vec<NewAudit>) -> Answer<'_, u64> {
        self.write(Box::new(move |writing| {
            Box::pin(async move {
                check(&writes)?;
                if writes.iter().any(|write| write.key().kind.in_snapshot()) {
                    return Err(StoreError::Misuse("a record of the configuration must be committed, not kept"));
                }
                let tick = bump(writing, "tick").await?;
                for write in &writes {
                    apply(writing, write, tick).await?;
                }
                append(writing, &audit).await?;
                Ok(tick)
            })
        }))
    }

    fn get(&self, key: RecordKey) -> Answer<'_, Option<Record>> {
        self.read(Box::new(move |session, vault| {
            Box::pin(async move {
                let sql = "SELECT id, project, revision, body FROM record WHERE kind = $1 AND project = $2 AND id = $3";
                let found = session.query_opt(sql, &[&key.kind.as_str(), &key.project, &key.id]).await?;
                found.map(|row| read(&row, key.kind, vault)).transpose()
            })
        }))
    }

    fn list(&self, kind: RecordKind, project: Option<String>) -> Answer<'_, Vec<Record>> {
        self.read(Box::new(move |session, vault| {
            Box::pin(async move {
                let mut records = Vec::new();
                select(session, vault, kind, project.as_deref(), &mut records).await?;
                Ok(records)
            })
        }))
    }
}

fn check(writes: &[Write]) -> Result<(), StoreError> {
    limit("the number of writes in a commit", writes.len(), WRITES_LIMIT)?;
    writes.iter().try_for_each(Write::check)
}

async fn commit(
    writing: &mut Writing,
    expected: u64,
    writes: Vec<Write>,
    audit: Vec<NewAudit>,
) -> Result<u64, StoreError> {
    check(&writes)?;
    // Another server may be rolling the key at this moment.
    let may = writing.query_opt(locks::NO_ROLL, &[]).await?;
    if !may.is_some_and(|row| row.try_get(0).unwrap_or(false)) {
        return Err(StoreError::Rolling);
    }
    let row = writing.query_opt("SELECT number FROM meta WHERE name = 'revision'", &[]).await?;
    let actual = count(&row.ok_or_else(missing)?, 0)?;
    if actual != expected {
        return Err(StoreError::Conflict { expected, actual });
    }
    let revision = bump(writing, "revision").await?;
    let tick = bump(writing, "tick").await?;
    for write in &writes {
        apply(writing, write, if write.key().kind.in_snapshot() { revision } else { tick }).await?;
    }
    append(writing, &audit).await?;
    writing.tells = true;
    Ok(revision)
}

fn missing() -> StoreError {
    StoreError::Integrity { table: "meta", row: "revision".into() }
}

pub(super) async fn counter(session: &Session, name: &str) -> Result<u64, StoreError> {
    let row = session.query_opt("SELECT number FROM meta WHERE name = $1", &[&name]).await?;
    count(&row.ok_or_else(missing)?, 0)
}

async fn bump(writing: &mut Writing, name: &str) -> Result<u64, StoreError> {
    let sql = "UPDATE meta SET number = number + 1 WHERE name = $1 RETURNING number";
    let row = writing.query_opt(sql, &[&name]).await?;
    count(&row.ok_or_else(missing)?, 0)
}

async fn apply(writing: &mut Writing, write: &Write, revision: u64) -> Result<(), StoreError> {
    let key = write.key();
    let kind = key.kind.as_str();
    match write {
        Write::Put { body, when, .. } => {
            expect(writing, key, *when).await?;
            let sealed = writing.keys.vault.seal(key.place(revision), body);
            // What stood there is seen by the first part, whatever the second does.
            let sql = "WITH before AS (SELECT revision, substring(body FROM 1 FOR 26) AS seal FROM record
                                       WHERE kind = $1 AND project = $2 AND id = $3),
                put AS (INSERT INTO record (kind, project, id, revision, body) VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (kind, project, id) DO UPDATE SET revision = excluded.revision, body = excluded.body)
                SELECT revision, seal FROM before";
            let at = revision.cast_signed();
            let before = writing.query_opt(sql, &[&kind, &key.project, &key.id, &at, &sealed.bytes()]).await?;
            let before = before.map(|row| stood(writing, key, &row)).transpose()?;
            let behind = mark(writing, key, revision, sealed.bytes());
            writing.record_changed(before, Some(behind));
        }
        Write::Delete { when, .. } => {
            expect(writing, key, *when).await?;
            let sql = "DELETE FROM record WHERE kind = $1 AND project = $2 AND id = $3
                       RETURNING revision, substring(body FROM 1 FOR 26)";
            let before = writing.query_opt(sql, &[&kind, &key.project, &key.id]).await?;
            let before = before.map(|row| stood(writing, key, &row)).transpose()?;
            writing.record_changed(before, None);
        }
    }
    Ok(())
}

/// The mark of a row of revision and seal that stood there.
fn stood(writing: &Writing, key: &RecordKey, row: &Row) -> Result<Mark, StoreError> {
    Ok(mark(writing, key, count(row, 0)?, get(row, 1)?))
}

fn mark(writing: &Writing, key: &RecordKey, revision: u64, body: &[u8]) -> Mark {
    writing.keys.marks.record(key.kind.as_str(), &key.project, &key.id, revision, body)
}

async fn expect(writing: &mut Writing, key: &RecordKey, when: When) -> Result<(), StoreError> {
    if when == When::Always {
        return Ok(());
    }
    let sql = "SELECT revision FROM record WHERE kind = $1 AND project = $2 AND id = $3";
    let row = writing.query_opt(sql, &[&key.kind.as_str(), &key.project, &key.id]).await?;
    let found = row.map(|row| count(&row, 0)).transpose()?;
    let holds = match when {
        When::Always => true,
        When::Absent => found.is_none(),
        When::At(revision) => found == Some(revision),
    };
    if holds { Ok(()) } else { Err(StoreError::RowConflict { row: key.to_string() }) }
}

/// A row of id, project, revision and body.
fn read(row: &Row, kind: RecordKind, vault: &Opener) -> Result<Record, StoreError> {
    let (id, project, revision): (String, String, u64) = (get(row, 0)?, get(row, 1)?, count(row, 2)?);
    let key = RecordKey { kind, project, id };
    let sealed = Sealed::from_stored(get(row, 3)?, key.place(revision));
    let body = if kind.stays_sealed() { Body::Sealed(sealed) } else { Body::Open(vault.open(&sealed)?) };
    Ok(Record { key, revision, body })
}

async fn select(
    session: &Session,
    vault: &Opener,
    kind: RecordKind,
    project: Option<&str>,
    into: &mut Vec<Record>,
) -> Result<(), StoreError> {
    let sql = "SELECT id, project, revision, body FROM record
               WHERE kind = $1 AND ($2::text IS NULL OR project = $2) ORDER BY project, id";
    for row in session.query(sql, &[&kind.as_str(), &project]).await? {
        into.push(read(&row, kind, vault)?);
    }
    Ok(())
}
