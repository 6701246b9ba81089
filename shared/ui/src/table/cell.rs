//! One cell as text: for people with thousands separators, for files plain.

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};
use jiff::civil::{DateTime, date};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use model::Format;

/// Bytes of a binary cell that are shown.
const SHOWN_BYTES: usize = 16;
/// Characters of a text cell that are laid out; a longer one ends in `…` (copying takes all of it).
const SHOWN_CHARS: usize = 400;

/// For whom a cell is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `1,234.50`, `2024-03-14 09:12`, shortened; or in a format of its own.
    Screen(Marks, Option<Format>),
    /// `1234.50`, `2024-03-14T09:12:00Z`, complete.
    File,
}

/// How numbers, yes and no are written in the person's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    pub group: &'static str,
    pub decimal: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
}

impl Default for Marks {
    fn default() -> Self {
        Self { group: ",", decimal: ".", yes: "true", no: "false" }
    }
}

impl Marks {
    /// The same without marks between digits, for numbers that name something.
    pub fn ungrouped(self) -> Self {
        Self { group: "", ..self }
    }

    /// The same number with these marks.
    pub fn of(self, number: String) -> String {
        if self.group == "," && self.decimal == "." {
            return number;
        }
        let mut text = String::with_capacity(number.len() + 8);
        for letter in number.chars() {
            match letter {
                ',' => text.push_str(self.group),
                '.' => text.push_str(self.decimal),
                other => text.push(other),
            }
        }
        text
    }
}

/// Whether cells of this kind stand on the right and can be summed up.
pub fn is_number(kind: &DataType) -> bool {
    matches!(kind, DataType::Int64 | DataType::Decimal128(..) | DataType::Float64)
}

/// The text of a cell; none for null and for a row that is not there.
pub fn text(column: &ArrayRef, row: usize, style: Style) -> Option<String> {
    if row >= column.len() || column.is_null(row) {
        return None;
    }
    let (on_screen, marks, format) = match style {
        Style::Screen(marks, Some(Format::Plain)) => (true, marks.ungrouped(), None),
        Style::Screen(marks, format) => (true, marks, format),
        Style::File => (false, Marks::default(), None),
    };
    if let Some(written) = format.and_then(|format| formatted(column, row, marks, format)) {
        return Some(written);
    }
    Some(match column.data_type() {
        DataType::Utf8 => written(column.as_string::<i32>().value(row), on_screen),
        DataType::Int64 => marks.of(number(i128::from(column.as_primitive::<Int64Type>().value(row)), 0, on_screen)),
        DataType::Decimal128(_, scale) => {
            marks.of(number(column.as_primitive::<Decimal128Type>().value(row), *scale, on_screen))
        }
        DataType::Float64 => marks.of(float(column.as_primitive::<Float64Type>().value(row), on_screen)),
        DataType::Boolean => if column.as_boolean().value(row) { marks.yes } else { marks.no }.to_owned(),
        DataType::Date32 => day(column.as_primitive::<Date32Type>().value(row))?,
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
            moment(micros, zone.is_some(), on_screen)?
        }
        DataType::Binary => bytes(column.as_binary::<i32>().value(row), on_screen),
        other => format!("({other})"),
    })
}

/// A cell in a format that its kind does not have by itself; none where the format does not fit.
fn formatted(column: &ArrayRef, row: usize, marks: Marks, format: Format) -> Option<String> {
    match (column.data_type(), format) {
        (DataType::Decimal128(_, scale), Format::Percent) => {
            share(&number(column.as_primitive::<Decimal128Type>().value(row), *scale, false), marks)
        }
        (DataType::Float64, Format::Percent) => {
            share(&column.as_primitive::<Float64Type>().value(row).to_string(), marks)
        }
        (DataType::Timestamp(TimeUnit::Microsecond, _), Format::Day) => {
            let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
            Some(Timestamp::from_microsecond(micros).ok()?.to_zoned(TimeZone::UTC).date().to_string())
        }
        _ => None,
    }
}

