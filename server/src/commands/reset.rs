//! `clew reset`: something of the store goes for good, after a backup and a typed confirmation; the audit log stays, unless
//! it is the one that is named (`reset_log.rs`).
//!
//! | scope | what goes | name to type | beside a running server |
//! |---|---|---|---|
//! | `sessions` | everybody's sessions and refresh tokens | `sessions` | yes |
//! | `own-changes PERSON` | what a person configured for oneself | the person | yes |
//! | `project PROJECT` | a project with all that belongs to it | the project | yes |
//! | `configuration` | every project with all that belongs to it, and the instance's settings | `configuration` | no |
//! | `uploads` | every uploaded file | `uploads` | no |
//! | `people` | the embedded issuer's people, and all sessions | `people` | no |
//! | `everything` | all of it; only the audit log and the changelog of the environment stay | `everything` | no |
//! | `audit` | the audit log | `audit` | no |

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;

use super::keeping::{Opened, alone_with, good};
use super::{audit_prune, confirm, other, reset_log, roll, say};
use crate::StartFault;
use crate::audit::{CLI, Entry};
use crate::people::People;
use crate::settings::Settings;
use crate::sign_in::issuer::people::set_up_key;
use crate::store::backup_files::made_before;
use crate::store::{Outcome, Record, RecordKind, Store, StoreError, WRITES_LIMIT, Write, backup};
use crate::world::random;

/// The call under which a reset is written down.
pub(super) const RESET: &str = "reset";

/// The command and its arguments.
pub(super) fn command() -> Command {
    let scope = |name: &'static str, about: &'static str| {
        Command::new(name)
            .about(about)
            .arg(confirm::argument())
            .arg(
                Arg::new("backup")
                    .long("backup")
                    .value_name("FILE")
                    .help("Where the backup before it goes; a new file beside the data otherwise"),
            )
            .arg(
                Arg::new("no-backup")
                    .long("no-backup")
                    .action(ArgAction::SetTrue)
                    .conflicts_with("backup")
                    .help("Make no backup before it"),
            )
    };
    let of = |name: &'static str, help: &'static str| Arg::new("of").required(true).value_name(name).help(help);
    Command::new("reset")
        .about("Forget something for good, after a backup; the audit log stays")
        .subcommand_required(true)
        .subcommands([
            scope("sessions", "End everybody's sessions"),
            scope("own-changes", "Forget what a person configured for oneself")
                .arg(of("PERSON", "The person's id, name or e-mail")),
            scope("project", "Forget a project with all that belongs to it").arg(of("PROJECT", "The project's id")),
            scope("configuration", "Forget every project with all that belongs to it; people stay"),
            scope("uploads", "Forget every uploaded file"),
            scope("people", "Forget the people of the embedded issuer, and end all sessions"),
            scope("everything", "Forget everything but the audit log"),
            scope("audit", "Forget the audit log; that it was done is the first entry of the new one")
                .arg(audit_prune::without_sinks()),
        ])
}

/// What goes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Scope {
    Sessions,
    OwnChanges(String),
    Project(String),
    Configuration,
    Uploads,
    People,
    Everything,
    Audit,
}

/// What was asked for.
pub(super) struct Asked {
    scope: Scope,
    backup: Option<PathBuf>,
    no_backup: bool,
    /// Sinks that need not have what goes of the log.
    without: Vec<String>,
    confirmed: Option<String>,
}

impl Asked {
    pub(super) fn of(scope: &str, matches: &ArgMatches) -> Result<Self, StartFault> {
        let of = || matches.try_get_one::<String>("of").ok().flatten().cloned().unwrap_or_default();
        let scope = match scope {
            "sessions" => Scope::Sessions,
            "own-changes" => Scope::OwnChanges(of()),
            "project" => Scope::Project(of()),
            "configuration" => Scope::Configuration,
            "uploads" => Scope::Uploads,
            "people" => Scope::People,
            "everything" => Scope::Everything,
            "audit" => Scope::Audit,
            _ => return Err(other("there is no such scope; see `clew reset --help`")),
        };
        let without = if scope == Scope::Audit { audit_prune::given_up(matches) } else { Vec::new() };
        Ok(Self {
            scope,
            without,
            backup: matches.get_one::<String>("backup").map(PathBuf::from),
            no_backup: matches.get_flag("no-backup"),
            confirmed: confirm::given(matches),
        })
    }
}

