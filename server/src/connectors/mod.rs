//! Connectors: one file per kind of source, and what they all agree on.
//!
//! A connector describes itself ([`Connector::about`]), opens a [`Connection`], and answers a [`Statement`] with Arrow
//! record batches. It reads only, and dropping an answer cancels the work at the source.
//!
//! Absent on purpose: permission, audit, the store, people, caps of rows and bytes, queues. All of these stand around
//! a connector, in the broker.
//!
//! To add one: a file here, a line in [`all`], a line in the behaviour suite.

mod cell;
mod columns;
mod described;
mod facts;
mod form;
mod http;
mod postgresql;
mod reach;
mod sqlite;
#[cfg(test)]
pub(crate) mod tests;
mod time_text;
mod upload;

pub use described::Undescribed;
pub use facts::{Facts, RowId};
pub(crate) use sqlite::fold;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use model::catalogue::{Catalogue, Column};
use model::completeness::Cause;
use model::kind::Kind;
use model::project::Table;
use url::Url;
use wire::form::About;
pub use wire::health::FailureKind;
use wire::secret::SecretText;
use wire::source::{AccountRights, TestReport};
use zeroize::Zeroizing;

use crate::egress::Egress;

/// The scale of a decimal column whose source does not say one: exact for up to 26 digits before the point.
pub const LOOSE_DECIMAL_SCALE: i8 = 12;

/// One statement in the source's own language, with its values beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The text; identifiers quoted, values as placeholders.
    pub text: String,
    /// The values, in the order of the placeholders.
    pub values: Vec<Bound>,
    /// What comes back.
    pub columns: Vec<OutColumn>,
    /// Which rows matter at all, for a source that cannot do what the text asks; every entry holds.
    pub narrow: Vec<Narrow>,
}

/// Only rows whose column has one of these values, in canonical text, matter to a statement that reads their table once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrow {
    /// The table; other tables of the statement may have columns of the same name.
    pub table: String,
    /// The column.
    pub column: String,
    /// Its values.
    pub values: Vec<String>,
}

/// A value that is bound to a placeholder, as canonical text.
///
/// PostgreSQL (`$1`) gets text and infers the type from the statement; a list is an array: `= any($1)`.
///
/// SQLite (`?1`) gets integers, bools (0 and 1), floats and bytes as such, everything else as text; a list is a JSON
/// array: `in (select value from json_each(?1))`, bytes in it as hexadecimal text: `unhex(value)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// One value.
    One(Kind, String),
    /// A list of values, for one placeholder.
    Many(Kind, Vec<String>),
}

/// A column that comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutColumn {
    /// Its name in the Arrow schema.
    pub name: String,
    /// What its values are to be read as. A cell that does not fit is null and counted.
    pub kind: Kind,
    /// What stands in the schema field's metadata under `wire::frame::ROLE_METADATA`.
    pub role: String,
}

/// How a statement is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The longest time at the source.
    pub timeout: Duration,
    /// The most rows of one batch. The first batches are smaller, so that the first rows are early.
    pub rows_per_batch: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(60), rows_per_batch: 8_192 }
    }
}

/// The answer to a statement: the schema is known before the first row.
pub struct Answer {
    /// The columns, with their roles in the metadata.
    pub schema: SchemaRef,
    /// The rows. Dropping the stream cancels the statement at the source.
    pub batches: BoxStream<'static, Result<Batch, Failure>>,
    /// What was missing at the source when the statement ran over it: the answer says so.
    pub causes: Vec<Cause>,
}

/// Some rows.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The rows.
    pub rows: RecordBatch,
    /// Cells that did not fit their kind and are null: column and how many. Columns without any are left out.
    pub unreadable: Vec<(usize, u64)>,
}

/// What went wrong at a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Failure {
    /// What a program may branch on.
    pub kind: FailureKind,
    /// What could not be done, for people; names no secret and no value of a row.
    pub sentence: String,
    /// What to do about it.
    pub remedy: String,
    /// What the driver said, for the log alone.
    pub cause: String,
}

impl Failure {
    /// A failure with its words; `cause` is for the log alone.
    pub fn new(
        kind: FailureKind,
        sentence: impl Into<String>,
        remedy: impl Into<String>,
        cause: &(impl Display + ?Sized),
    ) -> Self {
        Self { kind, sentence: sentence.into(), remedy: remedy.into(), cause: cause.to_string() }
    }
}

/// What a connection can do, as far as the renderer of statements must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ability {
    /// Which dialect it speaks.
    pub dialect: Dialect,
    /// Whether `contains` and folded matching ignore accents too.
    pub folds_accents: bool,
    /// PostgreSQL: whether the ICU collation is there, without which case is folded by the database's own locale.
    pub icu: bool,
}

