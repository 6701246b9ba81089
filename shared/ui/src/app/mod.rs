//! The application: a model, screens that read it, commands that they send, and one executor that changes it.
//!
//! A frame, in order: what came back from the server is applied to the model; the screens are drawn from `&Model`, each
//! with its own drafts (what is half typed, which popover is open); the commands that they sent are executed. Nothing
//! else changes the model.

mod command;
mod executor;
mod model;
mod ownerless;
mod preferences;
mod remote;
mod route;
mod shell;
pub mod slug;
mod typed_ahead;
mod viewing;

use egui::{Context, Ui};

use crate::client::{Inbox, Outbox};
use crate::look::{self, Scripts};
use crate::screens::{self, Drafts};
use crate::words::{Language, Words};

pub use command::{Command, Commands, IssuerPage};
pub use model::Model;
pub use ownerless::Ownerless;
pub use remote::Remote;
pub use route::{AdminPage, ConfigPage, Route, View};
pub use shell::{Settings as ShellSettings, Shell, Step as ShellStep};
pub use viewing::Viewing;

/// The application on any window: browser, desktop, test.
pub struct App {
    model: Model,
    drafts: Drafts,
    outbox: Outbox,
    inbox: Inbox,
    scripts: Scripts,
}

impl App {
    /// The application at an address; asks the server who is signed in.
    pub fn new(ctx: &Context, outbox: Outbox, path: &str) -> Self {
        let inbox = outbox.inbox().clone();
        let waker = ctx.clone();
        inbox.on_arrival(move || waker.request_repaint());
        ctx.add_plugin(typed_ahead::TypedAhead::default());
        let mut model = Model::new(Route::parse(path));
        model.shell = outbox.client().shell().map(Shell::new);
        model.words = Words::new(Language::from_tag(&outbox.client().language_tag()));
        model.appearance.reduced_motion = look::system_reduces_motion();
        executor::start(&mut model, &outbox);
        Self { model, drafts: Drafts::default(), outbox, inbox, scripts: Scripts::watch(ctx) }
    }

    /// Nothing but the processor draws here, so the graph is painted in the way that is quickest then.
    pub fn has_no_card(&mut self) {
        self.model.appearance.without_card = true;
    }

    /// The address changed by itself: back, forward, or typed.
    pub fn address_changed(&mut self, path: &str) {
        executor::show(&mut self.model, &self.outbox, Route::parse(path));
    }

    /// One frame.
    pub fn ui(&mut self, ui: &mut Ui) {
        for arrival in self.inbox.take() {
            arrival(&mut self.model, &self.outbox);
        }
        look::apply(ui.ctx(), self.model.appearance);
        let mut commands = Commands::default();
        screens::app_ui(ui, &self.model, &mut self.drafts, &mut commands);
        for command in commands.take() {
            match &command {
                Command::Copy(text) => ui.ctx().copy_text(text.clone()),
                Command::CopyLink(route) => ui.ctx().copy_text(self.outbox.client().link_to(&route.path())),
                _ => {}
            }
            executor::run(command, &mut self.model, &self.outbox);
        }
        self.fetch_scripts(ui.ctx());
    }

    /// Fetches the fonts that a text of this frame needed for the first time.
    fn fetch_scripts(&self, ctx: &Context) {
        for script in self.scripts.take_new() {
            let ctx = ctx.clone();
            self.outbox.read_file(&look::script_file(script), move |_, answer| {
                // Without its font a script stays boxes, and nothing else suffers.
                if let Ok(bytes) = answer {
                    look::add_script(&ctx, script, bytes);
                }
            });
        }
    }

    /// Carries out a command that no screen sent: a test's, or the window's.
    pub fn run(&mut self, command: Command) {
        executor::run(command, &mut self.model, &self.outbox);
    }

    /// What there is, for tests.
    pub fn model(&self) -> &Model {
        &self.model
    }
}

/// Asks again who is signed in: somebody signed in beside the page.
pub fn ask_again(model: &mut Model, outbox: &Outbox) {
    executor::run(Command::AskAgain, model, outbox);
}
