//! Cells as canonical text and back; see `model::kind` for the text of each kind.

use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, civil};
use model::kind::Kind;

use crate::connectors::LOOSE_DECIMAL_SCALE;
use crate::hash::{from_hex, hex};

/// The canonical text of a cell; none when it is null.
pub(crate) fn text(array: &dyn Array, row: usize) -> Option<String> {
    if row >= array.len() || array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().value(row).to_owned()),
        DataType::Int64 => Some(array.as_primitive::<Int64Type>().value(row).to_string()),
        DataType::Decimal128(_, scale) => {
            Some(decimal_text(array.as_primitive::<Decimal128Type>().value(row), scale.unsigned_abs()))
        }
        DataType::Float64 => Some(format!("{:?}", array.as_primitive::<Float64Type>().value(row))),
        DataType::Boolean => Some(array.as_boolean().value(row).to_string()),
        DataType::Date32 => date_text(array.as_primitive::<Date32Type>().value(row)),
        DataType::Timestamp(_, zone) => {
            let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
            moment_text(micros, zone.is_some())
        }
        DataType::Binary => Some(hex(array.as_binary::<i32>().value(row))),
        _ => None,
    }
}

/// The canonical texts of a row.
pub(super) fn row(batch: &RecordBatch, row: usize) -> Vec<Option<String>> {
    batch.columns().iter().map(|column| text(column, row)).collect()
}

fn decimal_text(mantissa: i128, scale: u8) -> String {
    let sign = if mantissa < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", mantissa.unsigned_abs(), width = usize::from(scale) + 1);
    match digits.split_at_checked(digits.len() - usize::from(scale)) {
        Some((whole, fraction)) if !fraction.is_empty() => format!("{sign}{whole}.{fraction}"),
        _ => format!("{sign}{digits}"),
    }
}

fn date_text(days: i32) -> Option<String> {
    let first = civil::date(1970, 1, 1);
    Some(first.checked_add(i64::from(days).days()).ok()?.to_string())
}

fn moment_text(micros: i64, zoned: bool) -> Option<String> {
    let moment = Timestamp::from_microsecond(micros).ok()?;
    Some(if zoned { moment.to_string() } else { moment.to_zoned(TimeZone::UTC).datetime().to_string() })
}

/// A column from canonical texts; what does not fit is null.
pub(super) fn column<'a>(kind: Kind, texts: impl Iterator<Item = Option<&'a str>> + Clone) -> ArrayRef {
    match kind {
        Kind::Text => fill(StringBuilder::new(), texts, |builder, text| builder.append_option(text)),
        Kind::Integer => fill(Int64Builder::new(), texts, |builder, text| builder.append_option(parsed(text))),
        Kind::Float => fill(Float64Builder::new(), texts, |builder, text| builder.append_option(parsed(text))),
        Kind::Bool => fill(BooleanBuilder::new(), texts, |builder, text| builder.append_option(parsed(text))),
        Kind::Date => fill(Date32Builder::new(), texts, |builder, text| builder.append_option(text.and_then(days))),
        Kind::Instant | Kind::LocalTime => {
            let zone = (kind == Kind::Instant).then(|| Arc::from("UTC"));
            let builder = TimestampMicrosecondBuilder::new().with_timezone_opt(zone);
            fill(builder, texts, |builder, text| builder.append_option(text.and_then(micros)))
        }
        Kind::Decimal => decimals(texts),
        Kind::Bytes => {
            fill(BinaryBuilder::new(), texts, |builder, text| builder.append_option(text.and_then(from_hex)))
        }
    }
}

fn fill<'a, Builder: arrow_array::builder::ArrayBuilder>(
    mut builder: Builder,
    texts: impl Iterator<Item = Option<&'a str>>,
    mut push: impl FnMut(&mut Builder, Option<&'a str>),
) -> ArrayRef {
    for text in texts {
        push(&mut builder, text);
    }
    builder.finish()
}

fn parsed<T: std::str::FromStr>(text: Option<&str>) -> Option<T> {
    text?.parse().ok()
}

fn days(text: &str) -> Option<i32> {
    let date: civil::Date = text.parse().ok()?;
    let since = date.since(civil::date(1970, 1, 1)).ok()?;
    Some(since.get_days())
}

fn micros(text: &str) -> Option<i64> {
    if text.ends_with('Z') {
        return Some(text.parse::<Timestamp>().ok()?.as_microsecond());
    }
    let time: civil::DateTime = text.parse().ok()?;
    Some(TimeZone::UTC.to_timestamp(time).ok()?.as_microsecond())
}

/// Decimals at the greatest scale among them.
fn decimals<'a>(texts: impl Iterator<Item = Option<&'a str>> + Clone) -> ArrayRef {
    let scale_of = |text: &str| text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let scale = texts.clone().flatten().map(scale_of).max();
    let scale = scale.and_then(|scale| i8::try_from(scale).ok()).filter(|scale| *scale <= 37);
    let scale = scale.unwrap_or(LOOSE_DECIMAL_SCALE);
    let builder = Decimal128Builder::new().with_data_type(DataType::Decimal128(38, scale));
    fill(builder, texts, |builder, text| {
        builder.append_option(text.and_then(|text| mantissa(text, usize::from(scale.unsigned_abs()))));
    })
}

fn mantissa(text: &str, scale: usize) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<scale$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_survives_the_way_into_a_column_and_back() {
        let table: [(Kind, &[&str]); 9] = [
            (Kind::Text, &["", "Ærø"]),
            (Kind::Integer, &["-9223372036854775808", "0"]),
            (Kind::Decimal, &["-0.05", "12345678901234567890.10", "0.00"]),
            (Kind::Float, &["0.1", "-1e300"]),
            (Kind::Bool, &["true", "false"]),
            (Kind::Date, &["1969-12-31", "2026-09-30", "0001-01-01"]),
            (Kind::Instant, &["2026-09-30T12:00:00Z", "1960-01-01T00:00:00.000001Z"]),
            (Kind::LocalTime, &["2026-09-30T12:00:00", "2026-09-30T12:00:00.5"]),
            (Kind::Bytes, &["", "00ff"]),
        ];
        for (kind, texts) in table {
            let array = column(kind, texts.iter().map(|text| Some(*text)).chain([None]));
            let back: Vec<_> = (0..array.len()).map(|row| text(&array, row)).collect();
            let expected: Vec<_> = texts.iter().map(|text| Some((*text).to_owned())).chain([None]).collect();
            assert_eq!(back, expected, "{kind:?}");
        }
    }
}
