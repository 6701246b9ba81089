//! The box of automation: every chore of the repository is one word after `cargo xtask`.
#![expect(clippy::disallowed_methods, reason = "automation reads its environment, the clock, and starts programs")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "automation speaks on the terminal")]

mod bench;
mod demo;
mod licences;
mod machine;
mod shell;
mod ship;
mod sizes;
mod spdx;
mod steps;
mod verify;
mod web;

use std::error::Error;
use std::process::ExitCode;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const USAGE: &str = "\
cargo demo             build everything in release and run the demo on http://localhost:14445
cargo verify           everything that must hold before a change is merged
cargo xtask fmt        format all Rust code
cargo xtask fonts      make the fonts of the page
cargo xtask web        build the page (--fast: quick to build, slow to run)
cargo xtask server     build the server as one static program (--into FOLDER: laid out as its image holds it)
cargo xtask sizes      what the page weighs, and whether that is allowed
cargo xtask licences   whether every dependency's licence is allowed by deny.toml
cargo xtask bench      measure, and print one table (frames, start, idle, streaming, lookups,
                       leaving, browser, memory; graph, which only runs when it is named)";

fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = given.iter().map(String::as_str).collect();
    match shell::enter_root().and_then(|()| run(&words)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Outcome {
    match words {
        ["demo", rest @ ..] => demo::run(rest),
        ["verify"] => verify::run(),
        ["fmt"] => shell::cargo(&["fmt", "--all"]),
        ["fonts"] => web::fonts(),
        ["web"] => machine::ready_to_build().and_then(|()| web::build(web::Profile::Web)),
        ["web", "--fast"] => machine::ready_to_build().and_then(|()| web::build(web::Profile::Dev)),
        ["server", rest @ ..] => ship::server(rest),
        ["sizes"] => sizes::check(),
        ["licences"] => licences::check(),
        ["bench", rest @ ..] => bench::run(rest),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("unknown: `{}`\n{USAGE}", words.join(" ")).into()),
    }
}
