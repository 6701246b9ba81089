//! Checks licence, name and origin of every package in the lock file against `deny.toml`, in cargo-deny's words.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::{Outcome, shell, spdx};

const RULES: &str = "deny.toml";

struct Rules {
    allow: Vec<String>,
    /// Package name to what is allowed for it besides.
    exceptions: BTreeMap<String, Vec<String>>,
    /// Package name to the expression that its files, but not its manifest, tell.
    clarified: BTreeMap<String, String>,
    /// Package name to why it may not be used.
    banned: BTreeMap<String, String>,
    /// Where a package may come from; `deny.toml` refuses everything else.
    registry: String,
}

/// An error that lists every package that is not allowed, with why.
pub(crate) fn check() -> Outcome {
    let metadata = shell::json_of(shell::cargo_command().args(["metadata", "--format-version", "1", "--locked"]))?;
    let packages = metadata.get("packages").and_then(Value::as_array).ok_or("cargo metadata lists no packages")?;
    let registry = default_registry(packages).ok_or("no package names a dependency of the default registry")?;
    let rules = Rules::read(&fs::read_to_string(RULES)?, registry)?;
    // Our own packages have no source.
    let foreign: Vec<&Value> =
        packages.iter().filter(|package| package.get("source").is_some_and(Value::is_string)).collect();
    let refused: Vec<String> = foreign.iter().filter_map(|package| rules.objection(package)).collect();
    println!("{} packages, {} not allowed", foreign.len(), refused.len());
    if refused.is_empty() { Ok(()) } else { Err(format!("not allowed by {RULES}:\n{}", refused.join("\n")).into()) }
}

/// Cargo's default registry: where dependencies come from that name none.
fn default_registry(packages: &[Value]) -> Option<&str> {
    let named = packages.iter().filter_map(|package| package.get("dependencies")?.as_array()).flatten();
    let of_default = named.filter(|dependency| dependency.get("registry").is_some_and(Value::is_null));
    of_default
        .filter_map(|dependency| dependency.get("source")?.as_str())
        .find(|source| source.starts_with("registry+"))
}

impl Rules {
    fn read(text: &str, registry: &str) -> Outcome<Self> {
        let rules: toml::Table = text.parse()?;
        let licences = rules.get("licenses").and_then(toml::Value::as_table).ok_or("deny.toml has no [licenses]")?;
        let mut exceptions = BTreeMap::new();
        for entry in tables(licences, "exceptions") {
            exceptions.insert(word(entry, "crate")?, words(entry, "allow"));
        }
        let mut clarified = BTreeMap::new();
        for entry in tables(licences, "clarify") {
            clarified.insert(word(entry, "crate")?, word(entry, "expression")?);
        }
        let mut banned = BTreeMap::new();
        for entry in tables(rules.get("bans").and_then(toml::Value::as_table).ok_or("deny.toml has no [bans]")?, "deny")
        {
            banned.insert(word(entry, "crate")?, word(entry, "reason")?);
        }
        Ok(Self { allow: words(licences, "allow"), exceptions, clarified, banned, registry: registry.to_owned() })
    }

    fn objection(&self, package: &Value) -> Option<String> {
        let text = |key: &str| package.get(key).and_then(Value::as_str).unwrap_or_default();
        let name = text("name");
        if let Some(reason) = self.banned.get(name) {
            return Some(format!("  {name} {}: {reason}", text("version")));
        }
        if text("source") != self.registry {
            return Some(format!("  {name} {}: comes from {}", text("version"), text("source")));
        }
        let expression = self.clarified.get(name).map_or(text("license"), String::as_str);
        let exceptions = self.exceptions.get(name).map(Vec::as_slice).unwrap_or_default();
        let is_allowed = |licence: &str| self.allow.iter().chain(exceptions).any(|allowed| allowed == licence);
        match spdx::is_met(expression, &is_allowed) {
            Some(true) => None,
            Some(false) => Some(format!("  {name} {}: {expression}", text("version"))),
            None => Some(format!("  {name} {}: no readable licence `{expression}`", text("version"))),
        }
    }
}

fn tables<'a>(table: &'a toml::Table, key: &str) -> impl Iterator<Item = &'a toml::Table> {
    table.get(key).and_then(toml::Value::as_array).into_iter().flatten().filter_map(toml::Value::as_table)
}

fn words(table: &toml::Table, key: &str) -> Vec<String> {
    let entries = table.get(key).and_then(toml::Value::as_array).into_iter().flatten();
    entries.filter_map(toml::Value::as_str).map(str::to_owned).collect()
}

fn word(table: &toml::Table, key: &str) -> Outcome<String> {
    let word = table.get(key).and_then(toml::Value::as_str);
    Ok(word.ok_or_else(|| format!("deny.toml: an entry of [licenses] has no `{key}`"))?.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Rules, default_registry};

    const REGISTRY: &str = "registry+https://example.org/index";

    #[test]
    fn a_package_is_refused_for_its_licence_its_name_or_its_origin() {
        let rules = "[licenses]\nallow = ['MIT']\n[bans]\ndeny = [{ crate = 'tls', reason = 'another is the one' }]";
        let rules = Rules::read(rules, REGISTRY).unwrap();
        let objection = |name: &str, licence: &str, source: &str| {
            rules.objection(&json!({ "name": name, "version": "1.0.0", "license": licence, "source": source }))
        };
        assert_eq!(objection("ok", "MIT", REGISTRY), None);
        assert_eq!(objection("dear", "GPL-3.0", REGISTRY).unwrap(), "  dear 1.0.0: GPL-3.0");
        assert_eq!(objection("tls", "MIT", REGISTRY).unwrap(), "  tls 1.0.0: another is the one");
        let elsewhere = objection("far", "MIT", "git+https://example.org/far").unwrap();
        assert_eq!(elsewhere, "  far 1.0.0: comes from git+https://example.org/far");
    }

    #[test]
    fn the_default_registry_is_that_of_dependencies_which_name_none() {
        let packages = json!([{ "dependencies": [
            { "registry": null, "source": "git+https://example.org/far" },
            { "registry": "https://example.org/other", "source": "registry+https://example.org/other" },
            { "registry": null, "source": REGISTRY },
        ] }]);
        assert_eq!(default_registry(packages.as_array().unwrap()), Some(REGISTRY));
    }
}
