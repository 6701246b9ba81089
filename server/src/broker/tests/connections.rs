//! Connections: kept while nothing of their source changes, replaced when they break, and no more files in memory than
//! there is room for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::BoxFuture;
use model::catalogue::{Catalogue, Column};
use model::project::{Limits, Table};
use model::query::Query;
use model::{Kind, Project, SourceId};
use wire::form::About;
use wire::source::TestReport;
use wire::{Code, Fault};
use zeroize::Zeroizing;

use super::bank::*;
use super::endless::{Endless, Manner};
use super::{Case, ask};
use crate::broker::{Broker, Targets};
use crate::connectors::{
    Ability, Answer, Bounds, Connection, Connector, Dialect, Facts, Failure, FailureKind, Statement, Target,
    Undescribed,
};
use crate::egress::tests::open_here;
use crate::world::SystemClock;

const MEBIBYTE: u64 = 1 << 20;

/// A source whose connections are counted.
#[derive(Default)]
struct Counting {
    opened: AtomicU64,
    /// So many statements find their connection broken.
    broken: AtomicU64,
    /// Bytes of images in memory now, and the most there were.
    held: AtomicU64,
    most_held: AtomicU64,
}

#[derive(Clone)]
struct Source(Arc<Counting>);

struct Open {
    counting: Arc<Counting>,
    endless: Endless,
    bytes: u64,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.counting.held.fetch_sub(self.bytes, Ordering::SeqCst);
    }
}

impl Connector for Source {
    fn kind(&self) -> &'static str {
        "sqlite"
    }

    fn about(&self) -> About {
        Endless::default().about()
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn open(&self, target: Target) -> BoxFuture<'_, Result<Arc<dyn Connection>, Failure>> {
        let counting = self.0.clone();
        counting.opened.fetch_add(1, Ordering::SeqCst);
        let bytes = target.image.map_or(0, |image| image.len() as u64);
        let held = counting.held.fetch_add(bytes, Ordering::SeqCst) + bytes;
        counting.most_held.fetch_max(held, Ordering::SeqCst);
        let endless = Endless { manner: Manner { rows: 10, ..Manner::default() }, ..Endless::default() };
        let open: Arc<dyn Connection> = Arc::new(Open { counting, endless, bytes });
        Box::pin(async move { Ok(open) })
    }

    fn test(&self, target: Target) -> BoxFuture<'_, TestReport> {
        let _ = target;
        Box::pin(async { TestReport { steps: Vec::new(), ok: true, rights: None } })
    }
}

impl Connection for Open {
    fn ability(&self) -> Ability {
        self.endless.ability()
    }

    fn run(&self, statement: Statement, bounds: Bounds) -> BoxFuture<'_, Result<Answer, Failure>> {
        let less = |left: u64| left.checked_sub(1);
        if self.counting.broken.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok() {
            return Box::pin(async { Err(Failure::new(FailureKind::Broken, "It broke.", "Try again.", "")) });
        }
        self.endless.run(statement, bounds)
    }

    fn catalogue(&self) -> BoxFuture<'_, Result<Catalogue, Failure>> {
        self.endless.catalogue()
    }

    fn describe<'a>(&'a self, _text: &'a str) -> BoxFuture<'a, Result<Vec<Column>, Undescribed>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn facts<'a>(&'a self, table: &'a Table) -> BoxFuture<'a, Result<Facts, Failure>> {
        self.endless.facts(table)
    }
}

/// Credentials with this fingerprint, and images of two mebibytes.
struct Given(u8);

impl Targets for Given {
    fn target<'a>(&'a self, _source: &'a SourceId) -> BoxFuture<'a, Result<Target, Fault>> {
        let image = Some(Zeroizing::new(vec![0; 2 * 1024 * 1024]));
        let (settings, secrets) = Default::default();
        let egress = open_here();
        let target = Target {
            settings,
            secrets,
            image,
            sqlite_dir: None,
            store_file: None,
            store_database: None,
            copy_database: None,
            egress,
            at_once: 4,
        };
        Box::pin(async move { Ok(target) })
    }

    fn fingerprint(&self, _source: &SourceId) -> [u8; 32] {
        [self.0; 32]
    }
}

