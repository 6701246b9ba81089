//! Rolling the key on PostgreSQL: one transaction that goes through every row, a few at a time.
//!
//! From its beginning to its end a lock tells the other servers, which refuse changes of the configuration meanwhile.
//! What else they write waits for the transaction (`writer.rs`), and goes on behind it on a server that was started with
//! both keys. One that has the old key alone writes nothing under it any more and says that it must be started again.
//!
//! What was replaced stands in the tables until they are written anew. A mark of the transaction says that this is to be
//! done; where the roll is ended by force before, whoever uses the store next does it.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio_postgres::Row;

use super::audit_log::{COLUMNS, insert, read};
use super::connect::{Session, Values};
use super::open::{count, get, mark, put_key_check, put_mark};
use super::sessions::hash_of;
use super::whole::pieces;
use super::{PostgreSqlStore, Shared, audit_start, locks, sums, writer};
use crate::store::audit_log::{Entry, place as place_of_entry};
use crate::store::chain::{Anchor, Chain, Check, NO_START, Verdict};
use crate::store::keyring::{Keys, Roll, Rolled};
use crate::store::records::{Answer, Records as _};
use crate::store::roll::{RollNote, RolledStore, backup_path, broken, drop_left_overs, drop_parts, stopped};
use crate::store::sessions::SessionHash;
use crate::store::sums::{Marks, Sums};
use crate::store::vault::{Place, Sealed, Vault};
use crate::store::{Outcome, Phase, StoreError, backup, records, sessions, uploads};

/// Rows that are sealed anew together. The longest are 16 MB, so few of them.
const AT_ONCE: i64 = 16;
/// Every table with something sealed.
const TABLES: [&str; 5] = ["record", "session", "upload_chunk", "audit", "meta"];
/// The mark that what was replaced is to be forgotten.
const FORGET: &str = "forget";

impl PostgreSqlStore {
    /// Rolls the store, if there is a key to roll to and nobody else does it.
    pub(super) fn roll_to_next(&self, note: RollNote) -> Answer<'_, RolledStore> {
        Box::pin(async move {
            // Another server may have done it. Asked before it is said that a roll runs here, because then it would be ours.
            self.revision().await?;
            let keys = self.shared.keys.get();
            let next = keys.next.clone().ok_or(StoreError::NoNewKey)?;
            let running = Roll::Running { to: next.key_id(), done: 0, rows: 0 };
            let begins = |roll: &mut Roll| {
                let is_first = matches!(roll, Roll::Prepared { .. });
                if is_first {
                    *roll = running;
                }
                is_first
            };
            if !self.shared.roll.send_if_modified(begins) {
                return Err(StoreError::RollRuns);
            }
            // What goes wrong before the transaction; the transaction says for itself how it ended.
            let ending = Ending(&self.shared);
            let rolled = self.roll_with(note, keys, next).await;
            drop(ending);
            rolled
        })
    }

    async fn roll_with(&self, note: RollNote, keys: Keys, next: Arc<Vault>) -> Result<RolledStore, StoreError> {
        let shared = self.shared.clone();
        // Held until the end, whatever that is, so that whoever is told of it may change something at once.
        let held = self.on_threads(async move {
            let session = shared.way.session().await?;
            let is_ours = locks::is_taken(&session, locks::ROLL).await?;
            if is_ours { Ok(session) } else { Err(StoreError::RollRuns) }
        });
        let held = held.await?;
        let rolled = self.roll_alone(note, keys, next).await;
        // Where it cannot be given back, the session is gone and the lock with it.
        self.on_threads(async move { locks::is_taken(&held, locks::ROLL_DONE).await }).await.ok();
        rolled
    }

    /// Backs the store up and rolls, while nobody else may.
    async fn roll_alone(&self, note: RollNote, keys: Keys, next: Arc<Vault>) -> Result<RolledStore, StoreError> {
        self.make_folder()?;
        drop_parts(&self.backups);
        drop_left_overs(self).await.map_err(|error| match error {
            // Nothing can be written where it is not known what to write behind.
            StoreError::Integrity { table: "meta", .. } => stopped("the end of the log was changed".to_owned()),
            error => error,
        })?;
        let file = backup_path(&self.backups, note.at, keys.vault.key_id());
        let checked = backup::save(self, keys.vault.clone(), file.clone(), note.at, note.backup_id).await?;
        if checked.faults_total > 0 {
            // A backup of what is not whole would be taken for a good one.
            fs::remove_file(&file).ok();
            return Err(StoreError::RollStopped { found: checked.faults.join("; ") });
        }
        let shared = self.shared.clone();
        let rolled = self.writer.alone(move || {
            Box::pin(async move {
                let rolled = transaction(&shared, &next, &note, file).await;
                shared.roll.send_replace(shared.keys.get().roll);
                rolled
            })
        });
        rolled.await
    }

    fn make_folder(&self) -> Result<(), StoreError> {
        let Some(folder) = self.backups.parent() else { return Ok(()) };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| {
            let cause = format!("{error}; the backup before a roll lies there");
            StoreError::CannotWrite { file: folder.display().to_string(), cause }
        })
    }
}

