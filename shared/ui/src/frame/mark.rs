//! The mark: a ball of thread with its loose end, drawn from `icons/clew.svg`.

use crate::look::Look;
use egui::epaint::{CubicBezierShape, PathStroke};
use egui::{Color32, Painter, Pos2, Rect, Sense, Shape, Stroke, Ui, Vec2, pos2};

/// The strokes of the drawing, in units of its view box.
#[expect(unreachable_pub, reason = "the build script writes what more than one module might read")]
mod drawing {
    include!(concat!(env!("OUT_DIR"), "/mark.rs"));
}

/// Draws the mark, `size` points wide.
pub fn mark(ui: &mut Ui, size: f32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(size), Sense::hover());
    paint_mark(ui.painter(), rect, Look::of(ui.ctx()).colours.accent);
}

/// Draws the mark into a square.
pub fn paint_mark(painter: &Painter, rect: Rect, colour: Color32) {
    let scale = rect.width() / drawing::WIDTH;
    let at = |[x, y]: [f32; 2]| rect.min + Vec2::new(x, y) * scale;
    let width = drawing::STROKE * scale;
    for [x, y, radius] in drawing::CIRCLES {
        painter.circle_stroke(at([*x, *y]), radius * scale, Stroke::new(width, colour));
    }
    let mut ends: Vec<Pos2> = Vec::new();
    for curve in drawing::CURVES {
        let points = curve.map(at);
        let stroke = PathStroke::new(width, colour);
        painter.add(Shape::CubicBezier(CubicBezierShape::from_points_stroke(
            points,
            false,
            Color32::TRANSPARENT,
            stroke,
        )));
        ends.extend([points[0], points[3]]);
    }
    // Round ends, as the drawing asks for.
    for end in ends {
        painter.circle_filled(pos2(end.x, end.y), width / 2.0, colour);
    }
}
