//! What the page tells those who cannot see it: the elements of its mirror, found by role and name.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

/// Reads every element of the mirror, in reading order. A plain text has the role "text".
pub(super) const LOOK: &str = r"
    return [...document.querySelectorAll('#mirror > *')].map((element) => {
        const { left, top, width, height } = element.getBoundingClientRect();
        const attributes = Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));
        const role = attributes.role ?? 'text';
        const name = attributes['aria-label'] ?? element.textContent;
        return { role, name, value: element.value ?? null, attributes, bounds: [left, top, width, height] };
    });";

/// One element.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Seen {
    pub(super) role: String,
    pub(super) name: String,
    /// What stands in a field.
    pub(super) value: Option<String>,
    pub(super) attributes: BTreeMap<String, String>,
    /// Left, top, width, height in CSS pixels.
    pub(super) bounds: [f64; 4],
}

impl Seen {
    pub(super) fn is(&self, role: &str, name: &str) -> bool {
        self.role == role && self.name == name
    }

    /// An attribute, as a reader would hear it.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    pub(super) fn is_selected(&self) -> bool {
        self.attribute("aria-selected") == Some("true")
    }

    /// The middle, where a person would click.
    pub(super) fn centre(&self) -> (i64, i64) {
        let [left, top, width, height] = self.bounds;
        ((left + width / 2.0) as i64, (top + height / 2.0) as i64)
    }
}

/// A node of the graph, whatever number of links it has by now: `Company Brygga Import AS, 2 links`.
pub(super) fn node<'a>(seen: &'a [Seen], named: &str) -> Option<&'a Seen> {
    let begins = format!("{named}, ");
    seen.iter().find(|seen| seen.role == "button" && seen.name.starts_with(&begins))
}

/// A line of a failure's list: `button "Sign in"`.
impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.role, self.name)?;
        match &self.value {
            Some(value) => write!(f, " = {value:?}"),
            None => Ok(()),
        }
    }
}
