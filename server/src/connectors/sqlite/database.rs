//! A SQLite database with a few read connections, each for one statement at a time on a blocking thread.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use model::catalogue::{Catalogue, Column};
use model::project::Table;
use rusqlite::OpenFlags;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::fence::{self, Sorting, failure_of};
use super::{catalogue, describe, facts, run};
use crate::connectors::{
    Ability, Answer, Bounds, Connection, Dialect, Facts, Failure, FailureKind, Statement, Undescribed,
};

/// How long one waits for a free connection.
const WAIT: Duration = Duration::from_secs(5);

/// Opens a connection that has no fence yet.
type Make = Box<dyn Fn() -> Result<Raw, Failure> + Send + Sync>;

/// A connection without the fence, and where it sorts.
pub(in crate::connectors) struct Raw {
    pub(in crate::connectors) connection: rusqlite::Connection,
    pub(in crate::connectors) sorting: Sorting,
}

/// An open database.
pub(in crate::connectors) struct Database {
    make: Make,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<rusqlite::Connection>>,
}

/// Opens a database read-only; `place` may be a URI.
pub(in crate::connectors) fn open_with(place: &Path, sorting: Sorting) -> Result<Raw, Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = rusqlite::Connection::open_with_flags(place, flags).map_err(|error| failure_of(&error))?;
    Ok(Raw { connection, sorting })
}

impl Database {
    /// A database; tried once, so that what is no database fails here.
    pub(in crate::connectors) async fn open(at_once: u32, make: Make) -> Result<Arc<Self>, Failure> {
        let places = Arc::new(Semaphore::new(usize::try_from(at_once.max(1)).unwrap_or(1)));
        let database = Arc::new(Self { make, places, idle: Mutex::new(Vec::new()) });
        let first = Arc::clone(&database);
        blocking(move || {
            let connection = first.connection()?;
            connection.query_row("select count(*) from sqlite_schema", [], |_| Ok(())).map_err(|e| failure_of(&e))?;
            first.give_back(connection);
            Ok(())
        })
        .await?;
        Ok(database)
    }

    /// Leave to use a connection.
    pub(super) async fn place(&self) -> Result<OwnedSemaphorePermit, Failure> {
        let place = timeout(WAIT, Arc::clone(&self.places).acquire_owned()).await;
        let Ok(Ok(place)) = place else {
            let sentence = "Too many questions are asked of this source at once.";
            return Err(Failure::new(FailureKind::Busy, sentence, "Try again in a moment.", "no free connection"));
        };
        Ok(place)
    }

    /// A connection behind the fence. For blocking threads.
    pub(super) fn connection(&self) -> Result<rusqlite::Connection, Failure> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(connection) = idle {
            return Ok(connection);
        }
        let mut raw = (self.make)()?;
        fence::put_up(&mut raw.connection, raw.sorting).map_err(|error| failure_of(&error))?;
        Ok(raw.connection)
    }

    /// Takes a connection back on which nothing is going on.
    pub(super) fn give_back(&self, connection: rusqlite::Connection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }

    /// Reads what the file says of itself. Pragmas are refused behind the fence, so this one connection has none; it
    /// runs only texts from `catalogue` and `facts`.
    async fn inspect<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let _place = self.place().await?;
        let database = Arc::clone(self);
        blocking(move || read(&(database.make)()?.connection).map_err(|error| failure_of(&error))).await
    }
}

impl Database {
    /// Works on a connection behind the fence; one after an error is not used again.
    async fn behind_fence<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut rusqlite::Connection) -> Result<T, Undescribed> + Send + 'static,
    ) -> Result<T, Undescribed> {
        let _place = self.place().await?;
        let database = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            let mut connection = database.connection()?;
            let done = work(&mut connection)?;
            database.give_back(connection);
            Ok(done)
        });
        done.await.unwrap_or_else(|error| Err(stopped(&error).into()))
    }
}

/// Runs `work` on a thread that may block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(stopped(&error)))
}

/// The thread ended without an answer.
pub(super) fn stopped(cause: &(impl std::fmt::Display + ?Sized)) -> Failure {
    Failure::new(FailureKind::Broken, "Reading the source was stopped.", "Try again.", cause)
}

impl Connection for Arc<Database> {
    fn ability(&self) -> Ability {
        Ability { dialect: Dialect::Sqlite, folds_accents: true, icu: false }
    }

    fn run(&self, statement: Statement, bounds: Bounds) -> BoxFuture<'_, Result<Answer, Failure>> {
        run::run(Arc::clone(self), statement, bounds).boxed()
    }

    fn catalogue(&self) -> BoxFuture<'_, Result<Catalogue, Failure>> {
        self.inspect(catalogue::read).boxed()
    }

    fn describe<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<Vec<Column>, Undescribed>> {
        let text = text.to_owned();
        self.behind_fence(move |connection| describe::read(connection, &text)).boxed()
    }

    fn facts<'a>(&'a self, table: &'a Table) -> BoxFuture<'a, Result<Facts, Failure>> {
        let name = table.name.clone();
        self.inspect(move |connection| facts::read(connection, &name)).boxed()
    }
}
