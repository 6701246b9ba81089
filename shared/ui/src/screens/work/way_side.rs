//! The way between two objects, step by step: its objects and the links between them, each to be opened.

use access::{LinkTypeId, ObjectTypeId};
use egui::{Label, RichText, Ui};
use graph::{LinkId, NodeId};

use super::values;
use crate::app::{Command as AppCommand, Commands, Model};
use crate::look::{Look, TextSize, icons};
use crate::widgets::{Button, ListRow};
use crate::words::Word;
use crate::work::{Command, Gaps, Way, WayStep};

/// How much further to the right links stand than objects, in points.
const INDENT: f32 = 20.0;

/// Draws the whole way, under all that were found with it.
pub(super) fn ui(ui: &mut Ui, model: &Model, way: &Way, commands: &mut Commands) {
    if model.work.board.found().ways.len() > 1 {
        all_ui(ui, model, commands);
        ui.separator();
    }
    steps_ui(ui, model, way, commands);
}

/// Draws the objects and links of a way.
pub(super) fn steps_ui(ui: &mut Ui, model: &Model, way: &Way, commands: &mut Commands) {
    let words = model.words;
    ui.label(RichText::new(title(model, way)).font(TextSize::Body.semibold()));
    let sentence = sentence(model, way);
    ui.add(Label::new(RichText::new(&sentence).color(Look::of(ui.ctx()).colours.dim)).wrap());
    if ui.add(Button::new(words.t(Word::CopyWay)).icon(icons::CONTENT_COPY)).clicked() {
        commands.send(AppCommand::Copy(sentence));
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (place, id) in way.nodes.iter().enumerate() {
            ui.push_id(place, |ui| {
                let before = place.checked_sub(1);
                if let Some((before, step)) = before.and_then(|at| Some((way.nodes.get(at)?, way.steps.get(at)?))) {
                    for link in &step.links {
                        link_ui(ui, model, *link, (*before, step), commands);
                    }
                }
                object_ui(ui, model, *id, commands);
            });
        }
    });
}

/// All ways or rings that were found, and what is not known of them.
pub(super) fn all_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    let found = model.work.board.found();
    let is_ring = found.wanted.as_ref().is_some_and(|wanted| wanted.is_ring());
    let word = match (is_ring, found.has_more) {
        (true, true) => Word::MoreRings,
        (true, false) => Word::RingsFound,
        (false, _) => Word::WaysFound,
    };
    let title = words.with(word, &[&words.count(found.count)]);
    ui.add(Label::new(RichText::new(title).font(TextSize::Body.semibold())).wrap());
    gaps_ui(ui, model, &found.gaps);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (number, known) in found.ways.iter().enumerate() {
            let steps = words.count(known.steps.len() as u64);
            let label = |id: &NodeId| model.work.board.graph.label(*id);
            // All ways begin and end alike: what lies between tells them apart. A ring is all of its objects.
            let between =
                known.nodes.iter().skip(usize::from(!is_ring)).take(known.steps.len() - usize::from(!is_ring));
            let names: Vec<&str> = between.map(label).collect();
            let name = if names.is_empty() { words.t(Word::DirectWay).to_owned() } else { names.join(" · ") };
            let is_shown = model.work.board.way() == Some(known);
            let row = ListRow::new(&name).icon(icons::ROUTE).detail(&steps).selected(is_shown);
            if ui.push_id(("way", number), |ui| ui.add(row)).inner.clicked() {
                commands.work(Command::ShowWay(number));
            }
        }
    });
    let more = found.count.saturating_sub(found.ways.len() as u64);
    if more > 0 {
        let text = words.with(Word::AndMore, &[&words.count(more)]);
        ui.label(RichText::new(text).color(Look::of(ui.ctx()).colours.dim));
    }
}

/// What the search could not take into account.
pub(super) fn gaps_ui(ui: &mut Ui, model: &Model, gaps: &Gaps) {
    for sentence in gaps.told(model) {
        ui.add(Label::new(RichText::new(sentence).color(Look::of(ui.ctx()).colours.warn)).wrap());
    }
}

