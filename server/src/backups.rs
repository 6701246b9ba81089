//! Backups that a running server makes by itself: every so many hours, into one folder, of which the oldest go.
//!
//! A name says when a backup was made and which key it needs: `clew-20261130T031500Z-key-0123456789abcdef.backup`. What is
//! removed has such a name and begins as a backup does, and goes only after a newer one was read again and found whole.
//! When the newest was made is read from the folder at every look: a server that starts anew neither makes one more nor
//! waits for longer, and of two servers with one folder one makes it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::runtime::Handle;

use crate::Server;
use crate::audit::{Entry, SERVER};
use crate::store::{Keyring, Outcome, StoreError, Vault, backup};
use crate::world::random;

/// How often the folder is looked at.
const EVERY: Duration = Duration::from_secs(60);
/// How long a failure is left alone.
const AFTER_FAILURE: Duration = Duration::from_secs(600);
/// A backup from further ahead than this was named by a clock that was wrong.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);

const BEGINS: &str = "clew-";
const ENDS: &str = ".backup";
const TIME: &str = "%Y%m%dT%H%M%SZ";

/// When backups are made, and how many are kept.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Where they lie.
    pub folder: PathBuf,
    /// How long after the newest the next one is made.
    pub every: Duration,
    /// How many are kept.
    pub keep: usize,
}

/// Makes backups as long as the server runs.
pub async fn run(server: Arc<Server>, keyring: Keyring, schedule: Schedule) {
    loop {
        let wait = match once(&server, &keyring, &schedule).await {
            Ok(_) => EVERY,
            Err(error) => {
                tracing::error!(%error, "no backup was made; it is tried again in ten minutes");
                AFTER_FAILURE
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Makes a backup if it is time for one; gives where it is.
///
/// # Errors
/// [`StoreError`] when it cannot be written down, made, or is not whole; the ones before it stay then.
pub async fn once(server: &Arc<Server>, keyring: &Keyring, schedule: &Schedule) -> Result<Option<PathBuf>, StoreError> {
    let now = server.clock.now();
    if !is_due(newest(&schedule.folder), now, schedule.every) || server.store.roll().borrow().keeps_configuration() {
        return Ok(None);
    }
    let key = server.store.key_id();
    let path = schedule.folder.join(format!("{BEGINS}{}-key-{key}{ENDS}", now.strftime(TIME)));
    let details = json!({ "file": path, "key": key.to_string() });
    let entry = Entry { person: SERVER.to_owned(), call: "backup".to_owned(), project: String::new(), details };
    // Before it is made: the entry is part of the backup.
    server.audit.note(entry, Outcome::Done).await.map_err(|unavailable| unavailable.0)?;
    make(server, keyring.of(key), path.clone(), now).await?;
    tracing::info!(path = %path.display(), "a backup is made");
    keep_newest(&schedule.folder, schedule.keep);
    Ok(Some(path))
}

/// Reads and writes files for seconds, so it has a thread of its own.
async fn make(server: &Arc<Server>, vault: Arc<Vault>, path: PathBuf, now: Timestamp) -> Result<(), StoreError> {
    let (runtime, store, id) = (Handle::current(), server.store.clone(), random::<16>(&*server.dice));
    let written = path.clone();
    let making = move || runtime.block_on(backup::save(&*store, vault, path, now, id));
    let checked = tokio::task::spawn_blocking(making).await.map_err(|_| StoreError::Misuse("a backup fell"))??;
    if checked.faults_total == 0 {
        return Ok(());
    }
    // One of what is not whole would be taken for a good one, and push a good one out.
    let found = format!("is not whole ({} faults) and was removed; run `clew store verify`", checked.faults_total);
    let removed = fs::remove_file(&written);
    if let Err(error) = removed {
        tracing::error!(%error, path = %written.display(), "a backup that is not whole is left behind");
    }
    Err(StoreError::Backup { file: written.display().to_string(), found })
}

fn is_due(newest: Option<Timestamp>, now: Timestamp, every: Duration) -> bool {
    let every = SignedDuration::try_from(every).unwrap_or(SignedDuration::MAX);
    newest.is_none_or(|newest| {
        let old = now.duration_since(newest);
        old >= every || old < -AHEAD
    })
}

/// When the newest backup of a folder was made, by its name.
pub fn newest(folder: &Path) -> Option<Timestamp> {
    made(folder).into_iter().map(|(at, _)| at).max()
}

/// The backups of a folder by their names, in no order.
fn made(folder: &Path) -> Vec<(Timestamp, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some((made_at(&name)?, entry.path()))
        })
        .collect()
}

/// Whether a file of this name is a backup that a server made by itself.
pub fn is_scheduled(name: &str) -> bool {
    made_at(name).is_some()
}

fn made_at(name: &str) -> Option<Timestamp> {
    let (time, _) = name.strip_prefix(BEGINS)?.strip_suffix(ENDS)?.split_once("-key-")?;
    let at = jiff::civil::DateTime::strptime(TIME, time).ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(at.timestamp())
}

/// Removes all but the newest; what does not begin as a backup is not ours.
fn keep_newest(folder: &Path, keep: usize) {
    let mut all = made(folder);
    all.sort_by(|a, b| b.cmp(a));
    for (_, path) in all.iter().skip(keep) {
        let removed = backup::head(path).map_err(|error| error.to_string());
        let removed = removed.and_then(|_| fs::remove_file(path).map_err(|error| error.to_string()));
        if let Err(error) = removed {
            tracing::warn!(%error, path = %path.display(), "an old backup is left behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_backup_is_due_after_so_many_hours_and_when_a_clock_was_wrong() {
        let (now, day) = (at("2026-11-30T12:00:00Z"), Duration::from_secs(86_400));
        for (newest, due) in [
            (None, true),
            (Some("2026-11-29T12:00:00Z"), true),
            (Some("2026-11-29T12:00:01Z"), false),
            (Some("2026-11-30T12:30:00Z"), false),
            (Some("2031-01-01T00:00:00Z"), true),
        ] {
            assert_eq!(is_due(newest.map(at), now, day), due, "{newest:?}");
        }
    }

    #[test]
    fn only_files_of_our_names_count_and_only_backups_go() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str| fs::write(folder.path().join(name), b"no backup").unwrap();
        for name in [
            "clew-20261130T031500Z-key-aa.backup",
            "clew-20261129T031500Z-key-aa.backup",
            "clew-1-key-a.backup",
            "notes.backup",
        ] {
            put(name);
        }
        assert_eq!(newest(folder.path()), Some(at("2026-11-30T03:15:00Z")));
        keep_newest(folder.path(), 1);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4, "what is no backup stays, whatever it is called");
    }
}
