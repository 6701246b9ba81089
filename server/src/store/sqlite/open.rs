//! Opening a file: look before touching, then check, migrate, and only then write.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use refinery_core::{Migration, Runner};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::disk;
use super::file::{self, APPLICATION_ID, Found};
use super::{roll, sums};
use crate::store::StoreError;
use crate::store::error::Cause;
use crate::store::keyring::{Keyring, Keys, Rolled};
use crate::store::sums::{KEY_CHECK, Sums};
use crate::store::vault::{Place, Sealed, Vault};

/// The schema that this program makes and knows: the number of the newest migration.
pub(super) const SCHEMA: u32 = 4;

/// Earlier versions can lose committed writes (the WAL-reset bug).
const OLDEST_SQLITE: i32 = 3_051_003;

/// Files up to this size are checked at the start; larger ones in the background.
pub(super) const QUICK_CHECK_BYTES: u64 = 32 << 20;

const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) const MIGRATIONS: [(&str, &str); SCHEMA as usize] = [
    ("V1__store", include_str!("../../../migrations/sqlite/V1__store.sql")),
    ("V2__audit_search", include_str!("../../../migrations/sqlite/V2__audit_search.sql")),
    ("V3__sums", include_str!("../../../migrations/sqlite/V3__sums.sql")),
    ("V4__audit_told", include_str!("../../../migrations/sqlite/V4__audit_told.sql")),
];

/// Opens the connection that writes. `checked` in the answer is false when the file is too large to check at once.
pub(super) fn writer(path: &Path, keyring: &Keyring) -> Result<(Connection, Keys, bool), StoreError> {
    check_sqlite()?;
    disk::refuse_network(path)?;
    let name = path.display().to_string();
    let found = file::examine(path, SCHEMA)?;
    let connection = match found {
        Found::Nothing => fresh(path).and_then(|connection| Ok((connection, keyring.choose(None, None)?))),
        Found::Store { .. } => existing(path, keyring),
    };
    let small = !matches!(found, Found::Store { bytes } if bytes > QUICK_CHECK_BYTES);
    let prepared = connection.and_then(|(mut connection, keys)| {
        if small {
            quick_check(&connection)?;
        }
        let is_migrated = migrate(&mut connection, path)?;
        mark_key(&connection, &keys)?;
        if !has_sums(&connection, &keys.vault)? {
            sums::begin(&connection, &keys)?;
        }
        finish_roll(&connection);
        if is_migrated {
            // Whoever looks at the file alone, without its log, must not take it for one of an older version.
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        }
        Ok((connection, keys))
    });
    prepared.map(|(connection, keys)| (connection, keys, small)).map_err(|error| error.of_file(&name))
}

/// Opens a connection that only reads.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    guard(&connection)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn check_sqlite() -> Result<(), StoreError> {
    if rusqlite::version_number() >= OLDEST_SQLITE {
        return Ok(());
    }
    let said = format!("SQLite {} loses committed writes; this program needs 3.51.3 or later", rusqlite::version());
    Err(StoreError::Failed(Cause(said)))
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    guard(&connection)?;
    Ok(connection)
}

/// What holds on every connection: nothing in the file is trusted to be what we wrote.
fn guard(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn durable(connection: &Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    // Most pages change again and again: copied back less often, they are copied back fewer times. 16 MiB.
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    Ok(())
}

/// A new file. Our id goes into the header before the write-ahead log begins, so that a file that is cut short by a
/// crash is still known as ours.
fn fresh(path: &Path) -> Result<Connection, StoreError> {
    file::create(path)?;
    let connection = connect(path)?;
    durable(&connection)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode == "wal" { Ok(connection) } else { Err(no_log(path)) }
}

fn no_log(path: &Path) -> StoreError {
    let cause = "its disk does not allow a write-ahead log; network disks do not".to_owned();
    StoreError::CannotWrite { file: path.display().to_string(), cause }
}

/// A file of ours: the schema and the key are looked at before anything is written, and a refusal leaves the log as
/// it was.
fn existing(path: &Path, keyring: &Keyring) -> Result<(Connection, Keys), StoreError> {
    let connection = connect(path)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > SCHEMA {
        return Err(StoreError::Newer { file: path.display().to_string(), found, known: SCHEMA });
    }
    let keys = if found > 0 { check_key(&connection, keyring)? } else { keyring.choose(None, None)? };
    if connection.is_readonly("main")? {
        let cause = "it is read-only for this process".to_owned();
        return Err(StoreError::CannotWrite { file: path.display().to_string(), cause });
    }
    file::keep_private(path)
        .map_err(|error| StoreError::CannotWrite { file: path.display().to_string(), cause: error.to_string() })?;
    durable(&connection)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok((connection, keys))
}

/// SQLite's own look at the structure; the seals look after the content.
pub(super) fn quick_check(connection: &Connection) -> Result<(), StoreError> {
    let said: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if said == "ok" {
        return Ok(());
    }
    Err(StoreError::from(rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
        Some(said.replace('\n', " ")),
    )))
}

