//! Backups that lie on the server, and one that is made only to be sent.
//!
//! | name | made |
//! |---|---|
//! | `<store>.before-roll-<moment>-key-<id>` | before the key was rolled |
//! | `<store>.before-reset-<moment>-key-<id>` | before something was forgotten |
//! | `<store>.before-schema-<number>…` | before the store was brought up to date; of SQLite a copy of the file |
//! | `clew-<moment>-key-<id>.backup`, in the schedule's folder | by the server itself |

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::backup::{self, Head};
use super::vault::{KeyId, Vault};
use super::{Checked, Store, StoreError};
use crate::backups;

/// The most files that are listed.
const MOST_LISTED: usize = 200;
/// What stands in the name of a backup behind that of its store.
const BEFORE: &str = ".before-";
/// The same for what is made to be sent.
const TO_BE_SENT: &str = ".to-be-sent-";

/// What a backup was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeFor {
    /// A roll of the key.
    Roll,
    /// A reset.
    Reset,
    /// A newer schema.
    Schema,
    /// Safety: by the server itself.
    Schedule,
    /// Something that its name does not tell.
    Other,
}

/// A backup on the server.
#[derive(Debug, Clone)]
pub struct Beside {
    /// The file's name.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// What it was made for, by its name.
    pub made_for: MadeFor,
    /// How large it is.
    pub bytes: u64,
    /// What it says of itself; none where it is no backup, or one of a newer program.
    pub head: Option<Head>,
}

/// Where a backup lies that is made before something: beside the store, with the moment and the id of the key that it needs.
pub fn made_before(what: &str, store: &Path, at: Timestamp, key: KeyId) -> PathBuf {
    let mut path = store.as_os_str().to_owned();
    path.push(format!("{BEFORE}{what}-{}.{:06}Z-key-{key}", at.strftime("%Y%m%dT%H%M%S"), at.subsec_microsecond()));
    PathBuf::from(path)
}

/// The backups beside `store` and those in the schedule's folder, newest first; none where a folder cannot be read.
pub fn all(store: &Path, scheduled: Option<&Path>) -> Vec<Beside> {
    let mut found = beside(store);
    found.extend(
        scheduled
            .into_iter()
            .flat_map(|folder| listed(folder, |name| backups::is_scheduled(name).then_some(MadeFor::Schedule))),
    );
    let made = |file: &Beside| file.head.as_ref().map(|head| head.made);
    found.sort_by(|a, b| made(b).cmp(&made(a)).then_with(|| b.name.cmp(&a.name)));
    found.truncate(MOST_LISTED);
    found
}

fn beside(store: &Path) -> Vec<Beside> {
    let (Some(folder), Some(name)) = (store.parent(), store.file_name().and_then(|name| name.to_str())) else {
        return Vec::new();
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let begins = format!("{name}{BEFORE}");
    listed(folder, |name| {
        let rest = name.strip_prefix(&begins).filter(|rest| !rest.ends_with(".part"))?;
        let known = [("roll-", MadeFor::Roll), ("reset-", MadeFor::Reset), ("schema-", MadeFor::Schema)];
        let known = known.into_iter().find(|(word, _)| rest.starts_with(word));
        Some(known.map_or(MadeFor::Other, |(_, made_for)| made_for))
    })
}

fn listed(folder: &Path, made_for: impl Fn(&str) -> Option<MadeFor>) -> Vec<Beside> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let listed = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let made_for = made_for(&name)?;
        let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
        let path = entry.path();
        Some(Beside { head: backup::head(&path).ok(), name, path, made_for, bytes: metadata.len() })
    });
    listed.collect()
}

/// A backup that has no name any more: it is gone when nobody reads it, however the process ends.
#[derive(Debug)]
pub struct Nameless {
    /// The file, at its beginning.
    pub file: File,
    /// How large it is.
    pub bytes: u64,
    /// What was found in it.
    pub checked: Checked,
}

