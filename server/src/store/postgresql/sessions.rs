//! Sessions on PostgreSQL.

use jiff::Timestamp;
use tokio_postgres::Row;

use super::PostgreSqlStore;
use super::connect::Values;
use super::open::{count, get};
use super::writer::Writing;
use crate::store::error::Cause;
use crate::store::records::Answer;
use crate::store::sessions::{Body, Session, SessionHash, Sessions, check_body, place};
use crate::store::sums::Mark;
use crate::store::vault::{Sealed, Vault};
use crate::store::{StoreError, time};

const COLUMNS: &str = "hash, person, created, last_seen, ends, body";
/// What is in a session's mark: 26 bytes are the start of a seal ([`crate::store::sums`]).
const OF_MARK: &str = "hash, person, created, last_seen, ends, substring(body FROM 1 FOR 26)";
const LIST_LIMIT: u32 = 10_000;

impl Sessions for PostgreSqlStore {
    fn put_session(&self, session: Session) -> Answer<'_, ()> {
        self.write(Box::new(move |writing| {
            Box::pin(async move {
                session.check()?;
                let Session { hash, person, created, last_seen, ends, body } = &session;
                let times = [*created, *last_seen, *ends].map(Timestamp::as_microsecond);
                let [created, seen, ends] = times;
                let sealed = writing.keys.vault.seal(place(hash, person, created, ends), body);
                let before = stood(writing, hash).await?.map(|stood| stood.mark(writing));
                let sql = "INSERT INTO session (hash, person, created, last_seen, ends, body)
                           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO UPDATE SET person = excluded.person,
                           created = excluded.created, last_seen = excluded.last_seen, ends = excluded.ends,
                           body = excluded.body";
                writing.execute(sql, &[&hash.as_slice(), person, &created, &seen, &ends, &sealed.bytes()]).await?;
                let behind = writing.keys.marks.session(hash, person, times, sealed.bytes());
                writing.session_changed(before, Some(behind));
                Ok(())
            })
        }))
    }

    fn session(&self, hash: SessionHash) -> Answer<'_, Option<Session>> {
        self.read(Box::new(move |session, vault| {
            Box::pin(async move {
                let sql = format!("SELECT {COLUMNS} FROM session WHERE hash = $1");
                let found = session.query_opt(&sql, &[&hash.as_slice()]).await?;
                found.map(|row| read(&row, vault)).transpose()
            })
        }))
    }

    fn change_session(&self, hash: SessionHash, before: Body, after: Body) -> Answer<'_, bool> {
        self.write(Box::new(move |writing| {
            Box::pin(async move {
                check_body(&after)?;
                // Servers write one after the other, so nobody comes between this and what follows.
                let sql = format!("SELECT {COLUMNS} FROM session WHERE hash = $1");
                let Some(row) = writing.query_opt(&sql, &[&hash.as_slice()]).await? else { return Ok(false) };
                if read(&row, &writing.keys.vault)?.body != before {
                    return Ok(false);
                }
                let stood = Stood::of(&row)?;
                let [created, _, ends] = stood.times;
                let sealed = writing.keys.vault.seal(place(&hash, &stood.person, created, ends), &after);
                let sql = "UPDATE session SET body = $1 WHERE hash = $2";
                writing.execute(sql, &[&sealed.bytes(), &hash.as_slice()]).await?;
                let before = stood.mark(writing);
                let behind = Stood { body: sealed.bytes().to_vec(), ..stood }.mark(writing);
                writing.session_changed(Some(before), Some(behind));
                Ok(true)
            })
        }))
    }

    fn touch_session(&self, hash: SessionHash, seen: Timestamp) -> Answer<'_, bool> {
        self.write(Box::new(move |writing| {
            Box::pin(async move {
                let Some(stood) = stood(writing, &hash).await? else { return Ok(false) };
                let [created, last_seen, ends] = stood.times;
                let last_seen = last_seen.max(seen.as_microsecond());
                let sql = "UPDATE session SET last_seen = $1 WHERE hash = $2";
                writing.execute(sql, &[&last_seen, &hash.as_slice()]).await?;
                let before = stood.mark(writing);
                let behind = Stood { times: [created, last_seen, ends], ..stood }.mark(writing);
                writing.session_changed(Some(before), Some(behind));
                Ok(true)
            })
        }))
    }

    fn end_session(&self, hash: SessionHash) -> Answer<'_, bool> {
        self.write(Box::new(move |writing| {
            Box::pin(async move { Ok(ended(writing, "hash = $1", &[&hash.as_slice()]).await? > 0) })
        }))
    }

    fn end_sessions(&self, person: Option<String>) -> Answer<'_, u64> {
        self.write(Box::new(move |writing| {
            Box::pin(async move { ended(writing, "$1::text IS NULL OR person = $1", &[&person]).await })
        }))
    }

    fn end_oldest_sessions(&self, person: Option<String>, keep: SessionHash, most: u32) -> Answer<'_, Vec<Session>> {
        self.write(Box::new(move |writing| {
            Box::pin(async move {
                let sql = format!(
                    "DELETE FROM session WHERE hash IN (
                         SELECT hash FROM session WHERE $1::text IS NULL OR person = $1
                         ORDER BY hash = $2 DESC, created DESC, last_seen DESC, hash OFFSET $3) RETURNING {COLUMNS}"
                );
                let ended = writing.query(&sql, &[&person, &keep.as_slice(), &i64::from(most)]).await?;
                for row in &ended {
                    let before = Stood::of(row)?.mark(writing);
                    writing.session_changed(Some(before), None);
                }
                Ok(ended.iter().filter_map(|row| read(row, &writing.keys.vault).ok()).collect())
            })
        }))
    }

    fn sessions(&self, person: Option<String>) -> Answer<'_, Vec<Session>> {
        self.read(Box::new(move |session, vault| {
            Box::pin(async move {
                let sql = format!(
                    "SELECT {COLUMNS} FROM session WHERE $1::text IS NULL OR person = $1
                     ORDER BY created DESC, hash LIMIT {LIST_LIMIT}"
                );
                let rows = session.query(&sql, &[&person]).await?;
                rows.iter().map(|row| read(row, vault)).collect()
            })
        }))
    }

    fn count_sessions(&self) -> Answer<'_, u64> {
        self.read(Box::new(|session, _| {
            Box::pin(async move { count(&session.query_one("SELECT count(*) FROM session", &[]).await?, 0) })
        }))
    }

    fn purge_sessions(&self, now: Timestamp, idle_since: Timestamp) -> Answer<'_, u64> {
        self.write(Box::new(move |writing| {
            Box::pin(async move {
                let (now, idle_since) = (now.as_microsecond(), idle_since.as_microsecond());
                ended(writing, "ends < $1 OR last_seen < $2", &[&now, &idle_since]).await
            })
        }))
    }
}

