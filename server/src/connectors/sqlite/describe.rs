//! The columns of a query. A column that is computed has no declared type: its kind is that of its first values.

use std::time::Duration;

use model::catalogue::Column;
use model::kind::Kind;
use rusqlite::{Connection, Error};
use tokio::time::Instant;

use super::catalogue;
use super::fence::failure_of;
use crate::connectors::{Failure, FailureKind, Undescribed};

/// The most rows whose values are looked at.
const MOST_ROWS: usize = 100;
/// How long looking at values may take; what is not seen by then is text.
const LOOKING: Duration = Duration::from_secs(2);
/// SQLite asks whether to go on after so many steps of its machine.
const STEPS: i32 = 1_000;

/// Reads the columns of a query that was checked, on a connection behind the fence.
pub(super) fn read(connection: &mut Connection, text: &str) -> Result<Vec<Column>, Undescribed> {
    let prepared = connection.prepare(text).map_err(|error| undescribed(&error))?;
    if !prepared.readonly() {
        let sentence = "The statement would do more than read.";
        return Err(Failure::new(FailureKind::Refused, sentence, "Only reading is possible.", "not readonly").into());
    }
    let declared = prepared.columns().map(|column| {
        let native = column.decl_type().map(str::to_owned);
        (column.name().to_owned(), native)
    });
    let declared: Vec<(String, Option<String>)> = declared.collect();
    drop(prepared);
    let seen = if declared.iter().all(|(_, native)| native.is_some()) {
        Vec::new()
    } else {
        looked_at(connection, text, declared.len()).map_err(|error| undescribed(&error))?
    };
    let columns = declared.into_iter().enumerate().map(|(place, (name, native))| {
        let kind = match &native {
            Some(native) => catalogue::kind(native),
            None => seen.get(place).copied().flatten().unwrap_or(Kind::Text),
        };
        Column { name, kind, native: native.unwrap_or_default(), nullable: true }
    });
    Ok(columns.collect())
}

/// The kinds of the first values, one for each column; nothing where values differ or none was seen.
fn looked_at(connection: &mut Connection, text: &str, width: usize) -> Result<Vec<Option<Kind>>, Error> {
    let deadline = Instant::now() + LOOKING;
    connection.progress_handler(STEPS, Some(move || Instant::now() >= deadline))?;
    let seen = first_kinds(connection, text, width);
    connection.progress_handler(0, None::<fn() -> bool>)?;
    match seen {
        Err(error) if failure_of(&error).kind == FailureKind::Slow => Ok(Vec::new()),
        seen => seen,
    }
}

fn first_kinds(connection: &Connection, text: &str, width: usize) -> Result<Vec<Option<Kind>>, Error> {
    let whole = format!("select * from ({text}\n) as o limit {MOST_ROWS}");
    let mut statement = connection.prepare(&whole)?;
    let mut seen: Vec<Option<Option<Kind>>> = vec![None; width];
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        for (place, known) in seen.iter_mut().enumerate() {
            use rusqlite::types::ValueRef;
            let kind = match row.get_ref(place)? {
                ValueRef::Null => continue,
                ValueRef::Integer(_) => Kind::Integer,
                ValueRef::Real(_) => Kind::Float,
                ValueRef::Text(_) => Kind::Text,
                ValueRef::Blob(_) => Kind::Bytes,
            };
            *known = match known {
                None => Some(Some(kind)),
                Some(before) if *before == Some(kind) => continue,
                Some(_) => Some(None),
            };
        }
    }
    Ok(seen.into_iter().map(Option::flatten).collect())
}

/// What SQLite says of a text that it does not understand names tables and columns.
fn undescribed(error: &Error) -> Undescribed {
    let (said, at) = match error {
        Error::SqlInputError { msg, sql, offset, .. } => {
            let before = usize::try_from(*offset).ok().and_then(|offset| sql.get(..offset));
            (Some(msg.clone()), before.map(|before| before.chars().count()))
        }
        _ => (None, None),
    };
    Undescribed { failure: failure_of(error), said, at }
}
