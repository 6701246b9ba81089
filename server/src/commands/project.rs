//! `clew project export|import`: a project as a folder of plain text, without credentials.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::path::PathBuf;

use access::{AppRole, Grant, Grantee, PersonId, ProjectId, ProjectRole, SourceId, UploadId};
use model::check::check_shared;
use model::project::{Project, Source};
use model::text;
use serde_json::json;
use wire::form::Input;

use super::{folder, other, say, world};
use crate::StartFault;
use crate::accounts;
use crate::audit::{CLI, Entry};
use crate::config::{Config, Kept};
use crate::connectors::{self, Connector};
use crate::handlers::changed::Digests;
use crate::handlers::project::{FILE_KIND, delete_upload, is_taken, put_project, same_address};
use crate::hash::hex;
use crate::people::Person;
use crate::settings::Settings;
use crate::start::open_store;
use crate::statements;
use crate::store::{NewAudit, Outcome, RecordKey, RecordKind, Store, Write};
use crate::world::{Clock, Dice, random};

/// The most ids of one kind that are written down of an import.
const MOST_NAMED: usize = 200;

/// Writes a project to a folder.
pub(super) async fn export(settings: Settings, id: String, folder: PathBuf) -> Result<(), StartFault> {
    let (clock, dice) = world();
    let store = open_store(&settings, dice)?;
    let config = Config::read(store.load().await?)?;
    let id = ProjectId::new(id).map_err(|error| other(error.to_string()))?;
    let kept = config.project(&id).ok_or_else(|| other(format!("there is no project \"{id}\"")))?;
    let files = text::write(&kept.project).map_err(|error| other(error.to_string()))?;
    folder::refuse_another(&folder, &id)?;
    let details = json!({ "folder": folder.display().to_string(), "files": files.len() });
    store.append_audit(vec![audit_note(clock.as_ref(), "project export", &id, details)]).await?;
    let removed = folder::write(&folder, &files)?;
    say(&format!("{} files were written to {}", files.len(), folder.display()));
    if removed > 0 {
        say(&format!("{removed} files of an earlier export were removed: the project has their parts no more"));
    }
    store.close().await?;
    Ok(())
}

/// Makes a project of a folder, or replaces it.
pub(super) async fn import(settings: Settings, folder: PathBuf, own: String) -> Result<(), StartFault> {
    let (clock, dice) = world();
    let store = open_store(&settings, dice.clone())?;
    let config = Config::read(store.load().await?)?;
    let mut project = text::read(&folder::read(&folder)?).map_err(|error| other(error.to_string()))?;
    if let Some(finding) = check_shared(&project).first() {
        return Err(other(format!("{}: {}", finding.place, finding.sentence)));
    }
    let before = config.project(&project.id);
    if before.is_none() && is_taken(&config, &project.id) {
        return Err(other(format!(
            "the id \"{}\" is too much like that of another project; choose another",
            project.id
        )));
    }
    draw_uploads(&mut project, before, dice.as_ref())?;
    refuse_kinds(&project)?;
    refuse_queries(&project)?;
    let to = if own.is_empty() { None } else { Some(grantee(store.as_ref(), &own).await?) };
    give_an_own(&mut project, before, to)?;
    let mut writes = vec![put_project(&project).map_err(|fault| other(fault.to_string()))?];
    writes.extend(before.into_iter().flat_map(|kept| stale_credentials(kept, &project)));
    // What is known of an account belongs to the settings that it was looked at with.
    writes.extend(before.into_iter().flat_map(|kept| stale_accounts(kept, &project)));
    // The server removes their content in its next rounds.
    let unread = before.into_iter().flat_map(|kept| kept.unread_uploads(&project, None));
    writes.extend(unread.map(|upload| delete_upload(&project.id, &upload)));
    let digests = Digests::of(before.map(|kept| &*kept.project), Some(&project));
    let Digests { before: digest_before, after } = digests.map_err(|fault| other(fault.to_string()))?;
    let details = json!({
        "folder": folder.display().to_string(), "own": own, "changed": changed(before, &project),
        "before": digest_before, "after": after,
    });
    let note = audit_note(clock.as_ref(), "project import", &project.id, details);
    store.commit(config.revision, writes, vec![note]).await?;
    say(&format!("Project \"{}\" was imported.", project.id));
    for line in missing_secrets(&settings, &project, before) {
        say(&line);
    }
    store.close().await?;
    Ok(())
}

