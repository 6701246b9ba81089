//! Rows as they came over the wire: Arrow record batches, appended while streaming, found by row number.

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

/// Record batches of one schema with the number of the first row of each.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    batches: Vec<RecordBatch>,
    /// The row number after the last row of each batch.
    ends: Vec<usize>,
    revision: u64,
}

/// A batch whose columns are not those of the rows before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherColumns;

impl Rows {
    /// Appends a batch; empty ones are dropped, except that the first tells the columns.
    pub fn push(&mut self, batch: RecordBatch) -> Result<(), OtherColumns> {
        if self.batches.first().is_some_and(|first| first.schema().fields() != batch.schema().fields()) {
            return Err(OtherColumns);
        }
        if batch.num_rows() > 0 || self.batches.is_empty() {
            self.ends.push(self.len() + batch.num_rows());
            self.batches.push(batch);
            self.revision += 1;
        }
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// None before the first batch.
    pub fn schema(&self) -> Option<SchemaRef> {
        self.batches.first().map(RecordBatch::schema)
    }

    /// The batch of a row, and which row of the batch it is.
    pub fn at(&self, row: usize) -> Option<(&RecordBatch, usize)> {
        let index = self.ends.partition_point(|end| *end <= row);
        let batch = self.batches.get(index)?;
        let start = self.ends.get(index)? - batch.num_rows();
        Some((batch, row - start))
    }

    /// All batches with the number of their first row.
    pub fn batches(&self) -> impl Iterator<Item = (usize, &RecordBatch)> {
        self.ends.iter().zip(&self.batches).map(|(end, batch)| (end - batch.num_rows(), batch))
    }

    /// Grows with every batch.
    pub fn revision(&self) -> u64 {
        self.revision
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Int64Array};

    use super::*;

    fn batch(values: std::ops::Range<i64>) -> RecordBatch {
        let column: ArrayRef = Arc::new(Int64Array::from_iter_values(values));
        RecordBatch::try_from_iter([("n", column)]).unwrap()
    }

    #[test]
    fn rows_are_found_across_batches_and_empty_ones_do_not_matter() {
        let mut rows = Rows::default();
        for range in [0..0, 0..3, 3..3, 3..10] {
            rows.push(batch(range)).unwrap();
        }
        assert_eq!(rows.len(), 10);
        for row in 0..10 {
            let (batch, index) = rows.at(row).unwrap();
            let column = batch.column(0).as_any().downcast_ref::<Int64Array>().unwrap();
            assert_eq!(column.value(index), row as i64);
        }
        assert!(rows.at(10).is_none());
    }

    #[test]
    fn a_batch_with_other_columns_is_refused() {
        let mut rows = Rows::default();
        rows.push(batch(0..1)).unwrap();
        let column: ArrayRef = Arc::new(Int64Array::from(vec![1]));
        assert_eq!(rows.push(RecordBatch::try_from_iter([("other", column)]).unwrap()), Err(OtherColumns));
        assert_eq!(rows.len(), 1);
    }
}
