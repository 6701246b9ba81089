//! `clew backup|restore`, `clew store verify`, `clew audit verify`: the store as a whole, from the command line.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::{checkpoints, other, roll, say, world};
use crate::StartFault;
use crate::audit::{Audit, CLI, Entry};
use crate::settings::{EXIT_SETTING, Settings, names};
use crate::start::{keyring, open_store};
use crate::store::{self, Alone, Anchor, Checked, Claim, EXIT_STORAGE_FAILED, Outcome, Store, Vault, backup};
use crate::world::{Clock, Dice, random};

/// A store that a command works on, and what it works with.
pub(super) struct Opened {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) dice: Arc<dyn Dice>,
    pub(super) vault: Arc<Vault>,
    pub(super) store: Arc<dyn Store>,
    pub(super) audit: Audit,
}

impl Opened {
    /// A store that is there; none is made to be looked at.
    pub(super) fn existing(settings: &Settings) -> Result<Self, StartFault> {
        there_is_one(settings)?;
        Self::new(settings)
    }

    fn new(settings: &Settings) -> Result<Self, StartFault> {
        let (clock, dice) = world();
        let store = open_store(settings, dice.clone())?;
        let vault = keyring(settings, dice.clone())?.of(store.key_id());
        let audit = Audit::new(store.clone(), clock.clone());
        Ok(Self { clock, dice, vault, store, audit })
    }

    /// Writes down what the command does, as its person.
    pub(super) async fn note(&self, call: &str, details: Value) -> Result<(), StartFault> {
        let entry = Entry { person: CLI.to_owned(), call: call.to_owned(), project: String::new(), details };
        let written = self.audit.note(entry, Outcome::Done).await;
        written.map(|_| ()).map_err(|unavailable| other(unavailable.to_string()))
    }
}

/// Keeps servers away from the store for as long as it is held and the store is open.
pub(super) async fn alone_with(settings: &Settings, store: &dyn Store) -> Result<Option<Alone>, StartFault> {
    let alone = Alone::with_place(&settings.store)?;
    store.claim(Claim::Alone).await?;
    Ok(alone)
}

/// Refuses to make a store that should be there.
pub(super) fn there_is_one(settings: &Settings) -> Result<(), StartFault> {
    if store::is_there(&settings.store)? {
        return Ok(());
    }
    let sentence =
        format!("there is no store at {}; name its place with {} or {}", settings.store, names::STORE, names::DATA);
    Err(StartFault::Other { sentence, code: EXIT_SETTING })
}

/// Writes a backup of the store, whether a server uses it or not.
pub(super) async fn back_up(settings: Settings, file: PathBuf) -> Result<(), StartFault> {
    let opened = Opened::existing(&settings)?;
    let made = opened.clock.now();
    // Before it is made: the entry is part of the backup.
    opened.note("backup", json!({ "file": file, "key": opened.vault.key_id().to_string() })).await?;
    let id = random::<16>(&*opened.dice);
    let checked = backup::save(&*opened.store, opened.vault.clone(), file.clone(), made, id).await?;
    opened.store.close().await?;
    tell(&checked);
    say(&format!(
        "{} is written, sealed under the key with the id {}. Keep it apart from that key: without the key it opens never.",
        file.display(),
        opened.vault.key_id()
    ));
    good(&checked, "The store is not whole, and so is its backup; keep the backups before this one")
}

/// Fills a place without a store with a backup.
pub(super) async fn restore(settings: Settings, file: PathBuf) -> Result<(), StartFault> {
    let (_, dice) = world();
    let vault = keyring(&settings, dice)?.main();
    // Nothing is made for a backup that is not whole.
    let checked = backup::check(&file, vault.clone(), Vec::new())?;
    good(&checked, "The backup is not whole; take another one")?;
    let made = backup::head(&file)?.made;
    let opened = Opened::new(&settings)?;
    let alone = alone_with(&settings, opened.store.as_ref()).await?;
    backup::restore(&*opened.store, vault, &file).await?;
    opened.note("restore", json!({ "file": file, "made": made.to_string() })).await?;
    opened.store.close().await?;
    drop(alone);
    tell(&checked);
    say(&format!("The store is as it was at {made}. Nobody is signed in; people sign in again."));
    Ok(())
}

