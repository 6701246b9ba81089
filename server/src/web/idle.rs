//! Whether a connection is in use: HTTP/1 is closed by its own deadline between two requests, HTTP/2 has none.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How often in the longest idle time it is looked.
const LOOKS: u32 = 5;

/// The requests of one connection.
#[derive(Clone, Default)]
pub(super) struct Used(Arc<AtomicUsize>);

/// One request that is not answered to its end yet; clones are the same one. What counts is how many there are.
#[derive(Clone)]
pub(crate) struct Running {
    _of: Arc<AtomicUsize>,
}

impl Used {
    /// A request begins.
    pub(super) fn begin(&self) -> Running {
        self.0.fetch_add(1, Ordering::AcqRel);
        Running { _of: self.0.clone() }
    }

    /// Waits until no request has run for so long. `holders`: how many hold this while none runs.
    pub(super) async fn rested(&self, most: Duration, holders: usize) {
        let (mut since, mut begun) = (Instant::now(), 0);
        loop {
            sleep(most / LOOKS).await;
            let now = self.0.load(Ordering::Acquire);
            if now != begun || Arc::strong_count(&self.0) > holders {
                (since, begun) = (Instant::now(), now);
            } else if since.elapsed() >= most {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_connection_rests_only_when_nothing_runs_and_nothing_has_begun() {
        let (used, most) = (Used::default(), Duration::from_millis(100));
        let running = used.begin();
        assert!(tokio::time::timeout(most * 4, used.rested(most, 1)).await.is_err(), "one runs");
        drop(running);
        let asks = async {
            loop {
                drop(used.begin());
                sleep(most / 4).await;
            }
        };
        tokio::select! {
            () = used.rested(most, 1) => panic!("short ones begin all the time"),
            () = asks => {}
            () = sleep(most * 4) => {}
        }
        tokio::time::timeout(most * 20, used.rested(most, 1)).await.expect("it rests");
    }
}
