//! Objects by their keys are put on the graph, as one step; what is not known is fetched first.

use std::cell::RefCell;
use std::rc::Rc;

use access::{ObjectTypeId, ProjectId};
use model::query::{Answer, From, Key, MOST_KEYS, Query, Rows as Page};
use wire::data::RunQuery;

use super::board;
use super::object::{Object, ObjectRef, objects, once_each};
use super::streams::{self, Got, Lane};
use crate::app::Model;
use crate::client::{Outbox, PartEvent};

/// The most rows of one answer, unless there are more keys; a key that is not unique has several.
const MOST_ROWS: u64 = 1_000;

/// What has come, and how many answers are on their way.
struct Gathered {
    objects: Vec<Object>,
    open: usize,
}

/// Puts objects on the graph; what is not known is fetched first.
pub(super) fn put(model: &mut Model, outbox: &Outbox, wanted: &[ObjectRef]) {
    let Some(project) = model.route.project().cloned() else { return };
    let (known, unknown): (Vec<&ObjectRef>, Vec<&ObjectRef>) =
        wanted.iter().partition(|object| model.work.object(object).is_some());
    let objects = known.into_iter().filter_map(|object| model.work.object(object).cloned()).collect();
    let asks = asks(&unknown);
    if asks.is_empty() {
        board::put(model, outbox, objects);
        return;
    }
    let gathered = Rc::new(RefCell::new(Gathered { objects, open: asks.len() }));
    for (object_type, keys) in asks {
        ask(model, outbox, &project, object_type, keys, gathered.clone());
    }
}

/// The keys of each type, as many as one question may have.
fn asks(unknown: &[&ObjectRef]) -> Vec<(ObjectTypeId, Vec<Key>)> {
    let mut kinds: Vec<&ObjectTypeId> = unknown.iter().map(|object| &object.object_type).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let of_kind = |kind: &ObjectTypeId| -> Vec<Key> {
        unknown.iter().filter(|object| object.object_type == *kind).map(|object| object.key.clone()).collect()
    };
    let chunks = |kind: &ObjectTypeId| -> Vec<(ObjectTypeId, Vec<Key>)> {
        of_kind(kind).chunks(MOST_KEYS).map(|keys| (kind.clone(), keys.to_vec())).collect()
    };
    kinds.into_iter().flat_map(chunks).collect()
}

fn ask(
    model: &mut Model,
    outbox: &Outbox,
    project: &ProjectId,
    object_type: ObjectTypeId,
    keys: Vec<Key>,
    gathered: Rc<RefCell<Gathered>>,
) {
    let limit = MOST_ROWS.max(keys.len() as u64 * 2);
    let from = From::Keys { object_type: object_type.clone(), keys };
    let query = Query::new(from, Answer::Rows(Page::first(limit)));
    let lane = Lane::Put(model.work.streams.number());
    let request = RunQuery { project: project.clone(), query };
    streams::start(model, outbox, lane, request, move |model, outbox, got| match got {
        Got::Part(_, PartEvent::Rows(batches)) => {
            let fetched = outbox.client().clock_time();
            let Some(kind) = model.object_type(&object_type) else { return };
            let found = batches.iter().flat_map(|batch| objects(batch, kind, fetched.as_deref()));
            gathered.borrow_mut().objects.extend(found);
        }
        Got::End(end) => {
            if let Err(fault) = end {
                model.notify_fault(&fault);
            }
            let mut gathered = gathered.borrow_mut();
            gathered.open -= 1;
            if gathered.open == 0 && !gathered.objects.is_empty() {
                board::put(model, outbox, once_each(std::mem::take(&mut gathered.objects)));
            }
        }
        Got::Part(..) => {}
    });
}
