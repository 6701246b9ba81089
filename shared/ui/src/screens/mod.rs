//! Drawing: every screen reads the model, keeps its own drafts, and sends commands.

mod about;
mod admin;
mod config;
mod lost;
mod other_version;
mod ownerless;
pub(crate) mod paints;
mod person;
mod projects;
mod shell;
mod sign_in;
mod work;

use access::Grantee;
use egui::Ui;

use crate::app::{Command, Commands, Model, Remote, Route};
use crate::widgets::{self, ErrorText, Notices, Tone, Waiting};
use crate::words::Word;

/// What is half typed, open or scrolled: nothing of it is worth keeping beyond this page.
#[derive(Default)]
pub struct Drafts {
    projects: projects::Draft,
    work: work::Draft,
    config: config::Draft,
    admin: admin::Draft,
    notices: Notices,
    shell: shell::Draft,
    /// The commands, outside of the workspace.
    palette: work::Palette,
}

/// Draws the whole application.
pub fn app_ui(ui: &mut Ui, model: &Model, drafts: &mut Drafts, commands: &mut Commands) {
    widgets::stand_still(ui.ctx(), model.session_ended);
    match &model.me {
        Remote::Here(_) | Remote::Waiting(Some(_)) => place_ui(ui, model, drafts, commands),
        Remote::Idle | Remote::Waiting(None) => {
            crate::frame::centre(ui, |ui| waiting_ui(ui, model));
        }
        Remote::Failed(fault) => sign_in::ui(ui, model, fault, &mut drafts.shell, commands),
    }
    if model.session_ended {
        sign_in::ended_ui(ui, model, commands);
    }
    if model.other_version {
        other_version::ui(ui, model, commands);
    }
    notices_ui(ui, model, &mut drafts.notices, commands);
}

/// Takes over what there is to say, and shows it for a while.
fn notices_ui(ui: &Ui, model: &Model, notices: &mut Notices, commands: &mut Commands) {
    for text in &model.notices {
        notices.push(Tone::Neutral, text.clone(), None);
        // The oldest goes first, once for each.
        commands.send(Command::DropNotice(0));
    }
    // These notices have no button; one that was put away says nothing.
    notices.show(ui.ctx(), model.words);
}

fn place_ui(ui: &mut Ui, model: &Model, drafts: &mut Drafts, commands: &mut Commands) {
    if !matches!(model.route, Route::Work { .. }) {
        work::outside_ui(ui, model, &mut drafts.palette, commands);
    }
    match &model.route {
        Route::Projects => projects::ui(ui, model, &mut drafts.projects, commands),
        Route::Work { .. } => work::ui(ui, model, &mut drafts.work, commands),
        Route::Config { .. } => config::ui(ui, model, &mut drafts.config, commands),
        Route::Admin { page } => admin::ui(ui, model, *page, &mut drafts.admin, commands),
        Route::About => about::ui(ui, model, commands),
        Route::Lost(path) => lost::ui(ui, model, path, commands),
    }
}

/// Somebody by an e-mail address, if the text is one.
fn address(text: &str) -> Option<Grantee> {
    let email = text.trim();
    let (name, host) = email.split_once('@')?;
    let plain = !name.is_empty() && host.contains('.') && !email.contains(char::is_whitespace);
    plain.then(|| Grantee::Email(email.to_owned()))
}

/// Draws a fault where the thing would have been; asks again when the person wants to.
fn fault_ui(ui: &mut Ui, model: &Model, fault: &wire::Fault, again: Command, commands: &mut Commands) {
    if fault_box(ui, model, fault) {
        commands.send(again);
    }
}

/// The same inside the workspace; true when it is to be tried again. While a notice about the ended session is laid over
/// everything, what was refused for that reason says nothing of its own: it is asked for anew after signing in.
fn fault_box(ui: &mut Ui, model: &Model, fault: &wire::Fault) -> bool {
    if model.session_ended && fault.code == wire::Code::SignedOut {
        return false;
    }
    let button = Some(model.words.t(Word::TryAgain));
    let text = ErrorText { what: &fault.sentence, cause: "", remedy: &fault.remedy, button, code: "" };
    widgets::error_box(ui, text)
}

/// Draws that something is on its way.
fn waiting_ui(ui: &mut Ui, model: &Model) {
    waiting_for_ui(ui, model, model.words.t(Word::Loading), false);
}

/// Draws what is on its way; true when it was cancelled.
fn waiting_for_ui(ui: &mut Ui, model: &Model, what: &str, can_cancel: bool) -> bool {
    let since_secs = waiting_since(ui, ui.scope_id().with("waiting since"));
    widgets::progress(ui, model.words, Waiting { what, since_secs, share: None, can_cancel })
}

/// When something began to be waited for; remembered for as long as it is asked for.
fn waiting_since(ui: &Ui, id: egui::Id) -> f64 {
    /// Longer than this between two frames, and it is another waiting.
    const PAUSE_SECS: f64 = 1.5;
    let now = ui.input(|input| input.time);
    ui.data_mut(|data| {
        let (since, seen) = data.get_temp_mut_or(id, (now, now));
        if now - *seen > PAUSE_SECS {
            *since = now;
        }
        *seen = now;
        *since
    })
}
