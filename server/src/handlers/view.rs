//! Looking at a project as somebody else: the same projection, taken twice, so that nobody sees more than before.

use std::sync::Arc;

use access::{Action, Caller, Decision, Grant, Grantee, InstanceRole, Need, PersonId, Policy, ProjectId};
use model::check::check;
use wire::Fault;
use wire::project::VisibleProject;
use wire::view::{MOST_VIEWED_ROLES, ViewAs, ViewedAs, Viewer};

use super::people::lines_of_everybody;
use super::project::secret_states;
use super::session::reduced;
use crate::Server;
use crate::config::as_other;
use crate::gate::Allowed;

/// Who nobody is: ids of people are made of hexadecimal digits alone.
const NOBODY: &str = "view-as";

/// Shows a project as somebody else would see it.
///
/// # Errors
/// [`Fault`] `NotFound` when the person has never signed in, `Invalid` for too many roles.
pub async fn view_as(server: Arc<Server>, call: Allowed<ViewAs>) -> Result<ViewedAs, Fault> {
    let id = &call.request.project;
    let kept = call.config.project(id).ok_or_else(Fault::not_found)?;
    // The shared policy: sources of one's own are nobody else's.
    let mut policy = call.config.shared_policy().clone();
    let other = other(&server, &call.request, &mut policy).await?;
    let told = policy_of(&policy, &call.who.caller, &other, id);
    let reads = Need::project(Action::ReadConfiguration, id);
    if policy.decide(&other, &reads) != Decision::Allow || !lets_in(&other) {
        return Ok(ViewedAs { caller: other, policy: told, project: None });
    }
    let visible = as_other(kept, &policy, &call.who.caller, &other);
    let project = VisibleProject {
        revision: call.config.revision,
        findings: check(&visible),
        secrets: secret_states(&server, kept, &visible),
        own: Vec::new(),
        misfits: Vec::new(),
        grantees: server.people.names(visible.grants.iter().map(|grant| &grant.to)).await?,
        // What is wrong in a file may repeat what stands in it.
        files: Vec::new(),
        withheld: visible.withheld().clone(),
        rights: Vec::new(),
        project: visible.told_to(&[(&policy, &other), (&call.policy, &call.who.caller)]),
    };
    Ok(ViewedAs { caller: other, policy: told, project: Some(Box::new(project)) })
}

/// Who the project is looked at as; a role in the project that nobody was given is added to the policy for this look.
async fn other(server: &Server, request: &ViewAs, policy: &mut Policy) -> Result<Caller, Fault> {
    match &request.viewer {
        Viewer::Person(person) => {
            let everybody = lines_of_everybody(server).await?;
            let known = everybody.into_iter().find(|line| line.person.as_ref() == Some(person));
            let known = known.ok_or_else(Fault::not_found)?;
            Ok(Caller::new(person.clone(), known.roles))
        }
        Viewer::Roles { app, .. } if app.len() > MOST_VIEWED_ROLES => Err(Fault::invalid(
            format!("A project is looked at with at most {MOST_VIEWED_ROLES} roles."),
            "Name fewer.",
        )),
        Viewer::Roles { app, project } => {
            let nobody = PersonId::new(NOBODY).map_err(|_| Fault::not_found())?;
            if let (Some(role), Some(known)) = (*project, policy.projects.get_mut(&request.project)) {
                known.grants.push(Grant { to: Grantee::Person(nobody.clone()), role });
            }
            Ok(Caller::new(nobody, app.iter().cloned()))
        }
    }
}

/// Whether the sign-in lets such a person in.
fn lets_in(other: &Caller) -> bool {
    [InstanceRole::Read, InstanceRole::Manage, InstanceRole::Audit].into_iter().any(|role| other.is(role))
}

/// What of the policy of one project both may know.
fn policy_of(policy: &Policy, viewer: &Caller, other: &Caller, id: &ProjectId) -> Policy {
    let mut told = reduced(policy, other);
    told.projects.retain(|project, _| project == id);
    for project in told.projects.values_mut() {
        project.sources.retain(|source, _| policy.may_know_source(viewer, id, source));
    }
    told
}
