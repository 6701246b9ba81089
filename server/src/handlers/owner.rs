//! Projects that nobody owns: an instance manager sees their names, and may say who owns one from now on.
//!
//! Nobody owns a project whose Owns are e-mail addresses that nobody has come with, roles that nobody holds as far as it is
//! known here, and people of the embedded issuer who were shut out. An instance manager sees nothing of such a project but id
//! and name, and names somebody else: nobody raises an own grant.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{AppRole, Caller, Grant, Grantee, PersonId, ProjectRole};
use model::change::Change;
use wire::owner::{NameOwner, ProjectName, ProjectsWithoutOwner};
use wire::project::Saved;
use wire::{Code, Fault};

use crate::Server;
use crate::gate::Allowed;
use crate::handlers::changed::Digests;
use crate::handlers::people::app_roles;
use crate::handlers::project::put_project;
use crate::sign_in::issuer::REMEMBERED_AS;

/// Which projects nobody owns.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub async fn projects_without_owner(
    server: Arc<Server>,
    call: Allowed<ProjectsWithoutOwner>,
) -> Result<Vec<ProjectName>, Fault> {
    let present = Present::of(&server, &call.who.caller).await?;
    let projects = call.config.projects().map(|kept| &kept.project);
    let projects = projects.filter(|project| !present.is_owned(&project.grants));
    Ok(projects.map(|project| ProjectName { id: project.id.clone(), name: project.name.clone() }).collect())
}

/// Gives a project that nobody owns to somebody.
///
/// # Errors
/// [`Fault`] `NotFound` when there is no such project or somebody owns it, `Forbidden` when a person names himself.
pub async fn name_owner(server: Arc<Server>, call: Allowed<NameOwner>) -> Result<Saved, Fault> {
    let present = Present::of(&server, &call.who.caller).await?;
    let kept = call.config.project(&call.request.project).filter(|kept| !present.is_owned(&kept.project.grants));
    let kept = kept.ok_or_else(Fault::not_found)?;
    if is_oneself(&call) {
        return Err(Fault::new(Code::Forbidden, "Nobody raises an own grant.", "Name somebody else."));
    }
    let grant = Grant { to: call.request.to.clone(), role: ProjectRole::Own };
    let mut project = (*kept.project).clone();
    Change::PutGrant(grant).apply(&mut project).map_err(|misfit| Fault::invalid(misfit.to_string(), ""))?;
    let digests = Digests::of(Some(&*kept.project), Some(&project))?;
    let revision = server.keeper.commit(call.config.revision, vec![put_project(&project)?], Vec::new()).await?;
    call.changed(digests.at(revision));
    Ok(Saved { revision })
}

/// Who could act as an Own, as far as it is known here: whether somebody is still with the organisation only its issuer knows.
pub(super) struct Present {
    /// People of the embedded issuer who cannot sign in.
    shut_out: BTreeSet<PersonId>,
    /// Roles that somebody holds, or held at the last sign-in.
    held: BTreeSet<AppRole>,
}

impl Present {
    /// Everybody who has signed in, and `caller`.
    ///
    /// # Errors
    /// [`Fault`] when the store cannot be read.
    pub(super) async fn of(server: &Server, caller: &Caller) -> Result<Self, Fault> {
        let mut locals = BTreeMap::new();
        if let Some(issuer) = server.sign_in.issuer() {
            locals.extend(issuer.people.list().await?.into_iter().map(|local| (local.subject.clone(), local)));
        }
        let mut present = Self { shut_out: BTreeSet::new(), held: caller.roles.clone() };
        for person in server.people.everybody().await? {
            let local = locals.get(&person.subject).filter(|_| person.issuer == REMEMBERED_AS);
            match local {
                Some(local) if local.is_disabled() => drop(present.shut_out.insert(person.id)),
                Some(local) => present.held.extend(app_roles(&local.roles)),
                None => present.held.extend(person.roles),
            }
        }
        Ok(present)
    }

    /// Whether somebody owns a project with these grants.
    pub(super) fn is_owned(&self, grants: &[Grant]) -> bool {
        let mut owns = grants.iter().filter(|grant| grant.role == ProjectRole::Own);
        owns.any(|grant| match &grant.to {
            Grantee::Person(person) => !self.shut_out.contains(person),
            Grantee::Role(role) => self.held.contains(role),
            // It may have been mistyped.
            Grantee::Email(_) => false,
        })
    }
}

fn is_oneself(call: &Allowed<NameOwner>) -> bool {
    let to = &call.request.to;
    call.who.is_named_by(to) || matches!(to, Grantee::Role(role) if call.who.caller.roles.contains(role))
}
