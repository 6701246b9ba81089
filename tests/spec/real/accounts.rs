//! Accounts and transfers of AMLSim: two files, so every question over both takes two steps.

use std::path::Path;

use model::query::{Filter, Measure, Test};
use serde_json::json;

use super::asking::{Asking, Table, end, equals, greatest, groups, is, links, objects, own, rows, start};
use super::files::{File, bring, link_type, object_type};
use super::{Outcome, Outcomes};

const NODES: File = File { source: "nodes", path: "amlsim-20k/nodes.csv", columns: &[], texts: &[], rows: 20_000 };
const TRANSACTIONS: File =
    File { source: "transactions", path: "amlsim-20k/transactions.csv", columns: &[], texts: &[], rows: 120_558 };

pub(super) async fn ask(asking: &mut Asking, folder: &Path) -> Outcomes {
    let nodes = bring(asking, folder, &NODES).await;
    let transactions = bring(asking, folder, &TRANSACTIONS).await;
    let (from, to) = (("account", "nodeid", "sourceNodeId"), ("account", "nodeid", "targetNodeId"));
    let changes = [
        object_type("account", "nodes", &["nodeid"], &nodes),
        link_type("transfer", "transactions", from, to, &transactions),
    ];
    asking.change(&json!(changes)).await;
    let three_in_a_row = "a path of three transfers, each later than the one before";
    vec![
        ("A1", totals(asking).await.into()),
        ("A2", greatest_sender(asking).await.into()),
        ("A3", widest_fan_in(asking).await.into()),
        ("A4", between_flagged(asking).await.into()),
        ("A5", Outcome::Inexpressible(three_in_a_row.to_owned())),
    ]
}

async fn totals(asking: &mut Asking) -> Table {
    let accounts = asking.count(objects("account"), Filter::default()).await;
    let transfers = asking.count(links("transfer"), Filter::default()).await;
    let flagged = asking.count(objects("account"), equals(own("isfraud"), "1")).await;
    let sum = groups(links("transfer"), Filter::default(), &[], &[Measure::Sum(own("value"))], 1);
    let sum = asking.ask(&sum).await.concat().concat();
    vec![vec![accounts, transfers, flagged, sum]]
}

async fn greatest_sender(asking: &mut Asking) -> Table {
    let measures = [Measure::Count, Measure::Sum(own("value"))];
    let senders = groups(links("transfer"), Filter::default(), &[start("nodeid")], &measures, 1);
    asking.ask(&greatest(1, senders)).await
}

async fn widest_fan_in(asking: &mut Asking) -> Table {
    let measures = [Measure::Distinct(start("nodeid")), Measure::Count, Measure::Sum(own("value"))];
    let receivers = groups(links("transfer"), Filter::default(), &[end("nodeid")], &measures, 1);
    asking.ask(&greatest(0, receivers)).await
}

/// First the flagged accounts, then the transfers with such an account at both ends.
async fn between_flagged(asking: &mut Asking) -> Table {
    let flagged = rows(objects("account"), equals(own("isfraud"), "1"), &["nodeid"], 2_000);
    let flagged: Vec<String> = asking.ask(&flagged).await.concat();
    let both = [start("nodeid"), end("nodeid")].map(|field| is(field, Test::In(flagged.clone())));
    let measures = [Measure::Count, Measure::Sum(own("value"))];
    asking.ask(&groups(links("transfer"), Filter::All(both.to_vec()), &[], &measures, 1)).await
}
