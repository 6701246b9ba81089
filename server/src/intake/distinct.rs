//! Which columns could name the rows of a file: every cell is filled, and no two are alike.
//!
//! Of each value eight bytes are kept. Two values with the same eight bytes count as alike, so a column is never taken for
//! one that names rows when it does not.

use std::hash::{DefaultHasher, Hash, Hasher};

/// The most columns that are looked at, from the first on.
const MOST_COLUMNS: usize = 32;
/// The most values that are kept at once, of all columns together: 16 MB, and 32 MB while their lists grow. Beyond it the
/// last columns are given up.
const MOST_VALUES: usize = 2_000_000;
/// A longer value names nothing, in bytes.
const LONGEST_VALUE: usize = 200;
/// So many values are looked through for the first time.
const FIRST_LOOK: usize = 1_024;

/// The columns that could still name the rows.
pub(super) struct Distinct {
    /// The values of a column; none once it cannot name rows any more.
    columns: Vec<Option<Vec<u64>>>,
    kept: usize,
    most: usize,
}

impl Distinct {
    pub(super) fn new(columns: usize) -> Self {
        Self { columns: vec![Some(Vec::new()); columns.min(MOST_COLUMNS)], kept: 0, most: MOST_VALUES }
    }

    /// Whether values of a column are still wanted.
    pub(super) fn follows(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(Option::is_some)
    }

    /// Takes the next value of a column; none where the cell is empty or could not be read.
    pub(super) fn see(&mut self, column: usize, value: Option<&str>) {
        let usable = value.filter(|text| !text.is_empty() && text.len() <= LONGEST_VALUE);
        let Some(Some(values)) = self.columns.get_mut(column) else { return };
        let Some(text) = usable else { return self.give_up(column) };
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        values.push(hasher.finish());
        self.kept += 1;
        // Looking through all of them whenever there are twice as many costs no more than doing it once at the end.
        let is_due = values.len() >= FIRST_LOOK && values.len().is_power_of_two();
        if is_due && has_alike(values) {
            self.give_up(column);
        }
        while self.kept > self.most {
            let Some(last) = self.columns.iter().rposition(Option::is_some) else { return };
            self.give_up(last);
        }
    }

    fn give_up(&mut self, column: usize) {
        let values = self.columns.get_mut(column).and_then(Option::take);
        self.kept -= values.map_or(0, |values| values.len());
    }

    /// The columns that could name the rows, of those that `may`.
    pub(super) fn found(self, may: impl Fn(usize) -> bool) -> Vec<usize> {
        let filled = self.columns.into_iter().enumerate().filter_map(|(column, values)| Some((column, values?)));
        let named = filled.filter(|(column, values)| !values.is_empty() && may(*column));
        named.filter_map(|(column, mut values)| (!has_alike(&mut values)).then_some(column)).collect()
    }
}

fn has_alike(values: &mut [u64]) -> bool {
    values.sort_unstable();
    values.windows(2).any(|pair| pair.first() == pair.last())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_and_different_to_the_end_is_found_and_memory_has_a_bound() {
        let mut distinct = Distinct::new(40);
        distinct.most = 10_000;
        for row in 0..3_000_u32 {
            distinct.see(0, Some(&row.to_string()));
            distinct.see(1, Some(&(row % 2_000).to_string()));
            distinct.see(2, (row != 2_999).then_some("x").map(|_| row.to_string()).as_deref());
            distinct
                .see(3, Some(&format!("{row}-{}", if row == 5 { "y".repeat(LONGEST_VALUE) } else { String::new() })));
            distinct.see(4, Some(&row.to_string()));
            distinct.see(5, Some(&row.to_string()));
            assert!(distinct.kept <= 10_000, "{row}");
        }
        assert!(distinct.follows(0) && !distinct.follows(1) && !distinct.follows(40));
        assert_eq!(distinct.found(|column| column != 4), [0], "5 was given up for room, 4 may be none");
    }
}
