//! Builds everything as it ships and runs the demo.

use std::process::Command;

use crate::{Outcome, machine, shell, web};

/// `words` go to `clew demo`.
pub(crate) fn run(words: &[&str]) -> Outcome {
    machine::ready_to_build()?;
    web::build(web::Profile::Web)?;
    let build = ["build", "--release", "--package", "server", "--features", "embedded-ui"];
    shell::run(shell::cargo_command().args(build).env("CLEW_WEB_DIR", web::folder()?))?;
    let program = shell::target_folder()?.join("release").join(format!("clew{}", std::env::consts::EXE_SUFFIX));
    shell::run(Command::new(program).arg("demo").args(words))
}
