//! The search box: a magnifying glass, the text, a cross, and the key that leads there.

use super::{button::Button, keys::keys_here, paint, text_field::field_frame};
use crate::look::{FIELD, HAIRLINE, ICON, Look, RADIUS_SMALL, TextSize, icons};
use crate::words::{Word, Words};
use egui::text::{CCursor, CCursorRange};
use egui::{Id, Rect, Response, RichText, Role, StrokeKind, TextEdit, Ui, Vec2, pos2, vec2};

/// What happened in a search box.
#[derive(Debug)]
pub struct SearchBoxResponse {
    /// The field's own response.
    pub response: Response,
    pub changed: bool,
    /// Enter was pressed in it.
    pub submitted: bool,
}

/// A search box of the given width in points. `id` is fixed by the caller so that a key can focus it.
pub fn search_box(
    ui: &mut Ui,
    words: Words,
    id: Id,
    value: &mut String,
    hint: &str,
    keys: Option<&str>,
    width: f32,
) -> SearchBoxResponse {
    named_search_box(ui, words, (id, words.t(Word::Search)), value, hint, keys, width)
}

/// The same with a name of its own, where a screen has two.
pub fn named_search_box(
    ui: &mut Ui,
    words: Words,
    (id, name): (Id, &str),
    value: &mut String,
    hint: &str,
    keys: Option<&str>,
    width: f32,
) -> SearchBoxResponse {
    let look = Look::of(ui.ctx());
    let focused = ui.memory(|memory| memory.has_focus(id));
    let (rect, _) = ui.allocate_exact_size(vec2(width, FIELD), egui::Sense::hover());
    let stroke = if focused {
        egui::Stroke::new(2.0, look.colours.accent)
    } else {
        egui::Stroke::new(HAIRLINE, look.colours.field_line)
    };
    ui.painter().add(field_frame(look, stroke).paint(rect.shrink2(vec2(10.0, 6.0))));
    paint::icon_at(ui, pos2(rect.left() + 20.0, rect.center().y), icons::SEARCH, ICON + 2.0, look.colours.dim);
    let (right, cleared) = tail(ui, words, look, rect, value, keys);
    let inner = Rect::from_min_max(pos2(rect.left() + 36.0, rect.top()), pos2(right, rect.bottom()));
    let hint = RichText::new(hint).color(look.colours.dim);
    // Before the field reads its keys: what is typed ahead in the same frame replaces the old text, and stays.
    let arrives = focused && !ui.memory(|memory| memory.had_focus_last_frame(id));
    if arrives && !ui.input(|input| input.pointer.any_down() || input.pointer.any_released()) {
        select_all(ui, id, value);
    }
    let edit = TextEdit::singleline(value)
        .id(id)
        .hint_text(hint)
        .char_limit(1_000)
        .frame(egui::Frame::NONE)
        .align(egui::Align2::LEFT_CENTER)
        .min_size(inner.size())
        .desired_width(inner.width());
    let response = ui.put(inner, edit).accessible_name(name);
    paint::describe(ui, &response, |node| node.set_role(Role::SearchInput));
    let submitted = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    ui.advance_cursor_after_rect(rect);
    SearchBoxResponse { changed: cleared || response.changed(), submitted, response }
}

/// Whoever comes by key begins anew by typing.
fn select_all(ui: &Ui, id: Id, value: &str) {
    let mut state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let end = CCursor::new(value.chars().count());
    state.cursor.set_char_range(Some(CCursorRange::two(CCursor::default(), end)));
    state.store(ui.ctx(), id);
}

/// The cross while there is text, otherwise the key; returns the x where the text must end, and whether the text was cleared.
fn tail(ui: &mut Ui, words: Words, look: Look, rect: Rect, value: &mut String, keys: Option<&str>) -> (f32, bool) {
    if !value.is_empty() {
        let place = Rect::from_center_size(pos2(rect.right() - 18.0, rect.center().y), Vec2::splat(24.0));
        let button = Button::icon_only(icons::CLOSE, words.t(Word::Clear));
        let cleared = ui.put(place, button).clicked();
        if cleared {
            value.clear();
        }
        return (place.left(), cleared);
    }
    let Some(keys) = keys else { return (rect.right() - 8.0, false) };
    let keys = keys_here(ui.ctx(), keys);
    let keys = keys.as_ref();
    let font = TextSize::Small.regular();
    let width = paint::text_width(ui, keys, font.clone()) + 12.0;
    let cap = Rect::from_center_size(pos2(rect.right() - 8.0 - width / 2.0, rect.center().y), vec2(width, 18.0));
    ui.painter().rect(cap, RADIUS_SMALL, look.colours.raised, paint::hairline(look), StrokeKind::Inside);
    ui.painter().text(cap.center(), egui::Align2::CENTER_CENTER, keys, font, look.colours.dim);
    (cap.left() - 4.0, false)
}
