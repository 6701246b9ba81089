//! Rows into Arrow record batches: one builder per column, small batches first so that the first rows are early.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use model::kind::Kind;
use wire::frame::ROLE_METADATA;

use super::cell::Cell;
use super::{Batch, Failure, FailureKind, LOOSE_DECIMAL_SCALE, OutColumn};
use crate::hash::from_hex;

/// The largest text or bytes of one cell. A larger one is unreadable.
const MOST_CELL_BYTES: usize = 8 * 1024 * 1024;
/// The most text and bytes of one row. A cell that does not fit beside those before it is unreadable.
const MOST_ROW_BYTES: usize = 16 * 1024 * 1024;
/// A batch is handed on when its texts and bytes have grown to this, however few rows it has.
const MOST_BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Rows of the first batches; then as many as the bounds say.
const FIRST_BATCHES: [usize; 3] = [64, 256, 1_024];

/// The Arrow type of a kind; `scale` is for decimals.
fn data_type(kind: Kind, scale: i8) -> DataType {
    match kind {
        Kind::Text => DataType::Utf8,
        Kind::Integer => DataType::Int64,
        Kind::Decimal => DataType::Decimal128(38, scale),
        Kind::Float => DataType::Float64,
        Kind::Bool => DataType::Boolean,
        Kind::Date => DataType::Date32,
        Kind::Instant => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Kind::LocalTime => DataType::Timestamp(TimeUnit::Microsecond, None),
        Kind::Bytes => DataType::Binary,
    }
}

/// The scale that a source gives, brought into what Arrow can hold.
pub(super) fn decimal_scale(given: Option<i32>) -> i8 {
    given
        .and_then(|scale| i8::try_from(scale).ok())
        .filter(|scale| (0..=38).contains(scale))
        .unwrap_or(LOOSE_DECIMAL_SCALE)
}

