//! What failed at sources lately: when and in which way, and nothing that a source said.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use model::{ProjectId, SourceId};

use crate::connectors::FailureKind;

/// So many are kept of a source.
const KEPT: usize = 10;
/// The most sources whose failures are kept.
const MOST_SOURCES: usize = 500;

/// A failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed {
    /// When.
    pub at: Timestamp,
    /// In which way.
    pub kind: FailureKind,
}

/// The newest failures of each source, newest first.
#[derive(Default)]
pub(super) struct Failures(Mutex<HashMap<(ProjectId, SourceId), VecDeque<Failed>>>);

impl Failures {
    /// Takes note of one.
    pub(super) fn note(&self, project: &ProjectId, source: &SourceId, failed: Failed) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let name = (project.clone(), source.clone());
        if all.len() >= MOST_SOURCES && !all.contains_key(&name) {
            let newest = |kept: &VecDeque<Failed>| kept.front().map(|failed| failed.at);
            let oldest = all.iter().min_by_key(|(_, kept)| newest(kept)).map(|(name, _)| name.clone());
            oldest.map(|oldest| all.remove(&oldest));
        }
        let kept = all.entry(name).or_default();
        kept.push_front(failed);
        kept.truncate(KEPT);
    }

    /// Those of a source.
    pub(super) fn of(&self, project: &ProjectId, source: &SourceId) -> Vec<Failed> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&(project.clone(), source.clone())).into_iter().flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_failures_of_a_source_are_kept_and_the_source_that_failed_longest_ago_is_forgotten() {
        let failures = Failures::default();
        let project = ProjectId::new("bank").unwrap();
        let failed = |second: usize| Failed {
            at: Timestamp::from_second(i64::try_from(second).unwrap()).unwrap(),
            kind: FailureKind::Slow,
        };
        let name = |number: usize| SourceId::new(format!("s{number}")).unwrap();
        for second in 0..KEPT + 5 {
            failures.note(&project, &name(0), failed(second));
        }
        let kept = failures.of(&project, &name(0));
        assert_eq!((kept.len(), kept[0]), (KEPT, failed(KEPT + 4)));
        for number in 1..=MOST_SOURCES {
            failures.note(&project, &name(number), failed(100 + number));
        }
        assert!(failures.of(&project, &name(0)).is_empty());
        assert_eq!(failures.of(&project, &name(MOST_SOURCES)).len(), 1);
    }
}
