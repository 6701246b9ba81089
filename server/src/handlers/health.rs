//! How the server is: what the doctor sees from within, sources as far as the person may know them, and numbers.

use std::sync::Arc;

use access::{Action, Decision, Need};
use wire::Fault;
use wire::health::{Figures, HealthSeen, LookAtHealth, OtherSources, ReadFigures, SourceFailure, SourceHealth};

use crate::Server;
use crate::broker::Load;
use crate::console::{Looked, LookedSource};
use crate::doctor;
use crate::gate::Allowed;
use crate::metrics;

/// What could keep the server from working. One look at a time; whoever comes meanwhile is given what it finds.
///
/// # Errors
/// None of its own.
pub async fn look_at_health(server: Arc<Server>, call: Allowed<LookAtHealth>) -> Result<HealthSeen, Fault> {
    let asked = server.clock.now();
    let mut kept = server.console.looked.lock().await;
    let looked = match kept.clone().filter(|looked| !call.request.again || looked.at > asked) {
        Some(looked) => looked,
        None => kept.insert(Arc::new(doctor::examine_running(&server).await)).clone(),
    };
    drop(kept);
    Ok(seen(&server, &call, &looked))
}

/// What was found, as this person may know it.
fn seen(server: &Server, call: &Allowed<LookAtHealth>, looked: &Looked) -> HealthSeen {
    let (mut sources, mut others) = (Vec::new(), OtherSources::default());
    // What was removed since is nobody's any more.
    let is_there = |found: &&LookedSource| {
        let kept = call.config.project(&found.project);
        kept.is_some_and(|kept| kept.project.sources.contains_key(&found.source))
    };
    for found in looked.sources.iter().filter(is_there) {
        match known(server, call, found) {
            Some(source) => sources.push(source),
            None => match found.finding.state {
                doctor::State::Ok => others.ok += 1,
                doctor::State::Warn => others.warn += 1,
                doctor::State::Bad => others.bad += 1,
            },
        }
    }
    let findings = looked.findings.iter().map(doctor::Finding::told).collect();
    HealthSeen { at: looked.at.as_second(), findings, sources, others }
}

/// A source, where the person may know of it: whoever runs the instance need not know what its projects read from.
fn known(server: &Server, call: &Allowed<LookAtHealth>, found: &LookedSource) -> Option<SourceHealth> {
    let LookedSource { project, source, finding } = found;
    let need = Need::source(Action::ReadConfiguration, project, source);
    if call.policy.decide(&call.who.caller, &need) != Decision::Allow {
        return None;
    }
    let visible = call.project(project).ok()?;
    let configured = visible.sources.get(source)?;
    let at_once = configured.limits.within_reason().at_once;
    let load = server.broker.load(project, source).unwrap_or(Load { running: 0, waiting: 0, at_once });
    Some(SourceHealth {
        project: project.clone(),
        source: source.clone(),
        name: configured.name.clone(),
        kind: configured.kind.clone(),
        finding: finding.told(),
        running: load.running,
        waiting: load.waiting,
        at_once: load.at_once,
        failures: server.broker.failures(project, source).into_iter().map(failure).collect(),
    })
}

fn failure(failed: crate::broker::Failed) -> SourceFailure {
    SourceFailure { at: failed.at.as_second(), kind: failed.kind }
}

/// The main numbers.
///
/// # Errors
/// [`Fault`] `StoreUnavailable` when sessions or the log's end cannot be read.
pub async fn read_figures(server: Arc<Server>, _call: Allowed<ReadFigures>) -> Result<Figures, Fault> {
    let totals = server.metrics.totals();
    let millis = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    Ok(Figures {
        at: server.clock.now().as_second(),
        since: server.console.since.as_second(),
        sessions: server.store.count_sessions().await?,
        // This one runs too.
        running: totals.running.saturating_sub(1),
        waiting: server.broker.waiting(),
        requests: totals.ended,
        failed: totals.failed,
        refused: totals.refused,
        nine_of_ten_millis: totals.nine_of_ten.map(millis),
        rows: server.broker.passed().values().map(|(rows, _)| rows).sum(),
        memory_bytes: metrics::memory_bytes(),
        processor_millis: millis(metrics::processor_time()),
        audit_entries: server.store.audit_anchor().await?.seq,
        audit_lag_micros: u64::try_from(server.audit.lag().as_micros()).unwrap_or(u64::MAX),
    })
}
