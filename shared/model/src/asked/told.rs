//! A question in words, for whoever reads a file long after it was asked. Names are those of the project that is handed in,
//! so that a person who may not see something is told nothing of it.

use access::{LinkTypeId, ObjectTypeId, PropertyId};

use crate::format::Format;
use crate::kind::Kind;
use crate::project::{LinkType, ObjectType, Project, Property, property};
use crate::query::{Answer, Direction, Field, Filter, From, GroupColumn, Groups, Measure, Query, Sort, Test};

/// The most values of a list that are named.
const NAMED_VALUES: usize = 20;
/// What stands where there is nothing to say.
const NONE: &str = "none";

/// What was asked, one sentence per part; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What the rows are: `Companies`, `transfers of 2 objects`.
    pub rows: String,
    /// What must hold: `Amount at least 10,000 and has a link "paid to"`.
    pub filters: String,
    /// Which rows come first: `Amount descending, then the key`.
    pub order: String,
    /// The text that is looked for.
    pub text: String,
}

/// Puts a question into words. What the project does not have is called by the id that the question names.
pub fn told(project: &Project, query: &Query) -> Told {
    let teller = Teller::new(project, &query.from);
    let filters = match &query.filter {
        Filter::All(parts) if parts.is_empty() => NONE.to_owned(),
        filter => teller.filter(filter, Within::Nothing),
    };
    Told {
        rows: teller.rows(query),
        filters,
        order: teller.order(&query.answer),
        text: query.text.as_deref().map_or_else(|| NONE.to_owned(), quoted),
    }
}

/// What a part of a filter stands in, so that brackets are only where they are needed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Nothing,
    All,
    Any,
}

/// What a row is.
enum Row<'a> {
    Object(Option<&'a ObjectType>),
    Link(Option<&'a LinkType>),
}

struct Teller<'a> {
    project: &'a Project,
    row: Row<'a>,
}

impl<'a> Teller<'a> {
    fn new(project: &'a Project, from: &From) -> Self {
        let object = |id: &ObjectTypeId| Row::Object(project.object_types.get(id));
        let row = match from {
            From::Objects(id) | From::Keys { object_type: id, .. } => object(id),
            From::Links(id) | From::LinksOf { link: id, .. } => Row::Link(project.link_types.get(id)),
            From::Neighbours { link, direction, .. } => match project.link_types.get(link) {
                Some(link) => object(link.far(*direction)),
                None => Row::Object(None),
            },
        };
        Self { project, row }
    }

    fn rows(&self, query: &Query) -> String {
        let many = |id: &ObjectTypeId| {
            self.project.object_types.get(id).map_or_else(|| id.to_string(), |kind| kind.plural.clone())
        };
        let links = |id: &LinkTypeId| self.link(id).map_or_else(|| id.to_string(), |link| link.plural.clone());
        let objects = |number: usize| if number == 1 { "1 object".to_owned() } else { format!("{number} objects") };
        let rows = match &query.from {
            From::Objects(id) => many(id),
            From::Keys { object_type, keys } => format!("{}, {} by key", many(object_type), keys.len()),
            From::Links(id) => links(id),
            From::LinksOf { link, direction, keys } => {
                format!("{} of {}, {}", links(link), objects(keys.len()), self.way(link, *direction))
            }
            From::Neighbours { link, direction, keys } => {
                let far = self.link(link).map_or_else(|| link.to_string(), |link| many(link.far(*direction)));
                format!("{far} linked with {}, {}", objects(keys.len()), self.way(link, *direction))
            }
        };
        match &query.answer {
            Answer::Rows(_) => rows,
            Answer::Count => format!("number of {rows}"),
            Answer::Groups(groups) => format!("{rows}, {}", self.groups(groups)),
        }
    }

    fn groups(&self, groups: &Groups) -> String {
        let measures = list(groups.measures.iter().map(|measure| self.measure(measure)));
        let by = list(groups.by.iter().map(|field| self.name(field)));
        if by.is_empty() { measures } else { format!("{measures} by {by}") }
    }

