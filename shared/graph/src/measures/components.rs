//! Which nodes hang together.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the net")]

use super::Compact;
use crate::union::Union;

/// The number of each node's component when directions are forgotten: 0 for the largest, and so on; of equally large
/// ones the one with the smallest node comes first (Hopcroft and Tarjan 1973, algorithm 447). One pass over the edges.
pub fn components(net: &Compact) -> Vec<u32> {
    let mut union = Union::new(net.len());
    for edge in 0..net.edges() as u32 {
        let [from, to] = net.ends(edge);
        union.join(from, to);
    }
    by_size(net.nodes().map(|v| union.root(v)).collect())
}

/// The same along directions: within a strong component every node reaches every other (Tarjan 1972). Without recursion,
/// so that a chain of a million nodes is no trouble.
pub fn strong_components(net: &Compact) -> Vec<u32> {
    const UNSEEN: u32 = u32::MAX;
    let len = net.len();
    let (mut index, mut low, mut is_open) = (vec![UNSEEN; len], vec![0u32; len], vec![false; len]);
    let (mut open, mut walk, mut roots) = (Vec::new(), Vec::new(), vec![0u32; len]);
    let mut count = 0;
    for start in net.nodes() {
        if index[start as usize] != UNSEEN {
            continue;
        }
        walk.push((start, net.out().row(start).start));
        while let Some((v, way)) = walk.last_mut() {
            let here = *v as usize;
            if index[here] == UNSEEN {
                (index[here], low[here], is_open[here]) = (count, count, true);
                count += 1;
                open.push(*v);
            }
            if *way < net.out().row(*v).end {
                let there = net.out().to[*way] as usize;
                *way += 1;
                if index[there] == UNSEEN {
                    walk.push((there as u32, net.out().row(there as u32).start));
                } else if is_open[there] {
                    low[here] = low[here].min(index[there]);
                }
                continue;
            }
            walk.pop();
            if let Some((above, _)) = walk.last() {
                low[*above as usize] = low[*above as usize].min(low[here]);
            }
            if low[here] == index[here] {
                close(here as u32, &mut open, &mut is_open, &mut roots);
            }
        }
    }
    by_size(roots)
}

/// Takes the component that ends with `root` off the stack; its smallest node stands for it.
fn close(root: u32, open: &mut Vec<u32>, is_open: &mut [bool], roots: &mut [u32]) {
    let first = open.iter().rposition(|&v| v == root).unwrap_or_default();
    let members = open.split_off(first);
    let smallest = members.iter().copied().min().unwrap_or(root);
    for v in members {
        is_open[v as usize] = false;
        roots[v as usize] = smallest;
    }
}

/// Numbers groups, given by the smallest node of each, by falling size.
pub(super) fn by_size(roots: Vec<u32>) -> Vec<u32> {
    let mut sizes = vec![0u32; roots.len()];
    for &root in &roots {
        sizes[root as usize] += 1;
    }
    let mut order: Vec<u32> = (0..roots.len() as u32).filter(|&v| sizes[v as usize] > 0).collect();
    order.sort_by_key(|&root| std::cmp::Reverse(sizes[root as usize]));
    for (number, &root) in order.iter().enumerate() {
        sizes[root as usize] = number as u32;
    }
    roots.into_iter().map(|root| sizes[root as usize]).collect()
}
