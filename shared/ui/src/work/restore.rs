//! The kept investigation is put together again when the project opens: all of it, or, with what is missing said,
//! none of it; until then nothing is kept over it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use access::{LinkTypeId, ObjectTypeId};
use graph::{Graph, NewLink, NewNode, NodeId, NodeKey, Parallel, Place, Step};
use model::completeness::{Cause, Completeness};
use model::query::{Answer, Direction, From, Key, MOST_KEYS, Query, Rows as Page};
use wire::data::{Expand, ExpandOrder, RunQuery};
use wire::frame::{Close, PartRows};
use wire::project::{ReadWork, Work as Kept, WorkObject};
use wire::{Code, Fault};

use super::kept_expansions::{self, KeptExpansion};
use super::kept_groups::{self, KeptGroup};
use super::object::{Object, ObjectRef, objects, once_each};
use super::roles::merged_links;
use super::streams::{self, Got, Lane};
use super::{details, layout, measuring, money, notes, style};
use crate::app::Model;
use crate::client::{Outbox, PartEvent};
use crate::words::Word;

/// Links that are asked for at once: few enough that all that lie between their ends fit into one answer, mostly.
const LINKS_AT_ONCE: usize = 400;
/// Questions on their way; the others wait, so that what the person asks meanwhile has its turn.
const MOST_ASKED: usize = 2;

/// What is still on its way while an investigation is put together again.
#[derive(Debug, Clone, Default)]
pub struct Restoring {
    /// Whether what was kept has come, so that only its contents are missing.
    is_read: bool,
    kept: Kept,
    groups: Vec<KeptGroup>,
    expansions: Vec<KeptExpansion>,
    waiting: VecDeque<Ask>,
    open: usize,
    /// How many questions there are in all.
    all: usize,
    /// The numbers of the questions' purposes, to stop them.
    asked: Vec<u64>,
    objects: Vec<Object>,
    links: BTreeMap<Pair, NewLink>,
    fault: Option<Fault>,
}

impl Restoring {
    /// Why it could not be put together. While this is so nothing is kept, because that would lose what was kept before.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// How much of it has come, 0 to 1; none before that is known.
    pub fn share(&self) -> Option<f32> {
        let answered = self.all.saturating_sub(self.waiting.len() + self.open);
        (self.all > 0).then(|| answered as f32 / self.all as f32)
    }

    /// How many objects and links were kept.
    pub fn size(&self) -> (u64, u64) {
        (self.kept.objects.len() as u64, self.kept.links.len() as u64)
    }
}

/// A link by its type and ends.
type Pair = (LinkTypeId, ObjectRef, ObjectRef);

/// Kept objects and links of types that this person does not see now.
#[derive(Debug, Clone, Default)]
pub(super) struct Aside {
    pub(super) objects: Vec<WorkObject>,
    pub(super) links: Vec<Pair>,
    /// Members of groups, by the names of these.
    pub(super) groups: Vec<(String, ObjectRef)>,
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

/// Asks for what was kept when the project opens, once.
pub(super) fn read_once(model: &mut Model, outbox: &Outbox) {
    if !std::mem::replace(&mut model.work.was_read, true) {
        read(model, outbox);
    }
}

/// Asks for what was kept.
pub(super) fn read(model: &mut Model, outbox: &Outbox) {
    let Some(project) = model.route.project().cloned() else { return };
    model.work.restoring = Some(Restoring::default());
    let asked_for = project.clone();
    outbox.call(&ReadWork { project }, move |model, outbox, reply| {
        // Whoever stopped it, or asked again, hears no answer to the first question.
        let is_waiting = |restoring: &Restoring| !restoring.is_read && restoring.fault.is_none();
        if model.route.project() != Some(&asked_for) || !model.work.restoring.as_ref().is_some_and(is_waiting) {
            return;
        }
        match reply {
            Ok(kept) => begin(model, outbox, kept),
            // The person may not keep: one begins with an empty graph.
            Err(fault) if matches!(fault.code, Code::NotFound | Code::Forbidden) => model.work.restoring = None,
            Err(fault) => failed(model, fault),
        }
    });
}

/// Begins with an empty graph; the next change is kept over what was kept before.
pub(super) fn give_up(model: &mut Model) {
    model.work.restoring = None;
    model.work.changed();
}

/// Stops it; what was kept stays as it is, and can be asked for again.
pub(super) fn stop(model: &mut Model, outbox: &Outbox) {
    let asked = model.work.restoring.as_mut().map(|restoring| std::mem::take(&mut restoring.asked));
    for number in asked.into_iter().flatten() {
        model.work.streams.stop(&Lane::Put(number), outbox);
    }
    let words = model.words;
    failed(model, Fault::new(Code::Busy, words.t(Word::RestoringStopped), words.t(Word::TryAgainSentence)));
}

/// It cannot be put together now; the screen says so and offers to try again.
fn failed(model: &mut Model, fault: Fault) {
    if let Some(restoring) = &mut model.work.restoring {
        restoring.waiting.clear();
        restoring.fault.get_or_insert(fault);
    }
}

fn begin(model: &mut Model, outbox: &Outbox, mut kept: Kept) {
    if model.work.searches.is_empty() {
        model.work.searches.clone_from(&kept.searches);
    }
    let (groups, expansions) = (kept_groups::read(&kept), kept_expansions::read(&kept));
    model.work.aside = set_aside(model, &mut kept, &groups);
    if kept.links_as_one {
        model.work.board.parallel = Parallel::AsOne;
    }
    let waiting = asks(model, &kept);
    let all = waiting.len();
    model.work.restoring =
        Some(Restoring { is_read: true, kept, groups, expansions, waiting, all, ..Restoring::default() });
    go_on(model, outbox);
}

/// What an object is, of those that were kept.
fn is(object: &WorkObject) -> ObjectRef {
    ObjectRef { object_type: object.object_type.clone(), key: object.key.clone() }
}

fn pairs(kept: &Kept) -> impl Iterator<Item = Pair> + '_ {
    let at = |place: u32| kept.objects.get(place as usize).map(is);
    kept.links.iter().filter_map(move |link| Some((link.link.clone(), at(link.from)?, at(link.to)?)))
}

