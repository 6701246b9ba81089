//! Which passwords are refused because they would be tried first.
//!
//! Whoever guesses passwords goes through words, rows of the keyboard, years and repetitions, and what is known of the
//! person. So a password is cut into pieces in the way that needs the fewest of each kind: a well-known word, a part of
//! the person's name, the product's name, a year, a run such as `1234` or `aaaa`, something that stood before, or else
//! one character. Fewer than five pieces are too few, however long they are.
//!
//! ```text
//! Password2024!         ->  password + 2024 + !                 refused
//! qwertyuiopqwertyuiop  ->  qwertyuiop + what stood before      refused
//! nine blue herons wade ->  a piece for nearly each character   taken
//! ```
//! Absent on purpose: rules on capitals, digits and signs, which make passwords harder to remember and not to guess.

use std::collections::BTreeSet;

/// The shortest password, in characters.
pub const SHORTEST: usize = 12;
/// The longest password, in bytes.
const LONGEST_BYTES: usize = 1_024;
/// A password of fewer pieces is guessed early.
const FEWEST_PIECES: usize = 5;
/// Parts of a name below this length say nothing.
const SHORTEST_PART: usize = 3;

const WORDS: &str = include_str!("words.txt");

/// What is wrong with a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weak {
    /// Below the shortest length.
    Short,
    /// Beyond the longest length.
    Long,
    /// Made of what is tried first.
    Guessable,
}

impl Weak {
    /// A sentence and its remedy.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Short => "This password is too short. Choose one of at least 12 characters.",
            Self::Long => "This password is longer than 1,024 bytes. Choose a shorter one.",
            Self::Guessable => {
                "This password would be guessed early: it is made of well-known words, rows of the keyboard, \
                 repetitions or your name. Choose a few words that do not belong together."
            }
        }
    }
}

/// What is wrong with the password of somebody with this name, if anything.
pub fn weakness(name: &str, password: &str) -> Option<Weak> {
    if password.chars().count() < SHORTEST {
        return Some(Weak::Short);
    }
    if password.len() > LONGEST_BYTES {
        return Some(Weak::Long);
    }
    let name = name.to_lowercase();
    let mut words: BTreeSet<&str> = WORDS.lines().filter(|line| !line.starts_with('#')).collect();
    let parts = name.split(|c: char| !c.is_alphanumeric()).chain([name.as_str()]);
    words.extend(parts.filter(|part| part.chars().count() >= SHORTEST_PART));
    let written = password.to_lowercase();
    let read: String = written.chars().map(meant).collect();
    let pieces = pieces(&written, &words).min(pieces(&read, &words));
    (pieces < FEWEST_PIECES).then_some(Weak::Guessable)
}

/// The letter that a digit or sign often stands for.
fn meant(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// How many pieces a text has when each is taken as long as possible.
fn pieces(text: &str, words: &BTreeSet<&str>) -> usize {
    let (mut count, mut rest) = (0, text);
    while let Some(first) = rest.chars().next() {
        let word = words.iter().filter(|word| rest.starts_with(**word)).map(|word| word.len()).max();
        let longest = [word.unwrap_or(0), run(rest), year(rest), repeated(text, rest), first.len_utf8()];
        let taken = longest.into_iter().max().unwrap_or_default();
        rest = rest.get(taken..).unwrap_or_default();
        count += 1;
    }
    count
}

/// The length of a run at the beginning, of at least three characters: the same, the next or the one before each time.
fn run(text: &str) -> usize {
    let chars: Vec<char> = text.chars().collect();
    let step = |pair: &[char]| match pair {
        [a, b] => i64::from(u32::from(*b)) - i64::from(u32::from(*a)),
        _ => i64::MAX,
    };
    let steps: Vec<i64> = chars.windows(2).map(step).collect();
    let Some(first) = steps.first().copied().filter(|step| step.abs() <= 1) else { return 0 };
    let length = 1 + steps.iter().take_while(|step| **step == first).count();
    if length >= 3 { chars.iter().take(length).map(|c| c.len_utf8()).sum() } else { 0 }
}

fn year(text: &str) -> usize {
    let digits = text.bytes().take(4).filter(u8::is_ascii_digit).count();
    if digits == 4 && text.starts_with(['1', '2']) { 4 } else { 0 }
}

/// The length of what stood in the text before already, of at least three characters; it may reach into itself.
fn repeated(text: &str, rest: &str) -> usize {
    let start = text.len() - rest.len();
    let stood_before = |(last, end): &(usize, usize)| match (rest.get(..*end), text.get(..start + last)) {
        (Some(part), Some(before)) => before.contains(part),
        _ => false,
    };
    let ends = rest.char_indices().map(|(at, c)| (at, at + c.len_utf8())).skip(2);
    ends.take_while(stood_before).last().map_or(0, |(_, end)| end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_first_is_refused_and_what_is_not_is_taken() {
        let table = [
            ("", Some(Weak::Short)),
            ("elevenchars", Some(Weak::Short)),
            ("password1234", Some(Weak::Guessable)),
            ("Password2024!", Some(Weak::Guessable)),
            ("P@ssw0rdP@ssw0rd", Some(Weak::Guessable)),
            ("qwertyuiopasdfghjkl", Some(Weak::Guessable)),
            ("123456789012", Some(Weak::Guessable)),
            ("aaaaaaaaaaaaaaaa", Some(Weak::Guessable)),
            ("xq7xq7xq7xq7xq7", Some(Weak::Guessable)),
            ("iloveyou123456", Some(Weak::Guessable)),
            ("clewclewclew", Some(Weak::Guessable)),
            ("Ada.Lovelace", Some(Weak::Guessable)),
            ("lovelace1815", Some(Weak::Guessable)),
            ("administrator", Some(Weak::Guessable)),
            ("letmeinletmein", Some(Weak::Guessable)),
            ("correct horse battery staple", None),
            ("nine blue herons wade", None),
            ("mXq9-tLw2-rVz6", None),
            ("сорок два попугая", None),
            ("👍👍👍👍👍👍👍👍👍👍👍👍", Some(Weak::Guessable)),
        ];
        for (password, expected) in table {
            assert_eq!(weakness("Ada Lovelace", password), expected, "{password:?}");
        }
        assert_eq!(weakness("ada", &"long enough ".repeat(100)), Some(Weak::Long));
    }
}
