//! The program `clew`.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    match server::commands::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            // Nothing is left to do if standard error is closed too.
            let written = writeln!(std::io::stderr(), "clew: {fault}");
            drop(written);
            ExitCode::from(fault.exit_code())
        }
    }
}
