//! Sessions on SQLite.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};

use super::SqliteStore;
use super::writer::Writing;
use crate::store::records::Answer;
use crate::store::sessions::{Body, Session, SessionHash, Sessions, check_body, place};
use crate::store::sums::Mark;
use crate::store::vault::{Sealed, Vault};
use crate::store::{StoreError, time};

const COLUMNS: &str = "hash, person, created, last_seen, ends, body";
/// What is in a session's mark: 26 bytes are the start of a seal ([`crate::store::sums`]).
const OF_MARK: &str = "hash, person, created, last_seen, ends, substr(body, 1, 26)";
const LIST_LIMIT: u32 = 10_000;

impl Sessions for SqliteStore {
    fn put_session(&self, session: Session) -> Answer<'_, ()> {
        self.write(move |writing| {
            session.check()?;
            let Session { hash, person, created, last_seen, ends, body } = &session;
            let times = [*created, *last_seen, *ends].map(Timestamp::as_microsecond);
            let [created, last_seen, ends] = times;
            let sealed = writing.vault.seal(place(hash, person, created, ends), body);
            let before = stood(writing, hash)?.map(|stood| stood.mark(writing));
            let sql = "INSERT OR REPLACE INTO session (hash, person, created, last_seen, ends, body)
                       VALUES (?, ?, ?, ?, ?, ?)";
            let mut statement = writing.connection.prepare_cached(sql)?;
            statement.execute(params![hash, person, created, last_seen, ends, sealed.bytes()])?;
            writing.session_changed(before, Some(writing.marks.session(hash, person, times, sealed.bytes())))
        })
    }

    fn session(&self, hash: SessionHash) -> Answer<'_, Option<Session>> {
        self.read(move |connection, vault| {
            let sql = format!("SELECT {COLUMNS} FROM session WHERE hash = ?");
            let found = connection.prepare_cached(&sql)?.query_row([hash], stored).optional()?;
            found.map(|stored| stored.open(vault)).transpose()
        })
    }

    fn change_session(&self, hash: SessionHash, before: Body, after: Body) -> Answer<'_, bool> {
        self.write(move |writing| {
            check_body(&after)?;
            let sql = format!("SELECT {COLUMNS} FROM session WHERE hash = ?");
            let found = writing.connection.prepare_cached(&sql)?.query_row([hash], stored).optional()?;
            let Some(stood) = found else { return Ok(false) };
            if stood.opened(writing.vault)? != before {
                return Ok(false);
            }
            let sealed = writing.vault.seal(place(&hash, &stood.person, stood.created, stood.ends), &after);
            let sql = "UPDATE session SET body = ? WHERE hash = ?";
            writing.connection.prepare_cached(sql)?.execute(params![sealed.bytes(), hash])?;
            let before = stood.mark(writing);
            let behind = Stored { body: sealed.bytes().to_vec(), ..stood }.mark(writing);
            writing.session_changed(Some(before), Some(behind))?;
            Ok(true)
        })
    }

    fn touch_session(&self, hash: SessionHash, seen: Timestamp) -> Answer<'_, bool> {
        self.write(move |writing| {
            let Some(stood) = stood(writing, &hash)? else { return Ok(false) };
            let last_seen = stood.last_seen.max(seen.as_microsecond());
            let sql = "UPDATE session SET last_seen = ? WHERE hash = ?";
            writing.connection.prepare_cached(sql)?.execute(params![last_seen, hash])?;
            let before = stood.mark(writing);
            writing.session_changed(Some(before), Some(Stored { last_seen, ..stood }.mark(writing)))?;
            Ok(true)
        })
    }

    fn end_session(&self, hash: SessionHash) -> Answer<'_, bool> {
        self.write(move |writing| Ok(ended(writing, "hash = ?", params![hash])? > 0))
    }

    fn end_sessions(&self, person: Option<String>) -> Answer<'_, u64> {
        self.write(move |writing| ended(writing, "?1 IS NULL OR person = ?1", params![person]))
    }

    fn end_oldest_sessions(&self, person: Option<String>, keep: SessionHash, most: u32) -> Answer<'_, Vec<Session>> {
        self.write(move |writing| {
            let sql = format!(
                "DELETE FROM session WHERE hash IN (
                     SELECT hash FROM session WHERE ?1 IS NULL OR person = ?1
                     ORDER BY hash = ?2 DESC, created DESC, last_seen DESC, hash LIMIT -1 OFFSET ?3) RETURNING {COLUMNS}"
            );
            let mut statement = writing.connection.prepare_cached(&sql)?;
            let ended = statement.query_map(params![person, keep, most], stored)?.collect::<Result<Vec<_>, _>>()?;
            for stood in &ended {
                writing.session_changed(Some(stood.mark(writing)), None)?;
            }
            Ok(ended.into_iter().filter_map(|stored| stored.open(writing.vault).ok()).collect())
        })
    }

    fn sessions(&self, person: Option<String>) -> Answer<'_, Vec<Session>> {
        self.read(move |connection, vault| list(connection, vault, person.as_deref()))
    }

    fn count_sessions(&self) -> Answer<'_, u64> {
        self.read(|connection, _| {
            Ok(connection.prepare_cached("SELECT count(*) FROM session")?.query_row([], |row| row.get(0))?)
        })
    }

    fn purge_sessions(&self, now: Timestamp, idle_since: Timestamp) -> Answer<'_, u64> {
        self.write(move |writing| {
            let values = params![now.as_microsecond(), idle_since.as_microsecond()];
            ended(writing, "ends < ? OR last_seen < ?", values)
        })
    }
}

