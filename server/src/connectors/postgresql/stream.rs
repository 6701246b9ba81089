//! Rows as they come, in batches; dropped in the middle, the statement is cancelled (see `pool`).

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt as _, Stream};
use tokio::time::{Instant, Sleep, sleep, sleep_until};
use tokio_postgres::{Error, Row, RowStream};

use super::decode::{Reading, Wire, cell};
use super::failure;
use super::guard::Watch;
use super::pool::Lease;
use crate::connectors::cell::Cell;
use crate::connectors::columns::Filling;
use crate::connectors::form::slow;
use crate::connectors::{Batch, Failure};

/// A batch is handed on, full or not, when the source pauses for this long.
const LINGER: Duration = Duration::from_millis(50);

/// The batches of one answer.
pub(super) struct Batches {
    /// Gone when everything is over.
    lease: Option<Lease>,
    watch: Watch,
    rows: Option<Pin<Box<RowStream>>>,
    commit: BoxFuture<'static, Result<(), Error>>,
    readings: Vec<Option<Reading>>,
    filling: Filling,
    made: String,
    linger: Option<Pin<Box<Sleep>>>,
    deadline: Pin<Box<Sleep>>,
    limit: Duration,
}

impl Batches {
    pub(super) fn new(
        lease: Lease,
        rows: RowStream,
        commit: BoxFuture<'static, Result<(), Error>>,
        readings: Vec<Option<Reading>>,
        filling: Filling,
        (deadline, limit): (Instant, Duration),
    ) -> Self {
        Self {
            watch: lease.watch(),
            lease: Some(lease),
            rows: Some(Box::pin(rows)),
            commit,
            readings,
            filling,
            made: String::new(),
            linger: None,
            deadline: Box::pin(sleep_until(deadline)),
            limit,
        }
    }

    fn push(&mut self, row: &Row) -> Result<(), Failure> {
        for (place, reading) in self.readings.iter().enumerate() {
            let wire: Option<Wire<'_>> = row.try_get(place).map_err(|error| failure::of(&error))?;
            let value = match (wire, reading) {
                (None, _) => Cell::Null,
                (Some(_), None) => Cell::Unreadable,
                (Some(Wire(bytes)), Some(reading)) => cell(*reading, bytes, &mut self.made),
            };
            self.filling.push(place, &value);
        }
        self.filling.end_row();
        Ok(())
    }

    fn take(&mut self) -> Poll<Option<Result<Batch, Failure>>> {
        self.linger = None;
        Poll::Ready(Some(self.filling.take()))
    }

    /// Ends in the middle: the lease is dropped unsettled, so the statement is cancelled.
    fn fail(&mut self, failure: Failure) -> Poll<Option<Result<Batch, Failure>>> {
        self.rows = None;
        self.lease = None;
        Poll::Ready(Some(Err(failure)))
    }

    /// The source has nothing for us at the moment.
    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Batch, Failure>>> {
        if self.deadline.poll_unpin(cx).is_ready() {
            return self.fail(slow(self.limit, "no answer within the limit"));
        }
        if self.filling.is_empty() {
            return Poll::Pending;
        }
        let linger = self.linger.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        if linger.poll_unpin(cx).is_ready() { self.take() } else { Poll::Pending }
    }

    /// After the last row: the commit's answer is most often there already; the last batch does not wait for it.
    fn finish(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Batch, Failure>>> {
        if self.lease.is_none() {
            return Poll::Ready(None);
        }
        let commit = self.commit.poll_unpin(cx);
        if let Poll::Ready(committed) = &commit {
            match committed {
                Ok(()) => self.lease.iter_mut().for_each(Lease::settle),
                Err(error) => {
                    let failure = self.watch.failure(error);
                    return self.fail(failure);
                }
            }
            self.lease = None;
        }
        if !self.filling.is_empty() {
            return self.take();
        }
        if commit.is_ready() { Poll::Ready(None) } else { self.wait(cx) }
    }
}

impl Stream for Batches {
    type Item = Result<Batch, Failure>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let Some(rows) = &mut self.rows else { return self.finish(cx) };
            match rows.as_mut().poll_next(cx) {
                Poll::Pending => return self.wait(cx),
                Poll::Ready(None) => self.rows = None,
                Poll::Ready(Some(Err(error))) => {
                    let failure = self.watch.failure(&error);
                    return self.fail(failure);
                }
                Poll::Ready(Some(Ok(row))) => {
                    if let Err(failure) = self.push(&row) {
                        return self.fail(failure);
                    }
                    if self.filling.is_full() {
                        return self.take();
                    }
                }
            }
        }
    }
}
