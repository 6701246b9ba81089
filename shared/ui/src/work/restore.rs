//! The kept investigation is put together again when the project opens: all of it, or, with what is missing said,
//! none of it; until then nothing is kept over it.

use std::collections::{BTreeMap, BTreeSet};

use access::{LinkTypeId, ObjectTypeId};
use graph::layout::is_somewhere;
use graph::{Graph, MOST_NOTES, NewLink, NewNode, NodeId, NodeKey, Parallel, Place, Step};
use model::query::Key;
use model::style::{MOST_RULES, Rule};
use wire::project::{MOST_KEPT_GROUPS, MOST_KEPT_LINKS, MOST_KEPT_SEARCHES, ReadWork, Work as Kept, WorkObject};
use wire::{Code, Fault};

use super::gather::{self, For, Gathered, Gathering, Pair, turned};
use super::kept_expansions::{self, KeptExpansion};
use super::kept_groups::{self, KeptGroup};
use super::object::ObjectRef;
use super::{details, layout, measuring, money, notes, style};
use crate::app::Model;
use crate::client::Outbox;
use crate::words::Word;

/// What is still on its way while an investigation is put together again.
#[derive(Debug, Clone, Default)]
pub struct Restoring {
    /// Whether what was kept has come, so that only its contents are missing.
    is_read: bool,
    kept: Kept,
    groups: Vec<KeptGroup>,
    expansions: Vec<KeptExpansion>,
    pub(super) gathering: Gathering,
    fault: Option<Fault>,
}

impl Restoring {
    /// Why it could not be put together. While this is so nothing is kept, because that would lose what was kept before.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// How much of it has come, 0 to 1; none before that is known.
    pub fn share(&self) -> Option<f32> {
        self.gathering.share()
    }

    /// How many objects and links were kept.
    pub fn size(&self) -> (u64, u64) {
        (self.kept.objects.len() as u64, self.kept.links.len() as u64)
    }
}

/// Kept objects and links of types that this person does not see now.
#[derive(Debug, Clone, Default)]
pub(super) struct Aside {
    pub(super) objects: Vec<WorkObject>,
    pub(super) links: Vec<Pair>,
    /// Members of groups, by the names of these.
    pub(super) groups: Vec<(String, ObjectRef)>,
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
    gather::stop(model, outbox, For::Restoring);
    let words = model.words;
    failed(model, Fault::new(Code::Busy, words.t(Word::RestoringStopped), words.t(Word::TryAgainSentence)));
}

/// It cannot be put together now; the screen says so and offers to try again.
pub(super) fn failed(model: &mut Model, fault: Fault) {
    if let Some(restoring) = &mut model.work.restoring {
        restoring.gathering.forget();
        restoring.fault.get_or_insert(fault);
    }
}

fn begin(model: &mut Model, outbox: &Outbox, mut kept: Kept) {
    if model.work.searches.is_empty() {
        model.work.searches = kept.searches.iter().take(MOST_KEPT_SEARCHES).cloned().collect();
    }
    let (mut groups, expansions) = (kept_groups::read(&kept), kept_expansions::read(&kept));
    leave_out(&mut kept, &mut groups);
    model.work.aside = set_aside(model, &mut kept, &groups);
    if kept.links_as_one {
        model.work.board.parallel = Parallel::AsOne;
    }
    let objects: Vec<ObjectRef> = kept.objects.iter().map(is).collect();
    let links: Vec<Pair> = pairs(&kept).collect();
    model.work.restoring = Some(Restoring { is_read: true, kept, groups, expansions, ..Restoring::default() });
    gather::begin(model, outbox, For::Restoring, &objects, &links);
}

/// Leaves out what no graph takes, and counts it beside what the server could not read: all else comes back.
fn leave_out(kept: &mut Kept, groups: &mut Vec<KeptGroup>) {
    let is_there = |place: u32| (place as usize) < kept.objects.len();
    let missing = &mut kept.missing;
    missing.links += retain(&mut kept.links, MOST_KEPT_LINKS, |link| is_there(link.from) && is_there(link.to));
    missing.rules += retain(&mut kept.rules, MOST_RULES, Rule::is_short);
    missing.notes += retain(&mut kept.notes, MOST_NOTES, notes::is_sound);
    missing.groups += retain(groups, MOST_KEPT_GROUPS, |group| !group.members.is_empty());
}

/// Leaves the first `most` that are good, and says how many others there were.
fn retain<T>(all: &mut Vec<T>, most: usize, is_good: impl Fn(&T) -> bool) -> u64 {
    let before = all.len();
    all.retain(is_good);
    all.truncate(most);
    (before - all.len()) as u64
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

/// All has come: it lies where it lay. What is no longer in its source stays, by its key.
pub(super) fn put_back(model: &mut Model, outbox: &Outbox) {
    let Some(Restoring { kept, groups, expansions, gathering, .. }) = model.work.restoring.take() else { return };
    let Gathered { objects, mut links } = gathering.into_gathered();
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
    let missing = kept.missing;
    let said = [
        (Word::ObjectsGone, objects_gone),
        (Word::LinksGone, links_gone),
        (Word::ObjectsMissing, missing.objects),
        (Word::LinksMissing, missing.links),
        (Word::RulesMissing, missing.rules),
        (Word::NotesMissing, missing.notes),
        (Word::GroupsMissing, missing.groups),
        (Word::ExpansionsMissing, missing.expansions),
    ];
    for (word, number) in said {
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
    let mut found: Vec<(NodeId, Place, bool)> = kept.iter().filter_map(find).collect();
    // What lay nowhere is laid out.
    found.retain(|(_, place, _)| is_somewhere(place));
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
pub(super) fn on_graph(model: &Model) -> BTreeSet<Pair> {
    let graph = &model.work.board.graph;
    let end = |id| ObjectRef::of_node(&graph.node(id)?.key);
    let pair = |link: &graph::Link| {
        Some((LinkTypeId::new(graph.link_type(link.link_type)).ok()?, end(link.from)?, end(link.to)?))
    };
    graph.links().filter_map(|(_, link)| pair(link)).collect()
}
