//! Rows from a statement into a part, under every limit, with everything noted that the answer must say of itself.

use std::sync::Arc;
use std::time::Duration;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use futures::StreamExt;
use model::PropertyId;
use model::completeness::{Cause, Completeness};
use model::project::Limits;
use model::query::Field;
use tokio::sync::mpsc;
use wire::frame::ColumnRole;
use wire::{Code, Fault};

use super::edge::Edge;
use super::names::Names;
use super::part::Part;
use super::sources::{Seat, fault};
use super::sql::{Place, Rendered, Shape};
use crate::connectors::{Answer, Failure, FailureKind, OutColumn, Statement};

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
    /// The last row of the page, if there are more rows behind it.
    pub(super) next: Option<Place>,
    /// Rows beyond the limit, where they are counted.
    pub(super) beyond: u64,
}

/// Runs a question's statements and lets their rows pass.
///
/// # Errors
/// What the source said, unless it was too slow after some rows: then the answer is capped.
pub(super) async fn pour(seat: &Seat, rendered: Rendered, sink: &mut Sink) -> Result<Poured, Fault> {
    pour_within(seat, rendered, seat.timeout(), sink).await
}

/// As [`pour`], in a time of its own.
///
/// # Errors
/// As [`pour`].
pub(super) async fn pour_within(
    seat: &Seat,
    rendered: Rendered,
    timeout: Duration,
    sink: &mut Sink,
) -> Result<Poured, Fault> {
    let Rendered { statement, then, shape } = rendered;
    let mut flow = Flow::new(&shape, seat.limits, &statement.columns);
    for (place, statement) in [Some(statement), then].into_iter().flatten().enumerate() {
        if !flow.over {
            flow.run(seat, (statement, timeout), sink, place == 0).await?;
        }
    }
    let left = if flow.over { flow.edge.stop() } else { flow.edge.end() };
    flow.send(left, sink).await?;
    Ok(flow.end())
}

/// Rows on their way.
struct Flow<'s> {
    shape: &'s Shape,
    limits: Limits,
    columns: Vec<OutColumn>,
    unreadable: Vec<u64>,
    names: Names,
    edge: Edge,
    /// Rows that came within the limit.
    rows: u64,
    beyond: u64,
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
            edge: Edge::new(shape),
            rows: 0,
            beyond: 0,
            completeness,
            more: false,
            over: false,
        }
    }

    async fn run(
        &mut self,
        seat: &Seat,
        (statement, timeout): (Statement, Duration),
        sink: &mut Sink,
        is_first: bool,
    ) -> Result<(), Fault> {
        let answer = seat.run_within(statement, timeout).await?;
        let Answer { schema, mut batches, .. } = answer;
        if is_first {
            let shown: Vec<usize> = self.shown(schema.fields().len());
            sink.schema(&Arc::new(schema.project(&shown).map_err(|error| unfit(&error))?)).await?;
        }
        while let Some(batch) = batches.next().await {
            match batch {
                Ok(batch) => {
                    self.unreadable(&batch.unreadable);
                    let rows = self.take(batch.rows, sink.bytes());
                    self.send(rows, sink).await?;
                }
                Err(failure) => {
                    seat.note(&failure);
                    self.failed(&failure)?;
                }
            }
            if self.over && !self.shape.counts_beyond {
                break;
            }
        }
        Ok(())
    }

    /// The columns that are not for the broker alone.
    fn shown(&self, width: usize) -> Vec<usize> {
        (0..width).filter(|place| Some(*place) != self.shape.row_id).collect()
    }

    async fn send(&mut self, batches: Vec<RecordBatch>, sink: &mut Sink) -> Result<(), Fault> {
        for rows in batches {
            self.names.look(&rows);
            let shown = if self.shape.row_id.is_some() {
                rows.project(&self.shown(rows.num_columns())).map_err(|error| unfit(&error))?
            } else {
                rows
            };
            sink.send(shown).await?;
        }
        Ok(())
    }

    fn unreadable(&mut self, cells: &[(usize, u64)]) {
        for (column, count) in cells {
            if let Some(known) = self.unreadable.get_mut(*column) {
                *known += count;
            }
        }
    }

    /// What of a batch may be sent now.
    fn take(&mut self, batch: RecordBatch, bytes_before: u64) -> Vec<RecordBatch> {
        let most_bytes = self.limits.megabytes.saturating_mul(1 << 20);
        if batch.num_rows() == 0 {
            return Vec::new();
        }
        if self.over {
            self.beyond += batch.num_rows() as u64;
            return Vec::new();
        }
        if bytes_before + batch.get_array_memory_size() as u64 > most_bytes {
            self.cap(Cause::ByteLimit(most_bytes));
            return Vec::new();
        }
        let room = usize::try_from(self.shape.limit - self.rows).unwrap_or(usize::MAX);
        if batch.num_rows() > room {
            self.rows = self.shape.limit;
            self.beyond = (batch.num_rows() - room) as u64;
            self.cap(Cause::RowLimit(self.shape.limit));
            return self.edge.cut(&batch, room);
        }
        self.rows += batch.num_rows() as u64;
        self.edge.pass(batch)
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
        Poured { next: self.next(), beyond: self.beyond, completeness: self.completeness }
    }

    /// Where the next page begins. None where it cannot be said: rows that cannot be told apart, or a value that could
    /// not be read.
    fn next(&self) -> Option<Place> {
        if !self.more || self.shape.order.is_empty() {
            return None;
        }
        let values = self.edge.last_row()?;
        let usable = |place: &usize| {
            let unread = self.unreadable.get(*place).is_some_and(|cells| *cells > 0);
            let value = values.get(*place)?;
            (value.is_some() || !unread).then(|| value.clone())
        };
        let row = self.shape.row_id.and_then(|place| values.get(place)?.clone());
        Some(Place { values: self.shape.order.iter().map(usable).collect::<Option<_>>()?, row })
    }
}

fn unfit(error: &ArrowError) -> Fault {
    tracing::error!(%error, "rows could not be cut to their columns");
    Fault::new(Code::Internal, "The rows could not be put together.", "Tell your administrator.")
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
