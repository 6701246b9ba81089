//! Rolling the key: a backup under the old one, then every row sealed anew in one transaction.
//!
//! Until its commit the store is as it was, and whoever ends the process in between starts again with nothing to clean
//! up; behind the commit nothing in the store is under the old key. What the transaction does is the database's own file
//! (`sqlite/roll.rs`, `postgresql/roll.rs`); here is what stands around it.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::backup_files::made_before;
use super::chain::{Anchor, Verdict};
use super::records::RecordKind;
use super::vault::KeyId;
use super::{Store, StoreError};

/// What a roll costs on the disk, in halves of the store: a backup, whose rows are text; then the log, and behind it the
/// copy and the log of writing the file anew.
const HALVES: u64 = 7;
/// What it costs in any case.
const LEAST_BYTES: u64 = 1 << 20;

/// Who rolls, and when.
#[derive(Debug, Clone)]
pub struct RollNote {
    /// The moment.
    pub at: Timestamp,
    /// Whose act it is, for the audit log.
    pub person: String,
    /// The id of the backup, drawn by chance.
    pub backup_id: [u8; 16],
}

/// What a roll did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolledStore {
    /// The key before.
    pub from: KeyId,
    /// The key from now on.
    pub to: KeyId,
    /// How many rows were sealed anew.
    pub rows: u64,
    /// Where the audit log ended under the old key.
    pub end: Anchor,
    /// The backup under the old key.
    pub backup: PathBuf,
}

/// Where the backup of a roll lies: beside the store, with the moment and the id of the key that it needs.
pub(super) fn backup_path(store: &Path, at: Timestamp, key: KeyId) -> PathBuf {
    made_before("roll", store, at, key)
}

fn beside(store: &Path, end: &str) -> PathBuf {
    let mut path = store.as_os_str().to_owned();
    path.push(format!(".before-roll-{end}"));
    PathBuf::from(path)
}

/// Removes the beginnings of backups that a roll left that was ended by force. Only for who is alone with the store.
pub(super) fn drop_parts(store: &Path) {
    let prefix = beside(store, "");
    let (Some(folder), Some(prefix)) = (prefix.parent(), prefix.file_name().and_then(|name| name.to_str())) else {
        return;
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_part = name.to_str().is_some_and(|name| name.starts_with(prefix) && name.ends_with(".part"));
        if is_part && let Err(error) = fs::remove_file(entry.path()) {
            tracing::warn!(%error, path = %entry.path().display(), "a part of a backup is left behind");
        }
    }
}

/// Refuses a roll for which the disk has no room.
///
/// # Errors
/// [`StoreError::NoRoom`]; `CannotWrite` when the disk cannot be asked.
pub(super) fn check_room(store: &Path) -> Result<(), StoreError> {
    let cannot =
        |error: std::io::Error| StoreError::CannotWrite { file: store.display().to_string(), cause: error.to_string() };
    let mut log = store.as_os_str().to_owned();
    log.push("-wal");
    let of_log = fs::metadata(log).map_or(0, |metadata| metadata.len());
    let bytes = fs::metadata(store).map_err(cannot)?.len() + of_log;
    let folder = store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let disk = rustix::fs::statvfs(folder).map_err(|error| cannot(error.into()))?;
    enough_room(bytes, disk.f_bavail.saturating_mul(disk.f_frsize))
}

pub(super) fn enough_room(store_bytes: u64, free_bytes: u64) -> Result<(), StoreError> {
    let needs = store_bytes.saturating_mul(HALVES) / 2 + LEAST_BYTES;
    if free_bytes >= needs {
        return Ok(());
    }
    Err(StoreError::NoRoom { needs_mb: needs.div_ceil(1 << 20), has_mb: free_bytes >> 20 })
}

/// Removes pieces of files that have no record: left by uploads that broke off, some of them without their other pieces,
/// so that nobody can know any more where they belong. No upload may be under way.
pub(super) async fn drop_left_overs(store: &dyn Store) -> Result<(), StoreError> {
    let records = store.list(RecordKind::Upload, None).await?;
    for id in store.uploads().await? {
        if !records.iter().any(|record| record.key.id == id) {
            store.drop_upload(id).await?;
        }
    }
    Ok(())
}

/// What a roll met that is not as it was written.
pub(super) fn stopped(found: String) -> StoreError {
    StoreError::RollStopped { found }
}

/// Where the audit log is not as it was written.
pub(super) fn broken(verdict: &Verdict) -> StoreError {
    match verdict {
        Verdict::Broken { seq, why } => stopped(format!("entry {seq} of the audit log: {why}")),
        Verdict::Whole { .. } => stopped("the end of the audit log was changed".to_owned()),
    }
}
