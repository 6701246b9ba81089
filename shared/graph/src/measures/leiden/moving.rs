//! Nodes move to the community where they gain most, until none does.
#![expect(clippy::indexing_slicing, reason = "communities are named by nodes of the level")]

use std::collections::VecDeque;

use super::level::Level;
use crate::Chance;

/// So many nodes stay together: two lines of the cache of their numbers.
const TOGETHER: usize = 32;

/// Changes `communities`, each named by a node's number; only nodes whose neighbours moved are looked at again.
pub(super) fn run(level: &Level, communities: &mut [u32], resolution: f64, chance: &mut Chance) {
    let len = level.len();
    let (mut strength, mut size) = (vec![0.0; len], vec![0u32; len]);
    for (v, &community) in communities.iter().enumerate() {
        strength[community as usize] += level.strength[v];
        size[community as usize] += 1;
    }
    let mut empty: Vec<u32> = (0..len as u32).filter(|&group| size[group as usize] == 0).collect();
    let mut queue = VecDeque::from(by_chance(len, chance));
    let mut is_queued = vec![true; len];
    let mut near = Near::new(len);
    while let Some(v) = queue.pop_front() {
        is_queued[v as usize] = false;
        let own = communities[v as usize];
        let mine = level.strength[v as usize];
        if let Some(weight) = weight_if_all_in(level, v, own, communities) {
            let is_content = weight >= level.expected(mine, resolution) * (strength[own as usize] - mine);
            if is_content || size[own as usize] == 1 {
                continue;
            }
        }
        near.gather(level, v, |w| communities[w as usize]);
        strength[own as usize] -= mine;
        let gain = |group: u32| near.weight(group) - level.expected(mine, resolution) * strength[group as usize];
        // To stay wins between equals, so that the moving ends.
        let (mut best, mut most) = (own, gain(own));
        for &group in &near.groups {
            let gain = gain(group);
            if gain > most + 1e-12 * level.total {
                (best, most) = (group, gain);
            }
        }
        if most < 0.0 && size[own as usize] > 1 {
            best = empty.pop().unwrap_or(best);
        }
        strength[best as usize] += mine;
        if best != own {
            communities[v as usize] = best;
            size[own as usize] -= 1;
            size[best as usize] += 1;
            if size[own as usize] == 0 {
                empty.push(own);
            }
            for (w, _) in level.near(v) {
                if communities[w as usize] != best && !std::mem::replace(&mut is_queued[w as usize], true) {
                    queue.push_back(w);
                }
            }
        }
        near.clear();
    }
}

/// All nodes in an order of chance, but for those of near numbers, which often are neighbours: their rows lie side by side.
pub(super) fn by_chance(len: usize, chance: &mut Chance) -> Vec<u32> {
    let mut firsts: Vec<u32> = (0..len as u32).step_by(TOGETHER).collect();
    chance.shuffle(&mut firsts);
    firsts.into_iter().flat_map(|first| first..(first + TOGETHER as u32).min(len as u32)).collect()
}

/// The weight towards the neighbours of `v` if all of them are in this community. It is so for most nodes, most of the time.
fn weight_if_all_in(level: &Level, v: u32, community: u32, communities: &[u32]) -> Option<f64> {
    let mut sum = 0.0;
    for (w, weight) in level.near(v) {
        if communities[w as usize] != community {
            return None;
        }
        sum += weight;
    }
    Some(sum)
}

/// The weight between a node and each group around it.
pub(super) struct Near {
    /// By group: the weight; no number where it is none of `groups`.
    weights: Vec<f64>,
    pub(super) groups: Vec<u32>,
}

impl Near {
    pub(super) fn new(len: usize) -> Self {
        Self { weights: vec![f64::NAN; len], groups: Vec::new() }
    }

    pub(super) fn gather(&mut self, level: &Level, v: u32, group: impl Fn(u32) -> u32) {
        for (w, weight) in level.near(v) {
            self.add(group(w), weight);
        }
    }

    pub(super) fn add(&mut self, group: u32, weight: f64) {
        let sum = &mut self.weights[group as usize];
        if sum.is_nan() {
            *sum = weight;
            self.groups.push(group);
        } else {
            *sum += weight;
        }
    }

    pub(super) fn weight(&self, group: u32) -> f64 {
        let weight = self.weights[group as usize];
        if weight.is_nan() { 0.0 } else { weight }
    }

    pub(super) fn clear(&mut self) {
        for group in self.groups.drain(..) {
            self.weights[group as usize] = f64::NAN;
        }
    }
}
