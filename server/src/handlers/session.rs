//! Who am I, what may I, and goodbye.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::{AppRole, Caller, Grantee, InstanceRole, Policy};
use wire::Fault;
use wire::project::Kept;
use wire::session::{KeepPreferences, Me, Preferences, ProjectCard, SignOut, SignedOut, WhoAmI};

use super::project::json;
use crate::Server;
use crate::gate::Allowed;
use crate::store::{RecordKey, RecordKind, Write};

/// Everything that the app needs to open.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub async fn who_am_i(server: Arc<Server>, call: Allowed<WhoAmI>) -> Result<Me, Fault> {
    Ok(Me {
        name: call.who.name.clone(),
        email: call.who.email.clone(),
        caller: call.who.caller.clone(),
        policy: reduced(&call.policy, &call.who.caller),
        projects: cards(&call),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        embedded_issuer: server.embedded_issuer(),
        preferences: preferences(&server, &call).await?,
        known_roles: known_roles(&call),
    })
}

/// What the person chose; what cannot be read is as if nothing was chosen, because signing in must not end there.
async fn preferences(server: &Server, call: &Allowed<WhoAmI>) -> Result<Preferences, Fault> {
    let record = server.store.get(preferences_key(call)).await?;
    let body = record.as_ref().and_then(|record| record.body.plain());
    Ok(body.and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default())
}

/// Keeps what the person chose for the screens.
///
/// # Errors
/// [`Fault`] when it cannot be written.
pub async fn keep_preferences(server: Arc<Server>, call: Allowed<KeepPreferences>) -> Result<Kept, Fault> {
    let body = json(&call.request.preferences)?;
    server.store.keep(vec![Write::put(preferences_key(&call), body)], Vec::new()).await?;
    Ok(Kept {})
}

fn preferences_key<R>(call: &Allowed<R>) -> RecordKey {
    RecordKey::new(RecordKind::Remembered, "", call.who.caller.person.as_str())
}

/// As much of a policy as a person may know: own projects, visible sources, own grants.
pub(super) fn reduced(whole: &Policy, caller: &Caller) -> Policy {
    let mut policy = whole.clone();
    policy.projects.retain(|id, _| !whole.project_roles(caller, id).is_empty());
    for (id, project) in &mut policy.projects {
        project.sources.retain(|source, _| whole.may_know_source(caller, id, source));
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

/// Ends this session, before anything is asked of the issuer.
///
/// # Errors
/// [`Fault`] `StoreUnavailable` when it cannot be written.
pub async fn sign_out(server: Arc<Server>, call: Allowed<SignOut>) -> Result<SignedOut, Fault> {
    let tokens = server.sessions.tokens(call.who.session).await?;
    server.sessions.end(call.who.session).await?;
    let provider = server.sign_in.sign_out_address(tokens.as_ref()).await;
    server.sign_in.revoke(tokens).await?;
    Ok(SignedOut { provider })
}
