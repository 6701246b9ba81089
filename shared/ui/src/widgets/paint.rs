//! What several widgets draw: the focus ring, an icon, a centred line, the surface under the pointer.

use crate::look::{FOCUS_GAP, FOCUS_RING, Face, HAIRLINE, Look, line_of_text};
use egui::{Align2, Color32, CornerRadius, FontId, Pos2, Rect, Response, Stroke, StrokeKind, Ui, accesskit};

/// A ring around what has the keyboard.
pub(crate) fn focus_ring(ui: &Ui, response: &Response, rect: Rect, radius: CornerRadius) {
    if response.has_focus() {
        let stroke = Stroke::new(FOCUS_RING, Look::of(ui.ctx()).colours.accent);
        ui.painter().rect_stroke(rect.expand(FOCUS_GAP), radius + 2, stroke, StrokeKind::Middle);
    }
}

/// The same inside the rectangle, for what fills its place up to the edge and would be clipped.
pub(crate) fn focus_ring_inside(ui: &Ui, response: &Response, rect: Rect, radius: CornerRadius) {
    if response.has_focus() {
        let stroke = Stroke::new(FOCUS_RING, Look::of(ui.ctx()).colours.accent);
        ui.painter().rect_stroke(rect, radius, stroke, StrokeKind::Inside);
    }
}

/// An icon centred at a point; `size` in points.
pub(crate) fn icon_at(ui: &Ui, centre: Pos2, icon: char, size: f32, colour: Color32) {
    ui.painter().text(centre, Align2::CENTER_CENTER, icon, Face::Icons.font(size), colour);
}

/// Where a line of text stands in its rectangle.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    Left,
    Right,
}

/// One line, centred in height, at one side of `rect`, shortened to it; returns the width it took.
pub(crate) fn text_in(ui: &Ui, rect: Rect, text: &str, font: FontId, colour: Color32, side: Side) -> f32 {
    let galley = line_of_text(ui.painter(), text, font, colour, rect.width().max(0.0));
    let width = galley.size().x;
    let x = match side {
        Side::Left => rect.left(),
        Side::Right => rect.right() - width,
    };
    ui.painter().galley(Pos2::new(x, rect.center().y - galley.size().y / 2.0), galley, colour);
    width
}

/// The width of a line that is not shortened.
pub(crate) fn text_width(ui: &Ui, text: &str, font: FontId) -> f32 {
    line_of_text(ui.painter(), text, font, Color32::PLACEHOLDER, f32::INFINITY).size().x
}

/// The surface of a list row or quiet button: nothing at rest, raised under the pointer, accent when selected.
pub(crate) fn row_fill(look: Look, response: &Response, selected: bool) -> Color32 {
    if selected {
        look.colours.accent_surface
    } else if response.hovered() || response.has_focus() {
        look.colours.hover
    } else {
        Color32::TRANSPARENT
    }
}

/// A hairline in the colour of borders.
pub(crate) fn hairline(look: Look) -> Stroke {
    Stroke::new(HAIRLINE, look.colours.line)
}

/// Adds to the accessible description of a widget.
pub(crate) fn describe(ui: &Ui, response: &Response, write: impl FnOnce(&mut accesskit::Node)) {
    let _absent_when_nobody_listens: Option<()> = ui.ctx().accesskit_node_builder(response.id, write);
}