/// Leads back to the whole way from one of its steps.
pub(super) fn back_ui(ui: &mut Ui, model: &Model, way: &Way, commands: &mut Commands) {
    if ui.add(Button::quiet(&title(model, way)).icon(icons::ROUTE)).clicked() {
        commands.work(Command::Select(way.nodes.clone()));
    }
}

fn title(model: &Model, way: &Way) -> String {
    let word = if way.is_ring() { Word::RingOf } else { Word::WayOf };
    model.words.with(word, &[&model.words.count(way.steps.len() as u64)])
}

/// A link as one passes it coming from `here`.
struct Passed {
    /// How it reads in that direction.
    label: String,
    /// Whether it points on, back, or nowhere.
    onward: Option<bool>,
    /// When and how much it was, of one row; otherwise how many rows there are, and their sum.
    detail: String,
}

fn passed(model: &Model, id: LinkId, (here, step): (NodeId, &WayStep)) -> Option<Passed> {
    let words = model.words;
    let graph = &model.work.board.graph;
    let link = graph.link(id)?;
    let kind = LinkTypeId::new(graph.link_type(link.link_type)).ok().and_then(|id| model.link_type(&id))?;
    let is_onward = link.from == here;
    let direction = if is_onward { model::query::Direction::Forward } else { model::query::Direction::Backward };
    let [first, sums] = match &step.row {
        Some(row) => [values::micros(words, row.at), values::row_amount(words, kind, row)],
        None => {
            let count = if link.count > 1 { words.count(link.count) } else { String::new() };
            [count, values::sums(model, kind, link.sum, &[id])]
        }
    };
    let separator = if first.is_empty() || sums.is_empty() { "" } else { " · " };
    let detail = format!("{first}{separator}{sums}");
    Some(Passed { label: kind.label(direction).to_owned(), onward: link.directed.then_some(is_onward), detail })
}

fn link_ui(ui: &mut Ui, model: &Model, id: LinkId, from: (NodeId, &WayStep), commands: &mut Commands) {
    let Some(passed) = passed(model, id, from) else { return };
    let icon = match passed.onward {
        Some(true) => icons::ARROW_DOWNWARD,
        Some(false) => icons::ARROW_UPWARD,
        None => icons::LINK,
    };
    let row = ListRow::new(&passed.label).icon(icon).detail(&passed.detail).indent(INDENT);
    if ui.push_id(("link", id.0), |ui| ui.add(row)).inner.clicked() {
        commands.work(Command::SelectLink(id));
    }
}

fn object_ui(ui: &mut Ui, model: &Model, id: NodeId, commands: &mut Commands) {
    let graph = &model.work.board.graph;
    let Some(node) = graph.node(id) else { return };
    let kind = ObjectTypeId::new(graph.object_type(node.object_type)).ok().and_then(|id| model.object_type(&id));
    let row = ListRow::new(&node.label);
    let row = match kind {
        Some(kind) => row.coloured_icon(values::type_icon(kind), values::type_colour(Look::of(ui.ctx()), kind)),
        None => row.icon(icons::CATEGORY),
    };
    if ui.push_id(("object", id.0), |ui| ui.add(row)).inner.clicked() {
        commands.work(Command::Select(vec![id]));
    }
}

/// "Ada – owns → Harbour Ltd ← paid to – Bob".
fn sentence(model: &Model, way: &Way) -> String {
    let graph = &model.work.board.graph;
    let label = |id: &NodeId| graph.label(*id);
    let mut text = way.nodes.first().map(label).unwrap_or_default().to_owned();
    for ((here, there), step) in way.nodes.iter().zip(way.nodes.iter().skip(1)).zip(&way.steps) {
        let passed: Vec<Passed> = step.links.iter().filter_map(|id| passed(model, *id, (*here, step))).collect();
        let all = |onward| passed.iter().all(|passed| passed.onward == Some(onward));
        let (left, right) = (if all(false) { "←" } else { "–" }, if all(true) { "→" } else { "–" });
        let when = if step.row.is_some() { passed.first().map(|passed| passed.detail.as_str()) } else { None };
        let labels = passed.iter().map(|passed| passed.label.as_str()).chain(when);
        let labels = labels.collect::<Vec<_>>().join(", ");
        text.push_str(&format!(" {left} {labels} {right} {}", label(there)));
    }
    text
}
