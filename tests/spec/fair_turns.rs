//! One person's slow questions keep nobody else out of a source.

use std::time::Duration;

use access::ProjectRole;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::postgres::Postgres;
use crate::world::{Browser, PAGE_HEADERS, World, grant, project_of_views, read_reply, run};

const SCRIPT: &str = "
create database turns;
\\c turns
create view asleep as select i as id, 'x' || pg_sleep(600)::text as name from generate_series(1, 3) as i;
create view awake as select i as id, 'x' as name from generate_series(1, 3) as i;
";
/// Questions of one person: as many as may run or wait, and some more.
const ASKED: usize = 4 + 128 + 5;

fn question(kind: &str) -> Value {
    let query = json!({ "from": { "objects": kind }, "answer": { "rows": { "limit": 10 } } });
    json!({ "project": "bank", "query": query })
}

/// Asks, as the page does; the answer is not read yet.
async fn ask(browser: &Browser) -> TcpStream {
    let request = question("asleep").to_string();
    let request = browser.written("POST", "/api/stream/run_query", &PAGE_HEADERS, request.as_bytes());
    let mut stream = TcpStream::connect(("127.0.0.1", browser.port)).await.expect("a server");
    stream.write_all(&request).await.expect("sent");
    stream
}

#[test]
fn a_hundred_slow_questions_of_one_person_let_anothers_be_answered_and_beyond_what_waits_one_is_told_so() {
    run(async {
        let (postgres, folder) = (Postgres::shared(), tempfile::tempdir().expect("a folder"));
        let script = folder.path().join("script.sql");
        std::fs::write(&script, SCRIPT).expect("a script");
        postgres.run_script(&script);
        let world = World::start().await;
        let mut ada = world.signed_in("ada", &["Task.Read"]).await;
        let mut bob = world.signed_in("bob", &["Task.Read"]).await;
        let grants = [grant(&ada.person().await, ProjectRole::Own), grant(&bob.person().await, ProjectRole::Read)];
        world.put_project(&project_of_views("turns", postgres.port, &grants, &["asleep", "awake"])).await;
        let (bank, turns) = ("bank".to_owned(), "turns".to_owned());
        let (bank, turns) = (bank.try_into().expect("an id"), turns.try_into().expect("an id"));
        let running = || world.server.broker.load(&bank, &turns).map_or(0, |load| load.running);

        let mut asked = Vec::new();
        for _ in 0..ASKED {
            asked.push(ask(&ada).await);
        }
        while running() < 4 {
            sleep(Duration::from_millis(10)).await;
        }
        // None of hers can be answered for ten minutes; whatever the other asks is.
        for _ in 0..3 {
            let answered = bob.post_json("/api/stream/run_query", &question("awake")).await;
            assert_eq!(answered.verdict(), "200", "{}", answered.text());
            assert_eq!(running(), 4, "four of hers run at once, and no more");
        }
        // The last of them were one too many: told at once, in a sentence.
        let mut told = 0;
        let mut waiting = Vec::new();
        for mut stream in asked {
            let mut answer = vec![0; 4_096];
            match tokio::time::timeout(Duration::from_millis(20), stream.read(&mut answer)).await {
                Ok(read) => {
                    answer.truncate(read.expect("an answer"));
                    let reply = read_reply(&answer).expect("a reply");
                    if reply.status == 429 {
                        assert!(reply.text().contains("4 answers under way"), "{}", reply.text());
                        assert!(!reply.header("retry-after").is_empty());
                        told += 1;
                        continue;
                    }
                    assert_eq!(reply.status, 200);
                    waiting.push(stream);
                }
                Err(_) => waiting.push(stream),
            }
        }
        assert!(told >= 5, "{told}");
        // Her places are given back with the answers that nobody waits for.
        drop(waiting);
        let answered = ada.post_json("/api/stream/run_query", &question("awake")).await;
        assert_eq!(answered.verdict(), "200", "{}", answered.text());
    });
}
