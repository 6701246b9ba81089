//! Measures of what is shown on the graph: in the browser's worker, on a thread of the desktop program's,
//! or, where there is neither, at once.
//!
//! What was measured is kept until it is measured again. Whoever looks at a measure has it kept true: after a change of the
//! graph it is measured anew, unless the graph is too large for that to be unasked.

use std::collections::HashMap;

use graph::measures::{Measure as Kernel, Options, Results};
use graph::{Graph, LinkId, NodeId};
use model::style::{Measure, Measuring};

use super::Work;
use crate::app::Model;
use crate::client::{Inbox, Outbox};
use crate::words::Word;

/// With more objects than this nothing is measured that nobody asked for.
const MOST_UNASKED: usize = 20_000;
/// About how many steps along links a measure from every object may take: some seconds. With more, it is taken from some.
const MOST_STEPS: u64 = 400_000_000;
/// It is never taken from fewer.
const LEAST_SOURCES: u64 = 64;
/// The usual numbers of the field.
const DAMPING: f64 = 0.85;
const ROUNDS: f64 = 10.0;

/// A question to the engine.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) kernel: Kernel,
    pub(crate) options: Options,
    pub(crate) nodes: usize,
    pub(crate) links: Vec<[u32; 2]>,
    /// One per link, or none.
    pub(crate) weights: Vec<f32>,
    /// For searches in the order of time: one per link, or none.
    pub(crate) times: Vec<f64>,
    /// For searches: one per object, or none.
    pub(crate) marks: Vec<u8>,
}

/// What an engine says by itself.
pub(crate) enum News {
    /// How far it is, from 0 to 1.
    Share(f32),
    /// What it found.
    Done(Result<Results, String>),
}

/// Who hears it, with the number of the run.
pub(crate) type Hear = fn(&mut Model, &Outbox, u64, News);

/// Runs measures and searches.
pub(crate) trait Engine {
    /// Begins one. Where the answer is there at once, it is given; otherwise it comes by itself.
    fn start(&mut self, run: u64, question: Question) -> Option<Result<Results, String>>;
}

/// What was measured, and what is being.
#[derive(Default)]
pub struct Measures {
    engine: Option<Box<dyn Engine>>,
    runs: u64,
    run: Option<Run>,
    waiting: Vec<Measuring>,
    found: HashMap<Measuring, Found>,
    /// What was refused, and of which structure.
    refused: HashMap<Measuring, u64>,
    /// The measure that the panel shows.
    shown: Option<Measuring>,
    /// Grows with everything that is found.
    change: u64,
}

/// A measure of all objects that were shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// Ascending.
    ids: Vec<NodeId>,
    /// One per object.
    values: Vec<f64>,
    /// Links that hold parts together, where those are looked for.
    pub bridges: Vec<LinkId>,
    /// From how many objects it was taken, where that is a choice; less than all is an estimate.
    pub sources: Option<usize>,
    /// How good the parting is, for communities: 0 no better than chance, 1 the most.
    pub modularity: Option<f64>,
    /// How many links there were.
    pub links: usize,
    /// The structure of the graph that it is of.
    structure: u64,
}

struct Run {
    number: u64,
    of: Measuring,
    ids: Vec<NodeId>,
    links: Vec<LinkId>,
    structure: u64,
    share: f32,
}

impl Found {
    /// The measure of an object, if it was shown then.
    pub fn of(&self, id: NodeId) -> Option<f64> {
        let at = self.ids.binary_search(&id).ok()?;
        self.values.get(at).copied().filter(|value| value.is_finite())
    }

    /// All of them, ascending by number.
    pub fn all(&self) -> impl Iterator<Item = (NodeId, f64)> {
        self.ids.iter().copied().zip(self.values.iter().copied()).filter(|(_, value)| value.is_finite())
    }

    /// How many objects were measured.
    pub fn objects(&self) -> usize {
        self.ids.len()
    }

    /// Whether it is an estimate from some objects.
    pub fn is_estimate(&self) -> bool {
        self.sources.is_some_and(|sources| sources < self.ids.len())
    }

    /// Whether the graph is still the one that was measured.
    pub fn is_of(&self, graph: &Graph) -> bool {
        self.structure == graph.structure()
    }
}

impl Measures {
    /// What was found last.
    pub fn found(&self, of: &Measuring) -> Option<&Found> {
        self.found.get(of)
    }

    /// The measure that the panel shows.
    pub fn shown(&self) -> Option<Measuring> {
        self.shown
    }

    /// What is being measured, and how far it is, from 0 to 1.
    pub fn under_way(&self) -> Option<(Measuring, f32)> {
        self.run.as_ref().map(|run| (run.of, run.share))
    }

    /// Whether this is being measured or waits for it.
    pub fn is_awaited(&self, of: &Measuring) -> bool {
        self.waiting.contains(of) || self.run.as_ref().is_some_and(|run| run.of == *of)
    }

    /// Grows with everything that is found.
    pub fn change(&self) -> u64 {
        self.change
    }

