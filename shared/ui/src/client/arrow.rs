//! Reads the Arrow stream of a part: the types of [`model::Kind`], and nothing else.
//!
//! The library's own reader also knows dictionaries, unions, views and nested types, and with it the page carries the
//! code that merges and prints all of those: a sixth of its size. It also ends the page on some malformed lengths; this one
//! stops reading. It stays as the judge in the tests. Format: "Arrow Columnar Format", chapter "Serialization and
//! Interprocess Communication": `ffffffff`, the metadata's length, the metadata (a flatbuffer), the body; again and again.

use std::sync::Arc;

use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType,
};
use arrow_array::{
    Array as _, ArrayRef, BinaryArray, BooleanArray, PrimitiveArray, RecordBatch, RecordBatchOptions, StringArray,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_ipc::{DateUnit, Endianness, FieldNode, Message, Precision, RecordBatch as Header, Type, root_as_message};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

/// What every message begins with.
const MARK: [u8; 4] = [0xff; 4];
/// Mark and length.
const PREFIX_BYTES: usize = 8;
/// The longest message that is waited for.
const LIMIT_BYTES: usize = 256 * 1024 * 1024;

/// One stream, fed piece by piece.
#[derive(Default)]
pub(super) struct ArrowStream {
    schema: Option<SchemaRef>,
    /// The beginning of a message whose end has not come.
    waiting: Vec<u8>,
    /// Whether the stream has ended, or what came is no Arrow that we know.
    over: bool,
}

/// What the next bytes are.
enum Next {
    /// Not all has come.
    More,
    /// A message: how long its metadata and its body are.
    Message(usize, usize),
    /// The end of the stream.
    End,
}

impl ArrowStream {
    /// The batches that are complete with these bytes.
    pub(super) fn read(&mut self, bytes: Vec<u8>) -> Vec<RecordBatch> {
        if self.waiting.is_empty() {
            self.waiting = bytes;
        } else {
            self.waiting.extend_from_slice(&bytes);
        }
        let mut batches = Vec::new();
        // What is not complete stays where it is and is not copied.
        if self.over || matches!(next(&self.waiting), Some(Next::More)) {
            return batches;
        }
        let mut rest = Buffer::from_vec(std::mem::take(&mut self.waiting));
        while !self.over {
            match next(&rest) {
                Some(Next::More) => {
                    self.waiting = rest.to_vec();
                    break;
                }
                Some(Next::Message(metadata, body)) => {
                    let start = PREFIX_BYTES + metadata;
                    let read = rest.get(PREFIX_BYTES..start).and_then(|metadata| {
                        self.take(root_as_message(metadata).ok()?, &rest.slice_with_length(start, body))
                    });
                    self.over = read.is_none();
                    batches.extend(read.flatten());
                    rest.advance(start + body);
                }
                Some(Next::End) | None => self.over = true,
            }
        }
        batches
    }

    /// What a message brings; none if it is not one that we know.
    fn take(&mut self, message: Message<'_>, body: &Buffer) -> Option<Option<RecordBatch>> {
        if let Some(schema) = message.header_as_schema() {
            let little = schema.endianness() == Endianness::Little;
            let fields = schema.fields()?.iter().map(field).collect::<Option<Vec<Field>>>()?;
            self.schema = little.then(|| Arc::new(Schema::new(fields)));
            return little.then_some(None);
        }
        batch(self.schema.clone()?, message.header_as_record_batch()?, body).map(Some)
    }
}

/// What the bytes begin with; none for what is not Arrow, or too long.
fn next(bytes: &[u8]) -> Option<Next> {
    let Some((mark, rest)) = bytes.split_first_chunk() else { return Some(Next::More) };
    if *mark != MARK {
        return None;
    }
    let Some((length, rest)) = rest.split_first_chunk() else { return Some(Next::More) };
    let metadata = usize::try_from(i32::from_le_bytes(*length)).ok().filter(|length| *length <= LIMIT_BYTES)?;
    if metadata == 0 {
        return Some(Next::End);
    }
    let Some((message, rest)) = rest.split_at_checked(metadata) else { return Some(Next::More) };
    let body = usize::try_from(root_as_message(message).ok()?.bodyLength()).ok()?;
    match body {
        _ if body > LIMIT_BYTES => None,
        _ if body > rest.len() => Some(Next::More),
        _ => Some(Next::Message(metadata, body)),
    }
}

/// A column of the schema; none for a type that no kind has.
fn field(column: arrow_ipc::Field<'_>) -> Option<Field> {
    let kind = match column.type_type() {
        Type::Utf8 => DataType::Utf8,
        Type::Binary => DataType::Binary,
        Type::Bool => DataType::Boolean,
        Type::Date => (column.type_as_date()?.unit() == DateUnit::DAY).then_some(DataType::Date32)?,
        Type::Int => {
            let int = column.type_as_int()?;
            (int.bitWidth() == 64 && int.is_signed()).then_some(DataType::Int64)?
        }
        Type::FloatingPoint => {
            let precision = column.type_as_floating_point()?.precision();
            (precision == Precision::DOUBLE).then_some(DataType::Float64)?
        }
        Type::Decimal => {
            let decimal = column.type_as_decimal()?;
            let (digits, scale) = (u8::try_from(decimal.precision()).ok()?, i8::try_from(decimal.scale()).ok()?);
            (decimal.bitWidth() == 128).then_some(DataType::Decimal128(digits, scale))?
        }
        Type::Timestamp => {
            let time = column.type_as_timestamp()?;
            let kind = DataType::Timestamp(TimeUnit::Microsecond, time.timezone().map(Into::into));
            (time.unit() == arrow_ipc::TimeUnit::MICROSECOND).then_some(kind)?
        }
        _ => return None,
    };
    let metadata = column.custom_metadata().into_iter().flatten();
    let metadata = metadata.map(|pair| Some((pair.key()?.to_owned(), pair.value()?.to_owned())));
    let plain = column.dictionary().is_none();
    plain.then_some(Field::new(column.name()?, kind, column.nullable()).with_metadata(metadata.collect::<Option<_>>()?))
}

fn batch(schema: SchemaRef, header: Header<'_>, body: &Buffer) -> Option<RecordBatch> {
    let mut nodes = header.nodes()?.iter();
    let mut buffers = header.buffers()?.iter();
    let mut slice = || {
        let buffer = buffers.next()?;
        let (start, length) = (usize::try_from(buffer.offset()).ok()?, usize::try_from(buffer.length()).ok()?);
        (start.checked_add(length)? <= body.len()).then(|| body.slice_with_length(start, length))
    };
    let mut columns = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        columns.push(column(field.data_type(), nodes.next()?, &mut slice)?);
    }
    let rows = usize::try_from(header.length()).ok()?;
    let fits = header.compression().is_none() && columns.iter().all(|column| column.len() == rows);
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    fits.then(|| RecordBatch::try_new_with_options(schema, columns, &options).ok())?
}

