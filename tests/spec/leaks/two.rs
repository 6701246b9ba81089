//! Two people at the same time, each with one of two roles, who ask the same: nothing of one reaches the other, because
//! nothing that was answered is kept for somebody else. `CLEW_INTERLEAVED` says how many answers are looked at (400).

use std::io::Write as _;

use serde_json::{Value, json};

use super::answers::{said, whole};
use super::dice::Dice;
use super::ground::{Ids, WORDS, generate, role_of};
use super::{Stage, Who, told};
use crate::world::{Browser, run};

/// How many requests of both are under way together.
const AT_ONCE: usize = 8;

/// Requests that read, the same for both; they name what either of them may not know.
fn requests(dice: &mut Dice, ids: &Ids) -> Vec<(&'static str, Value)> {
    let kind = dice.pick(&ids.object_types).expect("a type").clone();
    let query = json!({ "from": { "objects": kind }, "filter": { "all": [] }, "answer": { "rows": { "limit": 5 } } });
    let mut asked = vec![
        ("/api/call/read_project", json!({ "project": "bank" })),
        ("/api/call/who_am_i", json!({})),
        ("/api/stream/search", json!({ "project": "bank", "text": "one", "limit": 20 })),
        ("/api/stream/run_query", json!({ "project": "bank", "query": query })),
        ("/api/download/export_rows", json!({ "project": "bank", "query": query })),
        ("/api/stream/count_links", json!({ "project": "bank", "object_type": kind, "keys": [["1"]] })),
    ];
    if let Some(source) = dice.pick(&ids.sources) {
        asked.push(("/api/call/read_catalogue", json!({ "project": "bank", "source": source })));
    }
    asked
}

/// What one of both is answered, alone and beside the other; the words that must not be in it.
async fn answer(browser: &Browser, (path, request): &(&'static str, Value), lacks: usize) -> String {
    let reply = browser.clone().post_json(path, request).await;
    let text = whole(&reply).replace(&role_of(lacks).to_string().to_lowercase(), "");
    let names_it = request.to_string().contains(WORDS[lacks]);
    assert!(names_it || !text.contains(WORDS[lacks]), "{path} {request}: {text}");
    said(&reply)
}

#[test]
fn two_people_who_ask_the_same_at_the_same_time_are_each_answered_as_alone() {
    run(async {
        let cases = usize::try_from(told("CLEW_INTERLEAVED", 400)).expect("a number");
        let (stage, mut dice) = (Stage::open().await, Dice::new(7));
        let (mut looked, mut told_apart) = (0, 0);
        while looked < cases {
            let ground = generate(&mut dice, &stage.own, &stage.grants, &stage.uploaded);
            let who = |lacks: usize| Who {
                // Instance managers who are project Manage and Own: they may ask the most.
                person: super::person(4 + lacks),
                roles: vec!["Task.Manage".to_owned(), role_of(1 - lacks).to_string()],
                lacks: vec![lacks],
                own: Vec::new(),
            };
            let both = [stage.browser(&who(0)).await, stage.browser(&who(1)).await];
            for lacks in [0, 1] {
                stage.put(&ground.project, &super::person(4 + lacks), &[]).await;
            }
            let asked = requests(&mut dice, &Ids::of(&ground.project));
            let mut alone = Vec::new();
            for request in &asked {
                alone.push([answer(&both[0], request, 0).await, answer(&both[1], request, 1).await]);
            }
            for round in 0..3 {
                let (both, asked) = (&both, &asked);
                let under_way = (0..AT_ONCE).map(|at| async move {
                    let at = (at + round) % asked.len();
                    let (one, two) = tokio::join!(answer(&both[0], &asked[at], 0), answer(&both[1], &asked[at], 1));
                    (at, [one, two])
                });
                for (at, answers) in futures::future::join_all(under_way).await {
                    assert_eq!(answers, alone[at], "{:?}", asked[at]);
                    told_apart += usize::from(answers[0] != answers[1]);
                    looked += 2;
                }
            }
        }
        assert!(told_apart > looked / 20, "the two may not see the same: {told_apart} of {looked}");
        // Not by a macro: what a passing test prints is hidden.
        drop(writeln!(std::io::stderr(), "two people: {looked} answers, each as alone"));
    });
}
