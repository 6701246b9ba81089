//! The folder of a project's text: what is written there, what is removed, what is read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use access::ProjectId;
use model::text::{self, File};

use super::other;
use crate::StartFault;

/// The most files of a project's folder.
const MOST_FILES: usize = 10_000;
/// The greatest file, in bytes.
const MOST_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Refuses a folder that holds something else than an earlier export of the project. What begins with a dot does not
/// count, so that the folder may be one of a version control.
pub(super) fn refuse_another(folder: &Path, id: &ProjectId) -> Result<(), StartFault> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    let is_hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let is_empty = entries.flatten().all(|entry| is_hidden(&entry.file_name()));
    let before = fs::read_to_string(folder.join("project.toml")).ok().and_then(|head| text::id_of(&head));
    if is_empty || before.as_ref() == Some(id) {
        return Ok(());
    }
    let what = before.map_or_else(|| "something else".to_owned(), |id| format!("the project \"{id}\""));
    Err(other(format!("{} holds {what}; name a new or empty folder", folder.display())))
}

/// Writes files, and removes those of parts that are not among them; gives how many were removed.
pub(super) fn write(folder: &Path, files: &[File]) -> Result<usize, StartFault> {
    for (path, content) in files {
        write_file(folder, path, content)?;
    }
    let written: BTreeSet<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    let mut removed = 0;
    for part in text::FOLDERS {
        let Ok(entries) = fs::read_dir(folder.join(part)) else { continue };
        for entry in entries.flatten() {
            let path = format!("{part}/{}", entry.file_name().to_string_lossy());
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            if is_file && path.ends_with(".toml") && !written.contains(path.as_str()) {
                let failed = |error| other(format!("{} cannot be removed: {error}", entry.path().display()));
                fs::remove_file(entry.path()).map_err(failed)?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

fn write_file(folder: &Path, path: &str, content: &str) -> Result<(), StartFault> {
    let path = folder.join(path);
    let parent = path.parent().unwrap_or(folder);
    let failed = |error: std::io::Error| other(format!("{} cannot be written: {error}", path.display()));
    fs::create_dir_all(parent).map_err(failed)?;
    fs::write(&path, content).map_err(failed)
}

/// Every `.toml` file of a folder and the folders in it, by path.
pub(super) fn read(folder: &Path) -> Result<Vec<(String, String)>, StartFault> {
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
