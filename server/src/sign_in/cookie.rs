//! The two cookies: made, read and taken back in one place, so that none of their attributes can be forgotten.

use axum::http::{HeaderMap, HeaderValue, header};

/// A cookie of ours: `__Host-NAME` (Secure) when the public address is https, and plain `NAME` on http at localhost.
#[derive(Debug, Clone)]
pub struct Cookie {
    name: String,
    secure: bool,
}

impl Cookie {
    /// The cookie `name`; `secure` says whether the public address is https.
    pub fn new(name: &str, secure: bool) -> Self {
        let prefix = if secure { "__Host-" } else { "" };
        Self { name: format!("{prefix}{name}"), secure }
    }

    /// The header that gives the browser a value, for so many seconds. A value is base64url and everything else is
    /// ours, so the header is always valid.
    pub fn give(&self, value: &str, seconds: u64) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", self.name);
        HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    /// The header that takes it from the browser.
    pub fn take_back(&self) -> HeaderValue {
        self.give("", 0)
    }

    /// The value in a request; `None` if it is absent, or there twice, which no browser sends by itself.
    pub fn read<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';').filter_map(|pair| pair.trim().split_once('=')));
        let mut found = pairs.filter(|(name, _)| *name == self.name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}
