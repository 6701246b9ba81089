//! Numbers about nodes, and ways between them, over bare structure: no names, no screen, no clock.
//!
//! ```text
//! let net = Compact::new(4, &[Edge::directed(0, 1), Edge::directed(1, 2)])?;
//! let ranks = page_rank(&net, &PageRank::default(), &mut watch)?;   // one number per node
//! ```
//!
//! Every measure says in its head what it means and where that is defined; takes the direction of edges into account
//! where the definition does ([`Compact::undirected`] forgets it); and asks a [`Watch`] again and again whether to go
//! on. Parallel edges and loops stay; each measure says what they count for.

mod betweenness;
mod closeness;
mod clustering;
mod compact;
mod components;
mod cuts;
mod cycles;
mod degree;
mod k_core;
mod leiden;
mod measure;
mod neighbours;
mod page_rank;
mod paths;
mod possible;
mod search;
mod simple_paths;
mod spanning;
mod timed;
mod waves;
mod weighted;

pub use betweenness::{Betweenness, betweenness};
pub use closeness::{Closeness, Nearness, closeness};
pub use clustering::{Clustering, clustering};
pub use compact::{BadEdge, Compact, Edge};
pub use components::{components, strong_components};
pub use cuts::{Cuts, cuts};
pub use cycles::{Cycles, Rings, cycles};
pub use degree::{Degrees, degrees};
pub use k_core::k_core;
pub use leiden::{Communities, Leiden, leiden, modularity};
pub use measure::{Asked, Measure, Options, Results, Unmeasured};
pub use neighbours::{Common, common_neighbours, within_distance};
pub use page_rank::{PageRank, Ranks, page_rank};
pub use paths::{All, Passable, Route, all_shortest_paths, shortest_path};
pub use possible::{Span, on_rings, on_ways};
pub use search::{FROM, MOST_ROUTES, NEXT_BEST, TO};
pub use simple_paths::{Length, k_shortest_paths};
pub use spanning::{Spanning, minimum_spanning_forest};
pub use timed::{Order, timed_path};
pub use weighted::lightest_path;

/// Asked now and then whether to go on.
pub trait Watch {
    /// `done` of `all` is finished; the unit is the measure's own. False ends the measure with [`Cancelled`].
    fn goes_on(&mut self, done: usize, all: usize) -> bool;
}

impl<F: FnMut(usize, usize) -> bool> Watch for F {
    fn goes_on(&mut self, done: usize, all: usize) -> bool {
        self(done, all)
    }
}

/// Lets everything run to its end.
#[derive(Clone, Copy, Debug, Default)]
pub struct ToTheEnd;

impl Watch for ToTheEnd {
    fn goes_on(&mut self, _: usize, _: usize) -> bool {
        true
    }
}

/// Somebody no longer wants the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

/// `Ok` if the watch wants to go on.
fn ask(watch: &mut dyn Watch, done: usize, all: usize) -> Result<(), Cancelled> {
    if watch.goes_on(done, all) { Ok(()) } else { Err(Cancelled) }
}
