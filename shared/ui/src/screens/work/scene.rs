//! What the canvas draws: made anew only when the graph changed; places may glide without it.

use std::collections::{BTreeSet, HashMap};

use graph::{Link, LinkId, NodeId, Place};
use model::query::Direction;
use wire::frame::LinkCount;

use super::values;
use crate::app::Model;
use crate::canvas;
use crate::look::icons;
use crate::words::Word;
use crate::work::{Counts, ObjectRef};

/// The share of the widest line that the smallest sum gets.
const THINNEST: f32 = 0.05;
/// Above 1, so that the few large sums stand out from the many in the middle.
const CONTRAST: f32 = 1.5;
/// The same where all sums are about the same.
const MIDDLE: f32 = 0.5;

/// The lines and the order of the nodes, of one revision of the graph.
#[derive(Default)]
pub(super) struct Drawn {
    revision: Option<(u64, u64, u64)>,
    /// The node of each place in the list of nodes.
    pub(super) ids: Vec<NodeId>,
    lines: Vec<Line>,
    /// How many more objects there are to expand, of each object whose links were counted.
    badges: HashMap<NodeId, u32>,
    /// How each type looks: colour, icon, name.
    types: HashMap<graph::TypeId, (usize, char, String)>,
}

struct Line {
    id: LinkId,
    from: u32,
    to: u32,
    label: String,
    weight: f32,
    directed: bool,
    colour: Option<usize>,
}

impl Drawn {
    /// Makes it anew if the graph or the project changed.
    pub(super) fn keep_up(&mut self, model: &Model) {
        let revision = model.project().map_or(0, |seen| seen.revision);
        let now = Some((model.work.board.graph.revision(), revision, model.work.counts_change));
        if self.revision == now {
            return;
        }
        self.revision = now;
        let graph = &model.work.board.graph;
        self.ids = graph.shown().map(|(id, _)| id).collect();
        self.types = graph
            .shown()
            .map(|(_, node)| node.object_type)
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .map(|id| (id, look_of(model, graph.object_type(id))))
            .collect();
        self.badges = badges(model);
        let places: HashMap<NodeId, u32> = self.ids.iter().copied().zip(0..).collect();
        let sums = sums(model);
        let lines = graph.shown_links().filter_map(|(id, link)| {
            let (from, to) = (*places.get(&link.from)?, *places.get(&link.to)?);
            Some(line(model, id, link, from, to, &sums))
        });
        self.lines = lines.collect();
    }

    /// Changes whenever nodes or links do.
    pub(super) fn wiring(&self) -> u64 {
        self.revision.map_or(0, |(graph, ..)| graph)
    }

    /// The places of the nodes as they are in the graph.
    pub(super) fn places(&self, model: &Model) -> Vec<Place> {
        self.ids.iter().map(|id| model.work.board.graph.place(*id)).collect()
    }

    /// The nodes at these places.
    pub(super) fn nodes<'a>(
        &'a self,
        model: &'a Model,
        places: &[Place],
        with_selection: bool,
    ) -> Vec<canvas::Node<'a>> {
        let board = &model.work.board;
        let missing = model.words.t(Word::NotInSources);
        let node = |(id, [x, y]): (&NodeId, &Place)| {
            let node = board.graph.node(*id)?;
            let (colour, icon, kind) = self.types.get(&node.object_type)?;
            let is_missing = ObjectRef::is_missing(node);
            Some(canvas::Node {
                x: *x,
                y: *y,
                colour: *colour,
                icon: *icon,
                label: &node.label,
                sub_label: if is_missing { missing } else { &node.sub_label },
                missing: is_missing,
                kind,
                selected: with_selection && board.selected.contains(id),
                pinned: board.graph.flags(*id).pinned,
                hidden: false,
                alert: false,
                badge: self.badges.get(id).copied(),
            })
        };
        self.ids.iter().zip(places).filter_map(node).collect()
    }

    /// The lines between them; those of `marked` lie on the way that is shown.
    pub(super) fn links(&self, selected: Option<LinkId>, marked: &[LinkId]) -> Vec<canvas::Link<'_>> {
        let mut links = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            links.push(canvas::Link {
                from: line.from,
                to: line.to,
                label: &line.label,
                weight: line.weight,
                directed: line.directed,
                colour: line.colour,
                selected: selected == Some(line.id),
                marked: marked.contains(&line.id),
            });
        }
        links
    }

    /// The graph's link behind a line.
    pub(super) fn link(&self, line: u32) -> Option<LinkId> {
        self.lines.get(line as usize).map(|line| line.id)
    }

    /// The line of a link of the graph.
    pub(super) fn line_of(&self, link: LinkId) -> Option<u32> {
        (0u32..).zip(&self.lines).find(|(_, line)| line.id == link).map(|(at, _)| at)
    }

    /// The graph's nodes behind places in the list.
    pub(super) fn nodes_at(&self, places: &[u32]) -> Vec<NodeId> {
        places.iter().filter_map(|place| self.ids.get(*place as usize).copied()).collect()
    }
}

