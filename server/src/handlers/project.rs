//! Projects: create, read and change.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Action, Grant, Grantee, Need, ProjectId, ProjectRole, SourceId, UploadId};
use model::change::{Change, Misfit};
use model::check::{Finding, check, check_shared};
use model::project::{Project, Source, variable_prefix};
use wire::project::{ChangeProject, CreateProject, ReadProject, Saved, Scope, SecretState, VisibleProject};
use wire::upload::FileReport;
use wire::{Code, Fault};

use crate::Server;
use crate::accounts::forget;
use crate::config::{Config, Kept, Visible, told_change};
use crate::gate::Allowed;
use crate::handlers::changed::Digests;
use crate::handlers::own::change_for_oneself;
use crate::handlers::owner::Present;
use crate::handlers::upload::drop_chunks;
use crate::handlers::withheld::refuse_change;
use crate::handlers::{query, rights};
use crate::store::{RecordKey, RecordKind, Write};

/// The kind of a source that reads an uploaded file.
pub const FILE_KIND: &str = "csv";
/// The most problems of files that are listed with a project; the others are counted.
const MOST_LISTED: usize = 5_000;

/// Creates a project; whoever creates it owns it.
///
/// # Errors
/// [`Fault`] `Conflict` when the id is taken, `Invalid` when the name cannot be used.
pub async fn create_project(server: Arc<Server>, call: Allowed<CreateProject>) -> Result<Saved, Fault> {
    if is_taken(&call.config, &call.request.id) {
        return Err(Fault::new(Code::Conflict, "This project id is taken.", "Choose another."));
    }
    let own = Grant { to: Grantee::Person(call.who.caller.person.clone()), role: ProjectRole::Own };
    let project = Project {
        id: call.request.id.clone(),
        name: call.request.name.clone(),
        description: call.request.description.clone(),
        sources: BTreeMap::new(),
        object_types: BTreeMap::new(),
        link_types: BTreeMap::new(),
        grants: vec![own],
    };
    refuse_findings(&check_shared(&project))?;
    let digests = Digests::of(None, Some(&project))?;
    let revision = server.keeper.commit(call.config.revision, vec![put_project(&project)?], Vec::new()).await?;
    call.changed(digests.at(revision));
    Ok(Saved { revision })
}

/// Whether there is such a project, or one whose environment variables would have the same names.
pub(crate) fn is_taken(config: &Config, id: &ProjectId) -> bool {
    let prefix = variable_prefix(id);
    config.projects().any(|kept| variable_prefix(&kept.project.id) == prefix)
}

/// Reads a project's configuration, as far as the person may see it.
///
/// # Errors
/// [`Fault`] `NotFound`.
pub async fn read_project(server: Arc<Server>, call: Allowed<ReadProject>) -> Result<VisibleProject, Fault> {
    let kept = call.config.project(&call.request.project).ok_or_else(Fault::not_found)?;
    let seen = call.seen(&call.request.project)?;
    let visible = seen.project;
    let grantees = server.people.names(visible.grants.iter().map(|grant| &grant.to)).await?;
    let told = |change| told_change(change, &visible.id, &call.policy, &call.who.caller);
    Ok(VisibleProject {
        revision: call.config.revision,
        findings: check(&visible),
        secrets: secret_states(&server, kept, &visible),
        own: seen.own.into_iter().map(|(_, change)| told(change)).collect(),
        misfits: seen.misfits,
        grantees,
        files: file_reports(kept, &visible),
        rights: rights::known(&call, kept, &visible),
        project: visible.told(&call.policy, &call.who.caller),
        withheld: visible.withheld().clone(),
    })
}

fn file_reports(kept: &Kept, visible: &Visible) -> Vec<(SourceId, FileReport)> {
    let report = |source: &Source| kept.uploads.get(source.upload.as_ref()?)?.report.clone();
    let known = visible.sources.values().filter_map(|source| Some((source.id.clone(), report(source)?)));
    let mut room = MOST_LISTED;
    let within = known.map(|(source, mut report)| {
        report.problems.listed.truncate(room);
        room -= report.problems.listed.len();
        (source, report)
    });
    within.collect()
}