    /// Which search for a measure this is; it counts up.
    pub fn number(&self) -> u64 {
        self.runs
    }
}

/// Shows a measure in the panel, and takes it now whatever the size of the graph.
pub(super) fn show(model: &mut Model, outbox: &Outbox, of: Measuring) {
    model.work.measures.shown = Some(of);
    want(&mut model.work, of);
    go_on(model, outbox);
}

/// Ends what is being measured.
pub(super) fn stop(model: &mut Model) {
    let measures = &mut model.work.measures;
    let structure = model.work.board.graph.structure();
    let given_up = measures.waiting.drain(..).chain(measures.run.take().map(|run| run.of));
    measures.refused.extend(given_up.map(|of| (of, structure)));
    measures.engine = None;
}

/// Measures anew what is looked at and is no longer true.
pub(super) fn keep_up(model: &mut Model, outbox: &Outbox) {
    let work = &mut model.work;
    if work.measures.shown.is_none() && work.board.rules().is_empty() {
        return;
    }
    let asked = work.board.rules().iter().flat_map(|rule| rule.asks());
    let by_rules = asked.filter_map(|by| if let model::style::By::Measure(of) = by { Some(*of) } else { None });
    let looked_at: Vec<Measuring> = by_rules.chain(work.measures.shown).collect();
    let is_small = work.board.graph.shown().take(MOST_UNASKED + 1).count() <= MOST_UNASKED;
    let structure = work.board.graph.structure();
    for of in looked_at {
        let is_refused = work.measures.refused.get(&of) == Some(&structure);
        let is_first = work.measures.found(&of).is_none();
        if !is_refused && (is_small || is_first) {
            want(work, of);
        }
    }
    go_on(model, outbox);
}

fn want(work: &mut Work, of: Measuring) {
    let is_known = work.measures.found(&of).is_some_and(|found| found.is_of(&work.board.graph));
    // One that runs over what the graph was is begun anew.
    let structure = work.board.graph.structure();
    work.measures.run.take_if(|run| run.of == of && run.structure != structure);
    if !is_known && !work.measures.is_awaited(&of) {
        work.measures.waiting.push(of);
    }
}

/// Begins the next one, if none runs.
fn go_on(model: &mut Model, outbox: &Outbox) {
    while model.work.measures.run.is_none() && !model.work.measures.waiting.is_empty() {
        let of = model.work.measures.waiting.remove(0);
        let graph = &model.work.board.graph;
        let (ids, links, question) = question(graph, of);
        let structure = graph.structure();
        let measures = &mut model.work.measures;
        measures.runs += 1;
        let number = measures.runs;
        measures.run = Some(Run { number, of, ids, links, structure, share: 0.0 });
        let engine = measures.engine.get_or_insert_with(|| engine(outbox.inbox(), hear));
        let Some(answer) = engine.start(number, question) else { return };
        take(model, number, answer);
    }
}

/// What is shown, as the engine numbers it.
pub(super) fn numbered(graph: &Graph) -> Vec<NodeId> {
    graph.shown().map(|(id, _)| id).collect()
}

/// The engine's number of one of these; the highest there is for any other.
pub(super) fn place(ids: &[NodeId], id: NodeId) -> u32 {
    ids.binary_search(&id).map_or(u32::MAX, |at| at as u32)
}

