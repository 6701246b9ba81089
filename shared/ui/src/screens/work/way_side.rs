//! The way between two objects, step by step: its objects and the links between them, each to be opened.

use access::{LinkTypeId, ObjectTypeId};
use egui::{Label, RichText, Ui};
use graph::{LinkId, NodeId, Path};

use super::values;
use crate::app::{Command as AppCommand, Commands, Model};
use crate::look::{Look, TextSize, icons};
use crate::widgets::{Button, ListRow};
use crate::words::Word;
use crate::work::Command;

/// How much further to the right links stand than objects, in points.
const INDENT: f32 = 20.0;

/// Draws the whole way.
pub(super) fn ui(ui: &mut Ui, model: &Model, way: &Path, commands: &mut Commands) {
    let words = model.words;
    all_ui(ui, model, way, commands);
    ui.label(RichText::new(title(model, way)).font(TextSize::Body.semibold()));
    let sentence = sentence(model, way);
    ui.add(Label::new(RichText::new(&sentence).color(Look::of(ui.ctx()).colours.dim)).wrap());
    if ui.add(Button::new(words.t(Word::CopyWay)).icon(icons::CONTENT_COPY)).clicked() {
        commands.send(AppCommand::Copy(sentence));
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (place, id) in way.nodes.iter().enumerate() {
            if let Some(before) = place.checked_sub(1).and_then(|before| way.nodes.get(before)) {
                for link in between(model, way, *before, *id) {
                    link_ui(ui, model, link, *before, commands);
                }
            }
            object_ui(ui, model, *id, commands);
        }
    });
}

/// All ways that were found, where they are several.
fn all_ui(ui: &mut Ui, model: &Model, way: &Path, commands: &mut Commands) {
    let words = model.words;
    let (ways, count) = model.work.board.ways();
    if ways.len() < 2 {
        return;
    }
    ui.label(RichText::new(words.with(Word::WaysFound, &[&words.count(count)])).font(TextSize::Body.semibold()));
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (number, known) in ways.iter().enumerate() {
            let steps = words.count(known.nodes.len().saturating_sub(1) as u64);
            let label = |id: &NodeId| model.work.board.graph.node(*id).map_or("", |node| node.label.as_str());
            // All begin and end alike: what lies between tells them apart.
            let between = known.nodes.iter().skip(1).take(known.nodes.len().saturating_sub(2));
            let names: Vec<&str> = between.map(label).collect();
            let name = if names.is_empty() { words.t(Word::DirectWay).to_owned() } else { names.join(" · ") };
            let row = ListRow::new(&name).icon(icons::ROUTE).detail(&steps).selected(known == way);
            if ui.push_id(("way", number), |ui| ui.add(row)).inner.clicked() {
                commands.work(Command::ShowWay(number));
            }
        }
    });
    let more = count.saturating_sub(ways.len() as u64);
    if more > 0 {
        let text = words.with(Word::AndMore, &[&words.count(more)]);
        ui.label(RichText::new(text).color(Look::of(ui.ctx()).colours.dim));
    }
    ui.separator();
}

/// Leads back to the whole way from one of its steps.
pub(super) fn back_ui(ui: &mut Ui, model: &Model, way: &Path, commands: &mut Commands) {
    if ui.add(Button::quiet(&title(model, way)).icon(icons::ROUTE)).clicked() {
        commands.work(Command::Select(way.nodes.clone()));
    }
}

fn title(model: &Model, way: &Path) -> String {
    let hops = way.nodes.len().saturating_sub(1) as u64;
    model.words.with(Word::WayOf, &[&model.words.count(hops)])
}

/// The links of the way between two of its objects.
fn between(model: &Model, way: &Path, here: NodeId, there: NodeId) -> Vec<LinkId> {
    let joins = |id: &&LinkId| {
        let link = model.work.board.graph.link(**id);
        link.is_some_and(|link| (link.from, link.to) == (here, there) || (link.to, link.from) == (here, there))
    };
    way.links.iter().filter(joins).copied().collect()
}

/// A link as one passes it coming from `here`.
struct Passed {
    /// How it reads in that direction.
    label: String,
    /// Whether it points on, back, or nowhere.
    onward: Option<bool>,
    /// How many there are, and their sum.
    detail: String,
}

fn passed(model: &Model, id: LinkId, here: NodeId) -> Option<Passed> {
    let words = model.words;
    let graph = &model.work.board.graph;
    let link = graph.link(id)?;
    let kind = LinkTypeId::new(graph.link_type(link.link_type)).ok().and_then(|id| model.link_type(&id))?;
    let is_onward = link.from == here;
    let direction = if is_onward { model::query::Direction::Forward } else { model::query::Direction::Backward };
    let mut detail = if link.count > 1 { words.count(link.count) } else { String::new() };
    let sums = values::sums(model, kind, link.sum, &[id]);
    if !sums.is_empty() {
        let separator = if detail.is_empty() { "" } else { " · " };
        detail.push_str(&format!("{separator}{sums}"));
    }
    Some(Passed { label: kind.label(direction).to_owned(), onward: link.directed.then_some(is_onward), detail })
}

fn link_ui(ui: &mut Ui, model: &Model, id: LinkId, here: NodeId, commands: &mut Commands) {
    let Some(passed) = passed(model, id, here) else { return };
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
fn sentence(model: &Model, way: &Path) -> String {
    let graph = &model.work.board.graph;
    let label = |id: &NodeId| graph.node(*id).map_or("", |node| node.label.as_str());
    let mut text = way.nodes.first().map(label).unwrap_or_default().to_owned();
    for (here, there) in way.nodes.iter().zip(way.nodes.iter().skip(1)) {
        let passed: Vec<Passed> =
            between(model, way, *here, *there).into_iter().filter_map(|id| passed(model, id, *here)).collect();
        let all = |onward| passed.iter().all(|passed| passed.onward == Some(onward));
        let (left, right) = (if all(false) { "←" } else { "–" }, if all(true) { "→" } else { "–" });
        let labels: Vec<&str> = passed.iter().map(|passed| passed.label.as_str()).collect();
        text.push_str(&format!(" {left} {} {right} {}", labels.join(", "), label(there)));
    }
    text
}
