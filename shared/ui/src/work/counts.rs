//! How many links objects have, per link type and direction, before anything is fetched.

use access::LinkTypeId;
use model::query::Direction;
use wire::Fault;
use wire::data::{CountLinks, MOST_COUNTED_OBJECTS};
use wire::frame::{Close, LinkCount};

use super::object::ObjectRef;
use super::streams::{self, Got, Lane};
use crate::app::Model;
use crate::client::{Outbox, PartEvent};

/// How many sets of objects are remembered.
const MOST_KEPT: usize = 64;

/// The counted links of some objects of one type.
#[derive(Debug, Clone)]
pub struct Counts {
    /// Of which objects.
    pub of: Vec<ObjectRef>,
    /// What has come.
    pub links: Vec<LinkCount>,
    /// Link types whose source could not answer: their number in the answer and why.
    pub faults: Vec<Fault>,
    /// Whether more may come.
    pub is_running: bool,
}

impl Counts {
    /// The count of one link type in one direction, if it has come.
    pub fn find(&self, link: &LinkTypeId, direction: Direction) -> Option<&LinkCount> {
        self.links.iter().find(|count| count.link == *link && count.direction == direction)
    }
}

/// Counts the links of objects of one type, unless that was done or is being done.
pub(super) fn count(model: &mut Model, outbox: &Outbox, of: Vec<ObjectRef>) {
    let known = model.work.counts.iter().any(|counts| counts.of == of && counts.faults.is_empty());
    let Some(first) = of.first().filter(|_| !known && of.len() <= MOST_COUNTED_OBJECTS) else { return };
    let Some(project) = model.route.project().cloned() else { return };
    let keys = of.iter().map(|object| object.key.clone()).collect();
    let ask = CountLinks { project, object_type: first.object_type.clone(), keys };
    let kept = &mut model.work.counts;
    // What was being counted is stopped by this; it may be asked for again.
    kept.retain(|counts| counts.of != of && !counts.is_running);
    if kept.len() >= MOST_KEPT {
        kept.remove(0);
    }
    kept.push(Counts { of: of.clone(), links: Vec::new(), faults: Vec::new(), is_running: true });
    streams::start(model, outbox, Lane::Counts, ask, move |model, _, got| {
        model.work.counts_change += 1;
        let Some(counts) = model.work.counts.iter_mut().find(|counts| counts.of == of) else { return };
        match got {
            Got::Part(_, PartEvent::Close(close)) => take(counts, close),
            Got::Part(..) => {}
            Got::End(end) => {
                counts.is_running = false;
                counts.faults.extend(end.err());
            }
        }
    });
}

fn take(counts: &mut Counts, close: Close) {
    counts.links.extend(close.counts);
    counts.faults.extend(close.fault);
}
