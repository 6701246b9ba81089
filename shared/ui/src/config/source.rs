//! Sources: their kinds, tests, saving, catalogues and first models.

use std::collections::BTreeMap;

use access::{ProjectId, SourceId};
use model::project::Source;
use wire::source::{ReadCatalogue, SaveSource, SourceKinds, SuggestModel, TestSource};
use wire::{Code, Fault, SecretText};

use super::jobs::Job;
use super::{Config, Heard, base, change, of};
use crate::app::{Model, Remote};
use crate::client::Outbox;
use crate::words::{Word, Words};

/// Asks which kinds of sources there are.
pub(super) fn ask_kinds(model: &mut Model, outbox: &Outbox) {
    model.config.kinds.ask();
    outbox.call(&SourceKinds {}, |model, _, reply| model.config.kinds.answer(reply));
}

/// Tries to reach a source.
pub(super) fn test(
    model: &mut Model,
    outbox: &Outbox,
    project: ProjectId,
    source: Source,
    secrets: BTreeMap<String, SecretText>,
) {
    // What an earlier test found says nothing about the source as it is now.
    model.config.test = Remote::Waiting(None);
    let number = model.config.jobs.begin(&Job::Test);
    // Only a test of what is saved tells how the saved source is.
    let saved = model.project().and_then(|visible| visible.project.sources.get(&source.id));
    let heard_of = (secrets.is_empty() && saved == Some(&source)).then(|| source.id.clone());
    let call = TestSource { project: project.clone(), source, secrets };
    let stop = outbox.call_until(&call, move |model, outbox, reply| {
        let Some(config) = waiting_for(model, &project, &Job::Test, number) else { return };
        if let (Some(source), Ok(report)) = (heard_of, &reply) {
            config.heard.insert(source, heard(outbox, report.ok));
        }
        config.test.answer(reply);
    });
    model.config.jobs.keep(&Job::Test, stop);
}

/// Forgets the newest test, and stops it.
pub(super) fn forget_test(model: &mut Model) {
    model.config.jobs.stop(&Job::Test);
    model.config.test = Remote::Idle;
}

/// The configuration, when this answer is still waited for.
fn waiting_for<'a>(model: &'a mut Model, project: &ProjectId, job: &Job, number: u64) -> Option<&'a mut Config> {
    let config = of(model, project)?;
    config.jobs.end(job, number).then_some(config)
}

fn heard(outbox: &Outbox, reachable: bool) -> Heard {
    Heard { reachable, at: outbox.client().clock_time() }
}

/// Takes note of whether a source answered; a fault that is not the source's says nothing about it.
fn hear<T>(config: &mut Config, outbox: &Outbox, source: &SourceId, reply: &Result<T, Fault>) {
    let reachable = match reply {
        Ok(_) => true,
        Err(fault) if matches!(fault.code, Code::SourceFailed | Code::SourceSlow) => false,
        Err(_) => return,
    };
    config.heard.insert(source.clone(), heard(outbox, reachable));
}

/// Saves a source; what was known of its contents is asked anew.
pub(super) fn save(
    model: &mut Model,
    outbox: &Outbox,
    project: ProjectId,
    source: Source,
    (secrets, typed_name): (BTreeMap<String, SecretText>, String),
) {
    let number = change::begin(model);
    let id = source.id.clone();
    let call = SaveSource { project: project.clone(), base: base(model), source, secrets, typed_name };
    outbox.call(&call, move |model, outbox, reply| {
        if let (Some(config), true) = (of(model, &project), reply.is_ok()) {
            config.catalogues.remove(&id);
            config.suggestions.remove(&id);
            config.heard.remove(&id);
        }
        change::end(model, outbox, &project, number, reply);
    });
}

/// Reads what a source contains.
pub(super) fn read_catalogue(model: &mut Model, outbox: &Outbox, project: ProjectId, source: SourceId) {
    let job = Job::Catalogue(source.clone());
    let number = model.config.jobs.begin(&job);
    model.config.catalogues.entry(source.clone()).or_default().ask();
    let call = ReadCatalogue { project: project.clone(), source: source.clone() };
    let stop = outbox.call_until(&call, move |model, outbox, reply| {
        let job = Job::Catalogue(source.clone());
        let Some(config) = waiting_for(model, &project, &job, number) else { return };
        hear(config, outbox, &source, &reply);
        config.catalogues.entry(source).or_default().answer(reply);
    });
    model.config.jobs.keep(&job, stop);
}

/// Stops reading what a source contains; what was read before stays.
pub(super) fn stop_catalogue(model: &mut Model, source: &SourceId) {
    let words = model.words;
    model.config.jobs.stop(&Job::Catalogue(source.clone()));
    if let Some(catalogue) = model.config.catalogues.get_mut(source) {
        *catalogue = match std::mem::take(catalogue) {
            Remote::Waiting(Some(before)) => Remote::Here(before),
            Remote::Waiting(None) => Remote::Failed(stopped(words)),
            other => other,
        };
    }
}

fn stopped(words: Words) -> Fault {
    Fault::new(Code::SourceFailed, words.t(Word::ReadingStopped), words.t(Word::ReadingStoppedRemedy))
}

/// Makes a first model of a source.
pub(super) fn suggest(model: &mut Model, outbox: &Outbox, project: ProjectId, source: SourceId) {
    let job = Job::Suggestion(source.clone());
    let number = model.config.jobs.begin(&job);
    model.config.suggestions.entry(source.clone()).or_default().ask();
    let call = SuggestModel { project: project.clone(), source: source.clone() };
    let stop = outbox.call_until(&call, move |model, outbox, reply| {
        let job = Job::Suggestion(source.clone());
        let Some(config) = waiting_for(model, &project, &job, number) else { return };
        hear(config, outbox, &source, &reply);
        config.suggestions.entry(source).or_default().answer(reply);
    });
    model.config.jobs.keep(&job, stop);
}

/// Stops making a first model.
pub(super) fn stop_suggestion(model: &mut Model, source: &SourceId) {
    model.config.jobs.stop(&Job::Suggestion(source.clone()));
    model.config.suggestions.remove(source);
}
