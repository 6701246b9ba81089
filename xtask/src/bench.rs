//! Builds everything as it ships, and measures it; see `xtask/bench` for what and how.

use std::process::Command;

use crate::{Outcome, demo, machine, shell, web};

/// `parts` choose by name; none means all.
pub(crate) fn run(parts: &[&str]) -> Outcome {
    machine::ready_to_test()?;
    let program = demo::build()?;
    let package = "xtask-bench";
    shell::cargo(&["build", "--release", "--package", package])?;
    let bench = shell::target_folder()?.join("release").join(package);
    shell::run(Command::new(bench).arg(program).arg(web::folder()?).args(parts))
}
