//! The statements of both languages for every shape of question: read `golden/*.snap`.

mod searching;

use std::fmt::Write as _;

use model::kind::Kind;
use model::query::{
    Answer, Direction, Field, Filter, From, GroupColumn, GroupSort, Groups, Measure, Query, Rows, Sort, Test,
};
use wire::data::ExpandOrder;

use super::*;
use crate::broker::tests::bank::*;
use crate::connectors::{Bound, Dialect, RowId};

const POSTGRESQL: Ability = Ability { dialect: Dialect::PostgreSql, folds_accents: true, icu: true };
const PLAIN_POSTGRESQL: Ability = Ability { dialect: Dialect::PostgreSql, folds_accents: false, icu: false };
const SQLITE: Ability = Ability { dialect: Dialect::Sqlite, folds_accents: false, icu: false };

const FORWARD: Direction = Direction::Forward;
const BACKWARD: Direction = Direction::Backward;

fn objects(id: &str, answer: Answer) -> Query {
    Query::new(From::Objects(object(id)), answer)
}

fn first(limit: u64) -> Answer {
    Answer::Rows(Rows::first(limit))
}

fn filtered(id: &str, filter: Filter) -> Query {
    Query { filter, ..objects(id, Answer::Count) }
}

fn sorted(levels: &[(Field, bool)]) -> Answer {
    let sort = levels.iter().map(|(field, descending)| Sort { field: field.clone(), descending: *descending });
    Answer::Rows(Rows { sort: sort.collect(), ..Rows::first(2) })
}

fn groups(by: Vec<Field>, measures: Vec<Measure>, sort: &[(GroupColumn, bool)]) -> Answer {
    let sort = sort.iter().map(|(by, descending)| GroupSort { by: *by, descending: *descending }).collect();
    Answer::Groups(Groups { by, measures, sort, limit: 10 })
}

fn written(rendered: Result<Rendered, Fault>) -> String {
    let Rendered { statement, then, shape } = match rendered {
        Ok(rendered) => rendered,
        Err(fault) => return format!("refused: {fault}"),
    };
    let value = |bound: &Bound| match bound {
        Bound::One(kind, text) => format!("{}:{text}", kind.name()),
        Bound::Many(kind, texts) => format!("{}:[{}]", kind.name(), texts.join(", ")),
    };
    let columns = statement.columns.clone();
    let texts = [Some(statement), then].into_iter().flatten().map(|statement| {
        let values: Vec<String> = statement.values.iter().map(value).collect();
        let with = if values.is_empty() { String::new() } else { format!("\n    with {}", values.join(" | ")) };
        format!("{}{with}", statement.text)
    });
    let mut text = texts.collect::<Vec<_>>().join("\n    then ");
    let column = |out: &OutColumn| format!("{}:{}", out.name, out.kind.name());
    let columns: Vec<String> = columns.iter().map(column).collect();
    write!(text, "\n    gives {} key {:?} order {:?}", columns.join(", "), shape.key, shape.order).expect("a string");
    if let Some(place) = shape.row_id {
        write!(text, " hides {place}").expect("a string");
    }
    if shape.shares_keys { text + " may share" } else { text }
}

fn golden(name: &str, cases: Vec<(&str, Query)>) {
    golden_on(name, None, cases);
}

