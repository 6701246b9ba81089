//! A statement while it is written: what its rows are, which tables they are joined with, and the values bound so far.

use model::kind::Kind;
use model::project::{
    ColumnPair, Join, LinkType, Matching, ObjectType, Origin, Project, Property, PropertyPair, Table, property,
};
use model::query::{Direction, Field, Key};
use model::{LinkTypeId, ObjectTypeId, PropertyId, SourceId};
use wire::Fault;

use super::hop::Hop;
use super::language::{Language, quote};
use crate::broker::elsewhere::Answered;
use crate::connectors::{self, Bound, Connector, Facts};
use crate::statements;

/// An expression, and what its values are.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) sql: String,
    pub(super) kind: Kind,
}

/// What a row is.
#[derive(Clone, Copy)]
pub(super) enum Row<'a> {
    /// An object; its table is called `o`.
    Object(&'a ObjectType),
    /// A link; its table is called `l`, the objects at its ends `f` (from) and `t` (to).
    Link(&'a LinkType),
}

/// A statement while it is written.
pub(super) struct Scope<'a> {
    pub(super) project: &'a Project,
    pub(super) language: &'a dyn Language,
    pub(super) source: &'a SourceId,
    pub(super) row: Row<'a>,
    pub(super) values: Vec<Bound>,
    /// Joins beside the first table, in order.
    pub(super) joins: String,
    /// Whether text was compared, so that the answer must say what the source folds.
    pub(super) compares_text: bool,
    /// The link type over which the answer's groups go; its table is `l`, the objects there are `x`.
    pub(super) over: Option<Hop<'a>>,
    /// What is known of the first table, where it matters.
    pub(super) facts: Option<&'a Facts>,
    /// Parts of the filter that other sources have answered.
    pub(super) answered: &'a [Answered],
    ends: Vec<Direction>,
    aliases: usize,
}

/// Finds an object type.
pub(in crate::broker) fn object_type<'a>(project: &'a Project, id: &ObjectTypeId) -> Result<&'a ObjectType, Fault> {
    project.object_types.get(id).ok_or_else(|| unknown("object type", id.as_str()))
}

/// Finds a link type.
pub(in crate::broker) fn link_type<'a>(project: &'a Project, id: &LinkTypeId) -> Result<&'a LinkType, Fault> {
    project.link_types.get(id).ok_or_else(|| unknown("link type", id.as_str()))
}

/// Finds a property of a type that is called `of`.
pub(in crate::broker) fn property_of<'a>(
    properties: &'a [Property],
    id: &PropertyId,
    of: &str,
) -> Result<&'a Property, Fault> {
    property(properties, id).ok_or_else(|| unknown(&format!("{of} property"), id.as_str()))
}

/// There is no such thing, or the person may not know of it.
fn unknown(what: &str, id: &str) -> Fault {
    Fault::invalid(
        format!("There is no {what} \"{id}\" here."),
        "It may have been removed or renamed. Load the project again.",
    )
}

/// What is asked lies in several sources.
pub(in crate::broker) fn elsewhere(link: &LinkType) -> Fault {
    Fault::invalid(
        format!("\"{}\" leads into another source, and one question is answered by one source.", link.name),
        "Ask it of one source at a time, or expand the link on the graph.",
    )
}

/// The source in which a link type's rows are found, seen from an object type's source.
pub(in crate::broker) fn rows_source<'a>(project: &'a Project, link: &'a LinkType) -> Result<&'a SourceId, Fault> {
    match link.source() {
        Some(source) => Ok(source),
        None => {
            let (from, to) = (object_type(project, &link.from)?, object_type(project, &link.to)?);
            if from.source == to.source { Ok(&from.source) } else { Err(elsewhere(link)) }
        }
    }
}

/// The columns of a link table that name the object at an end.
pub(in crate::broker) fn pairs(link: &LinkType, end: Direction) -> &[ColumnPair] {
    match (&link.join, end) {
        (Join::Table { to, .. }, Direction::Forward) => to,
        (Join::Table { from, .. }, Direction::Backward) => from,
        (Join::Properties { .. }, _) => &[],
    }
}

