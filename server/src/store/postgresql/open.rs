//! Opening a database: look before touching, then, in one transaction, check the key, bring the schema up to date, and
//! mark a new store.

use std::path::Path;

use super::connect::{Session, Way};
use super::{copy, locks, sums};
use crate::store::StoreError;
use crate::store::error::Cause;
use crate::store::keyring::{Keyring, Keys, Rolled};
use crate::store::sums::{KEY_CHECK, Sums};
use crate::store::vault::{KeyId, Place, Sealed, Vault};

/// The schema that this program makes and knows: the number of the newest migration.
pub(super) const SCHEMA: u32 = 3;

/// What each schema adds to the one before it.
const MIGRATIONS: [&str; SCHEMA as usize] = [
    include_str!("../../../migrations/postgresql/V1__store.sql"),
    include_str!("../../../migrations/postgresql/V2__audit_search.sql"),
    include_str!("../../../migrations/postgresql/V3__sums.sql"),
];

/// The oldest server that is known to work.
const OLDEST_SERVER: i32 = 110_000;

/// What is in a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// No schema, or an empty one.
    Nothing {
        /// Whether the schema is there.
        schema: bool,
    },
    /// A store of this version.
    Store(u32),
}

/// Looks without changing anything.
///
/// # Errors
/// `Foreign` when the schema belongs to another program, `Newer` when the store does.
pub(super) async fn look(session: &Session, way: &Way, schema: &str) -> Result<Found, StoreError> {
    let sql = "SELECT (SELECT count(*) FROM pg_class c
                       WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')),
                      EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                              WHERE c.relnamespace = n.oid AND c.relname = 'meta' AND a.attname = 'number'),
                      has_schema_privilege(n.oid, 'USAGE')
               FROM pg_namespace n WHERE n.nspname = $1";
    let Some(row) = session.query_opt(sql, &[&schema]).await? else { return Ok(Found::Nothing { schema: false }) };
    let (relations, has_meta, may_use): (i64, bool, bool) = (get(&row, 0)?, get(&row, 1)?, get(&row, 2)?);
    if !may_use {
        let cause = format!("the account may not use the schema \"{schema}\"");
        return Err(StoreError::CannotWrite { file: way.shown.clone(), cause });
    }
    if relations == 0 {
        return Ok(Found::Nothing { schema: true });
    }
    let version = match has_meta {
        true => session.query_opt("SELECT number FROM meta WHERE name = 'schema'", &[]).await?,
        false => None,
    };
    let found: Option<i64> = version.map(|row| get(&row, 0)).transpose()?;
    match found.map(u32::try_from) {
        Some(Ok(found)) if found <= SCHEMA => Ok(Found::Store(found)),
        Some(found) => {
            let found = found.unwrap_or(u32::MAX);
            Err(StoreError::Newer { file: way.shown.clone(), found, known: SCHEMA })
        }
        None => {
            let found = format!("a schema \"{schema}\" of another program");
            Err(StoreError::Foreign { file: way.shown.clone(), found })
        }
    }
}

/// Makes the store ready for use.
///
/// # Errors
/// Whatever [`look`] says; `WrongKey` and its kin; `CannotWrite` without the rights; `Backup` when an older store cannot
/// be copied first. Nothing is changed then.
pub(super) async fn prepare(way: &Way, schema: &str, keyring: &Keyring, stem: &Path) -> Result<Keys, StoreError> {
    let session = way.session().await?;
    check_server(&session).await?;
    if matches!(look(&session, way, schema).await?, Found::Store(version) if version < SCHEMA) {
        let vault = check_key(&session, keyring).await.map_err(|error| error.of_file(&way.shown))?.vault;
        let copy = copy::make(&session, vault, stem).await?;
        tracing::info!(copy = %copy.display(), to = SCHEMA, "the store is brought up to date; this is how it was");
    }
    session.batch("BEGIN").await?;
    let keys = prepared(&session, way, schema, keyring).await.map_err(|error| error.of_file(&way.shown))?;
    session.batch("COMMIT").await?;
    Ok(keys)
}

async fn prepared(session: &Session, way: &Way, schema: &str, keyring: &Keyring) -> Result<Keys, StoreError> {
    // Whoever makes it at the same time goes first.
    session.query(locks::SCHEMA, &[&schema]).await?;
    let found = look(session, way, schema).await?;
    let keys = match found {
        Found::Store(_) => check_key(session, keyring).await?,
        Found::Nothing { .. } => keyring.choose(None, None)?,
    };
    if found == (Found::Nothing { schema: false }) {
        session.batch(&format!("CREATE SCHEMA \"{}\"", schema.replace('"', "\"\""))).await?;
    }
    let version = if let Found::Store(version) = found { version as usize } else { 0 };
    // A server of an earlier program would not keep what is new.
    if (1..MIGRATIONS.len()).contains(&version) && !locks::is_taken(session, locks::ALONE_NOW).await? {
        return Err(StoreError::InUse { file: way.shown.clone() });
    }
    for step in MIGRATIONS.iter().skip(version) {
        session.batch(step).await?;
    }
    mark_key(session, &keys).await?;
    if !has_sums(session, &keys.vault).await? {
        sums::begin(session, &keys).await?;
    }
    Ok(keys)
}

