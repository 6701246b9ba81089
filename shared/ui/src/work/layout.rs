//! Finding places for what is on the graph: in the browser's worker, or, where there is none, a little at each frame.

use graph::layout::{ForceDirected, Layout as _, Places};
use graph::{NodeId, Place, Step};

use crate::app::Model;
use crate::client::{Inbox, Outbox};
use crate::words::Word;

/// What the layout begins with; the same graph gives the same picture.
const SEED: u64 = 20_260_930;
/// About how many nodes the layout may work on in one frame where there is no worker.
const BUDGET_PER_FRAME: usize = 20_000;

/// Runs layouts.
pub(crate) trait Engine {
    /// Begins one, and gives up the one before.
    fn start(&mut self, run: u64, places: &Places, links: &[[u32; 2]]);

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
}

struct Run {
    number: u64,
    ids: Vec<NodeId>,
    /// All of it anew, as a step of its own.
    again: bool,
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

    /// Whether frames are needed for it to go on.
    pub fn needs_frames(&self) -> bool {
        self.is_running() && self.engine.as_ref().is_some_and(|engine| engine.needs_frames())
    }
}

/// Finds places for what has none; with `again`, for everything that is not pinned.
pub(super) fn start(model: &mut Model, outbox: &Outbox, again: bool) {
    let board = &mut model.work.board;
    let (ids, places, links) = board.graph.layout_input(again);
    if places.fixed.iter().all(|fixed| *fixed) {
        board.arranging.run = None;
        return;
    }
    board.arranging.runs += 1;
    let number = board.arranging.runs;
    let engine = board.arranging.engine.get_or_insert_with(|| engine(outbox.inbox()));
    engine.start(number, &places, &links);
    board.arranging.run = Some(Run { number, ids, again });
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
    let Some(run) = board.arranging.run.take_if(|run| run.number == number && (done || !run.again)) else { return };
    let placed = run.ids.iter().copied().zip(places);
    if run.again {
        let moved = Step::Move(placed.collect());
        // Moving can meet no fault; the numbers are the graph's own.
        if board.history.run(&mut board.graph, model.words.t(Word::LayOutAgain), moved).is_ok() {
            model.work.changed();
        }
        return;
    }
    let flying = placed.filter(|(id, _)| !board.graph.flags(*id).placed).collect::<Vec<_>>();
    board.graph.set_places(flying);
    if done {
        board.graph.set_placed(&run.ids);
        model.work.changed();
    } else {
        board.arranging.run = Some(run);
    }
}

/// The layout could not go on: what lies where it lies is kept.
#[cfg(target_arch = "wasm32")]
pub(crate) fn failed(model: &mut Model, sentence: String) {
    model.work.board.arranging.run = None;
    model.notify(sentence);
}

#[cfg(target_arch = "wasm32")]
fn engine(inbox: &Inbox) -> Box<dyn Engine> {
    match crate::web::LayoutWorker::new(inbox) {
        Some(worker) => Box::new(worker),
        None => Box::new(Direct::default()),
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn engine(_inbox: &Inbox) -> Box<dyn Engine> {
    Box::new(Direct::default())
}

/// The layout in the page itself.
#[derive(Default)]
struct Direct {
    places: Places,
    layout: Option<ForceDirected>,
}

impl Engine for Direct {
    fn start(&mut self, _run: u64, places: &Places, links: &[[u32; 2]]) {
        self.places = places.clone();
        self.layout = ForceDirected::new(places, links, SEED).ok();
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
