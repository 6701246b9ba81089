//! Search: one text in every object type, each type as soon as its source answers, exact keys first, then titles; or whole
//! values ([`super::listed`]).

use std::time::Duration;

use futures::{FutureExt, StreamExt};
use model::completeness::{Cause, Completeness};
use model::project::{ObjectType, property};
use model::query::{Answer, Field, Filter, From, Query, Rows, Test};
use model::withheld::Withheld;
use model::{ObjectTypeId, PropertyId};
use wire::data::{LONGEST_SEARCH, SHORTEST_SEARCH, Search};
use wire::frame::{Close, Counted, Open, PartRows};
use wire::{Code, Fault};

use super::part::Part;
use super::pieces::{self, Out, Pieces};
use super::pour::{Poured, Sink, pour, pour_within};
use super::question::{note_accents, rendered};
use super::sources::Seat;
use super::sql::{Ground, MOST_HITS, Stage};
use super::{Asking, listed, sql, withheld};

/// Object types that are searched at the same time; each source has its own queue beside that.
const TYPES_AT_ONCE: usize = 16;
/// How long a source may take to say whose titles begin with the text; beyond it, hits come in the order of their keys.
const TITLES_TAKE: Duration = Duration::from_secs(2);

pub(super) fn run(asking: Asking, request: &Search, withheld: &Withheld) -> Result<Pieces, Fault> {
    let sought = sought(request)?;
    for id in request.object_types.iter().filter(|id| withheld.object_type(id).is_none()) {
        sql::object_type(&asking.project, id)?;
    }
    let is_asked = |id: &ObjectTypeId| request.object_types.is_empty() || request.object_types.contains(id);
    let wanted = |kind: &&ObjectType| is_asked(&kind.id);
    let named: Vec<ObjectTypeId> = withheld.object_types.iter().map(|kind| kind.id.clone()).filter(is_asked).collect();
    let types: Vec<ObjectTypeId> = asking
        .project
        .object_types
        .values()
        .filter(wanted)
        .filter(|kind| sought.may_be_in(kind))
        .map(|kind| kind.id.clone())
        .collect();
    let limit = request.limit.clamp(1, MOST_HITS);
    Ok(pieces::start(move |out| async move {
        for (id, number) in named.iter().zip(0_u16..) {
            withheld::objects(&asking, id, number, &out).await?;
        }
        let begun = u16::try_from(named.len()).unwrap_or(u16::MAX);
        let numbered = types.into_iter().zip(begun..);
        let parts: Vec<_> =
            numbered.map(|(id, number)| one_type(&asking, id, number, &sought, limit, &out).boxed()).collect();
        let mut parts = futures::stream::iter(parts).buffer_unordered(TYPES_AT_ONCE);
        while let Some(ended) = parts.next().await {
            ended?;
        }
        Ok(())
    }))
}

/// What is looked for.
enum Sought {
    /// A part of a value.
    Text(String),
    /// Whole values.
    Values(Vec<String>),
}

impl Sought {
    fn may_be_in(&self, kind: &ObjectType) -> bool {
        match self {
            Self::Text(text) => is_searchable(kind) || key_for(kind, text).is_some(),
            Self::Values(values) => listed::may_be_in(kind, values),
        }
    }
}

