//! Where the table stands: a row number and a part of a row, so that a million rows scroll as exactly as ten.

use egui::{Color32, Id, Rect, Sense, Ui, Vec2, pos2, vec2};

use super::{Frame, HEADER_HEIGHT, ROW_HEIGHT};

/// The width of a scroll bar.
pub(super) const BAR: f32 = 10.0;
const SHORTEST_THUMB: f32 = 28.0;

#[derive(Clone, Debug, Default)]
pub(super) struct Scroll {
    top: usize,
    /// How far the top row is scrolled out, from 0 to the height of a row.
    into: f32,
    left: f32,
    show: Option<usize>,
}

impl Scroll {
    pub(super) fn top(&self) -> usize {
        self.top
    }

    pub(super) fn left(&self) -> f32 {
        self.left
    }

    /// How far the top row lies above the body.
    pub(super) fn hidden_part(&self) -> f32 {
        self.into
    }

    pub(super) fn show(&mut self, row: usize) {
        self.show = Some(row);
    }

    pub(super) fn scroll_left_by(&mut self, points: f32) {
        self.left += points;
    }

    /// Moves down by `points`, up if negative, without losing exactness far from the first row.
    pub(super) fn scroll_by(&mut self, points: f32) {
        let moved = self.into + points;
        let whole = (moved / ROW_HEIGHT).floor();
        self.into = moved - whole * ROW_HEIGHT;
        if whole < 0.0 {
            let up = (-whole) as usize;
            self.into = if up > self.top { 0.0 } else { self.into };
            self.top = self.top.saturating_sub(up);
        } else {
            self.top = self.top.saturating_add(whole as usize);
        }
    }

    /// Carries out a wish to show a row, and goes no further than the last row and column.
    pub(super) fn keep_within(&mut self, rows: usize, width: f32, body: Vec2) {
        let full = whole_rows(body.y);
        if let Some(row) = self.show.take() {
            if row < self.top || (row == self.top && self.into > 0.0) {
                (self.top, self.into) = (row, 0.0);
            } else if row >= self.top + full {
                (self.top, self.into) = (row + 1 - full.min(row + 1), 0.0);
            }
        }
        // The last row may stand at the very bottom: then the top one is partly hidden.
        let hidden = (full + 1) as f32 * ROW_HEIGHT - body.y;
        let last = if rows > full { (rows - full - 1, hidden) } else { (0, 0.0) };
        if self.top > last.0 || (self.top == last.0 && self.into > last.1) {
            (self.top, self.into) = last;
        }
        self.left = self.left.clamp(0.0, (width - body.x).max(0.0));
    }

    /// The bars at the right and, where columns are wider than the table, at the bottom.
    pub(super) fn bars(&mut self, ui: &Ui, frame: &Frame<'_>, width: f32) {
        let (rect, body) = (frame.rect, frame.body);
        let shown = body.height() / ROW_HEIGHT;
        let rows = frame.rows.len() as f64;
        if rows > f64::from(shown) {
            let track = Rect::from_min_max(pos2(body.max.x, rect.min.y + HEADER_HEIGHT), pos2(rect.max.x, body.max.y));
            let at = (self.top as f64 + f64::from(self.into / ROW_HEIGHT)) / (rows - f64::from(shown));
            if let Some(to) = bar(ui, frame, "down", track, f64::from(shown) / rows, at) {
                let row = to * (rows - f64::from(shown));
                let before = (self.top, self.into);
                (self.top, self.into) = (row.max(0.0) as usize, (row.fract().max(0.0) as f32) * ROW_HEIGHT);
                self.keep_within(frame.rows.len(), width, body.size());
                if (self.top, self.into) != before {
                    ui.ctx().request_repaint();
                }
            }
        }
        if width > body.width() {
            let track = Rect::from_min_max(pos2(rect.min.x, body.max.y), pos2(body.max.x, rect.max.y));
            let room = width - body.width();
            let share = f64::from(body.width() / width);
            let to = bar(ui, frame, "across", track, share, f64::from(self.left / room));
            if let Some(to) = to.map(|to| to as f32 * room).filter(|to| (self.left - to).abs() > 0.25) {
                self.left = to;
                ui.ctx().request_repaint();
            }
        }
    }
}