/// As [`golden`], when it is known what the source promises.
fn golden_on(name: &str, facts: Option<&dyn Fn(Dialect) -> Facts>, cases: Vec<(&str, Query)>) {
    let project = project();
    let mut text = String::new();
    for (what, query) in cases {
        let after = match &query.answer {
            Answer::Rows(Rows { after: Some(cursor), .. }) => serde_json::from_str(&cursor.0).expect("values"),
            _ => None,
        };
        let after: Option<Vec<Option<String>>> = after;
        let place = |hides: bool| {
            let mut values = after.clone()?;
            let row = if hides { values.pop().flatten() } else { None };
            Some(Place { values, row })
        };
        writeln!(text, "# {what}").expect("a string");
        for (language, ability) in [("postgresql", POSTGRESQL), ("sqlite", SQLITE)] {
            let facts = facts.map(|of| of(ability.dialect));
            let place = place(facts.as_ref().is_some_and(|facts| facts.row_id.is_some()));
            let ground = Ground { ability, most_rows: 1_000_000, facts: facts.as_ref(), answered: &[] };
            let rendered = question(&project, &query, ground, place.as_ref());
            writeln!(text, "{language}: {}", written(rendered)).expect("a string");
        }
        text.push('\n');
    }
    snapshot(name, &text);
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("golden");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn page(answer: Answer, values: &[Option<&str>]) -> Answer {
    let Answer::Rows(rows) = answer else { panic!("rows") };
    let after = serde_json::to_string(values).expect("texts");
    Answer::Rows(Rows { after: Some(model::query::Cursor(after)), ..rows })
}

#[test]
fn rows_pages_and_counts() {
    let by_city = || sorted(&[(own("city"), false), (own("born"), true)]);
    let fields = |fields: Vec<Field>| Answer::Rows(Rows { fields, ..Rows::first(5) });
    let pair = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
    golden(
        "rows",
        vec![
            ("all objects of a type", objects("person", first(10))),
            ("some fields, a composite key", objects("company", fields(vec![own("name")]))),
            ("a type without a key", objects("note", first(3))),
            ("more than the ceiling", objects("person", first(u64::MAX))),
            ("sorted, nulls last both ways", objects("person", by_city())),
            ("the next page", objects("person", page(by_city(), &[Some("Oslo"), Some("1980-01-02"), Some("1")]))),
            ("the next page behind a null", objects("person", page(by_city(), &[None, Some("1980-01-02"), Some("1")]))),
            (
                "sorted by a decimal and a moment",
                objects("account", sorted(&[(own("balance"), true), (own("opened"), false)])),
            ),
            (
                "the next page of these",
                objects(
                    "account",
                    page(
                        sorted(&[(own("balance"), true), (own("opened"), false)]),
                        &[Some("1.5"), Some("2020-01-01T00:00:00Z"), Some("A1")],
                    ),
                ),
            ),
            ("a count", objects("person", Answer::Count)),
            (
                "by keys",
                Query::new(
                    From::Keys { object_type: object("person"), keys: vec![vec!["1".into()], vec!["2".into()]] },
                    first(2),
                ),
            ),
            (
                "by composite keys",
                Query::new(
                    From::Keys { object_type: object("company"), keys: vec![pair("NO", "1"), pair("SE", "2")] },
                    first(2),
                ),
            ),
            ("text in any searchable property", Query { text: Some("50%_\\".into()), ..objects("person", first(2)) }),
        ],
    );
}

#[test]
fn pages_of_tables_that_promise_something() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let keyed = |_| Facts {
        filled: names(&["id", "country", "number", "born"]).into_iter().collect(),
        unique: vec![names(&["id"]), names(&["country", "number"])],
        in_order: names(&["number", "name"]).into_iter().collect(),
        row_id: None,
    };
    let numbered = |dialect| Facts {
        row_id: Some(match dialect {
            Dialect::PostgreSql => RowId { name: "ctid", kind: Kind::Text },
            Dialect::Sqlite => RowId { name: "_rowid_", kind: Kind::Integer },
        }),
        ..Facts::default()
    };
    golden_on(
        "pages",
        Some(&keyed),
        vec![
            ("the first page", objects("person", first(2))),
            ("the next page by key", objects("person", page(first(2), &[Some("7")]))),
            ("the next page by a composite key", objects("company", page(first(2), &[Some("NO"), Some("2")]))),
            (
                "by a filled column, the other way",
                objects("person", page(sorted(&[(own("born"), true)]), &[Some("1980-01-02"), Some("7")])),
            ),
            (
                "by a column with nulls",
                objects("person", page(sorted(&[(own("city"), false)]), &[Some("Oslo"), Some("7")])),
            ),
            ("behind a null", objects("person", page(sorted(&[(own("city"), false)]), &[None, Some("7")]))),
            (
                "in the column's own order",
                objects("person", page(sorted(&[(own("name"), false)]), &[Some("B"), Some("7")])),
            ),
        ],
    );
    golden_on(
        "row_ids",
        Some(&numbered),
        vec![
            ("the first page", objects("person", first(2))),
            ("the next page", objects("person", page(first(2), &[Some("7"), Some("12")]))),
            ("behind an empty key", objects("person", page(first(2), &[None, Some("12")]))),
            ("links", Query::new(From::Links(link("transfer")), page(first(2), &[Some("7"), Some("12")]))),
        ],
    );
}

