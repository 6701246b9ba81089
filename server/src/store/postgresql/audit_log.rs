//! The audit log on PostgreSQL: one chain of all servers.

use std::collections::HashMap;

use futures::TryStreamExt as _;
use jiff::Timestamp;
use tokio_postgres::Row;

use super::connect::Session;
use super::open::{count, get, mark};
use super::readers::MOMENT;
use super::writer::Writing;
use super::{PostgreSqlStore, audit_search, audit_start, failure, locks};
use crate::store::StoreError;
use crate::store::audit_log::{
    AuditLog, AuditPage, AuditRows, AuditSearch, AuditSpan, Entry, NewAudit, Outcome, Phase, place,
};
use crate::store::chain::{Anchor, Chain, Check, NO_START, Verdict};
use crate::store::keyring::Keys;
use crate::store::prune::{PruneNote, Pruned};
use crate::store::records::Answer;

/// The columns of an entry, in their order.
pub(super) const COLUMNS: &str = "seq, at, phase, begun, person, call, project, outcome, body, chain";

impl AuditLog for PostgreSqlStore {
    fn append_audit(&self, entries: Vec<NewAudit>) -> Answer<'_, Vec<u64>> {
        let server = self.shared.server();
        self.write(Box::new(move |writing| Box::pin(async move { append_of(writing, &entries, server).await })))
    }

    fn settle_audit(&self, at: Timestamp) -> Answer<'_, u64> {
        let own = self.shared.server();
        self.write(Box::new(move |writing| Box::pin(settle(writing, own, at))))
    }

    fn settle_others(&self, at: Timestamp) -> Answer<'_, u64> {
        self.settle_audit(at)
    }

    fn search_audit(&self, search: AuditSearch) -> Answer<'_, AuditPage> {
        self.read(Box::new(move |session, vault| {
            Box::pin(async move { audit_search::find(session, vault, &search).await })
        }))
    }

    fn audit_span(&self, from: Option<Timestamp>, until: Option<Timestamp>) -> Answer<'_, AuditSpan> {
        self.read(Box::new(move |session, _| Box::pin(audit_search::span(session, from, until))))
    }

    fn audit_anchor(&self) -> Answer<'_, Anchor> {
        let keys = self.shared.keys.get();
        self.read(Box::new(move |session, _| {
            Box::pin(async move {
                let head = stored_head(session, &keys).await?.map(|(_, head)| head);
                head.ok_or_else(|| StoreError::Integrity { table: "meta", row: "audit_head".into() })
            })
        }))
    }

    fn verify_audit(&self, anchors: Vec<Anchor>) -> Answer<'_, Verdict> {
        let keys = self.shared.keys.get();
        self.read(Box::new(move |session, _| {
            Box::pin(async move {
                session.batch(MOMENT).await?;
                let head = stored_head(session, &keys).await?;
                let chain = head.as_ref().map_or(&keys.chain, |(chain, _)| chain).clone();
                let check = match audit_start::stored(session, &chain).await? {
                    Some(start) => Check::from(chain, start, anchors),
                    None => Err(NO_START),
                };
                let verdict = match check {
                    Ok(check) => verify(session, head.map(|(_, head)| head), check).await?,
                    Err(verdict) => verdict,
                };
                session.batch("COMMIT").await?;
                Ok(verdict)
            })
        }))
    }

    fn verify_audit_end(&self, entries: u64) -> Answer<'_, Verdict> {
        let keys = self.shared.keys.get();
        self.read(Box::new(move |session, _| {
            Box::pin(async move {
                session.batch(MOMENT).await?;
                let verdict = verify_end(session, &keys, entries).await?;
                session.batch("COMMIT").await?;
                Ok(verdict)
            })
        }))
    }

    fn audit_rows(&self, after: u64, limit: u32) -> Answer<'_, AuditRows> {
        let keys = self.shared.keys.get();
        self.read(Box::new(move |session, vault| {
            Box::pin(async move {
                session.batch(MOMENT).await?;
                let head = stored_head(session, &keys).await?;
                let chain = head.as_ref().map_or(&keys.chain, |(chain, _)| chain);
                let start = audit_start::stored(session, chain).await?.ok_or_else(audit_start::changed)?;
                let rows = audit_start::rows(session, vault, start, after, limit).await?;
                session.batch("COMMIT").await?;
                Ok(rows)
            })
        }))
    }

    fn prune_audit(&self, note: PruneNote) -> Answer<'_, Pruned> {
        self.write(Box::new(move |writing| Box::pin(async move { audit_start::prune(writing, &note).await })))
    }
}

