//! The page of sources: the list, and one of them, its form, or a file that is brought in.

use std::collections::BTreeMap;

use access::{Action, SourceId};
use egui::Ui;
use model::project::Source;
use wire::project::VisibleProject;

use super::removal::{self, Removal};
use super::source_draft::SourceDraft;
use super::{file, parts, source_form, source_page};
use crate::app::{Commands, Model};
use crate::config;
use crate::look::{TextSize, icons};
use crate::widgets::{Button, ListRow, Tone, empty_state};
use crate::words::Word;

/// What is open and edited.
#[derive(Default)]
pub(super) struct Draft {
    open: Open,
    new: Option<SourceDraft>,
    edits: BTreeMap<SourceId, SourceDraft>,
    removal: Option<Removal>,
    page: source_page::Draft,
    file: file::Draft,
}

#[derive(Default, PartialEq, Clone)]
enum Open {
    #[default]
    Nothing,
    Kinds,
    New,
    One(SourceId),
}

/// Draws the page.
pub(super) fn ui(ui: &mut Ui, model: &Model, visible: &VisibleProject, draft: &mut Draft, commands: &mut Commands) {
    close_saved(model, draft);
    if let Some(arriving) = &model.config.file {
        if let Some(source) = file::ui(ui, model, visible, arriving, &mut draft.file, commands) {
            draft.page.show_suggestion();
            draft.open = Open::One(source);
        }
        return;
    }
    let sources = &visible.project.sources;
    if sources.is_empty() && draft.open == Open::Nothing {
        return nothing_ui(ui, model, draft, commands);
    }
    if let (Open::Nothing, Some(first)) = (&draft.open, sources.keys().next()) {
        draft.open = Open::One(first.clone());
    }
    parts::list_panel(ui, "sources", |ui| list_ui(ui, model, visible, draft, commands));
    open_ui(ui, model, visible, draft, commands);
    removal::ui(ui, model, &mut draft.removal, commands);
}

fn open_ui(ui: &mut Ui, model: &Model, visible: &VisibleProject, draft: &mut Draft, commands: &mut Commands) {
    match draft.open.clone() {
        Open::Nothing => {}
        Open::Kinds => kinds_ui(ui, model, draft, commands),
        Open::New => {
            let done = draft.new.as_mut().is_some_and(|new| source_form::ui(ui, model, visible, new, commands));
            if draft.new.is_none() || done {
                (draft.new, draft.open) = (None, Open::Nothing);
            }
        }
        Open::One(id) => match (visible.project.sources.get(&id), draft.edits.get_mut(&id)) {
            (Some(_), Some(edited)) => {
                if source_form::ui(ui, model, visible, edited, commands) {
                    draft.edits.remove(&id);
                }
            }
            (Some(source), None) => one_ui(ui, model, visible, source, draft, commands),
            // Just saved: the project is being read again.
            (None, _) if model.projects.get(&visible.project.id).is_some_and(crate::app::Remote::is_waiting) => {}
            (None, _) => draft.open = Open::Nothing,
        },
    }
}

fn one_ui(
    ui: &mut Ui,
    model: &Model,
    visible: &VisibleProject,
    source: &Source,
    draft: &mut Draft,
    commands: &mut Commands,
) {
    match source_page::ui(ui, model, visible, source, &mut draft.page, commands) {
        Some(source_page::Asked::Edit) => {
            commands.config(config::Command::ForgetTest);
            draft.edits.insert(source.id.clone(), SourceDraft::of(source));
        }
        Some(source_page::Asked::Replace) => commands.config(config::Command::ChooseFile(Some(source.id.clone()))),
        Some(source_page::Asked::Remove) => draft.removal = Some(Removal::source(&visible.project, source)),
        None => {}
    }
}

/// Gives up drafts that are kept now.
fn close_saved(model: &Model, draft: &mut Draft) {
    if draft.new.as_mut().is_some_and(|new| new.sending.saved(model)) {
        let id = draft.new.take().and_then(|new| new.built_id);
        draft.open = id.map_or(Open::Nothing, Open::One);
    }
    draft.edits.retain(|_, edited| !edited.sending.saved(model));
}

