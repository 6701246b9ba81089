//! `clew doctor egress`: every host and port that this server goes to, each tried, for whoever opens a firewall.

use serde_json::json;

use super::doctor::tell;
use super::keeping::Opened;
use crate::StartFault;
use crate::config::Config;
use crate::doctor::{Finding, examine_outbound};
use crate::settings::Settings;
use crate::store;

/// Lists what the settings and the configuration name, and tries each.
pub(super) async fn run(settings: Settings, as_json: bool) -> Result<(), StartFault> {
    if !store::is_there(&settings.store)? {
        let mut findings = examine_outbound(&settings, None).await;
        let said = format!("There is no store at {} yet, so that no source is known.", settings.store);
        findings.push(Finding::warn("sources", said, "`clew serve` makes one."));
        return tell(&findings, as_json);
    }
    let opened = Opened::existing(&settings)?;
    opened.note("doctor egress", json!({})).await?;
    let config = Config::read(opened.store.load().await?)?;
    opened.store.close().await?;
    tell(&examine_outbound(&settings, Some(&config)).await, as_json)
}
