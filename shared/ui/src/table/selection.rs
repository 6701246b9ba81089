//! Which rows are selected, as ranges, so that a million cost no more than one.

use std::ops::Range;

/// Sorted ranges that neither overlap nor touch, and where selecting began and stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    ranges: Vec<Range<usize>>,
    anchor: usize,
    cursor: Option<usize>,
}

fn one(row: usize) -> Range<usize> {
    row..row + 1
}

impl Selection {
    /// The row that the keyboard is on.
    pub fn cursor(&self) -> Option<usize> {
        self.cursor
    }

    pub fn ranges(&self) -> &[Range<usize>] {
        &self.ranges
    }

    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.ranges.iter().cloned().flatten()
    }

    pub fn count(&self) -> usize {
        self.ranges.iter().map(Range::len).sum()
    }

    pub fn contains(&self, row: usize) -> bool {
        let after = self.ranges.partition_point(|range| range.end <= row);
        self.ranges.get(after).is_some_and(|range| range.start <= row)
    }

    pub fn clear(&mut self) {
        self.ranges.clear();
    }

    /// Only this row.
    pub fn set(&mut self, row: usize) {
        self.ranges = Vec::from([one(row)]);
        (self.anchor, self.cursor) = (row, Some(row));
    }

    /// Everything from where selecting began to this row.
    pub fn extend_to(&mut self, row: usize) {
        let (first, last) = (self.anchor.min(row), self.anchor.max(row));
        self.ranges = Vec::from([Range { start: first, end: last + 1 }]);
        self.cursor = Some(row);
    }

    /// In if it was out, out if it was in.
    pub fn toggle(&mut self, row: usize) {
        if self.contains(row) {
            let split = |range: &Range<usize>| {
                let [before, after] = [range.start..range.end.min(row), range.start.max(row + 1)..range.end];
                [before, after].into_iter().filter(|range| !range.is_empty())
            };
            self.ranges = self.ranges.iter().flat_map(split).collect();
        } else {
            self.ranges.push(one(row));
            self.join();
        }
        (self.anchor, self.cursor) = (row, Some(row));
    }

    pub fn set_all(&mut self, count: usize) {
        self.ranges = if count == 0 { Vec::new() } else { Vec::from([Range { start: 0, end: count }]) };
    }

    /// These rows too, in any order; the keyboard stays where it is.
    pub fn add_rows(&mut self, rows: impl IntoIterator<Item = usize>) {
        self.ranges.extend(rows.into_iter().map(one));
        self.join();
    }

    fn join(&mut self) {
        self.ranges.sort_by_key(|range| range.start);
        let mut joined: Vec<Range<usize>> = Vec::with_capacity(self.ranges.len());
        for range in self.ranges.drain(..) {
            match joined.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        self.ranges = joined;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clicks_ranges_and_toggles() {
        let mut selection = Selection::default();
        selection.set(5);
        selection.extend_to(9);
        assert_eq!(selection.ranges(), &[Range { start: 5, end: 10 }]);
        selection.extend_to(3);
        assert_eq!(selection.ranges(), &[Range { start: 3, end: 6 }], "the anchor stays");
        selection.toggle(4);
        assert_eq!(selection.ranges(), [3..4, 5..6]);
        selection.toggle(4);
        assert_eq!(selection.ranges(), &[Range { start: 3, end: 6 }]);
        selection.clear();
        selection.add_rows([8, 2]);
        selection.add_rows([3, 9]);
        assert_eq!(selection.ranges(), [2..4, 8..10]);
        assert_eq!(selection.count(), 4);
        assert!(selection.contains(9) && !selection.contains(7));
        selection.set_all(1_000_000);
        assert_eq!(selection.count(), 1_000_000);
    }
}
