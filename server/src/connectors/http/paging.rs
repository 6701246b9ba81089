//! Where the next page is: by number, offset, link or cursor; always at the same scheme, host and port.

use axum::http::HeaderMap;
use serde_json::Value;
use url::Url;

use super::walk::{self, Shape};
use super::{address, records};
use crate::connectors::{Failure, FailureKind};

/// How pages follow each other.
#[derive(Debug, Clone)]
pub(super) struct Paging {
    pub(super) style: Style,
    /// Records of a full page.
    pub(super) size: Option<u64>,
    pub(super) size_parameter: Option<String>,
}

/// What leads to the next page.
#[derive(Debug, Clone)]
pub(super) enum Style {
    None,
    Page {
        parameter: String,
        first: u64,
    },
    Offset {
        parameter: String,
    },
    /// A pointer into the answer; empty: the header `Link`.
    Link {
        place: String,
    },
    Cursor {
        parameter: String,
        place: String,
    },
}

/// A page that was read.
pub(super) struct Read<'a> {
    /// Its address, without a key.
    pub(super) url: &'a Url,
    pub(super) headers: &'a HeaderMap,
    /// Its JSON.
    pub(super) text: &'a str,
    /// Records of it.
    pub(super) records: u64,
    /// Records of it and all before it.
    pub(super) records_so_far: u64,
    /// Its place, counted from 0.
    pub(super) number: u64,
    /// Whether its records are those of the page before.
    pub(super) is_again: bool,
}

impl Paging {
    /// What the first page is asked with.
    pub(super) fn first_parameters(&self) -> Vec<(String, String)> {
        let mut parameters = Vec::new();
        if let (Some(name), Some(size)) = (&self.size_parameter, self.size) {
            parameters.push((name.clone(), size.to_string()));
        }
        match &self.style {
            Style::Page { parameter, first } => parameters.push((parameter.clone(), first.to_string())),
            Style::Offset { parameter } => parameters.push((parameter.clone(), "0".to_owned())),
            Style::None | Style::Link { .. } | Style::Cursor { .. } => {}
        }
        parameters
    }

    /// The page after `read`; none where it was the last.
    ///
    /// # Errors
    /// When it lies at another place, or is the same again.
    pub(super) fn next(&self, read: &Read<'_>) -> Result<Option<Url>, Failure> {
        // A page that is not full is the last, unless the answer itself says what comes next.
        let is_last = read.records == 0 || self.size.is_some_and(|size| read.records < size);
        let mut url = read.url.clone();
        match &self.style {
            Style::None => return Ok(None),
            Style::Page { .. } | Style::Offset { .. } if read.is_again && read.records > 0 => return Err(unheeded()),
            Style::Page { .. } | Style::Offset { .. } if is_last => return Ok(None),
            Style::Page { parameter, first } => {
                address::set(&mut url, parameter, &(first + read.number + 1).to_string());
            }
            Style::Offset { parameter } => address::set(&mut url, parameter, &read.records_so_far.to_string()),
            Style::Cursor { parameter, place } => match cursor(read.text, place) {
                Some(cursor) => address::set(&mut url, parameter, &cursor),
                None => return Ok(None),
            },
            Style::Link { place } => {
                let link = if place.is_empty() { link_header(read.headers) } else { cursor(read.text, place) };
                let Some(link) = link else { return Ok(None) };
                url = read.url.join(&link).map_err(|_| elsewhere())?;
                if url.origin() != read.url.origin() || !url.username().is_empty() || url.password().is_some() {
                    return Err(elsewhere());
                }
            }
        }
        if url == *read.url { Err(again()) } else { Ok(Some(url)) }
    }
}

/// A text or a number at a place of a page.
fn cursor(page: &str, place: &str) -> Option<String> {
    let found = walk::at(page, place).filter(|found| walk::shape(found) == Shape::Single)?;
    match records::built(found).ok()? {
        Value::String(text) if !text.is_empty() => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The target of `rel="next"` (RFC 8288).
fn link_header(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all("link").iter().filter_map(|value| value.to_str().ok());
    for link in lines.flat_map(|line| line.split(",").map(str::trim)) {
        let (target, parameters) = link.strip_prefix('<').and_then(|rest| rest.split_once('>'))?;
        let is_next = parameters.split(';').map(str::trim).any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            name.trim().eq_ignore_ascii_case("rel")
                && value.trim().trim_matches('"').split(' ').any(|rel| rel.eq_ignore_ascii_case("next"))
        });
        if is_next {
            return Some(target.to_owned());
        }
    }
    None
}

fn elsewhere() -> Failure {
    let sentence = "The API's next page lies at another scheme, host or port, where Clew does not follow.";
    Failure::new(FailureKind::Refused, sentence, "Enter the address where its pages are.", "another origin")
}

fn unheeded() -> Failure {
    let sentence = "The API gives the same records for one page and for the next.";
    let remedy = "Correct the parameter for the page, or choose all at once. If it repeats its last page, set the records \
                  per page, so that the last one is known.";
    Failure::new(FailureKind::Setting, sentence, remedy, "the same records twice")
}

fn again() -> Failure {
    let sentence = "The API names the same page as the next one, again and again.";
    Failure::new(FailureKind::Other, sentence, "Correct how its pages follow each other.", "a page twice")
}
