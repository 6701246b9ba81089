//! How much of what was expanded is on the graph, and why not all of it: in words, where the object or link is shown.

use egui::{RichText, Ui};

use super::values;
use crate::app::Model;
use crate::look::{Look, TextSize};
use crate::words::Word;
use crate::work::{Expanded, ObjectRef};

/// Draws it for the expansions that this object took part in.
pub(super) fn of_object_ui(ui: &mut Ui, model: &Model, object: &ObjectRef) {
    lines_ui(ui, model, |known| known.of.contains(object));
}

/// Draws it for the expansions along a link type that brought a link between these objects.
pub(super) fn of_link_ui(ui: &mut Ui, model: &Model, link: &access::LinkTypeId, ends: &[ObjectRef]) {
    lines_ui(ui, model, |known| known.link == *link && known.of.iter().any(|object| ends.contains(object)));
}

fn lines_ui(ui: &mut Ui, model: &Model, is_wanted: impl Fn(&Expanded) -> bool) {
    let look = Look::of(ui.ctx());
    for known in model.work.on_graph().filter(|known| known.needs_a_word() && is_wanted(known)) {
        ui.label(RichText::new(heading(model, known)).color(look.colours.warn));
        for text in causes(model, known) {
            ui.label(RichText::new(text).font(TextSize::Small.regular()).color(look.colours.dim));
        }
    }
}

/// "received from: Showing 25 of 412 · capped".
fn heading(model: &Model, known: &Expanded) -> String {
    let words = model.words;
    let label = model.link_type(&known.link).map(|link| link.label(known.direction)).unwrap_or_default();
    let total = values::total(known.found, &known.completeness);
    let text = match known.all {
        Some(all) => words.with(
            Word::ShowingOf,
            &[&words.count(known.found), &words.count_at_least(all.number, !all.more), words.t(total.word())],
        ),
        None => words.total(total),
    };
    format!("{label}: {text}")
}

fn causes(model: &Model, known: &Expanded) -> Vec<String> {
    let mut texts = Vec::new();
    if !known.completeness.causes.is_empty() {
        texts = values::causes(model, &known.completeness);
    }
    if !known.among {
        texts.push(model.words.t(Word::NotAmong).to_owned());
    }
    texts
}
