//! The second step at sign-in: a telephone that shows codes, and ten recovery codes for the day when it is lost.
//!
//! Each step of time is accepted once, and each recovery code works once; of recovery codes only hashes are kept. A
//! recovery code is 80 bits of chance, so a plain hash cannot be tried out.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::totp::{DIGITS, Secret, base32, grouped};
use crate::hash::sha256_hex;
use crate::world::{Dice, random};

/// Recovery codes that a person has.
const RECOVERY_CODES: usize = 10;
/// Letters of a recovery code.
const LETTERS: usize = 16;

/// What is kept of a person's second step.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct SecondFactor {
    secret: Secret,
    /// The newest step of time whose code was accepted.
    last_step: u64,
    /// Hashes of the recovery codes that were not used yet.
    recovery: Vec<String>,
}

/// What was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Used {
    /// A code of the telephone.
    Code,
    /// A recovery code; so many are left.
    Recovery {
        /// Codes that still work.
        left: usize,
    },
}

impl SecondFactor {
    /// That of a telephone which showed the code of `step`; gives the recovery codes, which are kept nowhere.
    pub(super) fn new(secret: Secret, step: u64, dice: &dyn Dice) -> (Self, Vec<String>) {
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| base32(&random::<10>(dice))).collect();
        let recovery = codes.iter().map(|code| sha256_hex(code.as_bytes())).collect();
        let shown = codes.iter().map(|code| grouped(code, "-")).collect();
        (Self { secret, last_step: step, recovery }, shown)
    }

    /// Accepts what was typed, once.
    pub(super) fn accept(&mut self, typed: &str, now: i64) -> Option<Used> {
        let typed = plain(typed)?;
        match typed.len() {
            DIGITS => {
                self.last_step = self.secret.step_of(&typed, now).filter(|step| *step > self.last_step)?;
                Some(Used::Code)
            }
            LETTERS => {
                let hash = sha256_hex(typed.as_bytes());
                let before = self.recovery.len();
                self.recovery.retain(|kept| !bool::from(kept.as_bytes().ct_eq(hash.as_bytes())));
                (self.recovery.len() < before).then_some(Used::Recovery { left: self.recovery.len() })
            }
            _ => None,
        }
    }

    /// What tells it from another one, and opens nothing.
    pub(super) fn mark(&self) -> String {
        self.secret.mark()
    }
}

/// The step of a new telephone's code, as it was typed.
pub(super) fn first_step(secret: &Secret, typed: &str, now: i64) -> Option<u64> {
    secret.step_of(&plain(typed)?, now)
}

/// Without the spaces and dashes between groups, in capitals; nothing where anything else was typed.
fn plain(typed: &str) -> Option<String> {
    let letters = typed.chars().filter(|c| !matches!(c, ' ' | '-'));
    letters.map(|c| c.is_ascii_alphanumeric().then(|| c.to_ascii_uppercase())).take(LETTERS + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::SystemDice;

    #[test]
    fn a_recovery_code_works_once_however_it_is_grouped() {
        let (mut second, codes) = SecondFactor::new(Secret::draw(&SystemDice), 1, &SystemDice);
        assert_eq!(codes.len(), 10);
        assert!(codes.iter().all(|code| code.len() == 19 && code.split('-').count() == 4), "{codes:?}");
        let kept = serde_json::to_string(&second).unwrap();
        assert!(codes.iter().all(|code| !kept.contains(&plain(code).unwrap())), "only hashes are kept");
        assert_eq!(second.accept(&codes[3].to_lowercase().replace('-', " "), 90), Some(Used::Recovery { left: 9 }));
        assert_eq!(second.accept(&codes[3], 90), None);
        assert_eq!(second.accept(&codes[4], 90), Some(Used::Recovery { left: 8 }));
    }
}
