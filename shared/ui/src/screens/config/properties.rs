//! The properties of an object type or link type, as rows that can be edited, moved and removed.

use access::PropertyId;
use egui::{Align, Layout, RichText, Ui, UiBuilder, vec2};
use model::catalogue::{CatalogueTable, Column};
use model::format::Format;
use model::kind::Kind;
use model::project::Property;

use super::parts::{format_select, kind_select, text_select};
use crate::app::slug::free_slug;
use crate::look::{CONTROL, Look, TextSize, icons};
use crate::widgets::{Button, CellField, checkbox};
use crate::words::{Word, Words};

/// The height of a row, in points.
const ROW: f32 = CONTROL + 4.0;
/// Widths of name, id, column, kind, format and unit, in points.
const WIDTHS: [f32; 6] = [126.0, 104.0, 118.0, 100.0, 82.0, 50.0];
/// Widths of the three switches, in points.
const SWITCH: f32 = 44.0;

/// Draws the buttons that add a property, or the columns of a table that is known.
pub(super) fn add_ui(ui: &mut Ui, words: Words, rows: &mut Rows, table: Option<&CatalogueTable>) {
    ui.horizontal(|ui| {
        if ui.add(Button::new(words.t(Word::AddProperty)).icon(icons::ADD)).clicked() {
            rows.add();
        }
        if let Some(table) = table
            && ui.add(Button::new(words.t(Word::AddColumns)).icon(icons::VIEW_COLUMN)).clicked()
        {
            rows.add_columns(table);
        }
    });
}

/// One property while it is edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Tells the rows apart while names and places change.
    pub(super) uid: u32,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) column: String,
    pub(super) kind: Kind,
    pub(super) format: Option<Format>,
    pub(super) unit: String,
    pub(super) searchable: bool,
    pub(super) hidden: bool,
    /// The place in the key, if it is part of it.
    pub(super) key: Option<u32>,
    /// Whether the id follows the name: it does until the type is saved.
    fresh: bool,
}

/// The properties of a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) list: Vec<Row>,
    next_uid: u32,
}

impl Rows {
    /// The rows of what is saved.
    pub(super) fn of(properties: &[Property], key: &[PropertyId]) -> Self {
        let mut rows = Self::default();
        for property in properties {
            let place = key.iter().position(|id| *id == property.id).and_then(|place| u32::try_from(place).ok());
            let mut row = rows.blank(property.id.to_string(), property.name.clone());
            (row.column, row.kind) = (property.column.clone(), property.kind);
            row.format = property.format;
            row.unit = property.unit.clone().unwrap_or_default();
            (row.searchable, row.hidden) = (property.searchable, property.hidden);
            (row.key, row.fresh) = (place, false);
            rows.list.push(row);
        }
        rows
    }

    fn blank(&mut self, id: String, name: String) -> Row {
        let uid = self.next_uid;
        self.next_uid += 1;
        let (column, unit) = (String::new(), String::new());
        let (searchable, hidden) = (false, false);
        let (kind, format) = (Kind::Text, None);
        Row { uid, id, name, column, kind, format, unit, searchable, hidden, key: None, fresh: true }
    }

    /// An empty row.
    pub(super) fn add(&mut self) {
        let row = self.blank(String::new(), String::new());
        self.list.push(row);
    }

    /// Adds the columns of a table that no property comes from yet.
    pub(super) fn add_columns(&mut self, table: &CatalogueTable) {
        for column in &table.columns {
            if !self.list.iter().any(|row| row.column == column.name) {
                self.add_column(column, table.primary_key.iter().position(|key| *key == column.name));
            }
        }
    }

    fn add_column(&mut self, column: &Column, key: Option<usize>) {
        let name = readable(&column.name);
        let id = free_slug(&name, '_', "property", |id| self.list.iter().any(|row| row.id == id));
        let mut row = self.blank(id, name);
        (row.column, row.kind) = (column.name.clone(), column.kind);
        row.key = key.and_then(|place| u32::try_from(place).ok());
        self.list.push(row);
    }

