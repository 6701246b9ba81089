//! The bar of tabs over a pane.

use super::surface;
use crate::look::{Look, TABS_BAR};
use crate::widgets::{Tab, TabsResponse, paint, tabs};
use crate::words::Words;
use egui::{Margin, Ui, vec2};

/// Draws tabs over the whole width of the pane. `pane` tells two bars on one screen apart.
pub fn tab_bar(ui: &mut Ui, words: Words, pane: &str, list: &[Tab<'_>], selected: usize) -> TabsResponse {
    let look = Look::of(ui.ctx());
    let shown = surface(look, Margin::ZERO).show(ui, |ui| {
        ui.set_min_size(vec2(ui.available_width(), TABS_BAR));
        ui.push_id(pane, |ui| tabs(ui, words, list, selected, true)).inner
    });
    let rect = shown.response.rect;
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, paint::hairline(look));
    shown.inner
}
