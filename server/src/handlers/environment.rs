//! The settings of this server by name, and what changed from start to start.

use std::sync::Arc;

use wire::Fault;
use wire::environment::{EnvironmentChange, EnvironmentName, EnvironmentNow, EnvironmentOrigin, ReadEnvironment};

use crate::Server;
use crate::environment;
use crate::gate::Allowed;
use crate::settings::{GivenName, Origin, TABLE};

/// Names, where each value came from, and the changelog.
///
/// # Errors
/// [`Fault`] `StoreUnavailable` when the changelog cannot be read.
pub async fn environment(server: Arc<Server>, _call: Allowed<ReadEnvironment>) -> Result<EnvironmentNow, Fault> {
    let changes = environment::changes(server.store.as_ref()).await?;
    Ok(EnvironmentNow { names: names(&server.given), changes: changes.into_iter().map(shown).collect() })
}

fn names(given: &[(String, Origin)]) -> Vec<EnvironmentName> {
    let of_table = TABLE.iter().map(|setting| (setting.name.to_owned(), setting.secret));
    let known = |name: &str| TABLE.iter().any(|setting| setting.name == name);
    let of_sources = given.iter().filter(|(name, _)| !known(name)).map(|(name, _)| (name.clone(), true));
    let mut names: Vec<EnvironmentName> = of_table
        .chain(of_sources)
        .map(|(name, secret)| {
            let found = given.iter().find(|(given, _)| *given == name);
            let origin = found.map_or(EnvironmentOrigin::Default, |(_, origin)| shown_origin(*origin));
            EnvironmentName { name, origin, secret }
        })
        .collect();
    names.sort_by(|a, b| a.name.cmp(&b.name));
    names
}

/// The names alone: a running server keeps no value for this.
pub(crate) fn without_values(given: &[GivenName]) -> Vec<(String, Origin)> {
    given.iter().map(|given| (given.name.clone(), given.origin)).collect()
}

fn shown_origin(origin: Origin) -> EnvironmentOrigin {
    match origin {
        Origin::Environment => EnvironmentOrigin::Environment,
        Origin::File => EnvironmentOrigin::File,
        Origin::Flag => EnvironmentOrigin::Flag,
    }
}

fn shown(change: environment::Change) -> EnvironmentChange {
    let environment::Change { at, version, appeared, vanished, changed } = change;
    EnvironmentChange { at, version, appeared, vanished, changed }
}
