//! Puts discs, lines, arrowheads and boxes into one mesh.

use std::sync::Arc;

use egui::epaint::Vertex;
use egui::{Color32, Mesh, Painter, Pos2, Rect, Shape, Vec2, pos2, vec2};
use raster::Texture;

use super::stamps::{Stamp, Stamps};

pub(super) struct Pen<'a> {
    mesh: Mesh,
    stamps: &'a Stamps,
}

impl<'a> Pen<'a> {
    /// Goes on in the memory of the last frame's mesh where nobody else holds it any more.
    pub(super) fn new(stamps: &'a Stamps, kept: Arc<Mesh>) -> Self {
        let mut mesh = Arc::try_unwrap(kept).unwrap_or_default();
        mesh.vertices.clear();
        mesh.indices.clear();
        mesh.texture_id = stamps.texture();
        Self { mesh, stamps }
    }

    /// Gives what was drawn, with the texture for whoever paints it, and is empty again.
    pub(super) fn take(&mut self) -> (Arc<Texture>, Mesh) {
        let empty = Mesh::with_texture(self.stamps.texture());
        (self.stamps.sheet(), std::mem::replace(&mut self.mesh, empty))
    }

    pub(super) fn put_down(self, painter: &Painter) -> Arc<Mesh> {
        let mesh = Arc::new(self.mesh);
        painter.add(Shape::Mesh(Arc::clone(&mesh)));
        mesh
    }

    pub(super) fn disc(&mut self, middle: Pos2, radius: f32, colour: Color32) {
        let Some(stamp) = self.stamps.disc(radius) else { return };
        let reach = stamp.reach_px * radius / stamp.size_px;
        self.mesh.add_rect_with_uv(Rect::from_center_size(middle, Vec2::splat(2.0 * reach)), stamp.uv, colour);
    }

    /// A filled disc with a rim of `width` points inside `radius`.
    pub(super) fn ring(&mut self, middle: Pos2, radius: f32, width: f32, rim: Color32, fill: Color32) {
        self.disc(middle, radius, rim);
        self.disc(middle, radius - width, fill);
    }

    pub(super) fn line(&mut self, from: Pos2, to: Pos2, width: f32, colour: Color32) {
        if let Some(stamp) = self.stamps.line(width) {
            self.line_like(stamp, from, to, colour);
        }
    }

    /// A line whose stamp was looked up before, for thousands of the same width.
    pub(super) fn line_like(&mut self, stamp: Stamp, from: Pos2, to: Pos2, colour: Color32) {
        let along = to - from;
        let length = along.length();
        if length > 0.0 {
            let across = along.rot90() * (self.reach(stamp) / length);
            self.quad([from - across, to - across, from + across, to + across], stamp.uv, colour);
        }
    }

    pub(super) fn stamp_of_line(&self, width: f32) -> Option<Stamp> {
        self.stamps.line(width)
    }

    /// A line through all `points`, without gaps at the corners.
    pub(super) fn curve(&mut self, points: &[Pos2], width: f32, colour: Color32) {
        let Some(stamp) = self.stamps.line(width) else { return };
        let reach = self.reach(stamp);
        let first = self.mesh.vertices.len() as u32;
        let befores = std::iter::once(None).chain(points.iter().map(Some));
        let afters = points.iter().skip(1).map(Some).chain(std::iter::once(None));
        for ((point, before), after) in points.iter().zip(befores).zip(afters) {
            let along = (*after.unwrap_or(point) - *before.unwrap_or(point)).normalized();
            let across = along.rot90() * reach;
            self.vertex(*point - across, stamp.uv.min, colour);
            self.vertex(*point + across, stamp.uv.max, colour);
        }
        for i in 0..points.len().saturating_sub(1) as u32 {
            let at = first + 2 * i;
            self.mesh.indices.extend([at, at + 1, at + 2, at + 2, at + 1, at + 3]);
        }
    }

    /// An arrowhead whose point is at `tip`, looking along `direction` (length 1).
    pub(super) fn arrow(&mut self, tip: Pos2, direction: Vec2, length: f32, colour: Color32) {
        let Some(stamp) = self.stamps.arrow(length) else { return };
        let reach = stamp.reach_px * length / stamp.size_px;
        let middle = tip - direction * (length / 2.0);
        let (along, across) = (direction * reach, direction.rot90() * reach);
        let corners =
            [middle - along - across, middle + along - across, middle - along + across, middle + along + across];
        self.quad(corners, stamp.uv, colour);
    }

