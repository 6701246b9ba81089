//! What is compared with what.

use std::path::{Path, PathBuf};
use std::process::Command;

use graph::measures::{Compact, Edge, modularity};
use serde_json::Value;

use crate::graphs::{self, Graph};
use crate::peers::{Peer, Peers, tell};
use crate::quality::{self, Quality};
use crate::table::{Table, Wanted};
use crate::wasm::{self, Wasm};
use crate::{Outcome, tasks};

/// How often each side of a comparison runs, in turns.
pub(crate) const TURNS: usize = 3;

/// What one side tells.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Told {
    pub(crate) secs: f64,
    grown_bytes: f64,
    pub(crate) value: f64,
}

/// The same of a picture, with how good it is.
type Picture = (Told, Quality);

pub(crate) struct Bench {
    program: PathBuf,
    folder: PathBuf,
    peers: Peers,
    pub(crate) table: Table,
}

/// Measures everything and prints the table.
pub(crate) fn measure(folder: &Path, module: &Path) -> Outcome {
    std::fs::create_dir_all(folder)?;
    let folder_of_graphs = folder.join("graphs");
    let files = graphs::prepare(&folder_of_graphs)?;
    let peers = Peers::install(folder);
    let wasm = Wasm::new(folder, module)?;
    let (program, folder) = (std::env::current_exe()?, folder.to_path_buf());
    let mut bench = Bench { program, folder, peers, table: Table::default() };
    let mut settled = Vec::new();
    for file in &files {
        if let Some(secs) = bench.layouts(file)? {
            settled.push((graphs::name(file), secs));
        }
    }
    let find = |name: &str| files.iter().find(|file| graphs::name(file) == name).ok_or("a graph is missing");
    let (small, large) = (find("communities-10k")?, find("communities-100k")?);
    bench.growth(&settled);
    for (file, many_times) in [(small, 6.0), (large, 20.0)] {
        bench.steps(file, many_times)?;
    }
    wasm::rows(&mut bench, &wasm, large, &folder_of_graphs)?;
    bench.addition(large)?;
    bench.measures(large)?;
    bench.table.print();
    Ok(())
}

impl Bench {
    pub(crate) fn ours(&self, task: &str, graph: &Path, out: &Path) -> Outcome<Told> {
        told(&tell(Command::new(&self.program).arg("task").arg(task).arg(graph).arg(out))?)
    }

    pub(crate) fn theirs(&self, peer: Peer, words: &[&Path]) -> Outcome<Told> {
        told(&self.peers.run(peer, words)?)
    }

    pub(crate) fn out(&self, name: &str) -> PathBuf {
        self.folder.join(name).with_extension("txt")
    }

