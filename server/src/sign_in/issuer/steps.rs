//! A sign-in at the issuer that takes more than one page: what is proved already, and what it is for, kept on the server.
//!
//! ```text
//! password right -> Code -> Proved -> the goal
//!                   Enrolling (no telephone yet) -> Proved -> the goal
//! ```
//!
//! The browser holds one opaque id, in a hidden field of a page and in no address; only its hash is a name in the store.
//! A page that is sent for another state than the one that was reached leads nowhere, so no page can be skipped. A step
//! belongs to the password with which it began: one that is changed meanwhile ends it.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::tokens::Holder;
use super::totp::Secret;
use crate::hash::sha256_hex;
use crate::store::{Record, RecordKey, RecordKind, Store, StoreError, When, Write};
use crate::world::{Clock, Dice, random};

/// How long the pages after the password may take, in seconds: as long as the sign-in that they belong to.
const STEP_SECS: i64 = 600;
/// Sign-ins of one person that wait for a page; older ones are forgotten first.
const MOST_OF_PERSON: usize = 5;
/// Of what is over, so much is removed at once.
const MOST_REMOVED: usize = 1_000;

/// What somebody wants of the issuer.
#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Goal {
    /// Back to Clew with a code; the authorization request, as it was checked.
    SignIn { request: String },
    /// Another password.
    Password,
    /// A telephone, the first one or another one.
    Telephone,
}

/// How far somebody has come.
#[derive(Clone, Serialize, Deserialize)]
pub(super) enum State {
    /// Owes a code.
    Code,
    /// Was shown a secret, and owes the code that proves that a telephone has it.
    Enrolling {
        /// What was shown.
        secret: Secret,
        /// The mark of the telephone that it takes the place of.
        instead_of: Option<String>,
    },
    /// Owes nothing.
    Proved,
}

/// A sign-in under way at the issuer.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Step {
    /// Whose it is; `second` once a code was right.
    pub(super) holder: Holder,
    /// The mark of the password that was right.
    pub(super) password: String,
    pub(super) goal: Goal,
    pub(super) state: State,
    ends: i64,
}

impl Step {
    /// What tells one password from another, of its hash.
    pub(super) fn mark(password: Option<&str>) -> String {
        sha256_hex(password.unwrap_or_default().as_bytes())
    }
}

/// A step as it was read.
pub(super) struct Found {
    pub(super) id: String,
    pub(super) step: Step,
    key: RecordKey,
    revision: u64,
}

impl Found {
    /// The step at another state, if nobody else has moved it.
    pub(super) fn moved(&self) -> Write {
        Write::put_when(self.key.clone(), json(&self.step), When::At(self.revision))
    }

    /// The step is used up, if nobody else has used it.
    pub(super) fn used(&self) -> Write {
        Write::delete_when(self.key.clone(), When::At(self.revision))
    }
}

/// Steps in the store.
pub(super) struct Steps {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
}

impl Steps {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> Self {
        Self { store, clock, dice }
    }

    /// Begins a step for a holder whose password was right; gives what the browser holds.
    pub(super) async fn begin(
        &self,
        holder: Holder,
        password: String,
        goal: Goal,
        state: State,
    ) -> Result<String, StoreError> {
        let id = URL_SAFE_NO_PAD.encode(random::<32>(self.dice.as_ref()));
        let ends = self.clock.now().as_second() + STEP_SECS;
        let mut writes = self.stale(&holder.subject).await?;
        let step = Step { holder, password, goal, state, ends };
        writes.push(Write::put(key(&id), json(&step)));
        self.store.keep(writes, Vec::new()).await?;
        Ok(id)
    }

    /// The step of an id, while it lasts.
    pub(super) async fn find(&self, id: &str) -> Result<Option<Found>, StoreError> {
        let Some(record) = self.store.get(key(id)).await? else { return Ok(None) };
        let now = self.clock.now().as_second();
        let step = read(&record).filter(|step| step.ends >= now);
        Ok(step.map(|step| Found { id: id.to_owned(), step, key: record.key, revision: record.revision }))
    }

    /// Removes steps that are over, and the oldest of a person who has begun too many.
    async fn stale(&self, subject: &str) -> Result<Vec<Write>, StoreError> {
        let records = self.store.list(RecordKind::IssuerGrant, None).await?;
        let steps = records.iter().filter(|record| record.key.id.starts_with(PREFIX));
        let mut steps: Vec<(i64, bool, &Record)> = steps
            .map(|record| match read(record) {
                Some(step) => (step.ends, step.holder.subject == subject, record),
                None => (0, false, record),
            })
            .collect();
        steps.sort_by_key(|(ends, ..)| std::cmp::Reverse(*ends));
        let (now, mut own) = (self.clock.now().as_second(), 0);
        let mut stale = Vec::new();
        for (ends, is_own, record) in steps {
            own += usize::from(is_own);
            if ends < now || (is_own && own >= MOST_OF_PERSON) {
                stale.push(Write::delete(record.key.clone()));
            }
        }
        stale.truncate(MOST_REMOVED);
        Ok(stale)
    }
}

const PREFIX: &str = "step-";

fn key(id: &str) -> RecordKey {
    RecordKey::new(RecordKind::IssuerGrant, "", format!("{PREFIX}{}", sha256_hex(id.as_bytes())))
}

fn read(record: &Record) -> Option<Step> {
    serde_json::from_slice(record.body.plain()?).ok()
}

fn json(step: &Step) -> Vec<u8> {
    serde_json::to_vec(step).unwrap_or_default()
}
