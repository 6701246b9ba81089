//! One source: how it is set up, what it contains, and a first model of it.

use access::{Action, Need};
use egui::Ui;
use model::Weakness;
use model::project::Source;
use wire::form::{About, Input};
use wire::project::{SecretState, VisibleProject};

use super::{catalogue, file_name, file_problems, parts, rights, sources, suggest, test_report, who_sees};
use crate::app::{Commands, Model};
use crate::config::Command;
use crate::look::{Look, TextSize, icons};
use crate::widgets::{Button, KeyValue, Segment, Tone, badge, key_values, paint, segmented};
use crate::words::Word;

/// Which part of the source is shown.
#[derive(Default)]
pub(super) struct Draft {
    part: usize,
    catalogue: catalogue::Draft,
    suggest: suggest::Draft,
    name: file_name::Draft,
    rule: who_sees::Draft,
}

impl Draft {
    /// Shows the first model when the page is drawn next.
    pub(super) fn show_suggestion(&mut self) {
        self.part = 2;
    }
}

/// What the person wants to do with the source.
pub(super) enum Asked {
    Edit,
    /// A newer file takes the place of the one that it reads.
    Replace,
    Remove,
}

/// How a source is, as far as the configuration tells.
pub(super) fn state(model: &Model, visible: &VisibleProject, source: &Source) -> (Tone, String) {
    let words = model.words;
    if visible.secrets.iter().any(|state| state.source == source.id && !state.set && is_asked(model, source, state)) {
        return (Tone::Warn, words.t(Word::SecretMissing).to_owned());
    }
    if rights::is_not_asked(visible, source) {
        return (Tone::Bad, words.t(Word::AccountNotAsked).to_owned());
    }
    match model.config.heard.get(&source.id) {
        Some(heard) => {
            let at = heard.at.as_deref().unwrap_or_default();
            let (tone, word) =
                if heard.reachable { (Tone::Ok, Word::ReachableAt) } else { (Tone::Bad, Word::NotReachableAt) };
            (tone, words.with(word, &[at]).trim_end().to_owned())
        }
        None if source.private_to.is_some() => (Tone::Neutral, words.t(Word::OnlyForYou).to_owned()),
        None => (Tone::Neutral, kind_name(model, source)),
    }
}

/// What is weak on the way to a source: as a word beside its name, and as a sentence.
pub(super) fn weakness(source: &Source) -> Option<(Word, Word)> {
    source.weakness().map(|weakness| match weakness {
        Weakness::Plain => (Word::WayPlain, Word::WayPlainHint),
        Weakness::Unverified => (Word::WayUnverified, Word::WayUnverifiedHint),
    })
}

/// Whether a secret must be given; one that may be left empty is not missing.
fn is_asked(model: &Model, source: &Source, state: &SecretState) -> bool {
    let field = about(model, source).and_then(|about| about.fields.iter().find(|field| field.name == state.field));
    state.variable.is_some() || field.is_none_or(|field| field.required)
}

fn about<'a>(model: &'a Model, source: &Source) -> Option<&'a About> {
    model.config.kinds.value()?.iter().find(|about| about.kind == source.kind)
}

fn kind_name(model: &Model, source: &Source) -> String {
    about(model, source).map_or_else(|| source.kind.clone(), |about| about.name.clone())
}

/// Draws the page of one source.
pub(super) fn ui(
    ui: &mut Ui,
    model: &Model,
    visible: &VisibleProject,
    source: &Source,
    draft: &mut Draft,
    commands: &mut Commands,
) -> Option<Asked> {
    let words = model.words;
    let may_browse = model
        .may(&Need::source(Action::SaveConfiguration, &visible.project.id, &source.id))
        .map_err(|missing| words.with(Word::NeedsRight, &[&missing]));
    let asked = head_ui(ui, model, visible, source, draft, commands);
    match draft.part {
        0 => parts::form(ui, "overview", |ui| overview_ui(ui, model, visible, source, draft, commands)),
        part => match &may_browse {
            Err(why) => parts::margin(ui, |ui| parts::dim(ui, why)),
            Ok(()) if model.is_looked_at() => parts::margin(ui, |ui| parts::dim(ui, words.t(Word::NothingInView))),
            Ok(()) if part == 1 => catalogue::ui(ui, model, source, &mut draft.catalogue, commands),
            Ok(()) => suggest::ui(ui, model, visible, source, &mut draft.suggest, commands),
        },
    }
    asked
}

