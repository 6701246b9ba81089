//! `clew reset audit`: the whole audit log goes. The new one begins behind the mark of the last entry that went, and its
//! first entry is the reset, which names that mark: whoever kept the end of the old log sees that they fit.

use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::keeping::Opened;
use super::reset::RESET;
use super::{audit_prune, other, say};
use crate::StartFault;
use crate::audit::CLI;
use crate::settings::Settings;
use crate::store::PruneNote;

/// Refuses what would leave a copy with a gap, or would take evidence away. Only for who is alone with the store: what
/// another process left open is ended first.
pub(super) async fn refuse(opened: &Opened, settings: &Settings, without: &[String]) -> Result<(), StartFault> {
    opened.audit.settle_unfinished().await.map_err(|unavailable| unavailable.0)?;
    audit_prune::refuse_broken(opened).await?;
    let end = opened.audit.anchor().await?.seq;
    let held = audit_prune::held_by(opened, settings, without).await?;
    let behind: Vec<(String, u64)> = held.into_iter().filter(|(_, taken)| *taken < end).collect();
    if behind.is_empty() {
        return Ok(());
    }
    Err(other(format!(
        "nothing was forgotten, because a sink has not taken all {end} entries: {}",
        audit_prune::told(&behind)
    )))
}

/// Takes every entry away.
pub(super) async fn forget(opened: &Opened, backup: Option<&Path>) -> Result<(), StartFault> {
    let details = match json!({ "scope": "audit", "of": "audit", "backup": backup }) {
        Value::Object(details) => details,
        _ => serde_json::Map::new(),
    };
    let (at, before) = (opened.clock.now(), Timestamp::MAX);
    let note = PruneNote { at, person: CLI.to_owned(), call: RESET, details, before, most: u64::MAX };
    let pruned = opened.store.prune_audit(note).await?;
    let end = opened.audit.anchor().await?;
    say(&format!("{} entries are forgotten. The old log ended at {}", pruned.removed, pruned.start));
    say(&format!("The new one has one entry, which says so. Its end is {end}"));
    say(
        "Keep both lines with the anchors that you have: those of the old log cannot be compared any more, other than with",
    );
    say("a backup from before.");
    Ok(())
}
