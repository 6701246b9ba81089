//! One sink at work: what follows its cursor is read from the store, sent, and the cursor moved.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::cursors::{self, Kept};
use super::line::{Line, Maker};
use super::{Sink, State, Trouble};
use crate::settings::SinkRules;
use crate::store::{Store, StoreError};

/// Entries that are read and sent at once.
const AT_ONCE: u32 = 500;
/// How often it is looked for what others wrote, and how often the cursor is kept.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a sink may take for what is sent at once.
const SENDING: Duration = Duration::from_secs(20);
/// The longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

pub(super) struct Following {
    name: &'static str,
    rules: SinkRules,
    sink: Box<dyn Sink>,
    store: Arc<dyn Store>,
    state: watch::Sender<State>,
    news: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
    /// Behind which entry the next ones are read.
    at: u64,
    /// Its number in the store; nothing before the sink could be named.
    kept: Option<Kept>,
    keep_after: Instant,
    failures: u32,
}

impl Following {
    pub(super) fn new(
        name: &'static str,
        rules: SinkRules,
        sink: Box<dyn Sink>,
        store: Arc<dyn Store>,
        state: watch::Sender<State>,
        (news, stop): (watch::Receiver<u64>, watch::Receiver<bool>),
    ) -> Self {
        let keep_after = Instant::now();
        Self { name, rules, sink, store, state, news, stop, at: 0, kept: None, keep_after, failures: 0 }
    }

    /// Finds its place in the log before anybody asks how far it is; one that cannot be named yet is tried again.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read or written.
    pub(super) async fn begin_early(&mut self) -> Result<(), StoreError> {
        match self.begin().await {
            Err(Unbegun::Sink(_)) => cursors::hold_unnamed(self.store.as_ref()).await,
            Err(Unbegun::Store(error)) => Err(error),
            Ok(()) => Ok(()),
        }
    }

    async fn begin(&mut self) -> Result<(), Unbegun> {
        if self.kept.is_some() {
            return Ok(());
        }
        let called = self.sink.called().await.map_err(Unbegun::Sink)?;
        let called = called.ok_or_else(|| Unbegun::Sink(Trouble::new("it has no id")))?;
        let begun = async {
            let end = self.store.audit_anchor().await?.seq;
            Kept::begin(self.store.as_ref(), &called, end).await
        };
        let kept = begun.await.map_err(Unbegun::Store)?;
        self.at = kept.taken;
        self.state.send_modify(|state| state.taken = kept.taken);
        self.kept = Some(kept);
        Ok(())
    }

    /// Until it is told to stop and there is nothing more to take.
    pub(super) async fn run(mut self) {
        loop {
            match self.round().await {
                Ok(0) if *self.stop.borrow() => break,
                Ok(0) => {
                    self.keep(false).await;
                    tokio::select! {
                        // Both end when the server does, and this task with it.
                        _ = self.news.changed() => {}
                        _ = self.stop.changed() => {}
                        () = tokio::time::sleep(LOOK_EVERY) => {}
                    }
                }
                Ok(_) => self.keep(false).await,
                Err(trouble) => {
                    self.failed(trouble);
                    if *self.stop.borrow() {
                        break;
                    }
                    let pause = LOOK_EVERY.saturating_mul(1 << self.failures.min(6).saturating_sub(1));
                    tokio::select! {
                        _ = self.stop.changed() => {}
                        () = tokio::time::sleep(pause.min(LONGEST_PAUSE)) => {}
                    }
                }
            }
        }
        self.keep(true).await;
    }

    /// Sends the next entries; gives their number.
    async fn round(&mut self) -> Result<usize, Trouble> {
        self.begin().await.map_err(|unbegun| match unbegun {
            Unbegun::Sink(trouble) => trouble,
            Unbegun::Store(error) => Trouble::new(format!("the log cannot be read: {error}")),
        })?;
        let lines = self.next().await.map_err(|error| Trouble::new(format!("the log cannot be read: {error}")))?;
        let Some(last) = lines.last().map(|line| line.number) else {
            return self.caught_up().await;
        };
        self.send(&lines).await?;
        self.failures = 0;
        self.at = last;
        self.state.send_if_modified(|state| {
            let had_trouble = state.trouble.take();
            if had_trouble.is_some() {
                tracing::info!(sink = self.name, "the audit sink goes on");
            }
            let is_new = state.taken < last;
            state.taken = state.taken.max(last);
            is_new || had_trouble.is_some()
        });
        Ok(lines.len())
    }

    async fn send(&mut self, lines: &[Line]) -> Result<(), Trouble> {
        let sent = tokio::time::timeout(SENDING, self.sink.take(lines)).await;
        sent.unwrap_or_else(|_| Err(Trouble::new(format!("it did not answer in {} seconds", SENDING.as_secs()))))
    }

    /// There is nothing to send; whoever had trouble is asked whether it is over.
    async fn caught_up(&mut self) -> Result<usize, Trouble> {
        if self.state.borrow().trouble.is_some() {
            self.send(&[]).await?;
            self.failures = 0;
            self.state.send_modify(|state| state.trouble = None);
        }
        Ok(0)
    }

    async fn next(&mut self) -> Result<Vec<Line>, StoreError> {
        let rows = self.store.audit_rows(self.at, AT_ONCE).await?;
        let maker = Maker::of(self.store.as_ref(), self.rules.values, self.sink.longest());
        maker.lines(rows)
    }

    fn failed(&mut self, trouble: Trouble) {
        let Trouble { why, lost } = trouble;
        self.failures += 1;
        self.at = self.at.saturating_sub(lost);
        if self.failures == 1 {
            tracing::error!(sink = self.name, %why, "the audit sink takes no entries; it is tried again");
        }
        self.state.send_modify(|state| state.trouble = Some(why));
    }

    /// Keeps the cursor, now or when it is time.
    async fn keep(&mut self, now: bool) {
        let Some(kept) = &mut self.kept else { return };
        if self.at == kept.taken || (!now && Instant::now() < self.keep_after) {
            return;
        }
        if let Err(error) = kept.put(self.store.as_ref(), self.at).await {
            tracing::warn!(%error, sink = self.name, "how far the audit sink is could not be kept");
        }
        self.keep_after = Instant::now() + LOOK_EVERY;
    }
}

/// Why a sink has no place in the log yet.
enum Unbegun {
    Sink(Trouble),
    Store(StoreError),
}
