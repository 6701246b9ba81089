//! What the driver says, in words for people.

use std::error::Error as _;
use std::io;

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

use crate::connectors::{Failure, FailureKind};

/// The failure behind a driver's error.
pub(super) fn of(error: &Error) -> Failure {
    match error.as_db_error() {
        Some(said) => of_server(said),
        None => of_wire(error),
    }
}

/// A failure of what this connector itself asks.
pub(super) fn unexpected() -> Failure {
    Failure::new(FailureKind::Other, "The database gave an answer that makes no sense.", "Try again.", "no row")
}

fn of_server(said: &DbError) -> Failure {
    let (kind, sentence, remedy) = words(said.code());
    let code = said.code().code();
    let is_plain = code.get(..2).is_some_and(|class| WITHOUT_VALUES.contains(&class));
    let message = if is_plain { said.message() } else { "" };
    Failure::new(kind, sentence, remedy, &format!("{code} {message}"))
}

/// Classes of SQLSTATE whose messages name settings, tables and columns, and never quote a value of a row: of the others
/// (22 and 23, and whatever a function of the database raises) the log gets the code alone.
const WITHOUT_VALUES: [&str; 14] = ["08", "0A", "25", "26", "28", "34", "3D", "3F", "42", "53", "54", "55", "57", "58"];

/// By SQLSTATE; see the appendix "PostgreSQL Error Codes" of its manual.
fn words(code: &SqlState) -> (FailureKind, &'static str, &'static str) {
    use FailureKind as Kind;
    match code.code() {
        "57014" => (
            Kind::Slow,
            "The database stopped the question, because it took too long.",
            "Narrow the question, or ask an instance manager for a longer limit.",
        ),
        "55P03" => {
            (Kind::Busy, "A table is locked by somebody else.", "Try again; if it stays so, ask who runs the database.")
        }
        "3D000" => (Kind::Setting, "There is no such database.", "Correct the setting \"Database\"."),
        "28P01" => (Kind::Refused, "The database refused the account.", "Correct the user and the password."),
        "25006" => (Kind::Refused, "The statement would change the source.", "Only reading is possible."),
        "42501" => (
            Kind::Refused,
            "The account may not read this.",
            "Ask who runs the database to grant SELECT to the account.",
        ),
        "42P01" | "42703" | "42883" | "3F000" => (
            Kind::Mismatch,
            "The table, column or function does not exist in the database.",
            "Compare the object type with what the database contains.",
        ),
        other => match other.get(..2).unwrap_or_default() {
            "28" => (
                Kind::Refused,
                "The database refused the account.",
                "Correct the user and the password, or the client certificate if the database asks for one.",
            ),
            "08" => (Kind::Broken, "The connection to the database broke.", "Try again."),
            "57" => (Kind::Broken, "The database is being stopped or started.", "Try again in a minute."),
            "53" => (
                Kind::Busy,
                "The database has no room for another question.",
                "Try again in a minute; if it stays so, lower the number of questions at once.",
            ),
            "22" | "42" => (
                Kind::Mismatch,
                "A value or column does not fit what the database has.",
                "Compare the kinds of the properties with what the database contains.",
            ),
            _ => (Kind::Other, "The database answered with an error.", "Ask who runs Clew to look into its log."),
        },
    }
}

fn of_wire(error: &Error) -> Failure {
    let cause = causes(error);
    if let Some(io) = error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        return of_io(io, &cause);
    }
    if error.is_closed() {
        return broken(&cause);
    }
    let text = error.to_string();
    if text.contains("TLS") {
        return unencrypted(&cause);
    }
    if text.contains("connecting") || text.contains("timeout") {
        return unreachable(&cause);
    }
    if text.contains("authentication") || cause.contains("password") {
        let sentence = "The database asks for a way to sign in that was not given.";
        return Failure::new(FailureKind::Refused, sentence, "Enter the account's password.", &cause);
    }
    Failure::new(FailureKind::Other, "The database gave an answer that cannot be read.", "Try again.", &cause)
}

fn of_io(error: &io::Error, cause: &str) -> Failure {
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        // The other side says no more than that it did not like what it was shown.
        return if matches!(error, rustls::Error::AlertReceived(_)) { not_let_in(cause) } else { unencrypted(cause) };
    }
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => broken(cause),
        _ => unreachable(cause),
    }
}

fn unencrypted(cause: &str) -> Failure {
    Failure::new(
        FailureKind::Unreachable,
        "No encrypted connection could be made, or the certificate is not trusted.",
        "Check that the database offers TLS, that the host is the certificate's name, and the certificate authority.",
        cause,
    )
}

fn not_let_in(cause: &str) -> Failure {
    Failure::new(
        FailureKind::Refused,
        "The database ended the encrypted connection before anybody could sign in.",
        "Check the client certificate and its key, or whether the database speaks TLS 1.2 or 1.3.",
        cause,
    )
}

fn unreachable(cause: &str) -> Failure {
    Failure::new(
        FailureKind::Unreachable,
        "The database cannot be reached.",
        "Check the host, the port and the firewall.",
        cause,
    )
}

/// A message that is longer than is held.
pub(super) fn too_large(cause: &Error) -> Failure {
    Failure::new(
        FailureKind::Other,
        "One row of the database is larger than Clew reads.",
        "Leave out properties whose values are very long, such as documents and pictures.",
        &causes(cause),
    )
}

/// The connection ended in the middle.
pub(super) fn broken(cause: &str) -> Failure {
    Failure::new(FailureKind::Broken, "The connection to the database broke.", "Try again.", cause)
}

/// An error and everything behind it, for the log.
fn causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}
