//! Sessions with the database: how they are made, what holds on each, and how long a word may take.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls, Row, RowStream, Socket, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::failure;
use crate::settings::{PostgreSqlPlace, StoreEncryption, names};
use crate::store::StoreError;
use crate::tls::{self, Believe, Own};
use crate::unverified::AnyCertificate;

/// How long one attempt to reach an address may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a session may take to come up, with names, TLS and signing in.
const OPENING: Duration = Duration::from_secs(15);
/// How long one statement may take, other than those that go through whole tables.
const ANSWERING: Duration = Duration::from_secs(30);

/// How long one waits for a lock, in seconds: longer than a session may stop in the middle of a transaction, and less than
/// a statement may take, so that writing a table anew behind a roll of the key is waited for.
const LOCK_SECS: u64 = if cfg!(test) { 2 } else { 20 };

/// Once per session, beside the wait for a lock. A session that stops in the middle of a transaction does not keep the
/// others waiting; a machine that vanished is noticed within half a minute.
const SESSION: &str = "set timezone = 'UTC'; set statement_timeout = 0; \
    set idle_in_transaction_session_timeout = '15s'; set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; \
    set tcp_keepalives_count = 3; set jit = off; set default_transaction_isolation = 'read committed'; \
    select set_config('synchronous_commit', 'on', false) \
        where current_setting('synchronous_commit') not in ('on', 'remote_apply')";

/// How the database is reached.
pub(super) struct Way {
    config: Config,
    tls: Tls,
    /// The schema, as a name in SQL.
    schema: String,
    /// As people are told.
    pub(super) shown: String,
}

enum Tls {
    Clear,
    Encrypted(Box<MakeRustlsConnect>),
}

impl Way {
    /// The way to a place.
    ///
    /// # Errors
    /// `CannotWrite` when a certificate or key cannot be used.
    pub(super) fn to(place: &PostgreSqlPlace) -> Result<Self, StoreError> {
        let mut config = Config::new();
        for (host, port) in &place.hosts {
            config.host(host).port(*port);
        }
        config.dbname(&place.database).user(&place.user).application_name("clew store");
        if let Some(password) = &place.password {
            config.password(password.expose());
        }
        let is_clear = place.encryption == StoreEncryption::Off;
        config.ssl_mode(if is_clear { SslMode::Disable } else { SslMode::Require });
        config.target_session_attrs(TargetSessionAttrs::ReadWrite).connect_timeout(CONNECT_TIMEOUT);
        config.keepalives(true).keepalives_idle(Duration::from_secs(10)).keepalives_interval(Duration::from_secs(5));
        config.keepalives_retries(3).tcp_user_timeout(Duration::from_secs(30));
        let tls = encrypted(place)?;
        Ok(Self { config, tls, schema: quoted(&place.schema), shown: place.to_string() })
    }

    /// A new session.
    ///
    /// # Errors
    /// `Away` when there is none to be had.
    pub(super) async fn session(&self) -> Result<Session, StoreError> {
        let (session, _) = self.session_that_tells(|_| {}).await?;
        Ok(session)
    }

    /// A new session that calls `tell` for each notice of a change, and the sign that it has ended.
    pub(super) async fn session_that_tells(
        &self,
        tell: impl Fn(&str) + Send + 'static,
    ) -> Result<(Session, tokio::sync::oneshot::Receiver<()>), StoreError> {
        let opening = async {
            let (end, ended) = tokio::sync::oneshot::channel();
            let (client, wire) = match &self.tls {
                Tls::Clear => made(&self.config, NoTls, tell, end).await?,
                Tls::Encrypted(make) => made(&self.config, (**make).clone(), tell, end).await?,
            };
            let session = Session { client, wire, prepared: Mutex::default() };
            let schema = &self.schema;
            session.batch(&format!("set search_path = {schema}; set lock_timeout = '{LOCK_SECS}s'; {SESSION}")).await?;
            Ok((session, ended))
        };
        let opened = timeout(OPENING, opening).await.unwrap_or_else(|_| Err(slow(OPENING)));
        opened.map_err(|error| error.of_file(&self.shown))
    }
}

