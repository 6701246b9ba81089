//! Every shape of question, in words.

use super::*;
use crate::query::{GroupSort, Rows};

const PROJECT: &str = r#"{
    "id": "bank", "name": "Bank", "sources": {}, "grants": [],
    "object_types": {
        "account": { "id": "account", "name": "account", "plural": "Accounts", "icon": "dot", "colour": 0,
            "source": "core", "table": { "name": "account" }, "key": ["number"], "title": "", "properties": [
            { "id": "number", "name": "Number", "column": "number", "kind": "integer" },
            { "id": "balance", "name": "Balance", "column": "balance", "kind": "decimal" },
            { "id": "year", "name": "Year", "column": "year", "kind": "integer", "format": "plain" },
            { "id": "open", "name": "Open", "column": "open", "kind": "bool" },
            { "id": "opened", "name": "Opened", "column": "opened", "kind": "date" },
            { "id": "country", "name": "Country", "column": "country" } ] },
        "note": { "id": "note", "name": "note", "plural": "Notes", "icon": "dot", "colour": 0,
            "source": "core", "table": { "name": "note" }, "key": [], "title": "", "properties": [
            { "id": "body", "name": "Body", "column": "body" } ] }
    },
    "link_types": {
        "transfer": { "id": "transfer", "name": "paid to", "reverse": "received from", "plural": "transfers",
            "from": "account", "to": "account", "directed": true, "key": ["id"],
            "join": { "by": "table", "source": "core", "table": { "name": "transfer" },
                "from": [{ "column": "sender", "property": "number" }],
                "to": [{ "column": "receiver", "property": "number" }] },
            "properties": [
                { "id": "id", "name": "Id", "column": "id", "kind": "integer" },
                { "id": "amount", "name": "Amount", "column": "amount", "kind": "decimal" } ] }
    }
}"#;

fn id<T: TryFrom<String>>(text: &str) -> T
where
    T::Error: std::fmt::Debug,
{
    T::try_from(text.to_owned()).expect("a slug")
}

fn own(property: &str) -> Field {
    Field::Own(id(property))
}

