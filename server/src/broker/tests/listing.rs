//! Search for whole values: which rows of which type answer them, how they are compared, and their limits.

use std::sync::Arc;

use access::ProjectId;
use model::completeness::{Cause, Extent};
use wire::data::Search;
use wire::frame::{Counted, PartRows};

use super::bank::*;
use super::{Case, NONE, Read, bank, both, read};

fn list(texts: &[&str]) -> Search {
    Search {
        project: ProjectId::new("case").expect("a slug"),
        text: String::new(),
        texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        object_types: Vec::new(),
        limit: 1_000,
    }
}

async fn asked(case: &Case, project: &Arc<model::Project>, request: &Search) -> Vec<(String, Read)> {
    let pieces = case.broker.search(project.clone(), request, &NONE, case.targets()).expect("pieces");
    let (parts, end) = read(pieces).await;
    assert!(end.fault.is_none());
    let named = |part: Read| match part.open.clone().expect("an opening").rows {
        PartRows::Objects(id) => (id.to_string(), part),
        other => panic!("{other:?}"),
    };
    parts.into_values().map(named).collect()
}

/// Each type with the keys of its rows.
fn keys(parts: &[(String, Read)]) -> String {
    let keys = |part: &Read| {
        let first = |row: String| row.split('|').next().unwrap_or_default().to_owned();
        part.rows().into_iter().map(first).collect::<Vec<_>>().join(" ")
    };
    parts.iter().map(|(id, part)| format!("{id}: {}", keys(part))).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn each_type_gives_the_objects_whose_key_or_searchable_property_is_one_of_the_values() {
    for (case, project) in both().await {
        // A part of a name is no whole value; a city is not searchable; a number is a key of people alone.
        let request = list(&[" a1 ", "ada bø", "åse strand", "ASE@X.NO", "03", "strand as", "Strand", "Oslo", "A9"]);
        let parts = asked(&case, &project, &request).await;
        assert_eq!(keys(&parts), "account: A1, company: NO, double: 3, person: 1 2 3, triple: 3");
        let (_, people) = &parts[3];
        assert_eq!(people.close.found, Some(Counted { number: 3, more: false }));
        assert_eq!(people.close.completeness.extent, Extent::Exact);
    }
}

#[tokio::test]
async fn accents_count_and_case_does_not() {
    for (case, project) in both().await {
        let parts = asked(&case, &project, &list(&["ase strand", "JOSÉ", "ada bo"])).await;
        assert_eq!(keys(&parts), "account: , company: , person: 6");
    }
}

#[tokio::test]
async fn a_type_whose_properties_can_have_none_of_the_values_is_not_asked() {
    for (case, project) in both().await {
        let mut project = (*project).clone();
        project.object_types.retain(|id, _| [object("double"), object("person")].contains(id));
        let project = Arc::new(project);
        assert_eq!(keys(&asked(&case, &project, &list(&["nobody", "Ada Bø"])).await), "person: 1");
        // A key that is not unique names two rows.
        assert_eq!(keys(&asked(&case, &project, &list(&["1", "Ada Bø"])).await), "double: 1 1, person: 1");
    }
}

#[tokio::test]
async fn a_hidden_property_that_is_compared_comes_along_so_that_the_row_tells_what_it_answers() {
    for (case, project) in both().await {
        let mut project = (*project).clone();
        project.object_types.retain(|id, _| *id == object("person"));
        let person = project.object_types.get_mut(&object("person")).expect("a type");
        for property in &mut person.properties {
            property.hidden = ["email", "born"].contains(&property.id.as_str());
        }
        let parts = asked(&case, &Arc::new(project), &list(&["ada@x.no"])).await;
        assert_eq!(parts[0].1.rows(), ["1|Ada Bø|Oslo|ada@x.no"]);
    }
}

#[tokio::test]
async fn more_rows_than_are_sent_are_counted_and_a_failing_source_leaves_the_others_alone() {
    let script = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, city TEXT, born DATE, email TEXT);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
        INSERT INTO people SELECT i, 'Bo', NULL, NULL, NULL FROM n;";
    let case = super::files(&[("bank", script)]);
    let parts = asked(&case, &Arc::new(project()), &list(&["bo", "nobody"])).await;
    let (id, people) = parts.last().expect("a part");
    assert_eq!((id.as_str(), people.close.rows), ("person", 1_000));
    assert_eq!(people.close.found, Some(Counted { number: 1_000, more: true }));
    assert!(people.close.completeness.causes.contains(&Cause::RowLimit(1_000)));
    assert!(parts[0].1.close.fault.is_some(), "there is no table of accounts");
}

#[tokio::test]
async fn a_thousand_values_are_looked_for_and_one_more_is_refused() {
    let case = bank();
    let texts: Vec<String> = (0..1_001).map(|n| format!("A{n}")).collect();
    let request = |texts: &[String]| Search { texts: texts.to_vec(), ..list(&[]) };
    let parts = asked(&case, &Arc::new(project()), &request(&texts[..1_000])).await;
    assert!(keys(&parts).starts_with("account: A1 A2 A3 A4 A5"));
    let refused = [
        request(&texts),
        list(&["ada", " "]),
        list(&["x".repeat(201).as_str()]),
        Search { text: "ada".to_owned(), ..list(&["ada"]) },
    ];
    for request in refused {
        let fault = case.broker.search(Arc::new(project()), &request, &NONE, case.targets()).err().expect("refused");
        assert_eq!(fault.code, wire::Code::Invalid, "{}", fault.sentence);
    }
}
