//! Every source that a project shares, tried as its form tries it, several at once.

use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt as _, stream};
use model::project::Source;
use wire::Fault;
use wire::source::TestReport;

use super::Finding;
use crate::config::{Config, Kept};
use crate::connectors;
use crate::egress::Egress;
use crate::settings::Settings;
use crate::store::Store;
use crate::targets::Targets;

/// The longest try of one source.
const MOST: Duration = Duration::from_secs(20);
/// Sources that are tried at once; a file comes into memory.
pub(super) const AT_ONCE: usize = 4;

/// Tries all of them. Sources of one's own are their people's affair.
pub(super) async fn examine(settings: &Settings, store: Arc<dyn Store>) -> Vec<Finding> {
    let read = async { Config::read(store.load().await?) };
    let config = match read.await {
        Ok(config) => config,
        Err(error) => return vec![Finding::bad_as_said("configuration", &error)],
    };
    let secrets = settings.source_secrets.clone();
    let egress = Egress::of_settings(settings);
    let targets = Targets::new(store, secrets, settings.sqlite_dir.clone(), settings.store.clone(), egress);
    let targets = targets.beside_copy(settings.sinks.sql.as_ref());
    let all = config.projects().flat_map(|kept| kept.project.sources.values().map(move |source| (kept, source)));
    let tried = all.map(|(kept, source)| one(&targets, kept, source));
    let tried: Vec<_> = tried.collect();
    stream::iter(tried).buffered(AT_ONCE).collect().await
}

pub(super) async fn one(targets: &Targets, kept: &Kept, source: &Source) -> Finding {
    let check = format!("source {}/{}", kept.project.id, source.id);
    match tokio::time::timeout(MOST, report(targets, kept, source)).await {
        Ok(Ok(report)) => of_report(&check, source, &report),
        Ok(Err(fault)) => Finding::bad(&check, fault.sentence, fault.remedy),
        Err(_) => {
            let said = format!("It did not answer within {} seconds.", MOST.as_secs());
            Finding::bad(&check, said, "See whether it runs, and whether a firewall lies between.")
        }
    }
}

async fn report(targets: &Targets, kept: &Kept, source: &Source) -> Result<TestReport, Fault> {
    let unknown =
        || Fault::invalid(format!("There is no kind of source \"{}\".", source.kind), "Start a newer program.");
    let connector = connectors::of_kind(&source.kind).ok_or_else(unknown)?;
    let mut target = targets.plain(source, targets.secrets(kept, source)?);
    if let Some(upload) = &source.upload {
        target.image = Some(targets.image(kept, upload).await?);
    }
    Ok(connector.test(target).await)
}

fn of_report(check: &str, source: &Source, report: &TestReport) -> Finding {
    if let Some((step, fault)) = report.steps.iter().find_map(|step| Some((step, step.fault.as_ref()?))) {
        return Finding::bad(check, format!("{}: {}", step.name, fault.sentence), fault.remedy.clone());
    }
    let found: Vec<&str> = report.steps.iter().map(|step| step.found.as_str()).collect();
    match source.weakness() {
        Some(weakness) => {
            let remedy = "Choose encryption with a checked certificate, or an https address, in the source's settings.";
            Finding::warn(check, format!("{} {}", found.join(" "), weakness.sentence()), remedy)
        }
        None => Finding::ok(check, found.join(" ")),
    }
}
