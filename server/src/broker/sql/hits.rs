//! Hits of a search in one object type: those whose title is or begins with the text first, then all others.
//!
//! Both stop at [`MOST_HITS`] and one, so that a count can say "1,000+".

use model::kind::Kind;
use model::project::{ObjectType, Project, title_fields};
use model::query::{Answer, Field, Filter, From, Query, Rows, Test};
use model::sought;
use wire::Fault;

use super::page::Level;
use super::scope::{Row, Scope, Value, property_of};
use super::{Ground, Rendered, language};

/// The most hits that are counted in one object type.
pub(in crate::broker) const MOST_HITS: u64 = 1_000;

/// Which hits are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::broker) enum Stage {
    /// Those whose title is or begins with the text, the former first.
    Titles,
    /// All others.
    Others,
    /// All.
    All,
}

/// Whether titles can be looked at: they are made of searchable properties alone.
pub(in crate::broker) fn ranks_titles(kind: &ObjectType) -> bool {
    let fields = title_fields(&kind.title);
    let is_searchable = |field: &&str| {
        kind.properties.iter().any(|known| known.id.as_str() == *field && known.searchable && known.kind != Kind::Bytes)
    };
    !fields.is_empty() && fields.iter().all(is_searchable)
}

/// The statement of a stage; `query` is a question for rows with the text, of which `room` are sent.
pub(in crate::broker) fn hits(
    project: &Project,
    kind: &ObjectType,
    query: &Query,
    stage: Stage,
    ground: Ground<'_>,
    room: u64,
) -> Result<Rendered, Fault> {
    let language = language::of(ground.ability);
    let mut scope = Scope::new(project, &*language, &kind.source, Row::Object(kind));
    scope.facts = ground.facts;
    let text = query.text.as_deref().unwrap_or_default();
    let mut conditions = Vec::new();
    let mut query = query.clone();
    let mut first = None;
    if stage != Stage::All {
        let title = scope.title(kind)?;
        let begins = scope.contains(&title, text, true)?;
        if stage == Stage::Titles {
            query.text = None;
            conditions.push(begins);
            first = Some(scope.equals_folded(&title, text)?);
        } else {
            conditions.push(format!("NOT coalesce({begins}, FALSE)"));
        }
    }
    let rows = Rows::first(MOST_HITS);
    let mut rendered = scope.rows_in_order(&query, &rows, conditions, MOST_HITS, first, None)?;
    rendered.shape.limit = room;
    rendered.shape.counts_beyond = true;
    Ok(rendered)
}

/// The statement that looks for whole values; `room` rows are sent. None where none of them can be a value of any
/// property that is compared.
pub(in crate::broker) fn listed(
    project: &Project,
    kind: &ObjectType,
    values: &[String],
    ground: Ground<'_>,
    room: u64,
) -> Result<Option<Rendered>, Fault> {
    let language = language::of(ground.ability);
    let mut scope = Scope::new(project, &*language, &kind.source, Row::Object(kind));
    scope.facts = ground.facts;
    let mut found = Vec::new();
    for property in sought::properties(kind) {
        let fitting: Vec<String> = values.iter().filter_map(|text| sought::value(property.kind, text)).collect();
        if fitting.is_empty() {
            continue;
        }
        let column = scope.property("o", property)?;
        let number = scope.bind_many(property.kind, fitting.iter().map(String::as_str))?;
        found.push(match property.kind {
            Kind::Text => scope.language.among_lowered(&column.sql, number),
            kind => scope.language.among(&column.sql, kind, number),
        });
    }
    if found.is_empty() {
        return Ok(None);
    }
    let rows = Rows { fields: listed_fields(kind), ..Rows::first(MOST_HITS) };
    let query = Query::new(From::Objects(kind.id.clone()), Answer::Rows(rows.clone()));
    let condition = format!("({})", found.join(" OR "));
    let mut rendered = scope.rows_in_order(&query, &rows, vec![condition], MOST_HITS, None, None)?;
    rendered.shape.limit = room;
    rendered.shape.counts_beyond = true;
    Ok(Some(rendered))
}

/// What is not hidden, and what is compared although it is.
fn listed_fields(kind: &ObjectType) -> Vec<Field> {
    let compared: Vec<_> = sought::properties(kind).map(|property| &property.id).collect();
    let shown = kind.properties.iter().filter(|property| !property.hidden || compared.contains(&&property.id));
    shown.map(|property| Field::Own(property.id.clone())).collect()
}

/// What leaves out the object that was found by its key already.
pub(in crate::broker) fn without(key: &model::PropertyId, text: &str) -> Filter {
    Filter::Is { field: Field::Own(key.clone()), test: Test::Differs(text.to_owned()) }
}

impl Scope<'_> {
    /// The title as an expression: the template's own text, and its fields as text.
    fn title(&mut self, kind: &ObjectType) -> Result<Value, Fault> {
        let mut parts = Vec::new();
        let mut template = kind.title.split('{');
        let push = |scope: &mut Self, parts: &mut Vec<String>, text: &str| -> Result<(), Fault> {
            if !text.is_empty() {
                parts.push(scope.bind_text(text)?);
            }
            Ok(())
        };
        push(self, &mut parts, template.next().unwrap_or_default())?;
        for part in template {
            let (field, rest) = part.split_once('}').unwrap_or(("", part));
            if let Some(known) = kind.properties.iter().find(|known| known.id.as_str() == field) {
                let property = property_of(&kind.properties, &known.id, &kind.name)?;
                let value = self.property("o", property)?;
                parts.push(format!("coalesce({}, '')", self.language.as_text(&value.sql)));
            }
            push(self, &mut parts, rest)?;
        }
        let sql = if let [one] = parts.as_slice() { one.clone() } else { format!("({})", parts.join(" || ")) };
        Ok(Value { sql, kind: Kind::Text })
    }

    /// An order in which what equals the text comes first.
    fn equals_folded(&mut self, title: &Value, text: &str) -> Result<Level, Fault> {
        let bound = self.bind_text(text)?;
        let (title, text) = (self.language.as_text(&title.sql), bound);
        let equal = format!("{} = {}", self.language.folded(&title), self.language.folded(&text));
        let value = Value { sql: format!("CASE WHEN {equal} THEN 0 ELSE 1 END"), kind: Kind::Integer };
        Ok(Level { filled: true, plain: true, ..Level::new(value, false) })
    }
}
