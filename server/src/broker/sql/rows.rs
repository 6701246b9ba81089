//! Answers in rows: the key first, then the fields, page by page.

use std::collections::BTreeSet;

use model::kind::Kind;
use model::project::{Matching, property};
use model::query::{Direction, Field, Query, Rows};
use wire::Fault;
use wire::frame::{ColumnRole, PartRows};

use super::page::{Level, Place, another_place, is_null};
use super::scope::{Row, Scope, Value, matching, pairs};
use super::{Column, Rendered, Shape, out};
use crate::connectors::{OutColumn, RowId, Statement};

/// What keeps two rows of an answer apart.
enum Ending {
    /// Their keys.
    Unique,
    /// A number that the source gives each row.
    RowId(RowId),
    /// Nothing that is known: two rows may share a key.
    Shared,
}

/// The columns of an answer while they are gathered.
#[derive(Default)]
struct Columns {
    columns: Vec<Column>,
    values: Vec<Value>,
    fields: Vec<(Field, usize)>,
}

impl Columns {
    fn push(&mut self, name: String, value: Value, role: &ColumnRole, field: Field) {
        self.fields.push((field, self.columns.len()));
        self.columns.push((value.sql.clone(), out(name, value.kind, role)));
        self.values.push(value);
    }

    fn place(&self, field: &Field) -> Option<usize> {
        self.fields.iter().find(|(known, _)| known == field).map(|(_, place)| *place)
    }
}

