//! Where connections go: the one place between the broker and the connectors that opens credentials.
//!
//! A source's secrets come from its sealed record or from `CLEW_SOURCE_*` variables that its configuration names. They
//! are opened at the moment of use, handed to the connector, and wiped when the connection has been made.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use access::{PersonId, ProjectId, SourceId, UploadId};
use futures::FutureExt;
use futures::future::BoxFuture;
use model::project::{Source, is_variable_of, variable_prefix};
use wire::form::Input;
use wire::project::SecretState;
use wire::secret::SecretText;
use wire::upload::FileReport;
use wire::{Code, Fault};
use zeroize::Zeroizing;

use crate::accounts::Accounts;
use crate::broker::{Asker, FileLoss, Targets as BrokerTargets};
use crate::config::{Config, Kept, Visible};
use crate::connectors::{self, StoreDatabase, Target};
use crate::egress::Egress;
use crate::settings::{Secret, SqlSink, StorePlace};
use crate::store::{self, Sealed, Store};

/// Makes targets of sources.
pub struct Targets {
    store: Arc<dyn Store>,
    secrets: BTreeMap<String, Secret>,
    sqlite_dir: Option<PathBuf>,
    /// Where the store is: no source may be there.
    place: StorePlace,
    /// Where the audit log is copied to: no source may be there either.
    copy: Option<StoreDatabase>,
    egress: Egress,
    /// Who looks at accounts before a source is asked; nobody where nothing is kept.
    accounts: Option<Accounts>,
}

impl Targets {
    /// Targets with secrets from `store`, which is at `place`, and from the environment, reached by `egress`.
    pub fn new(
        store: Arc<dyn Store>,
        secrets: BTreeMap<String, Secret>,
        sqlite_dir: Option<PathBuf>,
        place: StorePlace,
        egress: Egress,
    ) -> Self {
        Self { store, secrets, sqlite_dir, place, copy: None, egress, accounts: None }
    }

    /// The same, beside a database that the audit log is copied to.
    #[must_use]
    pub fn beside_copy(self, copy: Option<&SqlSink>) -> Self {
        let place = |sink: &SqlSink| StoreDatabase {
            hosts: vec![(sink.host.clone(), sink.port)],
            database: sink.database.clone(),
            schema: String::new(),
        };
        Self { copy: copy.map(place), ..self }
    }

    /// The same, and a source is asked only after its account was looked at.
    #[must_use]
    pub fn with_accounts(self, accounts: Accounts) -> Self {
        Self { accounts: Some(accounts), ..self }
    }

    /// Who looks at accounts.
    pub(crate) fn accounts(&self) -> Option<&Accounts> {
        self.accounts.as_ref()
    }

    /// The targets of one project at one snapshot, for the broker; `asker` is whose turn it is where people wait.
    pub fn of(self: &Arc<Self>, config: &Arc<Config>, project: &Visible, asker: &PersonId) -> Arc<dyn BrokerTargets> {
        let asker = Asker::new(asker.as_str());
        Arc::new(OfProject { targets: self.clone(), config: config.clone(), project: project.shared(), asker })
    }

    /// A target that needs nothing from the store: for testing a source.
    pub fn plain(&self, source: &Source, secrets: BTreeMap<String, SecretText>) -> Target {
        Target {
            settings: source.settings.clone(),
            secrets,
            image: None,
            sqlite_dir: self.sqlite_dir.clone(),
            store_file: self.place.file(),
            store_database: self.place.database(),
            copy_database: self.copy.clone(),
            egress: self.egress.clone(),
            at_once: source.limits.within_reason().at_once,
        }
    }

    /// Every secret of a source: those that were saved, and over them those of the environment.
    ///
    /// # Errors
    /// [`Fault`] when the record cannot be opened, or a variable that the configuration names is not set.
    pub fn secrets(&self, kept: &Kept, source: &Source) -> Result<BTreeMap<String, SecretText>, Fault> {
        let mut secrets = self.saved_secrets(kept, &source.id)?;
        secrets.extend(self.secrets_from_variables(kept, source)?);
        Ok(secrets)
    }

    /// The secrets of a source that come from variables of the environment; of a source that is not saved, too.
    ///
    /// # Errors
    /// [`Fault`] when a variable is another project's, or is not set.
    pub fn secrets_from_variables(&self, kept: &Kept, source: &Source) -> Result<BTreeMap<String, SecretText>, Fault> {
        let mut secrets = BTreeMap::new();
        for (field, variable) in &source.secrets_from {
            if !is_variable_of(&kept.project.id, variable) {
                return Err(Fault::invalid(
                    format!(
                        "The secret \"{field}\" of source \"{}\" names a variable of another project.",
                        source.name
                    ),
                    format!("Use one whose name begins with {}.", variable_prefix(&kept.project.id)),
                ));
            }
            let secret = self.secrets.get(variable).ok_or_else(|| {
                Fault::new(
                    Code::SourceFailed,
                    format!(
                        "The secret \"{field}\" of source \"{}\" is to come from {variable}, which is not set.",
                        source.name
                    ),
                    format!("Set {variable} where the server runs, or enter the secret in the source's settings."),
                )
            })?;
            secrets.insert(field.clone(), SecretText::new(secret.expose().to_owned()));
        }
        Ok(secrets)
    }

