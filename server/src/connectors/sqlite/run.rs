//! One statement on a blocking thread; its batches come through a short channel, so that a slow reader slows it down.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use arrow_schema::SchemaRef;
use futures::{Stream, StreamExt as _};
use model::kind::Kind;
use rusqlite::types::Value;
use rusqlite::{Connection, Rows};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::database::{Database, stopped};
use super::fence::failure_of;
use super::functions::cell_of;
use crate::connectors::columns::{self, Filling};
use crate::connectors::form::slow;
use crate::connectors::{Answer, Batch, Bound, Bounds, Failure, FailureKind, Statement};
use crate::hash::from_hex;

/// Batches between the thread and the reader.
const WAITING_BATCHES: usize = 2;
/// A batch is handed on, full or not, with the first row that comes so long after the batch before.
const LINGER: Duration = Duration::from_millis(50);
/// SQLite asks whether to go on after so many steps of its machine; some ten microseconds.
const STEPS: i32 = 1_000;

/// Tells a running statement to stop.
struct Stop {
    asked: AtomicBool,
    deadline: Instant,
}

impl Stop {
    fn now(&self) -> bool {
        self.asked.load(Ordering::Relaxed) || Instant::now() >= self.deadline
    }
}

/// Runs a statement.
pub(super) async fn run(database: Arc<Database>, statement: Statement, bounds: Bounds) -> Result<Answer, Failure> {
    let place = database.place().await?;
    let stop = Arc::new(Stop { asked: AtomicBool::new(false), deadline: Instant::now() + bounds.timeout });
    let (head, schema) = oneshot::channel();
    let (send, receive) = mpsc::channel(WAITING_BATCHES);
    let batches = Batches { receive, stop: Arc::clone(&stop) };
    let work = move || {
        let outlet = Outlet { head: Some(head), send, stop, bounds };
        answer(&database, &statement, outlet);
        drop(place);
    };
    drop(tokio::task::spawn_blocking(work));
    let schema = schema.await.map_err(|error| stopped(&error))??;
    Ok(Answer { schema, batches: batches.boxed(), causes: Vec::new() })
}

/// The way of an answer to its reader.
struct Outlet {
    /// Gone when the schema, or a failure instead of it, was sent.
    head: Option<oneshot::Sender<Result<SchemaRef, Failure>>>,
    send: mpsc::Sender<Result<Batch, Failure>>,
    stop: Arc<Stop>,
    bounds: Bounds,
}

/// The reader has gone.
struct Gone;

impl Outlet {
    fn begin(&mut self, schema: &SchemaRef) -> Result<(), Gone> {
        let head = self.head.take().ok_or(Gone)?;
        head.send(Ok(Arc::clone(schema))).map_err(|_| Gone)
    }

    fn send(&self, batch: Result<Batch, Failure>) -> Result<(), Gone> {
        self.send.blocking_send(batch).map_err(|_| Gone)
    }

    fn fail(mut self, failure: Failure) {
        let sent = match self.head.take() {
            Some(head) => head.send(Err(failure)).map_err(|_| Gone),
            None => self.send(Err(failure)),
        };
        if sent.is_err() {
            tracing::debug!("nobody waits for the failure of a statement");
        }
    }
}

fn answer(database: &Database, statement: &Statement, mut outlet: Outlet) {
    let mut connection = match database.connection() {
        Ok(connection) => connection,
        Err(failure) => return outlet.fail(failure),
    };
    let stop = Arc::clone(&outlet.stop);
    if let Err(error) = connection.progress_handler(STEPS, Some(move || stop.now())) {
        return outlet.fail(failure_of(&error));
    }
    let done = read(&connection, statement, &mut outlet);
    let quiet = connection.progress_handler(0, None::<fn() -> bool>).is_ok();
    match done {
        Ok(_) if quiet => database.give_back(connection),
        Ok(_) => {}
        // A connection after an error may be one to a broken file; it is not used again.
        Err(failure) => outlet.fail(failure),
    }
}

/// `Ok(Err(Gone))` when the reader left.
fn read(connection: &Connection, statement: &Statement, outlet: &mut Outlet) -> Result<Result<(), Gone>, Failure> {
    let limit = outlet.bounds.timeout;
    let told = |error: &rusqlite::Error| match failure_of(error) {
        failure if failure.kind == FailureKind::Slow => slow(limit, error),
        failure => failure,
    };
    let mut prepared = connection.prepare_cached(&statement.text).map_err(|error| told(&error))?;
    check(&prepared, statement)?;
    for (place, bound) in statement.values.iter().enumerate() {
        prepared.raw_bind_parameter(place + 1, value(bound)?).map_err(|error| told(&error))?;
    }
    let scales: Vec<_> = prepared.columns().map(|column| column.decl_type().and_then(scale)).collect();
    let schema = columns::schema(&statement.columns, &scales);
    if outlet.begin(&schema).is_err() {
        return Ok(Err(Gone));
    }
    let filling = Filling::new(schema, outlet.bounds.rows_per_batch);
    stream(prepared.raw_query(), filling, outlet, told)
}

