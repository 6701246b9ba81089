//! Which places of the picture are taken, so that labels do not lie on each other.

use egui::{Rect, Vec2};

use super::Frame;
use super::links::Arrow;
use super::view::Detail;

const CELL: f32 = 64.0;

/// With more discs or arrowheads than this, a label may cover one.
const MOST_KEPT_FREE: usize = 600;

/// What labels and marks have to stay off.
pub(super) struct Room {
    /// Discs, marks and labels: nothing else may lie there.
    pub(super) taken: Taken,
    /// Arrowheads, which tell a direction: a name goes there only where it has no other place.
    pub(super) tips: Taken,
}

impl Room {
    /// The room that discs and arrowheads leave, while these are few enough to look at one by one.
    pub(super) fn new(frame: &Frame<'_>, arrows: &[Arrow]) -> Self {
        let mut room = Self { taken: Taken::new(frame.rect), tips: Taken::new(frame.rect) };
        if frame.detail != Detail::Far && frame.visible().take(MOST_KEPT_FREE + 1).count() <= MOST_KEPT_FREE {
            for (_, node, place) in frame.visible() {
                room.taken.take(Rect::from_center_size(place, Vec2::splat(1.8 * frame.radius_of(node))));
            }
        }
        if arrows.len() <= MOST_KEPT_FREE {
            for arrow in arrows {
                room.tips.take(arrow.bounds());
            }
        }
        room
    }

    /// Whether nothing lies there, and no arrowhead either.
    pub(super) fn is_clear(&self, rect: Rect) -> bool {
        self.taken.is_free(rect) && self.tips.is_free(rect)
    }
}

/// Boxes in a grid of cells, for quick questions about overlap.
pub(super) struct Taken {
    area: Rect,
    columns: usize,
    cells: Vec<Vec<Rect>>,
}

impl Taken {
    pub(super) fn new(area: Rect) -> Self {
        let columns = (area.width() / CELL).ceil().max(1.0) as usize;
        let rows = (area.height() / CELL).ceil().max(1.0) as usize;
        Self { area, columns, cells: vec![Vec::new(); columns * rows] }
    }

    pub(super) fn is_free(&self, rect: Rect) -> bool {
        self.touched(rect)
            .all(|cell| self.cells.get(cell).is_none_or(|taken| !taken.iter().any(|other| overlaps(*other, rect))))
    }

    pub(super) fn take(&mut self, rect: Rect) {
        let touched: Vec<usize> = self.touched(rect).collect();
        for cell in touched {
            if let Some(taken) = self.cells.get_mut(cell) {
                taken.push(rect);
            }
        }
    }

    /// Takes the place if it is free.
    pub(super) fn try_take(&mut self, rect: Rect) -> bool {
        let free = self.is_free(rect);
        if free {
            self.take(rect);
        }
        free
    }

    fn touched(&self, rect: Rect) -> impl Iterator<Item = usize> + use<> {
        let inside = rect.intersect(self.area);
        let columns = self.columns;
        let cell = |distance: f32| (distance / CELL).max(0.0) as usize;
        let rows = cell(inside.min.y - self.area.min.y)..=cell(inside.max.y - self.area.min.y);
        let across = cell(inside.min.x - self.area.min.x)..=cell(inside.max.x - self.area.min.x).min(columns - 1);
        let empty = !inside.is_positive();
        rows.flat_map(move |row| across.clone().map(move |column| row * columns + column)).filter(move |_| !empty)
    }
}

fn overlaps(a: Rect, b: Rect) -> bool {
    a.min.x < b.max.x && b.min.x < a.max.x && a.min.y < b.max.y && b.min.y < a.max.y
}

#[cfg(test)]
mod tests {
    use egui::{pos2, vec2};

    use super::*;

    #[test]
    fn a_taken_place_is_not_free_and_its_neighbour_is() {
        let mut taken = Taken::new(Rect::from_min_size(pos2(100.0, 50.0), vec2(500.0, 300.0)));
        let place = Rect::from_min_size(pos2(150.0, 100.0), vec2(120.0, 16.0));
        assert!(taken.try_take(place));
        assert!(!taken.try_take(place.translate(vec2(60.0, 8.0))));
        assert!(taken.try_take(place.translate(vec2(0.0, 16.0))));
        assert!(taken.is_free(Rect::from_min_size(pos2(-500.0, -500.0), vec2(10.0, 10.0))), "outside nothing collides");
    }
}
