//! The dialog that brings a graph in: what is believed of a file, in a sentence, before it is chosen.

use egui::{Id, RichText, Ui};

use crate::app::{Commands, Model};
use crate::canvas::Canvas;
use crate::look::{Look, TextSize};
use crate::widgets::{Answer, DialogButtons, dialog, dialog_or};
use crate::words::Word;
use crate::work::{Command, MOST_IMPORTED_LINKS, MOST_IMPORTED_OBJECTS};

/// Whether the dialog is open.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) is_open: bool,
}

/// Draws the dialog while it is open.
pub(super) fn ui(ui: &Ui, model: &Model, draft: &mut Draft, canvas: &mut Canvas, commands: &mut Commands) {
    told_ui(ui, model, canvas, commands);
    if !draft.is_open {
        return;
    }
    let words = model.words;
    let buttons = DialogButtons { yes: words.t(Word::ChooseFile), dangerous: false, ready: true };
    let answer = dialog(ui.ctx(), words, Id::unique("import graph"), words.t(Word::ImportGraphTitle), buttons, |ui| {
        ui.label(words.t(Word::ImportSentence));
        let limits = [MOST_IMPORTED_OBJECTS, MOST_IMPORTED_LINKS].map(|limit| words.count(limit as u64));
        let text = words.with(Word::ImportFormats, &[&limits[0], &limits[1]]);
        ui.label(RichText::new(text).font(TextSize::Small.regular()).color(Look::of(ui.ctx()).colours.dim));
    });
    if answer.is_some() {
        draft.is_open = false;
    }
    if answer == Some(Answer::Yes) {
        commands.work(Command::Import);
    }
}

/// What became of a file where that needs a word: it stays until it was read.
fn told_ui(ui: &Ui, model: &Model, canvas: &mut Canvas, commands: &mut Commands) {
    let Some(told) = &model.work.import_told else { return };
    let words = model.words;
    let (title, yes) = match told.is_refused {
        true => (Word::ImportFailedTitle, Word::ImportAnother),
        false => (Word::ImportedTitle, Word::FitSelection),
    };
    let title = words.with(title, &[&told.name]);
    let buttons = DialogButtons { yes: words.t(yes), dangerous: false, ready: true };
    let answer = dialog_or(ui.ctx(), words.t(Word::Close), Id::unique("imported"), &title, buttons, |ui| {
        for sentence in &told.sentences {
            ui.label(sentence);
        }
    });
    if answer.is_some() {
        commands.work(Command::CloseImportTold);
    }
    match answer {
        Some(Answer::Yes) if told.is_refused => commands.work(Command::Import),
        Some(Answer::Yes) => canvas.fit_selection(),
        _ => {}
    }
}
