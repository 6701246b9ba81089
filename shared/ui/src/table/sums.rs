//! Exact sums of the selected rows, per column.

use std::borrow::Cow;
use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;

use super::cell::{Marks, Style, float, number, text};
use super::rows::Rows;

/// A sum; nulls count as nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sum {
    /// `value` divided by ten to the power of `scale`, to the last digit.
    Exact { value: i128, scale: i8 },
    /// Floating point numbers, added with a carry for what rounding loses (Neumaier 1974).
    Float { value: f64, carry: f64 },
    /// Larger than 38 digits.
    TooLarge,
}

impl std::fmt::Display for Sum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exact { value, scale } => f.write_str(&number(*value, *scale, true)),
            Self::Float { value, carry } => f.write_str(&float(value + carry, true)),
            Self::TooLarge => f.write_str("> 10^38"),
        }
    }
}

impl Sum {
    /// In the marks of the person's language.
    pub fn written(&self, marks: Marks) -> String {
        marks.of(self.to_string())
    }

    fn zero(kind: &DataType) -> Option<Self> {
        match kind {
            DataType::Int64 => Some(Self::Exact { value: 0, scale: 0 }),
            DataType::Decimal128(_, scale) => Some(Self::Exact { value: 0, scale: *scale }),
            DataType::Float64 => Some(Self::Float { value: 0.0, carry: 0.0 }),
            _ => None,
        }
    }

    fn add_exact(&mut self, add: i128) {
        if let Self::Exact { value, scale } = *self {
            *self = value.checked_add(add).map_or(Self::TooLarge, |value| Self::Exact { value, scale });
        }
    }

    fn add_float(&mut self, add: f64) {
        if let Self::Float { value, carry } = self {
            let total = *value + add;
            *carry += if value.abs() >= add.abs() { (*value - total) + add } else { (add - total) + *value };
            *value = total;
        }
    }

    fn add_rows(&mut self, column: &ArrayRef, rows: Range<usize>) {
        let values = rows.filter(|row| column.is_valid(*row));
        match column.data_type() {
            DataType::Int64 => {
                let column = column.as_primitive::<Int64Type>();
                values.for_each(|row| self.add_exact(i128::from(column.value(row))));
            }
            DataType::Decimal128(..) => {
                let column = column.as_primitive::<Decimal128Type>();
                values.for_each(|row| self.add_exact(column.value(row)));
            }
            DataType::Float64 => {
                let column = column.as_primitive::<Float64Type>();
                values.for_each(|row| self.add_float(column.value(row)));
            }
            _ => {}
        }
    }
}

/// One entry per column: none where there is nothing to add up.
pub fn sums(rows: &Rows, selected: &[Range<usize>]) -> Vec<Option<Sum>> {
    let Some(schema) = rows.schema() else { return Vec::new() };
    let mut sums: Vec<Option<Sum>> = schema.fields().iter().map(|field| Sum::zero(field.data_type())).collect();
    for (batch, range) in ranges(rows, selected) {
        for (sum, column) in sums.iter_mut().zip(batch.columns()) {
            if let Some(sum) = sum {
                sum.add_rows(column, range.clone());
            }
        }
    }
    sums
}

