//! Rows, pages, order, filters and groups over real SQLite.

use std::sync::Arc;

use model::completeness::{Cause, Extent};
use model::query::{
    Answer, Direction, Field, Filter, From, GroupColumn, GroupSort, Groups, Measure, Query, Rows, Sort, Test,
};

use super::bank::*;
use super::{ask, bank, both, rows};

const FORWARD: Direction = Direction::Forward;
const BACKWARD: Direction = Direction::Backward;

fn people(filter: Filter) -> Query {
    let fields = vec![own("name")];
    Query { filter, ..Query::new(From::Objects(object("person")), Answer::Rows(Rows { fields, ..Rows::first(100) })) }
}

#[tokio::test]
async fn contains_ignores_case_and_takes_every_letter_as_itself() {
    for (case, project) in both().await {
        let table = [
            (Test::Contains("BØ".into()), "1|Ada Bø;3|Bjørn Bø"),
            (Test::Contains("åse".into()), "2|ÅSE Strand"),
            (Test::Contains("jose".into()), "6|José"),
            (Test::Contains("%".into()), "4|100% Sure"),
            (Test::Contains("_".into()), "5|a_b"),
            (Test::StartsWith("b".into()), "3|Bjørn Bø"),
            (Test::Equals("a_b".into()), "5|a_b"),
            (Test::Equals("A_B".into()), ""),
            (Test::Below("B".into()), "1|Ada Bø;4|100% Sure"),
        ];
        for (test, expected) in table {
            let found = rows(&case, &project, people(is(own("name"), test.clone()))).await;
            assert_eq!(found.join(";"), expected, "{test:?}");
        }
    }
}

#[tokio::test]
async fn null_passes_no_test_and_not_is_the_opposite() {
    for (case, project) in both().await {
        let in_oslo = || is(own("city"), Test::Equals("Oslo".into()));
        let table = [
            (in_oslo(), 3),
            (Filter::Not(Box::new(in_oslo())), 3),
            (Filter::Not(Box::new(Filter::Not(Box::new(in_oslo())))), 3),
            (is(own("city"), Test::Differs("Oslo".into())), 3),
            (is(own("city"), Test::In(vec!["Oslo".into(), "Bergen".into()])), 4),
            (is(own("city"), Test::In(vec![])), 0),
            (is(own("city"), Test::Empty), 2),
            (Filter::Any(vec![]), 0),
            (Filter::All(vec![]), 6),
            (Filter::Linked { link: link("owns"), direction: FORWARD, present: true }, 3),
            (Filter::Linked { link: link("owns"), direction: FORWARD, present: false }, 3),
            (is(through("owns", FORWARD, "flagged"), Test::Equals("true".into())), 2),
        ];
        for (filter, expected) in table {
            assert_eq!(rows(&case, &project, people(filter.clone())).await.len(), expected, "{filter:?}");
        }
    }
}

#[tokio::test]
async fn decimals_and_moments_are_compared_by_value() {
    for (case, project) in both().await {
        let table = [
            (is(own("balance"), Test::Above("9.8".into())), "A1;A3"),
            (is(own("balance"), Test::Equals("100.00".into())), "A3"),
            (is(own("balance"), Test::In(vec!["10.5".into(), "-3.250".into()])), "A1;A5"),
            (is(own("opened"), Test::AtLeast("2020-06-01T00:00:00Z".into())), "A2;A3"),
            (is(own("flagged"), Test::Equals("true".into())), "A2;A3"),
            (Filter::Linked { link: link("transfer"), direction: FORWARD, present: false }, "A4;A5"),
            (Filter::Linked { link: link("owns"), direction: BACKWARD, present: false }, "A5"),
            (is(of_link("transfer", FORWARD, "amount"), Test::Above("4".into())), "A2;A3"),
        ];
        for (filter, expected) in table {
            let answer = Answer::Rows(Rows { fields: vec![own("number")], ..Rows::first(100) });
            let query = Query { filter: filter.clone(), ..Query::new(From::Objects(object("account")), answer) };
            assert_eq!(rows(&case, &project, query).await.join(";"), expected, "{filter:?}");
        }
    }
}