fn look_of(model: &Model, slug: &str) -> (usize, char, String) {
    let kind = access::ObjectTypeId::new(slug).ok().and_then(|id| model.object_type(&id));
    kind.map_or((0, icons::CATEGORY, slug.to_owned()), |kind| {
        (usize::from(kind.colour), values::type_icon(kind), kind.name.clone())
    })
}

/// What was counted and is not on the graph, per object; nothing for objects that were not counted by themselves.
fn badges(model: &Model) -> HashMap<NodeId, u32> {
    let board = &model.work.board;
    let alone = model.work.counts.iter().filter_map(|counts| match counts.of.as_slice() {
        [object] => Some((board.shown(object)?, counts)),
        _ => None,
    });
    let more = |(id, counts): (NodeId, &Counts)| {
        let more: u64 =
            counts.links.iter().map(|count| count.neighbours.number.saturating_sub(shown(model, id, count))).sum();
        (id, u32::try_from(more).unwrap_or(u32::MAX))
    };
    alone.map(more).filter(|(_, more)| *more > 0).collect()
}

/// How many neighbours of a counted kind are on the graph.
fn shown(model: &Model, id: NodeId, count: &LinkCount) -> u64 {
    let graph = &model.work.board.graph;
    let along = |link: &Link| {
        let (near, far) =
            if count.direction == Direction::Forward { (link.from, link.to) } else { (link.to, link.from) };
        let is_of_type = graph.link_type(link.link_type) == count.link.as_str();
        match (is_of_type, near == id, link.directed) {
            (true, true, _) => Some(far),
            (true, false, false) => Some(near),
            _ => None,
        }
    };
    let far: BTreeSet<NodeId> = graph.links_at(id).filter_map(|link| along(graph.link(link)?)).collect();
    far.into_iter().filter(|far| graph.is_shown(*far)).count() as u64
}

/// The smallest and the largest sum of each link type, for the widths of lines.
fn sums(model: &Model) -> HashMap<graph::TypeId, (f64, f64)> {
    let mut sums = HashMap::new();
    for (_, link) in model.work.board.graph.shown_links() {
        if let Some(sum) = link.sum.map(|sum| sum.to_f64().abs()) {
            let (least, most) = sums.entry(link.link_type).or_insert((sum, sum));
            (*least, *most) = (least.min(sum), most.max(sum));
        }
    }
    sums
}

/// The width of a line among those of its type: by the logarithm of its sum, so that small ones are seen too.
fn weight(sum: f64, (least, most): (f64, f64)) -> f32 {
    let spread = (1.0 + most).ln() - (1.0 + least).ln();
    if spread < 0.1 {
        return canvas::weight_of_sum(sum, most) * MIDDLE;
    }
    let share = (((1.0 + sum).ln() - (1.0 + least).ln()) / spread) as f32;
    THINNEST + (1.0 - THINNEST) * share.clamp(0.0, 1.0).powf(CONTRAST)
}

fn line(model: &Model, id: LinkId, link: &Link, from: u32, to: u32, sums: &HashMap<graph::TypeId, (f64, f64)>) -> Line {
    let slug = model.work.board.graph.link_type(link.link_type);
    let kind = access::LinkTypeId::new(slug).ok().and_then(|id| model.link_type(&id));
    // As the type is called now, not as it was when the link came.
    let name = kind.map_or(link.label.as_str(), |kind| kind.name.as_str());
    let is_money = kind.is_some_and(|kind| kind.amount.is_some());
    let sum = link.sum.map(|sum| sum.to_f64().abs());
    let money = model.work.money.of(id);
    let label = match (sum, link.count) {
        (_, count) if money.is_some_and(|sums| !sums.is_empty()) => {
            let sums = money.map(|sums| values::short_by_currency(model.words, sums)).unwrap_or_default();
            format!("{} · {sums}", model.words.count(count))
        }
        (Some(sum), count) => format!("{} · {}", model.words.count(count), model.words.short_sum(sum)),
        (None, 0 | 1) => name.to_owned(),
        (None, count) => format!("{name} · {}", model.words.count(count)),
    };
    let among = sums.get(&link.link_type).copied().unwrap_or_default();
    let colour = kind.filter(|_| is_money).and_then(|kind| model.object_type(&kind.from));
    Line {
        id,
        from,
        to,
        label,
        weight: sum.map_or(0.0, |sum| weight(sum, among)),
        directed: link.directed,
        colour: colour.map(|kind| usize::from(kind.colour)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_times_the_sum_is_a_plainly_wider_line() {
        let among = (1_000.0, 10_000_000.0);
        let widths = [1_000.0, 100_000.0, 10_000_000.0].map(|sum| weight(sum, among));
        assert!(widths[0] < 0.1 && widths[2] == 1.0, "{widths:?}");
        assert!(widths.windows(2).all(|pair| pair[1] - pair[0] > 0.3), "{widths:?}");
        assert_eq!(weight(5_000.0, (5_000.0, 5_000.0)), MIDDLE, "all the same: none stands out");
    }
}
