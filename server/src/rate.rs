//! How many requests a person may send: so many a second, and twice as many at once after a rest.
//!
//! Counted per person and not per session or address: whoever opens more windows gets no more. A person at the screens needs
//! a tenth of it; a program that asks faster is told to wait, and asks again. What is refused here is counted, and written down
//! in the audit log once a minute: an entry for each would be the work that the limit is there to spare.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use access::PersonId;
use tokio::time::Instant;
use wire::{Code, Fault};

/// People in memory; beyond it, those who have rested are forgotten first.
const MOST_PEOPLE: usize = 10_000;

/// What each person has left.
pub struct Rate {
    per_second: f64,
    people: Mutex<HashMap<PersonId, Bucket>>,
}

struct Bucket {
    left: f64,
    filled: Instant,
}

impl Rate {
    /// So many a second for each person.
    pub fn new(per_second: u32) -> Self {
        Self { per_second: f64::from(per_second), people: Mutex::default() }
    }

    /// Takes one request of a person.
    ///
    /// # Errors
    /// [`Fault`] `Busy` when there is none left.
    pub fn take(&self, person: &PersonId) -> Result<(), Fault> {
        self.take_at(person, Instant::now())
    }

    fn take_at(&self, person: &PersonId, now: Instant) -> Result<(), Fault> {
        let most = self.per_second * 2.0;
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let after = |bucket: &Bucket| {
            let passed = now.saturating_duration_since(bucket.filled).as_secs_f64();
            (bucket.left + passed * self.per_second).min(most)
        };
        if people.len() >= MOST_PEOPLE && !people.contains_key(person) {
            people.retain(|_, bucket| after(bucket) < most);
        }
        let left = people.get(person).map_or(most, after) - 1.0;
        if left < 0.0 {
            return Err(too_many());
        }
        people.insert(person.clone(), Bucket { left, filled: now });
        Ok(())
    }
}

fn too_many() -> Fault {
    Fault::new(Code::Busy, "You have sent too many requests within a short time.", "Wait some seconds, then try again.")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_person_has_so_many_a_second_and_twice_as_many_after_a_rest() {
        let rate = Rate::new(60);
        let person = |name: &str| PersonId::try_from(name.to_owned()).unwrap();
        let (ada, bob) = (person("ada"), person("bob"));
        let start = Instant::now();
        let passed = |who: &PersonId, at: Instant| (0..1_000).filter(|_| rate.take_at(who, at).is_ok()).count();
        assert_eq!(passed(&ada, start), 120);
        assert_eq!(passed(&ada, start), 0);
        assert_eq!(passed(&bob, start), 120, "everybody has one's own");
        assert_eq!(passed(&ada, start + Duration::from_millis(500)), 30);
        assert_eq!(passed(&ada, start + Duration::from_secs(3_600)), 120, "no more is saved up");
    }

    #[tokio::test]
    async fn people_who_have_rested_are_forgotten() {
        let rate = Rate::new(1);
        let start = Instant::now();
        for number in 0..MOST_PEOPLE + 10 {
            let person = PersonId::try_from(format!("p{number}")).unwrap();
            let later = start + Duration::from_secs(if number < MOST_PEOPLE { 0 } else { 10 });
            assert!(rate.take_at(&person, later).is_ok());
        }
        assert!(rate.people.lock().unwrap().len() <= 10);
    }
}
