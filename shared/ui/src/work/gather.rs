//! Objects and links that are known by their keys alone are asked for, so that all of it is as the sources have it now: for
//! an investigation that is put together again, and for a graph that comes from a file.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use access::{LinkTypeId, ObjectTypeId};
use graph::NewLink;
use model::completeness::{Cause, Completeness};
use model::query::{Answer, Direction, From, Key, MOST_KEYS, Query, Rows as Page};
use wire::data::{Expand, ExpandOrder, RunQuery};
use wire::frame::{Close, PartRows};
use wire::{Code, Fault};

use super::object::{Object, ObjectRef, objects, once_each};
use super::roles::merged_links;
use super::streams::{self, Got, Lane};
use super::{import, restore};
use crate::app::Model;
use crate::client::{Outbox, PartEvent};

/// Links that are asked for at once: few enough that all that lie between their ends fit into one answer, mostly.
const LINKS_AT_ONCE: usize = 400;
/// Questions on their way; the others wait, so that what the person asks meanwhile has its turn.
const MOST_ASKED: usize = 2;

/// A link by its type and ends.
pub(super) type Pair = (LinkTypeId, ObjectRef, ObjectRef);

/// What it is gathered for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// The investigation that was kept.
    Restoring,
    /// A graph from a file.
    Importing,
}

impl For {
    fn gathering(self, model: &mut Model) -> Option<&mut Gathering> {
        match self {
            Self::Restoring => {
                let restoring = model.work.restoring.as_mut().filter(|restoring| restoring.fault().is_none());
                restoring.map(|restoring| &mut restoring.gathering)
            }
            Self::Importing => model.work.importing.as_mut().map(|importing| &mut importing.gathering),
        }
    }

    /// Something came, or is about to be asked for.
    fn note_share(self, model: &mut Model) {
        match self {
            // Whoever draws it asks.
            Self::Restoring => {}
            Self::Importing => import::note_share(model),
        }
    }

    fn all_came(self, model: &mut Model, outbox: &Outbox) {
        match self {
            Self::Restoring => restore::put_back(model, outbox),
            Self::Importing => import::put_in(model, outbox),
        }
    }

    fn failed(self, model: &mut Model, outbox: &Outbox, fault: Fault) {
        match self {
            Self::Restoring => restore::failed(model, fault),
            Self::Importing => import::failed(model, outbox, &fault),
        }
    }
}

/// What has come, and what is still to be asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Gathering {
    waiting: VecDeque<Ask>,
    open: usize,
    /// How many questions there are in all.
    all: usize,
    /// The numbers of the questions' purposes, to stop them.
    asked: Vec<u64>,
    objects: Vec<Object>,
    links: BTreeMap<Pair, NewLink>,
}

/// What came.
pub(super) struct Gathered {
    pub(super) objects: Vec<Object>,
    pub(super) links: BTreeMap<Pair, NewLink>,
}

impl Gathering {
    /// How much of it has come, 0 to 1; none before that is known.
    pub(super) fn share(&self) -> Option<f32> {
        let answered = self.all.saturating_sub(self.waiting.len() + self.open);
        (self.all > 0).then(|| answered as f32 / self.all as f32)
    }

    /// Asks nothing more.
    pub(super) fn forget(&mut self) {
        self.waiting.clear();
    }

    pub(super) fn into_gathered(self) -> Gathered {
        Gathered { objects: once_each(self.objects), links: self.links }
    }
}

/// One question.
#[derive(Debug, Clone)]
enum Ask {
    Objects(ObjectTypeId, Vec<Key>),
    Links(LinkTypeId, Vec<(Key, Key)>),
}

impl Ask {
    /// The same in two halves, where the answer had too many rows; none where it cannot be less.
    fn halves(&self) -> Option<[Self; 2]> {
        fn halves<T: Clone>(all: &[T]) -> Option<[Vec<T>; 2]> {
            let (one, other) = all.split_at(all.len() / 2);
            (!one.is_empty()).then(|| [one.to_vec(), other.to_vec()])
        }
        Some(match self {
            Self::Objects(id, keys) => halves(keys)?.map(|keys| Self::Objects(id.clone(), keys)),
            Self::Links(id, pairs) => halves(pairs)?.map(|pairs| Self::Links(id.clone(), pairs)),
        })
    }
}