/// The selected ranges within each batch.
fn ranges<'a>(
    rows: &'a Rows,
    selected: &'a [Range<usize>],
) -> impl Iterator<Item = (&'a RecordBatch, Range<usize>)> + 'a {
    rows.batches().flat_map(move |(start, batch)| {
        let end = start + batch.num_rows();
        let first = selected.partition_point(|range| range.end <= start);
        let here = selected.iter().skip(first).take_while(move |range| range.start < end);
        here.map(move |range| (batch, range.start.max(start) - start..range.end.min(end) - start))
    })
}

/// The most groups of [`sums_by`]; with more there is none.
const MOST_GROUPS: usize = 8;

/// The sums of one column, for each value of another, such as a currency: what has different units is never added up.
/// In the order of their first rows.
pub fn sums_by(rows: &Rows, selected: &[Range<usize>], column: usize, by: usize) -> Vec<(String, Sum)> {
    let mut groups: Vec<(String, Sum)> = Vec::new();
    for (batch, range) in ranges(rows, selected) {
        let (Some(values), Some(names)) = (batch.columns().get(column), batch.columns().get(by)) else { continue };
        let Some(zero) = Sum::zero(values.data_type()) else { continue };
        for at in range.filter(|at| values.is_valid(*at)) {
            let name = name(names, at);
            let place = groups.iter().position(|(known, _)| *known == name).unwrap_or(groups.len());
            if place == groups.len() && place < MOST_GROUPS {
                groups.push((name.into_owned(), zero));
            }
            match groups.get_mut(place) {
                Some((_, sum)) => sum.add_rows(values, at..at + 1),
                // One more unit than can be shown: no sum is better than a wrong one.
                None => return Vec::new(),
            }
        }
    }
    groups
}

/// What a group is called; a text is not copied. Empty for null.
fn name(names: &ArrayRef, row: usize) -> Cow<'_, str> {
    match names.as_string_opt::<i32>() {
        Some(texts) if texts.is_valid(row) => Cow::Borrowed(texts.value(row)),
        Some(_) => Cow::Borrowed(""),
        None => Cow::Owned(text(names, row, Style::File).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{Decimal128Array, Float64Array, Int64Array, StringArray};

    use super::*;

    #[test]
    fn sums_are_exact_across_batches_and_ranges() {
        let mut rows = Rows::default();
        for start in [0_i64, 4] {
            let whole: ArrayRef = Arc::new(Int64Array::from_iter_values(start..start + 4));
            let cents = Decimal128Array::from_iter_values((start..start + 4).map(|n| i128::from(n) * 10 + 1));
            let cents: ArrayRef = Arc::new(cents.with_precision_and_scale(38, 2).unwrap());
            let floats: ArrayRef = Arc::new(Float64Array::from(vec![1e16, 1.0, -1e16, 0.1]));
            let texts: ArrayRef = Arc::new(StringArray::from(vec!["x"; 4]));
            let batch = [("whole", whole), ("cents", cents), ("floats", floats), ("texts", texts)];
            rows.push(RecordBatch::try_from_iter(batch).unwrap()).unwrap();
        }
        let shown: Vec<Option<String>> =
            sums(&rows, &[0..2, 3..6]).into_iter().map(|sum| sum.map(|sum| sum.to_string())).collect();
        let wanted = [Some("13"), Some("1.35"), Some("2.0000000000000004e16"), None];
        assert_eq!(shown.iter().map(Option::as_deref).collect::<Vec<_>>(), wanted);
        let all = sums(&rows, &[0..4, 4..8]);
        assert_eq!(all[2].unwrap().to_string(), "2.2", "what rounding loses is carried");
    }

    #[test]
    fn amounts_of_different_currencies_are_not_added_up() {
        let mut rows = Rows::default();
        let amounts: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), Some(10), Some(2), None]));
        let currencies: ArrayRef = Arc::new(StringArray::from(vec!["NOK", "EUR", "NOK", "USD"]));
        rows.push(RecordBatch::try_from_iter([("amount", amounts), ("ccy", currencies)]).unwrap()).unwrap();
        let shown: Vec<String> =
            sums_by(&rows, &[0..2, 2..4], 0, 1).into_iter().map(|(name, sum)| format!("{name} {sum}")).collect();
        assert_eq!(shown, ["NOK 3", "EUR 10"]);
    }

    #[test]
    fn a_sum_beyond_all_digits_says_so() {
        let mut rows = Rows::default();
        let column: ArrayRef =
            Arc::new(Decimal128Array::from(vec![i128::MAX, 1]).with_precision_and_scale(38, 0).unwrap());
        rows.push(RecordBatch::try_from_iter([("n", column)]).unwrap()).unwrap();
        assert_eq!(sums(&rows, &[0..1, 1..2]), vec![Some(Sum::TooLarge)]);
    }
}
