//! Sessions on SQLite.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::SqliteStore;
use crate::store::records::Answer;
use crate::store::sessions::{Body, Session, SessionHash, Sessions, check_body, place};
use crate::store::vault::{Sealed, Vault};
use crate::store::{StoreError, time};

const COLUMNS: &str = "hash, person, created, last_seen, ends, body";
const LIST_LIMIT: u32 = 10_000;

impl Sessions for SqliteStore {
    fn put_session(&self, session: Session) -> Answer<'_, ()> {
        self.write(move |writing| {
            session.check()?;
            let Session { hash, person, created, last_seen, ends, body } = &session;
            let (created, ends) = (created.as_microsecond(), ends.as_microsecond());
            let sealed = writing.vault.seal(place(hash, person, created, ends), body);
            let sql = "INSERT OR REPLACE INTO session (hash, person, created, last_seen, ends, body)
                       VALUES (?, ?, ?, ?, ?, ?)";
            let mut statement = writing.connection.prepare_cached(sql)?;
            statement.execute(params![hash, person, created, last_seen.as_microsecond(), ends, sealed.bytes()])?;
            Ok(())
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
            let Some(found) = found else { return Ok(false) };
            let place = place(&hash, &found.person, found.created, found.ends);
            if found.open(writing.vault)?.body != before {
                return Ok(false);
            }
            let sealed = writing.vault.seal(place, &after);
            let sql = "UPDATE session SET body = ? WHERE hash = ?";
            Ok(writing.connection.prepare_cached(sql)?.execute(params![sealed.bytes(), hash])? > 0)
        })
    }

    fn touch_session(&self, hash: SessionHash, seen: Timestamp) -> Answer<'_, bool> {
        self.write(move |writing| {
            let sql = "UPDATE session SET last_seen = max(last_seen, ?) WHERE hash = ?";
            let changed = writing.connection.prepare_cached(sql)?.execute(params![seen.as_microsecond(), hash])?;
            Ok(changed > 0)
        })
    }

    fn end_session(&self, hash: SessionHash) -> Answer<'_, bool> {
        self.write(move |writing| {
            Ok(writing.connection.prepare_cached("DELETE FROM session WHERE hash = ?")?.execute([hash])? > 0)
        })
    }

    fn end_sessions(&self, person: Option<String>) -> Answer<'_, u64> {
        self.write(move |writing| {
            let sql = "DELETE FROM session WHERE ?1 IS NULL OR person = ?1";
            Ok(writing.connection.prepare_cached(sql)?.execute([person])? as u64)
        })
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
            let sql = "DELETE FROM session WHERE ends < ? OR last_seen < ?";
            let mut statement = writing.connection.prepare_cached(sql)?;
            Ok(statement.execute([now.as_microsecond(), idle_since.as_microsecond()])? as u64)
        })
    }
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
    fn open(self, vault: &Vault) -> Result<Session, StoreError> {
        let Self { hash, person, created, last_seen, ends, body } = self;
        let sealed = Sealed::from_stored(body, place(&hash, &person, created, ends));
        let body = vault.open(&sealed)?;
        let (created, last_seen, ends) = (time(created)?, time(last_seen)?, time(ends)?);
        Ok(Session { hash, person, created, last_seen, ends, body })
    }
}
