//! The page of the project itself: its name, and what it is for.

use access::Action;
use egui::{RichText, Ui};
use model::change::Change;
use model::check::LONGEST_NAME;
use wire::project::{Scope, VisibleProject};

use super::parts::{self, Sending};
use crate::app::{Commands, Model};
use crate::look::TextSize;
use crate::widgets::{Button, TextField};
use crate::words::Word;

/// The longest description, in characters; the same as when a project is created.
const DESCRIPTION_CHARS: usize = 1_000;

/// Name and description as they are typed; none before the page was opened.
#[derive(Default)]
pub(super) struct Draft {
    typed: Option<Typed>,
    sending: Sending,
}

struct Typed {
    name: String,
    description: String,
    /// What is saved, as it was when the typing began.
    before: (String, String),
}

/// Draws the page.
pub(super) fn ui(ui: &mut Ui, model: &Model, visible: &VisibleProject, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let saved = (visible.project.name.clone(), visible.project.description.clone());
    if draft.sending.saved(model)
        || draft.typed.as_ref().is_none_or(|typed| !typed.is_changed() && typed.before != saved)
    {
        let (name, description) = saved.clone();
        draft.typed = Some(Typed { name, description, before: saved });
    }
    bar_ui(ui, model, draft, commands);
    let Some(typed) = &mut draft.typed else { return };
    parts::narrow_form(ui, "project", |ui| {
        ui.label(RichText::new(words.t(Word::ProjectTitle)).font(TextSize::Heading.semibold()));
        draft.sending.ui(ui, model);
        parts::dim(ui, words.t(Word::ProjectSentence));
        let missing = typed.name.trim().is_empty().then(|| words.t(Word::Required));
        let name = TextField::new(words.t(Word::Name), &mut typed.name).limit_chars(LONGEST_NAME).error(missing);
        name.help(words.t(Word::ProjectAddress)).show(ui, words);
        let text = TextField::new(words.t(Word::Description), &mut typed.description);
        text.rows(4).limit_chars(DESCRIPTION_CHARS).show(ui, words);
    });
}

impl Typed {
    fn is_changed(&self) -> bool {
        (self.name.trim(), self.description.trim()) != (self.before.0.as_str(), self.before.1.as_str())
    }
}

fn bar_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let Some(typed) = &draft.typed else { return };
    let ready = match (typed.is_changed(), typed.name.trim().is_empty()) {
        (false, _) => Err(words.t(Word::NothingChanged).to_owned()),
        (true, true) => Err(words.t(Word::GiveName).to_owned()),
        (true, false) => Ok(()),
    };
    let waiting = draft.sending.is_waiting(model);
    let may = parts::may(model, Action::SaveConfiguration).and(ready);
    let (mut save, mut discard) = (false, false);
    parts::bottom_bar(ui, "project bar", |ui| {
        ui.horizontal(|ui| {
            let button = Button::primary(words.t(Word::SaveForEveryone)).enabled(!waiting);
            save = parts::button_if(ui, button, &may);
            let changed = typed.is_changed() && !waiting;
            discard = ui.add(Button::quiet(words.t(Word::DiscardChanges)).enabled(changed)).clicked();
        });
    });
    if save {
        let (name, description) = (typed.name.trim().to_owned(), typed.description.trim().to_owned());
        draft.sending.change(model, commands, Scope::Everyone, vec![Change::Describe { name, description }]);
    }
    if discard {
        draft.typed = None;
    }
}