/// Takes out what cannot be asked for, because its type is not there for this person.
fn set_aside(model: &Model, kept: &mut Kept, groups: &[KeptGroup]) -> Aside {
    let knows = |id: &ObjectTypeId| model.object_type(id).is_some();
    let (asked, links): (Vec<Pair>, Vec<Pair>) = pairs(kept).partition(|(link, from, to)| {
        model.link_type(link).is_some() && knows(&from.object_type) && knows(&to.object_type)
    });
    let ends: BTreeSet<&ObjectRef> = links.iter().flat_map(|(_, from, to)| [from, to]).collect();
    let is_aside = |object: &&WorkObject| !knows(&object.object_type) || ends.contains(&is(object));
    let objects = kept.objects.iter().filter(is_aside).cloned().collect();
    kept.objects.retain(|object| knows(&object.object_type));
    let places: BTreeMap<ObjectRef, u32> = kept.objects.iter().map(is).zip(0..).collect();
    let link = |(link, from, to): Pair| {
        Some(wire::project::WorkLink { link, from: *places.get(&from)?, to: *places.get(&to)? })
    };
    kept.links = asked.into_iter().filter_map(link).collect();
    let members = groups.iter().flat_map(|group| group.members.iter().map(|member| (&group.name, member)));
    let hidden = members.filter(|(_, member)| !knows(&member.object_type));
    Aside { objects, links, groups: hidden.map(|(name, member)| (name.clone(), member.clone())).collect() }
}

/// The other way round, where a link has no direction: rows of either are the same link.
fn turned(model: &Model, (link, from, to): &Pair) -> Option<Pair> {
    let kind = model.link_type(link).filter(|kind| !kind.directed && kind.from == kind.to)?;
    Some((kind.id.clone(), to.clone(), from.clone()))
}

