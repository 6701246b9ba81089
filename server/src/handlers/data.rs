//! Asking the sources, and taking things out.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::{ProjectId, SourceId};
use model::Project;
use model::asked::{sources_of, sources_of_types, told};
use model::query::Answer;
use wire::Fault;
use wire::data::{AnnouncePicture, CountLinks, Expand, ExportRows, PictureScope, PictureStamp, RunQuery, Search};

use super::{export, withheld};
use crate::Server;
use crate::broker::{Pieces, Targets};
use crate::config::Visible;
use crate::gate::{Allowed, File};

/// The project as the person may see it, and the way to its sources.
fn asked<R>(server: &Server, call: &Allowed<R>, id: &ProjectId) -> Result<(Visible, Arc<dyn Targets>), Fault> {
    let project = call.project(id)?;
    let targets = server.targets.of(&call.config, &project, &call.who.caller.person);
    Ok((project, targets))
}

/// Looks for a text, or for whole values, in every searchable property.
///
/// # Errors
/// [`Fault`] `Invalid` when a text is too short or too long, or when there are too many.
pub async fn search(server: Arc<Server>, call: Allowed<Search>) -> Result<Pieces, Fault> {
    let (project, targets) = asked(&server, &call, &call.request.project)?;
    server.broker.search(project.shared(), &call.request, project.withheld(), targets)
}

/// Asks one question.
///
/// # Errors
/// [`Fault`] `Invalid` when it cannot be asked, `Forbidden` where it names a type that is known by name only.
pub async fn run_query(server: Arc<Server>, call: Allowed<RunQuery>) -> Result<Pieces, Fault> {
    let (project, targets) = asked(&server, &call, &call.request.project)?;
    withheld::refuse_question(&project, &call.request.query)?;
    server.broker.run_query(project.shared(), &call.request, targets)
}

/// Counts the links of some objects.
///
/// # Errors
/// [`Fault`] `Invalid` when there are too many objects.
pub async fn count_links(server: Arc<Server>, call: Allowed<CountLinks>) -> Result<Pieces, Fault> {
    let (project, targets) = asked(&server, &call, &call.request.project)?;
    withheld::refuse_objects(&project, &call.request.object_type)?;
    server.broker.count_links(project.shared(), &call.request, project.withheld(), targets)
}

/// Expands objects along one link type.
///
/// # Errors
/// [`Fault`] `Invalid` when it cannot be asked.
pub async fn expand(server: Arc<Server>, call: Allowed<Expand>) -> Result<Pieces, Fault> {
    let (project, targets) = asked(&server, &call, &call.request.project)?;
    withheld::refuse_links(&project, &call.request.link)?;
    server.broker.expand(project.shared(), &call.request, targets)
}

/// The rows of a question as a CSV file.
///
/// # Errors
/// [`Fault`] `Invalid` when the question asks for a count or cannot be asked.
pub async fn export_rows(server: Arc<Server>, call: Allowed<ExportRows>) -> Result<File, Fault> {
    if call.request.query.answer == Answer::Count {
        return Err(Fault::invalid("A count is no table.", "Export rows or groups."));
    }
    let (project, targets) = asked(&server, &call, &call.request.project)?;
    withheld::refuse_question(&project, &call.request.query)?;
    let rows = server.broker.export(project.shared(), &call.request.query, targets)?;
    let provenance = export::Provenance {
        person: call.who.name.clone(),
        at: server.clock.now(),
        project: project.name.clone(),
        question: call.question.clone(),
        told: told(&project, &call.request.query),
        query: serde_json::to_string(&call.request.query).unwrap_or_default(),
        sources: names(&project, &sources_of(&project, &call.request.query)),
    };
    Ok(export::csv(&call.request.project, provenance, rows))
}

fn names(project: &Project, sources: &BTreeSet<SourceId>) -> Vec<String> {
    sources.iter().filter_map(|id| project.sources.get(id)).map(|source| source.name.clone()).collect()
}

/// Writes down that the graph is about to be saved; gives the line that stands under the picture, or in the file.
///
/// # Errors
/// None of its own.
pub async fn announce_picture(server: Arc<Server>, call: Allowed<AnnouncePicture>) -> Result<PictureStamp, Fault> {
    let project = call.project(&call.request.project)?;
    let sources = sources_of_types(&project, &call.request.object_types, &call.request.link_types);
    let whole = match call.request.cut {
        0 => "every expansion complete".to_owned(),
        cut => format!("{cut} expansions not complete"),
    };
    let part = match call.request.scope {
        PictureScope::Shown => "",
        PictureScope::View => " · only what was in view",
        PictureScope::Selection => " · only what was selected",
    };
    let line = format!(
        "{} · {} · {} objects, {} links from {}{part} · {whole} · saved by {} · Clew question {}",
        project.name,
        server.clock.now().strftime("%Y-%m-%d %H:%M UTC"),
        call.request.objects,
        call.request.links,
        names(&project, &sources).join(", "),
        call.who.name,
        call.question
    );
    Ok(PictureStamp { line })
}
