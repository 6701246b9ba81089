//! The address of a table's first page: values of columns as whole segments, percent-encoded; nothing in them leads elsewhere.

use std::collections::BTreeMap;

use url::Url;

use super::settings::{Credential, Settings};
use super::tables::{Part, TableSpec, is_dots};
use crate::connectors::{Failure, FailureKind};

/// A value for each column that is filled in.
pub(super) type Values = BTreeMap<String, String>;

/// The longest address.
const LONGEST: usize = 8 * 1024;

/// The first page of `table` for these values.
///
/// # Errors
/// When the path needs a value that is not there, or that can be no segment.
pub(super) fn first(settings: &Settings, table: &TableSpec, values: &Values) -> Result<Url, Failure> {
    let mut url = settings.base.clone();
    {
        let mut path = url.path_segments_mut().map_err(|()| unfit())?;
        path.pop_if_empty();
        for segment in &table.segments {
            let text = filled(segment, values).ok_or_else(|| needs(table))?;
            let has_value = segment.iter().any(|part| matches!(part, Part::Column(_)));
            if text.contains(char::is_control) || is_dots(&text) || (has_value && text.is_empty()) {
                return Err(unfit());
            }
            path.push(&text);
        }
    }
    for (name, value) in &table.query {
        // A parameter whose value the question does not name is left out.
        if let Some(text) = filled(value, values) {
            url.query_pairs_mut().append_pair(name, &text);
        }
    }
    for (name, value) in settings.paging.first_parameters() {
        set(&mut url, &name, &value);
    }
    if url.as_str().len() > LONGEST { Err(unfit()) } else { Ok(url) }
}

fn filled(parts: &[Part], values: &Values) -> Option<String> {
    let text = |part: &Part| match part {
        Part::Text(text) => Some(text.clone()),
        Part::Column(name) => values.get(name).cloned(),
    };
    parts.iter().map(text).collect()
}

/// Gives a parameter this value, whatever it had before.
pub(super) fn set(url: &mut Url, name: &str, value: &str) {
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(known, _)| known != name)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(kept).append_pair(name, value);
}

/// The address as it is asked: with the key, where the key is a parameter.
pub(super) fn with_key(url: &Url, credential: &Credential) -> Url {
    let mut url = url.clone();
    if let Credential::Query(name, secret) = credential {
        set(&mut url, name, secret.reveal());
    }
    url
}

fn unfit() -> Failure {
    let sentence = "A value of the question cannot be part of a web address.";
    Failure::new(FailureKind::Mismatch, sentence, "Change the question.", "")
}

fn needs(table: &TableSpec) -> Failure {
    let columns = table.needed().join(", ");
    let sentence = format!("\"{}\" answers only for given values of: {columns}.", table.name);
    let remedy = "Ask for one of them, for example by opening an object whose key it is.";
    Failure::new(FailureKind::Mismatch, sentence, remedy, "a value is missing")
}
