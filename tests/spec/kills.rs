//! Ended by force in the middle of changes, again and again: what was acknowledged is there, and everything opens.
//!
//! `CLEW_KILLS=200 cargo test -p specification --test spec -- kills:: killed` does each of them 200 times, rolls of the key
//! too; without it, a few times.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use server::settings::{MasterKey, StorePlace};
use server::store::{self, RecordKind, Vault};
use server::world::{Dice as _, SystemDice};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::postgres::Postgres;
use crate::program::{Place, signal};
use crate::replicas::fresh;
use crate::secrets::first_manager;
use crate::world::{Browser, KEY, PAGE_HEADERS, read_reply, run, settings};

/// How often, unless the environment says otherwise.
#[expect(clippy::disallowed_methods, reason = "the specification has no settings; it asks for one number")]
pub(crate) fn rounds(usual: u32) -> u32 {
    std::env::var("CLEW_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// A moment up to `most`, by chance.
pub(crate) fn moment(most: Duration) -> Duration {
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

/// Every record and session opens and is the newest, and the log is whole.
async fn assert_whole(place: &StorePlace, kept: &[String], round: u32) {
    let vault = || Vault::new(MasterKey::from_base64(KEY).expect("a key"), Arc::new(SystemDice));
    let store = store::open(place, vault()).expect("it opens");
    let checked = store::check(&*store, Arc::new(vault()), vec![]).await.expect("it is read");
    assert_eq!(checked.faults, Vec::<String>::new(), "round {round}");
    let projects = store.list(RecordKind::Project, None).await.expect("every record opens");
    for id in kept {
        assert!(projects.iter().any(|record| record.key.id == *id), "round {round}: {id} is lost");
    }
    store.close().await.expect("closed");
}

/// Kills a server on this store in the middle of changes, again and again; an empty one is the file in its folder.
#[expect(clippy::print_stdout, reason = "how much there was to lose is told in the test's output")]
fn killed_again_and_again(store: &str, usual: u32) {
    run(async {
        let place = Place::new().await;
        let changes = [("JDBC_CONNECTION_STRING", store)];
        let stored = match store {
            "" => StorePlace::Sqlite(place.store.join("clew.db")),
            _ => settings(&place.store, place.port, &changes).store,
        };
        let serving = place.serve(&changes).await;
        let admin = first_manager(&serving, place.port).await;
        serving.end();
        let (mut kept, rounds) = (Vec::new(), rounds(usual));
        for round in 0..rounds {
            let serving = place.serve(&changes).await;
            let making = tokio::spawn(make(admin.clone(), round));
            tokio::time::sleep(moment(Duration::from_millis(400))).await;
            signal("KILL", serving.process());
            kept.extend(making.await.expect("what was acknowledged"));
            drop(serving);
            assert_whole(&stored, &kept, round).await;
        }
        println!("{} changes were acknowledged in {rounds} rounds, and none is lost", kept.len());
        assert!(!kept.is_empty(), "there were changes to lose");
        let serving = place.serve(&changes).await;
        let create = json!({ "id": "the-last", "name": "The last" });
        assert_eq!(asked(&mut admin.clone(), "create_project", &create).await, Some(200), "it goes on");
        serving.end();
    });
}

#[test]
fn a_server_that_is_killed_in_the_middle_of_changes_loses_nothing_that_it_acknowledged() {
    killed_again_and_again("", 12);
}

#[test]
fn a_server_on_a_database_that_is_killed_in_the_middle_of_changes_loses_nothing_that_it_acknowledged() {
    killed_again_and_again(&fresh(Postgres::shared().port), 5);
}
