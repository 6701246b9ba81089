//! The vault: what opens, and everything that must not.

use std::collections::HashSet;

use proptest::prelude::*;

use super::super::vault::{Place, Sealed, Vault};
use super::*;
use crate::settings::EncryptionMethod;

fn place(row: &str, revision: u64) -> Place {
    Place { table: "record", row: row.into(), column: "body", project: "p".into(), revision }
}

fn moved(sealed: &Sealed, to: Place) -> Sealed {
    Sealed::from_stored(sealed.bytes().to_vec(), to)
}

#[test]
fn the_format_is_version_method_key_id_salt_nonce_text_and_tag() {
    let vault = vault(KEY);
    let sealed = vault.seal(place("a", 1), b"hello");
    assert_eq!(sealed.bytes().len(), 2 + 8 + 16 + 12 + 5 + 16);
    assert_eq!(sealed.bytes()[..2], [1, 1]);
    assert_eq!(sealed.key_id(), Some(vault.key_id()));
    assert_eq!(vault.key_id().to_string().len(), 16);
    assert_ne!(vault.key_id(), super::vault(OTHER_KEY).key_id());
    assert_eq!(format!("{vault:?} {sealed:?}"), format!("Vault({}) Sealed(record a, 59 bytes)", vault.key_id()));
}

#[test]
fn what_one_method_sealed_opens_while_the_other_seals() {
    let by = |method| vault(KEY).sealing_by(method);
    let [one, two] = [EncryptionMethod::Aes256Gcm, EncryptionMethod::XChaCha20Poly1305].map(by);
    let [old, new] = [&one, &two].map(|vault| vault.seal(place("a", 1), b"hello"));
    assert_eq!((old.bytes()[1], new.bytes()[1], new.bytes().len()), (1, 2, 2 + 8 + 16 + 24 + 5 + 16));
    for vault in [&one, &two] {
        for sealed in [&old, &new] {
            assert_eq!(vault.open(sealed).unwrap().as_slice(), b"hello");
        }
    }
    for sealed in [&old, &new] {
        for method in [0, 1, 2, 3] {
            let mut changed = sealed.bytes().to_vec();
            changed[1] = method;
            let opens = one.open(&Sealed::from_stored(changed, place("a", 1))).is_ok();
            assert_eq!(opens, method == sealed.bytes()[1], "the method is part of what is sealed");
        }
    }
    assert!(two.open(&moved(&new, place("b", 1))).is_err());
}

#[test]
fn a_sealed_text_opens_only_in_its_own_place() {
    let vault = vault(KEY);
    let sealed = vault.seal(place("a", 1), b"hello");
    let with = |change: fn(&mut Place)| {
        let mut place = place("a", 1);
        change(&mut place);
        vault.open(&moved(&sealed, place)).is_ok()
    };
    assert!(with(|_| {}));
    assert!(!with(|p| p.table = "session"));
    assert!(!with(|p| p.row = "b".into()));
    assert!(!with(|p| p.column = "bodx"));
    assert!(!with(|p| p.project = "q".into()));
    assert!(!with(|p| p.revision = 2));
    // Lengths stand in front of the parts, so text cannot wander from one part into its neighbour.
    assert!(!with(|p| (p.row, p.project) = ("ap".into(), String::new())));
}

#[test]
fn another_key_does_not_open_it_and_the_error_names_the_row() {
    let sealed = vault(KEY).seal(place("a", 1), b"hello");
    let error = vault(OTHER_KEY).open(&sealed).unwrap_err();
    assert_eq!(error.to_string(), "the stored record a is not as it was written; restore a backup");
}

#[test]
fn derived_keys_differ_by_purpose_and_by_key() {
    let (one, two) = (vault(KEY), vault(OTHER_KEY));
    let keys = [one.derive("a"), one.derive("b"), two.derive("a")];
    assert_eq!(keys.iter().map(|key| **key).collect::<HashSet<_>>().len(), 3);
    assert_eq!(one.derive("a"), keys[0]);
}

#[test]
fn no_two_sealed_texts_share_salt_or_nonce() {
    let vault = vault(KEY);
    let heads: HashSet<Vec<u8>> =
        (0..2_000).map(|_| vault.seal(place("a", 1), b"x").bytes()[10..38].to_vec()).collect();
    assert_eq!(heads.len(), 2_000);
}

/// Answers every draw with the same bytes, so that the format itself can be compared.
struct LoadedDice;

impl crate::world::Dice for LoadedDice {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

#[test]
fn the_format_stays_readable_by_later_versions() {
    let vault = Vault::new(MasterKey::from_random(KEY), Arc::new(LoadedDice));
    let sealed = vault.seal(place("a", 1), b"hello");
    let hex: String = sealed.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    insta::assert_snapshot!(hex);
}

/// A vault that seals by one of both methods.
fn by(second: bool) -> Vault {
    vault(KEY).sealing_by(if second { EncryptionMethod::XChaCha20Poly1305 } else { EncryptionMethod::Aes256Gcm })
}

proptest! {
    #[test]
    fn what_is_sealed_opens_to_itself(text in prop::collection::vec(any::<u8>(), 0..5_000), row in ".{0,40}", revision: u64, second: bool) {
        let vault = by(second);
        let sealed = vault.seal(place(&row, revision), &text);
        let opened = vault.open(&sealed).unwrap();
        prop_assert_eq!(opened.as_slice(), text.as_slice());
    }

    #[test]
    fn one_flipped_bit_or_a_cut_never_opens(text in prop::collection::vec(any::<u8>(), 0..200), at: prop::sample::Index, bit in 0..8u32, second: bool) {
        let vault = by(second);
        let good = vault.seal(place("a", 1), &text).bytes().to_vec();
        let mut flipped = good.clone();
        flipped[at.index(good.len())] ^= 1 << bit;
        prop_assert!(vault.open(&Sealed::from_stored(flipped, place("a", 1))).is_err());
        let cut = good[..at.index(good.len())].to_vec();
        prop_assert!(vault.open(&Sealed::from_stored(cut, place("a", 1))).is_err());
    }
}
