//! The usual layout: linked nodes near each other, all others apart, separate parts side by side.
//!
//! Nodes that are fixed stay where they are; what hangs on them is placed near them. A part without a fixed node is
//! laid out by itself and set beside the rest. The same input gives the same picture.
#![expect(clippy::indexing_slicing, reason = "links are checked on entry; every other index is made here")]

use super::lanes::{larger, smaller};
use super::near::Near;
use super::net::Net;
use super::parts::split;
use super::whole::Whole;
use super::{BadInput, FARTHEST, Layout, Places, SPACING, check, pack};
use crate::Place;

pub struct ForceDirected {
    near: Option<Members<Near>>,
    parts: Vec<Members<Whole>>,
    now: usize,
}

/// A part of the graph and the numbers that its nodes have outside.
struct Members<T> {
    ids: Vec<u32>,
    part: T,
}

impl ForceDirected {
    /// Looks at `places` for fixed nodes; `links` are pairs of node numbers, direction does not matter.
    ///
    /// # Errors
    /// If a link names a node that does not exist, or a limit is passed.
    pub fn new(places: &Places, links: &[[u32; 2]], seed: u64) -> Result<Self, BadInput> {
        check(places, links)?;
        let len = places.at.len();
        let fixed = places.held();
        let (mut held, mut near_parts, mut parts) = (Vec::new(), Vec::new(), Vec::new());
        for (ids, pairs) in split(len, links) {
            let holds = holds(&ids, places, &fixed);
            if is_mostly_new(holds.len(), ids.len()) {
                parts.push(Members { part: Whole::new(net(&ids, pairs), seed).holding(holds), ids });
            } else if !holds.is_empty() {
                // Within `near` its own numbers count, from the first part on.
                let first = held.len() as u32;
                near_parts.push(((first..first + ids.len() as u32).collect(), pairs));
                held.extend(ids);
            } else {
                parts.push(Members { part: Whole::new(net(&ids, pairs), seed), ids });
            }
        }
        let at = held.iter().map(|&v| places.at[v as usize]).collect();
        let is_fixed = held.iter().map(|&v| fixed[v as usize]).collect();
        let near = (!held.is_empty()).then(|| Members { part: Near::new(at, is_fixed, near_parts), ids: held });
        Ok(Self { near, parts, now: 0 })
    }

    /// Goes on from the places that the nodes have, as if all of them were free, until it is at rest.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn going_on(places: &Places, links: &[[u32; 2]]) -> Result<Self, BadInput> {
        check(places, links)?;
        let part = |(ids, pairs): (Vec<u32>, Vec<[u32; 2]>)| {
            let place = |&v: &u32| places.at[v as usize].map(|along| if along.abs() <= FARTHEST { along } else { 0.0 });
            let at = ids.iter().map(place).collect();
            Members { part: Whole::going_on(&net(&ids, pairs), at), ids }
        };
        Ok(Self { near: None, parts: split(places.at.len(), links).into_iter().map(part).collect(), now: 0 })
    }

    /// Leaves nodes where the forces bring them, touching or not.
    #[must_use]
    pub fn touching(mut self) -> Self {
        self.parts.iter_mut().for_each(|part| part.part.may_touch = true);
        self
    }

    /// One round of the part in work; true when that was the last. Returns the number of nodes touched as well.
    fn round(&mut self) -> (bool, usize) {
        // `now` counts the part with the fixed nodes first, if there is one.
        let skip = usize::from(self.near.is_some());
        let (is_done, touched) = match (&mut self.near, self.now) {
            (Some(near), 0) => near.part.step(),
            (_, now) => match self.parts.get_mut(now - skip) {
                Some(part) => part.part.step(),
                None => (true, 0),
            },
        };
        self.now += usize::from(is_done);
        (self.now >= self.parts.len() + skip, touched)
    }

    /// Writes all parts out: those that are held somewhere where they are, the others packed to the right of them, or
    /// around the origin.
    fn show(&self, places: &mut Places) {
        let (held, loose): (Vec<_>, Vec<_>) = self.parts.iter().partition(|part| part.part.is_held());
        let mut around = None;
        for (ids, at) in held
            .iter()
            .map(|part| (&part.ids, &part.part.places))
            .chain(self.near.iter().map(|near| (&near.ids, &near.part.places)))
        {
            write(ids, at, [0.0, 0.0], places);
            around = Some(join(around, bounds(at)));
        }
        let boxes: Vec<(Place, Place)> = loose.iter().map(|part| bounds(&part.part.places)).collect();
        // Half a spacing of room on every side.
        let sizes: Vec<Place> =
            boxes.iter().map(|(low, high)| [high[0] - low[0] + SPACING, high[1] - low[1] + SPACING]).collect();
        let (corners, whole) = pack::shelves(&sizes);
        let [x, y] = match around {
            Some((low, high)) => [high[0] + SPACING, (low[1] + high[1] - whole[1]) * 0.5],
            None => [-whole[0] * 0.5, -whole[1] * 0.5],
        };
        for ((part, corner), (low, _)) in loose.iter().zip(corners).zip(boxes) {
            let half = SPACING * 0.5;
            let shift = [x + corner[0] - low[0] + half, y + corner[1] - low[1] + half];
            write(&part.ids, &part.part.places, shift, places);
        }
    }
}

impl Layout for ForceDirected {
    fn step(&mut self, places: &mut Places, budget: usize) -> bool {
        let mut spent = 0;
        let is_done = loop {
            let (is_done, touched) = self.round();
            // A tiny part costs more than its few nodes.
            spent += touched.max(16);
            if is_done || spent >= budget {
                break is_done;
            }
        };
        let skip = usize::from(self.near.is_some());
        if let Some(part) = self.now.checked_sub(skip).and_then(|now| self.parts.get_mut(now)) {
            part.part.look();
        }
        self.show(places);
        is_done
    }
}

/// Takes the pairs, which are not needed beside it.
#[expect(clippy::needless_pass_by_value, reason = "frees the pairs before more memory is asked for")]
fn net(ids: &[u32], pairs: Vec<[u32; 2]>) -> Net {
    Net::new(ids.len(), &pairs)
}

/// The fixed nodes among `ids`, as positions there, with their places.
fn holds(ids: &[u32], places: &Places, fixed: &[bool]) -> Vec<(u32, Place)> {
    let held = ids.iter().enumerate().filter(|(_, v)| fixed[**v as usize]);
    held.map(|(position, &v)| (position as u32, places.at[v as usize])).collect()
}

/// Whether so much is new that seats near the few fixed nodes would make one crowd: then the part is laid out as a whole.
fn is_mostly_new(held: usize, len: usize) -> bool {
    const CROWD: usize = 2_000;
    let new = len - held;
    held > 0 && new > CROWD && new > held * 4
}

fn write(ids: &[u32], from: &[Place], [x, y]: Place, places: &mut Places) {
    for (&v, place) in ids.iter().zip(from) {
        if let Some(to) = places.at.get_mut(v as usize) {
            *to = [place[0] + x, place[1] + y];
        }
    }
}

fn join(one: Option<(Place, Place)>, (low, high): (Place, Place)) -> (Place, Place) {
    one.map_or((low, high), |(a, b)| ([a[0].min(low[0]), a[1].min(low[1])], [b[0].max(high[0]), b[1].max(high[1])]))
}

fn bounds(places: &[Place]) -> (Place, Place) {
    places.iter().fold(([f32::MAX; 2], [f32::MIN; 2]), |(low, high), &[x, y]| {
        ([smaller(low[0], x), smaller(low[1], y)], [larger(high[0], x), larger(high[1], y)])
    })
}
