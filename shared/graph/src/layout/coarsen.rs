//! Makes a smaller net of clusters, for a start from coarse to fine.
#![expect(clippy::indexing_slicing, reason = "every index is a node or a cluster made here")]

use super::net::{Net, Weight};
use crate::chance::Chance;

const NONE: u32 = u32::MAX;
/// Left-over nodes join a neighbour's cluster up to this size; keeps stars from shrinking one leaf per level.
const CLUSTER_LIMIT: u8 = 6;

/// Of coarser nets with more links than so many for each cluster, counted from both its ends, some are left out: clusters of hubs are
/// linked with nearly all others.
const MOST_LINKS: f32 = 24.0;

/// Nodes with more links than this are not told apart by how many.
const MOST_TOLD_APART: u32 = 255;

/// The coarser net, and for every node the cluster that it went into. Pairs are matched along the links that are
/// heaviest for the masses that they join, nodes with few links first.
pub(super) fn coarsen(net: &Net, chance: &mut Chance) -> (Net, Vec<u32>) {
    let mut clusters = vec![NONE; net.len()];
    let mut sizes: Vec<u8> = Vec::new();
    let order = few_links_first(net, chance);
    for v in order.into_iter().map(|v| v as usize) {
        if clusters[v] != NONE {
            continue;
        }
        let (partner, cluster) = best_company(net, v, &clusters, &sizes);
        if partner == NONE && cluster != NONE {
            clusters[v] = cluster;
            sizes[cluster as usize] += 1;
            continue;
        }
        clusters[v] = sizes.len() as u32;
        if partner != NONE {
            clusters[partner as usize] = clusters[v];
        }
        sizes.push(if partner == NONE { 1 } else { 2 });
    }
    (shrink(net, &clusters, sizes.len()), clusters)
}

/// The nodes by how many links they have, those with as many in an order that hangs on chance.
fn few_links_first(net: &Net, chance: &mut Chance) -> Vec<u32> {
    let mut order: Vec<u32> = (0..net.len() as u32).collect();
    chance.shuffle(&mut order);
    sorted_by(&order, MOST_TOLD_APART + 1, |v| net.degree(v as usize).min(MOST_TOLD_APART))
}

/// The best unmatched neighbour, and the best cluster with room, for `v`.
fn best_company(net: &Net, v: usize, clusters: &[u32], sizes: &[u8]) -> (u32, u32) {
    let (mut partner, mut partner_score) = (NONE, 0.0);
    let (mut cluster, mut cluster_score) = (NONE, 0.0);
    for (w, weight) in net.pulls(v) {
        let score = weight / (net.masses[v] * net.masses[w]).sqrt();
        let taken = clusters[w];
        if taken == NONE && score > partner_score {
            (partner, partner_score) = (w as u32, score);
        } else if taken != NONE && sizes[taken as usize] < CLUSTER_LIMIT && score > cluster_score {
            (cluster, cluster_score) = (taken, score);
        }
    }
    (partner, cluster)
}

/// Adds up masses, and links between the same two clusters.
fn shrink(net: &Net, clusters: &[u32], count: usize) -> Net {
    let mut masses = vec![0.0; count];
    for (v, &cluster) in clusters.iter().enumerate() {
        masses[cluster as usize] += net.masses[v];
    }
    let thinning = Thinning::new(net, clusters, &masses);
    let all: Vec<u32> = (0..net.len() as u32).collect();
    let members = sorted_by(&all, count as u32, |v| clusters[v as usize]);
    drop(all);
    let most = thinning.most;
    let (mut starts, mut to, mut weights) =
        (Vec::with_capacity(count + 1), Vec::with_capacity(most), Vec::<Weight>::with_capacity(most));
    starts.push(0u32);
    let mut gathered = vec![0.0f32; count];
    let mut touched: Vec<u32> = Vec::new();
    for group in members.chunk_by(|&a, &b| clusters[a as usize] == clusters[b as usize]) {
        let own = clusters[group[0] as usize];
        for (w, weight) in group.iter().flat_map(|&v| net.pulls(v as usize)) {
            let other = clusters[w];
            if other != own {
                if gathered[other as usize] == 0.0 {
                    touched.push(other);
                }
                gathered[other as usize] += weight;
            }
        }
        for other in touched.drain(..) {
            let weight = std::mem::take(&mut gathered[other as usize]);
            if let Some(weight) = thinning.keep([own, other], weight, &masses) {
                to.push(other);
                weights.push(weight.into());
            }
        }
        starts.push(to.len() as u32);
    }
    Net::from_rows(starts, to, weights, masses)
}

/// Which links of a coarser net are kept, by chance but the same from both ends: the more likely, the more of either cluster's
/// links they are. What is kept weighs so much more that all pull as before on the whole (Spielman and Srivastava 2008).
struct Thinning {
    /// How likely a link is kept that is all that a cluster has; `None` if all are.
    chance: Option<f32>,
    /// No more links than this are there, or only a few.
    most: usize,
}

impl Thinning {
    fn new(net: &Net, clusters: &[u32], masses: &[f32]) -> Self {
        // As many as there are if no two lead to the same cluster: lists that grow would need their memory twice.
        let (mut most, mut weights) = (0, 0.0f64);
        for v in 0..net.len() {
            for (_, weight) in net.pulls(v).filter(|&(w, _)| clusters[w] != clusters[v]) {
                most += 1;
                weights += f64::from(weight);
            }
        }
        let kept = MOST_LINKS * masses.len() as f32;
        if most as f32 <= kept {
            return Self { chance: None, most };
        }
        let all: f64 = masses.iter().map(|&mass| f64::from(mass)).sum();
        Self { chance: Some(MOST_LINKS * 0.5 * (all / weights) as f32), most: (kept * 1.1) as usize }
    }

    /// The weight of a link between two clusters, if it is kept.
    fn keep(&self, [a, b]: [u32; 2], weight: f32, masses: &[f32]) -> Option<f32> {
        let Some(chance) = self.chance else { return Some(weight) };
        let likely = chance * weight * (1.0 / masses[a as usize] + 1.0 / masses[b as usize]);
        if likely >= 1.0 {
            return Some(weight);
        }
        let seed = u64::from(a.min(b)) << 32 | u64::from(a.max(b));
        (Chance::seeded(seed).centred() + 0.5 < likely).then(|| weight / likely)
    }
}

/// The items by their keys, each below `keys`; what has the same key stays in order (counting sort).
pub(super) fn sorted_by(items: &[u32], keys: u32, key: impl Fn(u32) -> u32) -> Vec<u32> {
    let mut next = vec![0u32; keys as usize + 1];
    items.iter().for_each(|&item| next[key(item) as usize + 1] += 1);
    for at in 0..keys as usize {
        next[at + 1] += next[at];
    }
    let mut sorted = vec![0; items.len()];
    for &item in items {
        let slot = &mut next[key(item) as usize];
        sorted[*slot as usize] = item;
        *slot += 1;
    }
    sorted
}
