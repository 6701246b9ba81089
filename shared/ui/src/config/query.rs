//! Queries of object types, and the rights of accounts: checked and looked at by the server.

use access::{ProjectId, SourceId};
use wire::source::{CheckQuery, CheckedQuery, ProbeRights};

use super::jobs::Job;
use super::of;
use crate::app::{Model, Remote};
use crate::client::Outbox;

/// A query that was checked, or is being checked.
#[derive(Debug)]
pub struct Query {
    /// The source that it is for.
    pub source: SourceId,
    /// Its text.
    pub text: String,
    /// What came of it.
    pub checked: Remote<CheckedQuery>,
}

/// Checks a query; what was found of another one is forgotten.
pub(super) fn check(model: &mut Model, outbox: &Outbox, project: ProjectId, source: SourceId, text: String) {
    let number = model.config.jobs.begin(&Job::Query);
    model.config.query = Some(Query { source: source.clone(), text: text.clone(), checked: Remote::Waiting(None) });
    let call = CheckQuery { project: project.clone(), source, text };
    let stop = outbox.call_until(&call, move |model, _, reply| {
        let Some(config) = of(model, &project) else { return };
        if let (true, Some(query)) = (config.jobs.end(&Job::Query, number), &mut config.query) {
            query.checked.answer(reply);
        }
    });
    model.config.jobs.keep(&Job::Query, stop);
}

/// Forgets what was checked, and stops it.
pub(super) fn forget(model: &mut Model) {
    model.config.jobs.stop(&Job::Query);
    model.config.query = None;
}

/// Looks at what the account of a source may do; the project is read again, because it tells.
pub(super) fn probe(model: &mut Model, outbox: &Outbox, project: ProjectId, source: SourceId) {
    model.config.probe.ask();
    let call = ProbeRights { project: project.clone(), source };
    outbox.call(&call, move |model, outbox, reply| {
        let found = reply.is_ok();
        if let Some(config) = of(model, &project) {
            config.probe.answer(reply);
        }
        if found {
            crate::app::ask_again(model, outbox);
        }
    });
}
