//! `clew audit prune`: entries that need not be kept any longer go, and the chain of what is left still holds.

use clap::{Arg, ArgAction, ArgMatches, Command};
use jiff::Timestamp;
use serde_json::Map;

use super::keeping::Opened;
use super::{confirm, other, say};
use crate::StartFault;
use crate::audit::CLI;
use crate::audit::sinks::cursors;
use crate::settings::{EXIT_SETTING, Settings};
use crate::store::{EXIT_STORAGE_FAILED, PRUNED_CALL, PruneNote, Verdict};

/// The command and its arguments.
pub(super) fn command() -> Command {
    Command::new("prune")
        .about("Remove entries before a day, for good; the chain of the others still holds, and this is one of them")
        .arg(
            Arg::new("before")
                .long("before")
                .required(true)
                .value_name("DATE")
                .help("The first day that stays, as 2025-01-01, or a moment as 2025-01-01T10:00:00Z"),
        )
        .arg(without_sinks())
        .arg(confirm::argument())
}

/// The argument that names sinks which need not have what goes.
pub(super) fn without_sinks() -> Arg {
    let about = "A sink that is given up, by its name in the message of a refusal; may be repeated";
    Arg::new("without-sink").long("without-sink").action(ArgAction::Append).value_name("NAME").help(about)
}

/// The names that were given so.
pub(super) fn given_up(matches: &ArgMatches) -> Vec<String> {
    matches.get_many::<String>("without-sink").into_iter().flatten().cloned().collect()
}

/// What was asked for.
pub(super) struct Asked {
    text: String,
    before: Timestamp,
    without: Vec<String>,
    confirmed: Option<String>,
}

impl Asked {
    pub(super) fn of(matches: &ArgMatches) -> Result<Self, StartFault> {
        let text = matches.get_one::<String>("before").cloned().unwrap_or_default();
        let moment = text.parse().or_else(|_| format!("{text}T00:00:00Z").parse());
        let before = moment.map_err(|_| StartFault::Other {
            sentence: format!("--before: {text} is no day; write it as 2025-01-01"),
            code: EXIT_SETTING,
        })?;
        Ok(Self { text, before, without: given_up(matches), confirmed: confirm::given(matches) })
    }
}

/// Removes them.
pub(super) async fn run(settings: Settings, asked: Asked) -> Result<(), StartFault> {
    let opened = Opened::existing(&settings)?;
    if asked.before > opened.clock.now() {
        return Err(StartFault::Other {
            sentence: format!("--before: {} is not over yet; name a day that is", asked.text),
            code: EXIT_SETTING,
        });
    }
    refuse_broken(&opened).await?;
    let held = held_by(&opened, &settings, &asked.without).await?;
    let most = held.iter().map(|(_, taken)| *taken).min().unwrap_or(u64::MAX);
    confirm::ask(
        &format!("Every entry of the audit log before {} goes.", asked.text),
        &asked.text,
        asked.confirmed.as_deref(),
    )?;
    let note = PruneNote {
        at: opened.clock.now(),
        person: CLI.to_owned(),
        call: PRUNED_CALL,
        details: Map::from_iter([("before".to_owned(), asked.before.to_string().into())]),
        before: asked.before,
        most,
    };
    let pruned = opened.store.prune_audit(note).await?;
    let end = opened.audit.anchor().await?;
    opened.store.close().await?;
    if pruned.removed == 0 {
        let why =
            if held.is_empty() { String::new() } else { format!(", or a sink has not taken it yet: {}", told(&held)) };
        return Err(other(format!("no entry before {} can go: there is none, one is still open{why}", asked.text)));
    }
    say(&format!("{} entries are removed. The log begins behind {}", pruned.removed, pruned.start));
    say(&format!("Its end is {end}"));
    say("Keep both lines with the anchors that you have: those before the first one cannot be compared any more.");
    Ok(())
}

/// A log that was changed is evidence, and stays as it is.
pub(super) async fn refuse_broken(opened: &Opened) -> Result<(), StartFault> {
    let Verdict::Broken { seq, why } = opened.audit.verify(Vec::new()).await? else { return Ok(()) };
    let sentence = format!("entry {seq} of the audit log: {why}; nothing was removed, keep the file as it is");
    Err(StartFault::Other { sentence, code: EXIT_STORAGE_FAILED })
}

/// The sinks that must have what goes, wherever they are set, and how far each is.
pub(super) async fn held_by(
    opened: &Opened,
    settings: &Settings,
    without: &[String],
) -> Result<Vec<(String, u64)>, StartFault> {
    let all = cursors::all(opened.store.as_ref(), settings).await?;
    let is_meant = |id: &str, name: &String| id == name || id.strip_prefix(name.as_str()).is_some_and(is_rest);
    if let Some(name) = without.iter().find(|name| !all.iter().any(|(id, _)| is_meant(id, name))) {
        let known: Vec<&str> = all.iter().map(|(id, _)| id.as_str()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let sentence = format!("--without-sink: there is no sink `{name}`; the store knows {known}");
        return Err(StartFault::Other { sentence, code: EXIT_SETTING });
    }
    Ok(all.into_iter().filter(|(id, _)| !without.iter().any(|name| is_meant(id, name))).collect())
}

/// `file` stands for every file.
fn is_rest(rest: &str) -> bool {
    rest.starts_with('/')
}

/// The sinks, with how far each is and what to do where one is no more.
pub(super) fn told(held: &[(String, u64)]) -> String {
    let each: Vec<String> = held.iter().map(|(id, taken)| format!("{id} has entries up to {taken}")).collect();
    format!("{}; see `clew doctor`, and give up one that is no more with `--without-sink`", each.join(", "))
}
