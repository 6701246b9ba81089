//! `clew audit export`: entries of the audit log as a file of JSON lines, whether a server uses the store or not.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use wire::Fault;
use wire::audit::{AuditFilters, AuditFormat};

use super::keeping::Opened;
use super::{other, say};
use crate::StartFault;
use crate::audit::CLI;
use crate::handlers::audit::Pages;
use crate::handlers::audit_file::{Provenance, Writing};
use crate::people::People;
use crate::settings::{EXIT_SETTING, Settings};
use crate::store::EXIT_CANNOT_WRITE;

/// What of the log is written.
pub(super) struct Filters {
    filters: AuditFilters,
    before: Option<u64>,
}

impl Filters {
    /// As they were given on the command line.
    pub(super) fn of(text: impl Fn(&str) -> Option<String>) -> Result<Self, StartFault> {
        let wrong = |name: &str, text: &str| StartFault::Other {
            sentence: format!("--{name}: {text} is none; see `clew audit export --help`"),
            code: EXIT_SETTING,
        };
        let outcome = text("outcome")
            .map(|text| serde_json::from_value(Value::from(text.clone())).map_err(|_| wrong("outcome", &text)));
        let before = text("before").map(|text| text.parse().map_err(|_| wrong("before", &text)));
        let filters = AuditFilters {
            from: text("from"),
            until: text("until"),
            person: text("person"),
            call: text("call"),
            project: text("project"),
            outcome: outcome.transpose()?,
        };
        Ok(Self { filters, before: before.transpose()? })
    }
}

/// Writes the file; it is only there when it is whole.
pub(super) async fn run(settings: Settings, file: PathBuf, asked: Filters) -> Result<(), StartFault> {
    let opened = Opened::existing(&settings)?;
    let people = People::new(opened.store.clone(), opened.clock.clone(), opened.dice.clone());
    let Filters { filters, before } = asked;
    let called = match &filters.person {
        None => Vec::new(),
        Some(text) => people.called(text).await.map_err(|fault| told(&fault))?,
    };
    let pages = Pages::of(&opened.audit, &filters, before, called).await.map_err(|fault| told(&fault))?;
    let target = create(&file).map_err(|error| unwritten(&file, &error))?;
    let provenance = Provenance {
        person: CLI.to_owned(),
        at: opened.clock.now(),
        question: String::new(),
        filters: filters.clone(),
        before,
    };
    opened.note("audit export", json!({ "file": file, "filters": filters, "before": before })).await?;
    let mut writing = Writing::new(pages, provenance, AuditFormat::JsonLines, u64::MAX);
    if let Err(fault) = pour(&opened, &people, &mut writing, target, &file).await {
        // What is not whole is not left behind; if that fails too, its missing last line tells.
        std::fs::remove_file(&file).unwrap_or_default();
        return Err(fault);
    }
    opened.store.close().await?;
    say(&format!("{} entries are written to {}.", writing.entries(), file.display()));
    Ok(())
}

async fn pour(
    opened: &Opened,
    people: &People,
    writing: &mut Writing,
    target: File,
    file: &Path,
) -> Result<(), StartFault> {
    let mut target = BufWriter::new(target);
    while let Some(piece) = writing.next(&opened.audit, people).await.map_err(|fault| told(&fault))? {
        target.write_all(&piece).map_err(|error| unwritten(file, &error))?;
    }
    target.flush().and_then(|()| target.get_ref().sync_all()).map_err(|error| unwritten(file, &error))
}

/// A new file that only its owner reads.
fn create(file: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)
}

fn unwritten(file: &Path, error: &std::io::Error) -> StartFault {
    let sentence = match error.kind() {
        std::io::ErrorKind::AlreadyExists => format!("{} is there already; name a new file", file.display()),
        _ => format!("{} cannot be written ({error}); name another place", file.display()),
    };
    StartFault::Other { sentence, code: EXIT_CANNOT_WRITE }
}

fn told(fault: &Fault) -> StartFault {
    other(fault.to_string())
}
