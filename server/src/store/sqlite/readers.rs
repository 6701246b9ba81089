//! A few connections that only read, used on the blocking threads of the runtime.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use tokio::sync::{Semaphore, watch};

use super::open;
use super::writer::{closed, note_failure};
use crate::store::error::Cause;
use crate::store::records::Answer;
use crate::store::{Health, StoreError};

const CONNECTIONS: usize = 4;

/// The pool; connections are opened when they are first needed.
pub(super) struct Readers {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
    health: watch::Sender<Health>,
}

impl Readers {
    pub(super) fn new(path: PathBuf, health: watch::Sender<Health>) -> Self {
        Self { path, idle: Arc::default(), permits: Arc::new(Semaphore::new(CONNECTIONS)), health }
    }

    /// Runs `job` on a connection, within one read transaction if it begins one.
    pub(super) fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'static, T> {
        let (permits, idle) = (self.permits.clone(), self.idle.clone());
        let (path, health) = (self.path.clone(), self.health.clone());
        Box::pin(async move {
            let permit = permits.acquire_owned().await.map_err(|_| closed())?;
            let work = move || {
                let _permit = permit;
                let kept = idle.lock().ok().and_then(|mut idle| idle.pop());
                let connection = kept.map_or_else(|| open::reader(&path), Ok)?;
                let result = job(&connection);
                if let Ok(mut idle) = idle.lock() {
                    idle.push(connection);
                }
                result.inspect_err(|error| note_failure(&health, error))
            };
            let joined = tokio::task::spawn_blocking(work).await;
            joined.unwrap_or_else(|error| Err(StoreError::Unexpected(Cause(error.to_string()))))
        })
    }

    /// Waits for the readers at work, then closes the connections.
    pub(super) async fn close(&self) {
        let all = u32::try_from(CONNECTIONS).unwrap_or(u32::MAX);
        if let Ok(permits) = self.permits.acquire_many(all).await {
            permits.forget();
        }
        self.permits.close();
        if let Ok(mut idle) = self.idle.lock() {
            idle.clear();
        }
    }
}
