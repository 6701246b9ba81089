//! What a source contains: a tree of schemas and tables; columns, keys and some rows of the one that is chosen.

use std::collections::BTreeSet;

use egui::{Grid, Panel, RichText, ScrollArea, Ui};
use model::catalogue::{Catalogue, CatalogueTable, Column};
use model::project::{Source, Table};

use super::object_draft::table_text;
use super::parts::{self, Asking};
use super::sample;
use crate::app::{Commands, Model, Remote};
use crate::config::Command;
use crate::look::{Look, TextSize, icons};
use crate::widgets::{Button, TreeLine, empty_state, search_box, tree};
use crate::words::{Word, Words};

/// The tree at the left, in points.
const TREE: f32 = 300.0;
/// The columns of a table take no more than this before the rows begin, in points.
const COLUMNS: f32 = 260.0;

/// What is unfolded, chosen and searched for.
#[derive(Default)]
pub(super) struct Draft {
    folded: BTreeSet<String>,
    chosen: Option<Table>,
    search: String,
    sample: sample::Draft,
}

/// Draws the contents of a source; asks for them when they are not known.
pub(super) fn ui(ui: &mut Ui, model: &Model, source: &Source, draft: &mut Draft, commands: &mut Commands) {
    let known = model.config.catalogues.get(&source.id);
    if let Some(catalogue) = known.and_then(Remote::value) {
        return browse_ui(ui, model, source, catalogue, draft, commands);
    }
    let (ask, stop) = (Command::ReadCatalogue(source.id.clone()), Some(Command::StopCatalogue(source.id.clone())));
    parts::margin(ui, |ui| {
        parts::asked(ui, model, known, Asking { what: Word::ReadingContents, ask, stop }, commands);
    });
}

fn browse_ui(
    ui: &mut Ui,
    model: &Model,
    source: &Source,
    catalogue: &Catalogue,
    draft: &mut Draft,
    commands: &mut Commands,
) {
    let words = model.words;
    if catalogue.tables.is_empty() {
        let again = Some(words.t(Word::ReadAgain));
        if empty_state(ui, icons::TABLE, words.t(Word::ConfigNoTables), words.t(Word::ConfigNoTablesSentence), again) {
            commands.config(Command::ReadCatalogue(source.id.clone()));
        }
        return;
    }
    let frame = egui::Frame::new().inner_margin(egui::Margin::symmetric(8, 8));
    let panel = Panel::left(egui::Id::unique("catalogue tree")).exact_size(TREE).resizable(false).frame(frame);
    panel.show(ui, |ui| tree_ui(ui, model, source, catalogue, draft, commands));
    let chosen = draft.chosen.clone();
    match catalogue.tables.iter().find(|known| Some(&known.table) == chosen.as_ref()) {
        Some(table) => table_ui(ui, model, source, table, draft, commands),
        None => parts::margin(ui, |ui| parts::dim(ui, words.t(Word::ChooseTable))),
    }
}