#[tokio::test]
async fn pages_visit_every_row_once_whatever_the_order() {
    for (case, project) in both().await {
        let orders: [(&str, &[(&str, bool)]); 9] = [
            ("person", &[]),
            ("person", &[("city", false)]),
            ("person", &[("city", true), ("born", false)]),
            ("person", &[("born", true)]),
            ("account", &[("balance", true)]),
            ("company", &[("name", false)]),
            ("double", &[]),
            ("double", &[("id", true)]),
            ("double", &[("name", true)]),
        ];
        // Rows of a query with one key are told apart by nothing, as those of a view below.
        let keys_may_repeat = |kind: &str| project.object_types[&object(kind)].origin.table().is_some();
        for (kind, order) in orders.into_iter().filter(|(kind, _)| *kind != "double" || keys_may_repeat(kind)) {
            let sort: Vec<Sort> =
                order.iter().map(|(id, descending)| Sort { field: own(id), descending: *descending }).collect();
            let page = |limit, after| {
                let answer = Answer::Rows(Rows { fields: Vec::new(), sort: sort.clone(), limit, after });
                Query::new(From::Objects(object(kind)), answer)
            };
            let whole = rows(&case, &project, page(100, None)).await;
            for size in [1, 2, 3, 5] {
                let (mut visited, mut after) = (Vec::new(), None);
                loop {
                    let part = ask(&case, &project, page(size, after)).await.expect("a page");
                    visited.extend(part.rows());
                    let capped = part.close.completeness.extent == Extent::Capped;
                    assert_eq!(capped, part.close.next.is_some());
                    after = part.close.next;
                    if after.is_none() {
                        break;
                    }
                }
                assert_eq!(visited, whole, "{kind} by {order:?} in pages of {size}");
            }
        }
    }
}

#[tokio::test]
async fn a_page_of_a_view_never_ends_between_two_rows_with_one_key() {
    for (case, project) in both().await {
        let page = |limit, after| {
            Query::new(From::Objects(object("triple")), Answer::Rows(Rows { after, ..Rows::first(limit) }))
        };
        let whole = rows(&case, &project, page(100, None)).await;
        for (size, expected, ends) in [(3, "2 3 3", true), (5, "5 3", true), (2, "2 2", false), (1, "1", false)] {
            let (mut visited, mut lengths, mut after) = (Vec::new(), Vec::new(), None);
            let cut = loop {
                let part = ask(&case, &project, page(size, after)).await.expect("a page");
                lengths.push(part.close.rows.to_string());
                visited.extend(part.rows());
                let capped = part.close.completeness.extent == Extent::Capped;
                after = part.close.next;
                if after.is_none() {
                    break capped;
                }
            };
            assert_eq!(lengths.join(" "), expected, "pages of {size}");
            assert_eq!(cut, !ends, "pages of {size}: what cannot be gone on from says that there is more");
            let keys = |rows: &[String]| {
                rows.iter().filter_map(|row| row.split('|').next().map(str::to_owned)).collect::<Vec<_>>()
            };
            assert!(keys(&whole).starts_with(&keys(&visited)), "pages of {size}: {visited:?}");
        }
    }
}

