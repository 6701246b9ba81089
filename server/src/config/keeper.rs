//! Keeps the current snapshot and makes the next one.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use access::AppRole;

use super::Config;
use crate::store::{NewAudit, Store, StoreError, Write};

/// How often the store is asked whether another process changed the configuration.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The holder of the current snapshot.
pub struct Keeper {
    store: Arc<dyn Store>,
    creators: Vec<AppRole>,
    current: RwLock<Arc<Config>>,
}

impl Keeper {
    /// Reads the first snapshot.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn open(store: Arc<dyn Store>, creators: Vec<AppRole>) -> Result<Self, StoreError> {
        let keeper = Self { store, creators, current: RwLock::default() };
        keeper.refresh().await?;
        Ok(keeper)
    }

    /// The current snapshot.
    pub fn current(&self) -> Arc<Config> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes a change that was checked against `base`, with its audit entries, and makes the next snapshot.
    ///
    /// # Errors
    /// [`StoreError`], among them a conflict when somebody else was faster.
    pub async fn commit(&self, base: u64, writes: Vec<Write>, audit: Vec<NewAudit>) -> Result<u64, StoreError> {
        let committed = self.store.commit(base, writes, audit).await;
        if let Err(StoreError::Conflict { .. }) = &committed {
            // Another server was faster: whoever tries again is to see what it did.
            self.refresh().await?;
        }
        let revision = committed?;
        self.refresh().await?;
        Ok(revision)
    }

    /// Reads the snapshot again if the store has a newer one.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read; the current snapshot stays.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let loaded = self.store.load().await?;
        let next = Arc::new(Config::read(loaded)?.with_creators(&self.creators));
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if next.revision >= current.revision {
            *current = next;
        }
        Ok(())
    }

    /// Follows changes that other processes make, for ever: as soon as the store hears of one, and by looking.
    pub async fn follow(&self) {
        let mut news = self.store.news();
        // Said once, and not four times a second for as long as a database is away.
        let mut is_said = false;
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                Ok(()) = news.changed() => {}
            }
            let seen = match self.store.revision().await {
                Ok(revision) => revision,
                Err(error) => {
                    if !std::mem::replace(&mut is_said, true) {
                        tracing::warn!(%error, "the store's revision cannot be read");
                    }
                    continue;
                }
            };
            is_said = false;
            if seen != self.current().revision
                && let Err(error) = self.refresh().await
            {
                tracing::error!(%error, "the configuration cannot be read again; the last one stays in use");
            }
        }
    }
}
