//! Some rows of a table, on request.

use egui::{RichText, Ui};
use model::Format;
use model::project::{Source, Table};

use super::parts;
use crate::app::{Commands, Model, Remote};
use crate::config::{Command, Sample};
use crate::look::{Look, icons};
use crate::screens::paints;
use crate::screens::work::causes;
use crate::table::{self, Header, Rows};
use crate::widgets::Button;
use crate::words::{Word, Words};

/// The view of the rows, and of which sample it is.
#[derive(Default)]
pub(super) struct Draft {
    view: table::Table,
    number: u64,
}

/// Draws the button that reads rows, and the rows.
pub(super) fn ui(
    ui: &mut Ui,
    model: &Model,
    source: &Source,
    table: &Table,
    draft: &mut Draft,
    commands: &mut Commands,
) {
    let words = model.words;
    let sample = model.config.sample.as_ref().filter(|known| known.source == source.id && known.table == *table);
    ui.horizontal(|ui| {
        let waiting = sample.is_some_and(|sample| sample.state.is_waiting());
        let read = Button::new(words.t(Word::SampleRows)).icon(icons::TABLE_ROWS).enabled(!waiting);
        if ui.add(read).clicked() {
            commands.config(Command::SampleTable { source: source.id.clone(), table: table.clone() });
        }
        if let Some(sample) = sample {
            state_ui(ui, model, sample, commands);
        }
    });
    let Some(sample) = sample else { return parts::hint(ui, words.t(Word::SampleHint)) };
    match &sample.state {
        Remote::Failed(fault) => parts::fault_box(ui, fault),
        Remote::Waiting(_) if sample.rows.is_empty() => super::super::waiting_ui(ui, model),
        _ => {
            if draft.number != sample.number {
                *draft = Draft { number: sample.number, ..Draft::default() };
            }
            table_ui(ui, words, &sample.rows, &keys(model, source, table), &mut draft.view);
        }
    }
}

fn state_ui(ui: &mut Ui, model: &Model, sample: &Sample, commands: &mut Commands) {
    let (words, dim) = (model.words, Look::of(ui.ctx()).colours.dim);
    let mut said = vec![words.with(Word::RowsShown, &[&words.count(sample.rows.len() as u64)])];
    if let Some(completeness) = &sample.completeness {
        said.extend(causes(model, completeness));
    }
    ui.label(RichText::new(said.join(" · ")).color(dim));
    if ui.add(Button::quiet(words.t(Word::Close))).clicked() {
        commands.config(Command::CloseSample);
    }
}

/// The columns of a table that are part of a key of its own or of another table.
fn keys<'a>(model: &'a Model, source: &Source, table: &Table) -> Vec<&'a str> {
    let catalogue = model.config.catalogues.get(&source.id).and_then(Remote::value);
    let known = catalogue.and_then(|catalogue| catalogue.tables.iter().find(|known| known.table == *table));
    let own = known.into_iter().flat_map(|known| known.primary_key.iter().chain(known.unique.iter().flatten()));
    let other = known.into_iter().flat_map(|known| known.foreign_keys.iter().flat_map(|key| &key.columns));
    own.chain(other).map(String::as_str).collect()
}

/// Rows as a table that is only looked at; numbers in `keys` are names.
pub(super) fn table_ui(ui: &mut Ui, words: Words, rows: &Rows, keys: &[&str], view: &mut table::Table) {
    let schema = rows.schema();
    let fields = schema.as_ref().map(|schema| schema.fields().as_ref()).unwrap_or_default();
    let format = |name| keys.contains(&name).then_some(Format::Plain);
    let header = |name| Header { title: name, format: format(name), ..Header::default() };
    let headers: Vec<Header<'_>> = fields.iter().map(|field| header(field.name().as_str())).collect();
    // Nothing is asked of a source here: the rows are what they are.
    let _asks = view.ui(ui, rows, &headers, &paints::of_table(ui, words, Word::SampleRows));
}
