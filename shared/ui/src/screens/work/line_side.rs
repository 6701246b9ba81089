//! A drawn line that stands for several links: between whom, how many of each type with their sums, and each of them.

use access::LinkTypeId;
use egui::{RichText, Ui};
use graph::LinkId;

use super::values;
use crate::app::{Commands, Model};
use crate::look::{Look, TextSize, icons};
use crate::widgets::ListRow;
use crate::words::Word;
use crate::work::Command;

/// The most links that are listed.
const MOST_LISTED: usize = 200;

/// Draws it.
pub(super) fn ui(ui: &mut Ui, model: &Model, links: &[LinkId], commands: &mut Commands) {
    let words = model.words;
    let title = words.with(Word::LinksOfLine, &[&words.count(links.len() as u64)]);
    ui.label(RichText::new(title).font(TextSize::Heading.semibold()));
    ui.separator();
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (number, total) in model.work.board.graph.sum_links(links.iter().copied()) {
            let slug = model.work.board.graph.link_type(number);
            let Some(kind) = LinkTypeId::new(slug).ok().and_then(|id| model.link_type(&id)) else { continue };
            let sums = values::sums(model, kind, total.sum, &values::of_type(model, links, number));
            let detail = with_sums(words.count(total.rows), &sums);
            ui.add(ListRow::new(&kind.name).icon(icons::LINK).detail(&detail));
        }
    });
    ui.separator();
    ui.label(RichText::new(words.t(Word::Links)).font(TextSize::Body.semibold()));
    ui.spacing_mut().item_spacing.y = 0.0;
    for id in links.iter().take(MOST_LISTED) {
        link_ui(ui, model, *id, commands);
    }
    let more = links.len().saturating_sub(MOST_LISTED) as u64;
    if more > 0 {
        let text = words.with(Word::AndMore, &[&words.count(more)]);
        ui.label(RichText::new(text).color(Look::of(ui.ctx()).colours.dim));
    }
}

/// "Ada → Harbour Ltd", with count and sum; choosing it selects the link alone.
fn link_ui(ui: &mut Ui, model: &Model, id: LinkId, commands: &mut Commands) {
    let graph = &model.work.board.graph;
    let Some(link) = graph.link(id) else { return };
    let arrow = if link.directed { "→" } else { "–" };
    let text = format!("{} {arrow} {}", graph.label(link.from), graph.label(link.to));
    let kind = LinkTypeId::new(graph.link_type(link.link_type)).ok().and_then(|id| model.link_type(&id));
    let sums = kind.map(|kind| values::sums(model, kind, link.sum, &[id])).unwrap_or_default();
    let detail = with_sums(model.words.count(link.count), &sums);
    if ui.push_id(id.0, |ui| ui.add(ListRow::new(&text).detail(&detail))).inner.clicked() {
        commands.work(Command::SelectLink(id));
    }
}

fn with_sums(count: String, sums: &str) -> String {
    if sums.is_empty() { count } else { format!("{count} · {sums}") }
}
