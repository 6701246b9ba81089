//! Hashing without a key: names that tell nothing about what they name, and marks of what was asked; and hexadecimal.
//!
//! Everything that needs a key lies in the vault; what people's passwords need lies with them.

use sha2::{Digest as _, Sha256};

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256 of `bytes` in hexadecimal, as names of records use it.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&sha256(bytes))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a String cannot fail.
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    })
}

/// Reads hexadecimal of either case.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| if let [high, low] = pair { Some(digit(*high)? * 16 + digit(*low)?) } else { None }).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn hexadecimal_comes_back_and_nothing_else_is_taken_for_it() {
        assert_eq!(super::hex(&[0, 10, 255]), "000aff");
        assert_eq!(super::from_hex("00fF"), Some(vec![0, 255]));
        assert_eq!([super::from_hex("0"), super::from_hex("zz"), super::from_hex("+1")], [None, None, None]);
    }

    #[test]
    fn the_hash_is_the_one_of_the_standard() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(super::sha256_hex(b"abc"), expected, "FIPS 180-4, its first example");
    }
}