/// The buttons with which everything begins.
fn begin_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let add = Button::new(words.t(Word::AddSource)).icon(icons::ADD).exact_width(ui.available_width());
    if parts::button_if(ui, add, &parts::may(model, Action::ManageExternalSources)) {
        draft.open = Open::Kinds;
    }
    ui.add_space(8.0);
    let upload = Button::new(words.t(Word::UploadFile)).icon(icons::UPLOAD_FILE).exact_width(ui.available_width());
    if parts::button_if(ui, upload, &parts::may(model, Action::ChangeOwnConfiguration)) {
        commands.config(config::Command::ChooseFile(None));
    }
}

fn nothing_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let may_add = parts::may(model, Action::ManageExternalSources).is_ok();
    let (sentence, button) =
        if may_add { (Word::FirstSource, Word::AddSource) } else { (Word::FirstFile, Word::UploadFile) };
    if empty_state(ui, icons::DATABASE, words.t(Word::NoSources), words.t(sentence), Some(words.t(button))) {
        if may_add {
            draft.open = Open::Kinds;
        } else {
            commands.config(config::Command::ChooseFile(None));
        }
    }
    if may_add {
        ui.vertical_centered(|ui| {
            if ui.add(Button::new(words.t(Word::UploadFile)).icon(icons::UPLOAD_FILE)).clicked() {
                commands.config(config::Command::ChooseFile(None));
            }
        });
    }
}

fn list_ui(ui: &mut Ui, model: &Model, visible: &VisibleProject, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    begin_ui(ui, model, draft, commands);
    ui.add_space(6.0);
    if let Some(new) = &draft.new {
        let shown = if new.name.is_empty() { words.t(Word::UnnamedSource) } else { new.name.as_str() };
        let selected = draft.open == Open::New;
        if ui.add(ListRow::new(shown).icon(icons::ADD).detail(words.t(Word::Unsaved)).selected(selected)).clicked() {
            draft.open = Open::New;
        }
    }
    for source in visible.project.sources.values() {
        let selected = draft.open == Open::One(source.id.clone());
        let changed = draft.edits.get(&source.id).is_some_and(|edited| edited.is_changed(&visible.project));
        let state = line(model, visible, source, changed);
        let row = ListRow::new(&source.name).icon(source_icon(source)).detail(&state).selected(selected);
        if ui.add(row).clicked() {
            // What a test found is about the source that was open.
            commands.config(config::Command::ForgetTest);
            draft.open = Open::One(source.id.clone());
        }
    }
}

/// What stands beside a source's name: what is weak on the way to it, always, and how it is, where that is worth a word.
fn line(model: &Model, visible: &VisibleProject, source: &Source, changed: bool) -> String {
    let words = model.words;
    let (tone, state) = match changed {
        true => (Tone::Warn, words.t(Word::Unsaved).to_owned()),
        false => source_page::state(model, visible, source),
    };
    match source_page::weakness(source) {
        Some((weakness, _)) if tone == Tone::Neutral => words.t(weakness).to_owned(),
        Some((weakness, _)) => format!("{state} · {}", words.t(weakness)),
        None => state,
    }
}

/// The icon of a source: a database, or a file.
pub(super) fn source_icon(source: &Source) -> char {
    if source.is_internal() { icons::CSV } else { icons::DATABASE }
}

fn kinds_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    parts::form(ui, "kinds", |ui| {
        ui.label(egui::RichText::new(words.t(Word::ChooseKind)).font(TextSize::Heading.semibold()));
        if let Some(kinds) = parts::asked(ui, model, Some(&model.config.kinds), source_form::asking(), commands) {
            for about in kinds.iter().filter(|about| !about.internal) {
                if ui.add(Button::new(&about.name).icon(icons::DATABASE).exact_width(240.0)).clicked() {
                    commands.config(config::Command::ForgetTest);
                    draft.new = Some(SourceDraft::new(about));
                    draft.open = Open::New;
                }
                parts::dim(ui, &about.help);
                ui.add_space(4.0);
            }
        }
        if ui.add(Button::quiet(words.t(Word::Cancel))).clicked() {
            draft.open = Open::Nothing;
        }
    });
}
