//! What was kept of the investigation is on its way, or could not come: what is missing, and what to do.

use egui::{Margin, RichText, Ui};

use crate::app::{Commands, Model};
use crate::look::{Look, icons};
use crate::screens::{fault_box, waiting_since};
use crate::widgets::{Button, Waiting, progress_or};
use crate::words::Word;
use crate::work::{Command, Restoring};

/// Draws it where the graph would be.
pub(super) fn ui(ui: &mut Ui, model: &Model, restoring: &Restoring, commands: &mut Commands) {
    egui::Frame::new().inner_margin(Margin { top: 64, ..Margin::same(16) }).show(ui, |ui| match restoring.fault() {
        Some(fault) => fault_ui(ui, model, restoring, fault, commands),
        None => waiting_ui(ui, model, restoring, commands),
    });
}

fn waiting_ui(ui: &mut Ui, model: &Model, restoring: &Restoring, commands: &mut Commands) {
    let since_secs = waiting_since(ui, ui.scope_id().with("restoring"));
    let what = model.words.t(Word::PuttingBack);
    let waiting = Waiting { what, since_secs, share: restoring.share(), can_cancel: true };
    if progress_or(ui, model.words, waiting, Word::Stop) {
        commands.work(Command::StopRestoring);
    }
}

fn fault_ui(ui: &mut Ui, model: &Model, restoring: &Restoring, fault: &wire::Fault, commands: &mut Commands) {
    let words = model.words;
    ui.spacing_mut().item_spacing.y = 8.0;
    let (objects, links) = restoring.size();
    let missing = match objects {
        0 => words.t(Word::KeptMissing).to_owned(),
        _ => words.with(Word::KeptMissingSome, &[&words.count(objects), &words.count(links)]),
    };
    ui.label(RichText::new(missing).color(Look::of(ui.ctx()).colours.text));
    if fault_box(ui, model, fault) {
        commands.work(Command::ReadAgain);
    }
    let anew = Button::new(words.t(Word::BeginAnew)).icon(icons::DELETE);
    if ui.add(anew).on_hover_text(words.t(Word::BeginAnewSentence)).clicked() {
        commands.work(Command::BeginAnew);
    }
}
