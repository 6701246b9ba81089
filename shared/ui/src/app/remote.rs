//! Something that comes from the server.

use wire::{Code, Fault};

/// Not asked for, on its way, here, or failed.
#[derive(Debug, Clone, Default)]
pub enum Remote<T> {
    /// Nobody asked.
    #[default]
    Idle,
    /// Asked for; what was here before stays on the screen meanwhile.
    Waiting(Option<T>),
    /// Here.
    Here(T),
    /// It failed; the screen says why, and offers to ask again.
    Failed(Fault),
}

impl<T> Remote<T> {
    /// What is here, or was here before it was asked for again.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Here(value) | Self::Waiting(Some(value)) => Some(value),
            Self::Idle | Self::Waiting(None) | Self::Failed(_) => None,
        }
    }

    /// The same, to be changed.
    pub fn value_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Here(value) | Self::Waiting(Some(value)) => Some(value),
            Self::Idle | Self::Waiting(None) | Self::Failed(_) => None,
        }
    }

    /// Whether it is on its way.
    pub fn is_waiting(&self) -> bool {
        matches!(self, Self::Waiting(_))
    }

    /// Marks it as asked for, keeping what is here.
    pub fn ask(&mut self) {
        *self = Self::Waiting(match std::mem::take(self) {
            Self::Here(value) | Self::Waiting(Some(value)) => Some(value),
            Self::Idle | Self::Waiting(None) | Self::Failed(_) => None,
        });
    }

    /// Takes the answer; one that failed leaves what was here before, and is handed back.
    pub fn answer_or_keep(&mut self, answer: Result<T, Fault>) -> Option<Fault> {
        let (here, fault) = match (answer, std::mem::take(self)) {
            (Ok(value), _) => (Self::Here(value), None),
            (Err(fault), Self::Here(value) | Self::Waiting(Some(value))) => (Self::Here(value), Some(fault)),
            (Err(fault), _) => (Self::Failed(fault), None),
        };
        *self = here;
        fault
    }

    /// Takes the answer. What is here stays when the session has ended: a notice is laid over it, and nothing is lost.
    pub fn answer(&mut self, answer: Result<T, Fault>) {
        if let Some(fault) = self.answer_or_keep(answer).filter(|fault| fault.code != Code::SignedOut) {
            *self = Self::Failed(fault);
        }
    }
}
