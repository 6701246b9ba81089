//! Values that must never be printed, logged or sent: they live here, and only their owners unwrap them.
//!
//! ```text
//! format!("{secret:?}")   ->  "***"
//! ```
//! Absent on purpose: `Display`, `Serialize`, `PartialEq` (a comparison would not take constant time), and any way to
//! get at the value by accident. The memory is wiped when the value goes.

use std::fmt;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use zeroize::{Zeroize as _, Zeroizing};

/// A password, token or other secret text.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself, for the one place that must send it on.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The 32 bytes under which everything in the store is sealed. Only the vault takes them.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

/// Why a text is not a key; the sentence goes behind the setting's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    #[error("is not base64")]
    NotBase64,
    #[error("holds {0} bytes, not 32")]
    Length(usize),
    #[error("is one byte repeated, so anybody can guess it")]
    Repeated,
    #[error("is a sample from the documentation, so anybody knows it")]
    Sample,
}

/// Keys that stand in a README, here or elsewhere: 0, 1, 2, ... 31 and an alphabet.
const SAMPLES: [&[u8; 32]; 2] = [
    &[
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
        30, 31,
    ],
    b"0123456789abcdef0123456789abcdef",
];

impl MasterKey {
    /// Reads base64 (standard or URL alphabet, padded or not, white space anywhere) of exactly 32 bytes.
    pub fn from_base64(text: &str) -> Result<Self, KeyFault> {
        let mut standard: Zeroizing<String> = Zeroizing::new(String::with_capacity(text.len()));
        standard.extend(text.chars().filter(|c| !c.is_whitespace()).map(|c| match c {
            '-' => '+',
            '_' => '/',
            other => other,
        }));
        let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, config);
        let bytes = Zeroizing::new(engine.decode(standard.as_bytes()).map_err(|_| KeyFault::NotBase64)?);
        Self::from_bytes(&bytes)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, KeyFault> {
        let mut key: [u8; 32] = bytes.try_into().map_err(|_| KeyFault::Length(bytes.len()))?;
        let fault = if key.iter().all(|b| Some(b) == key.first()) {
            Some(KeyFault::Repeated)
        } else {
            SAMPLES.contains(&&key).then_some(KeyFault::Sample)
        };
        let kept = Zeroizing::new(key);
        key.zeroize();
        fault.map_or(Ok(Self(kept)), Err)
    }

    /// A key from given bytes: for `clew demo`, which draws its own, and for tests.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key as the setting wants it: for `clew demo`, which keeps its own in a file.
    pub fn to_base64(&self) -> Secret {
        Secret::new(base64::engine::general_purpose::STANDARD.encode(self.0.as_slice()))
    }

    /// The bytes, for the vault alone.
    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
