//! Who may work in the project: the grants, and giving, changing and taking roles.

use access::{Action, AppRole, Grant, Grantee, ProjectRole};
use egui::{Align, Layout, Ui};
use model::change::Change;
use model::project::Project;
use wire::project::{Scope, VisibleProject};

use super::parts::{self, Sending, text_select};
use crate::app::{Commands, Model};
use crate::look::{TextSize, icons};
use crate::widgets::{Button, CellField, Segment, paint, segmented, select_of_width};
use crate::words::{Word, Words};

const NAME: f32 = 320.0;
const ROLE: f32 = 140.0;

/// To whom what would be given.
#[derive(Default)]
pub(super) struct Draft {
    to_person: bool,
    role_name: String,
    email: String,
    role: usize,
    adding: Sending,
    changing: Sending,
}

/// Draws the page.
pub(super) fn ui(ui: &mut Ui, model: &Model, visible: &VisibleProject, draft: &mut Draft, commands: &mut Commands) {
    if draft.adding.saved(model) {
        (draft.role_name, draft.email) = (String::new(), String::new());
    }
    draft.changing.saved(model);
    parts::form(ui, "access", |ui| {
        let words = model.words;
        ui.label(egui::RichText::new(words.t(Word::AccessTitle)).font(TextSize::Heading.semibold()));
        if let Err(why) = parts::may(model, Action::GiveAccess) {
            parts::dim(ui, words.t(Word::AccessOnlyOwn));
            parts::dim(ui, &why);
            return;
        }
        parts::dim(ui, words.t(Word::AccessSentence));
        let is_embedded = model.me.value().is_some_and(|me| me.embedded_issuer);
        parts::dim(ui, words.t(if is_embedded { Word::PeopleOfClew } else { Word::PeopleOfProvider }));
        grants_ui(ui, model, visible, draft, commands);
        draft.changing.ui(ui, model);
        parts::line(ui);
        give_ui(ui, model, draft, commands);
        draft.adding.ui(ui, model);
        roles_ui(ui, words);
    });
}

fn grants_ui(ui: &mut Ui, model: &Model, visible: &VisibleProject, draft: &mut Draft, commands: &mut Commands) {
    if visible.project.grants.is_empty() {
        parts::dim(ui, model.words.t(Word::NoGrants));
    }
    for (place, grant) in visible.project.grants.iter().enumerate() {
        ui.push_id(place, |ui| {
            ui.horizontal(|ui| grant_ui(ui, model, visible, grant, draft, commands));
        });
    }
}

fn grant_ui(
    ui: &mut Ui,
    model: &Model,
    visible: &VisibleProject,
    grant: &Grant,
    draft: &mut Draft,
    commands: &mut Commands,
) {
    let words = model.words;
    let name = name_of(visible, &grant.to);
    let (icon, kind) = match &grant.to {
        Grantee::Role(_) => (icons::GROUPS, Word::GranteeRole),
        Grantee::Person(_) => (icons::PERSON, Word::GranteePerson),
        Grantee::Email(_) => (icons::MAIL, Word::GranteeEmail),
    };
    who_ui(ui, icon, &name, words.t(kind));
    let last = is_last_own(&visible.project, grant);
    let free = !last && !draft.changing.is_waiting(model);
    ui.add_enabled_ui(free, |ui| {
        let mut role = ProjectRole::ALL.iter().position(|known| *known == grant.role).unwrap_or(0);
        let names = ProjectRole::ALL.map(ProjectRole::name);
        if select_of_width(ui, &words.with(Word::RoleOf, &[&name]), &names, &mut role, ROLE)
            && let Some(role) = ProjectRole::ALL.get(role)
        {
            let grant = Grant { to: grant.to.clone(), role: *role };
            draft.changing.change(model, commands, Scope::Everyone, vec![Change::PutGrant(grant)]);
        }
        let take = words.with(Word::TakeAccess, &[&name]);
        if ui.add(Button::icon_only(icons::DELETE, &take)).clicked() {
            let change = Change::RemoveGrant(grant.to.clone());
            draft.changing.change(model, commands, Scope::Everyone, vec![change]);
        }
    });
    if last {
        parts::hint(ui, words.t(Word::LastOwn));
    }
}

