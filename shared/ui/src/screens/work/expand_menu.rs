//! The expand menu beside an object: one line per link type with counts, before anything is fetched.

use egui::{Align, Id, Key, Label, Layout, Modifiers, Rect, Response, RichText, Sense, Ui, vec2};
use graph::NodeId;
use model::query::{Direction, MOST_KEYS};
use model::{LinkType, ObjectType};
use wire::data::ExpandOrder;
use wire::frame::{Counted, LinkCount, NOT_COUNTED};

use super::expand_guard::{self, Asking};
use super::{values, withheld};
use crate::app::{Commands, Model};
use crate::look::{CONTROL, Look, TextSize};
use crate::widgets::paint::{self, Side};
use crate::widgets::{Button, ListRow, Segment, menu_heading, menu_line, popover_beside, segmented};
use crate::words::{Word, Words};
use crate::work::{Command, Expand, ObjectRef};

/// The menu is as wide as its lines need, between these, in points.
const NARROWEST: f32 = 420.0;
const WIDEST: f32 = 620.0;
/// The column of the names of the choices, in points.
const NAMES: f32 = 76.0;
const LIMITS: [u64; 5] = [10, 25, 50, 100, 250];
/// What "all" asks for: more are not answered at once.
pub(super) const ALL: u64 = MOST_KEYS as u64;
/// The place of the order by count, which every link type has.
const BY_COUNT: usize = 1;
const ORDERS: [(ExpandOrder, Word); 4] = [
    (ExpandOrder::Sum, Word::BySum),
    (ExpandOrder::Count, Word::ByCount),
    (ExpandOrder::Time, Word::ByTime),
    (ExpandOrder::Name, Word::ByName),
];

/// The menu.
pub(super) struct Draft {
    is_open: bool,
    objects: Vec<ObjectRef>,
    /// The node that it was opened for.
    node: Option<NodeId>,
    /// Selected objects that are too many for one question.
    left_out: usize,
    /// Where that node is seen now.
    pub(super) beside: Rect,
    highlighted: usize,
    limit: usize,
    pub(super) order: usize,
    /// The line that leads to so many objects that it is asked how many are wanted.
    pub(super) asking: Option<Asking>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            is_open: false,
            objects: Vec::new(),
            node: None,
            left_out: 0,
            beside: Rect::ZERO,
            highlighted: 0,
            limit: 1,
            order: 0,
            asking: None,
        }
    }
}

impl Draft {
    /// Opens it for a node, or for all selected nodes of its type if it is one of them.
    pub(super) fn open(&mut self, model: &Model, node: Option<NodeId>, commands: &mut Commands) {
        let board = &model.work.board;
        let Some((node, object)) = node.and_then(|id| Some((id, board.object(id)?))) else { return };
        let mut objects = vec![object.clone()];
        if board.selected.contains(&node) {
            objects = board.selected_objects();
            objects.retain(|other| other.object_type == object.object_type);
        }
        self.left_out = objects.len().saturating_sub(MOST_KEYS);
        objects.truncate(MOST_KEYS);
        commands.work(Command::CountLinks(objects.clone()));
        (self.is_open, self.objects, self.node, self.highlighted) = (true, objects, Some(node), 0);
        self.asking = None;
    }

    /// The node that it stands beside, while it is open.
    pub(super) fn node(&self) -> Option<NodeId> {
        self.node.filter(|_| self.is_open)
    }

    /// Expands a line, or asks first where it would bring too many; whether it is expanded.
    fn take(&mut self, line: &Line<'_>, commands: &mut Commands) -> bool {
        let limit = self.limit();
        if limit == ALL && expand_guard::is_much(line) {
            self.asking = Some(Asking::new(line));
            return false;
        }
        commands.work(self.expand(line, limit));
        true
    }

    pub(super) fn expand(&self, line: &Line<'_>, limit: u64) -> Command {
        Command::Expand(Expand {
            objects: self.objects.clone(),
            link: line.link.id.clone(),
            direction: line.direction,
            order: ORDERS.get(self.order_of(Some(line))).map_or(ExpandOrder::Count, |(order, _)| *order),
            limit,
        })
    }

    /// The order that was chosen, or by count where the links cannot be ordered that way.
    fn order_of(&self, line: Option<&Line<'_>>) -> usize {
        let is_possible = |(_, word): &(ExpandOrder, Word)| line.is_none_or(|line| line.lacks(*word).is_none());
        if ORDERS.get(self.order).is_some_and(is_possible) { self.order } else { BY_COUNT }
    }

    fn limit(&self) -> u64 {
        LIMITS.get(self.limit).copied().unwrap_or(ALL)
    }
}

/// One line: a link type in a direction, and what was counted.
pub(super) struct Line<'a> {
    pub(super) link: &'a LinkType,
    pub(super) direction: Direction,
    far: &'a ObjectType,
    pub(super) count: Option<&'a LinkCount>,
}

