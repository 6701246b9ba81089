//! Looking at a project's configuration as somebody else: what was asked for, and what that one would see.

use access::ProjectId;
use wire::view::{ViewAs, ViewedAs, Viewer};

use super::{ConfigPage, Model, Remote, Route, executor};
use crate::client::Outbox;

/// A look at a project as somebody else.
#[derive(Debug)]
pub struct Viewing {
    /// Which project.
    pub project: ProjectId,
    /// As whom.
    pub viewer: Viewer,
    /// How that one is called on the screen.
    pub name: String,
    /// What that one would see.
    pub answer: Remote<ViewedAs>,
    /// Tells one look from the next.
    number: u64,
}

impl Viewing {
    /// What that one would see, once it is here.
    pub fn seen(&self) -> Option<&ViewedAs> {
        self.answer.value()
    }

    /// Which look this is: what was half typed in one is not carried into the next.
    pub fn number(&self) -> u64 {
        self.number
    }
}

/// Looks at the project of the route as somebody else.
pub(super) fn begin(model: &mut Model, outbox: &Outbox, viewer: Viewer, name: String) {
    let Some(project) = model.route.project().cloned() else { return };
    let number = model.viewing.as_ref().map_or(0, |viewing| viewing.number) + 1;
    let call = ViewAs { project: project.clone(), viewer: viewer.clone() };
    model.viewing = Some(Viewing { project: project.clone(), viewer, name, answer: Remote::Waiting(None), number });
    outbox.call(&call, move |model, outbox, reply| {
        let Some(viewing) = model.viewing.as_mut().filter(|viewing| viewing.number == number) else { return };
        let shows = reply.is_ok();
        viewing.answer.answer(reply);
        if shows {
            executor::go(model, outbox, Route::Config { project, page: ConfigPage::default() });
        }
    });
}

/// Ends the look; where one was is a page of one's own again.
pub(super) fn end(model: &mut Model) {
    model.viewing = None;
}

/// Another place is shown: whoever leaves the configuration of the project ends the look at it.
pub(super) fn moved(model: &mut Model) {
    let stays =
        |viewing: &Viewing| matches!(&model.route, Route::Config { project, .. } if *project == viewing.project);
    if model.viewing.as_ref().is_some_and(|viewing| !stays(viewing)) {
        model.viewing = None;
        model.notify(model.words.t(crate::words::Word::ViewEnded));
    }
}