/// The properties of the object at an end that a link type compares.
pub(in crate::broker) fn linked_properties(link: &LinkType, end: Direction) -> Vec<PropertyId> {
    let of = |pair: &PropertyPair| match end {
        Direction::Forward => pair.to.clone(),
        Direction::Backward => pair.from.clone(),
    };
    match &link.join {
        Join::Properties { pairs, .. } => pairs.iter().map(of).collect(),
        Join::Table { .. } => pairs(link, end).iter().map(|pair| pair.property.clone()).collect(),
    }
}

/// How the values of a link type are compared.
pub(in crate::broker) const fn matching(link: &LinkType) -> Matching {
    match &link.join {
        Join::Properties { matching, .. } | Join::Table { matching, .. } => *matching,
    }
}

impl<'a> Scope<'a> {
    pub(super) fn new(project: &'a Project, language: &'a dyn Language, source: &'a SourceId, row: Row<'a>) -> Self {
        Self {
            project,
            language,
            source,
            row,
            values: Vec::new(),
            joins: String::new(),
            compares_text: false,
            over: None,
            facts: None,
            answered: &[],
            ends: Vec::new(),
            aliases: 0,
        }
    }

    /// A number for the names of tables inside a subquery.
    pub(super) const fn next_alias(&mut self) -> usize {
        self.aliases += 1;
        self.aliases
    }

    /// Binds a value and gives its placeholder.
    pub(super) fn bind(&mut self, kind: Kind, text: &str) -> Result<String, Fault> {
        let number = self.push(Bound::One(kind, fitting(kind, text)?));
        Ok(self.language.placeholder(number, kind))
    }

