//! Nodes on circles: one for each group, in an order in which few links cross.
#![expect(clippy::indexing_slicing, reason = "every index is a node below the number of places")]

use super::arranged::{Arranged, groups_of, members};
use super::net::Net;
use super::{BadInput, CLEARANCE, Places, SPACING, check, pack};
use crate::Place;

/// A circle for each of `groups` (by node; none means one circle for all), packed side by side, the largest first. On a
/// circle a node stands beside those with whom it is linked, as far as that goes: each is put to the end that closes more
/// open links, beginning with the one that has most neighbours placed (the greedy phase of Baur and Brandes 2004).
///
/// # Errors
/// If a link names a node that does not exist, or a limit is passed.
pub fn circular(places: &Places, links: &[[u32; 2]], groups: &[u32]) -> Result<Arranged, BadInput> {
    check(places, links)?;
    let net = Net::new(places.at.len(), links);
    let groups = groups_of(places, groups);
    let circles: Vec<Vec<u32>> = members(&groups).iter().map(|nodes| ordered(&net, nodes, &groups)).collect();
    let sizes: Vec<Place> = circles.iter().map(|nodes| [radius(nodes.len()) * 2.0 + SPACING; 2]).collect();
    let (corners, whole) = pack::shelves(&sizes);
    let mut targets = vec![[0.0, 0.0]; places.at.len()];
    for ((nodes, corner), size) in circles.iter().zip(corners).zip(sizes) {
        let middle = [corner[0] + (size[0] - whole[0]) * 0.5, corner[1] + (size[1] - whole[1]) * 0.5];
        let radius = radius(nodes.len());
        for (at, &v) in nodes.iter().enumerate() {
            // The first stands at the top.
            let [x, y] = on_circle(at as f64 / nodes.len() as f64, radius);
            targets[v as usize] = [middle[0] + x, middle[1] + y];
        }
    }
    Ok(Arranged::exactly(targets))
}

/// As large as it must be for `count` nodes to have room beside each other.
pub(super) fn radius(count: usize) -> f32 {
    match count {
        0 | 1 => 0.0,
        _ => (f64::from(CLEARANCE) * 0.5001 / (std::f64::consts::PI / count as f64).sin()) as f32,
    }
}

/// The place on a circle around the origin, so far around from the top clockwise: 1 is once around. Computed in long numbers:
/// on a circle of a hundred thousand short ones would be off by a pixel.
pub(super) fn on_circle(around: f64, radius: f32) -> Place {
    let (sin, cos) = (std::f64::consts::TAU * around).sin_cos();
    [(f64::from(radius) * sin) as f32, (f64::from(radius) * -cos) as f32]
}

/// The nodes of a group in the order of their circle.
fn ordered(net: &Net, nodes: &[u32], groups: &[u32]) -> Vec<u32> {
    let mut placing = Placing::new(net, nodes, groups);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    while let Some(v) = placing.next() {
        // A link to the one end crosses all that are open from between there and the other.
        if placing.pull(v, &left) > placing.pull(v, &right) { &mut left } else { &mut right }.push(v);
        placing.take(v);
    }
    left.iter().rev().chain(&right).copied().collect()
}

struct Placing<'a> {
    net: &'a Net,
    groups: &'a [u32],
    is_placed: Vec<bool>,
    /// Placed neighbours of each node that is not placed; a node stands in the bucket of that number, and, out of date,
    /// in smaller ones.
    known: Vec<u32>,
    buckets: Vec<Vec<u32>>,
    highest: usize,
}

impl<'a> Placing<'a> {
    fn new(net: &'a Net, nodes: &[u32], groups: &'a [u32]) -> Self {
        // Those with few links last, so that they are taken first where nothing else tells.
        let mut start = nodes.to_vec();
        start.sort_by_key(|&v| (std::cmp::Reverse(net.degree(v as usize)), std::cmp::Reverse(v)));
        let len = net.len();
        Self { net, groups, is_placed: vec![false; len], known: vec![0; len], buckets: vec![start], highest: 0 }
    }

    fn next(&mut self) -> Option<u32> {
        loop {
            match self.buckets[self.highest].pop() {
                Some(v) if !self.is_placed[v as usize] && self.known[v as usize] as usize == self.highest => {
                    return Some(v);
                }
                Some(_) => {}
                None if self.highest == 0 => return None,
                None => self.highest -= 1,
            }
        }
    }

    fn take(&mut self, v: u32) {
        self.is_placed[v as usize] = true;
        for &w in self.net.near(v as usize) {
            if self.groups[w as usize] == self.groups[v as usize] && !self.is_placed[w as usize] {
                self.known[w as usize] += 1;
                let bucket = self.known[w as usize] as usize;
                if bucket == self.buckets.len() {
                    self.buckets.push(Vec::new());
                }
                self.buckets[bucket].push(w);
                self.highest = self.highest.max(bucket);
            }
        }
    }

    /// How near the end of `row` the neighbours of `v` stand: the last counts most.
    fn pull(&self, v: u32, row: &[u32]) -> f32 {
        const LOOK_BACK: usize = 64;
        let last = row.iter().rev().take(LOOK_BACK).enumerate();
        last.filter(|(_, w)| self.net.near(v as usize).contains(w)).map(|(steps, _)| 1.0 / (1 + steps) as f32).sum()
    }
}
