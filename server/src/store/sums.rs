//! Which rows there are: how many, and the sum of their marks, so that no row is put back as it was before, comes back,
//! or goes without being missed.
//!
//! A seal binds a row to its place and its revision; it does not tell whether the row is the newest one. Somebody who can
//! write to the database could keep an old row, wait until a right is taken away, and put it back: it opens. So:
//!
//! ```text
//! mark(row) = HMAC-SHA256(key, table, its key, its revision or times, the head of its seal), a number below 2^256
//! sums      = for records and for sessions: how many rows, and their marks added up mod 2^256
//! meta.sums = sealed(sums), its place being the end of the audit log: number and mark of the last entry
//! ```
//!
//! * A write takes the mark of the row that stood there from the sum and adds that of the new one, in its transaction: the
//!   cost does not depend on the size of the store. Every check counts anew and compares. A write over a row that was put
//!   back takes the mark of what it finds, so the sum never becomes right again by itself.
//! * The head of a seal (version, method, key id, salt) stands for all of it: the salt is drawn for each sealing, and what
//!   is behind it is under the seal, which a check opens.
//! * The sums are sealed and not only marked. Who saw them would see marks, as differences, and of some thousand known
//!   numbers of 256 bits one finds sets with the same sum (Wagner, 2002). Sealed they are what MSet-Add-Hash asks for
//!   (Clarke et al., 2003).
//! * The place ties them to the end of the log: sums of an earlier moment open only beside the log of that moment, whose
//!   shortening an anchor shows (`chain.rs`). Between two entries of the log it does not distinguish; what people do has
//!   an entry before and one behind.
//! * The text of the check of the key (`open.rs`) says whether a store has sums, so that nobody takes them away and calls
//!   the store an old one. Who kept that check from before the sums came to the store could.
//!
//! Absent on purpose: pieces of files, whose place has an id that is never used again and which are known by their
//! record; and a tree of hashes, which would tell the row that is wrong, for a write per level.

use super::StoreError;
use super::chain::Anchor;
use super::sessions::SessionHash;
use super::vault::{HEAD_BYTES, Keyed, Place, Sealed, Vault};
use crate::hash::hex;

/// The start of a sealed body that stands for all of it. In SQL it is written as 26.
pub(super) const SEAL_BYTES: usize = HEAD_BYTES;
const _: () = assert!(SEAL_BYTES == 26, "as SQL says it");
/// The text under the check of the key where a store has sums.
pub(super) const KEY_CHECK: &[u8] = b"this store is sealed under the key that opens this, and has sums of its rows";

/// The mark of a row, as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    high: u128,
    low: u128,
}

/// Makes marks of rows.
#[derive(Clone)]
pub(super) struct Marks(Keyed);

impl Marks {
    /// Those of the store that is sealed by `vault`.
    pub(super) fn of(vault: &Vault) -> Self {
        Self(Keyed::new(&vault.derive("marks of rows")))
    }

    /// The mark of a record; of `body` its start is enough.
    pub(super) fn record(&self, kind: &str, project: &str, id: &str, revision: u64, body: &[u8]) -> Mark {
        let parts = [kind.as_bytes(), project.as_bytes(), id.as_bytes(), &revision.to_be_bytes(), seal(body)];
        self.mark(b"record", &parts)
    }

    /// The mark of a session; `times` are its creation, when it was last seen, and its end, in microseconds.
    pub(super) fn session(&self, hash: &SessionHash, person: &str, times: [i64; 3], body: &[u8]) -> Mark {
        let [created, seen, ends] = times.map(i64::to_be_bytes);
        self.mark(b"session", &[hash, person.as_bytes(), &created, &seen, &ends, seal(body)])
    }

    fn mark(&self, table: &[u8], parts: &[&[u8]]) -> Mark {
        let mark = self.0.mark(&[&[table], parts].concat());
        let (high, low) = mark.split_at(16);
        let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u128::from(*byte));
        Mark { high: number(high), low: number(low) }
    }
}

fn seal(body: &[u8]) -> &[u8] {
    body.get(..SEAL_BYTES).unwrap_or(body)
}

/// How many rows of a table, and the sum of their marks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sum {
    rows: u64,
    high: u128,
    low: u128,
}

impl Sum {
    /// A row came.
    pub(super) fn add(&mut self, mark: Mark) {
        let (low, carried) = self.low.overflowing_add(mark.low);
        self.low = low;
        self.high = self.high.wrapping_add(mark.high).wrapping_add(u128::from(carried));
        self.rows = self.rows.wrapping_add(1);
    }

    /// A row went.
    pub(super) fn take(&mut self, mark: Mark) {
        let (low, borrowed) = self.low.overflowing_sub(mark.low);
        self.low = low;
        self.high = self.high.wrapping_sub(mark.high).wrapping_sub(u128::from(borrowed));
        self.rows = self.rows.wrapping_sub(1);
    }

    /// A row that may have stood there became one that may stand there now.
    pub(super) fn change(&mut self, before: Option<Mark>, behind: Option<Mark>) {
        before.into_iter().for_each(|mark| self.take(mark));
        behind.into_iter().for_each(|mark| self.add(mark));
    }
}

/// The sums of a store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) records: Sum,
    pub(super) sessions: Sum,
}

const SUM_BYTES: usize = 40;

impl Sums {
    /// As they are stored beside the end of the log.
    pub(super) fn sealed(&self, vault: &Vault, end: &Anchor) -> Sealed {
        let mut plain = Vec::with_capacity(2 * SUM_BYTES);
        for sum in [&self.records, &self.sessions] {
            plain.extend_from_slice(&sum.rows.to_be_bytes());
            plain.extend_from_slice(&sum.high.to_be_bytes());
            plain.extend_from_slice(&sum.low.to_be_bytes());
        }
        vault.seal(place(end), &plain)
    }

