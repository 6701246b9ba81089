//! Finding on the graph (Ctrl+F): what is loaded, by title or key; Enter goes from one to the next.

use egui::{Align, Id, Key, Layout, Margin, Modifiers, Rect, RichText, Ui, UiBuilder, pos2, vec2};
use graph::NodeId;

use super::graph::Draft as GraphDraft;
use crate::app::{Commands, Model};
use crate::look::{Look, RADIUS, icons};
use crate::widgets::{Button, named_search_box, paint};
use crate::words::{Word, Words};
use crate::work::Command;

const WIDTH: f32 = 420.0;
const FIELD_WIDTH: f32 = 220.0;
const HEIGHT: f32 = 44.0;

/// What is looked for.
#[derive(Default)]
pub(super) struct Draft {
    is_open: bool,
    is_new: bool,
    /// Whether its field had the keyboard in the frame before: Escape takes it away before it is seen here.
    had_keyboard: bool,
    text: String,
    /// The place in what was found; none before the first Enter.
    at: Option<usize>,
    found: Vec<NodeId>,
    /// The text and the graph's revision that `found` belongs to.
    known: Option<(String, u64)>,
}

impl Draft {
    /// Opens it, with the text of the last time.
    pub(super) fn open(&mut self) {
        (self.is_open, self.is_new) = (true, true);
    }

    /// Looks again only where the text or the graph has changed.
    fn keep_up(&mut self, model: &Model) {
        let graph = &model.work.board.graph;
        let now = (self.text.trim().to_lowercase(), graph.revision());
        if self.known.as_ref() == Some(&now) {
            return;
        }
        let text = &now.0;
        let fits = |node: &graph::Node| {
            node.label.to_lowercase().contains(text) || node.key.key.join(" · ").to_lowercase().contains(text)
        };
        let shown = graph.shown().filter(|(_, node)| !text.is_empty() && fits(node));
        self.found = shown.map(|(id, _)| id).collect();
        self.at = None;
        self.known = Some(now);
    }

    fn go(&mut self, forward: bool) -> Option<NodeId> {
        let count = self.found.len();
        let next = match self.at {
            _ if count == 0 => return None,
            None => 0,
            Some(at) if forward => (at + 1) % count,
            Some(at) => (at + count - 1) % count,
        };
        self.at = Some(next);
        self.found.get(next).copied()
    }

    fn told(&self, words: Words) -> String {
        let count = words.count(self.found.len() as u64);
        match self.at {
            _ if self.text.trim().is_empty() => String::new(),
            _ if self.found.is_empty() => words.t(Word::NothingFound).to_owned(),
            Some(at) => words.with(Word::FoundOf, &[&words.count(at as u64 + 1), &count]),
            None => words.with(Word::FoundIn, &[&count]),
        }
    }
}

fn field_id() -> Id {
    Id::unique("find on the graph")
}

/// Draws it at the top right of the pane while it is open.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut GraphDraft, pane: Rect, commands: &mut Commands) {
    if !draft.find.is_open {
        return;
    }
    draft.find.keep_up(model);
    let goes = keys(ui, &mut draft.find);
    let width = WIDTH.min(pane.width() - 24.0);
    // Under the tools where there is no room beside them.
    let top = if pane.width() > 900.0 { 12.0 } else { 62.0 };
    let place = Rect::from_min_size(pos2(pane.right() - 12.0 - width, pane.top() + top), vec2(width, HEIGHT));
    let clicked = ui
        .scope_builder(UiBuilder::new().id_salt("find").max_rect(place), |ui| bar_ui(ui, model.words, &mut draft.find))
        .inner;
    let Some(forward) = goes.or(clicked) else { return };
    draft.find.keep_up(model);
    if let Some(node) = draft.find.go(forward) {
        commands.work(Command::Reveal(node));
        draft.canvas.fit_selection();
        ui.ctx().request_repaint();
    }
}

/// Enter goes on, with Shift back; Escape closes. Before the field sees them.
fn keys(ui: &Ui, find: &mut Draft) -> Option<bool> {
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    let has_keyboard = ui.memory(|memory| memory.has_focus(field_id()));
    let had_keyboard = std::mem::replace(&mut find.had_keyboard, has_keyboard);
    if had_keyboard && pressed(Modifiers::NONE, Key::Escape) {
        find.is_open = false;
        ui.memory_mut(|memory| memory.surrender_focus(field_id()));
        return None;
    }
    if !has_keyboard {
        return None;
    }
    if pressed(Modifiers::SHIFT, Key::Enter) {
        return Some(false);
    }
    pressed(Modifiers::NONE, Key::Enter).then_some(true)
}

/// The field, what it found, and the ways to the next and the one before.
fn bar_ui(ui: &mut Ui, words: Words, find: &mut Draft) -> Option<bool> {
    let look = Look::of(ui.ctx());
    let frame = egui::Frame::new().fill(look.colours.panel).stroke(paint::hairline(look)).corner_radius(RADIUS);
    frame
        .inner_margin(Margin::same(6))
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let name = (field_id(), words.t(Word::FindOnGraph));
                let width = FIELD_WIDTH.min(ui.available_width() - 170.0);
                let field = named_search_box(ui, words, name, &mut find.text, words.t(Word::FindHint), None, width);
                if std::mem::take(&mut find.is_new) {
                    field.response.request_focus();
                }
                ui.add_space(4.0);
                ui.label(RichText::new(find.told(words)).color(look.colours.dim));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| ways_ui(ui, words, find)).inner
            })
            .inner
        })
        .inner
}

fn ways_ui(ui: &mut Ui, words: Words, find: &mut Draft) -> Option<bool> {
    let button = |icon, word, keys| Button::icon_only(icon, words.t(word)).shortcut(keys);
    if ui.add(button(icons::CLOSE, Word::Close, "Escape")).clicked() {
        find.is_open = false;
    }
    let has_more = !find.found.is_empty();
    let next = ui.add(button(icons::ARROW_DOWNWARD, Word::NextFound, "Enter").enabled(has_more)).clicked();
    let before = ui.add(button(icons::ARROW_UPWARD, Word::PreviousFound, "Shift Enter").enabled(has_more)).clicked();
    if before { Some(false) } else { next.then_some(true) }
}
