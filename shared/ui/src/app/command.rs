//! What screens ask for. One enum for each room; the executor of that room carries it out.

use access::{Grantee, ProjectId};
use wire::view::Viewer;

use super::Route;
use crate::admin;
use crate::audit;
use crate::config;
use crate::look::Appearance;
use crate::words::Language;
use crate::work;

/// What a screen asks for.
#[derive(Debug, Clone)]
pub enum Command {
    /// Show another place.
    Go(Route),
    /// Go so many steps through the places where one was: -1 is back, 1 forward again.
    Travel(i32),
    /// Go to the sign-in service, and come back to where one is.
    SignIn,
    /// Sign in beside the page, so that nothing on it is lost.
    SignInBeside,
    /// Take the server at this address; in the desktop program alone.
    Connect(String),
    /// Ask for another server; in the desktop program alone.
    ChooseServer,
    /// Wait no more for somebody who signs in in the browser, or for another server.
    GiveUpSigningIn,
    /// Open a page of the embedded issuer beside this one, where the person changes what the sign-in asks for.
    OpenIssuer(IssuerPage),
    /// End the session.
    SignOut,
    /// Ask again who is signed in and which projects there are.
    AskAgain,
    /// Create a project.
    CreateProject {
        /// Its id.
        id: ProjectId,
        /// Its name.
        name: String,
        /// What it is for.
        description: String,
    },
    /// Ask which projects nobody owns.
    AskOwnerless,
    /// Give a project that nobody owns to somebody.
    NameOwner {
        /// Which project.
        project: ProjectId,
        /// Who owns it from now on.
        to: Grantee,
    },
    /// Look at the configuration of the project as somebody else.
    ViewAs {
        /// As whom.
        viewer: Viewer,
        /// How that one is called on the screen.
        name: String,
    },
    /// Look with one's own eyes again.
    EndView,
    /// Change colours, language, movement.
    SetAppearance(Appearance),
    /// Read what the licences of the libraries ask to be shown.
    ReadNotices,
    /// Put away a notice.
    DropNotice(usize),
    /// Say something in a short message.
    Say(String),
    /// Load the page again, because the server has become another one.
    ReloadPage,
    /// Not now: the page goes on without the server.
    ReloadLater,
    /// Copy a text.
    Copy(String),
    /// Copy the address of a place, to be pasted elsewhere.
    CopyLink(Route),
    /// Keep how much room the parts of the workspace take.
    KeepPanels(wire::session::Panels),
    /// Show all texts in another language.
    SetLanguage(Language),
    /// Something in the workspace.
    Work(work::Command),
    /// Something in the configuration.
    Config(config::Command),
    /// Something in the administration.
    Admin(admin::Command),
    /// Something with the audit log.
    Audit(audit::Command),
}

/// Pages of the embedded issuer for the person oneself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuerPage {
    /// Another password.
    Password,
    /// Another telephone.
    SecondStep,
}

/// Commands that the screens sent in one frame.
#[derive(Debug, Default)]
pub struct Commands {
    sent: Vec<Command>,
}

impl Commands {
    /// Sends a command.
    pub fn send(&mut self, command: Command) {
        self.sent.push(command);
    }

    /// Sends a command of the workspace.
    pub fn work(&mut self, command: work::Command) {
        self.send(Command::Work(command));
    }

    /// Sends a command of the configuration.
    pub fn config(&mut self, command: config::Command) {
        self.send(Command::Config(command));
    }

    /// Sends a command of the administration.
    pub fn admin(&mut self, command: admin::Command) {
        self.send(Command::Admin(command));
    }

    /// Sends a command of the audit log.
    pub fn audit(&mut self, command: audit::Command) {
        self.send(Command::Audit(command));
    }

    /// Takes everything that was sent.
    pub fn take(self) -> Vec<Command> {
        self.sent
    }
}
