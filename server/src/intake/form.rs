//! Between the layout here and its form on the wire, which a person edits.
//!
//! The form has one list of null words for the file, the layout one per column: a word that detection found stays with
//! its columns, a word that a person adds counts in every column.

use encoding_rs::Encoding;
use wire::upload::{FileColumn, FileLayout, FileProblem, FileProblems, FileReport, UnreadableCells};

use super::build::Report;
use super::kinds::Reading;
use super::layout::{Column, Layout};
use super::problems::{Problems, Refusal};

/// The form of a layout.
pub fn to_form(layout: &Layout) -> FileLayout {
    let columns = layout.columns.iter().map(|column| FileColumn { name: column.name.clone(), kind: column.kind });
    FileLayout {
        encoding: layout.encoding.name().to_owned(),
        delimiter: char::from(layout.delimiter),
        quote: layout.quote.map(char::from),
        header: layout.header,
        null_words: all_null_words(layout),
        columns: columns.collect(),
    }
}

/// The layout that a person asks for. `detected`: what detection says with the form's encoding, delimiter, quote and
/// header; a kind that differs from it counts as chosen.
pub fn from_form(form: &FileLayout, detected: &Layout) -> Result<Layout, Refusal> {
    if form.columns.len() != detected.columns.len() {
        return Err(Refusal::Layout("the number of columns is not that of the file; look at the preview again"));
    }
    let known = all_null_words(detected);
    let added: Vec<_> = form.null_words.iter().filter(|word| !known.contains(word)).collect();
    let columns = form.columns.iter().zip(&detected.columns).map(|(wanted, guess)| {
        let kept = guess.null_words.iter().filter(|word| form.null_words.contains(word));
        Column {
            name: wanted.name.clone(),
            kind: wanted.kind,
            chosen: wanted.kind != guess.kind,
            null_words: kept.chain(added.iter().copied()).cloned().collect(),
            reading: Reading::default(),
        }
    });
    Ok(Layout { columns: columns.collect(), ..detected.clone() })
}

/// What a person has settled in a form, for [`super::detect_with`].
pub fn settled(form: &FileLayout) -> Result<super::Settled, Refusal> {
    let ascii = |c: char| u8::try_from(c).ok().filter(u8::is_ascii);
    let encoding = Encoding::for_label_no_replacement(form.encoding.as_bytes());
    let delimiter = ascii(form.delimiter).ok_or(Refusal::Layout("the delimiter must be one ASCII character"))?;
    let quote = match form.quote {
        None => None,
        Some(c) => Some(ascii(c).ok_or(Refusal::Layout("the quote must be one ASCII character"))?),
    };
    Ok(super::Settled {
        encoding: Some(encoding.ok_or(Refusal::Layout("the encoding has no such name"))?),
        delimiter: Some(delimiter),
        quote: Some(quote),
        header: Some(form.header),
    })
}

/// Problems as they are shown: where and what, without what stands in the file.
pub fn to_problems(problems: &Problems) -> FileProblems {
    let listed = problems.listed.iter();
    let listed = listed.map(|problem| FileProblem { line: problem.line, sentence: problem.what.to_string() });
    FileProblems { listed: listed.collect(), total: problems.count() }
}

/// What is kept of a report for as long as the file is a source.
pub fn to_report(report: &Report) -> FileReport {
    let unreadable = report.columns.iter().filter(|column| column.unreadable > 0);
    let cells = unreadable.map(|column| UnreadableCells { column: column.name.clone(), cells: column.unreadable });
    FileReport { rows: report.rows, problems: to_problems(&report.problems), unreadable: cells.collect() }
}

fn all_null_words(layout: &Layout) -> Vec<String> {
    let mut words: Vec<_> = layout.columns.iter().flat_map(|column| column.null_words.iter().cloned()).collect();
    words.sort();
    words.dedup();
    words
}
