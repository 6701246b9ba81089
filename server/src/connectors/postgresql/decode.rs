//! Values from the binary form in which PostgreSQL sends them.
//!
//! Source: the `*_send` functions of PostgreSQL's `src/backend/utils/adt`. Numbers are big-endian; times count from
//! 2000-01-01, in microseconds or days.

use tokio_postgres::types::{FromSql, Kind, Type};

use super::numeric;
use crate::connectors::cell::Cell;
use crate::hash::hex;

const DAYS_TO_2000: i32 = 10_957;
const MICROS_TO_2000: i64 = 946_684_800_000_000;

/// How a column's bytes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    Bool,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    Numeric,
    Text,
    /// `jsonb`: one byte of version, then text.
    Jsonb,
    Uuid,
    Date,
    Timestamp,
    TimestampUtc,
    Bytes,
}

/// How values of `native` are read; nothing for those that must come as text.
pub(super) fn reading(native: &Type) -> Option<Reading> {
    Some(match *native {
        Type::BOOL => Reading::Bool,
        Type::INT2 => Reading::Int2,
        Type::INT4 => Reading::Int4,
        Type::INT8 => Reading::Int8,
        Type::OID => Reading::Oid,
        Type::FLOAT4 => Reading::Float4,
        Type::FLOAT8 => Reading::Float8,
        Type::NUMERIC => Reading::Numeric,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::JSON | Type::XML | Type::UNKNOWN => {
            Reading::Text
        }
        Type::JSONB => Reading::Jsonb,
        Type::UUID => Reading::Uuid,
        Type::DATE => Reading::Date,
        Type::TIMESTAMP => Reading::Timestamp,
        Type::TIMESTAMPTZ => Reading::TimestampUtc,
        Type::BYTEA => Reading::Bytes,
        _ => return by_kind(native),
    })
}

fn by_kind(native: &Type) -> Option<Reading> {
    match native.kind() {
        Kind::Enum(_) => Some(Reading::Text),
        Kind::Domain(base) => reading(base),
        Kind::Simple if native.name() == "citext" => Some(Reading::Text),
        _ => None,
    }
}

/// The bytes of one value, as they came.
pub(super) struct Wire<'a>(pub(super) &'a [u8]);

impl<'a> FromSql<'a> for Wire<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// The value of `wire`; what is not in the expected form is unreadable. `made` lends room for text that must be made.
pub(super) fn cell<'a>(reading: Reading, wire: &'a [u8], made: &'a mut String) -> Cell<'a> {
    let value = match reading {
        Reading::Text => text(wire),
        Reading::Jsonb => wire.strip_prefix(&[1]).and_then(text),
        Reading::Numeric => Some(numeric::read(wire)),
        Reading::Bytes => Some(Cell::Bytes(wire)),
        Reading::Bool => match wire {
            [byte] => Some(Cell::Bool(*byte != 0)),
            _ => None,
        },
        Reading::Int2 => fixed(wire).map(|bytes| Cell::Integer(i16::from_be_bytes(bytes).into())),
        Reading::Int4 => fixed(wire).map(|bytes| Cell::Integer(i32::from_be_bytes(bytes).into())),
        Reading::Int8 => fixed(wire).map(|bytes| Cell::Integer(i64::from_be_bytes(bytes))),
        Reading::Oid => fixed(wire).map(|bytes| Cell::Integer(u32::from_be_bytes(bytes).into())),
        Reading::Float4 => fixed(wire).map(|bytes| Cell::Float(f32::from_be_bytes(bytes).into())),
        Reading::Float8 => fixed(wire).map(|bytes| Cell::Float(f64::from_be_bytes(bytes))),
        Reading::Date => fixed(wire).and_then(|bytes| date(i32::from_be_bytes(bytes))),
        Reading::Timestamp => fixed(wire).and_then(|bytes| Some(Cell::LocalTime(micros(i64::from_be_bytes(bytes))?))),
        Reading::TimestampUtc => fixed(wire).and_then(|bytes| Some(Cell::Instant(micros(i64::from_be_bytes(bytes))?))),
        Reading::Uuid => {
            *made = uuid(wire).unwrap_or_default();
            (!made.is_empty()).then_some(Cell::Text(made))
        }
    };
    value.unwrap_or(Cell::Unreadable)
}

fn fixed<const N: usize>(wire: &[u8]) -> Option<[u8; N]> {
    wire.try_into().ok()
}

fn text(wire: &[u8]) -> Option<Cell<'_>> {
    std::str::from_utf8(wire).ok().map(Cell::Text)
}

/// The two ends of the range stand for the infinities.
fn date(days: i32) -> Option<Cell<'static>> {
    let finite = !matches!(days, i32::MIN | i32::MAX);
    days.checked_add(DAYS_TO_2000).filter(|_| finite).map(Cell::Date)
}

fn micros(since_2000: i64) -> Option<i64> {
    let finite = !matches!(since_2000, i64::MIN | i64::MAX);
    since_2000.checked_add(MICROS_TO_2000).filter(|_| finite)
}

fn uuid(wire: &[u8]) -> Option<String> {
    let bytes: [u8; 16] = fixed(wire)?;
    let mut text = hex(&bytes);
    for place in [8, 13, 18, 23] {
        text.insert(place, '-');
    }
    Some(text)
}
