//! What a person writes and draws onto a graph: texts, arrows and frames. They are no part of any measure or layout.

use crate::Place;

/// The most notes on one graph.
pub const MOST_NOTES: usize = 500;
/// The longest text of a note, in bytes.
pub const LONGEST_NOTE: usize = 2_000;

/// A note's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoteId(pub u32);

/// What a note is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "exchange", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum NoteKind {
    /// A text around `from`.
    #[default]
    Text,
    /// From `from` to `to`, with its text in the middle.
    Arrow,
    /// A rectangle with these two corners, behind everything, with its text at the top.
    Frame,
}

/// A note.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Note {
    pub kind: NoteKind,
    /// In pixels at zoom 1, y down.
    pub from: Place,
    pub to: Place,
    pub text: String,
    /// The number of a colour of types.
    pub colour: u8,
}

impl Note {
    /// The same, moved.
    #[must_use]
    pub fn moved(mut self, [x, y]: [f32; 2]) -> Self {
        for place in [&mut self.from, &mut self.to] {
            *place = [place[0] + x, place[1] + y];
        }
        self
    }

    /// Whether its places are numbers and its text is short enough.
    pub(crate) fn is_sound(&self) -> bool {
        self.from.iter().chain(&self.to).all(|number| number.is_finite()) && self.text.len() <= LONGEST_NOTE
    }
}
