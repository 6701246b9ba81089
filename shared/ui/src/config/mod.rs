//! The configuration screens of a project: what is being edited, tested, uploaded.

mod change;
mod file;
mod jobs;
mod query;
mod sample;
mod source;

use std::collections::BTreeMap;

use access::{ProjectId, SourceId};
use model::catalogue::Catalogue;
use model::change::Change;
use model::project::{Source, Table};
use wire::SecretText;
use wire::form::About;
use wire::project::{Saved, Scope};
use wire::source::{AccountRights, Suggestion, TestReport};
use wire::upload::FileLayout;

use crate::app::{Model, Remote, Route};
use crate::client::Outbox;

use jobs::Jobs;

pub use file::File;
pub use query::Query;
pub use sample::Sample;

/// What the configuration screens are working on.
#[derive(Default)]
pub struct Config {
    /// The kinds of sources, each with its form.
    pub kinds: Remote<Vec<About>>,
    /// The newest save, as far as it has come.
    pub save: Remote<Saved>,
    /// How many saves there were; tells which save [`Config::save`] is about.
    pub saves: u64,
    /// The newest test of a source.
    pub test: Remote<TestReport>,
    /// The newest query that was checked.
    pub query: Option<Query>,
    /// The newest look at what an account may do.
    pub probe: Remote<Option<AccountRights>>,
    /// What the sources contain, where that was asked.
    pub catalogues: BTreeMap<SourceId, Remote<Catalogue>>,
    /// First models, where they were asked for.
    pub suggestions: BTreeMap<SourceId, Remote<Suggestion>>,
    /// Some rows of a table.
    pub sample: Option<Sample>,
    /// What was heard from the sources last.
    pub heard: BTreeMap<SourceId, Heard>,
    /// A file on its way to become a source.
    pub file: Option<File>,
    /// How many samples and previews were asked for; answers to older ones are dropped.
    asked: u64,
    jobs: Jobs,
}

/// What was heard from a source last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Whether it answered.
    pub reachable: bool,
    /// When, as a time of day, "10:42"; none where nobody knows it.
    pub at: Option<String>,
}

/// What the configuration screens ask for. All of it is about the project of the route.
#[derive(Debug, Clone)]
pub enum Command {
    /// Ask which kinds of sources there are.
    AskKinds,
    /// Try to reach a source.
    TestSource {
        /// As it would be saved.
        source: Box<Source>,
        /// What was typed.
        secrets: BTreeMap<String, SecretText>,
    },
    /// The newest test is no longer of use; it is stopped if it is still under way.
    ForgetTest,
    /// Save a source and its secrets for everyone.
    SaveSource {
        /// The source.
        source: Box<Source>,
        /// What was typed.
        secrets: BTreeMap<String, SecretText>,
        /// The source's name, typed to take an account that may do far more than read; else empty.
        typed_name: String,
    },
    /// Look at what the account of a saved source may do.
    ProbeRights(SourceId),
    /// Check a query.
    CheckQuery {
        /// The source that it is for.
        source: SourceId,
        /// The query.
        text: String,
    },
    /// Forget the query that was checked; it is stopped if it is still under way.
    ForgetQuery,
    /// Read what a source contains.
    ReadCatalogue(SourceId),
    /// Stop reading what a source contains.
    StopCatalogue(SourceId),
    /// Read some rows of a table.
    SampleTable {
        /// Which source.
        source: SourceId,
        /// Which table.
        table: Table,
    },
    /// Stop reading rows and forget them.
    CloseSample,
    /// Make a first model of a source.
    SuggestModel(SourceId),
    /// Stop making a first model.
    StopSuggestion(SourceId),
    /// Change the project.
    Change {
        /// For whom.
        scope: Scope,
        /// What to change, in order.
        changes: Vec<Change>,
        /// Own changes to forget, by their place.
        forget: Vec<usize>,
    },
    /// Choose a file and bring it in: as a new source, or in the place of this source's file.
    ChooseFile(Option<SourceId>),
    /// Read the file again with this layout.
    PreviewFile(FileLayout),
    /// Make the file a source.
    AcceptFile {
        /// How to read it.
        layout: FileLayout,
        /// The source's id.
        source: SourceId,
        /// The new source's name.
        name: String,
        /// For whom.
        scope: Scope,
    },
    /// Leave the file alone; one that is on its way is stopped, and the server forgets others by itself.
    ForgetFile,
}

/// Carries out a command.
pub fn run(command: Command, model: &mut Model, outbox: &Outbox) {
    if let Command::AskKinds = command {
        return source::ask_kinds(model, outbox);
    }
    let Some(project) = model.route.project().cloned() else { return };
    match command {
        Command::AskKinds => {}
        Command::TestSource { source, secrets } => source::test(model, outbox, project, *source, secrets),
        Command::ForgetTest => source::forget_test(model),
        Command::SaveSource { source, secrets, typed_name } => {
            source::save(model, outbox, project, *source, (secrets, typed_name));
        }
        Command::ProbeRights(source) => query::probe(model, outbox, project, source),
        Command::CheckQuery { source, text } => query::check(model, outbox, project, source, text),
        Command::ForgetQuery => query::forget(model),
        Command::ReadCatalogue(source) => source::read_catalogue(model, outbox, project, source),
        Command::StopCatalogue(source) => source::stop_catalogue(model, &source),
        Command::StopSuggestion(source) => source::stop_suggestion(model, &source),
        Command::SuggestModel(source) => source::suggest(model, outbox, project, source),
        Command::SampleTable { source, table } => sample::start(model, outbox, project, source, table),
        Command::CloseSample => model.config.sample = None,
        Command::Change { scope, changes, forget } => {
            change::change(model, outbox, project, scope, changes, forget);
        }
        Command::ChooseFile(replaces) => file::choose(model, outbox, project, replaces),
        Command::PreviewFile(layout) => file::preview(model, outbox, project, layout),
        Command::AcceptFile { layout, source, name, scope } => {
            file::accept(model, outbox, project, (layout, source, name, scope));
        }
        Command::ForgetFile => model.config.file = None,
    }
}

/// The route leads into a project; `changed` when it is another one than before.
pub fn shown(model: &mut Model, outbox: &Outbox, changed: bool) {
    if changed {
        let kinds = std::mem::take(&mut model.config.kinds);
        model.config = Config { kinds, saves: model.config.saves, asked: model.config.asked, ..Config::default() };
    }
    if matches!(model.route, Route::Config { .. }) && matches!(model.config.kinds, Remote::Idle) {
        source::ask_kinds(model, outbox);
    }
}

/// The configuration that an answer belongs to; none when the person is in another project by now.
fn of<'a>(model: &'a mut Model, project: &ProjectId) -> Option<&'a mut Config> {
    (model.route.project() == Some(project)).then_some(&mut model.config)
}

/// The revision that the person sees.
fn base(model: &Model) -> u64 {
    model.project().map_or(0, |visible| visible.revision)
}
