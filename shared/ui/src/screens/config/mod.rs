//! The configuration of a project: sources, object types, link types, access.

mod access_page;
mod catalogue;
mod closed;
mod file;
mod file_layout;
mod file_name;
mod file_problems;
mod file_target;
mod findings;
mod icon_picker;
mod join;
mod link_draft;
mod link_types;
mod object_draft;
mod object_types;
mod own;
pub(in crate::screens) mod parts;
mod project_page;
mod properties;
mod query_box;
mod removal;
mod rights;
mod sample;
mod source_draft;
mod source_form;
mod source_page;
mod sources;
mod suggest;
mod test_report;
mod type_page;
mod view_as;
mod who_sees;

use access::ProjectId;
use egui::Ui;
use wire::project::VisibleProject;

use crate::app::{Command, Commands, ConfigPage, Model, Remote, Route, View};
use crate::frame::{self, RailClick, RailItem, SourceState, TopBar};
use crate::look::icons;
use crate::screens::person::person_menu;
use crate::widgets::{Tab, menu};
use crate::words::{Word, Words};

/// What is half typed or open in the configuration.
#[derive(Default)]
pub(super) struct Draft {
    /// The project that the rest is about.
    project: Option<ProjectId>,
    search: String,
    own: own::Draft,
    sources: sources::Draft,
    object_types: type_page::Draft<object_draft::ObjectDraft>,
    link_types: type_page::Draft<link_draft::LinkDraft>,
    access: access_page::Draft,
    about: project_page::Draft,
    view_as: view_as::Draft,
}

/// Draws the configuration.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let Route::Config { project, page } = &model.route else { return };
    if draft.project.as_ref() != Some(project) {
        *draft = Draft { project: Some(project.clone()), ..Draft::default() };
    }
    top_ui(ui, model, project, draft, commands);
    status_ui(ui, model, project, commands);
    rail_ui(ui, model, project, commands);
    frame::centre(ui, |ui| {
        // Panels lie edge to edge; what is in them has its own spacing.
        ui.spacing_mut().item_spacing.y = 0.0;
        let viewing = model.viewing.as_ref().filter(|viewing| viewing.project == *project && viewing.seen().is_some());
        if let Some(viewing) = viewing {
            view_as::banner_ui(ui, model, viewing, commands);
        }
        tabs_ui(ui, model, project, *page, commands);
        if *page == ConfigPage::ViewAs {
            return view_as::choose_ui(ui, model, &mut draft.view_as, commands);
        }
        if let Some(viewing) = viewing {
            return view_as::page_ui(ui, model, viewing, *page, &mut draft.view_as, commands);
        }
        match model.projects.get(project) {
            Some(Remote::Here(visible) | Remote::Waiting(Some(visible))) => {
                page_ui(ui, model, visible, *page, draft, commands);
            }
            Some(Remote::Failed(fault)) => {
                parts::margin(ui, |ui| super::fault_ui(ui, model, fault, Command::AskAgain, commands));
            }
            Some(Remote::Idle | Remote::Waiting(None)) | None => parts::margin(ui, |ui| super::waiting_ui(ui, model)),
        }
    });
}

fn page_ui(
    ui: &mut Ui,
    model: &Model,
    visible: &VisibleProject,
    page: ConfigPage,
    draft: &mut Draft,
    commands: &mut Commands,
) {
    closed::ui(ui, model);
    own::ui(ui, model, visible, &mut draft.own, commands);
    match page {
        ConfigPage::Sources => sources::ui(ui, model, visible, &mut draft.sources, commands),
        ConfigPage::ObjectTypes => type_page::ui(ui, model, visible, &mut draft.object_types, commands),
        ConfigPage::LinkTypes => type_page::ui(ui, model, visible, &mut draft.link_types, commands),
        ConfigPage::Access => access_page::ui(ui, model, visible, &mut draft.access, commands),
        ConfigPage::Project => project_page::ui(ui, model, visible, &mut draft.about, commands),
        // Drawn without a project: it is about how others see one.
        ConfigPage::ViewAs => {}
    }
}

fn work(project: &ProjectId, view: View) -> Command {
    Command::Go(Route::Work { project: project.clone(), view })
}

