//! One-time codes by time (RFC 6238: SHA-1, six digits, thirty seconds), and the secret that they come from.
//!
//! ```text
//! secret 20 bytes, shown as base32      code = six digits of HMAC-SHA-1(secret, seconds since 1970 / 30)
//! ```
//!
//! A code is taken in its own step of time and in the one before and after it, because telephones' clocks differ. SHA-1
//! is what every authenticator application knows; what is weak about it, collisions, plays no part in an HMAC.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::world::{Dice, random};

/// How long a code is shown, in seconds.
const STEP_SECS: i64 = 30;
/// Ten to the power of the number of digits.
const CODES: u32 = 1_000_000;
/// The digits of a code.
pub(super) const DIGITS: usize = 6;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What a telephone and this server share.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Secret(String);

impl Secret {
    /// A new one: 160 bits, as the RFC advises.
    pub(super) fn draw(dice: &dyn Dice) -> Self {
        Self(base32(&random::<20>(dice)))
    }

    /// As base32, in groups of four to be typed.
    pub(super) fn in_groups(&self) -> String {
        grouped(&self.0, " ")
    }

    /// The address that an authenticator application reads, from a picture or a link.
    pub(super) fn address(&self, name: &str, instance: &str) -> String {
        let (name, instance) = (percent(name), percent(instance));
        format!(
            "otpauth://totp/{instance}:{name}?secret={}&issuer={instance}&algorithm=SHA1&digits={DIGITS}&period=30",
            self.0
        )
    }

    /// The step of time whose code this is, among the one of `now` (seconds since 1970), the one before and the one after.
    pub(super) fn step_of(&self, code: &str, now: i64) -> Option<u64> {
        let step = u64::try_from(now.div_euclid(STEP_SECS)).ok()?;
        let mut found = None;
        // All three, whichever fits: the time that it takes tells nothing.
        for step in [step.checked_sub(1)?, step, step + 1] {
            let expected = self.code(step)?;
            if bool::from(expected.as_bytes().ct_eq(code.as_bytes())) {
                found = Some(step);
            }
        }
        found
    }

    fn code(&self, step: u64) -> Option<String> {
        let secret = Zeroizing::new(from_base32(&self.0)?);
        let mut mac = Hmac::<Sha1>::new_from_slice(&secret).ok()?;
        mac.update(&step.to_be_bytes());
        let mark = mac.finalize().into_bytes();
        let start = usize::from(mark.last()? & 0xf);
        let four = <[u8; 4]>::try_from(mark.get(start..start + 4)?).ok()?;
        Some(format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % CODES))
    }

    /// What tells it from another one, and opens nothing.
    pub(super) fn mark(&self) -> String {
        crate::hash::sha256_hex(self.0.as_bytes())
    }
}

/// In groups of four, with something between them.
pub(super) fn grouped(text: &str, between: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(between)
}

/// Base32 (RFC 4648) without padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    let (mut text, mut held, mut bits) = (String::new(), 0_u32, 0_u32);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter(held >> bits));
        }
    }
    if bits > 0 {
        text.push(letter(held << (5 - bits)));
    }
    text
}

fn letter(bits: u32) -> char {
    ALPHABET.get((bits & 31) as usize).map_or('A', |letter| char::from(*letter))
}

fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0_u32);
    for letter in text.bytes() {
        let place = ALPHABET.iter().position(|known| *known == letter)?;
        held = (held << 5) | u32::try_from(place).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 255).ok()?);
        }
    }
    Some(bytes)
}

/// Every byte that is not a plain letter or digit, as the part of an address.
fn percent(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_the_standard() -> Secret {
        Secret(base32(b"12345678901234567890"))
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B: the last six of its eight digits.
        let table = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (now, code) in table {
            assert_eq!(of_the_standard().step_of(code, now), u64::try_from(now / 30).ok(), "{now}");
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_and_one_late_and_no_further() {
        let secret = of_the_standard();
        let step = 41_152_263; // of 1,234,567,890
        let taken: Vec<Option<u64>> =
            (-2..=2).map(|away| secret.step_of("005924", 1_234_567_890 + away * 30)).collect();
        assert_eq!(taken, [None, Some(step), Some(step), Some(step), None]);
    }

    #[test]
    fn base32_is_that_of_the_standard_and_comes_back() {
        for (bytes, text) in [("", ""), ("f", "MY"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(from_base32(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(from_base32("0"), None);
    }

    #[test]
    fn the_address_names_the_person_and_the_instance_whatever_their_letters() {
        let address = of_the_standard().address("Ada & Bø:b", "Clew clew.example.org");
        assert!(address.starts_with("otpauth://totp/Clew%20clew.example.org:Ada%20%26%20B%C3%B8%3Ab?secret=GEZDGNBV"));
        assert!(address.ends_with("&issuer=Clew%20clew.example.org&algorithm=SHA1&digits=6&period=30"), "{address}");
    }
}
