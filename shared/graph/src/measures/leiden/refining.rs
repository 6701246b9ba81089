//! Communities fall into well connected parts, so that none is held together by a node that has left.
#![expect(clippy::indexing_slicing, reason = "communities and parts are named by nodes of the level")]

use super::level::Level;
use super::moving::{Near, by_chance};
use crate::Chance;

/// How freely a node chooses among parts that are worth it: small is nearly always the best (the paper's theta).
const FREEDOM: f64 = 0.01;

/// The part of each node, and how many there are. A part lies within one community.
pub(super) fn run(level: &Level, communities: &[u32], resolution: f64, chance: &mut Chance) -> (Vec<u32>, usize) {
    let mut refining = Refining::new(level, communities, resolution);
    let mut near = Near::new(level.len());
    for v in by_chance(level.len(), chance) {
        if refining.is_alone[v as usize] && refining.is_well_connected(v, communities[v as usize]) {
            let within = level.near(v).filter(|(w, _)| communities[*w as usize] == communities[v as usize]);
            within.for_each(|(w, weight)| near.add(refining.part[w as usize], weight));
            refining.join(v, communities[v as usize], &near, chance);
            near.clear();
        }
    }
    numbered(&refining.part)
}

struct Refining<'a> {
    level: &'a Level,
    resolution: f64,
    /// By node: its part, named by one of its nodes.
    part: Vec<u32>,
    is_alone: Vec<bool>,
    /// By part: its strength, and its weight towards the rest of its community.
    strength: Vec<f64>,
    outward: Vec<f64>,
    /// By community: its strength.
    whole: Vec<f64>,
    /// Room for the parts that a node chooses among, with what it gains.
    open: Vec<(u32, f64)>,
}

impl<'a> Refining<'a> {
    fn new(level: &'a Level, communities: &[u32], resolution: f64) -> Self {
        let len = level.len();
        let mut whole = vec![0.0; len];
        for (v, &community) in communities.iter().enumerate() {
            whole[community as usize] += level.strength[v];
        }
        let outward = |v: u32| {
            let within = level.near(v).filter(|(w, _)| communities[*w as usize] == communities[v as usize]);
            within.map(|(_, weight)| weight).sum()
        };
        Self {
            level,
            resolution,
            part: (0..len as u32).collect(),
            is_alone: vec![true; len],
            strength: level.strength.clone(),
            outward: (0..len as u32).map(outward).collect(),
            whole,
            open: Vec::new(),
        }
    }

    /// Whether a part has as much weight towards the rest of its community as chance would give it.
    fn is_well_connected(&self, part: u32, community: u32) -> bool {
        let strength = self.strength[part as usize];
        let rest = self.whole[community as usize] - strength;
        self.outward[part as usize] >= self.level.expected(strength, self.resolution) * rest
    }

    /// Puts a node that is alone into one of the parts around it that are worth it, the better the likelier.
    fn join(&mut self, v: u32, community: u32, near: &Near, chance: &mut Chance) {
        let expected = self.level.expected(self.strength[v as usize], self.resolution);
        let gain = |part: u32| near.weight(part) - expected * self.strength[part as usize];
        let mut open = std::mem::take(&mut self.open);
        let worthy = near.groups.iter().copied().filter(|&part| part != v && self.is_well_connected(part, community));
        open.extend(worthy.map(|part| (part, gain(part))).filter(|(_, gain)| *gain >= 0.0));
        let chosen = choose(&open, chance);
        open.clear();
        self.open = open;
        let Some(chosen) = chosen else { return };
        self.part[v as usize] = chosen;
        (self.is_alone[v as usize], self.is_alone[chosen as usize]) = (false, false);
        self.strength[chosen as usize] += self.strength[v as usize];
        self.outward[chosen as usize] += self.outward[v as usize] - 2.0 * near.weight(chosen);
    }
}

fn choose(open: &[(u32, f64)], chance: &mut Chance) -> Option<u32> {
    let most = open.iter().map(|(_, gain)| *gain).fold(f64::MIN, f64::max);
    // What is as unlikely as this never comes.
    let likely = |gain: f64| if most - gain > 40.0 * FREEDOM { 0.0 } else { ((gain - most) / FREEDOM).exp() };
    let sum: f64 = open.iter().map(|(_, gain)| likely(*gain)).sum();
    let mut left = (f64::from(chance.centred()) + 0.5) * sum;
    let chosen = open.iter().find(|(_, gain)| {
        let likely = likely(*gain);
        left -= likely;
        likely > 0.0 && left <= 0.0
    });
    chosen.or(open.last()).map(|(part, _)| *part)
}

/// Parts by numbers from 0 on, in the order of their first nodes.
fn numbered(parts: &[u32]) -> (Vec<u32>, usize) {
    let mut numbers = vec![u32::MAX; parts.len()];
    let mut count = 0;
    let number = |&part: &u32| {
        let slot = &mut numbers[part as usize];
        if *slot == u32::MAX {
            *slot = count;
            count += 1;
        }
        *slot
    };
    let of = parts.iter().map(number).collect();
    (of, count as usize)
}
