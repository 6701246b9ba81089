//! The page of object types: the list, and what is edited.

use std::collections::BTreeMap;

use access::{Action, Need, ObjectTypeId, SourceId};
use egui::Ui;
use model::change::Change;
use model::project::Project;
use wire::project::VisibleProject;

use super::findings;
use super::icon_picker;
use super::object_draft::{ObjectDraft, known_table, table_names};
use super::parts;
use super::properties;
use super::sources::{Removal, remove_ui};
use crate::app::{Command, Commands, ConfigPage, Model, Route};
use crate::config;
use crate::look::{CONTROL, Look, icons};
use crate::widgets::{Button, ListRow, TextField, empty_state, paint};
use crate::words::Word;

/// What is open and edited. A draft stays while another type is looked at.
#[derive(Default)]
pub(super) struct Draft {
    open: Open,
    new: Option<ObjectDraft>,
    edits: BTreeMap<ObjectTypeId, ObjectDraft>,
    removal: Option<Removal>,
}

#[derive(Default, PartialEq, Clone)]
enum Open {
    #[default]
    Nothing,
    New,
    One(ObjectTypeId),
}

/// Draws the page.
pub(super) fn ui(ui: &mut Ui, model: &Model, visible: &VisibleProject, draft: &mut Draft, commands: &mut Commands) {
    let project = &visible.project;
    close_saved(model, draft);
    if project.object_types.is_empty() && draft.open == Open::Nothing {
        return nothing_ui(ui, model, project, draft, commands);
    }
    if let (Open::Nothing, Some(first)) = (&draft.open, project.object_types.keys().next()) {
        draft.open = Open::One(first.clone());
    }
    parts::list_panel(ui, "object types", |ui| list_ui(ui, model, project, draft));
    let open = draft.open.clone();
    match open {
        Open::New => {
            let edited = draft.new.get_or_insert_with(|| ObjectDraft::new(project));
            editor_ui(ui, model, project, edited, &mut draft.removal, commands);
        }
        Open::One(id) => match project.object_types.get(&id) {
            Some(kind) => {
                let edited = draft.edits.entry(id).or_insert_with(|| ObjectDraft::of(kind));
                if edited.saved.as_ref() != Some(kind) && !edited.is_changed(project) {
                    *edited = ObjectDraft::of(kind);
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
        draft.open = built.map_or(Open::Nothing, |kind| Open::One(kind.id));
    }
    draft.edits.retain(|_, edited| !edited.sending.saved(model));
}

fn nothing_ui(ui: &mut Ui, model: &Model, project: &Project, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let (sentence, button) = if project.sources.is_empty() {
        (Word::TypesNeedSource, Word::GoToSources)
    } else {
        (Word::NoObjectTypesSentence, Word::NewObjectType)
    };
    let title = words.t(Word::NoObjectTypes);
    if empty_state(ui, icons::CATEGORY, title, words.t(sentence), Some(words.t(button))) {
        if project.sources.is_empty() {
            let route = Route::Config { project: project.id.clone(), page: ConfigPage::Sources };
            commands.send(Command::Go(route));
        } else {
            draft.open = Open::New;
        }
    }
}

fn list_ui(ui: &mut Ui, model: &Model, project: &Project, draft: &mut Draft) {
    let words = model.words;
    let look = Look::of(ui.ctx());
    if ui.add(Button::new(words.t(Word::NewObjectType)).icon(icons::ADD).exact_width(ui.available_width())).clicked() {
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
    for kind in project.object_types.values() {
        let colour = look.colours.type_colour(usize::from(kind.colour)).ring;
        let icon = icons::by_name(&kind.icon).unwrap_or(icons::CATEGORY);
        let changed = draft.edits.get(&kind.id).is_some_and(|edited| edited.is_changed(project));
        let source = project.sources.get(&kind.source).map_or("", |source| source.name.as_str());
        let detail = if changed { words.t(Word::Unsaved) } else { source };
        let selected = draft.open == Open::One(kind.id.clone());
        if ui.add(ListRow::new(&kind.plural).coloured_icon(icon, colour).detail(detail).selected(selected)).clicked() {
            draft.open = Open::One(kind.id.clone());
        }
    }
}

fn editor_ui(
    ui: &mut Ui,
    model: &Model,
    project: &Project,
    edited: &mut ObjectDraft,
    removal: &mut Option<Removal>,
    commands: &mut Commands,
) {
    let built = edited.build(project);
    bar_ui(ui, model, project, edited, removal, commands);
    parts::form(ui, "object type", |ui| {
        edited.sending.ui(ui, model);
        if let Ok(kind) = &built
            && edited.is_changed(project)
        {
            findings::ui(ui, model, &findings::of_object_type(project, kind));
        }
        names_ui(ui, model, edited);
        origin_ui(ui, model, project, edited, commands);
        properties_ui(ui, model, edited);
        title_ui(ui, model, edited);
    });
}

fn bar_ui(
    ui: &mut Ui,
    model: &Model,
    project: &Project,
    edited: &mut ObjectDraft,
    removal: &mut Option<Removal>,
    commands: &mut Commands,
) {
    let words = model.words;
    let changed = edited.is_changed(project);
    let built = edited.build(project);
    parts::bottom_bar(ui, "object type bar", |ui| {
        ui.horizontal(|ui| {
            let ready = match (&built, changed) {
                (_, false) => Err(words.t(Word::NothingChanged).to_owned()),
                (Err(what), _) => Err(words.with(Word::CannotBeId, &[what])),
                (Ok(kind), _) if kind.name.is_empty() => Err(words.t(Word::GiveName).to_owned()),
                (Ok(_), _) => Ok(()),
            };
            let scope = parts::save_buttons(ui, model, &ready, edited.sending.is_waiting(model));
            if let (Some(scope), Ok(kind)) = (scope, built) {
                edited.sending.change(model, commands, scope, vec![Change::PutObjectType(Box::new(kind))]);
            }
            if ui.add(Button::quiet(words.t(Word::DiscardChanges)).enabled(changed)).clicked() {
                *edited = edited.saved.as_ref().map_or_else(|| ObjectDraft::new(project), ObjectDraft::of);
            }
            if let Some(saved) = &edited.saved
                && parts::remove_button(ui, model)
            {
                *removal = Some(Removal::object_type(project, saved));
            }
        });
    });
}

fn names_ui(ui: &mut Ui, model: &Model, edited: &mut ObjectDraft) {
    let words = model.words;
    let missing = |text: &str| text.trim().is_empty().then(|| words.t(Word::Required));
    let checked = edited.saved.is_some() || !edited.rows.list.is_empty();
    ui.columns(2, |columns| {
        if let [left, right] = columns {
            let error = if checked { missing(&edited.name) } else { None };
            let name = TextField::new(words.t(Word::Name), &mut edited.name).hint(words.t(Word::TypeNameHint));
            name.limit_chars(120).error(error).show(left, words);
            let error = if checked { missing(&edited.plural) } else { None };
            let plural = TextField::new(words.t(Word::Plural), &mut edited.plural).hint(words.t(Word::TypePluralHint));
            plural.limit_chars(120).error(error).show(right, words);
        }
    });
    ui.horizontal(|ui| {
        icon_picker::ui(ui, words, &mut edited.icons, &mut edited.icon);
        ui.add_space(12.0);
        swatches_ui(ui, model, edited);
    });
}

fn swatches_ui(ui: &mut Ui, model: &Model, edited: &mut ObjectDraft) {
    let look = Look::of(ui.ctx());
    let icon = icons::by_name(&edited.icon).unwrap_or(icons::CATEGORY);
    for colour in 0..6_u8 {
        let name = model.words.with(Word::ColourNumber, &[&(colour + 1).to_string()]);
        let selected = edited.colour == colour;
        let size = egui::Vec2::splat(CONTROL + 4.0);
        let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click());
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::RadioButton, true, selected, &name));
        let of_type = look.colours.type_colour(usize::from(colour));
        let ring = if selected { 2.5 } else { 1.0 };
        ui.painter().circle(rect.center(), 13.0, of_type.disc, egui::Stroke::new(ring, of_type.ring));
        paint::icon_at(ui, rect.center(), icon, 16.0, of_type.ring);
        paint::focus_ring(ui, &response, rect, crate::look::RADIUS_ROUND);
        if response.on_hover_text(&name).clicked() {
            edited.colour = colour;
        }
    }
}

/// Reads the catalogue of a source where that is allowed, so that tables and columns can be chosen.
pub(super) fn ask_catalogue(model: &Model, source: &SourceId, commands: &mut Commands) {
    let Some(project) = model.route.project() else { return };
    let may = model.may(&Need::source(Action::SaveConfiguration, project, source)).is_ok();
    if may && !model.config.catalogues.contains_key(source) {
        commands.config(config::Command::ReadCatalogue(source.clone()));
    }
}

/// Where the rows come from: source and table.
pub(super) fn origin_of_ui(
    ui: &mut Ui,
    model: &Model,
    project: &Project,
    (source, table): (&mut Option<SourceId>, &mut String),
    commands: &mut Commands,
) {
    let words = model.words;
    if let Some(id) = source {
        ask_catalogue(model, id, commands);
    }
    let ids: Vec<&SourceId> = project.sources.keys().collect();
    let names: Vec<&str> = project.sources.values().map(|source| source.name.as_str()).collect();
    let catalogue = source.as_ref().and_then(|id| model.config.catalogues.get(id)).and_then(|known| known.value());
    ui.columns(2, |columns| {
        let [left, right] = columns else { return };
        let mut chosen = ids.iter().position(|id| Some(*id) == source.as_ref()).unwrap_or(usize::MAX);
        if parts::wide_select(left, words.t(Word::Source), &names, &mut chosen) {
            *source = ids.get(chosen).copied().cloned();
        }
        let tables = table_names(catalogue);
        if tables.is_empty() {
            TextField::new(words.t(Word::TableOrView), table).mono().hint("schema.table").show(right, words);
        } else {
            parts::wide_text_select(right, words.t(Word::TableOrView), &tables, table);
        }
    });
}

fn origin_ui(ui: &mut Ui, model: &Model, project: &Project, edited: &mut ObjectDraft, commands: &mut Commands) {
    parts::heading(ui, model.words.t(Word::ComesFrom));
    origin_of_ui(ui, model, project, (&mut edited.source, &mut edited.table), commands);
}

fn properties_ui(ui: &mut Ui, model: &Model, edited: &mut ObjectDraft) {
    let words = model.words;
    parts::heading(ui, words.t(Word::Properties));
    parts::hint(ui, words.t(Word::PropertiesHint));
    let catalogue = edited.source.as_ref().and_then(|id| model.config.catalogues.get(id));
    let table = known_table(catalogue.and_then(|known| known.value()), &edited.table);
    let columns: Vec<String> =
        table.map(|table| table.columns.iter().map(|column| column.name.clone()).collect()).unwrap_or_default();
    properties::ui(ui, words, &mut edited.rows, &columns);
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

fn title_ui(ui: &mut Ui, model: &Model, edited: &mut ObjectDraft) {
    let words = model.words;
    parts::heading(ui, words.t(Word::TitleTemplate));
    let ids: Vec<String> = edited.rows.list.iter().map(|row| format!("{{{}}}", row.id)).collect();
    let example = model::project::title(&edited.title, |field| {
        edited.rows.list.iter().find(|row| row.id == field).map(|row| row.name.clone())
    });
    let help = words.with(Word::TitleHelp, &[&example]);
    TextField::new(words.t(Word::TitleLabel), &mut edited.title).mono().help(&help).show(ui, words);
    ui.horizontal_wrapped(|ui| {
        for id in ids.iter().take(24) {
            if ui.add(Button::quiet(id).icon(icons::ADD)).clicked() {
                if !edited.title.is_empty() && !edited.title.ends_with(' ') {
                    edited.title.push(' ');
                }
                edited.title.push_str(id);
            }
        }
    });
}
