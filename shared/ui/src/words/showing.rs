//! How complete a number is, in words, where the number stands.

use super::{Word, Words};

/// How many there are, and what is known about that number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    Exact(u64),
    /// Counting stopped; there are more.
    AtLeast(u64),
    /// A limit cut the answer at this number.
    Capped(u64),
    /// These were drawn from more.
    Sampled(u64),
    /// A source did not answer; these are from the others.
    Partial(u64),
}

impl Total {
    fn number(self) -> u64 {
        match self {
            Self::Exact(n) | Self::AtLeast(n) | Self::Capped(n) | Self::Sampled(n) | Self::Partial(n) => n,
        }
    }

    /// What is known, in one word.
    pub fn word(self) -> Word {
        match self {
            Self::Exact(_) => Word::Exact,
            Self::AtLeast(_) => Word::AtLeast,
            Self::Capped(_) => Word::Capped,
            Self::Sampled(_) => Word::Sampled,
            Self::Partial(_) => Word::Partial,
        }
    }

    /// True if the number may be quoted as it is.
    pub fn is_exact(self) -> bool {
        matches!(self, Self::Exact(_))
    }
}

impl Words {
    /// "Showing 86 of 412 · exact", "Showing 86 of 1,000+ · at least".
    pub fn showing(self, shown: u64, total: Total) -> String {
        let of = self.count_at_least(total.number(), !matches!(total, Total::AtLeast(_)));
        self.with(Word::ShowingOf, &[&self.count(shown), &of, self.t(total.word())])
    }

    /// The total alone: "412 · exact", "1,000+ · at least", "first 10,000, more exist", "86 · partial".
    pub fn total(self, total: Total) -> String {
        if let Total::Capped(number) = total {
            return self.with(Word::FirstOnly, &[&self.count(number)]);
        }
        let number = self.count_at_least(total.number(), !matches!(total, Total::AtLeast(_)));
        format!("{number} · {}", self.t(total.word()))
    }
}
