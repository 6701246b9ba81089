//! Rings around a centre: each node as far out as it is steps away.
#![expect(clippy::indexing_slicing, reason = "every index is a node below the number of places")]

use super::arranged::Arranged;
use super::circular::{on_circle, radius};
use super::net::Net;
use super::{BadInput, Places, SPACING, check, pack};
use crate::Place;

/// The node `centre` in the middle (of a part without it, the node with most links), its neighbours on the first ring, and
/// so on; every branch has a sector as wide as what hangs on it (Eades 1992). Parts stand side by side.
///
/// # Errors
/// If a link or `centre` names a node that does not exist, or a limit is passed.
pub fn radial(places: &Places, links: &[[u32; 2]], centre: Option<u32>) -> Result<Arranged, BadInput> {
    check(places, links)?;
    if let Some(centre) = centre.filter(|&centre| centre as usize >= places.at.len()) {
        return Err(BadInput::UnknownNode(centre));
    }
    let net = Net::new(places.at.len(), links);
    let mut targets = vec![[0.0, 0.0]; net.len()];
    let trees = trees(&net, centre);
    let discs: Vec<f32> = trees.iter().map(|tree| tree.arrange(&mut targets)).collect();
    let sizes: Vec<Place> = discs.iter().map(|radius| [radius * 2.0 + SPACING; 2]).collect();
    let (corners, whole) = pack::shelves(&sizes);
    for ((tree, corner), size) in trees.iter().zip(corners).zip(sizes) {
        let middle = [corner[0] + (size[0] - whole[0]) * 0.5, corner[1] + (size[1] - whole[1]) * 0.5];
        for &v in &tree.order {
            let at = &mut targets[v as usize];
            *at = [at[0] + middle[0], at[1] + middle[1]];
        }
    }
    Ok(Arranged::exactly(targets))
}

/// The part of the graph around a centre, breadth first.
struct Tree {
    order: Vec<u32>,
    /// By place in `order`: where its parent stands there, and its ring.
    parents: Vec<u32>,
    rings: Vec<u32>,
}

/// The part with `centre` first, then the others by their centres.
fn trees(net: &Net, centre: Option<u32>) -> Vec<Tree> {
    let mut starts: Vec<u32> = (0..net.len() as u32).collect();
    starts.sort_by_key(|&v| (Some(v) != centre, std::cmp::Reverse(net.degree(v as usize)), v));
    let mut is_seen = vec![false; net.len()];
    let mut trees = Vec::new();
    for start in starts {
        if std::mem::replace(&mut is_seen[start as usize], true) {
            continue;
        }
        let mut tree = Tree { order: vec![start], parents: vec![0], rings: vec![0] };
        let mut at = 0;
        while let Some(&here) = tree.order.get(at) {
            for &there in net.near(here as usize) {
                if !std::mem::replace(&mut is_seen[there as usize], true) {
                    tree.order.push(there);
                    tree.parents.push(at as u32);
                    tree.rings.push(tree.rings[at] + 1);
                }
            }
            at += 1;
        }
        trees.push(tree);
    }
    trees
}

impl Tree {
    /// Sets its nodes around the origin; gives the radius of the outermost ring.
    fn arrange(&self, targets: &mut [Place]) -> f32 {
        let widths = self.widths();
        let radii = self.radii();
        // Where the sector of each node begins, and where that of its next child does, by leaves.
        let (mut begin, mut next) = (vec![0u32; self.order.len()], vec![0u32; self.order.len()]);
        let all = f64::from(widths[0].max(1));
        for at in 0..self.order.len() {
            if at > 0 {
                let parent = self.parents[at] as usize;
                begin[at] = next[parent];
                next[parent] += widths[at];
            }
            next[at] = begin[at];
            let around = (f64::from(begin[at]) + f64::from(widths[at]) * 0.5) / all;
            targets[self.order[at] as usize] = on_circle(around, radii[self.rings[at] as usize]);
        }
        radii.last().copied().unwrap_or_default()
    }

    /// How many leaves hang on each node; 1 for a leaf.
    fn widths(&self) -> Vec<u32> {
        let mut widths = vec![0u32; self.order.len()];
        for at in (0..self.order.len()).rev() {
            widths[at] = widths[at].max(1);
            if at > 0 {
                widths[self.parents[at] as usize] += widths[at];
            }
        }
        widths
    }

    /// The radius of each ring: at least a spacing more than the last, and wide enough that the narrowest sectors on it
    /// have room for a node.
    fn radii(&self) -> Vec<f32> {
        let leaves = self.widths().first().copied().unwrap_or(1) as usize;
        let rings = self.rings.last().map_or(1, |&last| last as usize + 1);
        let mut counts = vec![0u32; rings];
        self.rings.iter().for_each(|&ring| counts[ring as usize] += 1);
        let narrowest = radius(leaves);
        let mut radii = vec![0.0f32; rings];
        for ring in 1..rings {
            // A ring whose nodes are as many as there are leaves needs all of the room, one with a single node none.
            let need = if counts[ring] > 1 { narrowest } else { 0.0 };
            radii[ring] = (radii[ring - 1] + SPACING).max(need);
        }
        radii
    }
}
