//! Everything that the screens show.

use std::collections::BTreeMap;

use access::{Caller, Decision, LinkTypeId, Need, ObjectTypeId, ProjectId};
use model::{LinkType, ObjectType, Withheld};
use wire::project::VisibleProject;
use wire::session::{Me, Preferences};
use wire::view::ViewedAs;
use wire::{Code, Fault};

use super::{AdminPage, ConfigPage, Ownerless, Remote, Route, Shell, Viewing};
use crate::admin::Admin;
use crate::audit::Audit;
use crate::client::{self, Refused};
use crate::config::Config;
use crate::look::Appearance;
use crate::words::Words;
use crate::work::Work;

/// Everything that the screens show. Only the executors change it.
pub struct Model {
    /// Who is signed in.
    pub me: Remote<Me>,
    /// Whether the session ended while something was on the screen: a notice is laid over it.
    pub session_ended: bool,
    /// Whether it ended because the person signed in too often.
    pub session_displaced: bool,
    /// The desktop program around the screens; none in a browser.
    pub shell: Option<Shell>,
    /// What was refused since, and is asked for again once somebody is signed in.
    pub refused: Refused,
    /// How many requests wait to be asked again, because the server is busy.
    pub waiting_for_server: usize,
    /// Whether the server has become another version: a notice offers to load the page again.
    pub other_version: bool,
    /// Whether the configuration stays as it is because a new key is given: the screens that change it say so.
    pub configuration_closed: bool,
    /// Where the person is.
    pub route: Route,
    /// Projects that were opened, each as the person may see it.
    pub projects: BTreeMap<ProjectId, Remote<VisibleProject>>,
    /// The workspace of the project that is open.
    pub work: Work,
    /// The configuration screens of the project that is open.
    pub config: Config,
    /// The administration's pages.
    pub admin: Admin,
    /// The audit log, for auditors.
    pub audit: Audit,
    /// Short messages, oldest first.
    pub notices: Vec<String>,
    /// What the licences of the libraries ask to be shown, line by line; read when somebody wants to see it.
    pub library_notices: Remote<Vec<String>>,
    /// Whether a project is being created, and why it could not be.
    pub creating: Remote<()>,
    /// The look at a project as somebody else, while it lasts.
    pub viewing: Option<Viewing>,
    /// Projects that nobody owns.
    pub ownerless: Ownerless,
    /// Colours, language, movement.
    pub appearance: Appearance,
    /// What the person chose for the screens; none before the server said it.
    pub preferences: Option<Preferences>,
    /// The texts in the person's language.
    pub words: Words,
}

impl Model {
    /// Nothing is known yet.
    pub fn new(route: Route) -> Self {
        Self {
            me: Remote::Idle,
            session_ended: false,
            session_displaced: false,
            shell: None,
            refused: Refused::default(),
            waiting_for_server: 0,
            other_version: false,
            configuration_closed: false,
            route,
            projects: BTreeMap::new(),
            work: Work::default(),
            config: Config::default(),
            admin: Admin::default(),
            audit: Audit::default(),
            notices: Vec::new(),
            library_notices: Remote::Idle,
            creating: Remote::Idle,
            viewing: None,
            ownerless: Ownerless::default(),
            appearance: Appearance::default(),
            preferences: None,
            words: Words::default(),
        }
    }

    /// The project of the route, as far as it has come.
    pub fn project(&self) -> Option<&VisibleProject> {
        self.projects.get(self.route.project()?)?.value()
    }

    /// An object type of the project.
    pub fn object_type(&self, id: &ObjectTypeId) -> Option<&ObjectType> {
        self.project()?.project.object_types.get(id)
    }

    /// A link type of the project.
    pub fn link_type(&self, id: &LinkTypeId) -> Option<&LinkType> {
        self.project()?.project.link_types.get(id)
    }

    /// The types of the project that the person knows by name only.
    pub fn withheld(&self) -> Option<&Withheld> {
        self.project().map(|seen| &seen.withheld)
    }

    /// Whom the pages of the configuration are drawn for: somebody else, while the project is looked at so.
    fn looked_at_as(&self) -> Option<&ViewedAs> {
        let viewing = self.viewing.as_ref()?;
        let is_drawn = matches!(&self.route, Route::Config { project, page }
            if *project == viewing.project && *page != ConfigPage::ViewAs);
        viewing.seen().filter(|_| is_drawn)
    }

    /// Whether the pages are drawn for somebody else, so that no source is asked.
    pub fn is_looked_at(&self) -> bool {
        self.looked_at_as().is_some()
    }

    /// Who the screens are drawn for, for deciding: whoever is signed in, or somebody else in a look as that one.
    pub fn caller(&self) -> Option<&Caller> {
        match self.looked_at_as() {
            Some(seen) => Some(&seen.caller),
            None => self.me.value().map(|me| &me.caller),
        }
    }

    /// Whether the person may do something; `Err` says which right is missing. The server decides again.
    pub fn may(&self, need: &Need) -> Result<(), String> {
        let Some(me) = self.me.value() else { return Err("nobody is signed in".to_owned()) };
        let decision = match self.looked_at_as() {
            Some(seen) => seen.policy.decide(&seen.caller, need),
            None => me.policy.decide(&me.caller, need),
        };
        match decision {
            Decision::Allow => Ok(()),
            Decision::Deny(missing) => Err(missing.to_string()),
            Decision::Hide => Err("access to this project".to_owned()),
        }
    }

    /// Whether a page of the administration is for this person.
    pub fn may_open(&self, page: AdminPage) -> bool {
        page.actions().iter().any(|action| self.may(&Need::instance(*action)).is_ok())
    }

    /// Where the administration opens for this person; none where there is nothing but one's own sessions.
    pub fn administration(&self) -> Option<AdminPage> {
        AdminPage::ALL.into_iter().find(|page| *page != AdminPage::Sessions && self.may_open(*page))
    }

    /// Takes note of what every fault may mean for the whole page.
    pub fn note_fault(&mut self, fault: Option<&Fault>) {
        if let Some(fault) = fault.filter(|fault| fault.code == Code::SignedOut) {
            self.session_ended |= self.me.value().is_some();
            // Before its sentence is put into another language.
            self.session_displaced |= fault.is_displaced();
        }
        self.configuration_closed |= fault.is_some_and(|fault| fault.code == Code::KeyRolling);
        self.other_version |= fault.is_some_and(client::is_from_other_version);
    }

    /// Says that something failed; not while a notice about the ended session says so already.
    pub fn notify_fault(&mut self, fault: &Fault) {
        if !(self.session_ended && fault.code == Code::SignedOut) {
            self.notify(fault.to_string());
        }
    }

    /// Adds a short message.
    pub fn notify(&mut self, text: impl Into<String>) {
        self.notices.push(text.into());
    }
}
