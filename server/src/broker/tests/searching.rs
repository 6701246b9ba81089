//! Search and counts: one part each, failures that stay in their part.

use std::sync::Arc;

use access::ProjectId;
use model::completeness::{Cause, Extent};
use model::query::Direction;
use wire::data::{CountLinks, Search};
use wire::frame::{Counted, PartRows};
use wire::source::SampleTable;

use super::bank::*;
use super::{NONE, bank, both, read};

fn search(text: &str) -> Search {
    Search {
        project: ProjectId::new("case").expect("a slug"),
        text: text.to_owned(),
        texts: Vec::new(),
        object_types: Vec::new(),
        limit: 10,
    }
}

#[tokio::test]
async fn search_answers_per_type_with_exact_keys_first() {
    for (case, project) in both().await {
        let request = search(" a1 ");
        let found = case.broker.search(project.clone(), &request, &NONE, case.targets()).expect("pieces");
        let (parts, end) = read(found).await;
        assert!(end.fault.is_none());
        let titles: Vec<_> = parts.values().map(|part| part.open.clone().expect("an opening").rows).collect();
        assert_eq!(titles, ["account", "company", "person"].map(|id| PartRows::Objects(object(id))));
        assert_eq!(parts[&0].rows()[0].split('|').next(), Some("A1"));
        let (parts, _) = read(case.broker.search(project, &search("A1"), &NONE, case.targets()).expect("pieces")).await;
        assert_eq!(parts[&0].rows().len(), 1, "the exact match is not repeated");
    }
}

#[tokio::test]
async fn titles_that_are_the_text_come_first_then_those_that_begin_with_it() {
    let script = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, city TEXT, born DATE, email TEXT);
        INSERT INTO people (id, name, email) VALUES (1, 'Bob Bo', NULL), (2, 'Bolt', NULL), (3, 'bo', NULL), (4, 'Abo', NULL),
          (5, 'Bo', NULL), (6, 'Xi', 'x@bo.no'), (7, NULL, 'bo@x.no'), (8, 'Xu', NULL);";
    let case = super::files(&[("bank", script)]);
    let mut project = project();
    project.object_types.retain(|id, _| *id == object("person"));
    project.object_types.get_mut(&object("person")).expect("a type").title = "{name}".to_owned();
    let project = Arc::new(project);
    for (limit, expected) in [(10, "3 5 1 2 4 6 7"), (3, "3 5 1"), (1, "3")] {
        let request = Search { limit, ..search("BO") };
        let found = case.broker.search(project.clone(), &request, &NONE, case.targets()).expect("pieces");
        let (parts, _) = read(found).await;
        let keys: Vec<String> =
            parts[&0].rows().iter().filter_map(|row| row.split('|').next().map(str::to_owned)).collect();
        assert_eq!(keys.join(" "), expected);
        assert_eq!(parts[&0].close.found, Some(Counted { number: 7, more: false }), "all are counted");
        let causes = &parts[&0].close.completeness.causes;
        assert_eq!(causes.contains(&Cause::RowLimit(limit)), limit < 7, "{causes:?}");
    }
}

#[tokio::test]
async fn a_title_of_several_fields_is_found_as_it_is_read() {
    for (case, project) in both().await {
        let mut project = (*project).clone();
        project.object_types.retain(|id, _| *id == object("person"));
        let person = project.object_types.get_mut(&object("person")).expect("a type");
        person.title = "{name} ({email})".to_owned();
        let request = search("ada bø (ada@");
        let (parts, _) =
            read(case.broker.search(Arc::new(project), &request, &NONE, case.targets()).expect("pieces")).await;
        assert_eq!(parts[&0].rows().len(), 1);
        assert_eq!(parts[&0].close.found, Some(Counted { number: 1, more: false }));
    }
}

#[tokio::test]
async fn many_hits_are_counted_to_a_thousand_and_more() {
    let script = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, city TEXT, born DATE, email TEXT);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
        INSERT INTO people SELECT i, 'Bo ' || i, NULL, NULL, NULL FROM n;";
    let case = super::files(&[("bank", script)]);
    let mut project = project();
    project.object_types.retain(|id, _| *id == object("person"));
    for title in ["", "{name}"] {
        project.object_types.get_mut(&object("person")).expect("a type").title = title.to_owned();
        let found =
            case.broker.search(Arc::new(project.clone()), &search("bo"), &NONE, case.targets()).expect("pieces");
        let (parts, _) = read(found).await;
        assert_eq!(parts[&0].close.rows, 10);
        assert_eq!(parts[&0].close.found, Some(Counted { number: 1_000, more: true }), "{title}");
        assert!(parts[&0].close.completeness.causes.contains(&Cause::CountLimit(1_000)));
    }
}

