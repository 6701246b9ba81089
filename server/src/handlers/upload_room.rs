//! Whether there is room for one more file: that of its person, that of all, and that of the disk.
//!
//! A file counts from its first byte until nobody can read it any more. What a file becomes when it is accepted may be larger
//! than it came; the next one finds less room then.

use wire::upload::UploadFile;
use wire::{Code, Fault};

use crate::Server;
use crate::console::Disk;
use crate::gate::Allowed;
use crate::uploading::{Coming, Room};

/// A place for a file of `bytes`.
///
/// # Errors
/// [`Fault`] `Busy` when too many come in already, `TooLarge` when the person or all have no room left, `StoreUnavailable`
/// when the disk has not.
pub(super) fn take(server: &Server, call: &Allowed<UploadFile>, bytes: u64) -> Result<Coming, Fault> {
    // What lies in a database elsewhere is of a disk that cannot be seen from here.
    if server.console.disk().is_some_and(|disk| !leaves_room(disk, bytes)) {
        return Err(Fault::new(
            Code::StoreUnavailable,
            "The server's disk would be almost full.",
            "Tell your administrator to make room; nothing that was saved is lost.",
        ));
    }
    let person = &call.who.caller.person;
    let mut kept = Room { of_person: 0, in_all: 0 };
    let config = server.keeper.current();
    for record in config.projects().flat_map(|kept| kept.uploads.values()) {
        kept.in_all = kept.in_all.saturating_add(record.bytes);
        if record.person == *person {
            kept.of_person = kept.of_person.saturating_add(record.bytes);
        }
    }
    let settings = &server.console.settings;
    let most = Room { of_person: settings.upload_person_bytes, in_all: settings.upload_all_bytes };
    server.uploading.come(person, bytes, kept, most)
}

/// Of a large disk, a tenth would be more than the store and its log can need for a long time.
const ENOUGH: u64 = 5 << 30;

/// Everybody is answered only as long as the store can write: a tenth of the disk stays free.
fn leaves_room(disk: Disk, bytes: u64) -> bool {
    disk.free_bytes.saturating_sub(bytes) >= (disk.all_bytes / 10).min(ENOUGH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_the_disk_stays_free() {
        let disk = |free_bytes| Disk { free_bytes, all_bytes: 1_000 };
        let table = [(1_000, 900, true), (1_000, 901, false), (150, 50, true), (150, 51, false), (99, 0, false)];
        for (free, bytes, expected) in table {
            assert_eq!(leaves_room(disk(free), bytes), expected, "{free} {bytes}");
        }
        assert!(!leaves_room(disk(500), u64::MAX));
        let large = Disk { free_bytes: ENOUGH + 7, all_bytes: ENOUGH * 100 };
        assert!(leaves_room(large, 7) && !leaves_room(large, 8));
    }
}
