//! Order and pages: nulls last either way, the key last, and a page begins after the row where the page before ended.

use wire::Fault;

use super::scope::{Scope, Value};

/// One level of an order.
pub(super) struct Level {
    pub(super) value: Value,
    pub(super) descending: bool,
}

impl Scope<'_> {
    /// ` ORDER BY ...`, or nothing.
    pub(super) fn order_by(&self, levels: &[Level]) -> String {
        let written: Vec<String> = levels.iter().map(|level| self.order(level)).collect();
        if written.is_empty() { String::new() } else { format!(" ORDER BY {}", written.join(", ")) }
    }

    fn order(&self, level: &Level) -> String {
        let direction = if level.descending { " DESC" } else { "" };
        format!("{}{direction} NULLS LAST", self.language.ordered(&level.value.sql, level.value.kind))
    }

    /// What holds for the rows after the row with these values, one for each level.
    pub(super) fn after(&mut self, levels: &[Level], values: &[Option<String>]) -> Result<String, Fault> {
        let mut branches = Vec::new();
        for (place, (level, value)) in levels.iter().zip(values).enumerate() {
            if let Some(text) = value {
                let mut branch = self.equal_so_far(levels, values, place)?;
                let operator = if level.descending { "<" } else { ">" };
                let beyond = self.compared(&level.value, operator, text)?;
                branch.push(format!("({beyond} OR {} IS NULL)", level.value.sql));
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
                Some(text) => self.compared(&level.value, "=", text),
                None => Ok(format!("{} IS NULL", level.value.sql)),
            })
            .collect()
    }
}
