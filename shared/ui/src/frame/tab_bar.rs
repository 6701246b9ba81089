//! The bar of tabs over a pane.

use super::surface;
use crate::look::{Look, TABS_BAR};
use crate::widgets::{Tab, TabsResponse, paint, tabs};
use crate::words::Words;
use egui::{Margin, Ui, vec2};

/// Draws tabs over the whole width of the pane. `pane` tells two bars on one screen apart.
pub fn tab_bar(ui: &mut Ui, words: Words, pane: &str, list: &[Tab<'_>], selected: usize) -> TabsResponse {
    bar(ui, |ui| ui.push_id(pane, |ui| tabs(ui, words, list, selected, true)).inner)
}

/// The pages of a screen, none of which is opened or closed; gives the one that was chosen.
pub fn page_tabs(ui: &mut Ui, words: Words, list: &[Tab<'_>], selected: usize) -> Option<usize> {
    bar(ui, |ui| tabs(ui, words, list, selected, false).selected)
}

fn bar<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    let look = Look::of(ui.ctx());
    let shown = surface(look, Margin::ZERO).show(ui, |ui| {
        ui.set_min_size(vec2(ui.available_width(), TABS_BAR));
        content(ui)
    });
    let rect = shown.response.rect;
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, paint::hairline(look));
    shown.inner
}
