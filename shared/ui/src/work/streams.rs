//! The streams of the workspace: at most four at once, one for each purpose, the newest first; all end with the screen.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use access::{LinkTypeId, SourceId};
use model::query::Direction;
use wire::{Code, Fault, Stream};

use crate::app::Model;
use crate::client::{Outbox, PartEvent, Parts, StreamEvent, Streaming, own, told};
use crate::words::{Language, Word, Words};

/// The most streams at once; one connection stays free for small calls.
const MOST_AT_ONCE: usize = 4;
/// The most that wait for their turn; the oldest gives way.
const MOST_WAITING: usize = 64;

/// What a stream is for. A new one takes the place of the old one with the same purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lane {
    Search,
    Object,
    Counts,
    Section(LinkTypeId, Direction),
    Expand(u64),
    Rows(u64),
    Total(u64),
    Put(u64),
    Money(u64),
}

/// What a stream brings.
pub(super) enum Got {
    /// Something of a part.
    Part(u16, PartEvent),
    /// The end: everything came, or why not.
    End(Result<(), Fault>),
}

type Begin = Box<dyn FnOnce(&Outbox) -> Streaming>;
type Hear = Rc<RefCell<dyn FnMut(&mut Model, &Outbox, Got)>>;

/// What runs or waits for a purpose.
struct Entry<T> {
    lane: Lane,
    ticket: u64,
    /// Who hears of it.
    hear: Hear,
    what: T,
}

/// What runs and what waits.
#[derive(Default)]
pub(super) struct Streams {
    running: Vec<Entry<Streaming>>,
    waiting: Vec<Entry<Begin>>,
    next_ticket: u64,
}

impl Streams {
    /// A number that no other purpose has.
    pub(super) fn number(&mut self) -> u64 {
        self.next_ticket += 1;
        self.next_ticket
    }

    /// Stops what runs or waits for a purpose; true if there was something. Who asked for that knows, and hears nothing.
    /// What waits has its place.
    pub(super) fn stop(&mut self, lane: &Lane, outbox: &Outbox) -> bool {
        let was_there = self.drop_lane(lane);
        self.begin_waiting(outbox);
        was_there
    }

    fn drop_lane(&mut self, lane: &Lane) -> bool {
        let before = self.running.len() + self.waiting.len();
        self.running.retain(|entry| entry.lane != *lane);
        self.waiting.retain(|entry| entry.lane != *lane);
        before != self.running.len() + self.waiting.len()
    }

    fn is_current(&self, ticket: u64) -> bool {
        self.running.iter().any(|entry| entry.ticket == ticket)
    }

    fn finish(&mut self, ticket: u64, outbox: &Outbox) {
        self.running.retain(|entry| entry.ticket != ticket);
        self.begin_waiting(outbox);
    }

    fn begin_waiting(&mut self, outbox: &Outbox) {
        while self.running.len() < MOST_AT_ONCE {
            let Some(Entry { lane, ticket, hear, what }) = self.waiting.pop() else { return };
            self.running.push(Entry { lane, ticket, hear, what: what(outbox) });
        }
    }
}

/// What a stream ends with when the workspace is left: it is asked for anew when the workspace is shown again.
pub(super) fn stopped(words: Words) -> Fault {
    told(words, own(Code::Busy, Word::StoppedByLeaving, Word::TryAgainSentence, ""))
}

/// Whether a fault is that of [`stopped`].
pub(super) fn is_stopped(fault: &Fault) -> bool {
    Language::ALL.into_iter().any(|language| *fault == stopped(Words::new(language)))
}

fn crowded(words: Words) -> Fault {
    told(words, own(Code::Busy, Word::TooMuchAtOnce, Word::TryAgainSentence, ""))
}

/// Stops everything; each hears of its end.
pub(super) fn stop_all(model: &mut Model, outbox: &Outbox) {
    let words = model.words;
    let streams = &mut model.work.streams;
    let running = std::mem::take(&mut streams.running).into_iter().map(|entry| entry.hear);
    let waiting = std::mem::take(&mut streams.waiting).into_iter().map(|entry| entry.hear);
    for hear in running.chain(waiting).collect::<Vec<_>>() {
        (hear.borrow_mut())(model, outbox, Got::End(Err(stopped(words))));
    }
}

/// Starts a stream. `then` hears of it until its end, or until something else takes its place.
pub(super) fn start<S: Stream>(
    model: &mut Model,
    outbox: &Outbox,
    lane: Lane,
    request: S,
    then: impl FnMut(&mut Model, &Outbox, Got) + 'static,
) {
    let words = model.words;
    let streams = &mut model.work.streams;
    streams.drop_lane(&lane);
    let ticket = streams.number();
    let mut parts = Parts::default();
    let mut asked = BTreeMap::new();
    let hear: Hear = Rc::new(RefCell::new(then));
    let then = hear.clone();
    let event = move |model: &mut Model, outbox: &Outbox, event: StreamEvent| {
        if !model.work.streams.is_current(ticket) {
            return;
        }
        match event {
            StreamEvent::Frame(frame) => {
                if let Some((number, part)) = parts.take(frame) {
                    note_source(model, &mut asked, number, &part);
                    (then.borrow_mut())(model, outbox, Got::Part(number, part));
                }
            }
            StreamEvent::End(end) => {
                model.work.streams.finish(ticket, outbox);
                (then.borrow_mut())(model, outbox, Got::End(end));
            }
        }
    };
    let what: Begin = Box::new(move |outbox| outbox.stream(&request, event));
    let streams = &mut model.work.streams;
    streams.waiting.push(Entry { lane, ticket, hear, what });
    let too_many = streams.waiting.len().saturating_sub(MOST_WAITING);
    let left_out: Vec<Hear> = streams.waiting.drain(..too_many).map(|entry| entry.hear).collect();
    streams.begin_waiting(outbox);
    for hear in left_out {
        (hear.borrow_mut())(model, outbox, Got::End(Err(crowded(words))));
    }
}

/// How a source is doing, as its last answer showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceMood {
    /// Asked, nothing back yet.
    Asked,
    /// Answered after so many milliseconds.
    Answered(u64),
    /// It could not answer; why, for people.
    Failed(Fault),
}

/// A source that took longer is called slow.
pub const SLOW_MILLIS: u64 = 2_000;

fn note_source(model: &mut Model, asked: &mut BTreeMap<u16, SourceId>, number: u16, part: &PartEvent) {
    match part {
        PartEvent::Open(open) => {
            // What is known by name only has no source that one may know.
            let Some(source) = open.source.clone() else { return };
            asked.insert(number, source.clone());
            model.work.sources.insert(source, SourceMood::Asked);
        }
        PartEvent::Close(close) => {
            let Some(source) = asked.remove(&number) else { return };
            let mood = close.fault.clone().map_or(SourceMood::Answered(close.millis), SourceMood::Failed);
            model.work.sources.insert(source, mood);
        }
        PartEvent::Rows(_) | PartEvent::Progress(_) => {}
    }
}
