//! What follows from how nodes and links look: what is selected, what is hidden, which lines are alike from afar.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{COLOURS, Link, Scene};

/// Kept until wiring or look of the scene change.
#[derive(Default)]
pub(super) struct Chosen {
    of: Option<(u64, u64, usize, usize)>,
    /// The selected nodes that are not hidden, ascending.
    pub(super) nodes: Vec<u32>,
    /// The links that are drawn like selected ones, ascending.
    pub(super) links: Vec<u32>,
    /// The first selected link.
    pub(super) link: Option<u32>,
    pub(super) has_hidden: bool,
    /// The same as long as all lines look the same from afar.
    pub(super) lines: u64,
}

impl Chosen {
    pub(super) fn keep_up(&mut self, scene: Scene<'_>) {
        let of = (scene.wiring, scene.look, scene.nodes.len(), scene.links.len());
        if self.of == Some(of) {
            return;
        }
        let mut lines = DefaultHasher::new();
        scene.wiring.hash(&mut lines);
        // Eight links to a number: hashing each by itself would take longer than all the rest.
        for links in scene.links.chunks(8) {
            links.iter().fold(0_u64, |all, link| (all << 8) | u64::from(kind(link))).hash(&mut lines);
        }
        let standing_out = (0u32..).zip(scene.links).filter(|(_, link)| link.stands_out());
        *self = Self {
            of: Some(of),
            nodes: scene.selected(),
            links: standing_out.map(|(index, _)| index).collect(),
            link: (0u32..).zip(scene.links).find(|(_, link)| link.selected).map(|(index, _)| index),
            has_hidden: scene.nodes.iter().any(|node| node.hidden),
            lines: lines.finish(),
        };
    }

    /// Whether anything is selected or marked.
    pub(super) fn has_any(&self) -> bool {
        !self.nodes.is_empty() || !self.links.is_empty()
    }
}

/// How a line looks from afar: 0 for the quiet colour, else twice the colour's number, and one more for a thick one.
pub(super) fn kind(link: &Link) -> u8 {
    link.colour.map_or(0, |colour| 2 + 2 * (colour % COLOURS) as u8 + u8::from(link.weight > 0.5))
}
