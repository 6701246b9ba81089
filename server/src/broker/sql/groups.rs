//! Answers in groups: distinct values, and what is computed for each.

use model::LinkTypeId;
use model::kind::Kind;
use model::query::{Direction, Field, Filter, GroupColumn, Groups, Measure, Query};
use wire::Fault;
use wire::frame::{ColumnRole, PartRows};

use super::hop::Hop;
use super::page::Level;
use super::rows::limit;
use super::scope::{Row, Scope, Value, link_type};
use super::{Column, Rendered, Shape, out};

impl Scope<'_> {
    pub(super) fn groups(
        mut self,
        query: &Query,
        groups: &Groups,
        mut conditions: Vec<String>,
        most_rows: u64,
    ) -> Result<Rendered, Fault> {
        if groups.by.is_empty() && groups.measures.is_empty() {
            return Err(Fault::invalid("The question asks for no figure.", "Add a measure, such as the count."));
        }
        let limit = limit(groups.limit, most_rows)?;
        conditions.extend(self.go_over(query, groups)?);
        let mut columns = Vec::new();
        let by = self.by(groups, &mut columns)?;
        let measures = self.measures(groups, &mut columns)?;
        conditions.extend(self.conditions(query)?);
        let mut text = self.select(&columns, &conditions)?;
        if !by.is_empty() {
            let same: Vec<String> = by.iter().map(|value| self.language.same(&value.sql, value.kind)).collect();
            text.push_str(&format!(" GROUP BY {}", same.join(", ")));
            text.push_str(&self.order_by(&group_order(groups, &by, &measures)?));
            text.push_str(&format!(" LIMIT {}", limit + 1));
        }
        Ok(self.rendered(text, columns, Shape::new(PartRows::Figures, limit)))
    }

    fn by(&mut self, groups: &Groups, columns: &mut Vec<Column>) -> Result<Vec<Value>, Fault> {
        let mut values = Vec::new();
        for (place, field) in groups.by.iter().enumerate() {
            let value = self.field(field)?;
            columns.push((value.sql.clone(), out(format!("v{place}"), value.kind, &ColumnRole::Field(field.clone()))));
            values.push(value);
        }
        Ok(values)
    }

    fn measures(&mut self, groups: &Groups, columns: &mut Vec<Column>) -> Result<Vec<Value>, Fault> {
        let mut values = Vec::new();
        for (place, measure) in groups.measures.iter().enumerate() {
            let value = self.measure(measure)?;
            columns.push((value.sql.clone(), out(format!("m{place}"), value.kind, &ColumnRole::Measure(place))));
            values.push(value);
        }
        Ok(values)
    }

    pub(super) fn measure(&mut self, measure: &Measure) -> Result<Value, Fault> {
        let (sql, kind) = match measure {
            Measure::Count => ("count(*)".to_owned(), Kind::Integer),
            Measure::Distinct(field) => {
                let value = self.field(field)?;
                (format!("count(DISTINCT {})", self.language.same(&value.sql, value.kind)), Kind::Integer)
            }
            Measure::Sum(field) => {
                let value = self.number(field)?;
                (self.in_one_unit(field, self.language.sum(&value.sql, value.kind))?, value.kind)
            }
            Measure::Average(field) => {
                let value = self.number(field)?;
                (self.in_one_unit(field, self.language.average(&value.sql))?, Kind::Float)
            }
            Measure::Min(field) => self.extreme("min", field)?,
            Measure::Max(field) => self.extreme("max", field)?,
        };
        Ok(Value { sql, kind })
    }

    fn number(&mut self, field: &Field) -> Result<Value, Fault> {
        let value = self.field(field)?;
        if value.kind.is_number() {
            return Ok(value);
        }
        Err(Fault::invalid("Only numbers have a sum or a mean.", "Choose a property that is a number, or count."))
    }

    /// A figure of amounts, which is empty where they are in several currencies.
    fn in_one_unit(&mut self, field: &Field, figure: String) -> Result<String, Fault> {
        let Some(units) = self.units(field)? else { return Ok(figure) };
        Ok(format!("CASE WHEN {units} = 1 THEN {figure} END"))
    }

    /// How many currencies the amounts are in; none where a field is no amount, or nothing says its currency.
    pub(super) fn units(&mut self, field: &Field) -> Result<Option<String>, Fault> {
        let (link, property) = match (self.row, field) {
            (Row::Link(link), Field::Own(property)) => (link, property),
            (Row::Object(_), Field::OfLink { link, property, .. }) => (link_type(self.project, link)?, property),
            _ => return Ok(None),
        };
        let (Some(currency), true) = (&link.currency, link.amount.as_ref() == Some(property)) else { return Ok(None) };
        let currency = match field {
            Field::OfLink { link, direction, .. } => {
                Field::OfLink { link: link.clone(), direction: *direction, property: currency.clone() }
            }
            _ => Field::Own(currency.clone()),
        };
        let text = self.field(&currency)?;
        Ok(Some(format!("count(DISTINCT coalesce({}, ''))", self.language.as_text(&text.sql))))
    }

    fn extreme(&mut self, function: &str, field: &Field) -> Result<(String, Kind), Fault> {
        let value = self.field(field)?;
        if matches!(value.kind, Kind::Bool | Kind::Bytes) {
            return Err(Fault::invalid("Such values have no smallest or greatest.", "Choose another property."));
        }
        Ok((self.language.extreme(function, &value.sql, value.kind), value.kind))
    }

    /// Joins the link type over which the groups go, if they go over one. Each row is then an object with one link.
    fn go_over(&mut self, query: &Query, groups: &Groups) -> Result<Vec<String>, Fault> {
        let fields = groups.by.iter().chain(groups.measures.iter().filter_map(Measure::field));
        let mut steps: Vec<(&LinkTypeId, Direction)> = fields.clone().filter_map(step).collect();
        steps.dedup();
        let (Some((link, direction)), Row::Object(kind)) = (steps.first().copied(), self.row) else {
            return Ok(Vec::new());
        };
        let link = link_type(self.project, link)?;
        let one_step = steps.iter().all(|(id, way)| **id == link.id && *way == direction);
        if !one_step || link.near(direction) != &kind.id {
            return Err(Fault::invalid(
                "Groups can go over one link type at a time, and it must start at what is asked for.",
                "Ask in two questions.",
            ));
        }
        let hop = Hop::new(self.project, link, direction, "l".to_owned(), "x".to_owned())?;
        hop.stays_in_source()?;
        let with_far = fields.clone().any(is_far) || filters_far(&query.filter);
        self.joins = hop.join(self, "o", with_far)?;
        let conditions = hop.rows(self, with_far)?.conditions;
        self.over = Some(hop);
        Ok(conditions)
    }
}

