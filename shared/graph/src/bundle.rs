//! Parallel links put together: one line between two nodes, whatever runs between them, opened on request.

use crate::Amount;
use crate::graph::{Graph, Link, LinkId, NodeId, TypeId};
use crate::step::add_sums;

/// All shown links between two nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// The node with the smaller number; both are the same for a loop.
    pub a: NodeId,
    pub b: NodeId,
    /// Whether a directed link runs from `a` to `b`, and the other way: where to draw arrowheads.
    pub points_to_b: bool,
    pub points_to_a: bool,
    /// Rows behind all of it.
    pub count: u64,
    /// One for each link type, by its number.
    pub parts: Vec<BundlePart>,
}

/// The links of one type within a bundle, both directions together.
#[derive(Clone, Debug, PartialEq)]
pub struct BundlePart {
    pub link_type: TypeId,
    pub count: u64,
    pub sum: Option<Amount>,
    /// Rows without an amount, or whose amount made the sum too large.
    pub unsummed: u64,
    /// One, or one for each direction.
    pub links: Vec<LinkId>,
}

impl Graph {
    /// The lines to draw, ordered by their ends.
    pub fn bundles(&self) -> Vec<Bundle> {
        // Sorted by plain numbers: following a reference for each comparison would take ten times as long.
        let mut order: Vec<_> = self.shown_links().map(|(id, link)| (ends(link), link.link_type, id)).collect();
        order.sort_unstable();
        let groups = order.chunk_by(|(one, ..), (other, ..)| one == other);
        let links = |group: &[((NodeId, NodeId), TypeId, LinkId)]| -> Vec<(LinkId, &Link)> {
            group.iter().filter_map(|&(.., id)| Some((id, self.link(id)?))).collect()
        };
        groups.filter_map(|group| bundle(&links(group))).collect()
    }

    /// What runs between two nodes; `None` if they are not linked.
    pub fn bundle(&self, one: NodeId, other: NodeId) -> Option<Bundle> {
        let mut links: Vec<(LinkId, &Link)> = self
            .ways(one)
            .iter()
            .filter(|way| way.to == other)
            .filter_map(|way| Some((way.link, self.link(way.link)?)))
            .collect();
        links.sort_by_key(|(id, link)| (link.link_type, *id));
        bundle(&links)
    }
}

fn ends(link: &Link) -> (NodeId, NodeId) {
    (link.from.min(link.to), link.from.max(link.to))
}

/// From links with the same ends, sorted by type.
fn bundle(links: &[(LinkId, &Link)]) -> Option<Bundle> {
    let (a, b) = ends(links.first()?.1);
    let points_to = |end: NodeId| links.iter().any(|(_, link)| link.directed && link.to == end);
    let parts: Vec<BundlePart> =
        links.chunk_by(|(_, one), (_, other)| one.link_type == other.link_type).filter_map(part).collect();
    let count = parts.iter().fold(0u64, |sum, part| sum.saturating_add(part.count));
    Some(Bundle { a, b, points_to_b: points_to(b), points_to_a: points_to(a), count, parts })
}

fn part(links: &[(LinkId, &Link)]) -> Option<BundlePart> {
    let link_type = links.first()?.1.link_type;
    let mut part = BundlePart { link_type, count: 0, sum: None, unsummed: 0, links: Vec::with_capacity(links.len()) };
    for (id, link) in links {
        part.count = part.count.saturating_add(link.count);
        let more = (link.sum, link.unsummed, link.count);
        (part.sum, part.unsummed) = add_sums((part.sum, part.unsummed), more);
        part.links.push(*id);
    }
    Some(part)
}
