//! Refusals that have no entry of their own, counted in memory: one entry per address or person and minute, whatever comes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use access::PersonId;
use jiff::Timestamp;
use serde_json::json;
use wire::Code;

use super::{Entry, REFUSED};
use crate::store::{NewAudit, Outcome};

/// Addresses and people beyond this number in memory are counted together.
const SENDERS_LIMIT: usize = 10_000;
/// Names of calls kept per sender and minute.
const CALLS_LIMIT: usize = 8;

const MINUTE_SECS: i64 = 60;

/// Who sent what was refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Sender {
    /// Everybody beyond the limit.
    Others,
    /// Somebody at an address; an IPv6 network of 64 bits counts as one.
    Address(IpAddr),
    /// Somebody who is signed in.
    Person(PersonId),
}

/// Sender and minute.
type Key = (Sender, i64);

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
    /// Why, of a person's.
    codes: BTreeSet<Code>,
}

/// Why one request was refused: a word of a fixed list, or the code of its fault.
#[derive(Clone, Copy)]
struct Why {
    reason: Option<&'static str>,
    code: Option<Code>,
}

/// One sender in one minute.
pub(super) struct Counted {
    key: Key,
    tally: Tally,
}

impl Refusals {
    pub(super) fn count_address(&self, address: IpAddr, call: &str, reason: Option<&'static str>, now: Timestamp) {
        self.count(Sender::Address(network(address)), call, Why { reason, code: None }, now);
    }

    pub(super) fn count_person(&self, person: &PersonId, call: &str, code: Code, now: Timestamp) {
        self.count(Sender::Person(person.clone()), call, Why { reason: None, code: Some(code) }, now);
    }

    fn count(&self, sender: Sender, call: &str, why: Why, now: Timestamp) {
        let minute = now.as_second().div_euclid(MINUTE_SECS);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut key = (sender, minute);
        if counts.len() >= SENDERS_LIMIT && !counts.contains_key(&key) {
            key.0 = Sender::Others;
        }
        let tally = counts.entry(key).or_default();
        tally.count += 1;
        tally.codes.extend(why.code);
        if tally.calls.len() < CALLS_LIMIT {
            tally.calls.insert(call.chars().take(64).collect());
        }
        tally.reasons.extend(why.reason);
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
            kept.codes.extend(tally.codes);
        }
    }
}

impl Counted {
    pub(super) fn to_row(&self) -> NewAudit {
        let (sender, minute) = &self.key;
        let at = Timestamp::from_second(minute * MINUTE_SECS).unwrap_or(Timestamp::UNIX_EPOCH);
        let Tally { count, calls, reasons, codes } = &self.tally;
        let of_address =
            |address: String| (String::new(), json!({ "address": address, "count": count, "calls": calls }));
        let (person, details) = match sender {
            Sender::Address(address) => of_address(address.to_string()),
            Sender::Others => of_address("others".to_owned()),
            Sender::Person(person) => (person.to_string(), json!({ "count": count, "calls": calls, "reasons": codes })),
        };
        let entry = Entry { person, call: REFUSED.to_owned(), project: String::new(), details };
        let reasons: Vec<&str> = reasons.iter().copied().collect();
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
