//! Answers in rows: the key first, then the fields, page by page.

use model::query::{Direction, Field, Query, Rows};
use wire::Fault;
use wire::frame::{ColumnRole, PartRows};

use super::page::Level;
use super::scope::{Row, Scope, Value};
use super::{Column, Rendered, Shape, out};

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
    pub(super) fn rows(
        mut self,
        query: &Query,
        rows: &Rows,
        mut conditions: Vec<String>,
        most_rows: u64,
        after: Option<&[Option<String>]>,
    ) -> Result<Rendered, Fault> {
        let limit = limit(rows.limit, most_rows)?;
        let mut columns = Columns::default();
        let mut key = self.key_columns(&mut columns)?;
        for field in self.wanted(rows) {
            self.add(&mut columns, &field)?;
        }
        conditions.extend(self.conditions(query)?);
        self.link_key(&mut columns, &mut key)?;
        let (levels, order) = self.levels(&columns, rows, &key);
        if let Some(values) = after {
            conditions.push(self.after(&levels, values)?);
        }
        let mut text = self.select(&columns.columns, &conditions)?;
        text.push_str(&self.order_by(&levels));
        text.push_str(&format!(" LIMIT {}", limit + 1));
        let mut shape = Shape::new(self.part_rows(), limit);
        shape.order = if key.is_empty() { Vec::new() } else { order };
        shape.key = key;
        Ok(self.rendered(text, columns.columns, shape))
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
            Some(Level { value: columns.values.get(*place)?.clone(), descending: *descending })
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
