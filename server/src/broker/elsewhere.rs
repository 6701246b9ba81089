//! Filters about linked objects that lie in another source: what passes there is asked first, and its values are then
//! compared here.
//!
//! At most [`MOST_VALUES`] values are read. If there are more, the answer says that it is cut; where the filter is
//! negated it is refused, because leaving values out would then let too much pass.

use model::completeness::{Cause, Completeness};
use model::project::{Join, LinkType, ObjectType, Project};
use model::query::{Answer, Direction, Field, Filter, From, Groups, Key, MOST_VALUES, Query, Test};
use model::{PropertyId, SourceId};
use wire::Fault;

use super::gather::rows;
use super::sql::{self, Ground};
use super::{ASSUMED, Asking};

/// A part of a filter that was answered elsewhere.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    /// The part, as it stands in the question.
    pub(super) part: Filter,
    /// The values of the near object's linked properties with which it holds.
    pub(super) values: Vec<Key>,
}

/// A part of a filter that this source cannot answer.
struct Part<'q> {
    filter: &'q Filter,
    negated: bool,
    link: &'q LinkType,
    direction: Direction,
    far: &'q ObjectType,
}

/// Checks what will be asked elsewhere; gives stand-ins for the answers.
///
/// # Errors
/// `Invalid` for what cannot be asked there.
pub(super) fn check(asking: &Asking, query: &Query) -> Result<Vec<Answered>, Fault> {
    let mut answered = Vec::new();
    for part in parts(&asking.project, query)? {
        let ground = Ground { ability: ASSUMED, most_rows: MOST_VALUES as u64, facts: None, answered: &[] };
        let far = part.far_question();
        let links = part.link_question(far.is_some().then_some(&[]))?;
        for query in far.iter().chain(&links) {
            sql::question(&asking.project, query, ground, None)?;
        }
        answered.push(Answered { part: part.filter.clone(), values: Vec::new() });
    }
    Ok(answered)
}

/// Asks the other sources.
///
/// # Errors
/// What a source said; `Invalid` when a negated part holds for too many values.
pub(super) async fn ask(asking: &Asking, query: &Query) -> Result<(Vec<Answered>, Completeness), Fault> {
    let (mut answered, mut completeness) = (Vec::new(), Completeness::exact());
    for part in parts(&asking.project, query)? {
        let mut cut = false;
        let mut values = None;
        if let Some(query) = part.far_question() {
            values = Some(part.values(asking, &query, &mut cut).await?);
        }
        if let Some(query) = part.link_question(values.as_deref())? {
            values = Some(part.values(asking, &query, &mut cut).await?);
        }
        if cut && part.negated {
            return Err(too_many(part.link));
        }
        if cut {
            completeness.note(Cause::KeyLimit { link: part.link.id.clone(), limit: MOST_VALUES as u64 });
        }
        answered.push(Answered { part: part.filter.clone(), values: values.unwrap_or_default() });
    }
    Ok((answered, completeness))
}

/// The parts that another source must answer, wherever they stand in the filter.
fn parts<'q>(project: &'q Project, query: &'q Query) -> Result<Vec<Part<'q>>, Fault> {
    let near = match &query.from {
        From::Objects(kind) | From::Keys { object_type: kind, .. } => kind,
        From::Neighbours { link, direction, .. } => sql::link_type(project, link)?.far(*direction),
        From::Links(_) | From::LinksOf { .. } => return Ok(Vec::new()),
    };
    let near = sql::object_type(project, near)?;
    let mut found = Vec::new();
    collect(project, near, &query.filter, false, &mut found)?;
    Ok(found)
}

