//! The properties of an object: names at the left, values beside them.

use super::paint::text_width;
use crate::look::{Look, line_of_text};
use egui::{Grid, Label, RichText, TextStyle, Ui};

/// One line.
#[derive(Clone, Copy, Debug)]
pub struct KeyValue<'a> {
    pub key: &'a str,
    pub value: &'a str,
    /// Dim words after the value: "fetched 10:42".
    pub aside: &'a str,
}

/// The names take at least this much, and at most twice as much, in points.
const KEY_WIDTH: f32 = 100.0;

/// Draws the list; values wrap and can be selected.
pub fn key_values(ui: &mut Ui, id: &str, rows: &[KeyValue<'_>]) {
    let look = Look::of(ui.ctx());
    let font = crate::look::TextSize::Body.regular();
    let widest = rows.iter().map(|row| text_width(ui, row.key, font.clone())).fold(KEY_WIDTH, f32::max).ceil();
    let width = widest.min(2.0 * KEY_WIDTH).min(ui.available_width() * 0.45).max(KEY_WIDTH);
    let grid =
        Grid::new(id).num_columns(2).spacing([8.0, 6.0]).min_col_width(width).min_row_height(0.0).max_col_width(400.0);
    grid.show(ui, |ui| {
        ui.spacing_mut().interact_size.y = ui.text_style_height(&TextStyle::Body);
        for row in rows {
            let key = line_of_text(ui.painter(), row.key, font.clone(), look.colours.dim, width);
            let is_cut = key.elided;
            let name = ui.add(Label::new(key).selectable(false));
            if is_cut {
                name.on_hover_text(row.key);
            }
            value_ui(ui, row, look);
            ui.end_row();
        }
    });
}

/// The value with the words after it, or with these on a line of their own where one line has no room for both.
fn value_ui(ui: &mut Ui, row: &KeyValue<'_>, look: Look) {
    if row.aside.is_empty() {
        ui.label(row.value);
        return;
    }
    let font = crate::look::TextSize::Body.regular();
    let aside = format!("· {}", row.aside);
    let wanted = text_width(ui, row.value, font.clone()) + text_width(ui, &aside, font) + 8.0;
    let dim = |text: &str| Label::new(RichText::new(text).color(look.colours.dim));
    if wanted <= ui.available_width() {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.label(row.value);
            ui.add(dim(&aside).extend());
        });
    } else {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.label(row.value);
            ui.add(dim(row.aside));
        });
    }
}
