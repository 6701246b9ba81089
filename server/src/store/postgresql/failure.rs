//! What the driver says, as an error of the store.

use std::error::Error as _;

use tokio_postgres::Error;
use tokio_postgres::error::DbError;

use crate::store::StoreError;
use crate::store::error::{Cause, THE_STORE};

/// The error of the store behind a driver's error.
pub(super) fn of(error: &Error) -> StoreError {
    match error.as_db_error() {
        Some(said) => of_server(said),
        None => of_wire(error),
    }
}

/// Classes of SQLSTATE whose messages name settings, accounts and tables, and never quote a value.
const WITHOUT_VALUES: [&str; 13] = ["08", "0A", "25", "26", "28", "3D", "3F", "42", "53", "54", "55", "57", "58"];

/// By SQLSTATE; see the appendix "PostgreSQL Error Codes" of its manual.
fn of_server(said: &DbError) -> StoreError {
    let code = said.code().code();
    let class = code.get(..2).unwrap_or_default();
    let message = if WITHOUT_VALUES.contains(&class) { said.message() } else { "" };
    let cause = format!("{code} {message}").trim_end().to_owned();
    let file = THE_STORE.to_owned();
    match code {
        "53100" => StoreError::Full,
        "25006" | "42501" => StoreError::CannotWrite { file, cause },
        "55P03" | "40001" | "40P01" | "57014" => StoreError::Busy,
        "XX001" | "XX002" | "58030" | "58P01" => StoreError::Damaged { file, found: cause },
        _ if ["08", "28", "3D", "53", "57"].contains(&class) || code == "25P03" => StoreError::Away { cause },
        _ => StoreError::Unexpected(Cause(cause)),
    }
}

fn of_wire(error: &Error) -> StoreError {
    let mut cause = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let said = inner.to_string();
        if !cause.ends_with(&said) {
            cause = format!("{cause}: {said}");
        }
        source = inner.source();
    }
    let is_of_a_value = cause.starts_with("error serializing") || cause.starts_with("error deserializing");
    if is_of_a_value { StoreError::Unexpected(Cause(cause)) } else { StoreError::Away { cause } }
}
