//! An address that leads nowhere.

use egui::Ui;

use crate::app::{Command, Commands, Model, Route};
use crate::frame;
use crate::look::icons;
use crate::widgets::empty_state;
use crate::words::Word;

/// Says so, with the way back.
pub(super) fn ui(ui: &mut Ui, model: &Model, path: &str, commands: &mut Commands) {
    let words = model.words;
    frame::centre(ui, |ui| {
        let back = empty_state(ui, icons::SEARCH, words.t(Word::NothingFound), path, Some(words.t(Word::Projects)));
        if back {
            commands.send(Command::Go(Route::Projects));
        }
    });
}
