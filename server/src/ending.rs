//! How running answers end before the process does: each is told, and each has its end in the audit log.
//!
//! ```text
//! first SIGTERM    no new connections; running answers may finish for 22 seconds
//! then, or at the second SIGTERM
//!                  streams and files end with a fault that says so; queries stop at their sources
//! 3 seconds later  whatever still runs is cut off
//! at last          the ends of all of them are written down, then the store is closed
//! ```

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use wire::{Code, Fault};

/// The longest wait for ends that are being written down.
const WRITING: Duration = Duration::from_secs(5);

/// Whether running answers are to end now, and how many ends are still to be written down.
#[derive(Clone, Default)]
pub struct Ending {
    now: Arc<watch::Sender<bool>>,
    unwritten: Arc<watch::Sender<usize>>,
}

/// An end that is being written down, until it is dropped.
pub(crate) struct Unwritten(Arc<watch::Sender<usize>>);

impl Ending {
    /// Ends every running answer.
    pub fn begin(&self) {
        self.now.send_replace(true);
    }

    /// Waits until running answers are to end.
    pub async fn begun(&self) {
        let mut now = self.now.subscribe();
        // The sender lives as long as this.
        if now.wait_for(|now| *now).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// An end more that is to be written down.
    pub(crate) fn unwritten(&self) -> Unwritten {
        self.unwritten.send_modify(|count| *count += 1);
        Unwritten(self.unwritten.clone())
    }

    /// Waits until every end is written down, for a few seconds at most.
    pub async fn written(&self) {
        let mut unwritten = self.unwritten.subscribe();
        let all = unwritten.wait_for(|count| *count == 0);
        if tokio::time::timeout(WRITING, all).await.is_err() {
            tracing::warn!("the ends of some answers are not written down; the next start calls them unknown");
        }
    }
}

impl Drop for Unwritten {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// What whoever reads an answer is told.
pub(crate) fn stopping() -> Fault {
    Fault::new(Code::Busy, "The server is being stopped, so the answer ends here.", "Ask again in a minute.")
}
