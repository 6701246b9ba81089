//! Disks of a network: SQLite's log and locks are memory that processes of one machine share, so on such a disk what was
//! saved is lost sooner or later, without a word.

use std::path::Path;

use crate::store::StoreError;

/// The kinds that are refused, by the number that Linux gives each (`statfs`, `f_type`). What lies behind FUSE, and a
/// folder that a virtual machine is lent, cannot be told from a local disk and are not refused.
const OF_A_NETWORK: [(u32, &str); 10] = [
    (0x0000_6969, "NFS"),
    (0x0000_517B, "SMB"),
    (0xFF53_4D42, "SMB (CIFS)"),
    (0xFE53_4D42, "SMB"),
    (0x0000_564C, "NCP"),
    (0x5346_414F, "AFS"),
    (0x6B41_4653, "AFS"),
    (0x7375_7245, "Coda"),
    (0x0BD0_0BD0, "Lustre"),
    (0x00C3_6400, "CephFS"),
];

/// Refuses a store on a disk of a network. What cannot be asked is left to the opening itself.
///
/// # Errors
/// [`StoreError::NetworkDisk`].
pub(super) fn refuse_network(path: &Path) -> Result<(), StoreError> {
    let existing = path.ancestors().find(|path| path.exists()).unwrap_or(Path::new("."));
    let Ok(found) = rustix::fs::statfs(existing) else { return Ok(()) };
    // The number has 32 bits; how wide its field is depends on the machine.
    let number = u32::try_from(found.f_type & 0xFFFF_FFFF).unwrap_or_default();
    match network_disk(number) {
        None => Ok(()),
        Some(kind) => Err(StoreError::NetworkDisk { file: path.display().to_string(), kind }),
    }
}

/// What kind of network disk a number stands for; none for a disk of this machine.
fn network_disk(number: u32) -> Option<&'static str> {
    OF_A_NETWORK.into_iter().find(|(of, _)| *of == number).map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disks_of_a_network_are_refused_and_those_of_this_machine_are_not() {
        for (number, expected) in [
            (0x6969, Some("NFS")),
            (0x517B, Some("SMB")),
            (0xFF53_4D42, Some("SMB (CIFS)")),
            (0xFE53_4D42, Some("SMB")),
            (0x0BD0_0BD0, Some("Lustre")),
            (0x00C3_6400, Some("CephFS")),
            // ext4, XFS, Btrfs, ZFS, tmpfs, overlay, F2FS, FUSE, 9P
            (0xEF53, None),
            (0x5846_5342, None),
            (0x9123_683E, None),
            (0x2FC1_2FC1, None),
            (0x0102_1994, None),
            (0x794C_7630, None),
            (0xF2F5_2010, None),
            (0x6573_5546, None),
            (0x0102_1997, None),
        ] {
            assert_eq!(network_disk(number), expected, "{number:x}");
        }
    }

    #[test]
    fn the_disk_of_a_store_that_is_not_there_yet_is_that_of_the_nearest_folder() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(refuse_network(&folder.path().join("a/b/clew.db")), Ok(()));
        let said = StoreError::NetworkDisk { file: "/mnt/clew.db".into(), kind: "NFS" };
        assert_eq!((said.exit_code(), said.code()), (73, "store_read_only"));
        assert!(said.to_string().contains("JDBC_CONNECTION_STRING"), "{said}");
    }
}
