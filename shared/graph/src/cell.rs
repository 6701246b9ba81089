//! The one text of a value: what keys are compared by. The same value gives the same text from every source.
//!
//! Integers and decimals in digits (decimals with all digits of their scale, no exponent), floats as the shortest
//! decimal that reads back the same, `true` and `false`, dates as `2024-02-29`, instants as `2024-02-29T08:15:00Z` with
//! six digits of a second only where there are any, local times the same without `Z`, bytes in lower-case hex.

use std::fmt::Write;

use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType,
};
use arrow_array::{Array, BinaryArray, BooleanArray, PrimitiveArray, StringArray};
use arrow_schema::{DataType, TimeUnit};

use crate::Amount;

const MICROS_PER_SECOND: i64 = 1_000_000;
pub(crate) const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// Whether columns of this kind occur on the wire, and so have a text.
pub(crate) fn is_known(kind: &DataType) -> bool {
    use DataType::{Binary, Boolean, Date32, Decimal128, Float64, Int64, Timestamp, Utf8};
    match kind {
        Utf8 | Int64 | Decimal128(..) | Float64 | Boolean | Date32 | Binary => true,
        Timestamp(TimeUnit::Microsecond, zone) => zone.as_deref().is_none_or(|zone| zone == "UTC"),
        _ => false,
    }
}

/// The text of one cell; `None` for null, for a row that is not there, and for a kind that does not occur on the wire.
pub fn text(column: &dyn Array, row: usize) -> Option<String> {
    match column.data_type() {
        DataType::Utf8 => {
            let texts = column.as_any().downcast_ref::<StringArray>()?;
            is_value(texts, row).then(|| texts.value(row).to_owned())
        }
        DataType::Boolean => {
            let flags = column.as_any().downcast_ref::<BooleanArray>()?;
            is_value(flags, row).then(|| flags.value(row).to_string())
        }
        DataType::Binary => {
            let bytes = column.as_any().downcast_ref::<BinaryArray>()?;
            is_value(bytes, row).then(|| hex(bytes.value(row)))
        }
        DataType::Int64 => number::<Int64Type>(column, row).map(|value| value.to_string()),
        DataType::Float64 => number::<Float64Type>(column, row).map(float),
        DataType::Decimal128(_, scale) => {
            Amount::from_units(number::<Decimal128Type>(column, row)?, *scale).map(|value| value.to_string())
        }
        DataType::Date32 => number::<Date32Type>(column, row).map(|days| date(i64::from(days))),
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            let time = number::<TimestampMicrosecondType>(column, row).map(local_time)?;
            Some(if zone.is_some() { time + "Z" } else { time })
        }
        _ => None,
    }
}

/// A number's cell in a column of exactly this kind; `None` for null.
pub(crate) fn number<T: ArrowPrimitiveType>(column: &dyn Array, row: usize) -> Option<T::Native> {
    let numbers = column.as_any().downcast_ref::<PrimitiveArray<T>>()?;
    is_value(numbers, row).then(|| numbers.value(row))
}

fn is_value(column: &dyn Array, row: usize) -> bool {
    row < column.len() && column.is_valid(row)
}

fn float(value: f64) -> String {
    // Both zeros are one value.
    if value == 0.0 { "0".to_owned() } else { value.to_string() }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    })
}

/// Days since 1970 as a date of the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
fn date(days: i64) -> String {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let sign = if year < 0 { "-" } else { "" };
    format!("{sign}{:04}-{month:02}-{day:02}", year.abs())
}

fn local_time(micros: i64) -> String {
    let (days, rest) = (micros.div_euclid(MICROS_PER_DAY), micros.rem_euclid(MICROS_PER_DAY));
    let (seconds, micros) = (rest / MICROS_PER_SECOND, rest % MICROS_PER_SECOND);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
    format!("{}T{hour:02}:{minute:02}:{second:02}{fraction}", date(days))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{
        ArrayRef, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array, TimestampMicrosecondArray,
    };

    use super::*;

    #[test]
    fn every_kind_has_one_text() {
        let instant = |micros: i64| TimestampMicrosecondArray::from(vec![micros]);
        let decimal = |units: i128, scale: i8| {
            Decimal128Array::from(vec![units]).with_precision_and_scale(38, scale).expect("a valid decimal")
        };
        let table: Vec<(ArrayRef, Option<&str>)> = vec![
            (Arc::new(StringArray::from(vec![" Ünal "])), Some(" Ünal ")),
            (Arc::new(StringArray::from(vec![""])), Some("")),
            (Arc::new(StringArray::from(vec![None::<&str>])), None),
            (Arc::new(Int64Array::from(vec![i64::MIN])), Some("-9223372036854775808")),
            (Arc::new(decimal(-5, 2)), Some("-0.05")),
            (Arc::new(decimal(1200, 2)), Some("12.00")),
            (Arc::new(Float64Array::from(vec![0.1])), Some("0.1")),
            (Arc::new(Float64Array::from(vec![-0.0])), Some("0")),
            (Arc::new(Float64Array::from(vec![1e21])), Some("1000000000000000000000")),
            (Arc::new(BooleanArray::from(vec![false])), Some("false")),
            (Arc::new(Date32Array::from(vec![19_782])), Some("2024-02-29")),
            (Arc::new(Date32Array::from(vec![-1])), Some("1969-12-31")),
            (Arc::new(Date32Array::from(vec![-719_529])), Some("-0001-12-31")),
            (Arc::new(instant(1_709_194_500_000_000).with_timezone("UTC")), Some("2024-02-29T08:15:00Z")),
            (Arc::new(instant(-1).with_timezone("UTC")), Some("1969-12-31T23:59:59.999999Z")),
            (Arc::new(instant(500)), Some("1970-01-01T00:00:00.000500")),
            (Arc::new(BinaryArray::from(vec![&[0u8, 255, 16][..]])), Some("00ff10")),
            (Arc::new(Int32Array::from(vec![1])), None),
        ];
        for (column, expected) in table {
            assert_eq!(text(&column, 0).as_deref(), expected, "{:?}", column.data_type());
            assert_eq!(text(&column, 1), None, "a row that is not there");
        }
    }
}
