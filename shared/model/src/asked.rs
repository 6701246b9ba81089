//! What stands on everything taken out: which sources a question, or a picture of some types, has its rows from, and what
//! was asked, in words.

mod told;

use std::collections::BTreeSet;

use access::{LinkTypeId, ObjectTypeId, SourceId};
pub use told::{Told, told};

use crate::project::Project;
use crate::query::{Answer, Field, Filter, From, Measure, Query};

/// Collects the sources of what it is shown; types that are not there have none.
struct Asked<'a> {
    project: &'a Project,
    sources: BTreeSet<SourceId>,
}

/// The sources that a question is put to.
pub fn sources_of(project: &Project, query: &Query) -> BTreeSet<SourceId> {
    let mut asked = Asked { project, sources: BTreeSet::new() };
    match &query.from {
        From::Objects(id) | From::Keys { object_type: id, .. } => asked.object(id),
        From::Links(id) | From::LinksOf { link: id, .. } => asked.link(id),
        From::Neighbours { link, direction, .. } => {
            asked.link(link);
            if let Some(link) = project.link_types.get(link) {
                asked.object(link.far(*direction));
            }
        }
    }
    asked.filter(&query.filter);
    fields_of(&query.answer).into_iter().for_each(|field| asked.field(field));
    asked.sources
}

/// Every object type and link type that a question names.
pub fn named(query: &Query) -> (BTreeSet<ObjectTypeId>, BTreeSet<LinkTypeId>) {
    let mut named = Named::default();
    match &query.from {
        From::Objects(id) | From::Keys { object_type: id, .. } => drop(named.objects.insert(id.clone())),
        From::Links(id) | From::LinksOf { link: id, .. } | From::Neighbours { link: id, .. } => named.link(id),
    }
    named.filter(&query.filter);
    fields_of(&query.answer).into_iter().for_each(|field| named.field(field));
    (named.objects, named.links)
}

/// The fields that an answer is made of and sorted by.
fn fields_of(answer: &Answer) -> Vec<&Field> {
    match answer {
        Answer::Count => Vec::new(),
        Answer::Rows(rows) => rows.fields.iter().chain(rows.sort.iter().map(|sort| &sort.field)).collect(),
        Answer::Groups(groups) => groups.by.iter().chain(groups.measures.iter().filter_map(Measure::field)).collect(),
    }
}

/// Collects what a question names, whether it is there or not.
#[derive(Default)]
struct Named {
    objects: BTreeSet<ObjectTypeId>,
    links: BTreeSet<LinkTypeId>,
}

impl Named {
    fn link(&mut self, id: &LinkTypeId) {
        self.links.insert(id.clone());
    }

    fn field(&mut self, field: &Field) {
        match field {
            Field::Own(_) | Field::End { .. } => {}
            Field::OfLink { link, .. } | Field::Through { link, .. } => self.link(link),
        }
    }

    fn filter(&mut self, filter: &Filter) {
        match filter {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().for_each(|part| self.filter(part)),
            Filter::Not(part) => self.filter(part),
            Filter::Is { field, .. } => self.field(field),
            Filter::Linked { link, .. } => self.link(link),
        }
    }
}

/// The sources of objects and links of these types.
pub fn sources_of_types(project: &Project, objects: &[ObjectTypeId], links: &[LinkTypeId]) -> BTreeSet<SourceId> {
    let mut asked = Asked { project, sources: BTreeSet::new() };
    objects.iter().for_each(|id| asked.object(id));
    links.iter().for_each(|id| asked.link(id));
    asked.sources
}

impl Asked<'_> {
    fn object(&mut self, id: &ObjectTypeId) {
        self.sources.extend(self.project.object_types.get(id).map(|kind| kind.source.clone()));
    }

    /// The source of its table; without one, values of both ends are compared.
    fn link(&mut self, id: &LinkTypeId) {
        let Some(link) = self.project.link_types.get(id) else { return };
        match link.source() {
            Some(source) => drop(self.sources.insert(source.clone())),
            None => [&link.from, &link.to].into_iter().for_each(|end| self.object(end)),
        }
    }

    fn field(&mut self, field: &Field) {
        match field {
            // What is at the ends is read where the link is.
            Field::Own(_) | Field::End { .. } => {}
            Field::OfLink { link, .. } => self.link(link),
            Field::Through { link, direction, .. } => {
                self.link(link);
                if let Some(link) = self.project.link_types.get(link) {
                    self.object(link.far(*direction));
                }
            }
        }
    }

    fn filter(&mut self, filter: &Filter) {
        match filter {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().for_each(|part| self.filter(part)),
            Filter::Not(part) => self.filter(part),
            Filter::Is { field, .. } => self.field(field),
            Filter::Linked { link, .. } => self.link(link),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Direction, Rows};

    const PROJECT: &str = r#"{
        "id": "bank", "name": "Bank", "sources": {}, "grants": [],
        "object_types": {
            "person": { "id": "person", "name": "Person", "plural": "People", "icon": "person", "colour": 0,
                "source": "core", "table": { "name": "person" }, "key": [], "title": "", "properties": [] },
            "listed": { "id": "listed", "name": "Listed", "plural": "Listed", "icon": "gavel", "colour": 1,
                "source": "sanctions", "table": { "name": "listed" }, "key": [], "title": "", "properties": [] }
        },
        "link_types": {
            "same": { "id": "same", "name": "is", "reverse": "is", "plural": "same", "from": "person", "to": "listed",
                "directed": true, "join": { "by": "properties", "pairs": [] }, "key": [],
                "properties": [] },
            "knows": { "id": "knows", "name": "knows", "reverse": "knows", "plural": "knows", "from": "person",
                "to": "person", "directed": true, "join": { "by": "table", "source": "social",
                "table": { "name": "knows" }, "from": [], "to": [] }, "key": [],
                "properties": [] }
        }
    }"#;

    #[test]
    fn only_the_sources_that_are_asked_are_named() {
        let project: Project = serde_json::from_str(PROJECT).expect("a project");
        let person = ObjectTypeId::new("person").expect("a slug");
        let link = |id: &str| LinkTypeId::new(id).expect("a slug");
        let rows = |from| Query::new(from, Answer::Rows(Rows::first(1)));
        let linked = |id: &str| Filter::Linked { link: link(id), direction: Direction::Forward, present: true };
        let people = || rows(From::Objects(person.clone()));
        let neighbours = From::Neighbours { link: link("knows"), direction: Direction::Forward, keys: Vec::new() };
        let cases = [
            (people(), vec!["core"]),
            (Query { filter: linked("knows"), ..people() }, vec!["core", "social"]),
            (Query { filter: Filter::Not(Box::new(linked("same"))), ..people() }, vec!["core", "sanctions"]),
            (rows(From::Links(link("knows"))), vec!["social"]),
            (rows(neighbours), vec!["core", "social"]),
        ];
        for (query, expected) in cases {
            let asked = sources_of(&project, &query);
            assert_eq!(asked.iter().map(SourceId::as_str).collect::<Vec<_>>(), expected, "{query:?}");
        }
        let of_types = sources_of_types(&project, &[person], &[link("same")]);
        assert_eq!(of_types.iter().map(SourceId::as_str).collect::<Vec<_>>(), ["core", "sanctions"]);
    }
}
