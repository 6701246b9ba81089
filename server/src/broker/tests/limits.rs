//! Ceilings, slow readers, readers that go away, heartbeats, queues.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::StreamExt;
use model::completeness::Cause;
use model::project::Limits;
use model::query::Query;
use model::{Kind, Project};
use wire::Code;
use wire::data::RunQuery;
use wire::frame::Frame;

use super::bank::*;
use super::endless::{Endless, Manner};
use super::{Case, Piece, Pieces, UPLOAD_MEMORY_BYTES, ask, databases, over};
use crate::broker::{Broker, Exported};
use crate::connectors::FailureKind;
use crate::connectors::tests::postgres::server;
use crate::world::SystemClock;

/// A project of integers over the endless source.
fn numbers(limits: Limits) -> Arc<Project> {
    let mut project = project();
    for source in project.sources.values_mut() {
        source.limits = limits;
    }
    let kind = project.object_types.get_mut(&object("person")).expect("a type");
    kind.properties.iter_mut().for_each(|known| known.kind = Kind::Integer);
    Arc::new(project)
}

fn all() -> Query {
    Query::rows(&object("person"), u64::MAX)
}

fn start(case: &Case, project: &Arc<Project>) -> Pieces {
    let request = RunQuery { project: project.id.clone(), query: all() };
    case.broker.run_query(project.clone(), &request, case.targets()).expect("pieces")
}

async fn eventually(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..200 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}

#[tokio::test]
async fn every_ceiling_cuts_and_says_so() {
    let slow = Manner { fails_after: Some((3, FailureKind::Slow)), ..Manner::default() };
    let table = [
        (Limits { rows: 2_500, ..Limits::default() }, Manner::default(), 2_500, Cause::RowLimit(2_500)),
        (Limits { megabytes: 1, ..Limits::default() }, Manner::default(), 0, Cause::ByteLimit(1 << 20)),
        (Limits { seconds: 7, ..Limits::default() }, slow, 3_000, Cause::TimeLimit(7)),
    ];
    for (limits, manner, rows, cause) in table {
        let case = over(Endless { manner, ..Endless::default() });
        let part = ask(&case, &numbers(limits), all()).await.expect("an answer");
        assert_eq!(part.close.completeness.causes, std::slice::from_ref(&cause));
        assert!(rows == 0 || part.close.rows == rows, "{cause:?}: {}", part.close.rows);
        assert!(part.close.next.is_some(), "one can go on behind {cause:?}");
        assert!(part.bytes.len() <= 2 << 20);
    }
}

#[tokio::test]
async fn a_source_that_breaks_in_the_middle_fails_the_answer() {
    let table = [
        (Manner { fails_after: Some((2, FailureKind::Broken)), ..Manner::default() }, Code::SourceFailed),
        (Manner { fails_after: Some((0, FailureKind::Slow)), ..Manner::default() }, Code::SourceSlow),
    ];
    for (manner, code) in table {
        let case = over(Endless { manner, ..Endless::default() });
        assert_eq!(ask(&case, &numbers(Limits::default()), all()).await.expect_err("a fault").code, code);
    }
}

