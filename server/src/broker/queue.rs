//! The queue before a source: so many questions run at once, some wait, the rest are refused.
//!
//! Whoever waits is served in turn by person: of each one question after the other, so that a hundred questions of one
//! keep nobody else waiting for more than one of them. And the last place is for somebody who has none, so that one
//! person's slow questions never fill a source.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::project::Source;
use tokio::sync::oneshot;
use wire::{Code, Fault};

use super::pieces::Told;

/// The most questions that wait for one source, for each that may run.
const WAITING_PER_PLACE: u32 = 16;

/// Whose turn it is: something that tells those apart who ask. The broker knows nothing else of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Asker(Arc<str>);

impl Asker {
    /// Whoever goes by this name.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }
}

/// How much is asked of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Questions that run.
    pub running: u32,
    /// Questions that wait.
    pub waiting: u32,
    /// Questions that may run.
    pub at_once: u32,
}

/// The places at one source.
pub(super) struct Queue {
    pub(super) at_once: u32,
    line: Mutex<Line>,
}

/// Who has places, and who waits for one.
#[derive(Default)]
struct Line {
    running: HashMap<Asker, u32>,
    /// Whoever waits, in the order of turns; each of them once, with that person's questions in their order.
    waiting: VecDeque<(Asker, VecDeque<Waiter>)>,
    next: u64,
}

struct Waiter {
    number: u64,
    called: oneshot::Sender<Place>,
}

/// A place at a source, which is given back when it is dropped.
pub(super) struct Place {
    queue: Arc<Queue>,
    asker: Asker,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.queue.give_back(&self.asker);
    }
}

impl Queue {
    pub(super) fn new(at_once: u32) -> Arc<Self> {
        Arc::new(Self { at_once, line: Mutex::default() })
    }

    /// How much is asked at this moment.
    pub(super) fn load(&self) -> Load {
        let line = self.line();
        Load { running: line.running(), waiting: line.waiting(), at_once: self.at_once }
    }