/// Puts the state right when a roll is over, however it ended.
struct Ending<'a>(&'a Shared);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.roll.send_replace(self.0.keys.get().roll);
    }
}

async fn transaction(
    shared: &Shared,
    next: &Arc<Vault>,
    note: &RollNote,
    file: PathBuf,
) -> Result<RolledStore, StoreError> {
    let keys = shared.keys.get();
    if keys.next.is_none() {
        // Another roll was done while this one waited.
        return Err(StoreError::NoNewKey);
    }
    let session = shared.way.session().await?;
    // The others write in short turns, and wait for us.
    session.batch("BEGIN; SET LOCAL lock_timeout = '60s'; SET LOCAL idle_in_transaction_session_timeout = 0").await?;
    let rolled = async {
        let locked = writer::locked(shared, &session).await?;
        if locked.keys.vault.key_id() != keys.vault.key_id() {
            // Another server did it meanwhile.
            return Err(StoreError::NoNewKey);
        }
        let mut rolling = Rolling::new(&session, &keys, next, shared).await?;
        let rolled = rolling.everything(locked.stands.head, note, file).await?;
        writer::made_sure(shared, &session, locked.number).await?;
        Ok(rolled)
    };
    let rolled: Result<RolledStore, StoreError> = rolled.await;
    match &rolled {
        Ok(_) => {
            shared.keys.set(keys.rolled(next));
            forget_what_is_free(&session).await.unwrap_or_else(|error| left(&error));
        }
        Err(error) => {
            session.batch("ROLLBACK").await.unwrap_or(());
            shared.note::<()>(&Err(error.clone()));
        }
    }
    rolled
}

/// Whether nobody sees what was there before $1: no transaction that runs is older, and no snapshot that is kept.
const NOBODY_SEES: &str = "SELECT txid_snapshot_xmin(txid_current_snapshot()) > $1::bigint AND NOT EXISTS (
    SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND (datname IS NULL OR datname = current_database())
    AND age(backend_xmin) > age(($1::bigint & 4294967295)::text::xid))";
