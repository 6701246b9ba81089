//! Connected parts of what is laid out, each with its own numbers.
#![expect(clippy::indexing_slicing, reason = "links are checked before; every other index is made here")]

use crate::union::Union;

/// The nodes of each connected part, and its links in the part's own numbers.
pub(super) fn split(len: usize, links: &[[u32; 2]]) -> Vec<(Vec<u32>, Vec<[u32; 2]>)> {
    let mut union = Union::new(len);
    for &[a, b] in links {
        union.join(a, b);
    }
    let mut parts: Vec<(Vec<u32>, Vec<[u32; 2]>)> = Vec::new();
    let mut counts: Vec<u32> = Vec::new();
    let mut part_of_root = vec![u32::MAX; len];
    let mut position = vec![(0u32, 0u32); len];
    for v in 0..len as u32 {
        let part = &mut part_of_root[union.root(v) as usize];
        if *part == u32::MAX {
            *part = parts.len() as u32;
            parts.push(Default::default());
            counts.push(0);
        }
        let ids = &mut parts[*part as usize].0;
        position[v as usize] = (*part, ids.len() as u32);
        ids.push(v);
    }
    drop((part_of_root, union));
    // Lists that grow by doubling would hold up to twice of what they need.
    links.iter().for_each(|&[a, _]| counts[position[a as usize].0 as usize] += 1);
    parts.iter_mut().zip(counts).for_each(|((ids, pairs), count)| {
        ids.shrink_to_fit();
        pairs.reserve_exact(count as usize);
    });
    for &[a, b] in links {
        let ((part, a), (_, b)) = (position[a as usize], position[b as usize]);
        parts[part as usize].1.push([a, b]);
    }
    parts
}
