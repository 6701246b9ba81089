//! The name of a source that is a file, on its page: a file has no form where it could be changed.

use access::{Action, SourceId};
use egui::Ui;
use model::change::Change;
use model::check::LONGEST_NAME;
use model::project::Source;
use wire::project::Scope;

use super::parts::{self, Sending};
use crate::app::{Commands, Model};
use crate::widgets::{Button, TextField};
use crate::words::Word;

/// The field, in points.
const FIELD: f32 = 420.0;

/// The name as it is typed.
#[derive(Default)]
pub(super) struct Draft {
    source: Option<SourceId>,
    /// What is saved, as it was when the typing began.
    before: String,
    typed: String,
    sending: Sending,
}

/// Draws the name and saves it.
pub(super) fn ui(ui: &mut Ui, model: &Model, source: &Source, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let is_other = draft.source.as_ref() != Some(&source.id);
    if is_other || draft.sending.saved(model) || (draft.typed == draft.before && draft.before != source.name) {
        let (before, typed) = (source.name.clone(), source.name.clone());
        *draft = Draft { source: Some(source.id.clone()), before, typed, ..Draft::default() };
    }
    draft.sending.ui(ui, model);
    ui.scope(|ui| {
        ui.set_max_width(FIELD.min(ui.available_width()));
        let missing = draft.typed.trim().is_empty().then(|| words.t(Word::Required));
        let field = TextField::new(words.t(Word::Name), &mut draft.typed).limit_chars(LONGEST_NAME);
        field.error(missing).help(words.t(Word::FileNameHint)).show(ui, words);
    });
    let name = draft.typed.trim();
    if name == source.name || name.is_empty() {
        return;
    }
    let (scope, action, word) = match source.private_to {
        Some(_) => (Scope::Mine, Action::ChangeOwnConfiguration, Word::SaveForMe),
        None => (Scope::Everyone, Action::SaveConfiguration, Word::SaveForEveryone),
    };
    let save = Button::primary(words.t(word)).enabled(!draft.sending.is_waiting(model));
    if parts::button_if(ui, save, &parts::may(model, action)) {
        let renamed = Source { name: name.to_owned(), ..source.clone() };
        draft.sending.change(model, commands, scope, vec![Change::PutSource(Box::new(renamed))]);
    }
}
