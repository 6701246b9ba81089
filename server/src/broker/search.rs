//! Search: one text in every object type, each type as soon as its source answers, exact keys first.

use futures::{FutureExt, StreamExt};
use model::completeness::{Cause, Completeness};
use model::project::{ObjectType, property};
use model::query::{Answer, Field, Filter, From, Query, Rows, Test};
use model::{ObjectTypeId, PropertyId};
use wire::Fault;
use wire::data::{LONGEST_SEARCH, SHORTEST_SEARCH, Search};
use wire::frame::{Close, Open, PartRows};

use super::part::Part;
use super::pieces::{self, Out, Pieces};
use super::pour::{Poured, Sink, pour};
use super::question::note_accents;
use super::sources::Seat;
use super::{Asking, cursor, sql};

/// Object types that are searched at the same time; each source has its own queue beside that.
const TYPES_AT_ONCE: usize = 16;
/// The most hits of one type.
const MOST_HITS: u64 = 1_000;

pub(super) fn run(asking: Asking, request: &Search) -> Result<Pieces, Fault> {
    let text = request.text.trim().to_owned();
    check(&text)?;
    for id in &request.object_types {
        sql::object_type(&asking.project, id)?;
    }
    let wanted = |kind: &&ObjectType| request.object_types.is_empty() || request.object_types.contains(&kind.id);
    let types: Vec<ObjectTypeId> = asking
        .project
        .object_types
        .values()
        .filter(wanted)
        .filter(|kind| is_searchable(kind) || key_for(kind, &text).is_some())
        .map(|kind| kind.id.clone())
        .collect();
    let limit = request.limit.clamp(1, MOST_HITS);
    Ok(pieces::start(move |out| async move {
        let numbered = types.into_iter().zip(0_u16..);
        let parts: Vec<_> =
            numbered.map(|(id, number)| one_type(&asking, id, number, &text, limit, &out).boxed()).collect();
        let mut parts = futures::stream::iter(parts).buffer_unordered(TYPES_AT_ONCE);
        while let Some(ended) = parts.next().await {
            ended?;
        }
        Ok(())
    }))
}

fn check(text: &str) -> Result<(), Fault> {
    match text.chars().count() {
        length if length < SHORTEST_SEARCH => Err(Fault::invalid(
            format!("A search needs at least {SHORTEST_SEARCH} characters."),
            "Type more of the name or number.",
        )),
        length if length > LONGEST_SEARCH => Err(Fault::invalid(
            format!("A search takes at most {LONGEST_SEARCH} characters."),
            "Search for a part of it.",
        )),
        _ => Ok(()),
    }
}

fn is_searchable(kind: &ObjectType) -> bool {
    kind.properties.iter().any(|property| property.searchable)
}

/// The key property, if the text could be an object's key.
fn key_for<'a>(kind: &'a ObjectType, text: &str) -> Option<&'a PropertyId> {
    let [id] = kind.key.as_slice() else { return None };
    property(&kind.properties, id)?.kind.accepts(text).then_some(id)
}

/// Searches one type. A source that fails closes its part and leaves the others alone.
async fn one_type(
    asking: &Asking,
    id: ObjectTypeId,
    number: u16,
    text: &str,
    limit: u64,
    out: &Out,
) -> Result<(), Fault> {
    let kind = sql::object_type(&asking.project, &id)?;
    let open = Open { rows: PartRows::Objects(id.clone()), source: kind.source.clone() };
    let mut sink = Sink::Part(Box::new(Part::open(out, number, open, &asking.clock).await));
    let close = match hits(asking, kind, text, limit, &mut sink).await {
        Ok(close) => close,
        Err(fault) => {
            let mut completeness = Completeness::exact();
            completeness.note(Cause::SourceFailed { source: kind.source.clone(), sentence: fault.sentence.clone() });
            Close { completeness, fault: Some(fault), ..Close::default() }
        }
    };
    match sink {
        Sink::Part(part) => part.close(close).await,
        Sink::Rows(_) => Ok(()),
    }
}

async fn hits(asking: &Asking, kind: &ObjectType, text: &str, limit: u64, sink: &mut Sink) -> Result<Close, Fault> {
    let seat = asking.seat(&kind.source).await?;
    let found = by_key(asking, kind, text, &seat, sink).await?;
    let mut completeness = Completeness::exact();
    if !is_searchable(kind) {
        return Ok(Close { completeness, ..Close::default() });
    }
    let mut query = Query::new(From::Objects(kind.id.clone()), Answer::Rows(Rows::first(limit)));
    query.text = Some(text.to_owned());
    if let (true, Some(key)) = (found, key_for(kind, text)) {
        // They are there already.
        query.filter = Filter::own(key, Test::Differs(text.to_owned()));
    }
    let poured = ask(asking, &query, &seat, sink).await?;
    completeness.join(&poured.completeness);
    note_accents(&mut completeness, true, seat.connection.ability(), &kind.source);
    let next = poured.next.map(|values| cursor::write(&query, values));
    Ok(Close { completeness, next, ..Close::default() })
}

/// Looks for the object whose key is the text; says whether it is there.
async fn by_key(asking: &Asking, kind: &ObjectType, text: &str, seat: &Seat, sink: &mut Sink) -> Result<bool, Fault> {
    let Some(key) = key_for(kind, text) else { return Ok(false) };
    let mut query = Query::new(From::Objects(kind.id.clone()), Answer::Rows(Rows::first(MOST_HITS)));
    query.filter = Filter::Is { field: Field::Own(key.clone()), test: Test::Equals(text.to_owned()) };
    match ask(asking, &query, seat, sink).await {
        Ok(_) => Ok(sink.rows() > 0),
        // A key of a type of its own, such as uuid, cannot even be compared with most texts: then it is not there.
        Err(fault) if fault.code == wire::Code::Invalid => Ok(false),
        Err(fault) => Err(fault),
    }
}

async fn ask(asking: &Asking, query: &Query, seat: &Seat, sink: &mut Sink) -> Result<Poured, Fault> {
    let rendered = sql::question(&asking.project, query, seat.connection.ability(), seat.limits.rows, None)?;
    pour(seat, rendered, sink).await
}
