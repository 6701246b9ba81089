//! What the canvas draws: made anew only when the graph changed; places may glide without it.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use graph::{Link, LinkId, NodeId, Place};
use model::query::Direction;
use wire::frame::LinkCount;

use super::values;
use crate::app::Model;
use crate::canvas;
use crate::look::icons;
use crate::words::Word;
use crate::work::{Counts, ObjectRef};

/// How many properties stand under a name.
const MOST_TOLD: usize = 2;
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
    /// What each type of link says of its ends.
    kinds: Vec<String>,
    /// The second line of objects that were looked at from near, where their properties were fetched.
    told: HashMap<NodeId, String>,
    /// How many objects were fetched when that was made.
    fetched: usize,
}

struct Line {
    id: LinkId,
    from: u32,
    to: u32,
    label: String,
    /// Index into the kinds.
    kind: usize,
    weight: f32,
    directed: bool,
    colour: Option<usize>,
}

impl Drawn {
    /// Makes it anew if the graph or the project changed.
    pub(super) fn keep_up(&mut self, model: &Model) {
        let revision = model.project().map_or(0, |seen| seen.revision);
        let now = Some((model.work.board.graph.revision(), revision, model.work.counts_change));
        if self.fetched != model.work.objects.len() {
            self.fetched = model.work.objects.len();
            self.told.clear();
        }
        if self.revision == now {
            return;
        }
        self.revision = now;
        self.told.clear();
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
        let of_links: BTreeSet<graph::TypeId> = graph.shown_links().map(|(_, link)| link.link_type).collect();
        self.kinds = of_links.iter().map(|id| said_of(model, graph.link_type(*id))).collect();
        let kinds: HashMap<graph::TypeId, usize> = of_links.into_iter().zip(0..).collect();
        let lines = graph.shown_links().filter_map(|(id, link)| {
            let (from, to) = (*places.get(&link.from)?, *places.get(&link.to)?);
            Some(Line { kind: *kinds.get(&link.link_type)?, ..line(model, id, link, from, to, &sums) })
        });
        self.lines = lines.collect();
    }

    /// Changes whenever nodes or links do.
    pub(super) fn wiring(&self) -> u64 {
        self.revision.map_or(0, |(graph, ..)| graph)
    }

    /// Changes whenever a node or a link looks different, other than by its place.
    pub(super) fn look(&self, model: &Model) -> u64 {
        let board = &model.work.board;
        let mut hasher = DefaultHasher::new();
        (self.revision, self.told.len(), &board.selected, board.link).hash(&mut hasher);
        board.way().map(|way| &way.links).hash(&mut hasher);
        model.words.language.hash(&mut hasher);
        hasher.finish()
    }

    /// The places of the nodes as they are in the graph.
    pub(super) fn places(&self, model: &Model) -> Vec<Place> {
        self.ids.iter().map(|id| model.work.board.graph.place(*id)).collect()
    }

    /// Makes the second lines of the nodes whose places are seen, as far as their properties were fetched.
    pub(super) fn tell(&mut self, model: &Model, places: &[Place], is_seen: impl Fn(Place) -> bool) {
        for (id, place) in self.ids.iter().zip(places) {
            if is_seen(*place)
                && !self.told.contains_key(id)
                && let Some(text) = second_line(model, *id)
            {
                self.told.insert(*id, text);
            }
        }
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
                sub_label: if is_missing { missing } else { self.told.get(id).unwrap_or(&node.sub_label) },
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
                kind: self.kinds.get(line.kind).map_or("", String::as_str),
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

/// The first properties that are shown and are not in the object's name already; none where none has a value.
fn second_line(model: &Model, id: NodeId) -> Option<String> {
    let object = model.work.object(&model.work.board.object(id)?)?;
    let kind = model.object_type(&object.is.object_type)?;
    let in_name = model::project::title_fields(&kind.title);
    let shown = kind.properties.iter().filter(|property| !property.hidden && !in_name.contains(&property.id.as_str()));
    let value = |property: &model::Property| {
        let (_, text) = object.values.iter().find(|(known, text)| *known == property.id && !text.is_empty())?;
        Some(values::value(model, kind, property, text))
    };
    let told: Vec<String> = shown.filter_map(value).take(MOST_TOLD).collect();
    (!told.is_empty()).then(|| told.join(" · "))
}

/// What a type of link says of its ends, from the first to the second.
fn said_of(model: &Model, slug: &str) -> String {
    let kind = access::LinkTypeId::new(slug).ok().and_then(|id| model.link_type(&id));
    kind.map_or(slug, |kind| kind.label(Direction::Forward)).to_owned()
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
        kind: 0,
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
