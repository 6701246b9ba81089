//! How much has come from sources since the start, by kind: numbers alone, of no source in particular.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt as _;

use crate::connectors::Answer;

/// Rows and bytes by kind of source.
pub(super) type Amounts = BTreeMap<String, (u64, u64)>;

/// Counts what passes.
#[derive(Clone, Default)]
pub(super) struct Passed(Arc<Mutex<Amounts>>);

impl Passed {
    /// The same answer, counted as its rows come.
    pub(super) fn count(&self, kind: &str, mut answer: Answer) -> Answer {
        let (amounts, kind) = (self.0.clone(), kind.to_owned());
        let counted = answer.batches.inspect(move |batch| {
            let Ok(batch) = batch else { return };
            let mut amounts = amounts.lock().unwrap_or_else(PoisonError::into_inner);
            let (rows, bytes) = amounts.entry(kind.clone()).or_default();
            *rows += batch.rows.num_rows() as u64;
            *bytes += batch.rows.get_array_memory_size() as u64;
        });
        answer.batches = counted.boxed();
        answer
    }

    /// What has passed so far.
    pub(super) fn amounts(&self) -> Amounts {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
