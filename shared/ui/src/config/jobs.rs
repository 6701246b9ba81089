//! Calls that take long and can be stopped: a test, a catalogue, a first model.

use std::collections::BTreeMap;

use access::SourceId;

use crate::client::Streaming;

/// One thing that is under way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Job {
    /// The test of a source.
    Test,
    /// The check of a query.
    Query,
    /// What a source contains.
    Catalogue(SourceId),
    /// A first model of a source.
    Suggestion(SourceId),
}

/// What is under way. Dropping a job stops it here and on the server.
#[derive(Default)]
pub(super) struct Jobs {
    begun: u64,
    under_way: BTreeMap<Job, (u64, Option<Streaming>)>,
}

impl Jobs {
    /// Begins a job; an earlier one of the same kind is stopped. The number tells its answer from those of others.
    pub(super) fn begin(&mut self, job: &Job) -> u64 {
        self.begun += 1;
        self.under_way.insert(job.clone(), (self.begun, None));
        self.begun
    }

    /// Keeps what stops a job for as long as the job is under way.
    pub(super) fn keep(&mut self, job: &Job, stop: Streaming) {
        if let Some((_, kept)) = self.under_way.get_mut(job) {
            *kept = Some(stop);
        }
    }

    /// An answer has come; whether anybody still waits for it.
    pub(super) fn end(&mut self, job: &Job, number: u64) -> bool {
        let is_it = self.under_way.get(job).is_some_and(|(known, _)| *known == number);
        if is_it {
            self.under_way.remove(job);
        }
        is_it
    }

    /// Stops a job.
    pub(super) fn stop(&mut self, job: &Job) {
        self.under_way.remove(job);
    }
}
