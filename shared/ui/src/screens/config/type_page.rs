//! The page of one sort of types: the list at the left, one of them edited, the bar that saves it.
//!
//! Object types and link types are such pages: each says by [`TypeDraft`] what is its own.

use std::collections::BTreeMap;

use access::{Action, ProjectId};
use egui::{Color32, Ui};
use model::change::Change;
use model::project::Project;
use model::withheld::Withheld;
use wire::project::VisibleProject;

use super::parts::Sending;
use super::removal::{self, Removal};
use super::{findings, parts};
use crate::app::{Command, Commands, ConfigPage, Model, Route};
use crate::look::{Look, icons};
use crate::widgets::{Button, ListRow, empty_state};
use crate::words::{Word, Words};

/// A type while it is edited: texts as they are typed, until they make a type.
pub(super) trait TypeDraft: Sized {
    type Id: Clone + Ord;
    type Type: Clone + PartialEq;

    /// Tells the panels of this page from those of the others.
    const PAGE: &'static str;
    /// The button that begins a new one.
    const NEW: Word;

    /// What is saved, in order.
    fn all(project: &Project) -> &BTreeMap<Self::Id, Self::Type>;
    fn id(saved: &Self::Type) -> &Self::Id;
    /// A new one.
    fn new(project: &Project) -> Self;
    /// One that is saved.
    fn of(saved: &Self::Type) -> Self;
    /// What is saved; none for a new one.
    fn saved(&self) -> Option<&Self::Type>;
    fn name(&self) -> &str;
    /// Whether anything of a new one is filled in.
    fn is_begun(&self) -> bool;
    /// The type as it would be saved; `Err` is the text that cannot be an id, or nothing.
    fn build(&self, project: &Project) -> Result<Self::Type, String>;
    /// What is missing in words, when it cannot be built or has no name.
    fn missing(words: Words, built: &Result<Self::Type, String>) -> Option<String>;
    /// The right that changing it takes beside the usual one.
    fn takes(&self) -> Option<Action> {
        None
    }
    fn sending(&mut self) -> &mut Sending;
    fn put(built: Self::Type) -> Change;
    fn removal(project: &Project, saved: &Self::Type) -> Removal;
    /// The place of a type among what the check of a project finds.
    fn place(built: &Self::Type) -> String;
    /// The line of a saved one.
    fn row<'a>(look: Look, project: &'a Project, saved: &'a Self::Type) -> Row<'a>;
    /// Those that are known by name only: name and icon.
    fn withheld(withheld: &Withheld) -> Vec<(&str, char)>;
    /// What stands where none is yet.
    fn nothing(project: &Project) -> Nothing;
    fn fields_ui(&mut self, ui: &mut Ui, model: &Model, project: &Project, commands: &mut Commands);

    /// Whether anything differs from what is saved.
    fn is_changed(&self, project: &Project) -> bool {
        match (self.saved(), self.build(project)) {
            (Some(saved), Ok(built)) => *saved != built,
            (Some(_), Err(_)) => true,
            (None, _) => self.is_begun(),
        }
    }
}

/// The line of a type.
pub(super) struct Row<'a> {
    pub(super) name: &'a str,
    pub(super) icon: char,
    pub(super) colour: Color32,
    pub(super) detail: String,
}

/// What stands where no type is yet.
pub(super) struct Nothing {
    pub(super) icon: char,
    pub(super) title: Word,
    pub(super) sentence: Word,
    pub(super) button: Word,
    /// Where to begin instead, when something else must be there first.
    pub(super) first: Option<ConfigPage>,
}

/// What is open and edited. A draft stays while another type is looked at.
pub(super) struct Draft<T: TypeDraft> {
    open: Open<T::Id>,
    new: Option<T>,
    edits: BTreeMap<T::Id, T>,
    removal: Option<Removal>,
}

impl<T: TypeDraft> Default for Draft<T> {
    fn default() -> Self {
        Self { open: Open::Nothing, new: None, edits: BTreeMap::new(), removal: None }
    }
}

#[derive(PartialEq, Clone)]
enum Open<Id> {
    Nothing,
    New,
    One(Id),
}

/// Draws the page.
pub(super) fn ui<T: TypeDraft>(
    ui: &mut Ui,
    model: &Model,
    visible: &VisibleProject,
    draft: &mut Draft<T>,
    commands: &mut Commands,
) {
    let project = &visible.project;
    close_saved(model, draft);
    if let (Open::Nothing, first) = (&draft.open, T::all(project).keys().next()) {
        match first {
            Some(first) => draft.open = Open::One(first.clone()),
            None if T::withheld(&visible.withheld).is_empty() => {
                return nothing_ui(ui, model, project, draft, commands);
            }
            None => {}
        }
    }
    parts::list_panel(ui, T::PAGE, |ui| list_ui(ui, model, visible, draft));
    match draft.open.clone() {
        Open::New => {
            let edited = draft.new.get_or_insert_with(|| T::new(project));
            editor_ui(ui, model, project, edited, &mut draft.removal, commands);
        }
        Open::One(id) => match T::all(project).get(&id) {
            Some(saved) => {
                let edited = draft.edits.entry(id).or_insert_with(|| T::of(saved));
                if edited.saved() != Some(saved) && !edited.is_changed(project) {
                    *edited = T::of(saved);
                }
                editor_ui(ui, model, project, edited, &mut draft.removal, commands);
            }
            None => draft.open = Open::Nothing,
        },
        Open::Nothing => {}
    }
    removal::ui(ui, model, &mut draft.removal, commands);
}

