//! What is kept for some minutes under an id that only one side knows, and can be taken once: sign-ins under way, and codes.
//!
//! Everything lies in the store, sealed, under the hash of its id, so that any server finds it and whoever reads the store can
//! take nothing.

use std::marker::PhantomData;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::hash::sha256_hex;
use crate::store::{Record, RecordKey, RecordKind, Store, StoreError, When, Write};
use crate::world::{Clock, Dice, random};

/// The most that are kept of a kind; older ones are forgotten first.
const MOST: usize = 1_000;

/// What is kept, with the time at which it began.
pub(super) trait Begun: Serialize + DeserializeOwned {
    /// In seconds since 1970.
    fn begun(&self) -> i64;
}

/// All of one kind.
pub(super) struct Once<T> {
    kind: RecordKind,
    lifetime: SignedDuration,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
    of: PhantomData<fn(T) -> T>,
}

impl<T: Begun> Once<T> {
    pub(super) fn new(
        kind: RecordKind,
        lifetime: SignedDuration,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        dice: Arc<dyn Dice>,
    ) -> Self {
        Self { kind, lifetime, store, clock, dice, of: PhantomData }
    }

    /// How long something can be taken.
    pub(super) fn lifetime(&self) -> SignedDuration {
        self.lifetime
    }

    /// The time now, in seconds since 1970.
    pub(super) fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    /// 256 random bits.
    pub(super) fn draw(&self) -> String {
        URL_SAFE_NO_PAD.encode(random::<32>(self.dice.as_ref()))
    }

    /// Keeps something; gives its id.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be kept.
    pub(super) async fn keep(&self, what: &T) -> Result<String, StoreError> {
        let id = self.draw();
        let mut writes = self.stale().await?;
        writes.push(Write::put(self.key(&id), serde_json::to_vec(what).unwrap_or_default()));
        self.store.keep(writes, Vec::new()).await?;
        Ok(id)
    }

    /// What was kept under an id, which is then used up.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read or written.
    pub(super) async fn take(&self, id: &str) -> Result<Option<T>, StoreError> {
        let Some(record) = self.store.get(self.key(id)).await? else { return Ok(None) };
        let once = Write::delete_when(self.key(id), When::At(record.revision));
        match self.store.keep(vec![once], Vec::new()).await {
            Ok(_) => {}
            // Somebody took it in this very moment: it works once.
            Err(StoreError::RowConflict { .. }) => return Ok(None),
            Err(error) => return Err(error),
        }
        Ok(read(&record).filter(|what: &T| self.now() - what.begun() <= self.lifetime.as_secs()))
    }

    async fn stale(&self) -> Result<Vec<Write>, StoreError> {
        let records = self.store.list(self.kind, None).await?;
        let mut known: Vec<(i64, &Record)> =
            records.iter().map(|record| (read(record).map_or(0, |what: T| what.begun()), record)).collect();
        known.sort_by_key(|(begun, _)| *begun);
        let oldest = known.len().saturating_sub(MOST - 1);
        let limit = self.now() - self.lifetime.as_secs();
        let stale = known.iter().enumerate().filter(|(place, (begun, _))| *place < oldest || *begun < limit);
        Ok(stale.map(|(_, (_, record))| Write::delete(record.key.clone())).collect())
    }

    /// Only the hash of the id is kept, as for sessions.
    fn key(&self, id: &str) -> RecordKey {
        RecordKey::new(self.kind, "", sha256_hex(id.as_bytes()))
    }
}

fn read<T: Begun>(record: &Record) -> Option<T> {
    serde_json::from_slice(record.body.plain()?).ok()
}
