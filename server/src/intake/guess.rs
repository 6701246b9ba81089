//! Guesses names, kinds and null words of columns from the first rows. The whole file is checked again when it is loaded.

use std::collections::HashSet;

use model::kind::Kind;

use super::kinds::{self, Reading};
use super::layout::{Column, Layout, Limits, Note};
use super::problems::Refusal;
use super::records::{Record, Records};

/// Rows and bytes of cells from which columns are guessed.
const LOOK_ROWS: u64 = 20_000;
const NAME_CHARS: usize = 120;

/// Words that stand for "nothing"; the first ones even in a column of text, where the others may be values.
const NULL_WORDS: [&str; 15] =
    ["-0- ", "\\N", "NULL", "#N/A", "(null)", "", "null", "N/A", "n/a", "NA", "None", "nil", "-", "NaN", "?"];
const NULL_EVEN_IN_TEXT: usize = 5;

/// What the cells of one column could be.
#[derive(Clone)]
struct Candidates {
    kinds: Vec<Kind>,
    /// Which of `NULL_WORDS` occur.
    words: Vec<bool>,
    values: u64,
}

impl Candidates {
    fn new() -> Self {
        Self { kinds: kinds::GUESSES.to_vec(), words: vec![false; NULL_WORDS.len()], values: 0 }
    }

    fn see(&mut self, cell: &str) {
        if let Some(word) = NULL_WORDS.iter().position(|word| *word == cell) {
            if let Some(seen) = self.words.get_mut(word) {
                *seen = true;
            }
            return;
        }
        self.values += 1;
        self.kinds.retain(|kind| kinds::round_trips(*kind, cell));
    }

    fn kind(&self) -> Kind {
        let narrowest = self.kinds.first().filter(|_| self.values > 0);
        narrowest.copied().unwrap_or(Kind::Text)
    }

    fn column(&self, name: String) -> Column {
        let kind = self.kind();
        let count = if kind == Kind::Text { NULL_EVEN_IN_TEXT } else { NULL_WORDS.len() };
        let seen = NULL_WORDS.iter().zip(&self.words).take(count).filter(|(_, seen)| **seen);
        let null_words = seen.map(|(word, _)| (*word).to_owned()).collect();
        Column { name, kind, chosen: false, null_words, reading: Reading::default() }
    }
}

/// The first rows of the file.
#[derive(Default)]
struct Look {
    first: Vec<String>,
    /// Of the rows after the first.
    body: Vec<Candidates>,
    body_rows: u64,
    /// Whether a cell of the first row comes again in its column.
    repeated: bool,
    lone_cr: bool,
    dos_end: bool,
}

impl Look {
    fn take(sample: &[u8], whole: bool, layout: &Layout, width: usize, limits: &Limits) -> Result<Self, Refusal> {
        let limits = Limits { body_bytes: u64::MAX, ..*limits };
        let mut look = Self { body: vec![Candidates::new(); width], ..Self::default() };
        let mut records = Records::new(sample, layout, limits).partial(!whole);
        let mut begun = false;
        while let Some(record) = records.next()? {
            match record {
                Record::Row(row) if row.is_blank() && width > 1 => {}
                Record::Row(row) if !begun => {
                    begun = true;
                    look.first = row.cells().map(str::to_owned).collect();
                }
                Record::Row(row) if row.width() == width => look.see(row.cells()),
                Record::Row(_) | Record::Bad(_) => {}
            }
            if look.body_rows >= LOOK_ROWS {
                break;
            }
        }
        (look.lone_cr, look.dos_end) = (records.lone_cr, records.dos_end);
        Ok(look)
    }

    fn see<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        self.body_rows += 1;
        for (place, (candidates, cell)) in self.body.iter_mut().zip(cells).enumerate() {
            candidates.see(cell);
            self.repeated |= self.first.get(place).is_some_and(|first| first == cell);
        }
    }

    /// A row of distinct words over columns that hold something else.
    fn has_header(&self) -> bool {
        let words = |cell: &String| {
            !cell.is_empty()
                && !NULL_WORDS.contains(&cell.as_str())
                && !kinds::GUESSES.iter().any(|kind| kinds::round_trips(*kind, cell))
        };
        let distinct = self.first.iter().collect::<HashSet<_>>().len() == self.first.len();
        let typed = self.body.iter().any(|candidates| candidates.kind() != Kind::Text);
        let named = self.first.iter().filter(|cell| words(cell)).count();
        // Programs that write row numbers leave the name of that column empty.
        let all_named = named == self.first.len()
            || (named + 1 == self.first.len() && self.first.first().is_some_and(String::is_empty));
        distinct && all_named && (typed || !self.repeated && self.first.iter().all(|cell| cell.chars().count() <= 64))
    }

    fn notes(&self, header: bool) -> Vec<Note> {
        let mut notes = Vec::new();
        if header && self.body_rows == 0 {
            notes.push(Note::new("only_header", "There is a header and no row under it."));
        }
        if self.lone_cr {
            notes.push(Note::new("lone_cr", "Some rows end in a bare carriage return, as on an old Macintosh."));
        }
        if self.dos_end {
            notes.push(Note::new("dos_end", "The file ends in the DOS end-of-file byte 0x1A; it is left out."));
        }
        notes
    }
}

/// Fills in header, columns and notes of `layout`, for rows of `width` cells.
pub(super) fn header_and_columns(
    sample: &[u8],
    whole: bool,
    layout: &mut Layout,
    width: usize,
    header: Option<bool>,
    limits: &Limits,
) -> Result<(), Refusal> {
    let mut look = Look::take(sample, whole, layout, width, limits)?;
    layout.header = header.unwrap_or_else(|| look.has_header());
    layout.notes.extend(look.notes(layout.header));
    let names = if layout.header { std::mem::take(&mut look.first) } else { Vec::new() };
    if !layout.header && look.first.len() == width {
        let first = std::mem::take(&mut look.first);
        look.see(first.iter().map(String::as_str));
    }
    if layout.header && names.len() != width {
        let text = format!("The header has {} names, the rows have {width} cells.", names.len());
        layout.notes.push(Note::new("header_width", text));
    }
    let (names, changed) = distinct_names(&names, width);
    if changed {
        layout.notes.push(Note::new("names_changed", "Some names were empty, double or too long and were changed."));
    }
    layout.columns = look.body.iter().zip(names).map(|(candidates, name)| candidates.column(name)).collect();
    Ok(())
}

/// `width` names that differ whatever the case of their letters, as SQLite wants them, and whether one had to be changed.
fn distinct_names(names: &[String], width: usize) -> (Vec<String>, bool) {
    let mut taken = HashSet::new();
    let mut changed = false;
    let distinct = (1..=width).map(|number| {
        let given: String = names.get(number - 1).map_or("", |name| name.as_str()).replace('\0', "");
        let short: String = given.chars().take(NAME_CHARS).collect();
        let base = if short.trim().is_empty() { format!("column_{number}") } else { short };
        let name = first_free(&base, &mut taken);
        changed |= !names.is_empty() && names.get(number - 1) != Some(&name);
        name
    });
    (distinct.collect(), changed)
}

/// `base`, or `base_2`, `base_3` and so on where that is taken already.
pub(super) fn first_free(base: &str, taken: &mut HashSet<String>) -> String {
    let mut name = base.to_owned();
    let mut count = 1;
    while !taken.insert(name.to_lowercase()) {
        count += 1;
        name = format!("{base}_{count}");
    }
    name
}
