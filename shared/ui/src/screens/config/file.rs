//! A file that is brought in: how it would be read, what is wrong in it, and what came of accepting it.

use access::{Action, Need, SourceId};
use egui::{Panel, RichText, ScrollArea, Ui};
use wire::project::VisibleProject;
use wire::upload::{Accepted, FileLayout, FilePreview};

use super::{file_layout, file_problems, file_target, parts, sample, suggest};
use crate::app::{Commands, Model, Remote};
use crate::config::{Command, File};
use crate::look::{Look, TextSize, icons};
use crate::table;
use crate::widgets::{Button, ErrorText, error_box, paint};
use crate::words::{Word, Words};

/// The side with the layout, in points.
const SIDE: f32 = 372.0;

/// What is corrected, and under which name the file becomes a source.
#[derive(Default)]
pub(super) struct Draft {
    /// Which preview the layout was taken from.
    seen: u64,
    pub(super) layout: Option<FileLayout>,
    pub(super) nulls: String,
    name: String,
    source: Option<SourceId>,
    view: table::Table,
}

/// Draws the file; returns the new source when the person wants to go on with its model.
pub(super) fn ui(
    ui: &mut Ui,
    model: &Model,
    visible: &VisibleProject,
    file: &File,
    draft: &mut Draft,
    commands: &mut Commands,
) -> Option<SourceId> {
    if let Remote::Here(accepted) = &file.accepted {
        return accepted_ui(ui, model, visible, (file, accepted), draft, commands);
    }
    match &file.preview {
        Remote::Idle | Remote::Waiting(None) => parts::margin(ui, |ui| {
            let what = model.words.with(Word::BringingIn, &[&file.name]);
            if super::super::waiting_for_ui(ui, model, &what, true) {
                commands.config(Command::ForgetFile);
            }
        }),
        Remote::Failed(fault) => parts::margin(ui, |ui| failed_ui(ui, model, (file, fault), draft, commands)),
        Remote::Here(preview) | Remote::Waiting(Some(preview)) => {
            take_preview(visible, file, preview, draft, commands);
            preview_ui(ui, model, visible, (file, preview), draft, commands);
        }
    }
    None
}

fn failed_ui(
    ui: &mut Ui,
    model: &Model,
    (file, fault): (&File, &wire::Fault),
    draft: &mut Draft,
    commands: &mut Commands,
) {
    parts::fault_box(ui, fault);
    ui.horizontal(|ui| {
        if ui.add(Button::primary(model.words.t(Word::ChooseAnother)).icon(icons::UPLOAD_FILE)).clicked() {
            commands.config(Command::ChooseFile(file.replaces.clone()));
        }
        cancel_ui(ui, model, draft, commands);
    });
}

fn cancel_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    if ui.add(Button::quiet(model.words.t(Word::Cancel))).clicked() {
        *draft = Draft::default();
        commands.config(Command::ForgetFile);
    }
}

/// Takes over what the server detected, once per preview and only when nothing newer is on its way. A file that takes
/// the place of another is read as the model reads that one.
fn take_preview(
    visible: &VisibleProject,
    file: &File,
    preview: &FilePreview,
    draft: &mut Draft,
    commands: &mut Commands,
) {
    if draft.layout.is_none() {
        let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
        draft.name = super::properties::readable(&stem.replace('-', " "));
        let fitted = file.replaces.as_ref().map(|id| file_target::fitted(&visible.project, id, &preview.layout));
        if let Some(layout) = fitted.filter(|layout| *layout != preview.layout) {
            commands.config(Command::PreviewFile(layout));
        }
    }
    if draft.seen != file.previews && !file.preview.is_waiting() {
        draft.seen = file.previews;
        draft.nulls = preview.layout.null_words.join(", ");
        draft.layout = Some(preview.layout.clone());
        draft.view = table::Table::default();
    }
}

fn preview_ui(
    ui: &mut Ui,
    model: &Model,
    visible: &VisibleProject,
    (file, preview): (&File, &FilePreview),
    draft: &mut Draft,
    commands: &mut Commands,
) {
    let look = Look::of(ui.ctx());
    accept_ui(ui, model, visible, file, draft, commands);
    let frame = egui::Frame::new().fill(look.colours.panel);
    let panel = Panel::left(egui::Id::unique("file layout")).exact_size(SIDE).resizable(false).frame(frame);
    panel.show(ui, |ui| {
        ScrollArea::vertical().id_salt("layout").auto_shrink([false, false]).show(ui, |ui| {
            parts::margin(ui, |ui| {
                ui.label(RichText::new(&file.name).font(TextSize::Heading.semibold()));
                if let Some(layout) = file_layout::ui(ui, model.words, draft) {
                    commands.config(Command::PreviewFile(layout));
                }
            });
        });
    });
    if preview.problems.total > 0 || !preview.unreadable.is_empty() || !preview.notes.is_empty() {
        let frame = egui::Frame::new().fill(look.colours.panel).inner_margin(egui::Margin::symmetric(16, 10));
        let panel = Panel::bottom(egui::Id::unique("file problems")).resizable(false).frame(frame);
        let FilePreview { problems, unreadable, notes, .. } = preview;
        panel.show(ui, |ui| file_problems::ui(ui, model.words, problems, unreadable, notes));
    }
    if let Some(trouble) = &file.trouble {
        parts::margin(ui, |ui| parts::fault_box(ui, trouble));
    }
    if file.preview.is_waiting() {
        super::super::waiting_ui(ui, model);
    }
    ui.horizontal(|ui| {
        ui.set_min_height(32.0);
        ui.add_space(12.0);
        parts::dim(ui, &read_as(model.words, preview));
    });
    sample::table_ui(ui, model.words, &file.rows, &[], &mut draft.view);
}

