//! The program `clew-desktop`.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use desktop::address::ServerAddress;
use desktop::native;
use desktop::policy::Policy;
use desktop::program::{Given, Program};
use desktop::remembered::Place;
use desktop::trouble::{Trouble, unreachable};
use tracing_subscriber::EnvFilter;

/// Clew on the desktop.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The server, as it stands in the browser; a policy of your organisation goes first
    #[arg(long, value_name = "ADDRESS")]
    server: Option<String>,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            // Nothing is left to do if standard error is closed too.
            drop(writeln!(std::io::stderr(), "clew-desktop: {trouble}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Trouble> {
    let log = tracing_subscriber::fmt().with_env_filter(EnvFilter::new("warn,desktop=info")).with_writer(std::io::stderr);
    log.init();
    let server = arguments.server.as_deref().map(ServerAddress::parse).transpose()?;
    let given = Given { server, policy: Policy::of_machine()?, place: Place::of_person() };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| unreachable(format!("No threads can be started: {error}."), "Restart the computer."))?;
    let program = Arc::new(Program::new(given)?);
    if let Err(trouble) = runtime.block_on(program.resume()) {
        tracing::warn!(%trouble, "the session of before could not be asked for");
    }
    native::run(program, runtime.handle().clone())
}