/// The dialects that there are a renderer for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// PostgreSQL 11 and later.
    PostgreSql,
    /// SQLite, with what the connector registers: `clew_fold(text)`; for exact decimals `clew_sum(x)` and
    /// `collate clew_decimal`; for times that may be written in several ways `collate clew_time`.
    Sqlite,
}

/// A database that no source may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreDatabase {
    /// Hosts with their ports; one with a slash in front is the folder of a Unix socket.
    pub hosts: Vec<(String, u16)>,
    /// The database.
    pub database: String,
    /// The schema in it.
    pub schema: String,
}

/// Where a source lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A database, by host and port.
    Database(String, u16),
    /// A web address.
    Web(Url),
}

/// Where a connection goes, with its secrets.
pub struct Target {
    /// The answers to the form, without secrets.
    pub settings: BTreeMap<String, String>,
    /// The secrets of the form.
    pub secrets: BTreeMap<String, SecretText>,
    /// The uploaded file's SQLite image, for internal sources.
    pub image: Option<Zeroizing<Vec<u8>>>,
    /// The only folder in which SQLite sources may lie.
    pub sqlite_dir: Option<PathBuf>,
    /// The store's own file, which no source may be.
    pub store_file: Option<PathBuf>,
    /// The one way out, with its rules.
    pub egress: Egress,
    /// The store's own database, which no source may be.
    pub store_database: Option<StoreDatabase>,
    /// The database that the audit log is copied to, which no source may be either.
    pub copy_database: Option<StoreDatabase>,
    /// The most statements at once.
    pub at_once: u32,
}

/// A kind of source.
pub trait Connector: Send + Sync {
    /// The kind, as a source names it; the same as [`About::kind`].
    fn kind(&self) -> &'static str;

    /// Whether its sources have accounts whose rights are looked at; the same as [`About::accounts`].
    fn has_accounts(&self) -> bool {
        false
    }

    /// What it is, and what it must be told.
    fn about(&self) -> About;

    /// The dialect that queries for it are written in.
    fn dialect(&self) -> Dialect;

    /// Whether a source with these settings is of use only with this secret of the form.
    fn needs_secret(&self, _settings: &BTreeMap<String, String>, _field: &str) -> bool {
        true
    }

    /// Where a source with these settings lies, as far as they say it; nothing of one that lies on this machine.
    fn place(&self, _settings: &BTreeMap<String, String>) -> Option<Place> {
        None
    }

    /// Opens a source. The connection is kept and used by many requests at once.
    ///
    /// # Errors
    /// [`Failure`] when a setting is wrong or the source cannot be reached.
    fn open(&self, target: Target) -> BoxFuture<'_, Result<Arc<dyn Connection>, Failure>>;

    /// What the account at the source may do beside reading; nothing where a source has no accounts.
    ///
    /// # Errors
    /// [`Failure`] when the source cannot be reached.
    fn rights(&self, _target: Target) -> BoxFuture<'_, Result<Option<AccountRights>, Failure>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Tries a source step by step: settings, reach, sign in, read.
    fn test(&self, target: Target) -> BoxFuture<'_, TestReport>;
}

/// An open source.
pub trait Connection: Send + Sync {
    /// What it can do.
    fn ability(&self) -> Ability;

    /// Runs one statement, read-only.
    ///
    /// # Errors
    /// [`Failure`] when the source refuses it; a failure after the first rows comes in the stream.
    fn run(&self, statement: Statement, bounds: Bounds) -> BoxFuture<'_, Result<Answer, Failure>>;

    /// What the source contains.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read.
    fn catalogue(&self) -> BoxFuture<'_, Result<Catalogue, Failure>>;

    /// The columns of a query that was checked, and the kinds that fit them. Nothing of it is run that could do more than
    /// read.
    ///
    /// # Errors
    /// [`Undescribed`], with what the source says about the text.
    fn describe<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<Vec<Column>, Undescribed>>;

    /// What the source promises of a table; nothing of one that is not there.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read.
    fn facts<'a>(&'a self, table: &'a Table) -> BoxFuture<'a, Result<Facts, Failure>>;
}

/// Every connector there is.
pub fn all() -> &'static [&'static dyn Connector] {
    &[&postgresql::PostgreSql, &sqlite::Sqlite, &http::Http, &upload::Upload]
}

/// Whether sources of a kind have accounts whose rights are looked at.
pub fn has_accounts(kind: &str) -> bool {
    of_kind(kind).is_some_and(Connector::has_accounts)
}

/// The connector of a kind of source.
pub fn of_kind(kind: &str) -> Option<&'static dyn Connector> {
    all().iter().copied().find(|connector| connector.kind() == kind)
}
