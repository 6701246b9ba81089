//! A text field without a label above it, for a row of a list that is edited; the name is read out.

use super::{paint, text_field::field_frame};
use crate::look::{CONTROL, HAIRLINE, Look, TextSize};
use egui::{Response, RichText, Stroke, TextEdit, Ui, Vec2};

/// Longer than any name, column or id.
const LIMIT_CHARS: usize = 500;

/// A field in a row: `CellField::new("Name of property 1", &mut name).show(ui, 160.0)`.
#[must_use = "show it in a ui"]
#[derive(Debug)]
pub struct CellField<'a> {
    name: &'a str,
    value: &'a mut String,
    hint: &'a str,
    wrong: bool,
    mono: bool,
}

impl<'a> CellField<'a> {
    pub fn new(name: &'a str, value: &'a mut String) -> Self {
        Self { name, value, hint: "", wrong: false, mono: false }
    }

    /// Shown while it is empty.
    pub fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    /// Marked as wrong while it is empty.
    pub fn required(self) -> Self {
        let wrong = self.wrong || self.value.trim().is_empty();
        Self { wrong, ..self }
    }

    /// Marked as wrong; what is wrong is said elsewhere.
    pub fn wrong(self, wrong: bool) -> Self {
        Self { wrong, ..self }
    }

    /// Letters of one width.
    pub fn mono(self) -> Self {
        Self { mono: true, ..self }
    }

    /// Draws it, `width` points wide.
    pub fn show(self, ui: &mut Ui, width: f32) -> Response {
        let look = Look::of(ui.ctx());
        let id = ui.scope_id().with(self.name).with("cell");
        let stroke = match (self.wrong, ui.memory(|memory| memory.has_focus(id))) {
            (_, true) => Stroke::new(2.0, look.colours.accent),
            (true, false) => Stroke::new(HAIRLINE, look.colours.bad),
            (false, false) => Stroke::new(HAIRLINE, look.colours.field_line),
        };
        let frame = field_frame(look, stroke).inner_margin(egui::Margin::symmetric(8, 4));
        let edit = TextEdit::singleline(self.value)
            .id(id)
            .font(if self.mono { TextSize::Body.mono() } else { TextSize::Body.regular() })
            .hint_text(RichText::new(self.hint).color(look.colours.dim))
            .char_limit(LIMIT_CHARS)
            .align(egui::Align2::LEFT_CENTER)
            .frame(frame);
        let response = ui.add_sized(Vec2::new(width, CONTROL), edit).accessible_name(self.name);
        paint::describe(ui, &response, |node| {
            if self.wrong {
                node.set_invalid(egui::accesskit::Invalid::True);
            }
        });
        response
    }
}