    /// Whole layouts against OGDF's; gives the seconds of ours.
    fn layouts(&mut self, file: &Path) -> Outcome<Option<f64>> {
        let (name, graph) = (graphs::name(file), graphs::read(file)?);
        let what = format!("layout of {name}");
        let (mut whole, mut forces, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
        let mut crowded = 0;
        for _ in 0..TURNS {
            let out = self.out("ours");
            whole.push((self.ours("layout", file, &out)?, quality::judge(&graph, &quality::read_places(&out)?)?));
            crowded = quality::crowded(&quality::read_places(&out)?);
            forces.push((self.ours("forces", file, &out)?, quality::judge(&graph, &quality::read_places(&out)?)?));
            let out = self.out("theirs");
            match self.theirs(Peer::Ogdf, &[file, &out]) {
                Ok(told) => theirs.push((told, quality::judge(&graph, &quality::read_places(&out)?)?)),
                Err(error) => self.table.missing(&what, &format!("OGDF: {error}")),
            }
            if theirs.is_empty() {
                break;
            }
        }
        let (whole, forces) = (middle(whole), middle(forces));
        if !theirs.is_empty() {
            let theirs = middle(theirs);
            let wanted = Goals::of(&name);
            self.picture(&what, forces, theirs, wanted);
            self.picture(&format!("{what}, nothing touching"), whole, theirs, wanted);
        }
        let shown = crowded.to_string();
        self.table.add(&format!("{what}, too close to another"), &shown, "", crowded as f64, Wanted::AtMost(0.0));
        // A small one's memory is that of the program.
        if graph.nodes >= 50_000 {
            self.memory(&what, &graph, file)?;
        }
        Ok(Some(whole.0.secs))
    }

    /// Three rows about one picture beside OGDF's.
    fn picture(&mut self, what: &str, (ours, our): Picture, (theirs, their): Picture, goals: Goals) {
        let ratio = theirs.secs / ours.secs;
        self.table.add(&format!("{what}, speed"), &secs(ours.secs), &secs(theirs.secs), ratio, goals.speed);
        let rows = [
            ("stress", our.stress, their.stress, goals.stress),
            ("1-hop preservation", our.one_hop, their.one_hop, Wanted::Nothing),
            ("2-hop preservation", our.two_hops, their.two_hops, goals.two_hops),
        ];
        for (title, ours, theirs, wanted) in rows {
            let shown = |number: f64| format!("{number:.4}");
            self.table.add(&format!("{what}, {title}"), &shown(ours), &shown(theirs), ours / theirs, wanted);
        }
    }

    /// What a layout takes beside the list of links, against 80 bytes a node and 16 a link. In a process of its own that
    /// gives freed memory back at once, so that what is resident is what is needed.
    fn memory(&mut self, what: &str, graph: &Graph, file: &Path) -> Outcome {
        let mut task = Command::new(&self.program);
        task.args(["task", "layout"]).arg(file).arg(self.out("ours"));
        for threshold in ["MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"] {
            task.env(threshold, "65536");
        }
        let grown_bytes = told(&tell(&mut task)?)?.grown_bytes;
        let allowed = graph.nodes as f64 * 80.0 + graph.links.len() as f64 * 16.0;
        let shown = |bytes: f64| format!("{:.1} MB", bytes / 1e6);
        let what = format!("{what}, memory beside 80 bytes a node and 16 a link");
        self.table.add(&what, &shown(grown_bytes), &shown(allowed), grown_bytes / allowed, Wanted::AtMost(1.0));
        Ok(())
    }

    fn growth(&mut self, settled: &[(String, f64)]) {
        let of = |name: &str| settled.iter().find(|(known, _)| known == name).map(|(_, secs)| *secs);
        for shape in ["communities", "hubs"] {
            if let (Some(small), Some(large)) = (of(&format!("{shape}-10k")), of(&format!("{shape}-100k"))) {
                let what = format!("layout of {shape}, ten times as many");
                self.table.add(&what, &secs(large), &secs(small), large / small, Wanted::AtMost(12.0));
            }
        }
    }

    /// One round of the simulation against the same model elsewhere.
    fn steps(&mut self, file: &Path, many_times: f64) -> Outcome {
        let (name, none) = (graphs::name(file), self.out("none"));
        for (peer, title, goal) in
            [(Peer::Fa2, "fa2", Wanted::AtLeast(many_times)), (Peer::Graphology, "graphology", Wanted::Nothing)]
        {
            let what = format!("one round on {name}, against {title}");
            let words = [Path::new("step"), file, none.as_path()];
            let words = if peer == Peer::Fa2 { &words[1..2] } else { &words[..] };
            self.duel(&what, ("step", file, &none), (peer, words), goal)?;
        }
        Ok(())
    }

    /// Both sides in turns; the row tells how many times faster ours is. Gives what both told last.
    fn duel(
        &mut self,
        what: &str,
        (task, file, out): (&str, &Path, &Path),
        (peer, words): (Peer, &[&Path]),
        goal: Wanted,
    ) -> Outcome<Option<(Told, Told)>> {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            match self.theirs(peer, words) {
                Ok(told) => theirs.push((told, Quality::default())),
                Err(error) => {
                    self.table.missing(what, &error.to_string());
                    return Ok(None);
                }
            }
            ours.push((self.ours(task, file, out)?, Quality::default()));
        }
        let ((ours, _), (theirs, _)) = (middle(ours), middle(theirs));
        self.table.add(what, &secs(ours.secs), &secs(theirs.secs), theirs.secs / ours.secs, goal);
        Ok(Some((ours, theirs)))
    }

    fn addition(&mut self, file: &Path) -> Outcome {
        let (name, out) = (graphs::name(file), self.out("ours"));
        let (whole, added) = (self.ours("layout", file, &out)?, self.ours("add", file, &out)?);
        let what = format!("adding 100 to {name}, against a new layout");
        self.table.add(&what, &secs(added.secs), &secs(whole.secs), whole.secs / added.secs, Wanted::AtLeast(10.0));
        let shown = format!("{:.4} of the width", added.value);
        self.table.add("farthest way of an old node", &shown, "", added.value, Wanted::AtMost(0.01));
        Ok(())
    }

