//! The lightest edges that hold everything together.

use super::{Cancelled, Compact, Watch, ask};
use crate::union::Union;

/// See [`minimum_spanning_forest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spanning {
    /// One tree for each component, its edges ascending by number.
    pub edges: Vec<u32>,
    /// What they weigh together.
    pub weight: f64,
}

/// The edges of least weight that connect what is connected, directions forgotten (Kruskal 1956). Of equally heavy edges
/// the one with the smaller number is taken.
///
/// # Errors
/// [`Cancelled`].
pub fn minimum_spanning_forest(net: &Compact, watch: &mut dyn Watch) -> Result<Spanning, Cancelled> {
    let mut order: Vec<u32> = (0..net.edges() as u32).collect();
    order.sort_by(|&a, &b| net.weight(a).total_cmp(&net.weight(b)).then(a.cmp(&b)));
    let (mut union, mut found) = (Union::new(net.len()), Spanning::default());
    for (at, &edge) in order.iter().enumerate() {
        if at.is_multiple_of(1 << 16) {
            ask(watch, at, order.len())?;
        }
        let [from, to] = net.ends(edge);
        if union.root(from) != union.root(to) {
            union.join(from, to);
            found.edges.push(edge);
            found.weight += f64::from(net.weight(edge));
        }
    }
    found.edges.sort_unstable();
    Ok(found)
}
