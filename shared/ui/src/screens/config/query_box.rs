//! The query of an object type: its source, its text, and what came of checking it.

use access::{Action, SourceId};
use egui::Ui;
use model::catalogue::CatalogueTable;
use model::project::{Project, Table};
use wire::source::{CheckedQuery, WrongQuery};

use super::object_draft::ObjectDraft;
use super::parts;
use crate::app::{Commands, Model, Remote};
use crate::client::told;
use crate::config::Command;
use crate::look::icons;
use crate::widgets::{Button, ErrorText, KeyValue, Segment, TextField, error_box, key_values, segmented};
use crate::words::{Word, Words};

/// As long as a query may be, in characters.
const MOST_CHARS: usize = 64 * 1024;

/// Lets the person choose between a table and a query, where that is for this person to choose.
pub(super) fn choice_ui(ui: &mut Ui, model: &Model, edited: &mut ObjectDraft) {
    if !edited.from_query && parts::may(model, Action::WriteQueries).is_err() {
        return;
    }
    let words = model.words;
    let segments = [Word::FromTable, Word::FromQuery].map(|word| Segment::text(words.t(word)));
    let mut part = usize::from(edited.from_query);
    segmented(ui, words.t(Word::ComesFrom), &segments, &mut part);
    edited.from_query = part == 1;
}

/// Draws the source and the text, with the button that checks it.
pub(super) fn ui(ui: &mut Ui, model: &Model, project: &Project, edited: &mut ObjectDraft, commands: &mut Commands) {
    let words = model.words;
    source_ui(ui, words, project, edited);
    let may = parts::may(model, Action::WriteQueries);
    if edited.query.is_empty() && may.is_err() {
        return parts::dim(ui, words.t(Word::QueryKeptBack));
    }
    ui.add_enabled_ui(may.is_ok(), |ui| {
        let field = TextField::new(words.t(Word::QueryText), &mut edited.query).mono().rows(8);
        field
            .limit_chars(MOST_CHARS)
            .hint("select id, name from people")
            .help(words.t(Word::QueryHelp))
            .show(ui, words);
    });
    let waiting = matches!(newest(model, edited), Some(Remote::Waiting(_)));
    let check = Button::new(words.t(Word::CheckQuery)).icon(icons::BOLT).enabled(!waiting);
    if let (true, Some(source)) = (parts::button_if(ui, check, &may), &edited.source) {
        commands.config(Command::CheckQuery { source: source.clone(), text: edited.query.clone() });
    }
    match newest(model, edited) {
        None | Some(Remote::Idle) => {}
        Some(Remote::Waiting(_)) => {
            parts::stop_ui(ui, model, Word::CheckingQuery, Some(Command::ForgetQuery), commands);
        }
        Some(Remote::Failed(fault)) => parts::fault_box(ui, fault),
        Some(Remote::Here(checked)) => checked_ui(ui, words, checked),
    }
}

fn source_ui(ui: &mut Ui, words: Words, project: &Project, edited: &mut ObjectDraft) {
    // A file has one table and is asked for nothing else.
    let databases: Vec<_> = project.sources.values().filter(|source| !source.is_internal()).collect();
    let names: Vec<&str> = databases.iter().map(|source| source.name.as_str()).collect();
    let chosen = |source: &SourceId| databases.iter().position(|known| known.id == *source);
    let mut place = edited.source.as_ref().and_then(chosen).unwrap_or(usize::MAX);
    if parts::wide_select(ui, words.t(Word::Source), &names, &mut place) {
        edited.source = databases.get(place).map(|source| source.id.clone());
    }
}

/// What came of checking just this text; what was found of another text says nothing.
fn newest<'a>(model: &'a Model, edited: &ObjectDraft) -> Option<&'a Remote<CheckedQuery>> {
    let known = model.config.query.as_ref()?;
    (edited.source.as_ref() == Some(&known.source) && edited.query == known.text).then_some(&known.checked)
}

/// The columns of the query as a table, once it was checked.
pub(super) fn columns(model: &Model, edited: &ObjectDraft) -> Option<CatalogueTable> {
    let checked = newest(model, edited)?.value().filter(|checked| checked.wrong.is_none())?;
    Some(CatalogueTable {
        table: Table { schema: None, name: String::new() },
        view: true,
        rows_about: None,
        columns: checked.columns.clone(),
        primary_key: Vec::new(),
        unique: Vec::new(),
        foreign_keys: Vec::new(),
    })
}

fn checked_ui(ui: &mut Ui, words: Words, checked: &CheckedQuery) {
    if let Some(wrong) = &checked.wrong {
        return wrong_ui(ui, words, wrong);
    }
    let number = words.count(checked.columns.len() as u64);
    parts::dim(ui, &words.with(Word::QueryIsFine, &[&number]));
    let rows: Vec<KeyValue<'_>> = checked
        .columns
        .iter()
        .map(|column| KeyValue {
            key: &column.name,
            value: parts::kind_name(words, column.kind),
            aside: &column.native,
        })
        .collect();
    key_values(ui, "columns of the query", &rows);
}

fn wrong_ui(ui: &mut Ui, words: Words, wrong: &WrongQuery) {
    let fault = told(words, wrong.fault.clone());
    let place = match wrong.line {
        0 => String::new(),
        line => words.with(Word::QueryAt, &[&line.to_string(), &wrong.column.to_string()]),
    };
    let what = format!("{place} {}", fault.sentence);
    let said = wrong.said.as_ref().map(|said| words.with(Word::SourceSays, &[said])).unwrap_or_default();
    error_box(ui, ErrorText { what: what.trim(), cause: &said, remedy: &fault.remedy, button: None, code: "" });
}
