//! Where a page may end: never between two rows that share the values of its order, because the next page begins behind
//! those values and would leave the second one out.
//!
//! Where a source promises that no two rows share them, rows pass as they are. Where it does not, the last rows with the
//! same values are held back until other ones come. If a page is nothing but such rows it has no next one, like a type
//! without a key.

use arrow_array::RecordBatch;

use super::cells;
use super::sql::Shape;

type Values = Vec<Option<String>>;

/// Rows on their way to where a page may end.
pub(super) struct Edge {
    order: Vec<usize>,
    shares_keys: bool,
    /// The last rows, all with the same values.
    held: Option<RecordBatch>,
    /// The last row that was let pass.
    last: Option<RecordBatch>,
    /// Whether a page may end behind it.
    clean: bool,
}

impl Edge {
    pub(super) fn new(shape: &Shape) -> Self {
        let shares_keys = shape.shares_keys && !shape.order.is_empty();
        Self { order: shape.order.clone(), shares_keys, held: None, last: None, clean: true }
    }

    /// What may be sent when more rows may follow.
    pub(super) fn pass(&mut self, rows: RecordBatch) -> Vec<RecordBatch> {
        if !self.shares_keys {
            return self.give([rows]);
        }
        let start = self.start_of_last(&rows, rows.num_rows());
        let kept = rows.slice(start, rows.num_rows() - start);
        let given = [self.held.take(), Some(rows.slice(0, start))];
        let given = self.give(given.into_iter().flatten());
        self.clean = !self.is_same_as_last(&kept);
        self.held = Some(kept);
        given
    }

    /// What may be sent of the last rows of a page; behind the first `room` of them there is at least one more.
    pub(super) fn cut(&mut self, rows: &RecordBatch, room: usize) -> Vec<RecordBatch> {
        let whole = rows.slice(0, room);
        if !self.shares_keys {
            return self.give([whole]);
        }
        let start = self.start_of_last(rows, room + 1);
        let rest = whole.slice(start, room - start);
        if start == 0 && self.is_same_as_held(rows) {
            return self.stop_with(Some(rest));
        }
        let given = [self.held.take(), Some(whole.slice(0, start))];
        let given = self.give(given.into_iter().flatten());
        self.clean = true;
        if self.last.is_some() { given } else { self.tear(Some(rest)) }
    }

    /// What may still be sent when no more rows can be had, although there are some.
    pub(super) fn stop(&mut self) -> Vec<RecordBatch> {
        if self.held.is_some() { self.stop_with(None) } else { Vec::new() }
    }

    /// What is left when everything has come.
    pub(super) fn end(&mut self) -> Vec<RecordBatch> {
        let held = self.held.take();
        self.give(held)
    }

    /// The values behind which the next page begins; none where it cannot be said.
    pub(super) fn last_row(&self) -> Option<Values> {
        let last = self.last.as_ref().filter(|_| self.clean)?;
        Some(cells::row(last, 0))
    }

    /// The held rows go on, in `rest` and beyond: they are left to the next page, if this one can end before them.
    fn stop_with(&mut self, rest: Option<RecordBatch>) -> Vec<RecordBatch> {
        if self.last.is_some() && self.clean {
            self.held = None;
            return Vec::new();
        }
        let mut given = self.end();
        given.extend(self.tear(rest));
        given
    }

    /// Lets rows pass although a page may not end behind them.
    fn tear(&mut self, rows: Option<RecordBatch>) -> Vec<RecordBatch> {
        self.clean = false;
        self.give(rows)
    }

    fn give(&mut self, rows: impl IntoIterator<Item = RecordBatch>) -> Vec<RecordBatch> {
        let given: Vec<RecordBatch> = rows.into_iter().filter(|rows| rows.num_rows() > 0).collect();
        if let Some(last) = given.last() {
            self.last = Some(last.slice(last.num_rows() - 1, 1));
        }
        given
    }

    /// Where the rows begin that have the same values as the last of the first `length`.
    fn start_of_last(&self, rows: &RecordBatch, length: usize) -> usize {
        let Some(last) = length.checked_sub(1) else { return 0 };
        let values = self.values(rows, last);
        (0..last).rev().find(|row| self.values(rows, *row) != values).map_or(0, |row| row + 1)
    }

    fn is_same_as_last(&self, rows: &RecordBatch) -> bool {
        self.last.as_ref().is_some_and(|last| self.values(last, 0) == self.values(rows, 0))
    }

    fn is_same_as_held(&self, rows: &RecordBatch) -> bool {
        self.held.as_ref().is_some_and(|held| self.values(held, 0) == self.values(rows, 0))
    }

    fn values(&self, rows: &RecordBatch, row: usize) -> Values {
        self.order.iter().map(|place| rows.columns().get(*place).and_then(|column| cells::text(column, row))).collect()
    }
}
