//! How the server is, for instance managers: what `clew doctor` looks at, sources, and a few numbers.
//!
//! A source that the person may not know of is told by number alone. Times are seconds since 1970.

use access::{Action, Need, ProjectId, SourceId};
use serde::{Deserialize, Serialize};

use crate::{Call, request};

/// What could keep the server from working. Every source is asked anew where the newest look is not enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookAtHealth {
    /// Whether to look now, although there is an answer from before.
    pub again: bool,
}

request!(LookAtHealth, "look_at_health", Read, |_call| vec![Need::instance(Action::MonitorPerformance)]);

impl Call for LookAtHealth {
    type Reply = HealthSeen;
}

/// The main numbers. Not written down: it is asked every few seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadFigures {}

request!(ReadFigures, "read_figures", Quiet, |_call| vec![Need::instance(Action::MonitorPerformance)]);

impl Call for ReadFigures {
    type Reply = Figures;
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// It works, and should be looked at.
    Warn,
    /// It does not work, or is not safe, until it is repaired.
    Bad,
}

/// What came of one look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was looked at, such as `store`.
    pub check: String,
    /// How it is.
    pub state: State,
    /// A sentence.
    pub said: String,
    /// What to do; empty where nothing is to be done.
    pub remedy: String,
}

/// What was found at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthSeen {
    /// When it was looked at.
    pub at: i64,
    /// Everything but sources.
    pub findings: Vec<Finding>,
    /// Sources that the person may know of.
    pub sources: Vec<SourceHealth>,
    /// All other sources, by number.
    pub others: OtherSources,
}

/// One source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceHealth {
    /// Its project.
    pub project: ProjectId,
    /// Its id there.
    pub source: SourceId,
    /// Its name.
    pub name: String,
    /// The kind's name.
    pub kind: String,
    /// How it is; what was looked at is the source.
    pub finding: Finding,
    /// Questions that run there now.
    pub running: u32,
    /// Questions that wait for a place there.
    pub waiting: u32,
    /// Questions that may run there at once.
    pub at_once: u32,
    /// What failed there lately, newest first.
    pub failures: Vec<SourceFailure>,
}

/// A question that a source did not answer. What the source said is left out: it may repeat what is in its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFailure {
    /// When.
    pub at: i64,
    /// In which way.
    pub kind: FailureKind,
}

/// In which way a source failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// A setting is missing or wrong.
    Setting,
    /// The address cannot be reached, or the encrypted connection cannot be made.
    Unreachable,
    /// It refused the credentials or the right.
    Refused,
    /// It took too long.
    Slow,
    /// A table, column or value does not fit.
    Mismatch,
    /// The connection broke in the middle.
    Broken,
    /// Too much was asked of it at once.
    Busy,
    /// Anything else.
    Other,
}

/// How many sources there are that the person may not know of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherSources {
    /// As they should be.
    pub ok: u64,
    /// To be looked at.
    pub warn: u64,
    /// Not working.
    pub bad: u64,
}

/// The main numbers; what is counted begins at 0 with every start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// When they were read.
    pub at: i64,
    /// When the server started.
    pub since: i64,
    /// Sessions that have not ended.
    pub sessions: u64,
    /// Requests that run now, streams and files among them, but for the one that asks.
    pub running: u64,
    /// Questions that wait for a place at a source.
    pub waiting: u64,
    /// Requests that have ended.
    pub requests: u64,
    /// Requests that could not be done.
    pub failed: u64,
    /// Requests that were refused.
    pub refused: u64,
    /// How long nine of ten requests took at the most, in milliseconds; none before there were any.
    pub nine_of_ten_millis: Option<u64>,
    /// Rows that came from sources.
    pub rows: u64,
    /// Memory of the process, where the system tells it.
    pub memory_bytes: Option<u64>,
    /// Time that the processors spent, in milliseconds.
    pub processor_millis: u64,
    /// Entries of the audit log.
    pub audit_entries: u64,
    /// How long it took to write the newest entry of the audit log, in microseconds.
    pub audit_lag_micros: u64,
}
