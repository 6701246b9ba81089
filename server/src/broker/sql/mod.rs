//! The typed question as one statement in a source's own language: names quoted, values bound, nothing else from outside.
//!
//! One renderer walks the tree; [`language`] holds what differs, one file per language. To add a language: a file
//! here, a variant of `connectors::Dialect`, a line in [`language::of`], a line in the golden test.

mod filter;
mod groups;
mod hits;
mod hop;
mod language;
mod merge;
mod narrow;
mod page;
mod postgresql;
mod rows;
mod scope;
mod sqlite;

#[cfg(test)]
mod tests;

use model::SourceId;
use model::completeness::Cause;
use model::kind::Kind;
use model::project::{Join, Matching, Project, Table};
use model::query::{
    Answer, DEEPEST_FILTER, Direction, From, Key, MOST_KEYS, MOST_PARTS, MOST_SORTS, MOST_VALUES, Query,
};
use wire::Fault;
use wire::frame::{ColumnRole, PartRows};

pub(super) use hits::{MOST_HITS, Stage, hits, listed, ranks_titles, without};
pub(super) use merge::{Lookup, Merge, Near, count_links, lookup, merge};
pub(super) use page::Place;
pub(super) use scope::{
    LONGEST_VALUE, elsewhere, link_type, linked_properties, matching, names_key, object_type, pairs, property_of,
};

use self::hop::Hop;
use self::scope::{Row, Scope, Value, rows_source};
use super::elsewhere::Answered;
use crate::connectors::{Ability, Facts, OutColumn, Statement};

/// A statement, and what its answer looks like.
#[derive(Debug, Clone)]
pub(super) struct Rendered {
    pub(super) statement: Statement,
    /// What is asked next when the first statement has given everything and there is room for more.
    pub(super) then: Option<Statement>,
    pub(super) shape: Shape,
}

/// What an answer looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    /// What its rows are.
    pub(super) rows: PartRows,
    /// The columns that name a row; empty where rows have no identity.
    pub(super) key: Vec<usize>,
    /// The columns of the page's order; empty where there is only one page.
    pub(super) order: Vec<usize>,
    /// A last column that tells rows apart and is not shown.
    pub(super) row_id: Option<usize>,
    /// Whether rows may share the values of the order, so that a page must not end between them.
    pub(super) shares_keys: bool,
    /// The most rows; the statement asks for one more, to know whether there are more.
    pub(super) limit: u64,
    /// Whether rows beyond the limit are counted, as far as the statement gives them.
    pub(super) counts_beyond: bool,
    /// Whether text was compared without case.
    pub(super) compares_text: bool,
    /// What is known to be missing before the source is asked.
    pub(super) causes: Vec<Cause>,
}

/// What a statement is written for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) ability: Ability,
    /// The source's ceiling.
    pub(super) most_rows: u64,
    /// What the source promises of the table; none before it was asked.
    pub(super) facts: Option<&'a Facts>,
    /// Parts of the filter that other sources have answered.
    pub(super) answered: &'a [Answered],
}

/// The table whose rows a question asks for; none where rows are pairs of two,
/// or come from a query.
pub(super) fn table_of<'a>(project: &'a Project, from: &From) -> Result<Option<&'a Table>, Fault> {
    Ok(match row_of(project, from)? {
        Row::Object(kind) => kind.origin.table(),
        Row::Link(link) => match &link.join {
            Join::Table { table, .. } => Some(table),
            Join::Properties { .. } => None,
        },
    })
}

/// The source that answers a question.
pub(super) fn source_of<'a>(project: &'a Project, from: &From) -> Result<&'a SourceId, Fault> {
    match from {
        From::Objects(kind) | From::Keys { object_type: kind, .. } => Ok(&object_type(project, kind)?.source),
        From::Links(link) | From::LinksOf { link, .. } => rows_source(project, link_type(project, link)?),
        From::Neighbours { link, direction, .. } => {
            Ok(&object_type(project, link_type(project, link)?.far(*direction))?.source)
        }
    }
}

