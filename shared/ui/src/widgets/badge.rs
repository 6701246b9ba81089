//! Small marks: a word or number on a tint, and a source's state as dot and words.

use super::chip::Tone;
use super::paint::{self, Side};
use crate::look::{Look, RADIUS_SMALL, TextSize};
use egui::{Response, Role, Sense, Ui, WidgetInfo, vec2};

/// A word or number on a tint of its tone. Not clickable.
pub fn badge(ui: &mut Ui, tone: Tone, text: &str) -> Response {
    let font = TextSize::Small.semibold();
    let width = paint::text_width(ui, text, font.clone()) + 12.0;
    let (rect, response) = ui.allocate_exact_size(vec2(width, 18.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), text));
    let look = Look::of(ui.ctx());
    let colour = tone.colour(look);
    let fill = if tone == Tone::Neutral { look.colours.raised } else { look.colours.tint(colour) };
    ui.painter().rect_filled(rect, RADIUS_SMALL, fill);
    paint::text_in(ui, rect.shrink2(vec2(6.0, 0.0)), text, font, colour, Side::Left);
    response
}

/// A dot and words: "Sanctions: slow, 2.1 s". The words say it; the dot only helps to find it.
pub fn state_dot(ui: &mut Ui, tone: Tone, text: &str) -> Response {
    let font = TextSize::Small.regular();
    let width = 14.0 + paint::text_width(ui, text, font.clone());
    let (rect, response) = ui.allocate_exact_size(vec2(width, 18.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), text));
    let look = Look::of(ui.ctx());
    ui.painter().circle_filled(rect.left_center() + vec2(4.0, 0.0), 3.0, tone.colour(look));
    let colour = if response.hovered() { look.colours.text } else { look.colours.dim };
    paint::text_in(ui, rect.with_min_x(rect.left() + 12.0), text, font, colour, Side::Left);
    paint::focus_ring_inside(ui, &response, rect, RADIUS_SMALL);
    response
}
