//! Rows as CSV text, guarded so that no cell becomes a formula when a spreadsheet opens the file.

use std::borrow::Cow;

use arrow_schema::DataType;

use super::cell::{Style, text};
use super::rows::Rows;

/// What spreadsheets take for the beginning of a formula, the fullwidth forms included.
const FORMULA_STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A text that begins like a formula gets a leading `'`.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA_STARTS) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text as a CSV field (RFC 4180): in quotes where it has a comma, quote, line break or outer space.
pub fn field(text: &str) -> Cow<'_, str> {
    let outer_space = text.starts_with(' ') || text.ends_with(' ');
    if outer_space || text.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}

/// The chosen columns of at most `limit_rows` rows with a line of titles; lines end in CR LF, null is an empty field and
/// empty text is `""`. Text is guarded; numbers, dates and the like are what they are.
pub fn csv(rows: &Rows, titles: &[&str], columns: &[usize], limit_rows: usize) -> String {
    let mut out = String::new();
    let heading = columns.iter().map(|&column| titles.get(column).copied().unwrap_or_default());
    push_line(&mut out, heading.map(|title| field(&guarded(title)).into_owned()));
    for row in 0..rows.len().min(limit_rows) {
        push_line(&mut out, columns.iter().map(|&column| cell(rows, row, column)));
    }
    out
}

fn cell(rows: &Rows, row: usize, column: usize) -> String {
    let Some((batch, index)) = rows.at(row) else { return String::new() };
    let Some(column) = batch.columns().get(column) else { return String::new() };
    match text(column, index, Style::File) {
        Some(text) if text.is_empty() => "\"\"".to_owned(),
        Some(text) if *column.data_type() == DataType::Utf8 => field(&guarded(&text)).into_owned(),
        Some(text) => text,
        None => String::new(),
    }
}

fn push_line(out: &mut String, fields: impl Iterator<Item = String>) {
    for (index, field) in fields.enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&field);
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};

    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_guarded_and_nothing_else() {
        let cases = [
            ("=1+1", "'=1+1"),
            ("+47 123", "'+47 123"),
            ("-x", "'-x"),
            ("@cmd", "'@cmd"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("\nx", "'\nx"),
            ("＝HYPERLINK()", "'＝HYPERLINK()"),
            ("＠x", "'＠x"),
            ("a=1", "a=1"),
            ("", ""),
            (" =1", " =1"),
        ];
        for (text, wanted) in cases {
            assert_eq!(guarded(text), wanted);
        }
    }

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        for (text, wanted) in
            [("a", "a"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""), (" a", "\" a\"")]
        {
            assert_eq!(field(text), wanted);
        }
    }

    #[test]
    fn null_differs_from_empty_and_numbers_are_not_guarded() {
        let names: ArrayRef = Arc::new(StringArray::from(vec![Some("=x"), Some(""), None]));
        let amounts: ArrayRef = Arc::new(Int64Array::from(vec![Some(-5), None, Some(1000)]));
        let mut rows = Rows::default();
        rows.push(RecordBatch::try_from_iter([("name", names), ("amount", amounts)]).unwrap()).unwrap();
        assert_eq!(csv(&rows, &["Name", "=Amount"], &[1, 0], 10), "'=Amount,Name\r\n-5,'=x\r\n,\"\"\r\n1000,\r\n");
        assert_eq!(csv(&rows, &["Name"], &[0], 1), "Name\r\n'=x\r\n");
    }
}
