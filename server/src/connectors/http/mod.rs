//! Web addresses that answer with JSON: read page by page, kept in memory for a minute, and asked there like a table.
//!
//! | file | what is in it |
//! |---|---|
//! | [`settings`] | the form, and its answers as known fields |
//! | [`tables`] | what a line of the form says of a table: its path, where its records are, its columns |
//! | [`address`] | a path with its values, each percent-encoded as one segment, and the query behind it |
//! | [`fetch`] | one page: credentials, status, JSON within its bounds |
//! | [`walk`] | stepping through JSON without building it, and how much memory it would take |
//! | [`exact`] | numbers digit by digit, so that none is rounded unseen |
//! | [`paging`] | where the next page is |
//! | [`records`] | from JSON to flat records, and the kinds that fit their columns |
//! | [`held`] | records as tables in memory, under a ceiling for all sources together |
//! | [`connection`] | which tables a statement reads, for which values, and what it is told of what was cut |
//!
//! A web address can do little of what a question asks. So the records that a statement reads are fetched, up to a
//! ceiling that the answer tells of, and the statement runs over them in SQLite, behind the same fence as an uploaded
//! file. Where a path or a query names a column (`/people/{id}`) and the question asks for given values of it, only these
//! are fetched.
//!
//! Absent on purpose: any method but GET, any header of the person who asks, and anything of an answer on a disk.

mod address;
mod connection;
mod exact;
mod fetch;
mod held;
mod paging;
mod records;
mod settings;
mod tables;
mod trial;
mod walk;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use url::Url;
use wire::form::About;
use wire::source::TestReport;

use super::{Connection, Connector, Dialect, Failure, Place, Target};
use connection::Open;
use settings::Settings;

/// The connector.
pub(super) struct Http;

impl Connector for Http {
    fn kind(&self) -> &'static str {
        "http"
    }

    fn about(&self) -> About {
        settings::about()
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn needs_secret(&self, settings: &BTreeMap<String, String>, field: &str) -> bool {
        settings::needs_secret(settings, field)
    }

    fn place(&self, settings: &BTreeMap<String, String>) -> Option<Place> {
        Url::parse(settings.get("url")?.trim()).ok().map(Place::Web)
    }

    fn open(&self, target: Target) -> BoxFuture<'_, Result<Arc<dyn Connection>, Failure>> {
        async move { Ok(Arc::new(Open::new(Settings::read(&target)?, target.at_once).await?) as Arc<dyn Connection>) }
            .boxed()
    }

    fn test(&self, target: Target) -> BoxFuture<'_, TestReport> {
        trial::test(target).boxed()
    }
}