    fn measures(&mut self, file: &Path) -> Outcome {
        let (name, ours, theirs) = (graphs::name(file), self.out("ours"), self.out("theirs"));
        let what = format!("betweenness from 64 of {name}, against igraph");
        let words = [Path::new("igraph-betweenness"), file, theirs.as_path()];
        self.duel(&what, ("betweenness", file, &ours), (Peer::Python, &words), Wanted::AtLeast(2.0))?;
        let what = format!("PageRank of {name} as exactly, against rustworkx");
        let words = [Path::new("rustworkx-page-rank"), file, theirs.as_path()];
        self.duel(&what, ("page-rank", file, &theirs), (Peer::Python, &words), Wanted::AtLeast(1.5))?;
        let what = format!("Leiden on {name}, against NetworKit");
        let words = [Path::new("networkit-leiden"), file, theirs.as_path()];
        self.duel(&what, ("leiden", file, &ours), (Peer::Python, &words), Wanted::AtLeast(1.5))?;
        self.modularities(file, &ours, &theirs)?;
        let pairs = self.out("pairs");
        let lines =
            tasks::pairs(graphs::read(file)?.nodes).iter().map(|[a, b]| format!("{a},{b}\n")).collect::<String>();
        std::fs::write(&pairs, format!("from,to\n{lines}"))?;
        let what = format!("one shortest way in {name}, against graphology");
        let words = [Path::new("path"), file, pairs.as_path()];
        let told = self.duel(&what, ("path", file, &ours), (Peer::Graphology, &words), Wanted::AtLeast(8.0))?;
        match told {
            Some((ours, theirs)) if (ours.value - theirs.value).abs() > 0.0 => Err("the ways differ in length".into()),
            _ => Ok(()),
        }
    }

    /// How much better or worse our communities are than igraph's.
    fn modularities(&mut self, file: &Path, ours: &Path, theirs: &Path) -> Outcome {
        let what = "modularity of ours, less igraph's";
        if let Err(error) = self.theirs(Peer::Python, &[Path::new("igraph-leiden"), file, theirs]) {
            self.table.missing(what, &error.to_string());
            return Ok(());
        }
        let graph = graphs::read(file)?;
        let edges: Vec<Edge> = graph.links.iter().map(|&[from, to]| Edge::undirected(from, to)).collect();
        let net = Compact::new(graph.nodes, &edges)?;
        let quality = |of: &Path| -> Outcome<f64> {
            let of = std::fs::read_to_string(of)?.lines().map(str::parse).collect::<Result<Vec<u32>, _>>()?;
            Ok(modularity(&net, &of, 1.0))
        };
        let (ours, theirs) = (quality(ours)?, quality(theirs)?);
        let shown = |number: f64| format!("{number:.4}");
        self.table.add(what, &shown(ours), &shown(theirs), ours - theirs, Wanted::AtLeast(-0.001));
        Ok(())
    }
}

/// What is wanted of a picture beside OGDF's.
#[derive(Clone, Copy)]
struct Goals {
    speed: Wanted,
    stress: Wanted,
    two_hops: Wanted,
}

impl Goals {
    fn of(graph: &str) -> Self {
        let (speed, stress, two_hops) = match graph {
            "communities-10k" | "fraud10k" => (4.0, 0.98, 1.25),
            "communities-100k" | "fraud100k" => (3.0, 0.98, 1.25),
            "lattice-100" | "usgrid" | "grid100x100" => (1.0, 1.0, 0.0),
            _ => return Self { speed: Wanted::Nothing, stress: Wanted::Nothing, two_hops: Wanted::Nothing },
        };
        let two_hops = if two_hops > 0.0 { Wanted::AtLeast(two_hops) } else { Wanted::Nothing };
        Self { speed: Wanted::AtLeast(speed), stress: Wanted::AtMost(stress), two_hops }
    }
}

pub(crate) fn told(line: &Value) -> Outcome<Told> {
    let number = |name: &str| line.get(name).and_then(Value::as_f64);
    let secs = number("secs").ok_or("a task without a time")?;
    Ok(Told { secs, grown_bytes: number("grown_bytes").unwrap_or(0.0), value: number("value").unwrap_or(0.0) })
}

/// The time in the middle.
pub(crate) fn middle_secs(all: Vec<Told>) -> f64 {
    middle(all.into_iter().map(|told| (told, Quality::default())).collect()).0.secs
}

/// The one in the middle by its time.
fn middle(mut all: Vec<Picture>) -> Picture {
    all.sort_by(|a, b| a.0.secs.total_cmp(&b.0.secs));
    all.get(all.len() / 2).copied().unwrap_or_default()
}

pub(crate) fn secs(secs: f64) -> String {
    if secs < 0.1 { format!("{:.3} ms", secs * 1e3) } else { format!("{secs:.3} s") }
}