impl Line<'_> {
    fn detail(&self, words: Words, is_running: bool) -> String {
        let Some(count) = self.count else {
            return if is_running { words.t(Word::Counting).to_owned() } else { "?".to_owned() };
        };
        if count.links == NOT_COUNTED {
            return words.t(Word::NotCounted).to_owned();
        }
        let written = |counted: Counted| values::counted(words, counted);
        let (links, far) = (written(count.links), written(count.neighbours));
        if count.links == count.neighbours {
            return far;
        }
        format!("{links} {} · {far} {}", self.link.plural.to_lowercase(), self.far_named(count.neighbours))
    }

    /// What the objects at the other end are called: one by the type's name, more by its plural.
    fn far_named(&self, counted: Counted) -> String {
        let is_one = counted.number == 1 && !counted.more;
        if is_one { &self.far.name } else { &self.far.plural }.to_lowercase()
    }

    /// What expanding brings within a limit: "25 of 204 accounts".
    pub(super) fn brings(&self, words: Words, limit: u64) -> String {
        let all = self.count.map(|count| count.neighbours).filter(|all| *all != NOT_COUNTED);
        let Some(all) = all else { return String::new() };
        let (number, far) = (words.count_at_least(all.number, !all.more), self.far_named(all));
        if !all.more && all.number <= limit {
            return words.with(Word::BringsAll, &[&number, &far]);
        }
        words.with(Word::BringsSome, &[&words.count(limit.min(all.number)), &number, &far])
    }

    fn row(&self, look: Look) -> ListRow<'_> {
        let icon = values::link_icon(self.link, self.far);
        ListRow::new(self.link.label(self.direction)).coloured_icon(icon, values::type_colour(look, self.far))
    }

    /// Why its links cannot be ordered so; none where they can.
    fn lacks(&self, order: Word) -> Option<Word> {
        match order {
            Word::BySum => self.link.amount.is_none().then_some(Word::NoAmount),
            Word::ByTime => self.link.time.is_none().then_some(Word::NoTime),
            _ => None,
        }
    }

    fn fits(&self, limit: u64) -> bool {
        let fits = |count: &LinkCount| !count.neighbours.more && (1..=limit).contains(&count.neighbours.number);
        self.count.is_some_and(fits)
    }

    fn is_empty(&self) -> bool {
        self.count.is_some_and(|count| count.links == Counted::default())
    }
}

/// The ways out of objects of a type.
pub(super) fn ways<'a>(model: &'a Model, of: &access::ObjectTypeId) -> Vec<(&'a LinkType, Direction, &'a ObjectType)> {
    let links = model.project().map(|seen| &seen.project.link_types);
    let mut ways = Vec::new();
    for link in links.into_iter().flat_map(|links| links.values()) {
        for direction in [Direction::Forward, Direction::Backward] {
            let is_second_of_same = direction == Direction::Backward && !link.directed && link.from == link.to;
            if link.near(direction) == of
                && !is_second_of_same
                && let Some(far) = model.object_type(link.far(direction))
            {
                ways.push((link, direction, far));
            }
        }
    }
    ways
}

/// Draws it while it is open.
pub(super) fn ui(surface: &Response, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let Some(first) = draft.objects.first().filter(|_| draft.is_open).cloned() else { return };
    let words = model.words;
    let title = match draft.objects.len() {
        1 => model.work.object(&first).map_or_else(|| first.key.join(" · "), |object| object.title.clone()),
        many => {
            let [first, all] = [many, many + draft.left_out].map(|number| words.count(number as u64));
            let word = if draft.left_out > 0 { Word::FirstObjects } else { Word::Objects };
            words.with(word, &[&first, &all])
        }
    };
    let title = words.with(Word::ExpandOf, &[&title]);
    let mut open = true;
    let done = popover_beside(surface, Id::unique("expand menu"), draft.beside, &mut open, &title, |ui| {
        ui.set_width(wanted_width(ui, model, draft, &first));
        ui.spacing_mut().item_spacing.y = 0.0;
        menu_heading(ui, &title);
        ui.add_space(4.0);
        if draft.asking.is_some() {
            return expand_guard::ui(ui, model, draft, &first, commands);
        }
        lines_ui(ui, model, draft, &first, commands)
    });
    draft.is_open = open && done != Some(true);
    if !draft.is_open {
        surface.ctx.memory_mut(|memory| memory.surrender_focus(surface.id));
    }
}

