//! The slow half of the automation, in its own package so that `cargo xtask fmt` never waits for a wasm toolchain.
//!
//! `xtask-web fonts <target>` makes `<target>/fonts`; `xtask-web page <target> <profile> <source>` makes `<target>/page`.
#![expect(clippy::disallowed_methods, reason = "automation reads its environment and starts Cargo")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "automation speaks on the terminal")]

mod between;
mod charset;
mod compress;
mod fonts;
mod glue;
mod notices;
mod page;
mod places;
mod scripts;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = given.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["fonts", target] => fonts::make(Path::new(target)),
        ["page", target, profile, source] => page::make(Path::new(target), profile, Path::new(source)),
        _ => Err("usage: xtask-web fonts <target> | page <target> <profile> <source>".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask-web: {error}");
            ExitCode::FAILURE
        }
    }
}
