//! Projects that nobody owns: an instance manager sees their names, and may say who owns one from now on.
//!
//! Nobody owns a project whose only Own is an e-mail address that nobody has come with. An instance manager sees nothing
//! of such a project but id and name, and names somebody else: nobody raises an own grant.

use std::sync::Arc;

use access::{Grant, Grantee, ProjectRole};
use model::change::{Change, has_own};
use wire::owner::{NameOwner, ProjectName, ProjectsWithoutOwner};
use wire::project::Saved;
use wire::{Code, Fault};

use crate::Server;
use crate::gate::Allowed;
use crate::handlers::project::put_project;

/// Which projects nobody owns.
///
/// # Errors
/// None of its own.
pub async fn projects_without_owner(
    _server: Arc<Server>,
    call: Allowed<ProjectsWithoutOwner>,
) -> Result<Vec<ProjectName>, Fault> {
    let projects = call.config.projects().map(|kept| &kept.project).filter(|project| !has_own(&project.grants));
    Ok(projects.map(|project| ProjectName { id: project.id.clone(), name: project.name.clone() }).collect())
}

/// Gives a project that nobody owns to somebody.
///
/// # Errors
/// [`Fault`] `NotFound` when there is no such project or somebody owns it, `Forbidden` when a person names himself.
pub async fn name_owner(server: Arc<Server>, call: Allowed<NameOwner>) -> Result<Saved, Fault> {
    let kept = call.config.project(&call.request.project).filter(|kept| !has_own(&kept.project.grants));
    let kept = kept.ok_or_else(Fault::not_found)?;
    if is_oneself(&call) {
        return Err(Fault::new(Code::Forbidden, "Nobody raises an own grant.", "Name somebody else."));
    }
    let grant = Grant { to: call.request.to.clone(), role: ProjectRole::Own };
    let mut project = (*kept.project).clone();
    Change::PutGrant(grant).apply(&mut project).map_err(|misfit| Fault::invalid(misfit.to_string(), ""))?;
    let revision = server.keeper.commit(call.config.revision, vec![put_project(&project)?], Vec::new()).await?;
    Ok(Saved { revision })
}

fn is_oneself(call: &Allowed<NameOwner>) -> bool {
    match &call.request.to {
        Grantee::Person(person) => *person == call.who.caller.person,
        Grantee::Role(role) => call.who.caller.roles.contains(role),
        Grantee::Email(email) => call.who.email.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(email.trim())),
    }
}
