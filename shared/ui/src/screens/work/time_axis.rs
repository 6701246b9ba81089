//! The days over a graph that lies along time, as long as it does: what a person moves elsewhere ends it.

use egui::{Align2, Rect, Stroke, Ui, pos2};
use graph::NodeId;
use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::graph_tools;
use crate::app::Model;
use crate::canvas::View;
use crate::look::{Look, TextSize};
use crate::work::{Shape, axes, when};

/// Between two days that are written, in points, at least.
const APART: f32 = 90.0;
/// How far from its time an object may lie, in points at zoom 1.
const NEAR: f64 = 3.0;
/// Which share of all that have a time must lie there.
const MOST: f64 = 0.9;
/// So that the lines do not cross out names.
const FAINT: f32 = 0.45;
const EPOCH: Date = Date::constant(1970, 1, 1);

/// What was found out of one state of the graph.
#[derive(Default)]
pub(super) struct Draft {
    of: Option<(u64, u64)>,
    line: Option<Line>,
}

/// How places follow from days: x is `start` plus `points` for each day since 1970.
#[derive(Clone, Copy)]
struct Line {
    start: f64,
    points: f64,
}

/// Draws it under the tools.
pub(super) fn ui(ui: &Ui, model: &Model, draft: &mut Draft, view: View, pane: Rect) {
    let board = &model.work.board;
    if board.arranging.shape() != Shape::Time {
        *draft = Draft::default();
        return;
    }
    let now = Some((board.graph.places_revision(), board.graph.structure()));
    if draft.of != now {
        (draft.of, draft.line) = (now, line(model));
    }
    let Some(Line { start, points }) = draft.line else { return };
    let on_screen = |days: f64| pane.center().x + ((start + points * days) as f32 - view.x) * view.zoom;
    let at = |x: f32| (f64::from((x - pane.center().x) / view.zoom + view.x) - start) / points;
    let (look, words) = (Look::of(ui.ctx()), model.words);
    let painter = ui.painter().with_clip_rect(pane);
    let font = TextSize::Small.regular();
    let top = pane.top() + graph_tools::HEIGHT;
    for (day, text) in marks(at(pane.left()), at(pane.right()), points * f64::from(view.zoom)) {
        let x = on_screen(day);
        painter.vline(x, top + 18.0..=pane.bottom(), Stroke::new(1.0, look.colours.line.gamma_multiply(FAINT)));
        painter.text(pos2(x, top), Align2::CENTER_TOP, text(words), font.clone(), look.colours.dim);
    }
}

/// The line that what is shown lies on, if it does.
fn line(model: &Model) -> Option<Line> {
    let board = &model.work.board;
    let known = axes(model);
    let axis = board.arranging.axis().filter(|axis| known.contains(axis)).or(known.first())?;
    let ids: Vec<NodeId> = board.graph.shown().map(|(id, _)| id).collect();
    let times = when(model, axis, &ids);
    let placed = ids.iter().map(|id| f64::from(board.graph.place(*id)[0])).zip(times);
    let all: Vec<(f64, f64)> = placed.filter(|(_, day)| day.is_finite()).collect();
    let by_day = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
    let ((x, first), (end, last)) = (all.iter().min_by(by_day)?, all.iter().max_by(by_day)?);
    if last <= first || end <= x {
        return None;
    }
    let points = (end - x) / (last - first);
    let line = Line { start: x - points * first, points };
    let near = all.iter().filter(|(x, day)| (line.start + points * day - x).abs() <= NEAR).count();
    (near as f64 >= MOST * all.len() as f64).then_some(line)
}

type Said = Box<dyn Fn(crate::words::Words) -> String>;

/// The days to be written between two, in days since 1970: years, months or days, as there is room for.
fn marks(from: f64, to: f64, points_per_day: f64) -> Vec<(f64, Said)> {
    const STEPS: [(i64, i64); 13] = [
        (0, 1),
        (0, 7),
        (0, 14),
        (1, 0),
        (3, 0),
        (6, 0),
        (12, 0),
        (24, 0),
        (60, 0),
        (120, 0),
        (240, 0),
        (600, 0),
        (1_200, 0),
    ];
    let days = |(months, days): (i64, i64)| months as f64 * 30.44 + days as f64;
    let step = STEPS.into_iter().find(|step| days(*step) * points_per_day >= f64::from(APART)).unwrap_or((1_200, 0));
    let Some(first) = day(from).and_then(|day| before(day, step)) else { return Vec::new() };
    let mut marks = Vec::new();
    let mut at = first;
    while marks.len() < 200 {
        let number = days_since(at);
        if number > to {
            break;
        }
        let of_year = step.0 > 0 && step.0 % 12 == 0;
        marks.push((number, Box::new(move |words| said(words, at, of_year)) as Said));
        let Ok(next) = at.checked_add(span(step)) else { break };
        at = next;
    }
    marks
}

fn said(words: crate::words::Words, day: Date, of_year: bool) -> String {
    if of_year { day.year().to_string() } else { words.iso_date(day) }
}

fn span((months, days): (i64, i64)) -> Span {
    if months > 0 { months.months() } else { days.days() }
}

fn day(since: f64) -> Option<Date> {
    let span = Span::new().try_days(since.floor().clamp(-4e6, 2.9e6) as i64).ok()?;
    EPOCH.checked_add(span).ok()
}

fn days_since(day: Date) -> f64 {
    day.duration_since(EPOCH).as_secs_f64() / 86_400.0
}

/// The last round day that is not after this one.
fn before(day: Date, (months, days): (i64, i64)) -> Option<Date> {
    if months == 0 {
        let number = days_since(day) as i64;
        return self::day((number - number.rem_euclid(days)) as f64);
    }
    let number = i64::from(day.year()) * 12 + i64::from(day.month()) - 1;
    let round = number - number.rem_euclid(months);
    let year = i16::try_from(round.div_euclid(12)).ok()?;
    Date::new(year, (round.rem_euclid(12) + 1) as i8, 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Language, Words};

    fn written(from: &str, to: &str, points_per_day: f64) -> Vec<String> {
        let at = |text: &str| days_since(text.parse().unwrap());
        let words = Words { language: Language::English };
        marks(at(from), at(to), points_per_day).into_iter().map(|(_, text)| text(words)).collect()
    }

    #[test]
    fn days_are_as_round_as_there_is_room_for() {
        assert_eq!(written("2019-03-14", "2021-02-01", 0.3), ["2019", "2020", "2021"]);
        assert_eq!(written("2020-01-20", "2020-03-02", 4.0), ["2020-01-01", "2020-02-01", "2020-03-01"]);
        assert_eq!(written("2020-01-20", "2020-01-21", 200.0), ["2020-01-20", "2020-01-21"]);
        assert!(written("1900-01-01", "2026-01-01", 1e-9).len() <= 2);
    }

    #[test]
    fn what_lies_beyond_all_calendars_is_not_written() {
        assert!(marks(-1e30, 1e30, 1e-30).len() <= 200);
        assert!(marks(f64::NAN, f64::NAN, 1.0).len() <= 200);
    }
}
