//! Looking at the configuration as somebody else: whom to choose, the banner while it lasts, and what may be done then,
//! which is looking around and ending it.

use access::{Action, AppRole, Need, PersonId, ProjectRole};
use egui::{Frame, Margin, RichText, Ui};
use wire::people::PersonLine;
use wire::view::{MOST_VIEWED_ROLES, Viewer};

use super::{Draft as Pages, parts};
use crate::admin;
use crate::app::{AdminPage, Command, Commands, ConfigPage, Model, Remote, Route, Viewing};
use crate::config;
use crate::look::{Look, TextSize, icons};
use crate::screens::{fault_ui, waiting_ui};
use crate::widgets::{Button, ListRow, Segment, TextField, empty_state, paint, segmented};
use crate::words::{Word, Words};

/// People that are listed at once; more are found by typing.
const MOST_LINES: usize = 30;
/// The longest list of roles that is typed, in characters.
const ROLES_CHARS: usize = 1_000;

/// Whom to look as, and the pages as they are drawn for that one.
pub(super) struct Draft {
    to_person: bool,
    /// Among [`HELD`].
    held: usize,
    roles: String,
    find: String,
    person: Option<(PersonId, String)>,
    pages: Option<(u64, Box<Pages>)>,
}

impl Default for Draft {
    fn default() -> Self {
        let roles = access::InstanceRole::Read.app_role().to_owned();
        Self { to_person: false, held: 1, roles, find: String::new(), person: None, pages: None }
    }
}

/// Roles in the project that can be tried; none leaves what the app roles were granted.
const HELD: [Option<ProjectRole>; 4] =
    [None, Some(ProjectRole::Read), Some(ProjectRole::Manage), Some(ProjectRole::Own)];

/// Whether the person may look as somebody else.
pub(super) fn is_offered(model: &Model) -> bool {
    let Some(me) = model.me.value() else { return false };
    me.policy.decide(&me.caller, &Need::instance(Action::Administer)) == access::Decision::Allow
}

/// Draws the page on which somebody is chosen.
pub(super) fn choose_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    parts::narrow_form(ui, "view as", |ui| {
        let words = model.words;
        ui.label(RichText::new(words.t(Word::ViewAs)).font(TextSize::Heading.semibold()));
        parts::dim(ui, words.t(Word::ViewAsSentence));
        if !is_offered(model) {
            let missing = access::Missing::InstanceRole(Action::Administer.rule().instance.to_vec()).to_string();
            return parts::dim(ui, &words.with(Word::NeedsRight, &[&missing]));
        }
        let mut to = usize::from(draft.to_person);
        let segments = [Segment::text(words.t(Word::AsRole)), Segment::text(words.t(Word::AsPerson))];
        segmented(ui, words.t(Word::ViewAs), &segments, &mut to);
        draft.to_person = to == 1;
        if draft.to_person {
            people_ui(ui, model, draft, commands);
        } else {
            roles_ui(ui, words, draft);
        }
        let ready = chosen(words, draft).and_then(|viewer| if_free(model).map(|()| viewer));
        let may = ready.as_ref().map(|_| ()).map_err(Clone::clone);
        if parts::button_if(ui, Button::primary(words.t(Word::ShowProjectSo)).icon(icons::VISIBILITY), &may)
            && let Ok((viewer, name)) = ready
        {
            commands.config(config::Command::ForgetTest);
            commands.send(Command::ViewAs { viewer, name });
        }
        match model.viewing.as_ref().map(|viewing| &viewing.answer) {
            Some(Remote::Waiting(_)) => waiting_ui(ui, model),
            Some(Remote::Failed(fault)) => parts::fault_box(ui, fault),
            Some(Remote::Idle | Remote::Here(_)) | None => {}
        }
    });
}

/// A file on its way would be drawn among what somebody else sees.
fn if_free(model: &Model) -> Result<(), String> {
    if model.config.file.is_some() { Err(model.words.t(Word::FinishFileFirst).to_owned()) } else { Ok(()) }
}

fn roles_ui(ui: &mut Ui, words: Words, draft: &mut Draft) {
    let names = HELD.map(|role| role.map_or(words.t(Word::AsGranted), ProjectRole::name));
    parts::wide_select(ui, words.t(Word::RoleInProject), &names, &mut draft.held);
    let field = TextField::new(words.t(Word::RolesTyped), &mut draft.roles).limit_chars(ROLES_CHARS);
    field.help(words.t(Word::ViewRolesHint)).show(ui, words);
}

