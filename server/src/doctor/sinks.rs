//! Where copies of the audit log go: whether each sink can be reached, and how far behind it is.

use super::Finding;
use crate::audit::sinks::{cursor, reach};
use crate::settings::{Settings, names};
use crate::store::Store;

/// So many entries may be on their way.
const ON_THEIR_WAY: u64 = 100;

/// Looks at every sink that is set.
pub(super) async fn examine(settings: &Settings, store: &dyn Store) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, reached) in reach(settings).await {
        let check = format!("audit sink {name}");
        let setting = match name {
            "file" => names::AUDIT_FILE,
            "syslog" => names::AUDIT_SYSLOG,
            _ => names::AUDIT_SQL,
        };
        findings.push(match (reached, behind(store, name).await) {
            (Err(why), _) => Finding::bad(&check, format!("It takes nothing: {why}."), format!("See {setting}.")),
            (Ok(()), Err(error)) => Finding::bad_as_said(&check, &error),
            (Ok(()), Ok(behind)) if behind > ON_THEIR_WAY => {
                let said = format!("It can be reached, and is {behind} entries behind.");
                Finding::warn(&check, said, "It catches up while `clew serve` runs; look again in a minute.")
            }
            (Ok(()), Ok(_)) => Finding::ok(&check, "It can be reached, and has what is written."),
        });
    }
    findings
}

async fn behind(store: &dyn Store, name: &str) -> Result<u64, crate::store::StoreError> {
    Ok(store.audit_anchor().await?.seq.saturating_sub(cursor(store, name).await?))
}
