//! Keys that come twice, and keys that are empty: counted while rows pass by, in bounded memory.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use model::completeness::{Cause, Completeness};

use super::cells;

/// How many keys are remembered; duplicates beyond them are found only where they stand next to each other.
const MOST_REMEMBERED: usize = 100_000;

/// Counts duplicate and empty keys of an answer.
pub(super) struct Names {
    columns: Vec<usize>,
    /// Rows come in the order of the key, so that equal keys stand next to each other.
    sorted: bool,
    last: Option<u64>,
    seen: HashSet<u64>,
    duplicates: u64,
    empty: u64,
}

impl Names {
    pub(super) fn new(columns: &[usize], sorted: bool) -> Self {
        Self { columns: columns.to_vec(), sorted, last: None, seen: HashSet::new(), duplicates: 0, empty: 0 }
    }

    /// Looks at the keys of some rows.
    pub(super) fn look(&mut self, rows: &RecordBatch) {
        let columns: Vec<&dyn Array> = self.columns.iter().filter_map(|at| Some(&**rows.columns().get(*at)?)).collect();
        if columns.is_empty() {
            return;
        }
        for row in 0..rows.num_rows() {
            if columns.iter().any(|column| column.is_null(row)) {
                self.empty += 1;
            } else {
                self.take(fingerprint(&columns, row));
            }
        }
    }

    fn take(&mut self, key: u64) {
        let known = self.last == Some(key) || (!self.sorted && !self.remember(key));
        self.duplicates += u64::from(known);
        self.last = Some(key);
    }

    /// Whether the key is new, as far as is remembered.
    fn remember(&mut self, key: u64) -> bool {
        if self.seen.len() < MOST_REMEMBERED { self.seen.insert(key) } else { !self.seen.contains(&key) }
    }

    /// Says what was found.
    pub(super) fn tell(&self, completeness: &mut Completeness) {
        if self.duplicates > 0 {
            completeness.note(Cause::DuplicateKeys(self.duplicates));
        }
        if self.empty > 0 {
            completeness.note(Cause::EmptyKeys(self.empty));
        }
    }
}

/// 64 bits of a key: two different keys look the same once in 2^64 pairs.
fn fingerprint(columns: &[&dyn Array], row: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    for column in columns {
        match column.data_type() {
            DataType::Int64 => column.as_primitive::<Int64Type>().value(row).hash(&mut hasher),
            DataType::Utf8 => column.as_string::<i32>().value(row).hash(&mut hasher),
            _ => cells::text(*column, row).hash(&mut hasher),
        }
    }
    hasher.finish()
}
