//! Which labels to draw: the most important first, each only where it covers nothing that is there already.

use std::collections::HashMap;

/// A rectangle on the screen, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    pub low: [f32; 2],
    pub high: [f32; 2],
}

impl Rect {
    /// From its middle and its size.
    pub fn around([x, y]: [f32; 2], [width, height]: [f32; 2]) -> Self {
        Self { low: [x - width * 0.5, y - height * 0.5], high: [x + width * 0.5, y + height * 0.5] }
    }

    fn overlaps(&self, other: &Rect) -> bool {
        let apart =
            |axis: usize| self.low.get(axis) >= other.high.get(axis) || other.low.get(axis) >= self.high.get(axis);
        !apart(0) && !apart(1)
    }
}

/// A label that would like to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct NodeLabel {
    pub rect: Rect,
    /// The larger, the earlier its turn; labels of equal importance come in the order given.
    pub importance: f32,
}

/// A link's label: it may be anywhere along the line, best in the middle.
#[derive(Clone, Copy, Debug)]
pub struct LinkLabel {
    pub from: [f32; 2],
    pub to: [f32; 2],
    pub size: [f32; 2],
    pub importance: f32,
}

/// The most rectangles that are remembered; nobody reads more, and it bounds the time of a frame.
const LIMIT_TAKEN: usize = 20_000;
const CELL_PX: f32 = 96.0;
/// Squares that one rectangle may cover; a larger one is no label.
const LIMIT_CELLS: i64 = 1_000;
/// Where on its line a link's label is tried, as parts of the way.
const SPOTS: [f32; 5] = [0.5, 0.38, 0.62, 0.28, 0.72];

/// What is drawn where.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    rects: Vec<Rect>,
    cells: HashMap<(i32, i32), Vec<u32>>,
}

impl Taken {
    /// Marks a rectangle (a disc, a legend) that no label may cover.
    pub fn block(&mut self, rect: Rect) {
        let Some(cells) = cells(&rect).filter(|_| self.rects.len() < LIMIT_TAKEN) else { return };
        let id = self.rects.len() as u32;
        self.rects.push(rect);
        cells.for_each(|cell| self.cells.entry(cell).or_default().push(id));
    }

    /// Marks a rectangle if it is free; false if something is there, or no more fits.
    pub fn take(&mut self, rect: Rect) -> bool {
        let is_free = self.rects.len() < LIMIT_TAKEN && self.is_free(&rect);
        if is_free {
            self.block(rect);
        }
        is_free
    }

    fn is_free(&self, rect: &Rect) -> bool {
        let Some(mut cells) = cells(rect) else { return false };
        !cells.any(|cell| {
            let mut near = self.cells.get(&cell).into_iter().flatten();
            near.any(|&other| self.rects.get(other as usize).is_some_and(|other| other.overlaps(rect)))
        })
    }

    /// The positions in `labels` of those to draw, the most important first.
    pub fn place_nodes(&mut self, labels: &[NodeLabel]) -> Vec<usize> {
        let order = by_importance(labels.iter().map(|label| label.importance));
        order.into_iter().filter(|&at| labels.get(at).is_some_and(|label| self.take(label.rect))).collect()
    }

    /// The positions in `labels` of those to draw, each with its middle, the most important first.
    pub fn place_links(&mut self, labels: &[LinkLabel]) -> Vec<(usize, [f32; 2])> {
        let order = by_importance(labels.iter().map(|label| label.importance));
        order.into_iter().filter_map(|at| Some((at, self.place_link(labels.get(at)?)?))).collect()
    }

    fn place_link(&mut self, label: &LinkLabel) -> Option<[f32; 2]> {
        let ([x, y], [to_x, to_y]) = (label.from, label.to);
        let way = ((to_x - x).powi(2) + (to_y - y).powi(2)).sqrt();
        // On a line shorter than its label it would hide both ends.
        let [width, height] = label.size;
        if way < width.min(height) * 1.5 {
            return None;
        }
        let middles = SPOTS.into_iter().map(|part| [x + (to_x - x) * part, y + (to_y - y) * part]);
        middles.into_iter().find(|&middle| self.take(Rect::around(middle, label.size)))
    }
}

fn by_importance(importance: impl Iterator<Item = f32>) -> Vec<usize> {
    let mut order: Vec<(usize, f32)> = importance.enumerate().collect();
    order.sort_by(|(a, one), (b, other)| other.total_cmp(one).then(a.cmp(b)));
    order.into_iter().map(|(at, _)| at).collect()
}

/// The squares that a rectangle touches; `None` if it is no size for a label.
fn cells(rect: &Rect) -> Option<impl Iterator<Item = (i32, i32)> + use<>> {
    let cell = |along: f32| (along / CELL_PX).floor() as i32;
    let ([left, top], [right, bottom]) = (rect.low.map(cell), rect.high.map(cell));
    let span = |low: i32, high: i32| i64::from(high) - i64::from(low) + 1;
    let count = span(left, right).saturating_mul(span(top, bottom));
    let is_sane =
        rect.low.iter().chain(&rect.high).all(|along| along.is_finite()) && (1..=LIMIT_CELLS).contains(&count);
    is_sane.then(|| (top..=bottom).flat_map(move |row| (left..=right).map(move |column| (column, row))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_important_label_wins_and_nothing_overlaps() {
        let rect = |x: f32| Rect::around([x, 0.0], [60.0, 14.0]);
        let labels = [
            NodeLabel { rect: rect(0.0), importance: 1.0 },
            NodeLabel { rect: rect(30.0), importance: 9.0 },
            NodeLabel { rect: rect(61.0), importance: 1.0 },
            NodeLabel { rect: rect(100.0), importance: 2.0 },
        ];
        assert_eq!(Taken::default().place_nodes(&labels), vec![1, 3]);
        let mut blocked = Taken::default();
        blocked.block(Rect::around([40.0, 5.0], [36.0, 36.0]));
        assert_eq!(blocked.place_nodes(&labels), vec![3]);
    }

    #[test]
    fn a_link_label_moves_along_its_line_or_is_left_out() {
        let label = LinkLabel { from: [0.0, 0.0], to: [400.0, 0.0], size: [50.0, 14.0], importance: 1.0 };
        let mut taken = Taken::default();
        let placed = taken.place_links(&[label, label, label, label, label, label]);
        let xs: Vec<f32> = placed.iter().map(|(_, [x, _])| *x).collect();
        assert_eq!(xs, [200.0, 112.0, 288.0]);
        let short = LinkLabel { to: [10.0, 0.0], ..label };
        assert!(Taken::default().place_links(&[short]).is_empty());
    }

    #[test]
    fn odd_rectangles_are_refused_without_harm() {
        let mut taken = Taken::default();
        for rect in [
            Rect { low: [f32::NAN, 0.0], high: [1.0, 1.0] },
            Rect { low: [-1e30, -1e30], high: [1e30, 1e30] },
            Rect { low: [0.0, 0.0], high: [f32::INFINITY, 1.0] },
        ] {
            assert!(!taken.take(rect));
            taken.block(rect);
        }
        assert!(taken.take(Rect::around([0.0, 0.0], [10.0, 10.0])));
    }
}
