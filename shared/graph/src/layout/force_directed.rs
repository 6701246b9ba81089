//! The usual layout: linked nodes near each other, all others apart, separate parts side by side.
//!
//! Nodes that are fixed stay where they are; what hangs on them is placed near them. A part without a fixed node is
//! laid out by itself and set beside the rest. The same input gives the same picture.
#![expect(clippy::indexing_slicing, reason = "links are checked on entry; every other index is made here")]

use super::near::Near;
use super::whole::Whole;
use super::{BadInput, LIMIT_LINKS, LIMIT_NODES, Layout, Places, SPACING, pack};
use crate::Place;
use crate::union::Union;

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
        let fixed: Vec<bool> = (0..len).map(|v| places.fixed[v] && is_finite(places.at[v])).collect();
        let (mut held, mut near_parts, mut parts) = (Vec::new(), Vec::new(), Vec::new());
        for (ids, pairs) in split(len, links) {
            if ids.iter().any(|&v| fixed[v as usize]) {
                // Within `near` its own numbers count, from the first part on.
                let first = held.len() as u32;
                near_parts.push(((first..first + ids.len() as u32).collect(), pairs));
                held.extend(ids);
            } else {
                parts.push(Members { part: Whole::new(ids.len(), &pairs, seed), ids });
            }
        }
        let at = held.iter().map(|&v| places.at[v as usize]).collect();
        let is_fixed = held.iter().map(|&v| fixed[v as usize]).collect();
        let near = (!held.is_empty()).then(|| Members { part: Near::new(at, is_fixed, near_parts), ids: held });
        Ok(Self { near, parts, now: 0 })
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

    /// Writes all parts out, those without fixed nodes packed to the right of the others, or around the origin.
    fn show(&self, places: &mut Places) {
        let mut left = None;
        if let Some(near) = &self.near {
            write(near, &near.part.places, [0.0, 0.0], places);
            let (low, high) = bounds(&near.part.places);
            left = Some([high[0] + SPACING, (low[1] + high[1]) * 0.5]);
        }
        let boxes: Vec<(Place, Place)> = self.parts.iter().map(|part| bounds(&part.part.places)).collect();
        // Half a spacing of room on every side.
        let sizes: Vec<Place> =
            boxes.iter().map(|(low, high)| [high[0] - low[0] + SPACING, high[1] - low[1] + SPACING]).collect();
        let (corners, whole) = pack::shelves(&sizes);
        let [x, y] = left.map_or([-whole[0] * 0.5, -whole[1] * 0.5], |[x, y]| [x, y - whole[1] * 0.5]);
        for ((part, corner), (low, _)) in self.parts.iter().zip(corners).zip(boxes) {
            let half = SPACING * 0.5;
            let shift = [x + corner[0] - low[0] + half, y + corner[1] - low[1] + half];
            write(part, &part.part.places, shift, places);
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
        self.show(places);
        is_done
    }
}

fn check(places: &Places, links: &[[u32; 2]]) -> Result<(), BadInput> {
    let (nodes, fixed) = (places.at.len(), places.fixed.len());
    if nodes != fixed {
        return Err(BadInput::UnequalLengths { nodes, fixed });
    }
    if nodes > LIMIT_NODES || links.len() > LIMIT_LINKS {
        return Err(BadInput::TooMany(nodes.max(links.len())));
    }
    match links.iter().flatten().find(|&&v| v as usize >= nodes) {
        Some(&v) => Err(BadInput::UnknownNode(v)),
        None => Ok(()),
    }
}

/// The nodes of each connected part, and its links in the part's own numbers.
fn split(len: usize, links: &[[u32; 2]]) -> Vec<(Vec<u32>, Vec<[u32; 2]>)> {
    let mut union = Union::new(len);
    for &[a, b] in links {
        union.join(a, b);
    }
    let mut parts: Vec<(Vec<u32>, Vec<[u32; 2]>)> = Vec::new();
    let mut part_of_root = vec![u32::MAX; len];
    let mut position = vec![(0, 0); len];
    for v in 0..len as u32 {
        let part = &mut part_of_root[union.root(v) as usize];
        if *part == u32::MAX {
            *part = parts.len() as u32;
            parts.push(Default::default());
        }
        let ids = &mut parts[*part as usize].0;
        position[v as usize] = (*part as usize, ids.len() as u32);
        ids.push(v);
    }
    for &[a, b] in links {
        let ((part, a), (_, b)) = (position[a as usize], position[b as usize]);
        parts[part].1.push([a, b]);
    }
    parts
}

fn write<T>(members: &Members<T>, from: &[Place], [x, y]: Place, places: &mut Places) {
    for (&v, place) in members.ids.iter().zip(from) {
        if let Some(to) = places.at.get_mut(v as usize) {
            *to = [place[0] + x, place[1] + y];
        }
    }
}

fn bounds(places: &[Place]) -> (Place, Place) {
    places.iter().fold(([f32::MAX; 2], [f32::MIN; 2]), |(low, high), &[x, y]| {
        ([low[0].min(x), low[1].min(y)], [high[0].max(x), high[1].max(y)])
    })
}

fn is_finite([x, y]: Place) -> bool {
    x.is_finite() && y.is_finite()
}
