//! A graph from a file: the file says which objects and links there are and where they lie; what they are is asked of the
//! sources, under the rights of whoever brings it in.
//!
//! Nothing that a file says of an object is believed: neither its name nor that it is there. An object that its source does
//! not have stands on the graph by its key and is marked as missing. A type that this person does not see is left out just as
//! one that the project does not have, in the same words, so that a file cannot ask what is hidden.

use std::collections::{BTreeMap, BTreeSet};

use access::{LinkTypeId, ObjectTypeId};
use graph::exchange::{Errand, LIMIT_BYTES, Read, ReadLink, ReadNode};
use graph::{NewLink, NewNode, Standing, Step};
use model::query::Key;
use wire::{Code, Fault};

use super::gather::{self, For, Gathered, Gathering, Pair, turned};
use super::object::{Object, ObjectRef};
use super::{board, desk, details, going, layout, money, restore};
use crate::app::Model;
use crate::client::Outbox;
use crate::words::{Word, Words};

/// The most objects and links that are asked for: some hundred questions.
pub const MOST_IMPORTED_OBJECTS: usize = 20_000;
/// See [`MOST_IMPORTED_OBJECTS`].
pub const MOST_IMPORTED_LINKS: usize = 40_000;
/// What the person may choose: both formats, under the endings that programs give them.
const ACCEPT: &str = ".json,.graphml,.xml,application/json,application/xml";
/// So many names of types stand in a message, each at most this long.
const MOST_NAMES: usize = 5;
const LONGEST_NAME: usize = 40;

/// A graph that is being brought in.
#[derive(Debug, Clone, Default)]
pub struct Importing {
    /// What the file is called.
    name: String,
    /// Under which number it is under way.
    number: u64,
    pub(super) gathering: Gathering,
    /// The objects in the order of the file, and how they stand.
    objects: Vec<(ObjectRef, Standing)>,
    links: Vec<Pair>,
    /// What is to be said of it in the end.
    told: Vec<String>,
}

/// Notes how much of it the sources have answered.
pub(super) fn note_share(model: &mut Model) {
    let importing = model.work.importing.as_ref();
    if let Some((number, share)) =
        importing.and_then(|importing| Some((importing.number, importing.gathering.share()?)))
    {
        going::note_share(model, number, share);
    }
}

/// What a person must know of a file: it stays until it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportTold {
    /// What the file is called.
    pub name: String,
    /// Whether nothing of it was put on the graph.
    pub is_refused: bool,
    /// Why, or what was left out.
    pub sentences: Vec<String>,
}

/// Asks the person for a file.
pub(super) fn choose(outbox: &Outbox) {
    let inbox = outbox.inbox().clone();
    let chosen = move |name: String, bytes: Result<Vec<u8>, Fault>| {
        inbox.put(move |model, outbox| match bytes {
            Ok(bytes) => read(model, outbox, name, bytes),
            Err(fault) => model.notify_fault(&fault),
        });
    };
    outbox.client().choose_file(ACCEPT, Box::new(chosen));
}

fn read(model: &mut Model, outbox: &Outbox, name: String, bytes: Vec<u8>) {
    model.work.import_told = None;
    if bytes.len() > LIMIT_BYTES {
        refuse(model, name, model.words.with(Word::ImportTooLong, &[&model.words.bytes(LIMIT_BYTES as u64)]));
        return;
    }
    stop(model, outbox);
    let number = going::begin(model, model.words.with(Word::Importing, &[&name]));
    model.work.importing = Some(Importing { name: name.clone(), number, ..Importing::default() });
    desk::ask(model, outbox, number, Errand::Read, &[bytes], move |model, outbox, done| {
        // Whoever stopped it, or brings another one in, hears no more of it.
        if model.work.importing.as_ref().is_none_or(|importing| importing.number != number) {
            return;
        }
        let read = done.and_then(|bytes| serde_json::from_slice::<Read>(&bytes).map_err(|error| error.to_string()));
        match read {
            Ok(read) => ask(model, outbox, read),
            Err(sentence) => {
                stop(model, outbox);
                refuse(model, name, model.words.said(&as_sentence(&sentence), Word::FileSays));
            }
        }
    });
}

fn refuse(model: &mut Model, name: String, sentence: String) {
    model.work.import_told = Some(ImportTold { name, is_refused: true, sentences: vec![sentence] });
}

/// Faults of files begin in small letters, to stand behind a colon.
fn as_sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    first.chain(letters).chain(['.']).collect()
}