impl Scope {
    /// The name of the scope in the log.
    fn name(&self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::OwnChanges(_) => "own-changes",
            Self::Project(_) => "project",
            Self::Configuration => "configuration",
            Self::Uploads => "uploads",
            Self::People => "people",
            Self::Everything => "everything",
            Self::Audit => "audit",
        }
    }

    /// What one types to confirm it.
    fn typed(&self) -> &str {
        match self {
            Self::OwnChanges(of) | Self::Project(of) => of,
            scope => scope.name(),
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::Sessions => "Everybody is signed out.".to_owned(),
            Self::OwnChanges(person) => format!("What {person} configured for oneself goes, in every project."),
            Self::Project(project) => {
                format!("The project {project} goes, with its sources, grants, files and investigations.")
            }
            Self::Configuration => "Every project goes, with all that belongs to it; people stay.".to_owned(),
            Self::Uploads => "Every uploaded file goes, in every project.".to_owned(),
            Self::People => "The people of the embedded issuer go, and everybody is signed out.".to_owned(),
            Self::Everything => "Everything but the audit log goes.".to_owned(),
            Self::Audit => "Every entry of the audit log goes.".to_owned(),
        }
    }

    /// A server keeps in memory what these take away.
    fn needs_to_be_alone(&self) -> bool {
        !matches!(self, Self::Sessions | Self::OwnChanges(_) | Self::Project(_))
    }

    fn ends_sessions(&self) -> bool {
        matches!(self, Self::Sessions | Self::People | Self::Everything)
    }

    /// Whether a record goes; `people` are the ids of an own-changes scope.
    fn takes(&self, record: &Record, people: &[String]) -> bool {
        let (kind, project) = (record.key.kind, record.key.project.as_str());
        match self {
            Self::Sessions => matches!(kind, RecordKind::IssuerGrant | RecordKind::SignIn | RecordKind::DesktopCode),
            Self::OwnChanges(_) => kind == RecordKind::Personal && people.contains(&record.key.id),
            Self::Project(id) => project == id,
            // What somebody saved in a project would be seen by whoever makes one of the same id.
            Self::Configuration => kind.in_snapshot() || !project.is_empty(),
            Self::Uploads => kind == RecordKind::Upload,
            Self::People => {
                matches!(
                    kind,
                    RecordKind::LocalPerson | RecordKind::IssuerGrant | RecordKind::SignIn | RecordKind::DesktopCode
                )
                    // Where nobody is left, the next start offers the first account again.
                    || record.key == set_up_key()
            }
            Self::Everything => !matches!(kind, RecordKind::AuditSink | RecordKind::Environment),
            Self::Audit => false,
        }
    }
}

/// Does it.
pub(super) async fn run(settings: Settings, asked: Asked) -> Result<(), StartFault> {
    let opened = Opened::existing(&settings)?;
    let is_alone = asked.scope.needs_to_be_alone();
    let alone = if is_alone { Some(alone_with(&settings, opened.store.as_ref()).await?) } else { None };
    roll::refuse_while_prepared(opened.store.as_ref())?;
    if asked.scope == Scope::Audit {
        reset_log::refuse(&opened, &settings, &asked.without).await?;
    }
    let people = people_of(&opened, &asked.scope).await?;
    let taken = taken(opened.store.as_ref(), &asked.scope, &people).await?;
    if taken.is_empty() && !asked.scope.ends_sessions() && asked.scope != Scope::Audit {
        return Err(other(format!("there is nothing of `{}` in the store; nothing was done", asked.scope.typed())));
    }
    confirm::ask(&asked.scope.sentence(), asked.scope.typed(), asked.confirmed.as_deref())?;
    let backup = back_up(&opened, &settings, &asked).await?;
    if asked.scope == Scope::Audit {
        reset_log::forget(&opened, backup.as_deref()).await?;
    } else {
        let records = taken.len();
        let sessions = forget(&opened, &asked.scope, taken, backup.as_deref()).await?;
        say(&format!("{records} records and {sessions} sessions are forgotten."));
    }
    opened.store.close().await?;
    drop(alone);
    if asked.scope == Scope::People {
        say("The next start of `clew serve` prints a link that makes the first instance manager.");
    }
    Ok(())
}