fn stream(
    mut rows: Rows<'_>,
    mut filling: Filling,
    outlet: &Outlet,
    told: impl Fn(&rusqlite::Error) -> Failure,
) -> Result<Result<(), Gone>, Failure> {
    let mut flushed = Instant::now();
    while let Some(row) = rows.next().map_err(|error| told(&error))? {
        for place in 0..filling.width() {
            filling.push(place, &cell_of(row.get_ref(place).map_err(|error| told(&error))?));
        }
        filling.end_row();
        if filling.is_full() || flushed.elapsed() >= LINGER {
            if outlet.send(filling.take()).is_err() {
                return Ok(Err(Gone));
            }
            flushed = Instant::now();
        }
    }
    Ok(if filling.is_empty() { Ok(()) } else { outlet.send(filling.take()) })
}

fn check(prepared: &rusqlite::Statement<'_>, statement: &Statement) -> Result<(), Failure> {
    let refused = |sentence: &str, kind| Err(Failure::new(kind, sentence, "Change the question.", ""));
    if !prepared.readonly() {
        return refused("The statement would change the source.", FailureKind::Refused);
    }
    if prepared.column_count() != statement.columns.len() || statement.columns.is_empty() {
        return refused("The statement does not give back the columns that were asked for.", FailureKind::Mismatch);
    }
    if prepared.parameter_count() != statement.values.len() {
        return refused("The statement has another number of values than placeholders.", FailureKind::Mismatch);
    }
    Ok(())
}

/// The scale in a declared type: 2 of `DECIMAL(14,2)`, 0 of `DECIMAL(14)` and of whole numbers.
fn scale(declared: &str) -> Option<i32> {
    if declared.trim().eq_ignore_ascii_case("integer") {
        return Some(0);
    }
    let (_, digits) = declared.split_once('(')?;
    let digits = digits.strip_suffix(')')?;
    digits.split_once(',').map_or(Some(0), |(_, scale)| scale.trim().parse().ok())
}

fn value(bound: &Bound) -> Result<Value, Failure> {
    match bound {
        Bound::One(kind, text) => one(*kind, text),
        Bound::Many(kind, texts) => many(*kind, texts),
    }
}

fn misfit(kind: Kind) -> Failure {
    let sentence = format!("A value is not of the kind {}.", kind.name());
    Failure::new(FailureKind::Mismatch, sentence, "Change the question.", "")
}

fn one(kind: Kind, text: &str) -> Result<Value, Failure> {
    let fits = kind.accepts(text);
    let value = match kind {
        Kind::Integer => text.parse().map(Value::Integer).ok(),
        Kind::Float => text.parse().map(Value::Real).ok(),
        Kind::Bool => Some(Value::Integer(i64::from(text == "true"))),
        Kind::Bytes => from_hex(text).map(Value::Blob),
        Kind::Text | Kind::Decimal | Kind::Date | Kind::Instant | Kind::LocalTime => Some(Value::Text(text.to_owned())),
    };
    value.filter(|_| fits).ok_or_else(|| misfit(kind))
}

/// A JSON array, for `json_each(?)`.
fn many(kind: Kind, texts: &[String]) -> Result<Value, Failure> {
    let elements = texts.iter().map(|text| {
        Ok(match one(kind, text)? {
            Value::Integer(number) => serde_json::Value::from(number),
            Value::Real(number) => serde_json::Value::from(number),
            _ => serde_json::Value::from(text.as_str()),
        })
    });
    let array = elements.collect::<Result<Vec<_>, Failure>>()?;
    Ok(Value::Text(serde_json::Value::from(array).to_string()))
}

/// The batches of one answer; dropped in the middle, the statement stops.
struct Batches {
    receive: mpsc::Receiver<Result<Batch, Failure>>,
    stop: Arc<Stop>,
}

impl Stream for Batches {
    type Item = Result<Batch, Failure>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.receive.poll_recv(cx)
    }
}

impl Drop for Batches {
    fn drop(&mut self) {
        self.stop.asked.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_type_says_the_scale() {
        for (declared, expected) in [
            ("DECIMAL(14,2)", Some(2)),
            ("DECIMAL_TEXT(38, 10)", Some(10)),
            ("NUMERIC(5)", Some(0)),
            ("INTEGER", Some(0)),
            ("NUMERIC", None),
            ("DECIMAL(a,b)", None),
        ] {
            assert_eq!(scale(declared), expected, "{declared}");
        }
    }

    #[test]
    fn a_list_is_a_json_array() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let list = many(Kind::Text, &texts(&["a\"b", "c\\", "d,e"])).expect("a list");
        assert_eq!(list, Value::Text(r#"["a\"b","c\\","d,e"]"#.to_owned()));
        let list = many(Kind::Integer, &texts(&["9223372036854775807"])).expect("a list");
        assert_eq!(list, Value::Text("[9223372036854775807]".to_owned()));
        assert!(many(Kind::Text, &texts(&["\0"])).is_err());
    }
}