fn people_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let ask = admin::Command::Ask(AdminPage::People);
    let people = match &model.admin.people {
        Remote::Here(people) | Remote::Waiting(Some(people)) => people,
        Remote::Failed(fault) => return fault_ui(ui, model, fault, Command::Admin(ask), commands),
        Remote::Waiting(None) => return waiting_ui(ui, model),
        Remote::Idle => return commands.admin(ask),
    };
    TextField::new(words.t(Word::FindPerson), &mut draft.find).limit_chars(120).show(ui, words);
    parts::hint(ui, words.t(Word::ViewPersonHint));
    let wanted = draft.find.trim().to_lowercase();
    let fits = |line: &&PersonLine| line.person.is_some() && line.name.to_lowercase().contains(&wanted);
    let found: Vec<&PersonLine> = people.iter().filter(fits).collect();
    if found.is_empty() {
        parts::hint(ui, words.t(Word::NothingFound));
    }
    for (place, line) in found.iter().take(MOST_LINES).enumerate() {
        let chosen = line.person.clone().map(|person| (person, line.name.clone()));
        let row = ListRow::new(&line.name).icon(icons::PERSON).selected(draft.person == chosen);
        if ui.push_id(place, |ui| ui.add(row)).inner.clicked() {
            draft.person = chosen;
        }
    }
    if let Some(more) = found.len().checked_sub(MOST_LINES).filter(|more| *more > 0) {
        parts::hint(ui, &words.with(Word::MorePeople, &[&words.count(more as u64)]));
    }
}

/// Who was chosen, and how that one is called; `Err` says what is missing.
fn chosen(words: Words, draft: &Draft) -> Result<(Viewer, String), String> {
    if draft.to_person {
        let chosen = draft.person.clone().ok_or_else(|| words.t(Word::ChooseWhom).to_owned())?;
        return Ok((Viewer::Person(chosen.0), chosen.1));
    }
    let typed = draft.roles.split(',').map(str::trim).filter(|role| !role.is_empty());
    let app: Result<Vec<AppRole>, _> = typed.map(AppRole::new).collect();
    let app = app.ok().filter(|app| !app.is_empty() && app.len() <= MOST_VIEWED_ROLES);
    let app = app.ok_or_else(|| words.t(Word::TypeRole).to_owned())?;
    let project = HELD.get(draft.held).copied().flatten();
    let names: Vec<&str> = app.iter().map(AppRole::as_str).collect();
    let name = project.map_or_else(|| names.join(", "), |role| format!("{} ({})", role.name(), names.join(", ")));
    Ok((Viewer::Roles { app, project }, name))
}

/// Draws the banner that says as whom the project is seen, above every page.
pub(super) fn banner_ui(ui: &mut Ui, model: &Model, viewing: &Viewing, commands: &mut Commands) {
    let words = model.words;
    let look = Look::of(ui.ctx());
    let text = words.with(Word::YouSeeAs, &[&viewing.name]);
    let frame = Frame::new().fill(look.colours.accent_surface).inner_margin(Margin::symmetric(20, 6));
    let shown = frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(RichText::new(icons::VISIBILITY.to_string()).color(look.colours.accent));
            ui.label(RichText::new(&text).font(TextSize::Body.semibold()));
            parts::hint(ui, words.t(Word::YouSeeAsHint));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if ui.add(Button::new(words.t(Word::EndView)).icon(icons::CLOSE)).clicked() {
                    commands.send(Command::EndView);
                }
            });
        });
    });
    paint::describe(ui, &shown.response, |node| {
        node.set_role(egui::accesskit::Role::Banner);
        node.set_label(text.as_str());
    });
}

/// Draws a page of the configuration as that one sees it.
pub(super) fn page_ui(
    ui: &mut Ui,
    model: &Model,
    viewing: &Viewing,
    page: ConfigPage,
    draft: &mut Draft,
    commands: &mut Commands,
) {
    let words = model.words;
    let Some(seen) = viewing.seen() else { return parts::margin(ui, |ui| waiting_ui(ui, model)) };
    let Some(project) = &seen.project else {
        let sentence = words.t(Word::ViewAbsentSentence);
        empty_state(ui, icons::VISIBILITY_OFF, &words.with(Word::ViewAbsent, &[&viewing.name]), sentence, None);
        return;
    };
    if draft.pages.as_ref().is_none_or(|(number, _)| *number != viewing.number()) {
        let pages = Pages { project: Some(viewing.project.clone()), ..Pages::default() };
        draft.pages = Some((viewing.number(), Box::new(pages)));
    }
    let Some((_, pages)) = &mut draft.pages else { return };
    let mut sent = Commands::default();
    super::page_ui(ui, model, project, page, pages, &mut sent);
    for command in sent.take() {
        pass(model, viewing, command, commands);
    }
}

/// Looking around goes on; nothing is changed, and no source is asked.
fn pass(model: &Model, viewing: &Viewing, command: Command, commands: &mut Commands) {
    use config::Command::{AcceptFile, Change, ChooseFile, SampleTable, SaveSource, SuggestModel, TestSource};
    match command {
        Command::Go(Route::Config { project, page }) if project == viewing.project => {
            commands.send(Command::Go(Route::Config { project, page }));
        }
        Command::Copy(text) => commands.send(Command::Copy(text)),
        Command::Config(
            Change { .. }
            | SaveSource { .. }
            | TestSource { .. }
            | ChooseFile(_)
            | AcceptFile { .. }
            | SampleTable { .. }
            | SuggestModel(_),
        ) => commands.send(Command::Say(model.words.t(Word::NothingInView).to_owned())),
        _ => {}
    }
}
