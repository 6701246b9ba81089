//! What is wrong with a project, and what to do about it.

use std::collections::BTreeSet;

use access::PropertyId;
use serde::{Deserialize, Serialize};

use crate::origin::LONGEST_QUERY;
use crate::project::{
    Join, Limits, LinkType, ObjectType, Project, Property, Source, is_variable_of, property, title_fields,
    variable_prefix,
};

/// The most properties of a type.
pub const MOST_PROPERTIES: usize = 2_000;
/// The longest name for people, in characters.
pub const LONGEST_NAME: usize = 120;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Where: `object type "person"`.
    pub place: String,
    /// What, and what to do.
    pub sentence: String,
}

/// Everything that is wrong with `project`; empty when it can be used.
pub fn check(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut note = |place: String, sentence: &str| findings.push(Finding { place, sentence: sentence.to_owned() });
    if !is_name(&project.name) {
        note("project".to_owned(), "Give it a name of 1 to 120 characters.");
    }
    for source in project.sources.values() {
        for sentence in check_source(project, source) {
            note(format!("source \"{}\"", source.id), &sentence);
        }
    }
    for kind in project.object_types.values() {
        for sentence in check_object_type(project, kind) {
            note(format!("object type \"{}\"", kind.id), &sentence);
        }
    }
    for link in project.link_types.values() {
        for sentence in check_link_type(project, link) {
            note(format!("link type \"{}\"", link.id), &sentence);
        }
    }
    findings
}

/// Everything that is wrong with `project` as everyone has it.
pub fn check_shared(project: &Project) -> Vec<Finding> {
    let mut findings = check(project);
    let private = project.sources.values().filter(|source| source.private_to.is_some());
    findings.extend(private.map(|source| Finding {
        place: format!("source \"{}\"", source.id),
        sentence:
            "A source that everyone has cannot be private to one person. Set the role that it requires.".to_owned(),
    }));
    findings
}

fn check_source(project: &Project, source: &Source) -> Vec<String> {
    let mut wrong = Vec::new();
    if !is_name(&source.name) {
        wrong.push("Give it a name of 1 to 120 characters.".to_owned());
    }
    let (limits, most) = (source.limits, Limits::MOST);
    let ranges = [
        ("rows", limits.rows, most.rows),
        ("megabytes", limits.megabytes, most.megabytes),
        ("seconds", limits.seconds, most.seconds),
        ("questions at once", limits.at_once.into(), most.at_once.into()),
    ];
    for (what, given, most) in ranges {
        if !(1..=most).contains(&given) {
            wrong.push(format!("Its limit of {what} is {given}. Choose 1 to {most}."));
        }
    }
    if source.settings.values().any(|text| has_credentials(text)) {
        wrong.push("An address has a name or a password in it. Enter them in fields of their own.".to_owned());
    }
    for (field, variable) in &source.secrets_from {
        if !is_variable_of(&project.id, variable) {
            let prefix = variable_prefix(&project.id);
            wrong.push(format!("The secret \"{field}\" may come from a variable like {prefix}PASSWORD, no other."));
        }
    }
    wrong
}

/// Whether a text is an address with a name or a password before its host: these would be shown, exported and logged.
fn has_credentials(text: &str) -> bool {
    let authority = text.split_once("://").map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
    authority.is_some_and(|authority| authority.contains('@'))
}

fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= LONGEST_NAME && !text.chars().any(char::is_control)
}

fn check_object_type(project: &Project, kind: &ObjectType) -> Vec<String> {
    let mut wrong = check_properties(&kind.properties);
    if !is_name(&kind.name) || !is_name(&kind.plural) {
        wrong.push("Give it a name and a plural of 1 to 120 characters.".to_owned());
    }
    if !project.sources.contains_key(&kind.source) {
        wrong.push(format!("Its source \"{}\" does not exist. Choose another.", kind.source));
    }
    wrong.extend(check_query(project, kind));
    if kind.colour > 5 {
        wrong.push("Choose a colour from 0 to 5.".to_owned());
    }
    for id in &kind.key {
        if property(&kind.properties, id).is_none() {
            wrong.push(format!("The key names \"{id}\", which is no property of it."));
        }
    }
    for field in title_fields(&kind.title) {
        if !kind.properties.iter().any(|property| property.id.as_str() == field) {
            wrong.push(format!("The title names {{{field}}}, which is no property of it."));
        }
    }
    wrong
}

