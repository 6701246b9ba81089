//! Builds everything as it ships and runs the demo.

use std::path::PathBuf;
use std::process::Command;

use crate::{Outcome, machine, shell, web};

/// `words` go to `clew demo`.
pub(crate) fn run(words: &[&str]) -> Outcome {
    let mut demo = Command::new(build()?);
    // Settings of the tests: the program refuses what is no setting of its own.
    for name in ["CLEW_CHROMIUM", "CLEW_ARTIFACTS", "CLEW_REAL_DATA"] {
        demo.env_remove(name);
    }
    shell::run(demo.arg("demo").args(words))
}

/// The program with the page inside, in release.
pub(crate) fn build() -> Outcome<PathBuf> {
    machine::ready_to_build()?;
    web::build(web::Profile::Web)?;
    let build = ["build", "--release", "--package", "server", "--features", "embedded-ui"];
    shell::run(shell::cargo_command().args(build).env("CLEW_WEB_DIR", web::folder()?))?;
    Ok(shell::target_folder()?.join("release").join(format!("clew{}", std::env::consts::EXE_SUFFIX)))
}
