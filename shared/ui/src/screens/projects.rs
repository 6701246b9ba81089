//! The list of projects, and creating one.

use access::{Action, Need, ProjectId};
use egui::{Id, Label, RichText, ScrollArea, Ui};
use wire::session::{Me, ProjectCard};

use super::ownerless;
use super::person::person_menu;
use crate::app::slug::slug;
use crate::app::{AdminPage, Command, Commands, Model, Remote, Route, View};
use crate::frame;
use crate::look::{Look, RADIUS, TextSize, icons};
use crate::widgets::{
    Answer, Button, DialogButtons, ErrorText, ListRow, TextField, avatar, dialog, empty_state, error_box, paint,
};
use crate::words::Word;

/// The width of the list, in points.
const WIDTH: f32 = 640.0;
/// Where a row's name begins, behind its icon, in points.
const NAME_INSET: f32 = 34.0;

/// Around what a card says, in points.
const CARD_MARGIN: f32 = 8.0;

/// A project that is being made up.
#[derive(Default)]
pub(super) struct Draft {
    open: bool,
    name: String,
    description: String,
    ownerless: ownerless::Draft,
}

impl Draft {
    /// Gives up the project that is being made up.
    fn close(&mut self) {
        (self.open, self.name, self.description) = (false, String::new(), String::new());
    }
}

/// Draws the list.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let Some(me) = model.me.value() else { return };
    frame::centre(ui, |ui| {
        ui.vertical_centered(|ui| {
            ui.set_max_width(WIDTH);
            ui.add_space(48.0);
            head_ui(ui, model, me, draft, commands);
            ui.add_space(16.0);
            if me.projects.is_empty() {
                no_projects_ui(ui, model, draft, commands);
                ownerless::ui(ui, model, &mut draft.ownerless, commands);
            } else {
                list_ui(ui, model, &me.projects, draft, commands);
            }
        });
    });
    if draft.open {
        create_ui(ui, model, draft, commands);
    }
}

fn may_create(model: &Model) -> Result<(), String> {
    model.may(&Need::instance(Action::CreateProject))
}

fn head_ui(ui: &mut Ui, model: &Model, me: &Me, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    ui.horizontal(|ui| {
        frame::mark(ui, 28.0);
        ui.label(RichText::new(words.t(Word::Projects)).font(TextSize::Title.semibold()));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if ui.add(Button::quiet(words.t(Word::SignOut)).icon(icons::LOGOUT)).clicked() {
                commands.send(Command::SignOut);
            }
            if ui.add(Button::icon_only(icons::INFO, words.t(Word::AboutClew))).clicked() {
                commands.send(Command::Go(Route::About));
            }
            if let Some(page) = model.administration()
                && ui.add(Button::icon_only(icons::ADMIN_PANEL_SETTINGS, words.t(Word::Administration))).clicked()
            {
                commands.send(Command::Go(Route::Admin { page }));
            }
            person_menu(&avatar(ui, &me.name), model, commands);
            let dim = Look::of(ui.ctx()).colours.dim;
            ui.label(RichText::new(&me.name).color(dim));
            if may_create(model).is_ok() && ui.add(Button::new(words.t(Word::NewProject)).icon(icons::ADD)).clicked() {
                draft.open = true;
            }
        });
    });
}

/// Whether somebody audits and may have no project at all.
fn is_auditor_alone(model: &Model) -> bool {
    model.may_open(AdminPage::Audit) && model.may(&Need::instance(Action::ListProjects)).is_err()
}

fn no_projects_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let may = may_create(model).is_ok();
    if is_auditor_alone(model) {
        let (title, sentence) = (words.t(Word::AuditorHere), words.t(Word::AuditorSentence));
        if empty_state(ui, icons::POLICY, title, sentence, Some(words.t(Word::OpenAudit))) {
            commands.send(Command::Go(Route::Admin { page: AdminPage::Audit }));
        }
        return;
    }
    let sentence = words.t(if may { Word::FirstProject } else { Word::AskForProject });
    let button = may.then(|| words.t(Word::NewProject));
    if empty_state(ui, icons::FOLDER, words.t(Word::NoProjects), sentence, button) {
        draft.open = true;
    }
}

fn list_ui(ui: &mut Ui, model: &Model, projects: &[ProjectCard], draft: &mut Draft, commands: &mut Commands) {
    ScrollArea::vertical().show(ui, |ui| {
        for card in projects {
            let detail = model.words.with(
                Word::ProjectSize,
                &[&model.words.count(card.sources as u64), &model.words.count(card.object_types as u64)],
            );
            let look = Look::of(ui.ctx());
            let frame = egui::Frame::new().fill(look.colours.panel).stroke(paint::hairline(look));
            frame.corner_radius(RADIUS).inner_margin(CARD_MARGIN).show(ui, |ui| {
                ui.set_width(ui.available_width());
                let row = ui.add(ListRow::new(&card.name).icon(icons::FOLDER).detail(&detail).strong());
                if row.clicked() {
                    commands.send(Command::Go(Route::Work { project: card.id.clone(), view: View::Graph }));
                }
                if !card.description.is_empty() {
                    ui.horizontal(|ui| {
                        ui.add_space(NAME_INSET);
                        ui.add(Label::new(RichText::new(&card.description).color(look.colours.dim)).wrap());
                    });
                }
            });
            ui.add_space(8.0);
        }
        ui.add_space(16.0);
        ownerless::ui(ui, model, &mut draft.ownerless, commands);
    });
}

fn create_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let id = ProjectId::new(slug(&draft.name, '-')).ok();
    let buttons = DialogButtons { yes: words.t(Word::Create), dangerous: false, ready: id.is_some() };
    let ctx = ui.ctx().clone();
    let answer = dialog(&ctx, words, Id::unique("new project"), words.t(Word::Project), buttons, |ui| {
        TextField::new(words.t(Word::Name), &mut draft.name).limit_chars(120).show(ui, words);
        TextField::new(words.t(Word::Description), &mut draft.description).rows(2).limit_chars(1_000).show(ui, words);
        if let Remote::Failed(fault) = &model.creating {
            error_box(
                ui,
                ErrorText { what: &fault.sentence, cause: "", remedy: &fault.remedy, button: None, code: "" },
            );
        }
    });
    match (answer, id) {
        (Some(Answer::Yes), Some(id)) => {
            let (name, description) = (draft.name.trim().to_owned(), draft.description.trim().to_owned());
            commands.send(Command::CreateProject { id, name, description });
        }
        (Some(Answer::No), _) => draft.close(),
        _ => {}
    }
    if matches!(model.creating, Remote::Here(())) {
        draft.close();
    }
}
