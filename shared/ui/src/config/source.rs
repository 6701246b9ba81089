//! Sources: their kinds, tests, saving, catalogues and first models.

use std::collections::BTreeMap;

use access::{ProjectId, SourceId};
use model::project::Source;
use wire::SecretText;
use wire::source::{ReadCatalogue, SaveSource, SourceKinds, SuggestModel, TestSource};

use super::{base, change, of};
use crate::app::{Model, Remote};
use crate::client::Outbox;

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
    let call = TestSource { project: project.clone(), source, secrets };
    outbox.call(&call, move |model, _, reply| {
        if let Some(config) = of(model, &project)
            && config.test.is_waiting()
        {
            config.test.answer(reply);
        }
    });
}

/// Saves a source; what was known of its contents is asked anew.
pub(super) fn save(
    model: &mut Model,
    outbox: &Outbox,
    project: ProjectId,
    source: Source,
    secrets: BTreeMap<String, SecretText>,
) {
    let number = change::begin(model);
    let id = source.id.clone();
    let call = SaveSource { project: project.clone(), base: base(model), source, secrets };
    outbox.call(&call, move |model, outbox, reply| {
        if let (Some(config), true) = (of(model, &project), reply.is_ok()) {
            config.catalogues.remove(&id);
            config.suggestions.remove(&id);
        }
        change::end(model, outbox, &project, number, reply);
    });
}

/// Reads what a source contains.
pub(super) fn read_catalogue(model: &mut Model, outbox: &Outbox, project: ProjectId, source: SourceId) {
    model.config.catalogues.entry(source.clone()).or_default().ask();
    let call = ReadCatalogue { project: project.clone(), source: source.clone() };
    outbox.call(&call, move |model, _, reply| {
        if let Some(config) = of(model, &project) {
            config.catalogues.entry(source).or_default().answer(reply);
        }
    });
}

/// Makes a first model of a source.
pub(super) fn suggest(model: &mut Model, outbox: &Outbox, project: ProjectId, source: SourceId) {
    model.config.suggestions.entry(source.clone()).or_default().ask();
    let call = SuggestModel { project: project.clone(), source: source.clone() };
    outbox.call(&call, move |model, _, reply| {
        if let Some(config) = of(model, &project) {
            config.suggestions.entry(source).or_default().answer(reply);
        }
    });
}
