//! A first model of a source: what could be added, each with its reason and a checkbox.

use std::collections::BTreeSet;

use access::{ObjectTypeId, SourceId};
use egui::{ScrollArea, Ui};
use model::change::Change;
use model::project::{Project, Source};
use wire::project::VisibleProject;
use wire::source::Suggestion;

use super::object_draft::table_text;
use super::own::named;
use super::parts::{self, Asking, Sending};
use crate::app::{Commands, Model, Remote};
use crate::config::Command;
use crate::look::{Look, icons};
use crate::widgets::{Button, checkbox, empty_state, paint};
use crate::words::{Word, Words};

/// What could be added, before its reason, in points.
const WHAT: f32 = 280.0;
/// The height of a row, in points.
const ROW: f32 = 28.0;

/// What was unticked.
#[derive(Default)]
pub(super) struct Draft {
    source: Option<SourceId>,
    left_out: BTreeSet<usize>,
    sending: Sending,
}

/// Draws the first model of a source; asks for it on request, because that reads the catalogue.
pub(super) fn ui(
    ui: &mut Ui,
    model: &Model,
    visible: &VisibleProject,
    source: &Source,
    draft: &mut Draft,
    commands: &mut Commands,
) {
    let words = model.words;
    if draft.source.as_ref() != Some(&source.id) {
        *draft = Draft { source: Some(source.id.clone()), ..Draft::default() };
    }
    if draft.sending.saved(model) {
        // What was added is no longer suggested.
        draft.left_out.clear();
        commands.config(Command::SuggestModel(source.id.clone()));
    }
    let known = model.config.suggestions.get(&source.id);
    if let Some(suggestion) = known.and_then(Remote::value) {
        return suggestion_ui(ui, model, &visible.project, suggestion, draft, commands);
    }
    let ask = Command::SuggestModel(source.id.clone());
    if matches!(known, None | Some(Remote::Idle)) {
        let (title, sentence) = (words.t(Word::SuggestTitle), words.t(Word::SuggestSentence));
        if empty_state(ui, icons::LIGHTBULB, title, sentence, Some(words.t(Word::SuggestModel))) {
            commands.config(ask);
        }
        return;
    }
    let stop = Some(Command::StopSuggestion(source.id.clone()));
    parts::margin(ui, |ui| parts::asked(ui, model, known, Asking { what: Word::MakingModel, ask, stop }, commands));
}

fn suggestion_ui(
    ui: &mut Ui,
    model: &Model,
    project: &Project,
    suggestion: &Suggestion,
    draft: &mut Draft,
    commands: &mut Commands,
) {
    let words = model.words;
    let chosen = chosen(project, suggestion, draft);
    if !suggestion.changes.is_empty() {
        parts::bottom_bar(ui, "suggestion bar", |ui| {
            ui.horizontal(|ui| {
                let ready = if chosen.is_empty() { Err(words.t(Word::ChooseSome).to_owned()) } else { Ok(()) };
                parts::dim(ui, &words.with(Word::AddChosen, &[&words.count(chosen.len() as u64)]));
                if let Some(scope) =
                    parts::save_buttons(ui, model, parts::SAVE, &ready, draft.sending.is_waiting(model))
                {
                    let changes = chosen.iter().filter_map(|place| suggestion.changes.get(*place).cloned()).collect();
                    draft.sending.change(model, commands, scope, changes);
                }
            });
        });
    }
    ScrollArea::vertical().id_salt("suggestion").auto_shrink([false, false]).show(ui, |ui| {
        parts::margin(ui, |ui| {
            draft.sending.ui(ui, model);
            if suggestion.changes.is_empty() {
                parts::dim(ui, words.t(Word::NothingSuggested));
            }
            for (place, change) in suggestion.changes.iter().enumerate() {
                let reason = suggestion.reasons.get(place).map_or("", String::as_str);
                let needs = missing_end(project, suggestion, &draft.left_out, change);
                change_ui(ui, model, (place, change, reason), needs.as_ref(), draft);
            }
            left_out_ui(ui, model, suggestion);
        });
    });
}

