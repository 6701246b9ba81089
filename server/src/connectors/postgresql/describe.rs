//! The columns of a query, from its prepared form: it is read by the database and never run.

use std::sync::Arc;

use model::catalogue::Column;
use model::kind::Kind;
use tokio::time::timeout;
use tokio_postgres::Error;
use tokio_postgres::error::ErrorPosition;
use tokio_postgres::types::Type;

use super::decode::{Reading, reading};
use super::failure;
use super::pool::{ASKING, Pool};
use crate::connectors::Undescribed;
use crate::connectors::form::slow;

/// As the broker puts it into a statement, so that what is no `SELECT` does not fit.
const BEFORE: &str = "select * from (";
const BEHIND: &str = "\n) as o";

/// Reads the columns of a query that was checked.
pub(super) async fn read(pool: &Arc<Pool>, text: &str) -> Result<Vec<Column>, Undescribed> {
    let whole = format!("{BEFORE}{text}{BEHIND}");
    let mut lease = pool.lease().await?;
    let prepared = timeout(ASKING, lease.client()?.prepare(&whole)).await.map_err(|error| slow(ASKING, &error))?;
    lease.settle();
    let prepared = prepared.map_err(|error| undescribed(&error))?;
    let columns = prepared.columns().iter();
    Ok(columns.map(|column| of(column.name(), column.type_())).collect())
}

fn of(name: &str, native: &Type) -> Column {
    Column { name: name.to_owned(), kind: kind(native), native: native.name().to_owned(), nullable: true }
}

fn kind(native: &Type) -> Kind {
    match reading(native) {
        Some(Reading::Bool) => Kind::Bool,
        Some(Reading::Int2 | Reading::Int4 | Reading::Int8 | Reading::Oid) => Kind::Integer,
        Some(Reading::Float4 | Reading::Float8) => Kind::Float,
        Some(Reading::Numeric) => Kind::Decimal,
        Some(Reading::Date) => Kind::Date,
        Some(Reading::Timestamp) => Kind::LocalTime,
        Some(Reading::TimestampUtc) => Kind::Instant,
        Some(Reading::Bytes) => Kind::Bytes,
        Some(Reading::Text | Reading::Jsonb | Reading::Uuid) | None => Kind::Text,
    }
}

/// What the database says of a text that it does not understand names columns and tables: nothing was run.
fn undescribed(error: &Error) -> Undescribed {
    let said = error.as_db_error().filter(|said| said.code().code().starts_with("42"));
    let at = said.and_then(|said| match said.position()? {
        ErrorPosition::Original(place) => usize::try_from(*place).ok()?.checked_sub(BEFORE.len() + 1),
        ErrorPosition::Internal { .. } => None,
    });
    Undescribed { failure: failure::of(error), said: said.map(|said| said.message().to_owned()), at }
}
