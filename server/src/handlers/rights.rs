//! What accounts at sources may do beside reading: looked at when a source is saved and on demand, kept, and told.
//!
//! An account that reaches beyond its database is taken only from an instance manager who types the source's name.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{ProjectId, SourceId};
use model::project::Source;
use wire::secret::SecretText;
use wire::source::{AccountRights, ProbeRights, TYPE_THE_NAME};
use wire::{Code, Fault};

use crate::Server;
use crate::config::{Kept, Visible, may_look_into};
use crate::connectors;
use crate::gate::Allowed;
use crate::handlers::project::json;
use crate::store::{RecordKey, RecordKind, Write};

/// Looks at what the account of a saved source may do, and keeps it.
///
/// # Errors
/// [`Fault`] `NotFound`; `SourceFailed` when it cannot be reached.
pub async fn probe_rights(server: Arc<Server>, call: Allowed<ProbeRights>) -> Result<Option<AccountRights>, Fault> {
    let ProbeRights { project, source } = &call.request;
    let kept = call.config.project(project).ok_or_else(Fault::not_found)?;
    let visible = call.project(project)?;
    let source = visible.sources.get(source).ok_or_else(Fault::not_found)?;
    let found = look(&server, source, server.targets.secrets(kept, source)?).await?;
    let write = write(project, &source.id, found.as_ref())?;
    server.keeper.commit(call.config.revision, vec![write], Vec::new()).await?;
    Ok(found)
}

/// Asks a source; nothing where it has no accounts.
async fn look(
    server: &Server,
    source: &Source,
    secrets: BTreeMap<String, SecretText>,
) -> Result<Option<AccountRights>, Fault> {
    if source.is_internal() {
        return Ok(None);
    }
    let Some(connector) = connectors::of_kind(&source.kind) else { return Ok(None) };
    let found = connector.rights(server.targets.plain(source, secrets)).await?;
    Ok(found.map(|rights| AccountRights { at: server.clock.now().as_second(), ..rights }))
}

/// Looks at a source that is about to be saved. What cannot be reached now is looked at when somebody asks for it.
///
/// # Errors
/// [`Fault`] `Conflict` when the account reaches beyond its database and the source's name was not typed.
pub(super) async fn before_saving(
    server: &Server,
    project: &ProjectId,
    source: &Source,
    secrets: BTreeMap<String, SecretText>,
    typed_name: &str,
) -> Result<Write, Fault> {
    let found = look(server, source, secrets).await.unwrap_or_default();
    if let Some(rights) = &found
        && rights.is_dangerous()
        && typed_name != source.name
    {
        return Err(too_much(rights));
    }
    write(project, &source.id, found.as_ref())
}

fn too_much(rights: &AccountRights) -> Fault {
    let what = if rights.superuser {
        "may do everything in the database and on its machine"
    } else if rights.runs_programs {
        "may run programs on the database's machine"
    } else {
        "may write files on the database's machine"
    };
    Fault::new(Code::Conflict, format!("The account \"{}\" {what}.", rights.account), TYPE_THE_NAME)
}

/// The write that forgets what is known of a source.
pub(super) fn forget(project: &ProjectId, source: &SourceId) -> Write {
    Write::delete(RecordKey::new(RecordKind::Rights, project.as_str(), source.as_str()))
}

fn write(project: &ProjectId, source: &SourceId, found: Option<&AccountRights>) -> Result<Write, Fault> {
    Ok(match found {
        Some(rights) => {
            let key = RecordKey::new(RecordKind::Rights, project.as_str(), source.as_str());
            Write::put(key, json(rights)?)
        }
        None => forget(project, source),
    })
}

/// What is known of the sources that the person may look into.
pub(super) fn known<R>(call: &Allowed<R>, kept: &Kept, visible: &Visible) -> Vec<(SourceId, AccountRights)> {
    let may = |source: &SourceId| may_look_into(source, &visible.id, &call.policy, &call.who.caller);
    let known = kept.rights.iter().filter(|(source, _)| visible.sources.contains_key(*source) && may(source));
    known.map(|(source, rights)| (source.clone(), rights.clone())).collect()
}
