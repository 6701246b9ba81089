//! Trying a web address table by table, so that a person sees which one fails, and which columns were found.

use wire::source::TestReport;

use super::connection::found;
use super::settings::Settings;
use super::tables::{Column, TableSpec};
use crate::connectors::form::Steps;
use crate::connectors::{Failure, Target};

/// Settings, then the first page of each table that can be asked without a value.
pub(super) async fn test(target: Target) -> TestReport {
    let mut steps = Steps::new();
    if let Some(settings) = steps.note("Read the settings", Settings::read(&target), |_| "Complete.".to_owned()) {
        for table in &settings.tables {
            let name = format!("Read the first page of {}", table.name);
            if steps.note(&name, look(&settings, table).await, Clone::clone).is_none() {
                break;
            }
        }
    }
    steps.report()
}

async fn look(settings: &Settings, table: &TableSpec) -> Result<String, Failure> {
    if !table.needed().is_empty() {
        return Ok(format!("It is asked for given values of: {}.", table.needed().join(", ")));
    }
    let finding = found(settings, table).await?;
    let listed: Vec<String> = finding.columns().iter().map(listed).collect();
    if listed.is_empty() {
        return Ok("It has no records, so no columns were found.".to_owned());
    }
    let left_out = if finding.left_out > 0 { " Some columns are left out: there are too many." } else { "" };
    Ok(format!("{}: {}{left_out}", table.name, listed.join(", ")))
}

fn listed(column: &Column) -> String {
    format!("{} {}", column.name, column.kind.name())
}