const fn step(field: &Field) -> Option<(&LinkTypeId, Direction)> {
    match field {
        Field::Through { link, direction, .. } | Field::OfLink { link, direction, .. } => Some((link, *direction)),
        Field::Own(_) | Field::End { .. } => None,
    }
}

const fn is_far(field: &Field) -> bool {
    matches!(field, Field::Through { .. })
}

fn filters_far(filter: &Filter) -> bool {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().any(filters_far),
        Filter::Not(part) => filters_far(part),
        Filter::Is { field, .. } => is_far(field),
        Filter::Linked { .. } => false,
    }
}

/// The order of the groups: as asked, then their values.
fn group_order(groups: &Groups, by: &[Value], measures: &[Value]) -> Result<Vec<Level>, Fault> {
    let mut levels = Vec::new();
    for sort in &groups.sort {
        let value = match sort.by {
            GroupColumn::Value(place) => by.get(place),
            GroupColumn::Measure(place) => measures.get(place),
        };
        let Some(value) = value else {
            return Err(Fault::invalid(
                "The groups are sorted by a column that is not there.",
                "Choose another order.",
            ));
        };
        levels.push(Level::new(value.clone(), sort.descending));
    }
    levels.extend(by.iter().map(|value| Level::new(value.clone(), false)));
    Ok(levels)
}