/// Gives up drafts that are kept now.
fn close_saved<T: TypeDraft>(model: &Model, draft: &mut Draft<T>) {
    if draft.new.as_mut().is_some_and(|new| new.sending().saved(model)) {
        let built = draft.new.take().and_then(|new| new.build(&model.project()?.project).ok());
        draft.open = built.map_or(Open::Nothing, |built| Open::One(T::id(&built).clone()));
    }
    draft.edits.retain(|_, edited| !edited.sending().saved(model));
}

fn nothing_ui<T: TypeDraft>(
    ui: &mut Ui,
    model: &Model,
    project: &Project,
    draft: &mut Draft<T>,
    commands: &mut Commands,
) {
    let words = model.words;
    let Nothing { icon, title, sentence, button, first } = T::nothing(project);
    if !empty_state(ui, icon, words.t(title), words.t(sentence), Some(words.t(button))) {
        return;
    }
    match first {
        Some(page) => commands.send(Command::Go(page_of(&project.id, page))),
        None => draft.open = Open::New,
    }
}

fn page_of(project: &ProjectId, page: ConfigPage) -> Route {
    Route::Config { project: project.clone(), page }
}

fn list_ui<T: TypeDraft>(ui: &mut Ui, model: &Model, visible: &VisibleProject, draft: &mut Draft<T>) {
    let project = &visible.project;
    let words = model.words;
    let look = Look::of(ui.ctx());
    if ui.add(Button::new(words.t(T::NEW)).icon(icons::ADD).exact_width(ui.available_width())).clicked() {
        draft.open = Open::New;
    }
    ui.add_space(6.0);
    if draft.new.is_some() || draft.open == Open::New {
        let name = draft.new.as_ref().map(T::name).filter(|name| !name.is_empty());
        let row = ListRow::new(name.unwrap_or(words.t(Word::UnnamedType))).icon(icons::ADD);
        if ui.add(row.detail(words.t(Word::Unsaved)).selected(draft.open == Open::New)).clicked() {
            draft.open = Open::New;
        }
    }
    for (id, saved) in T::all(project) {
        let changed = draft.edits.get(id).is_some_and(|edited| edited.is_changed(project));
        let Row { name, icon, colour, detail } = T::row(look, project, saved);
        let detail = if changed { words.t(Word::Unsaved) } else { &detail };
        let row = ListRow::new(name).coloured_icon(icon, colour).detail(detail);
        if ui.add(row.selected(draft.open == Open::One(id.clone()))).clicked() {
            draft.open = Open::One(id.clone());
        }
    }
    for (name, icon) in T::withheld(&visible.withheld) {
        let row = ListRow::new(name).icon(icon).detail(words.t(Word::ByNameOnly)).enabled(false);
        ui.add(row).on_disabled_hover_text(words.with(Word::ByNameOnlyWhy, &[name]));
    }
}

fn editor_ui<T: TypeDraft>(
    ui: &mut Ui,
    model: &Model,
    project: &Project,
    edited: &mut T,
    removal: &mut Option<Removal>,
    commands: &mut Commands,
) {
    let built = edited.build(project);
    bar_ui(ui, model, project, edited, removal, commands);
    parts::form(ui, T::PAGE, |ui| {
        edited.sending().ui(ui, model);
        if let Ok(built) = built
            && edited.is_changed(project)
        {
            let place = T::place(&built);
            findings::ui(ui, model, &findings::of_change(project, T::put(built), &place));
        }
        edited.fields_ui(ui, model, project, commands);
    });
}

fn bar_ui<T: TypeDraft>(
    ui: &mut Ui,
    model: &Model,
    project: &Project,
    edited: &mut T,
    removal: &mut Option<Removal>,
    commands: &mut Commands,
) {
    let words = model.words;
    let changed = edited.is_changed(project);
    let built = edited.build(project);
    parts::bottom_bar(ui, T::PAGE, |ui| {
        ui.horizontal(|ui| {
            let missing =
                if changed { T::missing(words, &built) } else { Some(words.t(Word::NothingChanged).to_owned()) };
            let waiting = edited.sending().is_waiting(model);
            let right = edited.takes().map_or(Ok(()), |action| parts::may(model, action));
            let ready = right.clone().and(missing.map_or(Ok(()), Err));
            let scope = parts::save_buttons(ui, model, parts::SAVE, &ready, waiting);
            if let (Some(scope), Ok(built)) = (scope, built) {
                edited.sending().change(model, commands, scope, vec![T::put(built)]);
            }
            if ui.add(Button::quiet(words.t(Word::DiscardChanges)).enabled(changed)).clicked() {
                *edited = edited.saved().map_or_else(|| T::new(project), T::of);
            }
            if let Some(saved) = edited.saved()
                && right.is_ok()
                && parts::remove_button(ui, model)
            {
                *removal = Some(T::removal(project, saved));
            }
        });
    });
}
