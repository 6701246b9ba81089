//! Entries of the log as rows of the table, in the person's language.

use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use wire::audit::{AuditEntry, AuditOutcome};

use crate::audit::Audit;
use crate::table::{Header, Rows};
use crate::widgets::Tone;
use crate::words::{Word, Words};

/// The columns, in their order.
const COLUMNS: [Word; 9] = [
    Word::AuditTime,
    Word::Person,
    Word::AuditCall,
    Word::AuditOutcomeColumn,
    Word::Project,
    Word::AuditTarget,
    Word::AuditReason,
    Word::AuditRows,
    Word::AuditMillis,
];

/// What is shown, made of what has come; more is added behind it as it comes.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) rows: Rows,
    taken: usize,
    searches: u64,
    words: Words,
}

impl Shown {
    /// Follows what has come; true where it began anew.
    pub(super) fn keep_up(&mut self, audit: &Audit, words: Words) -> bool {
        let is_new = (self.searches, self.words) != (audit.searches, words);
        if is_new {
            *self = Self { searches: audit.searches, words, ..Self::default() };
        }
        let new = audit.entries.get(self.taken..).unwrap_or_default();
        // The columns are always the same ones.
        if !new.is_empty()
            && let Ok(batch) = RecordBatch::try_from_iter_with_nullable(columns(new, words))
            && self.rows.push(batch).is_ok()
        {
            self.taken = audit.entries.len();
        }
        is_new
    }
}

/// What stands over the columns.
pub(super) fn headers(words: Words) -> Vec<Header<'static>> {
    COLUMNS.iter().map(|word| Header { title: words.t(*word), ..Header::default() }).collect()
}

fn columns(entries: &[AuditEntry], words: Words) -> Vec<(String, ArrayRef, bool)> {
    let texts = |of: &dyn Fn(&AuditEntry) -> Option<String>| -> ArrayRef {
        Arc::new(entries.iter().map(of).collect::<StringArray>())
    };
    let numbers = |of: &dyn Fn(&AuditEntry) -> Option<u64>| -> ArrayRef {
        let number = |entry| of(entry).and_then(|number| i64::try_from(number).ok());
        Arc::new(entries.iter().map(number).collect::<Int64Array>())
    };
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let list = [
        texts(&|entry| Some(time_of(&entry.at))),
        texts(&|entry| Some(person_of(entry, words).to_owned())),
        texts(&|entry| Some(entry.call.clone())),
        texts(&|entry| Some(words.t(outcome(entry.outcome).0).to_owned())),
        texts(&|entry| filled(&entry.project)),
        texts(&|entry| entry.target.clone()),
        texts(&|entry| entry.reason.clone()),
        numbers(&|entry| entry.rows),
        numbers(&|entry| entry.millis),
    ];
    list.into_iter().enumerate().map(|(number, column)| (number.to_string(), column, true)).collect()
}

/// How a person is called.
pub(super) fn person_of(entry: &AuditEntry, words: Words) -> &str {
    match entry.name.as_deref() {
        Some(name) => name,
        None if entry.person.is_empty() => words.t(Word::AuditNobody),
        None => &entry.person,
    }
}

/// `2026-11-20T10:00:00.5Z` as `2026-11-20 10:00:00`.
pub(super) fn time_of(at: &str) -> String {
    at.split(['.', 'Z']).next().unwrap_or_default().replacen('T', " ", 1)
}

/// An outcome in words, and how it looks.
pub(super) fn outcome(outcome: AuditOutcome) -> (Word, Tone) {
    match outcome {
        AuditOutcome::Begun => (Word::AuditBegun, Tone::Neutral),
        AuditOutcome::Done => (Word::AuditDone, Tone::Ok),
        AuditOutcome::Failed => (Word::AuditFailed, Tone::Warn),
        AuditOutcome::Stopped => (Word::AuditStopped, Tone::Neutral),
        AuditOutcome::Denied => (Word::AuditDenied, Tone::Bad),
        AuditOutcome::Hidden => (Word::AuditHidden, Tone::Bad),
        AuditOutcome::Unknown => (Word::AuditUnknown, Tone::Warn),
    }
}
