//! The page of link types: the list, and what is edited.

use std::collections::BTreeMap;

use access::{LinkTypeId, ObjectTypeId};
use egui::Ui;
use model::change::Change;
use model::project::Project;
use wire::project::VisibleProject;

use super::link_draft::LinkDraft;
use super::object_draft::known_table;
use super::sources::{Removal, remove_ui};
use super::{findings, join, parts, properties};
use crate::app::{Command, Commands, ConfigPage, Model, Route};
use crate::look::icons;
use crate::widgets::{Button, ListRow, TextField, checkbox, empty_state};
use crate::words::Word;

/// What is open and edited. A draft stays while another type is looked at.
#[derive(Default)]
pub(super) struct Draft {
    open: Open,
    new: Option<LinkDraft>,
    edits: BTreeMap<LinkTypeId, LinkDraft>,
    removal: Option<Removal>,
}

#[derive(Default, PartialEq, Clone)]
enum Open {
    #[default]
    Nothing,
    New,
    One(LinkTypeId),
}

/// Draws the page.
pub(super) fn ui(ui: &mut Ui, model: &Model, visible: &VisibleProject, draft: &mut Draft, commands: &mut Commands) {
    let project = &visible.project;
    close_saved(model, draft);
    if project.link_types.is_empty() && draft.open == Open::Nothing {
        return nothing_ui(ui, model, project, draft, commands);
    }
    if let (Open::Nothing, Some(first)) = (&draft.open, project.link_types.keys().next()) {
        draft.open = Open::One(first.clone());
    }
    parts::list_panel(ui, "link types", |ui| list_ui(ui, model, project, draft));
    match draft.open.clone() {
        Open::New => {
            let edited = draft.new.get_or_insert_with(|| LinkDraft::new(project));
            editor_ui(ui, model, project, edited, &mut draft.removal, commands);
        }
        Open::One(id) => match project.link_types.get(&id) {
            Some(link) => {
                let edited = draft.edits.entry(id).or_insert_with(|| LinkDraft::of(link));
                if edited.saved.as_ref() != Some(link) && !edited.is_changed(project) {
                    *edited = LinkDraft::of(link);
                }
                editor_ui(ui, model, project, edited, &mut draft.removal, commands);
            }
            None => draft.open = Open::Nothing,
        },
        Open::Nothing => {}
    }
    remove_ui(ui, model, &mut draft.removal, commands);
}

/// Gives up drafts that are kept now.
fn close_saved(model: &Model, draft: &mut Draft) {
    if draft.new.as_mut().is_some_and(|new| new.sending.saved(model)) {
        let built = draft.new.take().and_then(|new| new.build(&model.project()?.project).ok());
        draft.open = built.map_or(Open::Nothing, |link| Open::One(link.id));
    }
    draft.edits.retain(|_, edited| !edited.sending.saved(model));
}

fn nothing_ui(ui: &mut Ui, model: &Model, project: &Project, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let no_objects = project.object_types.is_empty();
    let (sentence, button) = if no_objects {
        (Word::LinksNeedObjects, Word::GoToObjectTypes)
    } else {
        (Word::NoLinkTypesSentence, Word::NewLinkType)
    };
    if empty_state(ui, icons::LINK, words.t(Word::ConfigNoLinkTypes), words.t(sentence), Some(words.t(button))) {
        if no_objects {
            let route = Route::Config { project: project.id.clone(), page: ConfigPage::ObjectTypes };
            commands.send(Command::Go(route));
        } else {
            draft.open = Open::New;
        }
    }
}

fn list_ui(ui: &mut Ui, model: &Model, project: &Project, draft: &mut Draft) {
    let words = model.words;
    if ui.add(Button::new(words.t(Word::NewLinkType)).icon(icons::ADD).exact_width(ui.available_width())).clicked() {
        draft.open = Open::New;
    }
    ui.add_space(6.0);
    if draft.new.is_some() || draft.open == Open::New {
        let name = draft.new.as_ref().map(|new| new.name.clone()).filter(|name| !name.is_empty());
        let shown = name.unwrap_or_else(|| words.t(Word::UnnamedType).to_owned());
        let row =
            ListRow::new(&shown).icon(icons::ADD).detail(words.t(Word::Unsaved)).selected(draft.open == Open::New);
        if ui.add(row).clicked() {
            draft.open = Open::New;
        }
    }
    for link in project.link_types.values() {
        let changed = draft.edits.get(&link.id).is_some_and(|edited| edited.is_changed(project));
        let ends = format!("{} → {}", name_of(project, &link.from), name_of(project, &link.to));
        let detail = if changed { words.t(Word::Unsaved) } else { ends.as_str() };
        let icon = if link.directed { icons::ARROW_FORWARD } else { icons::SWAP_HORIZ };
        let selected = draft.open == Open::One(link.id.clone());
        if ui.add(ListRow::new(&link.name).icon(icon).detail(detail).selected(selected)).clicked() {
            draft.open = Open::One(link.id.clone());
        }
    }
}

fn name_of<'a>(project: &'a Project, id: &'a ObjectTypeId) -> &'a str {
    project.object_types.get(id).map_or(id.as_str(), |kind| kind.name.as_str())
}

