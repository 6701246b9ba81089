//! The administration: one's own sessions; for instance managers people, health, store, key and signing in.

pub mod environment;
pub mod health;
pub mod key;
pub mod sign_in;
pub mod store;

use access::{AppRole, PersonId};
use wire::local::{AddPerson, DisablePerson, OneTimeLink, ResetPerson, ResetSecondFactor, SetPersonRoles};
use wire::people::{
    EndAllSessions, EndMyOtherSessions, EndMySession, EndSession, EndSessionsOf, Ended, MySessions, People, PersonLine,
    SessionLine, SessionsOf,
};
use wire::project::Kept;
use wire::{Call, Fault};

use crate::app::{AdminPage, Model, Remote, Route};
use crate::client::Outbox;

/// What is known for the administration's pages.
#[derive(Default)]
pub struct Admin {
    /// One's own sessions.
    pub mine: Remote<Vec<SessionLine>>,
    /// Everybody.
    pub people: Remote<Vec<PersonLine>>,
    /// The person who is looked at, and the person's sessions.
    pub open: Option<(PersonId, Remote<Vec<SessionLine>>)>,
    /// The newest ending of sessions, as far as it has come.
    pub ending: Remote<Ended>,
    /// The newest change of a person of the embedded issuer, as far as it has come.
    pub changing: Remote<()>,
    /// A name and the one-time link that sets its password, until it is put away.
    pub link: Option<(String, String)>,
    /// How the server is.
    pub health: health::Health,
    /// The store as a whole.
    pub store: store::Store,
    /// The key of the store.
    pub key: key::Key,
    /// How people sign in.
    pub sign_in: sign_in::SignInSetUp,
    /// The settings by name.
    pub environment: environment::Environment,
}

/// What the administration's pages ask for.
#[derive(Debug, Clone)]
pub enum Command {
    /// Ask for what a page shows.
    Ask(AdminPage),
    /// End one of one's own sessions.
    EndMine(String),
    /// End all of one's own sessions but this one.
    EndMyOthers,
    /// Look at a person.
    Open(PersonId),
    /// End one session of a person.
    EndOne(PersonId, String),
    /// End all sessions of a person.
    EndAllOf(PersonId),
    /// End all sessions of everybody.
    EndEverybodys,
    /// Add a person to the embedded issuer.
    AddPerson {
        /// The name to sign in with.
        name: String,
        /// An e-mail address.
        email: Option<String>,
        /// App roles.
        roles: Vec<AppRole>,
    },
    /// Give the person of a name other roles.
    SetRoles(String, Vec<AppRole>),
    /// Let the person of a name sign in no longer, or again.
    Disable(String, bool),
    /// Take the password of a name away.
    Reset(String),
    /// Take the second step of a name away.
    ResetSecondFactor(String),
    /// Put the one-time link away.
    ForgetLink,
    /// Something about the server's health.
    Health(health::Command),
    /// Something about the store.
    Store(store::Command),
    /// Something about its key.
    Key(key::Command),
    /// Something about signing in.
    SignIn(sign_in::Command),
}

/// Carries out a command.
pub fn run(command: Command, model: &mut Model, outbox: &Outbox) {
    match command {
        Command::Ask(page) => ask(page, model, outbox),
        Command::EndMine(session) => end(&EndMySession { session }, model, outbox),
        Command::EndMyOthers => end(&EndMyOtherSessions {}, model, outbox),
        Command::Open(person) => open(person, model, outbox),
        Command::EndOne(person, session) => end(&EndSession { person, session }, model, outbox),
        Command::EndAllOf(person) => end(&EndSessionsOf { person }, model, outbox),
        Command::EndEverybodys => end(&EndAllSessions {}, model, outbox),
        Command::AddPerson { name, email, roles } => {
            link(&AddPerson { name: name.clone(), email, roles }, name, model, outbox);
        }
        Command::SetRoles(name, roles) => change(&SetPersonRoles { name, roles }, model, outbox),
        Command::Disable(name, disabled) => change(&DisablePerson { name, disabled }, model, outbox),
        Command::Reset(name) => link(&ResetPerson { name: name.clone() }, name, model, outbox),
        Command::ResetSecondFactor(name) => change(&ResetSecondFactor { name }, model, outbox),
        Command::ForgetLink => model.admin.link = None,
        Command::Health(command) => health::run(command, model, outbox),
        Command::Store(command) => store::run(command, model, outbox),
        Command::Key(command) => key::run(command, model, outbox),
        Command::SignIn(command) => sign_in::run(command, model, outbox),
    }
}

