//! Answers as bytes: frames around real Arrow IPC.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{Field, Schema};
use model::{Kind, SourceId};
use wire::frame::{Close, ColumnRole, Frame, Head, Open, PartRows, ROLE_METADATA};

/// A column: its name, role, kind and canonical texts.
pub struct Column {
    pub name: String,
    pub role: ColumnRole,
    pub kind: Kind,
    pub texts: Vec<Option<String>>,
}

impl Column {
    fn array(&self) -> ArrayRef {
        let texts = self.texts.iter().map(Option::as_deref);
        match self.kind {
            Kind::Integer => Arc::new(texts.map(|text| text.map(|text| text.parse().unwrap())).collect::<Int64Array>()),
            Kind::Decimal => {
                let cents = texts.map(|text| text.map(|text| text.replace('.', "").parse::<i128>().unwrap()));
                Arc::new(cents.collect::<Decimal128Array>().with_precision_and_scale(38, 2).unwrap())
            }
            Kind::Date => {
                let days = texts.map(|text| {
                    let day: jiff::civil::Date = text?.parse().unwrap();
                    Some((day - jiff::civil::date(1970, 1, 1)).get_days())
                });
                Arc::new(days.collect::<Date32Array>())
            }
            Kind::LocalTime => {
                let micros = texts.map(|text| {
                    let at: jiff::civil::DateTime = text?.parse().unwrap();
                    Some(at.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_microsecond())
                });
                Arc::new(micros.collect::<TimestampMicrosecondArray>())
            }
            _ => Arc::new(texts.collect::<StringArray>()),
        }
    }

    fn field(&self, array: &ArrayRef) -> Field {
        let role = serde_json::to_string(&self.role).unwrap();
        Field::new(&self.name, array.data_type().clone(), true)
            .with_metadata(HashMap::from([(ROLE_METADATA.to_owned(), role)]))
    }
}

/// A body that grows by parts.
pub struct Body {
    pub bytes: Vec<u8>,
    parts: u16,
}

impl Body {
    pub fn new() -> Self {
        let head = Frame::Head(Head { wire: wire::VERSION, question: "1".to_owned() });
        Self { bytes: head.to_bytes(), parts: 0 }
    }

    /// A part about what the person knows by name only.
    pub fn withheld(&mut self, rows: PartRows, close: Close) {
        let part = self.parts;
        self.parts += 1;
        Frame::Open(part, Open { rows, source: None }).encode(&mut self.bytes);
        Frame::Close(part, close).encode(&mut self.bytes);
    }

    pub fn part(&mut self, rows: PartRows, source: &SourceId, columns: &[Column], close: Close) {
        let part = self.parts;
        self.parts += 1;
        Frame::Open(part, Open { rows, source: Some(source.clone()) }).encode(&mut self.bytes);
        if !columns.is_empty() {
            let arrays: Vec<ArrayRef> = columns.iter().map(Column::array).collect();
            let fields: Vec<Field> = columns.iter().zip(&arrays).map(|(column, array)| column.field(array)).collect();
            let schema = Arc::new(Schema::new(fields));
            let batch = RecordBatch::try_new(schema.clone(), arrays).unwrap();
            // As the server does: the schema, each batch of rows and the end, each in a frame of its own.
            let mut writer = StreamWriter::try_new(Vec::new(), &schema).unwrap();
            Frame::Arrow(part, std::mem::take(writer.get_mut())).encode(&mut self.bytes);
            let half = batch.num_rows() / 2;
            for batch in [batch.slice(0, half), batch.slice(half, batch.num_rows() - half)] {
                writer.write(&batch).unwrap();
                Frame::Arrow(part, std::mem::take(writer.get_mut())).encode(&mut self.bytes);
            }
            writer.finish().unwrap();
            Frame::Arrow(part, std::mem::take(writer.get_mut())).encode(&mut self.bytes);
        }
        Frame::Close(part, close).encode(&mut self.bytes);
    }

    pub fn done(mut self) -> Vec<u8> {
        Frame::Done.encode(&mut self.bytes);
        self.bytes
    }
}

/// The beginning of an answer: so many parts as a whole, up to where the next one is open, so many frames of that, with a
/// word about how far it is; and the rest.
pub fn first_parts(answer: &[u8], whole: u16, frames: usize, note: &str) -> (Vec<u8>, Vec<u8>) {
    let length = |at: usize| {
        let header: [u8; 4] = answer[at..at + 4].try_into().unwrap();
        wire::frame::HEADER_BYTES + u32::from_le_bytes(header) as usize
    };
    let part = |at: usize| u16::from_le_bytes(answer[at + 5..at + 7].try_into().unwrap());
    let mut open = length(0);
    while part(open) < whole {
        open += length(open);
    }
    for _ in 0..=frames {
        open += length(open);
    }
    let mut first = answer[..open].to_vec();
    let progress = wire::frame::Progress { rows: 3, note: note.to_owned() };
    Frame::Progress(whole, progress).encode(&mut first);
    (first, answer[open..].to_vec())
}
