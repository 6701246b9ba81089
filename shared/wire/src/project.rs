//! Projects: create, read, change, describe as text, and keep the place where one was working.

use access::{Action, Grantee, Need, ProjectId, SourceId};
use model::change::{Change, Misfits};
use model::check::Finding;
use model::project::Project;
use model::withheld::Withheld;
use serde::{Deserialize, Deserializer, Serialize};

use crate::source::AccountRights;
use crate::upload::FileReport;
use crate::{Call, Request, request};

/// Creates a project; whoever creates it owns it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateProject {
    /// Its id, which never changes.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
}

request!(CreateProject, "create_project", Change, |_call| vec![Need::instance(Action::CreateProject)]);

impl Call for CreateProject {
    type Reply = Saved;
}

/// A change was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The revision that it made.
    pub revision: u64,
}

/// Reads a project's configuration, as far as the person may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadProject {
    /// Which project.
    pub project: ProjectId,
}

request!(ReadProject, "read_project", Read, |call| vec![Need::project(Action::ReadConfiguration, &call.project)]);

impl Call for ReadProject {
    type Reply = VisibleProject;
}

/// A project as one person may see it, with that person's own changes over it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisibleProject {
    /// The revision that it was made from.
    pub revision: u64,
    /// The configuration. Grants are empty for people who may not give access.
    pub project: Project,
    /// The person's own changes.
    pub own: Vec<Change>,
    /// Own changes that no longer fit the shared project.
    pub misfits: Misfits,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// For each source and secret of its form: whether it is set, and where it comes from.
    pub secrets: Vec<SecretState>,
    /// Names of the people and roles in the grants.
    pub grantees: Vec<(Grantee, String)>,
    /// What became of the files that sources read, as far as it is known.
    #[serde(default)]
    pub files: Vec<(SourceId, FileReport)>,
    /// What the accounts of sources may do beside reading, as far as it was looked at; only for those who may see how a
    /// source is set up.
    #[serde(default)]
    pub rights: Vec<(SourceId, AccountRights)>,
    /// Types that the person knows by name only.
    #[serde(default, skip_serializing_if = "Withheld::is_empty")]
    pub withheld: Withheld,
}

/// Whether a secret is set. The secret itself is never sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretState {
    /// The source.
    pub source: SourceId,
    /// The field of the connector's form.
    pub field: String,
    /// Whether there is one.
    pub set: bool,
    /// The environment variable that it comes from, if any.
    pub variable: Option<String>,
}

/// For whom a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Only the person who makes it.
    Mine,
    /// Everyone in the project.
    Everyone,
}

/// Changes a project. All of the changes are made, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeProject {
    /// Which project.
    pub project: ProjectId,
    /// For whom.
    pub scope: Scope,
    /// The revision that the person saw.
    pub base: u64,
    /// What to change, in order. For oneself these are added to the own changes.
    pub changes: Vec<Change>,
    /// Own changes to forget, by their place in the list; only for oneself.
    #[serde(default)]
    pub forget: Vec<usize>,
}

impl Request for ChangeProject {
    const NAME: &'static str = "change_project";
    const RECORD: crate::Record = crate::Record::Change;
    const MOST_BYTES: usize = 1024 * 1024;

    /// A right is judged on what the change contains. Which sources are external is known to the server alone, so the
    /// handler asks the policy once more for those.
    fn needs(&self) -> Vec<Need> {
        let save = match self.scope {
            Scope::Mine => Action::ChangeOwnConfiguration,
            Scope::Everyone => Action::SaveConfiguration,
        };
        let mut needs = Vec::new();
        let mut need = |action| {
            let need = Need::project(action, &self.project);
            if !needs.contains(&need) {
                needs.push(need);
            }
        };
        for change in &self.changes {
            match change {
                Change::PutGrant(_) | Change::RemoveGrant(_) => need(Action::GiveAccess),
                Change::PutSource(source) if !source.is_internal() => {
                    need(save);
                    need(Action::ManageExternalSources);
                }
                Change::PutObjectType(kind) if kind.origin.query().is_some() => {
                    need(save);
                    need(Action::WriteQueries);
                }
                _ => need(save),
            }
        }
        if needs.is_empty() { vec![Need::project(save, &self.project)] } else { needs }
    }
}

impl Call for ChangeProject {
    type Reply = Saved;
}

/// The most objects of an investigation that is kept.
pub const MOST_KEPT_OBJECTS: usize = 5_000;
/// The most links of an investigation that is kept.
pub const MOST_KEPT_LINKS: usize = 10_000;
/// The most groups of an investigation that is kept; what is in others is kept without them.
pub const MOST_KEPT_GROUPS: usize = 1_000;
/// The most notes of an investigation that is kept.
pub const MOST_KEPT_NOTES: usize = 500;
/// The longest text of a note that is kept, in bytes.
pub const LONGEST_KEPT_NOTE: usize = 2_000;
/// The most expansions of an investigation that are kept.
pub const MOST_KEPT_EXPANSIONS: usize = 64;
/// The most searches of an investigation that are kept.
pub const MOST_KEPT_SEARCHES: usize = 10;

/// Keeps the unsaved investigation of this person in this project: steps and keys, never rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeepWork {
    /// Which project.
    pub project: ProjectId,
    /// The investigation, in the form of the screens.
    pub work: Work,
}

