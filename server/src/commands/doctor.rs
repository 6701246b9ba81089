//! `clew doctor`: says what could keep this server from working, and repairs rights where it is told to.

use serde_json::json;

use super::{other, say, world};
use crate::StartFault;
use crate::doctor::{Finding, State, examine};
use crate::settings::{SettingFault, Settings};

/// What was asked for beside the settings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options {
    /// Whether rights of folders and files are repaired.
    pub(super) fix: bool,
    /// Whether the findings are JSON.
    pub(super) json: bool,
}

/// Looks at everything that the settings name, or says what is wrong with the settings.
pub(super) async fn run(settings: Result<Settings, SettingFault>, options: Options) -> Result<(), StartFault> {
    let (clock, dice) = world();
    let findings = match settings {
        Ok(settings) => examine(&settings, options.fix, clock, dice).await,
        // Nothing else is known then.
        Err(fault) => vec![Finding::bad_as_said("settings", &fault)],
    };
    tell(&findings, options.json)
}

/// Prints what was found.
///
/// # Errors
/// When anything of it is bad.
pub(super) fn tell(findings: &[Finding], as_json: bool) -> Result<(), StartFault> {
    let count = |state: State| findings.iter().filter(|finding| finding.state == state).count();
    let (bad, all) = (count(State::Bad), findings.len());
    if as_json {
        say(&json!({ "ok": bad == 0, "findings": findings }).to_string());
    } else {
        findings.iter().for_each(|finding| say(&line(finding)));
    }
    if bad > 0 {
        return Err(other(format!("{bad} of {all} checks went badly; the lines that begin with `bad` say what to do")));
    }
    Ok(())
}

fn line(finding: &Finding) -> String {
    let Finding { check, state, said, remedy } = finding;
    let state = match state {
        State::Ok => "ok",
        State::Warn => "warn",
        State::Bad => "bad",
    };
    let gap = match () {
        () if remedy.is_empty() => "",
        () if said.ends_with('.') => " ",
        () => "; ",
    };
    format!("{state:<5} {check:<16} {said}{gap}{remedy}").replace('\n', " ")
}
