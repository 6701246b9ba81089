//! Sources that go away and come back: who asks is told at once, others are not held up, and nobody hammers at a door.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use model::Project;
use model::query::Query;
use wire::form::About;
use wire::source::TestReport;
use wire::{Code, Fault};

use super::bank::*;
use super::endless::{Endless, Manner};
use super::{Case, Files, UPLOAD_MEMORY_BYTES, ask};
use crate::broker::Broker;
use crate::connectors::{Connection, Connector, Dialect, Failure, FailureKind, Target};
use crate::world::Clock;

struct Held(Mutex<Timestamp>);

impl Held {
    fn pass(&self, time: Duration) {
        let mut now = self.0.lock().expect("no panic");
        *now = now.checked_add(SignedDuration::try_from(time).expect("a time")).expect("a moment");
    }
}

impl Clock for Held {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no panic")
    }

    fn monotonic(&self) -> Duration {
        Duration::try_from(self.now().duration_since(Timestamp::UNIX_EPOCH)).expect("after 1970")
    }
}

/// A source that fails as it is told, and counts how often it is tried.
#[derive(Default)]
struct Door {
    fails: Mutex<Option<FailureKind>>,
    tried: AtomicU64,
}

struct Knocking(Arc<Door>);

impl Connector for Knocking {
    fn kind(&self) -> &'static str {
        "sqlite"
    }

    fn about(&self) -> About {
        Endless::default().about()
    }

    fn dialect(&self) -> Dialect {
        Endless::default().dialect()
    }

    fn open(&self, target: Target) -> BoxFuture<'_, Result<Arc<dyn Connection>, Failure>> {
        let is_other = target.settings.get("file").is_some_and(|file| file.starts_with("other"));
        let fails = *self.0.fails.lock().expect("no panic");
        if let (Some(kind), false) = (fails, is_other) {
            self.0.tried.fetch_add(1, Ordering::SeqCst);
            return Box::pin(async move { Err(Failure::new(kind, "It is away.", "Wait.", "planted")) });
        }
        let open: Arc<dyn Connection> =
            Arc::new(Endless { manner: Manner { rows: 10, ..Manner::default() }, ..Endless::default() });
        Box::pin(async move { Ok(open) })
    }

    fn test(&self, _target: Target) -> BoxFuture<'_, TestReport> {
        Box::pin(async { TestReport { steps: Vec::new(), ok: true, rights: None } })
    }
}

fn case() -> (Arc<Door>, Arc<Held>, Case, Arc<Project>) {
    let (door, clock) =
        (Arc::new(Door::default()), Arc::new(Held(Mutex::new("2026-11-20T10:00:00Z".parse().expect("a moment")))));
    let connector: &'static dyn Connector = Box::leak(Box::new(Knocking(door.clone())));
    let broker = Broker::over(Box::leak(Box::new([connector])), clock.clone(), UPLOAD_MEMORY_BYTES);
    let ids = ["door", "other"];
    let kinds = ids.map(|id| object_type(id, id, "numbers", &["id"], &["id:integer"]));
    let project = Arc::new(project_of("sqlite", &ids, kinds.into(), Vec::new()));
    let targets = Arc::new(Files(tempfile::tempdir().expect("a folder")));
    (door, clock, Case { broker, targets }, project)
}

async fn asked(case: &Case, project: &Arc<Project>, kind: &str) -> Result<(), Fault> {
    ask(case, project, Query::rows(&object(kind), 3)).await.map(|_| ())
}

#[tokio::test]
async fn a_source_that_is_away_is_left_alone_and_asked_once_in_a_while_until_it_is_back() {
    let (door, clock, case, project) = case();
    *door.fails.lock().expect("no panic") = Some(FailureKind::Unreachable);
    for _ in 0..5 {
        let fault = asked(&case, &project, "door").await.expect_err("away");
        assert_eq!(fault.sentence, "It is away.");
        clock.pass(Duration::from_secs(1));
    }
    for _ in 0..10 {
        let fault = asked(&case, &project, "door").await.expect_err("away");
        assert_eq!(fault.code, Code::SourceFailed);
        let name = &project.sources[&"door".to_owned().try_into().expect("an id")].name;
        assert_eq!(fault.sentence, format!("Source \"{name}\" is away since 2026-11-20 10:00:00 UTC: It is away."));
        assert!(fault.remedy.contains("15 seconds"), "{fault:?}");
        assert!(asked(&case, &project, "other").await.is_ok(), "others are not held up");
    }
    assert_eq!(door.tried.load(Ordering::SeqCst), 5, "nobody knocks");
    // One question after the pause; it fails, and the next pause begins.
    clock.pass(Duration::from_secs(15));
    assert_eq!(asked(&case, &project, "door").await.expect_err("away").sentence, "It is away.");
    assert!(asked(&case, &project, "door").await.expect_err("away").sentence.contains("since 2026-11-20 10:00:00"));
    assert_eq!(door.tried.load(Ordering::SeqCst), 6);
    // It comes back: the next one that goes through is answered, and with it everybody.
    *door.fails.lock().expect("no panic") = None;
    assert!(asked(&case, &project, "door").await.is_err(), "not before the pause is over");
    clock.pass(Duration::from_secs(15));
    for _ in 0..3 {
        assert!(asked(&case, &project, "door").await.is_ok());
    }
    // What was before is forgotten.
    *door.fails.lock().expect("no panic") = Some(FailureKind::Unreachable);
    assert!(asked(&case, &project, "door").await.is_ok(), "its connection is still there");
}

#[tokio::test]
async fn failures_far_apart_or_of_another_kind_leave_the_door_open() {
    let (door, clock, case, project) = case();
    *door.fails.lock().expect("no panic") = Some(FailureKind::Unreachable);
    for _ in 0..12 {
        assert_eq!(asked(&case, &project, "door").await.expect_err("away").sentence, "It is away.");
        clock.pass(Duration::from_secs(3));
    }
    for kind in [FailureKind::Refused, FailureKind::Setting, FailureKind::Mismatch, FailureKind::Busy] {
        *door.fails.lock().expect("no panic") = Some(kind);
        clock.pass(Duration::from_secs(60));
        for _ in 0..12 {
            assert_eq!(asked(&case, &project, "door").await.expect_err("away").sentence, "It is away.", "{kind:?}");
        }
    }
}