async fn verify_end(session: &Session, keys: &Keys, entries: u64) -> Result<Verdict, StoreError> {
    let head = stored_head(session, keys).await?;
    let chain = head.as_ref().map_or(&keys.chain, |(chain, _)| chain).clone();
    let newest = count(&session.query_one("SELECT coalesce(max(seq), 0) FROM audit", &[]).await?, 0)?;
    let before = newest.saturating_sub(entries);
    let row = session.query_opt("SELECT chain FROM audit WHERE seq = $1", &[&before.cast_signed()]).await?;
    let mark: Option<Vec<u8>> = row.map(|row| get(&row, 0)).transpose()?;
    let Some(start) = audit_start::stored(session, &chain).await? else { return Ok(NO_START) };
    let reached = match (before, mark.and_then(|mark| mark.try_into().ok())) {
        (before, _) if before <= start.seq => start,
        (seq, Some(mark)) => Anchor { seq, mark },
        (seq, None) => return Ok(Verdict::Broken { seq, why: "it is missing" }),
    };
    verify(session, head.map(|(_, head)| head), Check::after(chain, reached)).await
}

/// Ends what servers left open that are gone.
async fn settle(writing: &mut Writing, own: Option<i32>, at: Timestamp) -> Result<u64, StoreError> {
    let mut gone: HashMap<i32, bool> = HashMap::new();
    let mut ends = Vec::new();
    for row in writing.query("SELECT seq, server FROM audit_open ORDER BY seq", &[]).await? {
        let server: Option<i32> = get(&row, 1)?;
        let is_over = match server {
            None => true,
            Some(server) if Some(server) == own => false,
            Some(server) => match gone.get(&server) {
                Some(is_gone) => *is_gone,
                None => {
                    let row = writing.query_opt(locks::IS_GONE, &[&server]).await?;
                    let is_gone = row.is_some_and(|row| row.try_get(0).unwrap_or(false));
                    gone.insert(server, is_gone);
                    is_gone
                }
            },
        };
        if is_over {
            ends.push(unknown_end(count(&row, 0)?, at));
        }
    }
    append(writing, &ends).await.map(|seqs| seqs.len() as u64)
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

/// An entry that is written with the commit.
pub(super) struct Waiting {
    entry: Entry,
    /// Whose begin it is, where it is one.
    open: Option<Option<i32>>,
}

/// Appends entries of nobody's begins within the transaction at hand; gives their numbers.
pub(super) async fn append(writing: &mut Writing, entries: &[NewAudit]) -> Result<Vec<u64>, StoreError> {
    append_of(writing, entries, None).await
}

async fn append_of(writing: &mut Writing, entries: &[NewAudit], server: Option<i32>) -> Result<Vec<u64>, StoreError> {
    entries.iter().try_for_each(NewAudit::check)?;
    let begun: Vec<i64> = entries.iter().filter_map(|entry| entry.phase.begun()).map(u64::cast_signed).collect();
    if !begun.is_empty() {
        let ended = writing.execute("DELETE FROM audit_open WHERE seq = ANY($1)", &[&begun]).await?;
        if ended != begun.len() as u64 {
            return Err(StoreError::Misuse("an audit entry ended that was not open"));
        }
    }
    Ok(entries.iter().map(|entry| append_one(writing, entry, server)).collect())
}

fn append_one(writing: &mut Writing, new: &NewAudit, server: Option<i32>) -> u64 {
    let head = writing.head();
    let seq = head.seq + 1;
    let mut entry = Entry {
        seq,
        at_us: new.at.as_microsecond(),
        phase: new.phase.number(),
        begun: new.phase.begun(),
        person: new.person.clone(),
        call: new.call.clone(),
        project: new.project.clone(),
        outcome: new.outcome.as_str().to_owned(),
        body: writing.keys.vault.seal(place(seq, &new.project), &new.details).bytes().to_vec(),
        mark: Vec::new(),
    };
    let next = writing.keys.chain.next(&head, &entry.row(&entry.body));
    entry.mark = next.mark.to_vec();
    let open = (new.phase == Phase::Begin).then_some(server);
    writing.wait(Waiting { entry, open });
    writing.set_head(next);
    seq
}

/// Writes entries that waited, in one statement.
pub(super) async fn write(session: &Session, waiting: &[Waiting]) -> Result<(), StoreError> {
    if waiting.is_empty() {
        return Ok(());
    }
    insert(session, waiting.iter().map(|waiting| &waiting.entry)).await?;
    let open: Vec<_> = waiting.iter().filter_map(|one| Some((one.entry.seq.cast_signed(), one.open?))).collect();
    if !open.is_empty() {
        let (seqs, servers): (Vec<i64>, Vec<Option<i32>>) = open.into_iter().unzip();
        let sql = "INSERT INTO audit_open (seq, server) SELECT * FROM unnest($1::bigint[], $2::integer[])";
        session.execute(sql, &[&seqs, &servers]).await?;
    }
    Ok(())
}

/// Inserts entries as they are.
pub(super) async fn insert<'a>(
    session: &Session,
    entries: impl Iterator<Item = &'a Entry> + Clone,
) -> Result<(), StoreError> {
    let numbers = |number: fn(&Entry) -> i64| entries.clone().map(number).collect::<Vec<i64>>();
    let texts = |text: fn(&Entry) -> &String| entries.clone().map(text).collect::<Vec<&String>>();
    let (seqs, times, phases) = (numbers(|e| e.seq.cast_signed()), numbers(|e| e.at_us), numbers(|e| e.phase));
    let begun: Vec<Option<i64>> = entries.clone().map(|entry| entry.begun.map(u64::cast_signed)).collect();
    let (persons, calls) = (texts(|entry| &entry.person), texts(|entry| &entry.call));
    let (projects, outcomes) = (texts(|entry| &entry.project), texts(|entry| &entry.outcome));
    let bodies: Vec<&[u8]> = entries.clone().map(|entry| entry.body.as_slice()).collect();
    let marks: Vec<&[u8]> = entries.clone().map(|entry| entry.mark.as_slice()).collect();
    let sql = "INSERT INTO audit (seq, at, phase, begun, person, call, project, outcome, body, chain)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[],
                             $7::text[], $8::text[], $9::bytea[], $10::bytea[])";
    session
        .execute(sql, &[&seqs, &times, &phases, &begun, &persons, &calls, &projects, &outcomes, &bodies, &marks])
        .await?;
    Ok(())
}