/// The ids of a person, by id, name or e-mail.
async fn people_of(opened: &Opened, scope: &Scope) -> Result<Vec<String>, StartFault> {
    let Scope::OwnChanges(text) = scope else { return Ok(Vec::new()) };
    let people = People::new(opened.store.clone(), opened.clock.clone(), opened.dice.clone());
    let called = people.called(text).await.map_err(|fault| other(fault.to_string()))?;
    let mut ids: Vec<String> = called.iter().map(ToString::to_string).collect();
    if ids.len() > 1 {
        return Err(other(format!("{} people are called {text}; give one's id: {}", ids.len(), ids.join(", "))));
    }
    ids.push(text.clone());
    Ok(ids)
}

async fn taken(store: &dyn Store, scope: &Scope, people: &[String]) -> Result<Vec<Record>, StoreError> {
    let mut taken = Vec::new();
    for kind in RecordKind::ALL {
        let records = store.list(*kind, None).await?;
        taken.extend(records.into_iter().filter(|record| scope.takes(record, people)));
    }
    Ok(taken)
}

async fn back_up(opened: &Opened, settings: &Settings, asked: &Asked) -> Result<Option<PathBuf>, StartFault> {
    if asked.no_backup {
        return Ok(None);
    }
    let (now, id) = (opened.clock.now(), random::<16>(opened.dice.as_ref()));
    let beside = || made_before("reset", &settings.backup_stem(), now, opened.vault.key_id());
    let file = asked.backup.clone().unwrap_or_else(beside);
    let checked = backup::save(opened.store.as_ref(), opened.vault.clone(), file.clone(), now, id).await?;
    say(&format!("The backup before it is {}.", file.display()));
    // What is damaged is not the last of it that there is.
    good(
        &checked,
        "Nothing was forgotten, because the store is not whole, and so is that backup; restore another one",
    )?;
    Ok(Some(file))
}

/// Takes everything away, with an entry of it in the same transaction; gives how many sessions ended.
async fn forget(
    opened: &Opened,
    scope: &Scope,
    taken: Vec<Record>,
    backup: Option<&std::path::Path>,
) -> Result<u64, StartFault> {
    let store = opened.store.as_ref();
    let details = json!({ "scope": scope.name(), "of": scope.typed(), "entries": taken.len(), "backup": backup });
    let project = if let Scope::Project(id) = scope { id.clone() } else { String::new() };
    let entry = Entry { person: CLI.to_owned(), call: RESET.to_owned(), project, details };
    let entry = || entry.clone().into_note(opened.clock.now(), Outcome::Done);
    let uploads: Vec<String> = of_kind(&taken, RecordKind::Upload).map(|record| record.key.id.clone()).collect();
    let (snapshot, apart): (Vec<Record>, Vec<Record>) =
        taken.into_iter().partition(|record| record.key.kind.in_snapshot());
    let deletes =
        |records: Vec<Record>| -> Vec<Write> { records.into_iter().map(|record| Write::delete(record.key)).collect() };
    // First what says so: whoever is interrupted does it again, and both are in the log.
    let mut apart = deletes(apart);
    let rest = apart.split_off(apart.len().min(WRITES_LIMIT));
    store.keep(apart, vec![entry()]).await?;
    for part in chunks(rest) {
        store.keep(part, Vec::new()).await?;
    }
    for part in chunks(deletes(snapshot)) {
        store.commit(store.revision().await?, part, Vec::new()).await?;
    }
    for upload in uploads {
        store.drop_upload(upload).await?;
    }
    if scope.ends_sessions() { Ok(store.end_sessions(None).await?) } else { Ok(0) }
}

fn of_kind(records: &[Record], kind: RecordKind) -> impl Iterator<Item = &Record> {
    records.iter().filter(move |record| record.key.kind == kind)
}

/// As many as one commit takes.
fn chunks(mut writes: Vec<Write>) -> Vec<Vec<Write>> {
    let mut parts = Vec::new();
    while !writes.is_empty() {
        let rest = writes.split_off(writes.len().min(WRITES_LIMIT));
        parts.push(std::mem::replace(&mut writes, rest));
    }
    parts
}
