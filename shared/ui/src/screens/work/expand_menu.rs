//! The expand menu beside an object: one line per link type with counts, before anything is fetched.

use egui::{Align, Id, Key, Layout, Modifiers, Rect, Response, RichText, Ui};
use graph::NodeId;
use model::query::Direction;
use model::{LinkType, ObjectType};
use wire::data::ExpandOrder;
use wire::frame::{Counted, LinkCount};

use super::values;
use crate::app::{Commands, Model};
use crate::look::Look;
use crate::widgets::{Button, ListRow, menu_heading, menu_line, popover_beside};
use crate::words::{Word, Words};
use crate::work::{Command, Expand, ObjectRef};

const WIDTH: f32 = 348.0;
const LIMITS: [u64; 5] = [10, 25, 50, 100, 250];
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
    beside: Rect,
    highlighted: usize,
    limit: usize,
    order: usize,
}

impl Default for Draft {
    fn default() -> Self {
        Self { is_open: false, objects: Vec::new(), beside: Rect::ZERO, highlighted: 0, limit: 1, order: 0 }
    }
}

impl Draft {
    /// Opens it for a node, or for all selected nodes of its type if it is one of them.
    pub(super) fn open(&mut self, model: &Model, node: Option<NodeId>, beside: Rect, commands: &mut Commands) {
        let board = &model.work.board;
        let Some((node, object)) = node.and_then(|id| Some((id, board.object(id)?))) else { return };
        let mut objects = vec![object.clone()];
        if board.selected.contains(&node) {
            objects = board.selected_objects();
            objects.retain(|other| other.object_type == object.object_type);
        }
        commands.work(Command::CountLinks(objects.clone()));
        (self.is_open, self.objects, self.beside, self.highlighted) = (true, objects, beside, 0);
    }

    fn expand(&self, line: &Line<'_>) -> Command {
        Command::Expand(Expand {
            objects: self.objects.clone(),
            link: line.link.id.clone(),
            direction: line.direction,
            order: ORDERS.get(self.order).map_or(ExpandOrder::Count, |(order, _)| *order),
            limit: self.limit(),
        })
    }

    fn limit(&self) -> u64 {
        LIMITS.get(self.limit).copied().unwrap_or(25)
    }
}

/// One line: a link type in a direction, and what was counted.
struct Line<'a> {
    link: &'a LinkType,
    direction: Direction,
    far: &'a ObjectType,
    count: Option<&'a LinkCount>,
}

impl Line<'_> {
    fn detail(&self, words: Words, is_running: bool) -> String {
        let Some(count) = self.count else {
            return if is_running { words.t(Word::Counting).to_owned() } else { "?".to_owned() };
        };
        let written = |counted: Counted| words.count_at_least(counted.number, !counted.more);
        let (links, far) = (written(count.links), written(count.neighbours));
        if count.links == count.neighbours {
            return far;
        }
        let kind = if far == "1" { &self.far.name } else { &self.far.plural };
        format!("{links} {} · {far} {}", self.link.plural.to_lowercase(), kind.to_lowercase())
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
        many => words.with(Word::Objects, &[&words.count(many as u64)]),
    };
    let title = words.with(Word::ExpandOf, &[&title]);
    let mut open = true;
    let done = popover_beside(surface, Id::unique("expand menu"), draft.beside, &mut open, &title, |ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = 0.0;
        menu_heading(ui, &title);
        ui.add_space(4.0);
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
    let lines: Vec<Line<'_>> = ways(model, &first.object_type)
        .into_iter()
        .map(|(link, direction, far)| {
            let count = counts.and_then(|counts| counts.find(&link.id, direction));
            Line { link, direction, far, count }
        })
        .filter(|line| !line.is_empty())
        .collect();
    let wants_all = ui.input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::Enter));
    let mut chosen = false;
    for (number, line) in lines.iter().enumerate() {
        let detail = line.detail(words, is_running);
        let icon = values::link_icon(line.link, line.far);
        let row =
            ListRow::new(line.link.label(line.direction)).coloured_icon(icon, values::type_colour(look, line.far));
        let response = menu_line(ui, row.detail(&detail).selected(number == draft.highlighted));
        if response.has_focus() || response.hovered() {
            draft.highlighted = number;
        }
        if response.clicked() {
            commands.work(draft.expand(line));
            chosen = true;
        }
    }
    if lines.is_empty() {
        ui.label(
            RichText::new(words.t(if is_running { Word::Counting } else { Word::NoLinkTypes })).color(look.colours.dim),
        );
    }
    for fault in counts.map(|counts| counts.faults.as_slice()).unwrap_or_default() {
        ui.label(RichText::new(fault.to_string()).color(look.colours.bad));
    }
    let wants_one = foot_ui(ui, words, draft);
    if let Some(line) = lines.get(draft.highlighted).filter(|_| wants_one) {
        commands.work(draft.expand(line));
        chosen = true;
    }
    if wants_all {
        for line in lines.iter().filter(|line| line.fits(draft.limit())) {
            commands.work(draft.expand(line));
            chosen = true;
        }
    }
    chosen
}

/// How many, in which order, and the button.
fn foot_ui(ui: &mut Ui, words: Words, draft: &mut Draft) -> bool {
    let dim = Look::of(ui.ctx()).colours.dim;
    ui.add_space(4.0);
    ui.separator();
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.add_space(8.0);
        ui.label(RichText::new(words.t(Word::Top)).color(dim));
        if ui.add(Button::new(&draft.limit().to_string())).clicked() {
            draft.limit = (draft.limit + 1) % LIMITS.len();
        }
        ui.label(RichText::new(words.t(Word::By)).color(dim));
        let order = ORDERS.get(draft.order).map_or("", |(_, word)| words.t(*word));
        if ui.add(Button::new(order)).clicked() {
            draft.order = (draft.order + 1) % ORDERS.len();
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add(Button::primary(words.t(Word::Expand)).shortcut("Enter")).clicked()
        })
        .inner
    })
    .inner
}
