//! A source that never ends, or never begins, and tells whether it was let go.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arrow_array::{Int64Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use futures::StreamExt;
use futures::future::BoxFuture;
use model::catalogue::{Catalogue, Column};
use model::project::Table;
use wire::form::About;
use wire::source::TestReport;

use crate::connectors::{
    Ability, Answer, Batch, Bounds, Connection, Connector, Dialect, Facts, Failure, FailureKind, Statement, Target,
    Undescribed,
};

/// What can be seen of the source from outside.
#[derive(Default)]
pub(crate) struct Seen {
    /// Batches that were taken.
    pub(crate) batches: AtomicU64,
    /// Statements that are running.
    pub(crate) running: AtomicU64,
}

/// How it behaves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    /// Nothing comes at all.
    pub(crate) silent: bool,
    /// Rows of a batch.
    pub(crate) rows: usize,
    /// After so many batches it says that it is too slow, or broken.
    pub(crate) fails_after: Option<(u64, FailureKind)>,
    /// The wait before each batch.
    pub(crate) pause: Duration,
}

impl Default for Manner {
    fn default() -> Self {
        Self { silent: false, rows: 1_000, fails_after: None, pause: Duration::ZERO }
    }
}

/// A connector to it.
#[derive(Clone, Default)]
pub(crate) struct Endless {
    pub(crate) seen: Arc<Seen>,
    pub(crate) manner: Manner,
}

impl Connector for Endless {
    fn kind(&self) -> &'static str {
        "sqlite"
    }

    fn about(&self) -> About {
        let text = String::new;
        About {
            kind: "sqlite".to_owned(),
            name: text(),
            help: text(),
            internal: false,
            accounts: false,
            fields: Vec::new(),
        }
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn open(&self, _target: Target) -> BoxFuture<'_, Result<Arc<dyn Connection>, Failure>> {
        let it: Arc<dyn Connection> = Arc::new(self.clone());
        Box::pin(async move { Ok(it) })
    }

    fn test(&self, _target: Target) -> BoxFuture<'_, TestReport> {
        Box::pin(async { TestReport { steps: Vec::new(), ok: true, rights: None } })
    }
}

/// One running statement.
struct Running(Arc<Seen>);

impl Running {
    fn new(seen: &Arc<Seen>) -> Self {
        seen.running.fetch_add(1, Ordering::SeqCst);
        Self(seen.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Connection for Endless {
    fn ability(&self) -> Ability {
        Ability { dialect: Dialect::Sqlite, folds_accents: true, icu: false }
    }

    fn run(&self, statement: Statement, _bounds: Bounds) -> BoxFuture<'_, Result<Answer, Failure>> {
        let running = Running::new(&self.seen);
        let (seen, manner) = (self.seen.clone(), self.manner);
        let fields: Vec<Field> =
            statement.columns.iter().map(|out| Field::new(&out.name, DataType::Int64, true)).collect();
        let schema = Arc::new(Schema::new(fields));
        let made = schema.clone();
        let batches = futures::stream::unfold((running, 0_u64), move |(running, number)| {
            let (schema, seen) = (made.clone(), seen.clone());
            async move {
                tokio::time::sleep(manner.pause).await;
                if let Some((_, kind)) = manner.fails_after.filter(|(after, _)| *after == number) {
                    let text = String::new;
                    return Some((
                        Err(Failure { kind, sentence: text(), remedy: text(), cause: text() }),
                        (running, number + 1),
                    ));
                }
                seen.batches.fetch_add(1, Ordering::SeqCst);
                let first = i64::try_from(number * manner.rows as u64).expect("small");
                let column =
                    Arc::new(Int64Array::from_iter_values(first..first + i64::try_from(manner.rows).expect("small")));
                let columns = schema.fields().iter().map(|_| column.clone() as arrow_array::ArrayRef).collect();
                let rows = RecordBatch::try_new(schema, columns).expect("a batch");
                Some((Ok(Batch { rows, unreadable: Vec::new() }), (running, number + 1)))
            }
        });
        Box::pin(async move {
            if manner.silent {
                let _kept = batches;
                return std::future::pending().await;
            }
            Ok(Answer { schema, batches: batches.boxed(), causes: Vec::new() })
        })
    }

    fn catalogue(&self) -> BoxFuture<'_, Result<Catalogue, Failure>> {
        Box::pin(async { Ok(Catalogue::default()) })
    }

    fn describe<'a>(&'a self, _text: &'a str) -> BoxFuture<'a, Result<Vec<Column>, Undescribed>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn facts<'a>(&'a self, _table: &'a Table) -> BoxFuture<'a, Result<Facts, Failure>> {
        let id = || "id".to_owned();
        let facts = Facts { filled: [id()].into(), unique: vec![vec![id()]], ..Facts::default() };
        Box::pin(async { Ok(facts) })
    }
}