/// One column out of its node and the buffers that `slice` hands out: which cells are there, then the values.
fn column(kind: &DataType, node: &FieldNode, slice: &mut impl FnMut() -> Option<Buffer>) -> Option<ArrayRef> {
    let rows = usize::try_from(node.length()).ok()?;
    let there = slice()?;
    let nulls = if node.null_count() == 0 { None } else { Some(NullBuffer::new(bits(there, rows)?)) };
    let values = slice()?;
    Some(match kind {
        DataType::Int64 => numbers::<Int64Type>(&values, rows, nulls, kind)?,
        DataType::Float64 => numbers::<Float64Type>(&values, rows, nulls, kind)?,
        DataType::Decimal128(..) => numbers::<Decimal128Type>(&values, rows, nulls, kind)?,
        DataType::Date32 => numbers::<Date32Type>(&values, rows, nulls, kind)?,
        DataType::Timestamp(..) => numbers::<TimestampMicrosecondType>(&values, rows, nulls, kind)?,
        DataType::Boolean => Arc::new(BooleanArray::new(bits(values, rows)?, nulls)),
        DataType::Utf8 => Arc::new(StringArray::try_new(offsets(&values, rows)?, slice()?, nulls).ok()?),
        DataType::Binary => Arc::new(BinaryArray::try_new(offsets(&values, rows)?, slice()?, nulls).ok()?),
        _ => return None,
    })
}

fn bits(buffer: Buffer, rows: usize) -> Option<BooleanBuffer> {
    (rows <= buffer.len().checked_mul(8)?).then(|| BooleanBuffer::new(buffer, 0, rows))
}

fn numbers<T: ArrowPrimitiveType>(
    values: &Buffer,
    rows: usize,
    nulls: Option<NullBuffer>,
    kind: &DataType,
) -> Option<ArrayRef> {
    let array = PrimitiveArray::<T>::try_new(scalars(values, rows)?, nulls).ok()?;
    PrimitiveArray::<T>::is_compatible(kind).then(|| Arc::new(array.with_data_type(kind.clone())) as ArrayRef)
}

/// Where each text begins, and where the last one ends.
fn offsets(buffer: &Buffer, rows: usize) -> Option<OffsetBuffer<i32>> {
    if rows == 0 {
        return Some(OffsetBuffer::new_empty());
    }
    let starts: ScalarBuffer<i32> = scalars(buffer, rows.checked_add(1)?)?;
    let rising = starts.is_sorted() && starts.first().is_some_and(|first| *first >= 0);
    rising.then(|| OffsetBuffer::new(starts))
}

/// The first `count` numbers of a buffer; copied only where they do not lie where the processor wants them.
fn scalars<N: arrow_buffer::ArrowNativeType>(buffer: &Buffer, count: usize) -> Option<ScalarBuffer<N>> {
    let wanted = buffer.get(..count.checked_mul(size_of::<N>())?)?;
    let aligned = wanted.as_ptr().cast::<N>().is_aligned();
    let buffer = if aligned { buffer.slice_with_length(0, wanted.len()) } else { Buffer::from_slice_ref(wanted) };
    Some(ScalarBuffer::new(buffer, 0, count))
}

