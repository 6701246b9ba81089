//! Other people's engines: installed here into the cache folder, from their registries, and started one task at a time.
//!
//! They are measured only and are never part of what ships; OGDF is under the GPL.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::Outcome;

/// Whose work it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    Ogdf,
    Python,
    Graphology,
    Fa2,
}

/// How to start each peer, or why it is not there.
pub(crate) struct Peers {
    ogdf: Installed,
    python: Installed,
    graphology: Installed,
    fa2: Installed,
}

/// The first words of a command.
type Installed = Result<Vec<PathBuf>, String>;

impl Peers {
    /// Installs what is not there yet; takes minutes the first time.
    pub(crate) fn install(folder: &Path) -> Self {
        let told = |name: &str, outcome: Outcome<Vec<PathBuf>>| {
            outcome.map_err(|error| {
                eprintln!("{name} is not there: {error}");
                format!("{name} could not be installed")
            })
        };
        let python = python(folder).map_err(|error| error.to_string());
        let words = |program: &PathBuf| vec![program.clone(), folder.join("measures.py")];
        Self {
            ogdf: told("OGDF", python.clone().map_err(Into::into).and_then(|python| ogdf(folder, &python))),
            python: told("Python", python.as_ref().map(words).map_err(|error| error.clone().into())),
            graphology: told("graphology", graphology(folder)),
            fa2: told("fa2", fa2(folder)),
        }
    }

    /// What the peer tells of a task.
    pub(crate) fn run(&self, peer: Peer, words: &[&Path]) -> Outcome<Value> {
        let installed = match peer {
            Peer::Ogdf => &self.ogdf,
            Peer::Python => &self.python,
            Peer::Graphology => &self.graphology,
            Peer::Fa2 => &self.fa2,
        };
        let (program, first) =
            installed.as_ref().map_err(Clone::clone)?.split_first().ok_or("a command without words")?;
        tell(Command::new(program).args(first).args(words))
    }
}

/// Runs a process on one thread and reads the line that it prints.
pub(crate) fn tell(command: &mut Command) -> Outcome<Value> {
    for threads in ["OMP_NUM_THREADS", "RAYON_NUM_THREADS", "OPENBLAS_NUM_THREADS"] {
        command.env(threads, "1");
    }
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// A Python of its own with the packages; gives its interpreter.
fn python(folder: &Path) -> Outcome<PathBuf> {
    let home = folder.join("python");
    let interpreter = home.join("bin/python");
    std::fs::write(folder.join("measures.py"), include_str!("../peers/measures.py"))?;
    if !home.join("installed").exists() {
        succeed(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
        let packages = ["ogdf-wheel", "igraph", "networkit", "rustworkx"];
        succeed(Command::new(&interpreter).args(["-m", "pip", "install", "--quiet"]).args(packages))?;
        std::fs::write(home.join("installed"), "")?;
    }
    Ok(interpreter)
}

/// The wheel brings headers and libraries; the program around them is ours.
fn ogdf(folder: &Path, python: &Path) -> Outcome<Vec<PathBuf>> {
    let program = folder.join("ogdf");
    let source = folder.join("layout.cpp");
    std::fs::write(&source, include_str!("../peers/layout.cpp"))?;
    if !program.exists() {
        let home = python.parent().and_then(Path::parent).ok_or("a Python without a home")?;
        let libraries = home.join("lib");
        let mut compiler = Command::new("c++");
        compiler.args(["-O2", "-std=c++20", "-o"]).arg(&program).arg(&source);
        compiler.arg("-I").arg(home.join("include")).arg("-I").arg(home.join("include/ogdf-release"));
        compiler.arg("-L").arg(&libraries).arg(format!("-Wl,-rpath,{}", libraries.display()));
        succeed(compiler.args(["-lOGDF", "-lCOIN"]))?;
    }
    Ok(vec![program])
}

fn graphology(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let home = folder.join("node");
    std::fs::create_dir_all(&home)?;
    let script = home.join("graphology.mjs");
    std::fs::write(&script, include_str!("../peers/graphology.mjs"))?;
    if !home.join("installed").exists() {
        std::fs::write(home.join("package.json"), r#"{"private": true}"#)?;
        let packages = ["graphology", "graphology-layout-forceatlas2", "graphology-shortest-path"];
        succeed(Command::new("npm").current_dir(&home).args(["install", "--silent"]).args(packages))?;
        std::fs::write(home.join("installed"), "")?;
    }
    Ok(vec!["node".into(), script])
}

/// A project of its own, so that the crate is never near the product's lock file.
fn fa2(folder: &Path) -> Outcome<Vec<PathBuf>> {
    const MANIFEST: &str = "[package]\nname = \"fa2-bench\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
                            [dependencies]\nfa2 = \"0.3.0\"\n\n[profile.release]\nlto = \"thin\"\n";
    let home = folder.join("fa2");
    std::fs::create_dir_all(home.join("src"))?;
    std::fs::write(home.join("Cargo.toml"), MANIFEST)?;
    std::fs::write(home.join("src/main.rs"), include_str!("../peers/fa2.rs"))?;
    let mut cargo = Command::new("cargo");
    cargo.current_dir(&home).args(["build", "--release", "--quiet"]).arg("--target-dir").arg(home.join("target"));
    succeed(&mut cargo)?;
    Ok(vec![home.join("target/release/fa2-bench")])
}

fn succeed(command: &mut Command) -> Outcome {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into())
}
