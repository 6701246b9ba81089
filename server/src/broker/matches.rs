//! Objects by the values that a link between sources compares, folded as the source folds them.

use std::collections::{HashMap, HashSet};

use model::query::Key;

use crate::connectors;

/// What is ignored when values are compared here, as the source ignored it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fold {
    Nothing,
    Case,
    CaseAndAccents,
}

impl Fold {
    fn of(self, value: &[String]) -> Key {
        let fold = |text: &String| match self {
            Self::Nothing => text.clone(),
            Self::Case => text.to_lowercase(),
            Self::CaseAndAccents => connectors::fold(text).into_owned(),
        };
        value.iter().map(fold).collect()
    }
}

/// Objects by the values that a link compares.
pub(super) struct Named {
    fold: Fold,
    /// The values as they are spelled, each once.
    pub(super) values: Vec<Key>,
    /// The keys of the objects, by the folded value.
    pub(super) keys: HashMap<Key, Vec<Key>>,
    /// How many objects there are.
    pub(super) size: usize,
}

impl Named {
    pub(super) fn new(fold: Fold, named: impl Iterator<Item = (Key, Key)>) -> Self {
        let mut all = Self { fold, values: Vec::new(), keys: HashMap::new(), size: 0 };
        let mut spelled = HashSet::new();
        for (value, key) in named {
            let keys = all.keys.entry(fold.of(&value)).or_default();
            keys.push(key);
            all.size += 1;
            if spelled.insert(value.clone()) {
                all.values.push(value);
            }
        }
        all
    }

    /// The objects with a value.
    pub(super) fn keys_of(&self, value: &[String]) -> &[Key] {
        self.keys.get(&self.fold.of(value)).map_or(&[], Vec::as_slice)
    }

    /// Adds the objects of another batch.
    pub(super) fn take(&mut self, other: Self) {
        self.fold = self.fold.max(other.fold);
        self.values.extend(other.values);
        self.size += other.size;
        for (value, keys) in other.keys {
            self.keys.entry(value).or_default().extend(keys);
        }
    }
}