pub(super) fn secret_states(server: &Server, kept: &Kept, visible: &Visible) -> Vec<SecretState> {
    visible.sources.values().flat_map(|source| server.targets.secret_states(kept, source)).collect()
}

/// Changes a project. All of the changes are made, or none.
///
/// # Errors
/// [`Fault`] `Invalid` when a change does not fit, `Conflict` when somebody else was faster, `Forbidden` when the
/// content of a change takes a right that the person lacks.
pub async fn change_project(server: Arc<Server>, call: Allowed<ChangeProject>) -> Result<Saved, Fault> {
    match call.request.scope {
        Scope::Everyone => {
            refuse_stale(&call, &call.request.project, call.request.base)?;
            let writes = rights::look_at_accounts(&server, &call).await?;
            change_for_everyone(&server, &call, &call.request.project, &call.request.changes, writes).await
        }
        Scope::Mine => change_for_oneself(&server, &call).await,
    }
}

/// Refuses a change that was made over a state which somebody else has changed since. What happens in other projects,
/// and what people change for themselves, is no conflict.
///
/// # Errors
/// [`Fault`] `Conflict`.
pub fn refuse_stale<R>(call: &Allowed<R>, id: &ProjectId, base: u64) -> Result<(), Fault> {
    let changed = call.config.project(id).map(|kept| kept.changed).unwrap_or_default();
    if (changed..=call.config.revision).contains(&base) { Ok(()) } else { Err(conflict()) }
}

pub(super) fn conflict() -> Fault {
    Fault::new(Code::Conflict, "Somebody else changed this in the meantime.", "Look at what changed, then save again.")
}

/// The project as it would be after changes for everyone. Nothing is asked of anybody for it, so that what is refused is
/// refused before a saved secret is opened, and a refusal takes as long whatever lies at a source.
///
/// # Errors
/// As [`change_project`].
pub(super) fn changed<R>(
    call: &Allowed<R>,
    kept: &Kept,
    changes: &[Change],
    writes: &[Write],
) -> Result<Project, Fault> {
    let shared_view = crate::config::visible(&kept.project, &call.policy, &call.who.caller);
    let mut seen = (*shared_view).clone();
    for change in changes {
        check_rights(call, &shared_view, change)?;
        query::check_change(call, &seen, change)?;
        refuse_change(&shared_view, change)?;
        check_source(call, kept, &shared_view, change, writes)?;
        change.apply(&mut seen).map_err(|misfit| misfit_fault(&misfit))?;
    }
    refuse_findings(&check_shared(&seen))?;
    let mut project = (*kept.project).clone();
    for change in changes {
        refuse_collision(&kept.project, &shared_view, change)?;
        change.apply(&mut project).map_err(|_| if is_removal(change) { not_removable() } else { in_use() })?;
    }
    Ok(project)
}

/// Makes changes for everyone, together with further writes: secrets, an upload.
///
/// # Errors
/// As [`change_project`].
pub async fn change_for_everyone<R>(
    server: &Server,
    call: &Allowed<R>,
    id: &ProjectId,
    changes: &[Change],
    mut writes: Vec<Write>,
) -> Result<Saved, Fault> {
    let kept = call.config.project(id).ok_or_else(Fault::not_found)?;
    let project = changed(call, kept, changes, &writes)?;
    for change in changes {
        if let Change::RemoveSource(source) = change {
            writes.push(forget(id, source));
        }
        // Secrets that come with the change are those of the new address.
        let stale = credentials_to_clear(&kept.project, change);
        writes.extend(stale.filter(|stale| !writes.iter().any(|write| write.key() == stale.key())));
    }
    if changes.iter().any(|change| matches!(change, Change::PutGrant(_) | Change::RemoveGrant(_))) {
        let present = Present::of(server, &call.who.caller).await?;
        if present.is_owned(&kept.project.grants) && !present.is_owned(&project.grants) {
            return Err(misfit_fault(&Misfit::LastOwn));
        }
    }
    writes.insert(0, put_project(&project)?);
    let unread = kept.unread_uploads(&project, None);
    let digests = Digests::of(Some(&*kept.project), Some(&project))?;
    commit_without(server, call, id, writes, unread, digests).await
}

