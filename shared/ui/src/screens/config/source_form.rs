//! The form of a source, drawn from what its connector says about itself; with the test of the connection.

use access::{Action, ProjectId};
use egui::Ui;
use model::project::{is_variable_of, variable_prefix};
use wire::form::{About, FormField, Input};
use wire::project::{SecretState, VisibleProject};

use super::parts::{self, Asking};
use super::source_draft::SourceDraft;
use super::{rights, test_report, who_sees};
use crate::app::{Commands, Model, Remote};
use crate::config::Command;
use crate::look::{TextSize, icons};
use crate::widgets::{Button, Segment, TextField, segmented};
use crate::words::{Word, Words};

/// A field for a number, in points.
const NUMBER: f32 = 160.0;

/// Draws the form; true when the person leaves it without saving.
pub(super) fn ui(
    ui: &mut Ui,
    model: &Model,
    visible: &VisibleProject,
    draft: &mut SourceDraft,
    commands: &mut Commands,
) -> bool {
    let about = model.config.kinds.value().and_then(|kinds| kinds.iter().find(|about| about.kind == draft.kind));
    let left = bar_ui(ui, model, visible, about, draft, commands);
    parts::narrow_form(ui, "source form", |ui| {
        let words = model.words;
        let kind = about.map_or(draft.kind.as_str(), |about| about.name.as_str());
        let title = if draft.saved.is_some() { Word::EditSource } else { Word::NewSourceOf };
        ui.label(egui::RichText::new(words.with(title, &[kind])).font(TextSize::Heading.semibold()));
        draft.sending.ui(ui, model);
        let missing = (draft.checked && draft.name.trim().is_empty()).then(|| words.t(Word::Required));
        let name = TextField::new(words.t(Word::Name), &mut draft.name).hint(words.t(Word::SourceNameHint));
        name.limit_chars(120).error(missing).show(ui, words);
        match about {
            Some(about) => fields_ui(ui, words, about, visible, draft),
            None => drop(parts::asked(ui, model, Some(&model.config.kinds), asking(), commands)),
        }
        rights::typed_name_ui(ui, model, draft);
        limits_ui(ui, words, draft);
        who_sees::rule_ui(ui, model, &mut draft.rule);
    });
    left
}

/// The kinds of sources, when they are not here.
pub(super) fn asking() -> Asking {
    Asking { what: Word::Loading, ask: Command::AskKinds, stop: None }
}

fn bar_ui(
    ui: &mut Ui,
    model: &Model,
    visible: &VisibleProject,
    about: Option<&About>,
    draft: &mut SourceDraft,
    commands: &mut Commands,
) -> bool {
    let words = model.words;
    let may = parts::may(model, Action::ManageExternalSources);
    let busy = draft.sending.is_waiting(model);
    parts::bottom_bar(ui, "source bar", |ui| {
        // Where the button is: at the end of a long form nobody would see what the test found.
        test_report::newest_ui(ui, model, commands);
        if !matches!(model.config.test, Remote::Idle) {
            ui.add_space(8.0);
        }
        ui.horizontal(|ui| {
            let internal = about.is_some_and(|about| about.internal);
            let save = Button::primary(words.t(Word::SaveForEveryone)).enabled(!busy);
            let saves = parts::button_if(ui, save, &may);
            let test = Button::new(words.t(Word::TestConnection)).icon(icons::BOLT);
            let tests = !internal && parts::button_if(ui, test.enabled(!model.config.test.is_waiting()), &may);
            draft.checked |= saves || tests;
            let complete = about.is_some_and(|about| draft.is_complete(&visible.project.id, about));
            if let (true, true, Some(source)) = (saves || tests, complete, draft.build(&visible.project)) {
                let (source, secrets) = (Box::new(source), draft.typed_secrets());
                if saves {
                    let typed_name = draft.typed_name.trim().to_owned();
                    draft.built_id = Some(source.id.clone());
                    draft.sending.send(model, commands, Command::SaveSource { source, secrets, typed_name });
                } else {
                    commands.config(Command::TestSource { source, secrets });
                }
            } else if draft.checked && !complete {
                parts::dim(ui, words.t(Word::FillMarked));
            }
            ui.add(Button::quiet(words.t(Word::Cancel)).enabled(!busy)).clicked()
        })
        .inner
    })
}

fn fields_ui(ui: &mut Ui, words: Words, about: &About, visible: &VisibleProject, draft: &mut SourceDraft) {
    for field in &about.fields {
        ui.push_id(&field.name, |ui| {
            if matches!(field.input, Input::Secret) {
                let known = |state: &&SecretState| {
                    state.field == field.name && draft.saved.as_ref().is_some_and(|saved| saved.id == state.source)
                };
                secret_ui(ui, words, &visible.project.id, field, visible.secrets.iter().find(known), draft);
            } else {
                let checked = draft.checked;
                let value = draft.settings.entry(field.name.clone()).or_default();
                setting_ui(ui, words, field, value, checked);
            }
        });
    }
}