/// The statement of a question.
///
/// `after` is where the page before ended.
///
/// # Errors
/// `Invalid`, naming the remedy: an unknown property, a value that is not of its kind, a link into another source.
pub(super) fn question(
    project: &Project,
    query: &Query,
    ground: Ground<'_>,
    after: Option<&Place>,
) -> Result<Rendered, Fault> {
    check_size(query)?;
    let language = language::of(ground.ability);
    let source = source_of(project, &query.from)?;
    let mut scope = Scope::new(project, &*language, source, row_of(project, &query.from)?);
    scope.facts = ground.facts;
    scope.answered = ground.answered;
    let mut conditions: Vec<String> = scope.from(&query.from)?.into_iter().collect();
    let mut rendered = match &query.answer {
        Answer::Rows(rows) => scope.rows_in_order(query, rows, conditions, ground.most_rows, None, after),
        Answer::Groups(groups) => scope.groups(query, groups, conditions, ground.most_rows),
        Answer::Count => {
            conditions.extend(scope.conditions(query)?);
            let columns = vec![("count(*)".to_owned(), out("count", Kind::Integer, &ColumnRole::Count))];
            let text = scope.select(&columns, &conditions)?;
            Ok(scope.rendered(text, columns, Shape::new(PartRows::Figures, 1)))
        }
    }?;
    for statement in rendered.then.iter_mut().chain([&mut rendered.statement]) {
        statement.narrow = narrow::narrow(project, query);
    }
    Ok(rendered)
}

/// The first rows of a table. Its columns carry the role of a measure, in the table's order.
pub(super) fn sample(ability: Ability, table: &Table, columns: &[(&str, Kind)], limit: u64) -> Result<Rendered, Fault> {
    let language = language::of(ability);
    let mut names = Vec::new();
    let mut out_columns = Vec::new();
    for (place, (name, kind)) in columns.iter().enumerate() {
        names.push(language::quote(&*language, name)?);
        out_columns.push(out(*name, *kind, &ColumnRole::Measure(place)));
    }
    let schema = table.schema.iter().map(|schema| language::quote(&*language, schema));
    let path = schema.chain([language::quote(&*language, &table.name)]).collect::<Result<Vec<_>, _>>()?;
    let text = format!("SELECT {} FROM {} LIMIT {}", names.join(", "), path.join("."), limit + 1);
    let statement = Statement { text, values: Vec::new(), columns: out_columns, narrow: Vec::new() };
    Ok(Rendered { statement, then: None, shape: Shape::new(PartRows::Figures, limit) })
}

/// Whether a statement for a SQLite image names a column. All values are bound, so its text holds nothing but names.
pub(super) fn mentions(statement: &Statement, column: &str) -> bool {
    statement.text.contains(&format!("\"{}\"", column.replace('"', "\"\"")))
}

fn row_of<'a>(project: &'a Project, from: &From) -> Result<Row<'a>, Fault> {
    match from {
        From::Objects(kind) | From::Keys { object_type: kind, .. } => object_type(project, kind).map(Row::Object),
        From::Links(link) | From::LinksOf { link, .. } => link_type(project, link).map(Row::Link),
        From::Neighbours { link, direction, .. } => {
            object_type(project, link_type(project, link)?.far(*direction)).map(Row::Object)
        }
    }
}

/// Refuses a question with too much of something, and says of what.
fn check_size(query: &Query) -> Result<(), Fault> {
    let (deep, many) = query.filter.size();
    let (fields, sorts) = match &query.answer {
        Answer::Rows(rows) => (rows.fields.len(), rows.sort.len()),
        Answer::Groups(groups) => (groups.by.len() + groups.measures.len(), groups.sort.len()),
        Answer::Count => (0, 0),
    };
    let keys = match &query.from {
        From::Keys { keys, .. } | From::LinksOf { keys, .. } | From::Neighbours { keys, .. } => keys.len(),
        From::Objects(_) | From::Links(_) => 0,
    };
    let limits = [
        (deep, DEEPEST_FILTER, "The filter is nested more than {} deep.", "Take some of its brackets away."),
        (many, MOST_PARTS, "The filter has more than {} parts.", "Leave some of them out."),
        (
            query.filter.values(),
            MOST_VALUES,
            "The filter names more than {} values.",
            "Name fewer values, or ask in several steps.",
        ),
        (fields, MOST_FIELDS, "The question asks for more than {} fields.", "Leave some fields out."),
        (sorts, MOST_SORTS, "The question is sorted by more than {} fields.", "Sort by fewer fields."),
        (keys, MOST_KEYS, "The question names more than {} objects.", "Select fewer objects, or ask in several steps."),
    ];
    match limits.into_iter().find(|(number, most, ..)| number > most) {
        Some((_, most, sentence, remedy)) => Err(Fault::invalid(sentence.replace("{}", &most.to_string()), remedy)),
        None => Ok(()),
    }
}

