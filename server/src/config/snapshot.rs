//! One state of the whole configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{Caller, PersonId, Policy, ProjectId, ProjectPolicy, SourceId, SourcePolicy, UploadId};
use model::Change;
use model::project::Project;
use serde::{Deserialize, Serialize};
use wire::source::AccountRights;
use wire::upload::{FileLayout, FileReport};

use crate::store::{Body, Loaded, Record, RecordKind, Sealed, StoreError};

/// Everything that is configured, at one revision.
#[derive(Debug, Default)]
pub struct Config {
    /// The store's revision that it was made from.
    pub revision: u64,
    projects: BTreeMap<ProjectId, Kept>,
    policy: Arc<Policy>,
}

/// One project with all that belongs to it.
#[derive(Debug)]
pub struct Kept {
    /// The shared configuration.
    pub project: Arc<Project>,
    /// Sealed secrets per source.
    pub credentials: BTreeMap<SourceId, Sealed>,
    /// What the accounts at sources may do beside reading, as it was looked at last.
    pub rights: BTreeMap<SourceId, AccountRights>,
    /// Uploaded files.
    pub uploads: BTreeMap<UploadId, UploadRecord>,
    /// Each person's own changes.
    pub own: BTreeMap<PersonId, Vec<Change>>,
    /// The revision that last changed the shared configuration.
    pub changed: u64,
    /// The revision that last changed each person's own changes.
    pub own_changed: BTreeMap<PersonId, u64>,
}

/// What is known of an uploaded file. Its content lies in chunks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadRecord {
    /// Who brought it in.
    pub person: PersonId,
    /// What it was called.
    pub name: String,
    /// When, in seconds since 1970.
    pub at: i64,
    /// How many chunks hold the file as it came, or the SQLite image once it is accepted.
    pub chunks: u32,
    /// How many bytes that is.
    pub bytes: u64,
    /// How it was read, once it is accepted.
    pub layout: Option<FileLayout>,
    /// What became of its rows and cells, once it is accepted; not known of files that were accepted before this was
    /// kept.
    #[serde(default)]
    pub report: Option<FileReport>,
}

/// How long a file is kept that is not accepted, in seconds.
const FILE_WAITS_SECS: i64 = 3_600;

impl UploadRecord {
    /// Whether nobody accepted the file in time; `now_secs` since 1970.
    pub fn is_late(&self, now_secs: i64) -> bool {
        self.layout.is_none() && now_secs - self.at > FILE_WAITS_SECS
    }
}

impl Config {
    /// Reads a snapshot from what the store loaded.
    ///
    /// # Errors
    /// [`StoreError`] when a record is not what its kind says: written by a newer program, or damaged.
    pub fn read(loaded: Loaded) -> Result<Self, StoreError> {
        let mut projects = BTreeMap::new();
        for record in &loaded.records {
            if record.key.kind == RecordKind::Project {
                let project: Project = read(record)?;
                projects.insert(project.id.clone(), Kept::new(project, record.revision));
            }
        }
        for record in loaded.records {
            let Some(kept) = ProjectId::new(record.key.project.clone()).ok().and_then(|id| projects.get_mut(&id))
            else {
                continue;
            };
            kept.take(record)?;
        }
        let policy = Arc::new(policy_of(&projects));
        Ok(Self { revision: loaded.revision, projects, policy })
    }

    /// Adds app roles that may create projects.
    pub fn with_creators(mut self, creators: &[access::AppRole]) -> Self {
        let mut policy = (*self.policy).clone();
        policy.project_creators.extend(creators.iter().cloned());
        self.policy = Arc::new(policy);
        self
    }

    /// A project.
    pub fn project(&self, id: &ProjectId) -> Option<&Kept> {
        self.projects.get(id)
    }

    /// Every project.
    pub fn projects(&self) -> impl Iterator<Item = &Kept> {
        self.projects.values()
    }

    /// What the decision looks at for everybody.
    pub fn shared_policy(&self) -> &Policy {
        &self.policy
    }

