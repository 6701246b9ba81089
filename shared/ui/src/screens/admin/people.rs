//! Everybody who has signed in: a list to search, a person with the sessions, and ending them.

use access::PersonId;
use egui::{Id, Ui};
use wire::people::PersonLine;

use super::{ended_ui, local, session_table};
use crate::admin::Command;
use crate::app::{AdminPage, Command as AppCommand, Commands, Model, Remote};
use crate::look::{TextSize, icons};
use crate::screens::config::parts;
use crate::widgets::{
    Answer, Button, DialogButtons, KeyValue, ListRow, TextField, Tone, badge, dialog, empty_state, key_values,
    named_search_box,
};
use crate::words::{Word, Words};

/// So many lines of the list are drawn; the search finds the others.
const MOST_LINES: usize = 500;
/// The search box, in points: as wide as the list.
const SEARCH: f32 = 278.0;

/// What is half typed or open on the page.
#[derive(Default)]
pub(super) struct Draft {
    search: String,
    /// Somebody who has never signed in has no name of Clew's own: the place is that of the list.
    chosen: Option<(Option<PersonId>, String)>,
    ending: Option<Ending>,
    local: local::Draft,
}

/// Whose sessions a dialog asks about.
enum Ending {
    Of(PersonId, String),
    Everybodys { typed: String },
}

/// Draws the page.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let again = || AppCommand::Admin(Command::Ask(AdminPage::People));
    match &model.admin.people {
        Remote::Here(people) | Remote::Waiting(Some(people)) => {
            parts::list_panel(ui, "people", |ui| list_ui(ui, model, people, draft, commands));
            one_ui(ui, model, people, draft, commands);
        }
        Remote::Failed(fault) => parts::margin(ui, |ui| super::super::fault_ui(ui, model, fault, again(), commands)),
        Remote::Idle | Remote::Waiting(None) => parts::margin(ui, |ui| super::super::waiting_ui(ui, model)),
    }
    ending_ui(ui, model, draft, commands);
    local::dialogs_ui(ui, model, &mut draft.local, commands);
}

fn list_ui(ui: &mut Ui, model: &Model, people: &[PersonLine], draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let name = words.t(Word::FindPerson);
    named_search_box(ui, words, (Id::unique("find person"), name), &mut draft.search, name, None, SEARCH);
    ui.add_space(6.0);
    let wanted = draft.search.trim().to_lowercase();
    let fits = |line: &&PersonLine| {
        let is_in = |text: &str| text.to_lowercase().contains(&wanted);
        is_in(&line.name) || line.email.as_deref().is_some_and(is_in)
    };
    let found: Vec<&PersonLine> = people.iter().filter(fits).collect();
    if found.is_empty() {
        parts::hint(ui, words.t(Word::NothingFound));
    }
    for (place, line) in found.iter().take(MOST_LINES).enumerate() {
        let detail = match line.sessions {
            0 => String::new(),
            number => words.with(Word::SessionsCount, &[&words.count(number)]),
        };
        let key = (line.person.clone(), line.name.clone());
        let row = ListRow::new(&line.name).icon(icons::PERSON).detail(&detail);
        let row = row.selected(draft.chosen.as_ref() == Some(&key));
        if ui.push_id(place, |ui| ui.add(row)).inner.clicked() {
            draft.chosen = Some(key);
            if let Some(person) = &line.person {
                commands.admin(Command::Open(person.clone()));
            }
        }
    }
    if let Some(more) = found.len().checked_sub(MOST_LINES).filter(|more| *more > 0) {
        parts::hint(ui, &words.with(Word::MorePeople, &[&words.count(more as u64)]));
    }
}

fn one_ui(ui: &mut Ui, model: &Model, people: &[PersonLine], draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let chosen = draft.chosen.clone();
    let line = people.iter().find(|line| {
        chosen.as_ref().is_some_and(|(person, name)| line.person == *person && (person.is_some() || line.name == *name))
    });
    parts::wide_form(ui, "person", |ui| {
        ended_ui(ui, model);
        match line {
            Some(line) => person_ui(ui, model, line, draft, commands),
            None => {
                parts::dim(ui, words.t(Word::ChoosePerson));
                local::add_ui(ui, model, &mut draft.local);
                parts::line(ui);
                parts::heading(ui, words.t(Word::Everybody));
                parts::dim(ui, words.t(Word::EndEverybodysSentence));
                if ui.add(Button::danger(words.t(Word::EndEverybodys))).clicked() {
                    draft.ending = Some(Ending::Everybodys { typed: String::new() });
                }
            }
        }
    });
}

