//! Nodes and links from Arrow record batches, by a mapping that says which column is what.

use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, TimeUnit};

use crate::cell::{MICROS_PER_DAY, is_known, number, text};
use crate::{Amount, NewLink, NewNode, NodeKey};

/// A part of a label: fixed text, or the text of a column (nothing where it is null).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    Column(usize),
}

/// Which columns, counted from 0, make the object at one end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectMapping {
    pub object_type: String,
    /// In the order of the object type's key.
    pub key: Vec<usize>,
}

/// How a row becomes a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeMapping {
    pub object: ObjectMapping,
    /// Where this gives no text, the key is the label.
    pub label: Vec<Piece>,
    pub sub_label: Vec<Piece>,
}

/// How a row becomes a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkMapping {
    pub link_type: String,
    pub directed: bool,
    pub from: ObjectMapping,
    pub to: ObjectMapping,
    pub label: Vec<Piece>,
    /// Rows behind this one, an integer; without the column, and where it is null, 1.
    pub count: Option<usize>,
    /// A decimal, float or integer.
    pub sum: Option<usize>,
    /// A date, instant or local time; a local time counts as UTC.
    pub first: Option<usize>,
    pub last: Option<usize>,
}

/// What a batch gave. A row without a whole key is no object and no link.
#[derive(Clone, Debug, PartialEq)]
pub struct Built<T> {
    pub items: Vec<T>,
    pub rows_without_key: usize,
}

/// Why a mapping does not fit a batch. A mistake in the program or an answer of the wrong shape, not of the person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    #[error("the answer has no column {0}")]
    NoColumn(usize),
    #[error("column {column} is of kind {kind}, which cannot be used as {use_as}")]
    Kind { column: usize, kind: String, use_as: &'static str },
    #[error("the key of object type {0} has no columns; only objects with a key can be put on the graph")]
    NoKey(String),
}

/// One node per row that has a whole key, in the order of rows; equal keys are not put together here.
///
/// # Errors
/// If the mapping names columns that are not there or of a kind without text.
pub fn nodes(batch: &RecordBatch, mapping: &NodeMapping) -> Result<Built<NewNode>, Misfit> {
    let key = key_columns(batch, &mapping.object)?;
    let (label, sub_label) = (Label::new(batch, &mapping.label)?, Label::new(batch, &mapping.sub_label)?);
    Ok(build(batch, |row| {
        let key = read_key(&mapping.object, &key, row)?;
        let label = label.read(row);
        let label = if label.is_empty() { key.key.join(" · ") } else { label };
        Some(NewNode { key, label, sub_label: sub_label.read(row) })
    }))
}

/// One link per row that has both keys, in the order of rows; rows of one link are added up by `Step::Add`.
///
/// # Errors
/// If the mapping names columns that are not there or of the wrong kind.
pub fn links(batch: &RecordBatch, mapping: &LinkMapping) -> Result<Built<NewLink>, Misfit> {
    let (from, to) = (key_columns(batch, &mapping.from)?, key_columns(batch, &mapping.to)?);
    let label = Label::new(batch, &mapping.label)?;
    let count = optional(batch, mapping.count, "a count", |kind| *kind == DataType::Int64)?;
    let sum = optional(batch, mapping.sum, "an amount", is_amount)?;
    let first = optional(batch, mapping.first, "a time", is_time)?;
    let last = optional(batch, mapping.last, "a time", is_time)?;
    Ok(build(batch, |row| {
        let rows = count.and_then(|column| number::<Int64Type>(column, row));
        Some(NewLink {
            link_type: mapping.link_type.clone(),
            from: read_key(&mapping.from, &from, row)?,
            to: read_key(&mapping.to, &to, row)?,
            directed: mapping.directed,
            label: label.read(row),
            count: rows.map_or(1, |rows| u64::try_from(rows).unwrap_or(0)),
            sum: sum.and_then(|column| amount(column, row)),
            first_micros: first.and_then(|column| micros(column, row)),
            last_micros: last.and_then(|column| micros(column, row)),
        })
    }))
}

