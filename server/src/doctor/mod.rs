//! `clew doctor`: what could keep this server from working, one finding per thing looked at, each with its remedy.
//!
//! | file | what it looks at |
//! |---|---|
//! | `places` | folders and files, and whose they are; the disk |
//! | `certificate` | the certificate that the listener shows |
//! | `keeping` | the key, the store, the end of the audit log, the clock |
//! | `reach` | listeners, the public address, the issuer |
//! | `sources` | every source of every project |
//! | `running` | the same from within a running server |
//! | `outbound` | every host and port that this server goes to |
//! | `sinks` | where copies of the audit log go, and how far they are |
//!
//! Nothing is changed but for what `--fix` names beforehand, and an entry of the audit log. No finding holds a secret:
//! it is made of settings that are none, and of sentences that people may read.

mod certificate;
mod keeping;
mod outbound;
mod places;
mod reach;
mod running;
mod sinks;
mod sources;

use std::sync::Arc;

use serde::Serialize;

pub(crate) use reach::get;

use crate::settings::Settings;
use crate::world::{Clock, Dice};

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// It works, and should be looked at.
    Warn,
    /// Clew does not work, or is not safe, until this is repaired.
    Bad,
}

/// What came of one look.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// What was looked at, such as `store` or `source bank/register`.
    pub check: String,
    /// How it is.
    pub state: State,
    /// A sentence.
    pub said: String,
    /// What to do; empty where nothing is to be done.
    pub remedy: String,
}

impl Finding {
    pub(crate) fn ok(check: &str, said: impl Into<String>) -> Self {
        Self { check: check.to_owned(), state: State::Ok, said: said.into(), remedy: String::new() }
    }

    pub(crate) fn warn(check: &str, said: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { state: State::Warn, remedy: remedy.into(), ..Self::ok(check, said) }
    }

    pub(crate) fn bad(check: &str, said: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { state: State::Bad, ..Self::warn(check, said, remedy) }
    }

    /// The same for the screens.
    pub(crate) fn told(&self) -> wire::health::Finding {
        let state = match self.state {
            State::Ok => wire::health::State::Ok,
            State::Warn => wire::health::State::Warn,
            State::Bad => wire::health::State::Bad,
        };
        let (check, said, remedy) = (self.check.clone(), self.said.clone(), self.remedy.clone());
        wire::health::Finding { check, state, said, remedy }
    }

    /// What an error says that ends with its remedy behind a semicolon, as those of settings and store do.
    pub(crate) fn bad_as_said(check: &str, error: &dyn std::fmt::Display) -> Self {
        let text = error.to_string();
        match text.rsplit_once("; ") {
            Some((said, remedy)) => Self::bad(check, said, remedy),
            None => Self::bad(check, text, ""),
        }
    }
}

pub(crate) use outbound::examine as examine_outbound;
pub(crate) use running::examine_running;

/// Looks at everything; with `fix`, rights of the store's folder and files are repaired on the way.
pub async fn examine(settings: &Settings, fix: bool, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> Vec<Finding> {
    let mut findings = vec![match settings.for_serve() {
        Ok(_) => Finding::ok("settings", "Every setting can be read, and those that `serve` needs are there."),
        Err(fault) => Finding::bad_as_said("settings", &fault),
    }];
    findings.extend(places::examine(settings, fix, clock.now()));
    let (found, store) = keeping::examine(settings, fix, clock.clone(), dice).await;
    findings.extend(found);
    findings.extend(certificate::examine(settings, clock.now()));
    findings.extend(reach::listeners(settings).await);
    findings.extend(reach::public_address(settings).await);
    findings.push(reach::issuer(settings, clock).await);
    if let Some(store) = store {
        findings.extend(sources::examine(settings, store.clone()).await);
        findings.extend(sinks::examine(settings, store.as_ref()).await);
        if let Err(error) = store.close().await {
            findings.push(Finding::bad_as_said("store", &error));
        }
    }
    findings
}