fn asks(model: &Model, kept: &Kept) -> VecDeque<Ask> {
    let mut keys: BTreeMap<ObjectTypeId, Vec<Key>> = BTreeMap::new();
    for object in &kept.objects {
        keys.entry(object.object_type.clone()).or_default().push(object.key.clone());
    }
    let mut ends: BTreeMap<LinkTypeId, BTreeSet<(Key, Key)>> = BTreeMap::new();
    for (link, from, to) in pairs(kept).flat_map(|pair| [turned(model, &pair), Some(pair)]).flatten() {
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

/// Asks the next questions; puts everything back when all are answered.
fn go_on(model: &mut Model, outbox: &Outbox) {
    loop {
        let Some(restoring) = model.work.restoring.as_mut().filter(|restoring| restoring.fault.is_none()) else {
            return;
        };
        if restoring.open >= MOST_ASKED {
            return;
        }
        let Some(ask) = restoring.waiting.pop_front() else { break };
        restoring.open += 1;
        start(model, outbox, ask);
    }
    if model.work.restoring.as_ref().is_some_and(|restoring| restoring.open == 0) {
        put_back(model, outbox);
    }
}

fn start(model: &mut Model, outbox: &Outbox, ask: Ask) {
    let Some(project) = model.route.project().cloned() else { return };
    let number = model.work.streams.number();
    if let Some(restoring) = &mut model.work.restoring {
        restoring.asked.push(number);
    }
    let lane = Lane::Put(number);
    match &ask {
        Ask::Objects(id, keys) => {
            let from = From::Keys { object_type: id.clone(), keys: keys.clone() };
            let query = Query::new(from, Answer::Rows(Page::first(MOST_KEYS as u64 * 2)));
            let hear = Hearing::new(ask);
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
            streams::start(model, outbox, lane, request, Hearing::new(ask).by());
        }
    }
}

/// What has come of one question.
struct Hearing {
    ask: Ask,
    parts: BTreeMap<u16, PartRows>,
    objects: Vec<Object>,
    links: Vec<NewLink>,
    completeness: Completeness,
    fault: Option<Fault>,
}

impl Hearing {
    fn new(ask: Ask) -> Self {
        Self {
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
        if let Some(restoring) = &mut model.work.restoring {
            restoring.open = restoring.open.saturating_sub(1);
            if !self.completeness.gave_all()
                && let Some(halves) = self.ask.halves()
            {
                restoring.waiting.extend(halves);
                restoring.all += 2;
            } else {
                restoring.objects.append(&mut self.objects);
                restoring.links.extend(self.links.drain(..).filter_map(|link| Some((pair_of(&link)?, link))));
            }
        }
        match fault {
            Some(fault) => failed(model, fault),
            None => go_on(model, outbox),
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

/// All has come: it lies where it lay. What is no longer in its source stays, by its key.
fn put_back(model: &mut Model, outbox: &Outbox) {
    let Some(Restoring { kept, groups, expansions, objects, mut links, .. }) = model.work.restoring.take() else {
        return;
    };
    let objects = once_each(objects);
    let found: BTreeSet<&ObjectRef> = objects.iter().map(|object| &object.is).collect();
    let gone: Vec<NewNode> =
        kept.objects.iter().map(is).filter(|is| !found.contains(is)).map(|is| is.missing_node()).collect();
    let has =
        |pair: &Pair| links.contains_key(pair) || turned(model, pair).is_some_and(|pair| links.contains_key(&pair));
    let lost = pairs(&kept).filter(|pair| !has(pair)).count();
    let wanted: BTreeSet<Pair> = pairs(&kept).flat_map(|pair| [turned(model, &pair), Some(pair)]).flatten().collect();
    let known = on_graph(model);
    links.retain(|pair, _| wanted.contains(pair) && !known.contains(pair));
    let (objects_gone, links_gone) = (gone.len() as u64, lost as u64);
    let nodes = objects.iter().filter_map(|object| Some(object.node(model.object_type(&object.is.object_type)?)));
    let nodes = nodes.chain(gone).collect();
    let mut put: BTreeMap<LinkTypeId, Vec<(Key, Key)>> = BTreeMap::new();
    for (link, from, to) in links.keys() {
        put.entry(link.clone()).or_default().push((from.key.clone(), to.key.clone()));
    }
    let links = links.into_values().collect();
    if let Err(fault) = add(&mut model.work.board.graph, nodes, links, (&kept, &groups)) {
        let fault = Fault::invalid(model.words.with(Word::StepFailed, &[&fault.to_string()]), "");
        model.work.restoring = Some(Restoring { kept, fault: Some(fault), ..Restoring::default() });
        return;
    }
    for (word, number) in [(Word::ObjectsGone, objects_gone), (Word::LinksGone, links_gone)] {
        if number > 0 {
            model.notify(model.words.with(word, &[&model.words.count(number)]));
        }
    }
    kept_expansions::put_back(model, expansions);
    details::remember(model, objects);
    model.work.board.keep_rules();
    measuring::keep_up(model, outbox);
    layout::start(model, outbox, None);
    for (link, pairs) in put {
        money::ask(model, outbox, &link, &pairs);
    }
}

/// Adds what came, and lets it lie where it lay, pinned and hidden as it was. No step of the history: there is nothing
/// before it to go back to.
fn add(
    graph: &mut Graph,
    nodes: Vec<NewNode>,
    links: Vec<NewLink>,
    (all, groups): (&Kept, &[KeptGroup]),
) -> Result<(), graph::Fault> {
    let kept = &all.objects;
    // What the person put on the graph meanwhile stays to be seen.
    let hidden: Vec<NodeKey> = kept.iter().filter(|object| object.hidden).map(|object| is(object).node_key()).collect();
    let hidden: Vec<NodeKey> = hidden.into_iter().filter(|key| graph.find(key).is_none()).collect();
    Step::Add { nodes, links }.apply(graph)?;
    let find = |object: &WorkObject| Some((graph.find(&is(object).node_key())?, [object.x, object.y], object.pinned));
    let found: Vec<(NodeId, Place, bool)> = kept.iter().filter_map(find).collect();
    let hidden = hidden.iter().filter_map(|key| graph.find(key)).collect();
    let pinned = found.iter().filter(|found| found.2).map(|found| found.0).collect();
    Step::Move(found.into_iter().map(|(id, place, _)| (id, place)).collect()).apply(graph)?;
    Step::Pin(pinned).apply(graph)?;
    Step::Hide(hidden).apply(graph)?;
    // What the person said of the look, or wrote, meanwhile stays.
    if graph.style().is_none() && graph.notes().next().is_none() {
        style::step(&all.rules).apply(graph)?;
        notes::step(&all.notes).apply(graph)?;
    }
    kept_groups::put_back(graph, groups)
}

/// Links that the person put on the graph meanwhile: they would be added up.
fn on_graph(model: &Model) -> BTreeSet<Pair> {
    let graph = &model.work.board.graph;
    let end = |id| ObjectRef::of_node(&graph.node(id)?.key);
    let pair = |link: &graph::Link| {
        Some((LinkTypeId::new(graph.link_type(link.link_type)).ok()?, end(link.from)?, end(link.to)?))
    };
    graph.links().filter_map(|(_, link)| pair(link)).collect()
}
