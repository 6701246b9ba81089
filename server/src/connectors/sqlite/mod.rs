//! SQLite files in the one folder that the operator names, read only.
//!
//! A statement runs on a blocking thread, on a connection that an authorizer keeps from everything but reading. The
//! parts are shared with uploaded files, which are SQLite images in memory (see `upload`).
//!
//! Absent on purpose: paths, symbolic links, attached databases, pragmas in statements, extensions.

mod catalogue;
mod database;
mod describe;
mod facts;
mod fence;
mod file;
mod fold;
mod functions;
mod run;

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use model::catalogue::Catalogue;
use wire::form::{About, FormField, Input};
use wire::source::TestReport;

pub(super) use database::{Database, open_with};
pub(super) use fence::{Sorting, failure_of};
pub(crate) use fold::fold;

use super::form::{Steps, answer, field, only_known};
use super::{Connection, Connector, Dialect, Failure, Target};

/// The connector.
pub(super) struct Sqlite;

fn fields() -> Vec<FormField> {
    let help = "The name of a file in the folder that the operator set aside for SQLite files.";
    vec![FormField { required: true, ..field("file", "File", help, Input::Text) }]
}

impl Connector for Sqlite {
    fn kind(&self) -> &'static str {
        "sqlite"
    }

    fn about(&self) -> About {
        About {
            kind: "sqlite".to_owned(),
            name: "SQLite".to_owned(),
            help: "A SQLite file that lies beside the server.".to_owned(),
            internal: false,
            accounts: false,
            fields: fields(),
        }
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn open(&self, target: Target) -> BoxFuture<'_, Result<Arc<dyn Connection>, Failure>> {
        async move { Ok(Arc::new(open(&target).await?) as Arc<dyn Connection>) }.boxed()
    }

    fn test(&self, target: Target) -> BoxFuture<'_, TestReport> {
        test(target).boxed()
    }
}

async fn open(target: &Target) -> Result<Arc<Database>, Failure> {
    let fields = fields();
    only_known(target, &fields)?;
    let name = fields.first().map(|field| answer(target, field)).transpose()?.unwrap_or_default();
    let place = file::find(&name, target)?;
    let make = move || {
        file::has_all_its_pages(&place)?;
        open_with(&place, Sorting::OnDisk)
    };
    Database::open(target.at_once, Box::new(make)).await
}

async fn test(target: Target) -> TestReport {
    let mut steps = Steps::new();
    let opened = open(&target).await;
    if let Some(database) = steps.note("Open the file read-only", opened, |_| "It is a SQLite file.".to_owned()) {
        let found = |catalogue: &Catalogue| format!("{} tables and views.", catalogue.tables.len());
        steps.note("Look for tables", database.catalogue().await, found);
    }
    steps.report()
}
