//! What accounts at sources may do beside reading: looked at when a source is saved and on demand, kept, and told.
//!
//! An account that reaches beyond its database is taken only from an instance manager who types the source's name.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::SourceId;
use model::change::Change;
use model::project::{Project, Source};
use wire::project::ChangeProject;
use wire::secret::SecretText;
use wire::source::{AccountRights, ProbeRights, TYPE_THE_NAME};
use wire::{Code, Fault};

use crate::Server;
use crate::accounts::{asks_the_same, look, reach, still_taken, write};
use crate::config::{Kept, Visible, may_look_into, visible};
use crate::gate::Allowed;
use crate::handlers::project::{changed, same_address};
use crate::store::Write;

/// Looks at what the account of a saved source may do, and keeps it.
///
/// # Errors
/// [`Fault`] `NotFound`; `SourceFailed` when it cannot be reached.
pub async fn probe_rights(server: Arc<Server>, call: Allowed<ProbeRights>) -> Result<Option<AccountRights>, Fault> {
    let ProbeRights { project, source } = &call.request;
    let kept = call.config.project(project).ok_or_else(Fault::not_found)?;
    let visible = call.project(project)?;
    let source = visible.sources.get(source).ok_or_else(Fault::not_found)?;
    let found = look(&server.targets, &*server.clock, source, server.targets.secrets(kept, source)?).await?;
    let found = found.map(|found| still_taken(kept.rights.get(&source.id), found));
    let write = write(project, &source.id, found.as_ref())?;
    server.keeper.commit(call.config.revision, vec![write], Vec::new()).await?;
    Ok(found)
}

/// The saved secrets that go along with a source as it is saved or tried: those of a source that the person sees, for
/// the address that they were saved for, and no others. The secrets of a hidden source are used for nobody.
pub(super) fn secrets_that_stay(
    server: &Server,
    kept: &Kept,
    seen: &Project,
    source: &Source,
) -> Result<BTreeMap<String, SecretText>, Fault> {
    match seen.sources.get(&source.id) {
        Some(before) if same_address(before, source) => server.targets.saved_secrets(kept, &source.id),
        _ => Ok(BTreeMap::new()),
    }
}

/// Looks at the accounts of sources outside Clew whose settings change, once it is known that the changes can be made.
/// Their secrets stay as they are.
pub(super) async fn look_at_accounts(server: &Server, call: &Allowed<ChangeProject>) -> Result<Vec<Write>, Fault> {
    let kept = call.config.project(&call.request.project).ok_or_else(Fault::not_found)?;
    let seen = visible(&kept.project, &call.policy, &call.who.caller);
    let looked = call.request.changes.iter().filter_map(|change| match change {
        Change::PutSource(source) if !source.is_internal() => Some(source.as_ref()),
        _ => None,
    });
    let is_other = |source: &Source| !seen.sources.get(&source.id).is_some_and(|before| asks_the_same(before, source));
    let looked: Vec<&Source> = looked.filter(|source| is_other(source)).collect();
    if !looked.is_empty() {
        changed(call, kept, &call.request.changes, &[])?;
    }
    let mut writes = Vec::new();
    for source in looked {
        let mut secrets = secrets_that_stay(server, kept, &seen, source)?;
        // A variable that is not set yet is no reason to refuse the source.
        secrets.extend(server.targets.secrets_from_variables(kept, source).unwrap_or_default());
        writes.push(before_saving(server, kept, source, secrets, "").await?);
    }
    Ok(writes)
}

/// Looks at a source that is about to be saved. What cannot be reached now is looked at before it is asked for the first
/// time (`accounts`).
///
/// # Errors
/// [`Fault`] `Conflict` when the account reaches beyond its database and the source's name was not typed.
pub(super) async fn before_saving(
    server: &Server,
    kept: &Kept,
    source: &Source,
    secrets: BTreeMap<String, SecretText>,
    typed_name: &str,
) -> Result<Write, Fault> {
    let found = look(&server.targets, &*server.clock, source, secrets).await.unwrap_or_default();
    let taken = typed_name == source.name;
    let found = found.map(|found| AccountRights { taken: taken && found.is_dangerous(), ..found });
    if let Some(rights) = found.as_ref().filter(|rights| rights.is_barred()) {
        return Err(too_much(rights));
    }
    write(&kept.project.id, &source.id, found.as_ref())
}

fn too_much(rights: &AccountRights) -> Fault {
    Fault::new(Code::Conflict, format!("The account \"{}\" {}.", rights.account, reach(rights)), TYPE_THE_NAME)
}

/// What is known of the sources that the person may look into.
pub(super) fn known<R>(call: &Allowed<R>, kept: &Kept, visible: &Visible) -> Vec<(SourceId, AccountRights)> {
    let may = |source: &SourceId| may_look_into(source, &visible.id, &call.policy, &call.who.caller);
    let known = kept.rights.iter().filter(|(source, _)| visible.sources.contains_key(*source) && may(source));
    known.map(|(source, rights)| (source.clone(), rights.clone())).collect()
}
