//! Which server: what people and IT may write, and what is taken for it.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::trouble::{Trouble, wrong_setting};

/// The longest address that is read.
const MOST_LETTERS: usize = 500;

/// A server's public address: https, or http on this machine; with the prefix that it is served under, without a slash behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServerAddress(Url);

impl ServerAddress {
    /// Reads what somebody typed: a scheme may be left out, and what follows the prefix of a copied address is not taken.
    ///
    /// # Errors
    /// [`Trouble`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Trouble> {
        let text = text.trim();
        let wrong = |what: &str| wrong_setting(format!("This is no address of a server: {what}."), REMEDY);
        if text.is_empty() {
            return Err(wrong("nothing is written"));
        }
        if text.len() > MOST_LETTERS {
            return Err(wrong("it is longer than 500 letters"));
        }
        let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let mut url = Url::parse(&whole).map_err(|error| wrong(&error.to_string()))?;
        if url.host().is_none() {
            return Err(wrong("it names no host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("it holds a name or password; sign in later, in the browser"));
        }
        match url.scheme() {
            "https" => {}
            "http" if is_this_machine(&url) => {}
            "http" => {
                return Err(wrong_setting(
                    "This address is not encrypted (http), so anybody between could read along.",
                    "Write https:// in front; ask whoever runs the server if that does not answer.",
                ));
            }
            other => return Err(wrong(&format!("{other}:// is not https://"))),
        }
        url.set_query(None);
        url.set_fragment(None);
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The address of a path of the server, which begins with a slash.
    pub fn to(&self, path: &str) -> String {
        format!("{}{path}", self.as_str())
    }

    /// Without a slash at its end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// The host, for people.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

const REMEDY: &str = "Write it as it stands in the browser, such as https://clew.example.org.";

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for ServerAddress {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|trouble| format!("{} {}", trouble.sentence, trouble.remedy))
    }
}

impl From<ServerAddress> for String {
    fn from(address: ServerAddress) -> Self {
        address.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::ServerAddress;

    #[test]
    fn an_address_is_read_as_people_copy_it() {
        for (typed, read) in [
            ("clew.example.org", "https://clew.example.org"),
            (" https://Clew.Example.org/ ", "https://clew.example.org"),
            ("https://clew.example.org:8443/clew/?q=1#x", "https://clew.example.org:8443/clew"),
            ("http://localhost:14445", "http://localhost:14445"),
            ("http://127.0.0.1:14445/", "http://127.0.0.1:14445"),
            ("http://[::1]:14445", "http://[::1]:14445"),
        ] {
            assert_eq!(ServerAddress::parse(typed).map(|address| address.to_string()), Ok(read.to_owned()), "{typed}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_what_to_write() {
        for wrong in [
            "",
            "   ",
            "http://clew.example.org",
            "ftp://clew.example.org",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://ada:secret@clew.example.org",
            "https://",
            "https://[::1",
            "clew example org",
            &"a".repeat(600),
        ] {
            let trouble = ServerAddress::parse(wrong).expect_err(wrong);
            assert!(!trouble.remedy.is_empty() && trouble.remedy.contains("https"), "{wrong}: {trouble:?}");
        }
    }
}
