//! A project keeps an Own, whatever happens at the same moment. `CLEW_RACES` says how many races are run (100 unless said
//! otherwise).

use std::io::Write as _;

use access::{Grantee, PersonId, ProjectRole};
use model::Change;
use model::change::has_own;
use serde_json::json;

use crate::leaks::told;
use crate::projects::bank;
use crate::world::{Browser, ParseId as _, Reply, World, grant, project, run};

/// What two Owns try at the same moment.
const TRIES: [&str; 4] = ["leave, leave", "lower, leave", "lower, lower", "each takes the other's"];

fn change(what: &str, me: &PersonId, other: &PersonId) -> Change {
    match what {
        "leave" => Change::RemoveGrant(Grantee::Person(me.clone())),
        "lower" => Change::PutGrant(grant(me, ProjectRole::Read)),
        _ => Change::RemoveGrant(Grantee::Person(other.clone())),
    }
}

async fn send(browser: &mut Browser, base: u64, change: &Change) -> Reply {
    let request = json!({ "project": "bank", "scope": "everyone", "base": base, "changes": [change] });
    browser.call("change_project", &request).await
}

#[test]
fn of_two_owns_who_go_at_the_same_moment_one_stays() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut other = world.signed_in("other", &["Task.Manage"]).await;
        let (first, second) = (own.person().await, other.person().await);
        let races = usize::try_from(told("CLEW_RACES", 100)).expect("a number");
        for race in 0..races {
            let mut bank = project("bank", &first);
            bank.grants.push(grant(&second, ProjectRole::Own));
            world.put_project(&bank).await;
            let base = world.server.keeper.current().revision;
            let tries = TRIES[race % TRIES.len()];
            let (a, b) = tries.split_once(", ").unwrap_or(("take", "take"));
            let (a, b) = (change(a, &first, &second), change(b, &second, &first));
            let (one, two) = tokio::join!(send(&mut own, base, &a), send(&mut other, base, &b));
            let verdicts = [one.verdict(), two.verdict()];
            assert_eq!(verdicts.iter().filter(|verdict| *verdict == "200").count(), 1, "{race}: {tries}: {verdicts:?}");
            let config = world.server.keeper.current();
            let grants = &config.project(&"bank".parse_id()).expect("a project").project.grants;
            assert!(has_own(grants), "{race}: {tries}: {grants:?}");
        }
        // Not by a macro: what a passing test prints is hidden.
        drop(writeln!(std::io::stderr(), "races: {races}, an Own stayed in each"));
    });
}
