//! Expanding: part 0 is the links, merged per pair of objects; part 1 the objects at the other end.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{Field as ArrowField, Schema};
use model::LinkTypeId;
use model::completeness::Completeness;
use model::kind::Kind;
use model::project::{LinkType, ObjectType, property};
use model::query::{Answer, Direction, From, Key, MOST_KEYS, Query, Rows};
use wire::data::{Expand, ExpandOrder};
use wire::frame::{Close, ColumnRole, Open, PartRows, ROLE_METADATA};
use wire::{Code, Fault};

use super::across::{self, Merged, Pair, Wanted};
use super::part::Part;
use super::pieces::{self, Out, Pieces};
use super::pour::{Sink, pour};
use super::question::rendered;
use super::{Asking, cells, sql};

/// Objects that are fetched with one statement.
const OBJECTS_AT_ONCE: usize = 500;

/// What is expanded, owned by the work.
struct Step {
    link: LinkTypeId,
    direction: Direction,
    keys: Vec<Key>,
    only: Vec<Key>,
    order: ExpandOrder,
    limit: u64,
}

pub(super) fn run(asking: Asking, request: &Expand) -> Result<Pieces, Fault> {
    let link = sql::link_type(&asking.project, &request.link)?;
    across::check(&asking, link, request.direction)?;
    if request.keys.is_empty() || request.keys.len() > MOST_KEYS || request.only.len() > MOST_KEYS {
        return Err(Fault::invalid(
            format!("Links are expanded for 1 to {MOST_KEYS} objects at once."),
            "Select fewer objects.",
        ));
    }
    let step = Step {
        link: request.link.clone(),
        direction: request.direction,
        keys: request.keys.clone(),
        only: request.only.clone(),
        order: request.order,
        limit: request.limit.clamp(1, MOST_KEYS as u64),
    };
    Ok(pieces::start(move |out| expand(asking, step, out)))
}

async fn expand(asking: Asking, step: Step, out: Out) -> Result<(), Fault> {
    let (asking, then) = (asking.for_part(&out, 0), asking.for_part(&out, 1));
    let link = sql::link_type(&asking.project, &step.link)?;
    let far = sql::object_type(&asking.project, link.far(step.direction))?;
    let source = link.source().unwrap_or(&far.source).clone();
    let open = Open { rows: PartRows::MergedLinks { link: link.id.clone() }, source: Some(source) };
    let mut part = Part::open(&out, 0, open, &asking.clock).await;
    let wanted = Wanted {
        link,
        direction: step.direction,
        keys: &step.keys,
        only: &step.only,
        order: step.order,
        limit: step.limit,
    };
    let merged = across::merged(&asking, &wanted).await?;
    part.send(&links(&asking, link, step.direction, &merged)?).await?;
    let keys = merged.far_keys();
    part.close(Close { completeness: merged.completeness, ..Close::default() }).await?;
    objects(&then, far, &keys, &out).await
}

/// The objects with these keys, in one part.
async fn objects(asking: &Asking, kind: &ObjectType, keys: &[Key], out: &Out) -> Result<(), Fault> {
    let open = Open { rows: PartRows::Objects(kind.id.clone()), source: Some(kind.source.clone()) };
    let mut sink = Sink::Part(Box::new(Part::open(out, 1, open, &asking.clock).await));
    let mut completeness = Completeness::exact();
    for some in keys.chunks(OBJECTS_AT_ONCE) {
        let from = From::Keys { object_type: kind.id.clone(), keys: some.to_vec() };
        let seat = asking.seat(&kind.source).await?;
        let query = Query::new(from, Answer::Rows(Rows::first(seat.limits.rows)));
        let rendered = rendered(asking, &seat, &query, None).await?;
        completeness.join(&pour(&seat, rendered, &mut sink).await?.completeness);
    }
    match sink {
        Sink::Part(part) => part.close(Close { completeness, ..Close::default() }).await,
        Sink::Rows(_) => Ok(()),
    }
}

/// The merged links as Arrow: keys of the `from` end, of the `to` end, then what was merged.
fn links(asking: &Asking, link: &LinkType, direction: Direction, merged: &Merged) -> Result<RecordBatch, Fault> {
    let mut columns = Columns::default();
    for end in [Direction::Backward, Direction::Forward] {
        let kind = sql::object_type(&asking.project, link.far(end))?;
        for (place, id) in kind.key.iter().enumerate() {
            let property = sql::property_of(&kind.properties, id, &kind.name)?;
            let of =
                |pair: &'_ Pair| if end == direction { pair.far.get(place) } else { pair.near.get(place) }.cloned();
            let name = format!("{}.{id}", if end == Direction::Forward { "to" } else { "from" });
            columns.push(&name, property.kind, &ColumnRole::EndKey(end, place), &merged.pairs, of);
        }
    }
    let count = |pair: &Pair| Some(pair.count.to_string());
    columns.push("count", Kind::Integer, &ColumnRole::Count, &merged.pairs, count);
    let kind_of = |id: &Option<model::PropertyId>| Some(property(&link.properties, id.as_ref()?)?.kind);
    if let Some(kind) = kind_of(&link.amount) {
        columns.push("sum", kind, &ColumnRole::Sum, &merged.pairs, |pair| pair.sum.clone());
    }
    if let Some(kind) = kind_of(&link.time) {
        columns.push("first", kind, &ColumnRole::First, &merged.pairs, |pair| pair.first.clone());
        columns.push("last", kind, &ColumnRole::Last, &merged.pairs, |pair| pair.last.clone());
    }
    let schema = Arc::new(Schema::new(columns.fields));
    RecordBatch::try_new(schema, columns.arrays).map_err(|error| {
        tracing::error!(%error, "merged links could not be put together");
        Fault::new(Code::Internal, "The links could not be put together.", "Tell your administrator.")
    })
}

#[derive(Default)]
struct Columns {
    fields: Vec<ArrowField>,
    arrays: Vec<arrow_array::ArrayRef>,
}

impl Columns {
    fn push(
        &mut self,
        name: &str,
        kind: Kind,
        role: &ColumnRole,
        pairs: &[Pair],
        of: impl Fn(&Pair) -> Option<String>,
    ) {
        let texts: Vec<Option<String>> = pairs.iter().map(of).collect();
        let array = cells::column(kind, texts.iter().map(Option::as_deref));
        // A role has string keys and no failing serialiser.
        let role = serde_json::to_string(role).unwrap_or_default();
        let field = ArrowField::new(name, array.data_type().clone(), true);
        self.fields.push(field.with_metadata(HashMap::from([(ROLE_METADATA.to_owned(), role)])));
        self.arrays.push(array);
    }
}
