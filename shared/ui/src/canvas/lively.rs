//! What follows the pointer: drawn in every frame, above a drawing that is kept.

use super::{Few, Frame, Over};

/// Of an object with more links than this, no more follow the pointer.
const MOST_LIVELY: usize = 3_000;

/// What is drawn above.
pub(super) struct Lively {
    pub(super) few: Few,
    /// Nodes that are being moved, and so are not in the drawing; nor are their links.
    pub(super) held: Vec<u32>,
}

impl Lively {
    /// What is held, what is under the pointer, and what has the keyboard.
    pub(super) fn of(frame: &Frame<'_>) -> Self {
        let held = frame.places.held.to_vec();
        let pointed = match frame.over {
            Over::Node(node) => Some(node),
            Over::Link(_) | Over::Hull(_) | Over::Nothing => None,
        };
        let moving = || held.iter().copied().chain(pointed);
        let mut nodes: Vec<u32> = moving().chain(frame.focus).collect();
        let links = moving().flat_map(|node| frame.wiring.links_of(node)).copied();
        let mut links: Vec<u32> = links.take(MOST_LIVELY).collect();
        if let Over::Link(link) = frame.over {
            links.push(link);
        }
        for numbers in [&mut nodes, &mut links] {
            numbers.sort_unstable();
            numbers.dedup();
        }
        Self { few: Few { important: nodes.clone(), nodes, links }, held }
    }
}
