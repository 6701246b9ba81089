//! From what went wrong inside to what people are told: the cause goes to the log here, and nowhere else.

use wire::{Code, Fault};

use crate::audit::Unavailable;
use crate::connectors::{Failure, FailureKind};
use crate::store::StoreError;

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Conflict { .. } | StoreError::RowConflict { .. } => Self::new(
                Code::Conflict,
                "Somebody else saved at the same time.",
                "Look at what changed, then save again.",
            ),
            StoreError::Rolling => Self::new(
                Code::KeyRolling,
                "The encryption key is about to be rolled, and until then the configuration stays as it is.",
                "Try again when the administrator has finished it; reading and searching go on.",
            ),
            StoreError::RollRuns => {
                Self::new(Code::Conflict, "The encryption key is being rolled already.", "Wait until that is done.")
            }
            StoreError::NoNewKey => Self::not_found(),
            StoreError::NoRoom { .. } => {
                Self::new(Code::StoreUnavailable, "The encryption key was not rolled.", error.to_string())
            }
            StoreError::RollStopped { .. } => {
                // It names rows, and whoever may keep the store need not know what is in it.
                tracing::error!(%error, code = error.code(), "the key was not rolled");
                Self::new(
                    Code::StoreUnavailable,
                    "Something in the store is not as it was written, so the key was not rolled and nothing was changed.",
                    "The server's log names it; `clew store verify` too.",
                )
            }
            StoreError::Uncertain => {
                tracing::error!(%error, code = error.code(), "the store went away in the middle of saving");
                Self::new(
                    Code::StoreUnavailable,
                    "The connection to Clew's own store broke while this was being saved, and it is not known whether it was.",
                    "Look whether it was saved before you try again.",
                )
            }
            StoreError::RollDone { .. } => {
                tracing::error!(%error, code = error.code(), "the key was rolled away from this server");
                Self::new(
                    Code::StoreUnavailable,
                    "The encryption key was rolled, and this server was started with the one before.",
                    "Tell your administrator: it must be started again with the new key.",
                )
            }
            StoreError::TooLarge { .. } => Self::new(Code::TooLarge, error.to_string(), "Make it smaller."),
            _ => {
                tracing::error!(%error, code = error.code(), "the store failed");
                Self::new(
                    Code::StoreUnavailable,
                    "Clew's own store cannot be used at the moment.",
                    "Try again; if it lasts, tell your administrator. Nothing that was saved is lost.",
                )
            }
        }
    }
}

impl From<Unavailable> for Fault {
    fn from(error: Unavailable) -> Self {
        tracing::error!(error = %error.0, "the audit log cannot be written");
        let remedy = match &error.0 {
            StoreError::RollDone { .. } => {
                "Tell your administrator: the encryption key was rolled, and this server must be started again with the new \
                 key."
            }
            StoreError::RollRuns => "Wait until the encryption key is rolled, then try again.",
            _ => "Try again; if it lasts, tell your administrator.",
        };
        let sentence = "This could not be written down in the audit log, so it was not done.";
        Self::new(Code::AuditUnavailable, sentence, remedy)
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        tracing::warn!(kind = ?failure.kind, cause = %failure.cause, "a source failed");
        let code = match failure.kind {
            FailureKind::Slow => Code::SourceSlow,
            FailureKind::Busy => Code::Busy,
            FailureKind::Mismatch => Code::Invalid,
            _ => Code::SourceFailed,
        };
        Self::new(code, failure.sentence, failure.remedy)
    }
}
