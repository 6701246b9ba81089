//! One statement in its own read-only transaction, sent in one go: begin, statement, commit.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::StreamExt as _;
use futures::future::{BoxFuture, maybe_done};
use futures::poll;
use tokio::time::{Instant, timeout_at};
use tokio_postgres::{Client, Column, Error, RowStream};

use super::decode::{Reading, reading};
use super::failure;
use super::guard::Watch;
use super::numeric;
use super::parameters::{Parameter, parameters};
use super::pool::{Lease, Pool};
use super::stream::Batches;
use crate::connectors::form::slow;
use crate::connectors::{Answer, Bounds, Failure, FailureKind, Statement, columns};

/// How much longer than the database's own limit one waits for it to keep it.
const GRACE: Duration = Duration::from_secs(1);

/// Runs a statement. A session that died while it was idle is replaced once.
pub(super) async fn run(pool: &Arc<Pool>, statement: Statement, bounds: Bounds) -> Result<Answer, Failure> {
    let lease = pool.lease().await?;
    let reused = lease.reused;
    match start(lease, &statement, bounds).await {
        Err(failure) if reused && failure.kind == FailureKind::Broken => {
            start(pool.lease().await?, &statement, bounds).await
        }
        answer => answer,
    }
}

async fn start(lease: Lease, statement: &Statement, bounds: Bounds) -> Result<Answer, Failure> {
    let deadline = Instant::now() + bounds.timeout + GRACE;
    let begun = timeout_at(deadline, begin(lease, statement, bounds)).await;
    begun.map_err(|error| slow(bounds.timeout, &error))?.map(|begun| {
        let scales: Vec<_> = begun.columns.iter().map(|column| column.scale).collect();
        let schema = columns::schema(&statement.columns, &scales);
        let readings = begun.columns.iter().map(|column| column.reading).collect();
        let filling = columns::Filling::new(Arc::clone(&schema), bounds.rows_per_batch);
        let batches =
            Batches::new(begun.lease, begun.rows, begun.commit, readings, filling, (deadline, bounds.timeout));
        Answer { schema, batches: batches.boxed(), causes: Vec::new() }
    })
}

/// A statement that has begun to answer.
struct Begun {
    lease: Lease,
    rows: RowStream,
    commit: BoxFuture<'static, Result<(), Error>>,
    columns: Vec<Native>,
}

/// How a column comes.
struct Native {
    /// Nothing for a form that cannot be read at all.
    reading: Option<Reading>,
    scale: Option<i32>,
}

async fn begin(mut lease: Lease, statement: &Statement, bounds: Bounds) -> Result<Begun, Failure> {
    let prepared = lease.prepare(&statement.text, |prepared| as_text(&statement.text, prepared.columns())).await?;
    let columns: Vec<_> = prepared.columns().iter().map(native).collect();
    // COPY, SET and their like give no columns; nothing of the kind is ever run.
    if columns.is_empty() || columns.len() != statement.columns.len() {
        return Err(not_these_columns());
    }
    let values = parameters(&statement.values, prepared.params().len())?;
    let (client, watch) = (lease.client()?, lease.watch());
    let (rows, commit) = send((client, &watch), &prepared, values, bounds.timeout).await?;
    Ok(Begun { lease, rows, commit, columns })
}

fn not_these_columns() -> Failure {
    Failure::new(
        FailureKind::Mismatch,
        "The statement does not give back the columns that were asked for.",
        "Compare the object type with what the database contains.",
        "another number of columns",
    )
}

/// Each request goes out when it is first polled; the answers are awaited afterwards, in the same order. The commit's
/// answer comes after the last row.
async fn send(
    (client, watch): (Arc<Client>, &Watch),
    prepared: &tokio_postgres::Statement,
    values: Vec<Parameter>,
    limit: Duration,
) -> Result<(RowStream, BoxFuture<'static, Result<(), Error>>), Failure> {
    // The SELECT takes the snapshot: after it nothing can make the transaction one that writes.
    let text = format!("begin read only; set local statement_timeout = {}; select 1", limit.as_millis().max(1));
    let mut begin = pin!(maybe_done(client.batch_execute(&text)));
    let mut query = pin!(maybe_done(client.query_raw(prepared, values)));
    let ending = Arc::clone(&client);
    let mut commit = Box::pin(maybe_done(async move { ending.batch_execute("commit").await }));
    // None of them is waited for yet: polling sends.
    let sent = (poll!(begin.as_mut()), poll!(query.as_mut()), poll!(commit.as_mut()));
    tracing::trace!(?sent, "statement sent");
    begin.as_mut().await;
    begin.take_output().unwrap_or(Ok(())).map_err(|error| watch.failure(&error))?;
    query.as_mut().await;
    let rows = query.take_output().ok_or_else(failure::unexpected)?.map_err(|error| watch.failure(&error))?;
    let commit = async move {
        commit.as_mut().await;
        commit.as_mut().take_output().unwrap_or(Ok(()))
    };
    Ok((rows, commit.boxed()))
}

fn native(column: &Column) -> Native {
    let reading = reading(column.type_());
    let scale = match reading {
        Some(Reading::Numeric) => numeric::scale(column.type_modifier()),
        Some(Reading::Int2 | Reading::Int4 | Reading::Int8 | Reading::Oid) => Some(0),
        _ => None,
    };
    Native { reading, scale }
}

/// The same statement with every column that has no form that we read cast to text: arrays, intervals, ranges,
/// addresses, geometry. A statement that is no query is left as it is, and refused later.
fn as_text(text: &str, columns: &[Column]) -> Option<String> {
    columns.iter().any(|column| reading(column.type_()).is_none()).then(|| {
        let names: Vec<_> = (0..columns.len()).map(|place| format!("c{place}")).collect();
        let cast = names.iter().zip(columns).map(|(name, column)| match reading(column.type_()) {
            Some(_) => name.clone(),
            None => format!("{name}::text"),
        });
        let cast: Vec<_> = cast.collect();
        format!("select {} from ({text}) as q({})", cast.join(", "), names.join(", "))
    })
}
