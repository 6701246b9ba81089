//! Uploads under way: how many at once, and which pieces nothing in the configuration names yet, so that upkeep leaves
//! them alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use access::{PersonId, UploadId};
use wire::{Code, Fault};

/// Files that one person may bring in at once.
const FILES_OF_PERSON: usize = 4;
/// Files that all may bring in at once. Each takes a few MiB of memory while it comes.
const FILES_IN_ALL: usize = 16;

/// Every upload under way in this process.
#[derive(Debug, Clone, Default)]
pub struct Uploading(Arc<Mutex<Under>>);

#[derive(Debug, Default)]
struct Under {
    written: BTreeSet<UploadId>,
    coming: BTreeMap<PersonId, usize>,
}

/// One whose pieces are being written, until this is dropped.
#[derive(Debug)]
pub struct UnderWay {
    all: Uploading,
    upload: UploadId,
}

/// A place for one file that comes in, until this is dropped.
#[derive(Debug)]
pub struct Coming {
    all: Uploading,
    person: PersonId,
}

impl Uploading {
    /// A place for a file of `person`.
    ///
    /// # Errors
    /// [`Fault`] `Busy` when too many come in already.
    pub fn come(&self, person: &PersonId) -> Result<Coming, Fault> {
        let mut under = self.lock();
        let own = under.coming.get(person).copied().unwrap_or_default();
        if own >= FILES_OF_PERSON {
            let sentence = format!("You are bringing in {FILES_OF_PERSON} files already.");
            return Err(Fault::new(Code::Busy, sentence, "Wait until one of them is there, or cancel one."));
        }
        if under.coming.values().sum::<usize>() >= FILES_IN_ALL {
            let sentence = "Others are bringing in as many files as this server takes at once.";
            return Err(Fault::new(Code::Busy, sentence, "Try again in a minute."));
        }
        under.coming.insert(person.clone(), own + 1);
        Ok(Coming { all: self.clone(), person: person.clone() })
    }

    /// Notes that pieces of `upload` are about to be written.
    pub fn begin(&self, upload: &UploadId) -> UnderWay {
        self.lock().written.insert(upload.clone());
        UnderWay { all: self.clone(), upload: upload.clone() }
    }

    /// Whether pieces of this upload are being written.
    pub fn has(&self, upload: &str) -> bool {
        self.lock().written.iter().any(|under_way| under_way.as_str() == upload)
    }

    fn lock(&self) -> MutexGuard<'_, Under> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.all.lock().written.remove(&self.upload);
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        let mut under = self.all.lock();
        if let Some(own) = under.coming.get_mut(&self.person) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                under.coming.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(number: usize) -> PersonId {
        PersonId::new(format!("person-{number}")).unwrap()
    }

    #[test]
    fn a_person_has_a_limit_all_have_theirs_and_what_ends_makes_room() {
        let uploading = Uploading::default();
        let mut coming: Vec<Coming> = (0..FILES_OF_PERSON).map(|_| uploading.come(&person(0)).unwrap()).collect();
        assert_eq!(uploading.come(&person(0)).unwrap_err().code, Code::Busy, "a person");
        let others = (FILES_OF_PERSON..FILES_IN_ALL).map(|number| uploading.come(&person(number)).unwrap());
        coming.extend(others.collect::<Vec<_>>());
        assert_eq!(uploading.come(&person(99)).unwrap_err().code, Code::Busy, "all");
        coming.clear();
        assert!(uploading.come(&person(99)).is_ok());
        assert!(uploading.lock().coming.is_empty(), "nobody is remembered");
    }
}
