//! The server was updated while the page was open: a sentence, and a button that loads the page again.

use egui::{Id, Ui};

use crate::app::{Command, Commands, Model};
use crate::widgets::{Answer, DialogButtons, dialog_or};
use crate::words::Word;

/// Draws the notice over everything.
pub(super) fn ui(ui: &Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    let buttons = DialogButtons { yes: words.t(Word::Reload), dangerous: false, ready: true };
    let (id, title) = (Id::unique("other version"), words.t(Word::ReloadNeeded));
    let answer = dialog_or(ui.ctx(), words.t(Word::NotNow), id, title, buttons, |ui| {
        ui.label(words.t(Word::ReloadSentence));
    });
    match answer {
        Some(Answer::Yes) => commands.send(Command::ReloadPage),
        Some(Answer::No) => commands.send(Command::ReloadLater),
        None => {}
    }
}
