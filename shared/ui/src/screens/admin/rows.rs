//! Rows of cells below each other, each with a hairline under it.

use egui::{Align, Layout, Ui, vec2};

use crate::look::Look;
use crate::widgets::paint;

/// Draws a row of this height, over the whole width.
pub(super) fn row_ui(ui: &mut Ui, height: f32, content: impl FnOnce(&mut Ui)) {
    let size = vec2(ui.available_width(), height);
    let row = ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        content(ui);
    });
    let rect = row.response.rect;
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, paint::hairline(Look::of(ui.ctx())));
}

/// Draws a cell of exactly this width and at least this height.
pub(super) fn cell_ui(ui: &mut Ui, width: f32, height: f32, content: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, height), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(width);
        ui.set_max_width(width);
        content(ui);
    });
}