fn collect<'q>(
    project: &'q Project,
    near: &ObjectType,
    filter: &'q Filter,
    negated: bool,
    found: &mut Vec<Part<'q>>,
) -> Result<(), Fault> {
    let (link, direction, about_far, negated) = match filter {
        Filter::All(parts) | Filter::Any(parts) => {
            return parts.iter().try_for_each(|part| collect(project, near, part, negated, found));
        }
        // Twice negated is not: but either way nothing may be left out inside of a negation.
        Filter::Not(part) => return collect(project, near, part, true, found),
        Filter::Is { field: Field::Through { link, direction, .. }, .. } => (link, *direction, true, negated),
        Filter::Is { field: Field::OfLink { link, direction, .. }, .. } => (link, *direction, false, negated),
        Filter::Linked { link, direction, present } => (link, *direction, false, negated || !present),
        Filter::Is { .. } => return Ok(()),
    };
    let link = sql::link_type(project, link)?;
    let far = sql::object_type(project, link.far(direction))?;
    let rows = link.source().unwrap_or(&far.source);
    let elsewhere = *rows != near.source || (about_far && far.source != near.source);
    if elsewhere && *link.near(direction) == near.id {
        found.push(Part { filter, negated, link, direction, far });
    }
    Ok(())
}

impl Part<'_> {
    /// What is asked of the far objects, where they are not in the source of the links.
    fn far_question(&self) -> Option<Query> {
        let filter = match (self.filter, &self.link.join) {
            (Filter::Is { field: Field::Through { property, .. }, test }, _) => Filter::own(property, test.clone()),
            (_, Join::Properties { .. }) => Filter::default(),
            (_, Join::Table { .. }) => return None,
        };
        if self.link.source() == Some(&self.far.source) {
            return None;
        }
        let by = sql::linked_properties(self.link, self.direction);
        Some(distinct(From::Objects(self.far.id.clone()), by.into_iter().map(Field::Own).collect(), filter))
    }

    /// What is asked of the link table, if there is one; `values` are those of the far objects that pass.
    fn link_question(&self, values: Option<&[Key]>) -> Result<Option<Query>, Fault> {
        if self.link.source().is_none() {
            return Ok(None);
        }
        let end = |end: Direction, property: PropertyId| Field::End { end, property };
        let filter = match (self.filter, values) {
            (Filter::Is { field: Field::Through { .. }, .. }, Some(values)) => {
                let ids = sql::linked_properties(self.link, self.direction);
                let [id] = ids.as_slice() else { return Err(sql::elsewhere(self.link)) };
                let texts = values.iter().flatten().cloned().collect();
                Filter::Is { field: end(self.direction, id.clone()), test: Test::In(texts) }
            }
            (Filter::Is { field: Field::Through { property, .. }, test }, None) => {
                Filter::Is { field: end(self.direction, property.clone()), test: test.clone() }
            }
            (Filter::Is { field: Field::OfLink { property, .. }, test }, _) => Filter::own(property, test.clone()),
            _ => Filter::default(),
        };
        let near = self.direction.turned();
        let by = sql::linked_properties(self.link, near).into_iter().map(|id| end(near, id)).collect();
        Ok(Some(distinct(From::Links(self.link.id.clone()), by, filter)))
    }

    async fn values(&self, asking: &Asking, query: &Query, cut: &mut bool) -> Result<Vec<Key>, Fault> {
        let source: &SourceId = sql::source_of(&asking.project, &query.from)?;
        let _note = asking.told.note(format!("Reading keys of {}.", asking.source(source)?.name));
        let make = |ability| {
            let ground = Ground { ability, most_rows: MOST_VALUES as u64, facts: None, answered: &[] };
            sql::question(&asking.project, query, ground, None)
        };
        let found = rows(asking, source, &make).await?;
        *cut |= found.more;
        Ok(found.rows.into_iter().filter_map(|row| row.into_iter().collect()).collect())
    }
}

/// Each combination of some values once.
fn distinct(from: From, by: Vec<Field>, filter: Filter) -> Query {
    let groups = Groups { by, measures: Vec::new(), sort: Vec::new(), limit: MOST_VALUES as u64 };
    Query { filter, ..Query::new(from, Answer::Groups(groups)) }
}

fn too_many(link: &LinkType) -> Fault {
    Fault::invalid(
        format!("\"{}\" leads into another source, and more than {MOST_VALUES} values pass there.", link.name),
        "Narrow what is asked there, or ask for those that have the link instead of those that have none.",
    )
}
