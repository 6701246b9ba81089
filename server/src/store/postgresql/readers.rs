//! A few sessions that only read, used by one reader at a time.

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use super::connect::Session;
use super::writer::closed;
use super::{Opener, Shared};
use crate::store::StoreError;
use crate::store::error::Cause;
use crate::store::records::Answer;

const SESSIONS: usize = 4;

/// Begins a transaction in which every statement sees the same moment.
pub(super) const MOMENT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// What is to be read.
pub(super) type Job<T> =
    Box<dyn for<'a> FnOnce(&'a Session, &'a Opener) -> BoxFuture<'a, Result<T, StoreError>> + Send>;

/// The pool; sessions are made when they are first needed.
pub(super) struct Readers {
    shared: Arc<Shared>,
    handle: Handle,
    idle: Arc<Mutex<Vec<Session>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(shared: Arc<Shared>, handle: Handle) -> Self {
        Self { shared, handle, idle: Arc::default(), permits: Arc::new(Semaphore::new(SESSIONS)) }
    }

    /// Runs `job` in a session; one that failed is not used again.
    pub(super) fn read<T: Send + 'static>(&self, job: Job<T>) -> Answer<'static, T> {
        let (permits, idle) = (self.permits.clone(), self.idle.clone());
        let (shared, handle) = (self.shared.clone(), self.handle.clone());
        Box::pin(async move {
            let permit = permits.acquire_owned().await.map_err(|_| closed())?;
            let work = async move {
                let _permit = permit;
                let read = read(&shared, &idle, job).await;
                shared.note(&read);
                read
            };
            let joined = handle.spawn(work).await;
            joined.unwrap_or_else(|error| Err(StoreError::Unexpected(Cause(error.to_string()))))
        })
    }

    /// Waits for the readers at work, then closes the sessions.
    pub(super) async fn close(&self) {
        let all = u32::try_from(SESSIONS).unwrap_or(u32::MAX);
        if let Ok(permits) = self.permits.acquire_many(all).await {
            permits.forget();
        }
        self.permits.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

async fn read<T>(shared: &Shared, idle: &Mutex<Vec<Session>>, job: Job<T>) -> Result<T, StoreError> {
    let kept = {
        let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|session| !session.is_over());
        idle.pop()
    };
    let session = match kept {
        Some(session) => session,
        None => shared.way.session().await?,
    };
    let vault = shared.keys.get().vault;
    match job(&session, &vault).await {
        Ok(value) => {
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
            Ok(value)
        }
        Err(error) => {
            // It may be in the middle of a transaction, which goes with it.
            session.batch("ROLLBACK").await.unwrap_or(());
            Err(shared.judged(&session, error).await)
        }
    }
}
