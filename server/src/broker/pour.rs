//! Rows from a statement into a part, under every limit, with everything noted that the answer must say of itself.

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use futures::StreamExt;
use model::PropertyId;
use model::completeness::{Cause, Completeness};
use model::project::Limits;
use model::query::Field;
use tokio::sync::mpsc;
use wire::Fault;
use wire::frame::ColumnRole;

use super::cells;
use super::names::Names;
use super::part::Part;
use super::sources::{Seat, fault};
use super::sql::{Rendered, Shape};
use crate::connectors::{Answer, Failure, FailureKind, OutColumn};

/// Where rows go.
pub(super) enum Sink {
    /// Into frames.
    Part(Box<Part>),
    /// To a handler that writes a file of them.
    Rows(Batches),
}

/// Rows for a handler.
pub(super) struct Batches {
    pub(super) sender: mpsc::Sender<Exported>,
    pub(super) rows: u64,
    pub(super) bytes: u64,
}

/// What an export yields.
#[derive(Debug)]
pub enum Exported {
    /// The columns, with their roles in the metadata; comes first.
    Schema(SchemaRef),
    /// Some rows.
    Rows(RecordBatch),
    /// All rows were given; comes last, unless it failed.
    End(Completeness),
    /// It failed; nothing comes after it.
    Failed(Fault),
}

impl Sink {
    /// Rows sent so far.
    pub(super) fn rows(&self) -> u64 {
        match self {
            Self::Part(part) => part.rows(),
            Self::Rows(batches) => batches.rows,
        }
    }

    fn bytes(&self) -> u64 {
        match self {
            Self::Part(part) => part.bytes(),
            Self::Rows(batches) => batches.bytes,
        }
    }

    async fn schema(&mut self, schema: &SchemaRef) -> Result<(), Fault> {
        match self {
            Self::Part(part) => part.schema(schema),
            Self::Rows(batches) => {
                batches.give(Exported::Schema(schema.clone())).await;
                Ok(())
            }
        }
    }

    async fn send(&mut self, rows: RecordBatch) -> Result<(), Fault> {
        match self {
            Self::Part(part) => part.send(&rows).await,
            Self::Rows(batches) => {
                batches.rows += rows.num_rows() as u64;
                batches.bytes += rows.get_array_memory_size() as u64;
                batches.give(Exported::Rows(rows)).await;
                Ok(())
            }
        }
    }
}

impl Batches {
    async fn give(&self, exported: Exported) {
        if self.sender.send(exported).await.is_err() {
            // Nobody listens: whoever runs this work is about to drop it.
            std::future::pending::<()>().await;
        }
    }
}

/// What is known when the rows have passed.
pub(super) struct Poured {
    pub(super) completeness: Completeness,
    /// The values of the page's order in the last row, if there are more rows behind it.
    pub(super) next: Option<Vec<Option<String>>>,
}

/// Runs a statement and lets its rows pass.
///
/// # Errors
/// What the source said, unless it was too slow after some rows: then the answer is capped.
pub(super) async fn pour(seat: &Seat, rendered: Rendered, sink: &mut Sink) -> Result<Poured, Fault> {
    let Rendered { statement, shape } = rendered;
    let mut flow = Flow::new(&shape, seat.limits, &statement.columns);
    let answer = seat.run(statement, seat.timeout()).await.map_err(|failure| fault(&failure))?;
    let Answer { schema, mut batches } = answer;
    sink.schema(&schema).await?;
    while let Some(batch) = batches.next().await {
        match batch {
            Ok(batch) => {
                flow.unreadable(&batch.unreadable);
                if let Some(rows) = flow.take(batch.rows, sink.bytes()) {
                    sink.send(rows).await?;
                }
            }
            Err(failure) => flow.failed(&failure)?,
        }
        if flow.over {
            break;
        }
    }
    drop(batches);
    Ok(flow.end())
}