async fn check_server(session: &Session) -> Result<(), StoreError> {
    let sql = "SELECT current_setting('server_version_num')::int4, current_setting('server_encoding'),
                      current_setting('fsync')";
    let row = session.query_one(sql, &[]).await?;
    let (version, encoding, fsync): (i32, String, String) = (get(&row, 0)?, get(&row, 1)?, get(&row, 2)?);
    if version < OLDEST_SERVER {
        let said = format!("PostgreSQL {} is too old, this program needs 11 or later", version / 10_000);
        return Err(StoreError::Failed(Cause(said)));
    }
    if encoding != "UTF8" {
        let said = format!("the database keeps its texts in {encoding}; make one with the encoding UTF8");
        return Err(StoreError::Failed(Cause(said)));
    }
    if fsync != "on" {
        tracing::warn!("the store's database says fsync = {fsync}: what is saved can be lost when its machine fails");
    }
    Ok(())
}

/// A column of a row of ours.
pub(super) fn get<'a, T: tokio_postgres::types::FromSql<'a>>(
    row: &'a tokio_postgres::Row,
    at: usize,
) -> Result<T, StoreError> {
    row.try_get(at).map_err(|error| StoreError::Unexpected(Cause(error.to_string())))
}

/// A number of ours, which is never below zero.
pub(super) fn count(row: &tokio_postgres::Row, at: usize) -> Result<u64, StoreError> {
    Ok(get::<i64>(row, at)?.cast_unsigned())
}

fn key_place() -> Place {
    Place { table: "meta", row: "key_check".into(), column: "value", project: String::new(), revision: 0 }
}

/// A mark, if it is there.
pub(super) async fn mark(session: &Session, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let row = session.query_opt("SELECT value FROM meta WHERE name = $1", &[&name]).await?;
    row.map(|row| get(&row, 0)).transpose()
}

/// Writes a mark, whatever was there.
pub(super) async fn put_mark(session: &Session, name: &str, value: &[u8]) -> Result<(), StoreError> {
    let sql = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    session.execute(sql, &[&name, &value]).await.map(|_| ())
}

/// Under which key the store is; none before it is marked.
pub(super) fn key_of(check: &[u8]) -> Option<KeyId> {
    Sealed::from_stored(check.to_vec(), key_place()).key_id()
}

/// Which of the keys the store is under. Nothing is written.
async fn check_key(session: &Session, keyring: &Keyring) -> Result<Keys, StoreError> {
    let Some(check) = mark(session, "key_check").await? else { return keyring.choose(None, None) };
    let check = Sealed::from_stored(check, key_place());
    let rolled = mark(session, "rolled").await?.and_then(|mark| String::from_utf8(mark).ok());
    // Whoever changes it gets another sentence from a start that is refused, and nothing else.
    let rolled = rolled.and_then(|text| text.parse::<Rolled>().ok());
    let rolled = rolled.filter(|rolled| Some(rolled.to) == check.key_id());
    let keys = match keyring.choose(check.key_id(), rolled) {
        Ok(keys) => keys,
        Err(error) => return Err(with_rows(session, error).await?),
    };
    keys.vault.open(&check)?;
    Ok(keys)
}

/// A wrong key is told with the number of records that need another one.
async fn with_rows(session: &Session, mut error: StoreError) -> Result<StoreError, StoreError> {
    if let StoreError::WrongKey { rows, .. } = &mut error {
        *rows = count(&session.query_one("SELECT count(*) FROM record", &[]).await?, 0)?;
    }
    Ok(error)
}

/// Whether the store has sums of its rows: one of an earlier program has none.
async fn has_sums(session: &Session, vault: &Vault) -> Result<bool, StoreError> {
    let check = mark(session, "key_check").await?.map(|check| Sealed::from_stored(check, key_place()));
    Ok(check.map(|check| vault.open(&check)).transpose()?.is_some_and(|plain| *plain == KEY_CHECK))
}

/// Writes the record by which a wrong key is told.
pub(super) async fn put_key_check(session: &Session, vault: &Vault) -> Result<(), StoreError> {
    let check = vault.seal(key_place(), KEY_CHECK);
    vault.open(&check)?;
    put_mark(session, "key_check", check.bytes()).await
}

/// In a new store: writes the record by which a wrong key is told, and the head of the empty audit log. In one that
/// has content they can only be missing because somebody took them away.
async fn mark_key(session: &Session, keys: &Keys) -> Result<(), StoreError> {
    if mark(session, "key_check").await?.is_some() {
        return Ok(());
    }
    let sql = "SELECT (SELECT count(*) FROM record) + (SELECT count(*) FROM audit) + (SELECT count(*) FROM session)";
    if count(&session.query_one(sql, &[]).await?, 0)? > 0 {
        return Err(StoreError::Integrity { table: "meta", row: "key_check".into() });
    }
    put_key_check(session, &keys.vault).await?;
    sums::put(session, &keys.vault, &keys.chain.genesis(), &Sums::default()).await?;
    put_mark(session, "audit_head", &keys.chain.head_bytes(&keys.chain.genesis())).await
}
