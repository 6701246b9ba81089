//! The statements of a search: for a text by stages, and for a list of values.

use std::fmt::Write as _;

use super::*;

#[test]
fn hits_of_a_search() {
    let mut project = project();
    let mut text = String::new();
    for (title, expected) in [("{name}", true), ("{name} <{email}>", true), ("{city}", false), ("", false)] {
        let person = project.object_types.get_mut(&object("person")).expect("a type");
        person.title = title.to_owned();
        assert_eq!(ranks_titles(person), expected, "{title}");
    }
    for title in ["{name}", "{name} <{email}>"] {
        project.object_types.get_mut(&object("person")).expect("a type").title = title.to_owned();
        let query = Query { text: Some("b_".into()), ..objects("person", first(5)) };
        for (language, ability) in [("postgresql", POSTGRESQL), ("sqlite", SQLITE)] {
            for stage in [Stage::Titles, Stage::Others, Stage::All] {
                let ground = Ground { ability, most_rows: 10, facts: None, answered: &[] };
                let kind = project.object_types.get(&object("person")).expect("a type");
                let rendered = hits(&project, kind, &query, stage, ground, 5);
                writeln!(text, "# {stage:?} by {title}\n{language}: {}\n", written(rendered)).expect("a string");
            }
        }
    }
    snapshot("hits", &text);
}

#[test]
fn values_of_a_list() {
    let mut project = project();
    let person = project.object_types.get_mut(&object("person")).expect("a type");
    person.properties.iter_mut().filter(|known| known.id == prop("email")).for_each(|email| email.hidden = true);
    let account = project.object_types.get_mut(&object("account")).expect("a type");
    for property in account.properties.iter_mut().filter(|known| known.id != prop("owner")) {
        property.searchable = true;
    }
    let values = ["Ada", "007", "12.50", "2024-02-30", "2024-02-29", "true"].map(str::to_owned);
    let mut text = String::new();
    for kind in ["person", "account", "company", "note"] {
        for (language, ability) in
            [("postgresql", POSTGRESQL), ("sqlite", SQLITE), ("postgresql without icu", PLAIN_POSTGRESQL)]
        {
            let ground = Ground { ability, most_rows: 10, facts: None, answered: &[] };
            let kind = project.object_types.get(&object(kind)).expect("a type");
            let rendered = listed(&project, kind, &values, ground, 5).expect("a statement");
            let written = rendered.map_or_else(|| "not asked".to_owned(), |rendered| written(Ok(rendered)));
            writeln!(text, "# {} in {language}\n{written}\n", kind.id).expect("a string");
        }
    }
    snapshot("listed", &text);
}