    /// The properties as they would be saved; `Err` names the row whose id cannot be one.
    pub(super) fn build(&self) -> Result<Vec<Property>, String> {
        self.list.iter().map(build).collect()
    }

    /// The key, in its order.
    pub(super) fn key(&self) -> Vec<PropertyId> {
        let mut rows: Vec<&Row> = self.list.iter().filter(|row| row.key.is_some()).collect();
        rows.sort_by_key(|row| row.key);
        rows.iter().filter_map(|row| PropertyId::new(row.id.as_str()).ok()).collect()
    }

    /// The id of a row.
    pub(super) fn id_of(&self, uid: Option<u32>) -> Option<PropertyId> {
        let row = self.list.iter().find(|row| Some(row.uid) == uid)?;
        PropertyId::new(row.id.as_str()).ok()
    }

    /// The row of an id.
    pub(super) fn uid_of(&self, id: Option<&PropertyId>) -> Option<u32> {
        self.list.iter().find(|row| Some(row.id.as_str()) == id.map(PropertyId::as_str)).map(|row| row.uid)
    }

    fn follow_names(&mut self) {
        for place in 0..self.list.len() {
            let Some(row) = self.list.get(place) else { continue };
            if !row.fresh || row.name.trim().is_empty() {
                continue;
            }
            let taken = |id: &str| self.list.iter().enumerate().any(|(other, row)| other != place && row.id == id);
            let id = free_slug(&row.name, '_', "property", taken);
            if let Some(row) = self.list.get_mut(place) {
                row.id = id;
            }
        }
    }
}

fn build(row: &Row) -> Result<Property, String> {
    let unit = row.unit.trim();
    Ok(Property {
        id: PropertyId::new(row.id.trim()).map_err(|_| row.id.clone())?,
        name: row.name.trim().to_owned(),
        column: row.column.trim().to_owned(),
        kind: row.kind,
        format: row.format,
        unit: (!unit.is_empty()).then(|| unit.to_owned()),
        searchable: row.searchable,
        hidden: row.hidden,
    })
}

/// "first_name" as people read it: "First name".
pub(super) fn readable(column: &str) -> String {
    let spaced = column.replace('_', " ").trim().to_lowercase();
    let mut letters = spaced.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

enum Moved {
    Up(usize),
    Down(usize),
    Gone(usize),
}

/// Draws the rows; `columns` are those of the table, where its catalogue is known.
pub(super) fn ui(ui: &mut Ui, words: Words, rows: &mut Rows, columns: &[String]) {
    let mut moved = None;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 2.0);
        head_ui(ui, words);
        let last = rows.list.len().saturating_sub(1);
        for (place, row) in rows.list.iter_mut().enumerate() {
            moved = row_ui(ui, words, row, (place, last), columns).or(moved.take());
        }
    });
    match moved {
        Some(Moved::Up(place)) if place > 0 => rows.list.swap(place, place - 1),
        Some(Moved::Down(place)) if place + 1 < rows.list.len() => rows.list.swap(place, place + 1),
        Some(Moved::Gone(place)) if place < rows.list.len() => {
            rows.list.remove(place);
        }
        _ => {}
    }
    rows.follow_names();
}

fn head_ui(ui: &mut Ui, words: Words) {
    let dim = Look::of(ui.ctx()).colours.dim;
    let titles = [Word::Name, Word::Id, Word::Column, Word::KindTitle, Word::FormatTitle, Word::Unit];
    ui.horizontal(|ui| {
        let mut title = |word: Word, width: f32| {
            ui.allocate_ui_with_layout(vec2(width, 18.0), Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(width);
                ui.label(RichText::new(words.t(word)).font(TextSize::Small.regular()).color(dim));
            });
        };
        for (word, width) in titles.into_iter().zip(WIDTHS) {
            title(word, width);
        }
        for word in [Word::KeyTitle, Word::FindTitle, Word::HideTitle] {
            title(word, SWITCH);
        }
    });
}