/// The schema of an answer; `scales` has one entry per column and counts for decimals only.
pub(super) fn schema(columns: &[OutColumn], scales: &[Option<i32>]) -> SchemaRef {
    let fields = columns.iter().enumerate().map(|(place, column)| {
        let scale = decimal_scale(scales.get(place).copied().flatten());
        let role = HashMap::from([(ROLE_METADATA.to_owned(), column.role.clone())]);
        Field::new(&column.name, data_type(column.kind, scale), true).with_metadata(role)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// A column that grows.
enum Column {
    Text(StringBuilder),
    Integer(Int64Builder),
    Decimal(Decimal128Builder, u8),
    Float(Float64Builder),
    Bool(BooleanBuilder),
    Date(Date32Builder),
    Instant(TimestampMicrosecondBuilder),
    LocalTime(TimestampMicrosecondBuilder),
    Bytes(BinaryBuilder),
}

impl Column {
    fn new(data_type: &DataType, rows: usize, bytes: usize) -> Self {
        let times = || TimestampMicrosecondBuilder::with_capacity(rows);
        match data_type {
            DataType::Int64 => Self::Integer(Int64Builder::with_capacity(rows)),
            DataType::Decimal128(_, scale) => {
                let builder = Decimal128Builder::with_capacity(rows).with_data_type(data_type.clone());
                Self::Decimal(builder, scale.unsigned_abs())
            }
            DataType::Float64 => Self::Float(Float64Builder::with_capacity(rows)),
            DataType::Boolean => Self::Bool(BooleanBuilder::with_capacity(rows)),
            DataType::Date32 => Self::Date(Date32Builder::with_capacity(rows)),
            DataType::Timestamp(_, Some(zone)) => Self::Instant(times().with_timezone(Arc::clone(zone))),
            DataType::Timestamp(_, None) => Self::LocalTime(times()),
            DataType::Binary => Self::Bytes(BinaryBuilder::with_capacity(rows, bytes)),
            _ => Self::Text(StringBuilder::with_capacity(rows, bytes)),
        }
    }

    /// Appends a value, or null; says how many bytes it took beside its place, or nothing when it did not fit.
    fn push(&mut self, cell: &Cell<'_>, room: usize) -> Option<usize> {
        if *cell == Cell::Null {
            self.push_null();
            return Some(0);
        }
        let taken = self.push_value(cell, room);
        if taken.is_none() {
            self.push_null();
        }
        taken
    }

    fn push_value(&mut self, cell: &Cell<'_>, room: usize) -> Option<usize> {
        match self {
            Self::Text(builder) => return push_text(builder, cell, room),
            Self::Bytes(builder) => return push_bytes(builder, cell, room),
            Self::Integer(builder) => builder.append_value(cell.as_integer()?),
            Self::Decimal(builder, scale) => builder.append_value(cell.as_decimal()?.at_scale(*scale)?),
            Self::Float(builder) => builder.append_value(cell.as_float()?),
            Self::Bool(builder) => builder.append_value(cell.as_bool()?),
            Self::Date(builder) => builder.append_value(cell.as_date()?),
            Self::Instant(builder) => builder.append_value(cell.as_instant()?),
            Self::LocalTime(builder) => builder.append_value(cell.as_local_time()?),
        }
        Some(0)
    }

    fn push_null(&mut self) {
        match self {
            Self::Text(builder) => builder.append_null(),
            Self::Integer(builder) => builder.append_null(),
            Self::Decimal(builder, _) => builder.append_null(),
            Self::Float(builder) => builder.append_null(),
            Self::Bool(builder) => builder.append_null(),
            Self::Date(builder) => builder.append_null(),
            Self::Instant(builder) | Self::LocalTime(builder) => builder.append_null(),
            Self::Bytes(builder) => builder.append_null(),
        }
    }

    /// How many bytes of text it holds, as a measure for the next batch.
    fn text_bytes(&self) -> usize {
        match self {
            Self::Text(builder) => builder.values_slice().len(),
            Self::Bytes(builder) => builder.values_slice().len(),
            _ => 0,
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Integer(builder) => Arc::new(builder.finish()),
            Self::Decimal(builder, _) => Arc::new(builder.finish()),
            Self::Float(builder) => Arc::new(builder.finish()),
            Self::Bool(builder) => Arc::new(builder.finish()),
            Self::Date(builder) => Arc::new(builder.finish()),
            Self::Instant(builder) | Self::LocalTime(builder) => Arc::new(builder.finish()),
            Self::Bytes(builder) => Arc::new(builder.finish()),
        }
    }
}

fn push_text(builder: &mut StringBuilder, cell: &Cell<'_>, room: usize) -> Option<usize> {
    let made;
    let text = match cell {
        Cell::Text(text) => *text,
        other => {
            made = other.canonical()?;
            &made
        }
    };
    (text.len() <= room).then(|| builder.append_value(text))?;
    Some(text.len())
}

fn push_bytes(builder: &mut BinaryBuilder, cell: &Cell<'_>, room: usize) -> Option<usize> {
    let made;
    let bytes = match cell {
        Cell::Bytes(bytes) => *bytes,
        Cell::Text(text) => {
            made = from_hex(text)?;
            &made
        }
        _ => return None,
    };
    (bytes.len() <= room).then(|| builder.append_value(bytes))?;
    Some(bytes.len())
}

/// The batch that is being filled.
pub(super) struct Filling {
    schema: SchemaRef,
    columns: Vec<Column>,
    unreadable: Vec<u64>,
    rows: usize,
    bytes: usize,
    row_bytes: usize,
    batches: usize,
    rows_per_batch: usize,
}

impl Filling {
    /// An empty batch of `schema`.
    pub(super) fn new(schema: SchemaRef, rows_per_batch: usize) -> Self {
        let first = FIRST_BATCHES.first().copied().unwrap_or(1).min(rows_per_batch.max(1));
        let columns = schema.fields().iter().map(|field| Column::new(field.data_type(), first, first * 16)).collect();
        let unreadable = vec![0; schema.fields().len()];
        Self {
            schema,
            columns,
            unreadable,
            rows: 0,
            bytes: 0,
            row_bytes: 0,
            batches: 0,
            rows_per_batch: rows_per_batch.max(1),
        }
    }

    /// Fills one cell of the row; every column must be filled once, then the row ended.
    pub(super) fn push(&mut self, place: usize, cell: &Cell<'_>) {
        let (Some(column), Some(unreadable)) = (self.columns.get_mut(place), self.unreadable.get_mut(place)) else {
            return;
        };
        match column.push(cell, MOST_CELL_BYTES.min(MOST_ROW_BYTES.saturating_sub(self.row_bytes))) {
            Some(bytes) => {
                self.bytes += bytes;
                self.row_bytes += bytes;
            }
            None => *unreadable += 1,
        }
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Ends the row.
    pub(super) fn end_row(&mut self) {
        self.rows += 1;
        self.row_bytes = 0;
    }

    /// How many rows this batch is to have.
    fn wanted(&self) -> usize {
        FIRST_BATCHES.get(self.batches).map_or(self.rows_per_batch, |first| self.rows_per_batch.min(*first))
    }

    /// Whether it should be handed on now.
    pub(super) fn is_full(&self) -> bool {
        self.rows >= self.wanted() || self.bytes >= MOST_BATCH_BYTES
    }

    /// Whether it has no rows yet.
    pub(super) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Takes what is there and begins the next batch.
    pub(super) fn take(&mut self) -> Result<Batch, Failure> {
        let rows_before = self.rows.max(1);
        self.batches += 1;
        let wanted = self.wanted();
        let mut arrays = Vec::with_capacity(self.columns.len());
        for (column, field) in self.columns.iter_mut().zip(self.schema.fields()) {
            // As much room as this batch needed per row, and an eighth more.
            let bytes = column.text_bytes().saturating_mul(wanted) / rows_before;
            arrays.push(column.finish());
            *column = Column::new(field.data_type(), wanted, (bytes + bytes / 8).min(MOST_BATCH_BYTES));
        }
        self.rows = 0;
        self.bytes = 0;
        let counted = self.unreadable.iter_mut().map(std::mem::take).enumerate();
        let unreadable = counted.filter(|(_, cells)| *cells > 0).collect();
        let rows = RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(|error| not_a_batch(&error))?;
        Ok(Batch { rows, unreadable })
    }
}

fn not_a_batch(error: &ArrowError) -> Failure {
    Failure::new(
        FailureKind::Other,
        "The rows of the source could not be put together.",
        "Report this as a fault.",
        error,
    )
}
