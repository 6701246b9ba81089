//! The only file that knows keys and sealing.
//!
//! Everything of content in the store is sealed here before it is written and opened here after it is read. What a
//! thief of the database file, of a backup or of the disk has is noise; what somebody who can write to the file has
//! is no more than the power to break it: a sealed text opens only in the place for which it was sealed.
//!
//! ```text
//! let place = Place { table: "record", row: "project/p1".into(), column: "body", project: "p1".into(), revision: 7 };
//! let sealed = vault.seal(place, b"...");
//! let plain = vault.open(&sealed)?;              // in another place: StoreError::Integrity, never an empty text
//! ```
//!
//! Bytes: version 1, method 1, key id 8, salt 16, nonce, ciphertext, tag 16. Method 1 is AES-256-GCM with a nonce of 12
//! bytes, method 2 XChaCha20-Poly1305 with one of 24; which one seals is a setting, and both are opened at any time.
//!
//! * A subkey per sealed text: HKDF-SHA256 (RFC 5869) of the master key with the fresh salt and an info that names
//!   table and column. Random nonces are safe for 2^32 texts per key (NIST SP 800-38D); here each key has one text.
//! * The associated data, each part with its length in front: version, method, key id, table, row, column, project,
//!   revision. So two ciphertexts cannot be swapped, moved to another project, or brought back from an older revision.
//! * The key id is derived from the key by HKDF, so it tells which key is meant and nothing about it.
//!
//! While a key is rolled a vault opens what is under the other key too; it never seals under that one.
//!
//! Absent on purpose: a way to get the master key out, compression (it would tell lengths about contents), and a default
//! key.

use std::fmt;
use std::sync::Arc;

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead, KeyInit, Nonce, Payload};
use chacha20poly1305::XChaCha20Poly1305;
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::StoreError;
use crate::settings::{EncryptionMethod, MasterKey};
use crate::world::{Dice, random};

const VERSION: u8 = 1;
/// Version, method, key id and salt: without the nonce, whose length is the method's.
pub(super) const HEAD_BYTES: usize = 2 + 8 + SALT;
const SALT: usize = 16;
const LONGEST_NONCE: usize = 24;
const TAG: usize = 16;

impl EncryptionMethod {
    /// The number that stands in what is sealed.
    const fn number(self) -> u8 {
        match self {
            Self::Aes256Gcm => 1,
            Self::XChaCha20Poly1305 => 2,
        }
    }

    fn of_number(number: u8) -> Option<Self> {
        [Self::Aes256Gcm, Self::XChaCha20Poly1305].into_iter().find(|method| method.number() == number)
    }

    const fn nonce_bytes(self) -> usize {
        match self {
            Self::Aes256Gcm => 12,
            Self::XChaCha20Poly1305 => LONGEST_NONCE,
        }
    }
}

/// Names a key without telling anything about it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// As it stands in the head of a backup.
    pub(super) fn to_bytes(self) -> [u8; 8] {
        self.0
    }

    /// What [`Self::to_bytes`] gave.
    pub(super) fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where a sealed text belongs; it opens nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub table: &'static str,
    pub row: String,
    pub column: &'static str,
    /// The project's id, or empty where there is none.
    pub project: String,
    /// The revision of the row.
    pub revision: u64,
}

/// A sealed text together with its place. Cheap to clone, safe to print.
#[derive(Clone)]
pub struct Sealed {
    bytes: Arc<[u8]>,
    place: Arc<Place>,
}

impl Sealed {
    /// What was read from the store, to be opened by [`Vault::open`].
    pub(super) fn from_stored(bytes: Vec<u8>, place: Place) -> Self {
        Self { bytes: bytes.into(), place: Arc::new(place) }
    }

    /// What is written into the store.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Changes with every sealing, and says nothing of what is inside.
    pub fn fingerprint(&self) -> [u8; 32] {
        crate::hash::sha256(&self.bytes)
    }

    /// The key under which it was sealed, if the bytes are long enough to tell.
    pub(super) fn key_id(&self) -> Option<KeyId> {
        self.bytes.get(2..10).and_then(|id| id.try_into().ok()).map(KeyId)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} {}, {} bytes)", self.place.table, self.place.row, self.bytes.len())
    }
}

/// Holds the master key; seals, opens, and derives keys for other uses.
pub struct Vault {
    master: MasterKey,
    key_id: KeyId,
    method: EncryptionMethod,
    dice: Arc<dyn Dice>,
    /// What is under this one's key is opened as well.
    other: Option<Arc<Vault>>,
}

impl Vault {
    /// An id by chance, for a backup.
    pub(super) fn random_id(&self) -> [u8; 16] {
        random(&*self.dice)
    }

    /// `dice` gives salts and nonces and must be secure.
    pub fn new(master: MasterKey, dice: Arc<dyn Dice>) -> Self {
        let mut id = [0; 8];
        expand(None, master.expose(), &[b"clew/v1/key-id"], &mut id);
        Self { master, key_id: KeyId(id), method: EncryptionMethod::default(), dice, other: None }
    }

