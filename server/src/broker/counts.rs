//! Links counted before they are expanded: one part per link type and direction, each with its own short time.

use std::time::Duration;

use futures::{FutureExt, StreamExt};
use model::LinkTypeId;
use model::completeness::{Cause, Completeness};
use model::query::{Direction, Key};
use model::withheld::{Withheld, WithheldLinkType};
use wire::Fault;
use wire::data::{COUNT_STOPS_AT, CountLinks, ExpandOrder, MOST_COUNTED_OBJECTS};
use wire::frame::{Close, LinkCount, NOT_COUNTED, Open, PartRows};

use super::across::{self, Wanted};
use super::part::Part;
use super::pieces::{self, Out, Pieces};
use super::{Asking, sql, withheld};

/// The longest time of one count.
const COUNT_SECONDS: u64 = 2;
/// Link types that are counted at the same time; each source has its own queue beside that.
const COUNTS_AT_ONCE: usize = 8;

pub(super) fn run(asking: Asking, request: &CountLinks, withheld: &Withheld) -> Result<Pieces, Fault> {
    let kind = sql::object_type(&asking.project, &request.object_type)?;
    if request.keys.is_empty() || request.keys.len() > MOST_COUNTED_OBJECTS {
        return Err(Fault::invalid(
            format!("Links are counted for 1 to {MOST_COUNTED_OBJECTS} objects at once."),
            "Select fewer objects.",
        ));
    }
    let mut steps: Vec<(LinkTypeId, Direction)> = Vec::new();
    for link in asking.project.link_types.values() {
        for direction in [Direction::Forward, Direction::Backward] {
            if *link.near(direction) == kind.id {
                steps.push((link.id.clone(), direction));
            }
        }
    }
    let keys = request.keys.clone();
    let touches = |link: &&WithheldLinkType| link.from == kind.id || link.to == kind.id;
    let named: Vec<LinkTypeId> = withheld.link_types.iter().filter(touches).map(|link| link.id.clone()).collect();
    Ok(pieces::start(move |out| async move {
        for (id, number) in named.iter().zip(0_u16..) {
            withheld::links(&asking, id, number, &out).await?;
        }
        let begun = u16::try_from(named.len()).unwrap_or(u16::MAX);
        let numbered = steps.iter().zip(begun..);
        let parts: Vec<_> =
            numbered.map(|(step, number)| one_step(&asking, step, number, &keys, &out).boxed()).collect();
        let mut parts = futures::stream::iter(parts).buffer_unordered(COUNTS_AT_ONCE);
        while let Some(ended) = parts.next().await {
            ended?;
        }
        Ok(())
    }))
}

async fn one_step(
    asking: &Asking,
    (link, direction): &(LinkTypeId, Direction),
    number: u16,
    keys: &[Key],
    out: &Out,
) -> Result<(), Fault> {
    let asking = &asking.for_part(out, number);
    let link = sql::link_type(&asking.project, link)?;
    let far = sql::object_type(&asking.project, link.far(*direction))?;
    let source = link.source().unwrap_or(&far.source).clone();
    let open = Open { rows: PartRows::Counts, source: Some(source.clone()) };
    let part = Part::open(out, number, open, &asking.clock).await;
    let wanted =
        Wanted { link, direction: *direction, keys, only: &[], order: ExpandOrder::Name, limit: COUNT_STOPS_AT };
    let counting = across::counted(asking, &wanted);
    let counted = tokio::time::timeout(Duration::from_secs(COUNT_SECONDS), counting).await;
    let mut completeness = Completeness::exact();
    let count = |links, neighbours| vec![LinkCount { link: link.id.clone(), direction: *direction, links, neighbours }];
    let close = match counted {
        Ok(Ok((links, neighbours))) => {
            if links.more {
                completeness.note(Cause::CountLimit(COUNT_STOPS_AT));
            }
            Close { completeness, counts: count(links, neighbours), ..Close::default() }
        }
        Ok(Err(fault)) => {
            completeness.note(Cause::SourceFailed { source, sentence: fault.sentence.clone() });
            Close { completeness, fault: Some(fault), ..Close::default() }
        }
        Err(_) => {
            completeness.note(Cause::TimeLimit(COUNT_SECONDS));
            Close { completeness, counts: count(NOT_COUNTED, NOT_COUNTED), ..Close::default() }
        }
    };
    part.close(close).await
}
