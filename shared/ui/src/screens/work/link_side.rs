//! A drawn link: between whom, how many rows are behind it, their sum and their time.

use access::{LinkTypeId, ObjectTypeId};
use egui::{RichText, Ui};
use graph::LinkId;

use super::{graph as pane, values, whole};
use crate::app::{Commands, Model};
use crate::look::{Look, TextSize, icons};
use crate::widgets::{Button, KeyValue, ListRow, key_values};
use crate::words::Word;
use crate::work::{Command, may_differ};

/// Draws it.
pub(super) fn ui(ui: &mut Ui, model: &Model, id: LinkId, commands: &mut Commands) {
    let words = model.words;
    let look = Look::of(ui.ctx());
    let graph = &model.work.board.graph;
    let Some(link) = graph.link(id) else { return };
    let kind = LinkTypeId::new(graph.link_type(link.link_type)).ok().and_then(|id| model.link_type(&id));
    let Some(kind) = kind else { return };
    ui.label(RichText::new(&kind.name).font(TextSize::Heading.semibold()));
    ui.label(RichText::new(words.t(Word::LinkDetails)).color(look.colours.dim));
    ui.separator();
    ui.spacing_mut().item_spacing.y = 2.0;
    for (word, end) in [(Word::From, link.from), (Word::To, link.to)] {
        let Some(node) = graph.node(end) else { continue };
        let object_type = ObjectTypeId::new(graph.object_type(node.object_type)).ok();
        let row = ListRow::new(&node.label).detail(words.t(word));
        let row = match object_type.and_then(|id| model.object_type(&id)) {
            Some(kind) => row.coloured_icon(values::type_icon(kind), values::type_colour(look, kind)),
            None => row.icon(icons::CATEGORY),
        };
        if ui.push_id(end.0, |ui| ui.add(row)).inner.clicked() {
            commands.work(Command::Select(vec![end]));
        }
    }
    ui.spacing_mut().item_spacing.y = 8.0;
    ui.separator();
    let mut lines = vec![(words.t(Word::Count), words.count(link.count))];
    let sums = values::sums(model, kind, link.sum, &[id]);
    lines.extend((!sums.is_empty()).then(|| (words.t(Word::Sum), sums)));
    lines.extend(link.first_micros.map(|at| (words.t(Word::First), values::micros(words, at))));
    lines.extend(link.last_micros.map(|at| (words.t(Word::Last), values::micros(words, at))));
    let aside = match link.unsummed {
        _ if may_differ(kind) => String::new(),
        0 => String::new(),
        unsummed => words.with(Word::SumIncomplete, &[&words.count(unsummed)]),
    };
    let rows: Vec<KeyValue<'_>> = lines
        .iter()
        .map(|(key, value)| KeyValue { key, value, aside: if *key == words.t(Word::Sum) { &aside } else { "" } })
        .collect();
    key_values(ui, "link", &rows);
    let ends: Vec<_> = [link.from, link.to].into_iter().filter_map(|end| model.work.board.object(end)).collect();
    whole::of_link_ui(ui, model, &kind.id, &ends);
    if ui.add(Button::primary(words.t(Word::ShowRows)).icon(icons::TABLE_ROWS)).clicked() {
        pane::show_rows(model, id, commands);
    }
}
