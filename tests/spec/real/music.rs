//! Chinook in a PostgreSQL: saved as a source, read, and asked with the model that the product itself suggests.

use std::path::Path;

use model::catalogue::Catalogue;
use model::query::{Direction, Field, Filter, From, Measure, Test};
use serde_json::{Value, json};

use super::asking::{Asking, PROJECT, Table, greatest, groups, is, keys, neighbours, objects, own, rows};
use super::{Outcome, Outcomes};
use crate::postgres::Postgres;
use crate::world::ParseId as _;

pub(super) async fn ask(asking: &mut Asking, folder: &Path) -> Outcomes {
    let postgres = Postgres::shared();
    postgres.run_script(&folder.join("chinook-postgres/Chinook_PostgreSql.sql"));
    let catalogue = save(asking, postgres.port).await;
    accept_suggestion(asking).await;
    vec![
        ("C1", best_customer(asking).await.into()),
        ("C2", hierarchy(asking).await.into()),
        ("C3", never_sold(asking).await.into()),
        ("C4", best_artist(asking).await),
        ("C5", best_representative(asking).await.into()),
        ("C6", keys_of_the_schema(&catalogue).into()),
    ]
}

/// Tests and saves the source, and reads what it contains.
async fn save(asking: &mut Asking, port: u16) -> Catalogue {
    let settings = json!({
        "host": "127.0.0.1",
        "port": port.to_string(),
        "database": "chinook",
        "user": "postgres",
        "tls": "off",
    });
    let source = json!({ "id": "chinook", "name": "Chinook", "kind": "postgresql", "settings": settings });
    let report = asking.call("test_source", &json!({ "project": PROJECT, "source": source })).await;
    assert_eq!(report["ok"], true, "{report}");
    let base = asking.browser.revision(PROJECT).await;
    let save = json!({ "project": PROJECT, "base": base, "source": source, "typed_name": "Chinook" });
    asking.call("save_source", &save).await;
    let read = asking.call("read_catalogue", &json!({ "project": PROJECT, "source": "chinook" })).await;
    serde_json::from_value(read).expect("a catalogue")
}

async fn accept_suggestion(asking: &mut Asking) {
    let suggestion = asking.call("suggest_model", &json!({ "project": PROJECT, "source": "chinook" })).await;
    assert_eq!(suggestion["left_out"], json!([]), "every table has a key");
    asking.change(&suggestion["changes"]).await;
    let project = asking.call("read_project", &json!({ "project": PROJECT })).await;
    assert_eq!(project["findings"], json!([]));
    let types = |name: &str| ids(&project["project"][name]);
    let links = types("link_types");
    for link in ["invoice_line", "playlist_track", "employee_reports_to"] {
        assert!(links.iter().any(|id| id == link), "{link} is a suggested link: {links:?}");
    }
}

fn ids(types: &Value) -> Vec<String> {
    types.as_object().into_iter().flat_map(|types| types.keys().cloned()).collect()
}

/// First the number of the customer with the greatest total, then name and country.
async fn best_customer(asking: &mut Asking) -> Table {
    let measures = [Measure::Count, Measure::Sum(own("total"))];
    let best = groups(objects("invoice"), Filter::default(), &[own("customer_id")], &measures, 1);
    let best = asking.ask(&greatest(1, best)).await;
    let fields = ["first_name", "last_name", "country"];
    let who = asking.ask(&rows(keys("customer", &best[0][..1]), Filter::default(), &fields, 2)).await;
    let [id, first, last, country] = &who[0][..] else { panic!("{who:?}") };
    vec![vec![id.clone(), format!("{first} {last}"), country.clone(), best[0][1].clone(), best[0][2].clone()]]
}

/// The one who reports to nobody, then level by level those who report to somebody of the level before.
async fn hierarchy(asking: &mut Asking) -> Table {
    let top = rows(objects("employee"), is(own("reports_to"), Test::Empty), &["first_name", "last_name"], 2);
    let top = asking.ask(&top).await;
    let mut level = vec![top[0][0].clone()];
    let mut sizes = Vec::new();
    while !level.is_empty() {
        let below = neighbours("employee_reports_to", Direction::Backward, &level);
        level = asking.ask(&rows(below, Filter::default(), &["employee_id"], 100)).await.concat();
        sizes.push(level.len());
    }
    let all: usize = sizes.iter().sum();
    vec![vec![format!("{} {}", top[0][1], top[0][2]), sizes[0].to_string(), all.to_string()]]
}

async fn never_sold(asking: &mut Asking) -> Table {
    let link = "invoice_line".parse_id();
    let unsold = Filter::Linked { link, direction: Direction::Backward, present: false };
    vec![vec![asking.count(objects("track"), unsold).await]]
}

/// Earnings by artist lie two links behind the lines of the invoices.
async fn best_artist(asking: &mut Asking) -> Outcome {
    let name = |link: &str| Field::Through {
        link: link.parse_id(),
        direction: Direction::Forward,
        property: "name".parse_id(),
    };
    let sold = Measure::Sum(Field::OfLink {
        link: "invoice_line".parse_id(),
        direction: Direction::Backward,
        property: "quantity".parse_id(),
    });
    let by_artist = groups(From::Objects("track".parse_id()), Filter::default(), &[name("album_artist")], &[sold], 1);
    let refused = asking.refusal(&by_artist).await;
    let sentence = refused.expect("groups over three links are answered now: write it");
    Outcome::Inexpressible(format!("the sum of a product of two fields, by an object three links away: {sentence}"))
}

/// Invoices by a field of their customers, then the name of whom it names.
async fn best_representative(asking: &mut Asking) -> Table {
    let through = |property: &str| Field::Through {
        link: "invoice_customer".parse_id(),
        direction: Direction::Forward,
        property: property.parse_id(),
    };
    let measures = [Measure::Distinct(through("customer_id")), Measure::Sum(own("total"))];
    let best = groups(objects("invoice"), Filter::default(), &[through("support_rep_id")], &measures, 1);
    let best = asking.ask(&greatest(1, best)).await;
    let fields = ["first_name", "last_name"];
    let who = asking.ask(&rows(keys("employee", &best[0][..1]), Filter::default(), &fields, 2)).await;
    vec![vec![format!("{} {}", who[0][1], who[0][2]), best[0][1].clone(), best[0][2].clone()]]
}

fn keys_of_the_schema(catalogue: &Catalogue) -> Table {
    let foreign: usize = catalogue.tables.iter().map(|table| table.foreign_keys.len()).sum();
    let two = catalogue.tables.iter().filter(|table| table.primary_key.len() == 2);
    let two: Vec<&str> = two.map(|table| table.table.name.as_str()).collect();
    vec![vec![foreign.to_string(), two.join(",")]]
}