    /// Those that are stored.
    ///
    /// # Errors
    /// `Integrity` when they are not there, or were not written beside this end of the log.
    pub(super) fn opened(vault: &Vault, end: &Anchor, stored: Option<Vec<u8>>) -> Result<Self, StoreError> {
        let stored = stored.ok_or_else(changed)?;
        let plain = vault.open(&Sealed::from_stored(stored, place(end))).map_err(|_| changed())?;
        let (records, sessions) = plain.split_at_checked(SUM_BYTES).ok_or_else(changed)?;
        let both = sum(records).zip(sum(sessions)).ok_or_else(changed)?;
        Ok(Self { records: both.0, sessions: both.1 })
    }

    /// What was counted against what was written: a sentence for each table that has other rows than it should have.
    pub(super) fn faults(&self, counted: &Self) -> Vec<String> {
        let tables = [("records", self.records, counted.records), ("sessions", self.sessions, counted.sessions)];
        tables.into_iter().filter_map(|(what, written, counted)| fault(what, written, counted)).collect()
    }
}

fn fault(what: &str, written: Sum, counted: Sum) -> Option<String> {
    if written == counted {
        return None;
    }
    let (there, were) = (counted.rows, written.rows);
    Some(if there == were {
        format!("{there} {what} are there, as many as were written, but not those: something was put back or exchanged")
    } else {
        format!("{there} {what} are there and {were} were written: something was removed or put back")
    })
}

fn place(end: &Anchor) -> Place {
    let row = format!("sums/{}/{}", end.seq, hex(&end.mark));
    Place { table: "meta", row, column: "value", project: String::new(), revision: 0 }
}

fn sum(bytes: &[u8]) -> Option<Sum> {
    let (rows, rest) = bytes.split_first_chunk::<8>()?;
    let (high, rest) = rest.split_first_chunk::<16>()?;
    let low = rest.first_chunk::<16>()?;
    Some(Sum { rows: u64::from_be_bytes(*rows), high: u128::from_be_bytes(*high), low: u128::from_be_bytes(*low) })
}

/// The sums of the rows are missing, or of another moment.
pub(super) fn changed() -> StoreError {
    StoreError::Integrity { table: "meta", row: "sums".into() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::settings::MasterKey;
    use crate::world::SystemDice;

    fn vault() -> Vault {
        Vault::new(MasterKey::from_random([9; 32]), Arc::new(SystemDice))
    }

    #[test]
    fn what_came_and_went_leaves_the_sum_as_it_was_in_any_order() {
        let marks = Marks::of(&vault());
        let mark = |n: u64| marks.record("draft", "p", &n.to_string(), n, &[7; 60]);
        let mut forwards = Sum::default();
        (0..500).for_each(|n| forwards.add(mark(n)));
        let mut backwards = Sum::default();
        (0..500).rev().for_each(|n| backwards.add(mark(n)));
        assert_eq!(forwards, backwards);
        (0..500).for_each(|n| forwards.take(mark((n * 7) % 500)));
        assert_eq!(forwards, Sum::default());
        let edge = Mark { high: u128::MAX, low: u128::MAX };
        let mut sum = Sum::default();
        sum.add(edge);
        sum.add(Mark { high: 0, low: 1 });
        assert_eq!((sum.rows, sum.high, sum.low), (2, 0, 0), "it is mod 2^256");
    }

    #[test]
    fn every_part_of_a_row_is_in_its_mark() {
        let marks = Marks::of(&vault());
        let body = [1; SEAL_BYTES];
        let record = marks.record("draft", "p", "x", 1, &body);
        let others = [
            marks.record("grant", "p", "x", 1, &body),
            marks.record("draft", "q", "x", 1, &body),
            marks.record("draft", "px", "", 1, &body),
            marks.record("draft", "p", "y", 1, &body),
            marks.record("draft", "p", "x", 2, &body),
            marks.record("draft", "p", "x", 1, &[2; SEAL_BYTES]),
            marks.session(&[1; 32], "p", [1, 2, 3], &body),
        ];
        assert!(others.iter().all(|other| *other != record));
        assert_eq!(marks.record("draft", "p", "x", 1, &[1; SEAL_BYTES + 9]), record, "the start of the body is enough");
        let session = marks.session(&[1; 32], "p", [1, 2, 3], &body);
        let others = [
            marks.session(&[2; 32], "p", [1, 2, 3], &body),
            marks.session(&[1; 32], "q", [1, 2, 3], &body),
            marks.session(&[1; 32], "p", [0, 2, 3], &body),
            marks.session(&[1; 32], "p", [1, 0, 3], &body),
            marks.session(&[1; 32], "p", [1, 2, 0], &body),
            marks.session(&[1; 32], "p", [1, 2, 3], &[2; SEAL_BYTES]),
        ];
        assert!(others.iter().all(|other| *other != session));
    }

    #[test]
    fn sums_open_beside_their_own_end_of_the_log_alone() {
        let vault = vault();
        let end = Anchor { seq: 7, mark: [3; 32] };
        let mut sums = Sums::default();
        sums.records.add(Marks::of(&vault).record("draft", "p", "x", 1, &[7; 60]));
        let stored = || Some(sums.sealed(&vault, &end).bytes().to_vec());
        assert_eq!(Sums::opened(&vault, &end, stored()), Ok(sums));
        for other in [Anchor { seq: 8, ..end }, Anchor { mark: [4; 32], ..end }] {
            assert_eq!(Sums::opened(&vault, &other, stored()), Err(changed()));
        }
        assert_eq!(Sums::opened(&vault, &end, None), Err(changed()));
    }
}