/// How often that is asked, and the time in between.
const LOOKS: u32 = 100;
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// Waits a while for those who still see what was there before: the database keeps it for them, whatever is written anew.
async fn nobody_sees(session: &Session) -> Result<(), StoreError> {
    let now: i64 = get(&session.query_one("SELECT txid_current()", &[]).await?, 0)?;
    for _ in 0..LOOKS {
        if get(&session.query_one(NOBODY_SEES, &[&now]).await?, 0)? {
            return Ok(());
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    Err(StoreError::Busy)
}

/// Writes the tables anew without what was replaced or deleted in them, which is under the old key. That it is done is
/// noted last.
async fn forget_what_is_free(session: &Session) -> Result<(), StoreError> {
    nobody_sees(session).await?;
    for table in TABLES {
        session.batch_without_end(&format!("VACUUM (FULL) {table}")).await?;
    }
    session.execute("DELETE FROM meta WHERE name = $1", &[&FORGET]).await.map(|_| ())
}

fn left(error: &StoreError) {
    tracing::warn!(%error, "what a roll replaced is still in the database's free space, under the old key");
}

/// Does what a roll left that was ended by force, unless another server is at it. Where it does not go now, whoever uses
/// the store next does it.
pub(super) async fn finish_roll(shared: &Shared) -> Result<(), StoreError> {
    let session = shared.way.session().await?;
    if mark(&session, FORGET).await?.is_none() || !locks::is_taken(&session, locks::ROLL).await? {
        return Ok(());
    }
    tracing::info!("writing the tables anew, because a roll of the key was ended before it had done so");
    forget_what_is_free(&session).await.unwrap_or_else(|error| left(&error));
    Ok(())
}

/// A roll within its transaction.
struct Rolling<'a> {
    session: &'a Session,
    keys: &'a Keys,
    new: &'a Vault,
    shared: &'a Shared,
    done: u64,
    rows: u64,
    /// Of what is found, under the old key, and of what is written, under the new one.
    found: (Marks, Sums),
    written: (Marks, Sums),
}

impl<'a> Rolling<'a> {
    async fn new(session: &'a Session, keys: &'a Keys, new: &'a Vault, shared: &'a Shared) -> Result<Self, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM record) + (SELECT count(*) FROM session)
                   + (SELECT count(*) FROM upload_chunk) + (SELECT count(*) FROM audit)";
        let rows = count(&session.query_one(sql, &[]).await?, 0)?;
        let [found, written] = [&keys.vault, new].map(|vault| (Marks::of(vault), Sums::default()));
        let rolling = Self { session, keys, new, shared, done: 0, rows, found, written };
        rolling.tell();
        Ok(rolling)
    }

    fn tell(&self) {
        self.shared.roll.send_replace(Roll::Running { to: self.new.key_id(), done: self.done, rows: self.rows });
    }

    async fn everything(&mut self, stored: Anchor, note: &RollNote, file: PathBuf) -> Result<RolledStore, StoreError> {
        self.records().await?;
        self.sessions().await?;
        self.chunks().await?;
        let (end, head) = self.audit(stored).await?;
        if self.done != self.rows {
            return Err(stopped(format!("{} of {} rows were found", self.done, self.rows)));
        }
        let faults = sums::stored(self.session, &self.keys.vault, &end).await?.faults(&self.found.1);
        if !faults.is_empty() {
            return Err(stopped(faults.join("; ")));
        }
        let (from, to, rows) = (self.keys.vault.key_id(), self.new.key_id(), self.rows);
        put_key_check(self.session, self.new).await?;
        put_mark(self.session, "rolled", Rolled { from, to }.to_string().as_bytes()).await?;
        put_mark(self.session, FORGET, to.to_string().as_bytes()).await?;
        let rolled = RolledStore { from, to, rows, end, backup: file };
        self.note(head, note, &rolled).await?;
        self.tell();
        Ok(rolled)
    }

    /// The plain text of a row, sealed under the new key and seen to open again.
    fn anew(&mut self, body: Vec<u8>, place: Place) -> Result<Sealed, StoreError> {
        let what = format!("{} {}", place.table, place.row);
        let broken = |_| stopped(format!("{what} does not open: it is not as it was written"));
        let plain = self.keys.vault.open(&Sealed::from_stored(body, place.clone())).map_err(broken)?;
        let sealed = self.new.seal(place, &plain);
        let again = self.new.open(&sealed).map_err(broken)?;
        if *again != *plain || sealed.key_id() != Some(self.new.key_id()) {
            return Err(stopped(format!("{what} does not open under the new key")));
        }
        self.done += 1;
        Ok(sealed)
    }

    /// Exactly as many rows as there should be.
    async fn put(&self, sql: &str, values: Values<'_>, rows: usize) -> Result<(), StoreError> {
        self.tell();
        match self.session.execute(sql, values).await? {
            found if found == rows as u64 => Ok(()),
            found => Err(stopped(format!("{found} rows were found in the place of {rows}"))),
        }
    }

    async fn records(&mut self) -> Result<(), StoreError> {
        let mut at = (String::new(), String::new(), String::new());
        loop {
            let sql = "SELECT kind, project, id, revision, body FROM record WHERE (kind, project, id) > ($1, $2, $3)
                       ORDER BY kind, project, id LIMIT $4";
            let found = self.session.query(sql, &[&at.0, &at.1, &at.2, &AT_ONCE]).await?;
            let Some(last) = found.last() else { return Ok(()) };
            at = (get(last, 0)?, get(last, 1)?, get(last, 2)?);
            let (mut kinds, mut projects, mut ids, mut bodies) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            for row in &found {
                let (kind, project, id): (&str, &str, &str) = (get(row, 0)?, get(row, 1)?, get(row, 2)?);
                let (revision, body): (u64, Vec<u8>) = (count(row, 3)?, get(row, 4)?);
                let mark = |marks: &Marks, body: &[u8]| marks.record(kind, project, id, revision, body);
                self.found.1.records.add(mark(&self.found.0, &body));
                let sealed = self.anew(body, records::place(kind, project, id, revision))?;
                self.written.1.records.add(mark(&self.written.0, sealed.bytes()));
                bodies.push(sealed.bytes().to_vec());
                kinds.push(kind);
                projects.push(project);
                ids.push(id);
            }
            let sql = "UPDATE record r SET body = n.body
                FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) AS n (kind, project, id, body)
                WHERE r.kind = n.kind AND r.project = n.project AND r.id = n.id";
            self.put(sql, &[&kinds, &projects, &ids, &bodies], found.len()).await?;
        }
    }

    async fn sessions(&mut self) -> Result<(), StoreError> {
        let mut after: Vec<u8> = Vec::new();
        loop {
            let sql = "SELECT hash, person, created, last_seen, ends, body FROM session WHERE hash > $1
                       ORDER BY hash LIMIT $2";
            let found = self.session.query(sql, &[&after, &AT_ONCE]).await?;
            let Some(last) = found.last() else { return Ok(()) };
            after = get(last, 0)?;
            let (mut hashes, mut bodies) = (Vec::new(), Vec::new());
            for row in &found {
                let (hash, person): (SessionHash, &str) = (hash_of(get(row, 0)?)?, get(row, 1)?);
                let times: [i64; 3] = [get(row, 2)?, get(row, 3)?, get(row, 4)?];
                let body: Vec<u8> = get(row, 5)?;
                let mark = |marks: &Marks, body: &[u8]| marks.session(&hash, person, times, body);
                self.found.1.sessions.add(mark(&self.found.0, &body));
                let sealed = self.anew(body, sessions::place(&hash, person, times[0], times[2]))?;
                self.written.1.sessions.add(mark(&self.written.0, sealed.bytes()));
                bodies.push(sealed.bytes().to_vec());
                hashes.push(hash.to_vec());
            }
            let sql = "UPDATE session s SET body = n.body FROM unnest($1::bytea[], $2::bytea[]) AS n (hash, body)
                       WHERE s.hash = n.hash";
            self.put(sql, &[&hashes, &bodies], found.len()).await?;
        }
    }

    async fn chunks(&mut self) -> Result<(), StoreError> {
        let mut at = (String::new(), -1_i64);
        loop {
            let sql = "SELECT upload, idx, (SELECT count(*) FROM upload_chunk AS c WHERE c.upload = u.upload), body
                       FROM upload_chunk AS u WHERE (upload, idx) > ($1, $2) ORDER BY upload, idx LIMIT $3";
            let found = self.session.query(sql, &[&at.0, &at.1, &AT_ONCE]).await?;
            let Some(last) = found.last() else { return Ok(()) };
            at = (get(last, 0)?, get(last, 1)?);
            let (mut names, mut indexes, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
            for row in &found {
                let (upload, index): (&str, i64) = (get(row, 0)?, get(row, 1)?);
                let place = uploads::place(upload, pieces(row, 1)?, pieces(row, 2)?);
                bodies.push(self.anew(get(row, 3)?, place)?.bytes().to_vec());
                names.push(upload);
                indexes.push(index);
            }
            let sql = "UPDATE upload_chunk u SET body = n.body
                FROM unnest($1::text[], $2::bigint[], $3::bytea[]) AS n (upload, idx, body)
                WHERE u.upload = n.upload AND u.idx = n.idx";
            self.put(sql, &[&names, &indexes, &bodies], found.len()).await?;
        }
    }

    /// Follows the old chain and makes the new one; gives the ends of both.
    async fn audit(&mut self, stored: Anchor) -> Result<(Anchor, Anchor), StoreError> {
        let new_chain = Chain::of(self.new);
        let start = audit_start::stored(self.session, &self.keys.chain).await?.ok_or_else(|| broken(&NO_START))?;
        let mut check = Check::after(self.keys.chain.clone(), start);
        let mut head = if start.seq == 0 { new_chain.genesis() } else { start };
        if start.seq > 0 {
            audit_start::put(self.session, &new_chain.start_bytes(&start)).await?;
        }
        loop {
            let sql = format!("SELECT {COLUMNS} FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2");
            let found = self.session.query(&sql, &[&check.reached().cast_signed(), &AT_ONCE]).await?;
            if found.is_empty() {
                break;
            }
            let (mut seqs, mut bodies, mut marks) = (Vec::new(), Vec::new(), Vec::new());
            for row in &found {
                let entry = Self::linked(&mut check, row)?;
                let place = place_of_entry(entry.seq, &entry.project);
                let sealed = self.anew(entry.body.clone(), place)?;
                head = new_chain.next(&head, &entry.row(sealed.bytes()));
                seqs.push(entry.seq.cast_signed());
                bodies.push(sealed.bytes().to_vec());
                marks.push(head.mark.to_vec());
            }
            let sql = "UPDATE audit a SET body = n.body, chain = n.chain
                FROM unnest($1::bigint[], $2::bytea[], $3::bytea[]) AS n (seq, body, chain) WHERE a.seq = n.seq";
            self.put(sql, &[&seqs, &bodies, &marks], found.len()).await?;
        }
        match check.finish(Some(stored)) {
            Verdict::Whole { .. } => Ok((stored, head)),
            verdict @ Verdict::Broken { .. } => Err(broken(&verdict)),
        }
    }

    fn linked(check: &mut Check, row: &Row) -> Result<Entry, StoreError> {
        let entry = read(row)?;
        check.row(&entry.row(&entry.body), &entry.mark).map_err(|verdict| broken(&verdict))?;
        Ok(entry)
    }

    /// Writes down in the new chain what was done, and where the old one ended.
    async fn note(&self, head: Anchor, note: &RollNote, rolled: &RolledStore) -> Result<(), StoreError> {
        let chain = Chain::of(self.new);
        let details = json!({
            "from": rolled.from.to_string(),
            "to": rolled.to.to_string(),
            "rows": rolled.rows,
            "end": rolled.end.to_string(),
            "backup": rolled.backup,
        });
        let seq = head.seq + 1;
        let place = place_of_entry(seq, "");
        let mut entry = Entry {
            seq,
            at_us: note.at.as_microsecond(),
            phase: Phase::Note.number(),
            begun: None,
            person: note.person.clone(),
            call: crate::store::ROLLED_CALL.to_owned(),
            project: String::new(),
            outcome: Outcome::Done.as_str().to_owned(),
            body: self.new.seal(place, details.to_string().as_bytes()).bytes().to_vec(),
            mark: Vec::new(),
        };
        let next = chain.next(&head, &entry.row(&entry.body));
        entry.mark = next.mark.to_vec();
        insert(self.session, std::iter::once(&entry)).await?;
        sums::put(self.session, self.new, &next, &self.written.1).await?;
        put_mark(self.session, "audit_head", &chain.head_bytes(&next)).await
    }
}
