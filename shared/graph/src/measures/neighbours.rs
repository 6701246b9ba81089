//! Who is around whom.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the net")]

use super::Compact;
use super::waves::Waves;

/// A node that several others have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Common {
    pub node: u32,
    /// How many of those who were asked about are its neighbours.
    pub of: u32,
}

/// The nodes outside of `of` that are neighbours of at least `least` of them, directions forgotten; those of most first,
/// then by number. Unknown and doubled numbers are passed over.
pub fn common_neighbours(net: &Compact, of: &[u32], least: u32) -> Vec<Common> {
    let mut counts = vec![0u32; net.len()];
    let mut asked = vec![false; net.len()];
    // By whom a node was counted last, so that parallel edges count once.
    let mut counted = vec![u32::MAX; net.len()];
    for &v in of.iter().filter(|&&v| (v as usize) < net.len()) {
        if std::mem::replace(&mut asked[v as usize], true) {
            continue;
        }
        for &w in net.out().near(v).iter().chain(net.into().near(v)) {
            if std::mem::replace(&mut counted[w as usize], v) != v {
                counts[w as usize] += 1;
            }
        }
    }
    let is_common = |v: &u32| counts[*v as usize] >= least.max(1) && !asked[*v as usize];
    let mut found: Vec<Common> =
        net.nodes().filter(is_common).map(|node| Common { node, of: counts[node as usize] }).collect();
    found.sort_by_key(|common| (std::cmp::Reverse(common.of), common.node));
    found
}

/// The nodes at most `most` steps from any of `of`, with their steps, nearest first; directions forgotten. Those who were
/// asked about are among them, at 0.
pub fn within_distance(net: &Compact, of: &[u32], most: u32) -> Vec<(u32, u32)> {
    let net = net.undirected();
    let mut waves = Waves::new(net.len());
    waves.run_from(net.out(), of.iter().copied().filter(|&v| (v as usize) < net.len()), most);
    waves.found.iter().map(|&v| (v, waves.steps[v as usize])).collect()
}
