//! How well the neighbours of a node know each other.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the net")]

use super::compact::Rows;
use super::{Cancelled, Compact, Watch, ask, waves};

/// Triangles and what follows from them. Directions are forgotten; parallel edges count once, loops not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clustering {
    /// Triangles at each node.
    pub triangles: Vec<u64>,
    /// The part of a node's pairs of neighbours that are neighbours themselves, 0 for fewer than two (Watts and Strogatz
    /// 1998).
    pub local: Vec<f64>,
    /// Three times the triangles by the open and closed pairs: the transitivity of the whole (Newman 2003). 0 if there
    /// is no pair.
    pub global: f64,
}

/// Counts triangles: each edge is looked at from its end of lower degree, so that a star of a hundred thousand costs no
/// more than its edges (Chiba and Nishizeki 1985): at most edges times the root of edges.
///
/// # Errors
/// [`Cancelled`].
pub fn clustering(net: &Compact, watch: &mut dyn Watch) -> Result<Clustering, Cancelled> {
    let rows = waves::simple(net);
    let upward = upward(&rows, net.len());
    let mut triangles = vec![0u64; net.len()];
    let mut mark = vec![u32::MAX; net.len()];
    for v in net.nodes() {
        if v % (1 << 14) == 0 {
            ask(watch, v as usize, net.len())?;
        }
        for &w in upward.near(v) {
            mark[w as usize] = v;
        }
        for &w in upward.near(v) {
            for &x in upward.near(w) {
                if mark[x as usize] == v {
                    triangles[v as usize] += 1;
                    triangles[w as usize] += 1;
                    triangles[x as usize] += 1;
                }
            }
        }
    }
    let pairs: Vec<u64> = net.nodes().map(|v| pairs(rows.near(v).len())).collect();
    let ratio = |part: u64, of: u64| if of == 0 { 0.0 } else { part as f64 / of as f64 };
    let local = triangles.iter().zip(&pairs).map(|(&part, &of)| ratio(part, of)).collect();
    let global = ratio(triangles.iter().sum(), pairs.iter().sum());
    Ok(Clustering { triangles, local, global })
}

fn pairs(neighbours: usize) -> u64 {
    let neighbours = neighbours as u64;
    neighbours * neighbours.saturating_sub(1) / 2
}

/// Every edge once, from the end of lower degree to the other; between equals from the smaller number.
fn upward(rows: &Rows, len: usize) -> Rows {
    let rank = |v: u32| (rows.near(v).len(), v);
    let (mut starts, mut to) = (vec![0u32], Vec::with_capacity(rows.to.len() / 2));
    for v in 0..len as u32 {
        to.extend(rows.near(v).iter().copied().filter(|&w| rank(w) > rank(v)));
        starts.push(to.len() as u32);
    }
    Rows { starts, to, edges: Vec::new() }
}
