//! The graph engine on threads of their own, for windows that are no page: what the worker is there.
//!
//! Each answers by [`Post`], and ends when nobody wants its answer any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use graph::layout::{Arrangement, Places};
use graph::measures::{Asked, Results};
use graph::{Place, exchange::Errand};

use super::{desk, layout, measuring};
use crate::app::Model;
use crate::client::{Outbox, Post};

/// About how many nodes a layout works on between two looks at whether it is still wanted: some milliseconds.
const BUDGET: usize = 20_000;
/// Progress is told in steps of this.
const SHARE: f32 = 0.01;

/// Whether an answer is still wanted: not, once this is dropped.
struct Wanted(Arc<AtomicBool>);

impl Wanted {
    fn new() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }

    fn is_wanted(&self) -> impl Fn() -> bool + Send + 'static {
        let wanted = self.0.clone();
        move || wanted.load(Ordering::Relaxed)
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Does something on a thread; gives what to say where this machine has none left.
fn begin(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), String> {
    let begun = thread::Builder::new().name(name.to_owned()).spawn(work);
    begun
        .map(drop)
        .map_err(|error| format!("No thread could be started: {error}. Close other programs, then try again."))
}

/// Lays out.
pub(super) struct LayoutThread {
    post: Post,
    wanted: Option<Wanted>,
}

impl LayoutThread {
    pub(super) fn new(post: Post) -> Self {
        Self { post, wanted: None }
    }
}

impl layout::Engine for LayoutThread {
    fn start(&mut self, run: u64, arrangement: &Arrangement, places: &Places, links: &[[u32; 2]]) {
        let (arrangement, places, links) = (arrangement.clone(), places.clone(), links.to_vec());
        let wanted = Wanted::new();
        let (post, is_wanted) = (self.post.clone(), wanted.is_wanted());
        self.wanted = Some(wanted);
        let begun = begin("layout", move || lay_out(run, &arrangement, places, &links, &post, is_wanted));
        if let Err(sentence) = begun {
            self.post.put(move |model, _| layout::failed(model, sentence));
        }
    }

    fn step(&mut self) -> Option<(Vec<Place>, bool)> {
        None
    }

    fn needs_frames(&self) -> bool {
        false
    }
}

fn lay_out(
    run: u64,
    arrangement: &Arrangement,
    mut places: Places,
    links: &[[u32; 2]],
    post: &Post,
    is_wanted: impl Fn() -> bool,
) {
    let mut begun = match arrangement.begin(&places, links, layout::SEED) {
        Ok(begun) => begun,
        Err(fault) => return post.put(move |model, _| layout::failed(model, fault.to_string())),
    };
    let is_taken = Arc::new(AtomicBool::new(true));
    while is_wanted() {
        let done = begun.step(&mut places, BUDGET);
        // Places that no frame has taken yet are passed over: those after them are better.
        if done || is_taken.swap(false, Ordering::Relaxed) {
            let (at, taken) = (places.at.clone(), is_taken.clone());
            post.put(move |model, _| {
                taken.store(true, Ordering::Relaxed);
                layout::take(model, run, at, done);
            });
        }
        if done {
            return;
        }
    }
}

/// Measures and searches.
pub(super) struct MeasureThread {
    post: Post,
    hear: measuring::Hear,
    wanted: Option<Wanted>,
}

impl MeasureThread {
    pub(super) fn new(post: Post, hear: measuring::Hear) -> Self {
        Self { post, hear, wanted: None }
    }
}

impl measuring::Engine for MeasureThread {
    fn start(&mut self, run: u64, question: measuring::Question) -> Option<Result<Results, String>> {
        let wanted = Wanted::new();
        let (post, hear, is_wanted) = (self.post.clone(), self.hear, wanted.is_wanted());
        self.wanted = Some(wanted);
        let say = move |news| post.put(move |model: &mut Model, outbox: &Outbox| hear(model, outbox, run, news));
        begin("measure", move || measure(&question, &say, &is_wanted)).err().map(Err)
    }
}

fn measure(question: &measuring::Question, say: &dyn Fn(measuring::News), is_wanted: &dyn Fn() -> bool) {
    let measuring::Question { kernel, options, nodes, links, weights, times, marks } = question;
    let asked = Asked { nodes: *nodes, links, weights, times, marks };
    let mut told = 0.0;
    let mut watch = |done: usize, all: usize| {
        let share = (done as f32 / all.max(1) as f32).clamp(0.0, 1.0);
        if share >= told + SHARE {
            told = share;
            say(measuring::News::Share(share));
        }
        is_wanted()
    };
    let answer = kernel.run(&asked, options, measuring::SEED, &mut watch);
    if is_wanted() {
        say(measuring::News::Done(answer.map_err(|cause| cause.to_string())));
    }
}

/// Does an errand; it is heard of by its number.
pub(super) fn errand(post: Post, number: u64, errand: Errand, parts: Vec<Vec<u8>>) -> Result<(), String> {
    begin("errand", move || {
        let done = errand.run(&parts).map_err(|fault| fault.to_string());
        post.put(move |model, outbox| desk::heard(model, outbox, number, done));
    })
}
