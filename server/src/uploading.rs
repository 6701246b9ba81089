//! Uploads under way: how many at once, how many bytes they bring, and which pieces nothing in the configuration names yet, so
//! that upkeep leaves them alone.

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
    coming: BTreeMap<PersonId, Files>,
}

/// Files that come in.
#[derive(Debug, Clone, Copy, Default)]
struct Files {
    number: usize,
    bytes: u64,
}

/// Bytes of files: those of one person, and those of all.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    pub of_person: u64,
    pub in_all: u64,
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
    bytes: u64,
}

impl Uploading {
    /// A place for a file of `person` with so many bytes, beside the files that are `kept` already; `most` may be kept.
    ///
    /// # Errors
    /// [`Fault`] `Busy` when too many come in already, `TooLarge` when there is no room for it.
    pub fn come(&self, person: &PersonId, bytes: u64, kept: Room, most: Room) -> Result<Coming, Fault> {
        let mut under = self.lock();
        let own = under.coming.get(person).copied().unwrap_or_default();
        if own.number >= FILES_OF_PERSON {
            let sentence = format!("You are bringing in {FILES_OF_PERSON} files already.");
            return Err(Fault::new(Code::Busy, sentence, "Wait until one of them is there, or cancel one."));
        }
        if under.coming.values().map(|files| files.number).sum::<usize>() >= FILES_IN_ALL {
            let sentence = "Others are bringing in as many files as this server takes at once.";
            return Err(Fault::new(Code::Busy, sentence, "Try again in a minute."));
        }
        let coming: u64 = under.coming.values().map(|files| files.bytes).sum();
        if !fits([kept.of_person, own.bytes, bytes], most.of_person) {
            return Err(no_room("Your files here", most.of_person));
        }
        if !fits([kept.in_all, coming, bytes], most.in_all) {
            return Err(no_room("All files here", most.in_all));
        }
        under.coming.insert(person.clone(), Files { number: own.number + 1, bytes: own.bytes + bytes });
        Ok(Coming { all: self.clone(), person: person.clone(), bytes })
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

/// Whether these bytes are no more than there may be.
fn fits(bytes: [u64; 3], most: u64) -> bool {
    bytes.into_iter().fold(0, u64::saturating_add) <= most
}

fn no_room(whose: &str, most: u64) -> Fault {
    let sentence = format!("{whose} would take more than {} MB together.", most >> 20);
    let remedy = "Remove sources whose files nobody needs, or ask your administrator for more room.";
    Fault::new(Code::TooLarge, sentence, remedy)
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
            own.number = own.number.saturating_sub(1);
            own.bytes = own.bytes.saturating_sub(self.bytes);
            if own.number == 0 {
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

    const NONE: Room = Room { of_person: 0, in_all: 0 };
    const MOST: Room = Room { of_person: 100, in_all: 250 };

    fn come(uploading: &Uploading, number: usize, bytes: u64, kept: Room) -> Result<Coming, String> {
        uploading.come(&person(number), bytes, kept, MOST).map_err(|fault| format!("{:?} {fault}", fault.code))
    }

    #[test]
    fn a_person_has_a_limit_all_have_theirs_and_what_ends_makes_room() {
        let uploading = Uploading::default();
        let mut coming: Vec<Coming> = (0..FILES_OF_PERSON).map(|_| come(&uploading, 0, 1, NONE).unwrap()).collect();
        assert!(come(&uploading, 0, 1, NONE).unwrap_err().starts_with("Busy You are"), "a person");
        let others = (FILES_OF_PERSON..FILES_IN_ALL).map(|number| come(&uploading, number, 1, NONE).unwrap());
        coming.extend(others.collect::<Vec<_>>());
        assert!(come(&uploading, 99, 1, NONE).unwrap_err().starts_with("Busy Others are"), "all");
        coming.clear();
        assert!(come(&uploading, 99, 1, NONE).is_ok());
        assert!(uploading.lock().coming.is_empty(), "nobody is remembered");
    }

    #[test]
    fn bytes_that_are_kept_and_that_come_count_for_the_person_and_for_all() {
        let uploading = Uploading::default();
        let kept = |of_person, in_all| Room { of_person, in_all };
        let first = come(&uploading, 0, 60, kept(20, 20)).unwrap();
        assert!(come(&uploading, 0, 21, kept(20, 20)).unwrap_err().starts_with("TooLarge Your files here"));
        let second = come(&uploading, 0, 20, kept(20, 20)).unwrap();
        assert!(come(&uploading, 1, 90, kept(0, 90)).unwrap_err().starts_with("TooLarge All files here"));
        let third = come(&uploading, 1, 80, kept(0, 90)).unwrap();
        drop(first);
        assert!(come(&uploading, 0, 60, kept(20, 90)).is_ok(), "what broke off makes room");
        drop((second, third));
        assert!(come(&uploading, 0, u64::MAX, kept(20, 90)).is_err());
    }
}
