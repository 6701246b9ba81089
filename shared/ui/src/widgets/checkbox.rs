//! A checkbox, also with the state in between.

use super::paint::{self, Side};
use crate::look::{CONTROL, HAIRLINE, ICON, Look, RADIUS_SMALL, TextSize, icons};
use egui::{Color32, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

const GAP: f32 = 8.0;

/// Draws a checkbox with its text; the response is `changed` when it was switched.
pub fn checkbox(ui: &mut Ui, value: &mut bool, text: &str) -> Response {
    let mut response = mark(ui, Some(*value), text);
    if response.clicked() {
        *value = !*value;
        response.mark_changed();
    }
    response
}

/// A checkbox over several things: `None` when some have it and some do not. Clicking is up to the caller.
pub fn mixed_checkbox(ui: &mut Ui, value: Option<bool>, text: &str) -> Response {
    mark(ui, value, text)
}

fn mark(ui: &mut Ui, value: Option<bool>, text: &str) -> Response {
    let width = ICON + GAP + paint::text_width(ui, text, TextSize::Body.regular());
    let size = vec2(width.min(ui.available_width()), CONTROL);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        let info = WidgetInfo::labeled(Role::CheckBox, ui.is_enabled(), text);
        WidgetInfo { selected: value, ..info }
    });
    let look = Look::of(ui.ctx());
    let square = Rect::from_center_size(pos2(rect.left() + ICON / 2.0, rect.center().y), Vec2::splat(ICON));
    let (fill, line) = match (value, response.hovered()) {
        (Some(false), false) => (Color32::TRANSPARENT, look.colours.field_line),
        (Some(false), true) => (look.colours.hover, look.colours.text),
        (Some(true) | None, _) => (look.colours.accent, look.colours.accent),
    };
    ui.painter().rect(square, RADIUS_SMALL, fill, Stroke::new(HAIRLINE, line), StrokeKind::Inside);
    let icon = match value {
        Some(true) => Some(icons::CHECK),
        None => Some(icons::REMOVE),
        Some(false) => None,
    };
    if let Some(icon) = icon {
        paint::icon_at(ui, square.center(), icon, 14.0, look.colours.on_accent);
    }
    paint::focus_ring(ui, &response, square, RADIUS_SMALL);
    let place = rect.with_min_x(square.right() + GAP);
    paint::text_in(ui, place, text, TextSize::Body.regular(), look.colours.text, Side::Left);
    response
}