    pub(super) fn rect(&mut self, rect: Rect, colour: Color32) {
        let white = Rect::from_min_max(self.stamps.white, self.stamps.white);
        self.mesh.add_rect_with_uv(rect, white, colour);
    }

    /// A box with half-round ends.
    pub(super) fn pill(&mut self, rect: Rect, colour: Color32) {
        let radius = rect.height() / 2.0;
        let inner = rect.shrink2(vec2(radius, 0.0));
        self.disc(inner.left_center(), radius, colour);
        self.disc(inner.right_center(), radius, colour);
        self.rect(inner, colour);
    }

    /// A box with round corners.
    pub(super) fn rounded(&mut self, rect: Rect, radius: f32, colour: Color32) {
        let inner = rect.shrink(radius);
        for corner in [inner.left_top(), inner.right_top(), inner.left_bottom(), inner.right_bottom()] {
            self.disc(corner, radius, colour);
        }
        self.rect(Rect::from_x_y_ranges(inner.x_range(), rect.y_range()), colour);
        self.rect(Rect::from_x_y_ranges(rect.x_range(), inner.y_range()), colour);
    }

    /// What lies within `aside` of a convex outline whose corners go around with y down: a fill, and a rim of `width` points.
    /// One point is a disc, two are a rod. Both colours cover what is below.
    pub(super) fn hull(&mut self, corners: &[Pos2], aside: f32, width: f32, (rim, fill): (Color32, Color32)) {
        let ends = || corners.iter().zip(corners.iter().cycle().skip(1)).filter(|(from, to)| from != to);
        let across = |(from, to): (&Pos2, &Pos2)| (*to - *from).normalized().rot90();
        for corner in corners {
            self.disc(*corner, aside, rim);
        }
        for corner in corners {
            self.disc(*corner, aside - width, fill);
        }
        let white = Rect::from_min_max(self.stamps.white, self.stamps.white);
        for (from, to) in ends() {
            let out = across((from, to)) * (aside - 0.5 * width);
            self.quad([*from, *to, *from + out, *to + out], white, fill);
        }
        if let [first, rest @ ..] = corners {
            for pair in rest.windows(2) {
                if let [one, other] = pair {
                    self.quad([*first, *one, *other, *other], white, fill);
                }
            }
        }
        for (from, to) in ends() {
            let out = across((from, to)) * (aside - 0.5 * width);
            self.line(*from + out, *to + out, width, rim);
        }
    }

    /// A loop that is being drawn by dragging, with the straight way that closes it.
    pub(super) fn closed(&mut self, way: &[Pos2], colour: Color32) {
        self.curve(way, 1.5, colour);
        if let [first, .., last] = way {
            self.line(*last, *first, 1.0, colour.gamma_multiply(0.5));
        }
    }

    /// A box that is being drawn by dragging.
    pub(super) fn frame(&mut self, rect: Rect, colour: Color32) {
        self.rect(rect, colour.gamma_multiply(0.12));
        for side in [rect.left(), rect.right()] {
            self.rect(Rect::from_center_size(pos2(side, rect.center().y), vec2(1.0, rect.height())), colour);
        }
        for side in [rect.top(), rect.bottom()] {
            self.rect(Rect::from_center_size(pos2(rect.center().x, side), vec2(rect.width(), 1.0)), colour);
        }
    }

    /// From the middle of a line to the edge of its quad, in points: one texel is one pixel across.
    fn reach(&self, stamp: Stamp) -> f32 {
        stamp.reach_px / self.stamps.pixels_per_point
    }

    /// Left top, right top, left bottom, right bottom.
    fn quad(&mut self, [a, b, c, d]: [Pos2; 4], uv: Rect, color: Color32) {
        let first = self.mesh.vertices.len() as u32;
        self.mesh.indices.extend_from_slice(&[first, first + 1, first + 2, first + 2, first + 1, first + 3]);
        self.mesh.vertices.extend_from_slice(&[
            Vertex { pos: a, uv: uv.left_top(), color },
            Vertex { pos: b, uv: uv.right_top(), color },
            Vertex { pos: c, uv: uv.left_bottom(), color },
            Vertex { pos: d, uv: uv.right_bottom(), color },
        ]);
    }

    fn vertex(&mut self, pos: Pos2, uv: Pos2, color: Color32) {
        self.mesh.vertices.push(Vertex { pos, uv, color });
    }
}