/// The most fields of one answer; a type may have more properties than a question has filters.
const MOST_FIELDS: usize = 1_600;

/// A column of the answer: its expression, and what it is.
type Column = (String, OutColumn);

/// What a column of the answer is.
fn out(name: impl Into<String>, kind: Kind, role: &ColumnRole) -> OutColumn {
    // A role has string keys and no failing serialiser.
    OutColumn { name: name.into(), kind, role: serde_json::to_string(role).unwrap_or_default() }
}

impl Shape {
    const fn new(rows: PartRows, limit: u64) -> Self {
        Self {
            rows,
            key: Vec::new(),
            order: Vec::new(),
            row_id: None,
            shares_keys: false,
            limit,
            counts_beyond: false,
            compares_text: false,
            causes: Vec::new(),
        }
    }
}

impl<'a> Scope<'a> {
    /// What the question's beginning demands of a row.
    fn from(&mut self, from: &From) -> Result<Option<String>, Fault> {
        match (from, self.row) {
            (From::Keys { keys, .. }, Row::Object(kind)) => {
                let key = self.object_key("o", kind)?;
                self.keys(&key, keys, Matching::Exact).map(Some)
            }
            (From::LinksOf { direction, keys, .. }, Row::Link(link)) => {
                let near = self.end_key(link, direction.turned())?.ok_or_else(|| elsewhere(link))?;
                self.keys(&near, keys, Matching::Exact).map(Some)
            }
            (From::Neighbours { link, direction, keys }, Row::Object(_)) => {
                let link = link_type(self.project, link)?;
                self.neighbours(link, *direction, keys).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Whether the object is at the other end of a link of one of `keys`.
    fn neighbours(&mut self, link: &'a model::LinkType, direction: Direction, keys: &[Key]) -> Result<String, Fault> {
        let number = self.next_alias();
        let names = (format!("l{number}"), format!("x{number}"));
        let back = Hop::new(self.project, link, direction.turned(), names.0, names.1)?;
        back.stays_in_source()?;
        let (key, with_far) = back.far_key(self)?;
        let mut rows = back.rows(self, with_far)?;
        rows.conditions.push(self.keys(&key, keys, Matching::Exact)?);
        let (outer, inner) = back.both_sides(self, "o")?;
        Ok(self.language.exists(&outer, &inner, &rows, true))
    }

    fn object_key(&self, alias: &str, kind: &model::ObjectType) -> Result<Vec<Value>, Fault> {
        let value = |id| self.property(alias, property_of(&kind.properties, id, &kind.name)?);
        kind.key.iter().map(value).collect()
    }

    /// The question's text and filter.
    fn conditions(&mut self, query: &Query) -> Result<Vec<String>, Fault> {
        let mut conditions = Vec::new();
        if let Some(text) = &query.text {
            conditions.push(self.search(text)?);
        }
        let filter = self.filter(&query.filter)?;
        if filter != "TRUE" {
            conditions.push(filter);
        }
        Ok(conditions)
    }

    /// `SELECT ... FROM ... WHERE ...`.
    fn select(&self, columns: &[Column], conditions: &[String]) -> Result<String, Fault> {
        let columns: Vec<&str> = columns.iter().map(|(sql, _)| sql.as_str()).collect();
        let mut text = format!("SELECT {} FROM {}", columns.join(", "), self.tables()?);
        if !conditions.is_empty() {
            text.push_str(" WHERE ");
            text.push_str(&conditions.join(" AND "));
        }
        Ok(text)
    }

    fn rendered(self, text: String, columns: Vec<Column>, mut shape: Shape) -> Rendered {
        shape.compares_text = self.compares_text;
        let columns = columns.into_iter().map(|(_, out)| out).collect();
        Rendered { statement: Statement { text, values: self.values, columns, narrow: Vec::new() }, then: None, shape }
    }
}
