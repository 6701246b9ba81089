//! Builds everything as it ships, and measures it; see `xtask/bench` for what and how.

use std::path::PathBuf;
use std::process::Command;

use crate::{Outcome, demo, machine, shell, web};

/// `parts` choose by name; none means all but `graph`, which needs neither server nor page. `crowds` needs a page of its own
/// alone, and belongs to `drawing`.
pub(crate) fn run(parts: &[&str]) -> Outcome {
    let (graph, parts): (Vec<&str>, Vec<&str>) = parts.iter().partition(|part| **part == "graph");
    if !graph.is_empty() {
        beside_other_graph_engines()?;
        if parts.is_empty() {
            return Ok(());
        }
    }
    let parts = parts.as_slice();
    machine::ready_to_test()?;
    let is_wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    if is_wanted("crowds") || is_wanted("drawing") {
        web::build_crowd()?;
    }
    let unaudited = unaudited(parts)?;
    let program = if parts == ["crowds"] { PathBuf::new() } else { demo::build()? };
    let package = "xtask-bench";
    shell::cargo(&["build", "--release", "--package", package])?;
    let bench = shell::target_folder()?.join("release").join(package);
    shell::run(Command::new(bench).arg(program).arg(unaudited).arg(web::folder()?).args(parts))
}

/// The graph engine beside other people's, which are installed below the target folder.
fn beside_other_graph_engines() -> Outcome {
    let package = "xtask-bench-graph";
    shell::cargo(&["build", "--release", "--package", package])?;
    // The engine as the page's worker has it.
    let wasm = "wasm32-unknown-unknown";
    machine::ready_to_build()?;
    shell::cargo(&["build", "--package", "worker", "--lib", "--target", wasm, "--profile", "web"])?;
    let target = shell::target_folder()?;
    let module = target.join(wasm).join("web/worker.wasm");
    shell::run(Command::new(target.join("release").join(package)).arg(target.join("bench-graph")).arg(module))
}

/// The program without the audit of what is read, beside the one that ships: that one is built afterwards, in its place.
fn unaudited(parts: &[&str]) -> Outcome<PathBuf> {
    let folder = shell::target_folder()?.join("without-audit");
    let program = folder.join(format!("clew{}", std::env::consts::EXE_SUFFIX));
    if parts.is_empty() || parts.contains(&"audit") {
        shell::cargo(&["build", "--release", "--package", "server", "--features", "without-audit"])?;
        std::fs::create_dir_all(&folder)?;
        let built = shell::target_folder()?.join("release").join(format!("clew{}", std::env::consts::EXE_SUFFIX));
        std::fs::copy(built, &program)?;
    }
    Ok(program)
}