fn head_ui(
    ui: &mut Ui,
    model: &Model,
    visible: &VisibleProject,
    source: &Source,
    draft: &mut Draft,
    commands: &mut Commands,
) -> Option<Asked> {
    let words = model.words;
    let look = Look::of(ui.ctx());
    let frame = egui::Frame::new().inner_margin(egui::Margin::symmetric(20, 12));
    let shown = frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        let asked = ui
            .horizontal(|ui| {
                let icon = egui::RichText::new(sources::source_icon(source)).size(20.0).color(look.colours.accent);
                ui.label(icon);
                ui.label(egui::RichText::new(&source.name).font(TextSize::Heading.semibold()));
                let (tone, text) = state(model, visible, source);
                badge(ui, tone, &text);
                if let Some((weakness, _)) = weakness(source) {
                    badge(ui, Tone::Warn, words.t(weakness));
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    buttons_ui(ui, model, source, draft, commands)
                })
                .inner
            })
            .inner;
        ui.add_space(6.0);
        let parts = [Word::SetUp, Word::Contents, Word::FirstModel].map(|word| Segment::text(words.t(word)));
        segmented(ui, words.t(Word::PartsOfSource), &parts, &mut draft.part);
        asked
    });
    let rect = shown.response.rect;
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, paint::hairline(look));
    shown.inner
}

fn buttons_ui(
    ui: &mut Ui,
    model: &Model,
    source: &Source,
    draft: &mut Draft,
    commands: &mut Commands,
) -> Option<Asked> {
    let words = model.words;
    let action = if source.is_internal() { Action::SaveConfiguration } else { Action::ManageExternalSources };
    let may_remove =
        parts::may(model, if source.private_to.is_some() { Action::ChangeOwnConfiguration } else { action });
    let mut asked = None;
    if parts::button_if(ui, Button::danger(words.t(Word::RemoveEllipsis)).icon(icons::DELETE), &may_remove) {
        asked = Some(Asked::Remove);
    }
    if source.is_internal() {
        let replace = Button::new(words.t(Word::ReplaceFile)).icon(icons::UPLOAD_FILE);
        if parts::button_if(ui, replace, &may_remove) {
            asked = Some(Asked::Replace);
        }
        return asked;
    }
    let may = parts::may(model, action);
    if parts::button_if(ui, Button::new(words.t(Word::Edit)).icon(icons::EDIT), &may) {
        asked = Some(Asked::Edit);
    }
    let test = Button::new(words.t(Word::TestConnection)).icon(icons::BOLT);
    if parts::button_if(ui, test.enabled(!model.config.test.is_waiting()), &may) {
        draft.part = 0;
        let source = Box::new(source.clone());
        commands.config(Command::TestSource { source, secrets: std::collections::BTreeMap::new() });
    }
    asked
}

