//! The sanctions list of OFAC: three files without names for their columns, and a null that is a text.

use std::path::Path;

use model::query::{Direction, Filter, Measure, Test};
use serde_json::json;

use super::Outcomes;
use super::asking::{Asking, Table, equals, greatest, groups, is, keys, objects, own, rows};
use super::files::{File, bring, equal_values, object_type};
use crate::world::ParseId as _;

const PARTIES: File = File {
    source: "sdn",
    path: "ofac-sdn/sdn.csv",
    columns: &[
        "ent_num",
        "sdn_name",
        "sdn_type",
        "program",
        "title",
        "call_sign",
        "vess_type",
        "tonnage",
        "grt",
        "vess_flag",
        "vess_owner",
        "remarks",
    ],
    texts: &[],
    rows: 9_044,
};
const ADDRESSES: File = File {
    source: "add",
    path: "ofac-sdn/add.csv",
    columns: &["ent_num", "add_num", "address", "city_state_zip", "country", "add_remarks"],
    texts: &[],
    // The file's own description counts its end-of-file byte as one more.
    rows: 13_625,
};
const ALIASES: File = File {
    source: "alt",
    path: "ofac-sdn/alt.csv",
    columns: &["ent_num", "alt_num", "alt_type", "alt_name", "alt_remarks"],
    texts: &[],
    rows: 12_409,
};

pub(super) async fn ask(asking: &mut Asking, folder: &Path) -> Outcomes {
    let parties = bring(asking, folder, &PARTIES).await;
    let addresses = bring(asking, folder, &ADDRESSES).await;
    let aliases = bring(asking, folder, &ALIASES).await;
    let changes = [
        object_type("party", "sdn", &["ent_num"], &parties),
        object_type("address", "add", &["add_num"], &addresses),
        object_type("alias", "alt", &["alt_num"], &aliases),
        equal_values("located_at", "party", "address", "ent_num"),
    ];
    asking.change(&json!(changes)).await;
    vec![
        ("O1", by_type(asking, Filter::default()).await.into()),
        ("O2", by_type(asking, is(own("remarks"), Test::Contains("Linked To: MAHAN AIR.".to_owned()))).await.into()),
        ("O3", most_shared_address(asking).await.into()),
        ("O4", most_aliases(asking).await.into()),
        ("O5", doubtful_ids(asking).await.into()),
        ("O6", flags(asking).await.into()),
    ]
}

async fn by_type(asking: &mut Asking, filter: Filter) -> Table {
    asking.ask(&groups(objects("party"), filter, &[own("sdn_type")], &[Measure::Count], 10)).await
}

async fn most_shared_address(asking: &mut Asking) -> Table {
    let street = is(own("address"), Test::Differs("-0- ".to_owned()));
    let by = ["address", "city_state_zip", "country"].map(own);
    let shared = groups(objects("address"), street, &by, &[Measure::Distinct(own("ent_num"))], 1);
    asking.ask(&greatest(0, shared)).await
}

/// First the number with the most aliases, then its name.
async fn most_aliases(asking: &mut Asking) -> Table {
    let most = groups(objects("alias"), Filter::default(), &[own("ent_num")], &[Measure::Count], 1);
    let most = asking.ask(&greatest(0, most)).await;
    let name = asking.ask(&rows(keys("party", &most[0][..1]), Filter::default(), &["sdn_name"], 2)).await;
    vec![vec![name[0][0].clone(), name[0][1].clone(), most[0][1].clone()]]
}

/// The numbers that come twice, with their names; then the addresses whose number is in no row of the other file.
async fn doubtful_ids(asking: &mut Asking) -> Table {
    let often = groups(objects("party"), Filter::default(), &[own("ent_num")], &[Measure::Count], 2);
    let often = asking.ask(&greatest(0, often)).await;
    let twice: Vec<String> = often.iter().filter(|row| row[1] != "1").map(|row| row[0].clone()).collect();
    let mut found = asking.ask(&rows(keys("party", &twice), Filter::default(), &["sdn_name"], 10)).await;
    found.iter_mut().for_each(|row| row.insert(0, "duplicate id".to_owned()));
    let link = "located_at".parse_id();
    let orphans = Filter::Linked { link, direction: Direction::Backward, present: false };
    for row in asking.ask(&rows(objects("address"), orphans, &["ent_num", "address"], 10)).await {
        found.push(vec!["orphan address".to_owned(), row[1].clone(), row[2].clone()]);
    }
    found.sort();
    found
}

async fn flags(asking: &mut Asking) -> Table {
    let vessels = equals(own("sdn_type"), "vessel");
    let flags = groups(objects("party"), vessels, &[own("vess_flag")], &[Measure::Count], 3);
    asking.ask(&greatest(0, flags)).await
}