    fn measure(&self, measure: &Measure) -> String {
        match measure {
            Measure::Count => "number of rows".to_owned(),
            Measure::Distinct(field) => format!("number of different {}", self.name(field)),
            Measure::Sum(field) => format!("sum of {}", self.name(field)),
            Measure::Min(field) => format!("smallest {}", self.name(field)),
            Measure::Max(field) => format!("greatest {}", self.name(field)),
            Measure::Average(field) => format!("average of {}", self.name(field)),
        }
    }

    fn order(&self, answer: &Answer) -> String {
        let directed =
            |name: String, descending: bool| format!("{name} {}", if descending { "descending" } else { "ascending" });
        match answer {
            Answer::Count => NONE.to_owned(),
            Answer::Rows(rows) => {
                let level = |sort: &Sort| directed(self.name(&sort.field), sort.descending);
                let levels = list(rows.sort.iter().map(level));
                match (levels.is_empty(), self.has_key()) {
                    (true, true) => "the key".to_owned(),
                    (true, false) => NONE.to_owned(),
                    (false, true) => format!("{levels}, then the key"),
                    (false, false) => levels,
                }
            }
            Answer::Groups(groups) => {
                let column = |column: GroupColumn| match column {
                    GroupColumn::Value(place) => groups.by.get(place).map(|field| self.name(field)),
                    GroupColumn::Measure(place) => groups.measures.get(place).map(|measure| self.measure(measure)),
                };
                let levels = groups.sort.iter().filter_map(|sort| Some(directed(column(sort.by)?, sort.descending)));
                let levels = list(levels);
                if levels.is_empty() { "the values of the groups".to_owned() } else { levels }
            }
        }
    }

    fn has_key(&self) -> bool {
        match self.row {
            Row::Object(kind) => kind.is_some_and(|kind| !kind.key.is_empty()),
            Row::Link(link) => link.is_some_and(|link| !link.key.is_empty()),
        }
    }

    fn filter(&self, filter: &Filter, within: Within) -> String {
        let joined = |parts: &[Filter], inside: Within, word: &str| {
            let parts: Vec<String> = parts.iter().map(|part| self.filter(part, inside)).collect();
            let text = parts.join(word);
            let is_alone = parts.len() == 1 || matches!(within, Within::Nothing) || within == inside;
            if is_alone { text } else { format!("({text})") }
        };
        match filter {
            Filter::All(parts) if parts.is_empty() => "anything".to_owned(),
            Filter::Any(parts) if parts.is_empty() => "nothing".to_owned(),
            Filter::All(parts) => joined(parts, Within::All, " and "),
            Filter::Any(parts) => joined(parts, Within::Any, " or "),
            Filter::Not(part) => format!("not ({})", self.filter(part, Within::Nothing)),
            Filter::Is { field, test } => format!("{} {}", self.name(field), self.test(field, test)),
            Filter::Linked { link, direction, present } => {
                let has = if *present { "has a link" } else { "has no link" };
                format!("{has} {}", self.way(link, *direction))
            }
        }
    }

    fn test(&self, field: &Field, test: &Test) -> String {
        let value = |text: &String| self.value(field, text);
        match test {
            Test::Equals(text) => format!("is {}", value(text)),
            Test::Differs(text) => format!("is not {}", value(text)),
            Test::In(texts) => {
                let named = list(texts.iter().take(NAMED_VALUES).map(value));
                match texts.len().saturating_sub(NAMED_VALUES) {
                    0 => format!("is one of {named}"),
                    more => format!("is one of {named} and {} more", grouped(&more.to_string())),
                }
            }
            Test::Contains(text) => format!("contains {}", quoted(text)),
            Test::StartsWith(text) => format!("begins with {}", quoted(text)),
            Test::Below(text) => format!("below {}", value(text)),
            Test::AtMost(text) => format!("at most {}", value(text)),
            Test::Above(text) => format!("above {}", value(text)),
            Test::AtLeast(text) => format!("at least {}", value(text)),
            Test::Empty => "is empty".to_owned(),
            Test::Filled => "is not empty".to_owned(),
        }
    }

