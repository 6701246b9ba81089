//! A sample: the first rows of a table, as the source has them, with nothing kept.

use model::SourceId;
use model::kind::Kind;
use model::project::Table;
use wire::Fault;
use wire::frame::{Close, Open, PartRows};
use wire::source::SampleTable;

use super::part::Part;
use super::pieces::{self, Out, Pieces};
use super::pour::{Sink, pour};
use super::{Asking, sql};

/// The most rows of a sample.
const MOST_ROWS: u64 = 1_000;

pub(super) fn run(asking: Asking, request: &SampleTable) -> Result<Pieces, Fault> {
    asking.source(&request.source)?;
    let (source, table, limit) = (request.source.clone(), request.table.clone(), request.limit.clamp(1, MOST_ROWS));
    Ok(pieces::start(move |out| sample(asking, source, table, limit, out)))
}

async fn sample(asking: Asking, source: SourceId, table: Table, limit: u64, out: Out) -> Result<(), Fault> {
    let asking = asking.for_part(&out, 0);
    let seat = asking.seat(&source).await?;
    let open = Open { rows: PartRows::Figures, source: Some(source) };
    let part = Part::open(&out, 0, open, &asking.clock).await;
    let catalogue = seat.catalogue().await?;
    let known = catalogue.tables.iter().find(|known| known.table == table).ok_or_else(Fault::not_found)?;
    let columns: Vec<(&str, Kind)> = known.columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
    let rendered = sql::sample(seat.ability(), &table, &columns, limit)?;
    let mut sink = Sink::Part(Box::new(part));
    let poured = pour(&seat, rendered, &mut sink).await?;
    match sink {
        Sink::Part(part) => part.close(Close { completeness: poured.completeness, ..Close::default() }).await,
        Sink::Rows(_) => Ok(()),
    }
}
