//! The same from within a running server: nothing is opened a second time, and nothing is repaired.

use futures::{StreamExt as _, stream};

use super::{Finding, certificate, keeping, places, reach, sinks, sources};
use crate::Server;
use crate::console::{Looked, LookedSource};
use crate::settings::names;
use crate::store::{Health, Roll};

/// Looks at everything that `clew doctor` looks at.
pub(crate) async fn examine_running(server: &Server) -> Looked {
    let settings = &server.console.settings;
    let store = &*server.store;
    let mut findings = vec![
        Finding::ok("settings", "Every setting could be read when this server started."),
        of_key(server),
        of_store(server).await,
    ];
    findings.extend(places::examine(settings, false, server.clock.now()));
    findings.push(keeping::of_log(store).await);
    findings.push(keeping::of_clock(store, server.clock.now()).await);
    findings.extend(certificate::examine(settings, server.clock.now()));
    let addresses: Vec<String> = settings.listen.iter().map(ToString::to_string).collect();
    findings.push(Finding::ok("listener", format!("This server answers on {}.", addresses.join(" and "))));
    findings.extend(reach::public_address(settings).await);
    findings.push(of_issuer(server).await);
    findings.extend(sinks::running(server.audit.sinks().await));
    Looked { at: server.clock.now(), findings, sources: of_sources(server).await }
}

fn of_key(server: &Server) -> Finding {
    let (check, key) = ("key", server.store.key_id());
    let rolling = names::ENCRYPTION_KEY_ROLLING;
    match *server.store.roll().borrow() {
        Roll::Unwanted => Finding::ok(check, format!("It is the key of the store; its id is {key}.")),
        Roll::Prepared { .. } | Roll::Running { .. } => {
            let said = "A new key is given, and the configuration stays as it is until the key is rolled.";
            Finding::warn(check, said, format!("Roll the key, or unset {rolling} and start again."))
        }
        Roll::Done { from } => {
            let said = format!("The key is rolled from the id {from} to the id {key}, and the old one is still given.");
            let remedy = format!("Set {} to the new key, unset {rolling}, and start again.", names::ENCRYPTION_KEY);
            Finding::warn(check, said, remedy)
        }
    }
}

async fn of_store(server: &Server) -> Finding {
    let health = server.store.health().borrow().clone();
    match health {
        Health::Fine => keeping::of_rows(&*server.store, "It reads and writes.".to_owned()).await,
        Health::Away(error) | Health::Refusing(error) => Finding::bad_as_said("store", &error),
    }
}

async fn of_issuer(server: &Server) -> Finding {
    match server.sign_in.asked_issuer().await {
        None => Finding::ok("issuer", "People sign in here, at the embedded issuer."),
        Some((issuer, answer)) => reach::of_issuer(issuer, answer),
    }
}

/// Tries every source that a project shares.
async fn of_sources(server: &Server) -> Vec<LookedSource> {
    let config = server.keeper.current();
    let all = config.projects().flat_map(|kept| kept.project.sources.values().map(move |source| (kept, source)));
    let tried = all.map(|(kept, source)| async move {
        let finding = sources::one(&server.targets, kept, source).await;
        LookedSource { project: kept.project.id.clone(), source: source.id.clone(), finding }
    });
    let tried: Vec<_> = tried.collect();
    stream::iter(tried).buffered(sources::AT_ONCE).collect().await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::*;
    use crate::connectors::tests::postgres::make_certificates;
    use crate::doctor::examine;
    use crate::settings::{Given, Settings};
    use crate::start::Outside;
    use crate::world::{SystemClock, SystemDice};

    fn settings(folder: &std::path::Path) -> Settings {
        let file = |name: &str| folder.join(name).display().to_string();
        let mut given = Given::default();
        for (name, value) in [
            ("CONFIG_B64_ENCRYPTION_KEY", "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=".to_owned()),
            ("CLEW_DATA", file("data")),
            ("CLEW_LISTEN", "127.0.0.1:0".to_owned()),
            ("CLEW_PUBLIC_URL", "https://localhost".to_owned()),
            ("CLEW_TLS_CERTIFICATE", file("server.pem")),
            ("CLEW_TLS_KEY", file("server.key.pem")),
            ("CLEW_AUDIT_FILE", file("audit.jsonl")),
            ("CLEW_AUDIT_SYSLOG", "udp://127.0.0.1:9".to_owned()),
            ("CLEW_SQLITE_DIR", file("sources")),
            ("CLEW_BACKUP_DIR", file("backups")),
        ] {
            given.environment.insert(name.to_owned(), value);
        }
        Settings::read(&given).unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_page_of_a_running_server_looks_at_what_the_command_looks_at() {
        let folder = tempfile::tempdir().unwrap();
        make_certificates(folder.path());
        for name in ["sources", "backups"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let settings = settings(folder.path());
        let (clock, dice) = (Arc::new(SystemClock::new()), Arc::new(SystemDice));
        let outside = Outside::open(&settings, clock.clone(), dice.clone()).unwrap();
        let server = Server::start(&settings, outside).await.unwrap();
        let names = |findings: Vec<Finding>| -> BTreeSet<String> { findings.into_iter().map(|f| f.check).collect() };
        let page = names(examine_running(&server).await.findings);
        assert_eq!(page, names(examine(&settings, false, clock, dice).await));
        for check in ["certificate", "audit sink file", "audit sink syslog", "public address", "data folder"] {
            assert!(page.contains(check), "{check}: {page:?}");
        }
    }
}