#[test]
fn every_test_of_a_value() {
    let text = |test| filtered("person", is(own("name"), test));
    let many = || vec!["a".to_owned(), "b".to_owned()];
    golden(
        "filters",
        vec![
            ("equals", text(Test::Equals("O'Hara \"x\"".into()))),
            ("differs", text(Test::Differs("x".into()))),
            ("in", text(Test::In(many()))),
            ("in decimals", filtered("account", is(own("balance"), Test::In(vec!["1.50".into()])))),
            ("in moments", filtered("account", is(own("opened"), Test::In(vec!["2020-01-01T00:00:00Z".into()])))),
            ("contains", text(Test::Contains("bø".into()))),
            ("contains in a number", filtered("person", is(own("id"), Test::Contains("12".into())))),
            ("begins with", text(Test::StartsWith("a_".into()))),
            ("text below, by code point", text(Test::Below("m".into()))),
            ("decimal at most", filtered("account", is(own("balance"), Test::AtMost("10.50".into())))),
            ("date above", filtered("person", is(own("born"), Test::Above("1980-01-01".into())))),
            ("moment at least", filtered("account", is(own("opened"), Test::AtLeast("2020-01-01T00:00:00Z".into())))),
            ("true", filtered("account", is(own("flagged"), Test::Equals("true".into())))),
            ("empty", text(Test::Empty)),
            ("filled", text(Test::Filled)),
            (
                "and, or, not",
                filtered(
                    "person",
                    Filter::All(vec![
                        Filter::Any(vec![is(own("city"), Test::Equals("Oslo".into())), is(own("city"), Test::Empty)]),
                        Filter::Not(Box::new(is(own("name"), Test::StartsWith("a".into())))),
                    ]),
                ),
            ),
            ("any of none", filtered("person", Filter::Any(vec![]))),
        ],
    );
}

#[test]
fn links_and_what_lies_one_link_away() {
    let linked = |id: &str, direction, present| Filter::Linked { link: link(id), direction, present };
    let keys = || vec![vec!["A1".to_owned()], vec!["A2".to_owned()]];
    let of = |direction| From::LinksOf { link: link("transfer"), direction, keys: keys() };
    let around = |direction| From::Neighbours { link: link("transfer"), direction, keys: keys() };
    let ends = vec![own("amount"), end(FORWARD, "balance"), end(BACKWARD, "number")];
    golden(
        "links",
        vec![
            ("has a link of a table", filtered("account", linked("transfer", FORWARD, true))),
            ("has none", filtered("account", linked("transfer", BACKWARD, false))),
            ("has a link by equal properties", filtered("person", linked("owns", FORWARD, true))),
            ("has none by equal properties", filtered("account", linked("owns", BACKWARD, false))),
            (
                "a linked object passes a test",
                filtered("account", is(through("transfer", FORWARD, "flagged"), Test::Equals("true".into()))),
            ),
            (
                "a link passes a test",
                filtered("account", is(of_link("transfer", FORWARD, "amount"), Test::Above("1000".into()))),
            ),
            ("all links", Query::new(From::Links(link("transfer")), first(3))),
            (
                "links with fields of both ends",
                Query::new(From::Links(link("transfer")), Answer::Rows(Rows { fields: ends, ..Rows::first(3) })),
            ),
            ("links by equal properties", Query::new(From::Links(link("owns")), first(3))),
            ("links of a table in another source", Query::new(From::Links(link("directs")), first(3))),
            (
                "links between two flagged ends",
                Query {
                    filter: Filter::All(vec![
                        is(end(FORWARD, "flagged"), Test::Equals("true".into())),
                        is(end(BACKWARD, "flagged"), Test::Equals("true".into())),
                    ]),
                    ..Query::new(
                        From::Links(link("transfer")),
                        groups(vec![], vec![Measure::Count, Measure::Sum(own("amount"))], &[]),
                    )
                },
            ),
            ("links of some objects", Query::new(of(FORWARD), first(3))),
            ("links of some objects, backward", Query::new(of(BACKWARD), Answer::Count)),
            ("neighbours", Query::new(around(FORWARD), first(3))),
            (
                "neighbours, backward, with a filter",
                Query {
                    filter: is(own("flagged"), Test::Equals("true".into())),
                    ..Query::new(around(BACKWARD), Answer::Count)
                },
            ),
            (
                "neighbours by equal properties",
                Query::new(
                    From::Neighbours { link: link("owns"), direction: FORWARD, keys: vec![vec!["1".into()]] },
                    first(3),
                ),
            ),
        ],
    );
}

/// All measures of one field.
fn all(field: Field) -> Vec<Measure> {
    vec![
        Measure::Count,
        Measure::Distinct(field.clone()),
        Measure::Sum(field.clone()),
        Measure::Min(field.clone()),
        Measure::Max(field.clone()),
        Measure::Average(field),
    ]
}

const BY_COUNT: [(GroupColumn, bool); 2] = [(GroupColumn::Measure(0), true), (GroupColumn::Value(0), false)];

