//! Which key a store is under, and which one it is to be rolled to.
//!
//! | `CONFIG_B64_ENCRYPTION_KEY` | `..._ROLLING` | the store is under the | |
//! |---|---|---|---|
//! | old | | old | used as it is |
//! | old | new | old | used as it is; prepared to be rolled |
//! | old | | new | refused: the roll is done |
//! | old | new | new | used under the new one |
//! | new | or new | new | used as it is |
//! | new | old | new | refused: that key was rolled away |
//! | new | old | old | refused: not rolled yet, and the wrong way round |
//! | another | any | any | refused: a wrong key |
//!
//! Which key a store is under stands in every sealed text; which one it was under before, in a mark that the roll leaves.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};

use super::StoreError;
use super::chain::{Anchor, Chain};
use super::sums::Marks;
use super::vault::{KeyId, Vault};
use crate::hash::from_hex;

/// The keys that the settings name.
pub struct Keyring {
    main: Arc<Vault>,
    rolling: Option<Arc<Vault>>,
}

impl From<Vault> for Keyring {
    fn from(main: Vault) -> Self {
        Self::new(main, None)
    }
}

impl Keyring {
    /// The key in use, and the one to roll to; the same one twice is one.
    pub fn new(main: Vault, rolling: Option<Vault>) -> Self {
        let rolling = rolling.filter(|rolling| rolling.key_id() != main.key_id());
        Self { main: Arc::new(main), rolling: rolling.map(Arc::new) }
    }

    /// What opens what is under the key with this id; the key in use, if that is neither.
    pub fn of(&self, key: KeyId) -> Arc<Vault> {
        let rolling = self.rolling.as_ref().filter(|rolling| rolling.key_id() == key);
        rolling.unwrap_or(&self.main).clone()
    }

    /// Whether one of the keys has this id.
    pub fn has(&self, key: KeyId) -> bool {
        self.of(key).key_id() == key
    }

    /// The key in use: what a new store is made under.
    pub fn main(&self) -> Arc<Vault> {
        self.main.clone()
    }

    /// Decides what a store is used with that is under the key `stored`, if there is one. A wrong key is told without the
    /// number of records, which is long to count.
    pub(super) fn choose(&self, stored: Option<KeyId>, rolled: Option<Rolled>) -> Result<Keys, StoreError> {
        let (main, rolling) = (self.main.key_id(), self.rolling.as_ref().map(|rolling| rolling.key_id()));
        let from = rolled.map(|rolled| rolled.from);
        let Some(stored) = stored.filter(|stored| *stored != main) else {
            return match (&self.rolling, rolling) {
                (Some(_), Some(given)) if stored.is_some() && from == rolling => Err(StoreError::RolledAway { given }),
                (Some(rolling), _) => Ok(Keys::prepared(&self.main, rolling)),
                _ => Ok(Keys::only(self.main.clone())),
            };
        };
        match &self.rolling {
            Some(rolling) if rolling.key_id() == stored && from == Some(main) => {
                Ok(Keys { roll: Roll::Done { from: main }, ..Keys::only(rolling.opening_too(&self.main)) })
            }
            Some(rolling) if rolling.key_id() == stored => Err(StoreError::KeysSwapped { stored }),
            _ if from == Some(main) => Err(StoreError::RollDone { stored, given: main }),
            _ => Err(StoreError::WrongKey { stored, given: main, rows: 0 }),
        }
    }
}

/// How far the roll to another key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roll {
    /// There is no other key.
    Unwanted,
    /// Another key is there, and the store is not under it.
    Prepared { to: KeyId },
    /// Everything is being sealed anew; `rows` is 0 while a backup is made.
    Running { to: KeyId, done: u64, rows: u64 },
    /// The store is under the new key, and the one before is still given.
    Done { from: KeyId },
}

impl Roll {
    /// Whether the configuration stays as it is.
    pub fn keeps_configuration(self) -> bool {
        matches!(self, Self::Prepared { .. } | Self::Running { .. })
    }
}

/// The mark that a roll leaves: which key the store was under, and which one it is under. It says nothing of the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rolled {
    pub(super) from: KeyId,
    pub(super) to: KeyId,
}

impl fmt::Display for Rolled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.from, self.to)
    }
}

impl FromStr for Rolled {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let id = |text| from_hex(text).and_then(|id| id.try_into().ok()).map(KeyId::from_bytes).ok_or(());
        let (from, to) = text.split_once(' ').ok_or(())?;
        Ok(Self { from: id(from)?, to: id(to)? })
    }
}

/// The key that a store is used with.
#[derive(Clone)]
pub(super) struct Keys {
    pub(super) vault: Arc<Vault>,
    pub(super) chain: Chain,
    pub(super) marks: Marks,
    /// Those before or after the roll: what is read in the moment of the roll may be of either.
    other: Option<(Chain, Marks)>,
    /// What the store is rolled to.
    pub(super) next: Option<Arc<Vault>>,
    /// How it stood when the store was opened.
    pub(super) roll: Roll,
}

impl Keys {
    fn only(vault: Arc<Vault>) -> Self {
        let (chain, marks) = (Chain::of(&vault), Marks::of(&vault));
        Self { chain, marks, vault, other: None, next: None, roll: Roll::Unwanted }
    }

    fn prepared(main: &Arc<Vault>, next: &Arc<Vault>) -> Self {
        Self {
            other: Some((Chain::of(next), Marks::of(next))),
            next: Some(next.clone()),
            roll: Roll::Prepared { to: next.key_id() },
            ..Self::only(main.opening_too(next))
        }
    }

    /// The keys behind the roll to `next`.
    pub(super) fn rolled(&self, next: &Arc<Vault>) -> Self {
        Self {
            other: Some((self.chain.clone(), self.marks.clone())),
            roll: Roll::Done { from: self.vault.key_id() },
            ..Self::only(next.opening_too(&self.vault))
        }
    }

    /// The end of the log in stored bytes, and the chain that made it.
    pub(super) fn head(&self, bytes: &[u8]) -> Option<(&Chain, Anchor)> {
        let mut chains = std::iter::once(&self.chain).chain(self.other.as_ref().map(|(chain, _)| chain));
        chains.find_map(|chain| Some((chain, chain.head(bytes)?)))
    }

    /// What makes the marks of the rows beside this end of the log.
    pub(super) fn marks_beside(&self, head: &[u8]) -> &Marks {
        let other = self.other.as_ref().filter(|(chain, _)| chain.head(head).is_some());
        other.map_or(&self.marks, |(_, marks)| marks)
    }
}

/// The keys of an open store, exchanged when it is rolled.
#[derive(Clone)]
pub(super) struct InUse(Arc<RwLock<Keys>>);

impl InUse {
    pub(super) fn new(keys: Keys) -> Self {
        Self(Arc::new(RwLock::new(keys)))
    }

    pub(super) fn get(&self) -> Keys {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set(&self, keys: Keys) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }
}
