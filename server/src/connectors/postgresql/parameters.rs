//! Values for placeholders, in text form: PostgreSQL infers the types from the statement and reads them itself.

use bytes::BytesMut;
use model::kind::Kind;
use tokio_postgres::types::{Format, IsNull, ToSql, Type, to_sql_checked};

use crate::connectors::{Bound, Failure, FailureKind};

/// The longest value, in bytes.
const MOST_VALUE_BYTES: usize = 16 * 1024 * 1024;
/// The most placeholders of one statement, by the protocol's 16-bit count.
const MOST_VALUES: usize = 65_535;

/// A value as text.
#[derive(Debug)]
pub(super) struct Parameter(String);

impl ToSql for Parameter {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

/// The values of a statement that has `wanted` placeholders.
pub(super) fn parameters(values: &[Bound], wanted: usize) -> Result<Vec<Parameter>, Failure> {
    if values.len() != wanted || values.len() > MOST_VALUES {
        return Err(misfit("The statement has another number of values than placeholders."));
    }
    values.iter().map(parameter).collect()
}

fn parameter(value: &Bound) -> Result<Parameter, Failure> {
    let text = match value {
        Bound::One(kind, text) => one(*kind, text)?,
        Bound::Many(kind, texts) => many(*kind, texts)?,
    };
    if text.len() > MOST_VALUE_BYTES {
        return Err(misfit("A value is longer than 16 MiB."));
    }
    Ok(Parameter(text))
}

fn misfit(sentence: &str) -> Failure {
    Failure::new(FailureKind::Mismatch, sentence, "Change the question.", "")
}

fn one(kind: Kind, text: &str) -> Result<String, Failure> {
    if text.contains('\0') {
        return Err(misfit("PostgreSQL cannot compare with a text that contains a zero byte."));
    }
    if !kind.accepts(text) {
        return Err(misfit(&format!("A value is not of the kind {}.", kind.name())));
    }
    Ok(if kind == Kind::Bytes { format!("\\x{text}") } else { text.to_owned() })
}

/// The text form of an array: every element quoted, quotes and backslashes escaped.
fn many(kind: Kind, texts: &[String]) -> Result<String, Failure> {
    let mut array = String::from("{");
    for (place, text) in texts.iter().enumerate() {
        array.push_str(if place == 0 { "\"" } else { ",\"" });
        for character in one(kind, text)?.chars() {
            if matches!(character, '"' | '\\') {
                array.push('\\');
            }
            array.push(character);
        }
        array.push('"');
    }
    array.push('}');
    Ok(array)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_quoted_so_that_it_comes_back_as_it_was() {
        let texts = ["", "a,b", "{x}", "\"", "\\", "NULL"].map(str::to_owned);
        assert_eq!(many(Kind::Text, &texts).expect("a list"), r#"{"","a,b","{x}","\"","\\","NULL"}"#);
        assert_eq!(many(Kind::Bytes, &["00ff".to_owned()]).expect("a list"), r#"{"\\x00ff"}"#);
        assert_eq!(many(Kind::Text, &[]).expect("a list"), "{}");
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for value in [
            Bound::One(Kind::Text, "a\0b".to_owned()),
            Bound::Many(Kind::Text, vec!["\0".to_owned()]),
            Bound::One(Kind::Integer, "1; drop".to_owned()),
        ] {
            assert_eq!(parameter(&value).expect_err("refused").kind, FailureKind::Mismatch, "{value:?}");
        }
        assert!(parameters(&[], 1).is_err());
    }
}
