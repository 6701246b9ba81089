//! The status bar: each source's state at the left; totals, selection and step at the right.

use super::surface;
use crate::look::{Look, STATUS_BAR, TextSize};
use crate::widgets::{Tone, paint, state_dot};
use crate::words::{Word, Words};
use egui::{Align, Label, Layout, Margin, Panel, RichText, Role, Ui};

/// A source and how it is, in words that include its name.
#[derive(Clone, Copy, Debug)]
pub struct SourceState<'a> {
    pub tone: Tone,
    pub text: &'a str,
}

/// Draws the bar; returns the source that was clicked. `texts` stand at the right in this order.
pub fn status_bar(ui: &mut Ui, words: Words, sources: &[SourceState<'_>], texts: &[&str]) -> Option<usize> {
    let look = Look::of(ui.ctx());
    let panel = Panel::bottom("clew status bar").exact_size(STATUS_BAR).resizable(false);
    let shown = panel.frame(surface(look, Margin::symmetric(12, 0))).show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 20.0;
            for text in texts.iter().rev() {
                let text = RichText::new(*text).font(TextSize::Small.regular()).color(look.colours.dim);
                ui.add(Label::new(text).truncate());
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| dots(ui, sources)).inner
        })
        .inner
    });
    paint::describe(ui, &shown.response, |node| {
        node.set_role(Role::Status);
        node.set_label(words.t(Word::StatusBar));
    });
    shown.inner
}

fn dots(ui: &mut Ui, sources: &[SourceState<'_>]) -> Option<usize> {
    ui.spacing_mut().item_spacing.x = 16.0;
    let mut clicked = None;
    for (number, source) in sources.iter().enumerate() {
        if state_dot(ui, source.tone, source.text).clicked() {
            clicked = Some(number);
        }
    }
    clicked
}