fn build<T>(batch: &RecordBatch, read: impl Fn(usize) -> Option<T>) -> Built<T> {
    let items: Vec<T> = (0..batch.num_rows()).filter_map(read).collect();
    let rows_without_key = batch.num_rows() - items.len();
    Built { items, rows_without_key }
}

/// A column, if its kind is one that can be used so.
fn column<'a>(
    batch: &'a RecordBatch,
    at: usize,
    use_as: &'static str,
    fits: impl Fn(&DataType) -> bool,
) -> Result<&'a ArrayRef, Misfit> {
    let column = batch.columns().get(at).ok_or(Misfit::NoColumn(at))?;
    match column.data_type() {
        kind if fits(kind) => Ok(column),
        kind => Err(Misfit::Kind { column: at, kind: kind.to_string(), use_as }),
    }
}

fn optional<'a>(
    batch: &'a RecordBatch,
    at: Option<usize>,
    use_as: &'static str,
    fits: impl Fn(&DataType) -> bool,
) -> Result<Option<&'a ArrayRef>, Misfit> {
    at.map(|at| column(batch, at, use_as, fits)).transpose()
}

fn key_columns<'a>(batch: &'a RecordBatch, object: &ObjectMapping) -> Result<Vec<&'a ArrayRef>, Misfit> {
    if object.key.is_empty() {
        return Err(Misfit::NoKey(object.object_type.clone()));
    }
    object.key.iter().map(|&at| column(batch, at, "a key", is_known)).collect()
}

fn read_key(object: &ObjectMapping, columns: &[&ArrayRef], row: usize) -> Option<NodeKey> {
    let key = columns.iter().map(|column| text(column, row)).collect::<Option<Vec<_>>>()?;
    Some(NodeKey { object_type: object.object_type.clone(), key })
}

/// A label's pieces with their columns looked up.
struct Label<'a>(Vec<LabelPart<'a>>);

enum LabelPart<'a> {
    Text(&'a str),
    Column(&'a ArrayRef),
}

impl<'a> Label<'a> {
    fn new(batch: &'a RecordBatch, pieces: &'a [Piece]) -> Result<Self, Misfit> {
        let part = |piece: &'a Piece| match piece {
            Piece::Text(text) => Ok(LabelPart::Text(text)),
            Piece::Column(at) => column(batch, *at, "a label", is_known).map(LabelPart::Column),
        };
        pieces.iter().map(part).collect::<Result<_, _>>().map(Self)
    }

    /// Empty if every column in it is null.
    fn read(&self, row: usize) -> String {
        let mut has_value = false;
        let mut all = String::new();
        for part in &self.0 {
            match part {
                LabelPart::Text(text) => all.push_str(text),
                LabelPart::Column(column) => {
                    let value = text(column, row).unwrap_or_default();
                    has_value |= !value.is_empty();
                    all.push_str(&value);
                }
            }
        }
        let is_fixed = !self.0.iter().any(|part| matches!(part, LabelPart::Column(_)));
        if has_value || is_fixed { all.trim().to_owned() } else { String::new() }
    }
}

fn is_amount(kind: &DataType) -> bool {
    matches!(kind, DataType::Decimal128(..) | DataType::Float64 | DataType::Int64)
}

fn is_time(kind: &DataType) -> bool {
    matches!(kind, DataType::Date32 | DataType::Timestamp(TimeUnit::Microsecond, _))
}

fn amount(column: &dyn Array, row: usize) -> Option<Amount> {
    match column.data_type() {
        DataType::Decimal128(_, scale) => Amount::from_units(number::<Decimal128Type>(column, row)?, *scale),
        DataType::Int64 => Amount::from_units(i128::from(number::<Int64Type>(column, row)?), 0),
        _ => Amount::from_f64(number::<Float64Type>(column, row)?),
    }
}

fn micros(column: &dyn Array, row: usize) -> Option<i64> {
    match column.data_type() {
        DataType::Date32 => Some(i64::from(number::<Date32Type>(column, row)?) * MICROS_PER_DAY),
        _ => number::<TimestampMicrosecondType>(column, row),
    }
}
