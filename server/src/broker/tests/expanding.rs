//! Expanding links: merged per pair, best neighbours first, within one source and between two.

use std::sync::Arc;

use model::completeness::{Cause, Extent};
use model::query::{Answer, Direction, Filter, From, Groups, Measure, Query, Rows, Test};
use wire::data::{Expand, ExpandOrder};

use super::bank::*;
use super::{both, read, rows};

const FORWARD: Direction = Direction::Forward;
const BACKWARD: Direction = Direction::Backward;

fn expand(id: &str, direction: Direction, keys: &[&[&str]]) -> Expand {
    let key = |key: &&[&str]| key.iter().map(|text| (*text).to_owned()).collect();
    Expand {
        project: project().id,
        link: link(id),
        direction,
        keys: keys.iter().map(key).collect(),
        order: ExpandOrder::Sum,
        limit: 25,
        only: Vec::new(),
    }
}

/// Merged links, objects, and how complete the links are.
async fn expanded(request: &Expand) -> (String, String, Vec<Cause>) {
    let mut told = Vec::new();
    for (case, project) in both().await {
        let pieces = case.broker.expand(project, request, case.targets()).expect("pieces");
        let (parts, end) = read(pieces).await;
        assert_eq!(end.fault, None);
        let keys = |row: &String| row.split('|').take(2).collect::<Vec<_>>().join("|");
        let objects: Vec<String> = parts[&1].rows().iter().map(keys).collect();
        told.push((parts[&0].rows().join(";"), objects.join(";"), parts[&0].close.completeness.causes.clone()));
    }
    assert_eq!(told.first(), told.last(), "both kinds of source say the same");
    told.remove(0)
}

#[tokio::test]
async fn links_between_two_objects_are_one_with_count_sum_and_period() {
    let (links, objects, causes) = expanded(&expand("transfer", FORWARD, &[&["A1"]])).await;
    let expected = "A1|GONE|1|1|2022-04-01T00:00:00Z|2022-04-01T00:00:00Z;\
        A1|A3|2|0.3|2022-01-01T00:00:00Z|2022-01-03T00:00:00Z;\
        A1|A4|1|0.05|2022-03-01T00:00:00Z|2022-03-01T00:00:00Z";
    assert_eq!(links, expected);
    assert_eq!(objects, "A3|2;A4|3");
    assert_eq!(causes, []);
}

#[tokio::test]
async fn the_limit_is_on_neighbours_and_all_their_links_come() {
    let request = Expand { limit: 1, ..expand("transfer", FORWARD, &[&["A1"], &["A2"]]) };
    let (links, objects, causes) = expanded(&request).await;
    let expected = "A1|A3|2|0.3|2022-01-01T00:00:00Z|2022-01-03T00:00:00Z;\
        A2|A3|1|5|2022-01-02T00:00:00Z|2022-01-02T00:00:00Z";
    assert_eq!((links.as_str(), objects.as_str()), (expected, "A3|2"));
    assert_eq!(causes, [Cause::RowLimit(1)]);
}

#[tokio::test]
async fn orders_directions_and_links_among_what_is_there() {
    let forward = || expand("transfer", FORWARD, &[&["A1"]]);
    let table = [
        (Expand { order: ExpandOrder::Count, ..forward() }, "A3 A4 GONE"),
        (Expand { order: ExpandOrder::Time, ..forward() }, "GONE A4 A3"),
        (Expand { order: ExpandOrder::Name, ..forward() }, "A3 A4 GONE"),
        (Expand { only: vec![vec!["A4".into()]], ..forward() }, "A4"),
    ];
    for (request, expected) in table {
        let (links, ..) = expanded(&request).await;
        let far: Vec<&str> = links.split(';').filter_map(|row| row.split('|').nth(1)).collect();
        assert_eq!(far.join(" "), expected, "{request:?}");
    }
    let (links, ..) = expanded(&expand("transfer", BACKWARD, &[&["A3"]])).await;
    let near: Vec<&str> = links.split(';').filter_map(|row| row.split('|').next()).collect();
    assert_eq!(near, ["A2", "A1"], "the arrow keeps its direction: from first, then to");
}

#[tokio::test]
async fn an_order_by_name_goes_by_what_objects_are_called() {
    let by_name = |request: Expand| Expand { order: ExpandOrder::Name, ..request };
    let table = [
        // Within one source: Ada, Bjørn, ÅSE; the best two of them.
        (by_name(expand("owns", BACKWARD, &[&["A1"], &["A3"], &["A4"]])), "1 3 2"),
        (Expand { limit: 2, ..by_name(expand("owns", BACKWARD, &[&["A1"], &["A3"], &["A4"]])) }, "1 3"),
        // Between sources: Ada Consult, Bø Holding, Strand AS.
        (by_name(expand("contact", FORWARD, &[&["1"], &["2"]])), "SE NO NO"),
        (by_name(expand("directs", FORWARD, &[&["1"]])), "SE NO"),
    ];
    for (case, project) in both().await {
        let mut titled = (*project).clone();
        titled.object_types.values_mut().for_each(|kind| kind.title = "{name}".to_owned());
        for (request, expected) in &table {
            let pieces = case.broker.expand(titled.clone().into(), request, case.targets()).expect("pieces");
            let (parts, _) = read(pieces).await;
            // The neighbours in the order of their links, each once.
            let far = |row: &String| {
                let cells: Vec<&str> = row.split('|').collect();
                let at = usize::from(request.link.as_str() != "owns");
                cells.get(at).map(|cell| (*cell).to_owned())
            };
            let mut found: Vec<String> = parts[&0].rows().iter().filter_map(far).collect();
            found.dedup_by(|one, other| request.link.as_str() == "owns" && one == other);
            assert_eq!(found.join(" "), *expected, "{request:?}");
        }
    }
}

