//! Who may work in the project: the grants, and giving, changing and taking roles.

use access::{Action, AppRole, Grant, Grantee, ProjectRole};
use egui::{Align, Layout, Ui};
use model::change::{Change, has_own};
use wire::project::{Scope, VisibleProject};

use super::parts::{self, Sending, text_select};
use crate::app::{Commands, Model};
use crate::look::{TextSize, icons};
use crate::widgets::{Button, CellField, Segment, paint, segmented, select_of_width};
use crate::words::{Word, Words};

const NAME: f32 = 320.0;
const ROLE: f32 = 140.0;

/// To whom what would be given.
pub(super) struct Draft {
    to_person: bool,
    role_name: String,
    email: String,
    role: ProjectRole,
    adding: Sending,
    changing: Sending,
}

impl Default for Draft {
    fn default() -> Self {
        let (role_name, email) = (String::new(), String::new());
        let (adding, changing) = (Sending::default(), Sending::default());
        Self { to_person: false, role_name, email, role: ProjectRole::Read, adding, changing }
    }
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
    let last = is_last_own(&visible.project.grants, grant);
    let free = !last && !draft.changing.is_waiting(model);
    ui.add_enabled_ui(free, |ui| {
        let is_person = !matches!(grant.to, Grantee::Role(_));
        let mut role = grant.role;
        if role_select(ui, &words.with(Word::RoleOf, &[&name]), is_person, &mut role) {
            let grant = Grant { to: grant.to.clone(), role };
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

/// Whether nobody would own the project without this grant; the server refuses that by the same rule.
fn is_last_own(grants: &[Grant], grant: &Grant) -> bool {
    let others: Vec<Grant> = grants.iter().filter(|known| *known != grant).cloned().collect();
    has_own(grants) && !has_own(&others)
}

/// The roles that may be given: orchestrating is for machines, which come with a role and never as a person. One that is
/// held all the same stays in the list.
fn roles_for(is_person: bool, held: ProjectRole) -> Vec<ProjectRole> {
    let fits = |role: &ProjectRole| !is_person || *role != ProjectRole::Orchestrate || *role == held;
    ProjectRole::ALL.into_iter().filter(fits).collect()
}

/// A choice among them; true when another was chosen.
fn role_select(ui: &mut Ui, name: &str, is_person: bool, role: &mut ProjectRole) -> bool {
    let roles = roles_for(is_person, *role);
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    let mut place = roles.iter().position(|known| known == role).unwrap_or(0);
    let changed = select_of_width(ui, name, &names, &mut place, ROLE);
    *role = roles.get(place).copied().unwrap_or(*role);
    changed
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
        if draft.to_person && draft.role == ProjectRole::Orchestrate {
            draft.role = ProjectRole::Read;
        }
        role_select(ui, words.t(Word::RoleToGive), draft.to_person, &mut draft.role);
        let ready = grantee(draft)
            .ok_or_else(|| words.t(if draft.to_person { Word::TypeEmail } else { Word::TypeRole }).to_owned());
        let waiting = draft.adding.is_waiting(model);
        let give = Button::primary(words.t(Word::Give)).enabled(!waiting);
        let clicked = match &ready {
            Ok(_) => ui.add(give).clicked(),
            Err(why) => ui.add(give.disabled_because(why)).clicked(),
        };
        if let (true, Ok(to)) = (clicked, ready) {
            let change = Change::PutGrant(Grant { to, role: draft.role });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_who_is_only_an_address_does_not_count_as_the_other_one() {
        let own = |to| Grant { to, role: ProjectRole::Own };
        let role = own(Grantee::Role(AppRole::new("Bank.Lead").unwrap()));
        let address = own(Grantee::Email("ada@bank.example".to_owned()));
        let grants = vec![role.clone(), address.clone()];
        assert!(is_last_own(&grants, &role) && !is_last_own(&grants, &address));
    }

    #[test]
    fn orchestrating_is_offered_to_roles_only() {
        assert!(roles_for(false, ProjectRole::Read).contains(&ProjectRole::Orchestrate));
        assert!(!roles_for(true, ProjectRole::Read).contains(&ProjectRole::Orchestrate));
        assert!(roles_for(true, ProjectRole::Orchestrate).contains(&ProjectRole::Orchestrate), "what is held is told");
    }
}