    /// A value as it is read: text in quotes, amounts in groups of three digits.
    fn value(&self, field: &Field, text: &str) -> String {
        let (kind, format) = self.property(field).map_or((Kind::Text, None), |(known, format)| (known.kind, format));
        match kind {
            Kind::Text => quoted(text),
            Kind::Bool => if text == "true" { "yes" } else { "no" }.to_owned(),
            _ if kind.is_number() && format.is_none_or(|format| format == Format::Grouped) => grouped(text),
            _ => text.to_owned(),
        }
    }

    fn link(&self, id: &LinkTypeId) -> Option<&'a LinkType> {
        self.project.link_types.get(id)
    }

    /// How a link type reads in a direction, in quotes.
    fn way(&self, id: &LinkTypeId, direction: Direction) -> String {
        quoted(self.link(id).map_or(id.as_str(), |link| link.label(direction)))
    }

    fn object(&self, id: &ObjectTypeId) -> Option<&'a ObjectType> {
        self.project.object_types.get(id)
    }

    /// The property behind a field, and how it is written.
    fn property(&self, field: &Field) -> Option<(&'a Property, Option<Format>)> {
        let of_object = |kind: &'a ObjectType, id: &PropertyId| {
            Some((property(&kind.properties, id)?, self.project.format(kind, id)))
        };
        let of_link = |link: &'a LinkType, id: &PropertyId| Some((property(&link.properties, id)?, link.format(id)));
        match (field, &self.row) {
            (Field::Own(id), Row::Object(kind)) => of_object((*kind)?, id),
            (Field::Own(id), Row::Link(link)) => of_link((*link)?, id),
            (Field::End { end, property }, Row::Link(link)) => of_object(self.object((*link)?.far(*end))?, property),
            (Field::End { .. }, Row::Object(_)) => None,
            (Field::Through { link, direction, property }, _) => {
                of_object(self.object(self.link(link)?.far(*direction))?, property)
            }
            (Field::OfLink { link, property, .. }, _) => of_link(self.link(link)?, property),
        }
    }

    /// What a field is called, and where it is, unless it is the row's own.
    fn name(&self, field: &Field) -> String {
        let (Field::Own(id)
        | Field::End { property: id, .. }
        | Field::Through { property: id, .. }
        | Field::OfLink { property: id, .. }) = field;
        let name = self.property(field).map_or(id.as_str(), |(known, _)| &known.name);
        match field {
            Field::Own(_) => name.to_owned(),
            Field::End { end, .. } => {
                let word = if *end == Direction::Forward { "to" } else { "from" };
                let kind = match self.row {
                    Row::Link(Some(link)) => self.object(link.far(*end)).map(|kind| kind.name.as_str()),
                    _ => None,
                };
                format!("{name} of the {} it goes {word}", kind.unwrap_or("object"))
            }
            Field::Through { link, direction, .. } => {
                let far = self.link(link).and_then(|link| self.object(link.far(*direction)));
                let far = far.map_or("object", |kind| kind.name.as_str());
                format!("{name} of the {far} linked by {}", self.way(link, *direction))
            }
            Field::OfLink { link, direction, .. } => format!("{name} of a link {}", self.way(link, *direction)),
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn list(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// The whole part of a plain decimal in groups of three digits; any other text as it is.
fn grouped(decimal: &str) -> String {
    let (sign, digits) = decimal.strip_prefix('-').map_or(("", decimal), |digits| ("-", digits));
    let (whole, part) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return decimal.to_owned();
    }
    let mut text = sign.to_owned();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    part.map_or(text.clone(), |part| format!("{text}.{part}"))
}

#[cfg(test)]
mod tests;
