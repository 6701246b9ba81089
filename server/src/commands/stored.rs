//! `clew doctor stored`: what is kept, kind by kind and how much of it, so that anybody can see what is not.

use serde_json::json;

use super::keeping::Opened;
use super::say;
use crate::StartFault;
use crate::settings::Settings;
use crate::store::{self, RecordKind};

/// Lists what the store holds. Every row is opened on the way, so it also says whether all of it can be.
pub(super) async fn run(settings: Settings) -> Result<(), StartFault> {
    let opened = Opened::existing(&settings)?;
    opened.note("doctor stored", json!({})).await?;
    let sessions = opened.store.count_sessions().await?;
    let checked = store::check(&*opened.store, opened.vault.clone(), Vec::new()).await?;
    opened.store.close().await?;
    let count = |name: &str| checked.counts.get(name).copied().unwrap_or_default();
    for kind in RecordKind::ALL {
        say(&line(count(kind.as_str()), what(*kind)));
    }
    say(&line(count("file pieces"), "pieces of uploaded files, sealed; opened in memory alone"));
    say(&line(sessions, "sessions: a hash of the cookie, the person, and the issuer's tokens, sealed"));
    say(&line(count("audit entries"), "entries of the audit log: what was asked, never what was answered"));
    say("Nothing else is kept: no row of a source, no answer, no password that could be read.");
    super::keeping::good(&checked, "The store is not whole; restore a backup")
}

fn line(count: u64, what: &str) -> String {
    format!("{count:>10}  {what}")
}

/// What a record of a kind is, in words for whoever has to answer for it.
const fn what(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Instance => "settings of the whole instance",
        RecordKind::Project => "projects: types, links, how they are shown",
        RecordKind::Source => "sources, without their credentials",
        RecordKind::Credential => "credentials of sources, sealed and opened at the moment of use",
        RecordKind::Rights => "what accounts of sources may do there beside reading",
        RecordKind::Grant => "rights in projects",
        RecordKind::Upload => "descriptions of uploaded files",
        RecordKind::Personal => "changes that people made for themselves",
        RecordKind::Person => "people who have signed in: issuer, subject, name, e-mail",
        RecordKind::LocalPerson => "people of the embedded issuer, with argon2id hashes of passwords",
        RecordKind::IssuerKey => "signing keys of the embedded issuer",
        RecordKind::IssuerGrant => "codes, tokens and links of the embedded issuer, as hashes",
        RecordKind::SignIn => "sign-ins under way",
        RecordKind::DesktopCode => "codes that desktop programs trade for sessions, as hashes",
        RecordKind::Draft => "unsaved investigations: steps, keys of objects, notes",
        RecordKind::Investigation => "saved investigations: steps, keys of objects, notes",
        RecordKind::AuditSink => "how far sinks of the audit log have come",
        RecordKind::Environment => "names of settings at former starts, with keyed hashes of their values",
        RecordKind::Remembered => "what screens remember for a person, such as the last searches",
    }
}
