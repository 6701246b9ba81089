//! Who am I, what may I, and goodbye.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::{AppRole, Grantee, InstanceRole, Policy};
use wire::Fault;
use wire::session::{Me, ProjectCard, SignOut, SignedOut, WhoAmI};

use crate::Server;
use crate::gate::Allowed;

/// Everything that the app needs to open.
///
/// # Errors
/// None of its own.
pub async fn who_am_i(server: Arc<Server>, call: Allowed<WhoAmI>) -> Result<Me, Fault> {
    Ok(Me {
        name: call.who.name.clone(),
        email: call.who.email.clone(),
        caller: call.who.caller.clone(),
        policy: reduced_policy(&call),
        projects: cards(&call),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        embedded_issuer: server.embedded_issuer(),
        known_roles: known_roles(&call),
    })
}

/// As much of the policy as the person may know: own projects, visible sources, own grants.
fn reduced_policy(call: &Allowed<WhoAmI>) -> Policy {
    let caller = &call.who.caller;
    let mut policy = (*call.policy).clone();
    policy.projects.retain(|id, _| !call.policy.project_roles(caller, id).is_empty());
    for (id, project) in &mut policy.projects {
        project.sources.retain(|source, _| call.policy.may_know_source(caller, id, source));
        project.grants.retain(|grant| match &grant.to {
            Grantee::Role(role) => caller.roles.contains(role),
            Grantee::Person(person) => *person == caller.person,
            Grantee::Email(_) => false,
        });
    }
    policy
}

fn cards(call: &Allowed<WhoAmI>) -> Vec<ProjectCard> {
    let works_on_data = [InstanceRole::Read, InstanceRole::Manage].into_iter().any(|role| call.who.caller.is(role));
    let mine = call
        .config
        .projects()
        .map(|kept| &kept.project.id)
        .filter(|id| works_on_data && !call.policy.project_roles(&call.who.caller, id).is_empty());
    let visible = mine.filter_map(|id| call.project(id).ok());
    let card = |project: crate::config::Visible| ProjectCard {
        id: project.id.clone(),
        name: project.name.clone(),
        description: project.description.clone(),
        sources: project.sources.len(),
        object_types: project.object_types.len(),
    };
    visible.map(card).collect()
}

/// The instance's roles and the person's own: what the screen that gives access can offer without telling secrets.
fn known_roles(call: &Allowed<WhoAmI>) -> Vec<AppRole> {
    let instance = [InstanceRole::Read, InstanceRole::Manage];
    let mut roles: BTreeSet<AppRole> = instance.iter().filter_map(|role| AppRole::new(role.app_role()).ok()).collect();
    roles.extend(call.who.caller.roles.iter().cloned());
    roles.into_iter().collect()
}

/// Ends this session.
///
/// # Errors
/// [`Fault`] `StoreUnavailable` when it cannot be written; the session then lives on.
pub async fn sign_out(server: Arc<Server>, call: Allowed<SignOut>) -> Result<SignedOut, Fault> {
    let tokens = server.sessions.tokens(call.who.session).await?;
    let provider = server.sign_in.sign_out_address(tokens.as_ref()).await;
    server.sessions.end(call.who.session).await?;
    Ok(SignedOut { provider })
}
