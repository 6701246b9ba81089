//! The case in PostgreSQL: one database per source, made once.

use futures::future::BoxFuture;
use model::SourceId;
use tokio::sync::OnceCell;
use wire::Fault;

use super::bank;
use crate::broker::Targets;
use crate::connectors::Target;
use crate::connectors::tests::postgres::server;

/// Targets at databases that are called like their sources.
pub(super) struct Databases;

impl Targets for Databases {
    fn target<'a>(&'a self, source: &'a SourceId) -> BoxFuture<'a, Result<Target, Fault>> {
        Box::pin(async move { Ok(server().target(&format!("case_{source}"))) })
    }

    fn fingerprint(&self, _source: &SourceId) -> [u8; 32] {
        [0; 32]
    }
}

/// Makes the databases, if no test made them before.
pub(super) async fn made() -> Databases {
    static MADE: OnceCell<()> = OnceCell::const_new();
    MADE.get_or_init(|| async {
        for (name, script) in [("bank", bank::BANK), ("register", bank::REGISTER)] {
            let database = format!("case_{name}");
            let first = server().client("postgres").await;
            first.batch_execute(&format!("CREATE DATABASE {database}")).await.expect("a database");
            let script = script.replace("DECIMAL_", "numeric(14, 2)").replace("MOMENT_", "timestamptz");
            let inside = server().client(&database).await;
            inside.batch_execute("CREATE EXTENSION unaccent").await.expect("an extension");
            inside.batch_execute(&script).await.expect("a script");
        }
    })
    .await;
    Databases
}
