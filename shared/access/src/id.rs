//! Names of things: one type per kind of thing, so that a project id cannot stand where a source id belongs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest id, in bytes.
const ID_LENGTH: usize = 64;
/// The longest app role, in bytes. Identity providers use up to 120.
const ROLE_LENGTH: usize = 128;

/// A text that cannot be an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadId {
    what: &'static str,
    rule: &'static str,
}

impl fmt::Display for BadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a {}: {}", self.what, self.rule)
    }
}

impl std::error::Error for BadId {}

fn is_slug(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    !text.is_empty()
        && text.len() <= ID_LENGTH
        && text.bytes().next().is_some_and(plain)
        && text.bytes().all(|b| plain(b) || b == b'_' || b == b'-')
}

fn is_role(text: &str) -> bool {
    !text.is_empty() && text.len() <= ROLE_LENGTH && text.trim() == text && !text.chars().any(char::is_control)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $check:ident, $rule:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks `text` against the rule for this kind of id.
            ///
            /// # Errors
            /// [`BadId`] when the text breaks it.
            pub fn new(text: impl Into<String>) -> Result<Self, BadId> {
                let text = text.into();
                if $check(&text) { Ok(Self(text)) } else { Err(BadId { what: $what, rule: $rule }) }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

macro_rules! slug {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        id!($(#[$doc])* $name, $what, is_slug, "use 1 to 64 of a-z, 0-9, - and _, beginning with a letter or digit");
    };
}

slug!(
    /// A project, unique in the instance.
    ProjectId, "project id");
slug!(
    /// A source, unique in its project.
    SourceId, "source id");
slug!(
    /// An object type, unique in its project.
    ObjectTypeId, "object type id");
slug!(
    /// A link type, unique in its project.
    LinkTypeId, "link type id");
slug!(
    /// A property, unique in its object type or link type.
    PropertyId, "property id");
slug!(
    /// A person: Clew's own random name for one (issuer, subject).
    PersonId, "person id");
slug!(
    /// An uploaded file.
    UploadId, "upload id");
id!(
    /// A role that the identity provider gives: `Task.Read` and its like, or any of the organisation's own.
    AppRole, "role", is_role, "use 1 to 128 printable characters without spaces at the ends");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_short_lower_case_and_plain() {
        for good in ["a", "0", "bank-2026", "from_account"] {
            assert!(ProjectId::new(good).is_ok(), "{good}");
        }
        let long = "a".repeat(65);
        for bad in ["", "-a", "A", "a b", "a/b", "..", "é", &long] {
            assert!(ProjectId::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_bad_id_is_refused_on_the_wire_too() {
        let read: Result<SourceId, _> =
            serde::Deserialize::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new("../x"));
        assert!(read.is_err());
    }
}
