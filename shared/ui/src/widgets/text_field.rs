//! A text field with its label above and its error below.

use super::button::Button;
use crate::look::{FIELD, HAIRLINE, Look, RADIUS, TextSize, icons};
use crate::words::{Word, Words};
use egui::{Frame, Margin, Response, RichText, Stroke, TextEdit, Ui, Vec2};

/// A labelled field for one line, several lines or a secret.
#[must_use = "show it in a ui"]
#[derive(Debug)]
pub struct TextField<'a> {
    label: &'a str,
    value: &'a mut String,
    hint: &'a str,
    help: Option<&'a str>,
    error: Option<&'a str>,
    secret: bool,
    mono: bool,
    rows: usize,
    limit_chars: usize,
}

/// Longer than any name, key or password; text that is longer goes into a file.
const LIMIT_CHARS: usize = 10_000;

impl<'a> TextField<'a> {
    pub fn new(label: &'a str, value: &'a mut String) -> Self {
        Self {
            label,
            value,
            hint: "",
            help: None,
            error: None,
            secret: false,
            mono: false,
            rows: 1,
            limit_chars: LIMIT_CHARS,
        }
    }

    /// Shown while it is empty.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// A sentence below it.
    pub fn help(mut self, help: &'a str) -> Self {
        self.help = Some(help);
        self
    }

    /// What is wrong with the value, and what to do; takes the place of the help.
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// Dots instead of letters, with a button that shows them.
    pub fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Letters of one width, for keys and code.
    pub fn mono(mut self) -> Self {
        self.mono = true;
        self
    }

    /// Several lines high.
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows.max(1);
        self
    }

    /// Takes no more characters than this.
    pub fn limit_chars(mut self, limit: usize) -> Self {
        self.limit_chars = limit;
        self
    }

    /// Draws it; the response is the field's own (`changed`, `lost_focus`, `request_focus`).
    pub fn show(self, ui: &mut Ui, words: Words) -> Response {
        let (help, error) = (self.help, self.error);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            let look = Look::of(ui.ctx());
            let label = ui.label(RichText::new(self.label).color(look.colours.dim));
            let response = self.field(ui, words).labelled_by(label.id);
            below(ui, look, &response, help, error);
            response
        })
        .inner
    }

    fn field(self, ui: &mut Ui, words: Words) -> Response {
        if !self.secret {
            return self.edit(ui, false);
        }
        let shown_id = ui.scope_id().with(self.label).with("secret shown");
        let mut shown = ui.data(|data| data.get_temp::<bool>(shown_id)).unwrap_or(false);
        let row = ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.set_max_width(ui.available_width() - FIELD - 4.0);
            let response = self.edit(ui, !shown);
            let (icon, word) = if shown {
                (icons::VISIBILITY_OFF, Word::HidePassword)
            } else {
                (icons::VISIBILITY, Word::ShowPassword)
            };
            if ui.add(Button::icon_only(icon, words.t(word)).min_size(Vec2::splat(FIELD))).clicked() {
                shown = !shown;
            }
            response
        });
        ui.data_mut(|data| data.insert_temp(shown_id, shown));
        row.inner
    }

    fn edit(self, ui: &mut Ui, hidden: bool) -> Response {
        let look = Look::of(ui.ctx());
        let id = ui.scope_id().with(self.label).with("field");
        let focused = ui.memory(|memory| memory.has_focus(id));
        let stroke = match (self.error.is_some(), focused) {
            (_, true) => Stroke::new(2.0, look.colours.accent),
            (true, false) => Stroke::new(HAIRLINE, look.colours.bad),
            (false, false) => Stroke::new(HAIRLINE, look.colours.field_line),
        };
        let font = if self.mono { TextSize::Body.mono() } else { TextSize::Body.regular() };
        let edit = if self.rows > 1 { TextEdit::multiline(self.value) } else { TextEdit::singleline(self.value) };
        let edit = edit
            .id(id)
            .font(font)
            .hint_text(RichText::new(self.hint).color(look.colours.dim))
            .password(hidden)
            .char_limit(self.limit_chars)
            .desired_rows(self.rows)
            .desired_width(f32::INFINITY)
            .min_size(Vec2::new(0.0, FIELD))
            .align(if self.rows > 1 { egui::Align2::LEFT_TOP } else { egui::Align2::LEFT_CENTER })
            .frame(field_frame(look, stroke));
        ui.add(edit)
    }
}

/// The box around what can be filled in; the stroke takes no place, so that nothing jumps when it grows.
pub(crate) fn field_frame(look: Look, stroke: Stroke) -> Frame {
    Frame::new()
        .fill(look.colours.background)
        .corner_radius(RADIUS)
        .inner_margin(Margin::symmetric(10, 6))
        .apply_stroke_and_expansion_without_layout_shift(stroke, 0.0)
}

fn below(ui: &mut Ui, look: Look, field: &Response, help: Option<&str>, error: Option<&str>) {
    let small = |text: &str, colour| RichText::new(text.to_owned()).font(TextSize::Small.regular()).color(colour);
    ui.spacing_mut().interact_size.y = 16.0;
    if let Some(error) = error {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.label(small(&icons::ERROR.to_string(), look.colours.bad));
            ui.label(small(error, look.colours.bad));
        });
    } else if let Some(help) = help {
        ui.label(small(help, look.colours.dim));
    }
    super::paint::describe(ui, field, |node| {
        if let Some(text) = error.or(help) {
            node.set_description(text);
        }
        if error.is_some() {
            node.set_invalid(egui::accesskit::Invalid::True);
        }
    });
}
