//! What is under way, at the foot of the pane: what it is, how far it is, and after two seconds a way to end it.

use egui::{Id, Margin, Rect, Ui, UiBuilder, vec2};
use wire::frame::Progress;

use crate::app::{Commands, Model};
use crate::look::{Look, RADIUS};
use crate::screens::waiting_since;
use crate::widgets::{Waiting, paint, progress_or};
use crate::words::{Word, Words};
use crate::work::{Command, Going};

const WIDTH: f32 = 340.0;
const HEIGHT: f32 = 44.0;
/// More than these would hide the graph; the others show when these have ended.
const MOST_SHOWN: usize = 3;
/// A layout that is done sooner is seen by what moves.
const LAYOUT_AFTER_SECS: f64 = 1.0;

/// Draws what is under way at the left foot of the pane.
pub(super) fn ui(ui: &mut Ui, model: &Model, pane: Rect, commands: &mut Commands) {
    let words = model.words;
    let mut lines: Vec<(Id, Line, Command)> = Vec::new();
    for going in model.work.going.iter().take(MOST_SHOWN) {
        let id = Id::unique(("going", going.number));
        let line = Line { what: told(words, going), share: going.share, verb: Word::Cancel };
        lines.push((id, line, Command::StopGoing(going.number)));
    }
    if model.work.board.arranging.is_running() {
        let id = Id::unique(("layout", model.work.board.arranging.number()));
        let waited = ui.input(|input| input.time) - waiting_since(ui, id);
        let objects = words.count(model.work.board.graph.shown().count() as u64);
        if waited >= LAYOUT_AFTER_SECS {
            let line = Line { what: words.with(Word::LayingOut, &[&objects]), share: None, verb: Word::Stop };
            lines.push((id, line, Command::StopLayout));
        }
    }
    let size = vec2(WIDTH.min(pane.width() - 24.0), HEIGHT);
    for (place, (id, line, stop)) in lines.into_iter().enumerate() {
        let foot = pane.left_bottom() + vec2(12.0, -12.0 - place as f32 * (HEIGHT + 8.0));
        let rect = Rect::from_min_size(foot - vec2(0.0, HEIGHT), size);
        if line_ui(ui, words, rect, id, &line) {
            commands.work(stop);
        }
    }
}

struct Line {
    what: String,
    /// How much of it is done, 0 to 1, where that is known.
    share: Option<f32>,
    /// What ends it.
    verb: Word,
}

/// Nothing is drawn for waiting that ends at once.
fn line_ui(ui: &mut Ui, words: Words, rect: Rect, id: Id, line: &Line) -> bool {
    let look = Look::of(ui.ctx());
    let since_secs = waiting_since(ui, id);
    let is_seen = ui.input(|input| input.time) - since_secs >= crate::look::PROGRESS_AFTER_SECS;
    if is_seen {
        ui.painter().rect(rect, RADIUS, look.colours.panel, paint::hairline(look), egui::StrokeKind::Inside);
    }
    ui.scope_builder(UiBuilder::new().id_salt(id).max_rect(rect), |ui| {
        egui::Frame::new()
            .inner_margin(Margin::symmetric(10, 6))
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 4.0;
                let waiting = Waiting { what: &line.what, since_secs, share: line.share, can_cancel: true };
                progress_or(ui, words, waiting, line.verb)
            })
            .inner
    })
    .inner
}

/// What goes on and how far it is: "Expanding: received from · reading keys", "Exporting · 12.0 MB".
fn told(words: Words, going: &Going) -> String {
    match going.bytes.filter(|bytes| *bytes > 0) {
        Some(bytes) => format!("{} · {}", going.what, words.bytes(bytes)),
        None => with_progress(words, &going.what, &going.progress),
    }
}

/// What goes on, with what its source said last: "Expanding: received from · reading keys".
pub(super) fn with_progress(words: Words, what: &str, progress: &Progress) -> String {
    let told = progress_told(words, progress);
    if told.is_empty() { what.to_owned() } else { format!("{what} · {told}") }
}

/// What a source said last about how far it is; empty where it said nothing.
pub(super) fn progress_told(words: Words, progress: &Progress) -> String {
    let note = progress.note.trim_end_matches('.');
    let waiting = note.strip_prefix("Waiting for a place at ").and_then(|rest| rest.strip_suffix(" before"));
    if let Some((source, before)) = waiting.and_then(|rest| rest.rsplit_once(", ")) {
        return words.with(Word::WaitingForPlace, &[source, before]);
    }
    if let Some(source) = note.strip_prefix("Reading keys of ") {
        return words.with(Word::ReadingKeys, &[source]);
    }
    match note {
        "" if progress.rows == 0 => String::new(),
        "" => words.with(Word::RowsSoFar, &[&words.count(progress.rows)]),
        other => other.to_owned(),
    }
}