fn is(property: &str, test: Test) -> Filter {
    Filter::Is { field: own(property), test }
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn linked(direction: Direction, present: bool) -> Filter {
    Filter::Linked { link: id("transfer"), direction, present }
}

fn of(from: From, answer: Answer) -> Told {
    told(&serde_json::from_str(PROJECT).expect("a project"), &Query::new(from, answer))
}

fn filtered(from: From, filter: Filter) -> String {
    let query = Query { filter, ..Query::new(from, Answer::Rows(Rows::first(10))) };
    told(&serde_json::from_str(PROJECT).expect("a project"), &query).filters
}

fn accounts() -> From {
    From::Objects(id("account"))
}

#[test]
fn every_test_is_told_with_its_value_as_it_is_read() {
    let many: Vec<String> = (0..1_021).map(|n| n.to_string()).collect();
    let first: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    let table = [
        (is("country", Test::Equals(text("NO"))), "Country is \"NO\""),
        (is("country", Test::Differs(text("a \"b\""))), "Country is not \"a \"\"b\"\"\""),
        (is("country", Test::In(vec![text("NO"), text("SE")])), "Country is one of \"NO\", \"SE\""),
        (is("country", Test::Contains(text("o"))), "Country contains \"o\""),
        (is("country", Test::StartsWith(text("N"))), "Country begins with \"N\""),
        (is("balance", Test::Below(text("-1234567.50"))), "Balance below -1,234,567.50"),
        (is("balance", Test::AtMost(text("999"))), "Balance at most 999"),
        (is("balance", Test::Above(text("0.5"))), "Balance above 0.5"),
        (is("balance", Test::AtLeast(text("10000"))), "Balance at least 10,000"),
        (is("year", Test::AtLeast(text("2019"))), "Year at least 2019"),
        (is("number", Test::Equals(text("99901200013"))), "Number is 99901200013"),
        (is("open", Test::Equals(text("true"))), "Open is yes"),
        (is("opened", Test::Above(text("2024-03-14"))), "Opened above 2024-03-14"),
        (is("country", Test::Empty), "Country is empty"),
        (is("country", Test::Filled), "Country is not empty"),
        (is("gone", Test::Equals(text("1"))), "gone is \"1\""),
    ];
    for (filter, expected) in table {
        assert_eq!(filtered(accounts(), filter), expected);
    }
    let expected = format!("Year is one of {} and 1,001 more", first.join(", "));
    assert_eq!(filtered(accounts(), is("year", Test::In(many))), expected);
}

#[test]
fn parts_are_joined_with_brackets_only_where_they_are_needed() {
    let (a, b, c) = (is("open", Test::Filled), is("year", Test::Empty), linked(Direction::Forward, true));
    let (all, any) = (Filter::All, Filter::Any);
    let table = [
        (all(vec![]), "none"),
        (all(vec![a.clone()]), "Open is not empty"),
        (all(vec![a.clone(), b.clone(), c.clone()]), "Open is not empty and Year is empty and has a link \"paid to\""),
        (
            all(vec![a.clone(), any(vec![b.clone(), c.clone()])]),
            "Open is not empty and (Year is empty or has a link \"paid to\")",
        ),
        (
            any(vec![all(vec![a.clone(), b.clone()]), c.clone()]),
            "(Open is not empty and Year is empty) or has a link \"paid to\"",
        ),
        (all(vec![a.clone(), any(vec![b.clone()])]), "Open is not empty and Year is empty"),
        (
            all(vec![a.clone(), all(vec![b.clone(), c])]),
            "Open is not empty and Year is empty and has a link \"paid to\"",
        ),
        (
            all(vec![Filter::Not(Box::new(any(vec![a.clone(), b]))), a]),
            "not (Open is not empty or Year is empty) and Open is not empty",
        ),
        (any(vec![]), "nothing"),
        (any(vec![all(vec![]), linked(Direction::Backward, false)]), "anything or has no link \"received from\""),
    ];
    for (filter, expected) in table {
        assert_eq!(filtered(accounts(), filter), expected);
    }
}

#[test]
fn a_field_that_is_not_the_rows_own_says_where_it_is() {
    let is = |field| Filter::Is { field, test: Test::AtLeast(text("10000")) };
    let (link, property, direction) = (|| id("transfer"), |name: &str| id(name), Direction::Backward);
    let through = Field::Through { link: link(), direction, property: property("balance") };
    assert_eq!(filtered(accounts(), is(through)), "Balance of the account linked by \"received from\" at least 10,000");
    let of_link = Field::OfLink { link: link(), direction: Direction::Forward, property: property("amount") };
    assert_eq!(filtered(accounts(), is(of_link)), "Amount of a link \"paid to\" at least 10,000");
    for (end, word) in [(Direction::Forward, "to"), (Direction::Backward, "from")] {
        let field = Field::End { end, property: property("year") };
        let expected = format!("Year of the account it goes {word} at least 10000");
        assert_eq!(filtered(From::Links(link()), is(field)), expected);
    }
}

#[test]
fn rows_and_their_order_are_told() {
    let keys = |many: usize| vec![vec![text("1")]; many];
    let sorted = |sort: Vec<(&str, bool)>| {
        let sort = sort.into_iter().map(|(property, descending)| Sort { field: own(property), descending });
        Answer::Rows(Rows { sort: sort.collect(), ..Rows::first(10) })
    };
    let (link, direction) = (|| id("transfer"), Direction::Backward);
    let groups = Groups {
        by: vec![own("country")],
        measures: vec![Measure::Count, Measure::Sum(own("balance"))],
        sort: vec![GroupSort { by: GroupColumn::Measure(1), descending: true }],
        limit: 10,
    };
    let whole = Groups { by: Vec::new(), sort: Vec::new(), ..groups.clone() };
    let table = [
        (accounts(), sorted(vec![]), "Accounts", "the key"),
        (
            accounts(),
            sorted(vec![("balance", true), ("year", false)]),
            "Accounts",
            "Balance descending, Year ascending, then the key",
        ),
        (From::Objects(id("note")), sorted(vec![]), "Notes", NONE),
        (From::Objects(id("note")), sorted(vec![("body", false)]), "Notes", "Body ascending"),
        (From::Keys { object_type: id("account"), keys: keys(2) }, sorted(vec![]), "Accounts, 2 by key", "the key"),
        (From::Links(link()), sorted(vec![("amount", true)]), "transfers", "Amount descending, then the key"),
        (
            From::LinksOf { link: link(), direction, keys: keys(1) },
            sorted(vec![]),
            "transfers of 1 object, \"received from\"",
            "the key",
        ),
        (
            From::Neighbours { link: link(), direction, keys: keys(3) },
            sorted(vec![]),
            "Accounts linked with 3 objects, \"received from\"",
            "the key",
        ),
        (accounts(), Answer::Count, "number of Accounts", NONE),
        (
            accounts(),
            Answer::Groups(groups),
            "Accounts, number of rows, sum of Balance by Country",
            "sum of Balance descending",
        ),
        (accounts(), Answer::Groups(whole), "Accounts, number of rows, sum of Balance", "the values of the groups"),
    ];
    for (from, answer, rows, order) in table {
        let told = of(from, answer);
        assert_eq!((told.rows.as_str(), told.order.as_str()), (rows, order));
        assert_eq!((told.filters.as_str(), told.text.as_str()), (NONE, NONE));
    }
    let query = Query { text: Some(text("bø")), ..Query::new(accounts(), Answer::Count) };
    assert_eq!(told(&serde_json::from_str(PROJECT).expect("a project"), &query).text, "\"bø\"");
}
