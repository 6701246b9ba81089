//! Finds the folders of packages that Cargo has downloaded.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::Outcome;

/// The source folder of every package in the lock file, by name.
///
/// Asked of Cargo, so that vendored, mirrored and offline sources work alike.
pub(crate) fn packages() -> Outcome<BTreeMap<String, PathBuf>> {
    let metadata = metadata()?;
    let packages = metadata.get("packages").and_then(Value::as_array).ok_or("cargo metadata lists no packages")?;
    Ok(packages.iter().filter_map(name_and_folder).collect())
}

/// What `cargo metadata` tells about every package in the lock file.
pub(crate) fn metadata() -> Outcome<Value> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let told = Command::new(cargo).args(["metadata", "--format-version", "1", "--locked"]).output()?;
    if !told.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&told.stderr)).into());
    }
    Ok(serde_json::from_slice(&told.stdout)?)
}

fn name_and_folder(package: &Value) -> Option<(String, PathBuf)> {
    let name = package.get("name")?.as_str()?;
    let manifest = Path::new(package.get("manifest_path")?.as_str()?);
    Some((name.to_owned(), manifest.parent()?.to_owned()))
}
