//! A small case: people, accounts and transfers in a bank, companies and their directors in a register.

use access::{LinkTypeId, ObjectTypeId, ProjectId, PropertyId, SourceId};
use model::kind::Kind;
use model::project::{
    ColumnPair, Join, Limits, LinkType, Matching, ObjectType, Origin, Project, Property, PropertyPair, Source, Table,
};
use model::query::{Direction, Field, Filter, Test};

/// The tables of the bank. `DECIMAL_` and `MOMENT_` stand for what a source calls these; in SQLite both are text.
pub(crate) const BANK: &str = r#"
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, city TEXT, born DATE, email TEXT);
INSERT INTO people VALUES
  (1, 'Ada Bø', 'Oslo', '1980-01-02', 'ada@x.no'), (2, 'ÅSE Strand', 'Bergen', '1975-05-05', 'ase@x.no'),
  (3, 'Bjørn Bø', 'Oslo', NULL, NULL), (4, '100% Sure', NULL, '1990-12-31', 'sure@x.no'),
  (5, 'a_b', 'Oslo', '2000-01-01', 'ab@x.no'), (6, 'José', NULL, '1980-01-02', 'jose@x.no');
CREATE TABLE accounts (number TEXT, owner INTEGER, balance DECIMAL_, opened MOMENT_, flagged BOOLEAN);
INSERT INTO accounts VALUES
  ('A1', 1, '10.50', '2020-01-01T00:00:00Z', FALSE), ('A2', 1, '9.75', '2021-01-01T00:00:00Z', TRUE),
  ('A3', 2, '100', '2020-06-01T00:00:00Z', TRUE), ('A4', 3, NULL, NULL, NULL), ('A5', NULL, '-3.25', NULL, FALSE);
CREATE TABLE transfers (id INTEGER PRIMARY KEY, sender TEXT, receiver TEXT, amount DECIMAL_, booked MOMENT_);
INSERT INTO transfers VALUES
  (1, 'A1', 'A3', '0.10', '2022-01-01T00:00:00Z'), (2, 'A1', 'A3', '0.20', '2022-01-03T00:00:00Z'),
  (3, 'A2', 'A3', '5', '2022-01-02T00:00:00Z'), (4, 'A3', 'A1', '7.7', '2022-02-01T00:00:00Z'),
  (5, 'A1', 'A4', '0.05', '2022-03-01T00:00:00Z'), (6, 'A1', 'GONE', '1', '2022-04-01T00:00:00Z'),
  (7, 'A2', NULL, '2', '2022-05-01T00:00:00Z');
CREATE VIEW payments AS SELECT id, sender, receiver, amount, booked, CASE WHEN id = 2 THEN 'EUR' ELSE 'NOK' END AS currency
  FROM transfers;
CREATE TABLE notes (body TEXT);
INSERT INTO notes VALUES ('one'), ('two'), ('two');
CREATE TABLE doubles (id INTEGER, name TEXT);
INSERT INTO doubles VALUES (1, 'a'), (1, 'b'), (2, 'c'), (NULL, 'd'), (NULL, 'e'), (3, 'f');
CREATE VIEW triples AS SELECT id, name FROM doubles UNION ALL SELECT 2, 'g' UNION ALL SELECT 2, 'h';
"#;

/// The tables of the register.
pub(crate) const REGISTER: &str = r#"
CREATE TABLE companies (country TEXT, number TEXT, name TEXT, contact TEXT);
INSERT INTO companies VALUES
  ('NO', '1', 'Strand AS', 'ÅSE STRAND'), ('NO', '2', 'Bø Holding', 'ada bø'), ('SE', '1', 'Bo AB', NULL),
  ('SE', '2', 'Ada Consult', 'Ada Bø');
CREATE TABLE directors (person TEXT, country TEXT, number TEXT, share DECIMAL_);
INSERT INTO directors VALUES
  ('ada@x.no', 'NO', '1', '50.0'), ('ada@x.no', 'SE', '1', '12.5'), ('ase@x.no', 'NO', '1', '50.0');
"#;

pub(crate) fn object(id: &str) -> ObjectTypeId {
    ObjectTypeId::new(id).expect("a slug")
}

pub(crate) fn link(id: &str) -> LinkTypeId {
    LinkTypeId::new(id).expect("a slug")
}

pub(crate) fn prop(id: &str) -> PropertyId {
    PropertyId::new(id).expect("a slug")
}

pub(crate) fn source(id: &str) -> SourceId {
    SourceId::new(id).expect("a slug")
}

pub(crate) fn own(id: &str) -> Field {
    Field::Own(prop(id))
}

pub(crate) fn end(end: Direction, id: &str) -> Field {
    Field::End { end, property: prop(id) }
}

pub(crate) fn through(id: &str, direction: Direction, property: &str) -> Field {
    Field::Through { link: link(id), direction, property: prop(property) }
}

pub(crate) fn of_link(id: &str, direction: Direction, property: &str) -> Field {
    Field::OfLink { link: link(id), direction, property: prop(property) }
}

pub(crate) fn is(field: Field, test: Test) -> Filter {
    Filter::Is { field, test }
}

/// `name:kind`, `name:kind:s` for a searchable one, `name=column:kind` where the column is called otherwise.
pub(crate) fn properties(texts: &[&str]) -> Vec<Property> {
    let one = |text: &&str| {
        let mut parts = text.split(':');
        let name = parts.next().unwrap_or_default();
        let (id, column) = name.split_once('=').unwrap_or((name, name));
        let kind = parts.next().unwrap_or("text");
        let kind = Kind::ALL.into_iter().find(|known| known.name() == kind).expect("a kind");
        Property {
            id: prop(id),
            name: id.to_owned(),
            column: column.to_owned(),
            kind,
            format: None,
            unit: None,
            searchable: parts.next() == Some("s"),
            hidden: false,
        }
    };
    texts.iter().map(one).collect()
}

