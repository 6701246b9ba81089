//! Removing a source or a type: never without a question, and never what something else still needs.

use access::Action;
use egui::{Id, Ui};
use model::change::Change;
use model::project::{LinkType, ObjectType, Project, Source};
use wire::project::Scope;

use super::parts::{self, Sending};
use crate::app::{Commands, Model};
use crate::widgets::{Answer, DialogButtons, Segment, dialog, segmented};
use crate::words::{Word, Words};

/// Something that is about to be removed, after a question.
pub(super) struct Removal {
    name: String,
    change: Change,
    /// What still needs it; then it cannot go.
    needed_by: Vec<String>,
    /// The right that removing it for everyone takes.
    action: Action,
    for_me: bool,
    sending: Sending,
}

impl Removal {
    fn new(name: &str, change: Change, needed_by: Vec<String>) -> Self {
        let (action, sending) = (Action::SaveConfiguration, Sending::default());
        Self { name: name.to_owned(), change, needed_by, action, for_me: false, sending }
    }

    /// A source; types that come from it still need it.
    pub(super) fn source(project: &Project, source: &Source) -> Self {
        let types = project.object_types.values().filter(|kind| kind.source == source.id).map(|kind| &kind.plural);
        let links = project.link_types.values().filter(|link| link.source() == Some(&source.id)).map(|link| &link.name);
        let needed_by = types.chain(links).cloned().collect();
        let mut removal = Self::new(&source.name, Change::RemoveSource(source.id.clone()), needed_by);
        if !source.is_internal() {
            removal.action = Action::ManageExternalSources;
        }
        removal.for_me = source.private_to.is_some();
        removal
    }

    /// An object type; link types at its ends still need it.
    pub(super) fn object_type(project: &Project, kind: &ObjectType) -> Self {
        let at = |link: &&LinkType| link.from == kind.id || link.to == kind.id;
        let needed_by = project.link_types.values().filter(at).map(|link| link.name.clone()).collect();
        Self::new(&kind.name, Change::RemoveObjectType(kind.id.clone()), needed_by)
    }

    /// A link type; nothing needs one.
    pub(super) fn link_type(link: &LinkType) -> Self {
        Self::new(&link.name, Change::RemoveLinkType(link.id.clone()), Vec::new())
    }
}

/// Asks before something is removed, and removes it.
pub(super) fn ui(ui: &mut Ui, model: &Model, removal: &mut Option<Removal>, commands: &mut Commands) {
    let Some(asked) = removal else { return };
    if asked.sending.saved(model) {
        *removal = None;
        return;
    }
    let words = model.words;
    let may = parts::may(model, asked.action);
    asked.for_me |= may.is_err();
    let ready = asked.needed_by.is_empty() && !asked.sending.is_waiting(model);
    let buttons = DialogButtons { yes: words.t(Word::Remove), dangerous: true, ready };
    let title = words.with(Word::RemoveQuestion, &[&asked.name]);
    let ctx = ui.ctx().clone();
    let answer = dialog(&ctx, words, Id::unique("remove from configuration"), &title, buttons, |ui| {
        removal_text(ui, words, asked, &may);
        asked.sending.ui(ui, model);
    });
    match answer {
        Some(Answer::Yes) => {
            let scope = if asked.for_me { Scope::Mine } else { Scope::Everyone };
            asked.sending.change(model, commands, scope, vec![asked.change.clone()]);
        }
        Some(Answer::No) => *removal = None,
        None => {}
    }
}

fn removal_text(ui: &mut Ui, words: Words, asked: &mut Removal, may: &Result<(), String>) {
    if !asked.needed_by.is_empty() {
        ui.label(words.with(Word::StillNeeded, &[&asked.needed_by.join(", ")]));
        return;
    }
    if may.is_ok() {
        let mut chosen = usize::from(asked.for_me);
        let segments = [Segment::text(words.t(Word::ForEveryone)), Segment::text(words.t(Word::ForMe))];
        segmented(ui, words.t(Word::ForWhom), &segments, &mut chosen);
        asked.for_me = chosen == 1;
    }
    ui.label(words.t(if asked.for_me { Word::RemoveForMe } else { Word::RemoveForEveryone }));
}