    /// Waits for a place; whoever waits is told how many are before.
    ///
    /// # Errors
    /// `Busy` when too many wait, or it takes too long.
    pub(super) async fn place(self: &Arc<Self>, source: &Source, asker: &Asker, told: &Told) -> Result<Place, Fault> {
        let busy = || {
            Fault::new(
                Code::Busy,
                format!("Source \"{}\" has too many questions waiting.", source.name),
                "Try again in a moment, or ask an instance manager to allow it more at once.",
            )
        };
        let (waiting, called) = match self.enter(asker) {
            Entered::Has(place) => return Ok(place),
            Entered::Waits(waiting, called) => (waiting, called),
            Entered::Full => return Err(busy()),
        };
        let _note = told.note(format!("Waiting for a place at {}, {} before.", source.name, waiting.before));
        match tokio::time::timeout(Duration::from_secs(source.limits.within_reason().seconds), called).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(busy()),
        }
    }

    fn enter<'a>(self: &'a Arc<Self>, asker: &Asker) -> Entered<'a> {
        let mut line = self.line();
        if line.may_run(asker, self.at_once) {
            return Entered::Has(self.taken(&mut line, asker));
        }
        // Whoever has nothing in the line comes in where those who fill it do not.
        let per_place = if line.theirs(asker).is_some() { WAITING_PER_PLACE } else { 2 * WAITING_PER_PLACE };
        let before = line.waiting();
        if before >= self.at_once.saturating_mul(per_place) {
            return Entered::Full;
        }
        let (called, waits) = oneshot::channel();
        let number = line.add(asker, called);
        Entered::Waits(Waiting { queue: self, asker: asker.clone(), number, before }, waits)
    }

    fn taken(self: &Arc<Self>, line: &mut Line, asker: &Asker) -> Place {
        *line.running.entry(asker.clone()).or_default() += 1;
        Place { queue: self.clone(), asker: asker.clone() }
    }

    fn give_back(self: &Arc<Self>, asker: &Asker) {
        let mut called = Vec::new();
        {
            let mut line = self.line();
            line.leave(asker);
            while let Some((next, waiter)) = line.next_turn(self.at_once) {
                called.push((waiter, self.taken(&mut line, &next)));
            }
        }
        // Outside of the lock: who gave up in this moment lets the place go again, which calls the next.
        for (waiter, place) in called {
            drop(waiter.called.send(place));
        }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn running(&self) -> u32 {
        self.running.values().sum()
    }

    fn waiting(&self) -> u32 {
        u32::try_from(self.waiting.iter().map(|(_, theirs)| theirs.len()).sum::<usize>()).unwrap_or(u32::MAX)
    }

    fn theirs(&mut self, asker: &Asker) -> Option<&mut VecDeque<Waiter>> {
        self.waiting.iter_mut().find(|(waits, _)| waits == asker).map(|(_, theirs)| theirs)
    }

    /// Whether somebody may have one more place. The last one is for whoever has none.
    fn may_run(&self, asker: &Asker, at_once: u32) -> bool {
        let free = at_once.saturating_sub(self.running());
        free > 1 || (free == 1 && !self.running.contains_key(asker))
    }

    fn add(&mut self, asker: &Asker, called: oneshot::Sender<Place>) -> u64 {
        self.next += 1;
        let waiter = Waiter { number: self.next, called };
        match self.theirs(asker) {
            Some(theirs) => theirs.push_back(waiter),
            None => self.waiting.push_back((asker.clone(), VecDeque::from([waiter]))),
        }
        self.next
    }

    /// Whoever is to have a place now; that person's next question waits behind everybody else's.
    fn next_turn(&mut self, at_once: u32) -> Option<(Asker, Waiter)> {
        let at = self.waiting.iter().position(|(asker, _)| self.may_run(asker, at_once))?;
        let (asker, mut theirs) = self.waiting.remove(at)?;
        let waiter = theirs.pop_front()?;
        if !theirs.is_empty() {
            self.waiting.push_back((asker.clone(), theirs));
        }
        Some((asker, waiter))
    }

    fn leave(&mut self, asker: &Asker) {
        if let Some(places) = self.running.get_mut(asker) {
            *places = places.saturating_sub(1);
            if *places == 0 {
                self.running.remove(asker);
            }
        }
    }

    /// Somebody waits no more, called or not.
    fn forget(&mut self, asker: &Asker, number: u64) {
        if let Some(theirs) = self.theirs(asker) {
            theirs.retain(|waiter| waiter.number != number);
        }
        self.waiting.retain(|(_, theirs)| !theirs.is_empty());
    }
}

enum Entered<'a> {
    Has(Place),
    Waits(Waiting<'a>, oneshot::Receiver<Place>),
    Full,
}

