//! Where one looks at the graph, and how much detail that leaves room for.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use super::Node;

/// Half of the 36 point disc at zoom 1.
const RADIUS: f32 = 18.0;
const SMALLEST_ZOOM: f32 = 0.01;
const LARGEST_ZOOM: f32 = 4.0;
/// Room around a fitted graph for discs and labels.
const MARGIN: f32 = 56.0;
/// What tools at the top of the picture take of it.
const TOOLS: f32 = 32.0;

/// The point of the graph in the middle of the picture, and how many points one unit of it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    pub x: f32,
    pub y: f32,
    pub zoom: f32,
}

impl Default for View {
    fn default() -> Self {
        Self { x: 0.0, y: 0.0, zoom: 1.0 }
    }
}

/// How much is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Dots, thin lines that fade, labels of the most important.
    Far,
    /// Discs, arrows, some labels.
    Middle,
    /// Everything that fits.
    Near,
}

impl View {
    pub(super) fn to_screen(self, rect: Rect, x: f32, y: f32) -> Pos2 {
        rect.center() + vec2(x - self.x, y - self.y) * self.zoom
    }

    fn to_graph(self, rect: Rect, pos: Pos2) -> Vec2 {
        (pos - rect.center()) / self.zoom + vec2(self.x, self.y)
    }

    /// Zooms so that what is under `pos` stays there.
    pub(super) fn zoom_at(&mut self, rect: Rect, pos: Pos2, factor: f32) {
        let before = self.to_graph(rect, pos);
        self.zoom = (self.zoom * factor).clamp(SMALLEST_ZOOM, LARGEST_ZOOM);
        let after = self.to_graph(rect, pos);
        self.x += before.x - after.x;
        self.y += before.y - after.y;
    }

    /// Zooms about the middle of the picture.
    pub(super) fn zoom_by(&mut self, factor: f32) {
        self.zoom = (self.zoom * factor).clamp(SMALLEST_ZOOM, LARGEST_ZOOM);
    }

    /// Moves the picture by `delta` points.
    pub(super) fn pan(&mut self, delta: Vec2) {
        self.x -= delta.x / self.zoom;
        self.y -= delta.y / self.zoom;
    }

    /// Shows all of `nodes`, never larger than zoom 1; without any, nothing changes.
    pub(super) fn fit<'a>(&mut self, rect: Rect, nodes: impl Iterator<Item = &'a Node<'a>>) {
        let mut bounds = Rect::NOTHING;
        for node in nodes {
            bounds.extend_with(pos2(node.x, node.y));
        }
        if !bounds.is_finite() {
            return;
        }
        let room = (rect.size() - vec2(2.0 * MARGIN, 2.0 * MARGIN + TOOLS)).max(Vec2::splat(40.0));
        let zoom = (room.x / bounds.width().max(1.0)).min(room.y / bounds.height().max(1.0));
        let zoom = zoom.clamp(SMALLEST_ZOOM, 1.0);
        let middle = bounds.center();
        *self = Self { x: middle.x, y: middle.y - TOOLS / 2.0 / zoom, zoom };
    }

    /// Moves the picture just as far as it takes to show the place.
    pub(super) fn reveal(&mut self, rect: Rect, x: f32, y: f32) {
        let place = self.to_screen(rect, x, y);
        let inside = rect.shrink(MARGIN.min(rect.width().min(rect.height()) / 3.0));
        self.pan(inside.clamp(place) - place);
    }

    /// Of a disc, in points on the screen.
    pub(super) fn radius(self) -> f32 {
        (RADIUS * self.zoom).clamp(2.0, 1.5 * RADIUS)
    }

    pub(super) fn detail(self) -> Detail {
        match self.zoom {
            zoom if zoom < 0.28 => Detail::Far,
            zoom if zoom < 0.6 => Detail::Middle,
            _ => Detail::Near,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let rect = Rect::from_min_size(pos2(10.0, 20.0), vec2(800.0, 600.0));
        let mut view = View { x: 5.0, y: -7.0, zoom: 0.5 };
        let pointer = pos2(700.0, 90.0);
        let before = view.to_graph(rect, pointer);
        view.zoom_at(rect, pointer, 1.7);
        assert!((view.to_graph(rect, pointer) - before).length() < 1e-3);
        assert!((view.zoom - 0.85).abs() < 1e-6);
    }

    #[test]
    fn revealing_a_place_inside_moves_nothing() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        let mut view = View::default();
        view.reveal(rect, 100.0, 100.0);
        assert_eq!(view, View::default());
        view.reveal(rect, 1000.0, 0.0);
        assert!(rect.contains(view.to_screen(rect, 1000.0, 0.0)));
    }
}
