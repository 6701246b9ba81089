//! What the canvas draws: made anew only when the graph changed; places may glide without it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use graph::{Link, LinkId, NodeId, Place};
use model::query::Direction;
use wire::frame::LinkCount;

use super::{legend, values};
use crate::app::Model;
use crate::canvas;
use crate::look::icons;
use crate::words::{Language, Word};
use crate::work::style::{Style, Tint};
use crate::work::{Counts, ObjectRef};

/// How many properties stand under a name.
const MOST_TOLD: usize = 2;
/// The share of the widest line that the smallest sum gets.
const THINNEST: f32 = 0.05;
/// Above 1, so that the few large sums stand out from the many in the middle.
const CONTRAST: f32 = 1.5;
/// The same where all sums are about the same.
const MIDDLE: f32 = 0.5;

/// What a drawing was made of: revisions of graph, project, counts and of what rules go by, and the language.
type Revision = (u64, u64, u64, u64, Language);

/// The nodes and lines of one revision of the graph, kept from frame to frame.
#[derive(Default)]
pub(super) struct Drawn {
    revision: Option<Revision>,
    /// The node of each place in the list of nodes.
    pub(super) ids: Vec<NodeId>,
    pub(super) nodes: Vec<canvas::Node>,
    /// The link of each place in the list of links.
    lines: Vec<LinkId>,
    pub(super) links: Vec<canvas::Link>,
    /// The objects that were looked at from near, where their properties were fetched: they have a second line.
    told: HashSet<NodeId>,
    /// How many objects were fetched when that was made.
    fetched: usize,
    /// What is selected and lies on the way that is shown, in short.
    marked: Option<u64>,
    look: u64,
    legend: Vec<legend::Part>,
}

impl Drawn {
    /// Makes it anew if the graph or the project changed, and marks what is selected.
    pub(super) fn keep_up(&mut self, model: &Model) {
        self.make(model);
        self.mark(model, true);
    }

    /// The same without the selection.
    pub(super) fn keep_up_without_selection(&mut self, model: &Model) {
        self.make(model);
        self.mark(model, false);
    }

    fn make(&mut self, model: &Model) {
        let revision = model.project().map_or(0, |seen| seen.revision);
        let language = model.words.language;
        let known = rules_go_by(model);
        let now = Some((model.work.board.graph.revision(), revision, model.work.counts_change, known, language));
        if self.fetched != model.work.objects.len() {
            self.fetched = model.work.objects.len();
            self.told.clear();
        }
        if self.revision == now {
            return;
        }
        self.revision = now;
        self.told.clear();
        self.marked = None;
        self.look += 1;
        self.ids = model.work.board.graph.shown().map(|(id, _)| id).collect();
        let style = Style::of(model);
        self.nodes = nodes(model, &style);
        (self.lines, self.links) = links(model, &style, &self.ids);
        self.legend = legend::parts(model);
    }

    /// Marks what is selected, and what lies on the way that is shown.
    fn mark(&mut self, model: &Model, with_selection: bool) {
        let board = &model.work.board;
        let way = board.way().map_or(&[][..], |way| &way.links);
        let mut hasher = DefaultHasher::new();
        (&board.selected, board.link, way, with_selection).hash(&mut hasher);
        let now = Some(hasher.finish());
        if self.marked == now {
            return;
        }
        self.marked = now;
        self.look += 1;
        for (id, node) in self.ids.iter().zip(&mut self.nodes) {
            node.selected = with_selection && board.selected.contains(id);
        }
        let way: HashSet<LinkId> = way.iter().copied().collect();
        for (id, link) in self.lines.iter().zip(&mut self.links) {
            (link.selected, link.marked) = (with_selection && board.link == Some(*id), way.contains(id));
        }
    }

    /// What the look of it means.
    pub(super) fn legend(&self) -> &[legend::Part] {
        &self.legend
    }

    /// Changes whenever nodes or links do.
    pub(super) fn wiring(&self) -> u64 {
        self.revision.map_or(0, |(graph, ..)| graph)
    }

    /// Changes whenever a node or a link looks different, other than by its place.
    pub(super) fn look(&self) -> u64 {
        self.look
    }

    /// The places of the nodes as they are in the graph.
    pub(super) fn places(&self, model: &Model) -> Vec<Place> {
        self.ids.iter().map(|id| model.work.board.graph.place(*id)).collect()
    }

    /// Makes the second lines of the nodes whose places are seen, as far as their properties were fetched.
    pub(super) fn tell(&mut self, model: &Model, places: &[Place], is_seen: impl Fn(Place) -> bool) {
        for ((id, node), place) in self.ids.iter().zip(&mut self.nodes).zip(places) {
            if is_seen(*place)
                && !node.missing
                && !self.told.contains(id)
                && let Some(text) = second_line(model, *id)
            {
                node.sub_label = text;
                self.told.insert(*id);
                self.look += 1;
            }
        }
    }