/// Rows out of sight only take their place: a type may have two thousand.
fn row_ui(ui: &mut Ui, words: Words, row: &mut Row, at: (usize, usize), columns: &[String]) -> Option<Moved> {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
    if !ui.is_rect_visible(rect.expand(ROW)) {
        return None;
    }
    let place = UiBuilder::new().max_rect(rect).id_salt(("property", row.uid));
    ui.scope_builder(place.layout(Layout::left_to_right(Align::Center)), |ui| {
        texts_ui(ui, words, row, at.0 + 1, columns);
        switches_ui(ui, words, row);
        buttons_ui(ui, words, row, at)
    })
    .inner
}

fn texts_ui(ui: &mut Ui, words: Words, row: &mut Row, number: usize, columns: &[String]) {
    let number = words.count(number as u64);
    let [name, id, column, kind, format, unit] = WIDTHS;
    let named = |word| words.with(Word::OfProperty, &[words.t(word), &number]);
    CellField::new(&named(Word::Name), &mut row.name).required().show(ui, name);
    let bad_id = PropertyId::new(row.id.trim()).is_err();
    if CellField::new(&named(Word::Id), &mut row.id).mono().wrong(bad_id).show(ui, id).changed() {
        row.fresh = false;
    }
    fixed(ui, column, |ui| {
        if columns.is_empty() {
            CellField::new(&named(Word::Column), &mut row.column).mono().required().show(ui, column);
        } else {
            text_select(ui, &named(Word::Column), columns, &mut row.column, column);
        }
    });
    fixed(ui, kind, |ui| {
        if kind_select(ui, words, &named(Word::KindTitle), &mut row.kind, kind) {
            row.format = row.format.filter(|format| format.fits(row.kind));
        }
    });
    fixed(ui, format, |ui| {
        format_select(ui, words, &named(Word::FormatTitle), row.kind, &mut row.format, format);
    });
    CellField::new(&named(Word::Unit), &mut row.unit).show(ui, unit);
}

fn fixed(ui: &mut Ui, width: f32, content: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, CONTROL), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(width);
        ui.set_max_width(width);
        content(ui);
    });
}

fn switches_ui(ui: &mut Ui, words: Words, row: &mut Row) {
    let mut is_key = row.key.is_some();
    let shown = if row.name.trim().is_empty() { row.id.clone() } else { row.name.clone() };
    switch(ui, &mut is_key, &words.with(Word::KeyOf, &[&shown]));
    if is_key != row.key.is_some() {
        // New parts come last; the rows that have a place keep their order.
        row.key = is_key.then(|| u32::MAX / 2 + row.uid);
    }
    switch(ui, &mut row.searchable, &words.with(Word::FindIn, &[&shown]));
    switch(ui, &mut row.hidden, &words.with(Word::HideProperty, &[&shown]));
}

/// A checkbox whose text is only read out and shown as a tooltip.
fn switch(ui: &mut Ui, on: &mut bool, name: &str) {
    fixed(ui, SWITCH, |ui| {
        ui.set_clip_rect(ui.max_rect().intersect(ui.clip_rect()).with_max_x(ui.max_rect().left() + 20.0));
        checkbox(ui, on, name).on_hover_text(name);
    });
}

fn buttons_ui(ui: &mut Ui, words: Words, row: &Row, (place, last): (usize, usize)) -> Option<Moved> {
    let mut moved = None;
    ui.spacing_mut().item_spacing.x = 0.0;
    let up = words.with(Word::MoveUp, &[&row.name]);
    if ui.add(Button::icon_only(icons::ARROW_UPWARD, &up).enabled(place > 0)).clicked() {
        moved = Some(Moved::Up(place));
    }
    let down = words.with(Word::MoveDown, &[&row.name]);
    if ui.add(Button::icon_only(icons::ARROW_DOWNWARD, &down).enabled(place < last)).clicked() {
        moved = Some(Moved::Down(place));
    }
    let gone = words.with(Word::RemoveNamed, &[&row.name]);
    if ui.add(Button::icon_only(icons::DELETE, &gone)).clicked() {
        moved = Some(Moved::Gone(place));
    }
    moved
}
