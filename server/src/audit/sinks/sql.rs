//! A table in a PostgreSQL database that only grows: made by Clew with a guard against changes, or given by its owner.
//!
//! The account needs no more than to connect and to insert. An entry that is there already is left as it is.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::cursors::Called;
use super::line::Line;
use super::{Sink, Trouble};
use crate::egress::{Egress, Purpose};
use crate::settings::SqlSink;
use crate::tls::{self, Own};

/// How long a connection may take to come up.
const CONNECTING: Duration = Duration::from_secs(5);

/// The sink.
pub(super) struct Database {
    to: SqlSink,
    egress: Egress,
    open: Option<Open>,
}

struct Open {
    client: Client,
    /// Moves the bytes; ended by force when the connection is thrown away.
    wire: JoinHandle<()>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.wire.abort();
    }
}

impl Database {
    pub(super) fn new(to: SqlSink, egress: &Egress) -> Self {
        let egress = egress.naming(&to.host, to.port);
        Self { to, egress, open: None }
    }

    fn config(&self) -> Config {
        let SqlSink { host, port, database, user, password, encrypted, .. } = &self.to;
        let mut config = Config::new();
        config.host(host).port(*port).dbname(database).user(user).application_name("clew audit");
        if let Some(password) = password {
            config.password(password.expose());
        }
        config.ssl_mode(if *encrypted { SslMode::Require } else { SslMode::Disable });
        config.connect_timeout(CONNECTING);
        config
    }

    async fn connect(&self) -> Result<Open, Trouble> {
        let unreached = |error: &tokio_postgres::Error| Trouble::new(format!("the database: {}", told(error)));
        let SqlSink { host, port, .. } = &self.to;
        let stream = self.egress.tcp(host, *port, Purpose::Database).await;
        let stream = stream.map_err(|error| Trouble::new(format!("the database: {error}")))?;
        let (client, wire) = if self.to.encrypted {
            let own = self.to.own.as_ref().map(Own::of);
            let config = tls::client(self.to.authorities.believe(), own);
            let config = config.map_err(|unfit| Trouble::new(unfit.to_string()))?;
            let Ok(encrypted) =
                MakeTlsConnect::<TcpStream>::make_tls_connect(&mut MakeRustlsConnect::new(config), host);
            let connected = self.config().connect_raw(stream, encrypted).await;
            let (client, connection) = connected.map_err(|error| unreached(&error))?;
            (client, tokio::spawn(connection.map(|ended| log_end(&ended))))
        } else {
            let (client, connection) =
                self.config().connect_raw(stream, NoTls).await.map_err(|error| unreached(&error))?;
            (client, tokio::spawn(connection.map(|ended| log_end(&ended))))
        };
        Ok(Open { client, wire })
    }

    /// A connection to a database that has the table.
    async fn prepare(&self) -> Result<Open, Trouble> {
        let open = self.connect().await?;
        let made = self.make_table(&open.client).await;
        made.map_err(|error| Trouble::new(format!("the database: {}", told(&error))))?;
        Ok(open)
    }

    /// Makes the table where there is none. What is there is used as it is: its owner may have made another guard.
    async fn make_table(&self, client: &Client) -> Result<(), tokio_postgres::Error> {
        let table = &self.to.table;
        let found = client.query_one("select to_regclass($1) is not null", &[table]).await?;
        if found.try_get(0)? {
            return Ok(());
        }
        let guard = format!("{table}_only_grows");
        client
            .batch_execute(&format!(
                "begin;
                 create table {table} (
                     number bigint primary key, at timestamptz not null, phase text not null, begun bigint,
                     person text not null, call text not null, project text not null, outcome text not null,
                     mark text not null, line text not null);
                 create function {guard}() returns trigger language plpgsql as
                     $$ begin raise exception 'the audit log only grows'; end $$;
                 create trigger only_grows before update or delete or truncate on {table}
                     for each statement execute function {guard}();
                 commit;"
            ))
            .await
    }

    async fn insert(&mut self, lines: &[Line]) -> Result<(), Trouble> {
        let open = match self.open.take().filter(|open| !open.client.is_closed()) {
            Some(open) => open,
            None => self.prepare().await?,
        };
        if !lines.is_empty() {
            let sql = format!(
                "insert into {} (number, at, phase, begun, person, call, project, outcome, mark, line)
                 select n, a::timestamptz, p, b, w, c, j, o, m, l from unnest($1::bigint[], $2::text[], $3::text[],
                     $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
                     as entry (n, a, p, b, w, c, j, o, m, l)
                 on conflict do nothing",
                self.to.table
            );
            let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
            // A text of PostgreSQL holds no zero byte; JSON writes one as an escape.
            let texts = |text: fn(&Line) -> &str| -> Vec<String> {
                lines.iter().map(|line| text(line).replace('\0', "\u{fffd}")).collect()
            };
            let numbers: Vec<i64> = lines.iter().map(|line| number(line.number)).collect();
            let begun: Vec<Option<i64>> = lines.iter().map(|line| line.begun.map(number)).collect();
            let (at, phase) = (texts(|line| &line.at), texts(|line| line.phase));
            let (person, call) = (texts(|line| &line.person), texts(|line| &line.call));
            let (project, outcome) = (texts(|line| &line.project), texts(|line| &line.outcome));
            let (mark, text) = (texts(|line| &line.mark), texts(|line| &line.text));
            let done = open
                .client
                .execute(&sql, &[&numbers, &at, &phase, &begun, &person, &call, &project, &outcome, &mark, &text])
                .await;
            done.map_err(|error| Trouble::new(format!("the database: {}", told(&error))))?;
        }
        self.open = Some(open);
        Ok(())
    }
}

impl Sink for Database {
    fn take<'a>(&'a mut self, lines: &'a [Line]) -> BoxFuture<'a, Result<(), Trouble>> {
        self.insert(lines).boxed()
    }

    fn called(&mut self) -> BoxFuture<'_, Result<Option<Called>, Trouble>> {
        async { Ok(Some(Called::always("sql"))) }.boxed()
    }

    fn reach(&mut self) -> BoxFuture<'_, Result<(), Trouble>> {
        async move { self.connect().await.map(|_| ()) }.boxed()
    }
}

fn log_end(ended: &Result<(), tokio_postgres::Error>) {
    if let Err(error) = ended {
        tracing::debug!(error = %told(error), "the connection of the audit sink ended");
    }
}

/// The database's own sentence, without its details: they may repeat a row.
fn told(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(said) => format!("{} ({})", said.message(), said.code().code()),
        None => {
            let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
            format!("{error}{cause}")
        }
    }
}