#[tokio::test]
async fn links_between_sources_match_by_value_by_fold_and_through_a_table_there() {
    let table = [
        (expand("contact", FORWARD, &[&["1"], &["2"], &["3"]]), "2|NO|1|1;1|NO|2|1;1|SE|2|1"),
        (expand("contact", BACKWARD, &[&["NO", "1"], &["SE", "1"]]), "2|NO|1|1"),
        (expand("directs", FORWARD, &[&["1"]]), "1|NO|1|1|50;1|SE|1|1|12.5"),
        (expand("directs", FORWARD, &[&["3"]]), ""),
        (expand("directs", BACKWARD, &[&["NO", "1"]]), "1|NO|1|1|50;2|NO|1|1|50"),
        (expand("owns", FORWARD, &[&["1"]]), "1|A1|1;1|A2|1"),
    ];
    for (request, expected) in table {
        let (links, _, causes) = expanded(&Expand { order: ExpandOrder::Name, ..request.clone() }).await;
        assert_eq!(links, expected, "{request:?}");
        assert_eq!(causes, []);
    }
}

#[tokio::test]
async fn neighbours_can_be_asked_like_any_objects_also_in_another_source() {
    for (case, project) in both().await {
        let neighbours = |id: &str, direction, key: &[&str]| {
            let keys = vec![key.iter().map(|text| (*text).to_owned()).collect()];
            Query::new(From::Neighbours { link: link(id), direction, keys }, Answer::Rows(Rows::first(10)))
        };
        let table = [
            (neighbours("transfer", FORWARD, &["A1"]), 2),
            (neighbours("owns", FORWARD, &["1"]), 2),
            (neighbours("contact", FORWARD, &["1"]), 2),
            (neighbours("directs", FORWARD, &["1"]), 2),
            (neighbours("directs", BACKWARD, &["NO", "1"]), 2),
            (neighbours("directs", BACKWARD, &["XX", "9"]), 0),
        ];
        for (query, expected) in table {
            assert_eq!(rows(&case, &project, query.clone()).await.len(), expected, "{query:?}");
        }
    }
}