/// True when something was chosen.
fn lines_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, first: &ObjectRef, commands: &mut Commands) -> bool {
    let words = model.words;
    let look = Look::of(ui.ctx());
    let counts = model.work.counts_of(&draft.objects);
    let is_running = counts.is_some_and(|counts| counts.is_running);
    let lines = lines(model, draft, first);
    let wants_all = ui.input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::Enter));
    let mut chosen = false;
    for (number, line) in lines.iter().enumerate() {
        let detail = line.detail(words, is_running);
        let row = line.row(look).detail(&detail).selected(number == draft.highlighted);
        let response = menu_line(ui, row);
        if response.has_focus() || response.hovered() {
            draft.highlighted = number;
        }
        chosen |= response.clicked() && draft.take(line, commands);
    }
    withheld::ways_ui(ui, model, &first.object_type, true);
    if lines.is_empty() && (is_running || !withheld::has_ways(model, &first.object_type)) {
        let word = if is_running { Word::Counting } else { Word::NoLinkTypes };
        ui.label(RichText::new(words.t(word)).color(look.colours.dim));
    }
    for fault in counts.map(|counts| counts.faults.as_slice()).unwrap_or_default() {
        ui.label(RichText::new(fault.to_string()).color(look.colours.bad));
    }
    let wish = foot_ui(ui, words, draft, lines.get(draft.highlighted));
    let wanted: Vec<&Line<'_>> = match (wish, wants_all) {
        (Wish::Fitting, _) | (_, true) => lines.iter().filter(|line| line.fits(draft.limit())).collect(),
        (Wish::One, _) => lines.get(draft.highlighted).into_iter().collect(),
        (Wish::Nothing, false) => Vec::new(),
    };
    let taken = wanted.iter().filter(|line| draft.take(line, commands)).count();
    chosen || taken > 0
}

/// The lines with something to expand, and those that are still being counted.
pub(super) fn lines<'a>(model: &'a Model, draft: &Draft, first: &ObjectRef) -> Vec<Line<'a>> {
    let counts = model.work.counts_of(&draft.objects);
    let line = |(link, direction, far): (&'a LinkType, Direction, &'a ObjectType)| {
        let count = counts.and_then(|counts| counts.find(&link.id, direction));
        Line { link, direction, far, count }
    };
    ways(model, &first.object_type).into_iter().map(line).filter(|line| !line.is_empty()).collect()
}

/// So wide that no name and no count is cut, within limits.
fn wanted_width(ui: &Ui, model: &Model, draft: &Draft, first: &ObjectRef) -> f32 {
    let look = Look::of(ui.ctx());
    let widest = lines(model, draft, first)
        .iter()
        .map(|line| line.row(look).detail(&line.detail(model.words, true)).wanted_width(ui))
        .fold(0.0, f32::max);
    widest.clamp(NARROWEST, WIDEST)
}

/// What the foot of the menu was asked for.
enum Wish {
    Nothing,
    /// Expand the highlighted line.
    One,
    /// Expand every line that fits within the limit.
    Fitting,
}

/// Which come first, how many at most, what that brings, and the buttons.
fn foot_ui(ui: &mut Ui, words: Words, draft: &mut Draft, line: Option<&Line<'_>>) -> Wish {
    ui.add_space(4.0);
    ui.separator();
    ui.add_space(6.0);
    orders_ui(ui, words, &mut draft.order, line);
    ui.add_space(6.0);
    let limits = LIMITS.map(|limit| words.count(limit));
    let all = Segment::text(words.t(Word::AllOfThem));
    let limits: Vec<Segment<'_>> = limits.iter().map(|limit| Segment::text(limit)).chain([all]).collect();
    choice_ui(ui, words.t(Word::AtMost), &limits, &mut draft.limit);
    ui.add_space(8.0);
    let brings = line.map(|line| line.brings(words, draft.limit())).unwrap_or_default();
    let dim = Look::of(ui.ctx()).colours.dim;
    ui.horizontal(|ui| {
        ui.add_space(8.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            let one =
                ui.add(Button::primary(words.t(Word::Expand)).shortcut("Enter").enabled(line.is_some())).clicked();
            let all = ui.add(Button::quiet(words.t(Word::ExpandFits)).shortcut("Shift Enter")).clicked();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(brings).color(dim)).truncate());
            });
            match (one, all) {
                (true, _) => Wish::One,
                (false, true) => Wish::Fitting,
                (false, false) => Wish::Nothing,
            }
        })
        .inner
    })
    .inner
}

/// Which come first, of what a line leads to.
pub(super) fn orders_ui(ui: &mut Ui, words: Words, order: &mut usize, line: Option<&Line<'_>>) {
    let why_not = |word| {
        let line = line?;
        Some(words.with(line.lacks(word)?, &[line.link.label(line.direction)]))
    };
    let reasons = ORDERS.map(|(_, word)| why_not(word));
    let orders = ORDERS.iter().zip(&reasons);
    let orders: Vec<Segment<'_>> =
        orders.map(|((_, word), why_not)| Segment::text(words.t(*word)).unless(why_not.as_deref())).collect();
    choice_ui(ui, words.t(Word::OrderedBy), &orders, order);
}

/// A choice with its name before it, in a column of names.
fn choice_ui(ui: &mut Ui, name: &str, segments: &[Segment<'_>], chosen: &mut usize) {
    let dim = Look::of(ui.ctx()).colours.dim;
    ui.horizontal(|ui| {
        ui.add_space(8.0);
        let (place, _) = ui.allocate_exact_size(vec2(NAMES, CONTROL + 4.0), Sense::hover());
        paint::text_in(ui, place, name, TextSize::Body.regular(), dim, Side::Left);
        segmented(ui, name, segments, chosen);
    });
}
