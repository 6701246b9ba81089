//! Rolling the key on SQLite: one transaction that goes through every row, one at a time.

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, Params, params};
use serde_json::json;

use super::writer::{Bench, Stands, Writing, check_key_in_use, meta, note_failure};
use super::{SqliteStore, audit_log, audit_start, open, sums};
use crate::store::chain::{Anchor, Chain, Check, NO_START, Verdict};
use crate::store::keyring::{Keys, Roll, Rolled};
use crate::store::records::Answer;
use crate::store::roll::{
    RollNote, RolledStore, backup_path, broken, check_room, drop_left_overs, drop_parts, stopped,
};
use crate::store::sessions::SessionHash;
use crate::store::sums::{Marks, Sums};
use crate::store::vault::{KeyId, Place, Sealed, Vault};
use crate::store::{NewAudit, Outcome, Phase, StoreError, backup, records, sessions, uploads};

/// The mark that what was replaced is to be forgotten.
const FORGET: &str = "forget";
/// How often it is told how far it is, in rows.
const TOLD_EVERY: u64 = 256;

impl SqliteStore {
    /// Rolls the store, if there is a key to roll to and nobody else does it.
    pub(super) fn roll_to_next(&self, note: RollNote) -> Answer<'_, RolledStore> {
        Box::pin(async move {
            let keys = self.keys.get();
            let next = keys.next.clone().ok_or(StoreError::NoNewKey)?;
            let running = Roll::Running { to: next.key_id(), done: 0, rows: 0 };
            let begins = |roll: &mut Roll| {
                let is_first = matches!(roll, Roll::Prepared { .. });
                if is_first {
                    *roll = running;
                }
                is_first
            };
            if !self.roll.send_if_modified(begins) {
                return Err(StoreError::RollRuns);
            }
            // What goes wrong before the transaction; the transaction says for itself how it ended.
            let ending = Ending(self);
            let rolled = self.roll_with(note, keys, next).await;
            drop(ending);
            rolled
        })
    }

    async fn roll_with(&self, note: RollNote, keys: Keys, next: Arc<Vault>) -> Result<RolledStore, StoreError> {
        drop_parts(&self.path);
        drop_left_overs(self).await?;
        check_room(&self.path)?;
        let file = backup_path(&self.path, note.at, keys.vault.key_id());
        let checked = backup::save(self, keys.vault.clone(), file.clone(), note.at, note.backup_id).await?;
        if checked.faults_total > 0 {
            // A backup of what is not whole would be taken for a good one.
            std::fs::remove_file(&file).ok();
            return Err(StoreError::RollStopped { found: checked.faults.join("; ") });
        }
        let roll = self.roll.clone();
        let told = move |to, done, rows| {
            roll.send_replace(Roll::Running { to, done, rows });
        };
        let ended = self.roll.clone();
        let job = move |bench: &Bench| {
            let rolled = transaction(bench, &next, &note, file, told);
            ended.send_replace(bench.keys.get().roll);
            rolled
        };
        self.writer.alone(job).await
    }
}

/// Puts the state right when a roll is over, however it ended.
struct Ending<'a>(&'a SqliteStore);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.roll.send_replace(self.0.keys.get().roll);
    }
}

fn transaction(
    bench: &Bench,
    next: &Arc<Vault>,
    note: &RollNote,
    file: PathBuf,
    told: impl Fn(KeyId, u64, u64),
) -> Result<RolledStore, StoreError> {
    let connection = &bench.connection;
    let keys = bench.keys.get();
    if keys.next.is_none() {
        // Another roll was done while this one waited.
        return Err(StoreError::NoNewKey);
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let rolled = check_key_in_use(connection, &keys).and_then(|()| {
        let mut rolling = Rolling::new(connection, &keys.vault, next, &told)?;
        let rolled = rolling.everything(&keys, note, file)?;
        connection.execute_batch("COMMIT")?;
        Ok(rolled)
    });
    match &rolled {
        Ok(_) => bench.keys.set(keys.rolled(next)),
        Err(error) => {
            if !connection.is_autocommit() {
                // It goes with the connection in any case; what counts is the error that is given.
                connection.execute_batch("ROLLBACK").ok();
            }
            note_failure(&bench.health, error);
        }
    }
    if rolled.is_ok()
        && let Err(error) = forget_what_is_free(connection)
    {
        tracing::warn!(%error, "what was deleted before the roll is still in the store's free space, under the old key");
    }
    rolled
}

/// Whether a roll was ended before what it had replaced was forgotten.
pub(super) fn is_to_forget(connection: &Connection) -> Result<bool, StoreError> {
    Ok(meta(connection, FORGET)?.is_some())
}

/// Writes the file anew without its free space, where rows from before stand until something else is written there. The
/// log is as long as the store after a roll, so it is emptied before and behind. That it is done is noted last, so an
/// end by force on the way leaves it to the next opening.
pub(super) fn forget_what_is_free(connection: &Connection) -> Result<(), StoreError> {
    let empty_log = || connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
    empty_log()?;
    connection.execute_batch("VACUUM")?;
    if empty_log()? {
        // Somebody reads what was there before, and so it is there still.
        return Err(StoreError::Busy);
    }
    connection.execute("DELETE FROM meta WHERE name = ?", [FORGET])?;
    Ok(())
}

/// A roll within its transaction.
struct Rolling<'a> {
    connection: &'a Connection,
    old: &'a Vault,
    new: &'a Vault,
    told: &'a dyn Fn(KeyId, u64, u64),
    done: u64,
    rows: u64,
    /// Of what is found, under the old key, and of what is written, under the new one.
    found: (Marks, Sums),
    written: (Marks, Sums),
}