fn case(upload_memory_bytes: u64) -> (Arc<Counting>, Case) {
    let counting = Arc::new(Counting::default());
    let connector: &'static dyn Connector = Box::leak(Box::new(Source(counting.clone())));
    let connectors = Box::leak(Box::new([connector]));
    let broker = Broker::over(connectors, Arc::new(SystemClock::new()), upload_memory_bytes);
    (counting, Case { broker, targets: Arc::new(Given(0)) })
}

/// Five uploads with a type each.
fn project() -> Project {
    let ids = ["a", "b", "c", "d", "e"];
    let kinds = ids.map(|id| object_type(id, id, "numbers", &["id"], &["id:integer"]));
    let mut project = project_of("sqlite", &ids, kinds.into(), Vec::new());
    for source in project.sources.values_mut() {
        source.limits = Limits { rows: 5, ..Limits::default() };
        source.upload = Some(format!("upload-{}", source.id).try_into().expect("an id"));
    }
    project
}

async fn asked(case: &Case, project: &Project, kind: &str) -> Result<u64, Code> {
    let answer = ask(case, &Arc::new(project.clone()), Query::rows(&object(kind), 3)).await;
    answer.map(|part| part.close.rows).map_err(|fault| fault.code)
}

#[tokio::test]
async fn a_connection_is_kept_until_its_own_source_changes() {
    let (counting, mut case) = case(64 * MEBIBYTE);
    let mut project = project();
    let opened = async |case: &Case, project: &Project, what: &str| {
        assert_eq!(asked(case, project, "a").await, Ok(3), "{what}");
        counting.opened.load(Ordering::SeqCst)
    };
    assert_eq!(opened(&case, &project, "first").await, 1);
    project.name = "Another name".to_owned();
    let kind = project.object_types.get_mut(&object("b")).expect("a type");
    kind.properties.iter_mut().for_each(|known| known.kind = Kind::Text);
    project.sources.get_mut(&source("b")).expect("a source").settings.insert("file".into(), "x".into());
    project.sources.get_mut(&source("a")).expect("a source").limits.seconds = 7;
    project.sources.get_mut(&source("a")).expect("a source").name = "Renamed".to_owned();
    assert_eq!(opened(&case, &project, "something else changed").await, 1);
    project.sources.get_mut(&source("a")).expect("a source").settings.insert("file".into(), "y".into());
    assert_eq!(opened(&case, &project, "its settings changed").await, 2);
    case.targets = Arc::new(Given(1));
    assert_eq!(opened(&case, &project, "its credentials changed").await, 3);
    assert_eq!(opened(&case, &project, "nothing changed").await, 3);
}

#[tokio::test]
async fn a_broken_connection_is_replaced_once_and_never_used_again() {
    let (counting, case) = case(64 * MEBIBYTE);
    let project = project();
    let table = [(0, Ok(3), 1), (1, Ok(3), 2), (0, Ok(3), 2), (2, Err(Code::SourceFailed), 3), (0, Ok(3), 3)];
    for (step, (breaks, expected, opened)) in table.into_iter().enumerate() {
        counting.broken.store(breaks, Ordering::SeqCst);
        assert_eq!(asked(&case, &project, "a").await, expected, "step {step}");
        assert_eq!(counting.opened.load(Ordering::SeqCst), opened, "step {step}");
    }
}

#[tokio::test]
async fn open_uploads_never_take_more_memory_than_they_may() {
    let (counting, case) = case(5 * MEBIBYTE);
    let project = project();
    for kind in ["a", "b", "c", "a", "d", "e", "a"] {
        assert_eq!(asked(&case, &project, kind).await, Ok(3), "{kind}");
    }
    assert_eq!(counting.most_held.load(Ordering::SeqCst), 4 * MEBIBYTE, "two at a time");
    assert_eq!(counting.opened.load(Ordering::SeqCst), 7, "the one that was not used for longest goes first");
    let all = ["a", "b", "c", "d", "e"].map(|kind| asked(&case, &project, kind));
    assert_eq!(futures::future::join_all(all).await, [Ok(3); 5], "those who come at once wait for each other");
    assert!(counting.most_held.load(Ordering::SeqCst) <= 4 * MEBIBYTE);
}