/// The session that stands there, of whose body the start is enough.
fn stood(writing: &Writing<'_>, hash: &SessionHash) -> Result<Option<Stored>, StoreError> {
    let sql = format!("SELECT {OF_MARK} FROM session WHERE hash = ?");
    Ok(writing.connection.prepare_cached(&sql)?.query_row([hash], stored).optional()?)
}

/// Removes the sessions that `which` says; gives their number.
fn ended(writing: &Writing<'_>, which: &str, values: impl Params) -> Result<u64, StoreError> {
    let sql = format!("DELETE FROM session WHERE {which} RETURNING {OF_MARK}");
    let mut statement = writing.connection.prepare_cached(&sql)?;
    let mut rows = statement.query(values)?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        writing.session_changed(Some(stored(row)?.mark(writing)), None)?;
        count += 1;
    }
    Ok(count)
}

fn list(connection: &Connection, vault: &Vault, person: Option<&str>) -> Result<Vec<Session>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM session WHERE ?1 IS NULL OR person = ?1 ORDER BY created DESC, hash LIMIT {LIST_LIMIT}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([person])?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        sessions.push(stored(row)?.open(vault)?);
    }
    Ok(sessions)
}

/// A row as it stands in the file; times in microseconds.
struct Stored {
    hash: SessionHash,
    person: String,
    created: i64,
    last_seen: i64,
    ends: i64,
    body: Vec<u8>,
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        hash: row.get(0)?,
        person: row.get(1)?,
        created: row.get(2)?,
        last_seen: row.get(3)?,
        ends: row.get(4)?,
        body: row.get(5)?,
    })
}

impl Stored {
    fn mark(&self, writing: &Writing<'_>) -> Mark {
        let Self { hash, person, created, last_seen, ends, body } = self;
        writing.marks.session(hash, person, [*created, *last_seen, *ends], body)
    }

    fn opened(&self, vault: &Vault) -> Result<Body, StoreError> {
        let place = place(&self.hash, &self.person, self.created, self.ends);
        vault.open(&Sealed::from_stored(self.body.clone(), place))
    }

    fn open(self, vault: &Vault) -> Result<Session, StoreError> {
        let Self { hash, person, created, last_seen, ends, body } = self;
        let sealed = Sealed::from_stored(body, place(&hash, &person, created, ends));
        let body = vault.open(&sealed)?;
        let (created, last_seen, ends) = (time(created)?, time(last_seen)?, time(ends)?);
        Ok(Session { hash, person, created, last_seen, ends, body })
    }
}