fn groups_of_one_type() -> Vec<(&'static str, Query)> {
    vec![
        ("one group of everything", objects("account", groups(vec![], all(own("balance")), &[]))),
        ("integers", objects("person", groups(vec![own("city")], all(own("id")), &BY_COUNT))),
        (
            "text and moments",
            objects(
                "account",
                groups(
                    vec![own("flagged")],
                    vec![Measure::Min(own("number")), Measure::Max(own("opened")), Measure::Distinct(own("number"))],
                    &[(GroupColumn::Measure(0), false)],
                ),
            ),
        ),
        (
            "by a moment and a decimal, sorted by a sum",
            objects(
                "account",
                groups(
                    vec![own("opened"), own("balance")],
                    vec![Measure::Sum(own("balance"))],
                    &[(GroupColumn::Measure(0), true)],
                ),
            ),
        ),
        ("distinct values", objects("person", groups(vec![own("city")], vec![], &[]))),
    ]
}

fn groups_along_links() -> Vec<(&'static str, Query)> {
    vec![
        (
            "by the ends of links",
            Query::new(
                From::Links(link("transfer")),
                groups(
                    vec![end(FORWARD, "number"), end(FORWARD, "balance")],
                    vec![Measure::Distinct(end(BACKWARD, "number")), Measure::Sum(own("amount"))],
                    &BY_COUNT,
                ),
            ),
        ),
        (
            "over a link table, the link's amount",
            objects(
                "account",
                groups(
                    vec![own("number")],
                    vec![Measure::Count, Measure::Sum(of_link("transfer", FORWARD, "amount"))],
                    &BY_COUNT,
                ),
            ),
        ),
        (
            "over a link table, the other object",
            objects("account", groups(vec![through("transfer", FORWARD, "flagged")], vec![Measure::Count], &BY_COUNT)),
        ),
        (
            "over equal properties, with a filter on the same link",
            Query {
                filter: is(through("owns", FORWARD, "flagged"), Test::Equals("true".into())),
                ..objects(
                    "person",
                    groups(vec![own("name")], vec![Measure::Sum(through("owns", FORWARD, "balance"))], &BY_COUNT),
                )
            },
        ),
    ]
}

#[test]
fn groups_and_measures() {
    golden("groups", [groups_of_one_type(), groups_along_links()].concat());
}

#[test]
fn what_cannot_be_asked_is_refused_with_a_remedy() {
    let deep = (0..20).fold(Filter::default(), |inner, _| Filter::Not(Box::new(inner)));
    let linked = Filter::Linked { link: link("contact"), direction: FORWARD, present: true };
    golden(
        "refusals",
        vec![
            ("an unknown type", objects("ghost", Answer::Count)),
            ("an unknown property", filtered("person", is(own("ghost"), Test::Empty))),
            ("a value of another kind", filtered("person", is(own("born"), Test::Equals("yesterday".into())))),
            ("a zero character", filtered("person", is(own("name"), Test::Equals("a\0b".into())))),
            ("a filter that is too deep", filtered("person", deep)),
            ("a filter of too many parts", filtered("person", Filter::Any(vec![is(own("name"), Test::Empty); 201]))),
            ("a list that is too long", filtered("person", is(own("name"), Test::In(vec!["x".to_owned(); 10_001])))),
            (
                "lists that are too long together",
                filtered("person", Filter::Any(vec![is(own("name"), Test::In(vec!["x".to_owned(); 5_001])); 2])),
            ),
            (
                "too many fields",
                objects("person", Answer::Rows(Rows { fields: vec![own("name"); 1_601], ..Rows::first(1) })),
            ),
            ("too long an order", objects("person", sorted(&vec![(own("name"), false); 17]))),
            ("a value that is too long", filtered("person", is(own("name"), Test::Equals("x".repeat(16 * 1024 + 1))))),
            ("no rows", objects("person", first(0))),
            ("a link into another source", filtered("person", linked)),
            ("a whole link between sources", Query::new(From::Links(link("contact")), first(1))),
            (
                "a field one link away in rows",
                objects(
                    "person",
                    Answer::Rows(Rows { fields: vec![through("owns", FORWARD, "number")], ..Rows::first(1) }),
                ),
            ),
            ("an end of what is no link", filtered("person", is(end(FORWARD, "id"), Test::Empty))),
            (
                "groups over two links",
                objects(
                    "account",
                    groups(
                        vec![through("owns", BACKWARD, "name")],
                        vec![Measure::Sum(of_link("transfer", FORWARD, "amount"))],
                        &[],
                    ),
                ),
            ),
            ("the sum of a text", objects("person", groups(vec![], vec![Measure::Sum(own("name"))], &[]))),
            (
                "an order that is not there",
                objects("person", groups(vec![own("city")], vec![], &[(GroupColumn::Measure(3), false)])),
            ),
            (
                "a key with too few values",
                Query::new(From::Keys { object_type: object("company"), keys: vec![vec!["NO".into()]] }, first(1)),
            ),
            (
                "too many keys",
                Query::new(From::Keys { object_type: object("person"), keys: vec![vec!["1".into()]; 1_001] }, first(1)),
            ),
            ("text where nothing is searchable", Query { text: Some("two".into()), ..objects("note", Answer::Count) }),
        ],
    );
}

