//! Writes a drawing as GraphML: one table says which attributes there are.

use std::borrow::Cow;
use std::fmt::Write;

use super::{CUT, Mixed, NOTE};
use crate::exchange::xml::push_escaped;
use crate::exchange::{Drawing, DrawnLink, DrawnNode};

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"#;

/// An attribute: its name, its type, and its value where an element has one.
struct Column<T> {
    name: &'static str,
    kind: &'static str,
    value: fn(&T) -> Option<Cow<'_, str>>,
}

const NODE_COLUMNS: [Column<DrawnNode>; 7] = [
    Column { name: "object_type", kind: "string", value: |node| text(&node.object_type) },
    Column { name: "label", kind: "string", value: |node| text(&node.label) },
    Column { name: "sub_label", kind: "string", value: |node| text(&node.sub_label).filter(|text| !text.is_empty()) },
    Column { name: "x", kind: "float", value: |node| node.place.and_then(|[x, _]| number(x)) },
    Column { name: "y", kind: "float", value: |node| node.place.and_then(|[_, y]| number(y)) },
    Column { name: "pinned", kind: "boolean", value: |node| node.pinned.then(|| "true".into()) },
    Column { name: "hidden", kind: "boolean", value: |node| node.hidden.then(|| "true".into()) },
];

const LINK_COLUMNS: [Column<DrawnLink>; 7] = [
    Column { name: "link_type", kind: "string", value: |link| text(&link.link_type) },
    Column { name: "label", kind: "string", value: |link| text(&link.label).filter(|text| !text.is_empty()) },
    Column { name: "count", kind: "long", value: |link| Some(link.count.to_string().into()) },
    // A double by name, so that others can add it; its text has every digit.
    Column { name: "sum", kind: "double", value: |link| link.sum.as_deref().map(Cow::from) },
    Column {
        name: "unsummed",
        kind: "long",
        value: |link| (link.unsummed > 0).then(|| link.unsummed.to_string().into()),
    },
    Column { name: "first_micros", kind: "long", value: |link| link.first_micros.map(|at| at.to_string().into()) },
    Column { name: "last_micros", kind: "long", value: |link| link.last_micros.map(|at| at.to_string().into()) },
];

/// Said of every link: igraph takes a flag that is missing for false.
const DIRECTED: Column<DrawnLink> =
    Column { name: "directed", kind: "boolean", value: |link| Some(link.directed.to_string().into()) };

/// Said of every node where keys differ in length: igraph takes a text that is missing for an empty one.
const KEY_PARTS: Column<DrawnNode> =
    Column { name: "key_parts", kind: "long", value: |node| Some(node.key.len().to_string().into()) };

fn text(text: &str) -> Option<Cow<'_, str>> {
    Some(text.into())
}

fn number(number: f32) -> Option<Cow<'static, str>> {
    number.is_finite().then(|| number.to_string().into())
}

/// A graph of one kind of links, directed or not, says so once; `mixed` is for those that have both.
pub fn write(drawing: &Drawing, mixed: Mixed) -> String {
    let are_undirected = !drawing.links.is_empty() && drawing.links.iter().all(|link| !link.directed);
    let is_mixed = !are_undirected && drawing.links.iter().any(|link| !link.directed);
    let mut nodes = used(&NODE_COLUMNS, &drawing.nodes);
    let mut links = used(&LINK_COLUMNS, &drawing.links);
    if is_mixed && mixed == Mixed::AsAttribute {
        links.push(&DIRECTED);
    }
    let key_parts = drawing.nodes.iter().map(|node| node.key.len()).max().unwrap_or_default();
    if drawing.nodes.iter().any(|node| node.key.len() != key_parts) {
        nodes.push(&KEY_PARTS);
    }
    let mut out = String::from(HEAD);
    push_declarations(&mut out, "node", &nodes);
    for part in 1..=key_parts {
        push_declaration(&mut out, "node", &format!("key_{part}"), "string");
    }
    push_declarations(&mut out, "edge", &links);
    let of_graph = of_graph(drawing);
    of_graph.iter().for_each(|(name, kind, _)| push_declaration(&mut out, "graph", name, kind));
    let default = if are_undirected { "undirected" } else { "directed" };
    push(&mut out, format_args!("<graph edgedefault=\"{default}\">\n"));
    for (name, _, value) in &of_graph {
        push_value(&mut out, format_args!("g_{name}"), value);
        out.push('\n');
    }
    for (position, node) in drawing.nodes.iter().enumerate() {
        push_node(&mut out, position, node, &nodes);
    }
    let says_direction = is_mixed && mixed == Mixed::OnEdges;
    for link in &drawing.links {
        push_link(&mut out, link, &links, says_direction);
    }
    out.push_str("</graph>\n</graphml>\n");
    out
}

/// What is said of the whole graph: name, kind and value.
fn of_graph(drawing: &Drawing) -> Vec<(&'static str, &'static str, Cow<'_, str>)> {
    let note = (!drawing.note.is_empty()).then(|| (NOTE, "string", Cow::from(drawing.note.as_str())));
    let cut = (drawing.cut_expansions > 0).then(|| (CUT, "long", Cow::from(drawing.cut_expansions.to_string())));
    note.into_iter().chain(cut).collect()
}

/// The columns in which something has a value: a program makes a column of each declaration.
fn used<'a, T>(columns: &'a [Column<T>], elements: &[T]) -> Vec<&'a Column<T>> {
    let is_used = |column: &&Column<T>| elements.iter().any(|element| (column.value)(element).is_some());
    columns.iter().filter(is_used).collect()
}

fn push_declarations<T>(out: &mut String, domain: &str, columns: &[&Column<T>]) {
    columns.iter().for_each(|column| push_declaration(out, domain, column.name, column.kind));
}

fn push_declaration(out: &mut String, domain: &str, name: &str, kind: &str) {
    let id = key_id(domain, name);
    push(out, format_args!("<key id=\"{id}\" for=\"{domain}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>\n"));
}

/// `n_label` and `e_label`: an id may stand once in a file.
fn key_id(domain: &str, name: &str) -> String {
    let initial = domain.get(..1).unwrap_or_default();
    format!("{initial}_{name}")
}

fn push_node(out: &mut String, position: usize, node: &DrawnNode, columns: &[&Column<DrawnNode>]) {
    push(out, format_args!("<node id=\"n{position}\">"));
    for column in columns {
        if let Some(value) = (column.value)(node) {
            push_value(out, format_args!("n_{}", column.name), &value);
        }
    }
    for (part, value) in node.key.iter().enumerate() {
        push_value(out, format_args!("n_key_{}", part + 1), value);
    }
    out.push_str("</node>\n");
}

fn push_link(out: &mut String, link: &DrawnLink, columns: &[&Column<DrawnLink>], says_direction: bool) {
    push(out, format_args!("<edge source=\"n{}\" target=\"n{}\"", link.from, link.to));
    if says_direction && !link.directed {
        out.push_str(" directed=\"false\"");
    }
    out.push('>');
    for column in columns {
        if let Some(value) = (column.value)(link) {
            push_value(out, format_args!("e_{}", column.name), &value);
        }
    }
    out.push_str("</edge>\n");
}

fn push_value(out: &mut String, key: std::fmt::Arguments<'_>, value: &str) {
    push(out, format_args!("<data key=\"{key}\">"));
    push_escaped(out, value);
    out.push_str("</data>");
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    out.write_fmt(text).unwrap_or_default();
}