#[tokio::test]
async fn a_filter_about_linked_objects_is_asked_of_their_source() {
    for (case, project) in both().await {
        let linked = |id: &str, direction, present| Filter::Linked { link: link(id), direction, present };
        let not = |filter| Filter::Not(Box::new(filter));
        let country = |country: &str| is(through("contact", FORWARD, "country"), Test::Equals(country.into()));
        let share = |share: &str| is(of_link("directs", FORWARD, "share"), Test::AtMost(share.into()));
        let table = [
            ("person", linked("contact", FORWARD, true), "1;2"),
            ("person", linked("contact", FORWARD, false), "3;4;5;6"),
            ("person", country("SE"), "1"),
            ("person", not(country("SE")), "2;3;4;5;6"),
            ("person", is(through("contact", FORWARD, "name"), Test::Contains("strand".into())), "2"),
            ("person", linked("directs", FORWARD, true), "1;2"),
            ("person", linked("directs", FORWARD, false), "3;4;5;6"),
            ("person", share("20"), "1"),
            ("person", is(through("directs", FORWARD, "name"), Test::StartsWith("bo ".into())), "1"),
            ("person", Filter::All(vec![share("50"), not(country("NO"))]), ""),
            ("person", Filter::Any(vec![country("SE"), is(own("id"), Test::Equals("6".into()))]), "1;6"),
            ("company", is(through("contact", BACKWARD, "city"), Test::Equals("Bergen".into())), "NO"),
            ("company", is(through("directs", BACKWARD, "city"), Test::Equals("Oslo".into())), "NO;SE"),
        ];
        for (kind, filter, expected) in table {
            let answer = Answer::Rows(Rows { fields: vec![own("name")], ..Rows::first(9) });
            let query = Query { filter: filter.clone(), ..Query::new(From::Objects(object(kind)), answer) };
            let found = rows(&case, &project, query).await;
            let keys: Vec<&str> = found.iter().filter_map(|row| row.split('|').next()).collect();
            assert_eq!(keys.join(";"), expected, "{filter:?}");
            let query = Query { filter, ..Query::count(&object(kind)) };
            assert_eq!(rows(&case, &project, query).await, [keys.len().to_string()]);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_asked_of_another_source_is_refused_with_what_to_do() {
    for (case, project) in both().await {
        let unknown = is(through("contact", FORWARD, "ghost"), Test::Empty);
        let misfit = is(of_link("directs", FORWARD, "share"), Test::Equals("many".into()));
        let by = vec![through("contact", FORWARD, "country")];
        let groups = Answer::Groups(Groups { by, measures: vec![Measure::Count], sort: Vec::new(), limit: 9 });
        let table = [
            (Query { filter: unknown, ..Query::count(&object("person")) }, "There is no company property"),
            (Query { filter: misfit, ..Query::count(&object("person")) }, "not of kind decimal"),
            (Query::new(From::Objects(object("person")), groups), "leads into another source"),
        ];
        for (query, expected) in table {
            let fault = super::ask(&case, &project, query).await.expect_err("refused");
            assert!(fault.sentence.contains(expected) && !fault.remedy.is_empty(), "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_filter_that_matches_too_much_elsewhere_is_cut_and_says_so_or_is_refused() {
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001) INSERT INTO";
    let left = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, city TEXT, born DATE, email TEXT);
        INSERT INTO people (id, name) VALUES (1, 'x1'), (2, 'nobody');";
    let right = format!(
        "CREATE TABLE companies (country TEXT, number TEXT, name TEXT, contact TEXT);
        {many} companies SELECT 'NO', i, NULL, 'x' || i FROM n;"
    );
    let case = super::files(&[("bank", left), ("register", &right)]);
    let project = Arc::new(project());
    let linked = |present| Filter::Linked { link: link("contact"), direction: FORWARD, present };
    let count = |filter| Query { filter, ..Query::count(&object("person")) };
    let part = super::ask(&case, &project, count(linked(true))).await.expect("an answer");
    assert_eq!(part.close.completeness.causes[..1], [Cause::KeyLimit { link: link("contact"), limit: 10_000 }]);
    for filter in [linked(false), Filter::Not(Box::new(linked(true)))] {
        let fault = super::ask(&case, &project, count(filter)).await.expect_err("refused");
        assert!(fault.sentence.contains("more than 10000 values"), "{fault:?}");
    }
}

#[tokio::test]
async fn a_link_that_matches_everything_is_cut_and_says_so() {
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) INSERT INTO";
    let left = format!("CREATE TABLE people (id INTEGER, name TEXT); {many} people SELECT i, 'x' FROM n;");
    let right = format!(
        "CREATE TABLE companies (country TEXT, number TEXT, contact TEXT); {many} companies SELECT 'NO', i, 'X' FROM n;"
    );
    let case = super::files(&[("bank", &left), ("register", &right)]);
    let mut project = project();
    for kind in project.object_types.values_mut() {
        kind.properties.retain(|known| ["id", "name", "country", "number", "contact"].contains(&known.id.as_str()));
    }
    project
        .object_types
        .get_mut(&object("company"))
        .expect("a type")
        .properties
        .retain(|known| known.id != prop("name"));
    let request = Expand { limit: 10, ..expand("contact", FORWARD, &[&["1"]]) };
    let (parts, end) = read(case.broker.expand(Arc::new(project), &request, case.targets()).expect("pieces")).await;
    assert_eq!((end.fault, parts[&0].rows().len(), parts[&1].rows().len()), (None, 10, 10));
    assert_eq!(parts[&0].close.completeness.extent, Extent::Capped);
}

#[tokio::test]
async fn amounts_in_several_currencies_are_not_summed_and_the_answer_says_so() {
    for (case, project) in both().await {
        let project = Arc::new(in_currencies((*project).clone()));
        let request = expand("transfer", FORWARD, &[&["A1"]]);
        let (parts, _) = read(case.broker.expand(project.clone(), &request, case.targets()).expect("pieces")).await;
        let sums: Vec<String> =
            parts[&0].rows().iter().map(|row| row.split('|').skip(1).take(3).collect::<Vec<_>>().join("|")).collect();
        assert_eq!(sums, ["GONE|1|1", "A4|1|0.05", "A3|2|-"]);
        assert_eq!(parts[&0].close.completeness.causes, [Cause::SeveralUnits(prop("currency"))]);
        assert_eq!(parts[&0].close.completeness.extent, Extent::Exact);
        let sum = vec![Measure::Count, Measure::Sum(own("amount")), Measure::Average(own("amount"))];
        let groups = |by| Answer::Groups(Groups { by, measures: sum.clone(), sort: Vec::new(), limit: 10 });
        let all = rows(&case, &project, Query::new(From::Links(link("transfer")), groups(Vec::new()))).await;
        assert_eq!(all, ["7|-|-"]);
        let each =
            rows(&case, &project, Query::new(From::Links(link("transfer")), groups(vec![own("currency")]))).await;
        let each: Vec<&str> = each.iter().filter_map(|row| row.rsplit_once('|')).map(|(start, _)| start).collect();
        assert_eq!(each, ["EUR|1|0.2", "NOK|6|15.85"]);
    }
}
