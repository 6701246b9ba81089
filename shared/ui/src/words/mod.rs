//! Every text on the screen, by key, in English and Norwegian; numbers, dates and completeness in words.

mod dates;
mod numbers;
mod said;
mod said_files;
mod said_rooms;
mod showing;
mod table;

pub use showing::Total;
pub use table::Word;

/// The languages of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    #[default]
    English,
    Norwegian,
}

impl Language {
    /// Both, for a select.
    pub const ALL: [Self; 2] = [Self::English, Self::Norwegian];

    /// The language's own name for itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Norwegian => "Norsk",
        }
    }

    /// From a browser's or system's tag ("nb-NO", "en"); English where it is neither.
    pub fn from_tag(tag: &str) -> Self {
        match tag.split(['-', '_']).next() {
            Some("nb" | "nn" | "no") => Self::Norwegian,
            _ => Self::English,
        }
    }
}

/// The texts in one language. Cheap to copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words {
    pub language: Language,
}

impl Words {
    /// Texts in `language`.
    pub const fn new(language: Language) -> Self {
        Self { language }
    }

    /// The text for a key.
    pub fn t(self, word: Word) -> &'static str {
        let (english, norwegian) = word.texts();
        match self.language {
            Language::English => english,
            Language::Norwegian => norwegian,
        }
    }

    /// The text for a key with its places filled; what is missing stays visible as it is.
    ///
    /// `{0}` is the first value. `{0|object|objects}` is the form that goes with it: the first where the value is "1",
    /// the second otherwise, also for "1+", which may be more.
    pub fn with(self, word: Word, values: &[&str]) -> String {
        fill(self.t(word), values)
    }
}

/// Goes through the pattern once, so that a value that looks like a place is not replaced again.
fn fill(pattern: &str, values: &[&str]) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((place, behind)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        match filled(place, values) {
            Some(value) => out.push_str(value),
            None => out.extend(["{", place, "}"]),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// What stands in a place: a value, or the form of a word that goes with a value.
fn filled<'a>(place: &'a str, values: &[&'a str]) -> Option<&'a str> {
    let mut parts = place.split('|');
    let value = parts.next()?.parse::<usize>().ok().and_then(|number| values.get(number).copied())?;
    match (parts.next(), parts.next()) {
        (Some(one), Some(many)) => Some(if value == "1" { one } else { many }),
        _ => Some(value),
    }
}

#[cfg(test)]
mod tests;