/// Commits, removes files that nothing reads any more, and tells the log what was changed.
pub(super) async fn commit_without<R>(
    server: &Server,
    call: &Allowed<R>,
    id: &ProjectId,
    mut writes: Vec<Write>,
    unread: Vec<UploadId>,
    digests: Digests,
) -> Result<Saved, Fault> {
    writes.extend(unread.iter().map(|upload| delete_upload(id, upload)));
    let revision = server.keeper.commit(call.config.revision, writes, Vec::new()).await?;
    call.changed(digests.at(revision));
    for upload in unread {
        drop_chunks(server, &upload).await;
    }
    Ok(Saved { revision })
}

/// The write that removes what is known of a file.
pub(crate) fn delete_upload(project: &ProjectId, upload: &UploadId) -> Write {
    Write::delete(RecordKey::new(RecordKind::Upload, project.as_str(), upload.as_str()))
}

/// A source is of a kind that there is; a file's kind reads files and no other does, so that a database cannot come in
/// under the rights of a file; and the file is the source's own, or one that this person brought in.
pub(super) fn check_source<R>(
    call: &Allowed<R>,
    kept: &Kept,
    visible: &Project,
    change: &Change,
    writes: &[Write],
) -> Result<(), Fault> {
    let Change::PutSource(source) = change else { return Ok(()) };
    let reads_files = source.kind == FILE_KIND;
    if reads_files != source.is_internal() {
        return Err(Fault::invalid(
            format!("A source of the kind \"{}\" cannot be saved like this.", source.kind),
            "Upload a file, or choose a kind of database.",
        ));
    }
    let Some(upload) = &source.upload else { return Ok(()) };
    let before = visible.sources.get(&source.id).and_then(|before| before.upload.as_ref());
    let is_own = kept.uploads.get(upload).is_some_and(|record| record.person == call.who.caller.person);
    let record = RecordKey::new(RecordKind::Upload, visible.id.as_str(), upload.as_str());
    let comes_along = writes.iter().any(|write| *write.key() == record);
    if before == Some(upload) || is_own || comes_along {
        return Ok(());
    }
    Err(Fault::invalid("There is no such file.", "Upload the file and make it a source from there."))
}

/// Rights that only the content of a change brings up.
fn check_rights<R>(call: &Allowed<R>, visible: &Project, change: &Change) -> Result<(), Fault> {
    let need = |action| Need::project(action, &visible.id);
    match change {
        Change::RemoveSource(id) if visible.sources.get(id).is_some_and(|source| !source.is_internal()) => {
            call.also(&need(Action::ManageExternalSources))?;
        }
        Change::PutSource(source) => {
            let before = visible.sources.get(&source.id);
            if before.is_some_and(|before| !before.is_internal()) {
                call.also(&need(Action::ManageExternalSources))?;
            }
            let rule = |source: &Source| (source.required_role.clone(), source.keep_model_visible);
            if before.map(rule).unwrap_or_default() != rule(source) {
                call.also(&need(Action::SetSourceRole))?;
            }
            if before.map(|before| before.limits).unwrap_or_default() != source.limits {
                call.also(&need(Action::ManageExternalSources))?;
            }
        }
        Change::PutGrant(grant) => refuse_own_raise(call, visible, grant)?,
        _ => {}
    }
    Ok(())
}