    /// Binds a list of values and gives the number of its placeholder.
    pub(super) fn bind_many<'t>(
        &mut self,
        kind: Kind,
        texts: impl IntoIterator<Item = &'t str>,
    ) -> Result<usize, Fault> {
        let texts = texts.into_iter().map(|text| fitting(kind, text)).collect::<Result<_, _>>()?;
        Ok(self.push(Bound::Many(kind, texts)))
    }

    /// Binds a text that is compared as text, whatever the column's kind.
    pub(super) fn bind_text(&mut self, text: &str) -> Result<String, Fault> {
        let number = self.push(Bound::One(Kind::Text, fitting(Kind::Text, text)?));
        Ok(self.language.text_placeholder(number))
    }

    fn push(&mut self, bound: Bound) -> usize {
        self.values.push(bound);
        self.values.len()
    }

    /// A column of a table that is called `alias` in the statement.
    pub(super) fn column(&self, alias: &str, column: &str) -> Result<String, Fault> {
        Ok(format!("{alias}.{}", quote(self.language, column)?))
    }

    /// A property of a table that is called `alias` in the statement.
    pub(super) fn property(&self, alias: &str, property: &Property) -> Result<Value, Fault> {
        Ok(Value { sql: self.column(alias, &property.column)?, kind: property.kind })
    }

    /// `"schema"."table" alias`.
    pub(super) fn table(&self, table: &Table, alias: &str) -> Result<String, Fault> {
        let name = quote(self.language, &table.name)?;
        match &table.schema {
            Some(schema) => Ok(format!("{}.{name} {alias}", quote(self.language, schema)?)),
            None => Ok(format!("{name} {alias}")),
        }
    }

    /// The rows of an object type, under the name `alias`: its table, or its query in brackets.
    pub(super) fn objects(&self, kind: &ObjectType, alias: &str) -> Result<String, Fault> {
        match &kind.origin {
            Origin::Table(table) => self.table(table, alias),
            Origin::Query(text) => {
                let source = self.project.sources.get(&kind.source);
                let dialect = source.and_then(|source| connectors::of_kind(&source.kind)).map(Connector::dialect);
                let dialect = dialect.unwrap_or_else(|| self.language.dialect());
                // What is in the query is nothing for everybody who asks.
                statements::check_once(dialect.into(), text).map_err(|_| not_asked(kind))?;
                // A comment at the end of the query ends with the line.
                Ok(format!("({text}\n) {alias}"))
            }
        }
    }

    /// What stands after `FROM`: the first table, and everything joined so far.
    pub(super) fn tables(&self) -> Result<String, Fault> {
        let first = match self.row {
            Row::Object(kind) => self.objects(kind, "o")?,
            Row::Link(link) => match &link.join {
                Join::Table { table, .. } => self.table(table, "l")?,
                Join::Properties { .. } => self.both_ends(link)?,
            },
        };
        Ok(format!("{first}{}", self.joins))
    }

    fn both_ends(&self, link: &'a LinkType) -> Result<String, Fault> {
        let hop = Hop::new(self.project, link, Direction::Forward, "l".to_owned(), "t".to_owned())?;
        let from = self.objects(hop.near, "f")?;
        let (to, on) = hop.joined(self, "f")?;
        Ok(format!("{from} JOIN {to} ON {on}"))
    }

    /// A value that a row has.
    pub(super) fn field(&mut self, field: &Field) -> Result<Value, Fault> {
        match (self.row, field) {
            (Row::Object(kind), Field::Own(id)) => self.property("o", property_of(&kind.properties, id, &kind.name)?),
            (Row::Link(link), Field::Own(id)) => self.property("l", property_of(&link.properties, id, &link.name)?),
            (Row::Link(link), Field::End { end, property }) => self.end(link, *end, property),
            (Row::Object(_), Field::Through { property, .. }) => {
                let hop = self.over.clone().ok_or_else(only_in_groups)?;
                hop.far_value(self, property)
            }
            (Row::Object(_), Field::OfLink { property, .. }) => {
                let hop = self.over.clone().ok_or_else(only_in_groups)?;
                hop.link_value(self, property)
            }
            _ => Err(Fault::invalid(
                "A property of a link's end can be asked of links only, and one of a linked object of objects only.",
                "Choose another field.",
            )),
        }
    }

    /// A property of the object at an end of the link; from the link's own column where that holds the same value.
    fn end(&mut self, link: &'a LinkType, end: Direction, id: &PropertyId) -> Result<Value, Fault> {
        let kind = object_type(self.project, link.far(end))?;
        let property = property_of(&kind.properties, id, &kind.name)?;
        let pair = pairs(link, end).iter().find(|pair| pair.property == *id);
        if let Some(pair) = pair
            && matching(link) == Matching::Exact
        {
            return Ok(Value { sql: self.column("l", &pair.column)?, kind: property.kind });
        }
        if kind.source != *self.source {
            return Err(elsewhere(link));
        }
        let alias = self.join_end(link, end, kind)?;
        self.property(alias, property)
    }

    fn join_end(&mut self, link: &'a LinkType, end: Direction, kind: &ObjectType) -> Result<&'static str, Fault> {
        let alias = if end == Direction::Forward { "t" } else { "f" };
        let in_tables_already = matches!(link.join, Join::Properties { .. }) || self.ends.contains(&end);
        if !in_tables_already {
            let mut on = Vec::new();
            for pair in pairs(link, end) {
                let own = self.column("l", &pair.column)?;
                let theirs = self.property(alias, property_of(&kind.properties, &pair.property, &kind.name)?)?.sql;
                on.push(format!("{} = {}", self.matched(link, &own), self.matched(link, &theirs)));
            }
            self.joins.push_str(&format!(" LEFT JOIN {} ON {}", self.objects(kind, alias)?, on.join(" AND ")));
            self.ends.push(end);
        }
        Ok(alias)
    }

    /// A value in the form in which a link type compares it.
    pub(super) fn matched(&self, link: &LinkType, value: &str) -> String {
        match matching(link) {
            Matching::Exact => value.to_owned(),
            Matching::Folded => self.language.folded(&self.language.as_text(value)),
        }
    }

    /// The key of the object at an end of a link; none where this source does not know it.
    pub(super) fn end_key(&mut self, link: &'a LinkType, end: Direction) -> Result<Option<Vec<Value>>, Fault> {
        let kind = object_type(self.project, link.far(end))?;
        if kind.key.is_empty() || (kind.source != *self.source && !names_key(link, end, kind)) {
            return Ok(None);
        }
        kind.key.iter().map(|id| self.end(link, end, id)).collect::<Result<_, _>>().map(Some)
    }

    /// Whether `values` together are one of `keys`.
    pub(super) fn keys(&mut self, values: &[Value], keys: &[Key], matched: Matching) -> Result<String, Fault> {
        if values.is_empty() || keys.iter().any(|key| key.len() != values.len()) {
            return Err(Fault::invalid(
                "An object was named with the wrong number of key values.",
                "Load the project again; its key may have changed.",
            ));
        }
        if let [value] = values {
            let texts = keys.iter().flatten().map(String::as_str);
            return Ok(match matched {
                Matching::Exact => {
                    let number = self.bind_many(value.kind, texts)?;
                    self.language.among(&value.sql, value.kind, number)
                }
                Matching::Folded => {
                    let number = self.bind_many(Kind::Text, texts)?;
                    self.language.among_folded(&value.sql, number)
                }
            });
        }
        self.composite_keys(values, keys, matched)
    }

    fn composite_keys(&mut self, values: &[Value], keys: &[Key], matched: Matching) -> Result<String, Fault> {
        if keys.is_empty() {
            return Ok("FALSE".to_owned());
        }
        let mut rows = Vec::with_capacity(keys.len());
        for key in keys {
            let mut row = Vec::with_capacity(key.len());
            for (value, text) in values.iter().zip(key) {
                row.push(match matched {
                    Matching::Exact => self.bind(value.kind, text)?,
                    Matching::Folded => self.bind_text(text).map(|text| self.language.folded(&text))?,
                });
            }
            rows.push(format!("({})", row.join(", ")));
        }
        let form = |value: &Value| match matched {
            Matching::Exact => self.language.same(&value.sql, value.kind),
            Matching::Folded => self.language.folded(&self.language.as_text(&value.sql)),
        };
        let columns: Vec<String> = values.iter().map(form).collect();
        Ok(self.language.tuple_among(&columns, &rows))
    }
}

