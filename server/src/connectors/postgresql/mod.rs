//! PostgreSQL 11 and later: the prepared binary protocol, straight into Arrow.
//!
//! Every statement runs alone in its own read-only transaction on a session that is read-only by default, and only if
//! it gives back the columns that were asked for: `COPY`, `SET` and `DO` give none and are never run. The session's
//! `search_path` is `pg_catalog, public`, its time zone UTC.
//!
//! One message of the database has at most 64 MiB (`guard`).
//!
//! Absent on purpose: driver strings, options, Unix sockets, and any fall back from an encrypted connection to a clear
//! one.

mod catalogue;
mod decode;
mod describe;
mod facts;
mod failure;
mod guard;
mod numeric;
mod own;
mod parameters;
mod pool;
mod rights;
mod run;
mod settings;
mod stream;
mod tls;
mod trial;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use model::catalogue::{Catalogue, Column};
use model::project::Table;
use wire::form::About;
use wire::source::{AccountRights, TestReport};

use super::{
    Ability, Answer, Bounds, Connection, Connector, Dialect, Facts, Failure, Place, Statement, Target, Undescribed,
};
use pool::Pool;
use settings::Settings;

/// The connector.
pub(super) struct PostgreSql;

impl Connector for PostgreSql {
    fn kind(&self) -> &'static str {
        "postgresql"
    }

    fn has_accounts(&self) -> bool {
        true
    }

    fn about(&self) -> About {
        settings::about()
    }

    fn dialect(&self) -> Dialect {
        Dialect::PostgreSql
    }

    fn needs_secret(&self, settings: &BTreeMap<String, String>, field: &str) -> bool {
        settings::needs_secret(settings, field)
    }

    fn place(&self, given: &BTreeMap<String, String>) -> Option<Place> {
        settings::place(given)
    }

    fn open(&self, target: Target) -> BoxFuture<'_, Result<Arc<dyn Connection>, Failure>> {
        async move {
            let settings = Settings::read(&target)?;
            own::refuse(&settings, &target).await?;
            let pool = Pool::new(&settings, &target.egress, target.at_once)?;
            own::refuse_behind(&pool, &target).await?;
            let ability = probe(&pool).await?.ability;
            Ok(Arc::new(Open { pool, ability }) as Arc<dyn Connection>)
        }
        .boxed()
    }

    fn rights(&self, target: Target) -> BoxFuture<'_, Result<Option<AccountRights>, Failure>> {
        async move {
            let settings = Settings::read(&target)?;
            own::refuse(&settings, &target).await?;
            rights::read(&Pool::new(&settings, &target.egress, 1)?).await.map(Some)
        }
        .boxed()
    }

    fn test(&self, target: Target) -> BoxFuture<'_, TestReport> {
        trial::test(target).boxed()
    }
}

/// An open database.
struct Open {
    pool: Arc<Pool>,
    ability: Ability,
}

impl Connection for Open {
    fn ability(&self) -> Ability {
        self.ability
    }

    fn run(&self, statement: Statement, bounds: Bounds) -> BoxFuture<'_, Result<Answer, Failure>> {
        run::run(&self.pool, statement, bounds).boxed()
    }

    fn catalogue(&self) -> BoxFuture<'_, Result<Catalogue, Failure>> {
        catalogue::read(&self.pool).boxed()
    }

    fn describe<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<Vec<Column>, Undescribed>> {
        describe::read(&self.pool, text).boxed()
    }

    fn facts<'a>(&'a self, table: &'a Table) -> BoxFuture<'a, Result<Facts, Failure>> {
        facts::read(&self.pool, table).boxed()
    }
}

/// What a database says about itself.
struct Probe {
    version: String,
    ability: Ability,
    /// Rights that a reader should not have, in words.
    excess: Vec<String>,
}

const PROBE: &str = "select current_setting('server_version'), \
    exists(select from pg_collation where collname = 'und-x-icu'), \
    to_regprocedure('unaccent(text)') is not null and \
        coalesce(has_function_privilege(to_regprocedure('unaccent(text)'), 'execute'), false), \
    (select rolsuper from pg_roles where rolname = current_user), \
    pg_has_role(current_user, 'pg_execute_server_program', 'member') \
        or pg_has_role(current_user, 'pg_write_server_files', 'member') \
        or pg_has_role(current_user, 'pg_read_server_files', 'member'), \
    exists(select from pg_class c join pg_namespace n on n.oid = c.relnamespace \
        where c.relkind in ('r', 'p') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema' \
        and has_table_privilege(c.oid, 'insert,update,delete,truncate'))";

async fn probe(pool: &Arc<Pool>) -> Result<Probe, Failure> {
    let rows = pool.ask(PROBE, &[]).await?;
    let row = rows.first().ok_or_else(failure::unexpected)?;
    let flag = |place: usize| row.try_get::<_, Option<bool>>(place).ok().flatten().unwrap_or(false);
    let words = [
        (3, "The account is a superuser."),
        (4, "The account may use files or programs of the database server."),
        (5, "The account may change tables."),
    ];
    Ok(Probe {
        version: row.try_get(0).map_err(|error| failure::of(&error))?,
        ability: Ability { dialect: Dialect::PostgreSql, folds_accents: flag(2), icu: flag(1) },
        excess: words.iter().filter(|(place, _)| flag(*place)).map(|(_, words)| (*words).to_owned()).collect(),
    })
}
