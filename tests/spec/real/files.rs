//! Files as a person brings them in: upload, look, correct, accept; then their rows as objects and links.

use std::path::Path;

use access::PropertyId;
use model::kind::Kind;
use model::project::{ColumnPair, Join, LinkType, Matching, ObjectType, Property, PropertyPair, Table};
use serde_json::{Value, json};
use wire::upload::{FileLayout, FilePreview};

use super::asking::{Asking, PROJECT};
use crate::world::ParseId as _;

/// A file, and the source that it becomes.
pub(super) struct File {
    pub(super) source: &'static str,
    pub(super) path: &'static str,
    /// The names of the columns, for a file without them.
    pub(super) columns: &'static [&'static str],
    /// Columns that stay text, whatever their values look like.
    pub(super) texts: &'static [&'static str],
    pub(super) rows: u64,
}

/// Brings a file in as a source; gives the properties of its rows.
pub(super) async fn bring(asking: &mut Asking, folder: &Path, file: &File) -> Vec<Property> {
    let bytes = std::fs::read(folder.join(file.path)).unwrap_or_else(|error| panic!("{}: {error}", file.path));
    let request = json!({ "project": PROJECT, "name": file.path });
    let sent = asking.browser.upload(&request, &bytes).await;
    assert_eq!(sent.verdict(), "200", "{}: {}", file.path, sent.text());
    let preview: FilePreview = serde_json::from_value(sent.json()).expect("a preview");
    assert_eq!(preview.layout.header, file.columns.is_empty(), "{}", file.path);
    let layout = correct(preview.layout, file);
    let ask = json!({ "project": PROJECT, "upload": preview.upload, "layout": layout });
    let again = asking.call("preview_file", &ask).await;
    let problems = again["problems"]["listed"].as_array().expect("a list");
    let is_late = |problem: &Value| problem["line"].as_u64().is_some_and(|line| line > 51);
    assert!(problems.iter().all(is_late), "{}: the first rows are as the layout says: {problems:?}", file.path);
    accept(asking, file, &again).await;
    let layout: FileLayout = serde_json::from_value(again["layout"].clone()).expect("a layout");
    properties(&layout)
}

/// What a person corrects: names for columns without one, and no text is taken for null.
fn correct(mut layout: FileLayout, file: &File) -> FileLayout {
    layout.null_words.clear();
    layout.columns.iter_mut().zip(file.columns).for_each(|(column, name)| column.name = (*name).to_owned());
    for column in layout.columns.iter_mut().filter(|column| file.texts.contains(&column.name.as_str())) {
        column.kind = Kind::Text;
    }
    layout
}

async fn accept(asking: &mut Asking, file: &File, preview: &Value) {
    let request = json!({
        "project": PROJECT,
        "upload": preview["upload"],
        "layout": preview["layout"],
        "source": file.source,
        "name": file.path,
        "scope": "everyone",
        "base": asking.browser.revision(PROJECT).await,
    });
    let done = asking.call("accept_file", &request).await;
    assert_eq!((&done["rows"], &done["unreadable"]), (&json!(file.rows), &json!(0)), "{}: {done}", file.path);
}

fn properties(layout: &FileLayout) -> Vec<Property> {
    let property = |column: &wire::upload::FileColumn| Property {
        id: property_id(&column.name),
        name: column.name.clone(),
        column: column.name.clone(),
        kind: column.kind,
        format: None,
        unit: None,
        searchable: false,
        hidden: false,
    };
    layout.columns.iter().map(property).collect()
}

/// `:ID` becomes `node_id`, `isFraud` becomes `isfraud`.
fn property_id(column: &str) -> PropertyId {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let id: String = column.replacen(':', "node_", usize::from(column.starts_with(':'))).chars().map(plain).collect();
    id.as_str().parse_id()
}

fn table() -> Table {
    Table { schema: None, name: "rows".to_owned() }
}

/// The rows of a file as objects; without a key they can only be counted and browsed.
pub(super) fn object_type(id: &str, source: &str, key: &[&str], properties: &[Property]) -> Value {
    let kind = ObjectType {
        id: id.parse_id(),
        name: id.to_owned(),
        plural: format!("{id}s"),
        icon: "person".to_owned(),
        colour: 0,
        source: source.parse_id(),
        origin: model::Origin::Table(table()),
        key: key.iter().map(|column| property_id(column)).collect(),
        title: key.iter().map(|column| format!("{{{}}}", property_id(column))).collect(),
        properties: properties.to_vec(),
    };
    json!({ "put_object_type": kind })
}

/// An end of a link: the object type, its key's column, and the column of the link table that names it.
pub(super) type End<'a> = (&'a str, &'a str, &'a str);

/// The rows of a file as links.
pub(super) fn link_type(id: &str, source: &str, from: End<'_>, to: End<'_>, properties: &[Property]) -> Value {
    let pair = |end: End<'_>| vec![ColumnPair { column: end.2.to_owned(), property: property_id(end.1) }];
    let join = Join::Table {
        source: source.parse_id(),
        table: table(),
        from: pair(from),
        to: pair(to),
        matching: Matching::Exact,
    };
    link(id, from.0, to.0, join, properties)
}

/// Two object types that are linked where a column of both has the same value.
pub(super) fn equal_values(id: &str, from: &str, to: &str, column: &str) -> Value {
    let pairs = vec![PropertyPair { from: property_id(column), to: property_id(column) }];
    link(id, from, to, Join::Properties { pairs, matching: Matching::Exact }, &[])
}

fn link(id: &str, from: &str, to: &str, join: Join, properties: &[Property]) -> Value {
    let link = LinkType {
        id: id.parse_id(),
        name: id.to_owned(),
        reverse: format!("{id} by"),
        plural: format!("{id}s"),
        from: from.parse_id(),
        to: to.parse_id(),
        directed: true,
        join,
        key: Vec::new(),
        properties: properties.to_vec(),
        time: None,
        amount: None,
        currency: None,
    };
    json!({ "put_link_type": link })
}
