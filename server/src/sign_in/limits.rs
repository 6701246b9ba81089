//! How often an address may do what costs something, whoever is behind it: so many times a minute per address, and in all.
//!
//! Counted before it is done, so that requests at the same moment cannot slip past. An address is the connection's, or
//! behind a trusted proxy the one that the proxy names; an IPv6 network of 64 bits counts as one.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::audit::network;

const MINUTE_SECS: u64 = 60;

/// A limit per minute. Addresses in memory: never more than the limit in all.
pub struct PerMinute {
    of_address: u32,
    in_all: u32,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    minute: u64,
    all: u32,
    /// No address: everybody whose address is not known.
    addresses: BTreeMap<Option<IpAddr>, u32>,
}

/// One time that was let through.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    minute: u64,
    address: Option<IpAddr>,
}

impl PerMinute {
    /// So many from one address, and so many from all.
    pub fn new(of_address: u32, in_all: u32) -> Self {
        Self { of_address, in_all, counts: Mutex::default() }
    }

    /// Counts one more at `now`, which is time since a fixed moment.
    ///
    /// # Errors
    /// How many seconds to wait, when there were too many in this minute.
    pub fn count(&self, address: Option<IpAddr>, now: Duration) -> Result<Counted, u64> {
        let (minute, address) = (now.as_secs() / MINUTE_SECS, address.map(network));
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.minute != minute {
            *counts = Counts { minute, ..Counts::default() };
        }
        let of_address = counts.addresses.get(&address).copied().unwrap_or_default();
        if of_address >= self.of_address || counts.all >= self.in_all {
            return Err(MINUTE_SECS - now.as_secs() % MINUTE_SECS);
        }
        counts.all += 1;
        counts.addresses.insert(address, of_address + 1);
        Ok(Counted { minute, address })
    }

    /// Takes one back: it turned out to be harmless.
    pub fn give_back(&self, Counted { minute, address }: Counted) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.minute == minute {
            counts.all = counts.all.saturating_sub(1);
            if let Some(of_address) = counts.addresses.get_mut(&address) {
                *of_address = of_address.saturating_sub(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_limit_all_have_theirs_and_a_new_minute_begins_anew() {
        let limit = PerMinute::new(2, 3);
        let address = |text: &str| Some(text.parse().unwrap());
        let at = Duration::from_secs;
        let first = limit.count(address("192.0.2.1"), at(125)).unwrap();
        assert!(limit.count(address("192.0.2.1"), at(130)).is_ok());
        assert_eq!(limit.count(address("192.0.2.1"), at(130)).unwrap_err(), 50, "to the end of the minute");
        limit.give_back(first);
        assert!(limit.count(address("192.0.2.1"), at(131)).is_ok());
        assert!(limit.count(address("2001:db8::1"), at(132)).is_ok());
        assert!(limit.count(address("2001:db8:1::"), at(133)).is_err(), "three in all");
        assert!(limit.count(address("2001:db8::1"), at(180)).is_ok());
        assert!(limit.count(address("2001:db8::2"), at(181)).is_ok());
        assert!(limit.count(address("2001:db8::3"), at(182)).is_err(), "one network is one address");
    }
}
