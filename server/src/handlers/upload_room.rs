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
    if server.console.disk().is_some_and(|disk| !leaves_a_tenth(disk, bytes)) {
        return Err(Fault::new(
            Code::StoreUnavailable,
            "Less than a tenth of the server's disk would be free.",
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

/// Everybody is answered only as long as the store can write.
fn leaves_a_tenth(disk: Disk, bytes: u64) -> bool {
    disk.free_bytes.saturating_sub(bytes) >= disk.all_bytes / 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_the_disk_stays_free() {
        let disk = |free_bytes| Disk { free_bytes, all_bytes: 1_000 };
        let table = [(1_000, 900, true), (1_000, 901, false), (150, 50, true), (150, 51, false), (99, 0, false)];
        for (free, bytes, expected) in table {
            assert_eq!(leaves_a_tenth(disk(free), bytes), expected, "{free} {bytes}");
        }
        assert!(!leaves_a_tenth(disk(500), u64::MAX));
    }
}