#[test]
fn statements_for_the_graph() {
    let project = project();
    let mut text = String::new();
    let keys = [vec!["A1".to_owned()]];
    let pairs = [vec!["NO".to_owned(), "1".to_owned()]];
    let emails = [vec!["ada@x.no".to_owned()]];
    let ask = |id: &str, direction, near, far_keys| Merge {
        link: project.link_types.get(&link(id)).expect("a link type"),
        direction,
        near,
        far_keys,
        only: &[],
        order: ExpandOrder::Sum,
        limit: 25,
        by_far: false,
    };
    let transfers = ask("transfer", FORWARD, Near::Keys(&keys), true);
    let merges = [
        ("merged links of a table, by sum", transfers),
        (
            "by time, backward, only to some",
            Merge { order: ExpandOrder::Time, direction: BACKWARD, only: &keys, ..transfers },
        ),
        ("the best neighbours, by count", Merge { order: ExpandOrder::Count, by_far: true, ..transfers }),
        (
            "by equal properties, by name",
            Merge { order: ExpandOrder::Name, ..ask("owns", FORWARD, Near::Keys(&[]), true) },
        ),
        ("composite keys", ask("directs", BACKWARD, Near::Keys(&pairs), false)),
        ("from values of another source", ask("directs", FORWARD, Near::Values(&emails), true)),
    ];
    let person = project.object_types.get(&object("person")).expect("a type");
    let company = project.object_types.get(&object("company")).expect("a type");
    let (id, name, contact) = ([prop("id")], [prop("name")], [prop("contact")]);
    let one = [vec!["1".to_owned()]];
    let (exact, folded) = (Matching::Exact, Matching::Folded);
    let of_one =
        |kind, by, matched, wanted| Lookup { kind, by, values: &one, matched, wanted, has_empty: false, limit: 9 };
    let lookups = [
        ("values of some objects", of_one(person, &id, exact, &name)),
        ("objects with some values, folded", of_one(company, &contact, folded, &contact)),
        ("names of some objects", Lookup { has_empty: true, ..of_one(person, &id, exact, &name) }),
    ];
    for (language, ability) in
        [("postgresql", POSTGRESQL), ("sqlite", SQLITE), ("postgresql without icu", PLAIN_POSTGRESQL)]
    {
        for (what, ask) in &merges {
            writeln!(text, "# {what}\n{language}: {}", written(merge(&project, ability, ask))).expect("a string");
            writeln!(text, "counted: {}\n", written(count_links(&project, ability, ask))).expect("a string");
        }
        for (what, ask) in &lookups {
            writeln!(text, "# {what}\n{language}: {}\n", written(lookup(&project, ability, ask))).expect("a string");
        }
        let columns = [("a \"b\"", Kind::Text)];
        let sampled = sample(ability, &table("s.t"), &columns, 5);
        writeln!(text, "# a sample\n{language}: {}\n", written(sampled)).expect("a string");
    }
    snapshot("graph", &text);
}

#[test]
fn amounts_in_several_currencies_have_no_sum() {
    let project = in_currencies(project());
    let mut text = String::new();
    let keys = [vec!["A1".to_owned()]];
    let ask = Merge {
        link: project.link_types.get(&link("transfer")).expect("a link type"),
        direction: FORWARD,
        near: Near::Keys(&keys),
        far_keys: true,
        only: &[],
        order: ExpandOrder::Sum,
        limit: 25,
        by_far: false,
    };
    let over = |field| vec![Measure::Sum(field)];
    let questions = [
        Query::new(From::Links(link("transfer")), groups(vec![own("currency")], over(own("amount")), &[])),
        objects("account", groups(vec![], over(of_link("transfer", FORWARD, "amount")), &[])),
    ];
    for (language, ability) in [("postgresql", POSTGRESQL), ("sqlite", SQLITE)] {
        writeln!(text, "{language}: {}", written(merge(&project, ability, &ask))).expect("a string");
        for query in &questions {
            let ground = Ground { ability, most_rows: 10, facts: None, answered: &[] };
            writeln!(text, "{language}: {}", written(question(&project, query, ground, None))).expect("a string");
        }
    }
    snapshot("currencies", &text);
}