impl Request for KeepWork {
    const NAME: &'static str = "keep_work";
    /// It is kept every few seconds, and holds what the person asked for and was answered: that is written down.
    const RECORD: crate::Record = crate::Record::Quiet;
    /// Room for the most objects and links with long keys: some 600 bytes for each object, 100 for each link.
    const MOST_BYTES: usize = 4 * 1024 * 1024;

    fn needs(&self) -> Vec<Need> {
        vec![Need::project(Action::KeepInvestigations, &self.project)]
    }
}

impl Call for KeepWork {
    type Reply = Kept;
}

/// It was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {}

/// The unsaved investigation of this person in this project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadWork {
    /// Which project.
    pub project: ProjectId,
}

request!(ReadWork, "read_work", Read, |call| vec![Need::project(Action::KeepInvestigations, &call.project)]);

impl Call for ReadWork {
    type Reply = Work;
}

/// An investigation as it is kept: what was searched, which objects and links lie where. No values of rows but keys.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Work {
    /// The last ten searches, newest first.
    pub searches: Vec<String>,
    /// Objects on the graph.
    pub objects: Vec<WorkObject>,
    /// Link types that were expanded between them.
    pub links: Vec<WorkLink>,
    /// How the graph looks; the first rule that says something decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<model::style::Rule>,
    /// What is written and drawn onto it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<WorkNote>,
    /// Groups of the objects; each object is in one at most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<WorkGroup>,
    /// What expansions brought, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expansions: Vec<WorkExpansion>,
    /// Whether links between the same two are drawn as one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub links_as_one: bool,
    /// What is missing because it could not be read; in an answer only.
    #[serde(skip_serializing_if = "Missing::is_nothing")]
    pub missing: Missing,
}

/// How many parts of a kept investigation could not be read, or not be put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Missing {
    /// Objects.
    pub objects: u64,
    /// Links, those of such objects too.
    pub links: u64,
    /// Rules of the look.
    pub rules: u64,
    /// Notes.
    pub notes: u64,
    /// Groups, those of such objects alone too.
    pub groups: u64,
    /// Expansions, those of such objects too.
    pub expansions: u64,
}

impl Missing {
    /// Whether nothing is missing.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// A text, an arrow or a frame on the graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkNote {
    /// What it is.
    pub kind: WorkNoteKind,
    /// Where it begins, in points.
    #[serde(deserialize_with = "place")]
    pub from: [f32; 2],
    /// Where it ends, in points.
    #[serde(deserialize_with = "place")]
    pub to: [f32; 2],
    /// What it says.
    pub text: String,
    /// The number of its colour among those of types.
    pub colour: u8,
}

impl Eq for WorkNote {}

/// What a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkNoteKind {
    /// A text.
    Text,
    /// An arrow.
    Arrow,
    /// A rectangle behind everything.
    Frame,
}

/// What an expansion brought, so that it can be taken back. Why it is not whole is not kept, because that names sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkExpansion {
    /// What was expanded, by the places in `objects`.
    pub of: Vec<u32>,
    /// Along which link type.
    pub link: access::LinkTypeId,
    /// In which direction.
    pub direction: model::query::Direction,
    /// How many objects it found.
    pub found: u64,
    /// How many there were, where they had been counted.
    #[serde(default)]
    pub all: Option<crate::frame::Counted>,
    /// How whole it was.
    pub extent: model::completeness::Extent,
    /// Whether links among what lay on the graph were looked for, too.
    pub among: bool,
    /// What it answers for, by the places in `objects`.
    pub objects: Vec<u32>,
    /// What it answers for, by the places in `links`.
    pub links: Vec<u32>,
}

/// Objects that were put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkGroup {
    /// What the group is called.
    pub name: String,
    /// Whether its members are drawn one by one.
    #[serde(default)]
    pub open: bool,
    /// Its members, by their places in `objects`.
    pub objects: Vec<u32>,
}

/// An object on the graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkObject {
    /// Its type.
    pub object_type: access::ObjectTypeId,
    /// Its key.
    pub key: model::query::Key,
    /// Where it lies, in points.
    #[serde(deserialize_with = "along")]
    pub x: f32,
    /// Where it lies, in points.
    #[serde(deserialize_with = "along")]
    pub y: f32,
    /// Whether it was pinned.
    #[serde(default)]
    pub pinned: bool,
    /// Whether it was hidden.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

impl Eq for WorkObject {}

/// A number of a place. JSON writes one that is infinite, or none, as `null`, and has to be able to read that again.
fn along<'de, D: Deserializer<'de>>(from: D) -> Result<f32, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f32::NAN))
}

/// Both numbers of a place.
fn place<'de, D: Deserializer<'de>>(from: D) -> Result<[f32; 2], D::Error> {
    Ok(<[Option<f32>; 2]>::deserialize(from)?.map(|number| number.unwrap_or(f32::NAN)))
}

/// Links that were fetched: one object's links of one type in one direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkLink {
    /// The link type.
    pub link: access::LinkTypeId,
    /// The `from` object, by its place in `objects`.
    pub from: u32,
    /// The `to` object, by its place in `objects`.
    pub to: u32,
}