    /// What the decision looks at for `caller`: the shared policy, and the sources that are the caller's own.
    pub fn policy_for(&self, caller: &Caller) -> Arc<Policy> {
        let own_sources = self.projects.values().flat_map(|kept| {
            let changes = kept.own.get(&caller.person).map(Vec::as_slice).unwrap_or_default();
            changes.iter().filter_map(|change| match change {
                Change::PutSource(source) => Some((kept.project.id.clone(), source)),
                _ => None,
            })
        });
        let mut policy: Option<Policy> = None;
        for (project, source) in own_sources {
            let policy = policy.get_or_insert_with(|| (*self.policy).clone());
            if let Some(project) = policy.projects.get_mut(&project) {
                let theirs = SourcePolicy {
                    required_role: source.required_role.clone(),
                    private_to: Some(caller.person.clone()),
                };
                project.sources.entry(source.id.clone()).or_insert(theirs);
            }
        }
        policy.map_or_else(|| self.policy.clone(), Arc::new)
    }
}

impl Kept {
    fn new(project: Project, changed: u64) -> Self {
        Self {
            project: Arc::new(project),
            credentials: BTreeMap::new(),
            rights: BTreeMap::new(),
            uploads: BTreeMap::new(),
            own: BTreeMap::new(),
            changed,
            own_changed: BTreeMap::new(),
        }
    }

    fn take(&mut self, record: Record) -> Result<(), StoreError> {
        let unreadable = |_| damaged(&record.key);
        match record.key.kind {
            RecordKind::Credential => {
                if let Body::Sealed(sealed) = record.body {
                    let source = SourceId::new(record.key.id.clone()).map_err(unreadable)?;
                    self.credentials.insert(source, sealed);
                }
            }
            RecordKind::Rights => {
                let source = SourceId::new(record.key.id.clone()).map_err(unreadable)?;
                self.rights.insert(source, read(&record)?);
            }
            RecordKind::Upload => {
                let upload = UploadId::new(record.key.id.clone()).map_err(unreadable)?;
                self.uploads.insert(upload, read(&record)?);
            }
            RecordKind::Personal => {
                let person = PersonId::new(record.key.id.clone()).map_err(unreadable)?;
                self.own_changed.insert(person.clone(), record.revision);
                self.own.insert(person, read(&record)?);
            }
            _ => {}
        }
        Ok(())
    }

    /// Accepted files that no source reads any more, once the shared project is `shared` and, where `own` is given,
    /// that person's own changes are these. A source among own changes counts, whether it fits or not.
    pub fn unread_uploads(&self, shared: &Project, own: Option<(&PersonId, &[Change])>) -> Vec<UploadId> {
        let changed = own.map(|(person, _)| person);
        let others = self.own.iter().filter(|(person, _)| Some(*person) != changed).flat_map(|(_, changes)| changes);
        let theirs = own.into_iter().flat_map(|(_, changes)| changes);
        let personal = others.chain(theirs).filter_map(|change| match change {
            Change::PutSource(source) => Some(&**source),
            _ => None,
        });
        let read: BTreeSet<&UploadId> =
            shared.sources.values().chain(personal).filter_map(|source| source.upload.as_ref()).collect();
        let accepted = self.uploads.iter().filter(|(_, record)| record.layout.is_some());
        accepted.map(|(upload, _)| upload).filter(|upload| !read.contains(upload)).cloned().collect()
    }
}

fn damaged(key: &crate::store::RecordKey) -> StoreError {
    StoreError::Integrity { table: "record", row: key.to_string() }
}

fn read<T: serde::de::DeserializeOwned>(record: &Record) -> Result<T, StoreError> {
    let body = record.body.plain().unwrap_or_default();
    serde_json::from_slice(body).map_err(|_| damaged(&record.key))
}

fn policy_of(projects: &BTreeMap<ProjectId, Kept>) -> Policy {
    let of_source = |source: &model::Source| SourcePolicy {
        required_role: source.required_role.clone(),
        private_to: source.private_to.clone(),
    };
    let of_project = |kept: &Kept| ProjectPolicy {
        grants: kept.project.grants.clone(),
        sources: kept.project.sources.values().map(|source| (source.id.clone(), of_source(source))).collect(),
    };
    Policy { projects: projects.iter().map(|(id, kept)| (id.clone(), of_project(kept))).collect(), ..Policy::default() }
}
