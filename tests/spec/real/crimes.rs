//! Crimes, places and people of Manchester: one file per kind of thing and of link.

use std::collections::BTreeSet;
use std::path::Path;

use model::query::{Direction, Filter, Measure};
use serde_json::json;

use super::asking::{
    Asking, Table, end, equals, greatest, groups, keys, links, links_of, neighbours, objects, own, rows, start,
};
use super::files::{File, bring, link_type, object_type};
use super::{Outcome, Outcomes};

const fn nodes(source: &'static str, path: &'static str, rows: u64) -> File {
    File { source, path, columns: &[], texts: &["date"], rows }
}

const THINGS: [File; 4] = [
    nodes("crime", "pole-manchester/crime-investigation.nodes.Crime.csv", 28_762),
    nodes("location", "pole-manchester/crime-investigation.nodes.Location.csv", 14_904),
    nodes("person", "pole-manchester/crime-investigation.nodes.Person.csv", 369),
    nodes("object", "pole-manchester/crime-investigation.nodes.Object.csv", 7),
];

/// Each with the things at its ends.
const RELATIONS: [(File, &str, &str); 4] = [
    (
        nodes("occurred_at", "pole-manchester/crime-investigation.relationships.OCCURRED_AT.csv", 28_762),
        "crime",
        "location",
    ),
    (nodes("party_to", "pole-manchester/crime-investigation.relationships.PARTY_TO.csv", 55), "person", "crime"),
    (nodes("involved_in", "pole-manchester/crime-investigation.relationships.INVOLVED_IN.csv", 985), "object", "crime"),
    (nodes("knows", "pole-manchester/crime-investigation.relationships.KNOWS.csv", 586), "person", "person"),
];

pub(super) async fn ask(asking: &mut Asking, folder: &Path) -> Outcomes {
    let mut changes = Vec::new();
    for file in &THINGS {
        let properties = bring(asking, folder, file).await;
        changes.push(object_type(file.source, file.source, &[":ID"], &properties));
    }
    for (file, from, to) in &RELATIONS {
        bring(asking, folder, file).await;
        changes.push(link_type(file.source, file.source, (from, ":ID", ":START_ID"), (to, ":ID", ":END_ID"), &[]));
    }
    asking.change(&json!(changes)).await;
    let over_both = "groups over two links at once, of a caller and of one who is called, in three files";
    vec![
        ("P1", busiest_address(asking).await.into()),
        ("P2", party_to_four(asking).await.into()),
        ("P3", Outcome::Inexpressible(over_both.to_owned())),
        ("P4", seized_from(asking).await.into()),
        ("P5", acquaintances(asking).await.into()),
        ("P6", busiest_day(asking).await.into()),
    ]
}

async fn busiest_address(asking: &mut Asking) -> Table {
    let busiest = groups(links("occurred_at"), Filter::default(), &[end("node_id")], &[Measure::Count], 1);
    let busiest = asking.ask(&greatest(0, busiest)).await;
    let fields = ["address", "postcode"];
    let place = asking.ask(&rows(keys("location", &busiest[0][..1]), Filter::default(), &fields, 2)).await;
    vec![vec![place[0][1].clone(), place[0][2].clone(), busiest[0][1].clone()]]
}

/// Persons by the number of their crimes, as far as it is four; then their names.
async fn party_to_four(asking: &mut Asking) -> Table {
    let most = groups(links("party_to"), Filter::default(), &[start("node_id")], &[Measure::Count], 10);
    let mut most = asking.ask(&greatest(0, most)).await;
    most.retain(|row| row[1].parse::<u64>().is_ok_and(|crimes| crimes >= 4));
    named(asking, most, &["name", "surname", "nhs_no"]).await
}

/// Puts names in the place of persons' keys: greatest number first, then by surname.
async fn named(asking: &mut Asking, figures: Table, fields: &[&str]) -> Table {
    let mut named = Table::new();
    for figure in figures {
        let who = asking.ask(&rows(keys("person", &figure[..1]), Filter::default(), fields, 2)).await;
        named.push([&who[0][1..], &figure[1..]].concat());
    }
    named.sort_by(|a, b| b.last().cmp(&a.last()).then_with(|| a[1].cmp(&b[1])));
    named
}

/// From the seized objects to their crimes, and from those to the persons who are party to them.
async fn seized_from(asking: &mut Asking) -> Table {
    let objects = asking.ask(&rows(objects("object"), Filter::default(), &["node_id"], 100)).await.concat();
    let involved = links_of("involved_in", Direction::Forward, &objects);
    let crimes = asking.ask(&groups(involved, Filter::default(), &[end("node_id")], &[], 100)).await.concat();
    let parties = links_of("party_to", Direction::Backward, &crimes);
    let distinct = [Measure::Distinct(end("node_id"))];
    let persons = asking.ask(&groups(parties, Filter::default(), &[start("node_id")], &distinct, 100)).await;
    named(asking, persons, &["name", "surname"]).await
}

async fn acquaintances(asking: &mut Asking) -> Table {
    let who = rows(objects("person"), equals(own("nhs_no"), "337-28-4424"), &["node_id"], 2);
    let own = asking.ask(&who).await.concat();
    let near = known(asking, &own).await;
    let mut all: BTreeSet<String> = near.iter().cloned().collect();
    all.extend(known(asking, &near).await);
    all.remove(&own[0]);
    vec![vec![near.len().to_string(), all.len().to_string()]]
}

/// Everybody one step along `knows`, in either direction, but those that it starts from.
async fn known(asking: &mut Asking, persons: &[String]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for direction in [Direction::Forward, Direction::Backward] {
        let there = neighbours("knows", direction, persons);
        found.extend(asking.ask(&rows(there, Filter::default(), &["node_id"], 1_000)).await.concat());
    }
    found.retain(|person| !persons.contains(person));
    found.into_iter().collect()
}

async fn busiest_day(asking: &mut Asking) -> Table {
    let days = groups(objects("crime"), Filter::default(), &[own("date")], &[Measure::Count], 1);
    let day = asking.ask(&greatest(0, days)).await;
    let without_type = asking.count(objects("crime"), equals(own("type"), "")).await;
    vec![[day[0].clone(), vec![without_type]].concat()]
}
