//! The store as a whole: how it is, a check of everything, and backups.

use wire::Fault;
use wire::keeping::{BackUp, BackupChecked, CheckNow, CheckStore, StoreNow, StoreState, VerifyBackup};

use crate::app::{Model, Remote};
use crate::client::{Outbox, Saving, Streaming};

/// What is known of the store.
#[derive(Default)]
pub struct Store {
    /// How it is.
    pub now: Remote<StoreNow>,
    /// The newest check that was begun here, as far as it has come.
    pub check: Remote<CheckNow>,
    /// The backup that is looked at, and what was found.
    pub verified: Option<(String, Remote<BackupChecked>)>,
    /// How the newest backup is.
    pub backup: BackupNow,
    checking: Option<Streaming>,
    verifying: Option<Streaming>,
    saving: Option<Streaming>,
}

/// How the newest backup is that was asked for here.
#[derive(Debug, Clone, Default)]
pub enum BackupNow {
    /// None was asked for.
    #[default]
    None,
    /// So many bytes of it have come; none while the server makes it.
    Coming(u64),
    /// It was handed over to be saved.
    Saved {
        /// The file's name.
        name: String,
        /// Its size.
        bytes: u64,
    },
    /// It could not be made.
    Failed(Fault),
}

impl Store {
    /// Whether a check runs, whoever began it.
    pub fn is_checking(&self) -> bool {
        let now = self.now.value();
        self.check.is_waiting() || now.is_some_and(|now| matches!(now.check, CheckNow::Running { .. }))
    }
}

/// What the page asks for.
#[derive(Debug, Clone)]
pub enum Command {
    /// Ask how the store is.
    Ask,
    /// Look at everything in it.
    Check,
    /// The check is no longer waited for.
    StopCheck,
    /// Save a backup as a file.
    BackUp,
    /// The file is no longer waited for.
    StopBackUp,
    /// Look whether a backup is whole.
    Verify(String),
    /// That is no longer waited for.
    StopVerify,
}

/// Carries out a command.
pub(super) fn run(command: Command, model: &mut Model, outbox: &Outbox) {
    let store = &mut model.admin.store;
    match command {
        Command::Ask => ask(model, outbox),
        Command::Check => check(model, outbox),
        Command::StopCheck => {
            (store.check, store.checking) = (Remote::Idle, None);
            ask(model, outbox);
        }
        Command::BackUp => back_up(model, outbox),
        Command::StopBackUp => (store.backup, store.saving) = (BackupNow::None, None),
        Command::Verify(name) => verify(model, outbox, name),
        Command::StopVerify => (store.verified, store.verifying) = (None, None),
    }
}

pub(super) fn ask(model: &mut Model, outbox: &Outbox) {
    model.admin.store.now.ask();
    outbox.call(&StoreState {}, |model, _, reply| model.admin.store.now.answer(reply));
}

fn check(model: &mut Model, outbox: &Outbox) {
    model.admin.store.check = Remote::Waiting(None);
    model.admin.store.checking = Some(outbox.call_until(&CheckStore {}, |model, outbox, reply| {
        model.admin.store.check.answer(reply);
        ask(model, outbox);
    }));
}

fn verify(model: &mut Model, outbox: &Outbox, name: String) {
    model.admin.store.verified = Some((name.clone(), Remote::Waiting(None)));
    model.admin.store.verifying = Some(outbox.call_until(&VerifyBackup { name }, |model, _, reply| {
        if let Some((_, verified)) = &mut model.admin.store.verified {
            verified.answer(reply);
        }
    }));
}

fn back_up(model: &mut Model, outbox: &Outbox) {
    model.admin.store.backup = BackupNow::Coming(0);
    model.admin.store.saving = Some(outbox.download(&BackUp {}, |model, saving| {
        model.admin.store.backup = match saving {
            Saving::Came(bytes) => BackupNow::Coming(bytes),
            Saving::Saved { name, bytes } => BackupNow::Saved { name, bytes },
            Saving::Failed(fault) => BackupNow::Failed(fault),
        };
    }));
}
