//! Objects by their keys are put on the graph, as one step; what is not known is fetched first.

use std::collections::VecDeque;

use access::{ObjectTypeId, ProjectId};
use model::query::{Answer, From, Key, MOST_KEYS, Query, Rows as Page};
use wire::data::RunQuery;

use super::object::{Object, ObjectRef, objects, once_each};
use super::streams::{self, Got, Lane};
use super::{board, going};
use crate::app::Model;
use crate::client::{Outbox, PartEvent};
use crate::words::Word;

/// The most rows of one answer, unless there are more keys; a key that is not unique has several.
const MOST_ROWS: u64 = 1_000;

/// What has come, and what is still to be asked for.
struct Fetch {
    project: ProjectId,
    /// What it is called while it is under way.
    number: u64,
    objects: Vec<Object>,
    waiting: VecDeque<(ObjectTypeId, Vec<Key>)>,
}

/// Puts objects on the graph; what is not known is fetched first, one question after the other.
pub(super) fn put(model: &mut Model, outbox: &Outbox, wanted: &[ObjectRef]) {
    let Some(project) = model.route.project().cloned() else { return };
    let (known, unknown): (Vec<&ObjectRef>, Vec<&ObjectRef>) =
        wanted.iter().partition(|object| model.work.object(object).is_some());
    let objects = known.into_iter().filter_map(|object| model.work.object(object).cloned()).collect();
    let waiting = VecDeque::from(asks(&unknown));
    if waiting.is_empty() {
        board::put(model, outbox, objects);
        return;
    }
    let mut names: Vec<&str> =
        waiting.iter().filter_map(|(kind, _)| Some(model.object_type(kind)?.plural.as_str())).collect();
    names.dedup();
    let number = going::begin(model, model.words.with(Word::FetchingObjects, &[&names.join(", ")]));
    ask_next(model, outbox, Fetch { project, number, objects, waiting });
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

/// Asks the next question; behind the last one, what has come is put on the graph as one step.
fn ask_next(model: &mut Model, outbox: &Outbox, mut fetch: Fetch) {
    let Some((object_type, keys)) = fetch.waiting.pop_front() else {
        going::end(model, fetch.number);
        if !fetch.objects.is_empty() {
            board::put(model, outbox, once_each(fetch.objects));
        }
        return;
    };
    let limit = MOST_ROWS.max(keys.len() as u64 * 2);
    let from = From::Keys { object_type: object_type.clone(), keys };
    let query = Query::new(from, Answer::Rows(Page::first(limit)));
    let (number, request) = (fetch.number, RunQuery { project: fetch.project.clone(), query });
    let mut fetch = Some(fetch);
    streams::start(model, outbox, Lane::Put(number), request, move |model, outbox, got| match got {
        Got::Part(_, PartEvent::Rows(batches)) => {
            let fetched = outbox.client().clock_time();
            let (Some(kind), Some(fetch)) = (model.object_type(&object_type), &mut fetch) else { return };
            fetch.objects.extend(batches.iter().flat_map(|batch| objects(batch, kind, fetched.as_deref())));
        }
        Got::Part(_, PartEvent::Progress(progress)) => going::note(model, number, progress),
        Got::Part(..) => {}
        Got::End(end) => {
            let is_left = end.as_ref().is_err_and(streams::is_stopped);
            if let Err(fault) = end {
                model.notify_fault(&fault);
            }
            match fetch.take() {
                Some(fetch) if !is_left => ask_next(model, outbox, fetch),
                _ => {
                    going::end(model, number);
                }
            }
        }
    });
}
