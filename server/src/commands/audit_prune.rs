//! `clew audit prune`: entries that need not be kept any longer go, and the chain of what is left still holds.

use clap::{Arg, ArgMatches, Command};
use jiff::Timestamp;

use super::keeping::Opened;
use super::{confirm, other, say};
use crate::StartFault;
use crate::audit::{CLI, sinks};
use crate::settings::{EXIT_SETTING, Settings};
use crate::store::{EXIT_STORAGE_FAILED, PruneNote, Verdict};

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
        .arg(confirm::argument())
}

/// What was asked for.
pub(super) struct Asked {
    text: String,
    before: Timestamp,
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
        Ok(Self { text, before, confirmed: confirm::given(matches) })
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
    // A log that was changed is evidence, and stays as it is.
    if let Verdict::Broken { seq, why } = opened.audit.verify(Vec::new()).await? {
        let sentence = format!("entry {seq} of the audit log: {why}; nothing was removed, keep the file as it is");
        return Err(StartFault::Other { sentence, code: EXIT_STORAGE_FAILED });
    }
    let mut most = u64::MAX;
    for name in sinks::names(&settings.sinks) {
        most = most.min(sinks::cursor(opened.store.as_ref(), name).await?);
    }
    confirm::ask(
        &format!("Every entry of the audit log before {} goes.", asked.text),
        &asked.text,
        asked.confirmed.as_deref(),
    )?;
    let note = PruneNote { at: opened.clock.now(), person: CLI.to_owned(), before: asked.before, most };
    let pruned = opened.store.prune_audit(note).await?;
    let end = opened.audit.anchor().await?;
    opened.store.close().await?;
    if pruned.removed == 0 {
        let why = if most < u64::MAX { ", or a sink has not taken it yet; see `clew doctor`" } else { "" };
        return Err(other(format!("no entry before {} can go: there is none, one is still open{why}", asked.text)));
    }
    say(&format!("{} entries are removed. The log begins behind {}", pruned.removed, pruned.start));
    say(&format!("Its end is {end}"));
    say("Keep both lines with the anchors that you have: those before the first one cannot be compared any more.");
    Ok(())
}
