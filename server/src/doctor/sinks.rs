//! Where copies of the audit log go: whether each sink can be reached, and how far behind it is.

use super::Finding;
use crate::audit::SinkNow;
use crate::audit::sinks::cursors::cursor;
use crate::audit::sinks::reach;
use crate::settings::{Settings, names};
use crate::store::{Store, StoreError};

/// So many entries may be on their way.
const ON_THEIR_WAY: u64 = 100;

/// Looks at every sink that is set.
pub(super) async fn examine(settings: &Settings, store: &dyn Store) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, id, reached) in reach(settings).await {
        findings.push(match behind(store, &id).await {
            Err(error) if reached.is_ok() => Finding::bad_as_said(&check(name), &error),
            behind => of_sink(name, reached.err(), behind.unwrap_or(0)),
        });
    }
    findings
}

/// The same as a running server has it.
pub(super) fn running(sinks: Result<Vec<SinkNow>, StoreError>) -> Vec<Finding> {
    match sinks {
        Ok(sinks) => sinks.into_iter().map(|sink| of_sink(sink.name, sink.trouble, sink.behind)).collect(),
        Err(error) => vec![Finding::bad_as_said("audit sinks", &error)],
    }
}

fn check(name: &str) -> String {
    format!("audit sink {name}")
}

fn of_sink(name: &str, trouble: Option<String>, behind: u64) -> Finding {
    let check = check(name);
    let setting = match name {
        "file" => names::AUDIT_FILE,
        "syslog" => names::AUDIT_SYSLOG,
        _ => names::AUDIT_SQL,
    };
    match trouble {
        Some(why) => Finding::bad(&check, format!("It takes nothing: {why}."), format!("See {setting}.")),
        None if behind > ON_THEIR_WAY => {
            let said = format!("It can be reached, and is {behind} entries behind.");
            Finding::warn(&check, said, "It catches up while `clew serve` runs; look again in a minute.")
        }
        None => Finding::ok(&check, "It can be reached, and has what is written."),
    }
}

async fn behind(store: &dyn Store, id: &str) -> Result<u64, StoreError> {
    Ok(store.audit_anchor().await?.seq.saturating_sub(cursor(store, id).await?))
}
