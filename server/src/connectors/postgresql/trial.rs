//! Trying a database step by step, so that a person sees which step fails.

use std::sync::Arc;

use wire::source::{AccountRights, TestReport};

use super::pool::Pool;
use super::settings::{Encryption, Settings};
use super::{PROBE, Probe, catalogue, failure, own, probe, rights};
use crate::connectors::form::Steps;
use crate::connectors::{Failure, FailureKind, Target};

/// Settings, reach and sign in, rights, what is there.
pub(super) async fn test(target: Target) -> TestReport {
    let mut steps = Steps::new();
    let mut rights = None;
    if let Some(settings) = steps.note("Read the settings", Settings::read(&target), |_| "Complete.".to_owned()) {
        rights = reach(&mut steps, &settings, &target).await;
    }
    let report = steps.report();
    TestReport { rights, ..report }
}

/// Gives what the account may do beside reading.
async fn reach(steps: &mut Steps, settings: &Settings, target: &Target) -> Option<AccountRights> {
    let name = format!("Reach {}:{} and sign in", settings.host, settings.port);
    let reached = async {
        own::refuse(settings, target).await?;
        let pool = Pool::new(settings, &target.egress, 2)?;
        own::refuse_behind(&pool, target).await?;
        let probe = probe(&pool).await?;
        Ok((pool, probe))
    };
    let encryption = match settings.encryption {
        Encryption::Verified => "encrypted, certificate checked",
        Encryption::Unverified => "encrypted, certificate NOT checked",
        Encryption::Off => "NOT encrypted",
    };
    let found = |(_, probe): &(Arc<Pool>, Probe)| format!("PostgreSQL {}, {encryption}.", probe.version);
    let (pool, probe) = steps.note(&name, reached.await, found)?;
    let found = rights::read(&pool).await.ok();
    let refused = refuses_writing(&pool).await;
    steps.note("Make sure that nothing can be written", refused, |()| in_words(&probe));
    let count = |tables: &model::catalogue::Catalogue| format!("{} tables and views.", tables.tables.len());
    steps.note("Look for tables", catalogue::read(&pool).await, count);
    found
}

fn in_words(probe: &Probe) -> String {
    let mut words = "Writing is refused in Clew's sessions.".to_owned();
    for excess in &probe.excess {
        words = format!("{words} {excess}");
    }
    if !probe.excess.is_empty() {
        words.push_str(" Better use an account that may only read.");
    }
    words
}

/// Tries to make a temporary table, which the session must refuse.
async fn refuses_writing(pool: &Arc<Pool>) -> Result<(), Failure> {
    // The probe before it shows that the session works, so that a refusal means what it should.
    pool.ask(PROBE, &[]).await?;
    match pool.ask("create temporary table clew_must_not_be_made (n int)", &[]).await {
        Err(failure) if failure.kind == FailureKind::Refused => Ok(()),
        Err(failure) => Err(failure),
        Ok(_) => Err(failure::unexpected()),
    }
}
