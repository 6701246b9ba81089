//! The whole store on PostgreSQL: out of one read transaction, into one write.

use std::pin::pin;

use futures::TryStreamExt as _;

use super::audit_log::{self, COLUMNS};
use super::connect::Session;
use super::open::{SCHEMA, count, get, mark};
use super::readers::MOMENT;
use super::records::counter;
use super::writer::Writing;
use super::{PostgreSqlStore, audit_start, failure, sums};
use crate::store::StoreError;
use crate::store::audit_log::Entry;
use crate::store::error::Cause;
use crate::store::records::{Answer, RecordKind};
use crate::store::whole::{Give, Row, Take, Tally, Whole};

/// Entries of the log that are put back together.
const ENTRIES_AT_ONCE: usize = 100;

impl Whole for PostgreSqlStore {
    fn dump(&self, mut take: Take) -> Answer<'_, ()> {
        self.read(Box::new(move |session, _| Box::pin(async move { dump(session, &mut take).await })))
    }

    fn fill(&self, give: Give) -> Answer<'_, ()> {
        self.write(Box::new(move |writing| Box::pin(fill(writing, give))))
    }

    fn verify_rows(&self) -> Answer<'_, Vec<String>> {
        let keys = self.shared.keys.get();
        self.read(Box::new(move |session, _| Box::pin(async move { sums::verify(session, &keys).await })))
    }

    fn tally(&self) -> Answer<'_, Tally> {
        self.read(Box::new(|session, _| Box::pin(tally(session))))
    }
}

/// Gives every row, of one moment. Reads what every schema of ours has, so also one that is to be brought up to date.
pub(super) async fn dump(session: &Session, take: &mut Take) -> Result<(), StoreError> {
    session.batch(MOMENT).await?;
    take(head(session).await?)?;
    records(session, take).await?;
    chunks(session, take).await?;
    audit(session, take).await?;
    session.batch("COMMIT").await
}

async fn tally(session: &Session) -> Result<Tally, StoreError> {
    let sql = "SELECT kind, count(*) FROM record GROUP BY kind
               UNION ALL SELECT 'file pieces', count(*) FROM upload_chunk
               UNION ALL SELECT 'audit entries', count(*) FROM audit
               UNION ALL SELECT 'sessions', count(*) FROM session";
    let mut tally = Tally { schema: Some(SCHEMA), ..Tally::default() };
    for row in session.query(sql, &[]).await? {
        tally.counts.insert(get(&row, 0)?, count(&row, 1)?);
    }
    let size = "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class
                WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'";
    tally.bytes = Some(count(&session.query_one(size, &[]).await?, 0)?);
    Ok(tally)
}

async fn head(session: &Session) -> Result<Row, StoreError> {
    let audit_head = mark(session, "audit_head").await?;
    Ok(Row::Head {
        revision: counter(session, "revision").await?,
        tick: counter(session, "tick").await?,
        audit_head: audit_head.ok_or_else(|| StoreError::Integrity { table: "meta", row: "audit_head".into() })?,
        audit_start: audit_start::bytes(session).await?.unwrap_or_default(),
    })
}

async fn records(session: &Session, take: &mut Take) -> Result<(), StoreError> {
    let sql = "SELECT kind, project, id, revision, body FROM record ORDER BY kind, project, id";
    let mut rows = pin!(session.stream(sql, &[]).await?);
    while let Some(row) = rows.try_next().await.map_err(|error| failure::of(&error))? {
        let kind: String = get(&row, 0)?;
        // A kind that this program does not know is taken along; the check speaks of it.
        if RecordKind::parse(&kind).is_none_or(Row::is_lasting) {
            let (project, id, revision, body) = (get(&row, 1)?, get(&row, 2)?, count(&row, 3)?, get(&row, 4)?);
            take(Row::Record { kind, project, id, revision, body })?;
        }
    }
    Ok(())
}

/// A number of pieces of an upload.
pub(super) fn pieces(row: &tokio_postgres::Row, at: usize) -> Result<u32, StoreError> {
    u32::try_from(count(row, at)?).map_err(|error| StoreError::Unexpected(Cause(error.to_string())))
}

