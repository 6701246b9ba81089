//! Who am I, what may I, and goodbye.

use access::{Action, AppRole, Caller, Need, Policy, ProjectId};
use serde::{Deserialize, Serialize};

use crate::{Call, request};

/// Everything that the app needs to open: one round trip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhoAmI {}

request!(WhoAmI, "who_am_i", Quiet, |_call| vec![Need::instance(Action::SignIn)]);

impl Call for WhoAmI {
    type Reply = Me;
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The person's name for people.
    pub name: String,
    /// The person's e-mail, if the provider gave one; for display only.
    pub email: Option<String>,
    /// The person and roles, for deciding locally.
    pub caller: Caller,
    /// As much of the policy as the person may know, for deciding locally.
    pub policy: Policy,
    /// The projects that the person has.
    pub projects: Vec<ProjectCard>,
    /// The server's version.
    pub version: String,
    /// Whether the embedded issuer is in use, which is not meant for production.
    pub embedded_issuer: bool,
    /// What the person chose for the screens.
    #[serde(default)]
    pub preferences: Preferences,
    /// App roles that are known here, for the screen that gives access.
    pub known_roles: Vec<AppRole>,
}

/// A project in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectCard {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// How many sources the person may see.
    pub sources: usize,
    /// How many object types the person may see.
    pub object_types: usize,
}

/// What a person chose for the screens, on whatever machine; none where nothing was chosen, so that the browser's and
/// the system's settings hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Preferences {
    /// The language of the texts.
    pub language: Option<Language>,
    /// The colours.
    pub colours: Option<Colours>,
    /// Whether nothing glides.
    pub reduced_motion: Option<bool>,
    /// How much room the parts of the workspace take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub panels: Option<Panels>,
}

/// How much room the parts of the workspace take, in whole numbers: they come back as they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panels {
    /// Whether the side panel is open.
    pub side_open: bool,
    /// Its width, in points.
    pub side_points: u16,
    /// The graph's part of the height that it shares with the tables, in thousandths.
    pub graph_thousandths: u16,
    /// The left table's part of the width that it shares with one beside it, in thousandths.
    pub left_table_thousandths: u16,
}

/// A language of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    English,
    /// Norwegian bokmål.
    Norwegian,
}

/// A set of colours of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colours {
    /// As the system says.
    System,
    /// Dark.
    Dark,
    /// Light.
    Light,
    /// With high contrast.
    HighContrast,
}

/// Keeps what the person chose for the screens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeepPreferences {
    /// All of it, in place of what was kept before.
    pub preferences: Preferences,
}

request!(KeepPreferences, "keep_preferences", Quiet, |_call| vec![Need::instance(Action::SignIn)]);

impl Call for KeepPreferences {
    type Reply = crate::project::Kept;
}

/// Ends this session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignOut {}

request!(SignOut, "sign_out", Change, |_call| vec![]);

impl Call for SignOut {
    type Reply = SignedOut;
}

/// Where to go after signing out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOut {
    /// The provider's own sign-out page, if it has one.
    pub provider: Option<String>,
}
