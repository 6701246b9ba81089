//! One question: checked, asked, and its rows passed on, into frames or for a file.

use std::sync::Arc;

use futures::stream::BoxStream;
use model::SourceId;
use model::completeness::{Cause, Completeness};
use model::query::{Answer, From, Key, MOST_KEYS, Query};
use tokio::sync::mpsc;
use wire::Fault;
use wire::data::ExpandOrder;
use wire::frame::{Close, Open, PartRows};

use super::across::{self, Wanted};
use super::elsewhere::{self, Answered};
use super::part::Part;
use super::pieces::{self, Out, Pieces};
use super::pour::{Batches, Exported, Poured, Sink, pour};
use super::sources::Seat;
use super::sql::{Ground, Place, Rendered};
use super::{ASSUMED, Asking, cursor, sql};
use crate::connectors::Ability;

/// Batches that wait between the source and a file.
const WAITING_BATCHES: usize = 2;

/// A question that can be asked.
struct Checked {
    query: Query,
    after: Option<Place>,
    source: SourceId,
    rows: PartRows,
    /// Whether the neighbours must be found first, because they lie in another source.
    across: bool,
}

pub(super) fn run(asking: Asking, query: Query) -> Result<Pieces, Fault> {
    let checked = check(&asking, query)?;
    Ok(pieces::start(|out| answer(asking, checked, out)))
}

pub(super) fn export(asking: Asking, query: Query) -> Result<BoxStream<'static, Exported>, Fault> {
    let checked = check(&asking, query)?;
    let (sender, receiver) = mpsc::channel(WAITING_BATCHES);
    tokio::spawn(async move {
        let gone = sender.clone();
        let batches = Batches { sender: sender.clone(), rows: 0, bytes: 0 };
        let ended = tokio::select! {
            biased;
            () = gone.closed() => return,
            ended = all(&asking, checked, Sink::Rows(batches)) => ended,
        };
        let last = match ended {
            Ok((mut poured, _)) => {
                poured.completeness.join(&asking.told.all_lost());
                Exported::End(poured.completeness)
            }
            Err(fault) => Exported::Failed(fault),
        };
        // A reader that is gone needs no end.
        drop(sender.send(last).await);
    });
    Ok(pieces::from_channel(receiver))
}

fn check(asking: &Asking, query: Query) -> Result<Checked, Fault> {
    let source = sql::source_of(&asking.project, &query.from)?.clone();
    let most_rows = asking.source(&source)?.limits.within_reason().rows;
    let after = cursor::read(&query)?;
    let across = leaves_source(asking, &query.from)?;
    let plain = if across { with_keys(asking, &query, Vec::new())? } else { query.clone() };
    let answered = elsewhere::check(asking, &plain)?;
    let ground = Ground { ability: ASSUMED, most_rows, facts: None, answered: &answered };
    let rendered = sql::question(&asking.project, &plain, ground, after.as_ref())?;
    Ok(Checked { query, after, source, rows: rendered.shape.rows, across })
}

/// Whether the neighbours' source does not hold the links, or does not know the objects that they start at.
fn leaves_source(asking: &Asking, from: &From) -> Result<bool, Fault> {
    let From::Neighbours { link, direction, .. } = from else { return Ok(false) };
    let project = &asking.project;
    let link = sql::link_type(project, link)?;
    let near = sql::object_type(project, link.near(*direction))?;
    let far = sql::object_type(project, link.far(*direction))?;
    let links_here = link.source().unwrap_or(&near.source) == &far.source;
    let near_known = near.source == far.source || sql::names_key(link, direction.turned(), near);
    Ok(!(links_here && near_known))
}

fn with_keys(asking: &Asking, query: &Query, keys: Vec<Key>) -> Result<Query, Fault> {
    let mut query = query.clone();
    if let From::Neighbours { link, direction, .. } = &query.from {
        let object_type = sql::link_type(&asking.project, link)?.far(*direction).clone();
        query.from = From::Keys { object_type, keys };
    }
    Ok(query)
}

async fn answer(asking: Asking, checked: Checked, out: Out) -> Result<(), Fault> {
    let open = Open { rows: checked.rows.clone(), source: Some(checked.source.clone()) };
    let asking = asking.for_part(&out, 0);
    let part = Part::open(&out, 0, open, &asking.clock).await;
    let query = checked.query.clone();
    let (poured, sink) = all(&asking, checked, Sink::Part(Box::new(part))).await?;
    let next = poured.next.and_then(|place| cursor::write(&query, place));
    match sink {
        Sink::Part(part) => part.close(Close { completeness: poured.completeness, next, ..Close::default() }).await,
        Sink::Rows(_) => Ok(()),
    }
}

async fn all(asking: &Asking, checked: Checked, mut sink: Sink) -> Result<(Poured, Sink), Fault> {
    let Checked { query, after, source, across, .. } = checked;
    let (query, found) = if across { found_across(asking, &query).await? } else { (query, Completeness::exact()) };
    let (answered, cut) = elsewhere::ask(asking, &query).await?;
    let seat = asking.seat(&source).await?;
    let ability = seat.ability();
    let rendered = rendered_with(asking, &seat, &query, &answered, after.as_ref()).await?;
    let compares_text = rendered.shape.compares_text;
    let mut poured = pour(&seat, rendered, &mut sink).await?;
    poured.completeness.join(&found);
    poured.completeness.join(&cut);
    note_accents(&mut poured.completeness, compares_text, ability, &source);
    Ok((poured, sink))
}

/// The statement of a question, written for the source behind `seat`.
pub(super) async fn rendered(
    asking: &Asking,
    seat: &Seat,
    query: &Query,
    after: Option<&Place>,
) -> Result<Rendered, Fault> {
    rendered_with(asking, seat, query, &[], after).await
}

async fn rendered_with(
    asking: &Asking,
    seat: &Seat,
    query: &Query,
    answered: &[Answered],
    after: Option<&Place>,
) -> Result<Rendered, Fault> {
    let table = match query.answer {
        Answer::Rows(_) => sql::table_of(&asking.project, &query.from)?,
        Answer::Count | Answer::Groups(_) => None,
    };
    let facts = match table {
        Some(table) => seat.facts(table).await?,
        None => Arc::default(),
    };
    let ground = Ground { ability: seat.ability(), most_rows: seat.limits.rows, facts: Some(&facts), answered };
    sql::question(&asking.project, query, ground, after)
}

/// Says that the source compares text without folding accents, where it matters.
pub(super) fn note_accents(completeness: &mut Completeness, compares_text: bool, ability: Ability, source: &SourceId) {
    if compares_text && !ability.folds_accents {
        completeness.note(Cause::AccentsDiffer(source.clone()));
    }
}

/// The neighbours in another source, by their keys; at most [`MOST_KEYS`] of them.
async fn found_across(asking: &Asking, query: &Query) -> Result<(Query, Completeness), Fault> {
    let From::Neighbours { link, direction, keys } = &query.from else {
        return Ok((query.clone(), Completeness::exact()));
    };
    let link = sql::link_type(&asking.project, link)?;
    let wanted =
        Wanted { link, direction: *direction, keys, only: &[], order: ExpandOrder::Name, limit: MOST_KEYS as u64 };
    let merged = across::merged(asking, &wanted).await?;
    Ok((with_keys(asking, query, merged.far_keys())?, merged.completeness))
}
