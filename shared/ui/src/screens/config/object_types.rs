//! Object types: their line in the list, and the form that one is edited in.

use std::collections::BTreeMap;

use access::{Action, Need, ObjectTypeId, SourceId};
use egui::Ui;
use model::change::Change;
use model::project::{ObjectType, Project};
use model::withheld::Withheld;

use super::object_draft::{ObjectDraft, known_table, table_names};
use super::parts::{self, Sending};
use super::removal::Removal;
use super::type_page::{Nothing, Row, TypeDraft};
use super::{icon_picker, properties, query_box};
use crate::app::{Commands, ConfigPage, Model};
use crate::config;
use crate::look::{CONTROL, Look, icons};
use crate::widgets::{Button, TextField, paint};
use crate::words::{Word, Words};

/// The page of object types.
impl TypeDraft for ObjectDraft {
    type Id = ObjectTypeId;
    type Type = ObjectType;

    const PAGE: &'static str = "object types";
    const NEW: Word = Word::NewObjectType;

    fn all(project: &Project) -> &BTreeMap<ObjectTypeId, ObjectType> {
        &project.object_types
    }

    fn id(saved: &ObjectType) -> &ObjectTypeId {
        &saved.id
    }

    fn new(project: &Project) -> Self {
        Self::begin(project)
    }

    fn of(saved: &ObjectType) -> Self {
        Self::edit(saved)
    }

    fn saved(&self) -> Option<&ObjectType> {
        self.saved.as_ref()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn is_begun(&self) -> bool {
        !self.name.is_empty() || !self.table.is_empty() || !self.query.is_empty() || !self.rows.list.is_empty()
    }

    fn build(&self, project: &Project) -> Result<ObjectType, String> {
        self.built(project)
    }

    fn missing(words: Words, built: &Result<ObjectType, String>) -> Option<String> {
        match built {
            Err(what) if what.is_empty() => Some(words.t(Word::ChooseSource).to_owned()),
            Err(what) => Some(words.with(Word::CannotBeId, &[what])),
            Ok(kind) => kind.name.is_empty().then(|| words.t(Word::GiveName).to_owned()),
        }
    }

    fn takes(&self) -> Option<Action> {
        let was_query = self.saved.as_ref().is_some_and(|saved| saved.origin.query().is_some());
        (self.from_query || was_query).then_some(Action::WriteQueries)
    }

    fn sending(&mut self) -> &mut Sending {
        &mut self.sending
    }

    fn put(built: ObjectType) -> Change {
        Change::PutObjectType(Box::new(built))
    }

    fn removal(project: &Project, saved: &ObjectType) -> Removal {
        Removal::object_type(project, saved)
    }

    fn place(built: &ObjectType) -> String {
        format!("object type \"{}\"", built.id)
    }

    fn row<'a>(look: Look, project: &'a Project, saved: &'a ObjectType) -> Row<'a> {
        let icon = icons::by_name(&saved.icon).unwrap_or(icons::CATEGORY);
        let colour = look.colours.type_colour(usize::from(saved.colour)).ring;
        let source = project.sources.get(&saved.source).map_or("", |source| source.name.as_str());
        Row { name: &saved.plural, icon, colour, detail: source.to_owned() }
    }

    fn withheld(withheld: &Withheld) -> Vec<(&str, char)> {
        let icon = |name: &str| icons::by_name(name).unwrap_or(icons::CATEGORY);
        withheld.object_types.iter().map(|kind| (kind.plural.as_str(), icon(&kind.icon))).collect()
    }

    fn nothing(project: &Project) -> Nothing {
        let (sentence, button, first) = if project.sources.is_empty() {
            (Word::TypesNeedSource, Word::GoToSources, Some(ConfigPage::Sources))
        } else {
            (Word::NoObjectTypesSentence, Word::NewObjectType, None)
        };
        Nothing { icon: icons::CATEGORY, title: Word::NoObjectTypes, sentence, button, first }
    }

    fn fields_ui(&mut self, ui: &mut Ui, model: &Model, project: &Project, commands: &mut Commands) {
        names_ui(ui, model, self);
        parts::heading(ui, model.words.t(Word::ComesFrom));
        query_box::choice_ui(ui, model, self);
        if self.from_query {
            query_box::ui(ui, model, project, self, commands);
        } else {
            origin_of_ui(ui, model, project, (&mut self.source, &mut self.table), commands);
        }
        properties_ui(ui, model, self);
        title_ui(ui, model, self);
    }
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

fn properties_ui(ui: &mut Ui, model: &Model, edited: &mut ObjectDraft) {
    parts::heading(ui, model.words.t(Word::Properties));
    parts::hint(ui, model.words.t(Word::PropertiesHint));
    let catalogue = edited.source.as_ref().and_then(|id| model.config.catalogues.get(id));
    let of_query = edited.from_query.then(|| query_box::columns(model, edited)).flatten();
    let table = match edited.from_query {
        true => of_query.as_ref(),
        false => known_table(catalogue.and_then(|known| known.value()), &edited.table),
    };
    let columns: Vec<String> =
        table.map(|table| table.columns.iter().map(|column| column.name.clone()).collect()).unwrap_or_default();
    properties::ui(ui, model.words, &mut edited.rows, &columns);
    properties::add_ui(ui, model.words, &mut edited.rows, table);
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
