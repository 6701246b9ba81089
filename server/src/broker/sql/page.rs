//! Order and pages: nulls last either way, the key last, and a page begins after the row where the page before ended.
//!
//! What lies behind a row is written so that an index can go there at once. A condition with `OR ... IS NULL` would make
//! both languages read from the start; so the nulls of the first level are a statement of their own, asked when the
//! rest has run out.

use wire::Fault;

use super::scope::{Scope, Value};

/// One level of an order.
#[derive(Clone)]
pub(super) struct Level {
    pub(super) value: Value,
    pub(super) descending: bool,
    /// Whether it is never null.
    pub(super) filled: bool,
    /// Whether the column's own order is right, so that nothing needs to be said of it.
    pub(super) plain: bool,
}

/// Where a page ended: the values of its order in its last row, and what tells that row from others with the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::broker) struct Place {
    pub(in crate::broker) values: Vec<Option<String>>,
    pub(in crate::broker) row: Option<String>,
}

impl Level {
    pub(super) const fn new(value: Value, descending: bool) -> Self {
        Self { value, descending, filled: false, plain: false }
    }

    /// The operator for what comes later.
    const fn later(&self) -> &'static str {
        if self.descending { "<" } else { ">" }
    }
}

impl Scope<'_> {
    /// ` ORDER BY ...`, or nothing.
    pub(super) fn order_by(&self, levels: &[Level]) -> String {
        let written: Vec<String> = levels.iter().map(|level| self.order(level)).collect();
        if written.is_empty() { String::new() } else { format!(" ORDER BY {}", written.join(", ")) }
    }

    fn order(&self, level: &Level) -> String {
        let direction = if level.descending { " DESC" } else { "" };
        let nulls = if level.filled { "" } else { " NULLS LAST" };
        format!("{}{direction}{nulls}", self.ordered(level))
    }

    fn ordered(&self, level: &Level) -> String {
        let Value { sql, kind } = &level.value;
        if level.plain { sql.clone() } else { self.language.ordered(sql, *kind) }
    }

    /// What holds for the rows behind a place whose first value is not null, leaving out those where it is null.
    pub(super) fn behind(&mut self, levels: &[Level], values: &[Option<String>]) -> Result<String, Fault> {
        let (Some(first), Some(Some(value))) = (levels.first(), values.first()) else { return Ok("FALSE".to_owned()) };
        if levels.len() == 1 {
            return self.compared_with(first, first.later(), value);
        }
        let same_way = levels.iter().all(|level| level.filled && level.descending == first.descending);
        if same_way && values.iter().all(Option::is_some) {
            return self.behind_together(levels, values);
        }
        let start = self.compared_with(first, if first.descending { "<=" } else { ">=" }, value)?;
        Ok(format!("{start} AND {}", self.behind_by_levels(levels, values)?))
    }

    /// What holds for the rows behind a place whose first value is null.
    pub(super) fn behind_null(&mut self, levels: &[Level], values: &[Option<String>]) -> Result<String, Fault> {
        let (Some((first, levels)), Some((_, values))) = (levels.split_first(), values.split_first()) else {
            return Ok("FALSE".to_owned());
        };
        Ok(format!("{} AND {}", is_null(first), self.behind_by_levels(levels, values)?))
    }

    /// All levels go the same way and are never null: the values together.
    fn behind_together(&mut self, levels: &[Level], values: &[Option<String>]) -> Result<String, Fault> {
        let operator = levels.first().map_or(">", Level::later);
        let columns: Vec<String> = levels.iter().map(|level| self.ordered(level)).collect();
        let mut bound = Vec::new();
        for (level, text) in levels.iter().zip(values.iter().flatten()) {
            bound.push(self.bind(level.value.kind, text)?);
        }
        Ok(format!("({}) {operator} ({})", columns.join(", "), bound.join(", ")))
    }

    /// Later at one level, and the same at all before it.
    fn behind_by_levels(&mut self, levels: &[Level], values: &[Option<String>]) -> Result<String, Fault> {
        let mut branches = Vec::new();
        for (place, (level, value)) in levels.iter().zip(values).enumerate() {
            if let Some(text) = value {
                let mut branch = self.equal_so_far(levels, values, place)?;
                let beyond = self.compared_with(level, level.later(), text)?;
                // At the first level the nulls are left to a statement of their own, or to the caller's condition.
                let nulls = if level.filled { String::new() } else { format!(" OR {}", is_null(level)) };
                branch.push(if nulls.is_empty() { beyond } else { format!("({beyond}{nulls})") });
                branches.push(format!("({})", branch.join(" AND ")));
            }
        }
        Ok(if branches.is_empty() { "FALSE".to_owned() } else { format!("({})", branches.join(" OR ")) })
    }

    fn equal_so_far(
        &mut self,
        levels: &[Level],
        values: &[Option<String>],
        place: usize,
    ) -> Result<Vec<String>, Fault> {
        let before = levels.iter().zip(values).take(place);
        before
            .map(|(level, value)| match value {
                Some(text) => self.compared_with(level, "=", text),
                None => Ok(is_null(level)),
            })
            .collect()
    }

    fn compared_with(&mut self, level: &Level, operator: &str, text: &str) -> Result<String, Fault> {
        let placeholder = self.bind(level.value.kind, text)?;
        Ok(format!("{} {operator} {placeholder}", self.ordered(level)))
    }
}

pub(super) fn is_null(level: &Level) -> String {
    format!("{} IS NULL", level.value.sql)
}

/// Another kind of source may stand behind the same question by now.
pub(super) fn another_place() -> Fault {
    Fault::invalid("This page belongs to another form of the table.", "Ask again from the first page.")
}
