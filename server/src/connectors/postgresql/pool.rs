//! A few sessions with one database, each for one statement at a time; one that was left in the middle is cancelled at
//! the database and thrown away.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Row, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::failure;
use super::guard::{Guarded, Guarding, Watch};
use super::settings::Settings;
use super::tls::Tls;
use crate::connectors::form::slow;
use crate::connectors::reach::unreached;
use crate::connectors::{Failure, FailureKind};
use crate::egress::{Egress, Purpose};

/// How long one waits for a free session.
const WAIT: Duration = Duration::from_secs(5);
/// How long a session may take to come up, with names, TLS and signing in.
const OPENING: Duration = Duration::from_secs(15);
/// How long telling the database to stop may take before the connection is dropped without it.
const CANCELLING: Duration = Duration::from_secs(5);
/// How long this connector's own questions may take.
pub(super) const ASKING: Duration = Duration::from_secs(30);
/// Sessions that nobody used for this long are closed when the next one is looked at.
const IDLE: Duration = Duration::from_secs(300);
/// The most prepared statements of one session.
const MOST_STATEMENTS: usize = 64;

/// Once per session. `jit` is off because it costs more than it gives in statements that begin to answer at once.
/// A backslash is an ordinary character in a plain text, as the check of queries takes it.
const SESSION: &str = "set default_transaction_read_only = on; set search_path = pg_catalog, public; \
    set standard_conforming_strings = on; set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'iso_8601'; set lock_timeout = '5s'; \
    set idle_in_transaction_session_timeout = '5min'; set jit = off";

/// The sessions.
pub(super) struct Pool {
    config: Config,
    egress: Egress,
    host: String,
    port: u16,
    tls: Tls,
    runtime: Handle,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<(Instant, Session)>>,
}

/// One session.
struct Session {
    client: Arc<Client>,
    /// Moves the bytes; ended by force when the session is thrown away.
    wire: JoinHandle<()>,
    watch: Watch,
    statements: VecDeque<(String, Statement)>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.wire.abort();
    }
}

/// A session for one statement.
pub(super) struct Lease {
    pool: Arc<Pool>,
    session: Option<Session>,
    place: Option<OwnedSemaphorePermit>,
    /// Whether the session was used before, so that it may have died unnoticed.
    pub(super) reused: bool,
    settled: bool,
}

impl Pool {
    pub(super) fn new(settings: &Settings, egress: &Egress, at_once: u32) -> Result<Arc<Self>, Failure> {
        Ok(Arc::new(Self {
            config: settings.config(),
            egress: egress.clone(),
            host: settings.host.clone(),
            port: settings.port,
            tls: Tls::new(settings, egress.authorities())?,
            runtime: Handle::current(),
            places: Arc::new(Semaphore::new(usize::try_from(at_once.max(1)).unwrap_or(1))),
            idle: Mutex::new(Vec::new()),
        }))
    }

    /// A session that nobody else uses.
    pub(super) async fn lease(self: &Arc<Self>) -> Result<Lease, Failure> {
        let place = timeout(WAIT, Arc::clone(&self.places).acquire_owned()).await;
        let Ok(Ok(place)) = place else {
            let sentence = "Too many questions are asked of this source at once.";
            return Err(Failure::new(FailureKind::Busy, sentence, "Try again in a moment.", "no free session"));
        };
        let idle = self.take_idle();
        let reused = idle.is_some();
        let session = match idle {
            Some(session) => session,
            None => timeout(OPENING, self.connect()).await.map_err(|error| slow(OPENING, &error))??,
        };
        Ok(Lease { pool: Arc::clone(self), session: Some(session), place: Some(place), reused, settled: false })
    }