/// Rows that fit as a whole.
pub(super) fn whole_rows(height: f32) -> usize {
    (height / ROW_HEIGHT).floor().max(1.0) as usize
}

/// A thumb covering `share` of the track at `at` (0 to 1); where it is dragged to, if it is.
fn bar(ui: &Ui, frame: &Frame<'_>, name: &str, track: Rect, share: f64, at: f64) -> Option<f64> {
    let is_down = name == "down";
    let length = if is_down { track.height() } else { track.width() };
    let thumb_length = ((f64::from(length) * share) as f32).clamp(SHORTEST_THUMB.min(length), length);
    let room = f64::from((length - thumb_length).max(1.0));
    let start = (at.clamp(0.0, 1.0) * room) as f32;
    let (offset, size) = if is_down {
        (vec2(2.0, start), vec2(BAR - 4.0, thumb_length))
    } else {
        (vec2(start, 2.0), vec2(thumb_length, BAR - 4.0))
    };
    let thumb = Rect::from_min_size(track.min + offset, size);
    let id: Id = frame.id.with(("bar", name));
    let response = ui.interact(track, id, Sense::click_and_drag());
    ui.painter().rect_filled(thumb, 3.0, colour(frame, response.hovered() || response.dragged()));
    let pointer = response.interact_pointer_pos().filter(|_| response.is_pointer_button_down_on())?;
    let along = if is_down { pointer.y - track.min.y } else { pointer.x - track.min.x };
    // Held where it was gripped; a press beside the thumb brings its middle there.
    let pressed = ui.input(|input| input.pointer.any_pressed());
    let grip = ui.ctx().data_mut(|data| {
        let kept = data.get_temp(id).filter(|_| !pressed && !response.drag_started());
        let grip = kept.unwrap_or_else(|| {
            let inside = along - start;
            if (0.0..=thumb_length).contains(&inside) { inside } else { thumb_length / 2.0 }
        });
        data.insert_temp(id, grip);
        grip
    });
    Some((f64::from(along - grip) / room).clamp(0.0, 1.0))
}

fn colour(frame: &Frame<'_>, is_held: bool) -> Color32 {
    if is_held { frame.paint.dim } else { frame.paint.line }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 20 whole rows and a half.
    const BODY: Vec2 = Vec2 { x: 800.0, y: 20.5 * ROW_HEIGHT };

    #[test]
    fn steps_near_the_last_of_a_million_rows_are_exact() {
        let mut scroll = Scroll::default();
        scroll.show(999_990);
        scroll.keep_within(1_000_000, 0.0, BODY);
        assert_eq!((scroll.top, scroll.into), (999_971, 0.0));
        for step in 1..=24_u16 {
            scroll.scroll_by(1.0);
            let whole = usize::from(step / 24);
            assert_eq!((scroll.top, scroll.into), (999_971 + whole, f32::from(step % 24)), "after {step} points");
        }
        for _ in 0..240 {
            scroll.scroll_by(-1.0);
        }
        assert_eq!((scroll.top, scroll.into), (999_962, 0.0));
    }

    #[test]
    fn the_last_row_stands_at_the_very_bottom_and_no_further() {
        let mut scroll = Scroll::default();
        scroll.scroll_by(1e12);
        scroll.keep_within(1_000_000, 0.0, BODY);
        assert_eq!((scroll.top, scroll.into), (999_979, 12.0));
        let bottom_of_last = (1_000_000 - scroll.top) as f32 * ROW_HEIGHT - scroll.into;
        assert_eq!(bottom_of_last, BODY.y);
        scroll.scroll_by(-1e12);
        assert_eq!((scroll.top, scroll.into), (0, 0.0));
    }

    #[test]
    fn few_rows_do_not_scroll() {
        let mut scroll = Scroll::default();
        scroll.scroll_by(500.0);
        scroll.keep_within(20, 0.0, BODY);
        assert_eq!((scroll.top, scroll.into), (0, 0.0));
    }
}