/// Writes a backup of `store` into `folder`, reads it again to see that it is whole, and takes its name away. Blocks.
///
/// # Errors
/// As [`backup::save`].
pub fn to_be_sent(
    runtime: &tokio::runtime::Handle,
    store: &dyn Store,
    vault: Arc<Vault>,
    folder: &Path,
    (made, id): (Timestamp, [u8; 16]),
) -> Result<Nameless, StoreError> {
    let path = folder.join(format!("clew{TO_BE_SENT}{}", crate::hash::hex(&id)));
    let checked = runtime.block_on(backup::save(store, vault, path.clone(), made, id))?;
    let opened = File::open(&path).and_then(|file| Ok((file.metadata()?.len(), file)));
    let removed = fs::remove_file(&path);
    let (bytes, file) = opened.and_then(|opened| removed.map(|()| opened)).map_err(|error| StoreError::Backup {
        file: path.display().to_string(),
        found: format!("cannot be sent ({error}); see the rights of its folder"),
    })?;
    Ok(Nameless { file, bytes, checked })
}

/// Removes what a process left behind that was ended while it made something to be sent. Only for who is alone with the
/// folder's store.
pub fn drop_unsent(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_one = entry.file_name().to_str().is_some_and(|name| name.starts_with(&format!("clew{TO_BE_SENT}")));
        if is_one && let Err(error) = fs::remove_file(entry.path()) {
            tracing::warn!(%error, path = %entry.path().display(), "a backup that was not sent is left behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{MasterKey, StorePlace};
    use crate::world::SystemDice;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_made_to_be_sent_has_no_name_and_what_was_left_behind_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clew.db");
        let vault = Arc::new(Vault::new(MasterKey::from_random([9; 32]), Arc::new(SystemDice)));
        let own = Vault::new(MasterKey::from_random([9; 32]), Arc::new(SystemDice));
        let store = crate::store::open(&StorePlace::Sqlite(path.clone()), own).unwrap();
        // The store's own files come and go as it is closed.
        let others = || {
            let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
            names.filter(|name| !name.to_string_lossy().starts_with("clew.db")).count()
        };
        let runtime = tokio::runtime::Handle::current();
        let made = Timestamp::from_second(1_795_168_800).unwrap();
        let (work, place) = (vault.clone(), folder.path().to_owned());
        let task = move || to_be_sent(&runtime, &*store, work, &place, (made, [7; 16])).unwrap();
        let sent = tokio::task::spawn_blocking(task).await.unwrap();
        assert_eq!((others(), sent.checked.faults_total), (0, 0));
        assert!(sent.bytes > 0 && sent.file.metadata().unwrap().len() == sent.bytes, "it can be read all the same");

        let later = Timestamp::from_second(1_795_168_900).unwrap();
        let other = crate::store::open(
            &StorePlace::Sqlite(path.clone()),
            Vault::new(MasterKey::from_random([9; 32]), Arc::new(SystemDice)),
        );
        let other = other.unwrap();
        for (name, at) in [("clew.db.before-roll-a", made), ("clew.db.before-roll-b", later)] {
            backup::save(&*other, vault.clone(), folder.path().join(name), at, [8; 16]).await.unwrap();
        }
        for stray in
            ["clew.db.before-roll-c.part", "clew.db.before-roll-d", "other.db.before-roll-e", "clew.to-be-sent-0"]
        {
            fs::write(folder.path().join(stray), "no backup").unwrap();
        }
        drop_unsent(folder.path());
        assert!(!folder.path().join("clew.to-be-sent-0").exists() && path.exists());
        let found: Vec<(String, bool)> =
            all(&path, None).into_iter().map(|file| (file.name, file.head.is_some())).collect();
        let name = |name: &str, whole| (format!("clew.db.before-roll-{name}"), whole);
        assert_eq!(found, [name("b", true), name("a", true), name("d", false)], "newest first, halves left out");
    }
}