    fn take_idle(&self) -> Option<Session> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(since, session)| since.elapsed() < IDLE && !session.client.is_closed());
        idle.pop().map(|(_, session)| session)
    }

    /// A connection as such: nothing was said on it.
    async fn reach(&self) -> Result<TcpStream, Failure> {
        let reached = self.egress.tcp(&self.host, self.port, Purpose::Database).await;
        reached.map_err(|error| unreached(&error))
    }

    async fn connect(&self) -> Result<Session, Failure> {
        let stream = self.reach().await?;
        let watch = Watch::default();
        // The two connections are of different types, but both end by themselves when the client goes.
        let (client, wire) = match &self.tls {
            Tls::Clear => {
                let connected = self.config.connect_raw(Guarded::new(stream, watch.clone()), NoTls).await;
                let (client, connection) = connected.map_err(|error| watch.failure(&error))?;
                (client, self.runtime.spawn(async { drop(connection.await) }))
            }
            Tls::Encrypted(make) => {
                let guarding = Guarding { connect: encrypted(make, &self.host), watch: watch.clone() };
                let connected = self.config.connect_raw(stream, guarding).await;
                let (client, connection) = connected.map_err(|error| watch.failure(&error))?;
                (client, self.runtime.spawn(async { drop(connection.await) }))
            }
        };
        let session = Session { client: Arc::new(client), wire, watch, statements: VecDeque::new() };
        session.client.batch_execute(SESSION).await.map_err(|error| session.watch.failure(&error))?;
        Ok(session)
    }

    /// Asks one of this connector's own questions.
    pub(super) async fn ask(self: &Arc<Self>, text: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Failure> {
        let mut lease = self.lease().await?;
        let (client, watch) = (lease.client()?, lease.watch());
        let rows = timeout(ASKING, client.query(text, values)).await.map_err(|error| slow(ASKING, &error))?;
        let rows = rows.map_err(|error| watch.failure(&error))?;
        lease.settle();
        Ok(rows)
    }

    async fn cancel(&self, session: &Session) -> Result<(), Failure> {
        let token = session.client.cancel_token();
        let stream = self.reach().await?;
        let done = match &self.tls {
            Tls::Clear => token.cancel_query_raw(stream, NoTls).await,
            Tls::Encrypted(make) => token.cancel_query_raw(stream, encrypted(make, &self.host)).await,
        };
        done.map_err(|error| failure::of(&error))
    }

    /// Tells the database to stop what a session is doing, then closes it.
    async fn discard(self: Arc<Self>, session: Session, place: Option<OwnedSemaphorePermit>) {
        if !matches!(timeout(CANCELLING, self.cancel(&session)).await, Ok(Ok(()))) {
            tracing::debug!("a statement could not be cancelled; its connection is closed instead");
        }
        // Only now: a database that is blocked in sending notices the end of the connection, not the request to stop.
        drop(session);
        drop(place);
    }
}

/// How one connection is encrypted.
fn encrypted(make: &MakeRustlsConnect, host: &str) -> <MakeRustlsConnect as MakeTlsConnect<TcpStream>>::TlsConnect {
    let Ok(made) = MakeTlsConnect::<TcpStream>::make_tls_connect(&mut make.clone(), host);
    made
}

impl Lease {
    /// The session's client.
    pub(super) fn client(&self) -> Result<Arc<Client>, Failure> {
        let session = self.session.as_ref().ok_or_else(|| failure::broken("the session is gone"))?;
        Ok(Arc::clone(&session.client))
    }

    /// What its connection came to know of messages that are too long.
    pub(super) fn watch(&self) -> Watch {
        self.session.as_ref().map(|session| session.watch.clone()).unwrap_or_default()
    }

    /// The statement, prepared before or now; `fit` may turn it into another one by its columns.
    pub(super) async fn prepare(
        &mut self,
        text: &str,
        fit: impl Fn(&Statement) -> Option<String>,
    ) -> Result<Statement, Failure> {
        let (client, watch) = (self.client()?, self.watch());
        let session = self.session.as_mut().ok_or_else(|| failure::broken("the session is gone"))?;
        if let Some(place) = session.statements.iter().position(|(known, _)| known == text)
            && let Some(entry) = session.statements.remove(place)
        {
            let statement = entry.1.clone();
            session.statements.push_front(entry);
            return Ok(statement);
        }
        let mut statement = client.prepare(text).await.map_err(|error| watch.failure(&error))?;
        if let Some(other) = fit(&statement) {
            statement = client.prepare(&other).await.map_err(|error| watch.failure(&error))?;
        }
        session.statements.truncate(MOST_STATEMENTS - 1);
        session.statements.push_front((text.to_owned(), statement.clone()));
        Ok(statement)
    }

    /// Says that nothing is going on any more, so that the session can be used again.
    pub(super) fn settle(&mut self) {
        self.settled = true;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(session) = self.session.take() else { return };
        if self.settled && !session.client.is_closed() {
            let mut idle = self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push((Instant::now(), session));
        } else {
            // Outside of any request: whoever asked is gone already.
            self.pool.runtime.spawn(Arc::clone(&self.pool).discard(session, self.place.take()));
        }
    }
}
