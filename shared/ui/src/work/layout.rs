//! Finding places for what is on the graph: in the browser's worker, on a thread of the desktop program's, or, where there is
//! neither, a little at each frame.

#[cfg(not(target_arch = "wasm32"))]
use graph::layout::Layout;
use graph::layout::{Arrangement, Places};
use graph::{Graph, Item, NodeId, Place, Step};

use super::axes::{self, Axis};
use super::board::Board;
use crate::app::Model;
use crate::client::{Inbox, Outbox};
use crate::words::Word;

/// What the layout begins with; the same graph gives the same picture.
#[cfg(not(target_arch = "wasm32"))]
pub(super) const SEED: u64 = 20_260_930;
/// About how many nodes the layout may work on in one frame where there is no worker.
#[cfg(not(target_arch = "wasm32"))]
const BUDGET_PER_FRAME: usize = 20_000;

/// What the whole graph looks like when it is laid out anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Linked objects near each other.
    #[default]
    Free,
    /// Links lead downwards.
    Layers,
    /// Rings around the selected object, or the one with most links.
    Rings,
    /// A circle for each type.
    Circles,
    /// Rows by name.
    Rows,
    /// From left to right by time; see [`Arranging::axis`].
    Time,
    /// Where they are on earth, north above.
    Map,
}

impl Shape {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 7] =
        [Self::Free, Self::Layers, Self::Rings, Self::Circles, Self::Rows, Self::Time, Self::Map];

    /// What it is called, as something to do.
    pub fn word(self) -> Word {
        match self {
            Self::Free => Word::LayOutFree,
            Self::Layers => Word::LayOutLayers,
            Self::Rings => Word::LayOutRings,
            Self::Circles => Word::LayOutCircles,
            Self::Rows => Word::LayOutRows,
            Self::Time => Word::LayOutTime,
            Self::Map => Word::LayOutMap,
        }
    }
}

/// Runs layouts.
pub(crate) trait Engine {
    /// Begins one, and gives up the one before.
    fn start(&mut self, run: u64, arrangement: &Arrangement, places: &Places, links: &[[u32; 2]]);

    /// Goes on for one frame, where the work is done here: places, and whether these are the last. `None` where places
    /// come by themselves.
    fn step(&mut self) -> Option<(Vec<Place>, bool)>;

    /// Whether [`Engine::step`] is to be called.
    fn needs_frames(&self) -> bool;
}

/// The layout of the graph.
#[derive(Default)]
pub struct Arranging {
    engine: Option<Box<dyn Engine>>,
    run: Option<Run>,
    runs: u64,
    shape: Shape,
    axis: Option<Axis>,
    wholes: u64,
}

struct Run {
    number: u64,
    items: Vec<Item>,
    /// All of it anew, as a step of its own.
    again: Option<Shape>,
}

impl Arranging {
    /// Whether it is at work.
    pub fn is_running(&self) -> bool {
        self.run.is_some()
    }

    /// Which search for places this is; it counts up.
    pub fn number(&self) -> u64 {
        self.runs
    }

    /// The shape that was chosen last.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// How often everything was laid out anew.
    pub fn wholes(&self) -> u64 {
        self.wholes
    }

    /// The time that objects were laid out along last.
    pub fn axis(&self) -> Option<&Axis> {
        self.axis.as_ref()
    }

    /// Whether frames are needed for it to go on.
    pub fn needs_frames(&self) -> bool {
        self.is_running() && self.engine.as_ref().is_some_and(|engine| engine.needs_frames())
    }
}

/// Lays out along a time.
pub(super) fn along(model: &mut Model, outbox: &Outbox, axis: Axis) {
    model.work.board.arranging.axis = Some(axis);
    start(model, outbox, Some(Shape::Time));
}

/// Finds places for what has none; with `again`, for everything that is not pinned, in a shape.
pub(super) fn start(model: &mut Model, outbox: &Outbox, again: Option<Shape>) {
    let shape = again.unwrap_or_default();
    let missing = match shape {
        Shape::Time if axes::axes(model).is_empty() => Some(Word::NoTimes),
        Shape::Map if !axes::has_coordinates(model) => Some(Word::NoCoordinates),
        _ => None,
    };
    if let Some(word) = missing {
        model.notify(model.words.t(word));
        return;
    }
    let board = &mut model.work.board;
    if again.is_some() {
        board.arranging.shape = shape;
    }
    let (items, places, links) = board.graph.layout_input(again.is_some(), shape == Shape::Layers);
    if places.fixed.iter().all(|fixed| *fixed) {
        board.arranging.run = None;
        return;
    }
    board.arranging.runs += 1;
    let number = board.arranging.runs;
    let arrangement = arrangement(model, shape, &items);
    let board = &mut model.work.board;
    let engine = board.arranging.engine.get_or_insert_with(|| engine(outbox.inbox()));
    engine.start(number, &arrangement, &places, &links);
    board.arranging.run = Some(Run { number, items, again });
}

