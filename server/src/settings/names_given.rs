//! Which settings were given, and from where: for the changelog of the environment.

use std::path::Path;

use super::table::{SOURCE_PREFIX, TABLE};
use super::{Given, Secret, secret_file};

/// Where the value of a setting came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An environment variable.
    Environment,
    /// The file that `NAME_FILE` names.
    File,
    /// The command line.
    Flag,
}

/// A setting that was given.
#[derive(Debug, Clone)]
pub struct GivenName {
    /// The variable's name, without `_FILE`.
    pub name: String,
    pub origin: Origin,
    /// Never told; only its keyed hash is kept.
    pub value: Secret,
}

/// Everything that was given, ordered by name. A file that cannot be read is told when its setting is read.
pub(super) fn of(given: &Given) -> Vec<GivenName> {
    let mut found = Vec::new();
    for setting in TABLE {
        if let Some(value) = given.flags.get(setting.flag).filter(|_| !setting.flag.is_empty()) {
            let value = Secret::new(value.clone());
            found.push(GivenName { name: setting.name.to_owned(), origin: Origin::Flag, value });
        } else {
            found.extend(from_environment(given, setting.name));
        }
    }
    let sources = given.environment.keys().filter(|name| name.starts_with(SOURCE_PREFIX));
    let mut sources: Vec<&str> = sources.map(|name| name.strip_suffix("_FILE").unwrap_or(name)).collect();
    sources.dedup();
    found.extend(sources.into_iter().filter_map(|name| from_environment(given, name)));
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found.dedup_by(|a, b| a.name == b.name);
    found
}

fn from_environment(given: &Given, name: &str) -> Option<GivenName> {
    let value = |name: &str| given.environment.get(name).filter(|text| !text.is_empty());
    let file_name = format!("{name}_FILE");
    let (origin, value) = match (value(name), value(&file_name)) {
        (Some(text), _) => (Origin::Environment, Secret::new(text.clone())),
        (None, Some(path)) => (Origin::File, secret_file(&file_name, Path::new(path)).ok()?),
        (None, None) => return None,
    };
    Some(GivenName { name: name.to_owned(), origin, value })
}