/// Rows on their way.
struct Flow<'s> {
    shape: &'s Shape,
    limits: Limits,
    columns: Vec<OutColumn>,
    unreadable: Vec<u64>,
    names: Names,
    rows: u64,
    last: Option<RecordBatch>,
    completeness: Completeness,
    more: bool,
    over: bool,
}

impl<'s> Flow<'s> {
    fn new(shape: &'s Shape, limits: Limits, columns: &[OutColumn]) -> Self {
        let mut completeness = Completeness::exact();
        shape.causes.iter().for_each(|cause| completeness.note(cause.clone()));
        let key_first = shape.order.iter().zip(&shape.key).all(|(order, key)| order == key);
        Self {
            shape,
            limits,
            columns: columns.to_vec(),
            unreadable: vec![0; columns.len()],
            names: Names::new(&shape.key, key_first && !shape.order.is_empty()),
            rows: 0,
            last: None,
            completeness,
            more: false,
            over: false,
        }
    }

    fn unreadable(&mut self, cells: &[(usize, u64)]) {
        for (column, count) in cells {
            if let Some(known) = self.unreadable.get_mut(*column) {
                *known += count;
            }
        }
    }

    /// What of a batch may still be sent.
    fn take(&mut self, batch: RecordBatch, bytes_before: u64) -> Option<RecordBatch> {
        let room = usize::try_from(self.shape.limit - self.rows).unwrap_or(usize::MAX);
        if batch.num_rows() > room {
            self.cap(Cause::RowLimit(self.shape.limit));
        }
        let rows = if batch.num_rows() > room { batch.slice(0, room) } else { batch };
        if rows.num_rows() == 0 {
            return None;
        }
        let most_bytes = self.limits.megabytes.saturating_mul(1 << 20);
        if bytes_before + rows.get_array_memory_size() as u64 > most_bytes {
            self.cap(Cause::ByteLimit(most_bytes));
            return None;
        }
        self.rows += rows.num_rows() as u64;
        self.names.look(&rows);
        self.last = Some(rows.slice(rows.num_rows() - 1, 1));
        Some(rows)
    }

    fn cap(&mut self, cause: Cause) {
        self.completeness.note(cause);
        self.more = true;
        self.over = true;
    }

    fn failed(&mut self, failure: &Failure) -> Result<(), Fault> {
        if failure.kind != FailureKind::Slow || self.rows == 0 {
            return Err(fault(failure));
        }
        self.cap(Cause::TimeLimit(self.limits.seconds));
        Ok(())
    }

    fn end(mut self) -> Poured {
        for (column, cells) in self.columns.iter().zip(&self.unreadable) {
            if let (Some(property), true) = (property_of(column), *cells > 0) {
                self.completeness.note(Cause::Unreadable { property, cells: *cells });
            }
        }
        self.names.tell(&mut self.completeness);
        Poured { next: self.next(), completeness: self.completeness }
    }

    /// Where the next page begins. None where it cannot be said: an empty key, or a value that could not be read.
    fn next(&self) -> Option<Vec<Option<String>>> {
        if !self.more || self.shape.order.is_empty() {
            return None;
        }
        let values = cells::row(self.last.as_ref()?, 0);
        let usable = |place: &usize| {
            let unread = self.unreadable.get(*place).is_some_and(|cells| *cells > 0);
            let value = values.get(*place)?;
            let is_key = self.shape.key.contains(place);
            (value.is_some() || !(unread || is_key)).then(|| value.clone())
        };
        self.shape.order.iter().map(usable).collect()
    }
}

/// The property that a column shows. Columns of keys carry its id in their name.
fn property_of(column: &OutColumn) -> Option<PropertyId> {
    match serde_json::from_str(&column.role).ok()? {
        ColumnRole::Field(
            Field::Own(id)
            | Field::End { property: id, .. }
            | Field::Through { property: id, .. }
            | Field::OfLink { property: id, .. },
        ) => Some(id),
        ColumnRole::Key(_) | ColumnRole::EndKey(..) => PropertyId::new(column.name.rsplit('.').next()?).ok(),
        _ => None,
    }
}
