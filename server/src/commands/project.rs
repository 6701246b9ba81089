//! `clew project export|import`: a project as a folder of plain text, without credentials.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use access::{AppRole, Grant, Grantee, PersonId, ProjectId, ProjectRole};
use model::check::check_shared;
use model::project::{Project, Source};
use model::text;
use wire::form::Input;

use super::{other, say, world};
use crate::StartFault;
use crate::config::{Config, Kept};
use crate::connectors;
use crate::handlers::project::{delete_upload, is_taken, put_project, same_address};
use crate::settings::Settings;
use crate::start::open_store;
use crate::store::{NewAudit, Outcome, Phase, RecordKey, RecordKind, Write};
use crate::world::Clock;

/// The most files of a project's folder.
const MOST_FILES: usize = 10_000;
/// The greatest file, in bytes.
const MOST_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Writes a project to a folder.
pub(super) async fn export(settings: Settings, id: String, folder: PathBuf) -> Result<(), StartFault> {
    let (clock, dice) = world();
    let store = open_store(&settings, dice)?;
    let config = Config::read(store.load().await?)?;
    let id = ProjectId::new(id).map_err(|error| other(error.to_string()))?;
    let kept = config.project(&id).ok_or_else(|| other(format!("there is no project \"{id}\"")))?;
    store.append_audit(vec![audit_note(clock.as_ref(), "project export", &id)]).await?;
    let files = text::write(&kept.project).map_err(|error| other(error.to_string()))?;
    for (path, content) in &files {
        write_file(&folder, path, content)?;
    }
    say(&format!("{} files were written to {}", files.len(), folder.display()));
    store.close().await?;
    Ok(())
}

/// Makes a project of a folder, or replaces it.
pub(super) async fn import(settings: Settings, folder: PathBuf, own: String) -> Result<(), StartFault> {
    let (clock, dice) = world();
    let store = open_store(&settings, dice)?;
    let config = Config::read(store.load().await?)?;
    let mut project = text::read(&read_folder(&folder)?).map_err(|error| other(error.to_string()))?;
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
    give_an_own(&mut project, before, &own)?;
    let mut writes = vec![put_project(&project).map_err(|fault| other(fault.to_string()))?];
    writes.extend(before.into_iter().flat_map(|kept| stale_credentials(kept, &project)));
    // The server removes their content in its next rounds.
    let unread = before.into_iter().flat_map(|kept| kept.unread_uploads(&project, None));
    writes.extend(unread.map(|upload| delete_upload(&project.id, &upload)));
    let note = audit_note(clock.as_ref(), "project import", &project.id);
    store.commit(config.revision, writes, vec![note]).await?;
    say(&format!("Project \"{}\" was imported.", project.id));
    for line in missing_secrets(&settings, &project, before) {
        say(&line);
    }
    store.close().await?;
    Ok(())
}

/// A project without an Own could be reached by nobody.
fn give_an_own(project: &mut Project, before: Option<&Kept>, own: &str) -> Result<(), StartFault> {
    let has_own = |grants: &[Grant]| grants.iter().any(|grant| grant.role == ProjectRole::Own);
    if !own.is_empty() {
        let to = if own.contains('@') {
            Grantee::Email(own.to_owned())
        } else if let Ok(person) = PersonId::new(own) {
            Grantee::Person(person)
        } else {
            Grantee::Role(AppRole::new(own).map_err(|error| other(error.to_string()))?)
        };
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

fn stale_credentials<'a>(kept: &'a Kept, project: &'a Project) -> impl Iterator<Item = Write> + 'a {
    let stale = kept
        .project
        .sources
        .values()
        .filter(|before| !project.sources.get(&before.id).is_some_and(|after| same_address(before, after)));
    stale.map(|source| Write::delete(RecordKey::new(RecordKind::Credential, project.id.as_str(), source.id.as_str())))
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

fn write_file(folder: &Path, path: &str, content: &str) -> Result<(), StartFault> {
    let path = folder.join(path);
    let parent = path.parent().unwrap_or(folder);
    let failed = |error: std::io::Error| other(format!("{} cannot be written: {error}", path.display()));
    fs::create_dir_all(parent).map_err(failed)?;
    fs::write(&path, content).map_err(failed)
}

fn read_folder(folder: &Path) -> Result<Vec<(String, String)>, StartFault> {
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(inside) = waiting.pop() {
        let unreadable =
            |error: std::io::Error| other(format!("{} cannot be read: {error}", folder.join(&inside).display()));
        for entry in fs::read_dir(folder.join(&inside)).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let kind = entry.file_type().map_err(unreadable)?;
            let path = inside.join(entry.file_name());
            if kind.is_dir() && path.components().count() < 2 && seen.insert(path.clone()) {
                waiting.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|ending| ending == "toml") {
                files.push((path.to_string_lossy().into_owned(), read_file(&folder.join(&path))?));
            }
            if files.len() > MOST_FILES {
                return Err(other(format!("{} has more than {MOST_FILES} files", folder.display())));
            }
        }
    }
    files.sort();
    Ok(files)
}

fn read_file(path: &Path) -> Result<String, StartFault> {
    let unreadable = |error: std::io::Error| other(format!("{} cannot be read: {error}", path.display()));
    if fs::metadata(path).map_err(unreadable)?.len() > MOST_FILE_BYTES {
        return Err(other(format!("{} is larger than 4 MB", path.display())));
    }
    fs::read_to_string(path).map_err(unreadable)
}

/// The command line is the person `cli`.
fn audit_note(clock: &dyn Clock, call: &str, project: &ProjectId) -> NewAudit {
    NewAudit {
        at: clock.now(),
        phase: Phase::Note,
        person: "cli".to_owned(),
        call: call.to_owned(),
        project: project.to_string(),
        outcome: Outcome::Done,
        details: Vec::new(),
    }
}
