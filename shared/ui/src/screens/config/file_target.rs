//! Where a file goes that was brought in: into a source of its own, or in the place of an older file.

use std::collections::BTreeMap;

use access::{Action, SourceId};
use egui::Ui;
use model::kind::Kind;
use model::project::{Join, Project, Source};
use wire::project::{Scope, VisibleProject};
use wire::upload::FileLayout;

use super::parts;
use crate::app::Model;
use crate::app::slug::free_slug;
use crate::widgets::{Button, CellField};
use crate::words::Word;

const ACCEPT: [Word; 2] = [Word::AcceptForEveryone, Word::AcceptForMe];
/// The most names of columns in one sentence.
const NAMED: usize = 6;

/// Draws the name of a new source and the buttons that make it.
pub(super) fn new_ui(
    ui: &mut Ui,
    model: &Model,
    visible: &VisibleProject,
    name: &mut String,
    waiting: bool,
) -> Option<(SourceId, Scope)> {
    let words = model.words;
    ui.label(words.t(Word::Name));
    CellField::new(words.t(Word::ConfigSourceName), name).show(ui, 240.0);
    let taken = |id: &str| visible.project.sources.keys().any(|known| known.as_str() == id);
    let id = SourceId::new(free_slug(name, '-', "file", taken)).ok();
    parts::dim(ui, &words.with(Word::IdIs, &[id.as_ref().map_or("", SourceId::as_str)]));
    let ready = if name.trim().is_empty() { Err(words.t(Word::GiveName).to_owned()) } else { Ok(()) };
    let scope = parts::save_buttons(ui, model, ACCEPT, &ready, waiting);
    scope.zip(id).map(|(scope, id)| (id, scope))
}

/// Draws which source's file is replaced and the button that does it.
pub(super) fn replaced_ui(
    ui: &mut Ui,
    model: &Model,
    source: &Source,
    lacking: &[String],
    waiting: bool,
) -> Option<(SourceId, Scope)> {
    let words = model.words;
    ui.label(words.with(Word::ReplacesFileOf, &[&source.name]));
    let (scope, action, word) = match source.private_to {
        Some(_) => (Scope::Mine, Action::ChangeOwnConfiguration, Word::ReplaceForMe),
        None => (Scope::Everyone, Action::SaveConfiguration, Word::ReplaceForEveryone),
    };
    let whole = if lacking.is_empty() { Ok(()) } else { Err(words.with(Word::ColumnsLacking, &[&some(lacking)])) };
    let ready = parts::may(model, action).and(whole);
    let replaces = parts::button_if(ui, Button::primary(words.t(word)).enabled(!waiting), &ready);
    replaces.then(|| (source.id.clone(), scope))
}

/// The first names, and how many more there are.
pub(super) fn some(names: &[String]) -> String {
    let mut text = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > NAMED {
        text.push_str(&format!(" (+{})", names.len() - NAMED));
    }
    text
}

/// The columns of a source that the model reads, with their kinds where the model knows them.
fn columns_read(project: &Project, source: &SourceId) -> BTreeMap<String, Option<Kind>> {
    let mut read = BTreeMap::new();
    for link in project.link_types.values() {
        if let Join::Table { source: at, from, to, .. } = &link.join
            && at == source
        {
            read.extend(from.iter().chain(to).map(|pair| (pair.column.clone(), None)));
            read.extend(link.properties.iter().map(|property| (property.column.clone(), Some(property.kind))));
        }
    }
    for kind in project.object_types.values().filter(|kind| kind.source == *source) {
        read.extend(kind.properties.iter().map(|property| (property.column.clone(), Some(property.kind))));
    }
    read
}

/// The columns that the model reads and the file does not have.
pub(super) fn lacking(project: &Project, source: &SourceId, layout: &FileLayout) -> Vec<String> {
    let has = |name: &String| layout.columns.iter().any(|column| column.name == *name);
    columns_read(project, source).into_keys().filter(|name| !has(name)).collect()
}

/// The layout with the kinds that the model reads the columns as.
pub(super) fn fitted(project: &Project, source: &SourceId, layout: &FileLayout) -> FileLayout {
    let read = columns_read(project, source);
    let mut fitted = layout.clone();
    for column in &mut fitted.columns {
        if let Some(Some(kind)) = read.get(&column.name) {
            column.kind = *kind;
        }
    }
    fitted
}
