//! Sources: which kinds there are, testing one, browsing what it contains, and a first model of it.

use std::collections::BTreeMap;

use access::{Action, Need, ProjectId, SourceId};
use model::catalogue::{Catalogue, Column};
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
    /// What the account may do beside reading, where the source has accounts and was reached.
    #[serde(default)]
    pub rights: Option<AccountRights>,
}

/// What to do about an account that reaches beyond its database.
pub const TYPE_THE_NAME: &str = "Give Clew an account that only reads, or type the source's name to take this one.";

/// What an account at a source may do beside reading, as the source itself says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AccountRights {
    /// When it was looked at, in seconds since 1970.
    pub at: i64,
    /// What the account is called there.
    pub account: String,
    /// Whether it may do everything.
    pub superuser: bool,
    /// Whether it may run programs of the source's machine.
    pub runs_programs: bool,
    /// Whether it may write files there.
    pub writes_files: bool,
    /// Whether it may read files there.
    pub reads_files: bool,
    /// How many tables and views it may change.
    pub writable: u64,
    /// The first of them, by schema and name; at most 20.
    pub tables: Vec<String>,
    /// Statements that make an account which only reads, for whoever runs the source.
    pub remedy: Vec<String>,
    /// Whether an instance manager typed the source's name to take it, whatever it may do.
    #[serde(default)]
    pub taken: bool,
}

impl AccountRights {
    /// Whether it reads tables and does nothing else.
    pub const fn only_reads(&self) -> bool {
        !self.is_dangerous() && self.writable == 0
    }

    /// Whether it reaches beyond the database: such an account is taken only from somebody who types the source's name,
    /// and until then nothing is asked with it.
    pub const fn is_dangerous(&self) -> bool {
        self.superuser || self.runs_programs || self.writes_files || self.reads_files
    }

    /// Whether nothing is asked with it: it is dangerous, and nobody took it.
    pub const fn is_barred(&self) -> bool {
        self.is_dangerous() && !self.taken
    }

    /// Whether it is the same account as another time and reaches no further beyond the database than then.
    pub fn reaches_no_further_than(&self, before: &Self) -> bool {
        let pairs = [
            (self.superuser, before.superuser),
            (self.runs_programs, before.runs_programs),
            (self.writes_files, before.writes_files),
            (self.reads_files, before.reads_files),
        ];
        self.account == before.account && pairs.iter().all(|(now, then)| !now || *then)
    }
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
    /// The source's name, typed by an instance manager who takes an account that may do far more than read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub typed_name: String,
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
        let mut written = without_secrets(&self.project, &self.source, &self.secrets);
        if let (false, Some(written)) = (self.typed_name.is_empty(), written.as_object_mut()) {
            written.insert("typed_name".to_owned(), self.typed_name.clone().into());
        }
        written
    }
);

impl Call for SaveSource {
    type Reply = Saved;
}

/// Looks at what the account at a saved source may do beside reading; what is found is kept with the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeRights {
    /// Which project.
    pub project: ProjectId,
    /// Which source.
    pub source: SourceId,
}

request!(ProbeRights, "probe_rights", Change, |call| vec![
    Need::source(Action::SaveConfiguration, &call.project, &call.source),
    Need::project(Action::ManageExternalSources, &call.project),
]);

impl Call for ProbeRights {
    type Reply = Option<AccountRights>;
}

/// Checks the query of an object type, and asks the source for its columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckQuery {
    /// Which project.
    pub project: ProjectId,
    /// Which source.
    pub source: SourceId,
    /// The query.
    pub text: String,
}

impl crate::Request for CheckQuery {
    const NAME: &'static str = "check_query";
    const RECORD: crate::Record = crate::Record::Read;
    /// The longest query, with what JSON makes of its line ends and quotes.
    const MOST_BYTES: usize = 256 * 1024;

    fn needs(&self) -> Vec<Need> {
        vec![
            Need::source(Action::SaveConfiguration, &self.project, &self.source),
            Need::project(Action::WriteQueries, &self.project),
        ]
    }
}

impl Call for CheckQuery {
    type Reply = CheckedQuery;
}

/// What came of checking a query.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CheckedQuery {
    /// Its columns, with the kinds that fit them; empty when it cannot be used.
    pub columns: Vec<Column>,
    /// Why it cannot be used.
    pub wrong: Option<WrongQuery>,
}

/// Why a query cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongQuery {
    /// The line, counted from 1; 0 where nobody knows.
    pub line: u64,
    /// The character in the line, counted from 1; 0 where nobody knows.
    pub column: u64,
    /// Why, and what to do.
    pub fault: Fault,
    /// What the source says about the text, in its own words.
    #[serde(default)]
    pub said: Option<String>,
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