impl<'a> Rolling<'a> {
    fn new(
        connection: &'a Connection,
        old: &'a Vault,
        new: &'a Vault,
        told: &'a dyn Fn(KeyId, u64, u64),
    ) -> Result<Self, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM record) + (SELECT count(*) FROM session)
                   + (SELECT count(*) FROM upload_chunk) + (SELECT count(*) FROM audit)";
        let rows = connection.query_row(sql, [], |row| row.get(0))?;
        told(new.key_id(), 0, rows);
        let [found, written] = [old, new].map(|vault| (Marks::of(vault), Sums::default()));
        Ok(Self { connection, old, new, told, done: 0, rows, found, written })
    }

    fn everything(&mut self, keys: &Keys, note: &RollNote, file: PathBuf) -> Result<RolledStore, StoreError> {
        self.records()?;
        self.sessions()?;
        self.chunks()?;
        let (end, head) = self.audit(keys)?;
        if self.done != self.rows {
            return Err(stopped(format!("{} of {} rows were found", self.done, self.rows)));
        }
        let faults = sums::stored(self.connection, self.old, &end)?.faults(&self.found.1);
        if !faults.is_empty() {
            return Err(stopped(faults.join("; ")));
        }
        let (from, to, rows) = (self.old.key_id(), self.new.key_id(), self.rows);
        open::put_key_check(self.connection, self.new)?;
        let mark = Rolled { from, to }.to_string();
        let sql = "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)";
        self.connection.execute(sql, params!["rolled", mark])?;
        self.connection.execute(sql, params![FORGET, to.to_string().as_bytes()])?;
        let rolled = RolledStore { from, to, rows, end, backup: file };
        self.note(head, note, &rolled)?;
        (self.told)(to, rows, rows);
        Ok(rolled)
    }

    /// The plain text of a row, sealed under the new key and seen to open again.
    fn anew(&mut self, body: Vec<u8>, place: Place) -> Result<Sealed, StoreError> {
        let what = format!("{} {}", place.table, place.row);
        let broken = |_| stopped(format!("{what} does not open: it is not as it was written"));
        let plain = self.old.open(&Sealed::from_stored(body, place.clone())).map_err(broken)?;
        let sealed = self.new.seal(place, &plain);
        let again = self.new.open(&sealed).map_err(broken)?;
        if *again != *plain || sealed.key_id() != Some(self.new.key_id()) {
            return Err(stopped(format!("{what} does not open under the new key")));
        }
        self.done += 1;
        if self.done.is_multiple_of(TOLD_EVERY) {
            (self.told)(self.new.key_id(), self.done, self.rows);
        }
        Ok(sealed)
    }

    fn put(&self, sql: &str, values: impl Params) -> Result<(), StoreError> {
        match self.connection.prepare_cached(sql)?.execute(values)? {
            1 => Ok(()),
            found => Err(stopped(format!("{found} rows were found in the place of one"))),
        }
    }

    fn records(&mut self) -> Result<(), StoreError> {
        let mut at = (String::new(), String::new(), String::new());
        let mut from = "";
        loop {
            let sql = format!(
                "SELECT kind, project, id, revision, body FROM record {from} ORDER BY kind, project, id LIMIT 1"
            );
            let mut statement = self.connection.prepare_cached(&sql)?;
            let read = |row: &rusqlite::Row<'_>| {
                Ok(((row.get(0)?, row.get(1)?, row.get(2)?), row.get::<_, u64>(3)?, row.get::<_, Vec<u8>>(4)?))
            };
            let found = match from {
                "" => statement.query_row([], read),
                _ => statement.query_row(params![at.0, at.1, at.2], read),
            };
            let Some((key, revision, body)) = found.optional()? else { return Ok(()) };
            at = key;
            from = "WHERE (kind, project, id) > (?, ?, ?)";
            let mark = |marks: &Marks, body: &[u8]| marks.record(&at.0, &at.1, &at.2, revision, body);
            self.found.1.records.add(mark(&self.found.0, &body));
            let sealed = self.anew(body, records::place(&at.0, &at.1, &at.2, revision))?;
            self.written.1.records.add(mark(&self.written.0, sealed.bytes()));
            let sql = "UPDATE record SET body = ? WHERE kind = ? AND project = ? AND id = ?";
            self.put(sql, params![sealed.bytes(), at.0, at.1, at.2])?;
        }
    }

    fn sessions(&mut self) -> Result<(), StoreError> {
        let mut after: Option<SessionHash> = None;
        loop {
            let sql = "SELECT hash, person, created, last_seen, ends, body FROM session WHERE ?1 IS NULL OR hash > ?1
                       ORDER BY hash LIMIT 1";
            let mut statement = self.connection.prepare_cached(sql)?;
            let found = statement.query_row([after], |row| {
                let (hash, person): (SessionHash, String) = (row.get(0)?, row.get(1)?);
                Ok((hash, person, [row.get(2)?, row.get(3)?, row.get(4)?], row.get::<_, Vec<u8>>(5)?))
            });
            let Some((hash, person, times, body)) = found.optional()? else { return Ok(()) };
            let mark = |marks: &Marks, body: &[u8]| marks.session(&hash, &person, times, body);
            self.found.1.sessions.add(mark(&self.found.0, &body));
            let sealed = self.anew(body, sessions::place(&hash, &person, times[0], times[2]))?;
            self.written.1.sessions.add(mark(&self.written.0, sealed.bytes()));
            self.put("UPDATE session SET body = ? WHERE hash = ?", params![sealed.bytes(), hash])?;
            after = Some(hash);
        }
    }

    fn chunks(&mut self) -> Result<(), StoreError> {
        let mut at = (String::new(), -1_i64);
        loop {
            let sql = "SELECT upload, idx, (SELECT count(*) FROM upload_chunk AS c WHERE c.upload = u.upload), body
                       FROM upload_chunk AS u WHERE (upload, idx) > (?, ?) ORDER BY upload, idx LIMIT 1";
            let mut statement = self.connection.prepare_cached(sql)?;
            let found = statement.query_row(params![at.0, at.1], |row| {
                let (upload, index): (String, u32) = (row.get(0)?, row.get(1)?);
                Ok((uploads::place(&upload, index, row.get(2)?), (upload, i64::from(index)), row.get(3)?))
            });
            let Some((place, key, body)) = found.optional()? else { return Ok(()) };
            at = key;
            let sealed = self.anew(body, place)?;
            let sql = "UPDATE upload_chunk SET body = ? WHERE upload = ? AND idx = ?";
            self.put(sql, params![sealed.bytes(), at.0, at.1])?;
        }
    }

    /// Follows the old chain and makes the new one; gives the ends of both.
    fn audit(&mut self, keys: &Keys) -> Result<(Anchor, Anchor), StoreError> {
        let stored = audit_log::stored_head(self.connection, keys)?;
        let (old_chain, new_chain) = (keys.chain.clone(), Chain::of(self.new));
        let start = audit_start::stored(self.connection, &old_chain)?.ok_or_else(|| broken(&NO_START))?;
        let mut check = Check::after(old_chain, start);
        let mut head = if start.seq == 0 { new_chain.genesis() } else { start };
        if start.seq > 0 {
            audit_start::put(self.connection, &new_chain.start_bytes(&start))?;
        }
        let mut after = start.seq;
        loop {
            let sql = "SELECT seq, at, phase, begun, person, call, project, outcome, body, chain FROM audit
                       WHERE seq > ? ORDER BY seq LIMIT 1";
            let mut statement = self.connection.prepare_cached(sql)?;
            let Some(entry) = statement.query_row([after], audit_log::read).optional()? else { break };
            check.row(&entry.row(&entry.body), &entry.mark).map_err(|verdict| broken(&verdict))?;
            after = entry.seq;
            let place = crate::store::audit_log::place(entry.seq, &entry.project);
            let sealed = self.anew(entry.body.clone(), place)?;
            head = new_chain.next(&head, &entry.row(sealed.bytes()));
            let sql = "UPDATE audit SET body = ?, chain = ? WHERE seq = ?";
            self.put(sql, params![sealed.bytes(), head.mark, entry.seq])?;
        }
        let stored = stored.map(|(_, head)| head);
        match (check.finish(stored), stored) {
            (Verdict::Whole { .. }, Some(end)) => Ok((end, head)),
            (verdict, _) => Err(broken(&verdict)),
        }
    }

    /// Writes down in the new chain what was done, and where the old one ended.
    fn note(&self, head: Anchor, note: &RollNote, rolled: &RolledStore) -> Result<(), StoreError> {
        let chain = Chain::of(self.new);
        let (marks, sums) = &self.written;
        let writing = Writing::of(self.connection, self.new, (&chain, marks), Stands { head, sums: *sums });
        let details = json!({
            "from": rolled.from.to_string(),
            "to": rolled.to.to_string(),
            "rows": rolled.rows,
            "end": rolled.end.to_string(),
            "backup": rolled.backup,
        });
        let entry = NewAudit {
            at: note.at,
            phase: Phase::Note,
            person: note.person.clone(),
            call: crate::store::ROLLED_CALL.to_owned(),
            project: String::new(),
            outcome: Outcome::Done,
            details: details.to_string().into_bytes(),
        };
        audit_log::append(&writing, &[entry])?;
        writing.write_stands()
    }
}