/// The other way round, where a link has no direction: rows of either are the same link.
pub(super) fn turned(model: &Model, (link, from, to): &Pair) -> Option<Pair> {
    let kind = model.link_type(link).filter(|kind| !kind.directed && kind.from == kind.to)?;
    Some((kind.id.clone(), to.clone(), from.clone()))
}

fn asks(model: &Model, objects: &[ObjectRef], links: &[Pair]) -> VecDeque<Ask> {
    let mut keys: BTreeMap<ObjectTypeId, Vec<Key>> = BTreeMap::new();
    for object in objects {
        keys.entry(object.object_type.clone()).or_default().push(object.key.clone());
    }
    let mut ends: BTreeMap<LinkTypeId, BTreeSet<(Key, Key)>> = BTreeMap::new();
    let both = links.iter().flat_map(|pair| [turned(model, pair), Some(pair.clone())]);
    for (link, from, to) in both.flatten() {
        ends.entry(link).or_default().insert((from.key, to.key));
    }
    let objects =
        keys.iter().flat_map(|(id, keys)| keys.chunks(MOST_KEYS).map(|keys| Ask::Objects(id.clone(), keys.to_vec())));
    let links = ends.into_iter().flat_map(|(id, pairs)| {
        let pairs: Vec<(Key, Key)> = pairs.into_iter().collect();
        pairs.chunks(LINKS_AT_ONCE).map(|pairs| Ask::Links(id.clone(), pairs.to_vec())).collect::<Vec<_>>()
    });
    objects.chain(links).collect()
}

/// Asks for objects, and links between them; what it is for hears when all has come, or that it could not.
pub(super) fn begin(model: &mut Model, outbox: &Outbox, purpose: For, objects: &[ObjectRef], links: &[Pair]) {
    let waiting = asks(model, objects, links);
    if let Some(gathering) = purpose.gathering(model) {
        *gathering = Gathering { all: waiting.len(), waiting, ..Gathering::default() };
    }
    go_on(model, outbox, purpose);
}

/// Stops the questions that are on their way.
pub(super) fn stop(model: &mut Model, outbox: &Outbox, purpose: For) {
    let asked = purpose.gathering(model).map(|gathering| std::mem::take(&mut gathering.asked));
    for number in asked.into_iter().flatten() {
        model.work.streams.stop(&Lane::Put(number), outbox);
    }
}

/// Asks the next questions; says so when all are answered.
fn go_on(model: &mut Model, outbox: &Outbox, purpose: For) {
    purpose.note_share(model);
    loop {
        let Some(gathering) = purpose.gathering(model) else { return };
        if gathering.open >= MOST_ASKED {
            return;
        }
        let Some(ask) = gathering.waiting.pop_front() else { break };
        gathering.open += 1;
        start(model, outbox, purpose, ask);
    }
    if purpose.gathering(model).is_some_and(|gathering| gathering.open == 0) {
        purpose.all_came(model, outbox);
    }
}

fn start(model: &mut Model, outbox: &Outbox, purpose: For, ask: Ask) {
    let Some(project) = model.route.project().cloned() else { return };
    let number = model.work.streams.number();
    if let Some(gathering) = purpose.gathering(model) {
        gathering.asked.push(number);
    }
    let lane = Lane::Put(number);
    match &ask {
        Ask::Objects(id, keys) => {
            let from = From::Keys { object_type: id.clone(), keys: keys.clone() };
            let query = Query::new(from, Answer::Rows(Page::first(MOST_KEYS as u64 * 2)));
            let hear = Hearing::new(purpose, ask);
            streams::start(model, outbox, lane, RunQuery { project, query }, hear.by());
        }
        Ask::Links(link, pairs) => {
            let one = |end: fn(&(Key, Key)) -> &Key| -> Vec<Key> {
                pairs.iter().map(end).collect::<BTreeSet<_>>().into_iter().cloned().collect()
            };
            let request = Expand {
                project,
                link: link.clone(),
                direction: Direction::Forward,
                keys: one(|pair| &pair.0),
                order: ExpandOrder::Count,
                limit: MOST_KEYS as u64,
                only: one(|pair| &pair.1),
            };
            streams::start(model, outbox, lane, request, Hearing::new(purpose, ask).by());
        }
    }
}