/// Runs what is missing, in one transaction. A file that is up to date never meets the migration tool; one of an earlier
/// schema is copied first. True when there was something missing.
fn migrate(connection: &mut Connection, path: &Path) -> Result<bool, StoreError> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found == SCHEMA {
        return Ok(false);
    }
    if found > 0 {
        let copy = before_schema(path, SCHEMA);
        copy_to(connection, &copy)?;
        tracing::info!(copy = %copy.display(), from = found, to = SCHEMA, "the store is brought up to date; this is how it was");
    }
    apply(connection, &MIGRATIONS).map(|()| true)
}

/// Where a store lies as it was before it came to a schema: beside it, for the program that it is of.
pub(super) fn before_schema(path: &Path, schema: u32) -> PathBuf {
    let mut copy = path.as_os_str().to_owned();
    copy.push(format!(".before-schema-{schema}"));
    PathBuf::from(copy)
}

/// A copy of the whole store, of this account alone, on the disk when this returns. Its content stays sealed. One of an
/// attempt before, which ended on the way, gives way.
fn copy_to(connection: &Connection, copy: &Path) -> Result<(), StoreError> {
    let mut part = copy.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = || -> std::io::Result<()> {
        match fs::remove_file(&part) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        // Made here and not by SQLite, so that it is nobody else's from the first byte on.
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
        let into = connection.execute("VACUUM INTO ?1", [part.display().to_string()]);
        into.map_err(std::io::Error::other)?;
        file.sync_all()?;
        fs::rename(&part, copy)?;
        File::open(copy.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))?.sync_all()
    };
    written().map_err(|error| StoreError::Backup {
        file: copy.display().to_string(),
        found: format!("cannot be written ({error}); make room, the store stays as it is until then"),
    })
}

fn apply(connection: &mut Connection, steps: &[(&str, &str)]) -> Result<(), StoreError> {
    let failed = |error: refinery_core::Error| StoreError::Failed(Cause(format!("migration: {error}")));
    let migrations: Result<Vec<_>, _> = steps.iter().map(|(name, sql)| Migration::unapplied(name, sql)).collect();
    Runner::new(&migrations.map_err(failed)?).set_grouped(true).run(connection).map_err(failed)?;
    Ok(())
}

fn key_place() -> Place {
    Place { table: "meta", row: "key_check".into(), column: "value", project: String::new(), revision: 0 }
}

fn stored_key_check(connection: &Connection) -> Result<Option<Sealed>, StoreError> {
    let mut statement = connection.prepare("SELECT value FROM meta WHERE name = 'key_check'")?;
    let bytes: Option<Vec<u8>> = statement.query_row([], |row| row.get(0)).optional()?;
    Ok(bytes.map(|bytes| Sealed::from_stored(bytes, key_place())))
}

fn stored_roll(connection: &Connection) -> Result<Option<Rolled>, StoreError> {
    let mut statement = connection.prepare("SELECT value FROM meta WHERE name = 'rolled'")?;
    let text: Option<String> = statement.query_row([], |row| row.get(0)).optional()?;
    // Whoever changes it gets another sentence from a start that is refused, and nothing else.
    Ok(text.and_then(|text| text.parse().ok()))
}

/// Which of the keys the store is under. Nothing is written.
fn check_key(connection: &Connection, keyring: &Keyring) -> Result<Keys, StoreError> {
    let Some(check) = stored_key_check(connection)? else { return keyring.choose(None, None) };
    let rolled = stored_roll(connection)?.filter(|rolled| Some(rolled.to) == check.key_id());
    let keys = keyring.choose(check.key_id(), rolled).map_err(|error| with_rows(connection, error))?;
    keys.vault.open(&check)?;
    Ok(keys)
}

/// A wrong key is told with the number of records that need another one.
fn with_rows(connection: &Connection, mut error: StoreError) -> StoreError {
    if let StoreError::WrongKey { rows, .. } = &mut error {
        match connection.query_row("SELECT count(*) FROM record", [], |row| row.get(0)) {
            Ok(counted) => *rows = counted,
            Err(error) => return error.into(),
        }
    }
    error
}

/// Whether the store has sums of its rows: one of an earlier program has none.
fn has_sums(connection: &Connection, vault: &Vault) -> Result<bool, StoreError> {
    let check = stored_key_check(connection)?;
    Ok(check.map(|check| vault.open(&check)).transpose()?.is_some_and(|plain| *plain == KEY_CHECK))
}

/// Forgets what a roll left under the old key that was ended before it could do so itself. Where that does not go now,
/// the next opening does it.
fn finish_roll(connection: &Connection) {
    let finished = roll::is_to_forget(connection).and_then(|is_to_forget| match is_to_forget {
        true => roll::forget_what_is_free(connection),
        false => Ok(()),
    });
    if let Err(error) = finished {
        tracing::warn!(%error, "what a roll replaced is still in the store's free space, under the old key");
    }
}

/// Writes the record by which a wrong key is told.
pub(super) fn put_key_check(connection: &Connection, vault: &Vault) -> Result<(), StoreError> {
    let check = vault.seal(key_place(), KEY_CHECK);
    vault.open(&check)?;
    let sql = "INSERT OR REPLACE INTO meta (name, value) VALUES ('key_check', ?)";
    connection.execute(sql, [check.bytes()])?;
    Ok(())
}