    /// The same, but what is sealed from now on is sealed by `method`.
    #[must_use]
    pub fn sealing_by(self, method: EncryptionMethod) -> Self {
        Self { method, ..self }
    }

    /// The same, but what is under the key of `other` is opened as well: while a key is rolled, and after it what is
    /// still in memory.
    #[must_use]
    pub(super) fn opening_too(self: &Arc<Self>, other: &Arc<Self>) -> Arc<Self> {
        let Self { master, key_id, method, dice, .. } = &**self;
        let (master, dice, other) = (master.clone(), dice.clone(), Some(other.clone()));
        Arc::new(Self { master, key_id: *key_id, method: *method, dice, other })
    }

    /// The name of the key in use.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// Seals `plain` for `place`.
    pub fn seal(&self, place: Place, plain: &[u8]) -> Sealed {
        let method = self.method;
        let drawn: [u8; SALT + LONGEST_NONCE] = random(&*self.dice);
        let (salt, nonce) = drawn.split_at(SALT);
        let nonce = nonce.get(..method.nonce_bytes()).unwrap_or_default();
        let aad = self.associated(method, &place);
        let payload = Payload { msg: plain, aad: &aad };
        let key = self.subkey(salt, &place);
        let sealed = match method {
            EncryptionMethod::Aes256Gcm => encrypt::<Aes256Gcm>(&key, nonce, payload),
            EncryptionMethod::XChaCha20Poly1305 => encrypt::<XChaCha20Poly1305>(&key, nonce, payload),
        };
        let mut bytes = Vec::with_capacity(HEAD_BYTES + nonce.len() + plain.len() + TAG);
        bytes.extend_from_slice(&[VERSION, method.number()]);
        bytes.extend_from_slice(&self.key_id.0);
        bytes.extend_from_slice(salt);
        bytes.extend_from_slice(nonce);
        bytes.extend_from_slice(&sealed);
        Sealed::from_stored(bytes, place)
    }

    /// Opens what was sealed for the same place under the same key. Anything else is an integrity error.
    pub fn open(&self, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let place = &*sealed.place;
        let theirs = self.other.as_ref().filter(|other| sealed.key_id() == Some(other.key_id));
        if let Some(other) = theirs {
            return other.open(sealed);
        }
        self.opened(&sealed.bytes, place)
            .map(Zeroizing::new)
            .ok_or_else(|| StoreError::Integrity { table: place.table, row: place.row.clone() })
    }

    fn opened(&self, bytes: &[u8], place: &Place) -> Option<Vec<u8>> {
        let ([version, method], rest) = bytes.split_first_chunk::<2>()?;
        let (key_id, rest) = rest.split_first_chunk::<8>()?;
        let (salt, rest) = rest.split_first_chunk::<SALT>()?;
        let method = EncryptionMethod::of_number(*method)?;
        let (nonce, text) = rest.split_at_checked(method.nonce_bytes())?;
        if *version != VERSION || *key_id != self.key_id.0 {
            return None;
        }
        let aad = self.associated(method, place);
        let payload = Payload { msg: text, aad: &aad };
        let key = self.subkey(salt, place);
        match method {
            EncryptionMethod::Aes256Gcm => decrypt::<Aes256Gcm>(&key, nonce, payload),
            EncryptionMethod::XChaCha20Poly1305 => decrypt::<XChaCha20Poly1305>(&key, nonce, payload),
        }
    }

    /// A key for another use, such as the audit chain; different purposes give unrelated keys.
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        expand(None, self.master.expose(), &[b"clew/v1/derive/", purpose.as_bytes()], &mut *key);
        key
    }

    fn subkey(&self, salt: &[u8], place: &Place) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        let info: [&[u8]; 4] = [b"clew/v1/", place.table.as_bytes(), b"/", place.column.as_bytes()];
        expand(Some(salt), self.master.expose(), &info, &mut *key);
        key
    }

    fn associated(&self, method: EncryptionMethod, place: &Place) -> Vec<u8> {
        let mut aad = Vec::with_capacity(96 + place.row.len() + place.project.len());
        let revision = place.revision.to_be_bytes();
        let parts: [&[u8]; 7] = [
            &[VERSION, method.number()],
            &self.key_id.0,
            place.table.as_bytes(),
            place.row.as_bytes(),
            place.column.as_bytes(),
            place.project.as_bytes(),
            &revision,
        ];
        parts.iter().for_each(|part| push_part(&mut aad, part));
        aad
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({})", self.key_id)
    }
}

#[expect(clippy::expect_used, reason = "ciphers fail only beyond 64 GiB, and the store's limits are far below")]
fn encrypt<C: Aead + KeyInit>(key: &[u8; 32], nonce: &[u8], payload: Payload<'_, '_>) -> Vec<u8> {
    let nonce: &Nonce<C> = nonce.try_into().expect("as long as the method says");
    let cipher = C::new_from_slice(key).expect("both take 32 bytes");
    cipher.encrypt(nonce, payload).expect("a record fits")
}