/// A line of the tree: a schema, or a table.
enum Line<'a> {
    Schema(&'a str),
    Table(&'a CatalogueTable, String),
}

fn tree_ui(
    ui: &mut Ui,
    model: &Model,
    source: &Source,
    catalogue: &Catalogue,
    draft: &mut Draft,
    commands: &mut Commands,
) {
    let words = model.words;
    let width = ui.available_width();
    ui.horizontal(|ui| {
        let id = ui.scope_id().with("catalogue search");
        let hint = words.t(Word::FindTable);
        search_box(ui, words, id, &mut draft.search, hint, None, width - 36.0);
        if ui.add(Button::icon_only(icons::REFRESH, words.t(Word::ReadAgain))).clicked() {
            commands.config(Command::ReadCatalogue(source.id.clone()));
        }
    });
    ui.add_space(4.0);
    let lines = lines(words, catalogue, draft);
    let done = tree(ui, words.t(Word::Contents), lines.len(), |number| match lines.get(number) {
        Some(Line::Schema(name)) => {
            let expanded = Some(!draft.folded.contains(*name));
            TreeLine { name, depth: 0, icon: icons::FOLDER, expanded, selected: false, detail: None }
        }
        Some(Line::Table(table, detail)) => TreeLine {
            name: &table.table.name,
            depth: u16::from(table.table.schema.is_some()),
            icon: if table.view { icons::TABLE_VIEW } else { icons::TABLE },
            expanded: None,
            selected: draft.chosen.as_ref() == Some(&table.table),
            detail: Some(detail),
        },
        None => TreeLine { name: "", depth: 0, icon: ' ', expanded: None, selected: false, detail: None },
    });
    let toggled = done.toggled.or(done.chosen).and_then(|number| lines.get(number));
    match (toggled, done.chosen.and_then(|number| lines.get(number))) {
        (_, Some(Line::Table(table, _))) => draft.chosen = Some(table.table.clone()),
        (Some(Line::Schema(name)), _) => toggle(&mut draft.folded, name),
        _ => {}
    }
    if catalogue.cut {
        parts::hint(ui, words.t(Word::CatalogueCut));
    }
}

fn toggle(folded: &mut BTreeSet<String>, name: &str) {
    if !folded.remove(name) {
        folded.insert(name.to_owned());
    }
}

fn lines<'a>(words: Words, catalogue: &'a Catalogue, draft: &Draft) -> Vec<Line<'a>> {
    let wanted = draft.search.trim().to_lowercase();
    let mut lines = Vec::new();
    let mut schema = None;
    for table in &catalogue.tables {
        if !wanted.is_empty() && !table_text(&table.table).to_lowercase().contains(&wanted) {
            continue;
        }
        if table.table.schema != schema {
            schema.clone_from(&table.table.schema);
            if let Some(name) = &table.table.schema {
                lines.push(Line::Schema(name));
            }
        }
        let hidden = wanted.is_empty() && table.table.schema.as_ref().is_some_and(|name| draft.folded.contains(name));
        if !hidden {
            let rows = table.rows_about.map(|rows| words.with(Word::AboutRows, &[&words.count(rows)]));
            lines.push(Line::Table(table, rows.unwrap_or_default()));
        }
    }
    lines
}

fn table_ui(
    ui: &mut Ui,
    model: &Model,
    source: &Source,
    table: &CatalogueTable,
    draft: &mut Draft,
    commands: &mut Commands,
) {
    let words = model.words;
    parts::margin(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(table_text(&table.table)).font(TextSize::Body.semibold()));
            let kind = if table.view { Word::View } else { Word::TableWord };
            let number = table.columns.len() as u64;
            let columns = words.with(Word::ColumnsCount, &[&words.count(number)]);
            parts::dim(ui, &format!("{} · {columns}", words.t(kind)));
        });
        let area = ScrollArea::both().id_salt("columns").max_height(COLUMNS).auto_shrink([false, true]);
        area.show_rows(ui, 22.0, table.columns.len() + 1, |ui, visible| {
            ui.spacing_mut().interact_size.y = 18.0;
            Grid::new("columns").num_columns(4).spacing([24.0, 4.0]).min_row_height(18.0).show(ui, |ui| {
                for place in visible {
                    match place.checked_sub(1).map(|place| table.columns.get(place)) {
                        None => head_ui(ui, words),
                        Some(Some(column)) => column_ui(ui, words, table, column),
                        Some(None) => {}
                    }
                }
            });
        });
        parts::line(ui);
        sample::ui(ui, model, source, &table.table, &mut draft.sample, commands);
    });
}

fn head_ui(ui: &mut Ui, words: Words) {
    for word in [Word::Column, Word::KindTitle, Word::NativeType, Word::KeysTitle] {
        parts::hint(ui, words.t(word));
    }
    ui.end_row();
}

fn column_ui(ui: &mut Ui, words: Words, table: &CatalogueTable, column: &Column) {
    let dim = Look::of(ui.ctx()).colours.dim;
    ui.label(RichText::new(&column.name).font(TextSize::Body.mono()));
    ui.label(parts::kind_name(words, column.kind));
    let null = if column.nullable { words.t(Word::MayBeEmpty) } else { words.t(Word::NeverEmpty) };
    ui.label(RichText::new(format!("{} · {null}", column.native)).color(dim));
    let mut keys = Vec::new();
    if table.primary_key.contains(&column.name) {
        keys.push(words.t(Word::PrimaryKey).to_owned());
    }
    if table.unique.iter().any(|names| names.contains(&column.name)) {
        keys.push(words.t(Word::UniqueKey).to_owned());
    }
    for key in table.foreign_keys.iter().filter(|key| key.columns.contains(&column.name)) {
        keys.push(format!("→ {}", table_text(&key.table)));
    }
    ui.label(keys.join(" · "));
    ui.end_row();
}