fn sought(request: &Search) -> Result<Sought, Fault> {
    if request.texts.is_empty() {
        let text = request.text.trim().to_owned();
        return check(&text).map(|()| Sought::Text(text));
    }
    if !request.text.is_empty() {
        return Err(Fault::invalid(
            "A search is for a text or for a list of values, not for both.",
            "Leave one of them empty.",
        ));
    }
    listed::check(&request.texts).map(Sought::Values)
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
    sought: &Sought,
    limit: u64,
    out: &Out,
) -> Result<(), Fault> {
    let asking = &asking.for_part(out, number);
    let kind = sql::object_type(&asking.project, &id)?;
    let open = Open { rows: PartRows::Objects(id.clone()), source: Some(kind.source.clone()) };
    let mut sink = Sink::Part(Box::new(Part::open(out, number, open, &asking.clock).await));
    let found = match sought {
        Sought::Text(text) => hits(asking, kind, text, limit, &mut sink).await,
        Sought::Values(values) => listed::hits(asking, kind, values, limit, &mut sink).await,
    };
    let close = match found {
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
    let mut hits = Hits { completeness: Completeness::exact(), number: sink.rows() };
    if is_searchable(kind) {
        let mut query = Query::new(From::Objects(kind.id.clone()), Answer::Rows(Rows::first(limit)));
        query.text = Some(text.to_owned());
        if let (true, Some(key)) = (found, key_for(kind, text)) {
            query.filter = sql::without(key, text);
        }
        let mut others = Stage::All;
        if sql::ranks_titles(kind) && titles(&mut hits, asking, kind, &query, &seat, (limit, sink)).await? {
            others = Stage::Others;
        }
        hits.add(asking, kind, &query, (others, seat.timeout()), &seat, (limit, sink)).await?;
        note_accents(&mut hits.completeness, true, seat.ability(), &kind.source);
    }
    Ok(hits.close())
}

/// What was found in a type so far.
pub(super) struct Hits {
    pub(super) completeness: Completeness,
    pub(super) number: u64,
}

impl Hits {
    /// Asks for the hits of one stage; sends as many as there is room for, and counts the rest.
    async fn add(
        &mut self,
        asking: &Asking,
        kind: &ObjectType,
        query: &Query,
        (stage, timeout): (Stage, Duration),
        seat: &Seat,
        (limit, sink): (u64, &mut Sink),
    ) -> Result<(), Fault> {
        let facts = seat.facts_of(&kind.origin).await?;
        let ground =
            Ground { ability: seat.ability(), most_rows: seat.limits.rows, facts: Some(&facts), answered: &[] };
        let before = sink.rows();
        let rendered = sql::hits(&asking.project, kind, query, stage, ground, limit.saturating_sub(before))?;
        let poured = pour_within(seat, rendered, timeout, sink).await?;
        self.number += sink.rows() - before + poured.beyond;
        for cause in poured.completeness.causes {
            // The limit is on all stages together.
            let cause = if matches!(cause, Cause::RowLimit(_)) { Cause::RowLimit(limit) } else { cause };
            self.completeness.note(cause);
        }
        Ok(())
    }

    pub(super) fn close(mut self) -> Close {
        let found = Counted { number: self.number.min(MOST_HITS), more: self.number > MOST_HITS };
        if found.more {
            self.completeness.note(Cause::CountLimit(MOST_HITS));
        }
        Close { completeness: self.completeness, found: Some(found), ..Close::default() }
    }
}

/// Hits by their title, if the source can tell them in a short time; says whether it could.
async fn titles(
    hits: &mut Hits,
    asking: &Asking,
    kind: &ObjectType,
    query: &Query,
    seat: &Seat,
    (limit, sink): (u64, &mut Sink),
) -> Result<bool, Fault> {
    let before = sink.rows();
    match hits.add(asking, kind, query, (Stage::Titles, TITLES_TAKE), seat, (limit, sink)).await {
        Ok(()) => Ok(true),
        Err(fault) if fault.code == Code::SourceSlow && sink.rows() == before => Ok(false),
        Err(fault) => Err(fault),
    }
}

/// Looks for the object whose key is the text; says whether it is there.
async fn by_key(asking: &Asking, kind: &ObjectType, text: &str, seat: &Seat, sink: &mut Sink) -> Result<bool, Fault> {
    let Some(key) = key_for(kind, text) else { return Ok(false) };
    let mut query = Query::new(From::Objects(kind.id.clone()), Answer::Rows(Rows::first(MOST_HITS)));
    query.filter = Filter::Is { field: Field::Own(key.clone()), test: Test::Equals(text.to_owned()) };
    match ask(asking, &query, seat, sink).await {
        Ok(_) => Ok(sink.rows() > 0),
        // A key of a type of its own, such as uuid, cannot even be compared with most texts: then it is not there.
        Err(fault) if fault.code == Code::Invalid => Ok(false),
        Err(fault) => Err(fault),
    }
}

async fn ask(asking: &Asking, query: &Query, seat: &Seat, sink: &mut Sink) -> Result<Poured, Fault> {
    pour(seat, rendered(asking, seat, query, None).await?, sink).await
}
