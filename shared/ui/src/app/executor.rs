//! Carries out commands: the only code that changes the model.

use access::ProjectId;
use wire::Code;
use wire::project::{CreateProject, ReadProject};
use wire::session::{SignOut, WhoAmI};

use super::{Command, IssuerPage, Model, Remote, Route, ownerless, preferences, shell, viewing};
use crate::client::{self, Outbox};
use crate::words::Word;
use crate::{admin, audit, config, work};

/// Where the page keeps what the licences of the libraries ask to be shown.
const NOTICES: &str = "notices.txt";

/// The page was opened.
pub(super) fn start(model: &mut Model, outbox: &Outbox) {
    ask_who(model, outbox);
}

/// Carries out a command.
pub(super) fn run(command: Command, model: &mut Model, outbox: &Outbox) {
    match command {
        Command::Travel(steps) => outbox.client().travel(steps),
        Command::Go(route) => go(model, outbox, route),
        Command::SignIn | Command::SignInBeside if model.shell.is_some() => shell::sign_in(model, outbox),
        Command::SignIn => outbox.client().leave(&sign_in_address(model)),
        Command::SignInBeside => outbox.client().open_beside("/sign-in?return=/signed-in"),
        Command::Connect(address) => shell::connect(model, outbox, address),
        Command::ChooseServer => {
            if let Some(shell) = &mut model.shell {
                shell.is_choosing = true;
            }
        }
        Command::GiveUpSigningIn => shell::give_up(model),
        Command::OpenIssuer(page) => outbox.client().open_beside(&issuer_address(page, model)),
        Command::SignOut => outbox.call(&SignOut {}, |model, outbox, reply| match reply {
            // The browser is not this program's: whoever is signed in there stays so.
            Ok(_) if model.shell.is_some() => {
                let shell = model.shell.take();
                *model = Model { shell, words: model.words, ..Model::new(Route::Projects) };
                start(model, outbox);
            }
            Ok(signed_out) => outbox.client().leave(signed_out.provider.as_deref().unwrap_or("/")),
            Err(fault) => model.notify_fault(&fault),
        }),
        Command::AskAgain => {
            ask_who(model, outbox);
            if let Some(project) = model.route.project().cloned() {
                read_project(model, outbox, &project);
            }
        }
        Command::CreateProject { id, name, description } => create_project(model, outbox, id, name, description),
        Command::AskOwnerless => ownerless::ask(model, outbox),
        Command::NameOwner { project, to } => ownerless::name(model, outbox, project, to),
        Command::ViewAs { viewer, name } => viewing::begin(model, outbox, viewer, name),
        Command::EndView => viewing::end(model),
        Command::ReadNotices => read_notices(model, outbox),
        Command::SetAppearance(appearance) => {
            preferences::choose_appearance(model, appearance);
            preferences::keep(model, outbox);
        }
        Command::DropNotice(place) => {
            if place < model.notices.len() {
                model.notices.remove(place);
            }
        }
        Command::Copy(_) => model.notify(model.words.t(Word::TextCopied)),
        Command::Say(text) => model.notify(text),
        Command::ReloadPage => outbox.client().leave(&model.route.path()),
        Command::ReloadLater => model.other_version = false,
        Command::CopyLink(_) => model.notify(model.words.t(Word::LinkCopied)),
        Command::SetLanguage(language) => {
            preferences::choose_language(model, language);
            preferences::keep(model, outbox);
        }
        Command::KeepPanels(panels) => {
            preferences::choose_panels(model, panels);
            preferences::keep(model, outbox);
        }
        Command::Work(command) => work::run(command, model, outbox),
        Command::Config(command) => config::run(command, model, outbox),
        Command::Admin(command) => admin::run(command, model, outbox),
        Command::Audit(command) => audit::run(command, model, outbox),
    }
}

/// Goes to a place, and says so in the address.
pub(super) fn go(model: &mut Model, outbox: &Outbox, route: Route) {
    outbox.client().show_address(&route.path(), false);
    show(model, outbox, route);
}

