//! What tabs and columns are called, and which field each column holds.

use model::Format;
use model::query::{Direction, Field};

use crate::app::Model;
use crate::words::Word;
use crate::work::{About, ObjectRef, Tab, fields};

/// What a tab is called.
pub(super) fn name(model: &Model, tab: &Tab) -> String {
    let object = |object: &ObjectRef| {
        let known = model.work.object(object).map(|object| object.title.clone());
        known.unwrap_or_else(|| object.key.join(" · "))
    };
    let plain = match &tab.about {
        About::Objects(id) => model.object_type(id).map(|kind| kind.plural.clone()),
        About::Links(id) => model.link_type(id).map(|link| link.plural.clone()),
        About::Neighbours(of, link, direction) => {
            model.link_type(link).map(|link| format!("{} · {}", object(of), link.label(*direction)))
        }
        About::Between(link, from, to) => {
            model.link_type(link).map(|link| format!("{} → {} · {}", from.join(" "), to.join(" "), link.plural))
        }
    };
    let plain = plain.unwrap_or_default();
    tab.wishes.text.as_ref().map_or(plain.clone(), |text| format!("{plain} · “{text}”"))
}

/// A column of a tab.
pub(super) struct Column {
    pub(super) title: String,
    /// What one can sort and filter by.
    pub(super) field: Option<Field>,
    /// How its cells are written, if not as their kind usually is.
    pub(super) format: Option<Format>,
}

/// The columns of a tab.
pub(super) fn columns(model: &Model, tab: &Tab) -> Vec<Column> {
    let Some(schema) = tab.rows.schema() else { return Vec::new() };
    let kind = tab.object_type(model);
    let link = tab.link_type(model);
    let ends = [Direction::Backward, Direction::Forward].map(|end| model.object_type(link?.far(end)));
    let key = |kind: Option<&model::ObjectType>| kind.map(|kind| kind.key.clone()).unwrap_or_default();
    let [from, to] = ends;
    let known = fields(&schema, &key(kind), [&key(from), &key(to)]);
    let titled = |(place, field): (usize, Option<Field>)| {
        let title = field.as_ref().and_then(|field| title(model, tab, field));
        let title = title.or_else(|| schema.fields().get(place).map(|field| field.name().clone()));
        let format = field.as_ref().and_then(|field| format(model, tab, field));
        Column { title: title.unwrap_or_default(), field, format }
    };
    known.into_iter().enumerate().map(titled).collect()
}

fn format(model: &Model, tab: &Tab, field: &Field) -> Option<Format> {
    let of_object = |kind: &model::ObjectType, id| model.project()?.project.format(kind, id);
    match (field, tab.object_type(model), tab.link_type(model)) {
        (Field::Own(id), Some(kind), _) => of_object(kind, id),
        (Field::Own(id), None, Some(link)) => link.format(id),
        (Field::End { end, property }, _, Some(link)) => of_object(model.object_type(link.far(*end))?, property),
        _ => None,
    }
}

/// What a field is called.
pub(super) fn title(model: &Model, tab: &Tab, field: &Field) -> Option<String> {
    let words = model.words;
    let name =
        |properties: &[model::Property], id| model::project::property(properties, id).map(|found| found.name.clone());
    match field {
        Field::Own(id) => match (tab.object_type(model), tab.link_type(model)) {
            (Some(kind), _) => name(&kind.properties, id),
            (None, Some(link)) => name(&link.properties, id),
            (None, None) => None,
        },
        Field::End { end, property } => {
            let kind = model.object_type(tab.link_type(model)?.far(*end))?;
            let which = words.t(if *end == Direction::Forward { Word::To } else { Word::From });
            let is_whole_key = kind.key.len() == 1 && kind.key.contains(property);
            let what = if is_whole_key { kind.name.clone() } else { name(&kind.properties, property)? };
            Some(format!("{which} {}", what.to_lowercase()))
        }
        Field::Through { .. } | Field::OfLink { .. } => None,
    }
}
