//! How long the listener waits for what people send, and how many connections one address may have.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::audit::network;
use crate::body::Pace;

/// The limits of a listener. The default is what holds outside of tests.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest handshake, and then the longest wait until a connection shows which protocol it speaks.
    pub opening: Duration,
    /// The longest wait for the headers of a request.
    pub headers: Duration,
    /// The longest time without a request, after which a connection is closed.
    pub idle: Duration,
    /// The longest wait for somebody who does not read an answer; a piece of it has to be taken in this time.
    pub reading: Duration,
    /// The pace of calls and forms.
    pub call: Pace,
    /// The pace of files.
    pub file: Pace,
    /// How long running answers may go on when the server is being stopped.
    pub drain: Duration,
    /// Requests at once whose answers have not begun; whoever comes beyond is told to try again. Health is always told.
    pub waiting: usize,
    /// Connections at once in all.
    pub in_all: usize,
    /// Connections at once from one address that is no trusted proxy.
    pub of_address: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            opening: Duration::from_secs(10),
            headers: Duration::from_secs(15),
            idle: Duration::from_secs(75),
            reading: Duration::from_secs(120),
            call: Pace::CALL,
            file: Pace::FILE,
            drain: Duration::from_secs(22),
            waiting: 2_000,
            in_all: 10_000,
            of_address: 256,
        }
    }
}

/// How many connections each address has; an IPv6 network of 64 bits counts as one. Never more entries than connections.
#[derive(Debug, Clone, Default)]
pub(super) struct Addresses(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection of an address, until it is dropped.
pub(super) struct Counted {
    all: Addresses,
    address: IpAddr,
}

impl Addresses {
    /// Counts a connection more; nothing when there are `most` already.
    pub(super) fn count(&self, address: IpAddr, most: usize) -> Option<Counted> {
        let address = network(address);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Counted { all: self.clone(), address })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut counts = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}