/// Asks the sources for what the file names.
fn ask(model: &mut Model, outbox: &Outbox, (nodes, links, notes): Read) {
    let sorted = Sorted::new(model, nodes, links);
    let words = model.words;
    let left_out =
        [sorted.objects_out.told(words, Word::ObjectsLeftOut), sorted.links_out.told(words, Word::LinksLeftOut)];
    let told: Vec<String> = notes.into_iter().chain(left_out.into_iter().flatten()).collect();
    let limits = [MOST_IMPORTED_OBJECTS, MOST_IMPORTED_LINKS].map(|limit| words.count(limit as u64));
    let refusal = if sorted.objects.len() > MOST_IMPORTED_OBJECTS || sorted.links.len() > MOST_IMPORTED_LINKS {
        Some(words.with(Word::ImportTooMany, &[&limits[0], &limits[1]]))
    } else if sorted.objects.is_empty() {
        Some(words.t(Word::ImportNothing).to_owned())
    } else {
        None
    };
    let Some(importing) = &mut model.work.importing else { return };
    if let Some(sentence) = refusal {
        let name = importing.name.clone();
        stop(model, outbox);
        let sentences = std::iter::once(sentence).chain(told).collect();
        model.work.import_told = Some(ImportTold { name, is_refused: true, sentences });
        return;
    }
    let objects: Vec<ObjectRef> = sorted.objects.iter().map(|(is, _)| is.clone()).collect();
    (importing.objects, importing.links, importing.told) = (sorted.objects, sorted.links.clone(), told);
    gather::begin(model, outbox, For::Importing, &objects, &sorted.links);
}

/// What a file has, by whether it can be asked for.
#[derive(Default)]
struct Sorted {
    objects: Vec<(ObjectRef, Standing)>,
    links: Vec<Pair>,
    objects_out: LeftOut,
    links_out: LeftOut,
}

/// What cannot be asked for.
#[derive(Default)]
struct LeftOut {
    count: u64,
    /// The names that the file gives to the types of it.
    names: BTreeSet<String>,
}

impl LeftOut {
    fn add(&mut self, name: String) {
        self.count += 1;
        self.names.insert(name);
    }

    /// How many there are of which types; none where there are none.
    fn told(&self, words: Words, word: Word) -> Option<String> {
        let names = self.names.iter().take(MOST_NAMES);
        let names: Vec<String> = names.map(|name| name.chars().take(LONGEST_NAME).collect()).collect();
        let more = if self.names.len() > MOST_NAMES { " …" } else { "" };
        let told = [words.count(self.count), format!("{}{more}", names.join(", "))];
        (self.count > 0).then(|| words.with(word, &[&told[0], &told[1]]))
    }
}

impl Sorted {
    fn new(model: &Model, nodes: Vec<ReadNode>, links: Vec<ReadLink>) -> Self {
        let mut sorted = Self::default();
        let mut known: Vec<Option<ObjectRef>> = Vec::with_capacity(nodes.len());
        for (object_type, key, place, pinned, hidden) in nodes {
            let object = object(model, &object_type, key);
            known.push(object.clone());
            match object {
                Some(is) => sorted.objects.push((is, Standing { place, pinned, hidden })),
                None => sorted.objects_out.add(object_type),
            }
        }
        let mut seen: BTreeSet<Pair> = BTreeSet::new();
        for (link_type, from, to) in links {
            let end = |place: u32| known.get(place as usize).and_then(Option::as_ref);
            let pair = end(from).zip(end(to)).and_then(|(from, to)| between(model, &link_type, from, to));
            let Some(pair) = pair else {
                sorted.links_out.add(link_type);
                continue;
            };
            let is_known = turned(model, &pair).is_some_and(|turned| seen.contains(&turned));
            if !is_known && seen.insert(pair.clone()) {
                sorted.links.push(pair);
            }
        }
        sorted
    }
}

/// The object of a type and a key, if this person sees the type and its key has as many parts.
fn object(model: &Model, object_type: &str, key: Key) -> Option<ObjectRef> {
    let kind = model.object_type(&ObjectTypeId::new(object_type).ok()?)?;
    let fits = !kind.key.is_empty() && kind.key.len() == key.len();
    fits.then(|| ObjectRef { object_type: kind.id.clone(), key })
}

/// The link of a type between two objects, if there can be one.
fn between(model: &Model, link_type: &str, from: &ObjectRef, to: &ObjectRef) -> Option<Pair> {
    let kind = model.link_type(&LinkTypeId::new(link_type).ok()?)?;
    let pair = |from: &ObjectRef, to: &ObjectRef| {
        let fits = kind.from == from.object_type && kind.to == to.object_type;
        fits.then(|| (kind.id.clone(), from.clone(), to.clone()))
    };
    // What has no direction may stand in a file either way round.
    pair(from, to).or_else(|| if kind.directed { None } else { pair(to, from) })
}