#[tokio::test]
async fn a_failing_source_closes_its_part_and_leaves_the_others_alone() {
    let case = bank();
    let mut project = project();
    project.object_types.get_mut(&object("company")).expect("a type").origin = model::Origin::Table(table("gone"));
    let (parts, end) =
        read(case.broker.search(Arc::new(project), &search("strand"), &NONE, case.targets()).expect("pieces")).await;
    assert!(end.fault.is_none());
    assert_eq!(parts[&2].rows().len(), 1);
    let failed = &parts[&1].close;
    assert!(failed.fault.is_some());
    assert_eq!(failed.completeness.extent, Extent::Partial);
    assert!(matches!(&failed.completeness.causes[..], [Cause::SourceFailed { .. }]));
}

#[test]
fn a_text_that_is_too_short_or_too_long_is_refused() {
    let case = bank();
    for text in ["", " a ", &"x".repeat(201)] {
        let fault =
            case.broker.search(Arc::new(project()), &search(text), &NONE, case.targets()).err().expect("refused");
        assert_eq!(fault.code, wire::Code::Invalid, "{text}");
    }
}

#[tokio::test]
async fn links_are_counted_per_type_and_direction_within_and_between_sources() {
    for (case, project) in both().await {
        let count = |kind: &str, keys: &[&str]| CountLinks {
            project: project.id.clone(),
            object_type: object(kind),
            keys: keys.iter().map(|key| vec![(*key).to_owned()]).collect(),
        };
        let tell = |parts: std::collections::BTreeMap<u16, super::Read>| {
            let counts = parts.into_values().flat_map(|part| part.close.counts);
            let arrow = |direction| if direction == Direction::Forward { ">" } else { "<" };
            let mut told: Vec<String> = counts
                .map(|it| format!("{}{} {}/{}", it.link, arrow(it.direction), it.links.number, it.neighbours.number))
                .collect();
            told.sort();
            told.join(", ")
        };
        let table = [
            ("account", vec!["A1"], "owns< 1/1, transfer< 1/1, transfer> 4/3"),
            ("account", vec!["A1", "A2"], "owns< 2/1, transfer< 1/1, transfer> 5/3"),
            ("person", vec!["1"], "contact> 2/2, directs> 2/2, owns> 2/2"),
            ("person", vec!["2", "3"], "contact> 1/1, directs> 1/1, owns> 2/2"),
        ];
        for (kind, keys, expected) in table {
            let pieces =
                case.broker.count_links(project.clone(), &count(kind, &keys), &NONE, case.targets()).expect("pieces");
            assert_eq!(tell(read(pieces).await.0), expected, "{kind} {keys:?}");
        }
    }
}

#[tokio::test]
async fn a_supernode_is_counted_to_a_thousand_and_more() {
    let script = "CREATE TABLE accounts (number TEXT); INSERT INTO accounts VALUES ('A1');
        CREATE TABLE transfers (id INTEGER, sender TEXT, receiver TEXT, amount TEXT, booked TEXT);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
        INSERT INTO transfers SELECT i, 'A1', 'B' || (i % 3), '1', NULL FROM n;";
    let case = super::files(&[("bank", script)]);
    let mut project = project();
    project.link_types.retain(|id, _| *id == link("transfer"));
    let request =
        CountLinks { project: project.id.clone(), object_type: object("account"), keys: vec![vec!["A1".into()]] };
    let (parts, _) =
        read(case.broker.count_links(Arc::new(project), &request, &NONE, case.targets()).expect("pieces")).await;
    let close = &parts[&0].close;
    assert_eq!(close.counts[0].links, Counted { number: 1_000, more: true });
    assert_eq!(close.counts[0].neighbours, Counted { number: 3, more: false });
    assert_eq!(close.completeness.extent, Extent::AtLeast);
}

#[tokio::test]
async fn a_sample_shows_a_table_as_it_is() {
    for (case, project) in both().await {
        let people = if project.sources.values().any(|it| it.kind == "sqlite") { "people" } else { "public.people" };
        let mut request =
            SampleTable { project: project.id.clone(), source: source("bank"), table: table(people), limit: 2 };
        let (parts, _) =
            read(case.broker.sample_table(project.clone(), &request, case.targets()).expect("pieces")).await;
        assert_eq!(parts[&0].rows(), ["1|Ada Bø|Oslo|1980-01-02|ada@x.no", "2|ÅSE Strand|Bergen|1975-05-05|ase@x.no"]);
        request.table = table("ghosts");
        let (_, end) = read(case.broker.sample_table(project, &request, case.targets()).expect("pieces")).await;
        assert_eq!(end.fault.expect("a fault").code, wire::Code::NotFound);
    }
}