#[tokio::test]
async fn a_reader_that_goes_away_stops_the_source_in_every_state() {
    let silent = Manner { silent: true, ..Manner::default() };
    for (state, manner, frames) in [
        ("before the first row", silent, 1),
        ("in mid-stream", Manner::default(), 20),
        ("stalled", Manner::default(), 0),
    ] {
        let source = Endless { manner, ..Endless::default() };
        let seen = source.seen.clone();
        let case = over(source);
        let mut pieces = start(&case, &numbers(Limits::default()));
        for _ in 0..frames {
            assert!(pieces.next().await.is_some());
        }
        eventually("it runs", || seen.running.load(Ordering::SeqCst) == 1).await;
        if state == "stalled" {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        drop(pieces);
        eventually(state, || seen.running.load(Ordering::SeqCst) == 0).await;
    }
}

#[tokio::test]
async fn a_slow_reader_holds_the_source_back() {
    let source = Endless::default();
    let seen = source.seen.clone();
    let case = over(source);
    let mut pieces = start(&case, &numbers(Limits::default()));
    for read in 1..=20_u64 {
        assert!(pieces.next().await.is_some());
        tokio::time::sleep(Duration::from_millis(10)).await;
        let taken = seen.batches.load(Ordering::SeqCst);
        assert!(taken <= read + 5, "{taken} batches for {read} frames");
    }
}

#[tokio::test]
async fn silence_has_a_heartbeat_every_second() {
    let case = over(Endless { manner: Manner { silent: true, ..Manner::default() }, ..Endless::default() });
    let mut pieces = start(&case, &numbers(Limits::default()));
    assert!(matches!(pieces.next().await, Some(Piece::Frames(_))));
    for _ in 0..2 {
        // A second, and room for a busy machine.
        let next = tokio::time::timeout(Duration::from_millis(5_000), pieces.next()).await;
        let Ok(Some(Piece::Frames(bytes))) = next else { panic!("no heartbeat") };
        assert_eq!(bytes, Frame::Heartbeat.to_bytes());
    }
}

#[tokio::test]
async fn a_source_runs_so_many_at_once_and_the_others_wait() {
    let source = Endless { manner: Manner { silent: true, ..Manner::default() }, ..Endless::default() };
    let seen = source.seen.clone();
    let case = over(source);
    // The last place is for somebody who has none.
    let project = numbers(Limits { at_once: 3, ..Limits::default() });
    let mut waiting: Vec<Pieces> = (0..5).map(|_| start(&case, &project)).collect();
    eventually("two run", || seen.running.load(Ordering::SeqCst) == 2).await;
    let mut told = BTreeSet::new();
    for pieces in &mut waiting {
        while let Ok(Some(Piece::Frames(bytes))) = tokio::time::timeout(Duration::from_secs(5), pieces.next()).await {
            let mut decoder = wire::frame::Decoder::new();
            decoder.push(&bytes);
            match decoder.next_frame().expect("a frame") {
                Some(Frame::Progress(0, progress)) => {
                    told.insert(progress.note);
                    break;
                }
                Some(Frame::Heartbeat) => break,
                _ => {}
            }
        }
    }
    let expected = [0, 1, 2].map(|before| format!("Waiting for a place at bank, {before} before."));
    assert_eq!(told, expected.into(), "the others are told how many are before them");
    assert_eq!(seen.running.load(Ordering::SeqCst), 2);
    waiting.truncate(1);
    eventually("one is left", || seen.running.load(Ordering::SeqCst) <= 1).await;
}

#[tokio::test]
async fn an_export_gives_typed_rows_and_an_end() {
    let case = over(Endless::default());
    let project = numbers(Limits { rows: 1_500, ..Limits::default() });
    let exported: Vec<Exported> =
        case.broker.export(project, &all(), case.targets()).expect("a stream").collect().await;
    let rows: usize = exported.iter().map(|it| if let Exported::Rows(rows) = it { rows.num_rows() } else { 0 }).sum();
    assert_eq!(rows, 1_500);
    assert!(matches!(exported.first(), Some(Exported::Schema(_))));
    let Some(Exported::End(completeness)) = exported.last() else { panic!("no end") };
    assert_eq!(completeness.causes, [Cause::RowLimit(1_500)]);
}

#[tokio::test]
async fn cells_of_megabytes_come_in_frames_that_a_reader_accepts() {
    let first = server().client("postgres").await;
    first.batch_execute("CREATE DATABASE case_wide").await.expect("a database");
    let inside = server().client("case_wide").await;
    let cells = "repeat('a', 7340032) AS a, repeat('b', 7340032) AS b, repeat('c', 7340032) AS c";
    let script = format!("CREATE VIEW wide AS SELECT i AS id, {cells} FROM generate_series(1, 3) AS i");
    inside.batch_execute(&script).await.expect("a view");
    let broker = Broker::new(Arc::new(SystemClock::new()), UPLOAD_MEMORY_BYTES);
    let case = Case { broker, targets: Arc::new(databases::Databases) };
    let wide = object_type("wide", "wide", "wide", &["id"], &["id:integer", "a", "b", "c"]);
    let project = Arc::new(project_of("postgresql", &["wide"], vec![wide], Vec::new()));
    let part = ask(&case, &project, Query::rows(&object("wide"), 10)).await.expect("rows");
    assert_eq!(part.close.rows, 3);
    assert_eq!(part.bytes.len() / 7_340_032, 6, "two cells of each row came");
    assert_eq!(part.close.completeness.causes, [Cause::Unreadable { property: prop("c"), cells: 3 }]);
}