#[cfg(test)]
mod tests {
    use arrow_array::builder::StringDictionaryBuilder;
    use arrow_array::types::Int32Type;
    use arrow_array::{Date32Array, Decimal128Array, Float64Array, Int64Array, TimestampMicrosecondArray};
    use arrow_ipc::reader::StreamReader;
    use arrow_ipc::writer::StreamWriter;
    use proptest::prelude::*;

    use super::*;

    /// One column of every kind, with a null in every third row.
    fn of_every_kind(rows: usize) -> RecordBatch {
        let there = |row: usize| !row.is_multiple_of(3);
        let numbers = || (0..rows).map(|row| there(row).then(|| i64::try_from(row).unwrap() * 7 - 5));
        let texts: Vec<Option<String>> = (0..rows).map(|row| there(row).then(|| "å€x".repeat(row % 5))).collect();
        let money = numbers().map(|number| number.map(i128::from)).collect::<Decimal128Array>();
        let columns: [(&str, ArrayRef); 9] = [
            ("text", Arc::new(StringArray::from(texts.clone()))),
            ("integer", Arc::new(numbers().collect::<Int64Array>())),
            ("decimal", Arc::new(money.with_precision_and_scale(38, 4).unwrap())),
            (
                "float",
                Arc::new(numbers().map(|number| number.map(|number| number as f64 / 3.0)).collect::<Float64Array>()),
            ),
            ("bool", Arc::new(numbers().map(|number| number.map(|number| number % 2 == 0)).collect::<BooleanArray>())),
            ("date", Arc::new(numbers().map(|number| number.map(|number| number as i32)).collect::<Date32Array>())),
            ("instant", Arc::new(numbers().collect::<TimestampMicrosecondArray>().with_timezone("UTC"))),
            ("local", Arc::new(numbers().collect::<TimestampMicrosecondArray>())),
            ("bytes", Arc::new(BinaryArray::from_iter(texts.iter().map(|text| text.as_ref().map(String::as_bytes))))),
        ];
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
    }

    fn written(batches: &[RecordBatch]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut writer = StreamWriter::try_new(&mut bytes, &batches[0].schema()).unwrap();
        batches.iter().for_each(|batch| writer.write(batch).unwrap());
        writer.finish().unwrap();
        drop(writer);
        bytes
    }

    fn read(pieces: &[&[u8]]) -> Vec<RecordBatch> {
        let mut stream = ArrowStream::default();
        pieces.iter().flat_map(|piece| stream.read(piece.to_vec())).collect()
    }

    proptest! {
        #[test]
        fn every_kind_reads_as_the_library_reads_it(rows in proptest::collection::vec(0..40_usize, 1..4), piece in 1..700_usize) {
            let batches: Vec<RecordBatch> = rows.into_iter().map(of_every_kind).collect();
            let bytes = written(&batches);
            let judged: Vec<RecordBatch> =
                StreamReader::try_new(bytes.as_slice(), None).unwrap().collect::<Result<_, _>>().unwrap();
            prop_assert_eq!(read(&bytes.chunks(piece).collect::<Vec<_>>()), judged);
        }

        #[test]
        fn bytes_that_were_changed_end_the_stream_and_nothing_else(at in 0..4_000_usize, to in any::<u8>(), cut in 0..4_000_usize) {
            let mut bytes = written(&[of_every_kind(9), of_every_kind(4)]);
            let end = bytes.len();
            bytes[at % end] = to;
            prop_assert!(read(&[&bytes[..cut % end], &bytes[cut % end..]]).len() <= 2);
        }
    }

    #[test]
    fn a_batch_of_other_types_and_what_is_no_arrow_end_the_stream() {
        let mut words = StringDictionaryBuilder::<Int32Type>::new();
        words.append_value("once");
        let column: ArrayRef = Arc::new(words.finish());
        let dictionary = written(&[RecordBatch::try_from_iter([("word", column)]).unwrap()]);
        let long = [&MARK[..], &[8, 0, 0, 0x7f]].concat();
        for bytes in [dictionary.as_slice(), b"not arrow at all", &long] {
            let good = written(&[of_every_kind(3)]);
            assert_eq!(read(&[bytes, &good]), Vec::<RecordBatch>::new());
        }
    }

    #[test]
    fn a_batch_without_columns_keeps_its_rows_and_metadata_stays_on_columns() {
        let options = RecordBatchOptions::new().with_row_count(Some(5));
        let none = RecordBatch::try_new_with_options(Arc::new(Schema::empty()), Vec::new(), &options).unwrap();
        assert_eq!(read(&[&written(&[none])]).first().map(RecordBatch::num_rows), Some(5));

        let metadata = [("role".to_owned(), "key".to_owned())].into_iter().collect();
        let field = Field::new("id", DataType::Int64, false).with_metadata(metadata);
        let column: ArrayRef = Arc::new(Int64Array::from(vec![1]));
        let marked = RecordBatch::try_new(Arc::new(Schema::new(vec![field])), vec![column]).unwrap();
        assert_eq!(read(&[&written(std::slice::from_ref(&marked))]), [marked]);
    }
}