fn decrypt<C: Aead + KeyInit>(key: &[u8; 32], nonce: &[u8], payload: Payload<'_, '_>) -> Option<Vec<u8>> {
    let nonce: &Nonce<C> = nonce.try_into().ok()?;
    C::new_from_slice(key).ok()?.decrypt(nonce, payload).ok()
}

/// HKDF-SHA256; `out` is always at most 32 bytes, far below what HKDF can give.
#[expect(clippy::expect_used, reason = "HKDF fails only for outputs above 8160 bytes")]
fn expand(salt: Option<&[u8]>, secret: &[u8], info: &[&[u8]], out: &mut [u8]) {
    Hkdf::<Sha256>::new(salt, secret).expand_multi_info(info, out).expect("at most 32 bytes");
}

/// Appends `part` with its length in front, so that no two lists of parts give the same bytes.
pub(crate) fn push_part(to: &mut Vec<u8>, part: &[u8]) {
    to.extend_from_slice(&(part.len() as u64).to_be_bytes());
    to.extend_from_slice(part);
}

/// HMAC-SHA256 under a derived key: the one keyed hash of the server.
#[derive(Clone)]
pub struct Keyed(Hmac<Sha256>);

impl Keyed {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(<Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("any length"))
    }

    /// The mark of the parts, each with its length in front.
    pub fn mark(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::{from_hex, hex};

    fn bytes(text: &str) -> Vec<u8> {
        from_hex(text).unwrap()
    }

    /// Key, nonce, associated data, plain text, and sealed text with its tag, of others' making.
    struct Vector([&'static str; 5]);

    /// McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13, 14 and 16.
    const AES_256_GCM: [Vector; 3] = [
        Vector([
            "0000000000000000000000000000000000000000000000000000000000000000",
            "000000000000000000000000",
            "",
            "",
            "530f8afbc74536b9a963b4f1c4cb738b",
        ]),
        Vector([
            "0000000000000000000000000000000000000000000000000000000000000000",
            "000000000000000000000000",
            "",
            "00000000000000000000000000000000",
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
        ]),
        Vector([
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657\
             ba637b39",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a\
             bcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
        ]),
    ];

    /// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
    const XCHACHA20_POLY1305: [Vector; 1] = [Vector([
        "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
        "404142434445464748494a4b4c4d4e4f5051525354555657",
        "50515253c0c1c2c3c4c5c6c7",
        "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f6666\
         657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069\
         742e",
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216\
         cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13\
         b52ec0875924c1c7987947deafd8780acf49",
    ])];

    /// The same with one bit after the other changed.
    fn with_a_flip(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        (0..8 * bytes.len()).map(|at| {
            let mut changed = bytes.to_vec();
            changed[at / 8] ^= 1 << (at % 8);
            changed
        })
    }

    fn agrees<C: Aead + KeyInit>(vectors: &[Vector]) {
        for Vector(parts) in vectors {
            let [key, nonce, aad, plain, sealed] = parts.map(bytes);
            let key: [u8; 32] = key.try_into().unwrap();
            let opens = |nonce: &[u8], msg: &[u8], aad: &[u8]| decrypt::<C>(&key, nonce, Payload { msg, aad });
            assert_eq!(hex(&encrypt::<C>(&key, &nonce, Payload { msg: &plain, aad: &aad })), hex(&sealed));
            assert_eq!(opens(&nonce, &sealed, &aad), Some(plain));
            assert!(with_a_flip(&sealed).all(|changed| opens(&nonce, &changed, &aad).is_none()));
            assert!(with_a_flip(&nonce).all(|changed| opens(&changed, &sealed, &aad).is_none()));
            assert!(with_a_flip(&aad).all(|changed| opens(&nonce, &sealed, &changed).is_none()));
            for short in [0, 1, 12, sealed.len() - 1] {
                assert_eq!(opens(&nonce, &sealed[..short], &aad), None, "{short} bytes");
            }
        }
    }

    #[test]
    fn both_methods_agree_with_public_vectors_and_open_nothing_that_differs_by_a_bit() {
        agrees::<Aes256Gcm>(&AES_256_GCM);
        agrees::<XChaCha20Poly1305>(&XCHACHA20_POLY1305);
    }

    /// RFC 5869, test case 1 (its first 32 bytes), and RFC 4231, test case 2.
    #[test]
    fn keys_and_marks_are_derived_as_the_standards_say() {
        let mut key = [0; 32];
        let (salt, info) = (bytes("000102030405060708090a0b0c"), bytes("f0f1f2f3f4f5f6f7f8f9"));
        expand(Some(&salt), &[0x0b; 22], &[&info[..4], &info[4..]], &mut key);
        assert_eq!(hex(&key), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(b"Jefe").unwrap();
        mac.update(b"what do ya want for nothing?");
        let mark: [u8; 32] = mac.finalize().into_bytes().into();
        assert_eq!(hex(&mark), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
