//! Filters as conditions. Null passes no test but `Empty` and `Differs`, and `Not` is the true opposite.

use model::kind::Kind;
use model::project::Property;
use model::query::{Direction, Field, Filter, Key, Test};
use model::{LinkTypeId, PropertyId};
use wire::Fault;

use super::hop::Hop;
use super::language::all;
use super::scope::{Row, Scope, Value, fitting, link_type, linked_properties, matching};

impl<'a> Scope<'a> {
    /// What must hold, as one condition.
    pub(super) fn filter(&mut self, filter: &Filter) -> Result<String, Fault> {
        if let Some(answered) = self.answered.iter().find(|answered| answered.part == *filter) {
            return self.answered_elsewhere(filter, &answered.values);
        }
        match filter {
            Filter::All(parts) => Ok(all(&self.filters(parts)?)),
            Filter::Any(parts) if parts.is_empty() => Ok("FALSE".to_owned()),
            Filter::Any(parts) => Ok(format!("({})", self.filters(parts)?.join(" OR "))),
            Filter::Not(part) => Ok(format!("NOT coalesce({}, FALSE)", self.filter(part)?)),
            Filter::Is { field, test } => self.is(field, test),
            Filter::Linked { link, direction, present } => {
                let hop = self.hop(link, *direction)?;
                let rows = hop.rows(self, false)?;
                let (outer, inner) = hop.both_sides(self, "o")?;
                Ok(self.language.exists(&outer, &inner, &rows, *present))
            }
        }
    }

    /// Whether the object's linked properties are among the values with which a part of the filter holds.
    fn answered_elsewhere(&mut self, filter: &Filter, values: &[Key]) -> Result<String, Fault> {
        let (link, direction, present) = match filter {
            Filter::Is {
                field: Field::Through { link, direction, .. } | Field::OfLink { link, direction, .. },
                ..
            } => (link, *direction, true),
            Filter::Linked { link, direction, present } => (link, *direction, *present),
            _ => return Ok("FALSE".to_owned()),
        };
        let link = link_type(self.project, link)?;
        let mut near = Vec::new();
        for id in linked_properties(link, direction.turned()) {
            near.push(self.field(&Field::Own(id))?);
        }
        // A value that cannot be one of the property is equal to none of its values.
        let fits = |key: &&Key| near.iter().zip(*key).all(|(value, text)| fitting(value.kind, text).is_ok());
        let values: Vec<Key> = values.iter().filter(fits).cloned().collect();
        let found = self.keys(&near, &values, matching(link))?;
        Ok(if present { found } else { format!("NOT coalesce({found}, FALSE)") })
    }

    fn filters(&mut self, parts: &[Filter]) -> Result<Vec<String>, Fault> {
        parts.iter().map(|part| self.filter(part)).collect()
    }

    fn is(&mut self, field: &Field, test: &Test) -> Result<String, Fault> {
        match field {
            Field::Through { link, direction, property } if !self.goes_over(link, *direction) => {
                self.is_of_neighbour(link, *direction, property, test, true)
            }
            Field::OfLink { link, direction, property } if !self.goes_over(link, *direction) => {
                self.is_of_neighbour(link, *direction, property, test, false)
            }
            _ => {
                let value = self.field(field)?;
                self.test(&value, test)
            }
        }
    }

    /// Whether the answer's groups go over this step already, so that the filter is about the same linked object.
    fn goes_over(&self, link: &LinkTypeId, direction: Direction) -> bool {
        self.over.as_ref().is_some_and(|hop| hop.link.id == *link && hop.direction == direction)
    }

    /// Whether the object has a link to an object whose value passes the test.
    fn is_of_neighbour(
        &mut self,
        link: &LinkTypeId,
        direction: Direction,
        property: &PropertyId,
        test: &Test,
        of_object: bool,
    ) -> Result<String, Fault> {
        let hop = self.hop(link, direction)?;
        let value = if of_object { hop.far_value(self, property)? } else { hop.link_value(self, property)? };
        let mut rows = hop.rows(self, of_object)?;
        rows.conditions.push(self.test(&value, test)?);
        let (outer, inner) = hop.both_sides(self, "o")?;
        Ok(self.language.exists(&outer, &inner, &rows, true))
    }

    /// A step inside a subquery.
    fn hop(&mut self, link: &LinkTypeId, direction: Direction) -> Result<Hop<'a>, Fault> {
        let link = link_type(self.project, link)?;
        let number = self.next_alias();
        let hop = Hop::new(self.project, link, direction, format!("l{number}"), format!("x{number}"))?;
        match self.row {
            Row::Object(kind) if kind.id == hop.near.id => hop.stays_in_source().map(|()| hop),
            _ => Err(Fault::invalid(
                format!("\"{}\" does not start at what is asked for.", link.name),
                "Choose a link type of this object type.",
            )),
        }
    }

    /// A test of one value.
    pub(super) fn test(&mut self, value: &Value, test: &Test) -> Result<String, Fault> {
        let Value { sql, kind } = value;
        Ok(match test {
            Test::Equals(text) => {
                format!("{} = {}", self.language.same(sql, *kind), self.bind(*kind, text)?)
            }
            Test::Differs(text) => {
                format!("({} <> {} OR {sql} IS NULL)", self.language.same(sql, *kind), self.bind(*kind, text)?)
            }
            Test::In(texts) => {
                let number = self.bind_many(*kind, texts.iter().map(String::as_str))?;
                self.language.among(sql, *kind, number)
            }
            Test::Contains(text) => self.contains(value, text, false)?,
            Test::StartsWith(text) => self.contains(value, text, true)?,
            Test::Below(text) => self.compared(value, "<", text)?,
            Test::AtMost(text) => self.compared(value, "<=", text)?,
            Test::Above(text) => self.compared(value, ">", text)?,
            Test::AtLeast(text) => self.compared(value, ">=", text)?,
            Test::Empty => format!("{sql} IS NULL"),
            Test::Filled => format!("{sql} IS NOT NULL"),
        })
    }

    /// `value operator text`, in the order of [`super::language::Language::ordered`].
    pub(super) fn compared(&mut self, value: &Value, operator: &str, text: &str) -> Result<String, Fault> {
        let placeholder = self.bind(value.kind, text)?;
        Ok(format!("{} {operator} {placeholder}", self.language.ordered(&value.sql, value.kind)))
    }

    /// Whether a value contains, or begins with, the text.
    pub(super) fn contains(&mut self, value: &Value, text: &str, at_start: bool) -> Result<String, Fault> {
        if value.kind == Kind::Bytes {
            return Err(Fault::invalid("Bytes contain no text.", "Choose another field or another test."));
        }
        self.compares_text = true;
        let placeholder = self.bind_text(&self.language.pattern(text, at_start))?;
        Ok(self.language.contains(&value.sql, &placeholder, at_start))
    }

    /// Whether any searchable property contains the text.
    pub(super) fn search(&mut self, text: &str) -> Result<String, Fault> {
        let (alias, properties): (_, &[Property]) = match self.row {
            Row::Object(kind) => ("o", &kind.properties),
            Row::Link(link) => ("l", &link.properties),
        };
        let mut found = Vec::new();
        for property in properties.iter().filter(|property| property.searchable && property.kind != Kind::Bytes) {
            let value = self.property(alias, property)?;
            found.push(self.contains(&value, text, false)?);
        }
        if found.is_empty() {
            return Err(Fault::invalid(
                "None of its properties is searchable.",
                "Mark a property as searchable in the configuration.",
            ));
        }
        Ok(format!("({})", found.join(" OR ")))
    }
}
