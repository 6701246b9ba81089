//! Builds everything as it ships, and measures it; see `xtask/bench` for what and how.

use std::process::Command;

use crate::{Outcome, demo, machine, shell, web};

/// The part that needs no server: update and tessellation of one frame, natively.
const FRAMES: &str = "frames";

/// `words` choose parts by name; none means all.
pub(crate) fn run(words: &[&str]) -> Outcome {
    let rest: Vec<&str> = words.iter().copied().filter(|word| *word != FRAMES).collect();
    if words.is_empty() || !rest.is_empty() {
        measure(&rest)?;
    }
    if words.is_empty() || words.contains(&FRAMES) {
        shell::cargo(&["bench", "--package", "ui", "--bench", FRAMES])?;
    }
    Ok(())
}

fn measure(parts: &[&str]) -> Outcome {
    machine::ready_to_test()?;
    let program = demo::build()?;
    let package = "xtask-bench";
    shell::cargo(&["build", "--release", "--package", package])?;
    let bench = shell::target_folder()?.join("release").join(package);
    shell::run(Command::new(bench).arg(program).arg(web::folder()?).args(parts))
}
