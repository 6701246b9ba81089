//! Many people at once, as a day at an organisation has them: one alone is answered four questions at a time.

use std::time::Duration;

use futures::StreamExt as _;
use futures::stream;
use serde_json::{Value, json};

use crate::Outcome;
use crate::clew::Clew;
use crate::person::{PASSWORD, Person};

/// Sign-ins that are under way at once; judging a password is what takes its time.
const SIGNING_IN: usize = 4;

/// People of one part of the bench who may read one project.
pub(crate) struct Crowd {
    part: &'static str,
    people: usize,
}

impl Crowd {
    /// Adds them, each with the same password.
    pub(crate) async fn add(manager: &Person, project: &str, part: &'static str, people: usize) -> Outcome<Self> {
        println!("adding {people} people …");
        let base = manager.revision_of(project).await?;
        let grant = json!({ "put_grant": { "to": { "role": "Bench" }, "role": "read" } });
        let change = json!({ "project": project, "scope": "everyone", "base": base, "changes": [grant] });
        manager.call("change_project", &change).await?;
        let crowd = Self { part, people };
        for person in 0..people {
            let request = json!({ "name": crowd.name(person), "roles": ["Task.Read", "Bench"] });
            let link = manager.call("add_person", &request).await?;
            let link = link.get("link").and_then(Value::as_str).ok_or("a person without a link")?.to_owned();
            manager.set_password(&link).await?;
        }
        Ok(crowd)
    }

    /// Signs each of them in so many times. Each session comes from an address of its own, as a proxy in front would say: an
    /// address has its limits.
    pub(crate) async fn sign_in(&self, clew: &Clew, times: usize) -> Outcome<Vec<Person>> {
        println!("signing in {} times …", self.people * times);
        let all = (0..self.people * times).map(|number| async move {
            let address = format!("10.{}.{}.1", number / 250, number % 250);
            loop {
                match Person::sign_in_from(&clew.origin(), &self.name(number / times), PASSWORD, &address).await {
                    // So many sign-ins a minute and no more: the next minute takes the rest.
                    Err(error) if error.to_string().contains("429") => tokio::time::sleep(Duration::from_secs(5)).await,
                    other => return other,
                }
            }
        });
        let sessions: Vec<Outcome<Person>> = stream::iter(all).buffered(SIGNING_IN).collect().await;
        sessions.into_iter().collect()
    }

    fn name(&self, person: usize) -> String {
        format!("{}-{person}", self.part)
    }
}
