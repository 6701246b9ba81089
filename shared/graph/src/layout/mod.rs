//! Where to draw the nodes. A layout moves `Places` a step at a time, so that whoever runs it stays in charge.

mod apart;
mod arranged;
mod arrangement;
mod circular;
mod coarsen;
mod field;
mod force;
mod force_directed;
mod geographic;
mod lanes;
mod layered;
mod near;
mod net;
mod pack;
mod parts;
mod pivot;
mod radial;
pub(crate) mod radix;
mod rows;
mod seats;
mod timeline;
mod tree;
mod whole;

use crate::Place;
pub use arranged::Arranged;
pub use arrangement::{Arrangement, Kind};
pub use circular::circular;
pub use force_directed::ForceDirected;
pub use geographic::geographic;
pub use layered::Layered;
pub use radial::radial;
pub use rows::rows;
pub use timeline::timeline;

/// The distance that a link between two nodes likes to have, in pixels at zoom 1.
pub const SPACING: f32 = 110.0;
/// No two nodes that a layout placed are closer, in pixels at zoom 1: a disc of 36 px and its label have room.
pub const CLEARANCE: f32 = 100.0;

/// Who is fixed farther out than this, in pixels at zoom 1, or at no number, counts as not placed.
pub const FARTHEST: f32 = 3e7;

/// The most nodes and links that a layout takes.
pub const LIMIT_NODES: usize = 1_000_000;
pub const LIMIT_LINKS: usize = 4_000_000;

/// Whether it is a place on the drawing.
pub fn is_somewhere(place: &Place) -> bool {
    place.iter().all(|along| along.abs() <= FARTHEST)
}

/// The nodes' places in pixels at zoom 1, and which of them may not be moved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    pub at: Vec<Place>,
    /// As long as `at`. Fixed are nodes that a person pinned or moved, and nodes that are placed already.
    pub fixed: Vec<bool>,
}

impl Places {
    /// Whether a node may not be moved: it is fixed, and somewhere.
    fn is_held(&self, v: usize) -> bool {
        self.fixed.get(v).copied().unwrap_or(false) && self.at.get(v).is_some_and(is_somewhere)
    }

    /// The same for all nodes.
    fn held(&self) -> Vec<bool> {
        (0..self.at.len()).map(|v| self.is_held(v)).collect()
    }
}

/// A way to place nodes, in small steps.
pub trait Layout {
    /// Works on about `budget` nodes (at least one round over the part in work) and writes what is known into
    /// `places`; true when done. A thousand nodes take about half a millisecond.
    fn step(&mut self, places: &mut Places, budget: usize) -> bool;
}

/// Why a layout cannot start. Each is a mistake of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadInput {
    #[error("a link names node {0}, which does not exist")]
    UnknownNode(u32),
    #[error("{0} nodes or links are too many to lay out; hide some first")]
    TooMany(usize),
    #[error("{fixed} flags for {nodes} nodes")]
    UnequalLengths { nodes: usize, fixed: usize },
}

/// Runs a layout to its end; for tests and for places without a frame to keep.
pub fn run(layout: &mut impl Layout, places: &mut Places) {
    while !layout.step(places, 1_000_000) {}
}

/// What every layout checks of its input.
fn check(places: &Places, links: &[[u32; 2]]) -> Result<(), BadInput> {
    let (nodes, fixed) = (places.at.len(), places.fixed.len());
    if nodes != fixed {
        return Err(BadInput::UnequalLengths { nodes, fixed });
    }
    if nodes > LIMIT_NODES || links.len() > LIMIT_LINKS {
        return Err(BadInput::TooMany(nodes.max(links.len())));
    }
    match links.iter().flatten().find(|&&v| v as usize >= nodes) {
        Some(&v) => Err(BadInput::UnknownNode(v)),
        None => Ok(()),
    }
}
