//! The administration of the instance: a page for each thing that a role may do there, and everybody's own sessions.
//!
//! A page is absent for whom it is not for: no tab, and its address leads nowhere.

mod audit;
mod backups;
mod environment;
mod health;
mod key;
mod lines;
mod local;
mod people;
mod rows;
mod session_table;
mod sessions;
mod sign_in;
mod store;

use egui::Ui;

use crate::app::{AdminPage, Command, Commands, Model, Remote, Route};
use crate::frame::{self, RailClick, RailItem};
use crate::look::icons;
use crate::screens::config::parts;
use crate::screens::person::person_menu;
use crate::widgets::{ErrorText, Tab, error_box};
use crate::words::{Word, Words};

/// What is half typed or open in the administration.
#[derive(Default)]
pub(super) struct Draft {
    audit: audit::Draft,
    people: people::Draft,
    sign_in: sign_in::Draft,
    health: health::Draft,
    store: store::Draft,
    key: key::Draft,
    environment: environment::Draft,
}

/// Draws a page of the administration.
pub(super) fn ui(ui: &mut Ui, model: &Model, page: AdminPage, draft: &mut Draft, commands: &mut Commands) {
    if !model.may_open(page) {
        return super::lost::ui(ui, model, &model.route.path(), commands);
    }
    top_ui(ui, model, commands);
    rail_ui(ui, model, commands);
    frame::centre(ui, |ui| {
        // Panels lie edge to edge; what is in them has its own spacing.
        ui.spacing_mut().item_spacing.y = 0.0;
        tabs_ui(ui, model, page, commands);
        page_ui(ui, model, page, draft, commands);
    });
}

fn page_ui(ui: &mut Ui, model: &Model, page: AdminPage, draft: &mut Draft, commands: &mut Commands) {
    match page {
        AdminPage::Sessions => sessions::ui(ui, model, commands),
        AdminPage::People => people::ui(ui, model, &mut draft.people, commands),
        AdminPage::SignIn => sign_in::ui(ui, model, &mut draft.sign_in, commands),
        AdminPage::Health => health::ui(ui, model, &mut draft.health, commands),
        AdminPage::Store => store::ui(ui, model, &mut draft.store, commands),
        AdminPage::Key => key::ui(ui, model, &mut draft.key, commands),
        AdminPage::Environment => environment::ui(ui, model, &mut draft.environment, commands),
        AdminPage::Audit => audit::ui(ui, model, &mut draft.audit, commands),
    }
}

/// How the newest ending of sessions went.
fn ended_ui(ui: &mut Ui, model: &Model) {
    match &model.admin.ending {
        Remote::Here(ended) => {
            let number = model.words.count(ended.sessions);
            parts::dim(ui, &model.words.with(Word::SessionsEnded, &[&number]));
        }
        Remote::Failed(fault) => {
            let (what, remedy) = (fault.sentence.as_str(), fault.remedy.as_str());
            error_box(ui, ErrorText { what, cause: "", remedy, button: None, code: "" });
        }
        Remote::Idle | Remote::Waiting(_) => {}
    }
}

/// The way to the administration, for the rail of other screens; none where there is nothing for this person.
pub(super) fn rail_item(model: &Model) -> Option<RailItem<'static>> {
    model.administration().map(|_| item(model.words, false))
}

/// Goes to the first page that is for this person.
pub(super) fn go(model: &Model, commands: &mut Commands) {
    if let Some(page) = model.administration() {
        commands.send(Command::Go(Route::Admin { page }));
    }
}

fn item(words: Words, active: bool) -> RailItem<'static> {
    RailItem { icon: icons::ADMIN_PANEL_SETTINGS, name: words.t(Word::Administration), keys: None, active }
}

/// How the place is called: whoever may administer nothing is at the own sessions, and not in an administration.
fn place(model: &Model) -> Word {
    if model.administration().is_some() { Word::Administration } else { Word::MySessions }
}

fn top_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    let person = model.me.value().map_or("", |me| me.name.as_str());
    let (back, person) = frame::place_bar(ui, words.t(Word::Projects), words.t(place(model)), person);
    if back.clicked() {
        commands.send(Command::Go(Route::Projects));
    }
    person_menu(&person, model, commands);
}

fn rail_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    let upper = [RailItem { icon: icons::FOLDER, name: words.t(Word::Projects), keys: None, active: false }];
    let lower: Vec<RailItem<'_>> = model.administration().map(|_| item(words, true)).into_iter().collect();
    if let Some(RailClick::Upper(_)) = frame::rail(ui, words, &upper, &lower) {
        commands.send(Command::Go(Route::Projects));
    }
}

fn tab(words: Words, page: AdminPage) -> Tab<'static> {
    let (icon, word) = match page {
        AdminPage::Sessions => (icons::DEVICES, Word::MySessions),
        AdminPage::People => (icons::GROUPS, Word::PeoplePage),
        AdminPage::SignIn => (icons::LOGIN, Word::SignInPage),
        AdminPage::Health => (icons::MONITORING, Word::HealthPage),
        AdminPage::Store => (icons::STORAGE, Word::StorePage),
        AdminPage::Key => (icons::KEY, Word::KeyPage),
        AdminPage::Environment => (icons::TUNE, Word::EnvironmentPage),
        AdminPage::Audit => (icons::POLICY, Word::AuditPage),
    };
    Tab { name: words.t(word), icon: Some(icon), closable: false }
}

fn tabs_ui(ui: &mut Ui, model: &Model, page: AdminPage, commands: &mut Commands) {
    let pages: Vec<AdminPage> = AdminPage::ALL.into_iter().filter(|page| model.may_open(*page)).collect();
    let list: Vec<Tab<'_>> = pages.iter().map(|page| tab(model.words, *page)).collect();
    let selected = pages.iter().position(|known| *known == page).unwrap_or(0);
    let chosen = frame::page_tabs(ui, model.words, &list, selected);
    if let Some(page) = chosen.and_then(|number| pages.get(number)) {
        commands.send(Command::Go(Route::Admin { page: *page }));
    }
}