/// A share of one, as a plain decimal, as a percentage: `0.125` is `12.5 %`. The point moves, so that no digit is lost.
/// None where it is no plain decimal.
pub fn share(decimal: &str, marks: Marks) -> Option<String> {
    let (sign, digits) = decimal.strip_prefix('-').map_or(("", decimal), |digits| ("-", digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_plain(whole) || !is_plain(part) {
        return None;
    }
    let part = format!("{part:0<2}");
    let (moved, rest) = part.split_at_checked(2)?;
    let whole = format!("{whole}{moved}");
    let whole = whole.trim_start_matches('0');
    let whole = grouped(if whole.is_empty() { "0" } else { whole });
    let number = if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") };
    Some(format!("{} %", marks.of(number)))
}

fn written(text: &str, on_screen: bool) -> String {
    if !on_screen {
        return text.to_owned();
    }
    let mut shown: String = text.chars().take(SHOWN_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

/// An exact decimal: `value` divided by ten to the power of `scale`.
pub fn number(value: i128, scale: i8, separators: bool) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let places = usize::from(scale.max(0).unsigned_abs());
    let mut digits = format!("{:0>width$}", value.unsigned_abs(), width = places + 1);
    digits.extend(std::iter::repeat_n('0', usize::from(scale.min(0).unsigned_abs())));
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let whole = if separators { grouped(whole) } else { whole.to_owned() };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Groups of three digits from the right.
fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The shortest text that is read back as the same number.
pub fn float(value: f64, separators: bool) -> String {
    let size = value.abs();
    if value.is_finite() && size != 0.0 && !(1e-5..1e15).contains(&size) {
        return format!("{value:e}");
    }
    let plain = value.to_string();
    if !separators || !value.is_finite() {
        return plain;
    }
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
    match digits.split_once('.') {
        Some((whole, fraction)) => format!("{sign}{}.{fraction}", grouped(whole)),
        None => format!("{sign}{}", grouped(digits)),
    }
}

fn day(days: i32) -> Option<String> {
    date(1970, 1, 1).checked_add(days.days()).ok().map(|day| day.to_string())
}

/// On the screen seconds only where they are not zero; a `Z` says that an instant is UTC.
fn moment(micros: i64, is_instant: bool, on_screen: bool) -> Option<String> {
    let moment: DateTime = Timestamp::from_microsecond(micros).ok()?.to_zoned(TimeZone::UTC).datetime();
    let zone = if is_instant { "Z" } else { "" };
    if !on_screen {
        return Some(format!("{moment}{zone}"));
    }
    let (day, time) = (moment.date(), moment.time());
    let exact = time.to_string();
    let shown = if time.second() == 0 && time.subsec_nanosecond() == 0 { exact.get(..5)? } else { &exact };
    Some(format!("{day} {shown}{zone}"))
}

fn bytes(value: &[u8], on_screen: bool) -> String {
    let shown = if on_screen { value.len().min(SHOWN_BYTES) } else { value.len() };
    let mut text = String::from("0x");
    for byte in value.iter().take(shown) {
        text.push_str(&format!("{byte:02x}"));
    }
    if shown < value.len() {
        text.push_str(&format!("… ({} bytes)", value.len()));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{
        BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, StringArray,
        TimestampMicrosecondArray,
    };

    use super::*;

    #[test]
    fn every_kind_has_a_text_for_the_screen_and_one_for_files() {
        let decimal = |value: i128, scale: i8| -> ArrayRef {
            Arc::new(Decimal128Array::from(vec![value]).with_precision_and_scale(38, scale).unwrap())
        };
        let instant = 1_710_407_520_000_000; // 2024-03-14 09:12:00
        let cases: Vec<(ArrayRef, &str, &str)> = vec![
            (Arc::new(StringArray::from(vec!["a\tb"])), "a b", "a\tb"),
            (Arc::new(Int64Array::from(vec![-1_234_567])), "-1,234,567", "-1234567"),
            (Arc::new(Int64Array::from(vec![i64::MIN])), "-9,223,372,036,854,775,808", "-9223372036854775808"),
            (decimal(48_000_000, 2), "480,000.00", "480000.00"),
            (decimal(-5, 2), "-0.05", "-0.05"),
            (decimal(7, -3), "7,000", "7000"),
            (
                decimal(i128::MAX, 0),
                "170,141,183,460,469,231,731,687,303,715,884,105,727",
                "170141183460469231731687303715884105727",
            ),
            (Arc::new(Float64Array::from(vec![1234.5])), "1,234.5", "1234.5"),
            (Arc::new(Float64Array::from(vec![1e300])), "1e300", "1e300"),
            (Arc::new(Float64Array::from(vec![f64::NAN])), "NaN", "NaN"),
            (Arc::new(BooleanArray::from(vec![true])), "true", "true"),
            (Arc::new(Date32Array::from(vec![19_796])), "2024-03-14", "2024-03-14"),
            (
                Arc::new(TimestampMicrosecondArray::from(vec![instant]).with_timezone("UTC")),
                "2024-03-14 09:12Z",
                "2024-03-14T09:12:00Z",
            ),
            (
                Arc::new(TimestampMicrosecondArray::from(vec![instant + 5_250_000])),
                "2024-03-14 09:12:05.25",
                "2024-03-14T09:12:05.25",
            ),
            (Arc::new(BinaryArray::from(vec![b"\x00\xff".as_slice()])), "0x00ff", "0x00ff"),
        ];
        for (column, screen, file) in cases {
            assert_eq!(text(&column, 0, Style::Screen(Marks::default(), None)).as_deref(), Some(screen));
            assert_eq!(text(&column, 0, Style::File).as_deref(), Some(file));
            assert_eq!(text(&column, 1, Style::File), None, "beyond the last row");
        }
    }

    #[test]
    fn numbers_are_written_with_the_marks_of_the_language_and_files_are_not() {
        let marks = Marks { group: " ", decimal: ",", yes: "Ja", no: "Nei" };
        let cents = Decimal128Array::from(vec![-48_000_050]).with_precision_and_scale(38, 2).unwrap();
        let cases: [(ArrayRef, &str, &str); 4] = [
            (Arc::new(cents), "-480 000,50", "-480000.50"),
            (Arc::new(Float64Array::from(vec![1234.5])), "1 234,5", "1234.5"),
            (Arc::new(BooleanArray::from(vec![false])), "Nei", "false"),
            (Arc::new(StringArray::from(vec!["a, b."])), "a, b.", "a, b."),
        ];
        let number: ArrayRef = Arc::new(Int64Array::from(vec![918_224_553]));
        let name = Style::Screen(Marks::default(), Some(Format::Plain));
        assert_eq!(text(&number, 0, name).as_deref(), Some("918224553"), "it names something");
        for (column, screen, file) in cases {
            assert_eq!(text(&column, 0, Style::Screen(marks, None)).as_deref(), Some(screen));
            assert_eq!(text(&column, 0, Style::File).as_deref(), Some(file));
        }
    }

    #[test]
    fn a_format_is_for_the_screen_alone_and_one_that_does_not_fit_changes_nothing() {
        let marks = Marks { group: " ", decimal: ",", yes: "Ja", no: "Nei" };
        let decimal = |value: i128, scale: i8| -> ArrayRef {
            Arc::new(Decimal128Array::from(vec![value]).with_precision_and_scale(38, scale).unwrap())
        };
        let year: ArrayRef = Arc::new(Int64Array::from(vec![2019]));
        let moment: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![1_710_407_520_000_000]));
        let float = |value| -> ArrayRef { Arc::new(Float64Array::from(vec![value])) };
        let table = [
            (year.clone(), Format::Plain, "2019", "2019"),
            (year.clone(), Format::Grouped, "2 019", "2019"),
            (year, Format::Day, "2 019", "2019"),
            (decimal(2019, 0), Format::Plain, "2019", "2019"),
            (decimal(125, 3), Format::Percent, "12,5 %", "0.125"),
            (decimal(-5, 2), Format::Percent, "-5 %", "-0.05"),
            (decimal(12_345, 1), Format::Percent, "123 450 %", "1234.5"),
            (float(0.07), Format::Percent, "7 %", "0.07"),
            (float(f64::NAN), Format::Percent, "NaN", "NaN"),
            (moment.clone(), Format::Day, "2024-03-14", "2024-03-14T09:12:00"),
            (moment, Format::Plain, "2024-03-14 09:12", "2024-03-14T09:12:00"),
        ];
        for (column, format, screen, file) in table {
            assert_eq!(text(&column, 0, Style::Screen(marks, Some(format))).as_deref(), Some(screen), "{format:?}");
            assert_eq!(text(&column, 0, Style::File).as_deref(), Some(file), "{format:?}");
        }
    }

    #[test]
    fn null_has_no_text() {
        let column: ArrayRef = Arc::new(Int64Array::from(vec![None]));
        assert_eq!(text(&column, 0, Style::Screen(Marks::default(), None)), None);
    }
}
