//! What the canvas draws: made anew only when the graph changed; places may glide without it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use graph::{Item, Lines, Link, LinkId, NodeId, Parallel, Place};
use model::query::Direction;
use wire::frame::LinkCount;

use super::{grouped, legend, values};
use crate::app::Model;
use crate::canvas;
use crate::look::icons;
use crate::words::{Language, Word};
use crate::work::style::{Looks, Style, Tint};
use crate::work::{Counts, ObjectRef};

/// How many properties stand under a name.
const MOST_TOLD: usize = 2;
/// The share of the widest line that the smallest sum gets.
const THINNEST: f32 = 0.05;
/// Above 1, so that the few large sums stand out from the many in the middle.
const CONTRAST: f32 = 1.5;
/// The same where all sums are about the same.
const MIDDLE: f32 = 0.5;

/// What a drawing was made of: revisions of graph, project, counts and of what rules go by, the language, and how parallel
/// links are drawn.
type Revision = (u64, u64, u64, u64, Language, Parallel);

/// The nodes and lines of one revision of the graph, kept from frame to frame.
#[derive(Default)]
pub(super) struct Drawn {
    revision: Option<Revision>,
    /// What each place in the list of nodes stands for.
    pub(super) items: Vec<Item>,
    pub(super) nodes: Vec<canvas::Node>,
    /// The links of each place in the list of links.
    lines: Lines,
    pub(super) links: Vec<canvas::Link>,
    /// Open groups.
    hulls: Vec<canvas::Hull>,
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
        let board = &model.work.board;
        let (counts, known) = (model.work.counts_change, rules_go_by(model));
        let now = Some((board.graph.revision(), revision, counts, known, language, board.parallel));
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
        let style = Style::of(model);
        self.items = board.graph.items();
        self.nodes = nodes(model, &style, &self.items);
        self.lines = board.graph.lines(board.parallel);
        let places: HashMap<Item, u32> = self.items.iter().copied().zip(0..).collect();
        self.links = links(model, &style, &places, &self.lines);
        self.hulls = grouped::hulls(model, &places);
        self.legend = legend::parts(model, &style, |_| true);
    }

    /// Open groups, by the places of their members.
    pub(super) fn hulls(&self) -> &[canvas::Hull] {
        &self.hulls
    }

    /// What the canvas draws, without places.
    pub(super) fn scene(&self) -> canvas::Scene<'_> {
        canvas::Scene {
            nodes: &self.nodes,
            links: &self.links,
            hulls: &self.hulls,
            wiring: self.wiring(),
            look: self.look(),
            ..canvas::Scene::default()
        }
    }

    /// Marks what is selected, and what lies on the way that is shown.
    fn mark(&mut self, model: &Model, with_selection: bool) {
        let board = &model.work.board;
        let way: Vec<LinkId> = board.way().map(|way| way.links().collect()).unwrap_or_default();
        let mut hasher = DefaultHasher::new();
        (&board.selected, board.link, &way, with_selection).hash(&mut hasher);
        let now = Some(hasher.finish());
        if self.marked == now {
            return;
        }
        self.marked = now;
        self.look += 1;
        for (item, node) in self.items.iter().zip(&mut self.nodes) {
            let first = board.graph.first_member(*item);
            node.selected = with_selection && first.is_some_and(|id| board.selected.contains(&id));
        }
        for hull in &mut self.hulls {
            let is_selected = |at: &u32| self.nodes.get(*at as usize).is_some_and(|node| node.selected);
            hull.selected = hull.members.iter().all(is_selected);
        }
        let way: HashSet<LinkId> = way.into_iter().collect();
        for (line, link) in self.lines.iter().zip(&mut self.links) {
            let is_selected = board.link.is_some_and(|selected| line.links.contains(&selected));
            link.selected = with_selection && is_selected;
            link.marked = line.links.iter().any(|id| way.contains(id));
        }
    }

    /// What the look of it means.
    pub(super) fn legend(&self) -> &[legend::Part] {
        &self.legend
    }

    /// Changes whenever nodes or links do.
    pub(super) fn wiring(&self) -> u64 {
        self.revision.map_or(0, |(graph, .., parallel)| 2 * graph + u64::from(parallel == Parallel::AsOne))
    }

    /// Changes whenever a node or a link looks different, other than by its place.
    pub(super) fn look(&self) -> u64 {
        self.look
    }

    /// The places of the nodes as they are in the graph.
    pub(super) fn places(&self, model: &Model) -> Vec<Place> {
        self.items.iter().map(|item| model.work.board.graph.item_place(*item)).collect()
    }

    /// Makes the second lines of the nodes whose places are seen, as far as their properties were fetched.
    pub(super) fn tell(&mut self, model: &Model, places: &[Place], is_seen: impl Fn(Place) -> bool) {
        for ((item, node), place) in self.items.iter().zip(&mut self.nodes).zip(places) {
            let Item::Node(id) = item else { continue };
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

    /// The graph's links behind a line.
    pub(super) fn links_of(&self, line: u32) -> &[LinkId] {
        self.lines.get(line as usize).map_or(&[], |line| line.links)
    }

    /// The line that a link of the graph is part of.
    pub(super) fn line_of(&self, link: LinkId) -> Option<u32> {
        self.lines.line_of(link).map(|at| at as u32)
    }

    /// What places in the list stand for.
    pub(super) fn items_at(&self, places: &[u32]) -> Vec<Item> {
        places.iter().filter_map(|place| self.items.get(*place as usize).copied()).collect()
    }

    /// The place in the list of what a node is drawn as.
    pub(super) fn place_of(&self, model: &Model, node: NodeId) -> Option<u32> {
        let wanted = model.work.board.graph.item_of(node);
        self.items.iter().position(|item| *item == wanted).map(|at| at as u32)
    }

    /// The places of what is selected.
    pub(super) fn selected(&self) -> Vec<u32> {
        (0u32..).zip(&self.nodes).filter(|(_, node)| node.selected).map(|(at, _)| at).collect()
    }

    /// The places of everything.
    pub(super) fn all(&self) -> Vec<u32> {
        (0..self.items.len() as u32).collect()
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

/// What is drawn, without second lines of objects that were not looked at yet.
fn nodes(model: &Model, style: &Style<'_>, items: &[Item]) -> Vec<canvas::Node> {
    let graph = &model.work.board.graph;
    let of_types: BTreeSet<graph::TypeId> = graph.shown().map(|(_, node)| node.object_type).collect();
    let types: HashMap<graph::TypeId, (usize, char, Arc<str>)> =
        of_types.into_iter().map(|id| (id, look_of(model, graph.object_type(id)))).collect();
    let badges = badges(model);
    let missing = model.words.t(Word::NotInSources);
    let node = |id: NodeId| {
        let node = graph.node(id)?;
        let (colour, icon, kind) = types.get(&node.object_type).cloned().unwrap_or_default();
        let is_missing = ObjectRef::is_missing(node);
        let looks = style.object(id, node);
        Some(canvas::Node {
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
        })
    };
    let of_item = |item: &Item| match item {
        Item::Node(id) => node(*id).unwrap_or_default(),
        Item::Group(_) => grouped::node(model, *item, |id| types.get(&id).map(|(colour, icon, _)| (*colour, *icon))),
    };
    items.iter().map(of_item).collect()
}

/// The lines between what is drawn.
fn links(model: &Model, style: &Style<'_>, places: &HashMap<Item, u32>, lines: &Lines) -> Vec<canvas::Link> {
    let graph = &model.work.board.graph;
    let sums = sums(model, lines);
    let of_types: BTreeSet<graph::TypeId> = graph.shown_links().map(|(_, link)| link.link_type).collect();
    let kinds: HashMap<graph::TypeId, Arc<str>> =
        of_types.into_iter().map(|id| (id, said_of(model, graph.link_type(id)))).collect();
    let drawn = |line: graph::Line<'_>| {
        let end = |item| places.get(&item).copied().unwrap_or(u32::MAX);
        let (from, to) = (end(line.from), end(line.to));
        let first = line.links.first().and_then(|id| graph.link(*id));
        let kind = first.and_then(|link| kinds.get(&link.link_type)).cloned().unwrap_or_default();
        match (line.links, first) {
            ([id], Some(link)) => {
                let drawn = canvas::Link { from, to, kind, ..self::line(model, *id, link, &sums) };
                looking(drawn, style.link(link))
            }
            _ => canvas::Link { from, to, ..grouped::line(model, &line, &sums, &kinds) },
        }
    };
    lines.iter().map(drawn).collect()
}

/// A line as the rules want it.
fn looking(line: canvas::Link, looks: Looks) -> canvas::Link {
    let (colour, label) = (looks.tint.map(colour_of).or(line.colour), looks.label.unwrap_or(line.label));
    canvas::Link { colour, weight: looks.larger.unwrap_or(line.weight), label, ..line }
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
pub(super) type Sums = HashMap<graph::TypeId, (f64, f64)>;

fn sums(model: &Model, lines: &Lines) -> Sums {
    let graph = &model.work.board.graph;
    let mut sums = HashMap::new();
    let mut note = |link_type: graph::TypeId, sum: Option<graph::Amount>| {
        if let Some(sum) = sum.map(|sum| sum.to_f64().abs()) {
            let (least, most) = sums.entry(link_type).or_insert((sum, sum));
            (*least, *most) = (least.min(sum), most.max(sum));
        }
    };
    for line in lines.iter() {
        match line.links {
            [one] => graph.link(*one).into_iter().for_each(|link| note(link.link_type, link.sum)),
            several => {
                for (link_type, total) in graph.sum_links(several.iter().copied()) {
                    note(link_type, total.sum);
                }
            }
        }
    }
    sums
}

/// The width of a line among those of its type: by the logarithm of its sum, so that small ones are seen too.
pub(super) fn weight(sum: f64, (least, most): (f64, f64)) -> f32 {
    let spread = (1.0 + most).ln() - (1.0 + least).ln();
    if spread < 0.1 {
        return canvas::weight_of_sum(sum, most) * MIDDLE;
    }
    let share = (((1.0 + sum).ln() - (1.0 + least).ln()) / spread) as f32;
    THINNEST + (1.0 - THINNEST) * share.clamp(0.0, 1.0).powf(CONTRAST)
}

/// How a line looks, whatever its ends.
fn line(model: &Model, id: LinkId, link: &Link, sums: &Sums) -> canvas::Link {
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
