//! The queue before a source: so many questions run at once, some wait, the rest are refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use model::project::Source;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wire::{Code, Fault};

use super::pieces::Told;

/// The most questions that wait for one source, for each that may run.
const WAITING_PER_PLACE: u32 = 16;

/// How much is asked of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Questions that run.
    pub running: u32,
    /// Questions that wait.
    pub waiting: u32,
    /// Questions that may run.
    pub at_once: u32,
}

/// The places at one source.
pub(super) struct Queue {
    places: Arc<Semaphore>,
    pub(super) at_once: u32,
    waiting: AtomicU32,
}

impl Queue {
    pub(super) fn new(at_once: u32) -> Arc<Self> {
        Arc::new(Self { places: Arc::new(Semaphore::new(at_once as usize)), at_once, waiting: AtomicU32::new(0) })
    }

    /// How much is asked at this moment.
    pub(super) fn load(&self) -> Load {
        let free = u32::try_from(self.places.available_permits()).unwrap_or(u32::MAX);
        let waiting = self.waiting.load(Ordering::Relaxed);
        Load { running: self.at_once.saturating_sub(free), waiting, at_once: self.at_once }
    }

    /// Waits for a place; whoever waits is told how many are before.
    ///
    /// # Errors
    /// `Busy` when too many wait, or it takes too long.
    pub(super) async fn place(self: &Arc<Self>, source: &Source, told: &Told) -> Result<OwnedSemaphorePermit, Fault> {
        let busy = || {
            Fault::new(
                Code::Busy,
                format!("Source \"{}\" has too many questions waiting.", source.name),
                "Try again in a moment, or ask an instance manager to allow it more at once.",
            )
        };
        if let Ok(place) = self.places.clone().try_acquire_owned() {
            return Ok(place);
        }
        let waiting = Waiting::enter(self, self.at_once.saturating_mul(WAITING_PER_PLACE)).ok_or_else(busy)?;
        let _note = told.note(format!("Waiting for a place at {}, {} before.", source.name, waiting.before));
        let place = self.places.clone().acquire_owned();
        match tokio::time::timeout(Duration::from_secs(source.limits.within_reason().seconds), place).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(busy()),
        }
    }
}

/// Counts itself among those who wait, as long as it lives.
struct Waiting<'a> {
    queue: &'a Queue,
    before: u32,
}

impl<'a> Waiting<'a> {
    fn enter(queue: &'a Queue, most: u32) -> Option<Self> {
        let before = queue.waiting.fetch_add(1, Ordering::Relaxed);
        let waiting = Self { queue, before };
        (before < most).then_some(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.queue.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_load_says_how_many_run_and_how_many_wait() {
        let limits = serde_json::json!({ "rows": 1, "megabytes": 1, "seconds": 60, "at_once": 2 });
        let source = serde_json::json!({
            "id": "core", "name": "Core", "kind": "sqlite", "settings": {}, "secrets_from": {}, "limits": limits,
        });
        let source: Source = serde_json::from_value(source).unwrap();
        let (queue, told) = (Queue::new(2), Told::default());
        let load = |running, waiting| Load { running, waiting, at_once: 2 };
        assert_eq!(queue.load(), load(0, 0));
        let first = queue.place(&source, &told).await.unwrap();
        let second = queue.place(&source, &told).await.unwrap();
        assert_eq!(queue.load(), load(2, 0));
        let waits = tokio::spawn({
            let (queue, source) = (queue.clone(), source.clone());
            async move { queue.place(&source, &Told::default()).await }
        });
        while queue.load() != load(2, 1) {
            tokio::task::yield_now().await;
        }
        drop(first);
        let third = waits.await.unwrap().unwrap();
        assert_eq!(queue.load(), load(2, 0));
        drop((second, third));
        assert_eq!(queue.load(), load(0, 0));
    }
}