/// Looks at every row of the store, whether a server uses it or not.
pub(super) async fn verify_store(settings: Settings) -> Result<(), StartFault> {
    let opened = Opened::existing(&settings)?;
    opened.note("store verify", json!({})).await?;
    let checked = store::check(&*opened.store, opened.vault.clone(), Vec::new()).await?;
    opened.store.close().await?;
    tell(&checked);
    good(&checked, "The store is not whole; restore a backup")?;
    say("Everything is as it was written.");
    Ok(())
}

/// Looks at a backup without a store.
pub(super) fn verify_backup(settings: &Settings, file: &Path) -> Result<(), StartFault> {
    let (_, dice) = world();
    let vault = keyring(settings, dice)?.of(backup::head(file)?.key);
    let checked = backup::check(file, vault, Vec::new())?;
    tell(&checked);
    good(&checked, "The backup is not whole; take another one")?;
    say(&format!("{} is whole; it was made at {}.", file.display(), backup::head(file)?.made));
    Ok(())
}

/// Follows the chain of the audit log; `anchors` are lines that an earlier run printed.
pub(super) async fn verify_audit(settings: Settings, anchors: Vec<String>) -> Result<(), StartFault> {
    let anchors = anchors.iter().map(|text| checkpoints::read(text)).collect::<Result<Vec<Anchor>, _>>();
    let anchors =
        anchors.map_err(|error| StartFault::Other { sentence: format!("--anchor: {error}"), code: EXIT_SETTING })?;
    let opened = Opened::existing(&settings)?;
    // Looked at before it is known that the log is whole; what a changed one says comes to nothing below.
    let since = roll::comparable(opened.store.as_ref(), anchors).await;
    let (since, mut incomparable) = since.map_or_else(|fault| (Vec::new(), Some(fault)), |since| (since, None));
    let verdict = opened.audit.verify(since.clone()).await?;
    let end = match verdict {
        store::Verdict::Whole { entries } => {
            let pruned = pruned(opened.store.as_ref()).await?;
            let gone = since.iter().find(|anchor| anchor.seq < pruned).map(|anchor| anchor.seq);
            incomparable = incomparable.or_else(|| gone.map(|seq| gone_by_pruning(seq, pruned)));
            let kept = entries.saturating_sub(pruned);
            say(&format!("{kept} entries, each as it was written, none missing."));
            if pruned > 0 {
                say(&format!("Those up to number {pruned} were pruned."));
            }
            opened.note("audit verify", json!({ "entries": entries })).await?;
            opened.audit.anchor().await?
        }
        store::Verdict::Broken { seq, why } => {
            opened.note("audit verify", json!({ "broken": seq })).await?;
            let sentence = format!(
                "entry {seq} of the audit log: {why}; what is before it is as it was written. Keep the file as it is, and \
                 compare with a backup"
            );
            return Err(StartFault::Other { sentence, code: EXIT_STORAGE_FAILED });
        }
    };
    opened.store.close().await?;
    if let Some(fault) = incomparable {
        return Err(fault);
    }
    say(&format!("Its end is {end}"));
    say(
        "Keep that line where who keeps this store cannot change it; a later `clew audit verify --anchor` with it sees",
    );
    say("whether the log was exchanged for an older one.");
    Ok(())
}

/// Up to which entry the log is pruned.
pub(super) async fn pruned(store: &dyn Store) -> Result<u64, StartFault> {
    Ok(store.audit_rows(0, 1).await?.before.seq)
}

fn gone_by_pruning(seq: u64, pruned: u64) -> StartFault {
    other(format!(
        "--anchor {seq}: the entries up to number {pruned} were pruned, so that end cannot be compared any more, other than \
         with a backup from before"
    ))
}

/// How many there are of what.
fn tell(checked: &Checked) {
    for (kind, count) in &checked.counts {
        say(&format!("{count:>10}  {kind}"));
    }
}

pub(super) fn good(checked: &Checked, remedy: &str) -> Result<(), StartFault> {
    if checked.faults_total == 0 {
        return Ok(());
    }
    let more = checked.faults_total - checked.faults.len() as u64;
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let sentence = format!("{}{more}. {remedy}", checked.faults.join("; "));
    Err(StartFault::Other { sentence, code: EXIT_STORAGE_FAILED })
}
