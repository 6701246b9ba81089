//! Sources: which kinds there are, testing one, browsing what it contains, and a first model of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::catalogue::Catalogue;
use model::change::Change;
use model::project::Source;
use model::suggest::suggest;
use wire::form::About;
use wire::project::Saved;
use wire::secret::SecretText;
use wire::source::{
    ReadCatalogue, SampleTable, SaveSource, SourceKinds, SuggestModel, Suggestion, TestReport, TestSource,
};
use wire::{Code, Fault};

use crate::Server;
use crate::broker::Pieces;
use crate::config::visible;
use crate::connectors;
use crate::gate::Allowed;
use crate::handlers::project::{change_for_everyone, changed, json, refuse_stale};
use crate::handlers::rights;
use crate::store::{RecordKey, RecordKind, Write};

/// The most rows of a sample.
const MOST_SAMPLE_ROWS: u64 = 1_000;

/// The kinds of sources, each with its form.
///
/// # Errors
/// None of its own.
pub async fn source_kinds(_server: Arc<Server>, _call: Allowed<SourceKinds>) -> Result<Vec<About>, Fault> {
    Ok(connectors::all().iter().map(|connector| connector.about()).collect())
}

/// Tries to reach a source that may not be saved yet.
///
/// # Errors
/// [`Fault`] `Invalid` when there is no such kind of source; a source that cannot be reached is no fault but a report.
pub async fn test_source(server: Arc<Server>, call: Allowed<TestSource>) -> Result<TestReport, Fault> {
    let source = &call.request.source;
    let connector = connectors::of_kind(&source.kind).ok_or_else(|| unknown_kind(source))?;
    let kept = call.config.project(&call.request.project).ok_or_else(Fault::not_found)?;
    let visible = call.project(&call.request.project)?;
    let mut secrets = rights::secrets_that_stay(&server, kept, &visible, source)?;
    secrets.extend(server.targets.secrets_from_variables(kept, source)?);
    secrets.extend(call.request.secrets.clone());
    Ok(connector.test(server.targets.plain(source, secrets)).await)
}

/// Saves a source and its secrets for everyone.
///
/// # Errors
/// [`Fault`] as for any change of a project.
pub async fn save_source(server: Arc<Server>, call: Allowed<SaveSource>) -> Result<Saved, Fault> {
    let source = &call.request.source;
    if source.is_internal() || connectors::of_kind(&source.kind).is_none_or(|connector| connector.about().internal) {
        return Err(unknown_kind(source));
    }
    refuse_stale(&call, &call.request.project, call.request.base)?;
    let kept = call.config.project(&call.request.project).ok_or_else(Fault::not_found)?;
    let changes = [Change::PutSource(Box::new(source.clone()))];
    // What cannot be saved is refused before anything goes out.
    changed(&call, kept, &changes, &[])?;
    let visible = visible(&kept.project, &call.policy, &call.who.caller);
    let mut secrets = rights::secrets_that_stay(&server, kept, &visible, source)?;
    secrets.extend(call.request.secrets.clone());
    let mut writes = put_secrets(&call, &secrets)?;
    let mut used = secrets;
    // A variable that is not set yet is no reason to refuse the source.
    used.extend(server.targets.secrets_from_variables(kept, source).unwrap_or_default());
    writes.push(rights::before_saving(&server, kept, source, used, &call.request.typed_name).await?);
    change_for_everyone(&server, &call, &call.request.project, &changes, writes).await
}

fn put_secrets(call: &Allowed<SaveSource>, secrets: &BTreeMap<String, SecretText>) -> Result<Vec<Write>, Fault> {
    let given: BTreeMap<&String, &SecretText> =
        secrets.iter().filter(|(_, secret)| !secret.reveal().is_empty()).collect();
    if given.is_empty() {
        return Ok(Vec::new());
    }
    let request = &call.request;
    let key = RecordKey::new(RecordKind::Credential, request.project.as_str(), request.source.id.as_str());
    Ok(vec![Write::put(key, json(&given)?)])
}

fn unknown_kind(source: &Source) -> Fault {
    Fault::invalid(
        format!("There is no kind of source \"{}\" that can be saved here.", source.kind),
        "Choose one of the list.",
    )
}

/// What a source contains.
///
/// # Errors
/// [`Fault`] `SourceFailed` when it cannot be read.
pub async fn read_catalogue(server: Arc<Server>, call: Allowed<ReadCatalogue>) -> Result<Catalogue, Fault> {
    let project = call.project(&call.request.project)?;
    let targets = server.targets.of(&call.config, &project, &call.who.caller.person);
    server.broker.catalogue(project.shared(), &call.request.source, targets).await
}

/// A first model of a source, from its keys and names.
///
/// # Errors
/// [`Fault`] `SourceFailed` when it cannot be read.
pub async fn suggest_model(server: Arc<Server>, call: Allowed<SuggestModel>) -> Result<Suggestion, Fault> {
    let project = call.project(&call.request.project)?;
    let targets = server.targets.of(&call.config, &project, &call.who.caller.person);
    let catalogue = server.broker.catalogue(project.shared(), &call.request.source, targets).await?;
    let found = suggest(&catalogue, &call.request.source, &project);
    let (changes, reasons) = found.changes.into_iter().unzip();
    Ok(Suggestion { changes, reasons, left_out: found.left_out })
}

/// Some rows of a table.
///
/// # Errors
/// [`Fault`] `Invalid` when too many are asked for; `SourceFailed`.
pub async fn sample_table(server: Arc<Server>, call: Allowed<SampleTable>) -> Result<Pieces, Fault> {
    if call.request.limit > MOST_SAMPLE_ROWS {
        return Err(Fault::new(Code::Invalid, "A sample has at most 1,000 rows.", "Ask for fewer."));
    }
    let project = call.project(&call.request.project)?;
    let targets = server.targets.of(&call.config, &project, &call.who.caller.person);
    server.broker.sample_table(project.shared(), &call.request, targets)
}
