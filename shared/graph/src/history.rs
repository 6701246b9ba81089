//! Undo and redo: the steps that take back what was done, in order.

use crate::graph::{Graph, NodeId};
use crate::step::{Fault, Step};

/// What was done and can be undone, and what was undone and can be done again.
#[derive(Clone, Debug)]
pub struct History {
    done: Vec<Entry>,
    undone: Vec<Entry>,
    limit_steps: usize,
    /// Steps that fell off the far end, so that "step n of m" keeps counting.
    forgotten: usize,
    /// The number of the next step; none is given twice.
    next: u64,
}

#[derive(Clone, Debug)]
struct Entry {
    number: u64,
    title: String,
    back: Step,
}

impl History {
    /// Remembers at most `limit_steps`; the oldest are forgotten first.
    pub fn new(limit_steps: usize) -> Self {
        Self { done: Vec::new(), undone: Vec::new(), limit_steps: limit_steps.max(1), forgotten: 0, next: 0 }
    }

    /// Applies a step and remembers how to take it back. `title` says what was done ("Expand transfers").
    ///
    /// # Errors
    /// Those of `Step::apply`; then nothing is remembered.
    pub fn run(&mut self, graph: &mut Graph, title: &str, step: Step) -> Result<(), Fault> {
        let back = step.apply(graph)?;
        self.record(title, back);
        Ok(())
    }

    /// Remembers something already done, by the step that takes it back: a drag that moved nodes as it went.
    pub fn record(&mut self, title: &str, back: Step) {
        self.undone.clear();
        self.done.push(Entry { number: self.next, title: title.to_owned(), back });
        self.next += 1;
        if self.done.len() > self.limit_steps {
            self.done.remove(0);
            self.forgotten += 1;
        }
    }

    /// Takes the last step back; its title, or `None` if there is none.
    ///
    /// # Errors
    /// Those of `Step::apply`; a step taken back cannot meet one.
    pub fn undo(&mut self, graph: &mut Graph) -> Result<Option<String>, Fault> {
        replay(graph, &mut self.done, &mut self.undone)
    }

    /// Does the last step that was taken back again.
    ///
    /// # Errors
    /// As `undo`.
    pub fn redo(&mut self, graph: &mut Graph) -> Result<Option<String>, Fault> {
        replay(graph, &mut self.undone, &mut self.done)
    }

    /// What undo would take back, for its menu line.
    pub fn undo_title(&self) -> Option<&str> {
        self.done.last().map(|entry| entry.title.as_str())
    }

    /// What the last step added, ascending.
    pub fn added(&self) -> Vec<NodeId> {
        let mut added = self.done.last().map(|entry| entry.back.takes_away()).unwrap_or_default();
        added.sort_unstable();
        added
    }

    /// The number of the last step that is done; it stays the same as long as the step does.
    pub fn last(&self) -> Option<u64> {
        self.done.last().map(|entry| entry.number)
    }

    /// Whether a step is done: not taken back, though it may be too long ago to be remembered.
    pub fn is_done(&self, number: u64) -> bool {
        let oldest = self.done.first().map_or(self.next, |entry| entry.number);
        let is_forgotten = self.forgotten > 0 && number < oldest;
        is_forgotten || self.done.binary_search_by_key(&number, |entry| entry.number).is_ok()
    }

    /// What redo would do again.
    pub fn redo_title(&self) -> Option<&str> {
        self.undone.last().map(|entry| entry.title.as_str())
    }

    /// "step n of m": where we are, and how many steps there are.
    pub fn position(&self) -> (usize, usize) {
        let now = self.forgotten + self.done.len();
        (now, now + self.undone.len())
    }
}

impl Default for History {
    fn default() -> Self {
        Self::new(1000)
    }
}

fn replay(graph: &mut Graph, from: &mut Vec<Entry>, to: &mut Vec<Entry>) -> Result<Option<String>, Fault> {
    let Some(Entry { number, title, back }) = from.pop() else { return Ok(None) };
    let back = back.apply(graph)?;
    to.push(Entry { number, title: title.clone(), back });
    Ok(Some(title))
}