/// What is wrong with the query of a type, as far as one can tell without reading it.
fn check_query(project: &Project, kind: &ObjectType) -> Option<String> {
    let text = kind.origin.query()?;
    if text.len() > LONGEST_QUERY {
        return Some(format!(
            "Its query is longer than {} KiB. Make a view of it in the source.",
            LONGEST_QUERY / 1024
        ));
    }
    let is_file = project.sources.get(&kind.source).is_some_and(Source::is_internal);
    is_file.then(|| "A query reads a database, not a file. Choose the file's table.".to_owned())
}

fn check_properties(properties: &[Property]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    if properties.len() > MOST_PROPERTIES {
        wrong.push(format!("It has more than {MOST_PROPERTIES} properties. Leave some out."));
    }
    for property in properties {
        if !seen.insert(&property.id) {
            wrong.push(format!("Two properties have the id \"{}\". Rename one.", property.id));
        }
        if !is_name(&property.name) {
            wrong.push(format!("Give property \"{}\" a name of 1 to 120 characters.", property.id));
        }
        if property.column.is_empty() || property.column.contains('\0') {
            wrong.push(format!("Property \"{}\" names no column.", property.id));
        }
        if let Some(format) = property.format.filter(|format| !format.fits(property.kind)) {
            let (id, format, kind) = (&property.id, format.name(), property.kind.name());
            wrong.push(format!("Property \"{id}\" is of kind {kind}, which has no format {format}. Choose another."));
        }
    }
    wrong
}

fn check_link_type(project: &Project, link: &LinkType) -> Vec<String> {
    let mut wrong = check_properties(&link.properties);
    if !is_name(&link.name) || !is_name(&link.reverse) || !is_name(&link.plural) {
        wrong.push("Give it a name, a reverse name and a plural of 1 to 120 characters.".to_owned());
    }
    for id in link.key.iter().chain(&link.time).chain(&link.amount).chain(&link.currency) {
        if property(&link.properties, id).is_none() {
            wrong.push(format!("It names \"{id}\", which is no property of it."));
        }
    }
    let (from, to) = (project.object_types.get(&link.from), project.object_types.get(&link.to));
    let (Some(from), Some(to)) = (from, to) else {
        wrong.push("One of the object types that it joins does not exist. Choose others.".to_owned());
        return wrong;
    };
    wrong.extend(check_join(project, link, from, to));
    wrong
}

fn check_join(project: &Project, link: &LinkType, from: &ObjectType, to: &ObjectType) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut need = |kind: &ObjectType, id: &PropertyId| {
        if property(&kind.properties, id).is_none() {
            wrong.push(format!("\"{id}\" is no property of {}.", kind.name));
        }
    };
    let empty = match &link.join {
        Join::Properties { pairs, .. } => {
            for pair in pairs {
                need(from, &pair.from);
                need(to, &pair.to);
            }
            pairs.is_empty()
        }
        Join::Table { from: near, to: far, .. } => {
            near.iter().for_each(|pair| need(from, &pair.property));
            far.iter().for_each(|pair| need(to, &pair.property));
            near.is_empty() || far.is_empty()
        }
    };
    if empty {
        wrong.push("Say which columns or properties must be equal.".to_owned());
    }
    if let Some(source) = link.source()
        && !project.sources.contains_key(source)
    {
        wrong.push(format!("Its source \"{source}\" does not exist. Choose another."));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Format;
    use crate::kind::Kind;

    #[test]
    fn a_format_that_the_kind_does_not_have_is_found() {
        let property = |kind, format| Property {
            id: PropertyId::new("founded").expect("a slug"),
            name: "Founded".to_owned(),
            column: "founded".to_owned(),
            kind,
            format: Some(format),
            unit: None,
            searchable: false,
            hidden: false,
        };
        assert_eq!(check_properties(&[property(Kind::Integer, Format::Plain)]), Vec::<String>::new());
        assert_eq!(
            check_properties(&[property(Kind::Text, Format::Plain)]),
            ["Property \"founded\" is of kind text, which has no format plain. Choose another."]
        );
    }
}