/// A project without an Own could be reached by nobody.
fn give_an_own(project: &mut Project, before: Option<&Kept>, own: Option<Grantee>) -> Result<(), StartFault> {
    let has_own = |grants: &[Grant]| grants.iter().any(|grant| grant.role == ProjectRole::Own);
    if let Some(to) = own {
        project.grants.push(Grant { to, role: ProjectRole::Own });
        project.grants.sort();
        project.grants.dedup();
    } else if let (false, Some(before)) = (has_own(&project.grants), before) {
        project.grants.clone_from(&before.project.grants);
    }
    if has_own(&project.grants) {
        return Ok(());
    }
    Err(other(
        "the folder names nobody who owns the project; say --own with an e-mail address or a role such as Task.Manage",
    ))
}

/// Whom `--own` means: an address, a person who has signed in, or else a role.
async fn grantee(store: &dyn Store, own: &str) -> Result<Grantee, StartFault> {
    if own.contains('@') {
        return Ok(Grantee::Email(own.to_owned()));
    }
    let people = store.list(RecordKind::Person, None).await?;
    let person = |record: &crate::store::Record| serde_json::from_slice::<Person>(record.body.plain()?).ok();
    match PersonId::new(own) {
        Ok(id) if people.iter().filter_map(person).any(|person| person.id == id) => Ok(Grantee::Person(id)),
        _ => Ok(Grantee::Role(AppRole::new(own).map_err(|error| other(error.to_string()))?)),
    }
}

/// A source of a file that the text gives none gets a place for one, so that it can be uploaded.
fn draw_uploads(project: &mut Project, before: Option<&Kept>, dice: &dyn Dice) -> Result<(), StartFault> {
    for source in project.sources.values_mut().filter(|source| source.kind == FILE_KIND && source.upload.is_none()) {
        let kept = before.and_then(|kept| kept.project.sources.get(&source.id)?.upload.clone());
        let drawn = || UploadId::new(hex(&random::<16>(dice))).map_err(|error| other(error.to_string()));
        source.upload = Some(kept.map_or_else(drawn, Ok)?);
    }
    Ok(())
}