/// What is shown, as the engine reads it: objects, the link of each pair, and the question.
fn question(graph: &Graph, of: Measuring) -> (Vec<NodeId>, Vec<LinkId>, Question) {
    let ids = numbered(graph);
    let place = |id: NodeId| place(&ids, id);
    let directed = is_directed(of);
    let (mut links, mut pairs, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for (id, link) in graph.shown_links() {
        let [from, to] = [place(link.from), place(link.to)];
        // Where directions count, a link without one is one each way.
        let ways = [Some([from, to]), (directed && !link.directed && from != to).then_some([to, from])];
        for way in ways.into_iter().flatten() {
            links.push(id);
            pairs.push(way);
            weights.push(link.count.max(1) as f32);
        }
    }
    let (kernel, a, b) = kernel(of, ids.len() as u64, pairs.len() as u64);
    let options = Options { has_directions: directed, by_weight: of.by_rows, a, b, c: 0.0 };
    let nodes = ids.len();
    (ids, links, Question { kernel, options, nodes, links: pairs, weights, times: Vec::new(), marks: Vec::new() })
}

fn is_directed(of: Measuring) -> bool {
    match of.measure {
        Measure::LinksIn | Measure::LinksOut => true,
        measure => of.directed && takes_directions(measure),
    }
}

/// Whether one may choose that links count in their direction only.
pub(crate) fn takes_directions(measure: Measure) -> bool {
    matches!(measure, Measure::PageRank | Measure::Betweenness | Measure::Closeness | Measure::Harmonic | Measure::Part)
}

/// Whether one may choose that a link counts for each row.
pub(crate) fn takes_rows(measure: Measure) -> bool {
    matches!(measure, Measure::Links | Measure::LinksIn | Measure::LinksOut | Measure::PageRank | Measure::Community)
}

/// What the engine calls it, and its two numbers.
fn kernel(of: Measuring, nodes: u64, links: u64) -> (Kernel, f64, f64) {
    let sources = (MOST_STEPS / (nodes + 2 * links).max(1)).max(LEAST_SOURCES) as f64;
    match of.measure {
        Measure::Links | Measure::LinksIn | Measure::LinksOut => (Kernel::Degrees, 0.0, 0.0),
        Measure::PageRank => (Kernel::PageRank, DAMPING, 0.0),
        Measure::Betweenness => (Kernel::Betweenness, sources, 0.0),
        Measure::Closeness | Measure::Harmonic => (Kernel::Closeness, sources, 0.0),
        Measure::Core => (Kernel::KCore, 0.0, 0.0),
        Measure::Clustering => (Kernel::Clustering, 0.0, 0.0),
        Measure::Community => (Kernel::Communities, of.resolution(), ROUNDS),
        Measure::Part => (Kernel::Components, 0.0, 0.0),
        Measure::Cut => (Kernel::Cuts, 0.0, 0.0),
    }
}

/// Hears how far it is, or takes an answer that came by itself.
fn hear(model: &mut Model, outbox: &Outbox, number: u64, news: News) {
    match news {
        News::Share(share) => {
            if let Some(run) = model.work.measures.run.as_mut().filter(|run| run.number == number) {
                run.share = share;
            }
        }
        News::Done(answer) => {
            take(model, number, answer);
            go_on(model, outbox);
        }
    }
}

fn take(model: &mut Model, number: u64, answer: Result<Results, String>) {
    let Some(run) = model.work.measures.run.take_if(|run| run.number == number) else { return };
    match answer {
        Ok(results) => {
            let measures = &mut model.work.measures;
            measures.change += 1;
            measures.refused.remove(&run.of);
            measures.found.insert(run.of, read(run, &results));
        }
        Err(sentence) => {
            model.work.measures.refused.insert(run.of, run.structure);
            model.notify(model.words.with(Word::NotMeasured, &[&sentence]));
        }
    }
}

/// What the engine found, as it is kept.
fn read(run: Run, results: &Results) -> Found {
    let nodes = run.ids.len();
    let column = |number: usize| results.columns.iter().skip(number * nodes).take(nodes).copied().collect();
    let [first, second] = results.told;
    let weighted = if run.of.by_rows { 3 } else { 0 };
    let mut found = Found { links: run.links.len(), structure: run.structure, ..Found::default() };
    match run.of.measure {
        Measure::LinksIn => found.values = column(weighted),
        Measure::LinksOut => found.values = column(1 + weighted),
        Measure::Links => found.values = column(2 + weighted),
        Measure::Betweenness | Measure::Closeness => {
            (found.values, found.sources) = (column(0), Some(first as usize));
        }
        Measure::Harmonic => (found.values, found.sources) = (column(1), Some(first as usize)),
        Measure::Clustering => found.values = column(1),
        Measure::Community => (found.values, found.modularity) = (column(0), Some(second)),
        Measure::PageRank | Measure::Core | Measure::Part => found.values = column(0),
        Measure::Cut => {
            let (bridges, cuts) = results.list.split_at(results.list.len().min(first as usize));
            found.bridges = bridges.iter().filter_map(|link| run.links.get(*link as usize).copied()).collect();
            found.values = vec![0.0; nodes];
            for cut in cuts {
                if let Some(value) = found.values.get_mut(*cut as usize) {
                    *value = 1.0;
                }
            }
        }
    }
    found.ids = run.ids;
    found
}

#[cfg(target_arch = "wasm32")]
pub(super) fn engine(inbox: &Inbox, hear: Hear) -> Box<dyn Engine> {
    Box::new(crate::web::MeasureWorker::new(inbox, hear))
}

#[cfg(not(target_arch = "wasm32"))]
pub(super) fn engine(inbox: &Inbox, hear: Hear) -> Box<dyn Engine> {
    match inbox.post() {
        Some(post) => Box::new(super::threads::MeasureThread::new(post.clone(), hear)),
        None => Box::new(Direct),
    }
}

/// What begins all chance, so that the same graph gives the same numbers.
#[cfg(not(target_arch = "wasm32"))]
pub(super) const SEED: u64 = 0x0C1E_0000;

/// The engine in the program itself.
#[cfg(not(target_arch = "wasm32"))]
struct Direct;

#[cfg(not(target_arch = "wasm32"))]
impl Engine for Direct {
    fn start(&mut self, _run: u64, question: Question) -> Option<Result<Results, String>> {
        let Question { kernel, options, nodes, links, weights, times, marks } = &question;
        let asked = graph::measures::Asked { nodes: *nodes, links, weights, times, marks };
        let measured = kernel.run(&asked, options, SEED, &mut graph::measures::ToTheEnd);
        Some(measured.map_err(|cause| cause.to_string()))
    }
}
