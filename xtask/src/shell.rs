//! Runs Cargo and other programs from the root of the repository.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::Outcome;

/// Goes to the root of the repository, so that every path below is relative to it.
pub(crate) fn enter_root() -> Outcome {
    // Cargo says where the package that it runs lies; without it this is already the root.
    if let Ok(package) = std::env::var("CARGO_MANIFEST_DIR") {
        let root = Path::new(&package).parent().ok_or("xtask has no folder above it")?;
        std::env::set_current_dir(root)?;
    }
    Ok(())
}

/// Cargo with these words, speaking on this terminal.
pub(crate) fn cargo(words: &[&str]) -> Outcome {
    run(cargo_command().args(words))
}

pub(crate) fn cargo_command() -> Command {
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    // Set for us by `cargo run`; handed on, they would look like another build to the build scripts below.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"] {
        command.env_remove(name);
    }
    command
}

/// Runs a command, and makes its failure ours.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let shown = shown(command);
    let status = command.status().map_err(|error| format!("`{shown}` did not start: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{shown}` failed ({status})").into()) }
}

/// What a command prints, as JSON.
pub(crate) fn json_of(command: &mut Command) -> Outcome<Value> {
    let told = command.output()?;
    if !told.status.success() {
        return Err(format!("`{}`: {}", shown(command), String::from_utf8_lossy(&told.stderr)).into());
    }
    Ok(serde_json::from_slice(&told.stdout)?)
}

/// The folder of build results, wherever Cargo is told to keep it.
pub(crate) fn target_folder() -> Outcome<PathBuf> {
    let metadata = json_of(cargo_command().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let folder = metadata.get("target_directory").and_then(Value::as_str).ok_or("cargo names no target folder")?;
    Ok(PathBuf::from(folder))
}

/// How Cargo is told flags for the compiler.
pub(crate) const FLAGS: &str = "CARGO_ENCODED_RUSTFLAGS";

/// Flags for the compiler that keep this machine's paths out of what is shipped: two machines build the same, and it is smaller.
/// For [`FLAGS`].
pub(crate) fn without_own_paths() -> Outcome<OsString> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let registry = home.ok_or("there is no folder of Cargo's: set HOME or CARGO_HOME")?.join("registry/src");
    // Each registry has a folder of its own in there, named by its address.
    let registries = std::fs::read_dir(&registry).into_iter().flatten().flatten().map(|entry| (entry.path(), "crates"));
    let own = [(std::env::current_dir()?, "clew"), (target_folder()?, "target")];
    let mut flags = OsString::new();
    for (from, to) in registries.chain(own) {
        // Cargo splits these flags at the unit separator alone, so that paths may hold blanks.
        flags.push(if flags.is_empty() { "" } else { "\u{1f}" });
        flags.push("--remap-path-prefix=");
        flags.push(from);
        flags.push("=");
        flags.push(to);
    }
    Ok(flags)
}

/// The first of these programs that is on the path.
pub(crate) fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|program| program.is_file())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    words.join(" ")
}