fn secret_ui(
    ui: &mut Ui,
    words: Words,
    project: &ProjectId,
    field: &FormField,
    state: Option<&SecretState>,
    draft: &mut SourceDraft,
) {
    let mut from = usize::from(draft.variables.contains_key(&field.name));
    let segments = [Segment::text(words.t(Word::SecretTyped)), Segment::text(words.t(Word::SecretOfServer))];
    let label = words.with(Word::SecretComesFrom, &[&field.label]);
    if parts::labelled(ui, &label, |ui| segmented(ui, &label, &segments, &mut from)) {
        draft.secrets.remove(&field.name);
        if from == 1 {
            draft.variables.insert(field.name.clone(), draft.suggested_variable(project, &field.name));
        } else {
            draft.variables.remove(&field.name);
        }
    }
    if let Some(variable) = draft.variables.get_mut(&field.name) {
        return variable_ui(ui, words, project, field, variable, state);
    }
    let moved = draft.is_moved();
    let value = draft.secrets.entry(field.name.clone()).or_default();
    let set = state.is_some_and(|state| state.set && state.variable.is_none());
    let hint = if set && !moved { words.t(Word::SecretKeep) } else { "" };
    let lost = (set && moved && value.is_empty()).then(|| words.t(Word::SecretOfOtherAddress));
    let mut edit = TextField::new(&field.label, value).secret().hint(hint).error(lost);
    if !field.help.is_empty() {
        edit = edit.help(&field.help);
    }
    edit.show(ui, words);
}

fn variable_ui(
    ui: &mut Ui,
    words: Words,
    project: &ProjectId,
    field: &FormField,
    variable: &mut String,
    state: Option<&SecretState>,
) {
    let prefix = variable_prefix(project);
    let fits = is_variable_of(project, variable.trim());
    let wrong = (!fits).then(|| words.with(Word::VariableWrong, &[&field.label, &prefix]));
    let known = state.filter(|state| state.variable.as_deref() == Some(variable.trim()));
    let said = known.map(|state| if state.set { Word::SecretFromVariable } else { Word::SecretVariableMissing });
    let help = said.map(|word| words.with(word, &[variable.trim()]));
    let help = help.unwrap_or_else(|| words.with(Word::VariableHelp, &[&prefix]));
    let label = words.with(Word::VariableOf, &[&field.label]);
    TextField::new(&label, variable).mono().limit_chars(120).error(wrong.as_deref()).help(&help).show(ui, words);
}

fn setting_ui(ui: &mut Ui, words: Words, field: &FormField, value: &mut String, checked: bool) {
    let label =
        if field.required { field.label.clone() } else { format!("{} ({})", field.label, words.t(Word::Optional)) };
    if let Input::Choice(choices) = &field.input {
        let names: Vec<&str> = choices.iter().map(|(_, name)| name.as_str()).collect();
        let mut chosen = choices.iter().position(|(known, _)| known == value).unwrap_or(usize::MAX);
        if parts::wide_select(ui, &field.label, &names, &mut chosen)
            && let Some((known, _)) = choices.get(chosen)
        {
            known.clone_into(value);
        }
        parts::hint(ui, &field.help);
        return;
    }
    let wrong = if checked { wrong(words, field, value) } else { None };
    let mut edit = TextField::new(&label, value).hint(&field.default).error(wrong.as_deref());
    if !field.help.is_empty() {
        edit = edit.help(&field.help);
    }
    edit = match field.input {
        Input::Lines => edit.rows(4).mono().limit_chars(64 * 1024),
        Input::Number { .. } => edit.limit_chars(20),
        _ => edit,
    };
    ui.scope(|ui| {
        if matches!(field.input, Input::Number { .. }) {
            ui.set_max_width(NUMBER.min(ui.available_width()));
        }
        edit.show(ui, words);
    });
}

fn wrong(words: Words, field: &FormField, value: &str) -> Option<String> {
    let given = value.trim();
    if given.is_empty() {
        return (field.required && field.default.is_empty()).then(|| words.t(Word::Required).to_owned());
    }
    match field.input {
        Input::Number { least, most } if !given.parse().is_ok_and(|number: i64| (least..=most).contains(&number)) => {
            Some(words.with(Word::NumberBetween, &[&least.to_string(), &most.to_string()]))
        }
        _ => None,
    }
}

fn limits_ui(ui: &mut Ui, words: Words, draft: &mut SourceDraft) {
    parts::heading(ui, words.t(Word::LimitsTitle));
    parts::hint(ui, words.t(Word::LimitsHint));
    let labels = [Word::LimitRows, Word::LimitMegabytes, Word::LimitSeconds, Word::LimitAtOnce];
    ui.columns(4, |columns| {
        for ((ui, text), label) in columns.iter_mut().zip(&mut draft.limits).zip(labels) {
            let bad = text.trim().parse::<u64>().map_or(true, |number| number == 0);
            let error = bad.then(|| words.t(Word::NotANumber));
            TextField::new(words.t(label), text).limit_chars(12).error(error).show(ui, words);
        }
    });
}