/// Whether the link table's own columns are the whole key of the object at an end.
pub(in crate::broker) fn names_key(link: &LinkType, end: Direction, kind: &ObjectType) -> bool {
    let named = |id: &PropertyId| pairs(link, end).iter().any(|pair| pair.property == *id);
    matching(link) == Matching::Exact && !kind.key.is_empty() && kind.key.iter().all(named)
}

fn not_asked(kind: &ObjectType) -> Fault {
    Fault::invalid(
        format!("The query of \"{}\" is not known to read and do nothing else, so it is not asked.", kind.name),
        "Ask an instance manager to check it.",
    )
}

fn only_in_groups() -> Fault {
    Fault::invalid(
        "A row shows its own fields; a field one link away has many values.",
        "Use it in a filter or in groups.",
    )
}

/// The text, if it is a value of `kind`.
pub(super) fn fitting(kind: Kind, text: &str) -> Result<String, Fault> {
    if text.len() > LONGEST_VALUE {
        return Err(Fault::invalid(
            format!("A value in the question is longer than {} KiB.", LONGEST_VALUE / 1024),
            "Ask with a part of it: what begins with it, or contains it.",
        ));
    }
    if kind.accepts(text) {
        return Ok(text.to_owned());
    }
    Err(Fault::invalid(
        format!("A value in the question is not of kind {}.", kind.name()),
        format!("Enter {}.", example(kind)),
    ))
}

/// The longest value in a question, in bytes.
pub(in crate::broker) const LONGEST_VALUE: usize = 16 * 1024;

const fn example(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text without a zero character",
        Kind::Integer => "a whole number, like 42",
        Kind::Decimal => "a number, like 12.50",
        Kind::Float => "a number, like 12.5",
        Kind::Bool => "true or false",
        Kind::Date => "a date, like 2026-09-30",
        Kind::Instant => "a moment in UTC, like 2026-09-30T12:00:00Z",
        Kind::LocalTime => "a day and time, like 2026-09-30T12:00:00",
        Kind::Bytes => "hexadecimal digits, like 00ff",
    }
}
