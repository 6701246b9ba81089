//! A project as a folder of plain text, in a stable order and without credentials.
//!
//! | file | what is in it |
//! |---|---|
//! | `project.toml` | id, name, description |
//! | `sources/<id>.toml` | one source; of its secrets only the names of environment variables |
//! | `object_types/<id>.toml` | one object type |
//! | `link_types/<id>.toml` | one link type |
//! | `access.toml` | who may work in it |
//!
//! Export, import, export gives the same bytes. Comments are not kept. A field that is not known is refused, with file
//! and line; what is wrong between the parts of a project is found by [`crate::check`].

use std::collections::BTreeMap;
use std::fmt;

use access::{Grant, ProjectId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::project::Project;

/// The most files of one project.
pub const MOST_FILES: usize = 10_000;
/// The longest file, in bytes.
pub const MOST_FILE_BYTES: usize = 1024 * 1024;
/// The most bytes of all files.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The folders in a project's folder.
pub const FOLDERS: [&str; 3] = ["link_types", "object_types", "sources"];

/// A file: its path in the folder, with `/`, and its text.
pub type File = (String, String);

/// Text that is no project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadText {
    /// Which file; empty when it is none of them.
    pub path: String,
    /// Which line, counted from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong, and what to do.
    pub sentence: String,
}

impl fmt::Display for BadText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.path.as_str(), self.line) {
            ("", _) => f.write_str(&self.sentence),
            (path, Some(line)) => write!(f, "{path}, line {line}: {}", self.sentence),
            (path, None) => write!(f, "{path}: {}", self.sentence),
        }
    }
}

impl std::error::Error for BadText {}

fn bad(path: &str, sentence: impl Into<String>) -> BadText {
    BadText { path: path.to_owned(), line: None, sentence: sentence.into() }
}

/// `project.toml`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: ProjectId,
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
}

/// `access.toml`.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Access {
    #[serde(default)]
    grants: Vec<Grant>,
}

/// Writes a project, files in the order of their paths.
///
/// # Errors
/// [`BadText`] for numbers that TOML cannot hold: above 2^63.
pub fn write(project: &Project) -> Result<Vec<File>, BadText> {
    let head = Head { id: project.id.clone(), name: project.name.clone(), description: project.description.clone() };
    let mut files = vec![
        write_one("access.toml".to_owned(), &Access { grants: project.grants.clone() })?,
        write_one("project.toml".to_owned(), &head)?,
    ];
    files.extend(write_all("link_types", &project.link_types)?);
    files.extend(write_all("object_types", &project.object_types)?);
    files.extend(write_all("sources", &project.sources)?);
    files.sort();
    Ok(files)
}

fn write_all<I: fmt::Display, T: Serialize>(folder: &str, parts: &BTreeMap<I, T>) -> Result<Vec<File>, BadText> {
    parts.iter().map(|(id, part)| write_one(format!("{folder}/{id}.toml"), part)).collect()
}

fn write_one(path: String, part: &impl Serialize) -> Result<File, BadText> {
    let text = toml::to_string_pretty(part).map_err(|error| bad(&path, error.to_string()))?;
    Ok((path, text))
}

/// Reads a project; the order of the files does not matter.
///
/// # Errors
/// [`BadText`] for a file or field that is not known, that is missing, or that is too long.
pub fn read(files: &[File]) -> Result<Project, BadText> {
    check_sizes(files)?;
    let mut parts = BTreeMap::new();
    for (path, text) in files {
        if parts.insert(path.as_str(), text.as_str()).is_some() {
            return Err(bad(path, "It is there twice. Leave one out."));
        }
    }
    let Some(head) = parts.remove("project.toml") else {
        return Err(bad("project.toml", "It is missing. Every project has one."));
    };
    let head: Head = read_one("project.toml", head)?;
    let access: Access =
        parts.remove("access.toml").map(|text| read_one("access.toml", text)).transpose()?.unwrap_or_default();
    let project = Project {
        id: head.id,
        name: head.name,
        description: head.description,
        sources: take_all(&mut parts, "sources", |part: &crate::Source| part.id.clone())?,
        object_types: take_all(&mut parts, "object_types", |part: &crate::ObjectType| part.id.clone())?,
        link_types: take_all(&mut parts, "link_types", |part: &crate::LinkType| part.id.clone())?,
        grants: access.grants,
    };
    match parts.keys().next() {
        Some(path) => Err(bad(path, "It is no file of a project. Remove it, or correct its name.")),
        None => Ok(project),
    }
}

/// The project's id in the text of a `project.toml`.
pub fn id_of(head: &str) -> Option<ProjectId> {
    read_one::<Head>("project.toml", head).ok().map(|head| head.id)
}

fn check_sizes(files: &[File]) -> Result<(), BadText> {
    if files.len() > MOST_FILES {
        return Err(bad("", format!("There are more than {MOST_FILES} files.")));
    }
    if let Some((path, _)) = files.iter().find(|(_, text)| text.len() > MOST_FILE_BYTES) {
        return Err(bad(path, "It is longer than 1 MiB. Make it shorter."));
    }
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    if bytes > MOST_BYTES { Err(bad("", "The files are longer than 64 MiB together.")) } else { Ok(()) }
}

/// Takes the files of one folder out of `parts`; each must bear the id that is in it.
fn take_all<I: Ord + fmt::Display, T: DeserializeOwned>(
    parts: &mut BTreeMap<&str, &str>,
    folder: &str,
    id_of: impl Fn(&T) -> I,
) -> Result<BTreeMap<I, T>, BadText> {
    let mut taken = BTreeMap::new();
    let is_own = |path: &&str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    let own: Vec<_> = parts.keys().copied().filter(is_own).collect();
    for path in own {
        let part: T = read_one(path, parts.remove(path).unwrap_or_default())?;
        let id = id_of(&part);
        if path != format!("{folder}/{id}.toml") {
            return Err(bad(path, format!("Its id is \"{id}\", so its name must be {folder}/{id}.toml.")));
        }
        taken.insert(id, part);
    }
    Ok(taken)
}

fn read_one<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, BadText> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|before| before.matches('\n').count() + 1);
        BadText { path: path.to_owned(), line, sentence: format!("{}.", error.message().trim_end_matches('.')) }
    })
}

#[cfg(test)]
mod tests;
