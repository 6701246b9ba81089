//! The key of the store and the roll to another one, for instance managers. Keys are named by their ids only.

use access::{Action, Need};
use serde::{Deserialize, Serialize};

use crate::{Call, request};

/// Under which key the store is, and how far the roll to another one is. Not written down: it is asked again and again
/// while a roll runs, and what is written waits then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyState {}

request!(KeyState, "key_state", Quiet, |_call| vec![Need::instance(Action::KeepStore)]);

impl Call for KeyState {
    type Reply = KeyNow;
}

/// Rolls the store to the new key that the settings name; there is no such call where they name none. Rolled before, it
/// says so and does nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollKey {}

request!(RollKey, "roll_key", Change, |_call| vec![Need::instance(Action::KeepStore)]);

impl Call for RollKey {
    type Reply = KeyNow;
}

/// The key of the store at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyNow {
    /// The id of the key that the store is under, 16 hexadecimal digits.
    pub key: String,
    /// How far the roll is.
    pub roll: RollNow,
}

/// How far a roll is; other keys by their ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RollNow {
    /// The settings name no other key.
    Unwanted,
    /// Changes of the configuration are refused until the key is rolled.
    Prepared {
        /// The new key.
        to: String,
    },
    /// Everything is being sealed anew.
    Running {
        /// The new key.
        to: String,
        /// Rows that are sealed anew.
        done: u64,
        /// Rows in all; 0 while the backup before is made.
        rows: u64,
    },
    /// The store is under the new key; the settings still name the one before.
    Done {
        /// The key before.
        from: String,
    },
}
