//! Where one looks at the graph, and how much detail that leaves room for.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Half of the 36 point disc at zoom 1.
const RADIUS: f32 = 18.0;
const SMALLEST_ZOOM: f32 = 0.01;
const LARGEST_ZOOM: f32 = 4.0;
/// Room around a fitted graph for discs and labels; labels stand below, so above a disc needs less.
const MARGIN: f32 = 56.0;
const MARGIN_ABOVE: f32 = 30.0;
/// Room around an object that counts as seen.
const SEEN: f32 = 22.0;
/// The least that is left to look at where the margins are larger than the picture, in points.
const LEAST: f32 = 40.0;

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Detail {
    /// Dots, thin lines that fade, labels of the most important.
    Far,
    /// Discs, arrows, some labels.
    Middle,
    /// Everything that fits.
    #[default]
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

    /// Shows all of `bounds` in what is free of `rect`, never larger than zoom 1.
    pub(super) fn fit(&mut self, rect: Rect, tools: f32, bounds: Rect) {
        let free = free(rect, tools);
        let zoom = (free.width() / bounds.width().max(1.0)).min(free.height() / bounds.height().max(1.0));
        let zoom = zoom.clamp(SMALLEST_ZOOM, 1.0);
        let aside = (free.center() - rect.center()) / zoom;
        let middle = bounds.center() - aside;
        *self = Self { x: middle.x, y: middle.y, zoom };
    }

    /// Shows all of `bounds`, too: as it is where they are seen, else by moving, else by going further away.
    pub(super) fn include(&mut self, rect: Rect, tools: f32, bounds: Rect) {
        if self.sees(rect, tools, bounds) {
            return;
        }
        let free = free(rect, tools);
        let size = bounds.size() * self.zoom;
        if size.x > free.width() || size.y > free.height() {
            let before = self.zoom;
            self.fit(rect, tools, bounds);
            self.zoom = self.zoom.min(before);
            return;
        }
        let there = self.on_screen(rect, bounds);
        let room = Rect::from_min_max(free.min, free.max - size);
        self.pan(room.clamp(there.min) - there.min);
    }

    /// Whether all of `bounds` is seen, under no tool.
    pub(super) fn sees(self, rect: Rect, tools: f32, bounds: Rect) -> bool {
        let mut seen = rect.shrink(SEEN);
        seen.min.y += tools;
        seen.contains_rect(self.on_screen(rect, bounds))
    }

    fn on_screen(self, rect: Rect, bounds: Rect) -> Rect {
        let corner = |at: Pos2| self.to_screen(rect, at.x, at.y);
        Rect::from_min_max(corner(bounds.min), corner(bounds.max))
    }

    /// Moves the picture just as far as it takes to show the place.
    pub(super) fn reveal(&mut self, rect: Rect, tools: f32, x: f32, y: f32) {
        let place = self.to_screen(rect, x, y);
        self.pan(free(rect, tools).clamp(place) - place);
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

/// What nothing lies over, with room for discs and labels at its edges.
fn free(rect: Rect, tools: f32) -> Rect {
    let above = if tools > 0.0 { tools + MARGIN_ABOVE } else { MARGIN };
    let free = Rect::from_min_max(rect.min + vec2(MARGIN, above), rect.max - Vec2::splat(MARGIN));
    Rect::from_center_size(free.center(), free.size().max(Vec2::splat(LEAST)))
}

/// The smallest rectangle around these places; none without any.
pub(super) fn around(places: impl Iterator<Item = [f32; 2]>) -> Option<Rect> {
    let mut bounds = Rect::NOTHING;
    places.for_each(|[x, y]| bounds.extend_with(pos2(x, y)));
    bounds.is_finite().then_some(bounds)
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
        view.reveal(rect, 0.0, 100.0, 100.0);
        assert_eq!(view, View::default());
        view.reveal(rect, 0.0, 1000.0, 0.0);
        assert!(rect.contains(view.to_screen(rect, 1000.0, 0.0)));
    }

    #[test]
    fn what_is_fitted_or_included_lies_under_no_tool() {
        let tools = 58.0;
        for (width, height) in [(800.0, 600.0), (500.0, 220.0), (300.0, 180.0)] {
            let rect = Rect::from_min_size(pos2(60.0, 56.0), vec2(width, height));
            for bounds in [[-900.0, -700.0, 900.0, 700.0], [0.0, 0.0, 10.0, 300.0], [5.0, 5.0, 5.0, 5.0]] {
                let bounds = Rect::from_min_max(pos2(bounds[0], bounds[1]), pos2(bounds[2], bounds[3]));
                let mut view = View::default();
                view.fit(rect, tools, bounds);
                assert!(view.sees(rect, tools, bounds), "fit {bounds:?} in {rect:?}: {view:?}");
                let mut view = View { x: 4_000.0, y: -20.0, zoom: 0.9 };
                view.include(rect, tools, bounds);
                assert!(view.sees(rect, tools, bounds) && view.zoom <= 0.9, "include {bounds:?}: {view:?}");
            }
        }
    }

    #[test]
    fn what_is_seen_already_moves_nothing_and_what_fits_keeps_its_size() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        let mut view = View::default();
        view.include(rect, 58.0, Rect::from_min_max(pos2(-300.0, -200.0), pos2(300.0, 250.0)));
        assert_eq!(view, View::default());
        view.include(rect, 58.0, Rect::from_min_max(pos2(300.0, 0.0), pos2(700.0, 100.0)));
        assert!(view.zoom == 1.0 && view.x > 0.0 && view.y == 0.0, "{view:?}");
        view.include(rect, 58.0, Rect::from_min_max(pos2(0.0, -280.0), pos2(10.0, -240.0)));
        assert!(view.zoom == 1.0 && view.y < 0.0, "out from under the tools: {view:?}");
    }
}
