//! How the desktop program gets a session: what it sends to the server itself, beside the page's requests.
//!
//! It opens [`PATH`] in the system's browser, with [`Asked`] as its query. Whoever signs in there is shown a number, which the
//! program shows too, and sends a code on to the program's own address (RFC 8252, section 7.3). The program trades the code for
//! a token at [`TRADE_PATH`], and a token for its next one at [`ROTATE_PATH`]. A token is sent as `Authorization: Bearer`.

use serde::{Deserialize, Serialize};

use crate::SecretText;

/// Where the program sends the browser.
pub const PATH: &str = "/sign-in/desktop";
/// Takes a [`Trade`], answers [`Granted`].
pub const TRADE_PATH: &str = "/sign-in/desktop/trade";
/// Takes an empty body and a token, answers [`Granted`].
pub const ROTATE_PATH: &str = "/sign-in/desktop/rotate";
/// The path of the program's own address that the browser is sent back to.
pub const BACK_PATH: &str = "/cb";

/// What the program asks the browser to bring along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The address that the program listens on.
    pub host: Loopback,
    /// The port that the program listens on.
    pub port: u16,
    /// SHA-256 of the verifier, in base64url without padding: 43 letters (RFC 7636).
    pub challenge: String,
    /// Comes back with the code, so that the program knows its own sign-in: 22 to 128 letters of base64url.
    pub state: String,
}

/// This machine, as an address: a name could be made to mean another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Loopback {
    /// `127.0.0.1`
    #[default]
    #[serde(rename = "4")]
    V4,
    /// `[::1]`
    #[serde(rename = "6")]
    V6,
}

impl Loopback {
    /// As it stands in an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V4 => "127.0.0.1",
            Self::V6 => "[::1]",
        }
    }
}

impl Asked {
    /// Whether everything has the form that it is described with.
    pub fn is_well_formed(&self) -> bool {
        let is_plain =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let lengths = self.challenge.len() == 43 && (22..=128).contains(&self.state.len());
        lengths && is_plain(&self.challenge) && is_plain(&self.state) && self.port >= 1024
    }

    /// As the query of [`PATH`]. Everything in it is plain where it is well-formed.
    pub fn query(&self) -> String {
        let host = match self.host {
            Loopback::V4 => "4",
            Loopback::V6 => "6",
        };
        format!("host={host}&port={}&challenge={}&state={}", self.port, self.challenge, self.state)
    }

    /// The number that the page and the program both show, so that nobody signs in somebody else's program: six digits, of
    /// the challenge.
    pub fn number(&self) -> String {
        // A letter of base64url has six bits; five of them are more than six digits can tell.
        let letters = self.challenge.bytes().take(5);
        let number = letters.fold(0u32, |number, letter| (number << 6) | u32::from(value_of(letter)));
        let number = number % 1_000_000;
        format!("{:03} {:03}", number / 1_000, number % 1_000)
    }
}

fn value_of(letter: u8) -> u8 {
    match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'-' => 62,
        _ => 63,
    }
}

/// Trades a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trade {
    /// What the browser brought.
    pub code: SecretText,
    /// What the challenge is the hash of.
    pub verifier: SecretText,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// Proves who one is, until it is traded for the next.
    pub token: SecretText,
    /// The person's name for people.
    pub name: String,
    /// When the session ends in any case, in seconds since 1970.
    pub ends: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Asked {
        Asked { host: Loopback::V4, port: 50_000, challenge: "B".repeat(43), state: "s".repeat(22) }
    }

    #[test]
    fn only_what_is_plain_and_of_its_length_is_well_formed() {
        assert!(asked().is_well_formed());
        let wrong = [
            Asked { port: 80, ..asked() },
            Asked { challenge: "B".repeat(42), ..asked() },
            Asked { challenge: format!("{}&", "B".repeat(42)), ..asked() },
            Asked { state: "s".repeat(21), ..asked() },
            Asked { state: "s".repeat(129), ..asked() },
            Asked { state: "\" onclick=\"".repeat(3), ..asked() },
        ];
        for wrong in wrong {
            assert!(!wrong.is_well_formed(), "{wrong:?}");
        }
    }

    #[test]
    fn the_number_has_six_digits_and_comes_from_the_challenge() {
        assert_eq!(asked().number(), "043 521");
        let other = Asked { challenge: format!("_____{}", "A".repeat(38)), ..asked() };
        assert_eq!(other.number(), "741 823");
    }
}