async fn chunks(session: &Session, take: &mut Take) -> Result<(), StoreError> {
    let sql = "SELECT upload, idx, (SELECT count(*) FROM upload_chunk AS c WHERE c.upload = u.upload), body
               FROM upload_chunk AS u ORDER BY upload, idx";
    let mut rows = pin!(session.stream(sql, &[]).await?);
    while let Some(row) = rows.try_next().await.map_err(|error| failure::of(&error))? {
        let (upload, index, count, body) = (get(&row, 0)?, pieces(&row, 1)?, pieces(&row, 2)?, get(&row, 3)?);
        take(Row::Chunk { upload, index, count, body })?;
    }
    Ok(())
}

async fn audit(session: &Session, take: &mut Take) -> Result<(), StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM audit ORDER BY seq");
    let mut rows = pin!(session.stream(&sql, &[]).await?);
    while let Some(row) = rows.try_next().await.map_err(|error| failure::of(&error))? {
        take(audit_log::read(&row)?.whole())?;
    }
    Ok(())
}

async fn fill(writing: &mut Writing, mut give: Give) -> Result<(), StoreError> {
    writing.flush().await?;
    let sql =
        "SELECT (SELECT count(*) FROM record) + (SELECT count(*) FROM audit) + (SELECT count(*) FROM upload_chunk)
               + (SELECT count(*) FROM session)";
    let rows = writing.query_opt(sql, &[]).await?.map(|row| count(&row, 0)).transpose()?.unwrap_or_default();
    if rows > 0 {
        return Err(StoreError::NotEmpty { rows });
    }
    let mut entries = Vec::new();
    while let Some(row) = give()? {
        if let Some(entry) = put(writing, row).await? {
            entries.push(entry);
        }
        if entries.len() == ENTRIES_AT_ONCE {
            audit_log::insert(&writing.session, entries.iter()).await?;
            entries.clear();
        }
    }
    if !entries.is_empty() {
        audit_log::insert(&writing.session, entries.iter()).await?;
    }
    let open = "INSERT INTO audit_open (seq) SELECT seq FROM audit AS a
                WHERE phase = 1 AND NOT EXISTS (SELECT 1 FROM audit AS e WHERE e.begun = a.seq)";
    writing.execute(open, &[]).await?;
    Ok(())
}

/// Writes a row; gives back an entry of the log, which is written with others.
async fn put(writing: &mut Writing, row: Row) -> Result<Option<Entry>, StoreError> {
    match row {
        Row::Head { revision, tick, audit_head, audit_start } => {
            let end = writing.keys.chain.head(&audit_head);
            writing.set_head(end.ok_or(StoreError::Integrity { table: "meta", row: "audit_head".into() })?);
            if !audit_start.is_empty() {
                audit_start::put(&writing.session, &audit_start).await?;
            }
            for (name, value) in [("revision", revision), ("tick", tick)] {
                let sql = "UPDATE meta SET number = $1 WHERE name = $2";
                writing.execute(sql, &[&value.cast_signed(), &name]).await?;
            }
        }
        Row::Record { kind, project, id, revision, body } => {
            let sql = "INSERT INTO record (kind, project, id, revision, body) VALUES ($1, $2, $3, $4, $5)";
            writing.execute(sql, &[&kind, &project, &id, &revision.cast_signed(), &body]).await?;
            let mark = writing.keys.marks.record(&kind, &project, &id, revision, &body);
            writing.record_changed(None, Some(mark));
        }
        Row::Chunk { upload, index, body, .. } => {
            let sql = "INSERT INTO upload_chunk (upload, idx, body) VALUES ($1, $2, $3)";
            writing.execute(sql, &[&upload, &i64::from(index), &body]).await?;
        }
        Row::Audit { seq, at_us, phase, begun, person, call, project, outcome, body, mark } => {
            return Ok(Some(Entry { seq, at_us, phase, begun, person, call, project, outcome, body, mark }));
        }
    }
    Ok(None)
}