pub(crate) fn table(name: &str) -> Table {
    let (schema, name) = name.split_once('.').map_or((None, name), |(schema, name)| (Some(schema.to_owned()), name));
    Table { schema, name: name.to_owned() }
}

pub(crate) fn object_type(id: &str, at: &str, from: &str, key: &[&str], fields: &[&str]) -> ObjectType {
    ObjectType {
        id: object(id),
        name: id.to_owned(),
        plural: format!("{id}s"),
        icon: "dot".to_owned(),
        colour: 0,
        source: source(at),
        origin: Origin::Table(table(from)),
        key: key.iter().map(|id| prop(id)).collect(),
        title: String::new(),
        properties: properties(fields),
    }
}

pub(crate) fn link_type(id: &str, from: &str, to: &str, join: Join) -> LinkType {
    LinkType {
        id: link(id),
        name: id.to_owned(),
        reverse: format!("{id} back"),
        plural: format!("{id}s"),
        from: object(from),
        to: object(to),
        directed: true,
        join,
        key: Vec::new(),
        properties: Vec::new(),
        time: None,
        amount: None,
        currency: None,
    }
}

pub(crate) fn by_properties(from: &str, to: &str, matching: Matching) -> Join {
    Join::Properties { pairs: vec![PropertyPair { from: prop(from), to: prop(to) }], matching }
}

pub(crate) fn by_table(at: &str, name: &str, from: &[(&str, &str)], to: &[(&str, &str)]) -> Join {
    let pairs = |pairs: &[(&str, &str)]| {
        let one = |(column, id): &(&str, &str)| ColumnPair { column: (*column).to_owned(), property: prop(id) };
        pairs.iter().map(one).collect()
    };
    let (source, table) = (source(at), table(name));
    Join::Table { source, table, from: pairs(from), to: pairs(to), matching: Matching::Exact }
}

pub(crate) fn sources(kind: &str, ids: &[&str]) -> std::collections::BTreeMap<SourceId, Source> {
    let one = |id: &&str| {
        let it = Source {
            id: source(id),
            name: (*id).to_owned(),
            kind: kind.to_owned(),
            settings: Default::default(),
            secrets_from: Default::default(),
            upload: None,
            required_role: None,
            keep_model_visible: false,
            private_to: None,
            limits: Limits::default(),
        };
        (it.id.clone(), it)
    };
    ids.iter().map(one).collect()
}

pub(crate) fn project_of(
    kind: &str,
    ids: &[&str],
    object_types: Vec<ObjectType>,
    link_types: Vec<LinkType>,
) -> Project {
    Project {
        id: ProjectId::new("case").expect("a slug"),
        name: "Case".to_owned(),
        description: String::new(),
        sources: sources(kind, ids),
        object_types: object_types.into_iter().map(|kind| (kind.id.clone(), kind)).collect(),
        link_types: link_types.into_iter().map(|link| (link.id.clone(), link)).collect(),
        grants: Vec::new(),
    }
}

/// The case as a project.
pub(crate) fn project() -> Project {
    let transfer = LinkType {
        key: vec![prop("id")],
        properties: properties(&["id:integer", "amount:decimal", "booked:instant"]),
        time: Some(prop("booked")),
        amount: Some(prop("amount")),
        ..link_type(
            "transfer",
            "account",
            "account",
            by_table("bank", "transfers", &[("sender", "number")], &[("receiver", "number")]),
        )
    };
    let directs = LinkType {
        properties: properties(&["share:decimal"]),
        amount: Some(prop("share")),
        ..link_type(
            "directs",
            "person",
            "company",
            by_table("register", "directors", &[("person", "email")], &[("country", "country"), ("number", "number")]),
        )
    };
    project_of(
        "sqlite",
        &["bank", "register"],
        vec![
            object_type(
                "person",
                "bank",
                "people",
                &["id"],
                &["id:integer", "name:text:s", "city:text", "born:date", "email:text:s"],
            ),
            object_type(
                "account",
                "bank",
                "accounts",
                &["number"],
                &["number:text:s", "owner:integer", "balance:decimal", "opened:instant", "flagged:bool"],
            ),
            object_type(
                "company",
                "register",
                "companies",
                &["country", "number"],
                &["country:text", "number:text", "name:text:s", "contact:text"],
            ),
            object_type("note", "bank", "notes", &[], &["body:text"]),
            object_type("double", "bank", "doubles", &["id"], &["id:integer", "name:text"]),
            object_type("triple", "bank", "triples", &["id"], &["id:integer", "name:text"]),
        ],
        vec![
            transfer,
            directs,
            link_type("owns", "person", "account", by_properties("id", "owner", Matching::Exact)),
            link_type("contact", "person", "company", by_properties("name", "contact", Matching::Folded)),
        ],
    )
}

/// The case with transfers in two currencies.
pub(crate) fn in_currencies(mut project: Project) -> Project {
    let transfer = project.link_types.get_mut(&link("transfer")).expect("a link type");
    if let Join::Table { table: known, .. } = &mut transfer.join {
        *known = table("payments");
    }
    transfer.properties.extend(properties(&["currency"]));
    transfer.currency = Some(prop("currency"));
    project
}