/// Shows a place: what it needs is asked for.
pub(super) fn show(model: &mut Model, outbox: &Outbox, route: Route) {
    let changes_project = route.project() != model.route.project();
    if changes_project {
        // What was done in the last seconds would be lost with the project's workspace.
        work::run(work::Command::Keep, model, outbox);
    }
    model.route = route;
    viewing::moved(model);
    if let Some(project) = model.route.project().cloned() {
        if changes_project || !model.projects.contains_key(&project) {
            read_project(model, outbox, &project);
        }
        work::shown(model, outbox, changes_project);
        config::shown(model, outbox, changes_project);
    } else {
        work::left(model, outbox);
        if model.route == Route::Projects {
            ownerless::ask(model, outbox);
        }
        admin::shown(model, outbox);
    }
}

fn sign_in_address(model: &Model) -> String {
    format!("/sign-in?return={}", in_query(&model.route.path()))
}

fn issuer_address(page: IssuerPage, model: &Model) -> String {
    let path = match page {
        IssuerPage::Password => "password/change",
        IssuerPage::SecondStep => "second-step",
    };
    // People of the embedded issuer are shown by the name with which they sign in.
    let name = model.me.value().map_or("", |me| me.name.as_str());
    format!("/issuer/{path}?name={}", in_query(name))
}

/// A text as a value in an address.
fn in_query(text: &str) -> String {
    let letter = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"/-_~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(letter).collect()
}

fn ask_who(model: &mut Model, outbox: &Outbox) {
    model.me.ask();
    outbox.call(&WhoAmI {}, |model, outbox, reply| {
        let arrived = reply.is_ok();
        let is_back = arrived && model.session_ended;
        model.session_ended &= !arrived;
        model.session_displaced &= !arrived;
        // What is on the screen stays there: half-typed forms would be lost with it.
        if let Some(fault) = model.me.answer_or_keep(reply)
            && fault.code != Code::SignedOut
        {
            model.notify(fault.to_string());
        }
        if arrived {
            preferences::take(model);
            let route = model.route.clone();
            show(model, outbox, route);
        }
        if is_back {
            signed_in_again(model, outbox);
        }
    });
}

/// What was refused while nobody was signed in is asked for anew.
fn signed_in_again(model: &mut Model, outbox: &Outbox) {
    let is_missing = |project: &ProjectId| matches!(model.projects.get(project), Some(Remote::Failed(_)));
    if let Some(project) = model.route.project().cloned().filter(is_missing) {
        read_project(model, outbox, &project);
    }
    work::signed_in_again(model, outbox);
    client::send_again(model, outbox);
}

/// Reads a project again, keeping what is on the screen meanwhile.
pub(crate) fn read_project(model: &mut Model, outbox: &Outbox, project: &ProjectId) {
    let state = model.projects.entry(project.clone()).or_default();
    if state.is_waiting() {
        return;
    }
    state.ask();
    let id = project.clone();
    outbox.call(&ReadProject { project: project.clone() }, move |model, outbox, reply| {
        let arrived = reply.is_ok();
        let state = model.projects.entry(id).or_default();
        state.answer(reply);
        if arrived {
            work::project_arrived(model, outbox);
        }
    });
}

fn read_notices(model: &mut Model, outbox: &Outbox) {
    model.library_notices.ask();
    outbox.read_file(NOTICES, |model, answer| {
        let lines = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect();
        model.library_notices.answer(answer.map(lines));
    });
}

fn create_project(model: &mut Model, outbox: &Outbox, id: ProjectId, name: String, description: String) {
    model.creating.ask();
    let project = id.clone();
    outbox.call(&CreateProject { id, name, description }, move |model, outbox, reply| {
        model.creating.answer(reply.map(|_| ()));
        if matches!(model.creating, Remote::Here(())) {
            ask_who(model, outbox);
            let route = Route::Config { project, page: super::ConfigPage::Sources };
            run(Command::Go(route), model, outbox);
        }
    });
}
