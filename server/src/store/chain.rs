//! The hash chain of the audit log: each entry's mark covers the entry and the mark before it.
//!
//! mark(n) = HMAC-SHA256(key, mark(n-1), seq, at, phase, begun, person, call, project, outcome, sealed details), every
//! part with its length in front; the key is derived from the master key, so nobody without it can write a chain that
//! holds. The head (last number and mark) is marked too: a log that was cut at its end does not fit its head. Who puts
//! back an older copy of the whole file is seen only against an anchor that was kept elsewhere.

use std::fmt;
use std::str::FromStr;

use super::vault::{Keyed, Vault};
use crate::hash::{from_hex, hex};

/// The number and mark of an entry, to be kept outside of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    pub seq: u64,
    pub mark: [u8; 32],
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, hex(&self.mark))
    }
}

impl FromStr for Anchor {
    type Err = NoAnchor;

    fn from_str(text: &str) -> Result<Self, NoAnchor> {
        let (seq, mark) = text.split_once(':').ok_or(NoAnchor)?;
        let mark = from_hex(mark).and_then(|mark| mark.try_into().ok()).ok_or(NoAnchor)?;
        Ok(Self { seq: seq.parse().map_err(|_| NoAnchor)?, mark })
    }
}

/// A text that is no anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an anchor is a number, a colon and 64 hexadecimal digits, as `clew audit verify` prints it")]
pub struct NoAnchor;

/// The verdict on a log whose beginning is not where a prune left it.
pub(super) const NO_START: Verdict = Verdict::Broken { seq: 1, why: "where the log begins was changed" };

/// What a check of the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry is as it was written.
    Whole { entries: u64 },
    /// The first entry that is missing or not as it was written.
    Broken { seq: u64, why: &'static str },
}

/// An entry as it stands in the store.
pub(super) struct Row<'a> {
    pub(super) seq: u64,
    pub(super) at_us: i64,
    pub(super) phase: i64,
    pub(super) begun: Option<u64>,
    pub(super) person: &'a str,
    pub(super) call: &'a str,
    pub(super) project: &'a str,
    pub(super) outcome: &'a str,
    pub(super) body: &'a [u8],
}

/// Makes and checks marks.
#[derive(Clone)]
pub(super) struct Chain(Keyed);

impl Chain {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(Keyed::new(key))
    }

    /// The chain of the store that is sealed by `vault`.
    pub(super) fn of(vault: &Vault) -> Self {
        Self::new(&vault.derive("audit chain"))
    }

    /// The anchor of the empty log.
    pub(super) fn genesis(&self) -> Anchor {
        Anchor { seq: 0, mark: self.0.mark(&[b"genesis"]) }
    }

    /// The anchor behind `row`, which follows `before`.
    pub(super) fn next(&self, before: &Anchor, row: &Row<'_>) -> Anchor {
        let parts: [&[u8]; 10] = [
            &before.mark,
            &row.seq.to_be_bytes(),
            &row.at_us.to_be_bytes(),
            &row.phase.to_be_bytes(),
            &row.begun.unwrap_or(0).to_be_bytes(),
            row.person.as_bytes(),
            row.call.as_bytes(),
            row.project.as_bytes(),
            row.outcome.as_bytes(),
            row.body,
        ];
        Anchor { seq: row.seq, mark: self.0.mark(&parts) }
    }

    /// The head as it is stored: number, mark, and a mark over both.
    pub(super) fn head_bytes(&self, head: &Anchor) -> Vec<u8> {
        self.marked(b"head", head)
    }

    /// The head of stored bytes; `None` if it was not made by this chain.
    pub(super) fn head(&self, bytes: &[u8]) -> Option<Anchor> {
        self.unmarked(b"head", bytes)
    }

    /// The entry behind which a pruned log begins, as it is stored.
    pub(super) fn start_bytes(&self, start: &Anchor) -> Vec<u8> {
        self.marked(b"start", start)
    }

    /// The entry of stored bytes behind which the log begins; `None` if they were not made by this chain.
    pub(super) fn start(&self, bytes: &[u8]) -> Option<Anchor> {
        self.unmarked(b"start", bytes)
    }

    fn marked(&self, what: &[u8], anchor: &Anchor) -> Vec<u8> {
        let seq = anchor.seq.to_be_bytes();
        let over = self.0.mark(&[what, &seq, &anchor.mark]);
        [seq.as_slice(), &anchor.mark, &over].concat()
    }

    fn unmarked(&self, what: &[u8], bytes: &[u8]) -> Option<Anchor> {
        let seq = bytes.get(..8)?.try_into().ok().map(u64::from_be_bytes)?;
        let mark = bytes.get(8..40)?.try_into().ok()?;
        let anchor = Anchor { seq, mark };
        (self.marked(what, &anchor) == bytes).then_some(anchor)
    }
}

/// Checks a log row by row.
pub(super) struct Check {
    chain: Chain,
    anchors: Vec<Anchor>,
    reached: Anchor,
}

impl Check {
    /// `anchors` are former ends of the log that were kept elsewhere.
    pub(super) fn new(chain: Chain, anchors: Vec<Anchor>) -> Self {
        Self { reached: chain.genesis(), chain, anchors }
    }

    /// Checks a log that begins behind `start`, because what was before it is pruned.
    pub(super) fn from(chain: Chain, start: Anchor, anchors: Vec<Anchor>) -> Result<Self, Verdict> {
        if anchors.iter().any(|anchor| anchor.seq == start.seq && start.seq > 0 && anchor.mark != start.mark) {
            return Err(Verdict::Broken { seq: start.seq, why: "it differs from the anchor that was kept" });
        }
        Ok(Self { reached: start, chain, anchors })
    }

    /// Checks what follows an entry whose mark is believed.
    pub(super) fn after(chain: Chain, reached: Anchor) -> Self {
        Self { reached, chain, anchors: Vec::new() }
    }

    /// Takes the next row with its stored mark; gives the verdict at the first fault.
    pub(super) fn row(&mut self, row: &Row<'_>, mark: &[u8]) -> Result<(), Verdict> {
        let seq = self.reached.seq + 1;
        if row.seq != seq {
            return Err(Verdict::Broken { seq, why: "it is missing" });
        }
        let next = self.chain.next(&self.reached, row);
        if next.mark != mark {
            return Err(self.broken());
        }
        if self.anchors.iter().any(|anchor| anchor.seq == seq && anchor.mark != next.mark) {
            return Err(Verdict::Broken { seq, why: "it differs from the anchor that was kept" });
        }
        self.reached = next;
        Ok(())
    }

    /// The number of the entry that was looked at last.
    pub(super) fn reached(&self) -> u64 {
        self.reached.seq
    }

    /// The verdict that the next row is not as it was written.
    pub(super) fn broken(&self) -> Verdict {
        Verdict::Broken { seq: self.reached.seq + 1, why: "it is not as it was written" }
    }

    /// The verdict behind the last row.
    pub(super) fn finish(self, head: Option<Anchor>) -> Verdict {
        let seq = self.reached.seq + 1;
        let kept = self.anchors.iter().map(|anchor| anchor.seq).max().unwrap_or(0);
        match head {
            None => Verdict::Broken { seq, why: "the end of the log was changed" },
            Some(head) if head.seq >= seq || kept >= seq => Verdict::Broken { seq, why: "it is missing" },
            Some(head) if head != self.reached => {
                Verdict::Broken { seq: self.reached.seq, why: "it was written behind the end of the log" }
            }
            Some(_) => Verdict::Whole { entries: self.reached.seq },
        }
    }
}