fn top_ui(ui: &mut Ui, model: &Model, project: &ProjectId, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let name = model.project().map_or(project.as_str(), |visible| visible.project.name.as_str());
    let bar = TopBar {
        project: name,
        place: words.t(Word::Configuration),
        unsaved: false,
        person: model.me.value().map_or("", |me| me.name.as_str()),
        show_share: false,
        show_export: false,
    };
    let top = frame::top_bar(ui, words, bar, &mut draft.search);
    menu(&top.project, words.t(Word::SwitchProject), |ui| super::work::projects_ui(ui, model, commands));
    if top.search.submitted {
        commands.send(work(project, View::Graph));
        commands.work(crate::work::Command::LookFor(draft.search.clone()));
    }
    person_menu(&top.person, model, commands);
}

/// The same bar as in the workspace, so that nothing moves on the way here; a source leads to its page.
fn status_ui(ui: &mut Ui, model: &Model, project: &ProjectId, commands: &mut Commands) {
    // How sources are is no configuration, and is not told while one looks as somebody else.
    let is_viewing = model.viewing.as_ref().is_some_and(|viewing| viewing.seen().is_some());
    let states = if is_viewing { Vec::new() } else { super::work::source_states(model) };
    let dots: Vec<SourceState<'_>> = states.iter().map(|(tone, text)| SourceState { tone: *tone, text }).collect();
    if frame::status_bar(ui, model.words, &dots, &[]).is_some() {
        commands.send(Command::Go(Route::Config { project: project.clone(), page: ConfigPage::Sources }));
    }
}

fn rail_ui(ui: &mut Ui, model: &Model, project: &ProjectId, commands: &mut Commands) {
    let words = model.words;
    let item = |icon, word, active| RailItem { icon, name: words.t(word), keys: None, active };
    let upper = [
        item(icons::SEARCH, Word::Search, false),
        item(icons::HUB, Word::Graph, false),
        item(icons::TABLE, Word::Table, false),
    ];
    let mut lower = vec![item(icons::SETTINGS, Word::Configuration, true)];
    lower.extend(super::admin::rail_item(model));
    match frame::rail(ui, words, &upper, &lower) {
        Some(RailClick::Upper(0)) => ui.memory_mut(|memory| memory.request_focus(frame::search_id())),
        Some(RailClick::Upper(1)) => commands.send(work(project, View::Graph)),
        Some(RailClick::Upper(_)) => commands.send(work(project, View::Table)),
        Some(RailClick::Lower(0)) | None => {}
        Some(RailClick::Lower(_)) => super::admin::go(model, commands),
    }
}

fn tab(words: Words, page: ConfigPage) -> Tab<'static> {
    let (icon, word) = match page {
        ConfigPage::Sources => (icons::DATABASE, Word::Sources),
        ConfigPage::ObjectTypes => (icons::CATEGORY, Word::ObjectTypes),
        ConfigPage::LinkTypes => (icons::LINK, Word::LinkTypes),
        ConfigPage::Access => (icons::MANAGE_ACCOUNTS, Word::AccessPage),
        ConfigPage::Project => (icons::FOLDER, Word::ProjectPage),
        ConfigPage::ViewAs => (icons::VISIBILITY, Word::ViewAs),
    };
    Tab { name: words.t(word), icon: Some(icon), closable: false }
}

fn tabs_ui(ui: &mut Ui, model: &Model, project: &ProjectId, page: ConfigPage, commands: &mut Commands) {
    let offered = |known: &ConfigPage| *known != ConfigPage::ViewAs || view_as::is_offered(model);
    let pages: Vec<ConfigPage> = ConfigPage::ALL.into_iter().filter(offered).collect();
    let list: Vec<Tab<'_>> = pages.iter().map(|page| tab(model.words, *page)).collect();
    let selected = pages.iter().position(|known| *known == page).unwrap_or(0);
    let chosen = frame::page_tabs(ui, model.words, &list, selected);
    if let Some(page) = chosen.and_then(|number| pages.get(number)) {
        commands.send(Command::Go(Route::Config { project: project.clone(), page: *page }));
    }
}
