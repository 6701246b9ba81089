//! The fence around a SQLite connection: it reads, and nothing else, whatever the statement or the file says.
//!
//! `mode=ro` alone lets a statement attach other files and `query_only` alone can be switched off by a pragma, so the
//! authorizer is what holds: it refuses everything that is not on its short list. The rest is against hostile files:
//! schemas are not trusted with functions, and sizes are limited.
//!
//! Absent on purpose: a way to switch any of it off.

use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, Error, ErrorCode};

use super::functions;
use crate::connectors::{Failure, FailureKind};

/// The longest text or bytes that SQLite may make.
const MOST_VALUE_BYTES: i32 = 16 * 1024 * 1024;
/// How long a statement waits for somebody who writes the file.
const WAIT: Duration = Duration::from_secs(5);

/// Where SQLite sorts what does not fit its cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::connectors) enum Sorting {
    /// In the system's folder for temporary files.
    OnDisk,
    /// In memory, because the rows must never lie on a disk in clear.
    InMemory,
}

/// Puts the fence up; afterwards only reading is possible.
pub(super) fn put_up(connection: &mut Connection, sorting: Sorting) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    // Otherwise a quoted name that is no column quietly becomes a text.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.busy_timeout(WAIT)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "temp_store", if sorting == Sorting::InMemory { 2 } else { 0 })?;
    for (limit, most) in LIMITS {
        connection.set_limit(limit, most)?;
    }
    functions::register(connection)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.authorizer(Some(|context: AuthContext<'_>| authorize(context.action)))
}

const LIMITS: [(Limit, i32); 7] = [
    (Limit::SQLITE_LIMIT_LENGTH, MOST_VALUE_BYTES),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 1024 * 1024),
    (Limit::SQLITE_LIMIT_COLUMN, 2_000),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 50),
];

/// Functions that reach outside the file, tell of the system, or make much out of nothing.
const REFUSED_FUNCTIONS: [&str; 5] = ["load_extension", "fts3_tokenizer", "zeroblob", "randomblob", "sqlite_log"];

/// Tables that SQLite makes by itself and that show the file behind the tables.
const REFUSED_TABLES: [&str; 3] = ["dbstat", "sqlite_dbpage", "sqlite_stmt"];

fn authorize(action: AuthAction<'_>) -> Authorization {
    match action {
        AuthAction::Read { table_name, .. } => {
            let refused = REFUSED_TABLES.iter().any(|name| table_name.eq_ignore_ascii_case(name));
            if refused { Authorization::Deny } else { Authorization::Allow }
        }
        AuthAction::Select | AuthAction::Recursive => Authorization::Allow,
        AuthAction::Function { function_name } => {
            let refused = REFUSED_FUNCTIONS.iter().any(|name| function_name.eq_ignore_ascii_case(name));
            if refused { Authorization::Deny } else { Authorization::Allow }
        }
        _ => Authorization::Deny,
    }
}

/// What SQLite says, in words for people.
pub(in crate::connectors) fn failure_of(error: &Error) -> Failure {
    let (kind, sentence, remedy) = words(error);
    Failure::new(kind, sentence, remedy, error)
}

fn words(error: &Error) -> (FailureKind, &'static str, &'static str) {
    use FailureKind as Kind;
    match error {
        Error::MultipleStatement => (Kind::Refused, "Only one statement can be run at a time.", "Change the question."),
        Error::SqliteFailure(inner, Some(message)) if message.contains(functions::TOO_MANY_DIGITS) => {
            debug_assert_eq!(inner.code, ErrorCode::Unknown);
            (Kind::Mismatch, "The sum has more than 38 digits.", "Narrow the question.")
        }
        _ => by_code(error.sqlite_error_code()),
    }
}

fn by_code(code: Option<ErrorCode>) -> (FailureKind, &'static str, &'static str) {
    use FailureKind as Kind;
    const ASK: &str = "Ask the operator to look at the file.";
    match code {
        Some(ErrorCode::AuthorizationForStatementDenied | ErrorCode::ReadOnly) => {
            (Kind::Refused, "The statement would do more than read.", "Only reading is possible.")
        }
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            (Kind::Unreachable, "The file cannot be opened.", "Check that the server may read the file and its folder.")
        }
        Some(ErrorCode::NotADatabase) => (Kind::Setting, "The file is no SQLite file.", "Choose another file."),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::SystemIoFailure) => {
            (Kind::Broken, "The file is damaged or cannot be read.", ASK)
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            (Kind::Busy, "Somebody else is writing the file.", "Try again in a moment.")
        }
        Some(ErrorCode::TooBig | ErrorCode::OutOfMemory) => {
            (Kind::Other, "The answer needs more memory than allowed.", "Narrow the question.")
        }
        Some(ErrorCode::OperationInterrupted) => (
            Kind::Slow,
            "The source did not finish in time.",
            "Narrow the question, or ask an instance manager for a longer limit.",
        ),
        _ => (
            Kind::Mismatch,
            "The table, column or value does not exist in the file, or does not fit.",
            "Compare the object type with what the file contains.",
        ),
    }
}
