//! `clew roll-key`: the store sealed anew under another key, and what a start says of a roll.

use crate::StartFault;
use crate::audit::CLI;
use crate::settings::{Settings, names};
use crate::start::open_store;
use crate::store::{
    self, Alone, Anchor, AuditSearch, Claim, Roll, RollNote, RolledStore, SEARCH_LIMIT, Store, StoreError,
};
use crate::world::random;

use super::keeping::there_is_one;
use super::{other, say, world};

/// Rolls the key, and says what to do next; says so too where it was rolled before.
pub(super) async fn roll_key(settings: Settings) -> Result<(), StartFault> {
    settings.key()?;
    if settings.encryption_key_rolling.is_none() {
        return Err(StoreError::NoNewKey.into());
    }
    there_is_one(&settings)?;
    let (clock, dice) = world();
    // Before the store is opened, so that nobody rolls it in between.
    let alone = Alone::with_place(&settings.store)?;
    let store = open_store(&settings, dice.clone())?;
    store.claim(Claim::Alone).await?;
    let roll = *store.roll().borrow();
    if let Roll::Prepared { to } = roll {
        say(&format!("Rolling the key from {} to {to}, after a backup.", store.key_id()));
        let progress = tokio::spawn(tell_progress(store.roll()));
        let note = RollNote { at: clock.now(), person: CLI.to_owned(), backup_id: random(dice.as_ref()) };
        let rolled = store.roll_key(note).await;
        progress.abort();
        tell(&rolled?);
    } else {
        say(&format!("The store is under the key with the id {} already.", store.key_id()));
    }
    store.close().await?;
    drop(alone);
    say(&next_step());
    Ok(())
}

/// Says at every tenth how much is done.
async fn tell_progress(mut roll: tokio::sync::watch::Receiver<Roll>) {
    let mut told = 0;
    while roll.changed().await.is_ok() {
        let Roll::Running { done, rows, .. } = *roll.borrow_and_update() else { continue };
        let tenths = (done * 10).checked_div(rows).unwrap_or(0);
        if tenths > told {
            told = tenths;
            say(&format!("{done:>10} of {rows} rows"));
        }
    }
}

fn tell(rolled: &RolledStore) {
    let RolledStore { from, to, rows, end, backup } = rolled;
    say(&format!("{rows} rows are sealed under the key with the id {to}, and each was opened again."));
    say(&format!("The backup before it is {}; it needs the old key, with the id {from}.", backup.display()));
    say(&format!("The audit log ended at {end} under the old key. Compare that with what you kept: ends from before"));
    say("the roll cannot be compared with the log any more. Keep its new end, which `clew audit verify` prints.");
}

fn next_step() -> String {
    format!(
        "Next: set {} to the new key and unset {}; then start the server.",
        names::ENCRYPTION_KEY,
        names::ENCRYPTION_KEY_ROLLING
    )
}

/// Says in the log what a server's start has to do with a roll.
pub(super) fn log(settings: &Settings, store: &dyn Store) {
    let (main, rolling) = (names::ENCRYPTION_KEY, names::ENCRYPTION_KEY_ROLLING);
    match *store.roll().borrow() {
        Roll::Unwanted if settings.encryption_key_rolling.is_some() => {
            tracing::warn!("{rolling} is the key in use; unset it");
        }
        Roll::Unwanted => {}
        Roll::Prepared { to } | Roll::Running { to, .. } => tracing::warn!(
            from = %store.key_id(),
            %to,
            "changes of the configuration are refused until the key is rolled; next: end this server and run \
             `clew roll-key`, or unset {rolling} and start again"
        ),
        Roll::Done { from } => tracing::warn!(
            %from,
            to = %store.key_id(),
            "the key is rolled and this server uses the new one; next: set {main} to the new key and unset {rolling}"
        ),
    }
}

/// Refuses to change people while the configuration stays as it is.
pub(super) fn refuse_while_prepared(store: &dyn Store) -> Result<(), StartFault> {
    if store.roll().borrow().keeps_configuration() { Err(StoreError::Rolling.into()) } else { Ok(()) }
}

/// Those of the `anchors` that can be compared with the log as it is: a roll makes every mark anew and writes down where
/// the log ended before.
pub(super) async fn comparable(store: &dyn Store, anchors: Vec<Anchor>) -> Result<Vec<Anchor>, StartFault> {
    let search =
        AuditSearch { call: Some(store::ROLLED_CALL.to_owned()), limit: SEARCH_LIMIT, ..AuditSearch::default() };
    let page = store.search_audit(search).await?;
    let ends: Vec<Anchor> = page.found.iter().filter_map(|entry| noted_end(&entry.details)).collect();
    let last = ends.iter().map(|end| end.seq).max().unwrap_or(0);
    let (before, since): (Vec<Anchor>, Vec<Anchor>) = anchors.into_iter().partition(|anchor| anchor.seq <= last);
    for anchor in before {
        if !ends.contains(&anchor) {
            return Err(other(format!(
                "--anchor {}: the key was rolled since, which made the marks of the log anew up to entry {last}; that \
                 end cannot be compared any more, other than with the backup from before the roll",
                anchor.seq
            )));
        }
        say(&format!("Entry {} was the end of the log before a roll, as it was kept.", anchor.seq));
    }
    Ok(since)
}

fn noted_end(details: &[u8]) -> Option<Anchor> {
    let details: serde_json::Value = serde_json::from_slice(details).ok()?;
    details.get("end")?.as_str()?.parse().ok()
}