    /// The graph's link behind a line.
    pub(super) fn link(&self, line: u32) -> Option<LinkId> {
        self.lines.get(line as usize).copied()
    }

    /// The line of a link of the graph.
    pub(super) fn line_of(&self, link: LinkId) -> Option<u32> {
        (0u32..).zip(&self.lines).find(|(_, line)| **line == link).map(|(at, _)| at)
    }

    /// The graph's nodes behind places in the list.
    pub(super) fn nodes_at(&self, places: &[u32]) -> Vec<NodeId> {
        places.iter().filter_map(|place| self.ids.get(*place as usize).copied()).collect()
    }
}

/// Changes with what is known of objects, where rules go by that.
fn rules_go_by(model: &Model) -> u64 {
    let work = &model.work;
    if work.board.rules().is_empty() { 0 } else { work.measures.change() + work.objects.len() as u64 }
}

/// Where a colour stands in [`canvas::Paint::colours`].
pub(super) fn colour_of(tint: Tint) -> usize {
    match tint {
        Tint::Colour(colour) => colour,
        Tint::Rest => canvas::REST,
        Tint::Step(step) => canvas::FIRST_STEP + step,
    }
}

/// What is shown, without second lines of objects that were not looked at yet.
fn nodes(model: &Model, style: &Style<'_>) -> Vec<canvas::Node> {
    let graph = &model.work.board.graph;
    let of_types: BTreeSet<graph::TypeId> = graph.shown().map(|(_, node)| node.object_type).collect();
    let types: HashMap<graph::TypeId, (usize, char, Arc<str>)> =
        of_types.into_iter().map(|id| (id, look_of(model, graph.object_type(id)))).collect();
    let badges = badges(model);
    let missing = model.words.t(Word::NotInSources);
    let node = |(id, node): (NodeId, &graph::Node)| {
        let (colour, icon, kind) = types.get(&node.object_type).cloned().unwrap_or_default();
        let is_missing = ObjectRef::is_missing(node);
        let looks = style.object(id, node);
        canvas::Node {
            colour: looks.tint.map_or(colour, colour_of),
            icon: looks.icon.and_then(|name| icons::by_name(&name)).unwrap_or(icon),
            larger: looks.larger.unwrap_or(0.0),
            label: looks.label.unwrap_or_else(|| node.label.clone()),
            sub_label: if is_missing { missing.to_owned() } else { node.sub_label.clone() },
            missing: is_missing,
            kind,
            pinned: graph.flags(id).pinned,
            badge: badges.get(&id).copied(),
            ..canvas::Node::default()
        }
    };
    graph.shown().map(node).collect()
}

/// The lines between what is shown, and the links that they are.
fn links(model: &Model, style: &Style<'_>, ids: &[NodeId]) -> (Vec<LinkId>, Vec<canvas::Link>) {
    let graph = &model.work.board.graph;
    let places: HashMap<NodeId, u32> = ids.iter().copied().zip(0..).collect();
    let sums = sums(model);
    let of_types: BTreeSet<graph::TypeId> = graph.shown_links().map(|(_, link)| link.link_type).collect();
    let kinds: HashMap<graph::TypeId, Arc<str>> =
        of_types.into_iter().map(|id| (id, said_of(model, graph.link_type(id)))).collect();
    let drawn = graph.shown_links().filter_map(|(id, link)| {
        let (from, to) = (*places.get(&link.from)?, *places.get(&link.to)?);
        let kind = kinds.get(&link.link_type)?.clone();
        let drawn = canvas::Link { from, to, kind, ..line(model, id, link, &sums) };
        let looks = style.link(link);
        let (colour, label) = (looks.tint.map(colour_of).or(drawn.colour), looks.label.unwrap_or(drawn.label));
        Some((id, canvas::Link { colour, weight: looks.larger.unwrap_or(drawn.weight), label, ..drawn }))
    });
    drawn.unzip()
}

fn look_of(model: &Model, slug: &str) -> (usize, char, Arc<str>) {
    let kind = access::ObjectTypeId::new(slug).ok().and_then(|id| model.object_type(&id));
    kind.map_or((0, icons::CATEGORY, slug.into()), |kind| {
        (usize::from(kind.colour) % canvas::REST, values::type_icon(kind), kind.name.as_str().into())
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
fn said_of(model: &Model, slug: &str) -> Arc<str> {
    let kind = access::LinkTypeId::new(slug).ok().and_then(|id| model.link_type(&id));
    kind.map_or(slug, |kind| kind.label(Direction::Forward)).into()
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

/// How a line looks, whatever its ends.
fn line(model: &Model, id: LinkId, link: &Link, sums: &HashMap<graph::TypeId, (f64, f64)>) -> canvas::Link {
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
    canvas::Link {
        label,
        weight: sum.map_or(0.0, |sum| weight(sum, among)),
        directed: link.directed,
        colour: colour.map(|kind| usize::from(kind.colour) % canvas::REST),
        ..canvas::Link::default()
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
