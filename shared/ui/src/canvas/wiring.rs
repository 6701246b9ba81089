//! What follows from nodes and links alone: how many links a node has, who matters most, which lines must bend apart.

use std::cmp::Ordering;

use super::{Link, Scene};

/// Kept until the scene's wiring changes.
#[derive(Default)]
pub(super) struct Wiring {
    revision: Option<(u64, usize, usize)>,
    degrees: Vec<u32>,
    /// All nodes, those with the most links first.
    pub(super) by_importance: Vec<u32>,
    /// The place of each node among these.
    ranks: Vec<u32>,
    /// Per link, how far to bend: 0 is straight, 1 one step to the left of its way; for links to itself, which loop.
    bends: Vec<f32>,
    /// Where each node's links begin in `at`.
    starts: Vec<u32>,
    /// The links at each node, one node after the other.
    at: Vec<u32>,
}

impl Wiring {
    pub(super) fn keep_up(&mut self, scene: Scene<'_>) {
        let revision = (scene.wiring, scene.nodes.len(), scene.links.len());
        if self.revision != Some(revision) {
            self.revision = Some(revision);
            self.count(scene);
            self.gather(scene);
            self.bends = bends(scene);
        }
    }

    pub(super) fn degree(&self, node: u32) -> u32 {
        self.degrees.get(node as usize).copied().unwrap_or(0)
    }

    /// Less for a node that is more important.
    pub(super) fn rank(&self, node: u32) -> u32 {
        self.ranks.get(node as usize).copied().unwrap_or(u32::MAX)
    }

    /// The links that begin or end there, by their numbers.
    pub(super) fn links_of(&self, node: u32) -> &[u32] {
        let start = |node: usize| self.starts.get(node).copied().unwrap_or(0) as usize;
        self.at.get(start(node as usize)..start(node as usize + 1)).unwrap_or_default()
    }

    pub(super) fn bend(&self, link: usize) -> f32 {
        self.bends.get(link).copied().unwrap_or(0.0)
    }

    /// By counting: the sum of the degrees before a node is where its links begin.
    fn gather(&mut self, scene: Scene<'_>) {
        let mut sum = 0;
        self.starts = std::iter::once(0)
            .chain(self.degrees.iter().map(|degree| {
                sum += degree;
                sum
            }))
            .collect();
        let mut next = self.starts.clone();
        self.at = vec![0; sum as usize];
        for (index, link) in (0u32..).zip(scene.links) {
            for end in ends(link) {
                let slot = next.get_mut(end as usize).map(|next| std::mem::replace(next, *next + 1));
                if let Some(at) = slot.and_then(|slot| self.at.get_mut(slot as usize)) {
                    *at = index;
                }
            }
        }
    }

    fn count(&mut self, scene: Scene<'_>) {
        self.degrees = vec![0; scene.nodes.len()];
        for link in scene.links {
            for end in ends(link) {
                if let Some(degree) = self.degrees.get_mut(end as usize) {
                    *degree += 1;
                }
            }
        }
        self.by_importance = (0..scene.nodes.len() as u32).collect();
        let degrees = &self.degrees;
        self.by_importance.sort_by_key(|&node| std::cmp::Reverse(degrees.get(node as usize).copied()));
        self.ranks = vec![0; scene.nodes.len()];
        for (rank, node) in (0u32..).zip(&self.by_importance) {
            self.ranks.get_mut(*node as usize).into_iter().for_each(|place| *place = rank);
        }
    }
}

/// Both ends; one of a loop.
fn ends(link: &Link) -> impl Iterator<Item = u32> + use<> {
    [Some(link.from), (link.to != link.from).then_some(link.to)].into_iter().flatten()
}

/// Lines between the same two nodes lie side by side around the straight one.
fn bends(scene: Scene<'_>) -> Vec<f32> {
    let pair = |link: &Link| u64::from(link.from.min(link.to)) << 32 | u64::from(link.from.max(link.to));
    let mut sorted: Vec<(u64, u32)> = scene.links.iter().map(pair).zip(0..).collect();
    sorted.sort_unstable();
    let mut bends = vec![0.0; scene.links.len()];
    for twins in sorted.chunk_by(|(one, _), (other, _)| one == other).filter(|twins| twins.len() > 1) {
        for (place, (_, index)) in (0u16..).zip(twins) {
            let Some(link) = scene.links.get(*index as usize) else { continue };
            let aside = f32::from(place) - (twins.len() - 1) as f32 / 2.0;
            let bend = match link.from.cmp(&link.to) {
                Ordering::Less => aside,
                Ordering::Equal => f32::from(place),
                Ordering::Greater => -aside,
            };
            bends.get_mut(*index as usize).into_iter().for_each(|at| *at = bend);
        }
    }
    bends
}

#[cfg(test)]
mod tests {
    use super::super::Node;
    use super::*;

    #[test]
    fn opposite_lines_bend_apart_and_single_ones_stay_straight() {
        let link = |from, to| Link { from, to, directed: true, ..Link::default() };
        let links = [link(0, 1), link(1, 0), link(1, 2), link(2, 2)];
        let scene = Scene { links: &links, ..Scene::default() };
        // Each bends to its own left or right; opposite ways, so both values agree.
        assert_eq!(bends(scene), vec![-0.5, -0.5, 0.0, 0.0]);
    }

    #[test]
    fn each_node_knows_its_links_and_a_loop_once() {
        let links = [(0, 1), (1, 0), (1, 2), (2, 2), (7, 1)].map(|(from, to)| Link { from, to, ..Link::default() });
        let nodes = [(); 3].map(|()| Node::default());
        let mut wiring = Wiring::default();
        wiring.keep_up(Scene { nodes: &nodes, links: &links, ..Scene::default() });
        let of = |node| wiring.links_of(node).to_vec();
        assert_eq!([of(0), of(1), of(2), of(3)], [vec![0, 1], vec![0, 1, 2, 4], vec![2, 3], vec![]]);
    }
}