fn overview_ui(
    ui: &mut Ui,
    model: &Model,
    visible: &VisibleProject,
    source: &Source,
    draft: &mut Draft,
    commands: &mut Commands,
) {
    if source.is_internal() {
        file_name::ui(ui, model, source, &mut draft.name, commands);
    }
    test_report::newest_ui(ui, model, commands);
    let words = model.words;
    if let Some((_, hint)) = weakness(source) {
        ui.add(egui::Label::new(words.t(hint)).wrap());
    }
    let mut rows = vec![(words.t(Word::KindTitle).to_owned(), kind_name(model, source))];
    rows.extend(settings(model, source));
    rows.extend(secrets(model, visible, source));
    if let Some(role) = &source.required_role {
        rows.push((words.t(Word::RequiredRole).to_owned(), role.to_string()));
        let kept = if source.keep_model_visible { Word::ModelKept } else { Word::ModelNotKept };
        rows.push((words.t(Word::WithoutTheRole).to_owned(), words.t(kept).to_owned()));
    }
    list_ui(ui, "settings", &rows);
    if source.is_internal() {
        who_sees::file_ui(ui, model, source, &mut draft.rule, commands);
    }
    file_problems::of_source_ui(ui, model, visible, source);
    rights::ui(ui, model, visible, source, commands);
    parts::heading(ui, words.t(Word::LimitsTitle));
    let limits = source.limits;
    let rows = [
        (Word::LimitRows, words.count(limits.rows)),
        (Word::LimitMegabytes, words.count(limits.megabytes)),
        (Word::LimitSeconds, words.count(limits.seconds)),
        (Word::LimitAtOnce, words.count(u64::from(limits.at_once))),
    ];
    list_ui(ui, "limits", &rows.map(|(word, value)| (words.t(word).to_owned(), value)));
    parts::heading(ui, words.t(Word::UsedBy));
    used_by_ui(ui, model, visible, source);
}

fn settings(model: &Model, source: &Source) -> Vec<(String, String)> {
    let about = about(model, source);
    let field = |name: &String| about.and_then(|about| about.fields.iter().find(|field| field.name == *name));
    let shown = |name: &String, value: &String| match field(name).map(|field| (&field.label, &field.input)) {
        Some((label, Input::Choice(choices))) => {
            let named = choices.iter().find(|(known, _)| known == value).map_or(value, |(_, name)| name);
            (label.clone(), named.clone())
        }
        Some((label, Input::Lines)) => (label.clone(), value.lines().next().unwrap_or_default().to_owned()),
        Some((label, _)) => (label.clone(), value.clone()),
        None => (name.clone(), value.clone()),
    };
    source.settings.iter().map(|(name, value)| shown(name, value)).collect()
}

fn secrets(model: &Model, visible: &VisibleProject, source: &Source) -> Vec<(String, String)> {
    let words = model.words;
    let fields = about(model, source).map(|about| about.fields.as_slice()).unwrap_or_default();
    let label = |state: &SecretState| {
        fields.iter().find(|field| field.name == state.field).map_or(&state.field, |field| &field.label).clone()
    };
    let said = |state: &SecretState| match (&state.variable, state.set) {
        (Some(variable), true) => words.with(Word::SecretFromVariable, &[variable]),
        (Some(variable), false) => words.with(Word::SecretVariableMissing, &[variable]),
        (None, true) => words.t(Word::SecretSet).to_owned(),
        (None, false) => words.t(Word::SecretNotSet).to_owned(),
    };
    let ours = visible.secrets.iter().filter(|state| state.source == source.id);
    ours.map(|state| (label(state), said(state))).collect()
}

fn list_ui(ui: &mut Ui, id: &str, rows: &[(String, String)]) {
    let rows: Vec<KeyValue<'_>> = rows.iter().map(|(key, value)| KeyValue { key, value, aside: "" }).collect();
    key_values(ui, id, &rows);
}

fn used_by_ui(ui: &mut Ui, model: &Model, visible: &VisibleProject, source: &Source) {
    let types = visible.project.object_types.values().filter(|kind| kind.source == source.id).map(|kind| &kind.plural);
    let links = visible.project.link_types.values().filter(|link| link.source() == Some(&source.id));
    let names: Vec<&str> = types.chain(links.map(|link| &link.name)).map(String::as_str).collect();
    if names.is_empty() {
        parts::dim(ui, model.words.t(Word::UsedByNothing));
    } else {
        ui.add(egui::Label::new(names.join(", ")).wrap());
    }
}
