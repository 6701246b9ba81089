//! The store from outside: what is kept, what is refused, and what somebody finds who can read or write its files.

mod attacks;
mod audit_attacks;
mod audit_search;
mod databases;
mod opening;
mod records;
mod rolling;
mod rows;
mod sealing;
mod speed;
mod whole;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;

use super::*;
use crate::connectors::tests::postgres::server;
use crate::settings::{MasterKey, PostgreSqlPlace, StoreEncryption};
use crate::world::SystemDice;

pub(super) const KEY: [u8; 32] = *b"\x01clew-test-key-number-one-32-b.\x02";
pub(super) const OTHER_KEY: [u8; 32] = *b"\x03clew-test-key-number-two-32-b.\x04";

pub(super) fn vault(key: [u8; 32]) -> Vault {
    Vault::new(MasterKey::from_random(key), Arc::new(SystemDice))
}

pub(super) fn open_at(path: &Path) -> SqliteStore {
    SqliteStore::open(path, vault(KEY)).unwrap()
}

/// Makes of each function that is named two tests, one on each kind of store.
macro_rules! both {
    ($(#[$runtime:meta] $($name:ident)*;)*) => {
        mod sqlite {
            $($(#[$runtime] async fn $name() { super::$name(super::On::Sqlite).await; })*)*
        }
        mod postgresql {
            $($(#[$runtime] async fn $name() { super::$name(super::On::PostgreSql).await; })*)*
        }
    };
}
pub(super) use both;

/// On what a test's store is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    Sqlite,
    PostgreSql,
}

/// A place for a store of a test's own: a file in its folder, or a schema of its own.
pub(super) fn place(on: On, folder: &Path, name: &str) -> StorePlace {
    static SCHEMAS: AtomicU32 = AtomicU32::new(0);
    match on {
        On::Sqlite => StorePlace::Sqlite(folder.join(name).join("clew.db")),
        On::PostgreSql => StorePlace::PostgreSql(Box::new(PostgreSqlPlace {
            hosts: vec![("127.0.0.1".into(), server().port)],
            database: "postgres".into(),
            user: "postgres".into(),
            password: None,
            schema: format!("{name} {}", SCHEMAS.fetch_add(1, Ordering::Relaxed)),
            encryption: StoreEncryption::Off,
            authorities: crate::tls::Authorities::default(),
            own: None,
            folder: folder.join(name),
        })),
    }
}

/// A new store, whose place goes with the test.
pub(super) struct Bed {
    pub(super) folder: tempfile::TempDir,
    pub(super) place: StorePlace,
    pub(super) store: Arc<dyn Store>,
}

impl Bed {
    pub(super) fn new(on: On) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = place(on, folder.path(), "data");
        let store = open(&place, vault(KEY)).unwrap();
        Self { folder, place, store }
    }

    pub(super) fn on(&self) -> On {
        match self.place {
            StorePlace::Sqlite(_) => On::Sqlite,
            StorePlace::PostgreSql(_) => On::PostgreSql,
        }
    }

    /// Where the file is; only of a store that is one.
    pub(super) fn path(&self) -> PathBuf {
        self.place.file().expect("a file")
    }

    /// Another store of the same kind, under the same key.
    pub(super) fn another(&self, name: &str) -> Arc<dyn Store> {
        open(&place(self.on(), self.folder.path(), name), vault(KEY)).unwrap()
    }

    /// The store as somebody with a shell of the database sees it.
    pub(super) fn shell(&self, sql: &str) {
        match &self.place {
            StorePlace::Sqlite(path) => {
                let connection = rusqlite::Connection::open(path).unwrap();
                connection.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
                connection.execute_batch(sql).unwrap();
            }
            StorePlace::PostgreSql(place) => {
                let sql = sql.replace("zeroblob(", "decode_zeros(");
                let zeros = "CREATE OR REPLACE FUNCTION pg_temp.decode_zeros(n int) RETURNS bytea LANGUAGE sql AS \
                    $$ SELECT decode(repeat('00', n), 'hex') $$";
                let sql = sql.replace("decode_zeros(", "pg_temp.decode_zeros(");
                asked(format!("SET search_path = \"{}\"; {zeros}; {sql}", place.schema));
            }
        }
    }

    /// Whether a sealed text of the store holds these bytes; of a file, anything in it.
    pub(super) fn holds(&self, needle: &[u8]) -> bool {
        match &self.place {
            StorePlace::Sqlite(path) => ["db", "db-wal"].iter().any(|end| {
                let bytes = std::fs::read(path.with_extension(end)).unwrap_or_default();
                bytes.windows(needle.len()).any(|window| window == needle)
            }),
            StorePlace::PostgreSql(place) => {
                let columns =
                    ["record.body", "session.body", "audit.body", "audit.chain", "upload_chunk.body", "meta.value"];
                let hex: String = needle.iter().map(|byte| format!("{byte:02x}")).collect();
                columns.iter().any(|column| {
                    let (table, column) = column.split_once('.').unwrap();
                    let found = format!("SELECT 1 FROM {table} WHERE position('\\x{hex}'::bytea in {column}) > 0");
                    asked(format!("SET search_path = \"{}\"; {found}", place.schema)) > 0
                })
            }
        }
    }

    /// Closes and opens again.
    pub(super) async fn again(self) -> Self {
        self.store.close().await.unwrap();
        let store = open(&self.place, vault(KEY)).unwrap();
        Self { store, ..self }
    }
}

/// Runs a script as the database's superuser, on a thread of its own; gives the number of rows.
pub(super) fn asked(sql: String) -> usize {
    let ask = async move {
        let client = server().client("postgres").await;
        let told = client.simple_query(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        told.iter().filter(|one| matches!(one, tokio_postgres::SimpleQueryMessage::Row(_))).count()
    };
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    std::thread::spawn(move || runtime().block_on(ask)).join().unwrap()
}

pub(super) fn project(id: &str) -> RecordKey {
    RecordKey::new(RecordKind::Project, id, id)
}

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(super) fn note(call: &str) -> NewAudit {
    entry(call, Phase::Note, Outcome::Done)
}

pub(super) fn entry(call: &str, phase: Phase, outcome: Outcome) -> NewAudit {
    NewAudit {
        at: at(1_000),
        phase,
        person: "ann".into(),
        call: call.into(),
        project: "p1".into(),
        outcome,
        details: format!("details of {call}").into_bytes(),
    }
}

/// A body's text.
pub(super) fn text(record: &Record) -> &str {
    std::str::from_utf8(record.body.plain().unwrap()).unwrap()
}