    /// The secrets that were saved with a source.
    ///
    /// # Errors
    /// [`Fault`] when the record cannot be opened.
    pub fn saved_secrets(&self, kept: &Kept, source: &SourceId) -> Result<BTreeMap<String, SecretText>, Fault> {
        let Some(sealed) = kept.credentials.get(source) else { return Ok(BTreeMap::new()) };
        let opened = self.store.open(sealed)?;
        serde_json::from_slice(&opened).map_err(|_| {
            Fault::new(Code::StoreUnavailable, "The secrets of this source cannot be read.", "Enter them again.")
        })
    }

    /// For each secret of a source's form: whether it is set, and where it comes from.
    pub fn secret_states(&self, kept: &Kept, source: &Source) -> Vec<SecretState> {
        let about = connectors::of_kind(&source.kind).map(|connector| connector.about());
        let saved = self.saved_secrets(kept, &source.id).unwrap_or_default();
        let fields = about.into_iter().flat_map(|about| about.fields).filter(|field| field.input == Input::Secret);
        let state = |field: wire::form::FormField| {
            let variable = source.secrets_from.get(&field.name).cloned();
            let set = match &variable {
                Some(variable) => is_variable_of(&kept.project.id, variable) && self.secrets.contains_key(variable),
                None => saved.contains_key(&field.name),
            };
            SecretState { source: source.id.clone(), field: field.name, set, variable }
        };
        fields.map(state).collect()
    }

    /// The SQLite image of an accepted upload.
    ///
    /// # Errors
    /// [`Fault`] when it is gone or cannot be opened.
    pub async fn image(&self, kept: &Kept, upload: &UploadId) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let record = kept.uploads.get(upload).ok_or_else(Fault::not_found)?;
        Ok(store::image(self.store.as_ref(), upload.as_str(), record.chunks).await?)
    }
}

struct OfProject {
    targets: Arc<Targets>,
    config: Arc<Config>,
    project: Arc<model::Project>,
    asker: Asker,
}

impl BrokerTargets for OfProject {
    fn target<'a>(&'a self, source: &'a SourceId) -> BoxFuture<'a, Result<Target, Fault>> {
        async move {
            let kept = self.kept(&self.project.id)?;
            let source = self.project.sources.get(source).ok_or_else(Fault::not_found)?;
            let secrets = self.targets.secrets(kept, source)?;
            let mut target = self.targets.plain(source, secrets);
            if let Some(upload) = &source.upload {
                target.image = Some(self.targets.image(kept, upload).await?);
            }
            Ok(target)
        }
        .boxed()
    }

    fn admit<'a>(&'a self, source: &'a SourceId) -> BoxFuture<'a, Result<(), Fault>> {
        async move {
            let is_file = self.project.sources.get(source).is_none_or(model::Source::is_internal);
            match &self.targets.accounts {
                // A file of one's own has no account, whatever else has its id for others.
                _ if is_file => Ok(()),
                Some(accounts) => accounts.admit(&self.targets, &self.project.id, source).await,
                None => Ok(()),
            }
        }
        .boxed()
    }

    fn asker(&self) -> Asker {
        self.asker.clone()
    }

    fn fingerprint(&self, source: &SourceId) -> [u8; 32] {
        let kept = self.config.project(&self.project.id);
        kept.and_then(|kept| kept.credentials.get(source)).map(Sealed::fingerprint).unwrap_or_default()
    }

    fn file_loss(&self, source: &SourceId) -> FileLoss {
        let upload = self.project.sources.get(source).and_then(|source| source.upload.as_ref());
        let kept = self.config.project(&self.project.id);
        let record = upload.zip(kept).and_then(|(upload, kept)| kept.uploads.get(upload));
        record.and_then(|record| record.report.as_ref()).map(loss).unwrap_or_default()
    }
}

impl OfProject {
    fn kept(&self, project: &ProjectId) -> Result<&Kept, Fault> {
        self.config.project(project).ok_or_else(Fault::not_found)
    }
}

fn loss(report: &FileReport) -> FileLoss {
    let cells = report.unreadable.iter().map(|column| (column.column.clone(), column.cells));
    FileLoss { rows: report.problems.total, cells: cells.collect() }
}
