//! Our own engine as the browser has it, without a browser.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::graphs;
use crate::peers::Peer;
use crate::rows::{Bench, Told, middle_secs, secs, told};
use crate::table::Wanted;

/// What the memory of the module may be with a million objects.
const MOST_BYTES: f64 = 150e6;

/// The wasm module and the script that starts it.
pub(crate) struct Wasm {
    script: PathBuf,
    module: PathBuf,
}

impl Wasm {
    pub(crate) fn new(folder: &Path, module: &Path) -> Outcome<Self> {
        let script = folder.join("wasm.mjs");
        std::fs::write(&script, include_str!("../peers/wasm.mjs"))?;
        Ok(Self { script, module: module.to_path_buf() })
    }

    fn run(&self, task: &str, graph: &Path) -> Outcome<Told> {
        let mut node = Command::new("node");
        node.arg("--max-old-space-size=4096").arg(&self.script).arg(task).arg(&self.module).arg(graph);
        told(&crate::peers::tell(&mut node)?)
    }
}

/// A round against graphology's and against our own without wasm, a whole layout against that, and the memory of a large one.
pub(crate) fn rows(bench: &mut Bench, wasm: &Wasm, large: &Path, folder: &Path) -> Outcome {
    let name = graphs::name(large);
    for task in ["step", "layout"] {
        let title = if task == "step" { "one round on" } else { "layout of" };
        let (mut ours, mut native, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..crate::rows::TURNS {
            match wasm.run(task, large) {
                Ok(told) => ours.push(told),
                Err(error) => {
                    bench.table.missing(&format!("{title} {name} in wasm"), &error.to_string());
                    return Ok(());
                }
            }
            let none = bench.out("none");
            native.push(bench.ours(task, large, &none)?);
            if task == "step" {
                theirs.extend(bench.theirs(Peer::Graphology, &[Path::new("step"), large, &none]).ok());
            }
        }
        let (ours, native) = (middle_secs(ours), middle_secs(native));
        if !theirs.is_empty() {
            let theirs = middle_secs(theirs);
            let what = format!("{title} {name} in wasm, against graphology");
            bench.table.add(&what, &secs(ours), &secs(theirs), theirs / ours, Wanted::AtLeast(40.0));
        }
        let what = format!("{title} {name} in wasm, by that without");
        bench.table.add(&what, &secs(ours), &secs(native), ours / native, Wanted::AtMost(1.5));
    }
    let told = wasm.run("layout", &graphs::million(folder)?)?;
    let shown = |bytes: f64| format!("{:.0} MB", bytes / 1e6);
    let what = format!("wasm memory after a layout of a million and three ({})", secs(told.secs));
    bench.table.add(&what, &shown(told.value), &shown(MOST_BYTES), told.value / MOST_BYTES, Wanted::AtMost(1.0));
    Ok(())
}
