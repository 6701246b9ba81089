//! Never the database of Clew's own store, nor the one that its audit log is copied to: told by where its name leads before anything is sent there, and by what is
//! in it once there is a session, because a name, a port or a proxy may lead there in a roundabout way.

use std::net::IpAddr;
use std::sync::Arc;

use super::failure;
use super::pool::Pool;
use super::settings::Settings;
use crate::connectors::{Failure, FailureKind, StoreDatabase, Target};
use crate::egress::{Egress, is_this_machine};

const OF_STORE: &str = "This is the database of Clew's own store, which is no source.";
const OF_COPY: &str = "This is the database that Clew's audit log is copied to, which is no source.";

/// Where a name leads. Addresses of this machine are all one.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    Here,
    There(IpAddr),
}

/// Refuses a source whose host, port and database are those of the store, or of the copy of the audit log.
///
/// # Errors
/// [`Failure`] when it is.
pub(super) async fn refuse(settings: &Settings, target: &Target) -> Result<(), Failure> {
    let all = [(&target.store_database, OF_STORE), (&target.copy_database, OF_COPY)];
    for (own, sentence) in all {
        if let Some(own) = own
            && is_at(settings, target, own).await
        {
            return Err(refusal(sentence, "its host, port and database"));
        }
    }
    Ok(())
}

async fn is_at(settings: &Settings, target: &Target, own: &StoreDatabase) -> bool {
    if settings.database != own.database {
        return false;
    }
    let source = places(&target.egress, &settings.host, settings.port).await;
    for (host, _) in own.hosts.iter().filter(|(_, port)| *port == settings.port) {
        let own = places(&target.egress, host, settings.port).await;
        if host.eq_ignore_ascii_case(&settings.host) || own.iter().any(|place| source.contains(place)) {
            return true;
        }
    }
    false
}

/// Refuses a database that is named as the store's, and has a store in the same schema.
///
/// # Errors
/// [`Failure`] when it is, or when the question cannot be asked.
pub(super) async fn refuse_behind(pool: &Arc<Pool>, target: &Target) -> Result<(), Failure> {
    let Some(StoreDatabase { database, schema, .. }) = &target.store_database else { return Ok(()) };
    let sql = "select current_database() = $1 and exists( \
        select from pg_class c join pg_namespace n on n.oid = c.relnamespace \
        where n.nspname = $2 and c.relname = 'audit_open')";
    let rows = pool.ask(sql, &[database, schema]).await?;
    let row = rows.first().ok_or_else(failure::unexpected)?;
    match row.try_get(0) {
        Ok(false) => Ok(()),
        _ => Err(refusal(OF_STORE, "the tables of the store are in it")),
    }
}

fn refusal(sentence: &str, cause: &str) -> Failure {
    Failure::new(FailureKind::Setting, sentence, "Enter another database.", cause)
}

async fn places(egress: &Egress, host: &str, port: u16) -> Vec<Place> {
    if host.starts_with('/') {
        return vec![Place::Here];
    }
    // Who cannot be found cannot be reached either; the connection says so.
    let mut places = Vec::new();
    for ip in egress.leads_to(host, port).await {
        places.push(if is_this_machine(ip).await { Place::Here } else { Place::There(ip) });
    }
    places
}
