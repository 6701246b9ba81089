//! How far each sink is, as the store keeps it: what a sink is called there, and how its number is moved by several servers.
//!
//! | sink | called | |
//! |---|---|---|
//! | a file | `file/<its id>` | the id lies beside the file, so each server's own file has a place of its own |
//! | a file that nobody could name yet | `file` | its folder is not there, say; nothing of the log may go meanwhile |
//! | standard output | `stdout` | one place for all servers of a store |
//! | syslog, a database | `syslog`, `sql` | the same: the receiver is the same for all |
//!
//! A number is written only over the one that its writer knows, so that no server takes back what another one has sent.

use serde::{Deserialize, Serialize};

use crate::settings::Settings;
use crate::store::{RecordKey, RecordKind, Store, StoreError, When, Write};

/// The place of a file that has no id yet; before files had ids, that of any file.
pub(super) const FILE: &str = "file";
/// The most tries against other servers' writes.
const TRIES: usize = 4;

/// What is kept of a sink in the store.
#[derive(Serialize, Deserialize)]
struct Cursor {
    taken: u64,
}

/// What a sink is called in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Called {
    pub(super) id: String,
    /// Whether it goes on where a file without an id of its own was, when there is nothing of it yet.
    pub(super) goes_on: bool,
}

impl Called {
    /// The same name on every server.
    pub(super) fn always(id: &str) -> Self {
        Self { id: id.to_owned(), goes_on: false }
    }
}

/// A sink's number in the store, as this server knows it.
#[derive(Debug)]
pub(super) struct Kept {
    key: RecordKey,
    revision: Option<u64>,
    pub(super) taken: u64,
}

impl Kept {
    /// Reads it; writes it at once where there is none, so that nothing goes that the sink has not taken.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read or written.
    pub(super) async fn begin(store: &dyn Store, called: &Called, end: u64) -> Result<Self, StoreError> {
        for _ in 0..TRIES {
            match Self::begun(store, called, end).await {
                // Another server began with the same sink at this moment.
                Err(StoreError::RowConflict { .. }) => {}
                begun => return begun,
            }
        }
        Self::begun(store, called, end).await
    }

    async fn begun(store: &dyn Store, called: &Called, end: u64) -> Result<Self, StoreError> {
        let key = key(&called.id);
        if let Some((taken, revision)) = stored(store, &key).await? {
            // An older log was put back: what the sink has beyond its end is not of this log.
            return Ok(Self { key, revision: Some(revision), taken: taken.min(end) });
        }
        let unnamed = stored(store, &self::key(FILE)).await?;
        let taken = unnamed.filter(|_| called.goes_on).map_or(0, |(taken, _)| taken.min(end));
        let mut writes = vec![Write::put_when(key.clone(), body(taken), When::Absent)];
        if let Some((_, revision)) = unnamed.filter(|_| called.id.starts_with(FILE) || called.goes_on) {
            writes.push(Write::delete_when(self::key(FILE), When::At(revision)));
        }
        let revision = store.keep(writes, Vec::new()).await?;
        Ok(Self { key, revision: Some(revision), taken })
    }

    /// Writes `taken`, unless another server has brought the sink further meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read or written.
    pub(super) async fn put(&mut self, store: &dyn Store, taken: u64) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let when = self.revision.map_or(When::Absent, When::At);
            match store.keep(vec![Write::put_when(self.key.clone(), body(taken), when)], Vec::new()).await {
                Ok(revision) => {
                    (self.revision, self.taken) = (Some(revision), taken);
                    return Ok(());
                }
                Err(StoreError::RowConflict { .. }) => {}
                Err(error) => return Err(error),
            }
            let others = stored(store, &self.key).await?;
            self.revision = others.map(|(_, revision)| revision);
            if others.is_some_and(|(others, _)| others >= taken) {
                self.taken = taken;
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Holds a place for a file that cannot be named yet.
pub(super) async fn hold_unnamed(store: &dyn Store) -> Result<(), StoreError> {
    match store.keep(vec![Write::put_when(key(FILE), body(0), When::Absent)], Vec::new()).await {
        Ok(_) | Err(StoreError::RowConflict { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// How far every sink is: those that have a place in the store, wherever they are set, and those that are set here.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub async fn all(store: &dyn Store, settings: &Settings) -> Result<Vec<(String, u64)>, StoreError> {
    let records = store.list(RecordKind::AuditSink, None).await?;
    let mut found: Vec<(String, u64)> = Vec::new();
    for record in records {
        let cursor = record.body.plain().and_then(|body| serde_json::from_slice::<Cursor>(body).ok());
        found.push((record.key.id, cursor.map_or(0, |cursor| cursor.taken)));
    }
    for (name, _, mut sink) in super::sinks(settings, None) {
        let id = super::id(name, sink.as_mut()).await;
        if !found.iter().any(|(known, _)| *known == id) {
            found.push((id, 0));
        }
    }
    Ok(found)
}

/// The entry up to which a sink has the log.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub async fn cursor(store: &dyn Store, id: &str) -> Result<u64, StoreError> {
    Ok(stored(store, &key(id)).await?.map_or(0, |(taken, _)| taken))
}

async fn stored(store: &dyn Store, key: &RecordKey) -> Result<Option<(u64, u64)>, StoreError> {
    let Some(record) = store.get(key.clone()).await? else { return Ok(None) };
    let cursor = record.body.plain().and_then(|body| serde_json::from_slice::<Cursor>(body).ok());
    Ok(Some((cursor.map_or(0, |cursor| cursor.taken), record.revision)))
}

fn body(taken: u64) -> Vec<u8> {
    serde_json::to_vec(&Cursor { taken }).unwrap_or_default()
}

fn key(id: &str) -> RecordKey {
    RecordKey::new(RecordKind::AuditSink, "", id)
}
