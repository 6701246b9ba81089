//! How a file is read, to be corrected: encoding, delimiter, quote, header, null words, columns.

use egui::{Align, Layout, Ui, UiBuilder, vec2};
use wire::upload::{FileColumn, FileLayout};

use super::file::Draft;
use super::parts;
use crate::look::CONTROL;
use crate::widgets::{CellField, TextField, checkbox};
use crate::words::{Word, Words};

/// Encodings that a person may choose, by their names in the Encoding Standard.
const ENCODINGS: [&str; 6] = ["UTF-8", "windows-1252", "UTF-16LE", "UTF-16BE", "ISO-8859-15", "windows-1251"];
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
const QUOTES: [Option<char>; 3] = [Some('"'), Some('\''), None];
/// The height of a column's row, in points.
const ROW: f32 = CONTROL + 4.0;
/// The width of a column's kind, in points.
const KIND: f32 = 112.0;

/// Draws the layout; returns it when the file is to be read again.
pub(super) fn ui(ui: &mut Ui, words: Words, draft: &mut Draft) -> Option<FileLayout> {
    let layout = draft.layout.as_mut()?;
    ui.spacing_mut().item_spacing.y = 8.0;
    let mut changed = encoding_ui(ui, words, layout);
    ui.columns(2, |columns| {
        let [left, right] = columns else { return };
        changed |= delimiter_ui(left, words, layout);
        changed |= quote_ui(right, words, layout);
    });
    changed |= checkbox(ui, &mut layout.header, words.t(Word::FirstRowNames)).changed();
    let nulls = TextField::new(words.t(Word::NullWords), &mut draft.nulls).help(words.t(Word::NullWordsHelp));
    if nulls.show(ui, words).lost_focus() {
        let wanted: Vec<String> =
            draft.nulls.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect();
        changed |= wanted != layout.null_words;
        layout.null_words = wanted;
    }
    parts::heading(ui, &words.with(Word::ColumnsCount, &[&words.count(layout.columns.len() as u64)]));
    ui.spacing_mut().item_spacing.y = 2.0;
    for (place, column) in layout.columns.iter_mut().enumerate() {
        changed |= column_ui(ui, words, place, column);
    }
    changed.then(|| layout.clone())
}

fn encoding_ui(ui: &mut Ui, words: Words, layout: &mut FileLayout) -> bool {
    let options = ENCODINGS.map(str::to_owned);
    parts::wide_text_select(ui, words.t(Word::Encoding), &options, &mut layout.encoding)
}

fn delimiter_ui(ui: &mut Ui, words: Words, layout: &mut FileLayout) -> bool {
    let mut known = DELIMITERS.to_vec();
    if !known.contains(&layout.delimiter) {
        known.push(layout.delimiter);
    }
    let names: Vec<String> = known.iter().map(|sign| delimiter_name(words, *sign)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut chosen = known.iter().position(|sign| *sign == layout.delimiter).unwrap_or(0);
    let changed = parts::wide_select(ui, words.t(Word::Delimiter), &names, &mut chosen);
    layout.delimiter = known.get(chosen).copied().unwrap_or(layout.delimiter);
    changed
}

pub(super) fn delimiter_name(words: Words, sign: char) -> String {
    match sign {
        ',' => words.t(Word::Comma).to_owned(),
        ';' => words.t(Word::Semicolon).to_owned(),
        '\t' => words.t(Word::TabSign).to_owned(),
        other => other.to_string(),
    }
}

fn quote_ui(ui: &mut Ui, words: Words, layout: &mut FileLayout) -> bool {
    let mut known = QUOTES.to_vec();
    if !known.contains(&layout.quote) {
        known.push(layout.quote);
    }
    let names: Vec<String> =
        known.iter().map(|sign| sign.map_or_else(|| words.t(Word::None).to_owned(), String::from)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut chosen = known.iter().position(|sign| *sign == layout.quote).unwrap_or(0);
    let changed = parts::wide_select(ui, words.t(Word::Quote), &names, &mut chosen);
    layout.quote = known.get(chosen).copied().unwrap_or(layout.quote);
    changed
}

/// Rows out of sight only take their place: a file may have ten thousand columns.
fn column_ui(ui: &mut Ui, words: Words, place: usize, column: &mut FileColumn) -> bool {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
    if !ui.is_rect_visible(rect.expand(ROW)) {
        return false;
    }
    let builder = UiBuilder::new().max_rect(rect).id_salt(("column", place));
    ui.scope_builder(builder.layout(Layout::left_to_right(Align::Center)), |ui| {
        let number = words.count(place as u64 + 1);
        let name = words.with(Word::ColumnNumber, &[&number]);
        let width = ui.available_width() - KIND - 8.0;
        let field = CellField::new(&name, &mut column.name).required().show(ui, width);
        let kind = words.with(Word::KindOfColumn, &[&number]);
        let other_kind = parts::kind_select(ui, words, &kind, &mut column.kind, KIND);
        let typed = field.lost_focus() && ui.data_mut(|data| data.remove_temp::<bool>(field.id)).is_some();
        if field.changed() {
            ui.data_mut(|data| data.insert_temp(field.id, true));
        }
        other_kind || typed
    })
    .inner
}