fn person_ui(ui: &mut Ui, model: &Model, line: &PersonLine, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    ui.horizontal(|ui| {
        ui.label(egui::RichText::new(&line.name).font(TextSize::Heading.semibold()));
        if line.local.as_ref().is_some_and(|local| local.disabled) {
            badge(ui, Tone::Warn, words.t(Word::PersonDisabled));
        }
        if line.local.as_ref().is_some_and(|local| !local.has_password) {
            badge(ui, Tone::Neutral, words.t(Word::PersonWithoutPassword));
        }
        if line.local.as_ref().is_some_and(|local| local.second_factor) {
            badge(ui, Tone::Ok, words.t(Word::PersonWithSecondFactor));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if ui.add(Button::quiet(words.t(Word::Everybody)).icon(icons::GROUPS)).clicked() {
                draft.chosen = None;
            }
        });
    });
    facts_ui(ui, words, line);
    local::person_ui(ui, model, line, &mut draft.local, commands);
    let Some(person) = &line.person else { return };
    parts::heading(ui, words.t(Word::Sessions));
    let known = model.admin.open.as_ref().filter(|(open, _)| open == person).map(|(_, sessions)| sessions);
    let again = AppCommand::Admin(Command::Open(person.clone()));
    let sessions = match known {
        Some(Remote::Here(sessions) | Remote::Waiting(Some(sessions))) => sessions,
        Some(Remote::Failed(fault)) => return super::super::fault_ui(ui, model, fault, again, commands),
        Some(Remote::Idle | Remote::Waiting(None)) | None => return super::super::waiting_ui(ui, model),
    };
    if sessions.is_empty() {
        empty_state(ui, icons::DEVICES, words.t(Word::NoSessions), words.t(Word::NoSessionsSentence), None);
        return;
    }
    let is_free = !model.admin.ending.is_waiting();
    if let Some(session) = session_table::ui(ui, words, sessions, is_free) {
        commands.admin(Command::EndOne(person.clone(), session));
    }
    if ui.add(Button::danger(words.t(Word::EndAllOf)).enabled(is_free)).clicked() {
        draft.ending = Some(Ending::Of(person.clone(), line.name.clone()));
    }
}

fn facts_ui(ui: &mut Ui, words: Words, line: &PersonLine) {
    let roles: Vec<&str> = line.roles.iter().map(access::AppRole::as_str).collect();
    let roles = if roles.is_empty() { words.t(Word::None).to_owned() } else { roles.join(", ") };
    let seen = line.last_seen.map_or_else(
        || words.t(Word::NeverSignedIn).to_owned(),
        |at| format!("{} UTC", session_table::moment(words, at)),
    );
    let fact = |word, value| KeyValue { key: words.t(word), value, aside: "" };
    let facts = [
        fact(Word::Email, line.email.as_deref().unwrap_or("–")),
        fact(Word::RolesLastSeen, &roles),
        fact(Word::LastSeen, &seen),
    ];
    key_values(ui, "person", &facts);
}

/// The dialog about ending sessions, while it is open.
fn ending_ui(ui: &Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let Some(ending) = &mut draft.ending else { return };
    let words = model.words;
    let me = model.caller().map(|caller| caller.person.clone());
    let (title, yes) = match ending {
        Ending::Of(_, name) => (words.with(Word::EndAllOfNamed, &[name]), words.t(Word::EndAllOf)),
        Ending::Everybodys { .. } => (words.t(Word::EndEverybodys).to_owned(), words.t(Word::EndThemNow)),
    };
    let ready = match ending {
        Ending::Of(..) => true,
        Ending::Everybodys { typed } => typed.trim() == words.t(Word::EndTyped),
    };
    let buttons = DialogButtons { yes, dangerous: true, ready };
    let answer = dialog(ui.ctx(), words, Id::unique("end sessions"), &title, buttons, |ui| match ending {
        Ending::Of(person, _) => {
            parts::dim(ui, words.t(Word::EndAllOfSentence));
            if me.as_ref() == Some(person) {
                parts::dim(ui, words.t(Word::OwnSessionToo));
            }
        }
        Ending::Everybodys { typed } => {
            parts::dim(ui, words.t(Word::EndEverybodysSentence));
            parts::dim(ui, words.t(Word::OwnSessionToo));
            let label = words.with(Word::TypeToConfirm, &[words.t(Word::EndTyped)]);
            TextField::new(&label, typed).limit_chars(20).show(ui, words);
        }
    });
    match (answer, &*ending) {
        (Some(Answer::Yes), Ending::Of(person, _)) => commands.admin(Command::EndAllOf(person.clone())),
        (Some(Answer::Yes), Ending::Everybodys { .. }) => commands.admin(Command::EndEverybodys),
        (Some(Answer::No), _) => {}
        (None, _) => return,
    }
    draft.ending = None;
}
