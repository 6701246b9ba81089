//! Every host and port that this server goes to, as the settings and the configuration name them, each tried by the way
//! out and under its rules. A connection is opened and closed again; nothing is said on it.

use futures::{StreamExt as _, stream};
use model::Change;
use model::project::Source;
use url::Url;

use super::Finding;
use crate::config::{Config, Kept};
use crate::connectors::{self, Place};
use crate::egress::{Egress, Purpose, Unreached};
use crate::settings::{Settings, StorePlace, SyslogWay, names};

/// Places that are tried at once.
const AT_ONCE: usize = 16;

/// One place, and what it is tried by.
struct Goal {
    check: String,
    way: Way,
    /// What to do when nobody is there.
    remedy: String,
}

enum Way {
    /// A connection to a host and port; IT named them where `is_named`, and they are reached wherever they lie.
    Tcp { host: String, port: u16, is_named: bool },
    /// Datagrams to a host and port that IT named.
    Udp { host: String, port: u16 },
    /// A web address, by a proxy where there is one on its way.
    Web { url: Url, is_named: bool },
}

/// Lists all of them and tries each. Without a configuration there are no sources among them.
pub(crate) async fn examine(settings: &Settings, config: Option<&Config>) -> Vec<Finding> {
    let egress = Egress::of_settings(settings);
    let mut goals = of_settings(settings);
    goals.extend(config.into_iter().flat_map(Config::projects).flat_map(of_project));
    if goals.is_empty() {
        return vec![Finding::ok("egress", "Neither the settings nor any source names a place to go to.")];
    }
    let tried = goals.into_iter().map(|goal| {
        let egress = &egress;
        async move { tried(egress, &goal).await }
    });
    let tried: Vec<_> = tried.collect();
    stream::iter(tried).buffered(AT_ONCE).collect().await
}

fn of_settings(settings: &Settings) -> Vec<Goal> {
    let see = |name: &str| format!("See {name}, whether it runs, and whether a firewall lies between.");
    let named = |check: &str, (host, port): (&String, u16), setting: &str| {
        let way = Way::Tcp { host: host.clone(), port, is_named: true };
        Goal { check: check.to_owned(), way, remedy: see(setting) }
    };
    let mut goals = Vec::new();
    if let Some(url) = settings.oidc.as_ref().and_then(|oidc| Url::parse(&oidc.issuer).ok()) {
        let way = Way::Web { url, is_named: true };
        goals.push(Goal { check: "issuer".to_owned(), way, remedy: see(names::OIDC_ISSUER) });
    }
    if let StorePlace::PostgreSql(place) = &settings.store {
        // A folder is that of a socket on this machine.
        let hosts = place.hosts.iter().filter(|(host, _)| !host.starts_with('/'));
        goals.extend(hosts.map(|(host, port)| named("store", (host, *port), names::STORE)));
    }
    if let Some(syslog) = &settings.sinks.syslog {
        let (host, port) = (syslog.host.clone(), syslog.port);
        let way = match syslog.way {
            SyslogWay::Udp => Way::Udp { host, port },
            SyslogWay::Tls | SyslogWay::Tcp => Way::Tcp { host, port, is_named: true },
        };
        goals.push(Goal { check: "audit sink syslog".to_owned(), way, remedy: see(names::AUDIT_SYSLOG) });
    }
    if let Some(sql) = settings.sinks.sql.as_ref().filter(|sql| !sql.host.starts_with('/')) {
        goals.push(named("audit sink sql", (&sql.host, sql.port), names::AUDIT_SQL));
    }
    let proxies = &settings.outbound.proxies;
    for (name, proxy) in [("HTTP_PROXY", &proxies.http), ("HTTPS_PROXY", &proxies.https)] {
        goals.extend(proxy.iter().map(|proxy| named(&format!("proxy {name}"), (&proxy.host, proxy.port), name)));
    }
    goals
}

/// Sources of a project, and those that people made for themselves in it: of them without a name.
fn of_project(kept: &Kept) -> Vec<Goal> {
    let own = kept.own.values().flatten().filter_map(|change| match change {
        Change::PutSource(source) => Some(&**source),
        _ => None,
    });
    let shared = kept.project.sources.values().map(|source| ("source", source));
    let all = shared.chain(own.map(|source| ("own source", source)));
    all.filter_map(|(what, source)| of_source(what, kept, source)).collect()
}

fn of_source(what: &str, kept: &Kept, source: &Source) -> Option<Goal> {
    let way = match connectors::of_kind(&source.kind)?.place(&source.settings)? {
        Place::Database(host, port) => Way::Tcp { host, port, is_named: false },
        Place::Web(url) => Way::Web { url, is_named: false },
    };
    let remedy = "See the source's settings, whether it runs, and whether a firewall lies between.".to_owned();
    Some(Goal { check: format!("{what} {}/{}", kept.project.id, source.id), way, remedy })
}

async fn tried(egress: &Egress, goal: &Goal) -> Finding {
    let Goal { check, way, remedy } = goal;
    let bad = |place: &str, error: &Unreached| {
        let remedy = match error {
            Unreached::Barred(reason) => reason.remedy(),
            Unreached::Away(_) => remedy.clone(),
        };
        Finding::bad(check, format!("{place} is not reached: {error}."), remedy)
    };
    match way {
        Way::Tcp { host, port, is_named } => {
            let egress = if *is_named { egress.naming(host, *port) } else { egress.clone() };
            let place = written(host, *port);
            match egress.tcp(host, *port, Purpose::Database).await {
                Ok(_) => Finding::ok(check, format!("{place} is reached.")),
                Err(error) => bad(&place, &error),
            }
        }
        Way::Udp { host, port } => {
            let place = written(host, *port);
            match egress.naming(host, *port).udp(host, *port).await {
                Ok(_) => Finding::ok(check, format!("Datagrams go to {place}; nobody says whether they arrive.")),
                Err(error) => bad(&place, &error),
            }
        }
        Way::Web { url, is_named } => {
            let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
            let egress = if *is_named { egress.naming(host, port) } else { egress.clone() };
            let place = written(host, port);
            match egress.try_web(url).await {
                Ok(None) => Finding::ok(check, format!("{place} is reached.")),
                Ok(Some((proxy, at))) => {
                    let proxy = written(&proxy, at);
                    Finding::ok(check, format!("{place} is asked of the proxy {proxy}, which is reached."))
                }
                Err(error) => bad(&place, &error),
            }
        }
    }
}

/// A host and a port, as they are written beside each other.
fn written(host: &str, port: u16) -> String {
    if host.contains(':') && !host.starts_with('[') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}
