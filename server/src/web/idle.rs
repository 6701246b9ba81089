//! Whether a connection is in use, and whether its answers are taken.
//!
//! HTTP/1 is closed by its own deadline between two requests, HTTP/2 has none. And whoever asks over HTTP/2 says how much of
//! each answer may come: one that is never let through would hold its connection for ever.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How often in the longest time it is looked.
const LOOKS: u32 = 5;

/// The requests of one connection. Never more entries than requests that run.
#[derive(Clone, Default)]
pub(super) struct Used(Arc<Mutex<Requests>>);

#[derive(Default)]
struct Requests {
    /// How many have begun.
    begun: u64,
    /// Those that are not answered to their end, with the time since which a piece of the answer waits to be taken.
    running: BTreeMap<u64, Option<Instant>>,
}

/// One request that is not answered to its end yet; clones are the same one. What counts is how many there are.
#[derive(Clone)]
pub(crate) struct Running(Arc<One>);

struct One {
    number: u64,
    of: Used,
}

impl Drop for One {
    fn drop(&mut self) {
        self.of.lock().running.remove(&self.number);
    }
}

impl Running {
    /// A piece of the answer was handed over, to be sent.
    pub(crate) fn handed(&self) {
        self.0.waits_since(Some(Instant::now()));
    }

    /// More is asked for: what was handed over has been taken, but for what fits into buffers.
    pub(crate) fn taken(&self) {
        self.0.waits_since(None);
    }
}

impl One {
    fn waits_since(&self, since: Option<Instant>) {
        if let Some(waits) = self.of.lock().running.get_mut(&self.number) {
            *waits = since;
        }
    }
}

impl Used {
    fn lock(&self) -> MutexGuard<'_, Requests> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request begins.
    pub(super) fn begin(&self) -> Running {
        let mut requests = self.lock();
        requests.begun += 1;
        let number = requests.begun;
        requests.running.insert(number, None);
        drop(requests);
        Running(Arc::new(One { number, of: self.clone() }))
    }

    /// Waits until no request has run for so long.
    pub(super) async fn rested(&self, most: Duration) {
        let (mut since, mut begun) = (Instant::now(), 0);
        loop {
            sleep(most / LOOKS).await;
            let (now, runs) = {
                let requests = self.lock();
                (requests.begun, !requests.running.is_empty())
            };
            if now != begun || runs {
                (since, begun) = (Instant::now(), now);
            } else if since.elapsed() >= most {
                return;
            }
        }
    }

    /// Waits until an answer has not been taken for so long.
    pub(super) async fn unread(&self, most: Duration) {
        while !self.look(|requests| requests.running.values().any(|waits| is_unread(waits, most)), most).await {}
    }

    /// Waits until none of the answers that run is taken any more.
    pub(super) async fn all_unread(&self, most: Duration) {
        let all = |requests: &Requests| requests.running.values().all(|waits| is_unread(waits, most));
        while !self.look(|requests| !requests.running.is_empty() && all(requests), most).await {}
    }

    async fn look(&self, found: impl Fn(&Requests) -> bool, most: Duration) -> bool {
        sleep(most / LOOKS).await;
        found(&self.lock())
    }
}

fn is_unread(waits: &Option<Instant>, most: Duration) -> bool {
    waits.is_some_and(|since| since.elapsed() >= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: Duration = Duration::from_millis(100);

    #[tokio::test]
    async fn a_connection_rests_only_when_nothing_runs_and_nothing_has_begun() {
        let used = Used::default();
        let running = used.begin();
        assert!(tokio::time::timeout(MOST * 4, used.rested(MOST)).await.is_err(), "one runs");
        drop(running);
        let asks = async {
            loop {
                drop(used.begin());
                sleep(MOST / 4).await;
            }
        };
        tokio::select! {
            () = used.rested(MOST) => panic!("short ones begin all the time"),
            () = asks => {}
            () = sleep(MOST * 4) => {}
        }
        tokio::time::timeout(MOST * 20, used.rested(MOST)).await.expect("it rests");
    }

    #[tokio::test]
    async fn an_answer_is_unread_when_what_was_handed_over_is_not_taken() {
        let used = Used::default();
        let (slow, other) = (used.begin(), used.begin());
        assert!(tokio::time::timeout(MOST * 4, used.unread(MOST)).await.is_err(), "nothing was handed over");
        let takes = async {
            loop {
                slow.handed();
                sleep(MOST / 4).await;
                slow.taken();
            }
        };
        tokio::select! {
            () = used.unread(MOST) => panic!("each piece is taken"),
            () = takes => {}
            () = sleep(MOST * 4) => {}
        }
        slow.handed();
        tokio::time::timeout(MOST * 20, used.unread(MOST)).await.expect("one is not taken");
        assert!(tokio::time::timeout(MOST * 4, used.all_unread(MOST)).await.is_err(), "the other one still runs");
        drop(other);
        tokio::time::timeout(MOST * 20, used.all_unread(MOST)).await.expect("nobody reads any more");
    }
}
