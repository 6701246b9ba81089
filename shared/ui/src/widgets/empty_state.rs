//! What stands where nothing is yet: a sentence and the button to begin with.

use super::{button::Button, paint};
use crate::look::{Look, TextSize};
use egui::{RichText, Sense, Ui, vec2};

/// Draws it in the middle of what is left of the place; true when its button was clicked.
pub fn empty_state(ui: &mut Ui, icon: char, title: &str, sentence: &str, button: Option<&str>) -> bool {
    let look = Look::of(ui.ctx());
    ui.vertical_centered(|ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        ui.add_space(((ui.available_height() - 140.0) / 2.0).max(8.0));
        let (place, _) = ui.allocate_exact_size(vec2(40.0, 40.0), Sense::hover());
        paint::icon_at(ui, place.center(), icon, 32.0, look.colours.faint);
        ui.label(RichText::new(title).font(TextSize::Heading.semibold()));
        if !sentence.is_empty() {
            ui.label(RichText::new(sentence).color(look.colours.dim));
        }
        ui.add_space(4.0);
        button.is_some_and(|name| ui.add(Button::primary(name)).clicked())
    })
    .inner
}