/// All has come: it is put on the graph as one step.
pub(super) fn put_in(model: &mut Model, outbox: &Outbox) {
    let Some(importing) = model.work.importing.take() else { return };
    going::end(model, importing.number);
    let Importing { name, gathering, objects: wanted, links: wanted_links, mut told, .. } = importing;
    let Gathered { objects, links } = gathering.into_gathered();
    let (nodes, gone) = standing(model, &objects, wanted);
    let lost = wanted_links.iter().filter(|pair| !has(model, &links, pair)).count() as u64;
    let links = only_wanted(model, links, &wanted_links);
    let mut put: BTreeMap<LinkTypeId, Vec<(Key, Key)>> = BTreeMap::new();
    for (link, from, to) in links.keys() {
        put.entry(link.clone()).or_default().push((from.key.clone(), to.key.clone()));
    }
    let selected: Vec<graph::NodeKey> = nodes.iter().map(|(node, _)| node.key.clone()).collect();
    let step = Step::Import { nodes, links: links.into_values().collect() };
    let title = model.words.with(Word::StepImport, &[&name]);
    details::remember(model, objects);
    if !board::run(model, outbox, &title, step) {
        return;
    }
    for (word, number) in [(Word::ImportObjectsGone, gone), (Word::ImportLinksGone, lost)] {
        if number > 0 {
            told.push(model.words.with(word, &[&model.words.count(number)]));
        }
    }
    if told.is_empty() {
        let counts = [selected.len(), put.values().map(Vec::len).sum()].map(|count| model.words.count(count as u64));
        model.notify(model.words.with(Word::Imported, &[&name, &counts[0], &counts[1]]));
    } else {
        model.work.import_told = Some(ImportTold { name, is_refused: false, sentences: told });
    }
    let graph = &model.work.board.graph;
    let selected: Vec<graph::NodeId> = selected.iter().filter_map(|key| graph.find(key)).collect();
    board::select(model, outbox, selected);
    layout::start(model, outbox, None);
    for (link, pairs) in put {
        money::ask(model, outbox, &link, &pairs);
    }
}

/// The nodes in the order of the file, as the sources have them, and how many no source has.
fn standing(model: &Model, objects: &[Object], wanted: Vec<(ObjectRef, Standing)>) -> (Vec<(NewNode, Standing)>, u64) {
    let mut found: BTreeMap<ObjectRef, Object> = BTreeMap::new();
    for object in objects {
        found.insert(object.is.clone(), object.clone());
    }
    let mut gone = 0;
    let node = |(is, standing): (ObjectRef, Standing)| {
        let known = found.get(&is).and_then(|object| Some(object.node(model.object_type(&is.object_type)?)));
        gone += u64::from(known.is_none());
        (known.unwrap_or_else(|| is.missing_node()), standing)
    };
    (wanted.into_iter().map(node).collect(), gone)
}

fn has(model: &Model, links: &BTreeMap<Pair, NewLink>, pair: &Pair) -> bool {
    links.contains_key(pair) || turned(model, pair).is_some_and(|pair| links.contains_key(&pair))
}

/// Without links that came beside those that were asked for, and those that are on the graph already.
fn only_wanted(model: &Model, mut links: BTreeMap<Pair, NewLink>, wanted: &[Pair]) -> BTreeMap<Pair, NewLink> {
    let wanted: BTreeSet<Pair> =
        wanted.iter().flat_map(|pair| [turned(model, pair), Some(pair.clone())]).flatten().collect();
    let known = restore::on_graph(model);
    links.retain(|pair, _| wanted.contains(pair) && !known.contains(pair));
    links
}

/// A source did not answer: nothing of the file is put on the graph.
pub(super) fn failed(model: &mut Model, outbox: &Outbox, fault: &Fault) {
    if let Some(name) = model.work.importing.as_ref().map(|importing| importing.name.clone()) {
        stop(model, outbox);
        // The end of a session has a notice of its own.
        if fault.code != Code::SignedOut {
            refuse(model, name, fault.to_string());
        }
    }
}

/// Ends it, if one is under way.
pub(super) fn stop(model: &mut Model, outbox: &Outbox) {
    gather::stop(model, outbox, For::Importing);
    if let Some(importing) = model.work.importing.take() {
        model.work.desk.stop(importing.number);
        going::end(model, importing.number);
    }
}

/// Ends it if it is under way by this number.
pub(super) fn stop_number(model: &mut Model, outbox: &Outbox, number: u64) {
    if model.work.importing.as_ref().is_some_and(|importing| importing.number == number) {
        stop(model, outbox);
    }
}
