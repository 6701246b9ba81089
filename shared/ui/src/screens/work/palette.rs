//! All commands with their keys: found by typing (Ctrl+Shift+P), or as a list (?).

use egui::{Id, Key, Modifiers, ScrollArea, TextEdit, Ui, pos2};

use super::acts::{self, Act, LINES, Line};
use super::{Draft as WorkDraft, popup};
use crate::app::{Commands, Model};
use crate::look::LIST_ROW;
use crate::widgets::{ListRow, menu_heading};
use crate::words::Word;

const WIDTH: f32 = 520.0;
/// So many lines are seen at once, each whole.
const MOST_LINES: usize = 17;

/// The palette.
#[derive(Default)]
pub(in crate::screens) struct Draft {
    is_open: bool,
    only_keys: bool,
    text: String,
    highlighted: usize,
    /// The first frame gives the field the keyboard.
    is_new: bool,
}

impl Draft {
    /// Opens it; `only_keys` lists what has a key.
    pub(super) fn open(&mut self, only_keys: bool) {
        *self = Self { is_open: true, only_keys, is_new: true, ..Self::default() };
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }
}

/// Draws it while it is open.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut WorkDraft, commands: &mut Commands) {
    if let Some(act) = chosen(ui, model, &mut draft.palette) {
        acts::carry_out(ui, model, draft, act, commands);
    }
}

/// The same outside of the workspace, with its keys: what can be done from there.
pub(in crate::screens) fn outside_ui(ui: &mut Ui, model: &Model, palette: &mut Draft, commands: &mut Commands) {
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::COMMAND | Modifiers::SHIFT, Key::P) {
        palette.open(false);
    }
    let is_typing = ui.ctx().text_edit_focused() || palette.is_open;
    if !is_typing && (pressed(Modifiers::SHIFT, Key::Questionmark) || pressed(Modifiers::NONE, Key::Questionmark)) {
        palette.open(true);
    }
    match chosen(ui, model, palette) {
        Some(Act::Palette) => palette.open(false),
        Some(Act::Keys) => palette.open(true),
        Some(act) => acts::anywhere(model, act, commands),
        None => {}
    }
}

/// Draws the lines while the palette is open; what was chosen closes it.
fn chosen(ui: &mut Ui, model: &Model, palette: &mut Draft) -> Option<Act> {
    if !palette.is_open {
        return None;
    }
    let screen = ui.ctx().content_rect();
    let at = pos2(screen.center().x - WIDTH / 2.0, screen.top() + 72.0);
    let shown = popup::panel(ui, Id::unique("palette"), at, WIDTH, |ui| content_ui(ui, model, palette));
    if shown.inner.is_some() || (popup::is_left(ui, &[shown.response.rect]) && !palette.is_new) {
        palette.is_open = false;
    }
    palette.is_new = false;
    shown.inner
}

fn content_ui(ui: &mut Ui, model: &Model, palette: &mut Draft) -> Option<Act> {
    let words = model.words;
    let mut chosen = None;
    if palette.only_keys {
        menu_heading(ui, words.t(Word::Keys));
    } else {
        let edit = TextEdit::singleline(&mut palette.text).hint_text(words.t(Word::WhatToDo)).char_limit(100);
        let response = ui.add(edit.desired_width(f32::INFINITY)).accessible_name(words.t(Word::Commands));
        if palette.is_new {
            response.request_focus();
        }
    }
    let lines = lines(model, palette);
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let before = palette.highlighted;
    if pressed(Key::ArrowDown) {
        palette.highlighted += 1;
    }
    if pressed(Key::ArrowUp) {
        palette.highlighted = palette.highlighted.saturating_sub(1);
    }
    palette.highlighted = palette.highlighted.min(lines.len().saturating_sub(1));
    if pressed(Key::Enter) {
        chosen = lines.get(palette.highlighted).filter(|line| line.is_possible(model)).map(|line| line.act);
    }
    ScrollArea::vertical().max_height(MOST_LINES as f32 * LIST_ROW).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (number, line) in lines.into_iter().enumerate() {
            let name = line.name(model);
            let is_highlighted = number == palette.highlighted;
            let row = ListRow::new(&name).icon(line.icon).keys(line.keys(words)).selected(is_highlighted);
            let response = ui.push_id(number, |ui| ui.add(row.enabled(line.is_possible(model)))).inner;
            if is_highlighted && before != palette.highlighted {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                chosen = Some(line.act);
            }
        }
    });
    chosen
}

/// The lines whose names hold what was typed; those that can be done now first.
fn lines(model: &Model, palette: &Draft) -> Vec<&'static Line> {
    let text = palette.text.trim().to_lowercase();
    let fits = |line: &&Line| {
        line.is_offered(model)
            && (!matches!(line.act, Act::Palette | Act::Push) || palette.only_keys)
            && line.name(model).to_lowercase().contains(&text)
            && (!palette.only_keys || !line.keys(model.words).is_empty())
    };
    let mut lines: Vec<&Line> = LINES.iter().filter(fits).collect();
    if !palette.only_keys {
        lines.sort_by_key(|line| !line.is_possible(model));
    }
    lines
}