impl Scope<'_> {
    /// Rows; `first` stands before the order that was asked for, where there is only one page.
    pub(super) fn rows_in_order(
        mut self,
        query: &Query,
        rows: &Rows,
        mut conditions: Vec<String>,
        most_rows: u64,
        first: Option<Level>,
        after: Option<&Place>,
    ) -> Result<Rendered, Fault> {
        let limit = limit(rows.limit, most_rows)?;
        let mut columns = Columns::default();
        let mut key = self.key_columns(&mut columns)?;
        for field in self.wanted(rows) {
            self.add(&mut columns, &field)?;
        }
        conditions.extend(self.conditions(query)?);
        self.link_key(&mut columns, &mut key)?;
        let (mut levels, order) = self.levels(&columns, rows, &key);
        let mut shape = Shape::new(self.part_rows(), limit);
        if !key.is_empty() {
            let names = self.ending(&columns, &key);
            shape.shares_keys = matches!(names, Ending::Shared);
            if let Ending::RowId(id) = names {
                shape.row_id = Some(columns.columns.len());
                levels.push(self.row_id(&mut columns, id)?);
            }
            shape.order = if first.is_none() { order } else { Vec::new() };
        }
        levels.splice(..0, first);
        shape.key = key;
        self.pages(columns.columns, &conditions, &levels, after, shape)
    }

    /// The page: one statement, or two when it begins before the nulls of the first level.
    fn pages(
        mut self,
        columns: Vec<Column>,
        conditions: &[String],
        levels: &[Level],
        after: Option<&Place>,
        shape: Shape,
    ) -> Result<Rendered, Fault> {
        let common = self.values.clone();
        let Some(after) = after else {
            let text = self.page(&columns, conditions, None, levels, &shape)?;
            return Ok(self.rendered(text, columns, shape));
        };
        let values = self.place(after, levels, &shape)?;
        if let (Some(None), Some(_)) = (values.first(), levels.first()) {
            let behind = self.behind_null(levels, &values)?;
            let text = self.page(&columns, conditions, Some(behind), levels, &shape)?;
            return Ok(self.rendered(text, columns, shape));
        }
        let mut filled = levels.to_vec();
        filled.iter_mut().take(1).for_each(|first| first.filled = true);
        let behind = self.behind(&filled, &values)?;
        let text = self.page(&columns, conditions, Some(behind), &filled, &shape)?;
        let nulls = levels.first().filter(|first| !first.filled).map(is_null);
        let Some(nulls) = nulls else { return Ok(self.rendered(text, columns, shape)) };
        let rest = self.page(&columns, conditions, Some(nulls), levels, &shape)?;
        let mut rendered = self.rendered(text, columns, shape);
        let columns = rendered.statement.columns.clone();
        rendered.then = Some(Statement { text: rest, values: common, columns, narrow: Vec::new() });
        Ok(rendered)
    }

    fn page(
        &self,
        columns: &[Column],
        conditions: &[String],
        behind: Option<String>,
        levels: &[Level],
        shape: &Shape,
    ) -> Result<String, Fault> {
        let conditions: Vec<String> = conditions.iter().cloned().chain(behind).collect();
        let text = self.select(columns, &conditions)?;
        Ok(format!("{text}{} LIMIT {}", self.order_by(levels), shape.limit + 1))
    }

    /// The values of a place, one for each level.
    fn place(&self, after: &Place, levels: &[Level], shape: &Shape) -> Result<Vec<Option<String>>, Fault> {
        let mut values = after.values.clone();
        if shape.row_id.is_some() {
            values.push(Some(after.row.clone().ok_or_else(another_place)?));
        } else if after.row.is_some() && self.facts.is_some() {
            return Err(another_place());
        }
        if values.len() == levels.len() { Ok(values) } else { Err(another_place()) }
    }

    /// What keeps two rows of the answer apart.
    fn ending(&self, columns: &Columns, key: &[usize]) -> Ending {
        let Some(facts) = self.facts.filter(|_| self.is_one_table()) else { return Ending::Shared };
        let of_key = columns.fields.iter().filter(|(_, place)| key.contains(place));
        let names: Vec<&str> = of_key.filter_map(|(field, _)| self.column_of(field)).collect();
        match facts.row_id {
            _ if facts.names_rows(&names) => Ending::Unique,
            Some(id) => Ending::RowId(id),
            None => Ending::Shared,
        }
    }

    /// Whether each row of the answer is one row of one table.
    fn is_one_table(&self) -> bool {
        let is_table = match self.row {
            Row::Object(_) => true,
            Row::Link(link) => link.source().is_some(),
        };
        is_table && self.joins.is_empty()
    }

    const fn alias(&self) -> &'static str {
        match self.row {
            Row::Object(_) => "o",
            Row::Link(_) => "l",
        }
    }

    /// The column of the first table that a field shows.
    fn column_of(&self, field: &Field) -> Option<&str> {
        let column = |properties, id| property(properties, id).map(|known| known.column.as_str());
        match (self.row, field) {
            (Row::Object(kind), Field::Own(id)) => column(&kind.properties, id),
            (Row::Link(link), Field::Own(id)) => column(&link.properties, id),
            (Row::Link(link), Field::End { end, property }) if matching(link) == Matching::Exact => {
                let pair = pairs(link, *end).iter().find(|pair| pair.property == *property)?;
                Some(&pair.column)
            }
            _ => None,
        }
    }

    /// A column that the answer does not show, and its level.
    fn row_id(&mut self, columns: &mut Columns, id: RowId) -> Result<Level, Fault> {
        let sql = self.column(self.alias(), id.name)?;
        let shown = if id.kind == Kind::Text { self.language.as_text(&sql) } else { sql.clone() };
        let out = OutColumn { name: id.name.to_owned(), kind: id.kind, role: String::new() };
        columns.columns.push((shown, out));
        Ok(Level { filled: true, plain: true, ..Level::new(Value { sql, kind: id.kind }, false) })
    }

    fn part_rows(&self) -> PartRows {
        match self.row {
            Row::Object(kind) => PartRows::Objects(kind.id.clone()),
            Row::Link(link) => PartRows::Links(link.id.clone()),
        }
    }

    /// The columns that come first. Gives the places of those that name an object.
    fn key_columns(&mut self, columns: &mut Columns) -> Result<Vec<usize>, Fault> {
        match self.row {
            Row::Object(kind) => {
                for (place, id) in kind.key.iter().enumerate() {
                    let field = Field::Own(id.clone());
                    let value = self.field(&field)?;
                    columns.push(id.to_string(), value, &ColumnRole::Key(place), field);
                }
                Ok((0..kind.key.len()).collect())
            }
            Row::Link(link) => {
                for end in [Direction::Backward, Direction::Forward] {
                    let key = self.end_key(link, end)?.unwrap_or_default();
                    let ids = self.project.object_types.get(link.far(end)).map(|kind| kind.key.as_slice());
                    for (place, (value, id)) in key.into_iter().zip(ids.unwrap_or_default()).enumerate() {
                        let field = Field::End { end, property: id.clone() };
                        columns.push(end_name(end, id.as_str()), value, &ColumnRole::EndKey(end, place), field);
                    }
                }
                Ok(Vec::new())
            }
        }
    }

    /// The fields of the answer: those that were named, or all that are not hidden; and those it is sorted by.
    fn wanted(&self, rows: &Rows) -> Vec<Field> {
        let properties = match self.row {
            Row::Object(kind) => &kind.properties,
            Row::Link(link) => &link.properties,
        };
        let mut wanted = rows.fields.clone();
        if wanted.is_empty() {
            let visible = properties.iter().filter(|property| !property.hidden);
            wanted.extend(visible.map(|property| Field::Own(property.id.clone())));
        }
        wanted.extend(rows.sort.iter().map(|sort| sort.field.clone()));
        wanted
    }

    fn add(&mut self, columns: &mut Columns, field: &Field) -> Result<(), Fault> {
        if columns.place(field).is_none() {
            let value = self.field(field)?;
            let name = match field {
                Field::End { end, property } => end_name(*end, property.as_str()),
                Field::Own(id) | Field::Through { property: id, .. } | Field::OfLink { property: id, .. } => {
                    id.to_string()
                }
            };
            columns.push(name, value, &ColumnRole::Field(field.clone()), field.clone());
        }
        Ok(())
    }

    /// What names a link: its own key, or the keys of both ends where there is no link table.
    fn link_key(&mut self, columns: &mut Columns, key: &mut Vec<usize>) -> Result<(), Fault> {
        let Row::Link(link) = self.row else { return Ok(()) };
        if link.source().is_none() {
            *key = (0..columns.columns.len()).collect();
            return Ok(());
        }
        for id in &link.key {
            let field = Field::Own(id.clone());
            self.add(columns, &field)?;
            key.extend(columns.place(&field));
        }
        Ok(())
    }

    /// The order: as asked, then the key. With the places of its columns in the answer.
    fn levels(&self, columns: &Columns, rows: &Rows, key: &[usize]) -> (Vec<Level>, Vec<usize>) {
        let asked = rows.sort.iter().filter_map(|sort| Some((columns.place(&sort.field)?, sort.descending)));
        let mut order: Vec<(usize, bool)> = Vec::new();
        for (place, descending) in asked.chain(key.iter().map(|place| (*place, false))) {
            if !order.iter().any(|(known, _)| *known == place) {
                order.push((place, descending));
            }
        }
        let level = |(place, descending): &(usize, bool)| {
            let (field, _) = columns.fields.iter().find(|(_, known)| known == place)?;
            let value = columns.values.get(*place)?.clone();
            let (facts, column) = (self.facts, self.column_of(field));
            let holds = |set: &BTreeSet<String>| column.is_some_and(|column| set.contains(column));
            let filled = facts.is_some_and(|facts| holds(&facts.filled));
            let plain = value.kind == Kind::Text && facts.is_some_and(|facts| holds(&facts.in_order));
            Some(Level { filled, plain, ..Level::new(value, *descending) })
        };
        (order.iter().filter_map(level).collect(), order.iter().map(|(place, _)| *place).collect())
    }
}

fn end_name(end: Direction, property: &str) -> String {
    match end {
        Direction::Forward => format!("to.{property}"),
        Direction::Backward => format!("from.{property}"),
    }
}

/// The most rows that are sent: what was asked for, or the source's ceiling.
pub(super) fn limit(asked: u64, most_rows: u64) -> Result<u64, Fault> {
    match asked.min(most_rows) {
        0 => Err(Fault::invalid("The question asks for no rows.", "Ask for at least one.")),
        limit => Ok(limit),
    }
}
