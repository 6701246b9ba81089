//! Ended by force in the middle of changes, again and again: what was acknowledged is there, and everything opens.
//!
//! `CLEW_KILLS=200 cargo test -p specification --test spec -- kills::` does it 200 times; without it, 12 times.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use server::settings::{MasterKey, StorePlace};
use server::store::{self, RecordKind, Vault, Verdict};
use server::world::{Dice as _, SystemDice};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::program::{Place, signal};
use crate::secrets::first_manager;
use crate::world::{Browser, KEY, PAGE_HEADERS, read_reply, run};

/// How often, unless the environment says otherwise.
#[expect(clippy::disallowed_methods, reason = "the specification has no settings; it asks for one number")]
pub(crate) fn rounds(usual: u32) -> u32 {
    std::env::var("CLEW_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// A moment up to `most`, by chance.
fn moment(most: Duration) -> Duration {
    let mut bytes = [0; 4];
    SystemDice.fill(&mut bytes);
    most.mul_f64(f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX))
}

/// Asks a server that may be gone in this moment; gives the status, if there is an answer.
pub(crate) async fn asked(browser: &mut Browser, call: &str, request: &Value) -> Option<u16> {
    let path = format!("/api/call/{call}");
    let written = browser.written("POST", &path, &PAGE_HEADERS, request.to_string().as_bytes());
    let mut stream = TcpStream::connect(("127.0.0.1", browser.port)).await.ok()?;
    stream.write_all(&written).await.ok()?;
    let mut answer = Vec::new();
    // A reset ends it like anything else.
    let read = stream.read_to_end(&mut answer).await;
    read_reply(&answer).filter(|_| read.is_ok()).map(|reply| reply.status)
}

/// Makes projects until nobody answers; gives what was acknowledged.
async fn make(mut browser: Browser, round: u32) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0..10_000 {
        let id = format!("r{round}-{number}");
        let request = json!({ "id": id, "name": id });
        match asked(&mut browser, "create_project", &request).await {
            Some(200) => acknowledged.push(id),
            Some(status) => panic!("{id}: {status}"),
            None => break,
        }
    }
    acknowledged
}

#[test]
fn a_server_that_is_killed_in_the_middle_of_changes_loses_nothing_that_it_acknowledged() {
    run(async {
        let place = Place::new().await;
        let serving = place.serve(&[]).await;
        let admin = first_manager(&serving, place.port).await;
        serving.end();
        let (mut kept, rounds) = (Vec::new(), rounds(12));
        for round in 0..rounds {
            let serving = place.serve(&[]).await;
            let making = tokio::spawn(make(admin.clone(), round));
            tokio::time::sleep(moment(Duration::from_millis(400))).await;
            signal("KILL", serving.process());
            kept.extend(making.await.expect("what was acknowledged"));
            drop(serving);

            let vault = Vault::new(MasterKey::from_base64(KEY).expect("a key"), Arc::new(SystemDice));
            let store = store::open(&StorePlace::Sqlite(place.store.join("clew.db")), vault).expect("it opens");
            let projects = store.list(RecordKind::Project, None).await.expect("every record opens");
            for id in &kept {
                assert!(projects.iter().any(|record| record.key.id == *id), "round {round}: {id} is lost");
            }
            let verdict = store.verify_audit(vec![]).await.expect("the log");
            assert!(matches!(verdict, Verdict::Whole { .. }), "round {round}: {verdict:?}");
            store.close().await.expect("closed");
        }
        println!("{} changes were acknowledged in {rounds} rounds, and none is lost", kept.len());
        assert!(!kept.is_empty(), "there were changes to lose");
        let serving = place.serve(&[]).await;
        let create = json!({ "id": "the-last", "name": "The last" });
        assert_eq!(asked(&mut admin.clone(), "create_project", &create).await, Some(200), "it goes on");
        serving.end();
    });
}
