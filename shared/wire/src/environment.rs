//! Which settings a server was started with, by name, and what changed from start to start. No value is ever told.

use access::{Action, Need};
use serde::{Deserialize, Serialize};

use crate::{Call, request};

/// The names of the settings, where each value came from, and the changelog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadEnvironment {}

request!(ReadEnvironment, "environment", Read, |_call| vec![Need::instance(Action::SeeEnvironment)]);

impl Call for ReadEnvironment {
    type Reply = EnvironmentNow;
}

/// The environment as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentNow {
    /// Every setting there is and every credential of a source, ordered by name.
    pub names: Vec<EnvironmentName>,
    /// Starts at which something differed from the one before, newest first; at most 500.
    pub changes: Vec<EnvironmentChange>,
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentName {
    /// The variable's name, without `_FILE`.
    pub name: String,
    /// Where its value came from.
    pub origin: EnvironmentOrigin,
    /// Whether it holds a secret.
    pub secret: bool,
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvironmentOrigin {
    /// An environment variable.
    Environment,
    /// The file that a variable names.
    File,
    /// The command line.
    Flag,
    /// Nothing was given; the default holds.
    Default,
}

/// What differed at one start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentChange {
    /// When, as 2026-11-20T10:00:00Z.
    pub at: String,
    /// The version that was started.
    pub version: String,
    /// Names that were given and were not before.
    pub appeared: Vec<String>,
    /// Names that were given before and are not any more.
    pub vanished: Vec<String>,
    /// Names with another value.
    pub changed: Vec<String>,
}