fn who_ui(ui: &mut Ui, icon: char, name: &str, kind: &str) {
    let colour = crate::look::Look::of(ui.ctx()).colours.dim;
    ui.allocate_ui_with_layout(egui::vec2(NAME, 36.0), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(NAME);
        let (rect, _) = ui.allocate_exact_size(egui::Vec2::splat(24.0), egui::Sense::hover());
        paint::icon_at(ui, rect.center(), icon, 18.0, colour);
        ui.add(egui::Label::new(name).truncate());
        parts::hint(ui, kind);
    });
}

fn name_of(visible: &VisibleProject, grantee: &Grantee) -> String {
    let known = visible.grantees.iter().find(|(known, _)| known == grantee).map(|(_, name)| name.clone());
    known.unwrap_or_else(|| match grantee {
        Grantee::Role(role) => role.to_string(),
        Grantee::Person(person) => person.to_string(),
        Grantee::Email(email) => email.clone(),
    })
}

fn is_last_own(project: &Project, grant: &Grant) -> bool {
    grant.role == ProjectRole::Own && project.grants.iter().filter(|grant| grant.role == ProjectRole::Own).count() == 1
}

fn give_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    parts::heading(ui, words.t(Word::GiveAccess));
    let mut to = usize::from(draft.to_person);
    let segments = [Segment::text(words.t(Word::ToRole)), Segment::text(words.t(Word::ToPerson))];
    segmented(ui, words.t(Word::GiveAccess), &segments, &mut to);
    draft.to_person = to == 1;
    ui.horizontal(|ui| {
        if draft.to_person {
            let email = CellField::new(words.t(Word::Email), &mut draft.email).hint("ada@bank.example");
            email.show(ui, NAME);
        } else {
            role_name_ui(ui, model, draft);
        }
        let names = ProjectRole::ALL.map(ProjectRole::name);
        select_of_width(ui, words.t(Word::RoleToGive), &names, &mut draft.role, ROLE);
        let ready = grantee(draft)
            .ok_or_else(|| words.t(if draft.to_person { Word::TypeEmail } else { Word::TypeRole }).to_owned());
        let waiting = draft.adding.is_waiting(model);
        let give = Button::primary(words.t(Word::Give)).enabled(!waiting);
        let clicked = match &ready {
            Ok(_) => ui.add(give).clicked(),
            Err(why) => ui.add(give.disabled_because(why)).clicked(),
        };
        if let (true, Ok(to), Some(role)) = (clicked, ready, ProjectRole::ALL.get(draft.role)) {
            let change = Change::PutGrant(Grant { to, role: *role });
            draft.adding.change(model, commands, Scope::Everyone, vec![change]);
        }
    });
    parts::hint(ui, words.t(if draft.to_person { Word::PersonHint } else { Word::RoleHint }));
}

fn role_name_ui(ui: &mut Ui, model: &Model, draft: &mut Draft) {
    let words = model.words;
    let known: Vec<String> =
        model.me.value().map(|me| me.known_roles.iter().map(AppRole::to_string).collect()).unwrap_or_default();
    let width = if known.is_empty() { NAME } else { NAME - 108.0 };
    CellField::new(words.t(Word::RoleName), &mut draft.role_name).hint("Bank.Analyst").show(ui, width);
    if !known.is_empty() {
        let mut chosen = words.t(Word::KnownRoles).to_owned();
        if text_select(ui, words.t(Word::KnownRoles), &known, &mut chosen, 100.0) && known.contains(&chosen) {
            draft.role_name = chosen;
        }
    }
}

fn grantee(draft: &Draft) -> Option<Grantee> {
    if !draft.to_person {
        return AppRole::new(draft.role_name.trim()).ok().map(Grantee::Role);
    }
    super::super::address(&draft.email)
}

fn roles_ui(ui: &mut Ui, words: Words) {
    parts::heading(ui, words.t(Word::WhatRolesMay));
    let rows = [
        (ProjectRole::Read, Word::RoleReadMay),
        (ProjectRole::Manage, Word::RoleManageMay),
        (ProjectRole::Own, Word::RoleOwnMay),
        (ProjectRole::Orchestrate, Word::RoleOrchestrateMay),
    ];
    let rows = rows.map(|(role, may)| crate::widgets::KeyValue { key: role.name(), value: words.t(may), aside: "" });
    crate::widgets::key_values(ui, "roles", &rows);
}
