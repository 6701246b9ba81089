//! A tooltip that also says which key does the same.

use super::keys::keys_here;
use crate::look::{Look, TextSize};
use egui::{Response, RichText};

/// Shows `text`, and the key in dim letters behind it, when the pointer rests on the thing.
pub fn tooltip(response: Response, text: &str, keys: Option<&str>) -> Response {
    response.on_hover_ui(|ui| {
        let look = Look::of(ui.ctx());
        ui.horizontal(|ui| {
            ui.label(text);
            if let Some(keys) = keys {
                let keys = keys_here(ui.ctx(), keys);
                ui.label(RichText::new(keys.as_ref()).font(TextSize::Small.regular()).color(look.colours.dim));
            }
        });
    })
}
