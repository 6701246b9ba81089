//! Refusals of people who are not signed in, counted in memory: one entry per address and minute, whatever comes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::json;

use super::{Entry, REFUSED};
use crate::store::{NewAudit, Outcome};

/// Addresses beyond this number in memory are counted together.
const ADDRESSES_LIMIT: usize = 10_000;
/// Names of calls kept per address and minute.
const CALLS_LIMIT: usize = 8;

const MINUTE_SECS: i64 = 60;

/// Address (an IPv6 network of 64 bits counts as one) and minute; no address: everybody beyond the limit.
type Key = (Option<IpAddr>, i64);

#[derive(Default)]
pub(super) struct Refusals {
    counts: Mutex<BTreeMap<Key, Tally>>,
}

#[derive(Default)]
struct Tally {
    count: u64,
    calls: BTreeSet<String>,
    /// Words of a fixed list, so that their number has an end.
    reasons: BTreeSet<&'static str>,
}

/// One address in one minute.
pub(super) struct Counted {
    key: Key,
    tally: Tally,
}

impl Refusals {
    pub(super) fn count(&self, address: IpAddr, call: &str, reason: Option<&'static str>, now: Timestamp) {
        let minute = now.as_second().div_euclid(MINUTE_SECS);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut key = (Some(network(address)), minute);
        if counts.len() >= ADDRESSES_LIMIT && !counts.contains_key(&key) {
            key = (None, minute);
        }
        let tally = counts.entry(key).or_default();
        tally.count += 1;
        if tally.calls.len() < CALLS_LIMIT {
            tally.calls.insert(call.chars().take(64).collect());
        }
        tally.reasons.extend(reason);
    }

    /// Takes the minutes that are over out, or everything.
    pub(super) fn take(&self, now: Timestamp, all: bool) -> Vec<Counted> {
        let minute = now.as_second().div_euclid(MINUTE_SECS);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was put back must not keep an entry for ever, so "another minute" and not "an earlier one".
        let over = counts.extract_if(.., |key, _| all || key.1 != minute);
        over.map(|(key, tally)| Counted { key, tally }).collect()
    }

    /// Puts back what could not be written, to be written later.
    pub(super) fn put_back(&self, counted: Vec<Counted>) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for Counted { key, tally } in counted {
            let kept = counts.entry(key).or_default();
            kept.count += tally.count;
            kept.calls.extend(tally.calls);
            kept.reasons.extend(tally.reasons);
        }
    }
}

impl Counted {
    pub(super) fn to_row(&self) -> NewAudit {
        let (address, minute) = self.key;
        let at = Timestamp::from_second(minute * MINUTE_SECS).unwrap_or(Timestamp::UNIX_EPOCH);
        let address = address.map_or("others".to_owned(), |address| address.to_string());
        let details = json!({ "address": address, "count": self.tally.count, "calls": self.tally.calls });
        let entry = Entry { person: String::new(), call: REFUSED.to_owned(), project: String::new(), details };
        let reasons: Vec<&str> = self.tally.reasons.iter().copied().collect();
        let entry = if reasons.is_empty() { entry } else { entry.because(&reasons.join(", ")) };
        entry.into_note(at, Outcome::Denied)
    }
}

/// One household or server usually has a whole IPv6 network of 64 bits.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from(u128::from(address) >> 64 << 64)),
        address @ IpAddr::V4(_) => address,
    }
}