/// Nobody could do anything with a source of another kind.
fn refuse_kinds(project: &Project) -> Result<(), StartFault> {
    for source in project.sources.values() {
        let file = format!("sources/{}.toml", source.id);
        match connectors::of_kind(&source.kind).map(|connector| connector.about()) {
            None => {
                let kinds: Vec<String> = connectors::all().iter().map(|connector| connector.about().kind).collect();
                let kind = &source.kind;
                let known = kinds.join(", ");
                return Err(other(format!("{file}: there is no kind of source \"{kind}\"; choose one of {known}")));
            }
            Some(about) if about.internal != source.is_internal() => {
                let kind = &source.kind;
                return Err(other(format!(
                    "{file}: a source of the kind \"{kind}\" reads no upload; remove that line"
                )));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// A query that does more than read would be refused whenever it is asked.
fn refuse_queries(project: &Project) -> Result<(), StartFault> {
    for kind in project.object_types.values() {
        let Some(text) = kind.origin.query() else { continue };
        let source = project.sources.get(&kind.source).and_then(|source| connectors::of_kind(&source.kind));
        let Some(dialect) = source.map(Connector::dialect) else { continue };
        statements::check(dialect.into(), text)
            .map_err(|refusal| other(format!("object_types/{}.toml: in the query, {refusal}", kind.id)))?;
    }
    Ok(())
}

fn stale_credentials<'a>(kept: &'a Kept, project: &'a Project) -> impl Iterator<Item = Write> + 'a {
    let stale = kept
        .project
        .sources
        .values()
        .filter(|before| !project.sources.get(&before.id).is_some_and(|after| same_address(before, after)));
    stale.map(|source| Write::delete(RecordKey::new(RecordKind::Credential, project.id.as_str(), source.id.as_str())))
}

fn stale_accounts<'a>(kept: &'a Kept, project: &'a Project) -> impl Iterator<Item = Write> + 'a {
    let stays = |id: &SourceId| {
        let pair = kept.project.sources.get(id).zip(project.sources.get(id));
        pair.is_some_and(|(before, after)| accounts::asks_the_same(before, after))
    };
    let stale = kept.rights.keys().filter(move |id| !stays(id));
    stale.map(|id| accounts::forget(&project.id, id))
}

/// Which secrets are missing, and where to enter them.
fn missing_secrets(settings: &Settings, project: &Project, before: Option<&Kept>) -> Vec<String> {
    let is_saved = |source: &Source| {
        before.is_some_and(|kept| {
            let same = kept.project.sources.get(&source.id).is_some_and(|before| same_address(before, source));
            same && kept.credentials.contains_key(&source.id)
        })
    };
    let mut lines = Vec::new();
    for source in project.sources.values() {
        let connector = connectors::of_kind(&source.kind);
        let fields = connector.iter().flat_map(|connector| connector.about().fields);
        for field in fields.filter(|field| field.input == Input::Secret) {
            let needed = connector.is_some_and(|connector| connector.needs_secret(&source.settings, &field.name));
            match source.secrets_from.get(&field.name) {
                Some(variable) if settings.source_secrets.contains_key(variable) => {}
                Some(variable) => {
                    lines.push(format!("  {}: set {variable} where the server runs ({})", source.id, field.label));
                }
                None if is_saved(source) || !needed => {}
                None => lines.push(format!("  {}: enter \"{}\" in the source's settings", source.id, field.label)),
            }
        }
        if source.is_internal()
            && before.is_none_or(|kept| !source.upload.as_ref().is_some_and(|id| kept.uploads.contains_key(id)))
        {
            lines.push(format!("  {}: upload the file again; files are not part of the text", source.id));
        }
    }
    if !lines.is_empty() {
        lines.insert(0, "Still missing:".to_owned());
    }
    lines
}

/// The command line is the person `cli`.
fn audit_note(clock: &dyn Clock, call: &str, project: &ProjectId, details: serde_json::Value) -> NewAudit {
    let entry = Entry { person: CLI.to_owned(), call: call.to_owned(), project: project.to_string(), details };
    entry.into_note(clock.now(), Outcome::Done)
}

/// What an import changes, by ids.
fn changed(before: Option<&Kept>, after: &Project) -> serde_json::Value {
    let before = before.map(|kept| &*kept.project);
    let head = |project: &Project| (project.name.clone(), project.description.clone());
    json!({
        "sources": different(before.map(|before| &before.sources), &after.sources),
        "object_types": different(before.map(|before| &before.object_types), &after.object_types),
        "link_types": different(before.map(|before| &before.link_types), &after.link_types),
        "name": before.map(head) != Some(head(after)),
        "grants": before.map(|before| &before.grants) != Some(&after.grants),
    })
}

/// The ids of parts that came, went, or are not what they were; the first of them, and how many there are.
fn different<I: Ord + Display, T: PartialEq>(
    before: Option<&BTreeMap<I, T>>,
    after: &BTreeMap<I, T>,
) -> serde_json::Value {
    let ids: BTreeSet<&I> = before.into_iter().flat_map(BTreeMap::keys).chain(after.keys()).collect();
    let is_different = |id: &&I| before.and_then(|before| before.get(*id)) != after.get(*id);
    let ids: Vec<String> = ids.into_iter().filter(is_different).map(ToString::to_string).collect();
    json!({ "count": ids.len(), "ids": ids.iter().take(MOST_NAMED).collect::<Vec<_>>() })
}