fn encrypted(place: &PostgreSqlPlace) -> Result<Tls, StoreError> {
    let believe = match place.encryption {
        StoreEncryption::Off => return Ok(Tls::Clear),
        StoreEncryption::Verified => place.authorities.believe(),
        StoreEncryption::Unverified => {
            tracing::warn!(
                store = %place,
                "the store's database is not checked: `sslmode=require` encrypts, but anybody may answer in its place; \
                 use `sslmode=verify-full`"
            );
            Believe::Verifier(Arc::new(AnyCertificate::new()))
        }
    };
    let own = place.own.as_ref().map(Own::of);
    let config = tls::client(believe, own).map_err(|unfit| {
        let cause = format!("a file that {} names {unfit}", names::STORE);
        StoreError::CannotWrite { file: place.to_string(), cause }
    })?;
    Ok(Tls::Encrypted(Box::new(MakeRustlsConnect::new(config))))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the store is named by a setting, by several hosts or a socket; nobody in the application can move it"
)]
async fn made<T>(
    config: &Config,
    tls: T,
    tell: impl Fn(&str) + Send + 'static,
    end: tokio::sync::oneshot::Sender<()>,
) -> Result<(Client, JoinHandle<()>), StoreError>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, connection) = config.connect(tls).await.map_err(|error| failure::of(&error))?;
    let wire = tokio::spawn(async move {
        listen(connection, tell).await;
        // Nobody may be waiting for it.
        end.send(()).unwrap_or(());
    });
    Ok((client, wire))
}

/// Moves the bytes until the session ends.
async fn listen<S, T>(mut connection: Connection<S, T>, tell: impl Fn(&str))
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    while let Some(message) = futures::future::poll_fn(|context| connection.poll_message(context)).await {
        match message {
            Ok(AsyncMessage::Notification(notification)) => tell(notification.channel()),
            Ok(_) => {}
            Err(_) => break,
        }
    }
}

/// A name as it stands in SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn slow(after: Duration) -> StoreError {
    StoreError::Away { cause: format!("it did not answer within {} seconds", after.as_secs()) }
}

/// One session.
pub(super) struct Session {
    client: Client,
    /// Moves the bytes, and takes its leave when the client goes.
    wire: JoinHandle<()>,
    prepared: Mutex<HashMap<String, Statement>>,
}

/// What is bound to a statement.
pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

impl Session {
    /// Whether it is of no more use.
    pub(super) fn is_over(&self) -> bool {
        self.client.is_closed() || self.wire.is_finished()
    }

    /// Ends it without a word: what it was doing is of no use any more.
    fn end(&self) {
        self.wire.abort();
    }

    async fn within<T>(&self, word: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, StoreError> {
        match timeout(ANSWERING, word).await {
            Ok(answered) => answered.map_err(|error| failure::of(&error)),
            Err(_) => {
                self.end();
                Err(slow(ANSWERING))
            }
        }
    }

    /// The statement, prepared before or now.
    pub(super) async fn prepare(&self, sql: &str) -> Result<Statement, StoreError> {
        let known = self.prepared.lock().unwrap_or_else(PoisonError::into_inner).get(sql).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.within(self.client.prepare(sql)).await?;
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Rows of a statement of ours.
    pub(super) async fn query(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepare(sql).await?;
        self.within(self.client.query(&statement, values)).await
    }

    /// The one row that there is, if there is one.
    pub(super) async fn query_opt(&self, sql: &str, values: Values<'_>) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, values).await?.into_iter().next())
    }

    /// The one row that there must be.
    pub(super) async fn query_one(&self, sql: &str, values: Values<'_>) -> Result<Row, StoreError> {
        self.query_opt(sql, values).await?.ok_or(StoreError::Misuse("a row that must be there"))
    }

    /// How many rows were changed.
    pub(super) async fn execute(&self, sql: &str, values: Values<'_>) -> Result<u64, StoreError> {
        let statement = self.prepare(sql).await?;
        self.run(&statement, values).await
    }

    /// How many rows a prepared statement changed.
    pub(super) async fn run(&self, statement: &Statement, values: Values<'_>) -> Result<u64, StoreError> {
        self.within(self.client.execute(statement, values)).await
    }

    /// Rows one after the other, of a statement that may take long.
    pub(super) async fn stream(&self, sql: &str, values: Values<'_>) -> Result<RowStream, StoreError> {
        let statement = self.prepare(sql).await?;
        let values = values.iter().copied();
        self.within(self.client.query_raw(&statement, values)).await
    }

    /// Statements without values.
    pub(super) async fn batch(&self, sql: &str) -> Result<(), StoreError> {
        self.within(self.client.batch_execute(sql)).await
    }

    /// The same, for as long as it takes.
    pub(super) async fn batch_without_end(&self, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).await.map_err(|error| failure::of(&error))
    }
}