/// How much of the file is seen, and how it was understood.
fn read_as(words: Words, preview: &FilePreview) -> String {
    let layout = &preview.layout;
    let count = |number: usize| words.count(number as u64);
    let sign = file_layout::delimiter_name(words, layout.delimiter);
    let (shown, total) = (count(preview.rows.len()), words.count(preview.rows_total));
    let rows = match preview.rows_total > preview.rows.len() as u64 {
        true => words.with(Word::FirstRowsOf, &[&shown, &total]),
        false => words.with(Word::RowsInFile, &[&shown]),
    };
    words.with(Word::FileReadAs, &[&rows, &layout.encoding, &sign, &count(layout.columns.len())])
}

fn accept_ui(
    ui: &mut Ui,
    model: &Model,
    visible: &VisibleProject,
    file: &File,
    draft: &mut Draft,
    commands: &mut Commands,
) {
    let words = model.words;
    parts::bottom_bar(ui, "accept file", |ui| {
        if let Remote::Failed(fault) = &file.accepted {
            parts::fault_box(ui, fault);
            ui.add_space(6.0);
        }
        let replaced = file.replaces.as_ref().and_then(|id| visible.project.sources.get(id));
        let lacking = match (&replaced, &draft.layout) {
            (Some(source), Some(layout)) => file_target::lacking(&visible.project, &source.id, layout),
            _ => Vec::new(),
        };
        if !lacking.is_empty() {
            let what = words.with(Word::ColumnsLacking, &[&file_target::some(&lacking)]);
            let remedy = words.t(Word::ColumnsLackingRemedy);
            error_box(ui, ErrorText { what: &what, cause: "", remedy, button: None, code: "" });
            ui.add_space(6.0);
        }
        if file.accepted.is_waiting() {
            // The file becomes a source also when nobody waits for it: there is nothing to cancel.
            super::super::waiting_for_ui(ui, model, words.t(Word::ReadingWhole), false);
            ui.add_space(6.0);
        }
        ui.horizontal(|ui| {
            let waiting = file.accepted.is_waiting() || file.preview.is_waiting();
            let target = match replaced {
                Some(source) => file_target::replaced_ui(ui, model, source, &lacking, waiting),
                None => file_target::new_ui(ui, model, visible, &mut draft.name, waiting),
            };
            if let (Some((source, scope)), Some(layout)) = (target, draft.layout.clone()) {
                draft.source = Some(source.clone());
                let name = replaced.map_or(draft.name.trim(), |source| source.name.as_str()).to_owned();
                commands.config(Command::AcceptFile { layout, source, name, scope });
            }
            cancel_ui(ui, model, draft, commands);
        });
    });
}

fn accepted_ui(
    ui: &mut Ui,
    model: &Model,
    visible: &VisibleProject,
    (file, accepted): (&File, &Accepted),
    draft: &mut Draft,
    commands: &mut Commands,
) -> Option<SourceId> {
    let words = model.words;
    let look = Look::of(ui.ctx());
    let source = draft.source.clone();
    let mut next = None;
    parts::form(ui, "accepted", |ui| {
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(egui::Vec2::splat(28.0), egui::Sense::hover());
            paint::icon_at(ui, rect.center(), icons::CHECK_CIRCLE, 24.0, look.colours.ok);
            let replaced = file.replaces.as_ref().and_then(|id| visible.project.sources.get(id));
            let (word, name) = match replaced {
                Some(source) => (Word::FileReplaced, source.name.as_str()),
                None => (Word::FileAccepted, draft.name.as_str()),
            };
            let title = words.with(word, &[name, &words.count(accepted.rows)]);
            ui.label(RichText::new(title).font(TextSize::Heading.semibold()));
        });
        if accepted.unreadable > 0 {
            ui.label(words.with(Word::CellsUnreadable, &[&words.count(accepted.unreadable)]));
        }
        if accepted.problems.total > 0 {
            file_problems::ui(ui, words, &accepted.problems, &[], &[]);
        } else if accepted.unreadable == 0 {
            parts::dim(ui, words.t(Word::NoProblems));
        }
        ui.horizontal(|ui| {
            let known = source.as_ref().is_some_and(|source| visible.project.sources.contains_key(source));
            let may = source.as_ref().is_some_and(|source| {
                known
                    && file.replaces.is_none()
                    && model.may(&Need::source(Action::SaveConfiguration, &visible.project.id, source)).is_ok()
            });
            let suggests = may && suggest::suggest_button(ui, model, true);
            let done = if may { Button::new(words.t(Word::Done)) } else { Button::primary(words.t(Word::Done)) };
            if ui.add(done).clicked() || suggests {
                next = source.clone().filter(|_| suggests);
                if let (true, Some(source)) = (suggests, &source) {
                    commands.config(Command::SuggestModel(source.clone()));
                }
                *draft = Draft::default();
                commands.config(Command::ForgetFile);
            }
        });
    });
    next
}
