//! What somebody on the way between Clew and a source could do, as far as the source's settings tell.

use crate::project::Source;

/// A way to a source that is not protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Nothing is encrypted.
    Plain,
    /// It is encrypted, and nobody checks with whom.
    Unverified,
}

impl Weakness {
    /// What somebody on the way could do, in a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Plain => "Whoever sits on the way can read along.",
            Self::Unverified => "Whoever sits on the way can pretend to be it.",
        }
    }
}

impl Source {
    /// What is weak on the way to this source; nothing where the way is protected, or does not leave the machine.
    ///
    /// ```
    /// use model::weakness::Weakness;
    /// let source = |settings| -> model::Source {
    ///     serde_json::from_value(serde_json::json!({ "id": "a", "name": "A", "kind": "http", "settings": settings })).unwrap()
    /// };
    /// let weakness = |url: &str| source(serde_json::json!({ "url": url })).weakness();
    /// assert_eq!(weakness("http://api.example.org/v1"), Some(Weakness::Plain));
    /// assert_eq!(weakness("https://api.example.org/v1"), None);
    /// assert_eq!(weakness("http://127.0.0.1:8080"), None);
    /// ```
    pub fn weakness(&self) -> Option<Weakness> {
        if let Some(url) = self.settings.get("url") {
            return is_clear(url).then_some(Weakness::Plain);
        }
        let host = self.settings.get("host").map_or("", String::as_str);
        match self.settings.get("tls").map(String::as_str) {
            _ if is_here(host) => None,
            Some("off") => Some(Weakness::Plain),
            Some("unverified") => Some(Weakness::Unverified),
            _ => None,
        }
    }
}

/// Whether what is sent to a web address leaves this machine in clear text.
fn is_clear(url: &str) -> bool {
    let url = url.trim();
    let Some((scheme, rest)) = url.split_once(':') else { return false };
    let rest = rest.trim_start_matches(['/', '\\']);
    let place = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let place = place.rsplit('@').next().unwrap_or_default();
    let host = match place.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
        Some((inside, _)) => inside,
        None => place.split(':').next().unwrap_or_default(),
    };
    scheme.eq_ignore_ascii_case("http") && !is_here(host)
}

/// Whether a name or an address is this machine, and nothing on the way can see what is said. An address in an unusual
/// spelling is not taken for it.
pub fn is_here(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let lower = bare.to_ascii_lowercase();
    matches!(lower.as_str(), "localhost" | "::1") || is_loopback(lower.strip_prefix("::ffff:").unwrap_or(&lower))
}

/// Whether this is an address of four numbers that begins with 127.
fn is_loopback(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse::<u8>().is_ok();
    parts.len() == 4 && parts.first() == Some(&"127") && parts.iter().all(is_number)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn weakness(settings: &[(&str, &str)]) -> Option<Weakness> {
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let source = serde_json::json!({ "id": "a", "name": "A", "kind": "any" });
        let source: Source = serde_json::from_value(source).unwrap();
        Source { settings: settings.collect::<BTreeMap<_, _>>(), ..source }.weakness()
    }

    #[test]
    fn a_way_is_weak_where_it_is_clear_or_unchecked_and_leaves_the_machine() {
        let (plain, unverified) = (Some(Weakness::Plain), Some(Weakness::Unverified));
        let table = [
            ("db.example.org", "off", plain),
            ("10.0.0.1", "off", plain),
            ("db.example.org", "unverified", unverified),
            ("db.example.org", "verify", None),
            ("db.example.org", "", None),
            ("localhost", "off", None),
            ("LOCALHOST.", "off", None),
            ("127.0.0.9", "unverified", None),
            ("::1", "off", None),
            ("::FFFF:127.0.0.1", "off", None),
            ("127.1", "off", plain),
            ("127.0.0.256", "off", plain),
            ("localhost.example.org", "off", plain),
        ];
        for (host, tls, expected) in table {
            assert_eq!(weakness(&[("host", host), ("tls", tls)]), expected, "{host} {tls}");
        }
        let table = [
            ("http://api.example.org", plain),
            (" HTTP://api.example.org:8080/v1 ", plain),
            ("http:api.example.org", plain),
            ("http://127.0.0.1.example.org/", plain),
            ("http://127.0.0.1@api.example.org/", plain),
            ("http://[2001:db8::1]/", plain),
            ("https://api.example.org", None),
            ("http://localhost:9/v1", None),
            ("http://127.0.0.1", None),
            ("http://[::1]:80/v1", None),
            ("no address", None),
        ];
        for (url, expected) in table {
            // Whatever the choice says: an https address is encrypted, and an http address is not.
            for tls in ["off", "verify"] {
                assert_eq!(weakness(&[("url", url), ("tls", tls)]), expected, "{url}");
            }
        }
        assert_eq!(weakness(&[("file", "a.sqlite")]), None);
    }
}
