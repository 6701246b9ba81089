//! A person as a disc with initials.

use super::paint;
use crate::look::{AVATAR, Look, RADIUS_ROUND, TextSize};
use egui::{Align2, Response, Role, Sense, Ui, Vec2, WidgetInfo};

/// Draws it; it can be clicked (the person's menu).
pub fn avatar(ui: &mut Ui, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(AVATAR), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    let colours = Look::of(ui.ctx()).colours;
    let fill = if response.hovered() { colours.hover } else { colours.accent_surface };
    ui.painter().circle_filled(rect.center(), AVATAR / 2.0, fill);
    let font = TextSize::Small.semibold();
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, initials(name), font, colours.accent);
    paint::focus_ring(ui, &response, rect, RADIUS_ROUND);
    response.on_hover_text(name)
}

/// The first letters of the first and the last word.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter(|word| word.chars().next().is_some_and(char::is_alphanumeric));
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}