/// The route leads to the administration, or elsewhere.
pub fn shown(model: &mut Model, outbox: &Outbox) {
    let Route::Admin { page } = model.route else { return };
    (model.admin.ending, model.admin.changing) = (Remote::Idle, Remote::Idle);
    if model.may_open(page) {
        ask(page, model, outbox);
    }
}

fn ask(page: AdminPage, model: &mut Model, outbox: &Outbox) {
    match page {
        AdminPage::Sessions => {
            model.admin.mine.ask();
            outbox.call(&MySessions {}, |model, _, reply| model.admin.mine.answer(reply));
        }
        AdminPage::People => {
            model.admin.people.ask();
            outbox.call(&People {}, |model, _, reply| model.admin.people.answer(reply));
            if let Some((person, _)) = model.admin.open.clone() {
                open(person, model, outbox);
            }
        }
        AdminPage::SignIn => sign_in::ask(model, outbox),
        AdminPage::Health => {
            health::figures(model, outbox);
            // What is under way goes on, and is not asked for twice.
            if !model.admin.health.seen.is_waiting() {
                health::look(model, outbox, false);
            }
        }
        AdminPage::Store => store::ask(model, outbox),
        AdminPage::Key => key::ask(model, outbox),
        AdminPage::Environment => environment::ask(model, outbox),
        AdminPage::Audit => {}
    }
}

fn open(person: PersonId, model: &mut Model, outbox: &Outbox) {
    match &mut model.admin.open {
        Some((known, sessions)) if *known == person => sessions.ask(),
        open => *open = Some((person.clone(), Remote::Waiting(None))),
    }
    outbox.call(&SessionsOf { person: person.clone() }, move |model, _, reply| {
        // By now somebody else may be looked at.
        if let Some((_, sessions)) = model.admin.open.as_mut().filter(|(known, _)| *known == person) {
            sessions.answer(reply);
        }
    });
}

/// Sends a change that is answered with a one-time link.
fn link<C: Call<Reply = OneTimeLink>>(call: &C, name: String, model: &mut Model, outbox: &Outbox) {
    model.admin.changing = Remote::Waiting(None);
    outbox.call(call, move |model, outbox, reply: Result<OneTimeLink, Fault>| {
        changed(model, outbox, reply.map(|given| Some((name, given.link))));
    });
}

fn change<C: Call<Reply = Kept>>(call: &C, model: &mut Model, outbox: &Outbox) {
    model.admin.changing = Remote::Waiting(None);
    outbox.call(call, |model, outbox, reply: Result<Kept, Fault>| changed(model, outbox, reply.map(|_| None)));
}

fn changed(model: &mut Model, outbox: &Outbox, reply: Result<Option<(String, String)>, Fault>) {
    model.admin.changing.answer(reply.map(|link| model.admin.link = link));
    if model.route == (Route::Admin { page: AdminPage::People }) {
        ask(AdminPage::People, model, outbox);
    }
}

fn end<C: Call<Reply = Ended>>(call: &C, model: &mut Model, outbox: &Outbox) {
    model.admin.ending = Remote::Waiting(None);
    outbox.call(call, |model, outbox, reply: Result<Ended, Fault>| {
        model.admin.ending.answer(reply);
        // Also after a failure: the session may have ended meanwhile. Who has ended the own one is told to sign in.
        if let Route::Admin { page } = model.route {
            ask(page, model, outbox);
        }
    });
}