/// Nobody raises an own grant. Who is an Own in person has nothing to raise; who is one through an app role, which the
/// organisation may take away, would stay one for good.
fn refuse_own_raise<R>(call: &Allowed<R>, visible: &Project, grant: &Grant) -> Result<(), Fault> {
    let person = Grantee::Person(call.who.caller.person.clone());
    let held = visible.grants.iter().find(|held| held.to == person).map(|held| held.role);
    if !call.who.is_named_by(&grant.to) || held == Some(ProjectRole::Own) || held == Some(grant.role) {
        return Ok(());
    }
    let remedy = if call.policy.project_roles(&call.who.caller, &visible.id).contains(&ProjectRole::Own) {
        "You are an Own through a role. Ask another Own of the project to name you in person."
    } else {
        "Ask an Own of the project."
    };
    Err(Fault::new(Code::Forbidden, "Nobody raises an own grant.", remedy))
}

/// An id that is taken by something which the person may not see cannot be taken again, nor told about.
fn refuse_collision(shared: &Project, seen: &Project, change: &Change) -> Result<(), Fault> {
    let collides = match change {
        Change::PutSource(source) => shared.sources.contains_key(&source.id) && !seen.sources.contains_key(&source.id),
        Change::PutObjectType(kind) => {
            shared.object_types.contains_key(&kind.id) && !seen.object_types.contains_key(&kind.id)
        }
        Change::PutLinkType(link) => {
            shared.link_types.contains_key(&link.id) && !seen.link_types.contains_key(&link.id)
        }
        _ => false,
    };
    if collides { Err(in_use()) } else { Ok(()) }
}

fn in_use() -> Fault {
    Fault::new(
        Code::Conflict,
        "This cannot be saved under this id.",
        "Choose another id, or ask an Own of the project.",
    )
}

const fn is_removal(change: &Change) -> bool {
    matches!(change, Change::RemoveSource(_) | Change::RemoveObjectType(_) | Change::RemoveLinkType(_))
}

/// Something that the person may not see needs it, and may not be told about.
fn not_removable() -> Fault {
    Fault::new(Code::Conflict, "This cannot be removed here.", "Ask an Own of the project to remove it.")
}

/// A changed address clears the credentials that were saved for the old one.
fn credentials_to_clear(shared: &Project, change: &Change) -> Option<Write> {
    let id: &SourceId = match change {
        Change::RemoveSource(id) => id,
        Change::PutSource(source) => {
            let before = shared.sources.get(&source.id)?;
            if same_address(before, source) {
                return None;
            }
            &source.id
        }
        _ => return None,
    };
    Some(Write::delete(RecordKey::new(RecordKind::Credential, shared.id.as_str(), id.as_str())))
}

/// Whether two states of a source lead to the same place with the same encryption.
pub fn same_address(before: &Source, after: &Source) -> bool {
    after.has_address_of(before)
}

pub(super) fn refuse_findings(findings: &[Finding]) -> Result<(), Fault> {
    match findings.first() {
        None => Ok(()),
        Some(finding) => {
            Err(Fault::invalid(format!("The {} cannot be saved.", finding.place), finding.sentence.clone()))
        }
    }
}

/// A misfit says in one text what is wrong and, behind it, what to do.
pub(super) fn misfit_fault(misfit: &Misfit) -> Fault {
    let remedy = match misfit {
        Misfit::Absent { .. } => "Reload the page to see what is there.",
        Misfit::Needed { .. } => "Change or remove that first.",
        Misfit::LastOwn => "Give Own to somebody else first.",
        Misfit::NotPersonal => "Save it for everyone.",
        Misfit::TakesQueryRight => "Forget this change.",
    };
    let text = misfit.to_string();
    Fault::invalid(text.strip_suffix(remedy).unwrap_or(&text).trim_end(), remedy)
}

/// The write that keeps a project.
///
/// # Errors
/// [`Fault`] `Internal` when it cannot be written as JSON.
pub fn put_project(project: &Project) -> Result<Write, Fault> {
    let key = RecordKey::new(RecordKind::Project, project.id.as_str(), project.id.as_str());
    Ok(Write::put(key, json(project)?))
}

/// JSON for the store.
///
/// # Errors
/// [`Fault`] `Internal` when it cannot be written.
pub fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(value).map_err(|_| Fault::new(Code::Internal, "This could not be kept.", "Try again."))
}
