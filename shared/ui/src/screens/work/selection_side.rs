//! Several selected objects: how many of each type, and count and sum of the links among them.

use access::{LinkTypeId, ObjectTypeId};
use egui::{RichText, Ui};
use graph::NodeId;

use super::{group_side, values, way_side};
use crate::app::{Commands, Model};
use crate::look::{Look, TextSize, icons};
use crate::widgets::{Button, ListRow, menu, menu_row};
use crate::words::Word;
use crate::work::{Command, Grouping, Wanted, Ways};

/// The most selected objects that are listed by name.
const MOST_LISTED: usize = 200;

/// Draws it.
pub(super) fn ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    let board = &model.work.board;
    let nodes: Vec<NodeId> = board.selected.iter().copied().collect();
    let title = words.with(Word::SelectedObjects, &[&words.count(nodes.len() as u64)]);
    ui.label(RichText::new(title).font(TextSize::Heading.semibold()));
    let way = board.way().filter(|way| way.is_within(&board.selected));
    buttons_ui(ui, model, &nodes, way.is_some(), commands);
    if let Some(way) = way {
        ui.separator();
        way_side::ui(ui, model, way, commands);
    }
    ui.separator();
    types_ui(ui, model, &nodes, commands);
    ui.separator();
    links_ui(ui, model, &nodes);
    if way.is_none() {
        ui.separator();
        objects_ui(ui, model, &nodes, commands);
    }
}

/// The selected objects by name.
fn objects_ui(ui: &mut Ui, model: &Model, nodes: &[NodeId], commands: &mut Commands) {
    let board = &model.work.board;
    ui.spacing_mut().item_spacing.y = 0.0;
    for id in nodes.iter().take(MOST_LISTED) {
        let Some((node, object)) = board.graph.node(*id).zip(board.object(*id)) else { continue };
        let Some(kind) = model.object_type(&object.object_type) else { continue };
        let look = Look::of(ui.ctx());
        let row = ListRow::new(&node.label).coloured_icon(values::type_icon(kind), values::type_colour(look, kind));
        if ui.push_id(id.0, |ui| ui.add(row)).inner.clicked() {
            commands.work(Command::Select(vec![*id]));
        }
    }
    let more = nodes.len().saturating_sub(MOST_LISTED) as u64;
    if more > 0 {
        let text = model.words.with(Word::AndMore, &[&model.words.count(more)]);
        ui.label(RichText::new(text).color(Look::of(ui.ctx()).colours.dim));
    }
}

fn buttons_ui(ui: &mut Ui, model: &Model, nodes: &[NodeId], is_way: bool, commands: &mut Commands) {
    let words = model.words;
    ui.horizontal_wrapped(|ui| {
        if nodes.len() == 2 {
            ways_ui(ui, model, commands);
        }
        if ui.add(Button::new(words.t(Word::Isolate)).shortcut("I")).clicked() {
            commands.work(Command::Isolate(nodes.iter().copied().collect()));
        }
        if ui.add(Button::new(words.t(Word::Hide)).shortcut("H")).clicked() {
            commands.work(Command::Hide(nodes.to_vec()));
        }
        if ui.add(Button::new(words.t(model.work.board.pin_word(nodes))).shortcut("P")).clicked() {
            commands.work(Command::Pin(nodes.to_vec()));
        }
    });
    // A row of its own: one that is too long would widen the panel.
    let common = Button::new(words.t(Word::SelectCommon)).icon(icons::GROUP_WORK);
    if !is_way && ui.add(common).clicked() {
        commands.work(Command::SelectCommon);
    }
    ui.horizontal(|ui| {
        let is_group = group_side::selected(model).is_some();
        if !is_group && ui.add(Button::new(words.t(Word::MakeGroup)).shortcut("Ctrl G")).clicked() {
            commands.work(Command::Group(Grouping::Group(nodes.to_vec())));
        }
        group_side::by_ui(ui, model, nodes, commands);
    });
}

/// The shortest way, and a menu of others.
fn ways_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    if ui.add(Button::primary(words.t(Word::ShortestPath)).icon(icons::ROUTE)).clicked() {
        commands.work(Command::FindWays(Wanted::new(Ways::Shortest, false)));
    }
    let more = ui.add(Button::icon_only(icons::EXPAND_MORE, words.t(Word::OtherWays)));
    menu(&more, words.t(Word::OtherWays), |ui| {
        ui.set_min_width(300.0);
        let ways = [
            (Word::AllShortestWays, Ways::AllShortest, false),
            (Word::TenShortestWays, Ways::TenShortest, false),
            (Word::ShortestAlong, Ways::Shortest, true),
            (Word::AllShortestAlong, Ways::AllShortest, true),
            (Word::TenShortestAlong, Ways::TenShortest, true),
            (Word::TimedWay, Ways::InTime, true),
        ];
        for (word, ways, directed) in ways {
            if menu_row(ui, ListRow::new(words.t(word)).icon(icons::ROUTE)) {
                commands.work(Command::FindWays(Wanted::new(ways, directed)));
            }
        }
    });
}

fn types_ui(ui: &mut Ui, model: &Model, nodes: &[NodeId], commands: &mut Commands) {
    let look = Look::of(ui.ctx());
    let graph = &model.work.board.graph;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (number, count) in graph.count_types(nodes) {
            let id = ObjectTypeId::new(graph.object_type(number)).ok();
            let Some(kind) = id.and_then(|id| model.object_type(&id)) else { continue };
            let count = model.words.count(count);
            let row =
                ListRow::new(&kind.plural).coloured_icon(values::type_icon(kind), values::type_colour(look, kind));
            if ui.add(row.detail(&count)).clicked() {
                let of_type = |id: &&NodeId| graph.node(**id).is_some_and(|node| node.object_type == number);
                commands.work(Command::Select(nodes.iter().filter(of_type).copied().collect()));
            }
        }
    });
}

fn links_ui(ui: &mut Ui, model: &Model, nodes: &[NodeId]) {
    let words = model.words;
    let graph = &model.work.board.graph;
    ui.label(RichText::new(words.t(Word::Links)).font(TextSize::Body.semibold()));
    let within = graph.links_within(nodes);
    let totals = graph.sum_links(within.iter().copied());
    if totals.is_empty() {
        ui.label(RichText::new(words.t(Word::None)).color(Look::of(ui.ctx()).colours.dim));
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    for (number, total) in totals {
        let id = LinkTypeId::new(graph.link_type(number)).ok();
        let Some(link) = id.and_then(|id| model.link_type(&id)) else { continue };
        let mut detail = words.count(total.rows);
        let sums = values::sums(model, link, total.sum, &values::of_type(model, &within, number));
        if !sums.is_empty() {
            detail.push_str(&format!(" · {sums}"));
        }
        let response = ui.add(ListRow::new(&link.name).icon(icons::LINK).detail(&detail));
        // Rows in several currencies are in their sums, though not in one sum.
        let unsummed = if crate::work::may_differ(link) { 0 } else { total.unsummed };
        if unsummed > 0 {
            response.on_hover_text(words.with(Word::SumIncomplete, &[&words.count(unsummed)]));
        }
    }
}
