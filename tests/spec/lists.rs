//! Search for a list of values, through the server's own stream.

use serde_json::{Value, json};

use crate::exports::take_model;
use crate::projects::bank;
use crate::streaming::rows_of;
use crate::uploads::accepted;
use crate::world::{Browser, Reply, World, run};

const FILE: &str = "number,name\nN-1,Ada Bø\nN-2,Åse Strand\nN-3,Nobody\n";

async fn look_for(own: &mut Browser, texts: &[String]) -> Reply {
    let request: Value = json!({ "project": "bank", "text": "", "texts": texts, "limit": 1_000 });
    own.post_json("/api/stream/search", &request).await
}

#[test]
fn a_list_as_long_as_may_be_is_answered_and_written_down_and_a_longer_one_is_refused() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        assert_eq!(accepted(&mut own, "people", FILE.as_bytes()).await.verdict(), "200");
        take_model(&mut own, "people").await;
        // Each as long as a text of a search may be.
        let mut texts: Vec<String> = (0..997).map(|n| format!("{n:ø>200}")).collect();
        texts.extend(["ADA BØ", " n-2 ", "Strand"].map(str::to_owned));
        let reply = look_for(&mut own, &texts).await;
        assert_eq!(reply.verdict(), "200", "{}", reply.text());
        assert_eq!(rows_of(&reply.body), (2, true), "whole values are compared");

        let written = world.audit(1).await.remove(0);
        let details: Value = serde_json::from_slice(&written.details).expect("JSON");
        assert_eq!((written.call.as_str(), &details["request"]["texts"][997]), ("search", &json!("ADA BØ")));

        texts.push("one more".to_owned());
        let refused = look_for(&mut own, &texts).await;
        assert_eq!(refused.verdict(), "422 invalid");
        assert!(refused.text().contains("At most 1000 values"), "{}", refused.text());
    });
}