/// What is in the mark of a session that stands there; of its body the start is enough.
struct Stood {
    hash: SessionHash,
    person: String,
    /// Its creation, when it was last seen, and its end, in microseconds.
    times: [i64; 3],
    body: Vec<u8>,
}

impl Stood {
    /// Of a row of [`OF_MARK`] or [`COLUMNS`].
    fn of(row: &Row) -> Result<Self, StoreError> {
        let (hash, person) = (hash_of(get(row, 0)?)?, get(row, 1)?);
        Ok(Self { hash, person, times: [get(row, 2)?, get(row, 3)?, get(row, 4)?], body: get(row, 5)? })
    }

    fn mark(&self, writing: &Writing) -> Mark {
        writing.keys.marks.session(&self.hash, &self.person, self.times, &self.body)
    }
}

async fn stood(writing: &mut Writing, hash: &SessionHash) -> Result<Option<Stood>, StoreError> {
    let sql = format!("SELECT {OF_MARK} FROM session WHERE hash = $1");
    writing.query_opt(&sql, &[&hash.as_slice()]).await?.map(|row| Stood::of(&row)).transpose()
}

/// Removes the sessions that `which` says; gives their number.
async fn ended(writing: &mut Writing, which: &str, values: Values<'_>) -> Result<u64, StoreError> {
    let sql = format!("DELETE FROM session WHERE {which} RETURNING {OF_MARK}");
    let rows = writing.query(&sql, values).await?;
    for row in &rows {
        let before = Stood::of(row)?.mark(writing);
        writing.session_changed(Some(before), None);
    }
    Ok(rows.len() as u64)
}

/// A stored hash; one of another length was not written by us.
pub(super) fn hash_of(bytes: &[u8]) -> Result<SessionHash, StoreError> {
    bytes.try_into().map_err(|_| StoreError::Unexpected(Cause("a session without a hash".into())))
}

/// A row of [`COLUMNS`].
fn read(row: &Row, vault: &Vault) -> Result<Session, StoreError> {
    let (hash, person): (SessionHash, String) = (hash_of(get(row, 0)?)?, get(row, 1)?);
    let (created, last_seen, ends): (i64, i64, i64) = (get(row, 2)?, get(row, 3)?, get(row, 4)?);
    let sealed = Sealed::from_stored(get(row, 5)?, place(&hash, &person, created, ends));
    let body = vault.open(&sealed)?;
    let (created, last_seen, ends) = (time(created)?, time(last_seen)?, time(ends)?);
    Ok(Session { hash, person, created, last_seen, ends, body })
}
