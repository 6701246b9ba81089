//! Statements for the graph: links merged per pair of objects, links counted, and values looked up between sources.

use model::kind::Kind;
use model::project::{Join, LinkType, Matching, ObjectType, Project};
use model::query::{Direction, Field, Key, Measure};
use model::{PropertyId, SourceId};
use wire::Fault;
use wire::data::{COUNT_STOPS_AT, ExpandOrder};
use wire::frame::{ColumnRole, PartRows};

use super::page::Level;
use super::scope::{Row, Scope, Value, elsewhere, matching, object_type, pairs, property_of, rows_source};
use super::{Column, Rendered, Shape, language, out};
use crate::connectors::Ability;

/// How the objects that one comes from are named.
#[derive(Debug, Clone, Copy)]
pub(in crate::broker) enum Near<'a> {
    /// By their keys; the link's source knows them.
    Keys(&'a [Key]),
    /// By the values that the link's columns carry; their source lies elsewhere.
    Values(&'a [Key]),
}

/// Links to be merged.
#[derive(Debug, Clone, Copy)]
pub(in crate::broker) struct Merge<'a> {
    pub(in crate::broker) link: &'a LinkType,
    pub(in crate::broker) direction: Direction,
    pub(in crate::broker) near: Near<'a>,
    /// Whether the far objects come with their keys, or with the values of the link's columns.
    pub(in crate::broker) far_keys: bool,
    /// Only links to these; empty means all.
    pub(in crate::broker) only: &'a [Key],
    pub(in crate::broker) order: ExpandOrder,
    pub(in crate::broker) limit: u64,
    /// One row per far object, whatever the near object.
    pub(in crate::broker) by_far: bool,
}

/// Columns of merged links: near values, far values, then count, sum, number of currencies, first, last, as far as the
/// link type says them. Without near values if `by_far`.
pub(in crate::broker) fn merge(project: &Project, ability: Ability, ask: &Merge<'_>) -> Result<Rendered, Fault> {
    let language = language::of(ability);
    let mut scope = Scope::new(project, &*language, rows_source(project, ask.link)?, Row::Link(ask.link));
    let (near, far, conditions) = scope.ends(ask)?;
    let measures = scope.link_measures(ask.link)?;
    let mut columns: Vec<Column> = Vec::new();
    let named = if ask.by_far { Vec::new() } else { near };
    push_values(&mut columns, &named, ask.direction.turned());
    push_values(&mut columns, &far, ask.direction);
    for (value, name, role) in &measures {
        columns.push((value.sql.clone(), out(*name, value.kind, role)));
    }
    let same = |value: &Value| scope.language.same(&value.sql, value.kind);
    let by: Vec<String> = named.iter().chain(&far).map(same).collect();
    let levels = merge_order(ask.order, &measures, named.into_iter().chain(far));
    let mut text = scope.select(&columns, &conditions)?;
    text.push_str(&format!(" GROUP BY {}{} LIMIT {}", by.join(", "), scope.order_by(&levels), ask.limit + 1));
    Ok(scope.rendered(text, columns, Shape::new(PartRows::MergedLinks { link: ask.link.id.clone() }, ask.limit)))
}

/// One row: how many links, and how many different far objects, both stopped at [`COUNT_STOPS_AT`] + 1.
pub(in crate::broker) fn count_links(project: &Project, ability: Ability, ask: &Merge<'_>) -> Result<Rendered, Fault> {
    let language = language::of(ability);
    let mut scope = Scope::new(project, &*language, rows_source(project, ask.link)?, Row::Link(ask.link));
    let (_, far, conditions) = scope.ends(ask)?;
    let columns: Vec<Column> = far
        .iter()
        .enumerate()
        .map(|(place, value)| (format!("{} AS k{place}", value.sql), out("", value.kind, &ColumnRole::Count)))
        .collect();
    let found = format!("{} LIMIT {}", scope.select(&columns, &conditions)?, COUNT_STOPS_AT + 1);
    let names: Vec<String> = (0..columns.len()).map(|place| format!("k{place}")).collect();
    let text = format!(
        "WITH found AS ({found}) SELECT (SELECT count(*) FROM found), \
         (SELECT count(*) FROM (SELECT DISTINCT {} FROM found) AS each)",
        names.join(", ")
    );
    let columns = ["links", "neighbours"].map(|name| (String::new(), out(name, Kind::Integer, &ColumnRole::Count)));
    Ok(scope.rendered(text, columns.into(), Shape::new(PartRows::Counts, 1)))
}

fn push_values(columns: &mut Vec<Column>, values: &[Value], end: Direction) {
    for (place, value) in values.iter().enumerate() {
        let name = format!("{}{place}", if end == Direction::Forward { "to" } else { "from" });
        columns.push((value.sql.clone(), out(name, value.kind, &ColumnRole::EndKey(end, place))));
    }
}

