//! Where links are found: by equal properties of both objects, or in a table with one row per link.

use egui::Ui;
use model::project::{ObjectType, Project};

use super::link_draft::LinkDraft;
use super::object_draft::known_table;
use super::object_types::origin_of_ui;
use super::parts::{self, text_select};
use crate::app::{Commands, Model};
use crate::look::icons;
use crate::widgets::{Button, CellField, Segment, checkbox, segmented};
use crate::words::{Word, Words};

/// The width of one side of a pair, in points.
const SIDE: f32 = 260.0;

/// Draws the choice and what belongs to it.
pub(super) fn ui(ui: &mut Ui, model: &Model, project: &Project, draft: &mut LinkDraft, commands: &mut Commands) {
    let words = model.words;
    parts::heading(ui, words.t(Word::LinksFound));
    let mut by = usize::from(draft.by_table);
    let segments = [Segment::text(words.t(Word::ByProperties)), Segment::text(words.t(Word::ByTable))];
    segmented(ui, words.t(Word::LinksFound), &segments, &mut by);
    draft.by_table = by == 1;
    if draft.by_table {
        table_ui(ui, model, project, draft, commands);
    } else {
        let (from, to) = (options(project, draft.from.as_ref()), options(project, draft.to.as_ref()));
        parts::hint(ui, words.t(Word::ByPropertiesHint));
        let sides = [Side { title: Word::FromProperty, options: from }, Side { title: Word::ToProperty, options: to }];
        pairs_ui(ui, words, "pairs", &sides, &mut draft.pairs);
    }
    checkbox(ui, &mut draft.folded, words.t(Word::IgnoreCase));
}

fn table_ui(ui: &mut Ui, model: &Model, project: &Project, draft: &mut LinkDraft, commands: &mut Commands) {
    let words = model.words;
    parts::hint(ui, words.t(Word::ByTableHint));
    origin_of_ui(ui, model, project, (&mut draft.source, &mut draft.table), commands);
    let columns = columns(model, draft);
    for (name, end, pairs) in [
        ("from columns", draft.from.as_ref(), &mut draft.from_columns),
        ("to columns", draft.to.as_ref(), &mut draft.to_columns),
    ] {
        let kind = end.and_then(|id| project.object_types.get(id));
        let title = kind.map_or(String::new(), |kind| words.with(Word::PointsAt, &[&kind.name]));
        ui.add_space(4.0);
        ui.label(title);
        let sides = [
            Side { title: Word::ColumnOfTable, options: columns.clone() },
            Side { title: Word::PropertyOfObject, options: ids(kind) },
        ];
        pairs_ui(ui, words, name, &sides, pairs);
    }
}

/// The columns of the link table, where its catalogue is known.
pub(super) fn columns(model: &Model, draft: &LinkDraft) -> Vec<String> {
    let catalogue = draft.source.as_ref().and_then(|id| model.config.catalogues.get(id));
    let table = known_table(catalogue.and_then(|known| known.value()), &draft.table);
    table.map(|table| table.columns.iter().map(|column| column.name.clone()).collect()).unwrap_or_default()
}

fn options(project: &Project, id: Option<&access::ObjectTypeId>) -> Vec<String> {
    ids(id.and_then(|id| project.object_types.get(id)))
}

fn ids(kind: Option<&ObjectType>) -> Vec<String> {
    kind.map(|kind| kind.properties.iter().map(|property| property.id.to_string()).collect()).unwrap_or_default()
}

/// One side of the pairs: what it is called, and what can be chosen; nothing known means typing.
struct Side {
    title: Word,
    options: Vec<String>,
}

fn pairs_ui(ui: &mut Ui, words: Words, id: &str, [left, right]: &[Side; 2], pairs: &mut Vec<(String, String)>) {
    let mut gone = None;
    ui.push_id(id, |ui| {
        let many = pairs.len() > 1;
        for (place, (one, other)) in pairs.iter_mut().enumerate() {
            ui.push_id(place, |ui| {
                ui.horizontal(|ui| {
                    side_ui(ui, words, left, place, one);
                    ui.label("=");
                    side_ui(ui, words, right, place, other);
                    let name = words.with(Word::RemovePair, &[&words.count(place as u64 + 1)]);
                    if many && ui.add(Button::icon_only(icons::DELETE, &name)).clicked() {
                        gone = Some(place);
                    }
                });
            });
        }
        if let Some(place) = gone {
            pairs.remove(place);
        }
        if pairs.is_empty() || ui.add(Button::quiet(words.t(Word::AddPair)).icon(icons::ADD)).clicked() {
            pairs.push(Default::default());
        }
    });
}

fn side_ui(ui: &mut Ui, words: Words, side: &Side, place: usize, value: &mut String) {
    let name = format!("{} {}", words.t(side.title), place + 1);
    if side.options.is_empty() {
        CellField::new(&name, value).hint(words.t(side.title)).mono().show(ui, SIDE);
    } else if value.is_empty() {
        // An empty button would not say what is to be chosen.
        let mut chosen = words.t(side.title).to_owned();
        if text_select(ui, &name, &side.options, &mut chosen, SIDE) && side.options.contains(&chosen) {
            *value = chosen;
        }
    } else {
        text_select(ui, &name, &side.options, value, SIDE);
    }
}