#[tokio::test]
async fn nulls_come_last_both_ways() {
    for (case, project) in both().await {
        for (descending, expected) in [(false, "A5;A2;A1;A3;A4"), (true, "A3;A1;A2;A5;A4")] {
            let sort = vec![Sort { field: own("balance"), descending }];
            let answer = Answer::Rows(Rows { fields: vec![own("number")], sort, ..Rows::first(9) });
            let found = rows(&case, &project, Query::new(From::Objects(object("account")), answer)).await;
            let keys: Vec<&str> = found.iter().filter_map(|row| row.split('|').next()).collect();
            assert_eq!(keys.join(";"), expected);
        }
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_question_only() {
    for (case, project) in both().await {
        let first = ask(&case, &project, Query::rows(&object("person"), 2)).await.expect("a page");
        let answer = Answer::Rows(Rows { after: first.close.next, ..Rows::first(2) });
        let other = Query::new(From::Objects(object("account")), answer);
        assert_eq!(ask(&case, &project, other).await.expect_err("refused").code, wire::Code::Invalid);
    }
}

#[tokio::test]
async fn duplicate_and_empty_keys_and_types_without_a_key_are_said() {
    for (case, project) in both().await {
        let doubles = ask(&case, &project, Query::rows(&object("double"), 100)).await.expect("rows");
        assert_eq!(doubles.close.rows, 6);
        assert_eq!(doubles.close.completeness.causes, [Cause::DuplicateKeys(1), Cause::EmptyKeys(2)]);
        let notes = ask(&case, &project, Query::rows(&object("note"), 2)).await.expect("rows");
        assert_eq!((notes.close.next, notes.close.completeness.causes), (None, vec![Cause::RowLimit(2)]));
    }
}

#[tokio::test]
async fn groups_are_exact() {
    for (case, project) in both().await {
        let by_first = vec![GroupSort { by: GroupColumn::Measure(0), descending: true }];
        let groups =
            |by: Vec<Field>, measures| Answer::Groups(Groups { by, measures, sort: by_first.clone(), limit: 10 });
        let amount = || own("amount");
        let transfers = |answer| Query::new(From::Links(link("transfer")), answer);
        let table = [
            (
                transfers(groups(
                    vec![],
                    vec![Measure::Count, Measure::Sum(amount()), Measure::Min(amount()), Measure::Max(amount())],
                )),
                "7|16.05|0.05|7.7",
            ),
            (
                transfers(groups(
                    vec![end(FORWARD, "number")],
                    vec![Measure::Distinct(end(BACKWARD, "number")), Measure::Sum(amount())],
                )),
                "A3|2|5.3;A1|1|7.7;A4|1|0.05;GONE|1|1;-|1|2",
            ),
            (
                Query::new(From::Objects(object("person")), groups(vec![own("city")], vec![Measure::Count])),
                "Oslo|3;-|2;Bergen|1",
            ),
            (
                Query::new(
                    From::Objects(object("person")),
                    groups(vec![own("name")], vec![Measure::Count, Measure::Sum(through("owns", FORWARD, "balance"))]),
                ),
                "Ada Bø|2|20.25;Bjørn Bø|1|-;ÅSE Strand|1|100",
            ),
            (Query::count(&object("account")), "5"),
        ];
        for (query, expected) in table {
            assert_eq!(rows(&case, &project, query.clone()).await.join(";"), expected, "{query:?}");
        }
    }
}

#[tokio::test]
async fn the_key_comes_first_and_each_column_says_what_it_is() {
    for (case, project) in both().await {
        let company = ask(&case, &project, Query::rows(&object("company"), 1)).await.expect("rows");
        let expected =
            [r#"{"key":0}"#, r#"{"key":1}"#, r#"{"field":{"own":"name"}}"#, r#"{"field":{"own":"contact"}}"#];
        assert_eq!(company.columns(), expected);
        let links = Query::new(From::Links(link("transfer")), Answer::Rows(Rows::first(1)));
        let links = ask(&case, &project, links).await.expect("rows");
        assert_eq!(links.columns()[..2], [r#"{"end_key":["backward",0]}"#, r#"{"end_key":["forward",0]}"#]);
        assert_eq!(links.rows(), ["A1|A3|1|0.1|2022-01-01T00:00:00Z"]);
    }
}

#[tokio::test]
async fn a_cell_that_does_not_fit_is_empty_and_counted() {
    let case = bank();
    let mut project = project();
    let person = project.object_types.get_mut(&object("person")).expect("a type");
    person
        .properties
        .iter_mut()
        .filter(|known| known.id == prop("city"))
        .for_each(|known| known.kind = model::Kind::Integer);
    let part = ask(&case, &Arc::new(project), Query::rows(&object("person"), 100)).await.expect("rows");
    assert_eq!(part.close.completeness.causes, [Cause::Unreadable { property: prop("city"), cells: 4 }]);
    assert_eq!(part.close.completeness.extent, Extent::Exact);
}
