//! The mark: a ball of thread with its loose end.

use crate::look::Look;
use egui::{Color32, Pos2, Sense, Shape, Stroke, Ui, Vec2, epaint::PathStroke};
use std::f32::consts::TAU;

/// Draws the mark, `size` points wide.
pub fn mark(ui: &mut Ui, size: f32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(size), Sense::hover());
    let colour = Look::of(ui.ctx()).colours.accent;
    let radius = size * 0.4;
    let centre = rect.center() - Vec2::new(size * 0.04, size * 0.04);
    let stroke = Stroke::new(size * 0.075, colour);
    ui.painter().circle_stroke(centre, radius, stroke);
    // Three turns of the thread across the ball, each a circle seen from the side.
    for (tilt, flat) in [(-0.6_f32, 0.38_f32), (-0.6, 0.8), (0.9, 0.5)] {
        ui.painter().add(turn(centre, radius * 0.98, tilt, flat, colour, size * 0.06));
    }
    let loose = centre + radius * Vec2::angled(TAU * 0.09);
    let end = loose + Vec2::new(size * 0.2, size * 0.08);
    ui.painter().line_segment([loose, end], stroke);
}

/// Half an ellipse, turned by `tilt`.
fn turn(centre: Pos2, radius: f32, tilt: f32, flat: f32, colour: Color32, width: f32) -> Shape {
    let along = Vec2::angled(tilt);
    let across = along.rot90() * flat;
    let points = (0..=12_u8).map(|step| {
        let angle = TAU / 2.0 * f32::from(step) / 12.0;
        centre + radius * (along * angle.cos() + across * angle.sin())
    });
    Shape::line(points.collect(), PathStroke::new(width, colour))
}
