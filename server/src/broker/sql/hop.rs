//! One step along a link type, from an object to the objects at the other end.

use model::PropertyId;
use model::project::{ColumnPair, Join, LinkType, ObjectType, Project, PropertyPair};
use model::query::Direction;
use wire::Fault;

use super::language::Rows;
use super::scope::{Scope, Value, elsewhere, names_key, object_type, pairs, property_of};

/// One step along a link type.
#[derive(Clone)]
pub(super) struct Hop<'a> {
    pub(super) link: &'a LinkType,
    pub(super) direction: Direction,
    pub(super) near: &'a ObjectType,
    pub(super) far: &'a ObjectType,
    /// What the link table is called.
    pub(super) link_alias: String,
    /// What the table of the far objects is called.
    pub(super) far_alias: String,
}

impl<'a> Hop<'a> {
    pub(super) fn new(
        project: &'a Project,
        link: &'a LinkType,
        direction: Direction,
        link_alias: String,
        far_alias: String,
    ) -> Result<Self, Fault> {
        let (near, far) = (object_type(project, link.near(direction))?, object_type(project, link.far(direction))?);
        Ok(Self { link, direction, near, far, link_alias, far_alias })
    }

    /// Refuses a step out of the source.
    pub(super) fn stays_in_source(&self) -> Result<(), Fault> {
        let rows = self.link.source().unwrap_or(&self.far.source);
        if *rows == self.near.source { Ok(()) } else { Err(elsewhere(self.link)) }
    }

    /// A property of the far object.
    pub(super) fn far_value(&self, scope: &Scope<'_>, id: &PropertyId) -> Result<Value, Fault> {
        let property = property_of(&self.far.properties, id, &self.far.name)?;
        if self.far.source != self.near.source {
            return Err(elsewhere(self.link));
        }
        scope.property(&self.far_alias, property)
    }

    /// A property of the link.
    pub(super) fn link_value(&self, scope: &Scope<'_>, id: &PropertyId) -> Result<Value, Fault> {
        scope.property(&self.link_alias, property_of(&self.link.properties, id, &self.link.name)?)
    }

    /// ` JOIN ...` of the step, from the near object's table; with the far objects' table where it is needed.
    pub(super) fn join(&self, scope: &Scope<'_>, near_alias: &str, with_far: bool) -> Result<String, Fault> {
        let (tables, on) = self.joined(scope, near_alias)?;
        let mut text = format!(" JOIN {tables} ON {on}");
        if with_far && self.link.source().is_some() {
            text.push_str(&self.join_far(scope)?);
        }
        Ok(text)
    }

    /// The first table of the step, and the condition that ties it to the near object.
    pub(super) fn joined(&self, scope: &Scope<'_>, near_alias: &str) -> Result<(String, String), Fault> {
        let (outer, inner) = self.both_sides(scope, near_alias)?;
        let on: Vec<String> = outer.iter().zip(&inner).map(|(outer, inner)| format!("{inner} = {outer}")).collect();
        Ok((self.first_table(scope)?, on.join(" AND ")))
    }

    /// The rows of the step: the link table, the far objects with it where they are needed.
    pub(super) fn rows(&self, scope: &Scope<'_>, with_far: bool) -> Result<Rows, Fault> {
        let first = self.first_table(scope)?;
        if self.link.source().is_none() {
            return Ok(Rows { from: first, conditions: Vec::new() });
        }
        if with_far {
            return Ok(Rows { from: format!("{first}{}", self.join_far(scope)?), conditions: Vec::new() });
        }
        let filled = |pair: &ColumnPair| Ok(format!("{} IS NOT NULL", scope.column(&self.link_alias, &pair.column)?));
        let conditions = pairs(self.link, self.direction).iter().map(filled).collect::<Result<_, Fault>>()?;
        Ok(Rows { from: first, conditions })
    }

    fn first_table(&self, scope: &Scope<'_>) -> Result<String, Fault> {
        match &self.link.join {
            Join::Table { table, .. } => scope.table(table, &self.link_alias),
            Join::Properties { .. } => scope.objects(self.far, &self.far_alias),
        }
    }

    fn join_far(&self, scope: &Scope<'_>) -> Result<String, Fault> {
        let mut on = Vec::new();
        for pair in pairs(self.link, self.direction) {
            let own = scope.column(&self.link_alias, &pair.column)?;
            let theirs = self.far_value(scope, &pair.property)?.sql;
            on.push(format!("{} = {}", scope.matched(self.link, &own), scope.matched(self.link, &theirs)));
        }
        Ok(format!(" JOIN {} ON {}", scope.objects(self.far, &self.far_alias)?, on.join(" AND ")))
    }

    /// The key of the far object, and whether the far objects' table is needed for it.
    pub(super) fn far_key(&self, scope: &Scope<'_>) -> Result<(Vec<Value>, bool), Fault> {
        if !names_key(self.link, self.direction, self.far) {
            let values = self.far.key.iter().map(|id| self.far_value(scope, id)).collect::<Result<_, _>>()?;
            return Ok((values, true));
        }
        let mut values = Vec::new();
        for id in &self.far.key {
            let kind = property_of(&self.far.properties, id, &self.far.name)?.kind;
            for pair in pairs(self.link, self.direction).iter().filter(|pair| pair.property == *id).take(1) {
                values.push(Value { sql: scope.column(&self.link_alias, &pair.column)?, kind });
            }
        }
        Ok((values, false))
    }

    /// What must be equal: the near object's values, and the step's.
    pub(super) fn both_sides(&self, scope: &Scope<'_>, near_alias: &str) -> Result<(Vec<String>, Vec<String>), Fault> {
        let mut sides = (Vec::new(), Vec::new());
        let mut push = |outer: String, inner: String| {
            sides.0.push(scope.matched(self.link, &outer));
            sides.1.push(scope.matched(self.link, &inner));
        };
        let near =
            |id: &PropertyId| scope.property(near_alias, property_of(&self.near.properties, id, &self.near.name)?);
        match &self.link.join {
            Join::Properties { pairs, .. } => {
                for pair in pairs {
                    let (near_id, far_id) = self.turned(pair);
                    let (outer, inner) = (near(near_id)?, self.far_value(scope, far_id)?);
                    let same_kind = outer.kind == inner.kind;
                    let form = |value: Value| if same_kind { value.sql } else { scope.language.as_text(&value.sql) };
                    push(form(outer), form(inner));
                }
            }
            Join::Table { .. } => {
                for pair in pairs(self.link, self.direction.turned()) {
                    push(near(&pair.property)?.sql, scope.column(&self.link_alias, &pair.column)?);
                }
            }
        }
        Ok(sides)
    }

    /// The properties of a pair: near, far.
    fn turned<'p>(&self, pair: &'p PropertyPair) -> (&'p PropertyId, &'p PropertyId) {
        match self.direction {
            Direction::Forward => (&pair.from, &pair.to),
            Direction::Backward => (&pair.to, &pair.from),
        }
    }
}
