//! What objects can be laid out along: times of their own or of their links, and places on earth.

use std::collections::BTreeSet;

use access::{ObjectTypeId, PropertyId};
use graph::{Graph, NodeId};
use model::{Kind, ObjectType, Property};

use super::numbers::number;
use super::{Object, ObjectRef};
use crate::app::Model;

const MICROS_PER_DAY: f64 = 86_400e6;

/// A time of objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Axis {
    /// When the first row behind any of its links was.
    FirstLink,
    /// When the last one was.
    LastLink,
    /// A day or moment of its own.
    Property(PropertyId),
}

/// The times that what is shown can be laid out along; none where nothing has one.
pub fn axes(model: &Model) -> Vec<Axis> {
    let graph = &model.work.board.graph;
    let has_times = graph.shown_links().any(|(_, link)| link.first_micros.is_some());
    let of_links = [Axis::FirstLink, Axis::LastLink].into_iter().filter(|_| has_times);
    let mut seen = BTreeSet::new();
    let own = kinds(model).into_iter().flat_map(|kind| &kind.properties).filter(|property| is_time(property));
    let own = own.filter(|property| seen.insert(&property.id)).map(|property| Axis::Property(property.id.clone()));
    own.chain(of_links).collect()
}

/// What a property that is a time is called.
pub fn name_of_time<'a>(model: &'a Model, wanted: &PropertyId) -> Option<&'a str> {
    let mut properties = kinds(model).into_iter().flat_map(|kind| &kind.properties);
    properties.find(|property| property.id == *wanted && is_time(property)).map(|property| property.name.as_str())
}

fn is_time(property: &Property) -> bool {
    matches!(property.kind, Kind::Date | Kind::Instant | Kind::LocalTime)
}

/// The types of what is shown.
fn kinds(model: &Model) -> Vec<&ObjectType> {
    let graph = &model.work.board.graph;
    let shown: BTreeSet<&str> = graph.shown().map(|(_, node)| graph.object_type(node.object_type)).collect();
    shown.into_iter().filter_map(|id| model.object_type(&ObjectTypeId::new(id).ok()?)).collect()
}

/// The time of each of these, in days since 1970; NaN where it is not known.
pub(crate) fn when(model: &Model, axis: &Axis, ids: &[NodeId]) -> Vec<f64> {
    let graph = &model.work.board.graph;
    let days = |id: &NodeId| match axis {
        Axis::FirstLink => times(graph, *id).map(|(first, _)| first).min().map(of_micros),
        Axis::LastLink => times(graph, *id).map(|(_, last)| last).max().map(of_micros),
        Axis::Property(property) => own(model, *id, property),
    };
    ids.iter().map(|id| days(id).unwrap_or(f64::NAN)).collect()
}

fn of_micros(micros: i64) -> f64 {
    micros as f64 / MICROS_PER_DAY
}

/// The first and last moments of the shown links at an object.
fn times(graph: &Graph, id: NodeId) -> impl Iterator<Item = (i64, i64)> + '_ {
    let links = graph.links_at(id).filter_map(|link| graph.link(link));
    links.filter_map(|link| Some((link.first_micros?, link.last_micros.or(link.first_micros)?)))
}

fn own(model: &Model, id: NodeId, wanted: &PropertyId) -> Option<f64> {
    let (object, kind) = fetched(model, id)?;
    let property = kind.properties.iter().find(|property| property.id == *wanted)?;
    value(object, property)
}

fn value(object: &Object, property: &Property) -> Option<f64> {
    let (_, text) = object.values.iter().find(|(id, _)| *id == property.id)?;
    number(property.kind, text)
}

fn fetched(model: &Model, id: NodeId) -> Option<(&Object, &ObjectType)> {
    let object = model.work.object(&ObjectRef::of_node(&model.work.board.graph.node(id)?.key)?)?;
    Some((object, model.object_type(&object.is.object_type)?))
}

/// Longitude and latitude of each of these in degrees, where the object has both; a project does not say which properties
/// they are, so these are known by their usual names.
pub(crate) fn coordinates(model: &Model, ids: &[NodeId]) -> Vec<Option<[f64; 2]>> {
    const LATITUDES: [&str; 4] = ["latitude", "lat", "breddegrad", "y_wgs84"];
    const LONGITUDES: [&str; 6] = ["longitude", "lon", "lng", "long", "lengdegrad", "x_wgs84"];
    let called = |property: &Property, names: &[&str]| {
        let is = |text: &str| names.contains(&text.to_lowercase().as_str());
        property.kind.is_number() && (is(&property.column) || is(&property.name) || is(property.id.as_str()))
    };
    let of = |id: &NodeId| {
        let (object, kind) = fetched(model, *id)?;
        let find = |names: &[&str]| kind.properties.iter().find(|property| called(property, names));
        let [longitude, latitude] = [value(object, find(&LONGITUDES)?)?, value(object, find(&LATITUDES)?)?];
        let is_on_earth = longitude.abs() <= 180.0 && latitude.abs() <= 90.0;
        is_on_earth.then_some([longitude, latitude])
    };
    ids.iter().map(of).collect()
}

/// Whether anything that is shown has a place on earth.
pub fn has_coordinates(model: &Model) -> bool {
    let ids: Vec<NodeId> = model.work.board.graph.shown().map(|(id, _)| id).collect();
    coordinates(model, &ids).iter().any(Option::is_some)
}