fn editor_ui(
    ui: &mut Ui,
    model: &Model,
    project: &Project,
    edited: &mut LinkDraft,
    removal: &mut Option<Removal>,
    commands: &mut Commands,
) {
    let built = edited.build(project);
    bar_ui(ui, model, project, edited, removal, commands);
    parts::form(ui, "link type", |ui| {
        edited.sending.ui(ui, model);
        if let Ok(link) = &built
            && edited.is_changed(project)
        {
            findings::ui(ui, model, &findings::of_link_type(project, link));
        }
        ends_ui(ui, model, project, edited);
        names_ui(ui, model, edited);
        join::ui(ui, model, project, edited, commands);
        if edited.by_table {
            properties_ui(ui, model, edited);
            meanings_ui(ui, model, edited);
        }
    });
}

fn bar_ui(
    ui: &mut Ui,
    model: &Model,
    project: &Project,
    edited: &mut LinkDraft,
    removal: &mut Option<Removal>,
    commands: &mut Commands,
) {
    let words = model.words;
    let changed = edited.is_changed(project);
    let built = edited.build(project);
    parts::bottom_bar(ui, "link type bar", |ui| {
        ui.horizontal(|ui| {
            let ready = match (&built, changed) {
                (_, false) => Err(words.t(Word::NothingChanged).to_owned()),
                (Err(what), _) if what.is_empty() => Err(words.t(Word::FillPairs).to_owned()),
                (Err(what), _) => Err(words.with(Word::CannotBeId, &[what])),
                (Ok(link), _) if link.name.is_empty() => Err(words.t(Word::GiveName).to_owned()),
                (Ok(_), _) => Ok(()),
            };
            let scope = parts::save_buttons(ui, model, &ready, edited.sending.is_waiting(model));
            if let (Some(scope), Ok(link)) = (scope, built) {
                edited.sending.change(model, commands, scope, vec![Change::PutLinkType(Box::new(link))]);
            }
            if ui.add(Button::quiet(words.t(Word::DiscardChanges)).enabled(changed)).clicked() {
                *edited = edited.saved.as_ref().map_or_else(|| LinkDraft::new(project), LinkDraft::of);
            }
            if let Some(saved) = &edited.saved
                && parts::remove_button(ui, model)
            {
                *removal = Some(Removal::link_type(saved));
            }
        });
    });
}

fn ends_ui(ui: &mut Ui, model: &Model, project: &Project, edited: &mut LinkDraft) {
    let words = model.words;
    let ids: Vec<&ObjectTypeId> = project.object_types.keys().collect();
    let names: Vec<&str> = project.object_types.values().map(|kind| kind.name.as_str()).collect();
    ui.columns(2, |columns| {
        let [left, right] = columns else { return };
        for (ui, word, end) in [(left, Word::FromType, &mut edited.from), (right, Word::ToType, &mut edited.to)] {
            let mut chosen = ids.iter().position(|id| Some(*id) == end.as_ref()).unwrap_or(usize::MAX);
            if parts::wide_select(ui, words.t(word), &names, &mut chosen) {
                *end = ids.get(chosen).copied().cloned();
            }
        }
    });
}

fn names_ui(ui: &mut Ui, model: &Model, edited: &mut LinkDraft) {
    let words = model.words;
    ui.columns(3, |columns| {
        let [left, middle, right] = columns else { return };
        for (ui, word, hint, text) in [
            (left, Word::LinkName, Word::LinkNameHint, &mut edited.name),
            (middle, Word::LinkReverse, Word::LinkReverseHint, &mut edited.reverse),
            (right, Word::LinkPlural, Word::LinkPluralHint, &mut edited.plural),
        ] {
            TextField::new(words.t(word), text).hint(words.t(hint)).limit_chars(120).show(ui, words);
        }
    });
    let mut directed = !edited.undirected;
    checkbox(ui, &mut directed, words.t(Word::HasDirection));
    edited.undirected = !directed;
}

fn properties_ui(ui: &mut Ui, model: &Model, edited: &mut LinkDraft) {
    let words = model.words;
    parts::heading(ui, words.t(Word::PropertiesOfLink));
    let columns = join::columns(model, edited);
    properties::ui(ui, words, &mut edited.rows, &columns);
    let catalogue = edited.source.as_ref().and_then(|id| model.config.catalogues.get(id));
    let table = known_table(catalogue.and_then(|known| known.value()), &edited.table);
    ui.horizontal(|ui| {
        if ui.add(Button::new(words.t(Word::AddProperty)).icon(icons::ADD)).clicked() {
            edited.rows.add();
        }
        if let Some(table) = table
            && ui.add(Button::new(words.t(Word::AddColumns)).icon(icons::VIEW_COLUMN)).clicked()
        {
            edited.rows.add_columns(table);
        }
    });
}

fn meanings_ui(ui: &mut Ui, model: &Model, edited: &mut LinkDraft) {
    let words = model.words;
    let rows = &edited.rows.list;
    let mut names = vec![words.t(Word::None)];
    names.extend(rows.iter().map(|row| row.name.as_str()));
    ui.columns(3, |columns| {
        let [left, middle, right] = columns else { return };
        for (ui, word, uid) in [
            (left, Word::LinkTime, &mut edited.time),
            (middle, Word::LinkAmount, &mut edited.amount),
            (right, Word::LinkCurrency, &mut edited.currency),
        ] {
            let mut chosen = rows.iter().position(|row| Some(row.uid) == *uid).map_or(0, |place| place + 1);
            if parts::wide_select(ui, words.t(word), &names, &mut chosen) {
                *uid = chosen.checked_sub(1).and_then(|place| rows.get(place)).map(|row| row.uid);
            }
        }
    });
}
