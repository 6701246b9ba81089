//! Builds the page: fonts, three wasm modules, then the folder that the server embeds.

use std::path::{Path, PathBuf};

use crate::{Outcome, shell, sizes};

/// How the page is compiled.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// What ships.
    Web,
    /// Quick to build; for looking at a change.
    Dev,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Dev => "dev",
        }
    }
}

/// Makes `<target>/fonts`, which the screens embed.
pub(crate) fn fonts() -> Outcome {
    slow_half(&["fonts", &text(&shell::target_folder()?)?])
}

/// Makes `<target>/page`. (`<target>/web` is where Cargo keeps what it builds with the profile `web` for this machine.)
pub(crate) fn build(profile: Profile) -> Outcome {
    fonts()?;
    compile(profile.name(), &[])?;
    slow_half(&["page", &text(&shell::target_folder()?)?, profile.name(), "shared/ui/web"])?;
    sizes::print()
}

/// Compiles the three modules.
fn compile(profile: &str, further: &[&str]) -> Outcome {
    let wasm = ["build", "--lib", "--target", "wasm32-unknown-unknown", "--profile", profile];
    let packages = ["--package", "ui", "--package", "worker", "--package", "exchange"];
    let mut cargo = shell::cargo_command();
    cargo.args([&wasm[..], &packages, further].concat()).env(shell::FLAGS, shell::without_own_paths()?);
    shell::run(&mut cargo)
}

/// Makes `<target>/crowd-page`: the page with the cargo feature `crowd`, which shows a made-up graph of any size. What
/// [`build`] makes afterwards takes its place in `<target>/page`.
pub(crate) fn build_crowd() -> Outcome<PathBuf> {
    fonts()?;
    let (target, profile) = (shell::target_folder()?, Profile::Web.name());
    compile(profile, &["--features", "ui/crowd"])?;
    slow_half(&["page", &text(&target)?, profile, "shared/ui/web"])?;
    let kept = target.join("crowd-page");
    if kept.is_dir() {
        std::fs::remove_dir_all(&kept)?;
    }
    std::fs::rename(folder()?, &kept)?;
    Ok(kept)
}

/// Where the page lies, for `CLEW_WEB_DIR`.
pub(crate) fn folder() -> Outcome<PathBuf> {
    Ok(shell::target_folder()?.join("page"))
}

fn slow_half(words: &[&str]) -> Outcome {
    shell::cargo(&[&["run", "--quiet", "--package", "xtask-web", "--"], words].concat())
}

fn text(path: &Path) -> Outcome<String> {
    Ok(path.to_str().ok_or("the target folder's path is not UTF-8")?.to_owned())
}