/// What has come of one question.
struct Hearing {
    purpose: For,
    ask: Ask,
    parts: BTreeMap<u16, PartRows>,
    objects: Vec<Object>,
    links: Vec<NewLink>,
    completeness: Completeness,
    fault: Option<Fault>,
}

impl Hearing {
    fn new(purpose: For, ask: Ask) -> Self {
        Self {
            purpose,
            ask,
            parts: BTreeMap::new(),
            objects: Vec::new(),
            links: Vec::new(),
            completeness: Completeness::exact(),
            fault: None,
        }
    }

    fn by(mut self) -> impl FnMut(&mut Model, &Outbox, Got) {
        move |model, outbox, got| match got {
            Got::Part(part, PartEvent::Open(open)) => drop(self.parts.insert(part, open.rows)),
            Got::Part(part, PartEvent::Rows(batches)) => self.rows(model, outbox, part, &batches),
            Got::Part(part, PartEvent::Close(close)) => self.close(part, close),
            Got::Part(_, PartEvent::Progress(_)) => {}
            Got::End(end) => self.end(model, outbox, end),
        }
    }

    fn rows(&mut self, model: &Model, outbox: &Outbox, part: u16, batches: &[arrow_array::RecordBatch]) {
        match (&self.ask, self.parts.get(&part)) {
            (Ask::Objects(..), Some(PartRows::Objects(id))) => {
                let Some(kind) = model.object_type(id) else { return };
                let fetched = outbox.client().clock_time();
                self.objects.extend(batches.iter().flat_map(|batch| objects(batch, kind, fetched.as_deref())));
            }
            (Ask::Links(..), Some(PartRows::MergedLinks { link })) => {
                let Some(kind) = model.link_type(link) else { return };
                self.links.extend(batches.iter().flat_map(|batch| merged_links(batch, kind)));
            }
            // The objects at the ends are asked for by their keys.
            _ => {}
        }
    }

    fn close(&mut self, part: u16, close: Close) {
        let is_wanted = match (&self.ask, self.parts.get(&part)) {
            (Ask::Links(..), Some(PartRows::Objects(_))) => false,
            (_, known) => known.is_some(),
        };
        if is_wanted {
            self.completeness.join(&close.completeness);
            self.fault = self.fault.take().or(close.fault);
        }
    }

    fn end(&mut self, model: &mut Model, outbox: &Outbox, end: Result<(), Fault>) {
        let fault = end.err().or_else(|| self.fault.take()).or_else(|| source_failed(&self.completeness));
        if let Some(gathering) = self.purpose.gathering(model) {
            gathering.open = gathering.open.saturating_sub(1);
            if !self.completeness.gave_all()
                && let Some(halves) = self.ask.halves()
            {
                gathering.waiting.extend(halves);
                gathering.all += 2;
            } else {
                gathering.objects.append(&mut self.objects);
                gathering.links.extend(self.links.drain(..).filter_map(|link| Some((pair_of(&link)?, link))));
            }
        }
        match fault {
            Some(fault) => self.purpose.failed(model, outbox, fault),
            None => go_on(model, outbox, self.purpose),
        }
    }
}

fn source_failed(completeness: &Completeness) -> Option<Fault> {
    completeness.causes.iter().find_map(|cause| match cause {
        Cause::SourceFailed { sentence, .. } => Some(Fault::new(Code::SourceFailed, sentence.clone(), "")),
        _ => None,
    })
}

fn pair_of(link: &NewLink) -> Option<Pair> {
    let id = LinkTypeId::new(link.link_type.clone()).ok()?;
    Some((id, ObjectRef::of_node(&link.from)?, ObjectRef::of_node(&link.to)?))
}
