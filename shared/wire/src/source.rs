//! Sources: which kinds there are, testing one, browsing what it contains, and a first model of it.

use std::collections::BTreeMap;

use access::{Action, Need, ProjectId, SourceId};
use model::catalogue::Catalogue;
use model::change::Change;
use model::project::{Source, Table};
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::form::About;
use crate::project::Saved;
use crate::secret::SecretText;
use crate::{Call, Stream, request};

/// The kinds of sources, each with its form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceKinds {}

request!(SourceKinds, "source_kinds", Quiet, |_call| vec![Need::instance(Action::ListProjects)]);

impl Call for SourceKinds {
    type Reply = Vec<About>;
}

/// Tries to reach a source that may not be saved yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestSource {
    /// Which project.
    pub project: ProjectId,
    /// The source as it would be saved.
    pub source: Source,
    /// Secrets that were typed; those left out are taken from what is saved, if the address is still the same.
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretText>,
}

request!(
    TestSource,
    "test_source",
    Read,
    |call| vec![Need::project(Action::ManageExternalSources, &call.project)],
    fn for_audit(&self) -> serde_json::Value {
        without_secrets(&self.project, &self.source, &self.secrets)
    }
);

impl Call for TestSource {
    type Reply = TestReport;
}

/// What a test found, step by step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestReport {
    /// What was tried, in order; the last one may have failed.
    pub steps: Vec<TestStep>,
    /// Whether the source can be used.
    pub ok: bool,
}

/// One step of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestStep {
    /// What was tried: "Reach db.bank.example:5432".
    pub name: String,
    /// What came of it, in words: "PostgreSQL 15.18, TLS 1.3".
    pub found: String,
    /// Why it failed, if it did.
    pub fault: Option<Fault>,
    /// How long it took, in milliseconds.
    pub millis: u64,
}

/// Saves a source and its secrets for everyone. A changed address clears the saved secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaveSource {
    /// Which project.
    pub project: ProjectId,
    /// The revision that the person saw.
    pub base: u64,
    /// The source.
    pub source: Source,
    /// Secrets that were typed; those left out stay as they are.
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretText>,
}

request!(
    SaveSource,
    "save_source",
    Change,
    |call| vec![
        Need::project(Action::SaveConfiguration, &call.project),
        Need::project(Action::ManageExternalSources, &call.project),
    ],
    fn for_audit(&self) -> serde_json::Value {
        without_secrets(&self.project, &self.source, &self.secrets)
    }
);

impl Call for SaveSource {
    type Reply = Saved;
}

/// What a source contains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadCatalogue {
    /// Which project.
    pub project: ProjectId,
    /// Which source.
    pub source: SourceId,
}

request!(ReadCatalogue, "read_catalogue", Read, |call| vec![Need::source(
    Action::SaveConfiguration,
    &call.project,
    &call.source
)]);

impl Call for ReadCatalogue {
    type Reply = Catalogue;
}

/// Some rows of a table, as an answer in frames. Nothing of them is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleTable {
    /// Which project.
    pub project: ProjectId,
    /// Which source.
    pub source: SourceId,
    /// Which table.
    pub table: Table,
    /// How many rows, at most 1,000.
    pub limit: u64,
}

request!(SampleTable, "sample_table", Read, |call| vec![
    Need::source(Action::SaveConfiguration, &call.project, &call.source),
    Need::source(Action::ReadData, &call.project, &call.source),
]);

impl Stream for SampleTable {}

/// A first model of a source, from its keys and names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuggestModel {
    /// Which project.
    pub project: ProjectId,
    /// Which source.
    pub source: SourceId,
}

request!(SuggestModel, "suggest_model", Read, |call| vec![Need::source(
    Action::SaveConfiguration,
    &call.project,
    &call.source
)]);

impl Call for SuggestModel {
    type Reply = Suggestion;
}

/// Changes that would add the suggested types; each may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Suggestion {
    /// Object types first, then link types.
    pub changes: Vec<Change>,
    /// Why each was suggested, in words, in the same order.
    pub reasons: Vec<String>,
    /// Tables that were left out, and why.
    pub left_out: Vec<(Table, String)>,
}

/// What is written down of a request about a source: which secrets came with it, but none of them.
fn without_secrets(project: &ProjectId, source: &Source, secrets: &BTreeMap<String, SecretText>) -> serde_json::Value {
    let names: Vec<&String> = secrets.keys().collect();
    serde_json::json!({ "project": project, "source": source, "secrets": names })
}