/// Stands in the line as long as it lives.
struct Waiting<'a> {
    queue: &'a Arc<Queue>,
    asker: Asker,
    number: u64,
    before: u32,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.queue.line().forget(&self.asker, self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn source(at_once: u32) -> Source {
        let limits = serde_json::json!({ "rows": 1, "megabytes": 1, "seconds": 60, "at_once": at_once });
        let source = serde_json::json!({
            "id": "core", "name": "Core", "kind": "sqlite", "settings": {}, "secrets_from": {}, "limits": limits,
        });
        serde_json::from_value(source).unwrap()
    }

    async fn place(queue: &Arc<Queue>, name: &str) -> Place {
        queue.place(&source(queue.at_once), &Asker::new(name), &Told::default()).await.ok().unwrap()
    }

    async fn until(queue: &Queue, running: u32, waiting: u32) {
        let load = Load { running, waiting, at_once: queue.at_once };
        while queue.load() != load {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn the_load_says_how_many_run_and_how_many_wait() {
        let queue = Queue::new(2);
        until(&queue, 0, 0).await;
        let first = place(&queue, "ada").await;
        let second = place(&queue, "bob").await;
        until(&queue, 2, 0).await;
        let waits = tokio::spawn({
            let queue = queue.clone();
            async move { place(&queue, "ada").await }
        });
        until(&queue, 2, 1).await;
        drop(first);
        let third = waits.await.unwrap();
        until(&queue, 2, 0).await;
        drop((second, third));
        until(&queue, 0, 0).await;
    }

    #[tokio::test]
    async fn a_hundred_questions_of_one_person_keep_nobody_waiting_for_more_than_one_of_them() {
        // A hundred of one, then two of another, at a source with seven places: the order in which they have one.
        let queue = Queue::new(7);
        let held: Vec<Place> = futures::future::join_all((0..7).map(|number| {
            let queue = queue.clone();
            async move { place(&queue, &format!("first {number}")).await }
        }))
        .await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut waiting = Vec::new();
        for (number, name) in std::iter::repeat_n("ada", 100).chain(["bob", "bob"]).enumerate() {
            let (queue, order) = (queue.clone(), order.clone());
            let asking = queue.clone();
            waiting.push(tokio::spawn(async move {
                let _place = place(&asking, name).await;
                order.lock().unwrap().push(name);
            }));
            until(&queue, 7, u32::try_from(number).unwrap() + 1).await;
        }
        drop(held);
        for one in waiting {
            one.await.unwrap();
        }
        let order = order.lock().unwrap().clone();
        let first_bobs: Vec<usize> = (0..order.len()).filter(|place| order[*place] == "bob").collect();
        assert!(first_bobs[1] < 10, "bob waits for a turn and not for a hundred: {first_bobs:?}");
        until(&queue, 0, 0).await;
    }

    #[tokio::test]
    async fn the_last_place_is_for_somebody_who_has_none() {
        let queue = Queue::new(4);
        let ada = [place(&queue, "ada").await, place(&queue, "ada").await, place(&queue, "ada").await];
        let fourth = tokio::spawn({
            let queue = queue.clone();
            async move { place(&queue, "ada").await }
        });
        until(&queue, 3, 1).await;
        let bob = place(&queue, "bob").await;
        until(&queue, 4, 1).await;
        drop(bob);
        until(&queue, 3, 1).await;
        drop(ada);
        drop(fourth.await.unwrap());
        until(&queue, 0, 0).await;
    }

    #[tokio::test]
    async fn who_gives_up_stands_in_nobodys_way() {
        let queue = Queue::new(1);
        let held = place(&queue, "ada").await;
        let given_up = tokio::spawn({
            let queue = queue.clone();
            async move { place(&queue, "bob").await }
        });
        until(&queue, 1, 1).await;
        given_up.abort();
        until(&queue, 1, 0).await;
        drop(held);
        drop(place(&queue, "eve").await);
        until(&queue, 0, 0).await;
    }

    #[tokio::test]
    async fn beyond_what_can_wait_one_is_told_so() {
        let queue = Queue::new(1);
        let _held = place(&queue, "ada").await;
        let told = Told::default();
        let (source, ada) = (source(1), Asker::new("ada"));
        let waiting: Vec<_> = (0..WAITING_PER_PLACE).map(|_| queue.place(&source, &ada, &told)).collect();
        let all = futures::future::join_all(waiting);
        tokio::pin!(all);
        assert!(futures::poll!(&mut all).is_pending());
        let refused = queue.place(&source, &ada, &told).await.err().unwrap();
        assert_eq!(refused.code, Code::Busy);
        // One person's line is nobody else's.
        let bob = Asker::new("bob");
        let other = queue.place(&source, &bob, &told);
        tokio::pin!(other);
        assert!(futures::poll!(&mut other).is_pending());
        until(&queue, 1, WAITING_PER_PLACE + 1).await;
    }
}
