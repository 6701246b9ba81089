//! How deep in the thick of it a node is.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the net, or a degree of one")]

use super::{Cancelled, Compact, Watch, ask};

/// The core number of each node: the largest k for which it lies in a part where every node has at least k neighbours
/// (Seidman 1983), by Batagelj and Zaversnik 2003, in time linear in the edges. Directions are forgotten; parallel edges
/// count once, loops not at all.
///
/// # Errors
/// [`Cancelled`].
pub fn k_core(net: &Compact, watch: &mut dyn Watch) -> Result<Vec<u32>, Cancelled> {
    let rows = super::waves::simple(net);
    let len = net.len();
    let mut core: Vec<u32> = net.nodes().map(|v| rows.near(v).len() as u32).collect();
    let (mut order, mut places, mut bins) = sorted(&core);
    for at in 0..len {
        if at.is_multiple_of(1 << 16) {
            ask(watch, at, len)?;
        }
        let v = order[at];
        for &w in rows.near(v) {
            if core[w as usize] > core[v as usize] {
                lower(w, &mut core, &mut order, &mut places, &mut bins);
            }
        }
    }
    Ok(core)
}

/// Nodes by rising degree, where each one stands there, and where each degree begins.
fn sorted(degrees: &[u32]) -> (Vec<u32>, Vec<u32>, Vec<u32>) {
    let most = degrees.iter().copied().max().unwrap_or_default() as usize;
    let mut bins = vec![0u32; most + 2];
    for &degree in degrees {
        bins[degree as usize + 1] += 1;
    }
    for degree in 0..=most {
        bins[degree + 1] += bins[degree];
    }
    let mut next = bins.clone();
    let (mut order, mut places) = (vec![0u32; degrees.len()], vec![0u32; degrees.len()]);
    for (v, &degree) in degrees.iter().enumerate() {
        let slot = &mut next[degree as usize];
        (places[v], order[*slot as usize]) = (*slot, v as u32);
        *slot += 1;
    }
    (order, places, bins)
}

/// Takes one from the degree of `w` and moves it to the end of the bin below.
fn lower(w: u32, core: &mut [u32], order: &mut [u32], places: &mut [u32], bins: &mut [u32]) {
    let degree = core[w as usize] as usize;
    let (here, first) = (places[w as usize], bins[degree]);
    let other = order[first as usize];
    order.swap(here as usize, first as usize);
    (places[w as usize], places[other as usize]) = (first, here);
    bins[degree] += 1;
    core[w as usize] -= 1;
}