type LinkMeasure = (Value, &'static str, ColumnRole);

fn merge_order(order: ExpandOrder, measures: &[LinkMeasure], names: impl Iterator<Item = Value>) -> Vec<Level> {
    let of = |role: &ColumnRole| measures.iter().find(|(_, _, known)| known == role).map(|(value, _, _)| value.clone());
    let first = match order {
        ExpandOrder::Sum => of(&ColumnRole::Sum).or_else(|| of(&ColumnRole::Count)),
        ExpandOrder::Count => of(&ColumnRole::Count),
        ExpandOrder::Time => of(&ColumnRole::Last),
        ExpandOrder::Name => None,
    };
    let first = first.map(|value| Level::new(value, true));
    first.into_iter().chain(names.map(|value| Level::new(value, false))).collect()
}

/// The values of both ends, near first, and what must hold.
type Ends = (Vec<Value>, Vec<Value>, Vec<String>);

impl<'a> Scope<'a> {
    fn ends(&mut self, ask: &Merge<'a>) -> Result<Ends, Fault> {
        let near_end = ask.direction.turned();
        let (near, keys, matched) = match ask.near {
            Near::Keys(keys) => (self.known_key(ask.link, near_end)?, keys, Matching::Exact),
            Near::Values(values) => (self.link_columns(ask.link, near_end)?, values, matching(ask.link)),
        };
        let far = if ask.far_keys {
            self.known_key(ask.link, ask.direction)?
        } else {
            self.link_columns(ask.link, ask.direction)?
        };
        let mut conditions = vec![self.keys(&near, keys, matched)?];
        conditions.extend(far.iter().map(|value| format!("{} IS NOT NULL", value.sql)));
        if !ask.only.is_empty() && ask.far_keys {
            conditions.push(self.keys(&far, ask.only, Matching::Exact)?);
        }
        Ok((near, far, conditions))
    }

    fn known_key(&mut self, link: &'a LinkType, end: Direction) -> Result<Vec<Value>, Fault> {
        self.end_key(link, end)?.ok_or_else(|| elsewhere(link))
    }

    /// The link table's columns at an end, with the kinds of the properties that they are equal to.
    fn link_columns(&self, link: &LinkType, end: Direction) -> Result<Vec<Value>, Fault> {
        let kind = object_type(self.project, link.far(end))?;
        let value = |pair: &model::project::ColumnPair| {
            let sql = self.column("l", &pair.column)?;
            Ok(Value { sql, kind: property_of(&kind.properties, &pair.property, &kind.name)?.kind })
        };
        pairs(link, end).iter().map(value).collect()
    }

    fn link_measures(&mut self, link: &LinkType) -> Result<Vec<LinkMeasure>, Fault> {
        let mut measures = vec![(self.measure(&Measure::Count)?, "count", ColumnRole::Count)];
        if let (Some(amount), Join::Table { .. }) = (&link.amount, &link.join) {
            measures.push((self.measure(&Measure::Sum(Field::Own(amount.clone())))?, "sum", ColumnRole::Sum));
            if let Some(sql) = self.units(&Field::Own(amount.clone()))? {
                measures.push((Value { sql, kind: Kind::Integer }, "units", ColumnRole::Count));
            }
        }
        if let (Some(time), Join::Table { .. }) = (&link.time, &link.join) {
            let field = || Field::Own(time.clone());
            measures.push((self.measure(&Measure::Min(field()))?, "first", ColumnRole::First));
            measures.push((self.measure(&Measure::Max(field()))?, "last", ColumnRole::Last));
        }
        Ok(measures)
    }
}

/// Objects looked up between sources: by their keys, or by the values that a link carries.
#[derive(Debug, Clone, Copy)]
pub(in crate::broker) struct Lookup<'a> {
    pub(in crate::broker) kind: &'a ObjectType,
    /// The properties whose values are given.
    pub(in crate::broker) by: &'a [PropertyId],
    pub(in crate::broker) values: &'a [Key],
    pub(in crate::broker) matched: Matching,
    /// The properties that come back after the key.
    pub(in crate::broker) wanted: &'a [PropertyId],
    /// Whether rows come too where one of them is null; without a key there is never a row.
    pub(in crate::broker) has_empty: bool,
    pub(in crate::broker) limit: u64,
}

/// Columns of a look-up: the key, then what was wanted.
pub(in crate::broker) fn lookup(project: &Project, ability: Ability, ask: &Lookup<'_>) -> Result<Rendered, Fault> {
    let language = language::of(ability);
    let source: &SourceId = &ask.kind.source;
    let mut scope = Scope::new(project, &*language, source, Row::Object(ask.kind));
    let given = ask.by.iter().map(|id| scope.field(&Field::Own(id.clone()))).collect::<Result<Vec<_>, _>>()?;
    let mut conditions = vec![scope.keys(&given, ask.values, ask.matched)?];
    let mut columns = Vec::new();
    for id in ask.kind.key.iter().chain(ask.wanted) {
        let value = scope.field(&Field::Own(id.clone()))?;
        if !ask.has_empty || ask.kind.key.contains(id) {
            conditions.push(format!("{} IS NOT NULL", value.sql));
        }
        columns.push((value.sql, out(id.to_string(), value.kind, &ColumnRole::Field(Field::Own(id.clone())))));
    }
    let mut text = scope.select(&columns, &conditions)?;
    text.push_str(&format!(" LIMIT {}", ask.limit + 1));
    Ok(scope.rendered(text, columns, Shape::new(PartRows::Objects(ask.kind.id.clone()), ask.limit)))
}