/// In a new store: writes the record by which a wrong key is told, and the head of the empty audit log. In one that
/// has content they can only be missing because somebody took them away.
fn mark_key(connection: &Connection, keys: &Keys) -> Result<(), StoreError> {
    if stored_key_check(connection)?.is_some() {
        return Ok(());
    }
    let count = "SELECT (SELECT count(*) FROM record) + (SELECT count(*) FROM audit) + (SELECT count(*) FROM session)";
    let rows: u64 = connection.query_row(count, [], |row| row.get(0))?;
    if rows > 0 {
        return Err(StoreError::Integrity { table: "meta", row: "key_check".into() });
    }
    let head = keys.chain.head_bytes(&keys.chain.genesis());
    let both = connection.unchecked_transaction()?;
    put_key_check(&both, &keys.vault)?;
    both.execute("INSERT INTO meta (name, value) VALUES ('audit_head', ?)", [head])?;
    sums::put(&both, &keys.vault, &keys.chain.genesis(), &Sums::default())?;
    Ok(both.commit()?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::audit_search::tell;
    use super::*;
    use crate::settings::MasterKey;
    use crate::world::SystemDice;

    #[test]
    fn every_commit_is_flushed_and_a_reader_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clew.db");
        let vault = Vault::new(MasterKey::from_random([9; 32]), Arc::new(SystemDice));
        let (writing, ..) = writer(&path, &vault.into()).unwrap();
        let number = |name: &str| writing.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
        let found = ["synchronous", "foreign_keys", "trusted_schema", "cell_size_check", "user_version"].map(number);
        assert_eq!(found, [2, 1, 0, 1, i64::from(SCHEMA)], "2 is FULL");
        let mode: String = writing.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
        assert!(reader(&path).unwrap().execute("DELETE FROM meta", []).is_err());
        assert!(rusqlite::version_number() >= OLDEST_SQLITE);
    }

    #[test]
    fn a_store_of_the_first_schema_becomes_one_of_this_program_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let [new, old] = ["new.db", "old.db"].map(|name| folder.path().join(name));
        let keyring = Keyring::from(Vault::new(MasterKey::from_random([9; 32]), Arc::new(SystemDice)));
        let (written, ..) = writer(&new, &keyring).unwrap();
        written
            .execute_batch(
                "INSERT INTO record VALUES ('project', 'p', 'p', 1, x'00');
                 WITH RECURSIVE n(seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n WHERE seq < 1500)
                 INSERT INTO audit SELECT seq, 5, 3, NULL, 'ann', 'search', 'p', 'denied', x'00', x'00' FROM n;
                 INSERT INTO audit_open VALUES (1);",
            )
            .unwrap();
        tell(&written, 1_024).unwrap();
        let tables = ["meta", "record", "session", "audit", "audit_open", "upload_chunk"];
        let mut first = fresh(&old).unwrap();
        apply(&mut first, &MIGRATIONS[..1]).unwrap();
        first.execute("ATTACH ? AS new", [new.display().to_string()]).unwrap();
        for table in tables {
            first
                .execute_batch(&format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM new.{table}"))
                .unwrap();
        }
        assert_eq!(first.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0)).unwrap(), 1);
        drop(first);
        let copy = before_schema(&old, SCHEMA);
        fs::write(copy.with_extension("before-schema-4.part"), b"of an attempt that ended").unwrap();

        let (migrated, ..) = writer(&old, &keyring).unwrap();
        assert_eq!(migrated.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0)).unwrap(), SCHEMA);
        let listed = |connection: &Connection, sql: &str| -> Vec<String> {
            let mut statement = connection.prepare(sql).unwrap();
            statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
        };
        let shape = "SELECT name || coalesce(sql, '') FROM sqlite_schema ORDER BY name";
        assert_eq!(listed(&migrated, shape), listed(&written, shape));
        for table in tables {
            let count = format!("SELECT '{table} ' || count(*) FROM {table}");
            assert_eq!(listed(&migrated, &count), listed(&written, &count));
        }
        let told = "SELECT what || value || ' ' || seq FROM audit_told";
        assert_eq!(listed(&migrated, told), listed(&written, told));
        assert_eq!(listed(&migrated, told).len(), 3 * 1_024);
        let blocks = "SELECT block || ' ' || least || ' ' || most FROM audit_block";
        assert_eq!((listed(&migrated, blocks), listed(&written, blocks)), (vec!["1 5 5".into()], vec!["1 5 5".into()]));
        let kept = Connection::open(&copy).unwrap();
        assert_eq!(kept.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0)).unwrap(), 1, "as it was");
        for table in tables {
            let count = format!("SELECT '{table} ' || count(*) FROM {table}");
            assert_eq!(listed(&kept, &count), listed(&written, &count));
        }
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&copy).unwrap().permissions());
        assert_eq!(mode & 0o7777, 0o600);
        assert_eq!(
            fs::read_dir(folder.path())
                .unwrap()
                .filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|end| end == "part"))
                .count(),
            0
        );
    }
}
