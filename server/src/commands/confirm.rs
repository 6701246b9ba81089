//! Typed confirmation: what cannot be undone is done only for somebody who writes its name.

use std::io::{BufRead as _, IsTerminal as _};

use clap::{Arg, ArgMatches};

use super::say;
use crate::StartFault;
use crate::settings::EXIT_SETTING;

/// The flag for scripts.
pub(super) fn argument() -> Arg {
    Arg::new("yes-i-mean")
        .long("yes-i-mean")
        .value_name("NAME")
        .help("Confirm it without being asked, by the name that one would be asked to type")
}

/// What the flag said.
pub(super) fn given(matches: &ArgMatches) -> Option<String> {
    matches.try_get_one::<String>("yes-i-mean").ok().flatten().cloned()
}

/// Asks to type `name`, unless the flag says it already.
///
/// # Errors
/// [`StartFault`] with the exit code of a setting when it was not confirmed; nothing is done then.
pub(super) fn ask(what: &str, name: &str, given: Option<&str>) -> Result<(), StartFault> {
    let refused = |sentence: String| Err(StartFault::Other { sentence, code: EXIT_SETTING });
    if let Some(given) = given {
        if given == name {
            return Ok(());
        }
        return refused(format!("--yes-i-mean says `{given}` and not `{name}`; nothing was done"));
    }
    if !std::io::stdin().is_terminal() {
        return refused(format!("{what} It cannot be undone: confirm it with `--yes-i-mean {name}`; nothing was done"));
    }
    say(&format!("{what} It cannot be undone. Type {name} to do it:"));
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    if read.is_ok() && line.trim() == name {
        return Ok(());
    }
    refused(format!("`{name}` was not typed; nothing was done"))
}
