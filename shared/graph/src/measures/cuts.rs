//! What holds parts together: edges and nodes whose loss would split one.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the net")]

use super::{Cancelled, Compact, Watch, ask};

/// See [`cuts`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cuts {
    /// Edges without which their component falls into two, ascending. A parallel edge is never one.
    pub bridges: Vec<u32>,
    /// Nodes without which their component falls apart, ascending: articulation points.
    pub articulations: Vec<u32>,
}

const UNSEEN: u32 = u32::MAX;

/// One step of the walk: a node, the edge by which it was reached, and the next way to take.
struct Stand {
    node: u32,
    by: u32,
    way: usize,
    children: u32,
}

/// Bridges and articulation points (Hopcroft and Tarjan 1973, algorithm 447), directions forgotten, in time linear in the
/// edges and without recursion.
///
/// # Errors
/// [`Cancelled`].
pub fn cuts(net: &Compact, watch: &mut dyn Watch) -> Result<Cuts, Cancelled> {
    let net = net.undirected();
    let rows = net.out();
    let (mut index, mut low) = (vec![UNSEEN; net.len()], vec![0u32; net.len()]);
    let (mut walk, mut bridges, mut is_articulation) = (Vec::new(), Vec::new(), vec![false; net.len()]);
    let mut count = 0;
    for start in net.nodes() {
        if index[start as usize] != UNSEEN {
            continue;
        }
        walk.push(Stand { node: start, by: UNSEEN, way: rows.row(start).start, children: 0 });
        while let Some(stand) = walk.last_mut() {
            let (v, here) = (stand.node, stand.node as usize);
            if index[here] == UNSEEN {
                (index[here], low[here]) = (count, count);
                count += 1;
                if count % (1 << 16) == 0 {
                    ask(watch, count as usize, net.len())?;
                }
            }
            if stand.way < rows.row(v).end {
                let (there, edge) = (rows.to[stand.way], rows.edges[stand.way]);
                stand.way += 1;
                if index[there as usize] == UNSEEN {
                    stand.children += 1;
                    walk.push(Stand { node: there, by: edge, way: rows.row(there).start, children: 0 });
                } else if edge != stand.by {
                    low[here] = low[here].min(index[there as usize]);
                }
                continue;
            }
            let (by, children) = (stand.by, stand.children);
            walk.pop();
            let Some(above) = walk.last() else {
                is_articulation[here] = children > 1;
                continue;
            };
            let parent = above.node as usize;
            low[parent] = low[parent].min(low[here]);
            if low[here] > index[parent] {
                bridges.push(by);
            }
            // The start is judged by its children alone, when the walk is back at it.
            is_articulation[parent] |= low[here] >= index[parent] && above.by != UNSEEN;
        }
    }
    bridges.sort_unstable();
    let articulations = net.nodes().filter(|&v| is_articulation[v as usize]).collect();
    Ok(Cuts { bridges, articulations })
}
