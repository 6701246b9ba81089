//! Measures the graph engine beside other people's, each in a process of its own, in turns, and prints one table of ratios.
//!
//! `xtask-bench-graph FOLDER MODULE` measures everything; FOLDER keeps the peers, the graphs and what was drawn, MODULE is the
//! worker's wasm file. `cargo xtask bench graph` builds and starts it. `xtask-bench-graph task NAME GRAPH OUT` is one of our own processes.
//!
//! Every process tells the processor time of the bare work, without reading and writing files: ours with the system's
//! part, the peers' without it. What cannot be installed is said in its row.
#![expect(clippy::disallowed_methods, reason = "a bench reads the environment and starts programs")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench speaks on the terminal")]

mod graphs;
mod peers;
mod quality;
mod rows;
mod table;
mod tasks;
mod wasm;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench graph: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Outcome {
    match words {
        ["task", name, graph, out] => {
            println!("{}", tasks::run(name, Path::new(graph), Path::new(out))?);
            Ok(())
        }
        ["judge", graph, places] => {
            let graph = graphs::read(Path::new(graph))?;
            let places = quality::read_places(Path::new(places))?;
            println!("{:?}, {} too close to another", quality::judge(&graph, &places)?, quality::crowded(&places));
            Ok(())
        }
        ["graphs", folder] => graphs::prepare(Path::new(folder)).map(|_| ()),
        [folder, module] => rows::measure(Path::new(folder), Path::new(module)),
        _ => Err("usage: xtask-bench-graph FOLDER MODULE | xtask-bench-graph task NAME GRAPH OUT".into()),
    }
}