/// A shape with what it has to know of what is drawn; a closed group counts as its first member.
fn arrangement(model: &Model, shape: Shape, items: &[Item]) -> Arrangement {
    let Board { graph, selected, arranging, .. } = &model.work.board;
    let node = |item: &Item| graph.members(*item).first().and_then(|id| graph.node(*id));
    let of_types = || items.iter().map(|item| node(item).map_or(0, |node| u32::from(node.object_type.0))).collect();
    let firsts =
        || items.iter().map(|item| graph.members(*item).first().copied().unwrap_or(NodeId(u32::MAX))).collect();
    match shape {
        Shape::Free => Arrangement::ForceDirected,
        Shape::Layers => Arrangement::Layered,
        Shape::Rings => {
            let is_selected = |item: &Item| graph.members(*item).first().is_some_and(|id| selected.contains(id));
            let centre = items.iter().position(is_selected).map(|at| at as u32);
            Arrangement::Radial { centre }
        }
        Shape::Circles => Arrangement::Circular { groups: of_types() },
        Shape::Rows => Arrangement::Rows { rank: by_name(items.iter().map(|item| label(graph, *item))) },
        Shape::Time => {
            let known = axes::axes(model);
            let axis = arranging.axis.as_ref().filter(|axis| known.contains(axis)).or(known.first());
            let firsts: Vec<NodeId> = firsts();
            let when = axis.map(|axis| axes::when(model, axis, &firsts)).unwrap_or_default();
            Arrangement::Timeline { when, groups: of_types() }
        }
        Shape::Map => {
            let firsts: Vec<NodeId> = firsts();
            Arrangement::Geographic { coordinates: axes::coordinates(model, &firsts) }
        }
    }
}

fn label(graph: &Graph, item: Item) -> String {
    let label = match item {
        Item::Node(id) => graph.node(id).map(|node| &node.label),
        Item::Group(id) => graph.group(id).map(|group| &group.name),
    };
    label.map(|label| label.to_lowercase()).unwrap_or_default()
}

/// How early each comes when they are in order of their labels.
fn by_name(labels: impl Iterator<Item = String>) -> Vec<f64> {
    let labels: Vec<String> = labels.collect();
    let mut order: Vec<(&String, usize)> = labels.iter().zip(0..).collect();
    order.sort();
    let mut rank = vec![0.0; labels.len()];
    for (early, (_, at)) in order.into_iter().enumerate() {
        if let Some(rank) = rank.get_mut(at) {
            *rank = early as f64;
        }
    }
    rank
}

/// Ends the search for places: what has none yet stays where it is, and is looked at again with the next change.
pub(super) fn stop(model: &mut Model) {
    let arranging = &mut model.work.board.arranging;
    (arranging.run, arranging.engine) = (None, None);
}

/// Goes on for one frame.
pub(super) fn step(model: &mut Model) {
    let arranging = &mut model.work.board.arranging;
    let number = arranging.runs;
    if let Some((places, done)) = arranging.engine.as_mut().and_then(|engine| engine.step()) {
        take(model, number, places, done);
    }
}

/// Takes places from the layout.
pub(crate) fn take(model: &mut Model, number: u64, places: Vec<Place>, done: bool) {
    let board = &mut model.work.board;
    let Some(run) = board.arranging.run.take_if(|run| run.number == number && (done || run.again.is_none())) else {
        return;
    };
    let placed = run.items.iter().copied().zip(places);
    if let Some(shape) = run.again {
        let moved = Step::LayOut(board.graph.moves(placed));
        // Moving can meet no fault; the numbers are the graph's own.
        if board.history.run(&mut board.graph, model.words.t(shape.word()), moved).is_ok() {
            board.arranging.wholes += 1;
            model.work.changed();
        }
        return;
    }
    let is_placed = |id: NodeId| board.graph.flags(id).placed;
    let flying = placed.filter(|(item, _)| !board.graph.is_all(*item, is_placed));
    let flying = board.graph.moves(flying.collect::<Vec<_>>());
    board.graph.set_places(flying);
    if done {
        let all: Vec<NodeId> = run.items.iter().flat_map(|item| board.graph.members(*item)).collect();
        board.graph.set_placed(&all);
        model.work.changed();
    } else {
        board.arranging.run = Some(run);
    }
}

/// The layout could not go on: what lies where it lies is kept.
pub(crate) fn failed(model: &mut Model, sentence: String) {
    model.work.board.arranging.run = None;
    model.notify(sentence);
}

#[cfg(target_arch = "wasm32")]
fn engine(inbox: &Inbox) -> Box<dyn Engine> {
    Box::new(crate::web::LayoutWorker::new(inbox))
}

#[cfg(not(target_arch = "wasm32"))]
fn engine(inbox: &Inbox) -> Box<dyn Engine> {
    match inbox.post() {
        Some(post) => Box::new(super::threads::LayoutThread::new(post.clone())),
        None => Box::new(Direct::default()),
    }
}

/// The layout in the program itself.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Default)]
struct Direct {
    places: Places,
    layout: Option<Box<dyn Layout>>,
}

#[cfg(not(target_arch = "wasm32"))]
impl Engine for Direct {
    fn start(&mut self, _run: u64, arrangement: &Arrangement, places: &Places, links: &[[u32; 2]]) {
        self.places = places.clone();
        self.layout = arrangement.begin(places, links, SEED).ok();
    }

    fn step(&mut self) -> Option<(Vec<Place>, bool)> {
        let done = match &mut self.layout {
            Some(layout) => layout.step(&mut self.places, BUDGET_PER_FRAME),
            None => true,
        };
        if done {
            self.layout = None;
        }
        Some((self.places.at.clone(), done))
    }

    fn needs_frames(&self) -> bool {
        true
    }
}