/// The end of the log as it is stored, with the chain that made it: during a roll it may be that of the other key.
pub(super) async fn stored_head(session: &Session, keys: &Keys) -> Result<Option<(Chain, Anchor)>, StoreError> {
    let bytes = mark(session, "audit_head").await?;
    Ok(bytes.and_then(|bytes| keys.head(&bytes).map(|(chain, head)| (chain.clone(), head))))
}

/// Goes on from where `check` stands.
async fn verify(session: &Session, head: Option<Anchor>, mut check: Check) -> Result<Verdict, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM audit WHERE seq > $1 ORDER BY seq");
    let mut rows = std::pin::pin!(session.stream(&sql, &[&check.reached().cast_signed()]).await?);
    while let Some(row) = rows.try_next().await.map_err(|error| failure::of(&error))? {
        // What cannot even be read as an entry was not written by us.
        let checked = read(&row).map_err(|_| check.broken());
        if let Err(verdict) = checked.and_then(|entry| check.row(&entry.row(&entry.body), &entry.mark)) {
            return Ok(verdict);
        }
    }
    Ok(check.finish(head))
}

/// An entry of [`COLUMNS`].
pub(super) fn read(row: &Row) -> Result<Entry, StoreError> {
    let begun: Option<i64> = get(row, 3)?;
    Ok(Entry {
        seq: count(row, 0)?,
        at_us: get(row, 1)?,
        phase: get(row, 2)?,
        begun: begun.map(i64::cast_unsigned),
        person: get(row, 4)?,
        call: get(row, 5)?,
        project: get(row, 6)?,
        outcome: get(row, 7)?,
        body: get(row, 8)?,
        mark: get(row, 9)?,
    })
}
