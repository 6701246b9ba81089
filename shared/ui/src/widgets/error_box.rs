//! An error, where the thing would have been: what could not be done, why, what to do, and a button that does it.

use super::{button::Button, chip::Tone};
use crate::look::{Look, RADIUS, TextSize, icons};
use egui::{Frame, Margin, RichText, Role, Stroke, Ui, accesskit};

/// What an error box says.
#[derive(Clone, Copy, Debug)]
pub struct ErrorText<'a> {
    /// What did not work, as a sentence.
    pub what: &'a str,
    /// Why; may be empty.
    pub cause: &'a str,
    /// What to do now; may be empty.
    pub remedy: &'a str,
    /// The verb on the button that does the remedy.
    pub button: Option<&'a str>,
    /// The code for whoever is asked for help; selectable.
    pub code: &'a str,
}

/// Draws it; true when the button was clicked.
pub fn error_box(ui: &mut Ui, error: ErrorText<'_>) -> bool {
    let look = Look::of(ui.ctx());
    let colours = look.colours;
    let frame = Frame::new()
        .fill(colours.panel)
        .stroke(Stroke::new(1.0, colours.bad))
        .corner_radius(RADIUS)
        .inner_margin(Margin::same(12));
    let shown = frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(Tone::Bad.icon()).size(16.0).color(colours.bad));
            ui.label(RichText::new(error.what).font(TextSize::Body.semibold()));
        });
        for (text, colour) in [(error.cause, colours.dim), (error.remedy, colours.text)] {
            if !text.is_empty() {
                ui.label(RichText::new(text).color(colour));
            }
        }
        ui.horizontal(|ui| {
            let clicked = error.button.is_some_and(|name| ui.add(Button::new(name).icon(icons::REFRESH)).clicked());
            ui.label(RichText::new(error.code).font(TextSize::Small.mono()).color(colours.dim));
            clicked
        })
        .inner
    });
    super::paint::describe(ui, &shown.response, |node| {
        node.set_role(Role::Alert);
        node.set_label(error.what);
        node.set_live(accesskit::Live::Assertive);
    });
    shown.inner
}
