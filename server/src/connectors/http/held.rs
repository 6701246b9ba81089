//! Records as tables in memory: typed columns in SQLite, never on a disk, under a ceiling for all sources together.

use std::collections::HashMap;
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

use super::tables::{Column, TableSpec};
use super::{exact, records};
use crate::connectors::sqlite::{Database, Sorting, failure_of, open_with};
use crate::connectors::{Failure, FailureKind};
use crate::decimal::Decimal;
use crate::egress::http::Bounds;
use crate::hash::{from_hex, sha256};
use crate::intake::kinds::{self, Reading, Stored};

/// The most records of one answer.
pub(super) const MOST_RECORDS: u64 = 50_000;
/// The most bytes of one answer, as they are kept.
const MOST_BYTES: u64 = 32 << 20;
/// Answers that all sources together may keep.
const MOST_ANSWERS: usize = 8;
/// How long one waits for room.
const WAIT: Duration = Duration::from_secs(5);

/// Pages in which columns are looked for at once; nothing of them is kept.
const MOST_LOOKS: usize = 4;

static ROOM: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(MOST_ANSWERS)));
static LOOKS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(MOST_LOOKS)));

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
    waited_for(&ROOM, WAIT).await
}

/// Room for a look at one page. Others look for as long as an API takes, so that the wait is as long.
pub(super) async fn room_to_look() -> Result<OwnedSemaphorePermit, Failure> {
    waited_for(&LOOKS, Bounds::SOURCE.total).await
}

async fn waited_for(room: &Arc<Semaphore>, most: Duration) -> Result<OwnedSemaphorePermit, Failure> {
    match tokio::time::timeout(most, room.clone().acquire_owned()).await {
        Ok(Ok(room)) => Ok(room),
        Ok(Err(_)) | Err(_) => {
            let sentence = "Too many answers of web addresses are in use at once.";
            Err(Failure::new(FailureKind::Busy, sentence, "Try again in a moment.", "no room"))
        }
    }
}

/// What a page had.
pub(super) struct Taken {
    pub(super) records: u64,
    /// The same for the same records in the same order.
    pub(super) mark: [u8; 32],
}

impl Taken {
    fn see(&mut self, record: &str) {
        self.records += 1;
        self.mark = sha256(&[self.mark, sha256(record.as_bytes())].concat());
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

    /// Takes the records of a page in, as many as there is room for; nothing where it has none at its place.
    pub(super) fn take(&mut self, table: &TableSpec, columns: &[Column], page: &str) -> Result<Option<Taken>, Failure> {
        let marks = vec!["?"; columns.len().max(1)].join(",");
        let sql = format!("insert into {} values ({marks})", quoted(&table.name));
        let mut insert = self.raw.prepare_cached(&sql).map_err(|error| failure_of(&error))?;
        let small = |(place, column): (usize, &Column)| (column.name.to_ascii_lowercase(), place);
        let places: HashMap<String, usize> = columns.iter().enumerate().map(small).collect();
        let mut taken = Taken { records: 0, mark: [0; 32] };
        let found = records::each(page, &table.place, |record| {
            taken.see(record);
            if self.is_full {
                return Ok(());
            }
            let mut row: Vec<Option<Cell>> = vec![None; columns.len().max(1)];
            records::cells(&records::built(record)?, &mut |name, value| {
                let place = places.get(&name.to_ascii_lowercase()).copied();
                if let Some((column, cell)) = place.and_then(|place| Some((columns.get(place)?, row.get_mut(place)?)))
                    && cell.is_none()
                {
                    *cell = stored(column, value);
                }
            });
            let bytes = self.bytes + 16 + row.iter().flatten().map(weight).sum::<u64>();
            if self.records >= MOST_RECORDS || bytes > MOST_BYTES {
                let is_many = self.records >= MOST_RECORDS;
                self.causes.push(if is_many { Cause::RowLimit(MOST_RECORDS) } else { Cause::ByteLimit(MOST_BYTES) });
                self.is_full = true;
                return Ok(());
            }
            let row = row.into_iter().map(|cell| cell.unwrap_or(Cell::Null));
            insert.execute(rusqlite::params_from_iter(row)).map_err(|error| failure_of(&error))?;
            (self.records, self.bytes) = (self.records + 1, bytes);
            Ok(())
        })?;
        Ok(found.map(|()| taken))
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
        (Kind::Float, Value::Number(number)) if number.is_f64() => number.as_f64().map(Cell::Real),
        (Kind::Integer | Kind::Float | Kind::Decimal, Value::Number(_) | Value::String(_)) => {
            records::text(value).map(|text| number(column.kind, text))
        }
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

/// A number as its column keeps it, every digit of it; as it is written where the column would round it.
fn number(kind: Kind, text: String) -> Cell {
    let fits = match kind {
        Kind::Integer => exact::whole(&text).map(Cell::Integer),
        Kind::Float => exact::float(&text).map(Cell::Real),
        _ => {
            let plain = Decimal::parse(&text).map(|read| read.to_string()).or_else(|| exact::plain(&text));
            return Cell::Text(plain.unwrap_or(text));
        }
    };
    // SQLite makes the nearest binary number of a text that looks like one; of bytes it makes nothing.
    let looks_like_one = text.parse::<f64>().is_ok();
    fits.unwrap_or_else(|| if looks_like_one { Cell::Blob(text.into_bytes()) } else { Cell::Text(text) })
}

fn weight(cell: &Cell) -> u64 {
    match cell {
        Cell::Text(text) => 8 + text.len() as u64,
        Cell::Blob(bytes) => 8 + bytes.len() as u64,
        Cell::Null | Cell::Integer(_) | Cell::Real(_) => 8,
    }
}
