//! Records as tables in memory: typed columns in SQLite, never on a disk, under a ceiling for all sources together.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use model::completeness::Cause;
use model::kind::Kind;
use rusqlite::types::Value as Cell;
use rusqlite::{Connection as Raw, OpenFlags};
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::records;
use super::tables::Column;
use crate::connectors::sqlite::{Database, Sorting, failure_of, open_with};
use crate::connectors::{Failure, FailureKind};
use crate::hash::from_hex;
use crate::intake::kinds::{self, Reading, Stored};

/// The most records of one answer.
pub(super) const MOST_RECORDS: u64 = 50_000;
/// The most bytes of one answer, as they are kept.
const MOST_BYTES: u64 = 32 << 20;
/// Answers that all sources together may keep.
const MOST_ANSWERS: usize = 8;
/// How long one waits for room.
const WAIT: Duration = Duration::from_secs(5);

static ROOM: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(MOST_ANSWERS)));

/// Tables that can be asked.
pub(super) struct Held {
    pub(super) database: Arc<Database>,
    /// What is missing in them.
    pub(super) causes: Vec<Cause>,
    _room: Option<OwnedSemaphorePermit>,
}

/// Room for one answer; `give` lets go of what is kept for later.
pub(super) async fn room(give: impl FnOnce()) -> Result<OwnedSemaphorePermit, Failure> {
    if let Ok(room) = ROOM.clone().try_acquire_owned() {
        return Ok(room);
    }
    give();
    match tokio::time::timeout(WAIT, ROOM.clone().acquire_owned()).await {
        Ok(Ok(room)) => Ok(room),
        Ok(Err(_)) | Err(_) => {
            let sentence = "Too many answers of web addresses are in use at once.";
            Err(Failure::new(FailureKind::Busy, sentence, "Try again in a moment.", "no room"))
        }
    }
}

/// Tables while they are filled.
pub(super) struct Filling {
    raw: Raw,
    name: PathBuf,
    records: u64,
    bytes: u64,
    causes: Vec<Cause>,
    is_full: bool,
}

impl Filling {
    /// Empty tables.
    pub(super) fn new(tables: &[(&str, &[Column])]) -> Result<Self, Failure> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = format!("file:/clew-answer-{}?vfs=memdb", NUMBER.fetch_add(1, Ordering::Relaxed));
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_URI;
        let made = || -> rusqlite::Result<Raw> {
            let raw = Raw::open_with_flags(&name, flags)?;
            for (table, columns) in tables {
                raw.execute_batch(&create(table, columns))?;
            }
            raw.execute_batch("begin")?;
            Ok(raw)
        };
        let raw = made().map_err(|error| failure_of(&error))?;
        Ok(Self { raw, name: PathBuf::from(name), records: 0, bytes: 0, causes: Vec::new(), is_full: false })
    }

    /// Takes records in, as many as there is room for.
    pub(super) fn take(&mut self, table: &str, columns: &[Column], found: &[&Value]) -> Result<(), Failure> {
        let marks = vec!["?"; columns.len().max(1)].join(",");
        let sql = format!("insert into {} values ({marks})", quoted(table));
        let mut insert = self.raw.prepare_cached(&sql).map_err(|error| failure_of(&error))?;
        let mut full = None;
        for record in found {
            if self.records >= MOST_RECORDS {
                full = Some(Cause::RowLimit(MOST_RECORDS));
                break;
            }
            let mut row: Vec<Option<Cell>> = vec![None; columns.len()];
            records::cells(record, &mut |name, value| {
                let place = columns.iter().position(|column| column.name.eq_ignore_ascii_case(name));
                if let Some((column, cell)) = place.and_then(|place| Some((columns.get(place)?, row.get_mut(place)?)))
                    && cell.is_none()
                {
                    *cell = stored(column, value);
                }
            });
            self.bytes += 16 + row.iter().flatten().map(weight).sum::<u64>();
            if self.bytes > MOST_BYTES {
                full = Some(Cause::ByteLimit(MOST_BYTES));
                break;
            }
            let row = row.into_iter().map(|cell| cell.unwrap_or(Cell::Null));
            insert.execute(rusqlite::params_from_iter(row)).map_err(|error| failure_of(&error))?;
            self.records += 1;
        }
        drop(insert);
        if let Some(cause) = full {
            self.is_full = true;
            self.causes.push(cause);
        }
        Ok(())
    }

    /// Whether no more records are taken in.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// Says that something was cut before it came here.
    pub(super) fn cut(&mut self, cause: Cause) {
        self.causes.push(cause);
    }

    /// Nothing more comes: the tables can be asked.
    pub(super) async fn end(self, at_once: u32, room: Option<OwnedSemaphorePermit>) -> Result<Held, Failure> {
        let Self { raw, name, causes, .. } = self;
        raw.execute_batch("commit").map_err(|error| failure_of(&error))?;
        raw.flush_prepared_statement_cache();
        // The memory lives as long as somebody has it open: this connection, which is never used again.
        let anchor = Mutex::new(raw);
        let make = move || {
            let _anchor = anchor.lock().unwrap_or_else(PoisonError::into_inner);
            open_with(&name, Sorting::InMemory)
        };
        Ok(Held { database: Database::open(at_once, Box::new(make)).await?, causes, _room: room })
    }
}

fn create(table: &str, columns: &[Column]) -> String {
    let column = |column: &Column| match (column.kind, column.digits) {
        (Kind::Decimal, Some(digits)) => {
            format!("{} {}(38,{digits})", quoted(&column.name), kinds::declared(column.kind))
        }
        (kind, _) => format!("{} {}", quoted(&column.name), kinds::declared(kind)),
    };
    let columns: Vec<String> = columns.iter().map(column).collect();
    // A table has a column, even one that nobody knows yet.
    let columns = if columns.is_empty() { "value TEXT".to_owned() } else { columns.join(", ") };
    format!("create table {} ({columns})", quoted(table))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A value as its column keeps it; as it is where it does not fit, so that whoever reads it is told.
fn stored(column: &Column, value: &Value) -> Option<Cell> {
    match (column.kind, value) {
        (_, Value::Null) => None,
        (Kind::Bool, Value::Bool(truth)) => Some(Cell::Integer(i64::from(*truth))),
        (Kind::Integer, Value::Number(number)) if number.is_i64() => number.as_i64().map(Cell::Integer),
        (Kind::Float, Value::Number(number)) => number.as_f64().map(Cell::Real),
        // JSON has no bytes; here they are hexadecimal text.
        (Kind::Bytes, Value::String(text)) => Some(from_hex(text).map_or_else(|| Cell::Text(text.clone()), Cell::Blob)),
        (kind, value) => {
            let text = records::text(value)?;
            Some(match kinds::read(kind, &text, Reading::default(), kinds::fraction_digits(&text)) {
                Some(Stored::Integer(number)) => Cell::Integer(number),
                Some(Stored::Real(number)) => Cell::Real(number),
                Some(Stored::Made(made)) => Cell::Text(made),
                Some(Stored::Text(_) | Stored::Null) | None => Cell::Text(text),
            })
        }
    }
}

fn weight(cell: &Cell) -> u64 {
    match cell {
        Cell::Text(text) => 8 + text.len() as u64,
        Cell::Blob(bytes) => 8 + bytes.len() as u64,
        Cell::Null | Cell::Integer(_) | Cell::Real(_) => 8,
    }
}
