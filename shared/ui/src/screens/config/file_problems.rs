//! What a file lost, or would lose: rows that are left out, line by line, and cells that do not fit, by column.

use egui::{RichText, ScrollArea, Ui};
use model::project::Source;
use wire::project::VisibleProject;
use wire::upload::{FileProblems, UnreadableCells};

use super::parts;
use crate::app::Model;
use crate::look::TextSize;
use crate::widgets::{Tone, badge};
use crate::words::{Word, Words};

/// The height of a line, in points.
const LINE: f32 = 20.0;
/// The height of the list, in points.
const MOST_HEIGHT: f32 = 130.0;

/// Draws the number of problems beside the notes, and under them a line for each.
pub(super) fn ui(ui: &mut Ui, words: Words, problems: &FileProblems, unreadable: &[UnreadableCells], notes: &[String]) {
    ui.spacing_mut().interact_size.y = LINE;
    ui.set_min_width(ui.available_width());
    ui.horizontal_wrapped(|ui| {
        if problems.total > 0 {
            badge(ui, Tone::Warn, &words.with(Word::ProblemsTotal, &[&words.count(problems.total)]));
        }
        for note in notes {
            parts::dim(ui, &words.said(note, Word::ServerSays));
        }
    });
    let more = problems.total.saturating_sub(problems.listed.len() as u64);
    let lines = unreadable.len() + problems.listed.len() + usize::from(more > 0);
    let list = ScrollArea::vertical().id_salt("problems").max_height(MOST_HEIGHT).auto_shrink([false, true]);
    list.show_rows(ui, LINE, lines, |ui, shown| {
        for line in shown {
            let problem = line.checked_sub(unreadable.len());
            match (unreadable.get(line), problem.and_then(|place| problems.listed.get(place))) {
                (Some(column), _) => {
                    let cells = words.count(column.cells);
                    ui.label(words.with(Word::ColumnUnreadable, &[&cells, &column.column]));
                }
                (None, Some(problem)) => {
                    ui.horizontal(|ui| {
                        let line = words.with(Word::LineNumber, &[&words.count(problem.line)]);
                        ui.label(RichText::new(line).font(TextSize::Body.mono()));
                        ui.label(words.said(&problem.sentence, Word::ServerSays));
                    });
                }
                (None, None) => {
                    parts::dim(ui, &words.with(Word::ProblemsMore, &[&words.count(more)]));
                }
            }
        }
    });
}

/// Draws what became of the file of a source, if that is known.
pub(super) fn of_source_ui(ui: &mut Ui, model: &Model, visible: &VisibleProject, source: &Source) {
    let words = model.words;
    let Some((_, report)) = visible.files.iter().find(|(known, _)| *known == source.id) else { return };
    parts::heading(ui, words.t(Word::FileTitle));
    parts::dim(ui, &words.with(Word::RowsShown, &[&words.count(report.rows)]));
    if report.problems.total == 0 && report.unreadable.is_empty() {
        parts::dim(ui, words.t(Word::NoProblems));
    } else {
        self::ui(ui, words, &report.problems, &report.unreadable, &[]);
    }
}
