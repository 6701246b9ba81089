//! The audit log on the screen: what was looked for, what has come, whether the log is whole, and files of it.

mod when;

use wire::audit::{
    AuditEntries, AuditEntry, AuditFilters, AuditFormat, AuditVerdict, ExportAudit, SearchAudit, VerifyAudit,
};

use crate::app::{Model, Remote};
use crate::client::{Outbox, Saving, Streaming};
use crate::words::Word;

pub use when::{NoMoment, When, moment};

/// Entries of one answer.
const PAGE: u32 = 200;
/// Entries that are held at once; who looks for more narrows the search, or exports.
pub const MOST_HELD: usize = 20_000;

/// The audit log, as far as it has come.
#[derive(Default)]
pub struct Audit {
    /// What was looked for last.
    pub filters: AuditFilters,
    /// How many searches there were; tells a view when to begin anew.
    pub searches: u64,
    /// What was found, newest first.
    pub entries: Vec<AuditEntry>,
    /// The newest page, as far as it has come.
    pub page: Remote<()>,
    /// Where the next page begins; none at the end.
    pub next: Option<u64>,
    /// What the newest check of the chain found.
    pub verdict: Remote<AuditVerdict>,
    /// How much has come of the file that is being made.
    pub file_bytes: Option<u64>,
    searching: Option<Streaming>,
    checking: Option<Streaming>,
    saving: Option<Streaming>,
}

impl Audit {
    /// Whether older entries can be shown too.
    pub fn has_more(&self) -> bool {
        self.next.is_some() && self.entries.len() < MOST_HELD
    }

    fn take(&mut self, page: AuditEntries) {
        self.entries.extend(page.entries);
        self.next = page.next;
    }
}

/// What the screen of the audit log asks for.
#[derive(Debug, Clone)]
pub enum Command {
    /// Look for entries, in place of what is shown.
    Search {
        /// Of which time.
        when: When,
        /// The other filters; their times are those of `when`.
        filters: AuditFilters,
    },
    /// Show older entries too.
    More,
    /// Look whether the log is whole; compares with ends of it that were kept.
    Check {
        /// Former ends, one for each.
        anchors: Vec<String>,
    },
    /// The check is no longer waited for.
    StopCheck,
    /// Save everything that was looked for as a file.
    Export(AuditFormat),
    /// The file is no longer waited for.
    StopExport,
}

/// Carries out a command.
pub(crate) fn run(command: Command, model: &mut Model, outbox: &Outbox) {
    match command {
        Command::Search { when, filters } => search(model, outbox, when, filters),
        Command::More => {
            if model.audit.has_more() && !model.audit.page.is_waiting() {
                ask(model, outbox);
            }
        }
        Command::Check { anchors } => check(model, outbox, anchors),
        Command::StopCheck => (model.audit.verdict, model.audit.checking) = (Remote::Idle, None),
        Command::Export(format) => export(model, outbox, format),
        Command::StopExport => (model.audit.file_bytes, model.audit.saving) = (None, None),
    }
}

fn search(model: &mut Model, outbox: &Outbox, when: When, filters: AuditFilters) {
    let (from, until) = when.bounds(outbox.client().unix_secs());
    let audit = &mut model.audit;
    audit.filters = AuditFilters { from, until, ..filters };
    audit.searches += 1;
    (audit.entries, audit.next) = (Vec::new(), None);
    audit.page = Remote::Idle;
    ask(model, outbox);
}

/// Asks for the next page.
fn ask(model: &mut Model, outbox: &Outbox) {
    let audit = &mut model.audit;
    audit.page.ask();
    let call = SearchAudit { filters: audit.filters.clone(), before: audit.next, limit: PAGE };
    // Asking anew stops what was asked for before.
    audit.searching = Some(outbox.call_until(&call, |model, _, reply| {
        let taken = reply.map(|page| model.audit.take(page));
        model.audit.page.answer(taken);
    }));
}

fn check(model: &mut Model, outbox: &Outbox, anchors: Vec<String>) {
    model.audit.verdict = Remote::Waiting(None);
    model.audit.checking =
        Some(outbox.call_until(&VerifyAudit { anchors }, |model, _, reply| model.audit.verdict.answer(reply)));
}

fn export(model: &mut Model, outbox: &Outbox, format: AuditFormat) {
    let request = ExportAudit { filters: model.audit.filters.clone(), before: None, format };
    model.audit.file_bytes = Some(0);
    model.audit.saving = Some(outbox.download(&request, |model, saving| match saving {
        Saving::Came(bytes) => model.audit.file_bytes = Some(bytes),
        Saving::Saved { name, bytes } => {
            model.audit.file_bytes = None;
            model.notify(model.words.with(Word::FileSaved, &[&name, &model.words.bytes(bytes)]));
        }
        Saving::Failed(fault) => {
            model.audit.file_bytes = None;
            model.notify_fault(&fault);
        }
    }));
}
