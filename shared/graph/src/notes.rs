//! What a person writes and draws onto a graph: texts, arrows and frames. They are no part of any measure or layout.
#![expect(clippy::indexing_slicing, reason = "every index is one of two axes, or one of two corners")]

use crate::Place;
use crate::graph::Graph;
use crate::groups::Item;
use crate::layout::{SPACING, is_somewhere};

/// The most notes on one graph.
pub const MOST_NOTES: usize = 500;
/// The longest text of a note, in bytes.
pub const LONGEST_NOTE: usize = 2_000;

/// A note farther than this from every object belongs to none, in pixels at zoom 1.
const NEAR: f32 = 1.5 * SPACING;

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

    /// Whether it lies somewhere and its text is short enough.
    pub fn is_sound(&self) -> bool {
        [self.from, self.to].iter().all(is_somewhere) && self.text.len() <= LONGEST_NOTE
    }
}

/// What a note goes along with when everything is laid out anew: a text and the ends of an arrow with the nearest object,
/// if one is near, a frame with the objects within it.
pub(crate) struct Belonging {
    id: NoteId,
    /// Each with where it was.
    ends: [Option<(Item, Place)>; 2],
    within: Vec<(Item, Place)>,
}

impl Belonging {
    /// What all notes belong to, as everything lies now.
    pub(crate) fn of_all(graph: &Graph) -> Vec<Self> {
        if graph.notes().next().is_none() {
            return Vec::new();
        }
        let items: Vec<(Item, Place)> = graph.items().into_iter().map(|item| (item, graph.item_place(item))).collect();
        graph.notes().map(|(id, note)| Self::of(id, note, &items)).collect()
    }

    fn of(id: NoteId, note: &Note, items: &[(Item, Place)]) -> Self {
        let nearest = |at: Place| {
            let far = |(_, place): &&(Item, Place)| (place[0] - at[0]).hypot(place[1] - at[1]);
            items.iter().filter(|item| far(item) <= NEAR).min_by(|a, b| far(a).total_cmp(&far(b))).copied()
        };
        let is_between = |axis: usize, at: &Place| {
            let (one, other) = (note.from[axis], note.to[axis]);
            (one.min(other)..=one.max(other)).contains(&at[axis])
        };
        let is_within = |(_, at): &&(Item, Place)| is_between(0, at) && is_between(1, at);
        let (ends, within) = match note.kind {
            NoteKind::Text => ([nearest(note.from); 2], Vec::new()),
            NoteKind::Arrow => ([nearest(note.from), nearest(note.to)], Vec::new()),
            NoteKind::Frame => ([None; 2], items.iter().filter(is_within).copied().collect()),
        };
        Self { id, ends, within }
    }

    /// The note where it belongs now, if it is to be moved. An end that is near nothing goes along with the other one, and
    /// a frame keeps the room around its objects.
    pub(crate) fn moved(&self, graph: &Graph) -> Option<(NoteId, Option<Note>)> {
        let note = graph.note(self.id)?;
        let way = |(item, [x, y]): (Item, Place)| {
            let [now_x, now_y] = graph.item_place(item);
            [now_x - x, now_y - y]
        };
        let [from, to] = self.ends.map(|end| end.map(way));
        let now: Vec<Place> = self.within.iter().map(|(item, _)| graph.item_place(*item)).collect();
        let before: Vec<Place> = self.within.iter().map(|(_, place)| *place).collect();
        let (by_from, by_to) = match (from.or(to), bounds(&before), bounds(&now)) {
            (Some(other), ..) => (from.unwrap_or(other), to.unwrap_or(other)),
            (None, Some(before), Some(now)) => {
                let side = |axis: usize, is_low: bool| {
                    let corner = usize::from(!is_low);
                    now[corner][axis] - before[corner][axis]
                };
                let by = |at: Place, other: Place| [0, 1].map(|axis| side(axis, at[axis] <= other[axis]));
                (by(note.from, note.to), by(note.to, note.from))
            }
            _ => return None,
        };
        let by = |[x, y]: Place, [right, down]: Place| [x + right, y + down];
        let moved = Note { from: by(note.from, by_from), to: by(note.to, by_to), ..note.clone() };
        (moved != *note && moved.is_sound()).then_some((self.id, Some(moved)))
    }
}

/// The least and the most of both axes.
fn bounds(places: &[Place]) -> Option<[Place; 2]> {
    let both = |one: Place, other: Place, pick: fn(f32, f32) -> f32| [pick(one[0], other[0]), pick(one[1], other[1])];
    let least = places.iter().copied().reduce(|a, b| both(a, b, f32::min))?;
    let most = places.iter().copied().reduce(|a, b| both(a, b, f32::max))?;
    Some([least, most])
}