/// The places of what is ticked and can be added.
fn chosen(project: &Project, suggestion: &Suggestion, draft: &Draft) -> Vec<usize> {
    let fits = |place: &usize| {
        suggestion.changes.get(*place).is_some_and(|change| {
            !draft.left_out.contains(place) && missing_end(project, suggestion, &draft.left_out, change).is_none()
        })
    };
    (0..suggestion.changes.len()).filter(fits).collect()
}

/// The object type that a link type needs, if that is neither in the project nor among what is ticked.
fn missing_end(
    project: &Project,
    suggestion: &Suggestion,
    left_out: &BTreeSet<usize>,
    change: &Change,
) -> Option<ObjectTypeId> {
    let Change::PutLinkType(link) = change else { return None };
    let added = |id: &ObjectTypeId| {
        let is_it = |change: &Change| matches!(change, Change::PutObjectType(kind) if kind.id == *id);
        suggestion.changes.iter().enumerate().any(|(place, change)| is_it(change) && !left_out.contains(&place))
    };
    let missing = |id: &&ObjectTypeId| !project.object_types.contains_key(*id) && !added(id);
    [&link.from, &link.to].into_iter().find(missing).cloned()
}

fn change_ui(
    ui: &mut Ui,
    model: &Model,
    (place, change, reason): (usize, &Change, &str),
    needs: Option<&ObjectTypeId>,
    draft: &mut Draft,
) {
    let words = model.words;
    ui.push_id(place, |ui| {
        ui.horizontal(|ui| {
            let mut on = !draft.left_out.contains(&place) && needs.is_none();
            let row = egui::Layout::left_to_right(egui::Align::Center);
            let changed = ui.allocate_ui_with_layout(egui::vec2(WHAT, ROW), row, |ui| {
                ui.set_min_width(WHAT);
                ui.add_enabled_ui(needs.is_none(), |ui| what_ui(ui, words, change, &mut on)).inner
            });
            let changed = changed.inner;
            if changed && on {
                draft.left_out.remove(&place);
            } else if changed {
                draft.left_out.insert(place);
            }
            match needs {
                Some(id) => parts::dim(ui, &words.with(Word::NeedsType, &[id.as_str()])),
                None => parts::dim(ui, &words.said(reason, Word::ServerSays)),
            }
        });
    });
}

/// The icon and the name of a change, with its checkbox; true if that was clicked.
fn what_ui(ui: &mut Ui, words: Words, change: &Change, on: &mut bool) -> bool {
    let look = Look::of(ui.ctx());
    let (icon, colour) = match change {
        Change::PutObjectType(kind) => {
            let colour = look.colours.type_colour(usize::from(kind.colour)).ring;
            (icons::by_name(&kind.icon).unwrap_or(icons::CATEGORY), colour)
        }
        _ => (icons::LINK, look.colours.dim),
    };
    let (rect, _) = ui.allocate_exact_size(egui::Vec2::splat(24.0), egui::Sense::hover());
    paint::icon_at(ui, rect.center(), icon, 18.0, colour);
    checkbox(ui, on, &named(words, change)).changed()
}

fn left_out_ui(ui: &mut Ui, model: &Model, suggestion: &Suggestion) {
    if suggestion.left_out.is_empty() {
        return;
    }
    parts::heading(ui, model.words.t(Word::LeftOut));
    ui.spacing_mut().interact_size.y = 20.0;
    for (table, why) in &suggestion.left_out {
        ui.horizontal(|ui| {
            let name = egui::RichText::new(table_text(table)).font(crate::look::TextSize::Body.mono());
            ui.label(name);
            parts::dim(ui, &model.words.said(why, Word::ServerSays));
        });
    }
}

/// A button that leads to the first model, for other screens.
pub(super) fn suggest_button(ui: &mut Ui, model: &Model, primary: bool) -> bool {
    let name = model.words.t(Word::SuggestModel);
    let button = if primary { Button::primary(name) } else { Button::new(name) };
    ui.add(button.icon(icons::LIGHTBULB)).clicked()
}
